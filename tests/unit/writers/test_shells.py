"""Word shells: fields and anchors anywhere, styles by role, nothing lost, nothing of the shell changed."""

from __future__ import annotations

import contextlib
import io
import re
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx_integrity
import pytest
from lxml import etree

from reportgen import api, build_history, compare, read_inspection, render
from reportgen.document import Cell as TableCell
from reportgen.document import Document, Heading, Item, ListBlock, Paragraph, Rendered, Row, Section, Table, Text, walk
from reportgen.document import texts as texts_of
from reportgen.errors import TemplateError
from reportgen.rendering import ANCHORS, FIELDS
from reportgen.writers import docx
from reportgen.writers.docx.mending import mend
from reportgen.writers.docx.styles import ROLES
from tests.support.bad_files import OFFICE, zipped
from tests.support.examples import LONG, NEXT, ROOT
from tests.support.revisions import settled
from tests.support.shells import SHELLS, STYLES
from tests.support.word import NAMESPACE, p, r, tc, tr, word

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NAMES = {name for names in ANCHORS.values() for name in names}
BASIC = "".join(
    f'<w:style w:type="paragraph"{more} w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
    for key, name, more in (
        ("Standard", "Normal", ' w:default="1"'),
        ("Titel", "Title", ""),
        ("berschrift1", "heading 1", ""),
    )
)
BODY = p("[[reportgen:body]]")


def shell(body: str = BODY, folder: Path | None = None, styles: str = BASIC, **parts: str) -> bytes:
    return word(body + "<w:sectPr/>", styles=styles, **parts)


def written(tmp_path: Path, data: bytes, document: Document, **options: Any) -> bytes:
    path = tmp_path / "shell.docx"
    path.write_bytes(data)
    return docx.write(document, shell=path, anchors=NAMES, **options)


def part(data: bytes, name: str = "word/document.xml") -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read(name))


def lines(data: bytes, name: str = "word/document.xml") -> list[str]:
    return ["".join(t.text or "" for t in e.iter(f"{W}t")) for e in part(data, name).iter(f"{W}p")]


def said(text: str, **more: Any) -> Paragraph:
    return Paragraph((Text(text),), **more)


def with_fields(*blocks: Any, **fields: str) -> Document:
    return Document(tuple(blocks), title="A title: a place", fields=tuple(fields.items()))


@pytest.fixture(scope="module")
def report() -> Rendered:
    return render(read_inspection(LONG))


# -- fields


def test_a_field_is_filled_wherever_word_cut_it(tmp_path: Path) -> None:
    cut = r("By {") + '<w:proofErr w:type="spellStart"/>' + r("{ prov") + '<w:bookmarkStart w:id="3" w:name="x"/>'
    cut += r("ider") + '<w:bookmarkEnd w:id="3"/><w:proofErr w:type="spellEnd"/>' + r(" }} and {{id}}.")
    made = written(tmp_path, shell(p(runs=cut) + BODY), with_fields(said("x"), provider="Ashmere & Co", id="a-1"))
    assert lines(made)[0] == "By Ashmere & Co and a-1."


def test_a_field_keeps_the_look_of_where_it_begins(tmp_path: Path) -> None:
    cut = r("{{ pro", "<w:b/>") + r("vider }}")
    made = written(tmp_path, shell(p(runs=cut) + BODY), with_fields(said("x"), provider="Ashmere"))
    runs = [(e.findtext(f"{W}t"), e.find(f"{W}rPr/{W}b") is not None) for e in part(made).iter(f"{W}r")]
    assert runs[0] == ("Ashmere", True)


@pytest.mark.parametrize("where", ["header", "footer", "footnotes"])
def test_fields_are_filled_in_every_part(tmp_path: Path, where: str) -> None:
    inside = p("Of {{ provider }}")
    inside = f'<w:footnote w:id="2">{inside}</w:footnote>' if where == "footnotes" else inside
    made = written(tmp_path, shell(**{where: inside}), with_fields(said("x"), provider="Ashmere"))
    assert lines(made, f"word/{where}.xml") == ["Of Ashmere"]


def test_what_values_and_reports_say_is_never_taken_for_a_field_or_an_anchor(tmp_path: Path) -> None:
    nasty = ["{{ 7*7 }}", "{{ title }}", "[[reportgen:body]]", "[[reportgen:notes]]", "{% if x %}", "${x} {{provider}}"]
    made = written(
        tmp_path,
        shell(p("{{ title }}") + p("{{ provider }}") + BODY),
        with_fields(*map(said, nasty), title="{{ provider }} [[reportgen:body]]", provider="{{ title }}"),
    )
    assert lines(made) == ["{{ provider }} [[reportgen:body]]", "{{ title }}", *nasty]


