"""How well recommendations are linked, on pairs of real reports that were read by hand; authority by authority.

    python benchmarks/matching_quality.py [--texts FILE] [--predictions FILE]

Each authority is matched by the program itself with weights that were fitted on all others, and the links are scored
as ``../shared/reports/evaluate_continuity.py`` does: precision, recall and F1 (a plausible link counts; in the lines
"clear only" it is neutral), the share of later recommendations whose true predecessor comes first and in the top
three, and how many links of each band are right. Intervals are 95 %, whole authorities drawn with replacement. Fails
below F1 0.68 or below 0.94 in the top three. Needs numpy (dependency group ``bench``).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from fit_matching import ROUNDS, SEED, bands, cells, fit, held_out, measured_reader
from labelled_pairs import Labelled, arguments, load

from reportgen.matching import match, reader_of, score
from reportgen.matching.lexicon import Reader
from reportgen.model import Recommendation

LEAST_F1, LEAST_TOP_THREE = 0.68, 0.94


def matched(pair: Labelled, reader: Reader) -> dict[str, object]:
    """One line of predictions."""
    sides = [
        [Recommendation(id=name, text=text, kind="any") for name, text in side.items()]
        for side in (pair.earlier, pair.later)
    ]
    links = match(*sides, reader=reader).links
    scores = score(*sides, reader)
    order: dict[str, list[tuple[float, str]]] = {}
    for cell in scores.cells.values():
        order.setdefault(cell.later, []).append((-cell.score, cell.earlier))
    return {
        "urn": pair.key[0],
        "earlier_date": pair.key[1],
        "later_date": pair.key[2],
        "links": [[link.earlier, link.later, link.confidence] for link in links],
        "candidates": {later: [one for _, one in sorted(found)] for later, found in order.items()},
    }


def counts(pair: Labelled, line: dict[str, object]) -> Counter[str]:
    got = {(one, two): band for one, two, band in line["links"]}  # type: ignore[attr-defined]
    clear = {link for link, sure in pair.links.items() if sure == "clear"}
    found: Counter[str] = Counter(
        hit=len(got.keys() & pair.links.keys()),
        extra=len(got.keys() - pair.links.keys()),
        missed=len(pair.links.keys() - got.keys()),
        clear_hit=len(got.keys() & clear),
        clear_missed=len(clear - got.keys()),
    )
    for link, band in got.items():
        found[f"{band} of"] += 1
        found[f"{band} right"] += link in pair.links
    for later in {two for _, two in pair.links}:
        order = line["candidates"].get(later, [])  # type: ignore[attr-defined]
        found["ranked"] += 1
        found["first"] += any((one, later) in pair.links for one in order[:1])
        found["third"] += any((one, later) in pair.links for one in order[:3])
    return found


def shares(c: Counter[str], prefix: str = "") -> tuple[float, float, float]:
    hit, missed = c[f"{prefix}hit"], c[f"{prefix}missed"]
    precision = hit / max(1, hit + c["extra"])
    recall = hit / max(1, hit + missed)
    return precision, recall, 2 * hit / max(1, 2 * hit + c["extra"] + missed)


def main() -> int:
    parser = arguments(__doc__ or "")
    parser.add_argument("--predictions", type=Path, help="write the predictions, for the other scorer")
    given = parser.parse_args()
    pairs, texts = load(given.shared, given.texts)
    reader = measured_reader(texts)
    x, y, authorities, which = cells(pairs, reader)
    assert reader.calibration is not None
    edges = tuple(bands(held_out(x, y, authorities), which, authorities))
    lines = []
    by_authority: dict[str, Counter[str]] = {}
    for authority in sorted(set(authorities.tolist())):
        weights = fit(x[authorities != authority], y[authorities != authority])
        others = reader.calibration.model_copy(update={"weights": weights})
        others = type(others).model_validate({**others.model_dump(), "bands": edges})
        without = reader_of(reader.lexicon, others)
        for pair in pairs:
            if pair.authority == authority:
                line = matched(pair, without)
                lines.append(line)
                by_authority[authority] = by_authority.get(authority, Counter()) + counts(pair, line)
    if given.predictions:
        given.predictions.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    total = sum(by_authority.values(), Counter())
    random = np.random.default_rng(SEED)
    names = sorted(by_authority)
    drawn = [
        sum((by_authority[names[i]] for i in row), Counter())
        for row in random.integers(0, len(names), (ROUNDS, len(names)))
    ]

    def line_of(name: str, value: float, values: list[float], more: str = "") -> None:
        low, high = np.quantile(values, (0.025, 0.975))
        print(f"{name:<34}{value:6.3f}   95 % {low:.2f} to {high:.2f}{more}")

    print(
        f"{len(pairs)} pairs, {len(names)} authorities, {sum(len(p.links) for p in pairs)} links; each left out in turn"
    )
    for label, prefix in (("", ""), (", clear only", "clear_")):
        for n, name in enumerate(("precision", "recall", "F1")):
            line_of(f"{name}{label}", shares(total, prefix)[n], [shares(c, prefix)[n] for c in drawn])
    for name, key in (("true predecessor first", "first"), ("true predecessor in the top three", "third")):
        line_of(name, total[key] / total["ranked"], [c[key] / max(1, c["ranked"]) for c in drawn])
    for band in ("strong", "likely", "possible"):
        right, of = total[f"{band} right"], total[f"{band} of"]
        values = [c[f"{band} right"] / c[f"{band} of"] for c in drawn if c[f"{band} of"]]
        line_of(f"band {band}: right", right / max(1, of), values, f"   ({right} of {of})")
    f1, third = shares(total)[2], total["third"] / total["ranked"]
    print(f"F1 {f1:.3f} (at least {LEAST_F1}), top three {third:.3f} (at least {LEAST_TOP_THREE})")
    return 0 if f1 >= LEAST_F1 and third >= LEAST_TOP_THREE else 1


if __name__ == "__main__":
    sys.exit(main())
