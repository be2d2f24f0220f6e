"""Scores: how alike two recommendations are, and the words that say why.

The score is the cosine of character n-grams (3 to 5, inside words), weighted by how rare they are in the two lists and
by how early they stand in their recommendation, without the genre's phrases (``phrases.txt``). Nothing depends on the
order of the items or on which side is which: sums are of whole numbers, so that rounding cannot depend on their order,
and ties are broken by content. The frequencies of words in published recommendations (``document_frequencies.csv``)
rank the reasons; they do not enter the score.
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from reportgen.model import Reasons, Recommendation
from reportgen.wording import STOP_WORDS, normalise, words

Relation = Literal["same", "reworded", "narrowed", "broadened"]
#: An earlier recommendation's id with a later one's.
Pair = tuple[str, str]

# -- texts and their weight ------------------------------------------------------------------------------------------


@cache
def _phrases() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """The genre's phrases by their first word, longest first."""
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for line in (files("reportgen") / "matching" / "phrases.txt").read_text("utf-8").splitlines():
        phrase = tuple(_tokens(line))
        if phrase and not line.startswith("#"):
            found[phrase[0]].append(phrase)
    return {first: tuple(sorted(phrases, key=len, reverse=True)) for first, phrases in found.items()}


@cache
def _frequencies() -> tuple[Mapping[str, int], int]:
    """In how many recommendations the stem of a word stands, and of how many that is."""
    text = (files("reportgen") / "matching" / "document_frequencies.csv").read_text("utf-8")
    note, _, table = text.partition("\n")
    total = int(re.search(r"\d+", note)[0])  # type: ignore[index]  # our own file
    counts: dict[str, int] = {}
    for row in csv.DictReader(table.splitlines()):
        stem = _stem(row["word"])
        counts[stem] = max(counts.get(stem, 0), int(row["recommendations"]))
    return counts, total


def weight(stem: str) -> float:
    """How much a word says: the logarithm of how rare its stem is in recommendations; about 0.2 to 8."""
    counts, total = _frequencies()
    return math.log((1 + total) / (1 + counts.get(stem, 0)))


def weighty(text: str) -> dict[str, str]:
    """The words of a text that say what it is about, by stem: no stop words, no phrases of the genre."""
    found: dict[str, str] = {}
    for word in _telling(text):
        stem = _stem(word)
        if stem not in found or (len(word), word) < (len(found[stem]), found[stem]):
            found[stem] = word
    return found


