"""What two recommendations have in common, as a few numbers between 0 and 1 that are the same either way round.

Each text is made ready once: its topics with how early and how rare they are, its words and the n-grams of their
letters with how much they say, its clauses, the facets that it names. Sums are rounded once, so that nothing depends on
their order.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from reportgen.matching.lexicon import Found, Reader
from reportgen.matching.texts import by_stem, frequencies, stem, telling, tokens, weight

#: A topic, and a word, count half after so many words: what comes first is what a recommendation is about.
_HALF = 8
_HALF_WORDS = 10
_HALF_GRAMS = 7
#: What a topic counts that is a population or a manner and no object of practice.
_LESS = 0.6
#: The rarity of a topic of which it was never measured.
_UNKNOWN = 3.5
_CLAUSES = 12

Vector = Mapping[str, float]

#: The names of the numbers, in the order in which the weights are fitted.
NAMES = (
    "topics",
    "topics_squared",
    "objects",
    "words",
    "other_words",
    "letters",
    "clauses",
    "facets_shared",
    "facets_apart",
    "objects_apart",
    "populations_apart",
    "populations_shared",
    "shorter",
    "longer",
)


@dataclass(frozen=True, slots=True)
class Made:
    """A text made ready. Vectors have length 1, or are empty."""

    stems: Mapping[str, str]
    topics: Vector
    objects: Vector
    words: Vector
    other_words: Vector
    letters: Vector
    clauses: tuple[Vector, ...]
    facets: tuple[str, ...]
    by_kind: Mapping[str, frozenset[str]]
    first: Mapping[str, int]
    size: int


# -- cleaning --------------------------------------------------------------------------------------------------------

_REFERENCE = re.compile(
    r"\([^()]*\b(?:outcomes?|enablers?|national framework|paragraphs?|page|recommendation)\b[^()]*\)?"
    r"|\bparagraphs?\s+\d.*$"
    r"|\b(?:outcome|enabler)\s+(?:\d|one|two|three|four|five)\b[^a-z]*(?:,?\s*national framework)?",
    re.IGNORECASE,
)
_MUST = re.compile(r"\b(?:should|must|needs? to)\b(?:\s+(?:also|all))?(?:\s+ensure)?(?:\s+that)?\s*", re.IGNORECASE)
_LONGEST_ACTOR = 120
_SMALL = frozenset("the and of with its their in for all a an".split())


def cleaned(text: str, reader: Reader) -> str:
    """A recommendation without its printed references and without who is told to carry it out."""
    bare = _REFERENCE.sub(" ", text).strip() or text
    found = _MUST.search(bare, 0, _LONGEST_ACTOR)
    if found:
        before = tokens(bare[: found.start()])
        if before and all(word in _SMALL or stem(word) in reader.actors for word in before):
            bare = bare[found.end() :].strip() or bare
    return bare


_CLAUSE = re.compile(
    r"[;:]|,? \b(?:including|so that|such as|in particular|particularly|especially|specifically|this includes"
    r"|in order to|as well as|to ensure|which)\b|, (?=(?:and|that|with|by)\b)|(?<=[.!?])\s+(?=[A-Z])"
)


def clauses(text: str) -> list[str]:
    """The parts of a composite: cut at semicolons, at "including" and its like, at ", and", and between sentences."""
    return [part for part in _CLAUSE.split(text) if part.strip()][:_CLAUSES]


# -- making ready ----------------------------------------------------------------------------------------------------


#: A history holds the same list against many others.
@lru_cache(maxsize=4096)
def make(text: str, reader: Reader) -> Made:
    """A recommendation's text made ready for :func:`numbers`; every caller gets the same one, so leave it as it is."""
    bare = cleaned(text, reader)
    said = tokens(bare)
    kept = telling(said)
    found = reader.topics(said)
    first: dict[str, int] = {}
    for one in found:
        first.setdefault(one.topic, one.start)
    told = {at for one in found for at in range(one.start, one.end)}
    by_kind: dict[str, set[str]] = defaultdict(set)
    for key in first:
        by_kind[reader.kinds[key]].add(key)
    objects = {key for key in first if reader.kinds[key] in ("object", "group")}
    words: dict[str, float] = defaultdict(float)
    others: dict[str, float] = {}
    for place, at in enumerate(kept):
        key = stem(said[at])
        words[key] += weight(key) / (1 + place / _HALF_WORDS)
        if at not in told:
            others[key] = max(others.get(key, 0.0), weight(key) / (1 + place / _HALF))
    parts = [_lead(reader.topics(tokens(clause)), reader) for clause in clauses(bare)]
    whole = _lead(found, reader)
    return Made(
        stems=by_stem(said[at] for at in kept),
        topics=whole,
        objects=_unit({key: rarity(key, reader) / (1 + first[key] / 12) for key in objects}),
        words=_unit(words),
        other_words=_unit(others),
        letters=_unit(grams_of([said[at] for at in kept], known=True)),
        clauses=tuple(part for part in parts if part) or (whole,),
        facets=tuple(reader.facets(said)),
        by_kind={kind: frozenset(keys) for kind, keys in by_kind.items()},
        first=first,
        size=len(kept),
    )


