"""Reports published as Word files, with and without styles: the same data as the report itself holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reportgen import Inspection, read_inspection
from reportgen.model import TextParagraph, printed
from tests.support.examples import LONG, NEXT
from tests.support.published import in_word


@pytest.mark.parametrize("styled", [True, False], ids=["styled", "typed by hand"])
def test_every_word_of_a_report_in_word(styled: bool, tmp_path: Path) -> None:
    """All that is printed comes back; only what it says of the past is worded by hand in the example."""
    inspection = read_inspection(LONG)
    path = tmp_path / "report.docx"
    path.write_bytes(in_word(inspection, styled=styled))
    found = read_inspection(path)
    mine, theirs = printed(found), printed(inspection)
    assert {k: v for k, v in mine.items() if k != "declarations"} == {
        k: v for k, v in theirs.items() if k != "declarations"
    }
    assert [n for n in found.notices if n.level == "warning"] == []


@pytest.mark.parametrize("styled", [True, False], ids=["styled", "typed by hand"])
def test_grades_recommendations_and_paragraphs_of_another_framework(styled: bool, tmp_path: Path) -> None:
    inspection = read_inspection(NEXT)
    path = tmp_path / "report.docx"
    path.write_bytes(in_word(inspection, styled=styled))
    found = read_inspection(path)
    assert found.inspected == inspection.inspected
    assert found.lead_inspectors == inspection.lead_inspectors
    assert grades(found) == grades(inspection)
    assert [(r.number, r.text, r.kind) for r in found.recommendations] == [
        (r.number, r.text, r.kind) for r in inspection.recommendations
    ]
    assert numbered(found) == numbered(inspection)


def grades(inspection: Inspection) -> dict[str, Any]:
    return {j.area: (j.grade, j.printed) for j in inspection.judgements}


def numbered(inspection: Inspection) -> list[tuple[str, str]]:
    entries = [e for s in inspection.sections for e in s.paragraphs]
    return [(e.number, e.text) for e in entries if isinstance(e, TextParagraph) and e.number]


def test_evidence_names_the_paragraph_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(in_word(read_inspection(LONG)))
    found = read_inspection(path)
    assert found.source is not None
    assert found.source.pages is None
    for recommendation in found.recommendations:
        (evidence,) = recommendation.evidence
        assert evidence.page is None
        assert evidence.line
        assert (evidence.end or 0) - (evidence.start or 0) >= len(recommendation.text)
