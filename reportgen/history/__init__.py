"""A run of inspections of one provider → one :class:`History`, data that every output is a view of.

``series`` puts them in order and into lines, ``grades`` follows areas, ``threads`` follows recommendations, ``axes``
adds what people decided and what follows from dates. Throughout, absence is not achievement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from reportgen.comparing import compare_judgements, looked_at
from reportgen.comparing import reader_for as _reader_for
from reportgen.errors import UsageFault
from reportgen.history.axes import finished
from reportgen.history.grades import grade_paths
from reportgen.history.series import Series, Stop, events_of, series_of, shown, when
from reportgen.history.threads import at_a_gap, build_threads
from reportgen.matching import Options, measured, met_in, thresholds_for
from reportgen.model import (
    Baseline,
    BaselineRow,
    Decisions,
    History,
    HistorySummary,
    Inspection,
    Notice,
    Said,
    Thread,
)
from reportgen.model.decisions import Event
from reportgen.model.history import CellState

__all__ = ["RULES", "build_history"]

#: Name of the rules in here; changes whenever the same inspections could give another history.
RULES = "history/1"


def build_history(
    inspections: Iterable[Inspection],
    *,
    decisions: Decisions | None = None,
    events: Iterable[Event] = (),
    as_of: date | None = None,
    since: int | None = None,
    baseline: str | None = None,
    options: Options | None = None,
    mentions: bool = True,
) -> History:
    """Build the history of one provider.

    Args:
        inspections: Its inspections, in any order; letters on visits too.
        decisions: What people decided, which outranks every score; None: nothing.
        events: Dated events without grades.
        as_of: The day on which something is due or overdue; None: the day the latest report was published.
        since: The first year that counts; inspections and events before it are left out, with a notice. None: all.
        baseline: The id of an inspection to hold against the latest one of its line; None: no such part.
        options: How to match; None: with the lexicon that the frameworks name, at its own thresholds.
        mentions: Look for the paragraphs of later reports that speak to a recommendation, which takes most of the time.

    Returns:
        The history. Every recommendation stands in exactly one thread, every judgement on at least one path; the order
        in which inspections were given does not matter.

    Raises:
        FrameworkError: A framework is unknown.
        InputError: A decision's hash and id disagree (RG115), or the lexicon cannot be read.
        UsageFault: There are no inspections, one id stands for two of them, or the baseline is not among them (RG507).
    """
    options = options or Options()
    given = list(inspections)
    kept, early = _since(given, since)
    if not kept:
        raise UsageFault("RG507", "there are no inspections to make a history of", hint="name some, or an earlier year")
    doubled = [name for name, n in Counter(i.id for i in kept).items() if n > 1]
    if doubled:
        raise UsageFault("RG507", f"two inspections have the id {doubled[0]}", hint="give each its own id")
    series = series_of(kept)
    if baseline is not None and baseline not in series.by_id:
        raise UsageFault("RG507", f"no inspection {baseline!r}", hint=f"one of: {', '.join(series.by_id)}")
    day = as_of or _latest_day(series)
    threads = build_threads(series, decisions, options, mentions=mentions)
    met, notices = met_in(decisions, kept) if decisions else ({}, ())
    made = finished(series, threads.threads, decisions, met, day)
    listed = [e for e in events if since is None or int(e.date[:4]) >= since]
    found = {n.message: n for n in (*_notices(series, early), *_apart(series, decisions), *threads.notices, *notices)}
    return History(
        provider=series.stops[-1].inspection.provider,
        as_of=day,
        inspections=shown(series),
        events=events_of(series, listed),
        grade_paths=grade_paths(series),
        threads=made,
        baseline=_baseline(series, made, baseline) if baseline else None,
        said=tuple(Said(inspection=s.id, **d.model_dump()) for s in series.stops for d in s.inspection.declarations),
        pairs=threads.pairs,
        notices=tuple(found.values()),
        matching=_measured(series, options),
        options=_options(series, options, since),
        summary=_summary(series, made),
    )


def _since(given: Sequence[Inspection], since: int | None) -> tuple[list[Inspection], list[Inspection]]:
    if since is None:
        return list(given), []
    kept: list[Inspection] = []
    early: list[Inspection] = []
    for inspection in given:
        (kept if int(when(inspection)[:4]) >= since else early).append(inspection)
    return kept, early


def _latest_day(series: Series) -> date | None:
    days = [i.published.date for s in series.stops if (i := s.inspection).published]
    days += [i.inspected[-1].end for s in series.stops if (i := s.inspection).inspected]
    return max(days, default=None)


def _notices(series: Series, early: Sequence[Inspection]) -> list[Notice]:
    found = []
    if early:
        names = ", ".join(sorted(i.id for i in early))
        message = f"left out, as they began before the first year asked for: {names}"
        found.append(Notice(code="RG321", level="info", field="inspections", message=message))
    for line, stops in series.lines.items():
        if len(series.lines) > 1:
            names = ", ".join(s.id for s in stops)
            message = f"of a line of its own, held against no other: {names} ({line})"
            found.append(Notice(code="RG303", level="info", field="inspections", message=message))
        days = Counter(s.inspection.start for s in stops if s.inspection.start)
        for day, n in days.items():
            if n > 1:
                message = f"{n} inspections began on {day}: which came first is not known, their ids decide"
                found.append(Notice(code="RG302", field="inspections", message=message))
    summaries = [s.id for s in series.stops if s.inspection.wording == "summary"]
    if summaries:
        message = (
            "summaries in other words, whose recommendations are linked to printed ones as possible at most: "
            + ", ".join(summaries)
        )
        level: Any = "info" if len(summaries) == len(series.stops) else "warning"
        found.append(Notice(code="RG306", level=level, field="inspections", message=message))
    return found


def _apart(series: Series, decisions: Decisions | None) -> list[Notice]:
    """Decisions on links between inspections that nothing is laid beside each other of."""
    found = []
    for n, link in enumerate(decisions.links if decisions else ()):
        ends = [series.by_id.get(ref.inspection) for ref in (link.earlier, link.later)]
        if ends[0] and ends[1] and (ends[0].line != ends[1].line or ends[0].id == ends[1].id):
            message = f"a link between {ends[0].id} and {ends[1].id}, which are not of one line, holds nothing together"
            found.append(Notice(code="RG322", field=f"links[{n}]", message=message))
    return found


def _measured(series: Series, options: Options) -> Any:
    stops = [s for s in series.stops if s.recommends]
    return measured(_reader_for((stops[0].framework, stops[-1].framework), options)) if stops else None


def _options(series: Series, options: Options, since: int | None) -> dict[str, Any]:
    stops = [s for s in series.stops if s.recommends]
    reader = _reader_for((stops[0].framework, stops[-1].framework), options) if stops else None
    limits = options.thresholds or thresholds_for(reader)
    return {
        "history": {"rules": RULES, "since": since},
        "matching": {
            "rules": measured(reader).rules,
            "lexicon": reader.lexicon.key if reader else None,
            **asdict(limits),
        },
        "gaps": {"accept": (gap := at_a_gap(limits)).accept, "review": gap.review},
    }


# -- the baseline ------------------------------------------------------------------------------------------------------


def _baseline(series: Series, threads: Sequence[Thread], id: str) -> Baseline:
    """What became of one inspection's judgements and recommendations by the latest graded one of its line."""
    own = series.by_id[id]
    later = [s for s in series.lines[own.line] if s.graded and series.place[s.id] > series.place[id]]
    listing = [s for s in later if s.recommends] or later
    if not listing:
        return Baseline(inspection=id, latest=id)
    latest = listing[-1]
    frameworks = own.framework, latest.framework
    rows = tuple(_row(series, threads, own, latest, r.id) for r in own.inspection.recommendations)
    return Baseline(
        inspection=id,
        latest=latest.id,
        judgements=compare_judgements(own.inspection, latest.inspection, frameworks, series.edges(own, latest)),
        rows=rows,
        counts=_counts(row.state for row in rows),
    )


