"""Figures: one drawing through the closed vocabulary, and what every format makes of it."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from reportgen.document import Document, Figure, Heading, Paragraph, Rendered, Shape, Text, plain, plain_text
from reportgen.errors import TemplateError
from reportgen.markup import parse, serialise
from reportgen.readers import docx as docx_reader
from reportgen.readers import html as html_reader
from reportgen.readers import pdf as pdf_reader
from reportgen.redlining import redline
from reportgen.writers import docx, html, markdown, pdf, terminal, text
from reportgen.writers.pictures import pictures


def shape(tag: Any, attrs: str, text: str = "") -> Shape:
    return Shape(tag, tuple((name, value) for name, _, value in (a.partition("=") for a in attrs.split())), text)


FIGURE = Figure(
    "Grades & <areas>",
    "Two areas: “good” in 2012 & after.",
    640,
    120,
    (
        shape("rect", "class=paper x=10 y=10 width=40 height=40 fill=#ffffff stroke=currentColor"),
        shape("circle", "cx=100 cy=30 r=12.5 fill=currentColor"),
        shape("path", "d=M10,90L600,110 fill=none stroke=#1f4e79"),
        shape("text", "x=200 y=35 font-size=12 text-anchor=start", "Dŵr & <awyr>"),
    ),
    (Text("Grades & <areas>"),),
    role="chart",
)
BLOCKS = (Heading(1, (Text("Title"),), id="title"), FIGURE, Paragraph((Text("After it."),)))
DOCUMENT = Document(BLOCKS, title="Title")


def page(blocks: tuple[object, ...] = BLOCKS) -> Rendered:
    main = serialise(blocks)  # type: ignore[arg-type]
    whole = f'<!DOCTYPE html><html lang="en"><head><title>T</title></head><body><main>{main}</main></body></html>'
    return Rendered(whole, DOCUMENT, "test")


@pytest.fixture(scope="module")
def laid_out() -> bytes:
    return pdf.write(page())


@pytest.fixture(scope="module")
def word() -> bytes:
    return docx.write(DOCUMENT)


def test_a_figure_comes_back_from_its_html() -> None:
    made = serialise(BLOCKS)
    assert parse(made) == BLOCKS
    assert serialise(parse(made)) == made


def test_each_figure_is_named_by_ids_of_its_own() -> None:
    made = serialise((FIGURE, FIGURE))
    ids = re.findall(r' id="([^"]+)"', made)
    assert len(ids) == len(set(ids)) == 4
    assert re.findall(r'aria-labelledby="([^"]+)"', made) == [" ".join(ids[:2]), " ".join(ids[2:])]


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<image href="http://x"></image>',
        '<rect onclick="x()"></rect>',
        '<rect style="fill:url(http://x)"></rect>',
        '<rect fill="url(#a)"></rect>',
        '<rect fill="red"></rect>',
        '<rect x="1e9"></rect>',
        '<path d="M0 0 url(x)"></path>',
        "<g></g>",
        "<text>a<rect></rect></text>",
        "<desc>late</desc>" * 2 + "<rect></rect><title>later</title>",
        '<text class="a b">x</text>',
    ],
)
def test_a_drawing_holds_nothing_that_runs_fetches_or_hides(inside: str) -> None:
    svg = f'<figure><svg viewBox="0 0 10 10"><title>T</title>{inside}</svg></figure>'
    with pytest.raises(TemplateError, match="RG403"):
        parse(svg)


@pytest.mark.parametrize(
    "bad",
    [
        "<figure></figure>",
        '<figure><svg viewBox="0 0 1 1"></svg></figure>',
        '<figure><svg><title>T</title></svg></figure>',
        '<figure><p>x</p></figure>',
        '<svg viewBox="0 0 1 1"><title>T</title></svg>',
        '<figure><svg viewBox="0 0 1 1"><title>T</title></svg><svg viewBox="0 0 1 1"><title>T</title></svg></figure>',
    ],
)  # fmt: skip
def test_a_figure_is_one_drawing_with_a_title_and_a_size(bad: str) -> None:
    with pytest.raises(TemplateError, match="RG403"):
        parse(bad)


def test_a_pdf_says_instead_of_a_figure_all_that_stands_for_it(laid_out: bytes) -> None:
    import pikepdf

    with pikepdf.open(io.BytesIO(laid_out)) as opened:
        told = [str(o.Alt) for o in opened.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
    assert told == [FIGURE.alternative]


def test_a_pdf_with_figures_passes_for_pdf_ua(laid_out: bytes, tmp_path) -> None:  # type: ignore[no-untyped-def]
    import page as validation
    import pikepdf

    path = tmp_path / "figure.pdf"
    path.write_bytes(laid_out)
    checked = validation.validate_pdf(str(path), profile="ua1")
    assert checked.is_compliant, [(f.rule_id, f.message) for f in checked.failures]
    with pikepdf.open(path, allow_overwriting_input=True) as opened:
        for o in opened.objects:
            if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure":
                del o["/Alt"]
        opened.save(path)
    assert not validation.validate_pdf(str(path), profile="ua1").is_compliant


def test_text_of_a_drawing_is_text_in_the_pdf(laid_out: bytes) -> None:
    import pypdfium2

    assert "Dŵr & <awyr>" in pypdfium2.PdfDocument(laid_out)[0].get_textpage().get_text_bounded()


def test_word_shows_a_picture_with_its_alternative(word: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
        pictured = [archive.read(n) for n in archive.namelist() if n.startswith("word/media/")]
    [properties] = root.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr")
    assert properties.get("descr") == FIGURE.alternative
    assert pictured == pictures([FIGURE])
    [extent] = root.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent")
    assert int(extent.get("cx")) <= 9070 * 635
    assert int(extent.get("cx")) * 120 // 640 == int(extent.get("cy"))


def test_a_picture_shows_what_was_drawn_and_is_the_same_each_time() -> None:
    from PIL import Image

    [made] = pictures([FIGURE])
    assert [made] == pictures([FIGURE])
    image = Image.open(io.BytesIO(made)).convert("L")
    assert image.size == (1280, 240)
    assert image.getpixel((200, 60)) < 30, "the filled circle"
    assert image.getpixel((60, 60)) > 250, "the empty rectangle"
    assert image.crop((400, 40, 560, 80)).getextrema()[0] < 80, "the text"


def test_other_formats_tell_what_the_drawing_shows() -> None:
    for said in (
        markdown.write(DOCUMENT).replace("\\", ""),
        text.write(DOCUMENT),
        terminal.write(DOCUMENT),
        plain_text(DOCUMENT),
    ):
        assert FIGURE.desc in said
        assert FIGURE.title in said


def test_readers_pass_over_drawings(laid_out: bytes, word: bytes) -> None:
    for blocks in (
        html_reader.read(html.write(page()).decode(), "x.html"),
        docx_reader.read(word),
        pdf_reader.read(laid_out).blocks,
    ):
        said = plain_text(Document(tuple(blocks)))
        assert "After it." in said
        assert "Title" in said


def test_a_redline_tells_what_a_picture_shows() -> None:
    changed = replace(FIGURE, desc="Two areas: “adequate” in 2012 & after.")
    made, _ = redline(DOCUMENT, Document((BLOCKS[0], changed, BLOCKS[2]), title="Title"))
    said = [b for b in made.blocks if isinstance(b, Paragraph)]
    assert plain(said[0].inlines) == FIGURE.title
    assert plain(said[1].inlines, side="del") == FIGURE.desc
    assert plain(said[1].inlines, side="ins") == changed.desc
