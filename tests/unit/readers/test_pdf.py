"""PDF -> blocks: one small document a quirk, tagged and untagged."""

from __future__ import annotations

import pytest

from reportgen.document import (
    Block,
    Heading,
    Item,
    ListBlock,
    Note,
    PageBreak,
    Paragraph,
    Table,
    plain,
    walk,
)
from reportgen.errors import InputError
from reportgen.readers import pdf
from tests.support.pdfs import Sheet, pdf_of


def told(block: Block | Item) -> str:
    """A block in one line: what it is, its number or level, its text."""
    match block:
        case Heading(level=level, inlines=inlines):
            return f"h{level} {plain(inlines)}"
        case Paragraph(inlines=inlines, number=number, role=role):
            return " ".join(filter(None, [role or "p", f"[{number}]" if number else "", plain(inlines)]))
        case Note(mark=mark, inlines=inlines):
            return f"note {mark} {plain(inlines)}"
        case Table(head=head, rows=rows):
            return "table " + " / ".join("|".join(plain(c.inlines) for c in r.cells) for r in (*head, *rows))
        case PageBreak():
            return "break"
        case Item(number=number):
            return f"item {number or '•'}"
        case ListBlock():
            return "list"
    return type(block).__name__


def read(*sheets: Sheet, tagged: bool = True) -> list[str]:
    return [told(b) for b in walk(pdf.read(pdf_of(*sheets, tagged=tagged)).blocks)]


def body(sheet: Sheet, y: float = 400) -> None:
    """Enough text for the size of the body to be known."""
    for n in range(4):
        marks = sheet.lines(
            "Social workers in the town see children often and write down",
            "what they say, so that plans change when a child's needs do.",
            y=y - 40 * n,
        )
        sheet.tag("P", *marks)


# -- text ------------------------------------------------------------------------------------------------------------


def test_lines_of_a_paragraph_are_one_text() -> None:
    sheet = Sheet()
    sheet.tag("P", *sheet.lines("Plans are made", "with families."))
    assert read(sheet) == ["p Plans are made with families."]


def test_a_hyphen_at_the_end_of_a_line_stays_and_closes_up() -> None:
    sheet = Sheet()
    sheet.tag("P", *sheet.lines("Leaders are well-", "informed about practice."))
    assert read(sheet) == ["p Leaders are well-informed about practice."]


@pytest.mark.parametrize("tagged", [True, False])
def test_spans_are_characters_of_the_page(tagged: bool) -> None:
    sheet = Sheet()
    sheet.tag("P", sheet.text("First words.", y=700))
    sheet.tag("P", sheet.text("Second words.", y=600))
    found = pdf.read(pdf_of(sheet, tagged=tagged)).blocks
    places = [b.place for b in found if isinstance(b, Paragraph)]
    assert [(p.page, p.start, p.end) for p in places if p] == [(1, 0, 12), (1, 14, 27)]


def test_footnote_marks_leave_the_text_and_notes_stand_apart() -> None:
    sheet = Sheet()
    mark = sheet.text("Help comes early", 72, 700)
    raised = sheet.text("1", 163, 705, size=7)
    rest = sheet.text("when it is asked for.", 170, 700)
    note = ("Note", [("P", [sheet.text("1", 72, 80, size=7), sheet.text("As the law of the town says.", 78, 77)])])
    sheet.tag("P", mark, ("Link", [("Span", [raised]), note]), rest)
    assert read(sheet) == ["p Help comes early when it is asked for.", "note 1 As the law of the town says."]


def test_one_element_with_two_notes_is_two_notes() -> None:
    sheet = Sheet()
    one = ("P", [sheet.text("1", 72, 90, size=7), sheet.text("First note.", 78, 87)])
    two = ("P", [sheet.text("2", 72, 70, size=7), sheet.text("Second note.", 78, 67)])
    sheet.tag("Note", one, two)
    assert read(sheet) == ["note 1 First note.", "note 2 Second note."]


# -- items and numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("glyph", ["•", "–", "-"])
def test_bullets_in_labels_or_in_the_text(glyph: str) -> None:
    sheet = Sheet()
    labelled = ("LI", [("Lbl", [sheet.text(glyph, 72, 700)]), ("LBody", [sheet.text("See every child.", 90, 700)])])
    typed = ("LI", [("LBody", [sheet.text(f"{glyph} Hear every child.", 72, 680)])])
    sheet.tag("L", labelled, typed)
    assert read(sheet) == ["list", "item •", "p See every child.", "item •", "p Hear every child."]


def test_numbers_glued_to_their_text_are_numbers() -> None:
    sheet = Sheet()
    sheet.tag("L", ("LI", [("LBody", [sheet.text("10.Leaders listen.", 72, 700)])]))
    sheet.tag("P", sheet.text("11. Staff listen.", 72, 680))
    sheet.tag("P", sheet.text("3.5 of ten children wait.", 72, 660))
    assert read(sheet) == ["p [10] Leaders listen.", "p [11] Staff listen.", "p 3.5 of ten children wait."]


