"""Figures of two reports, by key."""

from __future__ import annotations

from collections import defaultdict
from itertools import zip_longest

from reportgen.model import Fact, FactChange, FactSide, Inspection


def compare_facts(earlier: Inspection, later: Inspection) -> tuple[FactChange, ...]:
    """Lay the figures of two inspections beside each other.

    Returns:
        One entry for each key, in the order of the earlier report and then of the later one. Where a key has several
        figures on a side, equal ones go together and the others in order of size.
    """
    groups: dict[str, tuple[list[Fact], list[Fact]]] = defaultdict(lambda: ([], []))
    for n, side in enumerate((earlier, later)):
        for fact in side.facts:
            groups[fact.key][n].append(fact)
    other = earlier.framework != later.framework
    return tuple(_change(one, two, other) for ones, twos in groups.values() for one, two in pair_facts(ones, twos))


def pair_facts(ones: list[Fact], twos: list[Fact]) -> list[tuple[Fact | None, Fact | None]]:
    """Figures of one key in pairs, in order of size: what stays the same together, the others as they come."""
    left, right = sorted(ones, key=_size), sorted(twos, key=_size)
    pairs: list[tuple[Fact | None, Fact | None]] = []
    for one in list(left):
        same = next((two for two in right if _size(one) == _size(two)), None)
        if same is not None:
            pairs.append((one, same))
            left.remove(one)
            right.remove(same)
    pairs += zip_longest(left, right)
    return sorted(pairs, key=lambda pair: min(_size(fact) for fact in pair if fact is not None))


def _size(fact: Fact) -> tuple[str, float, bool, str]:
    return fact.unit, fact.value, fact.approximate, fact.label or ""


def _change(one: Fact | None, two: Fact | None, other: bool) -> FactChange:
    either = two or one
    assert either is not None
    found = FactChange(key=either.key, label=either.label, earlier=_side(one), later=_side(two))
    if one is None or two is None:
        return found
    if one.unit != two.unit:
        return found.model_copy(update={"comparability": "not_comparable", "reason": f"{one.unit} against {two.unit}"})
    difference = two.value - one.value
    if isinstance(difference, float):
        difference = round(difference, 10)
    rough = [
        *(["an approximate figure"] if one.approximate or two.approximate else []),
        *(["reports under different frameworks"] if other else []),
    ]
    return found.model_copy(
        update={
            "difference": difference,
            "percent": round(100 * difference / one.value, 1) if one.value else None,
            "comparability": "approximate" if rough else "same",
            "reason": "; ".join(rough) or None,
        }
    )


def _side(fact: Fact | None) -> FactSide | None:
    if fact is None:
        return None
    return FactSide(value=fact.value, unit=fact.unit, approximate=fact.approximate, evidence=fact.evidence)
