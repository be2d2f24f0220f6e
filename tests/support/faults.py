"""Sound output files, and the same with one fault planted for each rule of ``reportgen check``, in each format."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from reportgen.document import Cell, Document, Heading, Item, Link, ListBlock, Paragraph, Rendered, Row, Table, Text
from reportgen.writers import docx as word
from reportgen.writers import pdf

#: (format, code) -> the file with that fault.
FAULTS: dict[tuple[str, str], Callable[[], bytes]] = {}


def sound(format: str) -> bytes:
    """A file that no rule finds anything in."""
    return {"html": html, "docx": docx, "pdf": pdf_page}[format]()


# -- web pages -------------------------------------------------------------------------------------------------------

HEAD = """<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Harbours: an inspection</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>STYLE</style></head>"""
STYLE = "body { color: #222; background: #fff } a { color: #05386b } .late { color: #8a0000; font-weight: bold }"
BODY = """<body><a class="skip" href="#main">Skip to the report</a><main id="main"><h1>Harbours</h1>
<p>All harbours were seen. Read <a href="https://example.org/a">what the harbour master said</a> about it.</p>
<h2>Grades</h2><table><caption>Grades by harbour</caption>
<thead><tr><th scope="col">Harbour</th><th scope="col">Grade</th></tr></thead>
<tbody><tr><th scope="row">North</th><td>Good</td></tr><tr><th scope="row">South</th><td class="late">Poor</td></tr>
</tbody></table>
<ul><li>Dredge the channel</li><li>Mend the light</li></ul>
<img src="light.png" alt="The light at the end of the pier, without glass"><label for="f">Find</label><input id="f">
</main></body></html>"""


def html(style: str = STYLE, **changes: str) -> bytes:
    return (HEAD.replace("STYLE", style) + BODY).encode()


def _html(code: str, *changes: tuple[str, str], style: str = "") -> None:
    def make() -> bytes:
        text = html(STYLE + style).decode()
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        return text.encode()

    FAULTS["html", code] = make


_html("RG651", ("<title>Harbours: an inspection</title>", ""))
_html("RG652", ("Harbours: an inspection", "harbours_final_v2.docx"))
_html("RG653", (' lang="en-GB"', ""))
_html("RG654", ("<h2>Grades</h2>", "<h3>Grades</h3>"))
_html("RG655", ("<h2>Grades</h2>", "<h1>Grades</h1>"))
_html("RG656", ("<h2>Grades</h2>", "<h2> </h2>"))
_html("RG657", ("<h2>Grades</h2><table", "<p><b>Grades</b></p><p>These are they.</p><table"))
_html("RG658", ("<th ", "<td "), ("</th>", "</td>"))
_html("RG659", ('scope="col"', ""), ('scope="row"', ""))
_html("RG660", (">Grade</th>", "></th>"))
_html("RG663", ("<caption>Grades by harbour</caption>", ""))
_html("RG664", (' alt="The light at the end of the pier, without glass"', ""))
_html("RG665", ("The light at the end of the pier, without glass", "IMG_0012.JPG"))
_html("RG666", (">what the harbour master said<", ">click here<"))
_html("RG667", (">what the harbour master said<", "><"))
_html("RG668", ('class="late"', 'class="pale"'), style=".pale { color: var(--grey, #999) }")
_html("RG669", ("a { color: #05386b }", "a { color: #05386b; text-decoration: none }"))
_html("RG670", ("<ul>", '<ul class="turned">'), style=".turned { display: flex; flex-direction: row-reverse }")
_html("RG671", ("<ul><li>Dredge the channel</li><li>Mend the light</li></ul>", "<p>• Dredge it</p><p>• Mend it</p>"))
_html("RG683", ('<td class="late">Poor</td>', ""))
_html("RG687", ("<main ", "<div "), ("</main>", "</div>"))
_html("RG688", ('<a class="skip" href="#main">', '<a href="https://example.org/">'))
_html("RG689", ('src="light.png"', 'src="https://example.org/light.png"'))
_html("RG690", (' content="width=device-width, initial-scale=1"', ' content="width=device-width, user-scalable=no"'))
_html("RG691", ('<input id="f">', '<input id="f" tabindex="3">'))
_html("RG692", ('<label for="f">Find</label>', "Find "))
_html("RG693", ("<h2>Grades</h2>", '<h2>Grades</h2><p><a href="/b">What the harbour master said</a></p>'))


# -- Word files ------------------------------------------------------------------------------------------------------


@cache
def docx() -> bytes:
    head = Row((Cell((Text("Harbour"),), "column"), Cell((Text("Grade"),), "column")))
    rows = tuple(Row((Cell((Text(a),), "row"), Cell((Text(b),)))) for a, b in (("North", "Good"), ("South", "Poor")))
    said = Link("https://example.org/a", (Text("what the harbour master said"),))
    blocks = (
        Heading(1, (Text("Harbours"),)),
        Heading(2, (Text("What was seen"),)),
        Paragraph((Text("All harbours were seen. Read "), said, Text(" about it."))),
        ListBlock(tuple(Item((Paragraph((Text(t),)),)) for t in ("Dredge the channel", "Mend the light"))),
        Heading(3, (Text("Grades"),)),
        Table((head,), rows, (Text("Grades by harbour"),)),
        Paragraph((Text("That was all."),)),
    )
    return word.write(Document(blocks, title="Harbours: an inspection", properties=(("author", "The inspectorate"),)))


def docx_with(changes: dict[str, Callable[[str], str]]) -> bytes:
    """The sound Word file with parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx())) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name in changes:
                changed = changes[name](data.decode("utf-8")).encode("utf-8")
                assert changed != data, name
                data = changed
            target.writestr(name, data)
    return out.getvalue()


