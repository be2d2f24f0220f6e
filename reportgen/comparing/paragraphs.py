"""Paragraphs laid beside each other: what stayed, what changed, what moved, what came and what went.

A unit is anything that is printed as a piece of its own: a heading, a paragraph, an item of a list, a row or the
caption of a table, a footnote. Equal texts are paired first, then similar ones found through the pairs of words they
share, so that the work does not grow with the square of the report. What is left out of the longest run that keeps its
order has moved. Nothing depends on which side is which.
"""

from __future__ import annotations

import string
import zlib
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Literal

from reportgen.model import (
    Edit,
    Evidence,
    Inspection,
    ItemsParagraph,
    JudgementsHere,
    ListItem,
    ParagraphChange,
    ParagraphSide,
    TableParagraph,
    TextParagraph,
)
from reportgen.wording import normalise, word_edits

#: Name of the rules in here; changes whenever the same two reports could come out otherwise.
RULES = "paragraphs/1"
#: From so alike up (0 to 1, mean of words and pairs of words in common), two paragraphs are one that was changed.
ALIKE = 0.45
#: What more units than this have in common finds no candidates: it is in everything.
_COMMON = 24

Kind = Literal["heading", "text", "item", "caption", "row", "footnote"]
#: Kinds that may be laid beside each other: a paragraph that became an item is still the paragraph.
_CLASSES: dict[Kind, str] = {"text": "body", "item": "body", "caption": "table", "row": "table"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a report: ``section`` is the title it stands under, ``at`` the index of that section (-1: none)."""

    kind: Kind
    text: str
    number: str | None = None
    section: str | None = None
    at: int = -1
    evidence: tuple[Evidence, ...] = ()

    @property
    def class_(self) -> str:
        return _CLASSES.get(self.kind, self.kind)


@dataclass(frozen=True, slots=True)
class Laid:
    """Two units side by side, or one alone."""

    earlier: Unit | None
    later: Unit | None
    moved: bool = False


def units(inspection: Inspection) -> list[Unit]:
    """The pieces of a report's text in printed order: the sections with their titles, then the footnotes."""
    found: list[Unit] = []
    for at, section in enumerate(inspection.sections):
        found.append(Unit("heading", section.title, None, section.title, at, section.evidence))
        for entry in section.paragraphs:
            match entry:
                case TextParagraph():
                    found.append(Unit("text", entry.text, entry.number, section.title, at, entry.evidence))
                case ItemsParagraph():
                    found += (
                        Unit("item", item.text, item.number, section.title, at, item.evidence)
                        for item, _ in flat(entry.items)
                    )
                case TableParagraph(table=table):
                    if table.caption:
                        found.append(Unit("caption", table.caption, None, section.title, at, table.evidence))
                    rows = [table.header] if table.header else []
                    for row in (*rows, *table.rows):
                        found.append(Unit("row", " | ".join(row), None, section.title, at, table.evidence))
                case JudgementsHere(caption=caption, header=header):
                    if caption:
                        found.append(Unit("caption", caption, None, section.title, at))
                    if header:
                        found.append(Unit("row", " | ".join(header), None, section.title, at))
    found += (Unit("footnote", note.text, note.mark, evidence=note.evidence) for note in inspection.footnotes)
    return found


def flat(items: tuple[ListItem, ...], depth: int = 1) -> Iterator[tuple[ListItem, int]]:
    """The items of a list and of the lists inside it, in order, each with its depth from 1."""
    for item in items:
        yield item, depth
        yield from flat(item.items, depth + 1)


def compare_paragraphs(laid: Sequence[Laid]) -> tuple[ParagraphChange, ...]:
    """What became of every piece of text, in the order of :func:`align`."""
    return tuple(_change(pair) for pair in laid)


def _change(pair: Laid) -> ParagraphChange:
    one, two = pair.earlier, pair.later
    if one is None or two is None:
        return ParagraphChange(state="added" if one is None else "removed", earlier=_side(one), later=_side(two))
    if one.text == two.text:
        return ParagraphChange(
            state="moved" if pair.moved else "same", earlier=_side(one), later=_side(two), similarity=1.0
        )
    edits = edits_between(one.text, two.text)
    cosmetic = normalise(one.text) == normalise(two.text)
    return ParagraphChange(
        state="moved_changed" if pair.moved else "changed",
        earlier=_side(one),
        later=_side(two),
        similarity=1.0 if cosmetic else _kept(one.text, two.text, edits),
        cosmetic=cosmetic,
        edits=edits,
    )


def _kept(one: str, two: str, edits: Iterable[Edit]) -> float:
    """How alike two texts are that differ in more than signs: twice the text that stays by the text of both."""
    same = sum(len(edit.text) for edit in edits if edit.op == "equal")
    return round(min(2 * same / max(1, len(one) + len(two)), 0.9999), 4)


def edits_between(earlier: str, later: str) -> tuple[Edit, ...]:
    """What was changed between two texts, word by word; see :func:`reportgen.wording.word_edits`."""
    # pieces of texts that were checked when they were loaded: checking each again takes as long as finding them
    return tuple(Edit.model_construct(op=run.op, text=run.text) for run in word_edits(earlier, later))


def _side(unit: Unit | None) -> ParagraphSide | None:
    if unit is None:
        return None
    return ParagraphSide(
        kind=unit.kind, number=unit.number, section=unit.section, text=unit.text, evidence=unit.evidence
    )


# -- alignment -------------------------------------------------------------------------------------------------------


def align(earlier: Sequence[Unit], later: Sequence[Unit]) -> list[Laid]:
    """Lay two reports' units beside each other.

    Args:
        earlier: The units of the earlier report.
        later: Those of the later one.

    Returns:
        Every unit of both sides once, in the order of the later report; what only the earlier one has stands where it
        stood there.
    """
    pairs = _equal(earlier, later)
    pairs |= _similar(earlier, later, pairs)
    kept = _in_order(earlier, later, sorted(pairs.items()))
    partner = {j: i for i, j in pairs.items()}
    out: list[Laid] = []
    gone = iter([i for i in range(len(earlier)) if i not in pairs])
    waiting = next(gone, None)
    for j, unit in enumerate(later):
        i = partner.get(j)
        if i in kept:
            while waiting is not None and waiting < i:
                out.append(Laid(earlier[waiting], None))
                waiting = next(gone, None)
        out.append(Laid(None if i is None else earlier[i], unit, i is not None and i not in kept))
    if waiting is not None:
        out += (Laid(earlier[i], None) for i in (waiting, *gone))
    return out


def _equal(earlier: Sequence[Unit], later: Sequence[Unit]) -> dict[int, int]:
    """Pairs of equal text: those under the same title first, then in order."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for under in (True, False):
        places: dict[tuple[str, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for n, side in enumerate((earlier, later)):
            for i, unit in enumerate(side):
                if i not in (taken if n else pairs):
                    key = (unit.class_, unit.text, unit.section or "") if under else (unit.class_, unit.text)
                    places[key][n].append(i)
        for ones, twos in places.values():
            for i, j in zip(ones, twos, strict=False):
                pairs[i] = j
                taken.add(j)
    return pairs


def _similar(earlier: Sequence[Unit], later: Sequence[Unit], pairs: dict[int, int]) -> dict[int, int]:
    """Pairs of similar text among what is left, the most alike first; each unit once."""
    taken = set(pairs.values())
    classes: dict[str, tuple[dict[int, _Features], dict[int, _Features]]] = defaultdict(lambda: ({}, {}))
    for i, unit in enumerate(earlier):
        if i not in pairs:
            classes[unit.class_][0][i] = _features(unit.text)
    for j, unit in enumerate(later):
        if j not in taken:
            classes[unit.class_][1][j] = _features(unit.text)
    cells = [
        (alike, *_tie(earlier[i], later[j], i, j), i, j)
        for ones, twos in classes.values()
        for alike, i, j in _near(ones, twos)
    ]
    found: dict[int, int] = {}
    used: set[int] = set()
    for *_, i, j in sorted(cells, reverse=True):
        if i not in found and j not in used:
            found[i] = j
            used.add(j)
    return found


#: The words of a text, and pairs of neighbouring words with a space between.
_Features = tuple[set[str], set[str]]
_NO_SIGNS = str.maketrans({sign: " " for sign in string.punctuation if sign != "'"})
#: A word of more letters than this is telling, and so is the pair that it begins; a text with so many is known by them.
_TELLING, _ENOUGH = 5, 8


def _features(text: str) -> _Features:
    """The telling words of a text and its telling pairs of words; all its words and pairs where few of them are."""
    tokens = normalise(text).casefold().translate(_NO_SIGNS).split() or [text]
    telling = [at for at, word in enumerate(tokens) if len(word) > _TELLING]
    if len(telling) < _ENOUGH:
        return set(tokens), set(map(" ".join, pairwise(tokens)))
    if telling[-1] == len(tokens) - 1:
        tokens.append("")
    return {tokens[at] for at in telling}, {f"{tokens[at]} {tokens[at + 1]}" for at in telling}


def _cues(features: _Features) -> set[str]:
    """What candidates are found by: pairs of words, in very short texts single words too."""
    words, pairs = features
    return pairs if len(words) + len(pairs) > _ENOUGH else words | pairs


def _near(ones: dict[int, _Features], twos: dict[int, _Features]) -> Iterator[tuple[float, int, int]]:
    """(how alike, i, j) for the pairs of two sides that are alike enough."""
    cues = {i: _cues(f) for i, f in ones.items()}, {j: _cues(f) for j, f in twos.items()}
    holders: dict[str, list[int]] = defaultdict(list)
    for j, some in cues[1].items():
        for cue in some:
            holders[cue].append(j)
    mine = Counter(chain.from_iterable(cues[0].values()))
    useful = {cue: some for cue, some in holders.items() if len(some) <= _COMMON >= mine[cue]}
    for i, some in cues[0].items():
        near = Counter(chain.from_iterable(useful[cue] for cue in some if cue in useful))
        for j, shared in near.items():
            if 20 * shared < len(some) + len(cues[1][j]):
                continue  # far too little in common
            alike = _alike(ones[i], twos[j])
            if alike >= ALIKE:
                yield alike, i, j


def _alike(one: _Features, two: _Features) -> float:
    """The mean of how many words and of how many pairs of words two texts share, 0 to 1."""
    shares = [2 * len(one[0] & two[0]) / (len(one[0]) + len(two[0]))]
    if one[1] or two[1]:
        shares.append(2 * len(one[1] & two[1]) / (len(one[1]) + len(two[1])))
    return round(sum(shares) / len(shares), 6)


def _tie(one: Unit, two: Unit, i: int, j: int) -> tuple[bool, bool, str, str, int, int]:
    """What decides between pairs that are equally alike: kind and section, then the texts, then the place."""
    first, second = sorted((one.text, two.text))
    return one.kind == two.kind, one.section == two.section, first, second, -(i + j), -abs(i - j)


def _in_order(earlier: Sequence[Unit], later: Sequence[Unit], pairs: list[tuple[int, int]]) -> set[int]:
    """The earlier indexes of the pairs that keep their order: the run with the most text in it.

    Of two runs with as much text the same one is taken whichever side is which: the units' own words decide.
    """
    if all(a[1] < b[1] for a, b in pairwise(pairs)):
        return {i for i, _ in pairs}
    ranks = sorted(j for _, j in pairs)
    best = [(0, -1)] * (len(pairs) + 1)  # a Fenwick tree of the heaviest run that ends at or before a rank
    before: list[int] = []
    for n, (i, j) in enumerate(pairs):
        rank = bisect_left(ranks, j)
        total, last = 0, -1
        at = rank
        while at > 0:
            total, last = max((total, last), best[at])
            at -= at & -at
        before.append(last)
        mine = (total + _heft(earlier[i], later[j]), n)
        at = rank + 1
        while at <= len(pairs):
            best[at] = max(best[at], mine)
            at += at & -at
    n = max(best)[1]
    kept = set()
    while n >= 0:
        kept.add(pairs[n][0])
        n = before[n]
    return kept


def _heft(one: Unit, two: Unit) -> int:
    """How much text a pair holds, with a small part that its words decide, so that no two runs weigh the same."""
    own = sorted(f"{unit.section}\0{unit.text}" for unit in (one, two))
    return (len(one.text) + len(two.text) + 2 << 32) + zlib.crc32("\0".join(own).encode())