def _tokens(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", normalise(text).casefold())
    folded = "".join(char for char in folded if not unicodedata.combining(char))
    return [token.removesuffix("'s").replace("'", "") for token in words(folded) if token[0].isalnum()]


def _telling(text: str) -> list[str]:
    """The words of a text in order without stop words and phrases; all words where nothing else is left."""
    tokens = _tokens(text)
    phrases = _phrases()
    kept = []
    at = 0
    while at < len(tokens):
        here = next((p for p in phrases.get(tokens[at], ()) if tuple(tokens[at : at + len(p)]) == p), None)
        if here is None and tokens[at] not in STOP_WORDS:
            kept.append(tokens[at])
        at += len(here) if here else 1
    return kept or tokens


_ENDINGS = re.compile(r"(?<=\w{4})(?:ing|ed|ly)$")


def _stem(word: str) -> str:
    """A word without its common endings, so that plan, plans and planning count as one word."""
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif re.search(r"(?:ss|ch|sh|x)es$", word):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    bare = _ENDINGS.sub("", word)
    if bare != word and len(bare) > 3 and bare[-1] == bare[-2] and bare[-1] not in "lsz":
        bare = bare[:-1]
    return bare.removesuffix("e") if len(bare) > 4 else bare


def same_letters(a: str, b: str) -> bool:
    """Whether two texts have the same letters in the same order; figures, signs and capitals do not count."""
    return letters_of(a) == letters_of(b)


def letters_of(text: str) -> str:
    """All letters of a text, those of other alphabets too (``letters`` of the model keeps a to z only)."""
    only = "".join(char for char in unicodedata.normalize("NFKD", text).casefold() if char.isalpha())
    return only or normalise(text)


def same_text(a: str, b: str) -> bool:
    """Whether two texts say the same: letters and figures equal; signs, spaces and capitals do not count."""
    if a == b:
        return True
    one, two = ([c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum()] for text in (a, b))
    return one == two and same_letters(a, b)


# -- scores ----------------------------------------------------------------------------------------------------------

#: A word counts half after so many telling words: what comes first is what a recommendation is about.
_HALF = 7
#: Weights are whole numbers of this fineness, so that sums do not depend on their order.
_FINE = 1 << 16
#: N-grams in more texts than this are left out of long lists: they say little and cost most.
_COMMON = 300


@dataclass(frozen=True, slots=True)
class Item:
    """A recommendation made ready: ``content`` breaks ties."""

    recommendation: Recommendation
    content: str
    stems: Mapping[str, str]

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
    """Two lists of recommendations laid beside each other: every pair with a score above 0."""

    earlier: Mapping[str, Item]
    later: Mapping[str, Item]
    cells: Mapping[Pair, Cell]

    def reasons(self, pair: Pair) -> Reasons:
        """Why a pair could belong together, weightiest words first, and what speaks against it."""
        one, two = self.earlier[pair[0]].stems, self.later[pair[1]].stems
        shared = [min(one[s], two[s], key=lambda w: (len(w), w)) for s in _weightiest(one.keys() & two.keys())]
        return Reasons(
            shared=tuple(shared),
            only_earlier=tuple(one[s] for s in _weightiest(one.keys() - two.keys())),
            only_later=tuple(two[s] for s in _weightiest(two.keys() - one.keys())),
        )

    def relation(self, pair: Pair) -> Relation:
        """How the later wording relates to the earlier one: a suggestion."""
        one, two = self.earlier[pair[0]], self.later[pair[1]]
        if same_text(one.recommendation.text, two.recommendation.text):
            return "same"
        if one.stems.keys() > two.stems.keys():
            return "narrowed"
        return "broadened" if one.stems.keys() < two.stems.keys() else "reworded"


def _weightiest(stems: Iterable[str], most: int = 6) -> list[str]:
    return sorted(stems, key=lambda stem: (-weight(stem), stem))[:most]


def score(earlier: Sequence[Recommendation], later: Sequence[Recommendation]) -> Scores:
    """Lay two lists of recommendations beside each other.

    Args:
        earlier: The recommendations of the earlier inspection.
        later: Those of the later one.

    Returns:
        The scores of all pairs that share anything; the same for any order of the lists, and mirrored for swapped ones.
    """
    ones, twos = [_item(r) for r in earlier], [_item(r) for r in later]
    counts = [_counts(r.text) for r in (*earlier, *later)]
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
    cells: dict[Pair, Cell] = {}
    for i, one in enumerate(ones):
        dots: dict[int, int] = defaultdict(int)
        for gram, w in vectors[i].items():
            for j, other in postings.get(gram, ()):
                dots[j] += w * other
        for j, dot in dots.items():
            cell = cell_of(one, twos[j - len(ones)], dot / math.sqrt(norms[i] * norms[j]))
            if cell.score > 0:
                cells[cell.pair] = cell
    return Scores({i.id: i for i in ones}, {i.id: i for i in twos}, cells)


def _item(recommendation: Recommendation) -> Item:
    r = recommendation
    content = "\0".join(str(part) for part in (r.text, r.kind, r.heading, r.timescale, r.addressee, r.number, r.id))
    return Item(r, content, weighty(r.text))


def cell_of(one: Item, two: Item, value: float) -> Cell:
    a, b = one.recommendation, two.recommendation
    names = ("timescale", "addressee", "kind", "heading", "number", "id")
    agree = sum(getattr(a, name) == getattr(b, name) for name in names)
    first, second = sorted((one.content, two.content))
    value = min(round(value, 4), 1.0)
    return Cell(a.id, b.id, value, (value, agree, first, second))


def _counts(text: str) -> dict[str, float]:
    """The n-grams of a text with how often they stand in it, an early place counting more than a late one."""
    counts: dict[str, float] = defaultdict(float)
    for place, word in enumerate(_telling(text)):
        worth = 1 / (1 + place / _HALF)
        for gram in _grams(word):
            counts[gram] += worth
    return counts


@cache
def _grams(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(padded[i : i + n] for n in (3, 4, 5) for i in range(len(padded) - n + 1))
