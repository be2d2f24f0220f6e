"""What the standard pack prints is read back to the same data, by its content alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen import Inspection, read_inspection, render
from reportgen.document import Rendered, plain_text
from reportgen.model import (
    ItemsParagraph,
    ListItem,
    PrintedTable,
    Section,
    TableParagraph,
    TextParagraph,
    letters,
    printed,
)
from reportgen.writers import docx, html, markdown, pdf, terminal, text
from tests.support.examples import ASHMERE, ROTHERHAM

ALL = [*ASHMERE, *ROTHERHAM]


def written(rendered: Rendered, form: str) -> bytes:
    """The shown content alone, without the data file that a document may carry."""
    match form:
        case "html":
            return html.write(rendered)
        case "docx":
            return docx.write(rendered.document)
        case "pdf":
            return pdf.write(rendered)
        case "md":
            return markdown.write(rendered.document).encode()
    return text.write(rendered.document).encode()


@pytest.mark.parametrize("form", ["html", "docx", "md", "pdf", "txt"])
@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_every_format_that_is_read_gives_the_data_back(path: Path, form: str, tmp_path: Path) -> None:
    inspection = read_inspection(path)
    rendered = render(inspection)
    out = tmp_path / f"x.{form}"
    out.write_bytes(written(rendered, form))
    assert printed(read_inspection(out)) == printed(inspection)


NASTY = [
    "<script>alert(1)</script> & <b>bold</b> \"quoted\" 'so'",
    "{{ 7*7 }} {% raw %} {# no #} ${x} ]]>",
    '=1+1 +1 -3 @x =HYPERLINK("http://x")',
    "# not a heading",
    "- not an item",
    "2012. not a number",
    "1.5 is a figure",
    "a | b \\ c ` d ~~e~~ _f_ *g* [h](i) ![j](k) &amp; &#65;",
    "so *stressed*, so **strong**, so [linked](https://example.org/a_(b))",
    "ŵ ŷ é £ – — ‘ ’ “ ” … ½",
    "Note: a label at the start",
    "x" * 40_000,
]


def nasty(path: Path, words: str) -> Inspection:
    inspection = read_inspection(path)
    sections = list(inspection.sections)
    first = next(i for i, s in enumerate(sections) if any(getattr(p, "number", None) for p in s.paragraphs))
    entries = list(sections[first].paragraphs)
    at = next(i for i, p in enumerate(entries) if getattr(p, "number", None))
    entries[at] = entries[at].model_copy(update={"text": words})
    sections[first] = sections[first].model_copy(update={"paragraphs": tuple(entries)})
    recommendations = list(inspection.recommendations)
    recommendations[0] = recommendations[0].model_copy(update={"text": words})
    return inspection.model_copy(update={"sections": tuple(sections), "recommendations": tuple(recommendations)})


@pytest.mark.parametrize("words", NASTY, ids=lambda w: w[:20])
def test_text_is_inert_and_whole_in_every_format(words: str, tmp_path: Path) -> None:
    import io

    import docx as python_docx
    from markdown_it import MarkdownIt

    from reportgen.markup import unmark

    rendered = render(nasty(ASHMERE[1], words))
    said = " ".join(unmark(words).split())
    assert said in plain_text(rendered.document)
    assert "<script>alert" not in rendered.html
    file = python_docx.Document(io.BytesIO(docx.write(rendered.document)))
    assert any(said in p.text for p in file.paragraphs)
    shown = MarkdownIt("commonmark").enable("table").render(markdown.write(rendered.document))
    import html as entities
    import re

    assert said in " ".join(entities.unescape(re.sub(r"<(?!/?(?:script|b)\b)[^>]+>", "", shown)).split())
    assert letters(said) in letters(terminal.write(rendered.document, width=100))
    for form in ("html", "docx", "md", "txt"):
        out = tmp_path / f"x.{form}"
        out.write_bytes(written(rendered, form))
        again = read_inspection(out)
        assert unmark(again.recommendations[0].text) == unmark(words), form


def test_what_the_end_of_a_page_cuts_in_a_pdf_is_joined(tmp_path: Path) -> None:
    """Lists, items, items under items, numbered paragraphs and tables that go on over several pages."""
    inspection = read_inspection(ASHMERE[1])

    def said(times: int) -> str:
        return " ".join(["words and more words, and then some other words"] * times)

    def under(n: int) -> ListItem:
        return ListItem(text=f"under {n}: {said(3)}", items=(ListItem(text=said(4), number="3"),))

    rows = tuple((f"row {n}", said(2), "" if n % 3 else "x") for n in range(60))
    items = tuple(ListItem(text=f"item {n}: {said(2)}", items=tuple(map(under, range(4)))) for n in range(9))
    entries = (
        *(TextParagraph(number=str(n), text=f"{said(9)} end. And a sentence more.") for n in range(1, 14)),
        ItemsParagraph(items=items),
        TableParagraph(table=PrintedTable(caption="Long", header=("A", "B", "C"), rows=rows)),
    )
    section = Section(title="Everything that is long", paragraphs=entries)
    whole = inspection.model_copy(update={"sections": (section, *inspection.sections[3:])})
    whole = Inspection.model_validate(whole.model_dump())
    path = tmp_path / "x.pdf"
    path.write_bytes(pdf.write(render(whole)))
    found = read_inspection(path)
    assert found.source is not None
    assert (found.source.pages or 0) > 15
    assert printed(found)["sections"][0] == printed(whole)["sections"][0]


def test_control_characters_never_reach_a_terminal() -> None:
    from reportgen.document import Document, Paragraph, Text

    tree = Document((Paragraph((Text("a\x1b[2Jb\u202ec\x07d\u200be"),)),), title="t")
    shown = terminal.write(tree)
    assert shown == "a<U+001B>[2Jb<U+202E>c<U+0007>d<U+200B>e\n"


@pytest.mark.parametrize("lang", ["en-GB", "cy"])
@pytest.mark.parametrize("form", ["html", "docx", "md", "pdf", "txt"])
def test_a_draft_in_either_language_is_read_back_as_one(form: str, lang: str, tmp_path: Path) -> None:
    inspection = read_inspection(ASHMERE[0]).model_copy(update={"status": "draft"})
    out = tmp_path / f"x.{form}"
    out.write_bytes(written(render(inspection, lang=lang), form))
    again = read_inspection(out)
    assert again.status == "draft"
    assert printed(again) == printed(inspection)
