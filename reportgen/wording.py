"""Wording: what two texts have in common, word by word.

Texts go in as they are typed and come back out unchanged: the tokens of :func:`words` and the pieces of
:func:`word_edits` can be put together again to the very same text. Only :func:`normalise`, which serves comparison and
is never shown, folds what does not matter: spaces, kinds of quotation marks and of dashes.

The time is bounded whatever the texts are: where they are too long for difflib, runs of words that stand exactly once
in each are laid beside each other first, and difflib sees only what lies between.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from typing import Literal, NamedTuple


class Run(NamedTuple):
    """A run of words: in both texts (``equal``), only in the earlier (``del``) or only in the later one (``ins``)."""

    op: Literal["equal", "ins", "del"]
    text: str


_Side = Literal["ins", "del"]

_STOP_WORDS = """
a about after all also always an and any are as at be been before being between both but by can could did do does each
either every few for from had has have he her here him his how i if in into is it its itself may might more most must my
no nor not of off on once one only or other our out over own per same shall she should so some such than that the their
them then there these they this those through to too under until up upon very was we were what when where whether which
while who whom whose why will with within without would you your
"""
#: Words that carry no meaning of their own: where only these stay the same between two changes, it is one change.
STOP_WORDS = frozenset(_STOP_WORDS.split())

_FOLDED = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None),
        "\u2026": "...",
    }
)


def normalise(text: str) -> str:
    """A text as it is compared: NFC, one space between words, plain quotation marks and dashes, nothing invisible."""
    folded = unicodedata.normalize("NFC", text).translate(_FOLDED)
    return " ".join(unicodedata.normalize("NFC", folded).split())


# -- tokens and sentences --------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"\s+|\w+(?:['\u2019]\w+)*|[^\w\s]")
_UNIT = re.compile(r"\s*(?:\w+(?:['\u2019]\w+)*|[^\w\s])|\s+")


def words(text: str) -> tuple[str, ...]:
    """The tokens of a text: words (with inner apostrophes), spaces, single signs. Joined, they are the text."""
    return tuple(_TOKEN.findall(text))


_SHORT_FORMS = """
al approx ca cf ch cont dept dr e.g ed eds eg esp est etc ext gov hon i.e ie incl jr messrs mr mrs ms nos op para paras
pp prof rev sched sr ss st vol vols vs viz
"""
#: Short forms whose full stop ends no sentence.
_ABBREVIATIONS = frozenset(_SHORT_FORMS.split())
#: Short forms that are words as well, or end sentences too: their full stop ends none before a figure.
_BEFORE_FIGURES = frozenset(["no", "art", "arts", "sec", "fig", "figs"])
_END = re.compile(r"""[.!?\u2026]+["'\u2019\u201d)\]]*(?=\s)|\n\s*\n""")
_VISIBLE = re.compile(r"\S")
_LAST_WORD = re.compile(r"[\w.]+$")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text in order, without the space around them; empty where the text is.

    A full stop after an abbreviation, after an initial, inside a number, or before a small letter ends no sentence.
    """
    found = []
    start = 0
    for match in _END.finditer(text):
        after = _VISIBLE.search(text, match.end())
        before = text[max(start, match.start() - 30) : match.start()]
        if after is None or (match[0].startswith(".") and _goes_on(before, after[0])):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return tuple(sentence for sentence in found if sentence)


def _goes_on(before: str, after: str) -> bool:
    """Whether the sentence goes on after a full stop between this text and this character."""
    if after.islower():
        return True
    last = _LAST_WORD.search(before)
    if last is None:
        return False
    word = last[0].casefold().strip(".")
    if word in _BEFORE_FIGURES:
        return after.isdigit()
    initial = len(word) == 1 and word.isalpha() and word != "i"
    return initial or (word in _ABBREVIATIONS and word != "etc")


# -- edits -----------------------------------------------------------------------------------------------------------

#: Above so many pairs of equal words (difflib's work), or so many cells, difflib is not let loose on two texts.
_PAIRS = 40_000
_CELLS = 1_000_000
#: Lengths of the runs that lay long texts side by side, round by round: a sentence or so, a phrase, a word. What is
#: still too long after the last round is one change: so many rounds and no more, whatever the texts are.
_RUNS = (12, 4, 2, 1, 4, 1)

#: A stretch of both texts: [a1, a2) of the earlier tokens against [b1, b2) of the later ones.
_Span = tuple[int, int, int, int]


def word_edits(earlier: str, later: str) -> tuple[Run, ...]:
    """What was changed between two texts, in readable pieces.

    Args:
        earlier: The earlier text.
        later: The later text.

    Returns:
        Runs in the order of the text, a deletion before the insertion that takes its place. ``equal`` and ``del``
        joined are the earlier text, ``equal`` and ``ins`` the later one, exactly. With the texts swapped, the same runs
        come out with insertions and deletions exchanged. Empty only for two empty texts.
    """
    if earlier == later:
        return (Run("equal", earlier),) if earlier else ()
    # difflib's answer depends on which text comes first: one order for both directions
    if (len(earlier), earlier) > (len(later), later):
        return tuple(_written(_UNIT.findall(later), _UNIT.findall(earlier), first="ins", second="del"))
    return tuple(_written(_UNIT.findall(earlier), _UNIT.findall(later), first="del", second="ins"))


def similarity(a: str, b: str) -> float:
    """How alike two texts are: twice the words in common, in order, by the words of both.

    Returns:
        1.0 for texts that differ at most in spaces, quotation marks and dashes (also for two empty ones), 0.0 for no
        word in common; the same either way round.
    """
    left, right = normalise(a), normalise(b)
    if left == right:
        return 1.0
    if (len(left), left) > (len(right), right):
        left, right = right, left
    ones, twos = _content(left), _content(right)
    common = sum(a2 - a1 for a1, a2, b1, b2 in _stretches(ones, twos) if ones[a1:a2] == twos[b1:b2])
    # never 1.0 for texts that are not equal, not even when they differ in a comma only
    return min(2 * common / max(1, len(ones) + len(twos)), 0.9999)


def _content(text: str) -> list[str]:
    return [token.casefold() for token in words(text) if token[0].isalnum()]


def _written(a: list[str], b: list[str], *, first: _Side, second: _Side) -> Iterator[Run]:
    """The edits between two lists of units (words with the space before them), merged and tidied."""
    spans = _folded(a, b, list(_stretches(a, b)))
    equal = ""
    for a1, a2, b1, b2 in spans:
        one, two = "".join(a[a1:a2]), "".join(b[b1:b2])
        if one == two:
            equal += one
            continue
        # a space before both belongs to neither
        shared = _lead(one, two)
        equal += one[:shared]
        if equal:
            yield Run("equal", equal)
            equal = ""
        texts = {first: one[shared:], second: two[shared:]}
        if texts["del"]:
            yield Run("del", texts["del"])
        if texts["ins"]:
            yield Run("ins", texts["ins"])
    if equal:
        yield Run("equal", equal)


def _lead(one: str, two: str) -> int:
    """How many characters of space two texts share at their start."""
    shared = 0
    for x, y in zip(one, two, strict=False):
        if x != y or not x.isspace():
            break
        shared += 1
    return shared


def _folded(a: Sequence[str], b: Sequence[str], spans: list[_Span]) -> list[_Span]:
    """Spans in which short equal runs between two changes are part of one change; changes next to each other joined."""
    out: list[_Span] = []
    changed = False  # whether the last one of these is a change
    last = len(spans) - 1
    for index, (a1, a2, b1, b2) in enumerate(spans):
        equal = a2 - a1 == b2 - b1 and a[a1:a2] == b[b1:b2]
        if equal and not (changed and index < last and _slight(a[a1:a2], out[-1], spans[index + 1])):
            out.append((a1, a2, b1, b2))
            changed = False
        elif changed:
            out[-1] = (out[-1][0], a2, out[-1][2], b2)
        else:
            out.append((a1, a2, b1, b2))
            changed = not equal
    return out


def _slight(units: Sequence[str], before: _Span, after: _Span) -> bool:
    """Whether an equal run is too slight to stand between two changes: stop words and signs, or one word among many."""
    tokens = [unit.strip() for unit in units]
    slight = all(not t or not t[0].isalnum() or t.casefold() in STOP_WORDS for t in tokens)
    if slight:
        return len(tokens) <= 3
    sizes = [max(span[1] - span[0], span[3] - span[2]) for span in (before, after)]
    return len(tokens) == 1 and min(sizes) >= 4


def _stretches(a: Sequence[str], b: Sequence[str]) -> Iterator[_Span]:
    """Both lists of tokens cut into spans, in order: either equal on both sides, or changed; none empty on both."""
    pending: list[tuple[_Span, int]] = [((0, len(a), 0, len(b)), 0)]
    while pending:
        (a1, a2, b1, b2), level = pending.pop()
        head = 0
        while a1 + head < a2 and b1 + head < b2 and a[a1 + head] == b[b1 + head]:
            head += 1
        if head:
            yield a1, a1 + head, b1, b1 + head
            a1, b1 = a1 + head, b1 + head
        tail = 0
        while a1 < a2 - tail and b1 < b2 - tail and a[a2 - tail - 1] == b[b2 - tail - 1]:
            tail += 1
        if tail:
            # comes last of all that is pending here: goes onto the stack first
            pending.append(((a2 - tail, a2, b2 - tail, b2), level))
            a2, b2 = a2 - tail, b2 - tail
        if a1 == a2 or b1 == b2:
            if a1 < a2 or b1 < b2:
                yield a1, a2, b1, b2
            continue
        if tail:
            pending.append(((a1, a2, b1, b2), level))
            continue
        if _small(a[a1:a2], b[b1:b2]):
            matcher = SequenceMatcher(None, a[a1:a2], b[b1:b2], autojunk=False)
            for _, i1, i2, j1, j2 in matcher.get_opcodes():
                yield a1 + i1, a1 + i2, b1 + j1, b1 + j2
            continue
        parts, after = _anchored(a, b, (a1, a2, b1, b2), level)
        if parts:
            pending.extend((part, after) for part in reversed(parts))
        else:
            yield a1, a2, b1, b2


def _small(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether difflib can be let loose on two lists."""
    if len(a) * len(b) > _CELLS:
        return False
    if len(a) * len(b) <= _PAIRS:
        return True
    counts = Counter(b)
    return sum(counts[token] for token in a) <= _PAIRS


