"""Matching of long lists, as CPU of one process in the same run.

    python benchmarks/matching_speed.py [--long]

Candidates among 2,000 x 2,000 recommendations against every pair scored by rapidfuzz and a dense assignment: at most
0.10 of its time at 0.995 of its recall at least. The whole ladder (topics, scores, links, reasons): at most 3 ms an
item. Growth of the whole ladder from 2,000 to 20,000 (``--long``; else to 6,000): at most n^1.2. Needs rapidfuzz and
scipy (dependency group ``bench``).
"""

from __future__ import annotations

import math
import sys
import time

import numpy as np
from made_texts import lists
from rapidfuzz import fuzz, process
from scipy.optimize import linear_sum_assignment

from reportgen.matching import candidates, load_lexicon, match
from reportgen.model import Recommendation

SHARE, RECALL, PER_ITEM, GROWTH = 0.10, 0.995, 0.003, 1.2


def ladder(count: int) -> float:
    """CPU of the whole ladder."""
    earlier, later, _ = lists(count)
    sides = [
        [Recommendation(id=f"R{n}", text=text, kind="any") for n, text in enumerate(side)] for side in (earlier, later)
    ]
    reader = load_lexicon("childrens-services")
    start = time.process_time()
    match(*sides, reader=reader)
    return time.process_time() - start


def main() -> int:
    earlier, later, true = lists(2_000)
    start = time.process_time()
    table = process.cdist(earlier, later, scorer=fuzz.ratio, dtype=np.uint8)
    ones, twos = linear_sum_assignment(table, maximize=True)
    dense = time.process_time() - start
    dense_recall = sum(true.get(int(j)) == int(i) for i, j in zip(ones, twos, strict=True)) / len(true)
    start = time.process_time()
    pairs = candidates.pairs(earlier, later)
    own = time.process_time() - start
    found = set(pairs)
    recall = sum((i, j) in found for j, i in true.items()) / len(true)
    print(f"2,000 x 2,000, dense: {dense * 1000:,.0f} ms, recall {dense_recall:.4f}")
    print(f"candidates: {own * 1000:,.0f} ms, {len(pairs):,} pairs, recall {recall:.4f}")
    print(f"  ratio {own / dense:.3f} (at most {SHARE}), recall {recall / dense_recall:.4f} of it (at least {RECALL})")
    ladder(200)
    sizes = (20, 200, 2_000, 20_000 if "--long" in sys.argv else 6_000)
    times = {size: ladder(size) for size in sizes}
    each = {size: value / (2 * size) for size, value in times.items()}
    for size in sizes:
        print(f"whole ladder, {size:,} x {size:,}: {times[size]:7.2f} s, {each[size] * 1000:.2f} ms an item")
    exponent = math.log(times[sizes[-1]] / times[2_000]) / math.log(sizes[-1] / 2_000)
    print(f"  {max(each.values()) * 1000:.2f} ms an item at the most (at most {PER_ITEM * 1000:.0f})")
    print(f"  growth from 2,000 to {sizes[-1]:,}: n^{exponent:.2f} (at most n^{GROWTH})")
    good = own / dense <= SHARE and recall / dense_recall >= RECALL
    return 0 if good and max(each.values()) <= PER_ITEM and exponent <= GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
