"""An untagged page, or what is painted outside the tags of a tagged one -> pieces, by where it stands.

A line is what shares a base line; lines make a piece until the gap, the type, the margin or a marker says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from reportgen.readers.marks import BULLET, NUMBER, terminated
from reportgen.readers.pdf.bits import Bit, bit_of, composed, main_size, set_lines
from reportgen.readers.pdf.pages import Page, Run

#: A gap between two runs of a line that is wider than this many sizes of type parts two columns.
_COLUMN = 2.5


class _Line:
    """A line of an untagged page."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = list(runs)
        self.size = main_size(self.runs)
        self.text = composed(self.runs, self.size)
        self.left = min(r.left for r in self.runs)
        self.right = max(r.right for r in self.runs)
        self.bottom = min(r.bottom for r in self.runs)
        self.top = max(r.top for r in self.runs)
        self.bold = all(r.bold for r in self.runs if r.text.strip())
        self.marked = bool(BULLET.match(self.text) or NUMBER.match(self.text))

    def columns(self) -> list[list[Run]]:
        """The runs parted where a wide gap stands between two of them; a marker belongs to what follows it."""
        parts: list[list[Run]] = [[]]
        for run in sorted((r for r in self.runs if r.text.strip()), key=lambda r: r.left):
            last = parts[-1]
            marker = len(parts) == 1 and _is_marker(last)
            if last and not marker and run.left - max(r.right for r in last) > _COLUMN * self.size:
                parts.append([run])
            else:
                last.append(run)
        return parts


def _is_marker(runs: Sequence[Run]) -> bool:
    text = "".join(r.text for r in runs).strip()
    return bool(text) and bool(BULLET.fullmatch(f"{text} x"[: len(text) + 1] + "x") or NUMBER.match(f"{text} x"))


def bits_of(page: Page, runs: Sequence[Run] | None = None) -> list[Bit]:
    """The pieces of a page, or of some runs of it, from top to bottom; some runs alone are not looked at as tables."""
    shown = [r for r in (page.runs if runs is None else runs) if r.text.strip()]
    lines = [_Line(row) for row in set_lines(shown)]
    gaps = [a.bottom - b.bottom for a, b in pairwise(lines) if 0 < a.bottom - b.bottom < 3 * a.size]
    usual = median(gaps) if gaps else 0.0
    right = max((line.right for line in lines), default=0.0)
    out: list[Bit] = []
    held: list[_Line] = []

    def flush() -> None:
        bit = bit_of([r for line in held for r in line.runs], page.number)
        if bit is not None:
            bit.kind = "item" if bit.bullet else "text"
            out.append(bit)
        held.clear()

    for line in lines:
        columns = line.columns()
        if len(columns) > 1 and not line.marked:
            flush()
            if runs is None:
                _add_row(out, columns, page, line)
            else:
                out.extend(bit for part in columns if (bit := bit_of(part, page.number)))
            continue
        if held and _parts(held, line, usual, right):
            flush()
        held.append(line)
    flush()
    return out


def _parts(held: Sequence[_Line], line: _Line, usual: float, right: float) -> bool:
    before = held[-1]
    if line.marked or abs(line.size - before.size) > 0.5 or line.bold != before.bold:
        return True
    if usual and before.bottom - line.bottom > 1.35 * usual:
        return True
    # a line that leaves room for the next word was ended on purpose
    first = line.text.split(" ", 1)[0]
    room = right - before.right
    return terminated(before.text) and room > (len(first) + 1) * 0.5 * line.size and not line.text[:1].islower()


def _add_row(out: list[Bit], columns: Sequence[Sequence[Run]], page: Page, line: _Line) -> None:
    cells = [composed(list(part), main_size(list(part))) for part in columns]
    if cells[0].endswith(":") and len(cells) == 2:
        bit = bit_of(line.runs, page.number)
        if bit is not None:
            bit.text = " ".join(cells)
            out.append(bit)
        return
    bit = bit_of(line.runs, page.number, "table")
    if bit is None:
        return
    bit.rows = [cells]
    before = out[-1] if out else None
    if (
        before is not None
        and before.kind == "table"
        and before.page == page.number
        and len(before.rows[0]) == len(cells)
    ):
        before.rows.append(cells)
        before.text = f"{before.text} {bit.text}"
    else:
        out.append(bit)
