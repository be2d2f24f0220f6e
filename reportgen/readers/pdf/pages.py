"""PDFium -> plain data: what stands on each page, and the structure tree that tags it.

The only module that calls PDFium. A page gives its text with the runs that make it up (one a text object: a style, a
place, a tag) and the elements of its structure tree, whose leaves are the ids of marked content.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from reportgen.errors import InputError

#: More pages than any report has, and more nesting than any writer of tagged PDF makes.
_MOST_PAGES = 2000
_DEEPEST = 100
#: A page with more text than this is no page of a report.
_MOST_CHARACTERS = 500_000


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one style that was painted at once, with the white space that follows it.

    ``start`` and ``end`` count characters of the page's text; ``mark`` is the id of the marked content that holds it,
    None outside all, and ``furniture`` whether it is then marked as furniture of the page; positions are points from
    the lower left corner, ``base`` that of the base line, the others those of the ink; ``size`` is the size of type in
    points.
    """

    text: str
    start: int
    end: int
    mark: int | None
    size: float
    bold: bool
    left: float
    bottom: float
    right: float
    top: float
    base: float
    furniture: bool = False


@dataclass(slots=True)
class Element:
    """An element of the structure tree: its standard type, and its elements and marked content ids in order.

    ``children`` are those on this page, ``places`` where each stands among the ``size`` that it has in all. ``id`` is
    the name that its maker gave it, ``numbering`` what stands in front of the items of a list.
    """

    kind: str
    children: list[Element | int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    size: int = 0
    id: str = ""
    numbering: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its number from 1, its size in points, its runs in the order of painting, the roots of its tags."""

    number: int
    width: float
    height: float
    runs: tuple[Run, ...]
    tags: tuple[Element, ...]
    pictures: bool

    @property
    def text(self) -> str:
        """The text of the page, which spans count the characters of."""
        return "".join(run.text for run in self.runs)


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """A PDF document, closed at the end.

    Raises:
        InputError: encrypted, damaged, without pages, or with more than any report has (RG201, RG107).
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(
                "RG201", "the PDF is encrypted and asks for a password", hint="save it without a password"
            ) from None
        raise InputError(
            "RG201", "the PDF is damaged or cut short", hint="fetch the file again, or print it to a new PDF"
        ) from None
    try:
        count = len(document)
        if count == 0:
            raise InputError("RG201", "the PDF has no pages", hint="fetch the file again")
        if count > _MOST_PAGES:
            raise InputError(
                "RG107", f"the PDF says that it has {count} pages, more than {_MOST_PAGES}", hint="split the file"
            )
        yield document
    finally:
        document.close()


def read_pages(document: Any) -> Iterator[Page]:
    """The pages of a document in order, read one after another.

    Raises:
        InputError: a page that cannot be loaded (RG201), or that holds more than a page can (RG107).
    """
    import pypdfium2

    fonts: dict[int, bool] = {}
    for index in range(len(document)):
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            raise InputError(
                "RG201", f"page {index + 1} of the PDF cannot be read", hint="print the file to a new PDF"
            ) from None
        try:
            yield _page(page, index + 1, fonts)
        finally:
            page.close()


def texts(data: bytes) -> Iterator[tuple[int, str]]:
    """The number and the text of each page of a PDF, with one character for each that spans count.

    Raises:
        InputError: as for :func:`opened` and :func:`read_pages`.
    """
    with opened(data) as document:
        for page in read_pages(document):
            yield page.number, page.text


def _page(page: Any, number: int, fonts: dict[int, bool]) -> Page:
    import pypdfium2.raw as raw

    width, height = page.get_size()
    text_page = raw.FPDFText_LoadPage(page)
    try:
        runs = tuple(_runs(raw, text_page, number, fonts))
    finally:
        raw.FPDFText_ClosePage(text_page)
    pictures = not runs and any(
        raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, i)) in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM)
        for i in range(min(raw.FPDFPage_CountObjects(page), 1000))
    )
    return Page(number, width, height, runs, tuple(_tags(raw, page)), pictures)


# -- text ------------------------------------------------------------------------------------------------------------


def _runs(raw: Any, text_page: Any, number: int, fonts: dict[int, bool]) -> Iterator[Run]:
    count = raw.FPDFText_CountChars(text_page)
    if count > _MOST_CHARACTERS:
        raise InputError("RG107", f"page {number} holds {count} characters", hint="this is no page of a report")
    if count <= 0:
        return
    text = _characters(raw, text_page, count)
    # one call a character: PDFium's own signature would make an object of each answer, an address will do
    signature = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
    address_at = signature(ctypes.cast(raw.FPDFText_GetTextObject, ctypes.c_void_p).value or 0)
    handle = ctypes.cast(text_page, ctypes.c_void_p).value
    start, current = 0, None
    for index in range(count):
        here = address_at(handle, index)
        # PDFium makes up characters that are not painted, such as the space between two words set apart
        if here == current or here is None:
            continue
        if current is not None:
            yield _run(raw, raw.FPDFText_GetTextObject(text_page, start), text[start:index], start, fonts)
        start, current = index, here
    if current is not None:
        yield _run(raw, raw.FPDFText_GetTextObject(text_page, start), text[start:count], start, fonts)


