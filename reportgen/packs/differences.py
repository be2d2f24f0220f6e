"""Snapshots that differ as one HTML page: side by side, word by word, pictures with the changed regions marked."""

from __future__ import annotations

import base64
import difflib
import io
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from reportgen.packs.snapshots import Outcome, Tested
from reportgen.wording import word_edits

_SAID = {
    "changed": "not as stored",
    "missing": "nothing is stored",
    "stale": "stored, and not made any more",
    "same": "as stored",
}
#: Lines shown around a difference, and the side in pixels of the squares that changed regions are told in.
_AROUND = 2
_SQUARE = 12
#: Pairs of lines longer than this are not compared word by word.
_LONGEST = 4000


def page(pack: str, tested: Sequence[Tested]) -> str:
    """The page on everything of a pack that is not as stored.

    Args:
        pack: the name of the pack.
        tested: its cases.
    """
    from jinja2 import Environment
    from markupsafe import Markup

    source = (files("reportgen") / "packs" / "differences.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    every = [o for case in tested for o in case.outcomes]
    wrong = [o for o in every if o.state != "same"]
    cases = [
        {"name": case.case, "why": case.why, "pieces": [_piece(o, Markup) for o in case.outcomes if o.state != "same"]}
        for case in tested
    ]
    return environment.from_string(source).render(
        title=f"Snapshots of the pack {pack}",
        pack=pack,
        count=len(wrong),
        total=len(every),
        cases=[case for case in cases if case["pieces"]],
    )


def _piece(outcome: Outcome, markup: Any) -> dict[str, Any]:
    piece: dict[str, Any] = {"name": outcome.name, "state": _SAID[outcome.state], "pictures": (), "hunks": ()}
    if outcome.name.endswith(".png"):
        if outcome.share is not None:
            piece["state"] += f" ({100 * outcome.share:.2f} % of its pixels)"
        piece["pictures"] = list(_pictures(outcome))
    else:
        before, after = ((data or b"").decode("utf-8", "replace") for data in (outcome.before, outcome.after))
        piece["hunks"] = [(a, markup(left), b, markup(right)) for a, left, b, right in hunks(before, after)]
    return piece


def _pictures(outcome: Outcome) -> Iterator[tuple[str, str, str]]:
    for label, data in (("Stored", outcome.before), ("Now", outcome.after)):
        if data is not None:
            yield label, f"{outcome.name} as {label.lower()}", base64.b64encode(data).decode("ascii")
    if outcome.before is not None and outcome.after is not None:
        marked = base64.b64encode(marks(outcome.before, outcome.after)).decode("ascii")
        yield "What differs", f"{outcome.name} with frames around what differs", marked


def marks(before: bytes, after: bytes) -> bytes:
    """The picture made now with a frame around each region that differs from the one stored, as PNG."""
    from PIL import Image, ImageChops, ImageDraw

    one, two = (Image.open(io.BytesIO(data)).convert("RGB") for data in (before, after))
    size = max(one.width, two.width), max(one.height, two.height)
    canvases = []
    for picture in (one, two):
        canvas = Image.new("RGB", size, "white")
        canvas.paste(picture, (0, 0))
        canvases.append(canvas)
    grey = ImageChops.difference(*canvases).convert("L").point(lambda value: 255 if value > 8 else 0)
    columns, rows = -(-size[0] // _SQUARE), -(-size[1] // _SQUARE)
    small = grey.resize((columns, rows), Image.Resampling.BOX)
    told = {(x, y) for x in range(columns) for y in range(rows) if small.getpixel((x, y))}
    out = canvases[1].copy()
    draw = ImageDraw.Draw(out)
    scale = size[0] / columns, size[1] / rows
    for left, top, right, bottom in _regions(told):
        frame = (left * scale[0] - 2, top * scale[1] - 2, (right + 1) * scale[0] + 1, (bottom + 1) * scale[1] + 1)
        draw.rectangle(frame, outline=(192, 32, 32), width=2)
    buffer = io.BytesIO()
    out.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _regions(squares: set[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """The bounds of squares that touch each other, one a region, from the top."""
    left = set(squares)
    while left:
        start = min(left, key=lambda square: (square[1], square[0]))
        region, waiting = {start}, [start]
        left.discard(start)
        while waiting:
            x, y = waiting.pop()
            for near in [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]:
                if near in left:
                    left.discard(near)
                    region.add(near)
                    waiting.append(near)
        xs, ys = [x for x, _ in region], [y for _, y in region]
        yield min(xs), min(ys), max(xs), max(ys)


def hunks(before: str, after: str) -> Iterator[tuple[str, str, str, str]]:
    """Rows of a table: line number and text of what is stored, and of what is made now, differing words marked."""
    one, two = before.splitlines(), after.splitlines()
    matcher = difflib.SequenceMatcher(None, one, two, autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(_AROUND)):
        if number:
            yield "…", "…", "…", "…"
        for op, a, b, c, d in group:
            if op == "equal":
                for n in range(b - a):
                    yield str(a + n + 1), escape(one[a + n]), str(c + n + 1), escape(two[c + n])
                continue
            for n in range(max(b - a, d - c)):
                left = one[a + n] if a + n < b else None
                right = two[c + n] if c + n < d else None
                marked = _words(left, right)
                yield (
                    str(a + n + 1) if left is not None else "",
                    marked[0],
                    str(c + n + 1) if right is not None else "",
                    marked[1],
                )


def _words(left: str | None, right: str | None) -> tuple[str, str]:
    if left is None or right is None:
        return (f"<del>{escape(left)}</del>" if left else "", f"<ins>{escape(right)}</ins>" if right else "")
    if max(len(left), len(right)) > _LONGEST:
        return f"<del>{escape(left)}</del>", f"<ins>{escape(right)}</ins>"
    sides = ["", ""]
    for edit in word_edits(left, right):
        text = escape(edit.text)
        if edit.op in ("equal", "del"):
            sides[0] += text if edit.op == "equal" else f"<del>{text}</del>"
        if edit.op in ("equal", "ins"):
            sides[1] += text if edit.op == "equal" else f"<ins>{text}</ins>"
    return sides[0], sides[1]
