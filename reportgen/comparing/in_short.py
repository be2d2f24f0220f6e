"""The comparison in one paragraph of plain words, made from its counts and hedged as its evidence is."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from reportgen.model import Compared, Comparison

_MONTHS = "January February March April May June July August September October November December".split()
_DIRECTIONS = {"improved": "improved", "declined": "declined", "maintained": "stayed the same"}


def in_short(comparison: Comparison) -> str:
    """One paragraph: judgements, earlier recommendations, later ones, and what the links rest on."""
    if not comparison.differs:
        return "The two inspections do not differ in anything that is compared."
    said = [*_judgements(comparison), *_recommendations(comparison), *_links(comparison)]
    return ". ".join(said) + "."


def _judgements(comparison: Comparison) -> list[str]:
    earlier, later = comparison.earlier_inspection, comparison.later_inspection
    name = later.provider.short_name or later.provider.name
    judged = comparison.summary.judgements
    span = f"Between {_when(earlier)} and {_when(later)}"
    directions = [f"{judged[state]} {word}" for state, word in _DIRECTIONS.items() if judged.get(state)]
    compared = sum(judged.get(state, 0) for state in _DIRECTIONS)
    if not directions:
        said = [f"{span}, no judgement on {name} can be compared"]
    else:
        said = [f"{span}, of the {_counted(compared, 'pair')} of judgements on {name} that can be compared, "]
        said[0] += _listed(directions)
        approximate = sum(j.comparability == "approximate" and j.steps is not None for j in comparison.judgements)
        if approximate:
            which = "it holds" if compared == 1 else f"{_of(approximate, compared)} of these hold"
            said[0] += f"; {which} only in part, because the frameworks differ"
    apart = [
        (judged.get("not_comparable", 0), "pair of judgements cannot be compared", "pairs cannot be compared"),
        (judged.get("first_judged", 0), "area was judged for the first time", "areas were judged for the first time"),
        (judged.get("no_longer_judged", 0), "area is no longer judged", "areas are no longer judged"),
    ]
    told = [f"{count} {one if count == 1 else many}" for count, one, many in apart if count]
    return [*said, _listed(told)] if told else said


def _recommendations(comparison: Comparison) -> list[str]:
    said = []
    states = comparison.summary.earlier
    total = sum(states.values())
    if total:
        again = sum(states.get(s, 0) for s in ("carried_same", "carried_reworded", "split", "merged"))
        silent = states.get("not_restated", 0)
        away = states.get("not_covered", 0)
        parts = [f"{again} {_is(again)} stated again"]
        if silent:
            parts.append(f"{silent} {_is(silent)} not repeated, which does not mean that {_they(silent)} carried out")
        if away:
            parts.append(f"{away} could not be repeated, because the later inspection did not look there")
        if states.get("not_comparable"):
            parts.append(f"{states['not_comparable']} cannot be compared")
        said.append(f"Of the {_counted(total, 'earlier recommendation')}, {_listed(parts)}")
        if states.get("needs_review"):
            said.append(f"For {states['needs_review']} more a person has to decide whether a later one follows")
    later = comparison.recommendations.later
    if later:
        new, open_ = comparison.summary.later.get("new", 0), comparison.summary.later.get("needs_review", 0)
        undecided = f", and {open_} {_is(open_)} undecided" if open_ else ""
        said.append(f"{new} of the {_counted(len(later), 'later recommendation')} {_is(new)} new{undecided}")
    return said


def _links(comparison: Comparison) -> list[str]:
    links = comparison.recommendations.links
    guessed = [link for link in links if link.basis == "inferred"]
    if not links:
        return []
    if not guessed:
        rest = "link between recommendations rests" if len(links) == 1 else "links between recommendations rest"
        return [f"The {len(links)} {rest} on equal text, on the report's own word or on a person's"]
    if len(links) == 1:
        which, verb = "The one link between recommendations", "is"
    else:
        which = f"{_of(len(guessed), len(links)).capitalize()} of the {len(links)} links between recommendations"
        verb = _is(len(guessed))
    if len(guessed) == 1 and guessed[0].precision is not None:
        share = f"{guessed[0].precision:.0%}".replace("%", " %")
        return [f"{which} {verb} inferred from wording; of the links like it that were measured, {share} were right"]
    if all(link.precision is not None for link in guessed):
        right = round(fsum(link.precision or 0.0 for link in guessed))
        return [f"{which} {verb} inferred from wording; by what was measured, about {right} of these may be right"]
    return [f"{which} {verb} inferred from wording, which was not measured for this kind of report"]


def _when(side: Compared) -> str:
    if side.inspected:
        day = side.inspected[0].start
        return f"{_MONTHS[day.month - 1]} {day.year}"
    if side.published:
        day = side.published.date
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return side.id


def _counted(count: int, one: str) -> str:
    return f"{count} {one}{'' if count == 1 else 's'}"


def _of(some: int, every: int) -> str:
    return "all" if some == every else str(some)


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _they(count: int) -> str:
    return "it was" if count == 1 else "they were"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
