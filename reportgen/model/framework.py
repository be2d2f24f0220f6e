"""An inspectorate's rule book at a version, and the crosswalks between versions: all of it data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from reportgen.model.base import Key, LanguageTag, Model, Path, Problem, Str, Words, duplicates, months_after

Comparability = Literal["same", "approximate", "not_comparable"]


def _compiles(pattern: str) -> str:
    try:
        re.compile(expand(pattern, {"grade": "x", "area": "x", "date": "x", "provider": "x"}))
    except (re.error, KeyError) as error:
        raise PydanticCustomError(
            "regular_expression", "not a regular expression: {why}", {"why": str(error)}
        ) from None
    return pattern


def expand(pattern: str, values: dict[str, str]) -> str:
    """Put alternatives into the ``{grade}``, ``{area}``, ``{date}`` and ``{provider}`` of a cue."""
    return re.sub(r"\{(grade|area|date|provider)\}", lambda m: values[m[1]], pattern)


def folded_label(label: str) -> str:
    """A printed label as it is compared: no number before it, one space, straight quotes, lower case, no end mark."""
    label = label.replace("’", "'").replace("‘", "'").replace("–", "-")
    label = re.sub(r"^\s*\d+(?:\.\d+)*\.?\s+", "", label)
    return re.sub(r"\s+", " ", label).strip(" .:").casefold()


#: A regular expression, read without regard to case; ``{grade}`` and ``{area}`` stand for the printed words.
Cue = Annotated[str, Field(min_length=1), AfterValidator(_compiles)]


class Grade(Model):
    """A point on a scale. ``rank``: 1 is the lowest. ``number``: the figure printed with it, if any."""

    key: Key
    label: Words
    aliases: tuple[Words, ...] = ()
    rank: int = Field(ge=1)
    number: Str | None = None
    meaning: Str | None = None


class Scale(Model):
    """Grades in order of rank. ``family``: scales of one family may be laid side by side (never renamed)."""

    key: Key
    family: Key | None = None
    grades: tuple[Grade, ...] = Field(min_length=2)


class Area(Model):
    """Something that is judged. ``label`` as the table prints it, ``heading`` as its chapter does."""

    key: Key
    label: Words
    heading: Str | None = None
    aliases: tuple[Words, ...] = ()
    number: Str | None = None
    parent: Key | None = None
    scale: Key | None = None
    overall: bool = False
    counts_to_overall: bool = True
    optional: bool = False
    sentences: tuple[Cue, ...] = ()


class Limit(Model):
    """When one of ``areas`` has ``grade``, then ``overall`` is at most ``at_most``: a warning, with its source."""

    areas: tuple[Key, ...] = Field(min_length=1)
    grade: Key
    overall: Key
    at_most: Key
    source: Words


class Band(Model):
    """A timescale: its printed labels, and how many days or months after publication (or the start) it falls due."""

    key: Key
    labels: tuple[Words, ...] = Field(min_length=1)
    months: int | None = None
    days: int | None = None
    counted_from: Literal["published", "inspected"] = "published"

    def falls_due(self, *, inspected: date | None, published: date | None) -> tuple[date, date] | None:
        """The day on which it falls due, and the day that it is counted from; None where nobody can tell."""
        start = inspected if self.counted_from == "inspected" else published
        if start is None or (self.months is None and self.days is None):
            return None
        due = months_after(start, self.months) if self.months is not None else start + timedelta(self.days or 0)
        return due, start


class Named(Model):
    """A key with its word."""

    key: Key
    label: Words


class Theme(Model):
    """A printed heading inside a recommendation section that gives its items a kind or a timescale."""

    headings: tuple[Words, ...] = Field(min_length=1)
    kind: Key | None = None
    timescale: Key | None = None


class RecommendationSection(Model):
    """A section that holds recommendations. ``items``: what an item is printed as.

    ``table``: a row an item, in a second column who is responsible; a table of one column may come as paragraphs.
    """

    headings: tuple[Cue, ...] = Field(min_length=1)
    items: Literal["bullets", "numbered", "table"] = "bullets"
    kind: Key
    addressee: Key | None = None
    themes: tuple[Theme, ...] = ()


class Part(Model):
    """A part of a report that speaks to one body, told by the heading that opens it."""

    headings: tuple[Cue, ...] = Field(min_length=1)
    addressee: Key


class RecommendationRules(Model):
    """What recommendations are called and where they stand.

    The addressee of a recommendation is that of its section, else of the part of the report it stands in, else the
    first of ``addressees``.
    ``lexicon``: what tells their topics when they are compared.
    """

    heading: Words = "Recommendations"
    lexicon: Key | None = None
    kinds: tuple[Named, ...] = ()
    bands: tuple[Band, ...] = ()
    addressees: tuple[Named, ...] = ()
    sections: tuple[RecommendationSection, ...] = ()
    parts: tuple[Part, ...] = ()
    references: tuple[Cue, ...] = ()
    none_said: tuple[Cue, ...] = ()

    @property
    def default_addressee(self) -> str | None:
        """To whom a recommendation speaks where nothing else says it."""
        return self.addressees[0].key if self.addressees else None


class FactRule(Model):
    """A figure to take from the text: ``cue`` has a group ``value``, and may have ``about``."""

    key: Key
    label: Words
    cue: Cue
    unit: Key


class DeclarationRule(Model):
    """A statement about the past: a sentence that the cue matches; groups ``date`` and ``grade`` are taken over.

    ``then``: the sentence right behind it that says the grade, where the first does not. ``unless``: sentences that
    match this are another rule's.
    """

    about: Literal["previous_inspection", "recommendation", "improvement"]
    cue: Cue
    then: Cue | None = None
    unless: Cue | None = None


class TypeRule(Model):
    """A type of inspection, told by a cue in the title or by the days on site; the first that fits holds.

    ``areas``: the only ones that an inspection of this type judges; none named means all.
    """

    key: Key
    label: Words
    cue: Cue | None = None
    days_at_most: int | None = None
    areas: tuple[Key, ...] = ()


class Letter(Model):
    """How a report that is a letter is laid out.

    ``opens``: the salutation, before which stand the sender's and the receiver's address and the letter's date;
    ``closes``: the line before the signature; ``dates``: where its text says when inspectors were on site, up to the
    first day; ``theme``: where it says what they looked at, with a group ``value``.
    """

    opens: tuple[Cue, ...] = Field(min_length=1)
    closes: tuple[Cue, ...] = Field(min_length=1)
    dates: tuple[Cue, ...] = ()
    theme: tuple[Cue, ...] = ()


class Layout(Model):
    """How the published report is laid out: the cues that a reader needs, and the labels that an output prints."""

    titles: tuple[Cue, ...] = ()
    dates: tuple[Words, ...] = ("Inspection dates", "Inspection date")
    published: tuple[Words, ...] = ("Published", "Report published")
    inspector: tuple[Words, ...] = ("Lead inspector", "Lead inspectors")
    inspector_titles: tuple[Words, ...] = ()
    age_group: tuple[Words, ...] = ("Age group",)
    previous: tuple[Words, ...] = ()
    lead_cells: tuple[Cue, ...] = ()
    judgement_headers: tuple[Words, ...] = ()
    not_judged: tuple[Cue, ...] = ()
    provider_patterns: tuple[Cue, ...] = ()
    short_name_drops: tuple[Cue, ...] = ()
    short_names: dict[str, Words] = Field(default_factory=dict)
    team: tuple[Cue, ...] = ()
    legal_basis: tuple[Cue, ...] = ()
    reuse: tuple[Cue, ...] = ()
    imprint: tuple[Cue, ...] = ()
    scale_sections: tuple[Cue, ...] = ()
    letter: Letter | None = None
    chapters: tuple[Cue, ...] = ()
    glance: Words = "Judgements at a glance"
    record: Words = "Record of main findings"
    about: Words = "About this document"
    date_style: Literal["repeat_month", "once_month"] = "once_month"


class Validity(Model):
    """Valid for inspections whose first day on site lies in here, both ends included."""

    start: date | None = Field(default=None, alias="from")
    end: date | None = Field(default=None, alias="to")

    def holds(self, day: date) -> bool:
        """Whether an inspection that started on ``day`` falls under it."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class Framework(Model):
    """A framework profile; ``docs/frameworks.md`` names every key."""

    format: Literal["reportgen/framework/1"] = "reportgen/framework/1"
    key: Key
    lang: LanguageTag = "en-GB"
    body: Words
    title: Words
    summary: Str | None = None
    valid: Validity
    supersedes: tuple[Key, ...] = ()
    provider_kind: Key | None = None
    legal_basis: tuple[Words, ...] = ()
    sources: tuple[Words, ...] = ()
    scales: tuple[Scale, ...] = ()
    areas: tuple[Area, ...] = ()
    limits: tuple[Limit, ...] = ()
    recommendations: RecommendationRules = RecommendationRules()
    facts: tuple[FactRule, ...] = ()
    declarations: tuple[DeclarationRule, ...] = ()
    types: tuple[TypeRule, ...] = ()
    layout: Layout = Layout()

    @cached_property
    def area_names(self) -> dict[str, Area]:
        """Every printed name of every area, folded; where two areas share a name, the first one keeps it."""
        names: dict[str, Area] = {}
        for area in self.areas:
            for name in (area.label, area.heading, *area.aliases):
                if name:
                    names.setdefault(folded_label(name), area)
        return names

    def area(self, key: str) -> Area | None:
        """The area of that key, None where the framework has none."""
        return next((a for a in self.areas if a.key == key), None)

    def scale_of(self, area: str) -> Scale | None:
        """The scale that an area is judged on, None where it has no grades."""
        found = self.area(area)
        return next((s for s in self.scales if found and s.key == found.scale), None)

    def grade(self, area: str, key: str | None) -> Grade | None:
        """The grade of that key on the scale of an area."""
        scale = self.scale_of(area)
        return next((g for g in scale.grades if g.key == key), None) if scale else None


