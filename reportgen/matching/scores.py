"""Scores: how alike two recommendations are, and the reasons.

With a lexicon the score is what a logistic layer makes of what the two texts have in common (``features``): between 0
and 1, the same whichever side is which, and the same whatever else stands in the lists. Without one it is the cosine of
the n-grams of their letters, weighted by how rare these are in the two lists. Ties are broken by content.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from reportgen.matching import candidates
from reportgen.matching.features import Made, grams_of, make, numbers, probability, rarity
from reportgen.matching.lexicon import Reader, load_lexicon
from reportgen.matching.texts import same_text, telling, tokens, weight, weighty
from reportgen.model import Calibration, Reasons, Recommendation, TopicReason

Relation = Literal["same", "reworded", "narrowed", "broadened"]
#: An earlier recommendation's id with a later one's.
Pair = tuple[str, str]

#: Pairs below this are as good as nothing, and are not kept.
_LEAST = 0.005
#: Weights of the score without a lexicon are whole numbers of this fineness, so that sums do not depend on their order.
_FINE = 1 << 16
#: N-grams in more texts than this are left out of long lists: they say little and cost most.
_COMMON = 300
#: How many topics and words a reason names.
_NAMED = 6


@dataclass(frozen=True, slots=True)
class Item:
    """A recommendation made ready: ``content`` breaks ties, ``made`` is None without a lexicon."""

    recommendation: Recommendation
    content: str
    stems: Mapping[str, str]
    made: Made | None = None

    @property
    def id(self) -> str:
        return self.recommendation.id


@dataclass(frozen=True, slots=True)
class Cell:
    """A pair with its score. ``order``: greater is better, the same whichever side is which."""

    earlier: str
    later: str
    score: float
    order: tuple[float, int, str, str]

    @property
    def pair(self) -> Pair:
        return self.earlier, self.later


@dataclass(frozen=True, slots=True)
class Scores:
    """Two lists of recommendations laid beside each other: every pair that has anything in common."""

    earlier: Mapping[str, Item]
    later: Mapping[str, Item]
    cells: Mapping[Pair, Cell]
    reader: Reader | None = None

    def reasons(self, pair: Pair) -> Reasons:
        """Why a pair could belong together, weightiest first, and what speaks against it."""
        one, two = self.earlier[pair[0]], self.later[pair[1]]
        stems = one.stems, two.stems
        shared = [
            min(stems[0][s], stems[1][s], key=lambda w: (len(w), w))
            for s in _weightiest(stems[0].keys() & stems[1].keys())
        ]
        if self.reader is None or one.made is None or two.made is None:
            return Reasons(
                shared=tuple(shared),
                only_earlier=tuple(stems[0][s] for s in _weightiest(stems[0].keys() - stems[1].keys())),
                only_later=tuple(stems[1][s] for s in _weightiest(stems[1].keys() - stems[0].keys())),
            )
        reader = self.reader
        topics = [frozenset(made.first) for made in (one.made, two.made)]
        return Reasons(
            topics=tuple(_topic(key, reader) for key in self._named(topics[0] & topics[1])),
            shared=tuple(shared),
            only_earlier=tuple(reader.names[key] for key in self._named(topics[0] - topics[1])),
            only_later=tuple(reader.names[key] for key in self._named(topics[1] - topics[0])),
            facets_earlier=tuple(reader.names[key] for key in one.made.facets),
            facets_later=tuple(reader.names[key] for key in two.made.facets),
        )

    def _named(self, topics: Iterable[str]) -> list[str]:
        """The topics that are worth a word, the rarest first: no group of topics where one of the group stands too."""
        assert self.reader is not None
        reader = self.reader
        every = set(topics)
        narrower = {key for key in every if not any(key in reader.within(other) for other in every)}
        return sorted(narrower, key=lambda key: (-rarity(key, reader), key))[:_NAMED]

    def relation(self, pair: Pair) -> Relation:
        """How the later wording relates to the earlier one: a suggestion, by what only one of the two speaks of."""
        one, two = self.earlier[pair[0]], self.later[pair[1]]
        if same_text(one.recommendation.text, two.recommendation.text):
            return "same"
        said = one.stems.keys(), two.stems.keys()
        if one.made and two.made and one.made.first and two.made.first:
            said = one.made.first.keys(), two.made.first.keys()
        if said[0] > said[1]:
            return "narrowed"
        return "broadened" if said[0] < said[1] else "reworded"


def _topic(key: str, reader: Reader) -> TopicReason:
    measured = reader.calibration
    share = round(measured.topics.get(key, 0) / measured.of, 4) if measured else None
    return TopicReason(name=reader.names[key], share=share)


def _weightiest(stems: Iterable[str], most: int = _NAMED) -> list[str]:
    return sorted(stems, key=lambda stem: (-weight(stem), stem))[:most]


def score(earlier: Sequence[Recommendation], later: Sequence[Recommendation], reader: Reader | None = None) -> Scores:
    """Lay two lists of recommendations beside each other.

    Args:
        earlier: The recommendations of the earlier inspection.
        later: Those of the later one.
        reader: The lexicon of their domain; None: there is none, and letters alone count.

    Returns:
        The scores of the pairs that have anything in common; the same for any order of the lists, and mirrored for
        swapped ones.
    """
    ones, twos = [_item(r, reader) for r in earlier], [_item(r, reader) for r in later]
    cells = _by_letters(ones, twos) if reader is None else _by_layer(ones, twos, reader)
    found = {cell.pair: cell for cell in cells if cell.score >= _LEAST}
    return Scores({i.id: i for i in ones}, {i.id: i for i in twos}, found, reader)


def _item(recommendation: Recommendation, reader: Reader | None) -> Item:
    r = recommendation
    content = "\0".join(str(part) for part in (r.text, r.kind, r.heading, r.timescale, r.addressee, r.number, r.id))
    made = make(r.text, reader) if reader else None
    return Item(r, content, made.stems if made else weighty(r.text), made)


def cell_of(one: Item, two: Item, value: float) -> Cell:
    a, b = one.recommendation, two.recommendation
    names = ("timescale", "addressee", "kind", "heading", "number", "id")
    agree = sum(getattr(a, name) == getattr(b, name) for name in names)
    first, second = sorted((one.content, two.content))
    value = min(round(value, 4), 1.0)
    return Cell(a.id, b.id, value, (value, agree, first, second))


def layer_of(reader: Reader) -> Calibration:
    """The weights and thresholds that hold with a lexicon: its own, else those of the lexicon that is shipped."""
    return reader.calibration or _shipped_layer()


@cache
def _shipped_layer() -> Calibration:
    found = load_lexicon("childrens-services").calibration
    assert found is not None
    return found


def _by_layer(ones: Sequence[Item], twos: Sequence[Item], reader: Reader) -> Iterable[Cell]:
    weights = layer_of(reader).weights
    texts = [[item.recommendation.text for item in side] for side in (ones, twos)]
    for i, j in candidates.pairs(*texts):
        one, two = ones[i], twos[j]
        assert one.made is not None
        assert two.made is not None
        same = same_text(one.recommendation.text, two.recommendation.text)
        # 1 is kept for equal texts
        yield cell_of(one, two, 1.0 if same else min(probability(numbers(one.made, two.made), weights), 0.9999))


def _by_letters(ones: Sequence[Item], twos: Sequence[Item]) -> Iterable[Cell]:
    counts = [_grams(item) for item in (*ones, *twos)]
    total = len(counts)
    standing = Counter(gram for count in counts for gram in count)
    vectors = [
        {gram: round(n * (math.log((1 + total) / (1 + standing[gram])) + 1) * _FINE) for gram, n in count.items()}
        for count in counts
    ]
    norms = [sum(w * w for w in vector.values()) for vector in vectors]
    postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for j in range(len(ones), total):
        for gram, w in vectors[j].items():
            if standing[gram] <= _COMMON:
                postings[gram].append((j, w))
    for i, one in enumerate(ones):
        dots: dict[int, int] = defaultdict(int)
        for gram, w in vectors[i].items():
            for j, other in postings.get(gram, ()):
                dots[j] += w * other
        for j, dot in dots.items():
            yield cell_of(one, twos[j - len(ones)], dot / math.sqrt(norms[i] * norms[j]))


def _grams(item: Item) -> Mapping[str, float]:
    said = tokens(item.recommendation.text)
    return grams_of([said[at] for at in telling(said)], known=False)
