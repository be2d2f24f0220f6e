"""Fit the logistic layer of the matcher, and write what was measured beside the lexicon.

    python benchmarks/fit_matching.py [--texts FILE] [--write]

Weights: penalised logistic regression on all pairs. Bands and precision: from predictions for each authority by weights
that were fitted without it, so that what is printed with a comparison was measured on authorities the weights had not
seen. Needs numpy (dependency group ``bench``).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from labelled_pairs import Labelled, arguments, load

from reportgen.matching.features import NAMES, cleaned, make, numbers, probability
from reportgen.matching.lexicon import Reader, load_lexicon, reader_of
from reportgen.matching.texts import tokens
from reportgen.model import Calibration

LEXICON = "childrens-services"
TARGET = Path(__file__).resolve().parents[1] / "reportgen" / "matching" / "lexicons" / f"{LEXICON}.measured.json"
#: How hard weights are pulled towards nothing: of numbers that are scaled to one standard deviation.
PENALTY = 10.0
ACCEPT, REVIEW, SHOW = 0.25, 0.12, 0.04
BANDS = (("strong", 0.70), ("likely", 0.45), ("possible", ACCEPT))
ROUNDS, SEED = 2_000, 20_090_401

Cells = list[tuple[int, str, str, bool]]


def topic_counts(texts: Iterable[str], reader: Reader) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({found.topic for found in reader.topics(tokens(cleaned(text, reader)))})
    return counts


def measured_reader(texts: list[str]) -> Reader:
    """The lexicon with how rare its topics are in all texts at hand, and no weights yet."""
    lexicon = load_lexicon(LEXICON).lexicon
    bare = reader_of(lexicon)
    empty = Calibration(
        lexicon=LEXICON,
        note="topics only",
        weights={},
        accept=ACCEPT,
        review=REVIEW,
        show=SHOW,
        of=len(texts),
        topics=dict(sorted(topic_counts(texts, bare).items())),
    )
    return reader_of(lexicon, empty)


def cells(pairs: list[Labelled], reader: Reader) -> tuple[np.ndarray, np.ndarray, np.ndarray, Cells]:
    """Numbers, labels and authority of every pair of recommendations, and which one it is."""
    rows, labels, authorities, which = [], [], [], []
    for n, pair in enumerate(pairs):
        ones = {name: make(text, reader) for name, text in pair.earlier.items()}
        twos = {name: make(text, reader) for name, text in pair.later.items()}
        for one, a in ones.items():
            for two, b in twos.items():
                rows.append(numbers(a, b))
                labels.append((one, two) in pair.links)
                authorities.append(pair.authority)
                which.append((n, one, two, labels[-1]))
    return np.array(rows), np.array(labels, float), np.array(authorities), which


def fit(x: np.ndarray, y: np.ndarray, penalty: float = PENALTY) -> dict[str, float]:
    """Weights of the logistic layer, by Newton's method; numbers are scaled for the penalty and the scale undone."""
    mean, spread = x.mean(0), x.std(0) + 1e-9
    z = np.c_[np.ones(len(x)), (x - mean) / spread]
    pull = np.eye(z.shape[1]) * penalty
    pull[0, 0] = 0
    weights = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ weights))
        step = np.linalg.solve((z * (p * (1 - p))[:, None]).T @ z + pull, z.T @ (y - p) - pull @ weights)
        weights += step
        if np.abs(step).max() < 1e-10:
            break
    bare = weights[1:] / spread
    named = dict(zip(NAMES, bare, strict=True))
    return {"constant": round(float(weights[0] - bare @ mean), 4), **{k: round(float(v), 4) for k, v in named.items()}}


def held_out(x: np.ndarray, y: np.ndarray, authorities: np.ndarray) -> list[float]:
    """The score of every pair by weights that were fitted without its authority."""
    scores = [0.0] * len(y)
    for authority in sorted(set(authorities)):
        weights = fit(x[authorities != authority], y[authorities != authority])
        for at in np.flatnonzero(authorities == authority):
            scores[at] = probability(x[at].tolist(), weights)
    return scores


def accepted(scores: list[float], which: Cells, at_least: float = ACCEPT) -> list[int]:
    """The indexes of the links: good enough, and the best of their row or of their column."""
    best: dict[tuple[int, int, str], float] = {}
    for value, (n, one, two, _) in zip(scores, which, strict=True):
        for key in ((n, 0, one), (n, 1, two)):
            best[key] = max(best.get(key, 0.0), value)
    return [
        at
        for at, (value, (n, one, two, _)) in enumerate(zip(scores, which, strict=True))
        if value >= at_least and (value >= best[n, 0, one] or value >= best[n, 1, two])
    ]


def interval(values: dict[str, list[bool]]) -> tuple[float, float]:
    """The 95 % interval of a share, whole authorities drawn with replacement."""
    random = np.random.default_rng(SEED)
    names = sorted(values)
    right = np.array([sum(values[name]) for name in names])
    of = np.array([len(values[name]) for name in names])
    drawn = random.integers(0, len(names), (ROUNDS, len(names)))
    total = of[drawn].sum(1)
    shares = right[drawn].sum(1)[total > 0] / total[total > 0]
    low, high = np.quantile(shares, (0.025, 0.975))
    return round(float(low), 2), round(float(high), 2)


def bands(scores: list[float], which: Cells, authorities: np.ndarray) -> list[dict[str, object]]:
    made: list[dict[str, object]] = []
    chosen = accepted(scores, which)
    below = 2.0
    for band, at_least in BANDS:
        inside = [at for at in chosen if at_least <= scores[at] < below]
        values: dict[str, list[bool]] = {str(name): [] for name in authorities}
        for at in inside:
            values[str(authorities[at])].append(which[at][3])
        low, high = interval(values)
        right = sum(which[at][3] for at in inside)
        made.append({"band": band, "at_least": at_least, "right": right, "of": len(inside), "low": low, "high": high})
        below = at_least
    return made


def main() -> int:
    parser = arguments(__doc__ or "")
    parser.add_argument("--write", action="store_true", help="write the file that the program reads")
    given = parser.parse_args()
    pairs, texts = load(given.shared, given.texts)
    reader = measured_reader(texts)
    x, y, authorities, which = cells(pairs, reader)
    assert reader.calibration is not None
    linked = sum(len(pair.links) for pair in pairs)
    found = Calibration(
        lexicon=LEXICON,
        note=(
            f"{len(pairs)} pairs of successive Ofsted reports on {len(set(authorities))} authorities, {linked} links "
            "read by hand; every precision is of links in authorities that the weights were fitted without"
        ),
        weights=fit(x, y),
        accept=ACCEPT,
        review=REVIEW,
        show=SHOW,
        bands=tuple(bands(held_out(x, y, authorities), which, authorities)),  # type: ignore[arg-type]
        of=len(texts),
        topics=reader.calibration.topics,
    )
    text = json.dumps(found.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"
    if given.write:
        TARGET.write_text(text, "utf-8")
        print(f"written: {TARGET.name}")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
