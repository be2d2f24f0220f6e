"""PDFium -> how a page is painted: each text with its font and colour, filled shapes, and what lies under the text."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from reportgen.readers.pdf.pages import is_bold

_DEEPEST = 6
_MOST_OBJECTS = 50_000
_INVISIBLE = 3
#: Points that a page may be wide or high to be drawn.
_LARGEST = 4000

Box = tuple[float, float, float, float]
Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Painted:
    """One text object. ``box`` is left, bottom, right, top in points from the lower left corner of the page.

    ``mark`` is the id of its marked content, None outside all; ``colour`` None where it is painted with a pattern;
    ``under`` the colour that most of its background has, None where it has no one colour.
    """

    text: str
    mark: int | None
    box: Box
    base: float
    size: float
    font: str
    bold: bool
    embedded: bool
    visible: bool
    colour: Rgb | None
    under: Rgb | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape: the box that it takes, whether it is filled or only drawn, and its colour."""

    box: Box
    colour: Rgb
    filled: bool


@dataclass(frozen=True, slots=True)
class Painting:
    """A page as it is painted; ``pictures`` counts images."""

    number: int
    width: float
    height: float
    texts: tuple[Painted, ...]
    shapes: tuple[Shape, ...]
    pictures: int


@dataclass(frozen=True, slots=True)
class _Font:
    name: str
    embedded: bool
    bold: bool


def paintings(document: Any) -> Iterator[Painting]:
    """The pages of an opened document in order."""
    import pypdfium2.raw as raw

    fonts: dict[int, _Font] = {}
    weights: dict[int, bool] = {}
    for index in range(len(document)):
        page = document[index]
        try:
            yield _painting(raw, page, index + 1, fonts, weights)
        finally:
            page.close()


def _painting(raw: Any, page: Any, number: int, fonts: dict[int, _Font], weights: dict[int, bool]) -> Painting:
    width, height = page.get_size()
    texts: list[Painted] = []
    shapes: list[Shape] = []
    pictures = 0
    removed: list[Any] = []
    text_page = raw.FPDFText_LoadPage(page)
    try:
        for handle, kind, matrix, top in _objects(raw, page):
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                painted = _text(raw, handle, text_page, matrix, fonts, weights)
                if painted.text.strip():
                    texts.append(painted)
                if top:
                    removed.append(handle)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                pictures += 1
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                shape = _shape(raw, handle, matrix)
                if shape is not None:
                    shapes.append(shape)
    finally:
        raw.FPDFText_ClosePage(text_page)
    # what is left when the text is taken away is what the text stands on
    for handle in removed:
        if raw.FPDFPage_RemoveObject(page, handle):
            raw.FPDFPageObj_Destroy(handle)
    # a page that is turned has other directions than what is painted on it
    if texts and page.get_rotation() == 0 and max(width, height) <= _LARGEST:
        picture = page.render(scale=1).to_pil().convert("RGB")
        left, bottom, _, _ = page.get_cropbox()
        texts = [_on(text, picture, left, bottom + height) for text in texts]
    return Painting(number, width, height, tuple(texts), tuple(shapes), pictures)


def _objects(raw: Any, page: Any) -> Iterator[tuple[Any, int, Any, bool]]:
    """Every object with its kind, the matrix of the form that it is in, and whether it is in none."""
    left = _MOST_OBJECTS
    waiting: list[tuple[Any, Any, int]] = [
        (raw.FPDFPage_GetObject(page, i), None, 0)
        for i in reversed(range(min(left, max(0, raw.FPDFPage_CountObjects(page)))))
    ]
    while waiting and left:
        handle, matrix, depth = waiting.pop()
        left -= 1
        kind = raw.FPDFPageObj_GetType(handle)
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            own = raw.FS_MATRIX()
            raw.FPDFPageObj_GetMatrix(handle, own)
            inner = _times(own, matrix)
            count = max(0, raw.FPDFFormObj_CountObjects(handle))
            waiting.extend((raw.FPDFFormObj_GetObject(handle, i), inner, depth + 1) for i in reversed(range(count)))
        else:
            yield handle, kind, matrix, depth == 0


