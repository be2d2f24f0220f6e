"""Bands of counts: for each inspection how many threads are in each state, to one measure, with their sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.charts.canvas import PAGE, SMALL, WIDTH, Canvas, Texture, count, measure, parts, wrap
from reportgen.document import Figure
from reportgen.model import History, HistoryInspection
from reportgen.model.history import CellState

_NAMED, _SUM = 110.0, 78.0
_BAR, _LINE = 20.0, 18.0
#: A texture for each state: dense where a recommendation is stated, thin where it is not.
TEXTURES: dict[CellState, Texture] = {
    "new": "solid",
    "carried_same": "grid",
    "carried_reworded": "rising",
    "split": "upright",
    "merged": "across",
    "recurred": "crossed",
    "needs_review": "dotted",
    "not_comparable": "falling",
    "not_covered": "dashed",
    "not_restated": "empty",
}


@dataclass(frozen=True, slots=True)
class BandChart:
    """A picture of the counts of some inspections; ``rows``: each with its counts by state, zeros left out."""

    figure: Figure
    rows: tuple[tuple[HistoryInspection, Mapping[str, int]], ...]


def band_charts(history: History, words: Mapping[str, Any], names: Mapping[str, str]) -> tuple[BandChart, ...]:
    """How many threads are in each state at each inspection that has any, as many to a picture as a page holds."""
    rows: list[tuple[HistoryInspection, Mapping[str, int]]] = []
    for i in history.inspections:
        counts: dict[str, int] = {s: n for s in TEXTURES if (n := history.summary.cells.get(i.id, {}).get(s, 0))}
        if counts:
            rows.append((i, counts))
    most = max((sum(counts.values()) for _, counts in rows), default=0)
    pages = parts(rows, int((PAGE - 40) // 84))
    return tuple(_chart(page, most, words, names, (n, len(pages))) for n, page in enumerate(pages, 1))


def _chart(
    rows: Sequence[tuple[HistoryInspection, Mapping[str, int]]], most: int, words: Mapping[str, Any],
    names: Mapping[str, str], of: tuple[int, int],
) -> BandChart:  # fmt: skip
    canvas = Canvas()
    said = words["bands"]
    room = WIDTH - _NAMED - _SUM
    y = 4.0
    for inspection, counts in rows:
        whole = sum(counts.values())
        canvas.lines(0, y + 13, wrap(names[inspection.id], _NAMED - 8, SMALL, most=2, bold=True), bold=True)
        x = _NAMED
        for state, texture in TEXTURES.items():
            if number := counts.get(state, 0):
                wide = room * number / most
                canvas.textured(x, y, wide, _BAR, texture)
                x += wide
        canvas.text(x + 8, y + 14, count(whole, said["sum"]), bold=True)
        y = _counted(canvas, y + _BAR + 13, counts, words) + 14
    title = said["title"].format(first=names[rows[0][0].id], last=names[rows[-1][0].id])
    if of[1] > 1:
        title = words["part"].format(title=title, part=of[0], parts=of[1])
    desc = said["desc"].format(
        bands=" ".join(
            said["band"].format(
                when=names[i.id],
                sum=count(sum(counts.values()), said["sum"]),
                states=words["between"].join(f"{words['states'][s]}: {counts[s]}" for s in TEXTURES if s in counts),
            )
            for i, counts in rows
        )
    )
    return BandChart(canvas.figure(title, desc, y), tuple(rows))


def _counted(canvas: Canvas, y: float, counts: Mapping[str, int], words: Mapping[str, Any]) -> float:
    """The number of each state beside its texture, in rows under the band; gives the foot of the last."""
    x = _NAMED
    for state, texture in TEXTURES.items():
        if number := counts.get(state, 0):
            text = words["bands"]["counted"].format(count=number, state=words["short"][state])
            need = 20 + measure(text, SMALL) + 14
            if x > _NAMED and x + need - 14 > WIDTH:
                x, y = _NAMED, y + _LINE
            canvas.textured(x, y - 7, 14, 11, texture)
            canvas.text(x + 20, y + 2.5, text)
            x += need
    return y + 6
