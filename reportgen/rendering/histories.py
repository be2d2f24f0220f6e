"""What a history template gets: the history with names for its parts, tables whose sums hold, and its pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from reportgen.charts import GradeChart, band_charts, grade_charts, thread_charts
from reportgen.markup import slug
from reportgen.model import (
    GradePath,
    GradePoint,
    GradeStep,
    History,
    HistoryInspection,
    Thread,
    ThreadCandidate,
    ThreadCell,
)
from reportgen.model.history import CellState, ItemState, Label, TimelinessState
from reportgen.rendering.functions import month_and_year, point_grade

#: Labels of threads of which the last report says nothing.
_SILENT = ("not_comparable", "not_covered", "not_restated")


@dataclass(frozen=True, slots=True)
class Step:
    """A step between two judgements. ``way``: along a path, from another area that joined it, or split from one."""

    path: GradePath
    way: Literal["step", "joined", "split"]
    step: GradeStep
    before: GradePoint | None
    point: GradePoint

    @property
    def flag(self) -> str:
        """How far the two may be compared: ``same``, ``approximate``, ``not_comparable`` or ``none``."""
        return self.step.comparability or "none"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table of counts: a key, its numbers, and their sum."""

    key: str
    numbers: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.numbers)


@dataclass(frozen=True, slots=True)
class Counts:
    """A table of counts by row and column, with the sums of both; rows that hold nothing are left out."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def sums(self) -> tuple[int, ...]:
        """The sum of each column."""
        return tuple(sum(row.numbers[n] for row in self.rows) for n in range(len(self.columns)))

    @property
    def total(self) -> int:
        """The sum of all, the same by rows and by columns."""
        return sum(self.sums)


@dataclass(frozen=True, slots=True)
class GradeTable:
    """The judgements that a picture shows: for each path, in each column, its point, or its end, or nothing."""

    chart: GradeChart
    rows: tuple[tuple[GradePath, tuple[GradePoint | str | None, ...]], ...]


def history_context(history: History, labels: Mapping[str, Any]) -> dict[str, Any]:
    words = labels["history"]
    inspections = {i.id: i for i in history.inspections}
    names = names_of(history, labels)
    threads = {thread.id: thread for thread in history.threads}
    steps = tuple(steps_of(history))
    charts = grade_charts(history, words["charts"], names)
    stated = [i.id for i in history.inspections if history.summary.items.get(i.id)]
    cells = [i.id for i in history.inspections if history.summary.cells.get(i.id)]
    return {
        "history": history,
        "labels": labels,
        "names": names,
        "inspections": inspections,
        "threads": threads,
        "anchors": dict(zip(threads, _anchors(threads), strict=True)),
        "points": {(p.inspection, p.area): p for path in history.grade_paths for p in path.points if p.area},
        "charts": {
            "grades": tuple(GradeTable(chart, tuple(_grade_rows(chart))) for chart in charts),
            "threads": thread_charts(history, words["charts"], names),
            "bands": band_charts(history, words["charts"], names),
        },
        "timeline": timeline(history),
        "steps": steps,
        "counts": {
            "labels": counted(Counter(t.label for t in history.threads), get_args(Label)),
            "cells": _crossed(history.summary.cells, cells, get_args(CellState)),
            "items": _crossed(history.summary.items, stated, get_args(ItemState)),
            "steps": _steps_counted(steps),
            "stated": counted(Counter(str(t.times_stated) for t in history.threads)),
            "progress": counted(Counter(assessed(t) for t in history.threads), tuple(words["progress"]["assessed"])),
            "claims": counted(Counter(claimed(t) for t in history.threads)),
            "timeliness": counted(Counter(t.timeliness.state for t in history.threads), get_args(TimelinessState)),
            "baseline": counted(_baseline(history), get_args(CellState)),
        },
        "again": sorted((t for t in history.threads if t.times_stated > 1), key=lambda t: -t.times_stated),
        "passages": {t.id: sum(len(c.mentions) for c in _since_stated(t)) for t in history.threads},
        "overall": {p.id: _overall(p, labels, names) for p in history.grade_paths if p.overall},
        "claims_said": {
            "nothing": words["claims"]["nothing"],
            **words["claims"]["accepted"],
            **words["claims"]["action"],
        },
        "unknown": tuple(t for t in history.threads if t.label in _SILENT),
        "overdue": sorted((t for t in history.threads if t.overdue_days), key=lambda t: -(t.overdue_days or 0)),
        "candidates": candidates_of(history),
        "items": {(i.inspection, i.recommendation): i for t in history.threads for i in t.items},
    }


def names_of(history: History, labels: Mapping[str, Any]) -> dict[str, str]:
    """What each inspection is called: its month, with its id where several share one."""
    months = {i.id: month_and_year(i.when) for i in history.inspections}
    shared = Counter(months.values())
    form = labels["history"]["when_and"]
    return {id_: when if shared[when] == 1 else form.format(when=when, id=id_) for id_, when in months.items()}


def span_of(history: History) -> dict[str, str]:
    """The months of the first and the last inspection."""
    months = [month_and_year(i.when) for i in history.inspections]
    return {"first": months[0], "last": months[-1]} if months else {"first": "", "last": ""}


def _anchors(threads: Mapping[str, Thread]) -> Iterator[str]:
    taken: Counter[str] = Counter()
    for id_ in threads:
        name = f"thread-{slug(id_)}"
        taken[name] += 1
        yield name if taken[name] == 1 else f"{name}-{taken[name]}"


def timeline(history: History) -> tuple[tuple[str, HistoryInspection | None, Any], ...]:
    """(date, inspection, event) in order of time; a visit that the list of events tells of stands there once."""
    told = {event.inspection for event in history.events if event.inspection}
    by_id = {i.id: i for i in history.inspections}
    rows: list[tuple[str, HistoryInspection | None, Any]] = [
        (event.date, by_id.get(event.inspection or ""), event) for event in history.events
    ]
    rows += [(i.when, i, None) for i in history.inspections if i.id not in told]
    return tuple(sorted(rows, key=lambda row: (row[0], row[1].id if row[1] else "")))


def steps_of(history: History) -> Iterator[Step]:
    """Every step to a judgement of a path: from the one before it, from areas that joined it, from one that it left."""
    points = {(p.inspection, p.area): p for path in history.grade_paths for p in path.points if p.area}
    for path in history.grade_paths:
        if path.split_from is not None:
            step = path.split_from
            yield Step(path, "split", step, points.get((step.inspection, step.area)), path.points[0])
        for point in path.points:
            if point.step is not None:
                yield Step(path, "step", point.step, points.get((point.step.inspection, point.step.area)), point)
            for step in point.joined:
                yield Step(path, "joined", step, points.get((step.inspection, step.area)), point)


def _steps_counted(steps: Sequence[Step]) -> Counts:
    ways = ("step", "joined", "split")
    found: Counter[tuple[str, str]] = Counter((s.flag, s.way) for s in steps)
    keys = ("same", "approximate", "not_comparable", "none")
    return Counts(ways, tuple(row for k in keys if (row := Row(k, tuple(found[k, w] for w in ways))).total))


def counted(counts: Mapping[str, int], order: Sequence[str] = ()) -> Counts:
    """Counts of one column, in an order of keys; those that it does not name come behind, by themselves in order."""
    keys = [*order, *sorted((k for k in counts if k not in order), key=lambda k: (len(k), k))]
    return Counts(("",), tuple(Row(k, (counts[k],)) for k in keys if counts.get(k)))


def _since_stated(thread: Thread) -> Iterator[ThreadCell]:
    """The cells of a thread after the last that states it."""
    stated = [n for n, cell in enumerate(thread.cells) if cell.inspection == thread.last_stated]
    return iter(thread.cells[stated[-1] + 1 :] if stated else thread.cells)


def _overall(path: GradePath, labels: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """A path in one line, every step with how far it may be compared."""
    words = labels["history"]
    said = []
    graded = False
    for point in path.points:
        form = "overall_then" if graded and point.step and point.grade else "overall_at"
        flag = words["grades"]["flags"][(point.step and point.step.comparability) or "none"]
        grade, when = point_grade(point, labels), names[point.inspection]
        said.append(words["in_short"][form].format(grade=grade, when=when, flag=flag))
        if point.area:
            graded = point.grade is not None
    return str(words["in_short"]["between"]).join(said)


def _baseline(history: History) -> Mapping[str, int]:
    return Counter(row.state for row in history.baseline.rows) if history.baseline else {}


def _crossed(table: Mapping[str, Mapping[str, int]], columns: Sequence[str], order: Sequence[str]) -> Counts:
    rows = (Row(state, tuple(table.get(name, {}).get(state, 0) for name in columns)) for state in order)
    return Counts(tuple(columns), tuple(row for row in rows if row.total))


def _grade_rows(chart: GradeChart) -> Iterator[tuple[GradePath, tuple[GradePoint | str | None, ...]]]:
    for path in chart.paths:
        points = {p.inspection: p for p in path.points}
        ended = path.end.inspection if path.end else None
        yield path, tuple(points.get(i.id) or ("end" if i.id == ended else None) for i in chart.inspections)


def assessed(thread: Thread) -> str:
    """What the inspectorate assessed last of a thread; ``not_assessed`` where it said nothing."""
    return thread.progress[-1].assessed if thread.progress else "not_assessed"


def claimed(thread: Thread) -> str:
    """What the provider said last of a thread, its action before its answer; ``nothing`` where it said nothing."""
    if not thread.position:
        return "nothing"
    last = thread.position[-1]
    return last.action or last.accepted or "nothing"


def candidates_of(history: History) -> tuple[ThreadCandidate, ...]:
    """Every pair that a person should decide, once, the likeliest first."""
    found = {
        (c.inspection, c.recommendation, c.earlier_inspection, c.earlier_recommendation): c
        for thread in history.threads
        for cell in thread.cells
        for c in cell.candidates
    }
    return tuple(sorted(found.values(), key=lambda c: (-c.score, c.inspection, c.recommendation)))
