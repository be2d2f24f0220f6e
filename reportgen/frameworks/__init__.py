"""Framework profiles and crosswalks: YAML beside this file, and what may be asked of them.

A profile may begin with ``extends: _ofsted``: what several versions share stands once, in a file whose name begins with
an underscore. Mappings merge, lists and single values replace.

Profiles and a ``crosswalks.yaml`` of your own are found in the folders that the environment variable
``REPORTGEN_FRAMEWORKS`` names (separated as in ``PATH``); they need no code.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from reportgen import data_files, files
from reportgen.document import same_language
from reportgen.errors import FrameworkError, InputErrors, ReportgenError, Where
from reportgen.model import (
    Area,
    Comparability,
    Crosswalk,
    Crosswalks,
    Edge,
    Framework,
    Grade,
    Inspection,
    Problem,
    folded_label,
    profile_problems,
)

_HERE = Path(__file__).parent
_PROFILES = _HERE / "profiles"
_CROSSWALKS = "crosswalks.yaml"
#: From best to worst: a composed edge is as bad as the worst on its way.
_WORST: tuple[Comparability, ...] = ("same", "approximate", "not_comparable")


def framework_keys() -> tuple[str, ...]:
    """The keys of the shipped profiles and of your own, in order of time.

    Raises:
        FrameworkError: a folder of ``REPORTGEN_FRAMEWORKS`` is not there (RG127), or a key stands twice (RG126).
    """
    return tuple(_found(_own_folders()))


def _own_folders() -> tuple[Path, ...]:
    return tuple(Path(f) for f in os.environ.get("REPORTGEN_FRAMEWORKS", "").split(os.pathsep) if f)


@cache
def _found(own: tuple[Path, ...]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in (_PROFILES, *own):
        if not folder.is_dir():
            message = f"REPORTGEN_FRAMEWORKS names {str(folder)!r}, which is no folder"
            raise FrameworkError("RG127", message, where=Where(), hint="name folders that hold profiles")
        for path in sorted(folder.glob("*.yaml")):
            if path.stem.startswith("_") or path.name == _CROSSWALKS:
                continue
            if path.stem in found:
                message = f"{path.stem!r} is the key of two frameworks: {found[path.stem]} too"
                raise FrameworkError("RG126", message, where=Where(file=str(path)), hint="give yours another key")
            found[path.stem] = path
    return {key: found[key] for key in sorted(found, key=lambda k: (re.sub(r"\D", "", k) or "9999", k))}


def load_framework(key_or_path: str | Path) -> Framework:
    """Give a framework by its key, or from a profile file of your own.

    Raises:
        FrameworkError: no profile has that key and no file has that name (RG120), or as for ``framework_keys``.
        InputErrors: everything that is wrong with the profile, each with its line.
    """
    key = str(key_or_path)
    known = _found(_own_folders())
    if key in known:
        return _loaded(known[key])
    path = Path(key_or_path)
    if path.suffix in (".yaml", ".yml", ".json") and path.is_file():
        return _load(path)
    raise FrameworkError("RG120", f"unknown framework {key!r}", where=Where(), hint=_nearest(key, known))


@cache
def _loaded(path: Path) -> Framework:
    return _load(path)


def _load(path: Path) -> Framework:
    return _read(path).value


def _read(path: Path) -> data_files.Loaded[Framework]:
    def base(name: str) -> Path:
        beside = path.with_name(f"{name}.yaml")
        return beside if beside.is_file() else _PROFILES / f"{name}.yaml"

    loaded = data_files.load_extending(path, Framework, base, checks=(profile_problems,))
    framework = loaded.value
    if framework.key != path.stem:
        where = loaded.where(("key",))
        message = f"the profile is called {framework.key!r} and its file {path.name!r}"
        raise FrameworkError("RG126", message, where=where, hint="name the file after the key")
    return loaded


# -- labels ----------------------------------------------------------------------------------------------------------


def in_language(framework: Framework, labels: Mapping[str, Any]) -> Framework:
    """A framework with the words that outputs print, such as the labels of dates, in the language of some labels.

    What reports print themselves (titles, areas, grades, timescales) stays in the framework's own language.
    """
    if same_language(framework.lang, labels["lang"]):
        return framework
    words = labels["layout"]
    names = {name: (words[name],) for name in ("dates", "published", "inspector", "age_group")}
    names |= {name: words[name] for name in ("glance", "record", "about")}
    rules = framework.recommendations.model_copy(update={"heading": words["recommendations"]})
    layout = framework.layout.model_copy(update=names)
    return framework.model_copy(update={"layout": layout, "recommendations": rules})


def areas_by_label(framework: Framework, label: str) -> Area | None:
    """The area that a printed label names: by its table label, its heading or an alias. None for any other words."""
    return framework.area_names.get(folded_label(label))


def grade_by_label(framework: Framework, area: str, printed: str) -> Grade | None:
    """The grade that printed words name on the scale of an area; ``Good (Grade 2)`` and ``Grade 2 (Good)`` too."""
    scale = framework.scale_of(area)
    if scale is None:
        return None
    words = folded_label(printed)
    numbered = re.fullmatch(
        r"(?P<a>.+?)\s*[(:,-]?\s*grade (?P<n>\d+)\)?|grade (?P<m>\d+)\s*[(:,-]?\s*(?P<b>.+?)\)?", words
    )
    if numbered:
        words = numbered["a"] or numbered["b"]
    number = (numbered["n"] or numbered["m"]) if numbered else None
    for grade in scale.grades:
        if words in {folded_label(w) for w in (grade.label, *grade.aliases)} and (
            number is None or grade.number in (None, number)
        ):
            return grade
    return None


def area_of_title(framework: Framework, title: str) -> str | None:
    """The key of the area that a chapter's title names, with or without a grade behind a colon."""
    found = areas_by_label(framework, title)
    if found is None and ":" in title:
        name, _, grade = title.rpartition(":")
        area = areas_by_label(framework, name)
        found = area if area and grade_by_label(framework, area.key, grade) else None
    return found.key if found else None


