"""Matching: which recommendations of two inspections belong together, with reasons, and when to ask a person.

A ladder of four rungs, the first that holds counts: the report itself declares it; a person confirmed or rejected it;
the letters are equal; the wording is alike (inferred, with a score). A rejected pair never returns on any rung.

What was measured with a lexicon travels with it (``lexicons/<key>.measured.json``, written by
``benchmarks/fit_matching.py``) and is printed with every comparison. Where nothing was measured, that is said instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from reportgen.matching.lexicon import Reader, load_lexicon, reader_of
from reportgen.matching.rulings import Rulings, met_in, rulings_for
from reportgen.matching.scores import Cell, Item, Pair, Scores, cell_of, layer_of, score
from reportgen.matching.texts import letters_of, same_letters, same_text
from reportgen.model import Calibration, Candidate, Measured, Reasons, Recommendation, RecommendationLink, RunnerUp

__all__ = [
    "Matching",
    "Options",
    "Reader",
    "Rulings",
    "Scores",
    "Thresholds",
    "decide",
    "load_lexicon",
    "match",
    "measured",
    "met_in",
    "reader_of",
    "rulings_for",
    "same_letters",
    "same_text",
    "score",
    "thresholds_for",
]

#: Names of the rules in here, with a lexicon and without; change whenever the same two lists could come out otherwise.
RULES = "topics/1"
RULES_WITHOUT = "char-ngrams/1"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Thresholds on the score (0 to 1).

    ``accept``: a link from here up, if it is the best of either side. ``review``: from here up a person should decide.
    ``show``: a candidate from here up, to be found by those who look for it. ``margin``: a link below ``likely`` must
    lead the next best by so much. ``likely`` and ``strong`` begin the bands of that name; what is accepted below is
    ``possible``.
    """

    accept: float
    review: float
    show: float
    likely: float
    strong: float
    margin: float = 0.0

    def strict(self) -> Thresholds:
        """The strict end: strong links only."""
        return replace(self, accept=self.strong)

    def lenient(self) -> Thresholds:
        """The lenient end: every candidate that a person would have been asked about, where it is somebody's best."""
        return replace(self, accept=min(self.accept, self.review), review=self.show, margin=0.0)


#: Thresholds on the score without a lexicon.
WITHOUT = Thresholds(accept=0.27, review=0.20, show=0.14, likely=0.33, strong=0.42, margin=0.02)


@dataclass(frozen=True, slots=True)
class Options:
    """How to compare. ``thresholds``: on the score; None takes those that belong to it.

    ``lexicon``: ``profile`` takes the one that both frameworks name, if they name the same; ``none`` takes none;
    anything else is the key of a shipped lexicon or the path of one of your own.
    """

    thresholds: Thresholds | None = None
    lexicon: str = "profile"


def thresholds_for(reader: Reader | None) -> Thresholds:
    """The thresholds that belong to the score with a lexicon, or to that without one."""
    if reader is None:
        return WITHOUT
    layer = layer_of(reader)
    least = {band.band: band.at_least for band in layer.bands}
    return Thresholds(layer.accept, layer.review, layer.show, least["likely"], least["strong"])


def measured(reader: Reader | None) -> Measured:
    """What is known of the score's bands: nothing where nothing was measured for this kind of report."""
    if reader is None:
        return Measured(rules=RULES_WITHOUT)
    own: Calibration | None = reader.calibration
    return Measured(
        rules=RULES, lexicon=reader.lexicon.key, calibrated=own is not None, bands=own.bands if own is not None else ()
    )


@dataclass(frozen=True, slots=True)
class Matching:
    """Accepted links, and for each recommendation of either side (by id) the candidates that were not accepted.

    Candidates stand best first, at most three, rejected ones last. ``review``: the ids on either side that have no link
    but a candidate good enough for a person to decide on.
    """

    links: tuple[RecommendationLink, ...] = ()
    earlier: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict)
    later: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict)
    review: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())


#: Candidates shown with a recommendation.
_SHOWN = 3