def test_items_set_in_further_are_under_the_one_before() -> None:
    sheet = Sheet()
    for x, y, text in ((72, 700, "improve"), (108, 680, "plans"), (108, 660, "visits"), (72, 640, "recruit")):
        sheet.tag("L", ("LI", [("LBody", [sheet.text(f"• {text}", x, y)])]))
    outer = pdf.read(pdf_of(sheet)).blocks[0]
    assert isinstance(outer, ListBlock)
    assert [len(item.blocks) for item in outer.items] == [2, 1]


# -- page ends -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("7. Children who go missing are seen by", "the same worker each time.", True),
        ("7. Children who go missing are seen.", "Their plans are then changed.", False),
        ("7. The service was inspected with", "Ashmere's partners in the spring.", True),
    ],
)
def test_a_paragraph_that_the_page_cut(first: str, second: str, joined: bool) -> None:
    one, two = Sheet(), Sheet()
    one.tag("P", one.text(first, y=90))
    one.text("1", 300, 30, marked=False)
    two.tag("P", two.text(second, y=760))
    two.text("2", 300, 30, marked=False)
    found = [t for t in read(one, two) if t.startswith("p ")]
    number, _, words = first.partition(". ")
    assert found == ([f"p [{number}] {words} {second}"] if joined else [f"p [{number}] {words}", f"p {second}"])
    places = [b.place for b in walk(pdf.read(pdf_of(one, two)).blocks) if isinstance(b, Paragraph) and b.number]
    assert [p.then.page if p and p.then else None for p in places] == [2 if joined else None]


def test_a_list_goes_on_behind_the_page_end() -> None:
    one, two = Sheet(), Sheet()
    one.tag("L", ("LI", [("LBody", [one.text("• See every child who", 72, 90)])]))
    two.tag("L", ("LI", [("LBody", [two.text("is in need.", 90, 760)])]))
    two.tag("L", ("LI", [("LBody", [two.text("• Hear every child.", 72, 740)])]))
    found = pdf.read(pdf_of(one, two)).blocks
    assert [told(b) for b in found] == ["list", "break"]
    assert isinstance(found[0], ListBlock)
    assert [plain(i.blocks[0].inlines) for i in found[0].items if isinstance(i.blocks[0], Paragraph)] == [
        "See every child who is in need.",
        "Hear every child.",
    ]


def test_running_heads_and_page_numbers_are_told_apart() -> None:
    sheets = []
    for n in range(1, 5):
        sheet = Sheet()
        body(sheet)
        sheet.text("Ashmere: inspection report", 72, 40, marked=False)
        sheet.text(str(n), 500, 40, marked=False)
        sheets.append(sheet)
    found = read(*sheets)
    assert found.count("running-head Ashmere: inspection report") == 4
    assert [t for t in found if t.startswith("page-number")] == [f"page-number {n}" for n in range(1, 5)]


def test_text_outside_the_tags_in_the_middle_of_a_page_is_not_lost() -> None:
    sheet = Sheet()
    sheet.tag("P", sheet.text("Above.", y=700))
    sheet.text("Painted and not tagged.", 72, 500, marked=False)
    sheet.tag("P", sheet.text("Below.", y=300))
    assert read(sheet) == ["p Above.", "p Painted and not tagged.", "p Below."]


# -- headings --------------------------------------------------------------------------------------------------------


def test_headings_by_tag_by_type_and_by_the_contents() -> None:
    first, second = Sheet(), Sheet()
    first.tag("P", first.text("Contents", bold=True, y=760))
    for x, y, entry in ((72, 740, "The town 2"), (90, 720, "Strengths 2")):
        first.tag("TOC", ("TOCI", [first.text(entry, x, y)]))
    second.tag("H1", second.text("The town", size=18, y=780))
    second.tag("P", second.text("Strengths", bold=True, y=740))
    second.tag("P", second.text("Not in the list", bold=True, y=700))
    second.tag("H3", second.text("Tagged", y=660))
    body(second)
    found = [t for t in read(first, second) if t.startswith("h")]
    assert found == ["h2 The town", "h3 Strengths", "h0 Not in the list", "h3 Tagged"]


def test_a_heading_on_two_lines_tagged_twice_is_one() -> None:
    sheet = Sheet()
    sheet.tag("P", sheet.text("The experiences of children who", bold=True, y=780))
    sheet.tag("P", sheet.text("need help", bold=True, y=764))
    body(sheet)
    assert read(sheet)[0] == "h0 The experiences of children who need help"


