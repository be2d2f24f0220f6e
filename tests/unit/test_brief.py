"""The summary on two pages: built on the standard pack by overriding blocks, and never longer than two pages."""

from __future__ import annotations

import itertools
from pathlib import Path

import pypdfium2
import pytest

from reportgen import compare, read_inspection, render
from reportgen.document import Rendered, Table, plain, walk
from reportgen.rendering import load
from reportgen.writers import pdf
from tests.support.examples import ASHMERE, INSPECTIONS, ROTHERHAM


def pages(rendered: Rendered) -> int:
    return len(pypdfium2.PdfDocument(pdf.write(rendered)))


def words(rendered: Rendered) -> str:
    cells = []
    for block in walk(rendered.document.blocks):
        cells.append(plain(getattr(block, "inlines", ())))
        if isinstance(block, Table):
            cells += [plain(cell.inlines) for row in (*block.head, *block.rows) for cell in row.cells]
    return "\n".join(cells)


LONGEST = (ROTHERHAM[2], ASHMERE[0], ASHMERE[2])


@pytest.mark.parametrize("path", LONGEST, ids=lambda p: p.stem)
def test_an_inspection_has_two_pages_with_every_judgement_and_recommendation(path: Path) -> None:
    inspection = read_inspection(path)
    rendered = render(inspection, template="brief")
    assert pages(rendered) <= 2
    said = words(rendered)
    assert all(j.label in said for j in inspection.judgements)
    assert all(f"{r.number or r.id} " in said for r in inspection.recommendations)


@pytest.mark.parametrize(("earlier", "later"), [*itertools.pairwise(ROTHERHAM[1:4]), (ASHMERE[1], ASHMERE[2])])
def test_a_comparison_has_two_pages_with_every_direction_and_state(earlier: Path, later: Path) -> None:
    comparison = compare(read_inspection(earlier), read_inspection(later))
    rendered = render(comparison, template="brief")
    assert pages(rendered) <= 2
    said = words(rendered)
    for recommendation in comparison.recommendations.earlier:
        assert (recommendation.number or recommendation.id) in said
    for recommendation in comparison.recommendations.later:
        if recommendation.state == "new":
            assert f"{recommendation.number or recommendation.id} " in said


@pytest.mark.parametrize("name", ["ashmere", "rotherham"])
def test_a_history_has_two_pages(name: str) -> None:
    from reportgen import api, collection

    (group,) = collection.providers([INSPECTIONS / name])[0]
    loaded = collection.load(group)
    history = api.build_history(loaded.inspections, decisions=loaded.decisions, events=loaded.events)
    assert pages(render(history, template="brief")) <= 2


def test_due_dates_follow_from_the_printed_timescales() -> None:
    said = words(render(read_inspection(ASHMERE[0]), template="brief"))
    # published on 23 April 2010: immediately, within three and within six months
    assert "23 April 2010" in said
    assert "23 July 2010" in said
    assert "23 October 2010" in said


def test_it_takes_everything_else_from_the_standard_pack() -> None:
    brief, standard = load("brief"), load("standard")
    assert brief.page == standard.page
    assert brief.shell == standard.shell
    assert brief.style.startswith(standard.style)
    for name in brief.templates.values():
        assert (brief.folder / name).read_text().startswith(f'{{% extends "standard/{name}" %}}')