def match(
    earlier: Sequence[Recommendation],
    later: Sequence[Recommendation],
    *,
    rulings: Rulings | None = None,
    thresholds: Thresholds | None = None,
    reader: Reader | None = None,
) -> Matching:
    """Pair two lists of recommendations.

    Args:
        earlier: The recommendations of the earlier inspection.
        later: Those of the later one.
        rulings: What is settled beforehand, see :func:`rulings_for`; None: nothing.
        thresholds: Thresholds on the score; None: those that belong to it.
        reader: The lexicon of their domain; None: there is none.

    Returns:
        The links in the order of the lists, and the candidates that were not accepted.
    """
    return decide(score(earlier, later, reader), rulings or Rulings(), thresholds or thresholds_for(reader))


def decide(scores: Scores, rulings: Rulings, limits: Thresholds, *, explain: bool = True) -> Matching:
    """Climb the ladder for every pair: the part of :func:`match` after the scores.

    ``explain``: with the reasons, which are most of the work where only counts are wanted.
    """
    settled = {
        (one, two)
        for one, two in (rulings.declared | rulings.confirmed.keys()) - rulings.rejected
        if one in scores.earlier and two in scores.later
    }
    equal, exact = _exact(scores, settled, rulings.rejected)
    # where the letters are equal, nothing else is sought for either of the two
    closed = {one for one, _ in equal}, {two for _, two in equal}
    cells = [
        cell
        for cell in scores.cells.values()
        if cell.pair not in rulings.rejected and cell.earlier not in closed[0] and cell.later not in closed[1]
    ]
    lines = _lines(cells)
    inferred = {c.pair for c in cells if c.pair not in settled and _accepted(c, lines, limits)}
    places = [{name: place for place, name in enumerate(side)} for side in (scores.earlier, scores.later)]
    linked = sorted(settled | exact | inferred, key=lambda pair: (places[0][pair[0]], places[1][pair[1]]))
    precision: dict[str, float] = {band.band: band.precision for band in measured(scores.reader).bands}
    links = tuple(_link(scores, pair, rulings, limits, lines, precision, explain=explain) for pair in linked)
    found = _candidates(scores, set(linked), cells, lines, rulings, limits, explain=explain)
    have = {one for one, _ in linked}, {two for _, two in linked}
    review = [
        frozenset(name for name, some in side.items() if name not in done and _undecided(some, limits))
        for side, done in zip(found, have, strict=True)
    ]
    return Matching(links, found[0], found[1], (review[0], review[1]))


def _undecided(candidates: Iterable[Candidate], limits: Thresholds) -> bool:
    return any(c.score >= limits.review and not c.rejected for c in candidates)


def _exact(scores: Scores, settled: set[Pair], rejected: frozenset[Pair]) -> tuple[set[Pair], set[Pair]]:
    """All pairs of equal letters that belong together, and those of them that were not settled already.

    Where one text stands several times on a side, each goes with the counterpart that agrees with it most.
    """
    groups: dict[str, tuple[list[Item], list[Item]]] = defaultdict(lambda: ([], []))
    for n, side in enumerate((scores.earlier, scores.later)):
        for item in side.values():
            groups[letters_of(item.recommendation.text)][n].append(item)
    equal: set[Pair] = set()
    exact: set[Pair] = set()
    for ones, twos in groups.values():
        pairs = [cell_of(one, two, 1.0) for one in ones for two in twos]
        pairs = sorted((p for p in pairs if p.pair not in rejected), key=lambda p: p.order, reverse=True)
        chosen = [p for p in pairs if p.pair in settled]
        taken = {("e", p.earlier) for p in chosen} | {("l", p.later) for p in chosen}
        # one to one first; then those left over, each with its nearest
        for needed in (1, 2):
            for p in pairs:
                ends = {("e", p.earlier), ("l", p.later)}
                if len(ends & taken) < needed and p not in chosen:
                    chosen.append(p)
                    taken |= ends
        equal |= {p.pair for p in chosen}
        exact |= {p.pair for p in chosen if p.pair not in settled}
    return equal, exact


#: The cells of each earlier and of each later recommendation, best first.
_Lines = tuple[dict[str, list[Cell]], dict[str, list[Cell]]]


def _lines(cells: Iterable[Cell]) -> _Lines:
    rows: dict[str, list[Cell]] = defaultdict(list)
    columns: dict[str, list[Cell]] = defaultdict(list)
    for cell in sorted(cells, key=lambda c: c.order, reverse=True):
        rows[cell.earlier].append(cell)
        columns[cell.later].append(cell)
    return rows, columns