def _anchored(a: Sequence[str], b: Sequence[str], span: _Span, level: int) -> tuple[list[_Span], int]:
    """A span cut at runs of words that stand once on either side, and the next round; no parts where there are none."""
    a1, a2, b1, b2 = span
    for depth in range(level, len(_RUNS)):
        size = _RUNS[depth]
        ones, twos = _single(a, a1, a2, size), _single(b, b1, b2, size)
        pairs = [(i, twos[run]) for run, i in ones.items() if run in twos]
        chain = [pairs[k] for k in ascending([j for _, j in pairs])]
        if not chain:
            continue
        parts: list[_Span] = []
        at_a, at_b = a1, b1
        for i, j in chain:
            if i < at_a or j < at_b:
                continue  # overlaps the run before
            if (at_a, at_b) != (i, j):
                parts.append((at_a, i, at_b, j))
            parts.append((i, i + size, j, j + size))
            at_a, at_b = i + size, j + size
        if (at_a, at_b) != (a2, b2):
            parts.append((at_a, a2, at_b, b2))
        return parts, depth + 1
    return [], len(_RUNS)


def _single(tokens: Sequence[str], start: int, end: int, size: int) -> dict[str, int]:
    """The runs of ``size`` tokens that stand exactly once between two places, as text, with where, in order."""
    part = tokens[start:end]
    text = "".join(part)
    ends = [0, *accumulate(map(len, part))]
    runs = [text[a:b] for a, b in zip(ends, ends[size:], strict=False)]
    places = dict(zip(runs, range(start, end), strict=False))
    if len(places) == len(runs):
        return places
    counts = Counter(runs)
    return {run: i for run, i in places.items() if counts[run] == 1}


def ascending(values: Iterable[int]) -> list[int]:
    """The indexes of a longest strictly ascending subsequence."""
    listed = list(values)
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for i, value in enumerate(listed):
        k = bisect_left(tails, value)
        before.append(ends[k - 1] if k else -1)
        if k == len(tails):
            tails.append(value)
            ends.append(i)
        else:
            tails[k], ends[k] = value, i
    chain = []
    i = ends[-1] if ends else -1
    while i >= 0:
        chain.append(i)
        i = before[i]
    return chain[::-1]
