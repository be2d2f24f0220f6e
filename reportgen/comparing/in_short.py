"""The comparison in one paragraph of plain words, made from its counts and hedged as its evidence is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import fsum
from typing import Any

from reportgen.labels import load_labels
from reportgen.labels.printing import long_date, month_and_year
from reportgen.model import Compared, Comparison

_DIRECTIONS = ("improved", "declined", "maintained")
_APART = ("not_comparable", "first_judged", "no_longer_judged")
_AGAIN = ("carried_same", "carried_reworded", "split", "merged")


def in_short(comparison: Comparison, lang: str = "en-GB") -> str:
    """One paragraph: judgements, earlier recommendations, later ones, and what the links rest on."""
    words = load_labels(lang)["comparison"]["said"]
    if not comparison.differs:
        return str(words["nothing"])
    said = [
        *_judgements(comparison, words, lang),
        *_recommendations(comparison, words),
        *_links(comparison, words["links"]),
    ]
    return str(words["sentence"].format(said=words["between_sentences"].join(said)))


def _judgements(comparison: Comparison, words: Mapping[str, Any], lang: str) -> Iterator[str]:
    own = words["judgements"]
    earlier, later = comparison.earlier_inspection, comparison.later_inspection
    sides = {
        "name": later.provider.short_name or later.provider.name,
        "earlier": when(earlier, lang),
        "later": when(later, lang),
    }
    judged = comparison.summary.judgements
    directions = [own[state].format(count=judged[state]) for state in _DIRECTIONS if judged.get(state)]
    compared = sum(judged.get(state, 0) for state in _DIRECTIONS)
    if not directions:
        yield own["none"].format(**sides)
    else:
        said = _counted(own["compared"], compared, directions=_listed(directions, words), **sides)
        approximate = sum(j.comparability == "approximate" and j.steps is not None for j in comparison.judgements)
        if approximate:
            which = "single" if compared == 1 else "all" if approximate == compared else "some"
            said = own["approximate"][which].format(said=said, count=approximate)
        yield said
    apart = [_counted(own[state], judged[state]) for state in _APART if judged.get(state)]
    if apart:
        yield _listed(apart, words)


def _recommendations(comparison: Comparison, words: Mapping[str, Any]) -> Iterator[str]:
    own = words["recommendations"]
    states = comparison.summary.earlier
    total = sum(states.values())
    if total:
        parts = [_counted(own["again"], sum(states.get(s, 0) for s in _AGAIN))]
        if states.get("not_restated"):
            parts.append(_counted(own["not_restated"], states["not_restated"]))
        parts += [own[s].format(count=states[s]) for s in ("not_covered", "not_comparable") if states.get(s)]
        yield _counted(own["earlier"], total, states=_listed(parts, words))
        if states.get("needs_review"):
            yield own["needs_review"].format(count=states["needs_review"])
    later = comparison.recommendations.later
    if later:
        new, open_ = comparison.summary.later.get("new", 0), comparison.summary.later.get("needs_review", 0)
        said = _counted(own["new"], new, later=_counted(own["later"], len(later)))
        yield _counted(own["undecided"], open_, said=said) if open_ else said


def _links(comparison: Comparison, own: Mapping[str, Any]) -> Iterator[str]:
    links = comparison.recommendations.links
    guessed = [link for link in links if link.basis == "inferred"]
    if not links:
        return
    if not guessed:
        yield _counted(own["certain"], len(links))
        return
    which = "single" if len(links) == 1 else "all" if len(guessed) == len(links) else "some"
    said = own["which"][which].format(count=len(guessed), links=len(links))
    said = _counted(own["inferred"], len(guessed), which=said)
    if len(guessed) == 1 and guessed[0].precision is not None:
        yield own["measured_one"].format(said=said, share=f"{100 * guessed[0].precision:.0f}")
    elif all(link.precision is not None for link in guessed):
        yield own["measured"].format(said=said, right=round(fsum(link.precision or 0.0 for link in guessed)))
    else:
        yield own["unmeasured"].format(said=said)


def when(side: Compared, lang: str) -> str:
    """When one side took place: the month of its first day on site, else the day of its publication, else its id."""
    if side.inspected:
        return month_and_year(side.inspected[0].start, lang)
    return long_date(side.published.date, lang) if side.published else side.id


def _counted(forms: Mapping[str, str], count: int, **more: str) -> str:
    return forms["one" if count == 1 else "other"].format(count=count, **more)


def _listed(parts: Sequence[str], words: Mapping[str, Any]) -> str:
    between, last = words["list"]["between"], words["list"]["last"]
    return parts[0] if len(parts) == 1 else f"{between.join(parts[:-1])}{last}{parts[-1]}"