# -- an inspection against its framework -----------------------------------------------------------------------------


def check_inspection(inspection: Inspection, framework: Framework) -> Iterator[Problem]:
    """What is wrong with an inspection under its framework; limiting rules and validity are warnings."""
    yield from _judged(inspection, framework)
    yield from _recommended(inspection, framework)
    areas = {a.key for a in framework.areas}
    for i, section in enumerate(inspection.sections):
        if section.area is not None and section.area not in areas:
            yield _unknown(("sections", i, "area"), "RG121", "area", section.area, areas)
    types = {t.key for t in framework.types}
    if inspection.type is not None and inspection.type not in types:
        yield _unknown(("type",), "RG123", "type", inspection.type, types)
    if inspection.start is not None and not framework.valid.holds(inspection.start):
        span = f"{framework.valid.start or '…'} to {framework.valid.end or '…'}"
        message = f"{framework.key} holds for inspections that began from {span}; this one began on {inspection.start}"
        yield Problem(("inspected", 0, "start"), "RG124", message, "check the framework and the day", "warning")
    yield from _limits(inspection, framework)


def _judged(inspection: Inspection, framework: Framework) -> Iterator[Problem]:
    areas = {a.key for a in framework.areas}
    for i, judgement in enumerate(inspection.judgements):
        if judgement.area not in areas:
            yield _unknown(("judgements", i, "area"), "RG121", "area", judgement.area, areas)
            continue
        scale = framework.scale_of(judgement.area)
        given: list[tuple[tuple[str | int, ...], str | None]] = [(("judgements", i, "grade"), judgement.grade)]
        given += [(("judgements", i, "conflicts", c, "value"), x.value) for c, x in enumerate(judgement.conflicts)]
        for path, grade in given:
            if grade is not None and scale is None:
                yield Problem(path, "RG122", f"{judgement.area} is not graded", "drop the grade")
            elif grade is not None and scale is not None and grade not in {g.key for g in scale.grades}:
                yield _unknown(path, "RG122", "grade", grade, [g.key for g in scale.grades])
        said = grade_by_label(framework, judgement.area, judgement.printed or "")
        known = framework.grade(judgement.area, judgement.grade)
        if known is not None and said is not None and said != known:
            message = f"printed is {judgement.printed!r}, which is the grade {said.key!r} and not {judgement.grade!r}"
            yield Problem(("judgements", i, "printed"), "RG210", message, "mend the one that is wrong", "warning")
    grades = {g.key for s in framework.scales for g in s.grades}
    for i, point in enumerate(inspection.scale_as_printed):
        if point.grade is not None and point.grade not in grades:
            yield _unknown(("scale_as_printed", i, "grade"), "RG122", "grade", point.grade, grades)


def _recommended(inspection: Inspection, framework: Framework) -> Iterator[Problem]:
    areas = {a.key for a in framework.areas}
    rules = framework.recommendations
    known = {
        "kind": {k.key for k in rules.kinds},
        "timescale": {b.key for b in rules.bands},
        "addressee": {a.key for a in rules.addressees},
    }
    for i, recommendation in enumerate(inspection.recommendations):
        for name, keys in known.items():
            value = getattr(recommendation, name)
            if value is not None and value not in keys:
                yield _unknown(("recommendations", i, name), "RG123", name, value, keys)
        for a, area in enumerate(recommendation.areas):
            if area not in areas:
                yield _unknown(("recommendations", i, "areas", a), "RG121", "area", area, areas)