class Edge(Model):
    """An area of one framework laid beside an area of another. One side None: it has no counterpart there."""

    earlier: Key | None = Field(alias="from")
    later: Key | None = Field(alias="to")
    comparability: Comparability = Field(alias="class")
    reason: Words
    source: Words | None = None


class Crosswalk(Model):
    """All edges between two frameworks."""

    earlier: Key = Field(alias="from")
    later: Key = Field(alias="to")
    edges: tuple[Edge, ...] = ()


class Crosswalks(Model):
    """``crosswalks.yaml``."""

    format: Literal["reportgen/crosswalks/1"] = "reportgen/crosswalks/1"
    crosswalks: tuple[Crosswalk, ...] = ()


def crosswalk_problems(file: Crosswalks) -> Iterator[Problem]:
    """What is wrong in crosswalks themselves: one that leads back to its start, edges that say nothing, or twice."""
    ways = [(f"{walk.earlier} to {walk.later}", walk) for walk in file.crosswalks]
    yield from duplicates(((("crosswalks", w), name) for w, (name, _) in enumerate(ways)), "the crosswalk from")
    onward: dict[str, set[str]] = {}
    for walk in file.crosswalks:
        onward.setdefault(walk.earlier, set()).add(walk.later)
    for w, walk in enumerate(file.crosswalks):
        at = ("crosswalks", w)
        if walk.earlier in _reached(walk.later, onward):
            message = f"{walk.later} leads back to {walk.earlier}"
            yield Problem((*at, "to"), "RG126", message, "let crosswalks go forward in time")
        pairs = (((*at, "edges", n), f"{e.earlier} to {e.later}") for n, e in enumerate(walk.edges))
        yield from duplicates(pairs, "the edge from")
        for n, edge in enumerate(walk.edges):
            if edge.earlier is None or edge.later is None:
                if edge.earlier == edge.later:
                    yield Problem((*at, "edges", n), "RG126", "an edge from nothing to nothing", "name an area")
                elif edge.comparability != "not_comparable":
                    message = f"{edge.comparability}, and there is nothing to compare it with"
                    yield Problem((*at, "edges", n, "class"), "RG126", message, "write not_comparable")


