"""An inspection: what a published report says, with the place of every value."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from reportgen.model.base import (
    Evidence,
    Key,
    LanguageTag,
    Missing,
    Model,
    Notice,
    PartialDate,
    Problem,
    Str,
    Words,
    dotted,
    duplicates,
    present,
)

#: An id of an inspection: provider slug, month of the first day on site, ``-2`` on collision.
InspectionId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*-\d{4}(-\d{2})?(-\d+)?$", max_length=120)]


def slug_of(name: str) -> str:
    """A provider's name as ids begin with it: letters a to z without accents, digits, single hyphens."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain)[:80].strip("-") or "provider"


class Provider(Model):
    """The body inspected."""

    name: Words
    short_name: Words | None = None
    kind: Key | None = None
    ids: dict[str, str] = Field(default_factory=dict)


class Period(Model):
    """A period on site, both days included."""

    start: date
    end: date


class Published(Model):
    """When the report was published, and how that is known."""

    date: date
    basis: Literal["printed", "file_name", "given"] = "printed"


class Inspector(Model):
    """A person who led the inspection, as printed."""

    name: Words
    title: Str | None = None


class Team(Model):
    """The inspection team: how many people, and the printed words."""

    size: int | None = Field(default=None, ge=1)
    text: Str | None = None


class ScalePoint(Model):
    """A grade of the scale as the report itself prints and explains it."""

    grade: Key | None = None
    printed: Words
    meaning: Str | None = None


class Conflict(Model):
    """Another value that the report prints for the same judgement."""

    value: Key
    evidence: tuple[Evidence, ...] = ()