def _unknown(path: tuple[str | int, ...], code: str, what: str, value: str, known: Iterable[str]) -> Problem:
    allowed = sorted(known)
    near = get_close_matches(value, allowed, n=1)
    listed = f"one of: {', '.join(allowed)}" if allowed else "the framework has none"
    return Problem(path, code, f"unknown {what} {value!r}", f"did you mean {near[0]!r}? {listed}" if near else listed)


def _limits(inspection: Inspection, framework: Framework) -> Iterator[Problem]:
    judged = {j.area: (i, j) for i, j in enumerate(inspection.judgements) if j.grade is not None}
    for limit in framework.limits:
        causes = [a for a in limit.areas if a in judged and judged[a][1].grade == limit.grade]
        if not causes or limit.overall not in judged:
            continue
        index, overall = judged[limit.overall]
        given, most = framework.grade(limit.overall, overall.grade), framework.grade(limit.overall, limit.at_most)
        if given and most and given.rank > most.rank:
            named = ", ".join(causes)
            message = f"{given.key} although {named} is {limit.grade}: at most {most.key} is usual ({limit.source})"
            yield Problem(("judgements", index, "grade"), "RG125", message, "check the grades", "warning")


# -- crosswalks ------------------------------------------------------------------------------------------------------


def _crosswalk_files(own: tuple[Path, ...]) -> tuple[Path, ...]:
    return (_HERE / _CROSSWALKS, *(path for folder in own if (path := folder / _CROSSWALKS).is_file()))


@cache
def _crosswalks(own: tuple[Path, ...]) -> tuple[tuple[Path, Crosswalk], ...]:
    return tuple((f, walk) for f in _crosswalk_files(own) for walk in _load_crosswalks(f).value.crosswalks)


def _load_crosswalks(path: Path) -> data_files.Loaded[Crosswalks]:
    return data_files.load(path, Crosswalks, checks=data_files.CHECKS["crosswalks"])


def crosswalk(earlier: Framework, later: Framework) -> tuple[Edge, ...]:
    """Lay the areas of one framework beside those of another.

    An edge declared between the two outranks one composed over the frameworks in between; a composed edge takes the
    worst class on its path, and of several paths the best. Asked backwards, the edges are mirrored.

    Returns:
        Edges in the order of the areas of both; every area of either side stands in at least one, beside None where it
        has no counterpart.
    """
    if earlier.key == later.key:
        return tuple(_edge(a.key, a.key, "same", "the same framework") for a in earlier.areas)
    own = _own_folders()
    edges = _between(earlier.key, later.key, own, frozenset())
    if not edges:
        edges = {
            (b, a): _edge(b, a, e.comparability, e.reason, e.source)
            for (a, b), e in _between(later.key, earlier.key, own, frozenset()).items()
        }
    here, there = [a.key for a in earlier.areas], [a.key for a in later.areas]
    out = [e for (a, b), e in edges.items() if a in here and b in there]
    out.sort(key=lambda e: (here.index(e.earlier or ""), there.index(e.later or "")))
    one_sided = {(e.earlier, e.later): e for e in edges.values() if e.earlier is None or e.later is None}
    for key in here:
        if all(e.earlier != key for e in out):
            out.append(
                one_sided.get((key, None))
                or _edge(key, None, "not_comparable", "no counterpart in the later framework")
            )
    for key in there:
        if all(e.later != key for e in out):
            out.append(
                one_sided.get((None, key))
                or _edge(None, key, "not_comparable", "no counterpart in the earlier framework")
            )
    return tuple(out)


def declared(earlier: Framework, later: Framework) -> frozenset[tuple[str | None, str | None]]:
    """The pairs of areas that a crosswalk names between just these two frameworks, forward in time; none composed."""
    walks = (w for _, w in _crosswalks(_own_folders()) if (w.earlier, w.later) == (earlier.key, later.key))
    return frozenset((e.earlier, e.later) for walk in walks for e in walk.edges)


def _edge(a: str | None, b: str | None, comparability: Comparability, reason: str, source: str | None = None) -> Edge:
    return Edge(earlier=a, later=b, comparability=comparability, reason=reason, source=source)


_Edges = dict[tuple[str | None, str | None], Edge]