def _times(one: Any, other: tuple[float, ...] | None) -> tuple[float, ...]:
    a, b, c, d, e, f = one.a, one.b, one.c, one.d, one.e, one.f
    if other is None:
        return a, b, c, d, e, f
    p, q, r, s, t, u = other
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _box(raw: Any, handle: Any, matrix: tuple[float, ...] | None) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(handle, left, bottom, right, top)
    box = left.value, bottom.value, right.value, top.value
    if matrix is None:
        return box
    a, b, c, d, e, f = matrix
    points = [(a * x + c * y + e, b * x + d * y + f) for x in (box[0], box[2]) for y in (box[1], box[3])]
    across, up = [x for x, _ in points], [y for _, y in points]
    return min(across), min(up), max(across), max(up)


def _text(
    raw: Any, handle: Any, text_page: Any, matrix: Any, fonts: dict[int, _Font], weights: dict[int, bool]
) -> Painted:
    size = raw.FPDFTextObj_GetText(handle, text_page, None, 0)
    buffer = ctypes.create_string_buffer(max(2, size) + 2)
    raw.FPDFTextObj_GetText(handle, text_page, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    text = buffer.raw[: max(0, size - 2)].decode("utf-16-le", "replace")
    own = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(handle, own)
    points = ctypes.c_float()
    raw.FPDFTextObj_GetFontSize(handle, points)
    a, b, c, d, _, f = _times(own, matrix)
    font = _font(raw, raw.FPDFTextObj_GetFont(handle), fonts, weights)
    mark = raw.FPDFPageObj_GetMarkedContentID(handle)
    return Painted(
        text=text,
        mark=mark if mark >= 0 else None,
        box=_box(raw, handle, matrix),
        base=f,
        size=round(abs(points.value * ((c * c + d * d) ** 0.5 or abs(a) or abs(b) or 1.0)), 1),
        font=font.name,
        bold=font.bold,
        embedded=font.embedded,
        visible=raw.FPDFTextObj_GetTextRenderMode(handle) != _INVISIBLE,
        colour=_colour(raw, handle),
    )


def _font(raw: Any, handle: Any, fonts: dict[int, _Font], weights: dict[int, bool]) -> _Font:
    key = ctypes.cast(handle, ctypes.c_void_p).value or 0
    if key not in fonts:
        buffer = ctypes.create_string_buffer(256)
        raw.FPDFFont_GetBaseFontName(handle, buffer, 256)
        name = buffer.value.decode("utf-8", "replace")
        fonts[key] = _Font(name, raw.FPDFFont_GetIsEmbedded(handle) != 0, is_bold(raw, handle, weights))
    return fonts[key]


def _colour(raw: Any, handle: Any) -> Rgb | None:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha):
        return None
    part = alpha.value / 255
    return tuple(c.value * part + 255 * (1 - part) for c in (red, green, blue))  # type: ignore[return-value]


def _shape(raw: Any, handle: Any, matrix: Any) -> Shape | None:
    filled, stroked = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(handle, filled, stroked) or not (filled.value or stroked.value):
        return None
    colour = _colour(raw, handle) or (0, 0, 0)
    return Shape(_box(raw, handle, matrix), colour, filled.value != 0)


def _on(text: Painted, picture: Any, x: float, y: float) -> Painted:
    """The text with the colour under it, where that is one colour; x and y are the picture's upper left corner."""
    left, bottom, right, top = text.box
    box = (int(left - x), int(y - top), int(right - x) + 1, int(y - bottom) + 1)
    box = (max(0, box[0]), max(0, box[1]), min(picture.width, box[2]), min(picture.height, box[3]))
    if box[0] >= box[2] or box[1] >= box[3]:
        return text
    part = picture.crop(box)
    count, colour = max(part.getcolors(part.width * part.height))
    return replace(text, under=colour if count > 0.7 * part.width * part.height else None)