def test_a_field_without_a_value_is_empty_and_line_breaks_of_one_are_spaces(tmp_path: Path) -> None:
    made = written(
        tmp_path, shell(p("[{{ theme }}] {{ title }}") + BODY), with_fields(said("x"), theme="", title="a\n\nb\u00a0c")
    )
    assert lines(made)[0] == "[] a b\u00a0c"


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("By {{ provder }}", "RG433", "did you mean {{ provider }}?"),
        ("{{ inspection.title }}", "RG433", "a field is one name and nothing else"),
        ("{{ 7*7 }}", "RG433", "one name"),
        ("By {{ provider", "RG432", "in one paragraph"),
        ("{% if provider %}", "RG432", "no logic"),
    ],
)
@pytest.mark.parametrize("where", ["body", "header"])
def test_a_field_that_is_none_is_an_error_that_names_the_place(
    tmp_path: Path, text: str, code: str, hint: str, where: str
) -> None:
    data = shell(p("first") + p(text) + BODY) if where == "body" else shell(header=p("first") + p(text))
    with pytest.raises(TemplateError) as caught:
        written(tmp_path, data, with_fields(said("x"), provider="Ashmere"))
    assert (caught.value.code, hint in caught.value.hint) == (code, True)
    name = "document" if where == "body" else "header"
    assert caught.value.where.field == f"word/{name}.xml, paragraph 2 ({text!r})"


def test_a_field_in_a_field_code_of_word_is_an_error(tmp_path: Path) -> None:
    code = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>QUOTE "{{ provider }}"</w:instrText></w:r>'
    with pytest.raises(TemplateError, match=r"RG432.*field code"):
        written(tmp_path, shell(p(runs=code) + BODY), with_fields(said("x"), provider="\\\\host\\share"))


def test_a_field_in_the_address_of_a_link_is_an_error(tmp_path: Path) -> None:
    data = changed(
        shell(), word___rels__header_dot_xml_dot_rels=related("hyperlink", "https://example.org/%7B%7B%20id%20%7D%7D")
    )
    with pytest.raises(TemplateError, match=r"RG432.*address of a link: 'https://example.org/{{ id }}'"):
        written(tmp_path, data, with_fields(said("x"), id="7"))


def test_the_main_part_may_have_any_name_and_the_usual_type(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(shell(p("{{ id }}") + BODY))) as archive:
        parts = {n.replace("document", "document2"): archive.read(n) for n in archive.namelist()}
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts["[Content_Types].xml"] = (
        b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        b'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="'
        + kind
        + b'"/></Types>'
    )
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"word/document.xml", b"/word/document2.xml")
    made = written(tmp_path, zipped(parts), with_fields(said("x"), id="7"))
    assert lines(made, "word/document2.xml") == ["7", "x"]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    data = shell(p("{{ a }}") + p("{{ b }}") + p("[[reportgen:bdy]]"))
    with pytest.raises(TemplateError) as caught:
        written(tmp_path, data, with_fields(said("x")))
    assert re.findall(r"RG\d+", str(caught.value)) == ["RG434", "RG433", "RG433"]


def test_where_word_cuts_a_field_makes_no_difference(tmp_path: Path) -> None:
    text = "a {{ provider }} b {{id}}{{ id }}"
    wanted = "a Ashmere b 77"
    cuts = [(i, j) for i in range(0, len(text), 2) for j in range(i, len(text), 3)]
    body = "".join(p(runs=r(text[:i]) + r(text[i:j], "<w:i/>") + r(text[j:])) for i, j in cuts)
    made = written(tmp_path, shell(body + BODY), with_fields(said("x"), provider="Ashmere", id="7"))
    assert lines(made) == [wanted] * len(cuts) + ["x"]


def test_fields_of_charts_and_custom_parts_are_filled(tmp_path: Path) -> None:
    """Text of drawings, and what the content controls of Word's own cover pages are tied to."""
    chart = '<c:t xmlns:c="c" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:p><a:r><a:t>{{ pro</a:t></a:r><a:r><a:t>vider }}</a:t></a:r></a:p></c:t>'
    data = changed(
        shell(),
        word__charts__chart1_dot_xml=chart.encode(),
        customXml__item1_dot_xml=b"<x><y>{{ provider }}</y><z>{{ z }}</z></x>",
    )
    made = written(tmp_path, data, with_fields(said("x"), provider="A & B"))
    assert "".join(part(made, "word/charts/chart1.xml").itertext()) == "A & B"
    assert "".join(part(made, "customXml/item1.xml").itertext()) == "A & B{{ z }}"


# -- anchors