@cache
def _between(start: str, end: str, own: tuple[Path, ...], passed: frozenset[str]) -> _Edges:
    """All edges from one framework forward to another, declared or composed; ``passed``: those already on the way."""
    declared: _Edges = {}
    for _, walk in _crosswalks(own):
        if (walk.earlier, walk.later) == (start, end):
            declared.update({(e.earlier, e.later): e for e in walk.edges})
    composed: _Edges = {}
    for _, walk in _crosswalks(own):
        if walk.earlier != start or walk.later == end or walk.later in passed:
            continue
        onward = _between(walk.later, end, own, passed | {start})
        for first in walk.edges:
            if first.later is None and onward:
                composed.setdefault((first.earlier, None), first)
        for (middle, last), second in onward.items():
            if middle is None:
                composed.setdefault((None, last), second)
            for first in walk.edges:
                if middle is not None and first.later == middle:
                    _compose(composed, first, second)
    return {**composed, **declared}


def _compose(composed: _Edges, first: Edge, second: Edge) -> None:
    """Put two edges that meet together; where one of the two has an end that is nothing, its reason is the reason."""
    ends = first.earlier, second.later
    if first.earlier is None or second.later is None:
        if ends != (None, None):
            one_sided = first if first.earlier is None else second
            composed.setdefault(ends, _edge(*ends, "not_comparable", one_sided.reason, one_sided.source))
        return
    worst = max(first.comparability, second.comparability, key=_WORST.index)
    reason = first.reason if first.reason == second.reason else f"{first.reason}; then {second.reason}"
    known = composed.get(ends)
    if known is None or _WORST.index(worst) < _WORST.index(known.comparability):
        composed[ends] = _edge(*ends, worst, reason, first.source or second.source)


# -- checking the profiles themselves --------------------------------------------------------------------------------


def check_frameworks(paths: Iterable[Path] = ()) -> list[ReportgenError]:
    """Everything that is wrong with the profiles and crosswalks given; without any, with all that are known."""
    given = list(paths)
    errors: list[ReportgenError] = []
    for path in given or (*_found(_own_folders()).values(), *_crosswalk_files(_own_folders())):
        try:
            if path.stem == Path(_CROSSWALKS).stem or _is_crosswalks(path):
                errors.extend(_crosswalk_errors(path))
            else:
                errors.extend(_superseded(_read(path)))
        except InputErrors as several:
            errors.extend(several.errors)
        except ReportgenError as error:
            errors.append(error)
    return errors


def _is_crosswalks(path: Path) -> bool:
    try:
        return data_files.kind_of(files.read_bytes(path), str(path)) == "crosswalks"
    except ReportgenError:
        return False


def _superseded(loaded: data_files.Loaded[Framework]) -> Iterator[ReportgenError]:
    known = _found(_own_folders())
    for i, key in enumerate(loaded.value.supersedes):
        if key not in known:
            where = loaded.where(("supersedes", i))
            yield FrameworkError("RG126", f"unknown framework {key!r}", where=where, hint=_nearest(key, known))


def _nearest(word: str, known: Iterable[str]) -> str:
    known = list(known)
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"use one of: {', '.join(known)}"


def _crosswalk_errors(path: Path) -> Iterator[ReportgenError]:
    """What a file of crosswalks names that is not there, or lays beside each other though no scale joins them."""
    loaded = _load_crosswalks(path)
    known = _found(_own_folders())

    def wrong(message: str, hint: str, *trail: str | int) -> FrameworkError:
        return FrameworkError("RG126", message, where=loaded.where(("crosswalks", *trail)), hint=hint)

    for w, walk in enumerate(loaded.value.crosswalks):
        sides: dict[str, Framework] = {}
        for side, key in (("from", walk.earlier), ("to", walk.later)):
            if key in known:
                sides[side] = load_framework(key)
            else:
                yield wrong(f"unknown framework {key!r}", _nearest(key, known), w, side)
        for n, edge in enumerate(walk.edges):
            ends = {"from": edge.earlier, "to": edge.later}
            for side, area in ends.items():
                if area is not None and side in sides and sides[side].area(area) is None:
                    hint = _nearest(area, [a.key for a in sides[side].areas])
                    yield wrong(f"{sides[side].key} has no area {area!r}", hint, w, "edges", n, side)
            scales = [sides[side].scale_of(area) for side, area in ends.items() if area is not None and side in sides]
            if (
                edge.comparability == "same"
                and len(scales) == 2
                and len({s and (s.family or s.key) for s in scales}) > 1
            ):
                message = "same, though the two areas have grades of different families"
                yield wrong(message, "write not_comparable, or give the scales one family", w, "edges", n, "class")
