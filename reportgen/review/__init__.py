"""A page for checking one report in a minute: its pages or lines with every value marked, and the values beside them.

The page is one HTML file that fetches nothing. It can be read and printed without its script; with it, a person mends
values and takes a ``decisions.yaml`` away. ``page.html.j2``, ``page.css`` and ``page.js`` are its parts.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from reportgen.corrections import place_of
from reportgen.evidence import KINDS, TITLES, Value, place_in_words, shortened, told
from reportgen.frameworks import load_framework
from reportgen.markup import unmark
from reportgen.model import Evidence, Inspection
from reportgen.readers.pdf.pictures import Box, Picture
from reportgen.readers.printed import Line
from reportgen.review.edits import edits_of

_HERE = Path(__file__).parent
#: How large the number of a mark is set on a picture, in points, and what stands around it.
_TYPE, _PAD, _HIGH = 8.0, 1.6, 10.5
#: Kinds that are marked by a bar beside them: marking all text would hide what matters.
_BARS = ("paragraph", "footnote")


@dataclass(frozen=True, slots=True)
class Mark:
    """A value marked on a page: its number, the id of this mark, its boxes, and where its number stands."""

    number: int
    id: str
    kind: str
    title: str
    doubtful: bool
    boxes: tuple[Box, ...]
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line of text, and the values that it belongs to."""

    text: str
    kinds: str


def spans_of(values: Sequence[Value]) -> dict[int, list[tuple[int, int]]]:
    """By page, the spans to mark on its picture, in the order of the values."""
    out: dict[int, list[tuple[int, int]]] = {}
    for _, _, span in _placed(values):
        if span.page is not None and span.start is not None and span.end is not None:
            out.setdefault(span.page, []).append((span.start, span.end))
    return out


