"""Word files in, blocks out: what Word shows once every change in the file is accepted, with the numbers it prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.document import Block, Heading, Item, ListBlock, Note, Paragraph, Table, Terms, plain, walk
from reportgen.markup import marked
from reportgen.readers import read
from tests.support.word import STYLES, R, field, listed, p, r, table, tc, tr, word


def shape(body: str, **parts: str) -> list[str]:
    return [line for block in read(word(body, **parts), "x.docx").blocks for line in lines(block, 0)]


def lines(block: Block | Item, depth: int) -> list[str]:
    match block:
        case Heading(level, inlines):
            return [f"h{level} {plain(inlines)}"]
        case Paragraph(inlines, number, role):
            return [f"{role or 'p'} {f'{number}. ' if number else ''}{marked(inlines)}"]
        case ListBlock(items):
            return [line for item in items for line in lines(item, depth)]
        case Item(blocks, number):
            first, *rest = blocks
            text = f"{'  ' * depth}- {f'{number}. ' if number else ''}{marked(first.inlines)}"  # type: ignore[union-attr]
            return [text, *(line for under in rest for line in lines(under, depth + 1))]
        case Table(head, rows, caption):
            shown = [f"| {' | '.join(plain(c.inlines) for c in row.cells)}" for row in (*head, *rows)]
            return [f"caption {plain(caption)}", *shown] if caption else shown
        case Terms(pairs):
            return [f"{plain(t)} = {plain(v)}" for t, v in pairs]
        case Note(mark, inlines):
            return [f"note {mark} {plain(inlines)}"]
    raise AssertionError(block)


def test_headings_by_name_by_descent_and_by_outline_level() -> None:
    body = (
        p("The report", "Titel")
        + p("First", "berschrift1")
        + p("Under it", "berschrift2")
        + p("A chapter", "Kapitel")
        + p("Deeper", "Gegliedert")
        + p("By itself", properties='<w:outlineLvl w:val="1"/>')
        + p("Body text after all", "berschrift1", properties='<w:outlineLvl w:val="9"/>')
    )
    assert shape(body) == [
        "h1 The report",
        "h2 First",
        "h3 Under it",
        "h2 A chapter",
        "h4 Deeper",
        "h3 By itself",
        "p Body text after all",
    ]


def test_without_heading_styles_a_short_bold_line_is_a_heading() -> None:
    sentence = "The authority has worked with its partners to improve what it does for children."
    body = (
        p("Summary", runs=r("Summary", "<w:b/>")) + p(sentence) + p("Practice", "Fett") + p(runs=r(sentence, "<w:b/>"))
    )
    assert shape(body) == ["h0 Summary", f"p {sentence}", "h0 Practice", f"p **{sentence}**"]


def test_numbers_are_counted_as_word_counts_them() -> None:
    body = "".join(
        p(text, style, properties=properties)
        for text, style, properties in (
            ("one", "Absatz", ""),
            ("two", "Absatz", ""),
            ("a", None, listed(1, 1)),
            ("b", None, listed(1, 1)),
            ("i", None, listed(1, 2)),
            ("three: the second list shares the counters", None, listed(2)),
            ("a again", None, listed(2, 1)),
            ("five: starts there", None, listed(3)),
            ("six", None, listed(3)),
            ("no number any more", "Absatz", listed(0)),
        )
    )
    assert shape(body) == [
        "p 1. one",
        "p 2. two",
        "- a. a",
        "- b. b",
        "  - i. i",
        "p 3. three: the second list shares the counters",
        "- a. a again",
        "p 5. five: starts there",
        "p 6. six",
        "p no number any more",
    ]


def test_numbers_of_several_levels_start_anew_and_name_the_levels_above() -> None:
    levels = [0, 1, 1, 2, 0, 1]
    body = "".join(p(f"at {level}", properties=listed(5, level)) for level in levels)
    assert shape(body) == [
        "p 1. at 0",
        "p 1.1. at 1",
        "p 1.2. at 1",
        "p 1.2.1. at 2",
        "p 2. at 0",
        "p 2.1. at 1",
    ]


def test_numbered_headings_and_labels_with_words_keep_what_they_print() -> None:
    body = p("Findings", "berschrift1", properties=listed(5)) + p("review the plans", properties=listed(6))
    assert shape(body) == ["h2 1 Findings", "- Recommendation 1: review the plans"]


def test_an_empty_numbered_paragraph_counts_and_shows_nothing() -> None:
    assert shape(p("one", "Absatz") + p("", "Absatz", runs="") + p("three", "Absatz")) == ["p 1. one", "p 3. three"]


def test_bullets_of_every_making_nest() -> None:
    body = (
        p("one", properties=listed(4))
        + p("under it", properties=listed(4, 1))
        + p("two", properties=listed(4))
        + p("Between.")
        + p("•\ttyped")
        + p("–\ttyped under it", properties='<w:ind w:left="720"/>')
        + p(runs='<w:r><w:sym w:font="Symbol" w:char="F0B7"/><w:t xml:space="preserve"> a symbol</w:t></w:r>')
    )
    assert shape(body) == [
        "- one",
        "  - under it",
        "- two",
        "p Between.",
        "- typed",
        "  - typed under it",
        "- a symbol",
    ]


def test_typed_numbers() -> None:
    body = p("12.\tA paragraph.") + p("13. Another.") + p("14\tA third.") + p("2012. Not one.") + p("3.5 per cent.")
    assert shape(body) == [
        "p 12. A paragraph.",
        "p 13. Another.",
        "p 14. A third.",
        "p 2012. Not one.",
        "p 3.5 per cent.",
    ]


def test_changes_are_accepted() -> None:
    body = (
        p(
            runs=r("kept ") + f'<w:ins w:id="1" w:author="a">{r("new ")}</w:ins>'
            f'<w:del w:id="2" w:author="a"><w:r><w:delText>old </w:delText></w:r></w:del>{r("end")}'
        )
        + p("the mark after this was deleted ", properties='<w:rPr><w:del w:id="3" w:author="a"/></w:rPr>')
        + p("so that it goes on here")
        + f'<w:moveFrom w:id="4" w:author="a">{p("moved away")}</w:moveFrom>'
        + table(tr(tc("stays"), tc("yes")), tr(tc("gone"), tc("no"), properties='<w:del w:id="5" w:author="a"/>'))
    )
    assert shape(body) == [
        "p kept new end",
        "p the mark after this was deleted so that it goes on here",
        "| stays | yes",
    ]


def test_fields_links_looks_and_characters() -> None:
    body = p(
        runs=r("See ")
        + f'<w:hyperlink r:id="web" {R}>{r("the site")}</w:hyperlink>'
        + r(", page ")
        + field("PAGEREF x", "7")
        + r(", and ")
        + r("bold ", "<w:b/>")
        + r("both", "<w:b/><w:i/>")
        + r(" plain", '<w:b w:val="0"/>')
        + "<w:r><w:noBreakHyphen/><w:t>ish</w:t></w:r>"
        + r(" hidden", "<w:vanish/>")
        + r("\nnext line")
    )
    assert shape(body) == ["p See [the site](https://example.org/), page 7, and **bold *both*** plain-ish next line"]


def test_contents_headers_and_footers_stand_apart() -> None:
    reference = f'<w:headerReference w:type="default" r:id="header" {R}/>'
    first, last = r("Summary\t3"), r("Practice\t5")
    toc = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{first}</w:p>'
        f'<w:p>{last}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    body = p("Summary 1", "Verzeichnis1") + toc + p("Text.") + f"<w:sectPr>{reference}</w:sectPr>"
    header = p(runs=r("The report, page ") + field("PAGE", "1"))
    assert shape(body, header=header) == [
        "contents Summary 1",
        "contents Summary 3",
        "contents Practice 5",
        "p Text.",
        "running-head The report, page 1",
    ]


def test_footnotes_come_after_their_paragraph_and_their_marks_out_of_the_text() -> None:
    notes = (
        f'<w:footnote w:id="0" w:type="separator">{p("---")}</w:footnote>'
        f'<w:footnote w:id="7">{p(runs="<w:r><w:footnoteRef/></w:r>" + r(" First note."))}</w:footnote>'
        f'<w:footnote w:id="8">{p("In a table.")}</w:footnote><w:footnote w:id="9">{p("With a star.")}</w:footnote>'
    )

    def noted(text: str, key: int, more: str = "", mark: str = "") -> str:
        return p(runs=r(text) + f'<w:r><w:footnoteReference w:id="{key}"{more}/>{mark}</w:r>' + r(" and on."))

    body = (
        noted("A claim", 7)
        + table(tr(f"<w:tc>{noted('A cell', 8)}</w:tc>", tc("x")))
        + noted("Last", 9, ' w:customMarkFollows="1"', "<w:t>*</w:t>")
    )
    assert shape(body, footnotes=notes) == [
        "p A claim and on.",
        "note 1 First note.",
        "| A cell and on. | x",
        "note 2 In a table.",
        "p Last and on.",
        "note * With a star.",
    ]


def test_merged_cells_keep_their_place_and_their_text_once() -> None:
    body = p("Who said what", "Beschriftung") + table(
        tr(tc("Area"), tc("Two columns", properties='<w:gridSpan w:val="2"/>'), properties="<w:tblHeader/>"),
        tr(tc("Down", properties='<w:vMerge w:val="restart"/>'), tc("a", "b"), tc("c")),
        tr(tc("", properties="<w:vMerge/>"), tc("d"), tc("e")),
        tr(tc("f"), tc("g"), properties='<w:gridBefore w:val="1"/>'),
    )
    assert shape(body) == [
        "caption Who said what",
        "| Area | Two columns | ",
        "| Down | a b | c",
        "|  | d | e",
        "|  | f | g",
    ]


def test_header_cells_are_not_bold_because_they_are_header_cells() -> None:
    """A word processor that saves a file again may write the look of a style onto the text."""

    def bold(text: str) -> str:
        return f"<w:tc>{p(runs=r(text, '<w:b/>'))}</w:tc>"

    look = '<w:tblPr><w:tblLook w:firstColumn="1"/></w:tblPr>'
    rows = (
        tr(bold("Area"), bold("Grade"), properties="<w:tblHeader/>")
        + tr(bold("Overall"), tc("Good"))
        + tr(bold("Practice"), bold("Poor"))
    )
    (found,) = read(word(f"<w:tbl>{look}{rows}</w:tbl>"), "x.docx").blocks
    assert isinstance(found, Table)
    cells = [[marked(c.inlines) for c in row.cells] for row in (*found.head, *found.rows)]
    assert cells == [["Area", "Grade"], ["Overall", "Good"], ["Practice", "**Poor**"]]


def test_a_box_is_opened_and_a_table_in_a_cell_is_text() -> None:
    box = f"<w:tbl><w:tr><w:tc>{p('In a box', 'berschrift2')}{p('with text.')}</w:tc></w:tr></w:tbl>"
    inner = table(tr(tc("inner"), tc("cell")))
    assert shape(box + table(tr(tc("outer"), f"<w:tc>{inner}{p('after')}</w:tc>"))) == [
        "h3 In a box",
        "p with text.",
        "| outer | inner cell after",
    ]


def test_text_boxes_are_read_once() -> None:
    held = f"<w:txbxContent>{p('In the margin')}</w:txbxContent>"
    compatible = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    drawing = (
        f'<w:r><mc:AlternateContent xmlns:mc="{compatible}">'
        f'<mc:Choice Requires="wps"><w:drawing>{held}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{held}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert shape(p(runs=r("Beside it.") + drawing)) == ["p Beside it.", "p In the margin"]


def test_lines_of_two_columns_are_rows_and_labels_are_lines() -> None:
    body = (
        p("Lead inspector:\tMarian Tolley HMI") + p("Overall effectiveness\tAdequate") + p("Practice\tGood") + p("End.")
    )
    assert shape(body) == [
        "p Lead inspector: Marian Tolley HMI",
        "| Overall effectiveness | Adequate",
        "| Practice | Good",
        "p End.",
    ]


def test_controls_and_strict_files() -> None:
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('In a control')}</w:sdtContent></w:sdt>"
    inline = p(runs=f"<w:sdt><w:sdtContent>{r('so ')}</w:sdtContent></w:sdt>" + r("on"))
    assert shape(control + inline) == ["p In a control", "p so on"]
    data = word(p("Strict", "berschrift1"))
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name.startswith("word/"):
                text = text.replace(
                    b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                    b"http://purl.oclc.org/ooxml/wordprocessingml/main",
                )
            target.writestr(name, text)
    (heading,) = read(out.getvalue(), "x.docx").blocks
    assert isinstance(heading, Heading)
    assert plain(heading.inlines) == "Strict"


def test_places_are_paragraphs_and_spans_of_the_text() -> None:
    body = p("One.") + p() + table(tr(tc("two"), tc("three"))) + p("Four.")
    found = read(word(body), "x.docx").blocks
    text = "One.\n\ntwo\nthree\nFour."
    places = [b.place for b in walk(found) if not isinstance(b, Item) and b.place]  # type: ignore[union-attr]
    assert [place.line for place in places] == [1, 3, 5]
    assert [text[place.start : place.end] for place in places] == ["One.", "two\nthree", "Four."]


def test_every_style_of_the_tests_is_one_that_word_knows() -> None:
    assert STYLES.count("<w:style ") == STYLES.count("</w:style>") == 10


@pytest.mark.parametrize("name", ["report.docx", "report.pdf", "report.txt", "report"])
def test_the_name_does_not_matter(name: str, tmp_path: Path) -> None:
    found = read(word(p("Text.")), name)
    assert found.media_type.endswith("wordprocessingml.document")
    assert found.pages is None