def test_what_is_tagged_as_a_heading_and_reads_as_a_paragraph_is_one() -> None:
    sheet = Sheet()
    sheet.tag("H2", *sheet.lines("4. Workers see children often and at home.", y=760))
    body(sheet)
    assert read(sheet)[0] == "p [4] Workers see children often and at home."


# -- tables ----------------------------------------------------------------------------------------------------------


def cell(kind: str, *marks: int) -> tuple[str, list[object]]:
    return (kind, [("P", list(marks))])


@pytest.mark.parametrize("tagged", [True, False])
def test_a_label_and_a_grade_that_wrap_are_one_row(tagged: bool) -> None:
    sheet = Sheet()
    head = ("TR", [cell("TH", sheet.text("Judgement", 72, 700)), cell("TH", sheet.text("Grade", 380, 700))])
    left = sheet.lines("The help that children who", "need it get", y=660)
    right = sheet.lines("Requires improvement", "to be good", x=380, y=660)
    other = ("TR", [cell("TH", sheet.text("Leadership", 72, 600)), cell("TD", sheet.text("Good", 380, 600))])
    sheet.tag("Table", ("THead", [head]), ("TBody", [("TR", [cell("TH", *left), cell("TD", *right)]), other]))
    body(sheet)
    assert read(sheet, tagged=tagged)[0] == (
        "table Judgement|Grade / The help that children who need it get|Requires improvement to be good"
        " / Leadership|Good"
    )


def test_a_table_that_only_lays_the_page_out_is_taken_apart() -> None:
    sheet = Sheet()
    rows = [
        ("TR", [cell("TD", sheet.text("Ashmere Council", size=16, bold=True, y=780))]),
        ("TR", [cell("TD", sheet.text("Lead inspector:", y=740)), cell("TD", sheet.text("Ann Other", 300, 740))]),
        ("TR", [cell("TD", sheet.text("Judgement", y=700)), cell("TD", sheet.text("Grade", 300, 700))]),
        ("TR", [cell("TD", sheet.text("Leadership", y=680)), cell("TD", sheet.text("Good", 300, 680))]),
        ("TR", [cell("TD", *sheet.lines("Children are safe and", "are listened to.", y=640))]),
    ]
    sheet.tag("Table", *rows)
    body(sheet)
    assert read(sheet)[:4] == [
        "h0 Ashmere Council",
        "p Lead inspector: Ann Other",
        "table Judgement|Grade / Leadership|Good",
        "p Children are safe and are listened to.",
    ]


# -- pages without usable tags ---------------------------------------------------------------------------------------


def test_tags_that_share_out_the_text_wrongly_are_not_used() -> None:
    sheet = Sheet()
    marks = [
        sheet.text(t, 72, 700 - 16 * i) for i, t in enumerate(["• See", "every child.", "• Hear", "every parent."])
    ]
    sheet.tag("L", ("LI", [("LBody", [marks[0], marks[2]])]), ("LI", [("LBody", [marks[1], marks[3]])]))
    found = pdf.read(pdf_of(sheet))
    assert found.by_place == (1,)
    assert [told(b) for b in walk(found.blocks)] == [
        "list",
        "item •",
        "p See every child.",
        "item •",
        "p Hear every parent.",
    ]


def test_an_untagged_page_is_read_by_where_things_stand() -> None:
    sheet = Sheet()
    sheet.text("What needs to improve", bold=True, y=780, size=14)
    sheet.lines("• The timeliness of visits to children who are", "placed far away.", y=750)
    sheet.lines("• The quality of plans.", y=710)
    sheet.lines("1. Visits are late. Workers say that the distance", "is the reason.", y=680)
    body(sheet)
    found = read(sheet, tagged=False)
    assert found[:7] == [
        "h0 What needs to improve",
        "list",
        "item •",
        "p The timeliness of visits to children who are placed far away.",
        "item •",
        "p The quality of plans.",
        "p [1] Visits are late. Workers say that the distance is the reason.",
    ]


def test_a_tagged_file_is_read_a_second_time_by_place() -> None:
    sheet = Sheet()
    sheet.tag("P", sheet.text("1. Plans are good.", y=700))
    found = pdf.read(pdf_of(sheet))
    assert found.by_place == ()
    assert found.second is not None
    assert [told(b) for b in found.second] == [told(b) for b in found.blocks] == ["p [1] Plans are good."]
    assert pdf.read(pdf_of(sheet, tagged=False)).second is None


# -- files that cannot be read ---------------------------------------------------------------------------------------


def test_a_scan_says_that_it_needs_recognition() -> None:
    with pytest.raises(InputError, match="no text") as caught:
        pdf.read(pdf_of(Sheet(), tagged=False))
    assert "OCR" in caught.value.hint


def test_a_truncated_file_is_damaged() -> None:
    sheet = Sheet()
    sheet.text("Words")
    with pytest.raises(InputError, match="damaged or cut short"):
        pdf.read(pdf_of(sheet)[:200])
