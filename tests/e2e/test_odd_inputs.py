"""Inspections at the edges of what the data format allows: every format holds every word, and the PDF is PDF/UA-1."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import page
import pypdfium2
import pytest

from reportgen import Inspection, compare, read_inspection, render
from reportgen.document import plain_text
from reportgen.errors import EnvironmentFault
from reportgen.model import (
    Inspector,
    ItemsParagraph,
    ListItem,
    Period,
    PrintedTable,
    Provider,
    TableParagraph,
    TextParagraph,
    letters,
    printed,
)
from reportgen.writers import docx, html, markdown, pdf, terminal, text
from tests.support.examples import ASHMERE, LONG, NEXT, ROTHERHAM
from tests.support.make_inspections import recommendation

REASONS = ("withheld", "not_inspected", "not_published", "unreadable", "not_in_framework", "withheld", "not_inspected")


def empty() -> Inspection:
    return Inspection(
        id="x-2012-01", framework="ofsted-cp-2012", title="Nothing but what must be", provider=Provider(name="Nowhere")
    )


def draft() -> Inspection:
    return read_inspection(ASHMERE[0]).model_copy(update={"status": "draft"})


def no_grades() -> Inspection:
    given = read_inspection(NEXT)
    blank = tuple(
        j.model_copy(update={"grade": None, "printed": None, "missing": reason})
        for j, reason in zip(given.judgements, REASONS, strict=True)
    )
    return given.model_copy(update={"judgements": blank})


def two_visits() -> Inspection:
    return read_inspection(LONG).model_copy(
        update={
            "inspected": (
                Period(start=date(2012, 9, 3), end=date(2012, 9, 7)),
                Period(start=date(2012, 10, 29), end=date(2012, 11, 2)),
            ),
            "published": None,
            "lead_inspectors": (Inspector(name="Marian Tolley", title="HMI"), Inspector(name="Second Person")),
        }
    )


def no_sections() -> Inspection:
    return read_inspection(LONG).model_copy(update={"sections": ()})


def three_hundred() -> Inspection:
    listed = tuple(
        recommendation(
            f"R{n}",
            f"do the thing of the number {n} for every child in the borough",
            number=str(n),
            heading="Immediately" if n < 200 else "Within six months",
        )
        for n in range(1, 301)
    )
    return no_sections().model_copy(update={"recommendations": listed})


def marked() -> Inspection:
    words = "<script>x</script> {{ 7*7 }} & &amp; =1+1 | *so* ]]> </style> a\u202eb\u202c"
    return read_inspection(LONG).model_copy(
        update={"title": words, "provider": Provider(name=words), "age_group": words, "legal_basis": (words,)}
    )


def with_entries(*entries: object) -> Inspection:
    given = read_inspection(LONG)
    first = given.sections[0]
    longer = first.model_copy(update={"paragraphs": (*first.paragraphs, *entries)})
    return given.model_copy(update={"sections": (longer, *given.sections[1:])})


def long_words() -> Inspection:
    return with_entries(
        TextParagraph(number="90", text=f"a {'x' * 40_000} end"), ItemsParagraph(items=(ListItem(text="Y" * 400),))
    )


def wide_table() -> Inspection:
    names = tuple(f"Column heading {n}" for n in range(1, 16))
    rows = tuple(tuple(f"cell {r}.{n}" for n in range(1, 16)) for r in range(1, 41))
    return with_entries(TableParagraph(table=PrintedTable(caption="Wide", header=names, rows=rows)))


def long_names() -> Inspection:
    return read_inspection(LONG).model_copy(
        update={
            "title": ("Inspection of everything " * 30).strip(),
            "provider": Provider(name=("A very long name " * 8).strip()),
        }
    )


ODD: tuple[Callable[[], Inspection], ...] = (
    *(empty, draft, no_grades, two_visits, no_sections, three_hundred, marked, long_words, wide_table, long_names),
)


def word_text(data: bytes) -> str:
    """What a Word file says, a line for each paragraph."""
    import docx as python_docx
    from docx.text.paragraph import Paragraph

    file = python_docx.Document(io.BytesIO(data))
    return "\n".join(Paragraph(p, file).text for p in file.element.body.iter("{*}p"))


def shown(data: bytes) -> list[str]:
    """What stands inside the edges of each page."""
    return [p.get_textpage().get_text_bounded() for p in pypdfium2.PdfDocument(data)]


@pytest.mark.parametrize("made", ODD, ids=lambda f: f.__name__)
def test_every_format_holds_every_word(made: Callable[[], Inspection], tmp_path: Path) -> None:
    inspection = made()
    rendered = render(inspection)
    wanted = set(re.findall(r"[^\W\d_]{3,}", plain_text(rendered.document)))
    assert wanted <= set(re.findall(r"[^\W\d_]{3,}", markdown.write(rendered.document)))
    assert wanted <= set(re.findall(r"[^\W\d_]{3,}", word_text(docx.write(rendered.document))))
    for form, data in (("html", html.write(rendered)), ("txt", text.write(rendered.document).encode())):
        out = tmp_path / f"x.{form}"
        out.write_bytes(data)
        assert printed(read_inspection(out)) == printed(inspection), form
    for width in (40, 80):
        for colour in (False, True):
            said = re.sub(r"\x1b\[[0-9;]*m", "", terminal.write(rendered.document, width=width, colour=colour))
            assert max(map(len, said.split("\n"))) <= width


@pytest.mark.parametrize("made", ODD, ids=lambda f: f.__name__)
def test_pages_are_accessible_and_hold_all_letters(made: Callable[[], Inspection], tmp_path: Path) -> None:
    rendered = render(made())
    data = pdf.write(rendered)
    checked(data, tmp_path)
    on_pages = "".join(shown(data))
    words = set(re.findall(r"[^\W\d_]{3,}", plain_text(rendered.document)))
    joined = letters(on_pages)
    assert [w for w in words if len(w) < 60 and letters(w) not in joined] == []
    if made is long_words:
        assert on_pages.count("x") >= 40_000
        assert on_pages.count("Y") >= 400
    if made is wide_table:
        assert all(f"{r}.{n}" in on_pages for r in range(1, 41) for n in range(1, 16))


def checked(data: bytes, folder: Path) -> None:
    (folder / "x.pdf").write_bytes(data)
    found = page.validate_pdf(str(folder / "x.pdf"), profile="ua1")
    assert found.is_compliant, [(f.rule_id, f.message) for f in found.failures]


@pytest.mark.parametrize("path", [*ASHMERE, *ROTHERHAM], ids=lambda p: p.stem)
def test_examples_are_accessible(path: Path, tmp_path: Path) -> None:
    checked(pdf.write(render(read_inspection(path))), tmp_path)


def test_comparisons_are_accessible(tmp_path: Path) -> None:
    checked(pdf.write(render(compare(read_inspection(LONG), read_inspection(NEXT)))), tmp_path)


def test_the_validator_can_say_no(tmp_path: Path) -> None:
    import weasyprint

    bad = tmp_path / "bad.pdf"
    weasyprint.HTML(string="<html><body><h3>no title, no language</h3></body></html>").write_pdf(bad)
    assert not page.validate_pdf(str(bad), profile="ua1").is_compliant


def test_a_draft_says_so_on_every_page_and_in_the_title() -> None:
    rendered = render(draft())
    pages = shown(pdf.write(rendered))
    assert all("Draft for factual accuracy checking" in p for p in pages)
    assert rendered.document.title.startswith("DRAFT: ")
    assert not any("DRAFT" in p for p in shown(pdf.write(render(read_inspection(ASHMERE[0])))))


def test_each_page_but_the_first_has_its_foot() -> None:
    pages = shown(pdf.write(render(read_inspection(LONG))))
    assert "Page" not in pages[0].split("\n")[-1]
    for number, said in enumerate(pages[1:], 2):
        assert f"Page {number} of {len(pages)}" in said
        assert "Inspection of local authority arrangements for the protection of children: Ashmere" in said


def test_a_character_that_no_font_holds_is_named_with_its_place() -> None:
    given = with_entries(TextParagraph(number="90", text="Words in front of \u0378 and words behind it"))
    with pytest.raises(EnvironmentFault) as raised:
        pdf.write(render(given))
    assert raised.value.code == "RG411"
    title = given.sections[0].title
    assert f"(U+0378) in “Words in front of \\u0378 and words behind it” of 90. under “{title}”" in str(raised.value)
