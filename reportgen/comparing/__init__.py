"""Comparing: two inspections → one :class:`Comparison`, data that every output is a view of.

Five views, which together show every difference: judgements, recommendations, paragraphs, facts, and everything else.
What they say mirrors when the two sides are swapped, and is empty of differences for an inspection beside itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Protocol

from reportgen.comparing.facts import compare_facts
from reportgen.comparing.in_short import in_short
from reportgen.comparing.judgements import compare_judgements
from reportgen.comparing.other import compare_other
from reportgen.comparing.paragraphs import ALIKE, align, compare_paragraphs, units
from reportgen.comparing.paragraphs import RULES as PARAGRAPH_RULES
from reportgen.comparing.recommendations import (
    MENTIONED,
    compare_recommendations,
    counted,
    is_covered,
    judged_areas,
    looked_at,
    mentions_of,
)
from reportgen.frameworks import check_inspection, crosswalk, load_framework
from reportgen.matching import Options, Reader, load_lexicon, measured, thresholds_for
from reportgen.model import (
    Compared,
    Comparison,
    Decisions,
    Edge,
    Framework,
    Inspection,
    Notice,
    Provider,
    Summary,
    dotted,
)

__all__ = [
    "compare",
    "compare_judgements",
    "compare_recommendations",
    "is_covered",
    "judged_areas",
    "looked_at",
    "mentions_of",
    "one_provider",
    "reader_for",
    "units",
]


def compare(
    earlier: Inspection,
    later: Inspection,
    *,
    frameworks: tuple[Framework, Framework] | None = None,
    edges: Iterable[Edge] | None = None,
    decisions: Decisions | None = None,
    options: Options | None = None,
) -> Comparison:
    """Compare two inspections.

    Args:
        earlier: The earlier inspection.
        later: The later one; the order is the caller's word, a notice says where the dates speak against it.
        frameworks: Their frameworks; None: loaded by the keys that the inspections name.
        edges: The crosswalk between these; None: the one that is known.
        decisions: What people decided about links, which outranks every score; None: nothing.
        options: How to match; None: with the lexicon that both frameworks name, at its own thresholds.

    Returns:
        The comparison. Every recommendation of both sides has exactly one state, and every paragraph stands in it once.

    Raises:
        FrameworkError: A framework is unknown.
        InputError: A decision's hash and id disagree (RG115), or the lexicon cannot be read.
    """
    options = options or Options()
    if frameworks is None:
        frameworks = load_framework(earlier.framework), load_framework(later.framework)
    walk = crosswalk(*frameworks) if edges is None else tuple(edges)
    bridged = frameworks[0].key == frameworks[1].key or any(e.earlier and e.later for e in walk)
    # where nothing lies beside anything, an area without a counterpart says nothing: all is not comparable
    walk = walk if bridged else ()
    # summaries in other words can be laid beside other summaries, never beside a printed text
    mixed = earlier.wording != later.wording
    pieces = units(earlier), units(later)
    reader = reader_for(frameworks, options)
    laid = [] if mixed else align(*pieces)

    judgements = compare_judgements(earlier, later, frameworks, walk)
    recommendations = compare_recommendations(
        earlier,
        later,
        frameworks,
        walk,
        decisions=decisions,
        options=options,
        reader=reader,
        pieces=pieces[1] if later.wording == "printed" else (),
    )
    paragraphs = compare_paragraphs(laid)
    links = recommendations.changes.links
    shared = {
        "judgements": counted(row.change for row in judgements),
        "paragraphs": counted(change.state for change in paragraphs),
    }
    found = Comparison(
        earlier_inspection=_side(earlier),
        later_inspection=_side(later),
        judgements=judgements,
        recommendations=recommendations.changes,
        paragraphs=paragraphs,
        facts=compare_facts(earlier, later),
        other=compare_other(earlier, later, walk, links, laid),
        notices=(*_notices(earlier, later, bridged), *_limits((earlier, later), frameworks), *recommendations.notices),
        matching=measured(reader) if earlier.recommendations or later.recommendations else None,
        options=_options(options, reader),
        summary=Summary(
            **shared,
            earlier=counted(r.state for r in recommendations.changes.earlier),
            later=counted(r.state for r in recommendations.changes.later),
            links=len(links),
            strict=recommendations.strict.model_copy(update=shared),
            lenient=recommendations.lenient.model_copy(update=shared),
        ),
    )
    return found.model_copy(update={"in_short": in_short(found)})


def reader_for(frameworks: tuple[Framework, Framework], options: Options) -> Reader | None:
    """The lexicon that two frameworks' recommendations are matched with; None: without one.

    Raises:
        InputError: the lexicon cannot be read.
    """
    if options.lexicon == "none":
        return None
    if options.lexicon != "profile":
        return load_lexicon(options.lexicon)
    named = {framework.recommendations.lexicon for framework in frameworks}
    key = named.pop()
    return load_lexicon(key) if key and not named else None


def _options(options: Options, reader: Reader | None) -> dict[str, Any]:
    return {
        "matching": {
            "rules": measured(reader).rules,
            "lexicon": reader.lexicon.key if reader else None,
            **asdict(options.thresholds or thresholds_for(reader)),
        },
        "paragraphs": {"rules": PARAGRAPH_RULES, "alike": ALIKE},
        "mentions": {"at_least": MENTIONED},
    }


def _side(inspection: Inspection) -> Compared:
    return Compared(
        id=inspection.id,
        framework=inspection.framework,
        provider=inspection.provider,
        title=inspection.title,
        status=inspection.status,
        wording=inspection.wording,
        lang=inspection.lang,
        inspected=inspection.inspected,
        published=inspection.published,
        corrections=inspection.corrections,
        checked=inspection.checked,
        sha256=inspection.source.sha256 if inspection.source else None,
    )


# -- notices ---------------------------------------------------------------------------------------------------------


def _notices(earlier: Inspection, later: Inspection, bridged: bool) -> list[Notice]:
    found = []
    if not one_provider(earlier, later):
        names = f"{earlier.provider.name} and {later.provider.name}"
        found.append(Notice(code="RG301", field="provider", message=f"different providers: {names}"))
    days = [i.start or (i.published.date if i.published else None) for i in (earlier, later)]
    if days[0] and days[1] and days[0] > days[1]:
        message = f"{earlier.id} is given as the earlier one, and began after {later.id}"
        found.append(Notice(code="RG302", field="inspected", message=message))
    if not bridged:
        message = f"no crosswalk between {earlier.framework} and {later.framework}: no judgement can be compared"
        found.append(Notice(code="RG303", field="framework", message=message))
    summaries = [i.id for i in (earlier, later) if i.wording == "summary"]
    if len(summaries) == 1:
        message = (
            f"{summaries[0]} holds summaries in other words: its paragraphs are not compared with printed ones, "
            "and links between recommendations are possible at most"
        )
        found.append(Notice(code="RG306", field="wording", message=message))
    elif summaries:
        message = "both sides hold summaries in other words: what differs in them need not differ in the reports"
        found.append(Notice(code="RG306", level="info", field="wording", message=message))
    return found


def _limits(sides: tuple[Inspection, Inspection], frameworks: tuple[Framework, Framework]) -> list[Notice]:
    """Grades that a limiting rule of their framework makes unusual: a step from or to one is to be read with care."""
    return [
        Notice(code=problem.code, field=f"{side.id}: {dotted(problem.path)}", message=problem.message)
        for side, framework in zip(sides, frameworks, strict=True)
        for problem in check_inspection(side, framework)
        if problem.code == "RG125"
    ]


class _Of(Protocol):
    """What says whom an inspection is of."""

    @property
    def slug(self) -> str: ...
    @property
    def provider(self) -> Provider: ...


def one_provider(earlier: _Of, later: _Of) -> bool:
    """Whether two inspections are of one body: by a register's id where both have one, else by the names."""
    one, two = earlier.provider, later.provider
    shared = one.ids.keys() & two.ids.keys()
    if shared:
        return any(one.ids[name] == two.ids[name] for name in shared)
    if earlier.slug == later.slug or one.name.casefold() == two.name.casefold():
        return True
    return one.short_name is not None and one.short_name == two.short_name
