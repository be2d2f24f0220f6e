"""What people and dates add to a thread: progress, the provider's position, closure, due dates, its one label.

The axes stay apart: none writes another but by a rule that stands here. Nothing here looks at a clock: ``as_of`` is an
argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from reportgen.history.series import Series
from reportgen.history.threads import Made, Node, thread_id
from reportgen.model import (
    Closure,
    Decisions,
    Due,
    Position,
    Progress,
    Thread,
    ThreadProgress,
    Timeliness,
)
from reportgen.model.history import Label

_Entry = TypeVar("_Entry", Progress, Position, Closure, Due)
_DAYS_A_YEAR = 365.25


def finished(
    series: Series,
    threads: Sequence[Made],
    decisions: Decisions | None,
    met: Mapping[str, tuple[str, str]],
    as_of: date | None,
) -> tuple[Thread, ...]:
    """Threads with all their axes.

    Args:
        series: The inspections.
        threads: Their threads.
        decisions: What people decided; None: nothing.
        met: The recommendation that each entry of it is about, by the path of the reference.
        as_of: The day on which things are due or overdue; None: nothing is said of that.
    """
    by_node: dict[str, dict[Node, list[tuple[int, Progress | Position | Closure | Due]]]] = {}
    for kind in ("progress", "position", "closure", "due"):
        of_kind = by_node.setdefault(kind, {})
        for n, entry in enumerate(getattr(decisions, kind) if decisions else ()):
            if (ends := met.get(f"{kind}[{n}].recommendation")) is not None:
                of_kind.setdefault(Node(*ends), []).append((n, entry))
    return tuple(_finished(series, made, by_node, as_of) for made in threads)


def _entries(made: Made, of_kind: Mapping[Node, list[tuple[int, _Entry]]]) -> list[_Entry]:
    """The entries about any recommendation of a thread, in the order of the file."""
    found = [x for item in made.items for x in of_kind.get(Node(item.inspection, item.recommendation), ())]
    return [entry for _, entry in sorted(found, key=lambda x: x[0])]


def _finished(series: Series, made: Made, by_node: Mapping[str, Mapping[Node, list]], as_of: date | None) -> Thread:  # type: ignore[type-arg]
    progress: list[Progress] = _entries(made, by_node["progress"])
    position: list[Position] = sorted(_entries(made, by_node["position"]), key=lambda p: p.on)
    closures: list[Closure] = sorted(_entries(made, by_node["closure"]), key=lambda c: c.on)
    dues: list[Due] = sorted(_entries(made, by_node["due"]), key=lambda d: d.set_on)
    closure = closures[-1] if closures else None
    first, last = made.items[0], made.items[-1]
    stated = list(dict.fromkeys(item.inspection for item in made.items))
    line = series.by_id[first.inspection].line
    timeliness = _timeliness(series, made, progress, closure, dues, as_of)
    links = [item.link for item in made.items[1:] if item.link is not None]
    confidences = ("possible", "likely", "strong", "certain")
    return Thread(
        id=thread_id(Node(first.inspection, first.recommendation)),
        line=line,
        label=_label(made, closure),
        first_stated=first.inspection,
        last_stated=last.inspection,
        times_stated=len(stated),
        spanned=_spanned(series, line, first.inspection, last.inspection),
        years_open=_years(series, first.inspection, closure, as_of),
        confidence=min((link.confidence for link in links), key=confidences.index, default=None),
        items=made.items,
        cells=made.cells,
        cut_from=made.cut_from,
        topics=made.topics,
        progress=tuple(ThreadProgress(**p.model_dump()) for p in progress),
        position=tuple(position),
        closure=closure,
        closures=tuple(closures),
        due=timeliness.due,
        overdue_days=timeliness.overdue_days,
        timeliness=timeliness,
    )


def is_open(closure: Closure | None) -> bool:
    """Whether a record is open: nobody closed it, or somebody opened it again."""
    return closure is None or closure.state == "open"


def _spanned(series: Series, line: str, first: str, last: str) -> int:
    place = series.place
    return sum(
        place[first] <= place[s.id] <= place[last]
        for s in series.lines[line]
        if s.recommends and (s.graded or s.id in (first, last))
    )


def _years(series: Series, first: str, closure: Closure | None, as_of: date | None) -> float | None:
    begun = _day(series, first)
    until = closure.on if closure is not None and not is_open(closure) else as_of
    return round((until - begun).days / _DAYS_A_YEAR, 1) if begun and until and until >= begun else None


def _day(series: Series, inspection: str) -> date | None:
    """The day a report was published, else the last day on site."""
    i = series.by_id[inspection].inspection
    return i.published.date if i.published else i.inspected[-1].end if i.inspected else None


def _label(made: Made, closure: Closure | None) -> Label:
    """The one word for a thread: the first of these that holds at the last inspection that can say anything of it."""
    state = made.cells[-1].state
    if state in ("needs_review", "not_comparable", "recurred"):
        return state
    if closure is not None and closure.state != "open":
        return closure.state
    if state == "carried_same" or state == "carried_reworded":
        return "carried"
    return state


# -- timeliness --------------------------------------------------------------------------------------------------------


def _timeliness(
    series: Series,
    made: Made,
    progress: Iterable[Progress],
    closure: Closure | None,
    dues: Sequence[Due],
    as_of: date | None,
) -> Timeliness:
    due, counted_from = _printed_due(series, made)
    first = due
    basis = "timescale" if due else None
    if dues:
        due, basis, counted_from = dues[-1].date, "decision", None
    if due is None:
        return Timeliness(state="undated")
    met = _met(series, progress, closure)
    moved = len({d.date for d in dues}) > 1 or (bool(dues) and first is not None and first != due)
    overdue = None
    if met is not None:
        state = "met_on_time" if met <= due else "met_late"
    elif not is_open(closure):
        # closed without being done: nothing is due any more
        state = "date_moved" if moved else "not_yet_due" if as_of is None or due >= as_of else "undated"
    elif as_of is not None and due < as_of:
        state, overdue = "overdue", (as_of - due).days
    else:
        state = "date_moved" if moved else "not_yet_due"
    return Timeliness(
        state=state,
        due=due,
        basis=basis,
        counted_from=counted_from,
        met=met,
        moved=tuple(dues),
        overdue_days=overdue,
    )


def _printed_due(series: Series, made: Made) -> tuple[date | None, date | None]:
    """When the printed timescale ends of the latest recommendation that has one, and the day it is counted from."""
    for item in reversed(made.items):
        stop = series.by_id[item.inspection]
        band = next((b for b in stop.framework.recommendations.bands if b.key == item.timescale), None)
        i = stop.inspection
        published = i.published.date if i.published else None
        if band is not None and (due := band.falls_due(inspected=i.start, published=published)) is not None:
            return due
    return None, None


def _met(series: Series, progress: Iterable[Progress], closure: Closure | None) -> date | None:
    """The first day by which a recommendation is known to be met: the inspectorate's word, or a closure's evidence."""
    days = [
        series.by_id[p.evidence.inspection].inspection.start or _day(series, p.evidence.inspection)
        for p in progress
        if p.assessed == "achieved" and p.evidence.inspection in series.by_id
    ]
    if closure is not None and closure.state == "closed_implemented":
        days.append(closure.on)
        if closure.evidence is not None and (shows := series.by_id.get(closure.evidence.inspection)):
            days.append(shows.inspection.start or _day(series, shows.id))
    return min((day for day in days if day is not None), default=None)