def page(
    inspection: Inspection, values: Sequence[Value], *, pictures: Sequence[Picture] = (), lines: Sequence[Line] = ()
) -> str:
    """Give the page as HTML.

    Args:
        inspection: as it was read, with what people corrected since.
        values: its values beside their printed words.
        pictures: the pages of a source that has them, with the boxes of ``spans_of`` these values.
        lines: the lines of a source that has no pictures.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = ((_HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    ordered = _ordered(values)
    tree = inspection.model_dump(mode="json", by_alias=True)
    edits = {str(n): found for n, value in ordered if (found := edits_of(value, inspection, tree))}
    return environment.get_template("page.html.j2").render(
        title=unmark(inspection.title),
        provider=unmark(inspection.provider.name),
        inspection=inspection,
        framework=load_framework(inspection.framework).title,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        data=json.dumps({"inspection": inspection.id, "edits": edits}, ensure_ascii=False).replace("<", "\\u003c"),
        doubts=[(n, value) for n, value in ordered if value.doubtful],
        notices=[told(n) for n in _general(inspection, values)],
        groups=[(TITLES[k], k, own) for k in KINDS if (own := [(n, v) for n, v in ordered if v.kind == k])],
        placed=_ids(ordered),
        corrections=_corrections(inspection, ordered, tree),
        pages=[_picture(picture, ordered) for picture in pictures],
        lines=list(_lines(lines, ordered)),
        place_in_words=place_in_words,
        shortened=shortened,
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _ordered(values: Sequence[Value]) -> list[tuple[int, Value]]:
    """The values with their numbers: by kind, within a kind those to look at first."""
    ordered = sorted(values, key=lambda v: (KINDS.index(v.kind), not v.doubtful))
    return list(enumerate(ordered, 1))


def _placed(values: Sequence[Value]) -> Iterator[tuple[int, int, Evidence]]:
    """Every place to mark: the number of its value, which of its places it is, the place."""
    for number, value in _ordered(values):
        for at, span in enumerate(value.spans):
            yield number, at, span


def _mark_id(number: int, at: int) -> str:
    return f"m{number}" if at == 0 else f"m{number}-{at + 1}"


def _ids(ordered: Sequence[tuple[int, Value]]) -> dict[int, list[tuple[str, str]]]:
    """For each value, the ids of its marks with their places in words."""
    return {
        number: [(_mark_id(number, at), place_in_words(span) or "place") for at, span in enumerate(value.spans)]
        for number, value in ordered
    }


def _general(inspection: Inspection, values: Sequence[Value]) -> list[Any]:
    """Notices that are about no value in particular, warnings first."""
    own = {id(n) for value in values for n in value.notices}
    return sorted((n for n in inspection.notices if id(n) not in own), key=lambda n: n.level != "warning")


def _corrections(
    inspection: Inspection, ordered: Sequence[tuple[int, Value]], tree: dict[str, Any]
) -> dict[int, list[Any]]:
    """For each value, what people corrected of it; under 0 what belongs to none that is shown."""
    out: dict[int, list[Any]] = {}
    for correction in inspection.corrections:
        field = place_of(correction.field, tree)
        number = next(
            (n for n, v in ordered if field == v.field or field.startswith((f"{v.field}.", f"{v.field}["))), 0
        )
        out.setdefault(number, []).append(correction)
    return out


# -- pages -----------------------------------------------------------------------------------------------------------


def _picture(picture: Picture, ordered: Sequence[tuple[int, Value]]) -> dict[str, Any]:
    marks: list[Mark] = []
    boxes = iter(picture.boxes)
    # the numbers stand in the margin, beside the line that a mark begins on
    margin = min((box[0] for own in picture.boxes for box in own), default=0.0) - 9
    for number, value in ordered:
        for at, span in enumerate(value.spans):
            if span.page != picture.number or span.start is None:
                continue
            own = next(boxes)
            if own:
                marks.append(_mark(number, at, value, own, margin, marks))
    # what lies over something else comes last: bars, then long texts, then short ones
    marks.sort(key=lambda m: (m.kind not in _BARS, -sum(b[2] * b[3] for b in m.boxes)))
    return {
        "number": picture.number,
        "width": round(picture.width, 1),
        "height": round(picture.height, 1),
        "uri": f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}",
        "marks": marks,
    }


def _mark(number: int, at: int, value: Value, boxes: tuple[Box, ...], margin: float, others: Sequence[Mark]) -> Mark:
    if value.kind in _BARS:
        left = min(b[0] for b in boxes)
        top, bottom = min(b[1] for b in boxes), max(b[1] + b[3] for b in boxes)
        boxes = ((max(2.0, left - 6), top, 2.2, bottom - top),)
    width = _TYPE * 0.58 * len(str(number)) + 2 * _PAD
    x, y = max(1.0, margin - width), boxes[0][1]
    while beside := next((o for o in others if abs(y - o.y) < _HIGH and x < o.x + o.width and o.x < x + width), None):
        x, y = (beside.x - width - 1, y) if beside.x - width > 2 else (max(1.0, margin - width), beside.y - _HIGH)
    title = f"{number}: {value.label}: {shortened(value.shown, 120)}"
    shown = tuple((round(a, 1), round(b, 1), round(c, 1), round(d, 1)) for a, b, c, d in boxes)
    where = round(x, 1), round(y, 1), round(width, 1)
    return Mark(number, _mark_id(number, at), value.kind, title, value.doubtful, shown, *where)


# -- lines -----------------------------------------------------------------------------------------------------------


def _lines(lines: Sequence[Line], ordered: Sequence[tuple[int, Value]]) -> Iterator[dict[str, Any]]:
    """The lines with the values that begin on each, and the pieces of each that belong to values."""
    places = [(n, at, v, span) for n, v in ordered for at, span in enumerate(v.spans)]
    seen: set[str] = set()
    for line in lines:
        begun = []
        own = []
        for number, at, value, span in places:
            if line.start is None or span.start is None or span.end is None:
                inside = (span.page, span.line) == (line.page, line.number)
                start, end = 0, len(line.text)
            else:
                start, end = max(0, span.start - line.start), min(len(line.text), span.end - line.start)
                inside = start < end
            if inside:
                own.append((start, end, value))
                if _mark_id(number, at) not in seen:
                    seen.add(_mark_id(number, at))
                    begun.append((number, _mark_id(number, at), value))
        yield {"page": line.page, "number": line.number, "begun": begun, "pieces": list(_pieces(line.text, own))}


def _pieces(text: str, own: Sequence[tuple[int, int, Value]]) -> Iterator[Piece]:
    cuts = sorted({0, len(text), *(cut for start, end, _ in own for cut in (start, end))})
    for start, end in pairwise(cuts):
        held = [value for a, b, value in own if a <= start and end <= b and value.kind not in _BARS]
        kinds = " ".join(dict.fromkeys([value.kind for value in held] + ["doubtful" for v in held if v.doubtful]))
        # what a symbol font printed as a bullet has no shape in another
        yield Piece(re.sub(r"[\ue000-\uf8ff]", "•", text[start:end]), kinds)
