"""Recommendations of two reports: what each of them became, and where the later report speaks to an earlier one.

The rule of the house: absence is not achievement. A recommendation that the later report does not repeat is not
restated where the later inspection looked at one of its areas, and not covered where it did not; whether it was done is
not said here. A mention is a place to read and no verdict.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reportgen.comparing.paragraphs import Unit, edits_between
from reportgen.matching import Matching, Options, Reader, decide, rulings_for, score, thresholds_for
from reportgen.matching.features import cleaned, rarity
from reportgen.matching.texts import tokens, weight, weighty
from reportgen.model import (
    Counts,
    Decisions,
    EarlierRecommendation,
    Edge,
    Framework,
    Inspection,
    LaterRecommendation,
    Mention,
    Notice,
    Recommendation,
    RecommendationChanges,
    RecommendationLink,
    TimescaleChange,
)
from reportgen.model.comparison import EarlierState, LaterState
from reportgen.wording import sentences, similarity

#: A paragraph mentions a recommendation from here up (0 to 1: how much of its weighty words stand there).
MENTIONED = 0.33
#: From so alike up (0 to 1), two linked recommendations are shown as edits word by word.
READABLE = 0.35
#: Mentions shown with a recommendation.
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """The changes, with how many recommendations have each state at the strict and the lenient end of the options."""

    changes: RecommendationChanges
    strict: Counts
    lenient: Counts
    notices: tuple[Notice, ...]


def compare_recommendations(
    earlier: Inspection,
    later: Inspection,
    frameworks: tuple[Framework, Framework],
    edges: tuple[Edge, ...],
    *,
    decisions: Decisions | None,
    options: Options,
    reader: Reader | None = None,
    pieces: Sequence[Unit] = (),
) -> Compared:
    """Say of every recommendation of two inspections what became of it.

    Args:
        earlier: The earlier inspection.
        later: The later one.
        frameworks: Their frameworks.
        edges: The crosswalk between the two.
        decisions: What people decided; None: nothing.
        options: How to match; of it only the thresholds are used here.
        reader: The lexicon of their domain; None: there is none.
        pieces: The text of the later report, to look for mentions in; none: no mentions.

    Raises:
        InputError: A decision's hash and id disagree (RG115).
    """
    scores = score(earlier.recommendations, later.recommendations, reader)
    limits = options.thresholds or thresholds_for(reader)
    rulings, notices = rulings_for(earlier, later, decisions)
    chosen = decide(scores, rulings, limits)
    strict, lenient = (decide(scores, rulings, end, explain=False) for end in (limits.strict(), limits.lenient()))
    unlinked = {r.id: looked_at(r, frameworks, edges, judged_areas(later)) for r in earlier.recommendations}
    states = earlier_states(earlier.recommendations, chosen, unlinked), later_states(later.recommendations, chosen)
    mentions = mentions_of(earlier.recommendations, pieces, reader)
    printed = earlier.wording == later.wording == "printed"
    by_id = {r.id: r for r in earlier.recommendations}, {r.id: r for r in later.recommendations}
    changes = RecommendationChanges(
        links=tuple(_finished(x, by_id[0][x.earlier], by_id[1][x.later], frameworks, printed) for x in chosen.links),
        earlier=tuple(
            EarlierRecommendation(
                **_shown(r, frameworks[0]),
                state=states[0][r.id],
                candidates=chosen.earlier[r.id],
                mentions=mentions.get(r.id, ()),
            )
            for r in earlier.recommendations
        ),
        later=tuple(
            LaterRecommendation(**_shown(r, frameworks[1]), state=states[1][r.id], candidates=chosen.later[r.id])
            for r in later.recommendations
        ),
    )
    ends = []
    for matching in (strict, lenient):
        one = earlier_states(earlier.recommendations, matching, unlinked)
        two = later_states(later.recommendations, matching)
        ends.append(Counts(earlier=counted(one.values()), later=counted(two.values()), links=len(matching.links)))
    return Compared(changes, ends[0], ends[1], notices)


def counted(states: Iterable[str]) -> dict[str, int]:
    """How often each state stands in there, by name."""
    return dict(sorted(Counter(states).items()))


# -- states ----------------------------------------------------------------------------------------------------------


def judged_areas(inspection: Inspection) -> frozenset[str]:
    """The areas that an inspection looked at: those with a grade, and those whose grade is only not known."""
    known = ("unreadable", "withheld", "not_published")
    return frozenset(j.area for j in inspection.judgements if j.grade is not None or j.missing in known)


def is_covered(
    recommendation: Recommendation, framework: Framework, edges: Iterable[Edge], judged: frozenset[str]
) -> bool:
    """Whether an inspection looked at one of a recommendation's areas.

    Args:
        recommendation: A recommendation; without areas it stands for all areas of its framework.
        framework: Its framework.
        edges: The crosswalk from that framework to the other inspection's.
        judged: The areas that the other inspection judged, see :func:`judged_areas`.
    """
    areas = set(recommendation.areas) or {area.key for area in framework.areas}
    return any(
        edge.earlier in areas and edge.later in judged and edge.comparability in ("same", "approximate")
        for edge in edges
    )


def looked_at(
    recommendation: Recommendation,
    frameworks: tuple[Framework, Framework],
    edges: tuple[Edge, ...],
    judged: frozenset[str],
) -> EarlierState:
    """What an earlier recommendation is that has no link and no candidate.

    Args:
        recommendation: The earlier recommendation.
        frameworks: Its framework and that of the later inspection.
        edges: The crosswalk between the two.
        judged: The areas that the later inspection judged, see :func:`judged_areas`.
    """
    bridged = frameworks[0].key == frameworks[1].key or any(e.earlier and e.later for e in edges)
    if not bridged:
        return "not_comparable"
    return "not_restated" if is_covered(recommendation, frameworks[0], edges, judged) else "not_covered"


def earlier_states(
    recommendations: Sequence[Recommendation], matching: Matching, otherwise: Mapping[str, EarlierState]
) -> dict[str, EarlierState]:
    """The one state of each earlier recommendation; ``otherwise``: that of those without link and candidate."""
    links = _by_end(matching.links, "earlier")
    states: dict[str, EarlierState] = {}
    for r in recommendations:
        mine = links.get(r.id, [])
        if len(mine) > 1:
            states[r.id] = "split"
        elif mine:
            states[r.id] = "carried_same" if mine[0].relation == "same" else "carried_reworded"
        else:
            states[r.id] = "needs_review" if r.id in matching.review[0] else otherwise[r.id]
    return states


def later_states(recommendations: Sequence[Recommendation], matching: Matching) -> dict[str, LaterState]:
    """The one state of each later recommendation."""
    links = _by_end(matching.links, "later")
    states: dict[str, LaterState] = {}
    for r in recommendations:
        mine = links.get(r.id, [])
        if len(mine) > 1:
            states[r.id] = "merged"
        elif mine:
            states[r.id] = "carried_same" if mine[0].relation == "same" else "carried_reworded"
        else:
            states[r.id] = "needs_review" if r.id in matching.review[1] else "new"
    return states


def _by_end(links: Iterable[RecommendationLink], end: str) -> dict[str, list[RecommendationLink]]:
    found: dict[str, list[RecommendationLink]] = {}
    for link in links:
        found.setdefault(getattr(link, end), []).append(link)
    return found


# -- links and recommendations, ready to be shown --------------------------------------------------------------------


def _finished(
    link: RecommendationLink,
    one: Recommendation,
    two: Recommendation,
    frameworks: tuple[Framework, Framework],
    printed: bool,
) -> RecommendationLink:
    """A link with its edits and its change of timescale. ``printed``: both texts are the reports' own words."""
    return link.model_copy(
        update={
            # of two texts with little in common, word by word is no help: both stand there whole
            "edits": edits_between(one.text, two.text)
            if printed and one.text != two.text and similarity(one.text, two.text) >= READABLE
            else (),
            "timescale_change": _timescale_change(one, two, frameworks),
            # the bands were measured on printed words
            "confidence": link.confidence if printed or link.basis != "inferred" else "possible",
            "precision": link.precision if printed else None,
        }
    )


