"""Texts of recommendations as words: without the genre's phrases, by stem, and how much each word says."""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files

from reportgen.wording import STOP_WORDS, normalise, words


@cache
def _phrases() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """The genre's phrases by their first word, longest first."""
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for line in (files("reportgen") / "matching" / "phrases.txt").read_text("utf-8").splitlines():
        phrase = tuple(tokens(line))
        if phrase and not line.startswith("#"):
            found[phrase[0]].append(phrase)
    return {first: tuple(sorted(phrases, key=len, reverse=True)) for first, phrases in found.items()}


@cache
def frequencies() -> tuple[Mapping[str, int], int]:
    """In how many published recommendations a word stands, and of how many that is."""
    text = (files("reportgen") / "matching" / "document_frequencies.csv").read_text("utf-8")
    note, _, table = text.partition("\n")
    total = int(re.search(r"\d+", note)[0])  # type: ignore[index]  # our own file
    return {row["word"]: int(row["recommendations"]) for row in csv.DictReader(table.splitlines())}, total


@cache
def _stem_frequencies() -> tuple[Mapping[str, int], int]:
    counts: dict[str, int] = {}
    words_, total = frequencies()
    for word, count in words_.items():
        key = stem(word)
        counts[key] = max(counts.get(key, 0), count)
    return counts, total


@lru_cache(maxsize=20_000)
def weight(key: str) -> float:
    """How much a word says: the logarithm of how rare its stem is in recommendations; about 0.2 to 8."""
    counts, total = _stem_frequencies()
    return math.log((1 + total) / (1 + counts.get(key, 0)))


def tokens(text: str) -> list[str]:
    """The words of a text in lower case, without accents and apostrophes."""
    folded = normalise(text).casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded)
        folded = "".join(char for char in folded if not unicodedata.combining(char))
    return [token.removesuffix("'s").replace("'", "") for token in words(folded) if token[0].isalnum()]


def telling(text: list[str]) -> list[int]:
    """The places of the words that are neither stop words nor part of a phrase of the genre; all where none is left."""
    phrases = _phrases()
    kept = []
    at = 0
    while at < len(text):
        here = next((p for p in phrases.get(text[at], ()) if tuple(text[at : at + len(p)]) == p), None)
        if here is None and text[at] not in STOP_WORDS:
            kept.append(at)
        at += len(here) if here else 1
    return kept or list(range(len(text)))


def weighty(text: str) -> dict[str, str]:
    """The words of a text that say what it is about, by stem: no stop words, no phrases of the genre."""
    said = tokens(text)
    return by_stem(said[at] for at in telling(said))


def by_stem(said: Iterable[str]) -> dict[str, str]:
    """Words by their stem, the shortest form of each."""
    found: dict[str, str] = {}
    for word in said:
        key = stem(word)
        if key not in found or (len(word), word) < (len(found[key]), found[key]):
            found[key] = word
    return found


_ENDINGS = re.compile(r"(?<=\w{4})(?:ing|ed|ly)$")
_HISSED = re.compile(r"(?:ss|ch|sh|x)es$")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its common endings, so that plan, plans and planning count as one word."""
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif _HISSED.search(word):
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