def _row(series: Series, threads: Sequence[Thread], own: Stop, latest: Stop, name: str) -> BaselineRow:
    thread = next(t for t in threads for i in t.items if (i.inspection, i.recommendation) == (own.id, name))
    items = sorted((i for t in threads for i in t.items), key=lambda i: series.place[i.inspection])
    # what follows from this very recommendation, whichever thread it stands in
    reached: dict[tuple[str, str], CellState] = {(own.id, name): "new"}
    for item in items:
        links = (item.link, *item.also)
        if any(link is not None and (link.inspection, link.recommendation) in reached for link in links):
            reached[item.inspection, item.recommendation] = item.state
    now = tuple(r for i, r in reached if i == latest.id)
    via = tuple(dict.fromkeys(i for i, _ in reached if i not in (own.id, latest.id)))
    cell = next((c for c in thread.cells if c.inspection == latest.id), None)
    if now:
        state = "split" if len(now) > 1 else reached[latest.id, now[0]]
    elif cell is not None and cell.state == "needs_review":
        state = "needs_review"
    else:
        recommendation = next(r for r in own.inspection.recommendations if r.id == name)
        frameworks = own.framework, latest.framework
        state = looked_at(recommendation, frameworks, series.edges(own, latest), series.covers(latest))
    return BaselineRow(recommendation=name, thread=thread.id, state=state, via=via, now=now)


# -- counts ------------------------------------------------------------------------------------------------------------


def _counts(states: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(states).items()))


def _summary(series: Series, made: Sequence[Thread]) -> HistorySummary:
    items = [item for thread in made for item in thread.items]
    cells = [cell for thread in made for cell in thread.cells]
    ids = [s.id for s in series.stops]
    return HistorySummary(
        inspections=sum(s.graded for s in series.stops),
        visits=sum(not s.graded for s in series.stops),
        recommendations={s.id: len(s.inspection.recommendations) for s in series.stops},
        items={name: _counts(x.state for x in items if x.inspection == name) for name in ids},
        cells={name: _counts(x.state for x in cells if x.inspection == name) for name in ids},
        threads=len(made),
        labels=_counts(t.label for t in made),
        timeliness=_counts(t.timeliness.state for t in made),
        stated_more_than_once=sum(t.times_stated > 1 for t in made),
    )