def _characters(raw: Any, text_page: Any, count: int) -> str:
    """The text of a page with one character for each that PDFium counts."""
    buffer = (ctypes.c_ushort * (count + 1))()
    got = raw.FPDFText_GetText(text_page, 0, count, buffer)
    text = bytes(buffer)[: 2 * max(0, got - 1)].decode("utf-16-le", "replace")
    if len(text) != count:
        codes = (raw.FPDFText_GetUnicode(text_page, i) for i in range(count))
        text = "".join(chr(c) if 0 < c < 0x110000 and not 0xD800 <= c < 0xE000 else " " for c in codes)
    return text


def _run(raw: Any, handle: Any, text: str, start: int, fonts: dict[int, bool]) -> Run:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(handle, left, bottom, right, top)
    size = ctypes.c_float()
    raw.FPDFTextObj_GetFontSize(handle, size)
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(handle, matrix)
    mark = raw.FPDFPageObj_GetMarkedContentID(handle)
    return Run(
        text=text,
        start=start,
        end=start + len(text.rstrip()),
        mark=mark if mark >= 0 else None,
        size=round(abs(size.value * (matrix.d or matrix.b or 1.0)), 1),
        bold=is_bold(raw, raw.FPDFTextObj_GetFont(handle), fonts),
        left=left.value,
        bottom=bottom.value,
        right=right.value,
        top=top.value,
        base=matrix.f,
        furniture=mark < 0 and _furniture(raw, handle),
    )


def _furniture(raw: Any, handle: Any) -> bool:
    for index in range(raw.FPDFPageObj_CountMarks(handle)):
        mark = raw.FPDFPageObj_GetMark(handle, index)
        size = ctypes.c_ulong()
        name = ctypes.create_string_buffer(64)
        if raw.FPDFPageObjMark_GetName(mark, ctypes.cast(name, ctypes.POINTER(ctypes.c_ushort)), 64, size):
            text = name.raw[: max(0, min(size.value, 64) - 2)].decode("utf-16-le", "replace")
            if text == "Artifact" and raw.FPDFPageObjMark_CountParams(mark) > 0:
                return True
    return False


def is_bold(raw: Any, font: Any, fonts: dict[int, bool]) -> bool:
    """Whether a font is bold, remembered by its handle."""
    key = ctypes.cast(font, ctypes.c_void_p).value or 0
    if key not in fonts:
        buffer = ctypes.create_string_buffer(256)
        raw.FPDFFont_GetBaseFontName(font, buffer, 256)
        name = buffer.value.decode("utf-8", "replace")
        fonts[key] = bool(re.search(r"bold|black|heavy", name, re.IGNORECASE)) or raw.FPDFFont_GetWeight(font) >= 600
    return fonts[key]


# -- tags ------------------------------------------------------------------------------------------------------------


def _tags(raw: Any, page: Any) -> Iterator[Element]:
    tree = raw.FPDF_StructTree_GetForPage(page)
    if not tree:
        return
    try:
        for index in range(raw.FPDF_StructTree_CountChildren(tree)):
            child = raw.FPDF_StructTree_GetChildAtIndex(tree, index)
            if child:
                yield _element(raw, child, 0)
    finally:
        raw.FPDF_StructTree_Close(tree)


def _element(raw: Any, handle: Any, depth: int) -> Element:
    element = Element(_string(partial(raw.FPDF_StructElement_GetType, handle)))
    element.id = _string(partial(raw.FPDF_StructElement_GetID, handle))
    if element.kind == "L":
        element.numbering = _string(partial(raw.FPDF_StructElement_GetStringAttribute, handle, b"ListNumbering"))
    if depth > _DEEPEST:
        raise InputError("RG107", f"the PDF's tags are nested more than {_DEEPEST} deep", hint="print it to a new PDF")
    element.size = max(0, raw.FPDF_StructElement_CountChildren(handle))
    for index in range(element.size):
        child = raw.FPDF_StructElement_GetChildAtIndex(handle, index)
        if child:
            element.children.append(_element(raw, child, depth + 1))
        else:
            mark = raw.FPDF_StructElement_GetChildMarkedContentID(handle, index)
            if mark < 0:
                continue
            element.children.append(mark)
        element.places.append(index)
    return element


def _string(call: Any) -> str:
    size = call(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    call(buffer, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")
