"""The series: inspections in order of time, the lines they form, and which is held against which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from reportgen.comparing import judged_areas
from reportgen.frameworks import crosswalk, load_framework
from reportgen.model import Edge, Framework, HistoryEvent, HistoryInspection, Inspection
from reportgen.model.decisions import Event


@dataclass(frozen=True, slots=True)
class Stop:
    """One inspection of the series with what everything here asks of it."""

    inspection: Inspection
    framework: Framework
    line: str
    graded: bool

    @property
    def id(self) -> str:
        return self.inspection.id

    @property
    def recommends(self) -> bool:
        """Whether its framework has recommendations at all: a yearly rating has none."""
        return bool(self.framework.recommendations.sections) or bool(self.inspection.recommendations)


@dataclass(frozen=True)
class Series:
    """The inspections of one provider in order of time."""

    stops: tuple[Stop, ...]
    _edges: dict[tuple[str, str], tuple[Edge, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def by_id(self) -> Mapping[str, Stop]:
        return {stop.id: stop for stop in self.stops}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """The place in time of each inspection, from 0."""
        return {stop.id: n for n, stop in enumerate(self.stops)}

    @cached_property
    def lines(self) -> Mapping[str, tuple[Stop, ...]]:
        """The inspections of each line, in order of time."""
        found: dict[str, list[Stop]] = {}
        for stop in self.stops:
            found.setdefault(stop.line, []).append(stop)
        return {line: tuple(stops) for line, stops in found.items()}

    def edges(self, earlier: Stop, later: Stop) -> tuple[Edge, ...]:
        """The crosswalk between two of them; none where no area of one lies beside an area of the other."""
        key = earlier.framework.key, later.framework.key
        if key not in self._edges:
            walk = crosswalk(earlier.framework, later.framework)
            self._edges[key] = walk if bridged(earlier.framework, later.framework) else ()
        return self._edges[key]

    def before(self, stop: Stop) -> tuple[Stop, ...]:
        """What its recommendations are held against: the last graded inspection before it, then visits since."""
        earlier = [s for s in self.lines[stop.line] if self.place[s.id] < self.place[stop.id] and s.recommends]
        graded = [n for n, s in enumerate(earlier) if s.graded]
        return tuple(earlier[graded[-1] :] if graded else earlier)

    def older(self, stop: Stop) -> tuple[Stop, ...]:
        """Earlier inspections of the line that its recommendations were not held against yet, the latest first."""
        first = self.before(stop)[:1]
        limit = self.place[first[0].id] if first else self.place[stop.id]
        return tuple(s for s in reversed(self.lines[stop.line]) if self.place[s.id] < limit and s.recommends)

    def between(self, earlier: str, later: str) -> tuple[Stop, ...]:
        """Graded inspections of the line with recommendations, strictly between two of it."""
        line = self.lines[self.by_id[later].line]
        return tuple(
            s for s in line if self.place[earlier] < self.place[s.id] < self.place[later] and s.graded and s.recommends
        )

    def covers(self, stop: Stop) -> frozenset[str]:
        """The areas that an inspection looked at."""
        return judged_areas(stop.inspection)


def bridged(one: Framework, two: Framework) -> bool:
    """Whether an area of one framework lies beside an area of the other, comparable or not."""
    return one.key == two.key or any(e.earlier and e.later for e in crosswalk(one, two))


def when(inspection: Inspection) -> str:
    """The first day on site, else the day of publication, else the month in the id, as far as it is known."""
    if inspection.start:
        return inspection.start.isoformat()
    if inspection.published:
        return inspection.published.date.isoformat()
    rest = inspection.id[len(inspection.slug) + 1 :].split("-")
    return "-".join(part for part in rest[:2] if len(part) != 1)


def series_of(inspections: Iterable[Inspection]) -> Series:
    """Put inspections in order of time and into lines.

    Two frameworks are of one line where a crosswalk joins them, directly or over frameworks in between. Letters on
    visits, whose frameworks have no grades, go with the line that was inspected last before them by the same body.

    Raises:
        FrameworkError: a framework is unknown.
    """
    ordered = sorted(inspections, key=lambda i: (when(i), i.id))
    frameworks = {i.framework: load_framework(i.framework) for i in ordered}
    graded = {key: bool(framework.scales) for key, framework in frameworks.items()}
    names = _joined([frameworks[key] for key in dict.fromkeys(i.framework for i in ordered)])
    stops: list[Stop] = []
    for inspection in ordered:
        framework = frameworks[inspection.framework]
        line = names[framework.key]
        alone = not graded[framework.key] and all(other == framework.key for other, n in names.items() if n == line)
        if alone:
            line = _beside(framework, inspection, ordered, frameworks, graded, names) or line
        stops.append(Stop(inspection, framework, line, graded[framework.key]))
    return Series(tuple(stops))


def _joined(frameworks: Sequence[Framework]) -> dict[str, str]:
    """The line of each framework: the first framework, in the order given, that it is joined with."""
    names = {framework.key: framework.key for framework in frameworks}
    for n, one in enumerate(frameworks):
        for two in frameworks[n + 1 :]:
            if names[one.key] != names[two.key] and (bridged(one, two) or bridged(two, one)):
                gone, kept = names[two.key], names[one.key]
                names = {key: kept if name == gone else name for key, name in names.items()}
    return names


def _beside(
    framework: Framework,
    visit: Inspection,
    ordered: Sequence[Inspection],
    frameworks: Mapping[str, Framework],
    graded: Mapping[str, bool],
    names: Mapping[str, str],
) -> str | None:
    """The line that a visit goes with: of the last graded inspection by the same body before it, else of the first."""
    own = [
        i
        for i in ordered
        if graded[i.framework]
        and frameworks[i.framework].body == framework.body
        and frameworks[i.framework].provider_kind == framework.provider_kind
        and frameworks[i.framework].recommendations.sections
    ]
    earlier = [i for i in own if (when(i), i.id) < (when(visit), visit.id)]
    found = earlier[-1] if earlier else own[0] if own else None
    return names[found.framework] if found else None


def shown(series: Series) -> tuple[HistoryInspection, ...]:
    """The inspections of the series without their text."""
    return tuple(_shown(series, stop) for stop in series.stops)


def _shown(series: Series, stop: Stop) -> HistoryInspection:
    i, framework = stop.inspection, stop.framework
    graded = [s for s in series.before(stop) if s.graded]
    return HistoryInspection(
        id=i.id,
        when=when(i),
        framework=i.framework,
        framework_title=framework.title,
        body=framework.body,
        line=stop.line,
        graded=stop.graded,
        title=i.title,
        type=i.type,
        type_label=next((t.label for t in framework.types if t.key == i.type), None),
        theme=i.theme,
        status=i.status,
        wording=i.wording,
        provider=i.provider,
        inspected=i.inspected,
        published=i.published,
        lead_inspectors=i.lead_inspectors,
        recommendations=len(i.recommendations),
        recommendations_missing=i.missing.get("recommendations"),
        previous=graded[0].id if graded and stop.recommends else None,
        sha256=i.source.sha256 if i.source else None,
        corrections=i.corrections,
        checked=i.checked,
    )


def events_of(series: Series, events: Iterable[Event]) -> tuple[HistoryEvent, ...]:
    """The listed events and the visits of the series in order of time; one visit is not told twice.

    An event of a kind that ends in ``visit`` is the visit of the series that began on its day, or in its month where
    it names no day and no other visit of the series began in that month.
    """
    visits = [s for s in series.stops if not s.graded]
    met: dict[int, str] = {}
    listed = list(events)
    for n, event in enumerate(listed):
        if event.kind.endswith("visit"):
            same = [s.id for s in visits if when(s.inspection).startswith(event.date) and len(event.date) >= 7]
            if len(same) == 1 and same[0] not in met.values():
                met[n] = same[0]
    found = [HistoryEvent(**event.model_dump(), inspection=met.get(n)) for n, event in enumerate(listed)]
    for stop in visits:
        if stop.id not in met.values():
            i = stop.inspection
            found.append(
                HistoryEvent(
                    date=when(i),
                    kind=i.type or "visit",
                    title=i.title,
                    text=i.theme,
                    source=(i.source.file if i.source else None) or i.id,
                    inspection=i.id,
                )
            )
    return tuple(sorted(found, key=lambda e: (e.date, e.kind, e.title)))