REPORT = (
    Heading(1, (Text("Report"),), id="t"),
    Section(
        (Heading(2, (Text("At a glance"),)), Section((said("good"),), role="judgements"), said("rest")), role="glance"
    ),
    Section((Heading(2, (Text("One"),)), said("chapter one")), role="chapter"),
    Section((Heading(2, (Text("Do this"),)), said("recommended")), role="recommendations"),
    Section((Heading(2, (Text("Two"),)), said("chapter two")), role="chapter"),
)


def test_sections_go_to_their_anchors_and_body_takes_the_rest(tmp_path: Path) -> None:
    body = p("before") + p("[[reportgen:recommendations]]") + p("[[reportgen:judgements]]") + BODY + p("after")
    made = written(tmp_path, shell(body), with_fields(*REPORT))
    assert lines(made) == [
        *("before", "Do this", "recommended", "good"),
        *("Report", "At a glance", "rest", "One", "chapter one", "Two", "chapter two", "after"),
    ]


def test_a_section_goes_whole_where_what_is_inside_it_has_no_anchor(tmp_path: Path) -> None:
    made = written(tmp_path, shell(p("[[reportgen:glance]]") + BODY), with_fields(*REPORT))
    assert lines(made)[:4] == ["At a glance", "good", "rest", "Report"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (p("no anchor at all"), "'Report', glance, chapter, recommendations"),
        (p("[[reportgen:chapter]]") + p("[[reportgen:glance]]"), "'Report', recommendations"),
    ],
)
def test_content_that_nothing_claims_is_an_error(tmp_path: Path, body: str, told: str) -> None:
    with pytest.raises(TemplateError) as caught:
        written(tmp_path, shell(body), with_fields(*REPORT))
    assert (caught.value.code, caught.value.message) == ("RG410", f"no anchor of the shell claims: {told}")


def test_an_anchor_for_what_a_report_lacks_goes_with_its_paragraph(tmp_path: Path) -> None:
    made = written(tmp_path, shell(p("a") + p("[[reportgen:notes]]") + BODY), with_fields(said("x")))
    assert lines(made) == ["a", "x"]


def box(inside: str) -> str:
    return p(
        runs=f'<w:r><w:pict><v:textbox xmlns:v="urn:schemas-microsoft-com:vml"><w:txbxContent>{inside}</w:txbxContent></v:textbox></w:pict></w:r>'
    )


