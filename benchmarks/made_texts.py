"""Texts made of the words that stand in published recommendations, as often as they stand there: nobody's sentences."""

from __future__ import annotations

import random
from itertools import accumulate

from reportgen.matching.texts import frequencies

WORDS, COUNTS = zip(*frequencies()[0].items(), strict=True)
#: Accumulated once: drawing by weight is then quick.
_WEIGHTS = list(accumulate(COUNTS))


def words(source: random.Random, count: int) -> list[str]:
    return source.choices(WORDS, cum_weights=_WEIGHTS, k=count)


def edited(source: random.Random, text: list[str], share: float) -> list[str]:
    """A text with about that share of its words replaced, dropped or followed by another one."""
    out: list[str] = []
    for word in text:
        if source.random() >= share:
            out.append(word)
            continue
        kind = source.random()
        if kind < 0.5:
            out += words(source, 1)
        elif kind < 0.75:
            out += [word, *words(source, 1)]
    return out


def reports(total: int, seed: int = 1) -> tuple[list[str], list[str]]:
    """Two reports of about so many words as paragraphs: nine in ten stay with up to 12 % of their words changed."""
    source = random.Random(seed)
    size = 136
    earlier = [words(source, size) for _ in range(total // size)]
    later = [
        edited(source, text, source.uniform(0, 0.12)) if source.random() < 0.9 else words(source, size)
        for text in earlier
    ]
    for _ in range(len(later) // 25):
        later.insert(source.randrange(len(later)), later.pop(source.randrange(len(later))))
    return [" ".join(text) + "." for text in earlier], [" ".join(text) + "." for text in later]


def lists(count: int, seed: int = 1) -> tuple[list[str], list[str], dict[int, int]]:
    """Two lists of recommendations and which later one (key) comes of which earlier one.

    A fifth are new, a fifth word for word the same, the others changed in 5 to 35 % of their words; in another order.
    """
    source = random.Random(seed)
    earlier = [" ".join(words(source, source.randint(12, 45))) for _ in range(count)]
    order = list(range(count))
    source.shuffle(order)
    later, true = [], {}
    for place, at in enumerate(order):
        kind = source.random()
        if kind < 0.2:
            later.append(" ".join(words(source, source.randint(12, 45))))
            continue
        true[place] = at
        text = earlier[at].split()
        later.append(" ".join(text if kind < 0.4 else edited(source, text, source.uniform(0.05, 0.35))))
    return earlier, later, true
