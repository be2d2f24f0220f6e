"""Judgements laid beside each other along the crosswalk of their frameworks.

A direction is given only where the crosswalk says ``same`` or ``approximate`` and both scales are of one family. A
grade that is not there has its reason, and the reason is what is shown: an area that was not looked at did not decline.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from reportgen.model import (
    Comparability,
    Edge,
    Framework,
    Inspection,
    Judgement,
    JudgementChange,
    JudgementSide,
    Missing,
)
from reportgen.model.comparison import JudgementState

#: Reasons for a missing grade that say what is known of a change, the weightiest first.
_Unknown = Literal["unreadable", "withheld", "not_published", "not_inspected"]
_UNKNOWN: tuple[_Unknown, ...] = ("unreadable", "withheld", "not_published", "not_inspected")


class _Change(NamedTuple):
    change: JudgementState
    steps: int | None = None
    comparability: Comparability | None = None
    reason: str | None = None


def compare_judgements(
    earlier: Inspection, later: Inspection, frameworks: tuple[Framework, Framework], edges: tuple[Edge, ...]
) -> tuple[JudgementChange, ...]:
    """Lay the judgements of two inspections beside each other.

    Returns:
        One row for each edge that concerns a judgement of either side, in the order of the crosswalk; then the
        judgements that no edge names, as not comparable.
    """
    ones = {j.area: j for j in earlier.judgements}
    twos = {j.area: j for j in later.judgements}
    rows = []
    for edge in edges:
        one, two = ones.get(edge.earlier or ""), twos.get(edge.later or "")
        if one is None and two is None:
            continue
        found = _change(edge, one, two, frameworks, _absent(earlier, later, one, two))
        rows.append(_row(one, two, found, edge.source))
    named = {e.earlier for e in edges}, {e.later for e in edges}
    why = "the crosswalk does not name this area" if edges else "no crosswalk between the frameworks"
    alone = _Change("not_comparable", comparability="not_comparable", reason=why)
    rows += [_row(j, None, alone) for area, j in sorted(ones.items()) if area not in named[0]]
    rows += [_row(None, j, alone) for area, j in sorted(twos.items()) if area not in named[1]]
    return tuple(rows)


def _absent(earlier: Inspection, later: Inspection, one: Judgement | None, two: Judgement | None) -> Missing | None:
    """Why a whole side has no judgements, where the data says so."""
    side = earlier if one is None else later if two is None else None
    return side.missing.get("judgements") if side and not side.judgements else None


def _change(
    edge: Edge,
    one: Judgement | None,
    two: Judgement | None,
    frameworks: tuple[Framework, Framework],
    absent: Missing | None,
) -> _Change:
    reasons = {j.missing for j in (one, two) if j is not None and j.grade is None} | {absent}
    unknown = next((reason for reason in _UNKNOWN if reason in reasons), None)
    if unknown:
        return _Change(unknown, comparability=edge.comparability, reason=edge.reason)
    graded = one is not None and one.grade is not None, two is not None and two.grade is not None
    if graded == (False, False):
        return _Change("not_comparable", comparability="not_comparable", reason="no grade on either side")
    if graded[0] != graded[1]:
        state: JudgementState = "first_judged" if graded[1] else "no_longer_judged"
        paired = edge.earlier is not None and edge.later is not None
        side = "earlier" if graded[1] else "later"
        return _Change(state, reason=f"the {side} report gives no grade for this area" if paired else edge.reason)
    assert one is not None
    assert two is not None
    return _step(edge, one, two, frameworks)


def _step(edge: Edge, one: Judgement, two: Judgement, frameworks: tuple[Framework, Framework]) -> _Change:
    """The step between two grades, where there may be one."""
    if edge.comparability == "not_comparable":
        return _Change("not_comparable", comparability="not_comparable", reason=edge.reason)
    if frameworks[0].key == frameworks[1].key and (one.area, one.grade) == (two.area, two.grade):
        return _Change("maintained", 0, edge.comparability, edge.reason)
    scales = frameworks[0].scale_of(one.area), frameworks[1].scale_of(two.area)
    grades = frameworks[0].grade(one.area, one.grade), frameworks[1].grade(two.area, two.grade)
    if scales[0] is None or scales[1] is None:
        why = "one of the two areas has no scale of grades"
    elif (scales[0].family or scales[0].key) != (scales[1].family or scales[1].key):
        why = "the two scales cannot be laid beside each other"
    elif grades[0] is None or grades[1] is None:
        why = "a grade is not on the scale of its framework"
    else:
        steps = grades[1].rank - grades[0].rank
        state: JudgementState = "improved" if steps > 0 else "declined" if steps < 0 else "maintained"
        return _Change(state, steps, edge.comparability, edge.reason)
    return _Change("not_comparable", comparability="not_comparable", reason=why)


def _row(one: Judgement | None, two: Judgement | None, found: _Change, source: str | None = None) -> JudgementChange:
    return JudgementChange(
        earlier=_side(one),
        later=_side(two),
        change=found.change,
        steps=found.steps,
        comparability=found.comparability,
        reason=found.reason,
        source=source,
    )


def _side(judgement: Judgement | None) -> JudgementSide | None:
    if judgement is None:
        return None
    j = judgement
    return JudgementSide(
        area=j.area, label=j.label, grade=j.grade, printed=j.printed, missing=j.missing, evidence=j.evidence
    )