def _reached(start: str, onward: dict[str, set[str]]) -> set[str]:
    reached, waiting = {start}, [start]
    while waiting:
        for key in onward.get(waiting.pop(), set()) - reached:
            reached.add(key)
            waiting.append(key)
    return reached


def profile_problems(framework: Framework) -> Iterator[Problem]:
    """What is inconsistent inside a profile: doubled keys, scales and areas that are named but not there."""
    yield from _judged_problems(framework)
    yield from _recommendation_problems(framework)
    yield from _named_problems(framework)
    if framework.valid.start and framework.valid.end and framework.valid.end < framework.valid.start:
        yield Problem(("valid", "to"), "RG127", "ends before it starts", "swap the two dates")


def _judged_problems(framework: Framework) -> Iterator[Problem]:
    scales = {s.key for s in framework.scales}
    areas = {a.key for a in framework.areas}
    yield from duplicates(((("areas", i, "key"), a.key) for i, a in enumerate(framework.areas)), "the area")
    yield from duplicates(((("scales", i, "key"), s.key) for i, s in enumerate(framework.scales)), "the scale")
    for i, scale in enumerate(framework.scales):
        at = ("scales", i, "grades")
        yield from duplicates((((*at, n, "key"), g.key) for n, g in enumerate(scale.grades)), "the grade")
        yield from duplicates((((*at, n, "rank"), str(g.rank)) for n, g in enumerate(scale.grades)), "the rank")
        yield from duplicates(_printed_grades(at, scale), "the printed grade")
    for i, area in enumerate(framework.areas):
        if area.scale is not None and area.scale not in scales:
            yield Problem(("areas", i, "scale"), "RG127", f"no scale {area.scale!r}", f"one of: {', '.join(scales)}")
        if area.parent is not None and (area.parent not in areas or area.parent == area.key):
            yield Problem(
                ("areas", i, "parent"), "RG127", f"no other area {area.parent!r}", "name an area of this file"
            )
    for i, limit in enumerate(framework.limits):
        for name in (*limit.areas, limit.overall):
            if name not in areas:
                yield Problem(("limits", i), "RG127", f"no area {name!r}", "name an area of this file")
            elif framework.grade(name, limit.grade if name in limit.areas else limit.at_most) is None:
                yield Problem(("limits", i), "RG127", f"a grade that {name!r} cannot have", "name a grade of its scale")

    for i, area in enumerate(framework.areas):
        above, steps = area, 0
        while above.parent is not None and (found := framework.area(above.parent)) is not None and found != above:
            above, steps = found, steps + 1
            if steps > len(framework.areas):
                yield Problem(("areas", i, "parent"), "RG127", "an area that is its own parent", "break the circle")
                break


