"""Threads: one row a thread, one column an inspection, the state in each cell as a form and in a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.charts.canvas import PAGE, SMALL, WIDTH, Canvas, Sample, count, parts, wrap
from reportgen.document import Figure
from reportgen.markup import unmark
from reportgen.model import History, HistoryInspection, Thread, ThreadCell
from reportgen.model.history import CellState

#: Inspections in one picture: more columns would be narrower than the words in them.
MOST_INSPECTIONS = 6
_NAMED = 212.0
_HEAD, _ROW = 40.0, 40.0
_FOOT = 66.0
#: The states in which a thread is stated.
STATED: tuple[CellState, ...] = ("new", "carried_same", "carried_reworded", "split", "merged", "recurred")


@dataclass(frozen=True, slots=True)
class ThreadChart:
    """A picture of some threads at some inspections of a line; ``rows``: each with its cells, None before it began."""

    figure: Figure
    line: str
    inspections: tuple[HistoryInspection, ...]
    rows: tuple[tuple[Thread, tuple[ThreadCell | None, ...]], ...]


def thread_charts(history: History, words: Mapping[str, Any], names: Mapping[str, str]) -> tuple[ThreadChart, ...]:
    """The threads of every line in their order, as many to a picture as a page holds.

    Args:
        history: The history.
        words: The words for pictures, ``labels.history.charts``.
        names: What each inspection is called, by its id.

    Returns:
        Every cell of every thread in exactly one picture; none where there are no threads.
    """
    drawn: list[tuple[str, tuple[HistoryInspection, ...], tuple[Thread, ...]]] = []
    for line in dict.fromkeys(thread.line for thread in history.threads):
        threads = [t for t in history.threads if t.line == line]
        met = {cell.inspection for t in threads for cell in t.cells}
        for window in parts([i for i in history.inspections if i.id in met], MOST_INSPECTIONS):
            ids = {i.id for i in window}
            known = [t for t in threads if any(cell.inspection in ids for cell in t.cells)]
            drawn += [(line, window, page) for page in parts(known, int((PAGE - _HEAD - _FOOT) // _ROW))]
    return tuple(_chart(*each, words, names, (n, len(drawn))) for n, each in enumerate(drawn, 1))


def _chart(
    line: str, window: tuple[HistoryInspection, ...], threads: Sequence[Thread], words: Mapping[str, Any],
    names: Mapping[str, str], of: tuple[int, int],
) -> ThreadChart:  # fmt: skip
    met = {cell.inspection for thread in threads for cell in thread.cells}
    window = tuple(i for i in window if i.id in met)
    rows = []
    for thread in threads:
        known = {cell.inspection: cell for cell in thread.cells}
        rows.append((thread, tuple(known.get(i.id) for i in window)))
    canvas = Canvas()
    step = (WIDTH - _NAMED) / len(window)
    # a few columns stand no further apart than they have to
    step = min(step, 120.0)
    columns = [_NAMED + step * (n + 0.5) for n in range(len(window))]
    for x, i in zip(columns, window, strict=True):
        lines = wrap(names[i.id], step - 4, SMALL, most=2, bold=True)
        canvas.lines(x, _HEAD - 12 - (len(lines) - 1) * SMALL * 1.15, lines, anchor="middle", bold=True)
    canvas.line(0, _HEAD - 4, _NAMED + step * len(window), _HEAD - 4, width=1)
    y = _HEAD
    for thread, cells in rows:
        _row(canvas, y, thread, cells, columns, step, words, names)
        y += _ROW
        canvas.line(0, y - 2, _NAMED + step * len(window), y - 2, width=1, faint=True)
    seen = {cell.state for _, cells in rows for cell in cells if cell}
    forms: list[tuple[Sample, float, str]] = [
        (_sample(canvas, state), 18, str(words["states"][state])) for state in words["states"] if state in seen
    ]
    if any(cell.into for _, cells in rows for cell in cells if cell):
        forms.append((lambda x, y: _onward(canvas, x - 9, y), 18, str(words["threads"]["onward"])))
    y = canvas.key(y + 16, forms)
    said = words["threads"]
    title = said["title"].format(first=names[window[0].id], last=names[window[-1].id])
    if of[1] > 1:
        title = words["part"].format(title=title, part=of[0], parts=of[1])
    last = [cells[-1] for _, cells in rows if cells[-1] is not None]
    desc = said["desc"].format(
        threads=count(len(rows), said["count"]),
        inspections=count(len(window), words["inspections"]),
        when=names[window[-1].id],
        states=words["between"].join(
            f"{words['states'][state]}: {found}"
            for state in words["states"]
            if (found := sum(cell.state == state for cell in last))
        ),
    )
    return ThreadChart(canvas.figure(title, desc, y + 4), line, window, tuple(rows))


def _row(
    canvas: Canvas, y: float, thread: Thread, cells: Sequence[ThreadCell | None], columns: Sequence[float],
    step: float, words: Mapping[str, Any], names: Mapping[str, str],
) -> None:  # fmt: skip
    first = thread.items[0]
    inspection, _, name = thread.id.rpartition(":")
    when = names.get(inspection, inspection)
    lines = wrap(unmark(first.text), _NAMED - 12, SMALL, most=2)
    canvas.text(0, y + 10, words["threads"]["name"].format(id=name, when=when), size=SMALL, soft=True)
    canvas.lines(0, y + 10 + SMALL * 1.2, lines)
    middle = y + 12.0
    before: float | None = None
    for cell, x in zip(cells, columns, strict=True):
        if cell is None:
            continue
        if before is not None:
            stated = cell.state in STATED
            canvas.line(before + 9, middle, x - 9, middle, width=1.5 if stated else 1, dash=None if stated else "1 3")
        before = x
    for cell, x in zip(cells, columns, strict=True):
        if cell is None:
            continue
        mark(canvas, x, middle, cell.state)
        if cell.into:
            _onward(canvas, x, middle)
        said = str(words["short"][cell.state])
        if cell.items:
            said = words["threads"]["cell"].format(state=said, items=words["between"].join(cell.items))
        lines = wrap(said, step - 4, SMALL, most=1)
        canvas.lines(x, y + 32, lines, anchor="middle")


def _onward(canvas: Canvas, x: float, y: float) -> None:
    """An arrow out of a row: another thread goes on with a part of it."""
    canvas.line(x + 9, y, x + 18, y, width=1.5)
    canvas.shape([(x + 18, y - 4), (x + 25, y), (x + 18, y + 4)], filled=True, width=1)


def _sample(canvas: Canvas, state: CellState) -> Sample:
    return lambda x, y: mark(canvas, x + 9, y, state)


def mark(canvas: Canvas, x: float, y: float, state: CellState) -> None:
    """The form of a state, about its middle: filled where the recommendation is stated, empty where it is not."""
    match state:
        case "new":
            canvas.ring(x, y, 6.5, filled=True)
        case "carried_same":
            canvas.box(x - 6, y - 6, 12, 12, filled=True)
        case "carried_reworded":
            canvas.box(x - 6, y - 6, 12, 12)
            canvas.shape([(x - 6, y + 6), (x + 6, y - 6), (x + 6, y + 6)], filled=True, width=1)
        case "split":
            canvas.shape([(x - 7, y), (x + 6, y - 7), (x + 6, y + 7)], filled=True)
        case "merged":
            canvas.shape([(x + 7, y), (x - 6, y - 7), (x - 6, y + 7)], filled=True)
        case "recurred":
            canvas.ring(x, y, 7.5)
            canvas.ring(x, y, 3.5, filled=True)
        case "needs_review":
            canvas.shape([(x, y - 8.5), (x + 8.5, y), (x, y + 8.5), (x - 8.5, y)], filled=False)
            canvas.text(x, y + 4, "?", anchor="middle", bold=True)
        case "not_comparable":
            canvas.box(x - 8, y - 7, 16, 14, dash="2 2")
            canvas.text(x, y + 4, "≠", size=12, anchor="middle", bold=True)
        case "not_covered":
            canvas.ring(x, y, 6.5, dash="2 2")
            canvas.line(x - 3, y, x + 3, y)
        case "not_restated":
            canvas.ring(x, y, 6.5)
