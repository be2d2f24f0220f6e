"""Grade paths: one lane an area, time along it by real dates, a mark and the printed grade at each inspection.

The height of a mark in its lane and the bars inside it both tell its place on its scale. A line joins two judgements
only where they may be compared; where they may not, it is broken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from reportgen.charts.canvas import PAGE, SMALL, WIDTH, Canvas, Sample, count, measure, parts, wrap
from reportgen.document import Figure
from reportgen.markup import unmark
from reportgen.model import GradePath, GradePoint, GradeStep, History, HistoryInspection

#: Inspections in one picture, so that a table with a column for each still stands upright on a page.
MOST_INSPECTIONS = 7
_LEFT, _RIGHT = 46.0, 594.0
#: Nearer than this two marks would touch; inspections that are, are set apart so far and no further.
_APART = 48.0
_HIGH, _MARK, _STEP = 34.0, 11.0, SMALL * 1.15
_LABEL = 96.0
#: From the foot of a lane's title to the highest middle of a mark.
_UNDER = 17.0
#: A line shorter than this has no room for its sign and is told by the sign alone.
_SHORT = 34.0
#: Of so many lanes all are told in words, of more only the overall one: the table beside tells them all.
_FEW = 3
#: The number before the printed name of an area.
_NUMBER = re.compile(r"^\d+(\.\d+)*\.?\s+")


@dataclass(frozen=True, slots=True)
class GradeChart:
    """A picture of some paths at some inspections of a line."""

    figure: Figure
    line: str
    inspections: tuple[HistoryInspection, ...]
    paths: tuple[GradePath, ...]


def grade_charts(history: History, words: Mapping[str, Any], names: Mapping[str, str]) -> tuple[GradeChart, ...]:
    """The grade paths of every line; those that join a path stand beneath it.

    Args:
        history: The history.
        words: The words for pictures, ``labels.history.charts``.
        names: What each inspection is called, by its id.

    Returns:
        As many pictures as the pages need, in order; none where there are no judgements.
    """
    found: list[GradeChart] = []
    for line in dict.fromkeys(path.line for path in history.grade_paths):
        paths = in_order([p for p in history.grade_paths if p.line == line])
        judged = {point.inspection for path in paths for point in path.points}
        judged |= {path.end.inspection for path in paths if path.end}
        stops = [i for i in history.inspections if i.id in judged]
        drawn: list[tuple[tuple[HistoryInspection, ...], list[_Lane]]] = []
        for window in parts(stops, MOST_INSPECTIONS, overlap=1):
            ids = {i.id for i in window}
            lanes = [
                _Lane(path, window, paths, words, names)
                for path in paths
                if any(p.inspection in ids for p in path.points)
            ]
            drawn += [(window, page) for page in _pages(lanes)]
        for n, (window, lanes) in enumerate(drawn, 1):
            figure = _figure(window, lanes, words, names, (n, len(drawn)))
            found.append(GradeChart(figure, line, window, tuple(lane.path for lane in lanes)))
    return tuple(found)


def in_order(paths: Sequence[GradePath]) -> list[GradePath]:
    """Paths that go on to the end first, each with those that joined it right beneath."""
    at = {(point.inspection, point.area): path.id for path in paths for point in reversed(path.points) if point.area}
    into = {p.id: at.get((p.end.inspection, p.end.into)) for p in paths if p.end and p.end.into}
    out: list[GradePath] = []

    def put(path: GradePath) -> None:
        if path not in out:
            out.append(path)
            for other in paths:
                if into.get(other.id) == path.id:
                    put(other)

    for path in paths:
        if into.get(path.id) is None or path.id == into[path.id]:
            put(path)
    for path in paths:
        put(path)
    return out


def day_of(when: str) -> date:
    """The day of a date that may lack its month or day: the first that it may be."""
    year, month, day = (*map(int, when.split("-")), 1, 1)[:3]
    return date(year, month, day)


def _places(window: Sequence[HistoryInspection]) -> dict[str, float]:
    """Where each inspection stands: by its date, and those too near each other set apart as little as will do."""
    days = [day_of(i.when).toordinal() for i in window]
    span = max(1, days[-1] - days[0])
    apart = min(_APART, (_RIGHT - _LEFT) / max(1, len(window) - 1))
    wanted = [_LEFT + (_RIGHT - _LEFT) * (day - days[0]) / span for day in days]
    if len(window) == 1:
        return {window[0].id: (_LEFT + _RIGHT) / 2 - 120}
    for n in range(1, len(wanted)):
        wanted[n] = max(wanted[n], wanted[n - 1] + apart)
    if wanted[-1] > _RIGHT:
        wanted[-1] = _RIGHT
        for n in range(len(wanted) - 2, -1, -1):
            wanted[n] = min(wanted[n], wanted[n + 1] - apart)
    return dict(zip((i.id for i in window), wanted, strict=True))


def _tiers(boxes: Sequence[tuple[float, float]]) -> list[int]:
    """A row for each of some boxes (left and right end), the first that it fits on."""
    rows: list[float] = []
    found = []
    for left, right in boxes:
        row = next((n for n, end in enumerate(rows) if end <= left), len(rows))
        rows[row : row + 1] = [right]
        found.append(row)
    return found


class _Lane:
    """A path in a window: what is printed where, and how much room that takes."""

    def __init__(
        self, path: GradePath, window: Sequence[HistoryInspection], paths: Sequence[GradePath],
        words: Mapping[str, Any], names: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.path, self.words, self.names = path, words, names
        self.x = _places(window)
        self.points = [p for p in path.points if p.inspection in self.x]
        self.title = wrap(unmark(path.label), WIDTH - 8, 12, most=2, bold=True)
        self.into = _label_of(path, paths)
        self.labels: list[list[str]] = []
        boxes = []
        for point in self.points:
            lines = wrap(self.said(point), _LABEL, SMALL)
            wide = max((measure(line, SMALL) for line in lines), default=0.0)
            middle = self.middle(self.x[point.inspection], wide)
            self.labels.append(lines)
            boxes.append((middle - wide / 2 - 3, middle + wide / 2 + 3))
        self.boxes = boxes
        self.tiers = _tiers(boxes)
        self.rows = [
            max((len(lines) for lines, t in zip(self.labels, self.tiers, strict=True) if t == tier), default=0)
            for tier in range(max(self.tiers, default=-1) + 1)
        ]
        self.ended = self._ended(path)
        #: a hook under a mark needs its room above the words
        self.foot = _HIGH + (30 if any(p.joined for p in self.points) else 22)
        self.height = 14.0 * len(self.title) + _UNDER + self.foot + sum(self.rows) * _STEP + 4
        if self.ended and not self.beside:
            self.height += len(self.ended) * _STEP

    @staticmethod
    def middle(x: float, wide: float) -> float:
        """The middle of a text as near to a place as the edges let it be."""
        return min(max(x, wide / 2), WIDTH - wide / 2)

    @property
    def room(self) -> float:
        """How wide it is between the last mark and the right edge."""
        return WIDTH - self.x[self.points[-1].inspection] - 42

    @property
    def beside(self) -> bool:
        """Whether what ended a path is told beside its last mark; else it stands under the lane."""
        return self.room >= 120

    def _ended(self, path: GradePath) -> list[str]:
        end = path.end
        if end is None or path.points[-1].inspection != self.points[-1].inspection:
            return []
        told = self.words["ends"][end.kind].format(into=self.into or end.into or "", when=self.names[end.inspection])
        return wrap(told, self.room if self.beside else WIDTH - 8, SMALL, most=3)

    def said(self, point: GradePoint) -> str:
        if point.grade is None and point.printed is None:
            return str(self.words["missing"][point.missing or "unreadable"])
        grade = unmark(point.printed or point.grade_label or point.grade or "")
        return str(self.words["joint"].format(grade=grade)) if point.joint else grade

    def level(self, point: GradePoint) -> float:
        """How far down in its lane a mark stands: the best grade at the top, and in the middle what has no place."""
        if point.rank is None or not point.ranks:
            return _HIGH / 2
        return _HIGH * (1 - (point.rank - 1) / max(1, point.ranks - 1))


def _label_of(path: GradePath, paths: Sequence[GradePath]) -> str | None:
    """What the area that a path ended beside is called."""
    if path.end is None or path.end.into is None:
        return None
    key = path.end.inspection, path.end.into
    found = (unmark(p.label) for other in paths for p in other.points if (p.inspection, p.area) == key and p.label)
    return next((_NUMBER.sub("", label) for label in found), None)


def _pages(lanes: Sequence[_Lane]) -> list[list[_Lane]]:
    """Lanes in pictures that fit on a page."""
    pages: list[list[_Lane]] = []
    used = 0.0
    for lane in lanes:
        if not pages or used + lane.height > PAGE - 150:
            pages.append([])
            used = 0.0
        pages[-1].append(lane)
        used += lane.height
    return pages


def _figure(
    window: Sequence[HistoryInspection], lanes: Sequence[_Lane], words: Mapping[str, Any], names: Mapping[str, str],
    of: tuple[int, int],
) -> Figure:  # fmt: skip
    canvas = Canvas()
    places = _places(window)
    boxes = []
    for i in window:
        wide = measure(names[i.id], SMALL, bold=True)
        middle = _Lane.middle(places[i.id], wide)
        boxes.append((middle - wide / 2 - 4, middle + wide / 2 + 4))
    tiers = _tiers(boxes)
    head = 16.0 + (max(tiers) + 1) * 14
    foot = head + sum(lane.height for lane in lanes)
    for i in window:
        canvas.line(places[i.id], head - 6, places[i.id], foot - 4, width=1, faint=True)
    for i, (left, right), tier in zip(window, boxes, tiers, strict=True):
        canvas.lines((left + right) / 2, 12 + tier * 14, [names[i.id]], anchor="middle", bold=True, backed=True)
    canvas.line(0, head - 6, WIDTH, head - 6, width=1)
    y = head
    tops: dict[tuple[str, str], tuple[float, float]] = {}
    starts: list[tuple[_Lane, float]] = []
    for lane in lanes:
        starts.append((lane, y))
        base = y + 14.0 * len(lane.title) + _UNDER
        for point in lane.points:
            if point.area:
                tops.setdefault((point.inspection, point.area), (places[point.inspection], base + lane.level(point)))
        y += lane.height
    kinds: set[str] = set()
    for n, (lane, top) in enumerate(starts):
        if n:
            canvas.line(0, top - 5, WIDTH, top - 5, width=1, faint=True)
        _draw(canvas, lane, top, kinds)
    for lane, _ in starts:
        _draw_joints(canvas, lane, tops, kinds)
    foot = canvas.key(foot + 16, _key(canvas, kinds, words), apart=30) if kinds else foot
    first, last = names[window[0].id], names[window[-1].id]
    title = words["grades"]["title"].format(first=first, last=last)
    if of[1] > 1:
        title = words["part"].format(title=title, part=of[0], parts=of[1])
    return canvas.figure(title, _told(window, lanes, words, names), foot + 6)


def _draw(canvas: Canvas, lane: _Lane, top: float, kinds: set[str]) -> None:
    canvas.lines(0, top + 11, lane.title, size=12, bold=True, backed=True)
    base = top + 14.0 * len(lane.title) + _UNDER
    at = {p.inspection: (lane.x[p.inspection], base + lane.level(p)) for p in lane.points}
    judged = [p for p in lane.points if p.area]
    for before, point in pairwise(judged):
        x1, x2 = at[before.inspection][0], at[point.inspection][0]
        over = [at[p.inspection] for p in lane.points if x1 < at[p.inspection][0] < x2]
        _step(canvas, at[before.inspection], at[point.inspection], over, kind_of(point.step, before, point), kinds)
    first = lane.points[0]
    if first.step is not None and first.step.inspection not in at and first.area:
        # its line comes in from a picture before this one
        x, y = at[first.inspection]
        _step(canvas, (x - 60, y), (x, y), [], kind_of(first.step, first, first), kinds)
    for point, lines, tier, (left, right) in zip(lane.points, lane.labels, lane.tiers, lane.boxes, strict=True):
        x, y = at[point.inspection]
        foot = base + lane.foot + sum(lane.rows[:tier]) * _STEP
        if tier:
            canvas.line(x, y + _MARK, x, foot - SMALL, width=0.8, dash="1 2")
        _mark(canvas, x, y, point, kinds)
        canvas.lines((left + right) / 2, foot, lines, anchor="middle", backed=True)
    if lane.ended:
        _end(canvas, lane, at[lane.points[-1].inspection], base, kinds)


def kind_of(step: GradeStep | None, before: GradePoint, point: GradePoint) -> str:
    """How a step is drawn: ``same`` and ``approximate`` only where both ends have a grade."""
    if step is None or step.comparability is None or step.comparability == "not_comparable":
        return "not_comparable"
    return "unknown" if before.grade is None or point.grade is None else step.comparability


_DASHES = {"same": None, "approximate": "6 4"}


def _step(
    canvas: Canvas, start: tuple[float, float], end: tuple[float, float], over: Sequence[tuple[float, float]],
    kind: str, kinds: set[str],
) -> None:  # fmt: skip
    kinds.add(kind)
    (x1, y1), (x2, y2) = start, end
    gaps = [x1, *(x for x, _ in over), x2]

    def y(x: float) -> float:
        return y1 + (y2 - y1) * (x - x1) / (x2 - x1)

    for left, right in pairwise(gaps):
        a, b = left + 15, right - 15
        if b - a < 4:
            continue
        sign = {"same": "", "approximate": "≈", "not_comparable": "≠"}.get(kind, "?")
        if sign and b - a < _SHORT:
            canvas.lines((a + b) / 2, y((a + b) / 2) + 4, [sign], size=12, anchor="middle", bold=True, backed=True)
        elif kind in _DASHES:
            canvas.line(a, y(a), b, y(b), width=2, dash=_DASHES[kind], bold=True)
        else:
            # broken: a stub on either side, and between them nothing but the sign that says why
            stub = min(14.0, (b - a - 28) / 2)
            canvas.line(a, y1, a + stub, y1, width=2, bold=True)
            canvas.line(b - stub, y2, b, y2, width=2, bold=True)
            _broken(canvas, (a + b) / 2, (y1 + y2) / 2, sign)
    if kind == "approximate":
        a, b = gaps[-2] + 15, gaps[-1] - 15
        if b - a >= _SHORT:
            canvas.lines((a + b) / 2, y((a + b) / 2) + 4, ["≈"], size=12, anchor="middle", bold=True, backed=True)


def _broken(canvas: Canvas, x: float, y: float, sign: str) -> None:
    for shift in (-9, 9):
        canvas.line(x + shift - 3, y + 7, x + shift + 3, y - 7, width=1.5)
    canvas.text(x, y + 4, sign, size=12, anchor="middle", bold=True)


def _mark(canvas: Canvas, x: float, y: float, point: GradePoint, kinds: set[str]) -> None:
    """Bars as many as the scale has grades, filled up to the grade; an empty ring where there is no grade."""
    if point.grade is None:
        canvas.ring(x, y, 8, dash="3 2")
        canvas.line(x - 3, y, x + 3, y)
        kinds.add("missing")
        return
    if point.joint:
        canvas.box(x - 14.5, y - 12.5, 29, 25, round_=4, line=1)
        kinds.add("joint")
    canvas.box(x - 12, y - 10, 24, 20, round_=3)
    if point.rank is None or not point.ranks:
        canvas.text(x, y + 4, "?", anchor="middle", bold=True)
        return
    kinds.add("bars")
    _bars(canvas, x, y, point.rank, point.ranks)


def _bars(canvas: Canvas, x: float, y: float, rank: int, ranks: int) -> None:
    gap = 1.5 if ranks < 6 else 1.0
    wide = (20 - gap * (ranks - 1)) / ranks
    for n in range(1, ranks + 1):
        high = 4 + 11 * (n - 1) / max(1, ranks - 1) if ranks > 1 else 15.0
        left, filled = x - 10 + (n - 1) * (wide + gap), n <= rank
        canvas.add(
            "rect", class_="solid" if filled else "paper", x=left, y=y + 8 - high, width=wide, height=high,
            fill="#1f4e79" if filled else "#ffffff", stroke="currentColor", stroke_width=0.6,
        )  # fmt: skip


def _end(canvas: Canvas, lane: _Lane, last: tuple[float, float], base: float, kinds: set[str]) -> None:
    """A line that stops at a bar, or goes on as an arrow into another area."""
    assert lane.path.end is not None
    kind = lane.path.end.kind
    kinds.add("ended")
    x, y = last
    if lane.beside:
        canvas.line(x + 15, y, x + 28, y, width=2, bold=True)
        if kind == "joined":
            canvas.shape([(x + 27, y - 4), (x + 34, y), (x + 27, y + 4)], filled=True, width=1)
        else:
            canvas.line(x + 28, y - 7, x + 28, y + 7, width=2.5)
        middle = y - (len(lane.ended) - 1) * _STEP / 2 + 3.6
        canvas.lines(x + 40, middle, lane.ended, backed=True)
    else:
        canvas.lines(0, base + lane.foot + sum(lane.rows) * _STEP, lane.ended, backed=True)


def _draw_joints(
    canvas: Canvas, lane: _Lane, tops: Mapping[tuple[str, str], tuple[float, float]], kinds: set[str]
) -> None:
    """A hook at judgements that took in others, or came out of one."""
    for point in lane.points:
        if not point.area:
            continue
        x, y = tops[point.inspection, point.area]
        if point.joined:
            kinds.add("took_in")
            _hook(canvas, x, y)
        if lane.path.split_from is not None and point == lane.path.points[0]:
            kinds.add("split")
            _fork(canvas, x, y)


def _hook(canvas: Canvas, x: float, y: float) -> None:
    canvas.way([(x - 8, y + 19), (x, y + 19), (x, y + 12)], width=1.5)
    canvas.shape([(x - 3.5, y + 15.5), (x, y + 10.5), (x + 3.5, y + 15.5)], filled=True, width=0.8)


def _fork(canvas: Canvas, x: float, y: float) -> None:
    canvas.ring(x - 33, y, 3, filled=True)
    canvas.line(x - 33, y, x - 13, y, width=1.5)
    canvas.way([(x - 24, y), (x - 15, y - 8)], width=1.5)


def _key(canvas: Canvas, kinds: set[str], words: Mapping[str, Any]) -> list[tuple[Sample, float, str]]:
    """What each kind of line and mark in the picture means."""

    def line(kind: str) -> Sample:
        return lambda x, y: _step(canvas, (x - 14, y), (x + 58, y), [], kind, set())

    def mark(*, joint: bool = False, graded: bool = True, joined: bool = False) -> Sample:
        point = GradePoint(inspection="", grade="any" if graded else None, rank=2, ranks=4, joint=joint)

        def draw(x: float, y: float) -> None:
            _mark(canvas, x + 15, y, point, set())
            if joined:
                _hook(canvas, x + 15, y)

        return draw

    def split(x: float, y: float) -> None:
        _mark(canvas, x + 41, y, GradePoint(inspection="", grade="any", rank=2, ranks=4), set())
        _fork(canvas, x + 41, y)

    def ended(x: float, y: float) -> None:
        canvas.line(x, y, x + 14, y, width=2, bold=True)
        canvas.line(x + 14, y - 7, x + 14, y + 7, width=2.5)

    samples: dict[str, tuple[Sample, float]] = {
        "bars": (mark(), 28),
        "same": (line("same"), 44),
        "approximate": (line("approximate"), 44),
        "not_comparable": (line("not_comparable"), 44),
        "unknown": (line("unknown"), 44),
        "missing": (mark(graded=False), 28),
        "joint": (mark(joint=True), 32),
        "took_in": (mark(joined=True), 30),
        "split": (split, 54),
        "ended": (ended, 18),
    }
    return [(draw, wide, str(words["key"][name])) for name, (draw, wide) in samples.items() if name in kinds]


def _told(
    window: Sequence[HistoryInspection], lanes: Sequence[_Lane], words: Mapping[str, Any], names: Mapping[str, str]
) -> str:
    """What the picture shows, for those who do not see it: how much of it there is, and its lanes in short."""
    said = words["grades"]
    shown = said["desc"].format(
        areas=count(len(lanes), said["areas"]), inspections=count(len(window), words["inspections"])
    )
    lanes_said = [
        said["lane"].format(
            area=unmark(lane.path.label),
            grades=said["between"].join(
                said["at"].format(grade=lane.said(p), when=names[p.inspection]) for p in lane.points
            ),
        )
        for lane in lanes
        if lane.path.overall or len(lanes) <= _FEW
    ]
    return " ".join((shown, *lanes_said))
