"""Figures -> PNG, for formats that hold no drawings. The same figure gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from reportgen.document import Figure
from reportgen.errors import TemplateError
from reportgen.markup import svg
from reportgen.writers.pdf import laid_out

#: Pixels a unit: 200 to the inch where 640 units go on a text column of 16 cm.
_SCALE = 2.0
_POINTS = 72 / 96
#: Drawings are of few tones; so many colours show them as they are, with soft edges.
_COLOURS = 32


def pictures(figures: Sequence[Figure]) -> list[bytes]:
    """Give each figure as a PNG, in order.

    Raises:
        EnvironmentFault: Pango is missing (RG501), fonts cannot be used (RG502), or none holds a character (RG411).
        TemplateError: a figure cannot be drawn (RG406).
    """
    if not figures:
        return []
    import pypdfium2

    sizes = sorted({(f.width, f.height) for f in figures})
    names = [f"s{w}x{h}" for w, h in sizes]
    pages = [f"@page {n} {{ size: {w}px {h}px; margin: 0 }}" for n, (w, h) in zip(names, sizes, strict=True)]
    kinds = [f".{n} {{ page: {n} }}" for n in names]
    blocks = "body { margin: 0 } svg { display: block } div { break-after: page } div:last-child { break-after: auto }"
    drawn = "".join(f'<div class="s{f.width}x{f.height}">{svg(f, key=f"{n}.")}</div>' for n, f in enumerate(figures))
    style = "\n".join((*pages, *kinds, blocks))
    document = pypdfium2.PdfDocument(laid_out(f"<!DOCTYPE html><style>{style}</style><body>{drawn}</body>"))
    try:
        if len(document) != len(figures):
            raise TemplateError("RG406", "a figure does not fit its size", hint="mend what draws it")
        return [_picture(page) for page in document]
    finally:
        document.close()


def _picture(page: Any) -> bytes:
    image = page.render(scale=_SCALE / _POINTS, may_draw_forms=False).to_pil().convert("RGB")
    out = io.BytesIO()
    image.quantize(_COLOURS).save(out, "PNG", dpi=(200, 200))
    return out.getvalue()
