"""A comparison of two inspections: data that every output is a view of."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from reportgen.model.base import Evidence, LanguageTag, Missing, Model, Notice
from reportgen.model.framework import Comparability
from reportgen.model.inspection import CheckedBy, Corrected, Period, Provider, Published
from reportgen.model.lexicon import BandMeasured

EarlierState = Literal[
    "split",
    "carried_same",
    "carried_reworded",
    "merged",
    "needs_review",
    "not_comparable",
    "not_covered",
    "not_restated",
]
LaterState = Literal["merged", "carried_same", "carried_reworded", "split", "needs_review", "new"]
JudgementState = Literal[
    "improved",
    "declined",
    "maintained",
    "first_judged",
    "no_longer_judged",
    "not_comparable",
    "unreadable",
    "not_published",
    "withheld",
    "not_inspected",
]
Basis = Literal["declared", "confirmed", "exact", "inferred"]
Confidence = Literal["certain", "strong", "likely", "possible"]
Relation = Literal["same", "reworded", "narrowed", "broadened"]


class Edit(Model):
    """A run of words: in both texts (``equal``), only in the earlier (``del``) or only in the later one (``ins``)."""

    op: Literal["equal", "ins", "del"]
    text: str


class Compared(Model):
    """One side of a comparison."""

    id: str
    framework: str
    provider: Provider
    title: str
    status: Literal["final", "draft"] = "final"
    wording: Literal["printed", "summary"] = "printed"
    lang: LanguageTag = "en-GB"
    inspected: tuple[Period, ...] = ()
    published: Published | None = None
    corrections: tuple[Corrected, ...] = ()
    checked: tuple[CheckedBy, ...] = ()
    sha256: str | None = None


class JudgementSide(Model):
    """A judgement as one report prints it."""

    area: str
    label: str
    grade: str | None = None
    printed: str | None = None
    missing: Missing | None = None
    evidence: tuple[Evidence, ...] = ()


class JudgementChange(Model):
    """One edge of the crosswalk. ``steps``: up (+) or down (−) on a scale, only where the two are comparable."""

    earlier: JudgementSide | None
    later: JudgementSide | None
    change: JudgementState
    steps: int | None = None
    comparability: Comparability | None = None
    reason: str | None = None
    source: str | None = None

    @property
    def alike(self) -> bool:
        """Whether both reports say the same of the same area, though it be that there is no grade."""
        if self.earlier is None or self.later is None:
            return False
        one, two = ((s.area, s.grade, s.missing) for s in (self.earlier, self.later))
        return one == two


class TopicReason(Model):
    """A topic that both speak of. ``share``: of published recommendations that do, 0 to 1; None where not measured."""

    name: str
    share: float | None = None


class Reasons(Model):
    """Why two recommendations were put together: shared topics and words, rarest first, and what only one side says.

    ``only_earlier`` and ``only_later`` are topics where a lexicon was used, else words; the facets are the respects in
    which something is to become better, as each side names them.
    """

    topics: tuple[TopicReason, ...] = ()
    shared: tuple[str, ...] = ()
    only_earlier: tuple[str, ...] = ()
    only_later: tuple[str, ...] = ()
    facets_earlier: tuple[str, ...] = ()
    facets_later: tuple[str, ...] = ()


class TimescaleChange(Model):
    """The timescales of the two, where they differ."""

    earlier: str | None
    later: str | None


class RunnerUp(Model):
    """The next best counterpart, on either side."""

    earlier: str
    later: str
    score: float


class RecommendationLink(Model):
    """An accepted link between two recommendations. ``score``: 0 to 1, None where a person decided.

    ``precision``: how often inferred links of this confidence were right where that was measured, 0 to 1; else None.
    """

    earlier: str
    later: str
    basis: Basis
    confidence: Confidence
    precision: float | None = None
    score: float | None = None
    relation: Relation
    reasons: Reasons = Reasons()
    runner_up: RunnerUp | None = None
    edits: tuple[Edit, ...] = ()
    timescale_change: TimescaleChange | None = None
    note: str | None = None


class Candidate(Model):
    """A possible counterpart that was not accepted.

    ``why``: its score is too low (``below``), another is nearer on both sides (``outdone``), it leads the next by too
    little (``close``), or a person rejected it (``rejected``).
    """

    id: str
    score: float
    reasons: Reasons = Reasons()
    rejected: bool = False
    why: Literal["below", "outdone", "close", "rejected"] = "below"


class Mention(Model):
    """A paragraph of the later report that speaks to an earlier recommendation: a mention, not a verdict."""

    paragraph: str | None = None
    page: int | None = None
    score: float
    text: str
    shared: tuple[str, ...] = ()


class ComparedRecommendation(Model):
    """A recommendation with its one lineage state; fields as in the inspection."""

    id: str
    number: str | None = None
    text: str
    kind: str
    heading: str | None = None
    timescale: str | None = None
    timescale_label: str | None = None
    addressee: str | None = None
    responsible: str | None = None
    evidence: tuple[Evidence, ...] = ()
    candidates: tuple[Candidate, ...] = ()


class EarlierRecommendation(ComparedRecommendation):
    """A recommendation of the earlier report."""

    state: EarlierState
    mentions: tuple[Mention, ...] = ()


class LaterRecommendation(ComparedRecommendation):
    """A recommendation of the later report."""

    state: LaterState


class ParagraphSide(Model):
    """A paragraph of one report; ``kind`` says what it is printed as. ``number``: its number, or a footnote's mark."""

    kind: Literal["heading", "text", "item", "caption", "row", "footnote"] = "text"
    number: str | None = None
    section: str | None = None
    text: str
    evidence: tuple[Evidence, ...] = ()


