"""Every difference that no other view shows, so that nothing changes unseen.

What is left of an inspection after everything that the views cover was taken out is laid beside what is left of the
other one. It is taken out by name: a value that the model comes to hold tomorrow turns up here by itself.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any

from reportgen.comparing.facts import pair_facts
from reportgen.comparing.paragraphs import Laid, flat
from reportgen.model import (
    Edge,
    Fact,
    GradeHere,
    Inspection,
    ItemsParagraph,
    JudgementsHere,
    OtherChange,
    Paragraph,
    RecommendationLink,
    RecommendationsHere,
    ScaleHere,
    TableParagraph,
    TextParagraph,
)

#: What the views cover, and what is about the file and not about the inspection.
_ELSEWHERE = {
    "format",
    "id",
    "judgements",
    "recommendations",
    "sections",
    "footnotes",
    "facts",
    "source",
    "sources",
    "evidence",
    "corrections",
    "checked",
    "notices",
}
_Pair = tuple[dict[str, Any], dict[str, Any]]


def compare_other(
    earlier: Inspection,
    later: Inspection,
    edges: Iterable[Edge],
    links: Sequence[RecommendationLink],
    laid: Sequence[Laid],
) -> tuple[OtherChange, ...]:
    """Every difference between two inspections that judgements, recommendations, paragraphs and facts don't show.

    Args:
        earlier: The earlier inspection.
        later: The later one.
        edges: The crosswalk: which judgements stand beside each other.
        links: Which recommendations do.
        laid: Which paragraphs do, and with them which sections.

    Returns:
        The differences in the order of their paths.
    """
    one, two = _plain(earlier), _plain(later)
    for name, (a, b) in {
        "judgements": _judgements(earlier, later, edges),
        "recommendations": _recommendations(earlier, later, links),
        "sections": _sections(earlier, later, links, laid),
        "facts": _facts(earlier, later),
    }.items():
        one[name], two[name] = a, b
    return () if one == two else _differences(one, two)


# -- what is left ----------------------------------------------------------------------------------------------------


def _plain(inspection: Inspection) -> dict[str, Any]:
    data: dict[str, Any] = inspection.model_dump(mode="json", exclude=_ELSEWHERE)
    # declarations are data in no order of their own
    declarations = [_bare(d) for d in data["declarations"]]
    data["declarations"] = sorted(declarations, key=lambda d: json.dumps(d, sort_keys=True))
    return data


def _bare(data: dict[str, Any], *without: str) -> dict[str, Any]:
    """Data without evidence, at any depth, and without these keys at the top."""
    return {k: _no_evidence(v) for k, v in data.items() if k not in without and k != "evidence"}


def _no_evidence(value: Any) -> Any:
    if isinstance(value, dict):
        return _bare(value)
    return [_no_evidence(v) for v in value] if isinstance(value, list) else value


def _judgements(earlier: Inspection, later: Inspection, edges: Iterable[Edge]) -> _Pair:
    """Labels and printed grades under one framework (under two they differ by nature, and stand in the view)."""
    ones, twos = ({j.area: j.model_dump(mode="json") for j in side.judgements} for side in (earlier, later))
    covered = ["area", "grade", "missing"]
    if earlier.framework != later.framework:
        covered += ["label", "printed"]
    found: _Pair = ({}, {})
    for edge in edges:
        if edge.earlier in ones and edge.later in twos:
            name = _name(edge.earlier or "", edge.later or "")
            found[0][name] = _bare(ones[edge.earlier or ""], *covered)
            found[1][name] = _bare(twos[edge.later or ""], *covered)
    return found


def _recommendations(earlier: Inspection, later: Inspection, links: Iterable[RecommendationLink]) -> _Pair:
    """Everything about linked recommendations but their text and timescale; the others are shown whole."""
    ones, twos = ({r.id: r.model_dump(mode="json") for r in side.recommendations} for side in (earlier, later))
    found: _Pair = ({}, {})
    for link in links:
        name = _name(link.earlier, link.later)
        for n, data in enumerate((ones[link.earlier], twos[link.later])):
            rest = _bare(data, "id", "text", "timescale")
            rest["areas"] = sorted(rest["areas"])
            found[n][name] = rest
    return found


def _sections(
    earlier: Inspection, later: Inspection, links: Iterable[RecommendationLink], laid: Sequence[Laid]
) -> _Pair:
    """Level, area and make-up of the sections whose titles stand beside each other."""
    by_end: tuple[dict[str, list[str]], dict[str, list[str]]] = (defaultdict(list), defaultdict(list))
    for link in links:
        by_end[0][link.earlier].append(link.later)
        by_end[1][link.later].append(link.earlier)
    # a recommendation that went to one place only has one name on both sides
    alone = {e: others[0] for e, others in by_end[0].items() if len(others) == 1 and len(by_end[1][others[0]]) == 1}
    names = {e: _name(e, x) for e, x in alone.items()}, {x: _name(e, x) for e, x in alone.items()}
    found: _Pair = ({}, {})
    for pair in laid:
        one, two = pair.earlier, pair.later
        if one is None or two is None or "heading" not in (one.kind, two.kind):
            continue
        title, n = _name(one.text, two.text), 1
        while title in found[0]:
            n += 1
            title = f"{_name(one.text, two.text)} ({n})"
        for side, (inspection, unit) in enumerate(((earlier, one), (later, two))):
            section = inspection.sections[unit.at]
            data = _bare(section.model_dump(mode="json", exclude={"paragraphs"}), "title")
            found[side][title] = {**data, "holds": _holds(section.paragraphs, names[side])}
    return found


def _holds(paragraphs: Iterable[Paragraph], names: dict[str, str]) -> list[Any]:
    """What a section consists of, in order; runs of the same once, their text being shown elsewhere."""
    parts: list[Any] = []
    for entry in paragraphs:
        match entry:
            case TextParagraph():
                parts.append("text")
            case ItemsParagraph(items=items):
                parts += (f"item of depth {depth}" for _, depth in flat(items))
            case TableParagraph(table=table):
                parts += ["table"] + ["header"] * bool(table.header)
            case RecommendationsHere(recommendations=ids, heading=heading):
                known = [names[rid] for rid in ids if rid in names]
                if known:
                    parts.append({"recommendations": known, "heading": heading})
            case JudgementsHere(judgements=areas):
                parts.append({"judgements": list(areas)})
            case GradeHere(judgement=area):
                parts.append({"judgement": area})
            case ScaleHere(scale=grades):
                parts.append({"scale": list(grades)})
    return [part for n, part in enumerate(parts) if n == 0 or part != parts[n - 1] or not isinstance(part, str)]


def _facts(earlier: Inspection, later: Inspection) -> _Pair:
    """Label and precision of the figures that stand beside each other."""
    groups: dict[str, tuple[list[Fact], list[Fact]]] = defaultdict(lambda: ([], []))
    for n, side in enumerate((earlier, later)):
        for fact in side.facts:
            groups[fact.key][n].append(fact)
    found: _Pair = ({}, {})
    for key, (ones, twos) in groups.items():
        for n, (one, two) in enumerate(pair_facts(ones, twos)):
            if one is not None and two is not None:
                name = key if n == 0 else f"{key} ({n + 1})"
                for there, fact in zip(found, (one, two), strict=True):
                    there[name] = _bare(fact.model_dump(mode="json"), "key", "value", "unit")
    return found


def _name(one: str, two: str) -> str:
    return one if one == two else f"{one} → {two}"


# -- how it differs --------------------------------------------------------------------------------------------------


def _differences(one: dict[str, Any], two: dict[str, Any]) -> tuple[OtherChange, ...]:
    from deepdiff import DeepDiff  # takes as long to import as everything else here
    from deepdiff.operator import BaseOperator

    found: list[OtherChange] = []

    class Lists(BaseOperator):
        """Lists as they are printed: what was put in and what was taken out, not what every later place now holds."""

        def match(self, level: Any) -> bool:
            return isinstance(level.t1, list) and isinstance(level.t2, list)

        def give_up_diffing(self, level: Any, diff_instance: Any) -> bool:  # noqa: ARG002  # deepdiff's signature
            found.extend(_list_changes(level.path(output_format="list"), level.t1, level.t2))
            return True

    changed = DeepDiff(one, two, view="tree", custom_operators=[Lists()], ignore_type_in_groups=[(int, float)])
    kinds = {"dictionary_item_added": "added", "dictionary_item_removed": "removed"}
    for category, levels in changed.items():
        for level in levels:
            path = level.path(output_format="list")
            kind = kinds.get(category, "changed")
            found.append(
                OtherChange(
                    path=_path(path),
                    change=kind,
                    earlier=None if kind == "added" else level.t1,
                    later=None if kind == "removed" else level.t2,
                )
            )
    return tuple(sorted(found, key=lambda c: (c.path, c.change, repr(c.earlier), repr(c.later))))


def _list_changes(path: list[str | int], one: list[Any], two: list[Any]) -> Iterable[OtherChange]:
    """What was put into a list and what was taken out; the index is the earlier one except for what was put in."""
    left, right = ([json.dumps(member, sort_keys=True) for member in side] for side in (one, two))
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        both = min(i2 - i1, j2 - j1)
        for n in range(both):
            yield OtherChange(path=_path([*path, i1 + n]), change="changed", earlier=one[i1 + n], later=two[j1 + n])
        for i in range(i1 + both, i2):
            yield OtherChange(path=_path([*path, i]), change="removed", earlier=one[i])
        for j in range(j1 + both, j2):
            yield OtherChange(path=_path([*path, j]), change="added", later=two[j])


def _path(parts: Iterable[str | int]) -> str:
    """``["recommendations", "R1 → R3", "areas", 0]`` → ``recommendations[R1 → R3].areas[0]``."""
    out = ""
    for part in parts:
        plain = isinstance(part, str) and re.fullmatch(r"[a-z_][a-z0-9_]*", part)
        out += (f".{part}" if out else str(part)) if plain else f"[{part}]"
    return out
