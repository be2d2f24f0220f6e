"""What all pictures are drawn with: shapes in order, text that is measured before it is set, textures, a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, TypeVar

from reportgen.document import Figure, Shape, Text

#: Units across a picture: the width of a text column.
WIDTH = 640
#: What is as high as this fits on a page beneath a heading and its caption.
PAGE = 780
#: Size of text in units; nothing is smaller, so that print stays readable.
SMALL, NORMAL = 10.5, 12.0
_NARROW, _WIDE = frozenset("iljftrI.,:;'’|!()[]- "), frozenset("mwMWÅÆ%@—…&")
#: Upper bounds of common screen fonts, in parts of the size.
_NARROW_PART, _WIDE_PART, _PART, _CAPITAL_PART = 0.34, 0.92, 0.57, 0.7
#: What canonical order of attributes is; that of the vocabulary.
_ORDER = (
    *("class", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "width", "height", "d", "fill", "stroke"),
    *("stroke-width", "stroke-dasharray", "font-size", "font-weight", "text-anchor"),
)

_T = TypeVar("_T")
Anchor = Literal["start", "middle", "end"]
#: Draws a sample for the key, given its left end and its middle height.
Sample = Callable[[float, float], None]
Texture = Literal["solid", "empty", "across", "upright", "rising", "falling", "crossed", "dotted", "dashed", "grid"]


def measure(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide a text is, rather more than less."""
    parts = sum(
        _NARROW_PART if c in _NARROW else _WIDE_PART if c in _WIDE else _CAPITAL_PART if c.isupper() else _PART
        for c in text
    )
    return parts * size * (1.06 if bold else 1)


def wrap(text: str, width: float, size: float, *, most: int = 3, bold: bool = False) -> list[str]:
    """A text in lines of a width; words wider than that are cut, and what goes beyond ``most`` lines is left off."""
    lines: list[str] = []
    for word in text.split():
        for piece in _pieces(word, width, size, bold=bold):
            longer = f"{lines[-1]} {piece}" if lines else piece
            if lines and measure(longer, size, bold=bold) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and measure(f"{last} …", size, bold=bold) > width:
        last = last.rpartition(" ")[0] or last[:-1]
    return [*lines[: most - 1], f"{last} …".strip()]


def _pieces(word: str, width: float, size: float, *, bold: bool) -> Iterable[str]:
    while word and measure(word, size, bold=bold) > width:
        cut = next((n for n in range(len(word) - 1, 1, -1) if measure(word[:n] + "-", size, bold=bold) <= width), 0)
        if not cut:
            break
        yield word[:cut] + "-"
        word = word[cut:]
    if word:
        yield word