def rarity(topic: str, reader: Reader) -> float:
    """How much a topic says: the logarithm of how rare it is in recommendations, times its own weight."""
    measured = reader.calibration
    bare = _UNKNOWN if measured is None else math.log((1 + measured.of) / (1 + measured.topics.get(topic, 0)))
    return bare * reader.weights[topic]


def _lead(found: Iterable[Found], reader: Reader) -> Vector:
    """Topics by how rare they are and how early they stand."""
    vector: dict[str, float] = {}
    for one in found:
        less = _LESS if reader.kinds[one.topic] in ("population", "manner") else 1.0
        worth = (rarity(one.topic, reader) + 1) * less / (1 + one.start / _HALF)
        vector[one.topic] = max(vector.get(one.topic, 0.0), worth)
    return _unit(vector)


def grams_of(said: Sequence[str], *, known: bool) -> dict[str, float]:
    """The n-grams of words (3 to 5 letters, inside words), an early word counting more than a late one.

    ``known``: each times how rare it is in published recommendations.
    """
    counts: dict[str, float] = defaultdict(float)
    for place, word in enumerate(said):
        worth = 1 / (1 + place / _HALF_GRAMS)
        for gram in _grams(word):
            counts[gram] += worth
    if not known:
        return counts
    rare = _gram_rarity()
    top = _gram_top()
    return {gram: worth * rare.get(gram, top) for gram, worth in counts.items()}


@cache
def _grams(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(padded[i : i + n] for n in (3, 4, 5) for i in range(len(padded) - n + 1))


@cache
def _gram_rarity() -> Mapping[str, float]:
    """How rare an n-gram is, from how rare the words are that hold it, as if these stood independently."""
    words, total = frequencies()
    missed: dict[str, float] = defaultdict(float)
    for word, count in words.items():
        share = math.log1p(-min(count, total - 1) / total)
        for gram in set(_grams(word)):
            missed[gram] += share
    return {gram: math.log((1 + total) / (1 + total * -math.expm1(share))) for gram, share in missed.items()}


@cache
def _gram_top() -> float:
    return math.log(1 + frequencies()[1])


def _unit(vector: Mapping[str, float]) -> Vector:
    norm = math.sqrt(math.fsum(w * w for w in vector.values()))
    return {key: w / norm for key, w in vector.items()} if norm else {}


# -- two texts -------------------------------------------------------------------------------------------------------


def cosine(one: Vector, two: Vector) -> float:
    """The cosine of two vectors of length 1, the same either way round."""
    return math.fsum(one[key] * two[key] for key in one.keys() & two.keys())


def numbers(one: Made, two: Made) -> tuple[float, ...]:
    """What two texts have in common, in the order of ``NAMES``; the same either way round."""
    topics = cosine(one.topics, two.topics)
    nothing: frozenset[str] = frozenset()
    objects = one.by_kind.get("object", nothing), two.by_kind.get("object", nothing)
    groups = one.by_kind.get("group", nothing), two.by_kind.get("group", nothing)
    populations = one.by_kind.get("population", nothing), two.by_kind.get("population", nothing)
    facets = frozenset(one.facets), frozenset(two.facets)
    apart = not (objects[0] & objects[1]) and not (groups[0] & groups[1])
    sizes = sorted((one.size, two.size))
    return (
        topics,
        topics * topics,
        cosine(one.objects, two.objects),
        cosine(one.words, two.words),
        cosine(one.other_words, two.other_words),
        cosine(one.letters, two.letters),
        max(cosine(a, b) for a in one.clauses for b in two.clauses),
        len(facets[0] & facets[1]) / max(1, min(map(len, facets))),
        float(all(facets) and not facets[0] & facets[1]),
        float(all(objects) and apart),
        float(all(populations) and not populations[0] & populations[1]),
        float(bool(populations[0] & populations[1])),
        math.log(1 + sizes[0]) / 4,
        math.log(1 + sizes[1]) / 4,
    )


def probability(found: Sequence[float], weights: Mapping[str, float]) -> float:
    """The logistic layer: how likely it is that two texts belong together, 0 to 1."""
    total = math.fsum((weights["constant"], *(weights[name] * value for name, value in zip(NAMES, found, strict=True))))
    return 1 / (1 + math.exp(-total))
