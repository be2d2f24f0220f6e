"""What a Word shell can print anywhere: short texts by name, and the parts of a report that its anchors can name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportgen.comparing.in_short import when
from reportgen.markup import unmark
from reportgen.model import Comparison, Framework, History, Inspection
from reportgen.rendering.functions import date_range, long_date, month_and_year

#: The names of all fields; docs/templates.md explains each. Every document has them all, so that one shell serves every
#: kind; one that has nothing to say is empty.
FIELDS = (
    "title",
    "running_title",
    "kind",
    "provider",
    "provider_short",
    "inspected",
    "published",
    "lead_inspector",
    "inspectorate",
    "framework",
    "type",
    "theme",
    "age_group",
    "status",
    "id",
    "earlier",
    "later",
)
#: The parts that anchors can name, by subject: the sections of the standard pack, and its table of contents.
ANCHORS: dict[str, tuple[str, ...]] = {
    "inspection": (
        "cover",
        "contents",
        "glance",
        "judgements",
        "recommendations",
        "chapter",
        "record",
        "notes",
        "about",
    ),
    "comparison": (
        "cover",
        "contents",
        "short",
        "judgements",
        "recommendations",
        "text",
        "facts",
        "other",
        "notices",
        "about",
    ),
    "history": (
        "cover",
        "contents",
        "short",
        "timeline",
        "grades",
        "again",
        "unknown",
        "progress",
        "claims",
        "time",
        "baseline",
        "decide",
        "threads",
        "past",
        "notices",
        "about",
    ),
}


def inspection_fields(
    inspection: Inspection, framework: Framework, labels: Mapping[str, Any], running: str
) -> tuple[tuple[str, str], ...]:
    """The fields of an inspection; ``running`` is its title as heads and feet show it."""
    people = (p.name + (f", {p.title}" if p.title else "") for p in inspection.lead_inspectors)
    kinds = {t.key: t.label for t in framework.types}
    return _fields(
        title=unmark(inspection.title),
        running_title=running,
        kind="inspection",
        provider=unmark(inspection.provider.name),
        provider_short=unmark(inspection.provider.short_name or inspection.provider.name),
        inspected=date_range(inspection.inspected, framework.layout.date_style),
        published=long_date(inspection.published.date) if inspection.published else "",
        lead_inspector="; ".join(people),
        inspectorate=framework.body,
        framework=framework.title,
        type=kinds.get(inspection.type or "", inspection.type or ""),
        theme=unmark(inspection.theme or ""),
        age_group=unmark(inspection.age_group or ""),
        status=labels["draft_mark"] if inspection.status == "draft" else "",
        id=inspection.id,
    )


def comparison_fields(
    comparison: Comparison, frameworks: tuple[Framework, Framework], labels: Mapping[str, Any], running: str
) -> tuple[tuple[str, str], ...]:
    """The fields of a comparison: those of its later inspection, but for its title, id and what both sides give."""
    one, two = comparison.earlier_inspection, comparison.later_inspection
    titles = dict.fromkeys(framework.title for framework in frameworks)
    return _fields(
        title=running,
        running_title=running,
        kind="comparison",
        provider=unmark(two.provider.name),
        provider_short=unmark(two.provider.short_name or two.provider.name),
        inspected=date_range(two.inspected, frameworks[1].layout.date_style),
        published=long_date(two.published.date) if two.published else "",
        inspectorate="; ".join(dict.fromkeys(framework.body for framework in frameworks)),
        framework="; ".join(titles),
        status=labels["draft_mark"] if "draft" in (one.status, two.status) else "",
        id=f"{one.id}--{two.id}",
        earlier=when(one, labels["lang"]),
        later=when(two, labels["lang"]),
    )


def history_fields(history: History, labels: Mapping[str, Any], running: str) -> tuple[tuple[str, str], ...]:
    """The fields of a history: what all its inspections share or give, and the months of the first and the last."""
    months = [month_and_year(i.when) for i in history.inspections]
    return _fields(
        title=running,
        running_title=running,
        kind="history",
        provider=unmark(history.provider.name),
        provider_short=unmark(history.provider.short_name or history.provider.name),
        published=long_date(history.as_of),
        inspectorate="; ".join(dict.fromkeys(i.body for i in history.inspections)),
        framework="; ".join(dict.fromkeys(i.framework_title for i in history.inspections)),
        status=labels["draft_mark"] if "draft" in {i.status for i in history.inspections} else "",
        id="--".join(dict.fromkeys((history.inspections[0].id, history.inspections[-1].id))) if months else "",
        earlier=months[0] if months else "",
        later=months[-1] if months else "",
    )


def _fields(**known: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, known.get(name, "")) for name in FIELDS)