def _accepted(cell: Cell, lines: _Lines, limits: Thresholds) -> bool:
    """Whether a cell is a link: good enough, the best of its row or column, and ahead of the next where in doubt."""
    if cell.score < limits.accept:
        return False
    leads = [
        cell.score - (line[1].score if len(line) > 1 else 0.0)
        for line in (lines[0][cell.earlier], lines[1][cell.later])
        if line[0] is cell
    ]
    return bool(leads) and (cell.score >= limits.likely or max(leads) >= limits.margin)


def _link(
    scores: Scores,
    pair: Pair,
    rulings: Rulings,
    limits: Thresholds,
    lines: _Lines,
    precision: Mapping[str, float],
    *,
    explain: bool,
) -> RecommendationLink:
    cell = scores.cells.get(pair)
    value = cell.score if cell else None
    relation = scores.relation(pair)
    texts = scores.earlier[pair[0]].recommendation.text, scores.later[pair[1]].recommendation.text
    note = None
    basis: Literal["declared", "confirmed", "exact", "inferred"]
    confidence: Literal["certain", "strong", "likely", "possible"] = "certain"
    if pair in rulings.declared:
        basis = "declared"
    elif pair in rulings.confirmed:
        basis, value = "confirmed", None
    elif same_letters(*texts):
        basis, value = "exact", 1.0
    else:
        basis = "inferred"
        assert value is not None
        confidence = "strong" if value >= limits.strong else "likely" if value >= limits.likely else "possible"
    if pair in rulings.confirmed:
        said, note = rulings.confirmed[pair]
        # whether the words are the same is for the words to say
        if said not in (None, "same") and relation != "same":
            relation = said
    rivals = [c for line in (lines[0].get(pair[0], []), lines[1].get(pair[1], [])) for c in line[:2] if c.pair != pair]
    rival = max((c for c in rivals if c.score >= 0.05), key=lambda c: c.order, default=None)
    return RecommendationLink(
        earlier=pair[0],
        later=pair[1],
        basis=basis,
        confidence=confidence,
        precision=precision.get(confidence) if basis == "inferred" else None,
        score=value,
        relation=relation,
        reasons=scores.reasons(pair) if explain else Reasons(),
        runner_up=RunnerUp(earlier=rival.earlier, later=rival.later, score=rival.score) if rival else None,
        note=note,
    )


def _candidates(
    scores: Scores,
    linked: set[Pair],
    cells: Iterable[Cell],
    every: _Lines,
    rulings: Rulings,
    limits: Thresholds,
    *,
    explain: bool,
) -> tuple[dict[str, tuple[Candidate, ...]], dict[str, tuple[Candidate, ...]]]:
    """What was not accepted, for each recommendation of either side: the best few, then what people rejected."""
    shown = min(limits.show, limits.review)
    near = [cell for cell in cells if cell.score >= shown and cell.pair not in linked]
    refused = [
        scores.cells.get(pair) or cell_of(scores.earlier[pair[0]], scores.later[pair[1]], 0.0)
        for pair in rulings.rejected
        if pair[0] in scores.earlier and pair[1] in scores.later
    ]
    found: tuple[dict[str, list[Candidate]], dict[str, list[Candidate]]] = (
        {name: [] for name in scores.earlier},
        {name: [] for name in scores.later},
    )
    for lines, rejected in ((_lines(near), False), (_lines(refused), True)):
        for n in (0, 1):
            for name, line in lines[n].items():
                for cell in line if rejected else line[:_SHOWN]:
                    found[n][name].append(
                        Candidate(
                            id=cell.pair[1 - n],
                            score=cell.score,
                            reasons=scores.reasons(cell.pair) if explain else Reasons(),
                            rejected=rejected,
                            why="rejected" if rejected else _why(cell, every, limits),
                        )
                    )
    one, two = ({name: tuple(some) for name, some in side.items()} for side in found)
    return one, two


def _why(cell: Cell, lines: _Lines, limits: Thresholds) -> Literal["below", "outdone", "close"]:
    """Why a pair that nobody rejected is no link."""
    if cell.score < limits.accept:
        return "below"
    best = cell is lines[0][cell.earlier][0] or cell is lines[1][cell.later][0]
    return "close" if best else "outdone"