CONTROL = f"<w:sdt><w:sdtPr/><w:sdtContent>{BODY}</w:sdtContent></w:sdt>"


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (p("[[reportgen:recomendations]]") + BODY, "RG434", "no part of a report is called 'recomendations'"),
        (BODY + p("x") + BODY, "RG435", "stands twice, first in word/document.xml, paragraph 1"),
        (p("Here: [[reportgen:body]]"), "RG436", "shares its paragraph with other text"),
        (p("[[reportgen:body]][[reportgen:notes]]"), "RG436", "shares its paragraph with other text"),
        (p(runs=r("[[reportgen:body]]") + "<w:r><w:footnoteReference w:id='1'/></w:r>"), "RG436", "a note"),
        (box(BODY), "RG436", "stands in a text box"),
        (CONTROL, "RG436", "stands in a content control"),
        (p("[[reportgen:body]]", properties="<w:framePr/>"), "RG436", "stands in a frame"),
        (p("[[reportgen:body"), "RG436", "not whole"),
        (p("[reportgen:body]") + BODY, "RG436", "not whole"),
        (p("[[Reportgen:notes]]") + p("[[ reportgen : notes ]]") + BODY, "RG435", "stands twice"),
        (p("[[reportgen:Body]]"), "RG434", "called 'Body'"),
    ],
)
def test_a_wrong_anchor_is_an_error_that_names_the_place(tmp_path: Path, body: str, code: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        written(tmp_path, shell(body), with_fields(*REPORT))
    assert caught.value.code == code
    assert message in caught.value.message
    assert (caught.value.where.field or "").startswith("word/document.xml, paragraph ")


@pytest.mark.parametrize("where", ["header", "footer", "footnotes"])
def test_an_anchor_outside_the_body_is_an_error(tmp_path: Path, where: str) -> None:
    inside = f'<w:footnote w:id="2">{BODY}</w:footnote>' if where == "footnotes" else BODY
    with pytest.raises(TemplateError, match=f"RG436.*word/{where}.xml, paragraph 1.*holds no blocks"):
        written(tmp_path, shell(**{where: inside}), with_fields(said("x")))


def test_an_anchor_in_a_cell_takes_the_width_of_the_cell(tmp_path: Path) -> None:
    cell = f'<w:tc><w:tcPr><w:tcW w:w="4000" w:type="dxa"/></w:tcPr>{BODY}</w:tc>'
    grid = '<w:tblPr/><w:tblGrid><w:gridCol w:w="4000"/><w:gridCol w:w="900"/></w:tblGrid>'
    inner = Table((), (Row((TableCell((Text("a"),), "row"), TableCell((Text("b"),)))),))
    body = f"<w:tbl>{grid}{tr(cell, tc('beside'))}</w:tbl>"
    made = part(written(tmp_path, shell(body), with_fields(inner)))
    nested = made.find(f".//{W}tc/{W}tbl")
    assert sum(int(e.get(f"{W}w")) for e in nested.iter(f"{W}gridCol")) == 4000 - 216
    # a cell has to end with a paragraph
    assert [e.tag.removeprefix(W) for e in nested.getparent()] == ["tcPr", "tbl", "p"]


def test_an_anchor_that_ends_a_section_leaves_the_section_as_it_is(tmp_path: Path) -> None:
    land = '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgMar w:left="1000" w:right="1000" w:top="1" w:bottom="1" w:header="0" w:footer="0" w:gutter="0"/></w:sectPr>'
    body = p("[[reportgen:body]]", properties=land) + p("second")
    wide = Table((), (Row((TableCell((Text("a"),), "row"), TableCell((Text("b"),)))),))
    for blocks in ((said("one"), said("two")), (said("one"), wide)):
        made = part(written(tmp_path, shell(body), with_fields(*blocks)))
        paragraphs = list(made.find(f"{W}body").iterchildren(f"{W}p"))
        ends = [e for e in paragraphs if e.find(f"{W}pPr/{W}sectPr") is not None]
        assert ends == [paragraphs[-2]]
        assert ends[0].find(f"{W}pPr/{W}sectPr/{W}pgSz").get(f"{W}orient") == "landscape"
    assert sum(int(e.get(f"{W}w")) for e in made.iter(f"{W}gridCol")) == 14838


def test_breaks_and_bookmarks_at_an_anchor_stay(tmp_path: Path) -> None:
    br = '<w:r><w:br w:type="page"/></w:r>'
    mark = '<w:bookmarkStart w:id="7" w:name="here"/>', '<w:bookmarkEnd w:id="7"/>'
    body = p(runs=br + mark[0] + r("[[reportgen:body]]") + mark[1] + br) + p("after")
    made = part(written(tmp_path, shell(body), with_fields(said("one", id="x"), said("two"))))
    assert [len(list(e.iter(f"{W}br"))) for e in made.iter(f"{W}p")] == [1, 1, 0]
    names = [(e.get(f"{W}id"), e.get(f"{W}name")) for e in made.iter(f"{W}bookmarkStart")]
    assert names == [("7", "here"), ("8", "_x")]
    made = part(
        written(tmp_path, shell(p("[[reportgen:body]]", properties="<w:pageBreakBefore/>")), with_fields(said("one")))
    )
    assert [e.find(f"{W}pPr/{W}pageBreakBefore") is not None for e in made.iter(f"{W}p")] == [True]


# -- styles


def test_styles_are_found_by_name_in_any_language_of_word(tmp_path: Path) -> None:
    made = part(written(tmp_path, shell(), with_fields(*REPORT)))
    used = [e.get(f"{W}val") for e in made.iter(f"{W}pStyle")]
    assert used == ["Titel", "berschrift1", *("Standard",) * 2, *("berschrift1", "Standard") * 3]


def test_a_style_may_be_named_for_a_role_and_for_a_class_of_paragraphs(tmp_path: Path) -> None:
    more = '<w:style w:type="paragraph" w:styleId="H"><w:name w:val="House Head"/></w:style>'
    chosen = {"heading-1": "house head", "odd": "Title"}
    document = with_fields(*REPORT, said("odd one", role="odd"))
    made = part(written(tmp_path, shell(styles=BASIC + more), document, styles=chosen))
    head = next(e for e in made.iter(f"{W}p") if e.find(f"{W}pPr/{W}pStyle").get(f"{W}val") == "H")
    # a style that is no heading of its own accord becomes one, so that it stands in the outline
    assert head.find(f"{W}pPr/{W}outlineLvl").get(f"{W}val") == "0"
    assert [e.get(f"{W}val") for e in made.iter(f"{W}pStyle")][-1] == "Titel"


def test_missing_styles_are_listed_all_at_once(tmp_path: Path) -> None:
    bare = '<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:name w:val="Normal"/></w:style>'
    with pytest.raises(TemplateError) as caught:
        written(tmp_path, shell(styles=bare), with_fields(*REPORT, said("x")), styles={"text": "House Text"})
    assert caught.value.code == "RG437"
    assert "heading-1: 'heading 1'; text: 'House Text' (a paragraph style); title: 'Title'" in caught.value.message
    with pytest.raises(TemplateError, match=r"RG437.*no role is called 'heding-1'.*did you mean 'heading-1'"):
        written(tmp_path, shell(), with_fields(said("x")), styles={"heding-1": "Title"})


def test_bullets_without_a_list_style_are_a_real_list(tmp_path: Path) -> None:
    inner = ListBlock((Item((said("deep"),)),))
    document = with_fields(ListBlock((Item((said("one"), inner)), Item((said("two"),)))))
    made = written(tmp_path, shell(), document)
    levels = [
        (e.find(f"{W}numId").get(f"{W}val"), e.find(f"{W}ilvl").get(f"{W}val")) for e in part(made).iter(f"{W}numPr")
    ]
    # the shell's lists have the numbers 1 to 6
    assert levels == [("7", "0"), ("7", "1"), ("7", "0")]
    before = {
        e.get(f"{W}abstractNumId"): etree.tostring(e)
        for e in part(shell(), "word/numbering.xml").iter(f"{W}abstractNum")
    }
    after = {
        e.get(f"{W}abstractNumId"): etree.tostring(e) for e in part(made, "word/numbering.xml").iter(f"{W}abstractNum")
    }
    assert {key: after[key] for key in before} == before
    assert len(after) == len(before) + 1


def test_a_list_style_that_counts_begins_anew_with_every_list(tmp_path: Path) -> None:
    style = '<w:style w:type="paragraph" w:styleId="L"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    items = ListBlock((Item((said("one"),)), Item((said("two"),))))
    made = part(written(tmp_path, shell(styles=BASIC + style), with_fields(items, said("x"), items)))
    assert [e.get(f"{W}val") for e in made.iter(f"{W}numId")] == ["7", "7", "8", "8"]


def test_printed_numbers_are_not_counted_a_second_time(tmp_path: Path) -> None:
    style = '<w:style w:type="paragraph" w:styleId="N"><w:name w:val="Numbered Paragraph"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    made = part(written(tmp_path, shell(styles=BASIC + style), with_fields(said("x", number="12"))))
    assert [e.get(f"{W}val") for e in made.iter(f"{W}numId")] == ["0"]


# -- files that are no shells


def changed(data: bytes, **parts: bytes | None) -> bytes:
    out = io.BytesIO()
    given = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            if name not in given:
                target.writestr(name, source.read(name))
        for name, content in given.items():
            if content is not None:
                target.writestr(name, content)
    return out.getvalue()


def related(kind: str, target: str, mode: str = "External") -> bytes:
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    ).encode()


