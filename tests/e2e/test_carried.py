"""PDF and Word files carry their data: it is taken where it is that of what the document shows, and only there."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx_integrity
import page
import pikepdf
import pytest

from reportgen import Inspection, api, read_inspection, render
from reportgen.carried import seal
from reportgen.readers import carrying
from tests.e2e.test_cli import run
from tests.support.examples import ASHMERE, LONG, ROTHERHAM

FORMS = ("pdf", "docx")


@pytest.fixture(scope="module")
def documents() -> dict[str, bytes]:
    rendered = render(read_inspection(LONG))
    return {form: api.serialise(rendered, form) for form in FORMS}


def imported(data: bytes, form: str, tmp_path: Path) -> Inspection:
    path = tmp_path / f"report.{form}"
    path.write_bytes(data)
    return read_inspection(path)


def codes(inspection: Inspection) -> set[tuple[str, str]]:
    return {(n.code, n.level) for n in inspection.notices if n.code in ("RG215", "RG219")}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", [*ASHMERE, ROTHERHAM[1]], ids=lambda p: p.stem)
def test_everything_comes_back_even_what_is_not_printed(path: Path, form: str, tmp_path: Path) -> None:
    inspection = read_inspection(path)
    found = imported(api.serialise(render(inspection), form), form, tmp_path)
    assert codes(found) == {("RG219", "info")}
    same = {"source": None, "notices": ()}
    assert found.model_copy(update=same) == inspection.model_copy(update=same)
    assert found.provider.ids == inspection.provider.ids
    assert found.source is not None
    assert found.source.sha256


@pytest.mark.parametrize("form", FORMS)
def test_the_same_bytes_on_every_run(form: str, documents: dict[str, bytes]) -> None:
    assert api.serialise(render(read_inspection(LONG)), form) == documents[form]


def test_the_pdf_stays_accessible_and_names_what_it_carries(documents: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(documents["pdf"])
    result = page.validate_pdf(str(path), profile="ua1")
    assert result.is_compliant, [(f.rule_id, f.message) for f in result.failures]
    with pikepdf.open(path) as pdf:
        specification = pdf.attachments["inspection.json"]
        assert specification.relationship == pikepdf.Name.Data
        attached = specification.get_file()
        assert attached.mime_type == "application/json"
        assert str(attached.creation_date)[:10] == "2012-10-19"
        data = json.loads(attached.read_bytes())
        assert [str(f.F) for f in pdf.Root.AF] == ["inspection.json"]  # type: ignore[attr-defined]
    assert data["id"] == LONG.stem
    (tmp_path / "inspection.json").write_text(json.dumps(data))
    assert read_inspection(tmp_path / "inspection.json") == read_inspection(LONG)


def test_the_word_file_stays_whole(documents: dict[str, bytes], tmp_path: Path) -> None:
    import docx

    path = tmp_path / "x.docx"
    path.write_bytes(documents["docx"])
    assert docx.Document(str(path)).paragraphs
    with zipfile.ZipFile(path) as archive:
        assert "customXml/item1.xml" in archive.namelist()
        assert archive.read("word/_rels/document.xml.rels").count(b"/customXml") == 2
    assert [f for f in docx_integrity.check(str(path)) if f.severity == docx_integrity.ERROR] == []


def test_the_seal_is_what_the_page_of_documentation_says() -> None:
    import hashlib

    text, data = ["Good: 12 %,\n", "ﬁt für"], b"{}"
    assert seal(text, data) == hashlib.sha256("Good12fitfür".encode() + b"\n{}").hexdigest()


# -- what somebody did to the document afterwards --------------------------------------------------------------------


def with_parts(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return out.getvalue()


def saved_again(data: bytes) -> bytes:
    """As a word processor saves it: runs split, marks of spelling, the contents filled in."""

    def change(name: str, part: bytes) -> bytes:
        if name != "word/document.xml":
            return part
        text = part.decode()
        text = text.replace(
            "<w:t ", '<w:t></w:t><w:lastRenderedPageBreak/></w:r><w:proofErr w:type="spellStart"/><w:r><w:t '
        )
        filled = (
            '<w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>12</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/>'
        )
        return text.replace(
            '<w:fldChar w:fldCharType="separate"/></w:r><w:r><w:fldChar w:fldCharType="end"/>', filled
        ).encode()

    return with_parts(data, change)


def regraded(data: bytes) -> bytes:
    return with_parts(data, lambda n, p: p.replace(b">Adequate<", b">Good<", 1) if n == "word/document.xml" else p)


def other_data(data: bytes) -> bytes:
    return with_parts(data, lambda n, p: p.replace(b"adequate", b"good", 1) if n == "customXml/item1.xml" else p)


def no_data(data: bytes) -> bytes:
    return with_parts(data, lambda n, p: re.sub(rb">\{.*\}", b">{", p, flags=re.S) if n == "customXml/item1.xml" else p)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (saved_again, {("RG219", "info")}),
        (regraded, {("RG215", "warning")}),
        (other_data, {("RG215", "warning")}),
        (no_data, {("RG215", "warning")}),
    ],
    ids=["saved again", "regraded", "other data", "broken data"],
)
def test_an_edited_word_file_is_read_as_it_shows(
    change: Callable[[bytes], bytes], expected: set[tuple[str, str]], documents: dict[str, bytes], tmp_path: Path
) -> None:
    found = imported(change(documents["docx"]), "docx", tmp_path)
    assert codes(found) == expected
    assert len(found.recommendations) == 13
    shown = read_inspection(LONG)
    grades = {j.area: j.grade for j in shown.judgements}
    if change is not regraded:
        assert {j.area: j.grade for j in found.judgements} == grades


def test_an_edited_pdf_is_read_as_it_shows(documents: dict[str, bytes], tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(documents["pdf"])) as pdf:
        last = pdf.pages[-1]
        last.contents_add(b"BT /F1 10 Tf 40 40 Td (x) Tj ET", prepend=False)
        fonts = pdf.pages[0].Resources.Font
        fonts["/F1"] = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        out = io.BytesIO()
        pdf.save(out)
    assert carrying.carried(out.getvalue()) is not None
    found = carrying.carried(out.getvalue())
    assert found is not None
    assert seal(carrying.shown(out.getvalue()), found.data) != found.seal
    assert seal(carrying.shown(documents["pdf"]), found.data) == found.seal
    # saved by another program, with everything as it was
    with pikepdf.open(io.BytesIO(documents["pdf"])) as pdf:
        again = io.BytesIO()
        pdf.save(again, linearize=True)
    assert codes(imported(again.getvalue(), "pdf", tmp_path)) == {("RG219", "info")}


def test_import_says_where_it_took_the_data_and_goes_over_its_own_file(
    documents: dict[str, bytes], tmp_path: Path
) -> None:
    for form in FORMS:
        (tmp_path / f"r.{form}").write_bytes(documents[form])
    out = tmp_path / "out"
    for _ in range(2):
        done = run("-v", "import", tmp_path / "r.pdf", "-o", out)
        assert done.returncode == 0, done.stderr
        assert [p.name for p in out.rglob("*.yaml")] == [f"{LONG.stem}.yaml"]
    fresh = run("-v", "import", tmp_path / "r.docx", "-o", tmp_path / "x.yaml")
    assert "info[RG219]" in fresh.stderr