class ParagraphChange(Model):
    """Two paragraphs laid side by side, or one that the other report does not have.

    ``cosmetic``: they differ in spaces, quotation marks, dashes and the like alone.
    """

    state: Literal["same", "changed", "moved", "moved_changed", "added", "removed"]
    earlier: ParagraphSide | None = None
    later: ParagraphSide | None = None
    similarity: float | None = None
    cosmetic: bool = False
    edits: tuple[Edit, ...] = ()


class FactSide(Model):
    """A figure of one report."""

    value: float | int
    unit: str
    approximate: bool = False
    evidence: tuple[Evidence, ...] = ()


class FactChange(Model):
    """A figure in both reports, or in one. ``difference`` is later minus earlier, ``percent`` of the earlier."""

    key: str
    label: str | None = None
    earlier: FactSide | None = None
    later: FactSide | None = None
    difference: float | int | None = None
    percent: float | None = None
    comparability: Comparability | None = None
    reason: str | None = None


class OtherChange(Model):
    """A difference that no other view covers."""

    path: str
    change: Literal["added", "removed", "changed"]
    earlier: Any = None
    later: Any = None


class Measured(Model):
    """What stands behind the words strong, likely and possible: a lexicon and its measured bands.

    ``calibrated``: false where nothing was measured for this kind of report. ``bands``: how many links of each were
    right, of how many, with the ends of the 95 % interval.
    """

    rules: str
    lexicon: str | None = None
    calibrated: bool = False
    bands: tuple[BandMeasured, ...] = ()


class Counts(Model):
    """Counts of states, at the options used."""

    judgements: dict[str, int] = Field(default_factory=dict)
    earlier: dict[str, int] = Field(default_factory=dict)
    later: dict[str, int] = Field(default_factory=dict)
    paragraphs: dict[str, int] = Field(default_factory=dict)
    links: int = 0


class Summary(Counts):
    """Counts, with those that the strict and the lenient end of the matching options would give."""

    strict: Counts = Counts()
    lenient: Counts = Counts()


class Comparison(Model):
    """Two inspections of one provider, compared: see ``docs/data-format.md``."""

    format: Literal["reportgen/comparison/1"] = "reportgen/comparison/1"
    earlier_inspection: Compared = Field(alias="earlier")
    later_inspection: Compared = Field(alias="later")
    in_short: str = ""
    judgements: tuple[JudgementChange, ...] = ()
    recommendations: RecommendationChanges = Field(default_factory=lambda: RecommendationChanges())
    paragraphs: tuple[ParagraphChange, ...] = ()
    facts: tuple[FactChange, ...] = ()
    other: tuple[OtherChange, ...] = ()
    notices: tuple[Notice, ...] = ()
    matching: Measured | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    summary: Summary = Summary()

    @property
    def differs(self) -> bool:
        """Whether anything at all is different between the two."""
        return bool(
            any(j.change != "maintained" and not j.alike for j in self.judgements)
            or any(r.state != "carried_same" for r in self.recommendations.earlier)
            or any(r.state != "carried_same" for r in self.recommendations.later)
            or any(link.timescale_change or link.edits for link in self.recommendations.links)
            or any(p.state != "same" for p in self.paragraphs)
            or any(p.earlier.number != p.later.number for p in self.paragraphs if p.earlier and p.later)
            or any(f.difference != 0 for f in self.facts)
            or self.other
        )


class RecommendationChanges(Model):
    """The links, and every recommendation of both sides with its one state."""

    links: tuple[RecommendationLink, ...] = ()
    earlier: tuple[EarlierRecommendation, ...] = ()
    later: tuple[LaterRecommendation, ...] = ()


Comparison.model_rebuild()
