"""Inspections and histories → tidy tables for analysts. ``tables.yaml`` says what each table and column holds.

Rows come one provider at a time, so that a large collection needs the memory of its largest provider, but for the
tables that are one row a provider or count over all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from reportgen import data_files
from reportgen.comparing import units
from reportgen.model import Evidence, GradePath, History, Inspection, Thread

__all__ = ["Column", "Counting", "Row", "Table", "rows_of", "tables"]

#: A row by the names of its columns; what is not there is empty.
Row = dict[str, Any]
_UNKNOWN = ("unreadable", "not_published", "withheld", "not_inspected")


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``about``: what it holds, and in which unit."""

    name: str
    type: Literal["text", "integer", "number", "date", "boolean"]
    about: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what a row of it is, which columns tell rows apart, and all columns in order."""

    name: str
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def cells(self, row: Row) -> tuple[Any, ...]:
        """The values of a row in the order of the columns."""
        unknown = row.keys() - {c.name for c in self.columns}
        assert not unknown, (self.name, unknown)
        return tuple(row.get(c.name) for c in self.columns)


@cache
def tables() -> dict[str, Table]:
    """All tables by name, in the order in which they are written."""
    text = (files("reportgen") / "tables" / "tables.yaml").read_bytes()
    plain = data_files.plain(text, name="tables.yaml")
    assert isinstance(plain, dict)
    return {
        name: Table(
            name,
            said["about"],
            tuple(said["key"]),
            tuple(Column(column, *about) for column, about in said["columns"].items()),
        )
        for name, said in plain.items()
    }


@dataclass(slots=True)
class Counting:
    """What is counted over all providers."""

    transitions: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def rows(self) -> Iterator[tuple[str, Row]]:
        """The rows of the tables that count, to be written last."""
        names = [c.name for c in tables()["transitions"].columns if c.name != "count"]
        for key, count in sorted(self.transitions.items()):
            yield "transitions", dict(zip(names, key, strict=True)) | {"count": count}


def rows_of(
    provider: str, inspections: Sequence[Inspection], history: History, counting: Counting
) -> Iterator[tuple[str, Row]]:
    """Every row of one provider, each with the name of its table.

    Args:
        provider: its key.
        inspections: its inspections.
        history: their history.
        counting: what is counted over all providers; the transitions of this one are added.
    """
    who = history.provider
    ids = "; ".join(f"{name}={number}" for name, number in sorted(who.ids.items()))
    yield (
        "providers",
        {"provider": provider, "name": who.name, "short_name": who.short_name, "kind": who.kind, "ids": ids or None},
    )
    by_id = {i.id: i for i in inspections}
    ordered = [by_id[i.id] for i in history.inspections]
    for about, inspection in zip(history.inspections, ordered, strict=True):
        yield "inspections", _inspection(provider, about, inspection)
        yield from _judgements(inspection, history)
        yield from _texts(inspection)
    for path in history.grade_paths:
        yield from _steps(provider, path)
    for thread in history.threads:
        yield from _thread(provider, thread, history)
    for n, event in enumerate(history.events, 1):
        yield "events", {"provider": provider, "position": n, **event.model_dump()}
    said = [(i.id, notice) for i in ordered for notice in i.notices] + [(None, notice) for notice in history.notices]
    for n, (of, notice) in enumerate(said, 1):
        row = {"code": notice.code, "level": notice.level, "field": notice.field, "message": notice.message}
        yield "notices", {"provider": provider, "position": n, "inspection": of, **row}
    yield from _latest(provider, history)
    yield "summary", _summary(provider, history)
    counting.transitions.update(_transitions(history))


def _inspection(provider: str, about: Any, i: Inspection) -> Row:
    missing = i.missing
    return {
        "inspection": i.id,
        "provider": provider,
        "framework": i.framework,
        "line": about.line,
        "graded": about.graded,
        "type": i.type,
        "title": i.title,
        "theme": i.theme,
        "status": i.status,
        "wording": i.wording,
        "started": i.inspected[0].start if i.inspected else None,
        "ended": i.inspected[-1].end if i.inspected else None,
        "inspected_missing": missing.get("inspected"),
        "published": i.published.date if i.published else None,
        "published_basis": i.published.basis if i.published else None,
        "published_missing": missing.get("published"),
        "lead_inspectors": _joined(p.name for p in i.lead_inspectors),
        "lead_inspectors_missing": missing.get("lead_inspectors"),
        "previous": about.previous,
        "recommendations": len(i.recommendations),
        "recommendations_missing": missing.get("recommendations"),
        "source_file": i.source.file if i.source else None,
        "source_sha256": i.source.sha256 if i.source else None,
    }


def _joined(values: Iterable[str]) -> str | None:
    return "; ".join(values) or None


def _place(evidence: Sequence[Evidence]) -> Row:
    if not evidence:
        return {}
    return {"page": evidence[0].page, "paragraph": evidence[0].paragraph}


def _judgements(i: Inspection, history: History) -> Iterator[tuple[str, Row]]:
    points = {p.area: p for path in history.grade_paths for p in path.points if p.inspection == i.id and p.area}
    for j in i.judgements:
        point = points.get(j.area)
        row: Row = {"inspection": i.id, "area": j.area, "label": j.label, "grade": j.grade, "grade_missing": j.missing}
        row |= {"printed": j.printed, "rank": point.rank if point else None, "ranks": point.ranks if point else None}
        yield "judgements", row | _place(j.evidence)


def _texts(i: Inspection) -> Iterator[tuple[str, Row]]:
    for n, unit in enumerate(units(i), 1):
        row: Row = {
            "inspection": i.id,
            "position": n,
            "kind": unit.kind,
            "section": unit.section,
            "number": unit.number,
        }
        yield "paragraphs", row | {"text": unit.text, "page": unit.evidence[0].page if unit.evidence else None}
    for n, fact in enumerate(i.facts, 1):
        row = {"inspection": i.id, "position": n, "fact": fact.key, "label": fact.label, "value": fact.value}
        yield "facts", row | {"unit": fact.unit, "approximate": fact.approximate} | _place(fact.evidence)


def _steps(provider: str, path: GradePath) -> Iterator[tuple[str, Row]]:
    for point in path.points:
        along = [("along", point.step)] if point.step else []
        for kind, step in (*along, *(("joined", s) for s in point.joined)):
            row: Row = {"path": path.id, "provider": provider, "inspection": point.inspection, "area": point.area}
            row |= {"earlier_inspection": step.inspection, "earlier_area": step.area, "kind": kind}
            row |= {
                "change": step.change,
                "steps": step.steps,
                "comparability": step.comparability,
                "reason": step.reason,
            }
            yield "steps", row


def _thread(provider: str, t: Thread, history: History) -> Iterator[tuple[str, Row]]:
    for item in t.items:
        row: Row = {"inspection": item.inspection, "recommendation": item.recommendation, "thread": t.id}
        for name in ("number", "text", "text_sha", "kind", "heading", "timescale", "addressee", "state"):
            row[name] = getattr(item, name)
        yield "recommendations", row | {"areas": _joined(item.areas)} | _place(item.evidence)
        for link in (item.link, *item.also):
            if link is not None:
                ends = {"earlier_inspection": link.inspection, "earlier_recommendation": link.recommendation}
                row = {"inspection": item.inspection, "recommendation": item.recommendation, **ends}
                for name in ("basis", "confidence", "precision", "score", "relation", "gap"):
                    row[name] = getattr(link, name)
                yield "links", row | {"main": link is item.link}
    row = {"thread": t.id, "provider": provider, "timeliness": t.timeliness.state, "as_of": history.as_of}
    for name in (
        "line",
        "label",
        "first_stated",
        "last_stated",
        "times_stated",
        "years_open",
        "confidence",
        "due",
        "overdue_days",
    ):
        row[name] = getattr(t, name)
    position = t.position[-1] if t.position else None
    row |= {
        "topics": _joined(t.topics),
        "assessed": t.progress[-1].assessed if t.progress else None,
        "position": _joined(p for p in (position.accepted, position.action) if p) if position else None,
        "closure": t.closure.state if t.closure else None,
    }
    yield "threads", row
    for cell in t.cells:
        row = {"thread": t.id, "inspection": cell.inspection, "state": cell.state, "confidence": cell.confidence}
        yield "cells", row | {"items": _joined(cell.items), "into": _joined(cell.into)}


def _last_graded(history: History) -> Any:
    """The latest inspection with a judgement; None where there is none."""
    judged = {p.inspection for path in history.grade_paths for p in path.points if p.area}
    return next((i for i in reversed(history.inspections) if i.id in judged), None)


def _latest(provider: str, history: History) -> Iterator[tuple[str, Row]]:
    last = _last_graded(history)
    for path in history.grade_paths:
        point = path.points[-1]
        if last is None or point.inspection != last.id:
            continue
        before = next((p for p in reversed(path.points[:-1]) if p.area), None)
        row = {"provider": provider, "path": path.id, "area": path.area, "overall": path.overall}
        row |= {"inspection": point.inspection, "grade": point.grade, "grade_missing": point.missing}
        row |= {"printed": point.printed, "previous_inspection": before.inspection if before else None}
        row |= {"previous_grade": before.grade if before else None}
        row |= {"direction": point.step.change if point.step else None}
        yield "latest", row | {"comparability": point.step.comparability if point.step else None}


def _summary(provider: str, history: History) -> Row:
    last = _last_graded(history)
    visits = [i.id for i in history.inspections if not i.graded]
    overall = next((p for p in history.grade_paths if p.overall and last and p.points[-1].inspection == last.id), None)
    point = overall.points[-1] if overall else None
    before = next((p for p in reversed(overall.points[:-1]) if p.area), None) if overall else None
    row: Row = {
        "provider": provider,
        "name": history.provider.name,
        "last_visit": visits[-1] if visits else None,
        "inspections": history.summary.inspections,
        "visits": history.summary.visits,
        "threads": len(history.threads),
        "overdue": sum(t.timeliness.state == "overdue" for t in history.threads),
        "overall": (point.printed or point.grade_label) if point else None,
        "overall_missing": point.missing if point else "not_in_framework" if last else None,
        "overall_previous": (before.printed or before.grade_label) if before else None,
        "overall_direction": point.step.change if point and point.step else None,
        "overall_comparability": point.step.comparability if point and point.step else None,
    }
    if last is not None:
        row |= {"latest": last.id, "framework": last.framework, "type": last.type}
        row |= {"started": last.inspected[0].start if last.inspected else None}
        row |= {"published": last.published.date if last.published else None}
        row |= {"lead_inspectors": _joined(p.name for p in last.lead_inspectors)}
    return row | {kind: sum(record_of(t) == kind for t in history.threads) for kind in _RECORDS}


_RECORDS = ("open_stated", "open_not_stated", "open_undecided", "closed")


def record_of(thread: Thread) -> str:
    """How the summary counts a thread: each in exactly one of four."""
    if thread.closure is not None and thread.closure.state != "open":
        return "closed"
    state = thread.cells[-1].state
    if state == "needs_review":
        return "open_undecided"
    return "open_not_stated" if state in ("not_restated", "not_covered", "not_comparable") else "open_stated"


def _transitions(history: History) -> Iterator[tuple[str, ...]]:
    frameworks = {i.id: i.framework for i in history.inspections}
    points = {(p.inspection, p.area): p for path in history.grade_paths for p in path.points if p.area}
    seen: set[tuple[str, ...]] = set()
    for path in history.grade_paths:
        for point in path.points:
            step = point.step
            if step is None or point.area is None:
                continue
            # a joint judgement stands on several paths; from one judgement to another is one transition
            ends = (step.inspection, step.area, point.inspection, point.area)
            if ends in seen:
                continue
            seen.add(ends)
            before = points[step.inspection, step.area]
            yield (
                frameworks[step.inspection],
                frameworks[point.inspection],
                step.area,
                point.area,
                before.grade or f"({before.missing})",
                point.grade or f"({point.missing})",
                step.change,
                step.comparability or "",
            )
