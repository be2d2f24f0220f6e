"""The history of one provider: what its inspections said, one after the other. Every output is a view of it."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import Field

from reportgen.model.base import Evidence, Key, Missing, Model, Notice, PartialDate, Str, Words
from reportgen.model.comparison import (
    Basis,
    Confidence,
    JudgementChange,
    JudgementState,
    Measured,
    Mention,
    Reasons,
    Relation,
)
from reportgen.model.decisions import Closure, Due, Position, Progress
from reportgen.model.framework import Comparability
from reportgen.model.inspection import CheckedBy, Corrected, Declaration, Inspector, Period, Provider, Published

#: What a recommendation is at the inspection that states it.
ItemState = Literal["new", "carried_same", "carried_reworded", "merged", "recurred", "needs_review"]
#: What a thread is at an inspection: stated there (first, again, in several, with others, back), or not.
CellState = Literal[
    "new",
    "carried_same",
    "carried_reworded",
    "split",
    "merged",
    "recurred",
    "needs_review",
    "not_comparable",
    "not_covered",
    "not_restated",
]
#: The one word for a thread where one must be chosen, by precedence.
Label = Literal[
    "needs_review",
    "not_comparable",
    "recurred",
    "closed_implemented",
    "closed_not_implemented",
    "split",
    "merged",
    "carried",
    "new",
    "not_covered",
    "not_restated",
]
TimelinessState = Literal["undated", "not_yet_due", "overdue", "met_on_time", "met_late", "date_moved"]


class HistoryInspection(Model):
    """One inspection of the series, without its text.

    ``line``: inspections whose frameworks a crosswalk joins, directly or over others, are of one line, named after the
    first framework of it; only inside a line is anything laid beside anything. ``graded``: its framework has grades;
    letters on visits have none. ``when``: its first day on site, else the day of publication, else the month in its id.
    ``previous``: the inspection that its recommendations were held against.
    """

    id: str
    when: PartialDate
    framework: Key
    framework_title: Words
    body: Words
    line: Key
    graded: bool
    title: Words
    type: Key | None = None
    type_label: Str | None = None
    theme: Str | None = None
    status: Literal["final", "draft"] = "final"
    wording: Literal["printed", "summary"] = "printed"
    provider: Provider
    inspected: tuple[Period, ...] = ()
    published: Published | None = None
    lead_inspectors: tuple[Inspector, ...] = ()
    recommendations: int = 0
    recommendations_missing: Missing | None = None
    previous: str | None = None
    sha256: str | None = None
    corrections: tuple[Corrected, ...] = ()
    checked: tuple[CheckedBy, ...] = ()


class HistoryEvent(Model):
    """A dated event without grades, from the list of events or from the letter on a visit (``inspection``)."""

    date: PartialDate
    kind: Key
    title: Words
    text: Str | None = None
    source: Words
    inspection: str | None = None


class GradeStep(Model):
    """From a judgement of an earlier inspection to this one. ``steps``: up (+) or down (−), where comparable."""

    inspection: str
    area: Key
    change: JudgementState
    steps: int | None = None
    comparability: Comparability | None = None
    reason: str | None = None
    source: str | None = None


class GradePoint(Model):
    """A judgement on a path, or the reason why there is none at an inspection between two that have one.

    ``rank``: its place on its scale, 1 the worst, ``ranks`` the best. ``joint``: the same judgement stands on other
    paths too. ``step``: from the point before that has a judgement. ``joined``: from judgements of other paths
    that this one took in.
    """

    inspection: str
    area: Key | None = None
    label: Str | None = None
    grade: Key | None = None
    missing: Missing | None = None
    printed: Str | None = None
    grade_label: Str | None = None
    rank: int | None = None
    ranks: int | None = None
    joint: bool = False
    comparability_to_previous: Comparability | None = None
    step: GradeStep | None = None
    joined: tuple[GradeStep, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class PathEnd(Model):
    """Why a path goes no further: its area went into another one (``into``), stands beside one that may not be compared
    with it, or was dropped."""

    kind: Literal["joined", "not_comparable", "dropped"]
    inspection: str
    into: Key | None = None
    reason: str


class GradePath(Model):
    """An area followed through the frameworks; ``area`` is its key in the last one. ``id``: stable in the history."""

    id: Words
    line: Key
    area: Key
    label: Words
    overall: bool = False
    split_from: GradeStep | None = None
    points: tuple[GradePoint, ...] = Field(min_length=1)
    end: PathEnd | None = None


class ThreadLink(Model):
    """To a recommendation of an earlier inspection. ``gap``: inspections of the line in between without it."""

    inspection: str
    recommendation: str
    basis: Basis
    confidence: Confidence
    precision: float | None = None
    score: float | None = None
    relation: Relation
    gap: int = 0
    reasons: Reasons = Reasons()
    note: str | None = None


class ThreadItem(Model):
    """A recommendation where it stands in a thread.

    ``link``: to the recommendation that it continues. ``also``: further links, which join no threads, so that one
    recommendation that speaks of many things does not glue them together.
    """

    inspection: str
    recommendation: str
    state: ItemState
    link: ThreadLink | None = None
    also: tuple[ThreadLink, ...] = ()
    text: Words
    text_sha: str
    number: Str | None = None
    kind: Key
    kind_label: Str | None = None
    heading: Str | None = None
    timescale: Key | None = None
    timescale_label: Str | None = None
    addressee: Key | None = None
    addressee_label: Str | None = None
    areas: tuple[Key, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class ThreadCandidate(Model):
    """Two recommendations that a person should decide on before anything is said."""

    inspection: str
    recommendation: str
    earlier_inspection: str
    earlier_recommendation: str
    score: float


class ThreadCell(Model):
    """A thread at one inspection since it was first stated.

    ``items``: the recommendations that state it there. ``into``: threads that took over a part of it there.
    ``confidence``: that of the surest link that leads there, None where none does.
    ``mentions``: paragraphs of that report that speak to it: places to read, no verdicts.
    """

    inspection: str
    state: CellState
    items: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    confidence: Confidence | None = None
    candidates: tuple[ThreadCandidate, ...] = ()
    mentions: tuple[Mention, ...] = ()


class CutFrom(Model):
    """Where a thread would continue another one, and why it was not joined to it."""

    thread: str
    link: ThreadLink
    why: Literal["possible", "other_topic"]


class ThreadProgress(Progress):
    """Progress assessed by the inspectorate, with what was said of which recommendation."""


class Timeliness(Model):
    """When a thread is due and what is known of it on the day ``as_of``, all derived from dates.

    ``due``: the date that holds; ``basis``: a printed timescale counted from publication, or a date somebody set.
    ``moved``: every date that was set, in order. ``overdue_days``: from ``due`` to ``as_of`` while the record is open.
    """

    state: TimelinessState
    due: datetime.date | None = None
    basis: Literal["timescale", "decision"] | None = None
    counted_from: datetime.date | None = None
    met: datetime.date | None = None
    moved: tuple[Due, ...] = ()
    overdue_days: int | None = None


class Thread(Model):
    """One recommendation followed through inspections. ``id``: that of the recommendation that begins it.

    ``label``: the one word for it at the last inspection of its line. ``confidence``: that of its weakest link, None
    without links. ``spanned``: inspections of its line from the first to the last that state it. ``years_open``: from
    first stated to ``as_of``, or to its closure.
    """

    id: Words
    line: Key
    label: Label
    first_stated: str
    last_stated: str
    times_stated: int
    spanned: int
    years_open: float | None = None
    confidence: Confidence | None = None
    items: tuple[ThreadItem, ...] = Field(min_length=1)
    cells: tuple[ThreadCell, ...] = ()
    cut_from: CutFrom | None = None
    topics: tuple[str, ...] = ()
    progress: tuple[ThreadProgress, ...] = ()
    position: tuple[Position, ...] = ()
    closure: Closure | None = None
    closures: tuple[Closure, ...] = ()
    due: datetime.date | None = None
    overdue_days: int | None = None
    timeliness: Timeliness


class Said(Declaration):
    """What a report itself says about the past."""

    inspection: str


class BaselineRow(Model):
    """What became of one recommendation of the baseline by the latest inspection of its line.

    ``via``: inspections in between whose recommendations lead there; ``now``: the recommendations that state it in the
    latest one.
    """

    recommendation: str
    thread: str
    state: CellState
    via: tuple[str, ...] = ()
    now: tuple[str, ...] = ()


class Baseline(Model):
    """An inspection of choice against the latest one of its line."""

    inspection: str
    latest: str
    judgements: tuple[JudgementChange, ...] = ()
    rows: tuple[BaselineRow, ...] = ()
    counts: dict[str, int] = Field(default_factory=dict)


class Pair(Model):
    """Two inspections whose recommendations were held against each other, and how many of each side have each state."""

    earlier: str
    later: str
    gap: int = 0
    earlier_states: dict[str, int] = Field(default_factory=dict)
    later_states: dict[str, int] = Field(default_factory=dict)
    links: int = 0


class HistorySummary(Model):
    """Counts that other tables add up to. ``cells``: of each inspection, the threads by their state there."""

    inspections: int = 0
    visits: int = 0
    recommendations: dict[str, int] = Field(default_factory=dict)
    items: dict[str, dict[str, int]] = Field(default_factory=dict)
    cells: dict[str, dict[str, int]] = Field(default_factory=dict)
    threads: int = 0
    labels: dict[str, int] = Field(default_factory=dict)
    timeliness: dict[str, int] = Field(default_factory=dict)
    stated_more_than_once: int = 0


class History(Model):
    """``reportgen history`` as data; see ``docs/data-format.md`` for every key."""

    format: Literal["reportgen/history/1"] = "reportgen/history/1"
    provider: Provider
    as_of: datetime.date | None = None
    inspections: tuple[HistoryInspection, ...] = ()
    events: tuple[HistoryEvent, ...] = ()
    grade_paths: tuple[GradePath, ...] = ()
    threads: tuple[Thread, ...] = ()
    baseline: Baseline | None = None
    said: tuple[Said, ...] = ()
    pairs: tuple[Pair, ...] = ()
    notices: tuple[Notice, ...] = ()
    matching: Measured | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    summary: HistorySummary = HistorySummary()
