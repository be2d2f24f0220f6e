"""What a template may use, by subject: the contexts, made from the data. docs/templates.md explains each name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NewType, TypedDict

from reportgen.comparing.in_short import in_short
from reportgen.errors import InputError, TemplateError
from reportgen.frameworks import area_of_title, in_language, load_framework
from reportgen.markup import escape, unmark
from reportgen.model import (
    Comparison,
    EarlierRecommendation,
    Framework,
    GradePoint,
    History,
    HistoryEvent,
    HistoryInspection,
    Inspection,
    Judgement,
    JudgementsHere,
    LaterRecommendation,
    Layout,
    Recommendation,
    RecommendationLink,
    RecommendationsHere,
    ScaleHere,
    Thread,
    ThreadItem,
)
from reportgen.rendering.functions import Label, long_date, number, told
from reportgen.rendering.histories import Counts, GradeTable, Step

#: The words of a language, as ``reportgen.labels`` gives them.
Labels = NewType("Labels", dict[str, Any])


class Parts(TypedDict):
    """Which parts the layout has to add to what a report prints."""

    glance: bool
    scale: bool
    recommendations: bool
    record: bool


class RegisterTable(TypedDict):
    """A register at the end: the columns that hold anything, and the rows."""

    columns: list[str]
    rows: list[list[str]]


class Register(TypedDict):
    """The registers at the end, by what they hold."""

    judgements: RegisterTable
    recommendations: RegisterTable
    chapters: RegisterTable
    facts: RegisterTable
    declarations: RegisterTable
    missing: RegisterTable
    corrections: RegisterTable


class Charts(TypedDict):
    """The pictures of a history, with the tables that say the same."""

    grades: tuple[GradeTable, ...]
    threads: tuple[Any, ...]
    bands: tuple[Any, ...]


class HistoryCounts(TypedDict):
    """The tables of counts of a history."""

    labels: Counts
    cells: Counts
    items: Counts
    steps: Counts
    stated: Counts
    progress: Counts
    claims: Counts
    timeliness: Counts
    baseline: Counts


#: What a template may use, by subject, with what each name holds; docs/templates.md explains them.
CONTEXT: dict[str, dict[str, Any]] = {
    "inspection": {
        "inspection": Inspection,
        "framework": Framework,
        "layout": Layout,
        "labels": Labels,
        "judgements": dict[str, Judgement],
        "recommendations": dict[str, Recommendation],
        "unplaced": list[Recommendation],
        "parts": Parts,
        "register": Register,
        "groups": list[tuple[str, str, list[Recommendation]]],
    },
    "comparison": {
        "comparison": Comparison,
        "earlier_framework": Framework,
        "later_framework": Framework,
        "labels": Labels,
        "links": dict[str, list[RecommendationLink]],
        "by_id": dict[str, EarlierRecommendation | LaterRecommendation],
        "in_short": str,
        "sensitivity": bool,
    },
    "history": {
        "history": History,
        "labels": Labels,
        "names": dict[str, str],
        "inspections": dict[str, HistoryInspection],
        "threads": dict[str, Thread],
        "items": dict[tuple[str, str], ThreadItem],
        "anchors": dict[str, str],
        "points": dict[tuple[str, str], GradePoint],
        "charts": Charts,
        "timeline": tuple[tuple[str, HistoryInspection | None, HistoryEvent | None], ...],
        "steps": tuple[Step, ...],
        "counts": HistoryCounts,
        "again": list[Thread],
        "unknown": tuple[Thread, ...],
        "passages": dict[str, int],
        "overall": dict[str, str],
        "claims_said": dict[str, str],
        "overdue": list[Thread],
        "candidates": tuple[Any, ...],
    },
}
#: What the page of a pack may use, whatever the subject.
PAGE: dict[str, Any] = {
    "title": str,
    "lang": str,
    "labels": Labels,
    "properties": dict[str, str],
    "style": str,
    "main": str,
    "running": str,
    "draft": str,
    "script": str,
}


def inspection_context(inspection: Inspection, framework: Framework, labels: Mapping[str, Any]) -> dict[str, Any]:
    framework = in_language(framework, labels)
    placed = {
        rid
        for s in inspection.sections
        for p in s.paragraphs
        if isinstance(p, RecommendationsHere)
        for rid in p.recommendations
    }
    entries = [p for s in inspection.sections for p in s.paragraphs]
    unplaced = [r for r in inspection.recommendations if r.id not in placed]
    has_table = any(isinstance(p, JudgementsHere) for p in entries)
    parts = {
        "glance": bool(inspection.judgements or inspection.recommendations),
        "scale": bool(inspection.scale_as_printed) and not any(isinstance(p, ScaleHere) for p in entries),
        "recommendations": bool(unplaced),
        "record": bool(inspection.sections and inspection.judgements) and not has_table,
    }
    return {
        "inspection": inspection,
        "framework": framework,
        "layout": framework.layout,
        "labels": labels,
        "judgements": {j.area: j for j in inspection.judgements},
        "recommendations": {r.id: r for r in inspection.recommendations},
        "unplaced": unplaced,
        "parts": parts,
        "groups": groups_of(inspection.recommendations, framework),
        "register": _register(inspection, framework, labels),
    }


def groups_of(
    recommendations: Sequence[Recommendation], framework: Framework
) -> list[tuple[str, str, list[Recommendation]]]:
    """(heading, addressee, recommendations) in printed order; the addressee is told only where there are several."""
    labels = {a.key: a.label for a in framework.recommendations.addressees}
    several = len({r.addressee for r in recommendations}) > 1
    groups: list[tuple[str, str, list[Recommendation]]] = []
    for recommendation in recommendations:
        key = recommendation.addressee if several else None
        heading, addressee = recommendation.heading or "", labels.get(key, key) if key else ""
        if not groups or groups[-1][:2] != (heading, addressee):
            groups.append((heading, addressee, []))
        groups[-1][2].append(recommendation)
    return groups


def _register(inspection: Inspection, framework: Framework, labels: Mapping[str, Any]) -> dict[str, Any]:
    """The registers at the end, as interpret/ours.py reads them back: columns that hold nothing are left out."""
    made: dict[str, Any] = {}
    for name, rows in _register_rows(inspection, framework, labels).items():
        held = [i for i, column in enumerate(zip(*rows, strict=True)) if i == 0 or any(column)]
        columns = labels["about"][name]["columns"]
        made[name] = {"columns": [columns[i] for i in held], "rows": [[row[i] for i in held] for row in rows]}
    return made


def _register_rows(
    inspection: Inspection, framework: Framework, labels: Mapping[str, Any]
) -> dict[str, list[tuple[str, ...]]]:
    rules = framework.recommendations
    kinds = {k.key: k.label for k in rules.kinds}
    bands = {b.key: b.labels[0] for b in rules.bands}
    addressees = {a.key: a.label for a in rules.addressees}
    areas = {a.key: a.label for a in framework.areas}
    about = labels["about"]
    return {
        "judgements": [_judgement_row(j, labels) for j in inspection.judgements],
        "recommendations": [
            (
                r.id,
                r.number or "",
                r.heading or "",
                escape(" ".join(unmark(r.text).split()[:8])),
                Label(bands.get(r.timescale or "", r.timescale or ""), framework.lang),
                Label(kinds.get(r.kind, r.kind), framework.lang),
                Label(addressees.get(r.addressee or "", r.addressee or ""), framework.lang),
                r.responsible or "",
                Label("; ".join(areas.get(a, a) for a in r.areas), framework.lang),
            )
            for r in inspection.recommendations
        ],
        "chapters": list(_chapters(inspection, framework)),
        "facts": [
            (
                f.label or f.key,
                number(f.value),
                f.unit,
                Label(about["facts"]["approximate" if f.approximate else "exact"]),
            )
            for f in inspection.facts
        ],
        "declarations": [
            (
                Label(about["declarations"]["about"][d.about]),
                d.text,
                d.grade or "",
                d.date or "",
                d.recommendation or "",
            )
            for d in inspection.declarations
        ],
        "missing": [
            (Label(about["missing"]["fields"].get(name, name)), Label(labels["missing"][reason]))
            for name, reason in inspection.missing.items()
        ],
        "corrections": [
            (c.field, told(c.was), told(c.now), c.by, Label(long_date(c.on))) for c in inspection.corrections
        ],
    }


def _judgement_row(judgement: Judgement, labels: Mapping[str, Any]) -> tuple[str, ...]:
    grade = judgement.grade or (Label(labels["missing"][judgement.missing]) if judgement.missing else "")
    also = ", ".join(c.value for c in judgement.conflicts)
    return judgement.area, judgement.label, judgement.printed or "", grade, also


def _chapters(inspection: Inspection, framework: Framework) -> Iterator[tuple[str, str]]:
    """Sections whose area their title does not tell, with all others of the same title."""
    odd = {s.title for s in inspection.sections if s.area != area_of_title(framework, unmark(s.title))}
    for section in inspection.sections:
        if section.title in odd:
            yield section.title, section.area or ""


def comparison_context(comparison: Comparison, labels: Mapping[str, Any]) -> dict[str, Any]:
    changes = comparison.recommendations
    links: dict[str, list[Any]] = {}
    for link in changes.links:
        links.setdefault(f"earlier:{link.earlier}", []).append(link)
        links.setdefault(f"later:{link.later}", []).append(link)
    try:
        frameworks = (
            load_framework(comparison.earlier_inspection.framework),
            load_framework(comparison.later_inspection.framework),
        )
    except InputError as error:
        raise TemplateError("RG407", error.message, hint="check the framework keys") from None
    return {
        "comparison": comparison,
        "earlier_framework": frameworks[0],
        "later_framework": frameworks[1],
        "labels": labels,
        "in_short": comparison.in_short if labels["lang"] == "en-GB" else in_short(comparison, labels["lang"]),
        "links": links,
        "by_id": {
            **{f"earlier:{r.id}": r for r in changes.earlier},
            **{f"later:{r.id}": r for r in changes.later},
        },
    }
