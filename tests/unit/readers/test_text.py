"""Small invented documents, one for each quirk of printed text."""

from __future__ import annotations

import textwrap

import pytest

from reportgen.document import Block, Heading, Item, ListBlock, Note, PageBreak, Paragraph, Table, plain
from reportgen.readers.text import clean, read


def blocks(text: str) -> list[Block]:
    return list(read(textwrap.dedent(text).strip("\n"))[0])


def shape(text: str) -> list[str]:
    out = []
    for block in blocks(text):
        match block:
            case Heading(level, inlines):
                out.append(f"h{level} {plain(inlines)}")
            case Paragraph(inlines, number, role):
                out.append(f"{role or 'p'} {number + '. ' if number else ''}{plain(inlines)}")
            case ListBlock(items):
                out.extend(f"- {line}" for item in items for line in item_lines(item))
            case Table(head, rows):
                out.extend("| " + " | ".join(plain(c.inlines) for c in r.cells) for r in (*head, *rows))
            case Note(mark, inlines):
                out.append(f"note {mark} {plain(inlines)}")
            case PageBreak():
                out.append("--")
    return out


def item_lines(item: Item) -> list[str]:
    lines = []
    for block in item.blocks:
        if isinstance(block, ListBlock):
            lines.extend(f"  {line}" for under in block.items for line in item_lines(under))
        else:
            assert isinstance(block, Paragraph)
            lines.append((f"{item.number}. " if item.number else "") + plain(block.inlines))
    return lines


FLOWING = "x" * 210  # one long line tells a flowing text


def test_flowing_text_is_one_paragraph_a_line() -> None:
    text = f"Service information\n\n1. {FLOWING}.\n2. Second."
    assert shape(text) == ["h0 Service information", f"p 1. {FLOWING}.", "p 2. Second."]


def test_a_list_item_cut_by_a_page_end_is_joined() -> None:
    text = f"{FLOWING}.\n\n- improve plans so that they are focused on risk\n\nand on outcomes\n\n- reduce caseloads"
    assert shape(text)[1:] == ["- improve plans so that they are focused on risk and on outcomes", "- reduce caseloads"]


def test_a_numbered_paragraph_cut_by_a_page_end_is_joined_even_before_a_capital() -> None:
    text = f"1. {FLOWING} working with the\n\nBoard has improved.\n2. Next."
    assert shape(text) == [f"p 1. {FLOWING} working with the Board has improved.", "p 2. Next."]


def test_a_heading_after_an_unfinished_item_stays_a_heading() -> None:
    text = f"{FLOWING}.\n\n- reduce caseloads\n\nAbout this inspection\n\n1. It was unannounced."
    assert shape(text)[1:] == ["- reduce caseloads", "h0 About this inspection", "p 1. It was unannounced."]


def test_contents_give_headings_their_level_and_stand_apart() -> None:
    text = f"""\
Report on Ashmere

Contents

The authority\t3
  Summary\t3
The board\t9
  Summary\t9

The authority

Summary

1. {FLOWING}.

The board

Summary

2. It met."""
    assert shape(text)[1:] == [
        "contents Contents",
        "contents The authority 3",
        "contents Summary 3",
        "contents The board 9",
        "contents Summary 9",
        "h2 The authority",
        "h3 Summary",
        f"p 1. {FLOWING}.",
        "h2 The board",
        "h3 Summary",
        "p 2. It met.",
    ]


def test_tabs_make_table_rows() -> None:
    text = f"{FLOWING}.\n\nArrangements\t\nOverall\tGood\nPractice\tAdequate"
    assert shape(text)[1:] == ["| Arrangements | ", "| Overall | Good", "| Practice | Adequate"]


PAGE = """\
{head}
1.   The service has made steady progress since the last visit and the quality of
     its plans is now better understood by managers and by the partners who are co-
     working with them.1

2.   Leaders know the service well and they have acted on what they have learned
     about the children who wait too long for help in the north of the area.

Care leavers

\uf0a7 Young people are well supported by their advisers, who know them well and
  keep in touch with them in the ways that they prefer:
     \uf02d by telephone
     \uf02d in person
\uf0a7 Too few have a pathway plan.

{note}
                                                                                 {n}
"""


NOTE = """1
  The visit took place in spring and it was reported on in a letter of that time to
the authority.
"""
HEADS = ("Progress since the last visit", "What has changed", "Early help")


