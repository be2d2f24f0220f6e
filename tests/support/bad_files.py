"""Makers of files that no reader should fall for: damaged, locked, disguised, or made to do harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATED = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


# -- PDF -------------------------------------------------------------------------------------------------------------


def pdf(objects: Iterable[bytes], *, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF with these objects, numbered from 1, and a correct cross-reference table."""
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d %b >>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, trailer, start)
    return bytes(out)


def stream(data: bytes, extra: bytes = b"") -> bytes:
    """A compressed stream object."""
    packed = zlib.compress(data, 9)
    return b"<< /Length %d /Filter /FlateDecode %b >>\nstream\n%b\nendstream" % (len(packed), extra, packed)


PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [%b] /Contents %d 0 R /Resources << %b >> >>"
A4 = b"0 0 595 842"


def pdf_pages(contents: Iterable[bytes], *, box: bytes = A4) -> bytes:
    """A PDF with one page for each content stream."""
    streams = list(contents)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * n) for n in range(len(streams)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(streams), kids),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n, content in enumerate(streams):
        objects += [PAGE % (box, 5 + 2 * n, b"/Font << /F 3 0 R >>"), stream(content)]
    return pdf(objects)


def shown(*lines: str) -> bytes:
    """A content stream that shows lines of text."""
    set_ = b"".join(b"(%b) Tj 0 -14 Td " % line.encode("latin-1") for line in lines)
    return b"BT /F 11 Tf 72 770 Td %bET" % set_


def pdf_encrypted() -> bytes:
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_pages([shown("A secret report")]))) as file:
        file.save(out, encryption=pikepdf.Encryption(owner="owner", user="user"))
    return out.getvalue()


def pdf_truncated() -> bytes:
    data = pdf_pages([shown(*[f"Line {n} of the report, with some words" for n in range(40)]) for _ in range(6)])
    return data[: len(data) // 3]


def pdf_scan() -> bytes:
    image = b"/Type /XObject /Subtype /Image /Width 100 /Height 140 /BitsPerComponent 8 /ColorSpace /DeviceGray"
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            PAGE % (A4, 4, b"/XObject << /I 5 0 R >>"),
            stream(b"q 595 0 0 842 0 0 cm /I Do Q"),
            stream(bytes(100 * 140), image),
        ]
    )


def pdf_page_loop() -> bytes:
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 5 /Kids [2 0 R 2 0 R] >>"])


def pdf_huge_count() -> bytes:
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 2147483647 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        ]
    )


def pdf_content_bomb() -> bytes:
    """Half a megabyte that stands for two hundred megabytes of painting."""
    return pdf_pages([b"BT /F 1 Tf " + b"(a) Tj 0 1 Td " * 14_000_000 + b"ET"])


def pdf_path_bomb() -> bytes:
    return pdf_pages([b"0 0 m 1 1 l " * 16_000_000 + b"S"])


def pdf_form_bomb() -> bytes:
    """Forms that each show the next one ten times: 10^10 texts."""
    depth = 10
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        PAGE % (A4, 5, b"/XObject << /X 6 0 R >>"),
        stream(b"/X Do "),
    ]
    form = b"/Type /XObject /Subtype /Form /BBox [%b] /Resources << /Font << /F 3 0 R >> /XObject << /X %d 0 R >> >>"
    objects += [stream(b"/X Do " * 10, form % (A4, 7 + n)) for n in range(depth)]
    objects.append(stream(shown("bomb"), form % (A4, 6 + depth)))
    return pdf(objects)


def pdf_giant_page() -> bytes:
    return pdf_pages([shown("A page of two kilometres")], box=b"0 0 144000 144000")


# -- Word ------------------------------------------------------------------------------------------------------------


def docx(body: str, *, parts: dict[str, bytes | str] | None = None) -> bytes:
    """A Word file with this body; ``parts`` are added to it or take the place of usual ones."""
    office = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    named = {name: name.removeprefix("word/").removesuffix(".xml") for name in parts or {} if name.endswith(".xml")}
    named["word/document.xml"] = "document.main"
    made: dict[str, bytes | str] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="/{n}" ContentType="{office}.{kind}+xml"/>' for n, kind in named.items())
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{RELATED}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}" xmlns:r="{OFFICE}"><w:body>{body}</w:body></w:document>',
        **(parts or {}),
    }
    return zipped(made)


def zipped(made: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in made.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def docx_without_document(other: str) -> bytes:
    return zipped({"[Content_Types].xml": "<Types/>", other: "<x/>"})


def archive() -> bytes:
    return zipped({"one report.txt": "text", "another.txt": "text"})


def docx_with(add: Callable[[zipfile.ZipFile], None]) -> bytes:
    """A Word file with something more in its archive."""
    buffer = io.BytesIO(docx("<w:p><w:r><w:t>Some text</w:t></w:r></w:p>"))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        add(archive)
    return buffer.getvalue()


def docx_bomb() -> bytes:
    return docx_with(lambda archive: archive.writestr("word/media/zeros.bin", bytes(400_000_000)))


def docx_many_parts() -> bytes:
    def add(archive: zipfile.ZipFile) -> None:
        for number in range(6_000):
            archive.writestr(f"word/media/{number}.bin", b"")

    return docx_with(add)


def docx_entity_bomb() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return docx("", parts={"word/document.xml": _declaring(f'<!ENTITY e0 "ha">{entities}', "&e9;")})


def docx_reaches_out() -> bytes:
    return docx(
        "", parts={"word/document.xml": _declaring('<!ENTITY e SYSTEM "file:///etc/passwd">', "before &e; after")}
    )


def _declaring(entities: str, text: str) -> str:
    body = f"<w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body>"
    return f'<!DOCTYPE x [{entities}]><w:document xmlns:w="{WORD}">{body}</w:document>'


def docx_deep() -> bytes:
    depth = 5_000
    return docx(
        "<w:sdt><w:sdtContent>" * depth + "<w:p><w:r><w:t>END</w:t></w:r></w:p>" + "</w:sdtContent></w:sdt>" * depth
    )


def docx_twice() -> bytes:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return docx_with(lambda archive: archive.writestr("word/document.xml", "<w/>"))


def ole(stream_name: str) -> bytes:
    """The beginning of an OLE compound file with a stream of this name in its directory."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHH", 0x3E, 3, 0xFFFE) + bytes(482)
    entry = stream_name.encode("utf-16-le").ljust(64, b"\0") + bytes(64)
    return header + entry + bytes(1024)


# -- HTML ------------------------------------------------------------------------------------------------------------


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html lang=en><head><title>t</title>{head}</head><body>{body}</body></html>".encode()


ERROR_PAGE = page("<h1>Sorry, we cannot find that page</h1><p>It may have moved.</p>", "<script>track()</script>")
