"""What a page is made of, in reading order: flat pieces with their place, before they become blocks.

Pages come tagged or untagged; both ways give these pieces, and everything after is the same for both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from reportgen.document import Place
from reportgen.readers.marks import BULLET, NUMBER
from reportgen.readers.pdf.pages import Run
from reportgen.readers.text import clean

Kind = Literal["text", "item", "table", "note", "contents", "page-number", "running-head"]

#: A run this much smaller than the text around it can be a footnote mark.
_RAISED = 0.8
_MARK = re.compile(r"[\d*†‡]{1,3}")


@dataclass(slots=True)
class Bit:
    """One piece of a page. ``tag`` is the standard type of the element it came from, empty on an untagged page.

    ``number`` is a printed number without its full stop, ``bullet`` whether a glyph led the piece; ``continues`` that
    its tags call it part of a list item whose label is not there: the other half of an item cut by the page's end.
    """

    kind: Kind
    text: str
    place: Place
    tag: str = ""
    number: str | None = None
    bullet: bool = False
    continues: bool = False
    size: float = 0.0
    bold: bool = False
    left: float = 0.0
    last_left: float = 0.0
    last_right: float = 0.0
    top: float = 0.0
    lines: int = 1
    mark: str = ""
    rows: list[list[str]] = field(default_factory=list)
    head: int = 0

    @property
    def page(self) -> int:
        assert self.place.page is not None
        return self.place.page


def bit_of(runs: Sequence[Run], page: int, kind: Kind = "text", tag: str = "") -> Bit | None:
    """One piece made of runs, None where they show nothing.

    Running text is put into the order in which it was painted: tags share out the text, and are less careful about its
    order than about whose it is.
    """
    shown = [r for r in runs if r.text.strip()]
    if kind != "table":
        shown.sort(key=lambda r: r.start)
    if not shown:
        return None
    main = main_size(shown)
    text = composed(shown, main)
    if not text:
        return None
    number, bullet = None, False
    if kind in ("text", "item"):
        number, bullet, text = lead(text)
    rows = set_lines(shown)
    letters = [r for r in shown if re.search(r"\w", r.text)] or shown
    return Bit(
        kind=kind,
        text=text,
        place=Place(page, None, min(r.start for r in shown), max(r.end for r in shown)),
        tag=tag,
        number=number,
        bullet=bullet,
        size=main,
        bold=sum(len(r.text.strip()) for r in letters if r.bold) > 0.9 * sum(len(r.text.strip()) for r in letters),
        left=min(r.left for r in rows[0]),
        last_left=min(r.left for r in rows[-1]),
        last_right=max(r.right for r in rows[-1]),
        top=max(r.top for r in rows[0]),
        lines=len(rows),
    )


def lead(text: str) -> tuple[str | None, bool, str]:
    """A printed number or a bullet at the beginning of a piece, and the text without it."""
    if found := NUMBER.match(text):
        return found[1], False, text[found.end() :]
    if found := BULLET.match(text):
        return None, True, text[found.end() :]
    return None, False, text


def main_size(runs: Sequence[Run]) -> float:
    """The size that most of some text is set in."""
    sizes: Counter[float] = Counter()
    for run in runs:
        sizes[run.size] += len(run.text.strip())
    return max(sizes, key=lambda size: (sizes[size], size))


def is_raised(run: Run, before: Run | None, main: float) -> bool:
    """Whether a run is a footnote mark: digits or a sign, small, and standing higher than the text it follows."""
    return (
        before is not None
        and _MARK.fullmatch(run.text.strip()) is not None
        and run.size <= _RAISED * main
        and run.base > before.base + 0.1 * main
    )


def composed(runs: Sequence[Run], main: float) -> str:
    """The text of runs on one line, footnote marks left out, words that a line's end cut joined."""
    out = ""
    before: Run | None = None
    for run in runs:
        if is_raised(run, before, main):
            # the white space behind a mark belongs to the text
            out += re.sub(r"\S+", "", run.text)
            continue
        apart = before is not None and run.start > before.start + len(before.text)
        if apart and out and not out[-1].isspace() and not run.text[:1].isspace():
            out += " "
        out += run.text
        before = run
    out = re.sub(r"[\ufffe\x02]\s*", "-", out)
    out = re.sub(r"(?<=[^\W\d_])[-‐]\r?\n(?=[^\W\d_])", "-", out)
    return re.sub(r"\s+", " ", _visible(clean(out))).strip()


def _visible(text: str) -> str:
    """Control characters and the like, which some fonts are coded with, as spaces."""
    return re.sub(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff]", " ", text)


def set_lines(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs by the lines they are set on: a line ends where the next run stands lower or begins further left."""
    rows: list[list[Run]] = []
    for run in runs:
        before = rows[-1][-1] if rows else None
        if before is None or _next_line(before, run):
            rows.append([run])
        else:
            rows[-1].append(run)
    return rows


def _next_line(before: Run, run: Run) -> bool:
    """Whether a run stands on another line: lower, higher than any mark is raised, or level but further left."""
    size = max(before.size, run.size)
    apart = before.base - run.base
    return apart > 0.5 * size or apart < -0.7 * size or run.right < before.left - size