def coded(*pieces: str) -> str:
    """A field of Word's, its code cut into pieces, inside another field."""
    inside = "".join(f"<w:r><w:instrText>{escape(piece)}</w:instrText></w:r>" for piece in pieces)
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    outer = "<w:r><w:instrText> IF </w:instrText></w:r>"
    return begin + outer + begin + inside + separate + r("shown") + end + separate + r("shown") + end


def macro() -> bytes:
    types = part(shell(), "[Content_Types].xml")
    plain_kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    made = etree.tostring(types).replace(plain_kind, b"application/vnd.ms-word.document.macroEnabled.main+xml")
    return changed(shell(), **{"[Content_Types]_dot_xml": made})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a Word file"),
        (b"%PDF-1.7", "not a Word file"),
        (b"PK\x03\x04 and no more", "damaged"),
        (macro(), "holds macros"),
        (changed(shell(), word__vbaProject_dot_bin=b"x"), "holds macros"),
        (
            changed(shell(), word___rels__header_dot_xml_dot_rels=related("image", "http://169.254.169.254/x")),
            "something (image) is fetched from 'http://169.254.169.254/x'",
        ),
        (
            changed(shell(), word___rels__settings_dot_xml_dot_rels=related("mailMergeSource", "file:///x")),
            "is fetched",
        ),
        (changed(shell(), _xmlsignatures__sig1_dot_xml=b"<x/>"), "signed"),
        (changed(shell(), word___rels__document_dot_xml_dot_rels=related("aFChunk", "x.html", "Internal")), "read in"),
        (
            changed(shell(), word___rels__document_dot_xml_dot_rels=related("oleObject", "x.bin", "Internal")),
            "embedded",
        ),
        (shell(p(runs=coded(' INCLUDEPICTURE "http://x/y" ')) + BODY), "reaches outside"),
        (shell(p(runs=coded(" DD", "EAUTO c:\\x ")) + BODY), "reaches outside"),
        (shell(p(runs=f'<w:fldSimple w:instr=" includetext x "/>{r("y")}') + BODY), "reaches outside"),
        (shell(p(runs=f'<w:ins w:id="1" w:author="x">{r("new")}</w:ins>') + BODY), "tracked changes"),
        (
            changed(
                shell(), word__document_dot_xml=b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
            ),
            "document type",
        ),
    ],
    ids="empty pdf cut docm vba picture mailmerge signed chunk ole picture-field dde text-field tracked entity".split(),
)
def test_what_is_no_shell_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        written(tmp_path, data, with_fields(said("x")))
    assert caught.value.code == "RG431"
    assert message in caught.value.message
    assert docx.shell_problems(data)[0].code == "RG431"


