"""Grade paths: areas followed through the frameworks of a line, as joined, split and dropped as they were.

A path is made backwards from its last judgement: at each earlier inspection it takes the judgement that the crosswalk
lays beside one it already has. Judgements that no later path took, begin paths of their own that end where they went
into another one or were dropped. A judgement may stand on two paths where one grade covered both: it is joint there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from reportgen.comparing import compare_judgements
from reportgen.frameworks import declared
from reportgen.history.series import Series, Stop
from reportgen.model import GradePath, GradePoint, GradeStep, Judgement, JudgementChange, PathEnd

#: How well an edge carries a path, the best first.
_RANK = {"same": 0, "approximate": 1, "not_comparable": 2}


class _Node(NamedTuple):
    """A judgement: the inspection, and the area in its framework."""

    inspection: str
    area: str


class _Rows:
    """Every judgement of a line, and how any two of them compare."""

    def __init__(self, series: Series, line: tuple[Stop, ...]) -> None:
        self.series = series
        self.stops = tuple(s for s in line if s.graded and s.inspection.judgements)
        self.judgements: dict[_Node, Judgement] = {
            _Node(s.id, j.area): j for s in self.stops for j in s.inspection.judgements
        }
        self._found: dict[tuple[str, str], dict[tuple[str, str], JudgementChange]] = {}

    def between(self, earlier: Stop, later: Stop) -> dict[tuple[str, str], JudgementChange]:
        """The rows of two inspections by the pair of areas that an edge of the crosswalk lays beside each other."""
        key = earlier.id, later.id
        if key not in self._found:
            frameworks = earlier.framework, later.framework
            rows = compare_judgements(
                earlier.inspection, later.inspection, frameworks, self.series.edges(earlier, later)
            )
            self._found[key] = {(r.earlier.area, r.later.area): r for r in rows if r.earlier and r.later}
        return self._found[key]

    def declared(self, earlier: Stop, later: Stop) -> frozenset[tuple[str | None, str | None]]:
        """The pairs of areas that a crosswalk names between just the frameworks of the two."""
        return declared(earlier.framework, later.framework)

    def row(self, earlier: _Node, later: _Node) -> JudgementChange | None:
        by_id = self.series.by_id
        return self.between(by_id[earlier.inspection], by_id[later.inspection]).get((earlier.area, later.area))

    def step(self, earlier: _Node, later: _Node) -> GradeStep | None:
        row = self.row(earlier, later)
        if row is None:
            return None
        return GradeStep(
            inspection=earlier.inspection,
            area=earlier.area,
            change=row.change,
            steps=row.steps,
            comparability=row.comparability,
            reason=row.reason,
            source=row.source,
        )


def grade_paths(series: Series) -> tuple[GradePath, ...]:
    """The grade paths of every line, those that go on longest first, then by the order of the framework's areas.

    Returns:
        Every judgement of the series stands on at least one path.
    """
    return tuple(path for line in series.lines.values() for path in _paths(_Rows(series, line)))


def _paths(rows: _Rows) -> Iterator[GradePath]:
    lanes: list[list[_Node]] = []
    taken: dict[_Node, int] = {}
    for stop in reversed(rows.stops):
        for area in stop.framework.areas:
            node = _Node(stop.id, area.key)
            if node in rows.judgements and node not in taken:
                lane = _backwards(rows, node, taken)
                for each in lane:
                    taken[each] = taken.get(each, 0) + 1
                lanes.append(lane)
    homes = {node: lane for lane in reversed(lanes) for node in lane}
    for lane in lanes:
        yield _path(rows, lane, homes, taken)


def _backwards(rows: _Rows, last: _Node, taken: Mapping[_Node, int]) -> list[_Node]:
    """A path's judgements, the earliest first."""
    lane = [last]
    stops = list(rows.stops)
    at = next(n for n, s in enumerate(stops) if s.id == last.inspection)
    for stop in reversed(stops[:at]):
        found = _best(rows, stop, lane, taken)
        if found is not None:
            lane.append(found)
    return lane[::-1]


def _best(rows: _Rows, stop: Stop, lane: list[_Node], taken: Mapping[_Node, int]) -> _Node | None:
    """The judgement of an earlier inspection that a path takes up: laid beside one it has, the best edge first."""
    by_id = rows.series.by_id
    order = {area.key: n for n, area in enumerate(stop.framework.areas)}
    choices: list[tuple[tuple[int, ...], _Node]] = []
    for far, node in enumerate(reversed(lane)):
        row_of = rows.between(stop, by_id[node.inspection])
        for (one, two), row in row_of.items():
            candidate = _Node(stop.id, one)
            if two == node.area and candidate in rows.judgements:
                rank = _RANK[row.comparability or "not_comparable"]
                # what may not be compared belongs on one path only where it is the same area by name, and over what
                # stands in between only what a crosswalk names itself
                named = not far or one == two or (one, two) in rows.declared(stop, by_id[node.inspection])
                if named and (rank < 2 or one == two):
                    choices.append(((rank, int(candidate in taken), int(one != two), far, order[one]), candidate))
    return min(choices)[1] if choices else None


