"""HTML in, blocks out; nothing that the page shows may be lost, nothing that it hides may be read."""

from __future__ import annotations

import pytest

from reportgen.document import Heading, ListBlock, Note, Paragraph, Table, Terms, plain
from reportgen.errors import InputError
from reportgen.readers import is_html, read
from reportgen.readers.html import read as read_html


def page(body: str) -> str:
    return f"<!doctype html><html lang=en><head><title>t</title></head><body>{body}</body></html>"


def test_blocks_in_order() -> None:
    found = read_html(
        page(
            "<h1 id=a>Title</h1><p class=numbered><span class=number>12.</span> Some <strong>bold</strong> text</p>"
            "<ul><li>one<ul><li>two</li></ul></li></ul>"
            "<table><caption>C</caption><thead><tr><th scope=col>A</th></tr></thead>"
            "<tbody><tr><td>b</td></tr></tbody></table>"
            "<dl><dt>T</dt><dd>v</dd></dl><p class=note><sup>1</sup> said</p>"
        ),
        "x.html",
    )
    assert [type(b) for b in found] == [Heading, Paragraph, ListBlock, Table, Terms, Note]
    paragraph = found[1]
    assert isinstance(paragraph, Paragraph)
    assert (paragraph.number, plain(paragraph.inlines)) == ("12", "Some bold text")


def test_scripts_and_hidden_parts_are_not_text() -> None:
    found = read_html(page("<script>var a = 'x'</script><p hidden>no</p><p>yes</p>"), "x.html")
    assert [plain(b.inlines) for b in found if isinstance(b, Paragraph)] == ["yes"]


def test_loose_text_is_kept() -> None:
    found = read_html(page("before<div>in<p>p</p>after</div>end"), "x.html")
    assert [plain(b.inlines) for b in found if isinstance(b, Paragraph)] == ["before", "in", "p", "after", "end"]


def test_deep_nesting_is_refused_not_cut() -> None:
    with pytest.raises(InputError) as caught:
        read_html(page("<div>" * 300 + "END" + "</div>" * 300), "x.html")
    assert caught.value.code == "RG107"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04....", "RG201"),
        (b"", "RG103"),
        (b"caf\xe9", "RG102"),
        ("x".encode("utf-16"), "RG102"),
        (b"a\x00b", "RG201"),
    ],
)
def test_what_is_not_a_text_says_what_it_is(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read(data, "report.txt")
    assert caught.value.code == code


def test_kind_is_told_by_content() -> None:
    assert is_html("  <!DOCTYPE html><html>")
    assert is_html("<!-- saved --><html>")
    assert not is_html("1 < 2 <html>")