def _timescale_change(
    one: Recommendation, two: Recommendation, frameworks: tuple[Framework, Framework]
) -> TimescaleChange | None:
    if one.timescale == two.timescale:
        return None
    return TimescaleChange(earlier=_label(one, frameworks[0]), later=_label(two, frameworks[1]))


def _label(recommendation: Recommendation, framework: Framework) -> str | None:
    key = recommendation.timescale
    return next((band.labels[0] for band in framework.recommendations.bands if band.key == key), key)


def _shown(recommendation: Recommendation, framework: Framework) -> dict[str, object]:
    shown = recommendation.model_dump(exclude={"areas", "references", "evidence"})
    return {
        **shown,
        "timescale_label": _label(recommendation, framework),
        "evidence": recommendation.evidence,
    }


# -- mentions --------------------------------------------------------------------------------------------------------


def mentions_of(
    recommendations: Sequence[Recommendation], pieces: Sequence[Unit], reader: Reader | None
) -> dict[str, tuple[Mention, ...]]:
    """For each recommendation the paragraphs that speak of the same things, best first, each with its best sentence."""
    read = [unit for unit in pieces if unit.kind in ("text", "item", "row", "footnote")]
    if not read:
        return {}
    parts = [[(sentence, _cues(sentence, reader)) for sentence in sentences(unit.text)] for unit in read]
    cues: list[set[str]] = [set().union(*(some.keys() for _, some in part)) for part in parts]
    holders = Counter(cue for some in cues for cue in some)
    found = {}
    for r in recommendations:
        own = _cues(r.text, reader)
        # how much a cue says, in recommendations at large and in this very report
        weights = {cue: at_large * math.log((1 + len(read)) / (1 + holders[cue])) for cue, (_, at_large) in own.items()}
        total = math.fsum(weights.values())
        topics = {cue: weights[cue] for cue in own if cue.startswith(_TOPIC)}
        # where it has topics, one of those that say most must be among what both speak of
        needed = {cue for cue, value in topics.items() if value >= max(topics.values()) / 2}
        some: list[tuple[float, int, Mention]] = []
        for n, unit in enumerate(read):
            if not total or not parts[n] or (needed and not needed & cues[n]):
                continue
            values = [math.fsum(weights[c] for c in own.keys() & have.keys()) for _, have in parts[n]]
            best = values.index(max(values))
            shared = own.keys() & parts[n][best][1].keys()
            whole = math.fsum(weights[c] for c in own.keys() & cues[n])
            value = round((values[best] + whole) / 2 / total, 4)
            if value >= MENTIONED and len(shared) >= min(2, len(own)) and (not needed or needed & shared):
                mention = Mention(
                    paragraph=unit.number,
                    page=unit.evidence[0].page if unit.evidence else None,
                    score=value,
                    text=parts[n][best][0],
                    shared=tuple(own[c][0] for c in sorted(shared, key=lambda c: (-weights[c], c))[:6]),
                )
                some.append((-value, n, mention))
        found[r.id] = tuple(mention for *_, mention in sorted(some, key=lambda entry: entry[:2])[:_SHOWN])
    return found


#: Marks a cue that is a topic of the lexicon, and no word.
_TOPIC = "#"


def _cues(text: str, reader: Reader | None) -> dict[str, tuple[str, float]]:
    """What a text speaks of: its weighty words, and the objects of practice that a lexicon finds, with their weight."""
    cues = {stem: (word, weight(stem)) for stem, word in weighty(text).items()}
    if reader is not None:
        for found in reader.topics(tokens(cleaned(text, reader))):
            if reader.kinds[found.topic] == "object" and not found.wider:
                cues[_TOPIC + found.topic] = (reader.names[found.topic], 2 * rarity(found.topic, reader))
    return cues