def _path(rows: _Rows, lane: list[_Node], homes: Mapping[_Node, list[_Node]], taken: Mapping[_Node, int]) -> GradePath:
    by_id = rows.series.by_id
    points = []
    first, last = lane[0], lane[-1]
    inside = {node.inspection: node for node in lane}
    places = rows.series.place
    before: _Node | None = None
    for stop in rows.stops:
        if not places[first.inspection] <= places[stop.id] <= places[last.inspection]:
            continue
        node = inside.get(stop.id)
        if node is None:
            points.append(GradePoint(inspection=stop.id, missing="not_in_framework"))
            continue
        points.append(_point(rows, node, before, homes, taken))
        before = node
    framework = by_id[last.inspection].framework
    area = framework.area(last.area)
    judgement = rows.judgements[last]
    return GradePath(
        id=f"{first.inspection}:{first.area}" if taken[first] == 1 else f"{last.inspection}:{last.area}",
        line=by_id[last.inspection].line,
        area=last.area,
        label=area.label if area else judgement.label,
        overall=bool(area and area.overall),
        split_from=_split_from(rows, first, homes),
        points=tuple(points),
        end=_end(rows, last),
    )


def _point(
    rows: _Rows, node: _Node, before: _Node | None, homes: Mapping[_Node, list[_Node]], taken: Mapping[_Node, int]
) -> GradePoint:
    judgement = rows.judgements[node]
    framework = rows.series.by_id[node.inspection].framework
    scale, grade = framework.scale_of(node.area), framework.grade(node.area, judgement.grade)
    ranks = sorted(g.rank for g in scale.grades) if scale else []
    step = rows.step(before, node) if before else None
    if before and step is None:
        step = GradeStep(
            inspection=before.inspection,
            area=before.area,
            change="not_comparable",
            comparability="not_comparable",
            reason="the crosswalk does not lay the two beside each other",
        )
    return GradePoint(
        inspection=node.inspection,
        area=node.area,
        label=judgement.label,
        grade=judgement.grade,
        missing=judgement.missing,
        printed=judgement.printed,
        grade_label=grade.label if grade else None,
        rank=ranks.index(grade.rank) + 1 if grade else None,
        ranks=len(ranks) or None,
        joint=taken[node] > 1,
        comparability_to_previous=step.comparability if step else None,
        step=step,
        joined=tuple(_joined(rows, node, before, homes)),
        evidence=judgement.evidence,
    )


def _joined(rows: _Rows, node: _Node, before: _Node | None, homes: Mapping[_Node, list[_Node]]) -> Iterator[GradeStep]:
    """Steps from judgements of the inspection before that end in this one and stand on no path through it."""
    at = [s.id for s in rows.stops].index(node.inspection)
    if at == 0:
        return
    earlier = rows.stops[at - 1]
    named = rows.declared(earlier, rows.stops[at])
    for other in rows.judgements:
        if named and (other.area, node.area) not in named:
            continue
        if other.inspection == earlier.id and other != before and node not in homes[other]:
            step = rows.step(other, node)
            if step is not None:
                yield step


def _split_from(rows: _Rows, first: _Node, homes: Mapping[_Node, list[_Node]]) -> GradeStep | None:
    """Where a path begins with a part of an earlier judgement that another path goes on with."""
    places = rows.series.place
    for stop in reversed([s for s in rows.stops if places[s.id] < places[first.inspection]]):
        for other in rows.judgements:
            if other.inspection == stop.id and homes[other][0] != first:
                step = rows.step(other, first)
                if step is not None:
                    return step
    return None


def _end(rows: _Rows, last: _Node) -> PathEnd | None:
    """Why a path goes no further before the last inspection of its line."""
    by_id, places = rows.series.by_id, rows.series.place
    own = by_id[last.inspection]
    for stop in rows.stops:
        if places[stop.id] <= places[own.id]:
            continue
        own_edges = [e for e in rows.series.edges(own, stop) if e.earlier == last.area]
        met = [
            (e, _Node(stop.id, e.later)) for e in own_edges if e.later and _Node(stop.id, e.later) in rows.judgements
        ]
        if met:
            edge, node = min(met, key=lambda pair: _RANK[pair[0].comparability])
            kind: Literal["joined", "not_comparable"] = "joined" if _RANK[edge.comparability] < 2 else "not_comparable"
            return PathEnd(kind=kind, inspection=stop.id, into=node.area, reason=edge.reason)
        alone = [e for e in own_edges if e.later is None]
        if alone:
            return PathEnd(kind="dropped", inspection=stop.id, reason=alone[0].reason)
    return None
