"""Published reports of all kinds: every value has its place, and the words printed there are the value."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen import ReportgenError, api
from tests.support.shared import SEED_2012, SEED_2014, SHARED

REPORTS = sorted((SHARED / "reports").rglob("*.pdf"))
TEXTS = [path for path in (SEED_2012, SEED_2014) if path.is_file()]

pytestmark = pytest.mark.skipif(not REPORTS, reason="the published reports are not beside the checkout")


@pytest.mark.parametrize("path", [*REPORTS, *TEXTS], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_words_at_the_place_of_a_value_are_the_value(path: Path) -> None:
    try:
        inspection, values = api.evidence(path)
    except ReportgenError:
        # what cannot be read is the matter of another test
        return
    assert values
    wrong = [(v.field, v.shown, v.words) for v in values if v.state in ("differs", "none")]
    assert not wrong
    for value in values:
        if value.state in ("missing", "given"):
            continue
        assert value.places, value.field
        for place in value.places:
            assert place.start is not None, value.field
            assert place.end is not None, value.field
            assert place.start < place.end, value.field
            assert (place.page is None) == (inspection.source is not None and inspection.source.pages is None)
        if value.kind == "paragraph" and value.label.startswith("Paragraph "):
            assert all(f"Paragraph {place.paragraph}" == value.label for place in value.places), value.field
    # texts are the whole of what stands at their places, but for a grade that stands in its row
    more = [v.field for v in values if v.kind in ("recommendation", "footnote") and v.state == "part"]
    assert not more