def _docx(code: str, old: str, new: str, *, part: str = "word/document.xml", times: int = 0) -> None:
    def change(text: str) -> str:
        assert re.search(old, text, re.DOTALL), (code, old)
        return re.sub(old, new, text, count=times, flags=re.DOTALL)

    FAULTS["docx", code] = lambda: docx_with({part: change})


CORE = "docProps/core.xml"
#: Where a paragraph of its own can be put.
LAST = r"(<w:p>(?:(?!<w:p>).)*That was all)"
PICTURE = (
    r'<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    r'<wp:docPr id="7" name="Picture 1"{}/></wp:inline></w:drawing></w:r></w:p>\1'
)
BOX = (
    r'<w:p><w:r><w:drawing><wp:anchor xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    r'<wp:docPr id="8" name="Box"/><w:txbxContent><w:p><w:r><w:t>Look here</w:t></w:r></w:p></w:txbxContent>'
    r"</wp:anchor></w:drawing></w:r></w:p>\1"
)
_docx("RG651", r"<dc:title>[^<]*</dc:title>", "<dc:title></dc:title>", part=CORE)
_docx("RG652", r"<dc:title>[^<]*", "<dc:title>Microsoft Word - harbours.doc", part=CORE)
_docx("RG653", r"<w:lang\b[^>]*/>", "", part="word/styles.xml")
_docx("RG654", r'<w:pStyle w:val="Heading1"/>', '<w:pStyle w:val="Heading3"/>')
_docx("RG656", r">Grades</w:t>", "> </w:t>")
_docx("RG657", LAST, r"<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>What came next</w:t></w:r></w:p>\1")
_docx("RG658", r"<w:tblHeader/>", "")
_docx("RG660", r">Grade</w:t>", "></w:t>")
_docx("RG661", r"(<w:tcW [^>]*/>)(</w:tcPr>(?:(?!</w:tc>).)*Poor)", r'\1<w:vMerge w:val="restart"/>\2')
_docx("RG662", r">(South|Poor)</w:t>", "></w:t>")
_docx("RG664", LAST, PICTURE.format(""))
_docx("RG665", LAST, PICTURE.format(' descr="image001.png"'))
_docx("RG666", r"what the harbour master said", "https://example.org/a")
_docx("RG667", r"what the harbour master said", "")
_docx("RG668", LAST, r'<w:p><w:r><w:rPr><w:color w:val="AAAAAA"/></w:rPr><w:t>Faint words</w:t></w:r></w:p>\1')
_docx(
    "RG669",
    LAST,
    r'<w:p><w:r><w:t xml:space="preserve">What is </w:t></w:r><w:r><w:rPr><w:color w:val="B00000"/></w:rPr>'
    r"<w:t>red</w:t></w:r><w:r><w:t> is late</w:t></w:r></w:p>\1",
)
_docx("RG671", LAST, r"<w:p><w:r><w:t>• One</w:t></w:r></w:p><w:p><w:r><w:t>• Two</w:t></w:r></w:p>\1")
_docx("RG684", r'(w:name="compatibilityMode"[^>]*w:val=)"15"', r'\1"12"', part="word/settings.xml")
_docx("RG685", r"<dc:creator>[^<]*", "<dc:creator>python-docx", part=CORE)
_docx("RG686", LAST, BOX)
_docx(
    "RG693",
    LAST,
    r'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "https://example.org/b" '
    r'</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:rPr><w:u w:val="single"/></w:rPr>'
    r"<w:t>What the harbour master said</w:t></w:r>"
    r'<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>\1',
)
_docx("RG694", r">Poor</w:t>", "></w:t>")


# -- PDF -------------------------------------------------------------------------------------------------------------