def test_set_text_is_joined_line_by_line() -> None:
    text = "\f".join(PAGE.format(n=n, head=head, note=NOTE if n == 1 else "") for n, head in enumerate(HEADS, 1)).strip(
        "\n"
    )
    got = shape(text)[:11]
    assert got == [
        "h0 Progress since the last visit",
        "p 1. The service has made steady progress since the last visit and the quality of its plans is now better "
        "understood by managers and by the partners who are co-working with them.",
        "p 2. Leaders know the service well and they have acted on what they have learned about the children who wait "
        "too long for help in the north of the area.",
        "h0 Care leavers",
        "- Young people are well supported by their advisers, who know them well and keep in touch with them in the "
        "ways that they prefer:",
        "-   by telephone",
        "-   in person",
        "- Too few have a pathway plan.",
        "page-number 1",
        "note 1 The visit took place in spring and it was reported on in a letter of that time to the authority.",
        "--",
    ]


def test_pages_and_lines_are_told() -> None:
    found, pages = read(
        "\f".join(PAGE.format(n=n, head=head, note=NOTE if n == 1 else "") for n, head in enumerate(HEADS, 1))
    )
    assert pages == 3
    first = found[0]
    assert isinstance(first, Heading)
    assert first.place is not None
    assert (first.place.page, first.place.line, first.place.start) == (1, 1, 0)
    text = clean("\f".join(PAGE.format(n=n, head=head, note=NOTE if n == 1 else "") for n, head in enumerate(HEADS, 1)))
    second = next(b for b in found if isinstance(b, Paragraph) and b.number == "2")
    assert second.place is not None
    assert text[second.place.start : second.place.end].startswith("2.   Leaders know")


def test_running_heads_are_told_by_their_place_on_many_pages() -> None:
    page = "Inspection of Ashmere services, 2024\n\n{body}\n\n                                   {n}\n"
    body = "{who} worked with its partners to improve what it does for the\nchildren who need help, and {who} knows."
    names = ("The authority", "The board", "The trust", "The police")
    text = "\f".join(page.format(body=body.format(who=who), n=n) for n, who in enumerate(names, 1))
    roles = [line.split(" ")[0] for line in shape(text)]
    assert roles.count("running-head") == 4
    assert roles.count("page-number") == 4


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (
            "2. Children looked after and achieving\n"
            "                                                                       Inadequate\n   permanence",
            "| 2. Children looked after and achieving permanence | Inadequate",
        ),
        (
            "Adoption performance                                 Requires improvement\n"
            "                                                     to be good",
            "| Adoption performance | Requires improvement to be good",
        ),
    ],
)
def test_a_cell_that_wraps_is_one_row(text: str, row: str) -> None:
    filler = "\n".join(["The authority has worked with its partners to improve what it does for them and\nso on."] * 3)
    assert row in shape(f"{filler}\n\n{text}\n\n{filler}")


def test_our_own_text_needs_no_guess() -> None:
    text = """\
Title of the report
===================

Ashmere Council

Contents
--------

  Findings
    Practice

Findings
--------

1. A numbered paragraph.

- an item
  - under it

  7. a numbered item

Table: Who and what
Area\tGrade
---\t---
Practice\tGood

Practice
~~~~~~~~

[1] A note."""
    assert shape(text) == [
        "h1 Title of the report",
        "p Ashmere Council",
        "contents Contents",
        "contents Findings",
        "contents Practice",
        "h2 Findings",
        "p 1. A numbered paragraph.",
        "- an item",
        "-   under it",
        "- 7. a numbered item",
        "| Area | Grade",
        "| Practice | Good",
        "h3 Practice",
        "note 1 A note.",
    ]


def test_clean_undoes_typesetting() -> None:
    assert clean("\ufeffan of\ufb01ce\r\nco\u00adoperate\u00a0now") == "an office\ncooperate now"


def test_a_table_with_its_own_header_or_caption_is_no_continuation() -> None:
    text = "Title\n=====\n\nTable: One\nA\tB\n---\t---\n1\t2\n\nTable: Two\nC\tD\n---\t---\n3\t4\n"
    tables = [b for b in blocks(text) if isinstance(b, Table)]
    assert [plain(t.caption) for t in tables] == ["One", "Two"]
    assert [[plain(c.inlines) for c in t.head[0].cells] for t in tables] == [["A", "B"], ["C", "D"]]
