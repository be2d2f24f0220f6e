"""Values beside the words that the source prints for them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reportgen import api
from reportgen.evidence import Value, document_of, values_of, within
from reportgen.model import Evidence, Inspection, Notice, Published, Where
from reportgen.readers.printed import words_of
from reportgen.writers import terminal
from tests.support import printed_report


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "ferrow.pdf"
    path.write_bytes(printed_report.pdf())
    return path


@pytest.fixture(scope="module")
def read(report: Path) -> tuple[Inspection, tuple[Value, ...]]:
    return api.evidence(report)


def of(values: tuple[Value, ...], kind: str) -> list[Value]:
    return [value for value in values if value.kind == kind]


def again(inspection: Inspection) -> tuple[Value, ...]:
    return values_of(inspection, words_of(printed_report.pdf(), "application/pdf"))


def test_every_value_has_its_page_its_span_and_its_words(read: tuple[Inspection, tuple[Value, ...]]) -> None:
    inspection, values = read
    assert inspection.source is not None
    for value in values:
        if value.state == "missing":
            continue
        assert value.state in ("same", "part"), (value.label, value.words)
        for place in value.places:
            assert place.page in range(1, (inspection.source.pages or 0) + 1)
            assert place.start is not None
            assert place.end is not None
            assert place.start < place.end


def test_words_are_those_of_the_value(read: tuple[Inspection, tuple[Value, ...]]) -> None:
    _, values = read
    first, second = of(values, "recommendation")
    assert (first.shown, first.words) == (printed_report.FIRST, f"• {printed_report.FIRST}")
    assert second.state == "same"
    on_site = next(v for v in values if v.label == "On site")
    assert on_site.words == "Inspection dates: 3 September 2012 to 12 September 2012"
    assert [v.words for v in of(values, "judgement")][2:] == [
        "The quality of practice Adequate",
        "Leadership and governance Good",
    ]
    (fact,) = of(values, "fact")
    assert fact.place == "page 1, paragraph 2"
    assert fact.near[0].startswith("There are approximately 48,200")
    assert fact.near[0].endswith("in Ferrow.")


def test_a_paragraph_that_the_end_of_a_page_cuts_has_both_places(read: tuple[Inspection, tuple[Value, ...]]) -> None:
    _, values = read
    cut = [v for v in of(values, "paragraph") if len(v.places) > 1]
    assert cut, "the report was made so that a page ends inside a paragraph"
    for value in cut:
        one, two = value.places
        assert (one.page or 0) + 1 == two.page
        assert one.paragraph == two.paragraph is not None
        assert value.state == "same"


def test_printed_words_come_from_the_source_and_not_from_the_value(
    read: tuple[Inspection, tuple[Value, ...]],
) -> None:
    inspection, _ = read
    first = inspection.recommendations[0]
    other = first.model_copy(update={"text": first.text.replace("every plan", "each plan")})
    changed = inspection.model_copy(
        update={
            "recommendations": (other, *inspection.recommendations[1:]),
            "lead_inspectors": (inspection.lead_inspectors[0].model_copy(update={"name": "Marion Tolley"}),),
            "facts": (inspection.facts[0].model_copy(update={"value": 48_300}),),
            "inspected": (inspection.inspected[0].model_copy(update={"end": inspection.inspected[0].start}),),
            "judgements": (
                inspection.judgements[0].model_copy(update={"grade": "good", "printed": "Good"}),
                *inspection.judgements[1:],
            ),
        }
    )
    values = again(changed)
    # one day on site is printed as the first of two, so that its words bear it out
    assert {v.field for v in values if v.state == "differs"} == {
        "recommendations[0]",
        "lead_inspectors[0]",
        "facts[0]",
        "judgements[0]",
    }
    assert of(values, "recommendation")[0].words == f"• {printed_report.FIRST}"
    assert all(v.doubtful for v in values if v.state == "differs")


def test_a_value_without_a_place_says_so(read: tuple[Inspection, tuple[Value, ...]]) -> None:
    inspection, _ = read
    day = inspection.inspected[0].end
    given = inspection.model_copy(update={"published": Published(date=day, basis="file_name"), "missing": {}})
    (told,) = [v for v in again(given) if v.field == "published"]
    assert (told.state, told.doubtful) == ("given", False)
    printed = inspection.model_copy(update={"published": Published(date=day, basis="printed"), "missing": {}})
    (told,) = [v for v in again(printed) if v.field == "published"]
    assert (told.state, told.doubtful) == ("none", True)


def test_what_is_missing_is_shown_with_its_reason(read: tuple[Inspection, tuple[Value, ...]]) -> None:
    inspection, values = read
    assert [(v.label, v.shown) for v in values if v.state == "missing"] == [("Published", "not known (not published)")]
    none = inspection.judgements[0].model_copy(update={"grade": None, "printed": None, "missing": "unreadable"})
    shown = again(inspection.model_copy(update={"judgements": (none,)}))
    assert of(shown, "judgement")[0].shown == "no grade (unreadable)"


@pytest.mark.parametrize(
    ("field", "where", "about"),
    [
        ("judgements[1].grade", None, {"judgements[1]"}),
        ("inspected", None, {"inspected[0]"}),
        ("sections", Where(page=2, paragraph="7"), {"Paragraph 7"}),
        ("sections", None, set()),
        ("recommendations", None, set()),
        (None, None, set()),
    ],
)
def test_notices_stand_with_the_values_that_they_are_about(
    read: tuple[Inspection, tuple[Value, ...]], field: str | None, where: Where | None, about: set[str]
) -> None:
    inspection, _ = read
    notice = Notice(code="RG213", field=field, message="look here", where=where)
    values = again(inspection.model_copy(update={"notices": (notice,)}))
    found = {v.label if v.kind == "paragraph" else v.field for v in values if v.notices}
    assert found == about
    assert {v.field for v in values if v.doubtful} == {v.field for v in values if v.notices}


def test_a_grade_that_two_places_print_is_held_against_each(read: tuple[Inspection, tuple[Value, ...]]) -> None:
    inspection, _ = read
    judgement = inspection.judgements[0]
    elsewhere = inspection.judgements[1].evidence[0]
    doubled = judgement.model_copy(update={"evidence": (*judgement.evidence, elsewhere)})
    (value, *_) = again(inspection.model_copy(update={"judgements": (doubled, *inspection.judgements[1:])}))
    assert value.state == "differs"
    assert len(value.near) == 2


@pytest.mark.parametrize(
    ("value", "words", "there"),
    [
        ("children and families", "of children¹ and  families.", True),
        ("56 children", "56 children", True),
        ("56 children", "57 children", False),
        ("well-being", "well\ufffe\r\nbeing", True),
        ("fluent", "ﬂuent speech", True),
        ("good", "inadequate", False),
    ],
)
def test_within(value: str, words: str, there: bool) -> None:
    assert within(value, words) is there


def test_marks_narrow_to_the_sentence_that_says_a_value(read: tuple[Inspection, tuple[Value, ...]]) -> None:
    _, values = read
    (declaration,) = of(values, "declaration")
    (place,), (span,) = declaration.places, declaration.spans
    assert span.page == place.page
    whole = declaration.printed[0] or ""
    assert place.start is not None
    assert span.start is not None
    assert span.end is not None
    marked = whole[span.start - place.start : span.end - place.start]
    assert re.sub(r"\s+", " ", marked) == declaration.shown


# -- sources without pages -------------------------------------------------------------------------------------------


def test_a_web_page_is_followed_by_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "ferrow.html"
    path.write_text(re.sub(r"<p>• (.*)</p>", r"<ul><li>\1</li></ul>", printed_report.html()), encoding="utf-8")
    inspection, values = api.evidence(path)
    assert len(inspection.recommendations) == 2
    for value in values:
        assert value.state in ("same", "part", "missing"), (value.label, value.words)
        assert all(place.line for place in value.places)
    assert of(values, "recommendation")[0].words == printed_report.FIRST


def test_a_text_is_followed_by_its_characters(tmp_path: Path) -> None:
    path = tmp_path / "ferrow.txt"
    path.write_text(
        "Inspection of local authority arrangements for the protection of children\n\nFerrow Borough Council\n\n"
        "Inspection dates: 3 September to 12 September 2012\nLead inspector: Marian Tolley HMI\n\n"
        "Areas for improvement\n\n1. The council should act, "
        + "as this long line of running text says, "
        * 5
        + "now.\n\n"
        "Immediately:\n\n- review how plans are written.\n\n"
        "Record of main findings\n\nOverall effectiveness\tAdequate\n",
        encoding="utf-8",
    )
    _, values = api.evidence(path)
    (recommendation,) = of(values, "recommendation")
    assert (recommendation.state, recommendation.words) == ("same", "- review how plans are written.")
    (dates,) = [v for v in values if v.label == "On site"]
    assert (dates.state, dates.words) == ("part", "Inspection dates: 3 September to 12 September 2012")


# -- shown -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [40, 80, 110])
def test_as_a_table_of_any_width(read: tuple[Inspection, tuple[Value, ...]], width: int) -> None:
    inspection, values = read
    text = terminal.write(document_of(inspection, values), width=width)
    assert max(map(len, text.splitlines())) <= width
    shown = re.sub(r"\s+", " ", text)
    for title in ("Judgements", "Recommendations", "Dates", "Names", "Facts", "Said about the past", "Paragraphs"):
        assert title in shown
    assert "\x1b" not in text


def test_what_differs_is_listed_first_and_named(read: tuple[Inspection, tuple[Value, ...]]) -> None:
    inspection, _ = read
    wrong = inspection.judgements[0].model_copy(update={"evidence": (Evidence(page=1, start=0, end=10),)})
    changed = inspection.model_copy(update={"judgements": (wrong, *inspection.judgements[1:])})
    text = terminal.write(document_of(changed, again(changed)), width=100)
    assert (
        text.index("For a person to look at") < text.index("[the printed words differ]") < text.index("Judgements\n--")
    )