def test_the_past_of_a_shell_is_taken_out_and_its_own_words_stay(tmp_path: Path) -> None:
    """Thumbnail, document template, author and counts are of the shell; company and subject line of the house stay."""
    package = "http://schemas.openxmlformats.org/package/2006"
    rels = (
        f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="r2" Type="{package}/relationships/metadata/thumbnail" Target="docProps/thumbnail.jpeg"/>'
        f'<Relationship Id="r3" Type="{package}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        f'<Relationship Id="r4" Type="{OFFICE}/extended-properties" Target="docProps/app.xml"/></Relationships>'
    )
    core = (
        f'<cp:coreProperties xmlns:cp="{package}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>Shell, version 3</dc:title><dc:creator>A. Designer</dc:creator><cp:keywords>of {{ id }}</cp:keywords>"
        "<cp:lastModifiedBy>A. Designer</cp:lastModifiedBy><cp:revision>41</cp:revision></cp:coreProperties>"
    )
    app = f'<Properties xmlns="{OFFICE}/extended-properties"><Template>House.dotx</Template><TotalTime>99</TotalTime><Pages>3</Pages><Company>The Inspectorate</Company></Properties>'
    settings = f'<w:settings {NAMESPACE} xmlns:r="{OFFICE}"><w:attachedTemplate r:id="r1"/><w:zoom w:percent="90"/></w:settings>'
    template = related("attachedTemplate", "file:///C:/House.dotx")
    inner = (
        f'<Relationships xmlns="{package}/relationships"><Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="t" Type="{OFFICE}/settings" Target="settings.xml"/></Relationships>'
    )
    data = changed(
        shell(),
        _rels___dot_rels=rels.encode(),
        docProps__core_dot_xml=core.encode(),
        docProps__app_dot_xml=app.encode(),
        docProps__thumbnail_dot_jpeg=b"picture",
        word__settings_dot_xml=settings.encode(),
        word___rels__settings_dot_xml_dot_rels=template,
        word___rels__document_dot_xml_dot_rels=inner.encode(),
    )
    made = written(tmp_path, data, with_fields(said("x"), id="7"))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        everything = {name: archive.read(name) for name in archive.namelist()}
    assert "docProps/thumbnail.jpeg" not in everything
    whole = b"".join(everything.values())
    for gone in (b"Designer", b"House.dotx", b"thumbnail", b"TotalTime", b"<Pages>", b"version 3", b"revision>"):
        assert gone not in whole
    for kept in (
        b"The Inspectorate",
        b"of 7</cp:keywords>",
        b'<w:zoom w:percent="90"/>',
        b"<dc:title>A title: a place<",
    ):
        assert kept in whole


