"""What the structure tree of a PDF of ours says: one element for each of the page, whatever the ends of pages cut."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
import pytest

from reportgen.document import Document, Rendered
from reportgen.errors import TemplateError
from reportgen.writers import pdf

PAGE = (
    '<!DOCTYPE html><html lang="en-GB"><head><title>T</title><meta name="generator" content="reportgen"><style>'
    "@page {{ size: A5; @bottom-left {{ content: 'foot' }} }} {style}</style></head>"
    "<body><main>{body}</main></body></html>"
)
ROWS = "".join(f'<tr><th scope="row">Row {n}</th><td>{n}</td><td></td></tr>' for n in range(80))
TABLE = (
    "<table><caption>All rows</caption><thead><tr>"
    + "".join(f'<th scope="col">{name}</th>' for name in ("Head", "Number", "Blank"))
    + f"</tr></thead><tbody>{ROWS}</tbody></table>"
)
LIST = "<ul>" + "".join(f"<li>Item {n}<ul><li>under {n}</li></ul></li>" for n in range(60)) + "</ul>"
LINK = '<p>Read <a href="https://example.org/very/long">what the <strong>master</strong> said</a>.</p>'


def made(body: str, style: str = "") -> pikepdf.Pdf:
    html = PAGE.format(style=style, body=f"<h1>One</h1>{body}")
    return pikepdf.open(io.BytesIO(pdf.write(Rendered(html, Document((), title="T", lang="en-GB"), ""))))


def elements(file: pikepdf.Pdf, kind: str) -> list[pikepdf.Dictionary]:
    def below(element: pikepdf.Dictionary) -> Iterator[pikepdf.Dictionary]:
        yield element
        for kid in element.get("/K", []):  # type: ignore[union-attr]
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield from below(kid)

    return [e for root in file.Root.StructTreeRoot.K for e in below(root) if f"/{kind}" == e.S]  # type: ignore[union-attr]


def test_a_table_over_several_pages_is_one_and_its_head_is_there_once() -> None:
    file = made(TABLE)
    assert len(file.pages) > 2
    assert [len(elements(file, kind)) for kind in ("Table", "Caption", "THead", "TBody", "TR")] == [1, 1, 1, 1, 81]
    assert {str(e.A.Scope) for e in elements(file, "TH")} == {"/Column", "/Row"}
    assert len(elements(file, "TH")) == 83
    # the head that is painted again on the later pages is no content there
    painted = sum(page.Contents.read_bytes().count(b"/Artifact\n<</Type /Layout>>") for page in file.pages)
    assert painted == 3 * (len(file.pages) - 1)
    assert all(b"/Artifact\n<</Type /Pagination>>" in page.Contents.read_bytes() for page in file.pages)
    (table,) = elements(file, "Table")
    names = [str(name) for name in list(file.Root.StructTreeRoot.IDTree.Names)[::2]]
    assert str(table.ID) in names
    assert names == sorted(names)


def test_a_list_over_several_pages_is_one() -> None:
    file = made(LIST)
    assert len(file.pages) > 1
    outer = [e for e in elements(file, "L") if pikepdf.Name.Document == e.P.S]
    assert len(outer) == 1
    assert len(elements(file, "L")) == 61
    assert len(outer[0].K) == 60
    assert {str(k.S) for e in elements(file, "LI") for k in e.K} == {"/Lbl", "/LBody"}


def test_a_link_says_in_words_what_it_is() -> None:
    file = made(LINK)
    (link,) = elements(file, "Link")
    annotations = list(file.pages[0].Annots)
    assert {str(a.Contents) for a in annotations} == {"what the master said"}
    assert len([k for k in link.K if isinstance(k, pikepdf.Dictionary) and k.Type == pikepdf.Name.OBJR]) == len(
        annotations
    )


def test_a_drawing_is_a_figure_in_words_inside_the_page() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><title>Two bars</title>'
        "<desc>One is longer</desc>"
        '<rect width="80" height="10"/></svg>'
    )
    file = made(f"<figure>{svg}<figcaption>Bars</figcaption></figure>")
    (figure,) = elements(file, "Figure")
    assert str(figure.Alt) == "Two bars. One is longer"
    left, bottom, right, top = (float(n) for n in figure.A.BBox)
    assert (round(right - left, 1), round(top - bottom, 1)) == (67.5, 30.0)
    assert 0 < bottom < top < float(file.pages[0].MediaBox[3])
    assert len(elements(file, "Caption")) == 1


def test_a_picture_that_says_nothing_is_decoration() -> None:
    shape = '<rect width="9" height="9"/></svg>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" aria-hidden="true" width="9" height="9">{shape}'
    assert elements(made(svg), "Figure") == []


@pytest.mark.parametrize(
    ("body", "style", "code"),
    [
        (
            '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
            "",
            "RG421",
        ),
        ("<p>pale</p>", "p { opacity: 0.5 }", "RG422"),
    ],
)
def test_what_cannot_be_told_is_refused(body: str, style: str, code: str) -> None:
    with pytest.raises(TemplateError) as raised:
        made(body, style)
    assert raised.value.code == code


def test_changed_words_and_other_languages_are_marked() -> None:
    file = made('<p>a <ins>new</ins> and <del>old</del> <span lang="cy">gair</span></p>')
    spans = elements(file, "Span")
    assert [str(s.A.TextDecorationType) for s in spans[:2]] == ["/Underline", "/LineThrough"]
    assert str(spans[2].Lang) == "cy"


def test_no_stream_ends_as_a_line_does() -> None:
    import re

    for n in range(150):
        html = PAGE.format(style="", body=f"<h1>One {n}</h1>")
        data = pdf.write(Rendered(html, Document((), title="T", lang="en-GB"), ""))
        assert not re.search(rb"[\r\n]\nendstream", data), n
