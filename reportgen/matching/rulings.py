"""Rulings: what is settled about links before any score, by the reports themselves and by people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reportgen.errors import InputError, InputErrors, Where
from reportgen.matching.scores import Pair, Relation
from reportgen.model import (
    Decisions,
    Declaration,
    Inspection,
    Notice,
    Recommendation,
    RecommendationRef,
    letters,
    text_sha,
)


@dataclass(frozen=True, slots=True)
class Rulings:
    """What is settled before any score: by the report itself (``declared``) or by people."""

    declared: frozenset[Pair] = frozenset()
    confirmed: Mapping[Pair, tuple[Relation | None, str | None]] = field(default_factory=dict)
    rejected: frozenset[Pair] = frozenset()


def rulings_for(
    earlier: Inspection, later: Inspection, decisions: Decisions | None
) -> tuple[Rulings, tuple[Notice, ...]]:
    """What the reports themselves and people have settled about the links between two inspections.

    Args:
        earlier: The earlier inspection.
        later: The later one.
        decisions: What people decided; entries about other inspections are passed over. None: nothing.

    Returns:
        The rulings, and a notice RG304 for each reference to one of the two inspections that meets nothing there.
        Where one pair was decided twice, the later day holds.

    Raises:
        InputError: A reference's hash and id disagree (RG115).
    """
    if decisions is None:
        return Rulings(declared=_declared(earlier, later)), ()
    errors: list[InputError] = []
    notices: list[Notice] = []
    met: dict[str, str] = {}
    for name, ref in _references(decisions):
        sides = [side for side in (earlier, later) if side.id == ref.inspection]
        if not sides:
            continue
        side = sides[-1] if name.endswith(".later") else sides[0]
        try:
            found = _met(ref, side, name)
        except InputError as error:
            errors.append(error)
            continue
        if found is None:
            notices.append(_nothing(ref, side, name))
        else:
            met[name] = found.id
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    confirmed: dict[Pair, tuple[Relation | None, str | None]] = {}
    rejected: set[Pair] = set()
    for i, link in sorted(enumerate(decisions.links), key=lambda entry: entry[1].on):
        ends = (link.earlier.inspection, link.later.inspection)
        one, two = met.get(f"links[{i}].earlier"), met.get(f"links[{i}].later")
        if one is None or two is None or ends not in ((earlier.id, later.id), (later.id, earlier.id)):
            continue
        swapped = ends != (earlier.id, later.id)
        pair = (two, one) if swapped else (one, two)
        if link.verdict == "rejected":
            rejected.add(pair)
            confirmed.pop(pair, None)
        else:
            confirmed[pair] = (_mirrored(link.relation) if swapped else link.relation, link.note)
            rejected.discard(pair)
    return Rulings(_declared(earlier, later), confirmed, frozenset(rejected)), tuple(notices)


def met_in(
    decisions: Decisions, inspections: Sequence[Inspection]
) -> tuple[dict[str, tuple[str, str]], tuple[Notice, ...]]:
    """Which recommendations the entries of a decisions file are about.

    Args:
        decisions: What people decided.
        inspections: The inspections that are there; references to others are passed over.

    Returns:
        (id of the inspection, id of the recommendation) by the path of the reference in the file, as in
        ``closure[0].recommendation``; and a notice RG304 for each reference that meets nothing.

    Raises:
        InputError: A reference's hash and id disagree (RG115); all of them at once.
    """
    sides = {side.id: side for side in inspections}
    met: dict[str, tuple[str, str]] = {}
    notices: list[Notice] = []
    errors: list[InputError] = []
    for name, ref in _references(decisions):
        side = sides.get(ref.inspection)
        if side is None:
            continue
        try:
            found = _met(ref, side, name)
        except InputError as error:
            errors.append(error)
            continue
        if found is None:
            notices.append(_nothing(ref, side, name))
        else:
            met[name] = side.id, found.id
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    return met, tuple(notices)


def _references(decisions: Decisions) -> Iterator[tuple[str, RecommendationRef]]:
    """Every reference to a recommendation, with its path in the file."""
    for i, link in enumerate(decisions.links):
        yield f"links[{i}].earlier", link.earlier
        yield f"links[{i}].later", link.later
    for kind in ("progress", "position", "closure", "due"):
        for i, entry in enumerate(getattr(decisions, kind)):
            yield f"{kind}[{i}].recommendation", entry.recommendation


def _met(ref: RecommendationRef, side: Inspection, name: str) -> Recommendation | None:
    """The recommendation that a reference names: its hash decides, its id must not speak against it."""
    named = next((r for r in side.recommendations if r.id == ref.id), None)
    hashed = [r for r in side.recommendations if text_sha(r.text).startswith(ref.text_sha)]
    if not hashed or named in hashed:
        return named if hashed else None
    if named is None and len(hashed) == 1:
        return hashed[0]
    what = f"{ref.id} of {side.id} starts {_start(named.text)}" if named else f"{side.id} has no {ref.id}"
    others = " and ".join(f"{r.id}, {_start(r.text)}" for r in hashed)
    raise InputError(
        "RG115",
        f"hash and id disagree: {what}, but the hash {ref.text_sha[:12]} is that of {others}",
        where=Where(field=name),
        hint="mend the id or the hash, whichever is wrong",
    )


def _nothing(ref: RecommendationRef, side: Inspection, name: str) -> Notice:
    named = next((r for r in side.recommendations if r.id == ref.id), None)
    now = f"; {ref.id} now starts {_start(named.text)}" if named else ""
    return Notice(
        code="RG304",
        field=name,
        message=f"no recommendation of {side.id} has the hash {ref.text_sha[:12]} ({ref.id} when it was decided){now}",
    )


def _start(text: str) -> str:
    first = text.split()
    return repr(" ".join(first[:6]) + (" …" if len(first) > 6 else ""))


def _declared(earlier: Inspection, later: Inspection) -> frozenset[Pair]:
    """Pairs that the later of two reports itself declares.

    A declaration counts only where it names one recommendation of the other report, by id or number, and stands in the
    words of one recommendation of its own. Which report is the later one, dates say; where they don't, none counts.
    """
    days = _day(earlier), _day(later)
    if not all(days) or days[0] == days[1]:
        return frozenset()
    swapped = days[0] > days[1]
    before, after = (later, earlier) if swapped else (earlier, later)
    pairs = {pair for d in after.declarations if (pair := _declares(d, before, after))}
    return frozenset((two, one) if swapped else (one, two) for one, two in pairs)


def _day(inspection: Inspection) -> str:
    day = inspection.start or (inspection.published.date if inspection.published else None)
    return day.isoformat() if day else ""


def _declares(declaration: Declaration, before: Inspection, after: Inspection) -> Pair | None:
    if declaration.about != "recommendation" or not declaration.recommendation:
        return None
    if declaration.date is not None:
        days = [period.start for period in before.inspected] + [period.end for period in before.inspected]
        days += [before.published.date] if before.published else []
        if not any(day.isoformat().startswith(declaration.date) for day in days):
            return None
    name = declaration.recommendation.strip().rstrip(".")
    named = [r.id for r in before.recommendations if r.id == name]
    named = named or [r.id for r in before.recommendations if r.number and r.number.rstrip(".") == name]
    said = letters(declaration.text)
    if len(said) < 12:
        return None
    own = [r.id for r in after.recommendations if said in letters(r.text) or letters(r.text) in said]
    return (named[0], own[0]) if len(named) == 1 and len(own) == 1 else None


def _mirrored(relation: Relation | None) -> Relation | None:
    if relation == "narrowed":
        return "broadened"
    return "narrowed" if relation == "broadened" else relation
