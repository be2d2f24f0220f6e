"""Pictures of a PDF's pages, with the boxes of spans of their text: what a person sees beside what was read."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.readers.pdf.pages import opened

#: A box in points from the upper left corner of the page: left, top, width, height.
Box = tuple[float, float, float, float]
#: Pixels a point: text of a page can be read, and a report of fifty pages stays small enough to send.
SCALE = 1.5
#: The longer side of a picture in pixels, whatever size a page says that it has.
_LONGEST = 2000
#: No page of text needs more bytes than this as PNG.
_MUCH = 150_000
#: Parts of a point, since PageToDevice gives whole numbers.
_FINE = 20


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a picture: its number from 1, its size in points, the picture, and the boxes of each span asked for."""

    number: int
    width: float
    height: float
    media_type: str
    data: bytes
    boxes: tuple[tuple[Box, ...], ...]


def pictures(data: bytes, spans: Mapping[int, Sequence[tuple[int, int]]], *, scale: float = SCALE) -> Iterator[Picture]:
    """Give each page of a PDF as a picture, in order.

    Args:
        data: the file.
        spans: by page number, the spans of its text (start, end) to give the boxes of, one box a line.
        scale: pixels a point.

    Raises:
        InputError: as for :func:`reportgen.readers.pdf.pages.opened`.
    """
    with opened(data) as document:
        for index in range(len(document)):
            page = document[index]
            try:
                width, height = page.get_size()
                media_type, picture = _picture(page, min(scale, _LONGEST / max(width, height, 1)))
                boxes = tuple(_boxes(page, width, height, spans.get(index + 1, ())))
                yield Picture(index + 1, width, height, media_type, picture, boxes)
            finally:
                page.close()


def _picture(page: Any, scale: float) -> tuple[str, bytes]:
    """A page in the smaller of two forms: PNG of few colours, which suits text, or JPEG, which suits photographs."""
    image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    png, jpeg = io.BytesIO(), io.BytesIO()
    image.quantize(32).save(png, "PNG")
    if png.tell() > _MUCH:
        image.save(jpeg, "JPEG", quality=70)
    return ("image/jpeg", jpeg.getvalue()) if 0 < jpeg.tell() < png.tell() else ("image/png", png.getvalue())


def _boxes(page: Any, width: float, height: float, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[Box, ...]]:
    import pypdfium2.raw as raw

    text_page = raw.FPDFText_LoadPage(page)
    try:
        for start, end in spans:
            edges = [ctypes.c_double() for _ in range(4)]
            lines: list[Box] = []
            for index in range(raw.FPDFText_CountRects(text_page, start, max(0, end - start))):
                raw.FPDFText_GetRect(text_page, index, *edges)
                box = _on_page(raw, page, (width, height), [e.value for e in edges])
                if lines and _one_line(lines[-1], box):
                    lines[-1] = _around(lines[-1], box)
                elif box[2] > 0 and box[3] > 0:
                    lines.append(box)
            yield tuple(lines)
    finally:
        raw.FPDFText_ClosePage(text_page)


def _on_page(raw: Any, page: Any, size: tuple[float, float], edges: Sequence[float]) -> Box:
    """A box as it is seen: a page may be turned, and show only a part of itself."""
    left, top, right, bottom = edges
    corners = []
    for x, y in ((left, top), (right, bottom)):
        seen_x, seen_y = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, round(size[0] * _FINE), round(size[1] * _FINE), 0, x, y, seen_x, seen_y)
        corners.append((seen_x.value / _FINE, seen_y.value / _FINE))
    (a, b), (c, d) = corners
    return min(a, c), min(b, d), abs(c - a), abs(d - b)


def _one_line(one: Box, other: Box) -> bool:
    shared = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return shared > 0.4 * min(one[3], other[3])


def _around(one: Box, other: Box) -> Box:
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right = max(one[0] + one[2], other[0] + other[2])
    bottom = max(one[1] + one[3], other[1] + other[3])
    return left, top, right - left, bottom - top
