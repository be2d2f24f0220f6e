"""Which pairs of two long lists are worth a close look: those that share rare words, or rare pairs of words.

Short lists are laid beside each other whole. In long ones the work must not grow with the square: each text is known by
its rarest words and pairs of neighbouring words, and meets the few texts that hold most of them too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, pairwise

#: Up to so many pairs all are looked at.
ALL = 4_000
#: A text is known by so many of its rarest words and pairs of words, none of which may stand in more texts than this.
_KNOWN_BY = 10
_ENOUGH = 6
_COMMON = 60
#: Counterparts of each text that are looked at, those that share as much as the last of them included.
_MOST = 8


def pairs(earlier: Sequence[str], later: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of two lists of texts that are worth a close look, by their indexes, in order.

    Which ones does not depend on the order of the lists, nor on which of them is which.
    """
    if len(earlier) * len(later) <= ALL:
        return [(i, j) for i in range(len(earlier)) for j in range(len(later))]
    ones, twos = [_words(text) for text in earlier], [_words(text) for text in later]
    standing = Counter(chain.from_iterable(map(set, chain(ones, twos))))
    cues = [_rarest(text, standing) for text in ones], [_rarest(text, standing) for text in twos]
    holders = _holders(cues[0]), _holders(cues[1])
    found: set[tuple[int, int]] = set()
    columns: dict[int, dict[int, int]] = defaultdict(dict)
    for i, some in enumerate(cues[0]):
        near = _near(some, holders[1])
        several = {j: shared for j, shared in near.items() if shared > 1}
        for j, shared in several.items():
            columns[j][i] = shared
        found.update((i, j) for j in _best(several or near))
    for j, some in enumerate(cues[1]):
        found.update((i, j) for i in _best(columns[j] if j in columns else _near(some, holders[0])))
    return sorted(found)


_ROUND = ".,;:()'\u2019\u2018\""


def _words(text: str) -> list[str]:
    return [word.strip(_ROUND) for word in text.lower().split()]


def _rarest(text: list[str], standing: Mapping[str, int]) -> list[str]:
    """The rarest words of a text; where too few are rare, pairs of neighbouring words with them."""
    rare = sorted((standing[word], word) for word in set(text) if standing[word] <= _COMMON)
    chosen = [word for _, word in rare[:_KNOWN_BY]]
    if len(chosen) < _ENOUGH:
        coupled = sorted((standing[a] * standing[b], f"{a} {b}") for a, b in set(pairwise(text)))
        chosen += [pair for _, pair in coupled[: _KNOWN_BY - len(chosen)]]
    return chosen


def _holders(cues: Sequence[Sequence[str]]) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for at, some in enumerate(cues):
        for cue in some:
            found[cue].append(at)
    return found


def _near(cues: Sequence[str], holders: Mapping[str, Sequence[int]]) -> Counter[int]:
    """How many cues the texts of the other side share with one."""
    return Counter(chain.from_iterable(holders[cue] for cue in cues if cue in holders))


def _best(near: Mapping[int, int]) -> list[int]:
    """Those that share most, all that share as much as the last of them, and at least half as much as the first."""
    if not near:
        return []
    order = sorted(near.values(), reverse=True)
    least = max(order[min(_MOST, len(order)) - 1], (order[0] + 1) // 2)
    return [at for at, shared in near.items() if shared >= least]