class Judgement(Model):
    """An area with its grade. A grade is a grade or nothing; the reason for nothing stands in ``missing``."""

    area: Key
    label: Words
    grade: Key | None = None
    missing: Missing | None = None
    printed: Str | None = None
    evidence: tuple[Evidence, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


class Recommendation(Model):
    """Anything that the provider is told to do."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
    number: Str | None = None
    text: Words
    kind: Key
    heading: Str | None = None
    timescale: Key | None = None
    addressee: Key | None = None
    responsible: Str | None = None
    areas: tuple[Key, ...] = ()
    references: tuple[Words, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class TextParagraph(Model):
    """A paragraph of text, numbered where the report numbers it."""

    number: Str | None = None
    text: Words
    evidence: tuple[Evidence, ...] = ()


class RecommendationsHere(Model):
    """The place where recommendations are printed; they themselves stand once, in ``recommendations``."""

    recommendations: tuple[str, ...] = Field(min_length=1)
    heading: Str | None = None


class ListItem(Model):
    """An item of a list, with the items under it."""

    text: Words
    number: Str | None = None
    items: tuple[ListItem, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class ItemsParagraph(Model):
    """A list."""

    items: tuple[ListItem, ...] = Field(min_length=1)


class PrintedTable(Model):
    """A table as printed; every row has as many cells as the widest one."""

    caption: Str | None = None
    header: tuple[Str, ...] = ()
    rows: tuple[tuple[Str, ...], ...] = ()
    evidence: tuple[Evidence, ...] = ()


class TableParagraph(Model):
    """A table in the text."""

    table: PrintedTable


class ScaleHere(Model):
    """The place where the scale is printed; its rows stand once, in ``scale_as_printed``."""

    scale: tuple[Key, ...] = Field(min_length=1)


class JudgementsHere(Model):
    """The place where judgements are printed as a table; the rows stand once, in ``judgements``."""

    judgements: tuple[Key, ...] = Field(min_length=1)
    caption: Str | None = None
    header: tuple[Str, ...] = ()


class GradeHere(Model):
    """The place where the grade of one area is printed on its own, under the heading of its chapter."""

    judgement: Key


_PARAGRAPH_KEYS = ("recommendations", "items", "table", "scale", "judgements", "judgement", "text")


def _kind(value: Any) -> str:
    def given(key: str) -> Any:
        return value.get(key) if isinstance(value, Mapping) else getattr(value, key, None)

    return next((key for key in _PARAGRAPH_KEYS if given(key) is not None), "text")


#: One entry of a section: told apart by its key.
Paragraph = Annotated[
    Annotated[TextParagraph, Tag("text")]
    | Annotated[RecommendationsHere, Tag("recommendations")]
    | Annotated[ItemsParagraph, Tag("items")]
    | Annotated[TableParagraph, Tag("table")]
    | Annotated[ScaleHere, Tag("scale")]
    | Annotated[JudgementsHere, Tag("judgements")]
    | Annotated[GradeHere, Tag("judgement")],
    Discriminator(_kind),
]


class Section(Model):
    """A part of the body under a printed heading; deeper parts follow in the flat list with a higher level."""

    title: Words
    level: int = Field(default=1, ge=1, le=4)
    area: Key | None = None
    paragraphs: tuple[Paragraph, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Footnote(Model):
    """A footnote, its mark taken out of the text."""

    mark: Words
    text: Words
    evidence: tuple[Evidence, ...] = ()


class Fact(Model):
    """A figure that the framework's profile asks for."""

    key: Key
    label: Str | None = None
    value: float | int
    unit: Key
    approximate: bool = False
    evidence: tuple[Evidence, ...] = ()


class Declaration(Model):
    """What the report itself says about the past, in its own words."""

    about: Literal["previous_inspection", "recommendation", "improvement"]
    text: Words
    grade: Key | None = None
    date: PartialDate | None = None
    recommendation: Str | None = None
    evidence: tuple[Evidence, ...] = ()


class Furniture(Model):
    """Something printed that is not part of the report's content: contents, page numbers, running heads, imprint."""

    kind: Literal["contents", "page-number", "running-head", "imprint", "title-page", "label", "letter"]
    text: Words
    evidence: tuple[Evidence, ...] = ()


class Source(Model):
    """The file that the data came from."""

    file: str | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    media_type: str | None = None
    pages: int | None = Field(default=None, ge=0)
    notice: Str | None = None
    furniture: tuple[Furniture, ...] = ()


class Corrected(Model):
    """A value that a person mended: what it was, what it is now, who says so and since when."""

    field: Words
    was: Any = None
    now: Any = None
    by: Words
    on: datetime.date


class CheckedBy(Model):
    """A person read the data against the published report."""

    by: Words
    on: datetime.date


class Inspection(Model):
    """A published inspection as data: see ``docs/data-format.md`` for every key."""

    format: Literal["reportgen/inspection/1"] = "reportgen/inspection/1"
    id: InspectionId
    status: Literal["final", "draft"] = "final"
    wording: Literal["printed", "summary"] = "printed"
    lang: LanguageTag = "en-GB"
    framework: Key
    type: Key | None = None
    title: Words
    theme: Str | None = None
    provider: Provider
    inspected: tuple[Period, ...] = ()
    published: Published | None = None
    lead_inspectors: tuple[Inspector, ...] = ()
    team: Team | None = None
    age_group: Str | None = None
    legal_basis: tuple[Words, ...] = ()
    scale_as_printed: tuple[ScalePoint, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    sections: tuple[Section, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    facts: tuple[Fact, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    source: Source | None = None
    sources: tuple[Words, ...] = ()
    evidence: dict[str, tuple[Evidence, ...]] = Field(default_factory=dict)
    missing: dict[str, Missing] = Field(default_factory=dict)
    corrections: tuple[Corrected, ...] = ()
    checked: tuple[CheckedBy, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def slug(self) -> str:
        """The provider part of the id."""
        return re.sub(r"-\d{4}(-\d{2})?(-\d+)?$", "", self.id)

    @property
    def start(self) -> date | None:
        """The first day on site, None where not known."""
        return self.inspected[0].start if self.inspected else None


#: Top-level fields of which a value may be declared missing.
MAY_BE_MISSING = (
    "inspected",
    "published",
    "lead_inspectors",
    "team",
    "age_group",
    "legal_basis",
    "judgements",
    "recommendations",
    "sections",
    "facts",
)


def inconsistencies(inspection: Inspection) -> Iterator[Problem]:
    """What is wrong inside an inspection that its schema cannot say: references, order, doubled ids, idle reasons."""
    yield from duplicates(
        ((("recommendations", i, "id"), r.id) for i, r in enumerate(inspection.recommendations)), "the id"
    )
    yield from duplicates(
        ((("judgements", i, "area"), j.area) for i, j in enumerate(inspection.judgements)), "the area"
    )
    for i, period in enumerate(inspection.inspected):
        if period.end < period.start:
            yield Problem(
                ("inspected", i, "end"), "RG110", f"ends {period.end}, before it starts", "swap the two dates"
            )
    if inspection.published and inspection.start and inspection.published.date < inspection.start:
        yield Problem(("published", "date"), "RG110", "published before the inspection began", "check both dates")
    for i, judgement in enumerate(inspection.judgements):
        if judgement.grade is not None and judgement.missing is not None:
            yield Problem(
                ("judgements", i, "missing"), "RG110", "a judgement with a grade cannot say why it has none", "drop one"
            )
        if judgement.grade is None and judgement.missing is None:
            yield Problem(
                ("judgements", i), "RG109", "no grade, and no reason in `missing`", "add the grade or the reason"
            )
    for name in inspection.missing:
        if name not in MAY_BE_MISSING:
            yield Problem(("missing", name), "RG108", f"unknown field {name!r}", f"one of: {', '.join(MAY_BE_MISSING)}")
        elif present(getattr(inspection, name)):
            yield Problem(("missing", name), "RG110", f"{name} is given, so it is not missing", "drop the reason")
    level = 0
    for i, section in enumerate(inspection.sections):
        if section.level > level + 1:
            yield Problem(
                ("sections", i, "level"), "RG110", f"level {section.level} follows level {level}", "skip none"
            )
        level = section.level
    yield from _places(inspection)


def _places(inspection: Inspection) -> Iterator[Problem]:
    known = {r.id for r in inspection.recommendations}
    areas = {j.area for j in inspection.judgements}
    grades = {p.grade for p in inspection.scale_as_printed}
    placed: dict[str, str] = {}
    for s, section in enumerate(inspection.sections):
        for p, entry in enumerate(section.paragraphs):
            at = ("sections", s, "paragraphs", p)
            if isinstance(entry, RecommendationsHere):
                for i, rid in enumerate(entry.recommendations):
                    path = (*at, "recommendations", i)
                    if rid not in known:
                        yield Problem(path, "RG113", f"no recommendation has the id {rid!r}", "add it or mend the id")
                    elif rid in placed:
                        yield Problem(path, "RG112", f"{rid} already stands at {placed[rid]}", "place it once")
                    placed.setdefault(rid, dotted(path))
            elif isinstance(entry, JudgementsHere | GradeHere):
                named = entry.judgements if isinstance(entry, JudgementsHere) else (entry.judgement,)
                for area in named:
                    if area not in areas:
                        yield Problem(at, "RG113", f"no judgement on the area {area!r}", "add it or mend the key")
            elif isinstance(entry, ScaleHere):
                for grade in entry.scale:
                    if grade not in grades:
                        yield Problem(at, "RG113", f"scale_as_printed has no grade {grade!r}", "add it or mend the key")
            elif isinstance(entry, TableParagraph):
                widths = {len(row) for row in (entry.table.header, *entry.table.rows) if row}
                if len(widths) > 1:
                    yield Problem((*at, "table"), "RG110", "rows of different width", "give every row the same cells")


def printed(inspection: Inspection) -> dict[str, Any]:
    """What is printed of an inspection: what a round trip through an output must give back.

    Left out: id, status, the provider's ids and kind, areas set by a person, who checked and corrected what, all
    evidence, keys of facts, the source and the notices.
    """
    data = inspection.model_dump(
        mode="json",
        exclude={"format", "id", "status", "source", "sources", "corrections", "checked", "notices", "evidence"},
        exclude_defaults=True,
    )
    data["provider"].pop("ids", None)
    data["provider"].pop("kind", None)
    for fact in data.get("facts", ()):
        fact.pop("key", None)
    for recommendation in data.get("recommendations", ()):
        recommendation.pop("areas", None)

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if k != "evidence"}
        return [bare(v) for v in value] if isinstance(value, list | tuple) else value

    return dict(bare(data))
