"""Small PDFs of our own, painted line by line and tagged at will, so that each quirk of real ones can be made alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

#: A structure element: its type and what it holds, elements or ids of marked content.
Tag = tuple[str, list[Any]]


@dataclass
class Sheet:
    """A page under construction; points from the lower left corner of A4."""

    content: list[str] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    marks: int = 0

    def text(
        self, text: str, x: float = 72, y: float = 700, *, size: float = 12, bold: bool = False, marked: bool = True
    ) -> int:
        """Paint a line; the id of its marked content, -1 outside all."""
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        octal = "".join(c if ord(c) < 128 else f"\\{c.encode('cp1252')[0]:03o}" for c in escaped)
        shown = f"BT /{'B' if bold else 'R'} {size} Tf 1 0 0 1 {x} {y} Tm ({octal}) Tj ET"
        if not marked:
            self.content.append(f"/Artifact BMC {shown} EMC")
            return -1
        self.content.append(f"/P <</MCID {self.marks}>> BDC {shown} EMC")
        self.marks += 1
        return self.marks - 1

    def lines(self, *texts: str, x: float = 72, y: float = 700, size: float = 12, bold: bool = False) -> list[int]:
        """Paint lines one under the other; their ids."""
        return [self.text(t, x, y - 1.2 * size * i, size=size, bold=bold) for i, t in enumerate(texts)]

    def tag(self, kind: str, *inside: Any) -> None:
        """Add an element to the page's tags."""
        self.tags.append((kind, list(inside)))


def pdf_of(*sheets: Sheet, tagged: bool = True) -> bytes:
    """The PDF that some pages make."""
    pdf = pikepdf.new()
    fonts = {
        name: pdf.make_indirect(
            Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name(f"/{base}"), Encoding=Name.WinAnsiEncoding)
        )
        for name, base in (("R", "Helvetica"), ("B", "Helvetica-Bold"))
    }
    for sheet in sheets:
        page = pdf.add_blank_page(page_size=(595, 842))
        page.obj.Resources = Dictionary(Font=Dictionary({f"/{k}": v for k, v in fonts.items()}))
        page.obj.Contents = pdf.make_stream("\n".join(sheet.content).encode("ascii"))
    if tagged:
        _tag(pdf, sheets)
    out = BytesIO()
    pdf.save(out)
    return out.getvalue()


def _tag(pdf: pikepdf.Pdf, sheets: tuple[Sheet, ...]) -> None:
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root))
    numbers: list[Any] = []
    kids = []
    for index, sheet in enumerate(sheets):
        page = pdf.pages[index].obj
        page.StructParents = index
        owners: dict[int, Any] = {}

        def build(tag: Tag, parent: Any, page: Any = page, owners: dict[int, Any] = owners) -> Any:
            element = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{tag[0]}"), P=parent, Pg=page))
            inside = []
            for child in tag[1]:
                if isinstance(child, int):
                    owners[child] = element
                    inside.append(child)
                else:
                    inside.append(build(child, element))
            element.K = Array(inside)
            return element

        kids += [build(tag, document) for tag in sheet.tags]
        blank = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.NonStruct, P=document, Pg=page))
        parents = Array([owners.get(n, blank) for n in range(sheet.marks)])
        numbers += [index, pdf.make_indirect(parents)]
    document.K = Array(kids)
    root.K = Array([document])
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(numbers)))
    pdf.Root.StructTreeRoot = root
    pdf.Root.MarkInfo = Dictionary(Marked=True)
