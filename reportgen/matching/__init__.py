"""Matching: which recommendations of two inspections belong together, with reasons, and when to ask a person.

A ladder of four rungs, the first that holds counts: the report itself declares it; a person confirmed or rejected it;
the letters are equal; the wording is alike (inferred, with a score). A rejected pair never returns on any rung.

The thresholds were set on 35 pairs of successive Ofsted reports whose links were read by hand (108 links), and measured
on the same pairs, which flatters: precision 0.68, recall 0.42, F1 0.52 (the same with the threshold chosen on the pairs
of other authorities). Links called strong were right 16 times of 16, likely ones 15 of 24, possible ones 14 of 26: a
proposer for a person to check, not an oracle. For other inspectorates nothing was measured.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from reportgen.matching.rulings import Rulings, rulings_for
from reportgen.matching.scores import Cell, Item, Pair, Scores, cell_of, letters_of, same_letters, same_text, score
from reportgen.model import Candidate, Recommendation, RecommendationLink, RunnerUp

__all__ = [
    "LENIENT",
    "RULES",
    "STRICT",
    "Matching",
    "Options",
    "Rulings",
    "Scores",
    "decide",
    "match",
    "rulings_for",
    "same_letters",
    "same_text",
    "score",
]

#: Name of the rules in here; changes whenever the same two lists could come out otherwise.
RULES = "char-ngrams/1"


@dataclass(frozen=True, slots=True)
class Options:
    """Thresholds on the score (0 to 1).

    ``accept``: a link from here up, if it is the best of either side. ``review``: from here up a person should decide.
    ``show``: a candidate from here up, to be found by those who look for it. ``margin``: a link below ``likely`` must
    lead the next best by so much. ``likely`` and ``strong`` begin the bands of that name; what is accepted below is
    ``possible``.
    """

    accept: float = 0.27
    review: float = 0.20
    show: float = 0.14
    margin: float = 0.02
    likely: float = 0.33
    strong: float = 0.42


#: The two ends of the range that a summary gives: only strong links, and every candidate that is somebody's best.
STRICT = Options(accept=0.42)
LENIENT = Options(accept=0.20, review=0.14, margin=0.0)


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
    options: Options | None = None,
) -> Matching:
    """Pair two lists of recommendations.

    Args:
        earlier: The recommendations of the earlier inspection.
        later: Those of the later one.
        rulings: What is settled beforehand, see :func:`rulings_for`; None: nothing.
        options: Thresholds; None: the default ones.

    Returns:
        The links in the order of the lists, and the candidates that were not accepted.
    """
    return decide(score(earlier, later), rulings or Rulings(), options or Options())


def decide(scores: Scores, rulings: Rulings, options: Options) -> Matching:
    """Climb the ladder for every pair: the part of :func:`match` after the scores."""
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
    inferred = {c.pair for c in cells if c.pair not in settled and _accepted(c, lines, options)}
    places = [{name: place for place, name in enumerate(side)} for side in (scores.earlier, scores.later)]
    linked = sorted(settled | exact | inferred, key=lambda pair: (places[0][pair[0]], places[1][pair[1]]))
    links = tuple(_link(scores, pair, rulings, options, lines) for pair in linked)
    found = _candidates(scores, set(linked), cells, rulings, options)
    have = {one for one, _ in linked}, {two for _, two in linked}
    review = [
        frozenset(name for name, some in side.items() if name not in done and _undecided(some, options))
        for side, done in zip(found, have, strict=True)
    ]
    return Matching(links, found[0], found[1], (review[0], review[1]))


def _undecided(candidates: Iterable[Candidate], options: Options) -> bool:
    return any(c.score >= options.review and not c.rejected for c in candidates)


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


def _accepted(cell: Cell, lines: _Lines, options: Options) -> bool:
    """Whether a cell is a link: good enough, the best of its row or column, and ahead of the next where in doubt."""
    if cell.score < options.accept:
        return False
    leads = [
        cell.score - (line[1].score if len(line) > 1 else 0.0)
        for line in (lines[0][cell.earlier], lines[1][cell.later])
        if line[0] is cell
    ]
    return bool(leads) and (cell.score >= options.likely or max(leads) >= options.margin)


def _link(scores: Scores, pair: Pair, rulings: Rulings, options: Options, lines: _Lines) -> RecommendationLink:
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
        confidence = "strong" if value >= options.strong else "likely" if value >= options.likely else "possible"
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
        score=value,
        relation=relation,
        reasons=scores.reasons(pair),
        runner_up=RunnerUp(earlier=rival.earlier, later=rival.later, score=rival.score) if rival else None,
        note=note,
    )


def _candidates(
    scores: Scores, linked: set[Pair], cells: Iterable[Cell], rulings: Rulings, options: Options
) -> tuple[dict[str, tuple[Candidate, ...]], dict[str, tuple[Candidate, ...]]]:
    """What was not accepted, for each recommendation of either side: the best few, then what people rejected."""
    shown = min(options.show, options.review)
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
                    other = cell.pair[1 - n]
                    reasons = scores.reasons(cell.pair)
                    found[n][name].append(Candidate(id=other, score=cell.score, reasons=reasons, rejected=rejected))
    one, two = ({name: tuple(some) for name, some in side.items()} for side in found)
    return one, two