@pytest.mark.parametrize("piece", ["{{ ", "[[reportgen:", "{% ", "{{ }", "[[ ", "[ "])
def test_no_text_makes_a_shell_slow(tmp_path: Path, piece: str) -> None:
    """A pattern that looked for an end from every beginning would take minutes here."""
    data = shell(p(piece * (600_000 // len(piece))) + BODY)
    before = time.process_time()
    with contextlib.suppress(TemplateError):
        written(tmp_path, data, with_fields(said("x")))
    assert time.process_time() - before < 5


def test_a_shell_of_many_anchors_or_of_too_much_text_is_refused(tmp_path: Path) -> None:
    many = "".join(p(f"[[reportgen:a{n}]]") for n in range(200))
    with pytest.raises(TemplateError, match=r"RG43[45].*more anchors than any shell needs"):
        written(tmp_path, shell(many), with_fields(said("x")))
    digits = "".join(f"{n * 7919 % 1000003:x} " for n in range(1_700_000))
    with pytest.raises(TemplateError, match=r"RG431.*MB of XML, more than 10"):
        written(tmp_path, shell(p(digits) + BODY), with_fields(said("x")))


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("word/document.xml", b"0" * 50_000_000)
    with pytest.raises(TemplateError, match=r"RG431.*unpacks to more"):
        written(tmp_path, out.getvalue(), with_fields(said("x")))


def test_a_shell_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="RG407"):
        docx.write(with_fields(said("x")), shell=tmp_path / "none.docx")


# -- shells made in LibreOffice


def shell_path(name: str) -> Path:
    return SHELLS / f"{name}.docx"


@pytest.mark.parametrize("name", STYLES)
def test_the_shells_of_libreoffice_have_no_problems(name: str) -> None:
    assert docx.shell_problems(shell_path(name), styles=STYLES[name], fields=FIELDS, anchors=NAMES) == []


@pytest.fixture(scope="module")
def in_shells(report: Rendered) -> dict[str, bytes]:
    return {
        name: docx.write(report.document, shell=shell_path(name), styles=STYLES[name], anchors=NAMES) for name in STYLES
    }


@pytest.mark.parametrize("name", STYLES)
def test_every_word_is_there_in_every_shell(name: str, report: Rendered, in_shells: dict[str, bytes]) -> None:
    shown = re.sub(r"\s+", "", "".join(lines(in_shells[name])))
    missing = [t for b in walk(report.document.blocks) for t in texts_of(b) if re.sub(r"\s+", "", t) not in shown]
    assert missing == []
    assert not re.search(r"\{\{|\[\[", shown)


@pytest.mark.parametrize("name", STYLES)
def test_every_part_of_a_shell_that_holds_nothing_to_fill_stays_byte_for_byte(
    name: str, in_shells: dict[str, bytes]
) -> None:
    touched = {"word/document.xml", "word/styles.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"}
    touched |= {"word/numbering.xml", "docProps/core.xml", "docProps/app.xml"}
    with zipfile.ZipFile(shell_path(name)) as one, zipfile.ZipFile(io.BytesIO(in_shells[name])) as two:
        assert set(one.namelist()) <= set(two.namelist())
        kept = [n for n in one.namelist() if n not in touched and b"{{" not in one.read(n)]
        assert len(kept) >= 3
        # what LibreOffice writes against the schema is set right, and nothing else
        differ = [n for n in kept if one.read(n) != two.read(n)]
        assert set(differ) <= {"word/fontTable.xml", "word/numbering.xml"}
        for each in differ:
            root = etree.fromstring(one.read(each))
            assert mend(root)
            assert etree.tostring(root) == etree.tostring(etree.fromstring(two.read(each)))


@pytest.mark.parametrize("name", STYLES)
def test_sections_styles_and_numbering_of_a_shell_survive(name: str, in_shells: dict[str, bytes]) -> None:
    one, two = shell_path(name).read_bytes(), in_shells[name]

    def of(data: bytes, tag: str, file: str = "word/document.xml") -> list[bytes]:
        root = part(data, file)
        mend(root)
        return [etree.tostring(e, with_tail=False) for e in root.iter(f"{W}{tag}")]

    assert of(one, "sectPr") == of(two, "sectPr")
    for tag in ("abstractNum", "num"):
        assert of(two, tag, "word/numbering.xml")[: len(of(one, tag, "word/numbering.xml"))] == of(
            one, tag, "word/numbering.xml"
        )
    languages = re.compile(rb"<w:lang [^>]*>")
    styles = [[languages.sub(b"", each) for each in of(data, "style", "word/styles.xml")] for data in (one, two)]
    assert [each for each in styles[1] if each not in styles[0]] == [
        each for each in styles[1] if b'"ParagraphNumber"' in each or b'"Strong"' in each
    ]
    assert len(of(two, "drawing")) == len(of(one, "drawing"))


def test_the_cover_keeps_its_first_page_and_has_its_fields_everywhere(in_shells: dict[str, bytes]) -> None:
    made = in_shells["cover"]
    text = lines(made)
    assert "Inspected 3 September to 12 September 2012 by Ofsted" in text
    assert text.count("About Ashmere") == 2, "the box, and its copy for older programs"
    assert (
        "Report ashmere-2012-09 under Inspection of local authority arrangements for the protection of children."
        in [line.strip() for line in lines(made, "word/footnotes.xml")]
    )
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert "Ref. ashmere-2012-09" in archive.read("docProps/custom.xml").decode()
        core = archive.read("docProps/core.xml").decode()
        heads = "".join(archive.read(n).decode() for n in archive.namelist() if re.match(r"word/(header|footer)\d", n))
    assert "(Ashmere Metropolitan Borough Council)</dc:title>" in core
    assert "<dc:subject>For Ashmere Metropolitan Borough Council</dc:subject>" in core
    assert "Designer" not in core
    assert "Published 19 October 2012" in heads
    assert "logo beside Ofsted" in heads


def test_headings_take_what_the_landscape_shell_has(in_shells: dict[str, bytes]) -> None:
    made = part(in_shells["landscape"])
    body = made.find(f"{W}body")
    wide = next(body.iterchildren(f"{W}tbl"))
    assert sum(int(e.get(f"{W}w")) for e in wide.iter(f"{W}gridCol")) > 13_000
    languages = {e.get(f"{W}val") for e in part(in_shells["landscape"], "word/styles.xml").iter(f"{W}lang")}
    assert "en-GB" in languages


@pytest.mark.parametrize("name", STYLES)
def test_nothing_is_broken_that_the_word_processor_did_not_break(
    name: str, in_shells: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "made.docx"
    path.write_bytes(in_shells[name])
    found = [
        Counter((f.code, f.message) for f in docx_integrity.check(str(each)) if f.severity == docx_integrity.ERROR)
        for each in (shell_path(name), path)
    ]
    assert found[1] - found[0] == Counter()


def test_the_same_tree_in_the_same_shell_gives_the_same_bytes(report: Rendered, in_shells: dict[str, bytes]) -> None:
    again = docx.write(report.document, shell=shell_path("cover"), anchors=NAMES)
    assert again == in_shells["cover"]


def test_carried_data_is_taken_from_a_report_in_a_shell(tmp_path: Path) -> None:
    inspection = read_inspection(LONG)
    path = api.write(inspection, tmp_path / "made.docx", shell=shell_path("cover"))
    found = read_inspection(path)
    assert [n.code for n in found.notices] == ["RG219"]
    assert found.recommendations == inspection.recommendations


def test_tracked_changes_and_comments_work_in_a_shell(tmp_path: Path) -> None:
    one, two = read_inspection(LONG), read_inspection(NEXT)
    comparison = compare(one, two)
    plain = api.redline(one, two, comparison)
    made = api.redline(one, two, comparison, shell=shell_path("landscape"))
    own = {"Ashmere Metropolitan Borough Council at a glance", "Everything recommended"}
    for name, data in (("plain", plain), ("made", made)):
        (tmp_path / f"{name}.docx").write_bytes(data)
    for side in ("ins", "del"):
        wanted, found = (settled(tmp_path / f"{name}.docx", side) for name in ("plain", "made"))
        assert [t for t in found if t.strip() and t not in own] == [t for t in wanted if t.strip()]
    comments = part(made, "word/comments.xml")
    assert len(comments) == len(one.recommendations) + len(two.recommendations)


# -- the standard shell and its roles


def test_the_standard_shell_has_a_style_of_its_own_for_every_role() -> None:
    found = docx.shell_problems(ROOT / "templates" / "standard" / "shell.docx", fields=FIELDS, anchors=NAMES)
    assert found == []
    from reportgen.writers.docx.shell import Shell
    from reportgen.writers.docx.styles import Styles

    standard = Shell.opened((ROOT / "templates" / "standard" / "shell.docx").read_bytes())
    styles = Styles(standard.tree("word/styles.xml"))
    assert [role for role in ROLES if role != "said" and not styles.look(role).own] == []
    assert [role for role in ROLES if styles.look(role).makeup] == []


def test_pictures_without_alternative_text_are_found() -> None:
    drawing = (
        '<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        '<wp:docPr id="1" name="Logo"{}/><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"/>'
        "</wp:inline></w:drawing></w:r>"
    )
    bare, told = (shell(p(runs=drawing.format(more)) + BODY) for more in ("", ' descr="The logo"'))
    assert [(x.code, x.place) for x in docx.shell_problems(bare)] == [("RG438", "word/document.xml")]
    assert docx.shell_problems(told) == []


def test_a_shell_is_checked_without_a_document() -> None:
    data = shell(p("{{ titel }}") + p("[[reportgen:notes]]"))
    found = docx.shell_problems(data, fields=FIELDS, anchors=ANCHORS["inspection"])
    assert [x.code for x in found] == ["RG433", "RG410"]
    assert "cover, contents, glance" in found[1].message


def test_fields_are_those_that_are_documented() -> None:
    text = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
    table = text[text.index("### Fields") : text.index("### Anchors")]
    documented = re.findall(
        r"`(\w+)`", "\n".join(row.split("|")[1] for row in table.splitlines() if row.startswith("| `"))
    )
    assert documented == list(FIELDS)
    anchors = text[text.index("### Anchors") : text.index("### Styles")]
    named = re.findall(
        r"`(\w+)`", "\n".join(row.split("|")[1] for row in anchors.splitlines() if row.startswith("| `"))
    )
    assert set(named) == NAMES | {"body"}
    roles = text[text.index("### Styles") : text.index("### What a shell may not be")]
    listed = set(
        re.findall(r"`([\w-]+)`", "\n".join(row.split("|")[1] for row in roles.splitlines() if row.startswith("| `")))
    )
    assert listed | {f"heading-{n}" for n in range(2, 5)} == set(ROLES)


@pytest.mark.parametrize("subject", ["inspection", "comparison", "history"])
def test_every_document_has_every_field_and_only_known_parts(subject: str) -> None:
    one = read_inspection(LONG)
    two = read_inspection(NEXT)
    made = render(
        {
            "inspection": lambda: one,
            "comparison": lambda: compare(one, two),
            "history": lambda: build_history([one, two]),
        }[subject]()
    )
    assert [name for name, _ in made.document.fields] == list(FIELDS)
    top = {block.role for block in made.document.blocks if isinstance(block, Section)}
    assert top <= set(ANCHORS[subject])