def parts(items: Sequence[_T], most: int, *, overlap: int = 0) -> list[tuple[_T, ...]]:
    """A sequence in as few even pieces of at most ``most`` as will do, each sharing ``overlap`` with the next."""
    if len(items) <= most:
        return [tuple(items)] if items else []
    step = most - overlap
    count = -(-(len(items) - overlap) // step)
    size = -(-(len(items) - overlap) // count)
    return [tuple(items[n * size : (n + 1) * size + overlap]) for n in range(count)]


def count(number: int, forms: Mapping[str, str]) -> str:
    """A number with its noun: ``forms`` has one for ``one`` and one for every ``other`` number."""
    return forms["one" if number == 1 else "other"].format(count=number)


class Canvas:
    """Shapes in the order in which they are drawn; later ones cover earlier ones."""

    def __init__(self) -> None:
        self.shapes: list[Shape] = []

    def add(self, tag: Literal["rect", "circle", "line", "path", "text"], text: str = "", **attrs: object) -> None:
        given = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items() if value is not None}
        self.shapes.append(Shape(tag, tuple((n, _said(given[n])) for n in _ORDER if n in given), text))

    def text(
        self, x: float, y: float, text: str, *, size: float = SMALL, anchor: Anchor = "start", bold: bool = False,
        soft: bool = False,
    ) -> None:  # fmt: skip
        if text:
            self.add(
                "text", text, class_="soft" if soft else None, x=x, y=y, fill="#48566a" if soft else "currentColor",
                font_size=size, font_weight=600 if bold else None, text_anchor=None if anchor == "start" else anchor,
            )  # fmt: skip

    def lines(
        self, x: float, y: float, lines: Sequence[str], *, size: float = SMALL, anchor: Anchor = "start",
        bold: bool = False, backed: bool = False,
    ) -> None:  # fmt: skip
        """Lines of text under each other, the first with its foot at ``y``; ``backed``: on paper of their own."""
        for n, line in enumerate(lines):
            at = y + n * size * 1.15
            if backed:
                wide = measure(line, size, bold=bold)
                left = x - (wide / 2 if anchor == "middle" else wide if anchor == "end" else 0)
                self.add(
                    "rect",
                    class_="paper",
                    x=left - 1,
                    y=at - size * 0.85,
                    width=wide + 2,
                    height=size * 1.15,
                    fill="#ffffff",
                )
            self.text(x, at, line, size=size, anchor=anchor, bold=bold)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, width: float = 1.5, dash: str | None = None,
        faint: bool = False, bold: bool = False,
    ) -> None:  # fmt: skip
        kind, colour = ("faint", "#b8c4d0") if faint else ("bold", "#1f4e79") if bold else (None, "currentColor")
        self.add(
            "line", class_=kind, x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, stroke_width=width, stroke_dasharray=dash
        )

    def way(self, points: Sequence[tuple[float, float]], *, width: float = 1.5, dash: str | None = None) -> None:
        d = "M" + "L".join(f"{_said(x)},{_said(y)}" for x, y in points)
        self.add("path", d=d, fill="none", stroke="currentColor", stroke_width=width, stroke_dasharray=dash)

    def shape(self, points: Sequence[tuple[float, float]], *, filled: bool, width: float = 1.5) -> None:
        d = "M" + "L".join(f"{_said(x)},{_said(y)}" for x, y in points) + "Z"
        fill, kind = ("currentColor", None) if filled else ("#ffffff", "paper")
        self.add("path", class_=kind, d=d, fill=fill, stroke="currentColor", stroke_width=width)

    def box(
        self, x: float, y: float, width: float, height: float, *, filled: bool = False, solid: bool = False,
        dash: str | None = None, round_: float | None = None, line: float = 1.2,
    ) -> None:  # fmt: skip
        fill, kind = ("currentColor", None) if filled else ("#1f4e79", "solid") if solid else ("#ffffff", "paper")
        self.add(
            "rect", class_=kind, x=x, y=y, rx=round_, width=width, height=height, fill=fill, stroke="currentColor",
            stroke_width=line, stroke_dasharray=dash,
        )  # fmt: skip

    def ring(self, x: float, y: float, r: float, *, filled: bool = False, dash: str | None = None) -> None:
        fill, kind = ("currentColor", None) if filled else ("#ffffff", "paper")
        self.add(
            "circle", class_=kind, cx=x, cy=y, r=r, fill=fill, stroke="currentColor", stroke_width=1.5,
            stroke_dasharray=dash,
        )  # fmt: skip

    def textured(self, x: float, y: float, width: float, height: float, texture: Texture) -> None:
        """A box filled with a texture that no other has."""
        self.box(x, y, width, height, solid=texture == "solid", dash="2 2" if texture == "dashed" else None)
        if texture in ("across", "grid"):
            for n in range(1, int(height // 3.5)):
                self.line(x, y + n * 3.5, x + width, y + n * 3.5, width=0.8)
        if texture in ("upright", "grid"):
            for n in range(1, int(width // 3.5) + 1):
                if n * 3.5 < width:
                    self.line(x + n * 3.5, y, x + n * 3.5, y + height, width=0.8)
        if texture in ("rising", "crossed"):
            self._slanted(x, y, width, height, up=True)
        if texture in ("falling", "crossed"):
            self._slanted(x, y, width, height, up=False)
        if texture == "dotted":
            for row in range(1, int(height // 4)):
                for column in range(1, int(width // 4) + 1):
                    if column * 4 < width - 1:
                        self.add("circle", cx=x + column * 4, cy=y + row * 4, r=0.8, fill="currentColor")

    def _slanted(self, x: float, y: float, width: float, height: float, *, up: bool) -> None:
        at = 5.0
        while at < width + height:
            # from the left or lower side to the upper or right one, no further than the box goes
            a, b = (max(0.0, at - height), min(at, height)), (min(at, width), max(0.0, at - width))
            ends = [(a[0], a[1]), (b[0], b[1])]
            if up:
                (x1, y1), (x2, y2) = ends
            else:
                (x1, y1), (x2, y2) = [(px, height - py) for px, py in ends]
            self.line(x + x1, y + y1, x + x2, y + y2, width=0.8)
            at += 5.0

    def key(self, y: float, entries: Sequence[tuple[Sample, float, str]], *, apart: float = 22) -> float:
        """Samples with what they mean, in rows; gives the foot of the last one.

        Args:
            y: The middle of the first row.
            entries: What draws a sample at its left end and middle height, its width, and the words beside it.
            apart: How far the rows stand from each other.
        """
        x = 0.0
        for draw, wide, words in entries:
            need = wide + 6 + measure(words, SMALL) + 18
            if x and x + need - 18 > WIDTH:
                x, y = 0.0, y + apart
            draw(x, y)
            self.text(x + wide + 6, y + 3.6, words)
            x += need
        return y + apart / 2 + 3

    def figure(self, title: str, desc: str, height: float) -> Figure:
        """The picture, with its title for a caption."""
        return Figure(
            title, desc, WIDTH, int(-(-height // 1)), tuple(self.shapes), caption=(Text(title),), role="chart"
        )


def _said(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0").replace("-0.0", "0")
    return str(value)
