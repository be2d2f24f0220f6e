"""An untagged page, or what is painted outside the tags of a tagged one -> pieces, by where it stands.

A line is what shares a base line. Lines make a piece until the gap, the type, the margin or a marker says otherwise;
lines between two gaps of which one is set in columns make a row of a table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from reportgen.readers.marks import BULLET, LABEL, NUMBER, terminated
from reportgen.readers.pdf.bits import Bit, bit_of, composed, main_size, set_lines
from reportgen.readers.pdf.pages import Page, Run

#: A gap between two runs of a line that is wider than this many sizes of type parts two columns.
_COLUMN = 2.0
#: Lines further apart than this many sizes of type are not lines of one paragraph, nor of one cell.
_LEADING = 1.5


class _Line:
    """A line of an untagged page."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = sorted(runs, key=lambda r: r.start)
        self.size = main_size(self.runs)
        self.text = composed(self.runs, self.size)
        self.left = min(r.left for r in self.runs)
        self.right = max(r.right for r in self.runs)
        self.base = max(self.runs, key=lambda r: r.size).base
        self.bold = all(r.bold for r in self.runs if r.text.strip())
        self.marked = bool(BULLET.match(self.text) or NUMBER.match(self.text))
        self.columns = self._columns()

    def _columns(self) -> list[list[Run]]:
        """The runs parted where a wide gap stands between two of them; a marker belongs to what follows it."""
        parts: list[list[Run]] = [[]]
        for run in sorted(self.runs, key=lambda r: r.left):
            last = parts[-1]
            marker = len(parts) == 1 and _is_marker(last)
            if last and not marker and run.left - max(r.right for r in last) > _COLUMN * self.size:
                parts.append([run])
            else:
                last.append(run)
        return parts

    @property
    def entry(self) -> bool:
        """Whether it is an entry of a contents list: words, a gap, a page number."""
        return len(self.columns) == 2 and re.fullmatch(r"\s*\d{1,3}\s*", _text(self.columns[1])) is not None


def _text(runs: Sequence[Run]) -> str:
    return composed(sorted(runs, key=lambda r: r.start), main_size(runs))


def _is_marker(runs: Sequence[Run]) -> bool:
    text = "".join(r.text for r in runs).strip()
    return bool(text) and any((m := p.match(f"{text} x")) and m.end() == len(text) + 1 for p in (BULLET, NUMBER))


def bits_of(page: Page, runs: Sequence[Run] | None = None) -> list[Bit]:
    """The pieces of a page, or of some runs of it, from top to bottom; some runs alone are not looked at as tables."""
    shown = [r for r in (page.runs if runs is None else runs) if r.text.strip()]
    lines = [_Line(row) for row in _across(set_lines(shown))]
    if runs is not None:
        return [bit for line in lines for part in line.columns if (bit := bit_of(part, page.number))]
    gaps = [a.base - b.base for a, b in pairwise(lines) if 0 < a.base - b.base < 3 * a.size]
    usual = median(gaps) if gaps else 0.0
    right = max((line.right for line in lines), default=0.0)
    out: list[Bit] = []
    for block in _blocks(lines):
        if any(len(line.columns) > 1 and not line.marked and not line.entry for line in block):
            _add_rows(out, block, page)
        else:
            out.extend(_pieces(block, page, usual, right))
    return out


def _across(rows: Sequence[list[Run]]) -> list[list[Run]]:
    """Rows of runs with what stands beside them on the same line, which may have been painted cell by cell."""
    out: list[list[Run]] = []
    for row in rows:
        base, left, right = row[0].base, min(r.left for r in row), max(r.right for r in row)
        for other in out[-8:]:
            level = abs(other[0].base - base) <= 0.25 * row[0].size
            if level and (left >= max(r.right for r in other) or right <= min(r.left for r in other)):
                other.extend(row)
                break
        else:
            out.append(list(row))
    return out


def _blocks(lines: Sequence[_Line]) -> list[list[_Line]]:
    """Lines by the gaps between them."""
    out: list[list[_Line]] = []
    for line in lines:
        before = out[-1][-1] if out else None
        if before is None or not -1 < before.base - line.base <= _LEADING * max(line.size, before.size):
            out.append([line])
        else:
            out[-1].append(line)
    return out


def _pieces(block: Sequence[_Line], page: Page, usual: float, right: float) -> list[Bit]:
    out: list[Bit] = []
    held: list[_Line] = []

    def flush() -> None:
        bit = bit_of([r for line in held for r in line.runs], page.number)
        if bit is not None:
            bit.kind = "item" if bit.bullet else "text"
            out.append(bit)
        held.clear()

    for line in block:
        if held and _parts(held[-1], line, usual, right):
            flush()
        held.append(line)
    flush()
    return out


def _parts(before: _Line, line: _Line, usual: float, right: float) -> bool:
    """Whether a line begins a piece of its own."""
    if line.marked or line.entry or before.entry or LABEL.match(line.text):
        return True
    if abs(line.size - before.size) > 0.5 or line.bold != before.bold:
        return True
    if usual and before.base - line.base > 1.35 * usual:
        return True
    # a line that leaves room for the next word was ended on purpose
    first = line.text.split(" ", 1)[0]
    room = right - before.right
    ended = terminated(before.text) or LABEL.match(before.text)
    return bool(ended) and room > (len(first) + 1) * 0.5 * line.size and not line.text[:1].islower()


def _add_rows(out: list[Bit], block: Sequence[_Line], page: Page) -> None:
    """The rows that the lines between two gaps are: one row, or one for each line that is set in columns."""
    # a row that begins with a small letter is the rest of one that wraps in more than one column
    starts = [i for i, line in enumerate(block) if len(line.columns) > 1 and not line.text[:1].islower()]
    starts = starts or [0]
    groups = [list(block[a:b]) for a, b in zip([0, *starts[1:]], [*starts[1:], len(block)], strict=True)]
    for group in groups:
        _add_row(out, group, page)


def _add_row(out: list[Bit], lines: Sequence[_Line], page: Page) -> None:
    wide = max(lines, key=lambda line: len(line.columns))
    lefts = [min(r.left for r in part) for part in wide.columns]
    cells: list[list[Run]] = [[] for _ in lefts]
    for line in lines:
        for part in line.columns:
            at = min(r.left for r in part)
            # a column holds what begins not left of it
            cells[max((i for i, left in enumerate(lefts) if at >= left - line.size), default=0)].extend(part)
    texts = [_text(cell) if cell else "" for cell in cells]
    runs = [r for line in lines for r in line.runs]
    if texts[0].endswith(":") and len(texts) == 2:
        bit = bit_of(runs, page.number)
        if bit is not None:
            bit.number, bit.bullet, bit.text = None, False, " ".join(texts)
            out.append(bit)
        return
    bit = bit_of(runs, page.number, "table")
    if bit is None:
        return
    bit.rows = [texts]
    before = out[-1] if out and out[-1].kind == "table" else None
    if before is None:
        out.append(bit)
        return
    width = max(len(before.rows[0]), len(texts))
    before.rows = [[*row, *[""] * (width - len(row))] for row in (*before.rows, texts)]
    before.text = f"{before.text} {bit.text}"
