"""What counts as a match of a profile's cue."""

from __future__ import annotations

import pytest

from reportgen.interpret.cues import is_heading, whole_match


@pytest.mark.parametrize(
    "heading",
    ["Recommendations", "RECOMMENDATIONS", "Recommendations1", "Recommendations:12", "  Recommendations  "],
)
def test_the_mark_of_a_footnote_is_no_part_of_a_heading(heading: str) -> None:
    assert is_heading(["Recommendations:?"], heading)


@pytest.mark.parametrize("heading", ["Recommendations 2019", "Recommendations123", "Our recommendations", "1"])
def test_a_heading_is_a_cue_as_a_whole(heading: str) -> None:
    assert not is_heading(["Recommendations:?"], heading)


def test_the_mark_of_a_footnote_is_no_part_of_a_name_in_a_title() -> None:
    found = whole_match("Inspection of (?P<body>.+)", "Inspection of Ashmere Council2")
    assert found is not None
    assert found["body"] == "Ashmere Council"
    assert whole_match("Visit of (?P<year>\\d+)", "Visit of 2019") is not None