def _printed_grades(at: Path, scale: Scale) -> Iterator[tuple[Path, str]]:
    """Every printed form of the grades of a scale, as it is compared: none may stand for two grades."""
    for n, grade in enumerate(scale.grades):
        forms = [((*at, n, "label"), grade.label)]
        forms += [((*at, n, "aliases", a), alias) for a, alias in enumerate(grade.aliases)]
        own: set[str] = set()
        for path, form in forms:
            if folded_label(form) not in own:
                own.add(folded_label(form))
                yield path, folded_label(form)


def _named_problems(framework: Framework) -> Iterator[Problem]:
    """Keys that are used twice, and cues that cannot give what is asked of them."""
    rules = framework.recommendations
    lists: dict[Path, tuple[tuple[Any, ...], str]] = {
        ("recommendations", "kinds"): (rules.kinds, "the kind"),
        ("recommendations", "bands"): (rules.bands, "the timescale"),
        ("recommendations", "addressees"): (rules.addressees, "the addressee"),
        ("types",): (framework.types, "the type"),
        ("facts",): (framework.facts, "the figure"),
    }
    for at, (entries, what) in lists.items():
        yield from duplicates((((*at, i, "key"), e.key) for i, e in enumerate(entries)), what)
    for i, band in enumerate(rules.bands):
        if band.months is not None and band.days is not None:
            at = ("recommendations", "bands", i)
            yield Problem(at, "RG127", f"{band.key} has both months and days", "keep one of the two")
    cues: list[tuple[Path, str]] = [(("facts", i, "cue"), f.cue) for i, f in enumerate(framework.facts)]
    cues += [(("recommendations", "references", i), cue) for i, cue in enumerate(rules.references)]
    cues += [(("layout", "legal_basis", i), cue) for i, cue in enumerate(framework.layout.legal_basis)]
    for path, cue in cues:
        if "(?P<value>" not in cue:
            yield Problem(path, "RG127", "no group `value` in the cue", "put (?P<value>…) around what is to be taken")


def _recommendation_problems(framework: Framework) -> Iterator[Problem]:
    kinds = {k.key for k in framework.recommendations.kinds}
    bands = {b.key for b in framework.recommendations.bands}
    addressees = {a.key for a in framework.recommendations.addressees}
    for i, section in enumerate(framework.recommendations.sections):
        at = ("recommendations", "sections", i)
        if section.kind not in kinds:
            yield Problem((*at, "kind"), "RG127", f"no kind {section.kind!r}", "add it under recommendations.kinds")
        if section.addressee is not None and section.addressee not in addressees:
            yield Problem((*at, "addressee"), "RG127", f"no addressee {section.addressee!r}", "add it under addressees")
        for t, theme in enumerate(section.themes):
            if theme.kind is not None and theme.kind not in kinds:
                yield Problem((*at, "themes", t), "RG127", f"no kind {theme.kind!r}", "add it under kinds")
            if theme.timescale is not None and theme.timescale not in bands:
                yield Problem((*at, "themes", t), "RG127", f"no timescale {theme.timescale!r}", "add it under bands")
