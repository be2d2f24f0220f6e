"""The closed vocabulary: what it takes, what it refuses, and that tree and HTML are each other's inverse."""

from __future__ import annotations

import pytest

from reportgen.document import TONES, Cell, Item, ListBlock, Paragraph, Row, Section, Table, Tag, Text
from reportgen.errors import TemplateError
from reportgen.markup import parse, serialise


def table(columns: int) -> Table:
    return Table(
        (Row(tuple(Cell((Text(f"h{n}"),), "col") for n in range(columns))),),
        (Row(tuple(Cell((Text(f"c{n}"),)) for n in range(columns))),),
        (Text("Named"),),
    )


@pytest.mark.parametrize(("columns", "around"), [(2, None), (3, "wide"), (8, "wide"), (9, "widest")])
def test_wide_tables_can_scroll_and_the_widest_lie_on_their_side(columns: int, around: str | None) -> None:
    html = serialise((table(columns),))
    assert (f'<div class="{around}" tabindex="0" role="region" aria-label="Named">' in html) == (around is not None)
    assert ("<div" in html) == (around is not None)
    assert parse(html) == (table(columns),)


def test_numbered_items_are_told_from_bullets() -> None:
    tree = (ListBlock((Item((Paragraph((Text("one"),)),), number="7"), Item((Paragraph((Text("two"),)),)))),)
    html = serialise(tree)
    assert '<li class="numbered"><span class="number">7.</span> one</li>' in html
    assert "<li>two</li>" in html
    assert parse(html) == tree


@pytest.mark.parametrize("tone", TONES)
def test_every_tone_comes_back(tone: str) -> None:
    tree = (Section((Paragraph((Tag("Good", tone),)),)),)
    assert parse(serialise(tree)) == tree


@pytest.mark.parametrize("tone", ["level-5-of-4", "level-0-of-4", "level-3", "loud"])
def test_other_tones_are_refused(tone: str) -> None:
    with pytest.raises(TemplateError, match="RG403"):
        parse(f'<p><span class="tag {tone}">x</span></p>')