PAGE = BODY.replace('<label for="f">Find</label><input id="f">', "").replace(
    '<img src="light.png" alt="The light at the end of the pier, without glass">',
    '<figure><svg viewBox="0 0 9 9" width="40" height="40"><title>A light without glass</title>'
    '<circle cx="4" cy="4" r="3" fill="#333"/></svg></figure>',
)
PRINT = (
    STYLE
    + " a { text-decoration: underline } .skip { display: none } html { font: 12pt 'Source Sans 3' } @page { size: A4 }"
)


@cache
def _made(style: str, body: str) -> bytes:
    page = HEAD.replace("STYLE", PRINT + style) + body
    document = Document((), title="Harbours: an inspection")
    return pdf.write(Rendered(page, document, "test"))


def pdf_page(style: str = "", body: str = PAGE) -> bytes:
    """A PDF as it should be, whatever the writer leaves to be done."""
    return edited(_made(style, body), _mended)


def edited(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as file:
        change(file)
        file.save(out)
    return out.getvalue()


def elements(file: pikepdf.Pdf, kind: str = "") -> list[Any]:
    """The elements of the structure tree of one type, or all, in order."""
    found: list[Any] = []
    waiting = [file.Root.StructTreeRoot]
    while waiting:
        element = waiting.pop()
        kids = element.get("/K")
        inside = list(kids) if isinstance(kids, Array) else [kids]
        waiting.extend(k for k in reversed(inside) if isinstance(k, Dictionary) and k.get("/S") is not None)
        if element.get("/S") is not None and (not kind or f"/{kind}" == element.S):
            found.append(element)
    return found


def _mended(file: pikepdf.Pdf) -> None:
    for cell in elements(file, "TH"):
        cell.A = Dictionary(O=Name.Table, Scope=Name.Column)
    for note in notes(file):
        note.Contents = String("what the harbour master said")


def notes(file: pikepdf.Pdf) -> list[Any]:
    return [note for page in file.pages for note in page.get("/Annots", []) if note.Subtype == "/Link"]


def _pdf(code: str, *, style: str = "", old: str = "", new: str = "", change: Any = None) -> None:
    def make() -> bytes:
        assert old in PAGE
        data = pdf_page(style, PAGE.replace(old, new) if old else PAGE)
        return edited(data, change) if change else data

    FAULTS["pdf", code] = make


def _no_title(file: pikepdf.Pdf) -> None:
    for holder, key in ((file.Root, "/Metadata"), (file.trailer, "/Info")):
        if key in holder:
            del holder[key]


def _named_as_file(file: pikepdf.Pdf) -> None:
    _no_title(file)
    file.trailer.Info = file.make_indirect(Dictionary(Title=String("harbours_final.pdf")))


def _unscoped(file: pikepdf.Pdf) -> None:
    for cell in [*elements(file, "TH"), *elements(file, "TD")]:
        if "/A" in cell:
            del cell.A


def _renamed(kind: str, to: str) -> Callable[[pikepdf.Pdf], None]:
    def change(file: pikepdf.Pdf) -> None:
        for element in elements(file, kind):
            element.S = Name(f"/{to}")

    return change


def _without(kind: str, key: str) -> Callable[[pikepdf.Pdf], None]:
    def change(file: pikepdf.Pdf) -> None:
        for element in elements(file, kind):
            if key in element:
                del element[key]

    return change


def _described(text: str) -> Callable[[pikepdf.Pdf], None]:
    def change(file: pikepdf.Pdf) -> None:
        for element in elements(file, "Figure"):
            element.Alt = String(text)

    return change


def _swapped(file: pikepdf.Pdf) -> None:
    """The first paragraph after everything else."""
    paragraph = elements(file, "P")[0]
    kids = paragraph.P.K
    order = list(kids)
    at = next(n for n, kid in enumerate(order) if isinstance(kid, Dictionary) and kid.objgen == paragraph.objgen)
    paragraph.P.K = Array([*order[:at], *order[at + 1 :], paragraph])


def _unembedded(file: pikepdf.Pdf) -> None:
    for item in file.objects:
        if isinstance(item, Dictionary) and item.get("/Type") == "/FontDescriptor":
            for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                if key in item:
                    del item[key]


def _painted(code: bytes) -> Callable[[pikepdf.Pdf], None]:
    def change(file: pikepdf.Pdf) -> None:
        page = file.pages[0]
        font = next(iter(page.Resources.Font.keys())).encode()
        page.contents_add(file.make_stream(code.replace(b"FONT", font)))

    return change


def _untabbed(file: pikepdf.Pdf) -> None:
    for page in file.pages:
        if "/Tabs" in page.obj:
            del page.obj.Tabs


def _long(file: pikepdf.Pdf) -> None:
    del file.Root.Outlines
    for _ in range(20):
        file.pages.append(file.pages[0])
    for page in list(file.pages)[1:]:
        page.obj.Contents = file.make_stream(b"")
        page.obj.Annots = Array([])


def _in_pieces(file: pikepdf.Pdf) -> None:
    """The last row of the table as a table of its own, on the next page."""
    table = elements(file, "Table")[0]
    row = elements(file, "TR")[-1]
    file.add_blank_page(page_size=(595, 842))
    page = file.pages[-1]
    page.obj.Resources = file.pages[0].Resources
    font = next(iter(page.Resources.Font.keys())).encode()
    page.obj.Contents = file.make_stream(
        b"".join(
            b"/P <</MCID %d>> BDC BT %b 12 Tf 1 0 0 1 %d 700 Tm <0024> Tj ET EMC " % (n, font, 72 + 90 * n)
            for n in (0, 1)
        )
    )
    holder = row.P
    holder.K = Array([kid for kid in holder.K if kid.objgen != row.objgen])
    new = file.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Table, P=table.P))
    moved = file.make_indirect(Dictionary(Type=Name.StructElem, S=Name.TR, P=new))
    moved.K = Array(
        file.make_indirect(Dictionary(Type=Name.StructElem, S=Name.TD, P=moved, Pg=page.obj, K=n)) for n in (0, 1)
    )
    new.K = Array([moved])
    kids = list(table.P.K)
    at = next(n for n, kid in enumerate(kids) if isinstance(kid, Dictionary) and kid.objgen == table.objgen)
    table.P.K = Array([*kids[: at + 1], new, *kids[at + 1 :]])


