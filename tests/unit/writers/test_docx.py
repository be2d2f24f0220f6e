"""The Word writer: real styles, tables that stay whole, space without blank paragraphs."""

from __future__ import annotations

import io
from typing import Any

import docx as python_docx
import pytest

from reportgen.document import (
    Block,
    Cell,
    Contents,
    Document,
    Heading,
    Item,
    ListBlock,
    Paragraph,
    Row,
    Strong,
    Table,
    Tag,
    Terms,
    Text,
)
from reportgen.errors import InputError
from reportgen.writers import docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def written(*blocks: Block) -> Any:
    return python_docx.Document(io.BytesIO(docx.write(Document(tuple(blocks), title="A title: a place"))))


def table(rows: int, caption: str = "Named") -> Table:
    head = (Row((Cell((Text("Area"),), "col"), Cell((Text("Judgement"),), "col"))),)
    body = tuple(Row((Cell((Text(f"area {n}"),), "row"), Cell((Text("Good"),)))) for n in range(rows))
    return Table(head, body, (Text(caption),) if caption else ())


def test_header_rows_repeat_and_rows_are_not_cut() -> None:
    rows = list(written(table(3)).element.body.iter(f"{W}tr"))
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True, False, False, False]
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)


@pytest.mark.parametrize(("rows", "kept"), [(3, 3), (40, 2)])
def test_a_short_table_stays_on_one_page_and_a_long_one_begins_with_two_rows(rows: int, kept: int) -> None:
    found = list(written(table(rows)).element.body.iter(f"{W}tr"))
    assert sum(row.find(f".//{W}keepNext") is not None for row in found) == kept


def test_a_table_of_few_long_rows_may_be_cut() -> None:
    """What fills a page with its heading would leave the heading alone on the page before."""
    row = Row((Cell((Text("area"),), "row"), Cell((Text("a long reason " * 20),))))
    found = list(written(Table((), (row,) * 8)).element.body.iter(f"{W}tr"))
    assert sum(r.find(f".//{W}keepNext") is not None for r in found) == 1


def test_space_after_a_table_is_space_and_no_blank_paragraph() -> None:
    file = written(table(2), Paragraph((Text("after"),)), table(2), table(2))
    assert [p.text for p in file.paragraphs] == ["Named", "after", "Named", "Named"]
    assert file.paragraphs[1].paragraph_format.space_before is not None


def test_tables_without_captions_do_not_run_together() -> None:
    body = written(table(2, ""), table(2, "")).element.body
    assert [child.tag.removeprefix(W) for child in body] == ["tbl", "p", "tbl", "sectPr"]


def test_contents_are_a_field_with_its_entries_filled_in_and_no_blank_paragraph() -> None:
    file = written(
        Heading(1, (Text("Title"),), id="t"), Contents((Text("Contents"),)), Heading(2, (Text("First"),), id="f")
    )
    assert [p.text.strip() for p in file.paragraphs] == ["Title", "Contents", "First", "First"]
    codes = [e.text.strip() for e in file.element.body.iter(f"{W}instrText")]
    assert codes == ['TOC \\o "1-2" \\h \\z \\u', "PAGEREF _f \\h"]
    kinds = [e.get(f"{W}fldCharType") for e in file.element.body.iter(f"{W}fldChar")]
    assert kinds.count("begin") == kinds.count("end") == 2


def test_a_term_wider_than_its_column_stands_above_its_value() -> None:
    short, long = "Lead inspector", "A term of far more than twenty-two letters"
    file = written(Terms((((Text(short),), (Text("a"),)), ((Text(long),), (Text("b"),)))))
    assert [p.text for p in file.paragraphs] == [f"{short}\ta", f"{long}\nb"]


def test_numbers_are_printed_and_bullets_are_a_list_style() -> None:
    file = written(
        Paragraph((Text("said"),), number="14"),
        ListBlock((Item((Paragraph((Text("one"),)),), number="158"), Item((Paragraph((Text("two"),)),)))),
    )
    assert [(p.style.style_id, p.text) for p in file.paragraphs] == [
        ("NumberedParagraph", "14.\tsaid"),
        ("NumberedItem", "158.\tone"),
        ("ListBullet", "two"),
    ]


def test_a_grade_is_bold_and_the_want_of_one_is_not() -> None:
    graded, none = written(
        Paragraph((Tag("Good", "level-3-of-4"),)), Paragraph((Tag("Not inspected", "none"), Strong((Text(" x"),))))
    ).paragraphs
    assert graded.runs[0].style.style_id == "Tag"
    assert none.runs[0].style.style_id != "Tag"


def test_the_foot_holds_title_and_page_number() -> None:
    section = written(Paragraph((Text("x"),))).sections[0]
    assert section.different_first_page_header_footer
    assert section.first_page_footer.paragraphs[0].text == ""
    assert [p.text for p in section.footer.paragraphs] == ["A title: a place", "Page 1 of 1"]


def test_characters_that_xml_cannot_hold_are_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"RG114.*U\+001B"):
        written(Paragraph((Text("a\x1b[2J"),)))


def test_a_column_of_long_keys_does_not_cut_the_words_of_the_others() -> None:
    head = Row(tuple(Cell((Text(t),), "col") for t in ("Where", "Change", "Earlier", "Later")))
    row = Row(tuple(Cell((Text(t),)) for t in ("recommendations[R13→R4].addressee", "removed", "x" * 60, "y" * 60)))
    grid = written(Table((head,), (row,), role="register")).element.body.iter(f"{W}gridCol")
    widths = [int(column.get(f"{W}w")) for column in grid]
    assert sum(widths) == 9070
    assert widths[1] >= len("removed") * 115 + 200