def _contents(text: str | None) -> Callable[[pikepdf.Pdf], None]:
    def change(file: pikepdf.Pdf) -> None:
        for note in notes(file):
            del note.Contents
            if text is not None:
                note.Contents = String(text)

    return change


def _scanned(file: pikepdf.Pdf) -> None:
    page = file.pages[0]
    image = file.make_stream(
        bytes(300),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=10,
        Height=10,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
    )
    page.obj.Resources = Dictionary(XObject=Dictionary(I=image))
    page.obj.Contents = file.make_stream(b"/Artifact BMC q 500 0 0 700 40 40 cm /I Do Q EMC")


def _locked() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_page())) as file:
        # with later kinds of locks the library always lets screen readers in
        allow = pikepdf.Permissions(accessibility=False, extract=False)
        file.save(
            out, encryption=pikepdf.Encryption(owner="owner", user="", R=2, aes=False, metadata=False, allow=allow)
        )
    return out.getvalue()


_pdf("RG651", change=_no_title)
_pdf("RG652", change=_named_as_file)
_pdf("RG653", change=lambda file: file.Root.__delitem__("/Lang"))
_pdf("RG654", change=_renamed("H2", "H3"))
_pdf("RG656", change=_without("H2", "/K"))
_pdf("RG657", old="<h2>Grades</h2>", new="<h2>Grades</h2><p>These are the grades.</p>", change=_renamed("H2", "P"))
_pdf("RG658", change=_renamed("TH", "TD"))
_pdf("RG659", change=_unscoped)
_pdf("RG660", old=">Grade</th>", new="></th>")
_pdf("RG664", change=_without("Figure", "/Alt"))
_pdf("RG665", change=_described("C:\\pictures\\pier.png"))
_pdf("RG666", old=">what the harbour master said<", new=">read more<")
_pdf(
    "RG667", change=lambda file: [element.__setitem__("/ActualText", String("")) for element in elements(file, "Link")]
)
_pdf("RG668", old='class="late"', new='class="pale"', style=".pale { color: #999 }")
_pdf("RG669", style="a { text-decoration: none }")
_pdf("RG670", change=_swapped)
_pdf(
    "RG671", old="<ul><li>Dredge the channel</li><li>Mend the light</li></ul>", new="<p>• Dredge it</p><p>• Mend it</p>"
)
_pdf("RG672", change=lambda file: file.Root.__delitem__("/StructTreeRoot"))
_pdf("RG673", change=lambda file: file.Root.__delitem__("/ViewerPreferences"))
_pdf("RG674", change=_unembedded)
_pdf("RG675", change=_painted(b"/Artifact BMC BT FONT 12 Tf 1 0 0 1 72 60 Tm <00000000> Tj ET EMC"))
_pdf("RG676", change=_untabbed)
_pdf("RG677", change=_long)
_pdf("RG678", change=_in_pieces)
_pdf("RG679", change=_contents(None))
_pdf("RG680", change=_painted(b"BT FONT 12 Tf 1 0 0 1 72 60 Tm <0024> Tj ET"))
_pdf("RG681", change=_scanned)
FAULTS["pdf", "RG682"] = _locked
_pdf("RG683", old='<td class="late">Poor</td>', new="")
_pdf("RG693", old="<h2>Grades", new='<p><a href="https://example.org/b">What the harbour master said</a></p><h2>Grades')
