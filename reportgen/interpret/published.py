"""Blocks of a published report + a framework profile -> the fields of an Inspection.

The profile's cues say how a report of its kind is printed. ``walk`` goes through the blocks once; here everything is
settled that needs the whole report. Values that more than one place prints are read from every place and checked
against each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from reportgen.document import Block
from reportgen.frameworks import grade_by_label
from reportgen.interpret.cues import folded, matches
from reportgen.interpret.values import count_people, find_periods, partial_date, read_number, read_periods
from reportgen.interpret.walk import Claim, Walk
from reportgen.markup import escape
from reportgen.model import (
    Area,
    Conflict,
    Declaration,
    Evidence,
    Fact,
    Framework,
    ItemsParagraph,
    Judgement,
    JudgementsHere,
    Letter,
    ListItem,
    Period,
    PrintedTable,
    Provider,
    Recommendation,
    RecommendationsHere,
    Section,
    Source,
    TableParagraph,
    Team,
    TextParagraph,
    TypeRule,
    expand,
)
from reportgen.wording import sentences

#: Which print of a grade counts first: the table of the record, the sentence that states it, the chapter's own line.
_SOURCES = ("table", "sentence", "chapter")


def interpret_published(blocks: Sequence[Block], framework: Framework, source: Source) -> dict[str, Any]:
    """Read a published report of one framework: all fields of an inspection but its id, as far as it prints them."""
    walk = Walk(framework, blocks)
    walk.read()
    found = judgements(walk)
    team_found, legal = team(walk), legal_basis(walk)
    check_numbers(walk)
    values = walk.values
    if framework.layout.letter is not None:
        letter_values(walk, framework.layout.letter)
    data: dict[str, Any] = {
        "framework": framework.key,
        "type": kind.key if (kind := _type_rule(framework, walk)) else None,
        "title": walk.title,
        "theme": values.get("theme"),
        "provider": Provider(
            name=walk.provider or "",
            short_name=short_name(walk.provider or "", framework),
            kind=framework.provider_kind,
        )
        if walk.provider
        else None,
        "inspected": values.get("inspected", ()),
        "published": values.get("published"),
        "lead_inspectors": values.get("lead_inspectors", ()),
        "team": team_found,
        "age_group": values.get("age_group"),
        "legal_basis": legal,
        "scale_as_printed": tuple(walk.scale),
        "judgements": found,
        "recommendations": tuple(Recommendation(**r) for r in walk.recommendations),
        "sections": finished_sections(walk, found),
        "footnotes": tuple(walk.footnotes),
        "facts": facts(walk),
        "declarations": declarations(walk),
        "source": source.model_copy(
            update={"notice": " ".join(walk.reuse) or None, "furniture": tuple(walk.furniture)}
        ),
        "evidence": {name: tuple(places) for name, places in walk.evidence.items()},
    }
    missing = {
        name: "not_published"
        for name in ("inspected", "published", "lead_inspectors", "team", "age_group", "legal_basis")
        if not data[name]
    }
    for name in ("inspected", "lead_inspectors"):
        if name in missing:
            walk.notice("RG203", f"{name} not found", name)
    if not walk.recommendations and framework.recommendations.sections:
        walk.notice("RG203", "no recommendations found", "recommendations")
    data["missing"] = missing
    data["notices"] = tuple(walk.notices)
    return data


def units(walk: Walk) -> Iterable[tuple[str, Evidence, str | None]]:
    """Every piece of running text with its place and the area of its section, in printed order."""
    for section in walk.sections:
        for place in section.evidence:
            yield section.title, place, section.area
        for entry in section.entries:
            if isinstance(entry, TextParagraph):
                yield entry.text, entry.evidence[0] if entry.evidence else Evidence(), section.area
            elif isinstance(entry, ItemsParagraph):
                for item in _all_items(entry.items):
                    yield item.text, item.evidence[0] if item.evidence else Evidence(), section.area
            elif (table := _table_of(entry)) and table.caption:
                yield table.caption, table.evidence[0] if table.evidence else Evidence(), section.area


def _table_of(entry: Any) -> PrintedTable | None:
    if isinstance(entry, tuple) and isinstance(entry[1], PrintedTable):
        return entry[1]
    return entry.table if isinstance(entry, TableParagraph) else None


def judgements(walk: Walk) -> tuple[Judgement, ...]:
    """One judgement an area that the report gives a grade or should have given one, checked place against place."""
    _sentence_claims(walk)
    only = inspected_areas(walk)
    out: list[Judgement] = []
    for area in walk.framework.areas:
        if area.scale is None:
            continue
        claims = sorted((c for c in walk.claims if c.area == area.key), key=lambda c: _SOURCES.index(c.source))
        if claims:
            out.append(_settled(walk, area, claims, f"judgements[{len(out)}].grade"))
        elif area.key not in only:
            out.append(Judgement(area=area.key, label=area.label, missing="not_inspected"))
        elif not area.optional:
            walk.notice("RG203", f"no grade found for {area.label!r}", f"judgements[{len(out)}].grade")
            out.append(Judgement(area=area.key, label=area.label, missing="unreadable"))
    return tuple(out)


def inspected_areas(walk: Walk) -> set[str]:
    """The areas that an inspection of this type looks at."""
    found = _type_rule(walk.framework, walk)
    return set(found.areas) if found and found.areas else {area.key for area in walk.framework.areas}


def _settled(walk: Walk, area: Area, claims: Sequence[Claim], field: str) -> Judgement:
    """The judgement that follows from the claims for one area, best source first; what disagrees is kept and said."""
    chosen = claims[0]
    others = [c for c in claims if c.grade != chosen.grade]
    if others:
        said = ", ".join(sorted({f"{c.printed!r} ({c.source}, {_where(c.evidence)})" for c in others}))
        message = f"{area.label!r} is {chosen.printed!r} ({chosen.source}, {_where(chosen.evidence)}), elsewhere {said}"
        walk.notice("RG210", message, field, chosen.evidence)
    if chosen.source != "table":
        message = f"the grade of {area.label!r} stands in no table; it was read from a {chosen.source}"
        walk.notice("RG213", message, field, chosen.evidence, "info")
    elif area.key in walk.misprinted:
        message = f"the table prints {walk.misprinted[area.key]!r}; it was read as {area.label!r}"
        walk.notice("RG213", message, field, chosen.evidence)
    return Judgement(
        area=area.key,
        label=chosen.label if chosen.source == "table" else area.label,
        grade=chosen.grade,
        missing=None if chosen.grade else "not_inspected",
        printed=chosen.printed,
        evidence=tuple(dict.fromkeys(c.evidence for c in claims if c.grade == chosen.grade)),
        conflicts=tuple(Conflict(value=c.grade, evidence=(c.evidence,)) for c in others if c.grade),
    )


def _sentence_claims(walk: Walk) -> None:
    for area in walk.framework.areas:
        scale = walk.framework.scale_of(area.key)
        if not area.sentences or scale is None:
            continue
        words = sorted({w for g in scale.grades for w in (g.label, *g.aliases)}, key=len, reverse=True)
        names = sorted({n for n in (area.label, area.heading or "", *area.aliases) if n}, key=len, reverse=True)
        values = {
            "grade": "(?P<grade>" + "|".join(re.escape(folded(w)) for w in words) + r")\b",
            "area": "(?:" + "|".join(re.escape(folded(n)) for n in names) + ")",
            "date": r"[\w ]+",
            "provider": ".{3,80}?",
        }
        cues = [re.compile(expand(cue, values), re.IGNORECASE) for cue in area.sentences]
        for text, place, _ in units(walk):
            for sentence in sentences(folded(text)):
                found = next((m for cue in cues if (m := cue.search(sentence))), None)
                grade = grade_by_label(walk.framework, area.key, found["grade"]) if found else None
                if found and grade:
                    for section in walk.sections:
                        if section.area is None and section.evidence and section.evidence[0] == place:
                            section.area = area.key
                    walk.claims.append(Claim(area.key, grade.key, area.label, found["grade"], "sentence", place))


def letter_values(walk: Walk, letter: Letter) -> None:
    """When inspectors were on site and what they looked at, from the sentences of a letter."""
    published = walk.values.get("published")
    for text, place, _ in units(walk):
        for sentence in sentences(text):
            if "inspected" not in walk.values and (found := _first(letter.dates, sentence)):
                rest = folded(sentence)[found.end() :]
                if periods := find_periods(rest):
                    walk.values["inspected"], walk.evidence["inspected"] = periods, [place]
                elif published and (periods := _before(rest, published.date)):
                    walk.values["inspected"], walk.evidence["inspected"] = periods, [place]
                    message = f"no year is printed; {periods[0].start.year} follows from the letter's date"
                    walk.notice("RG213", message, "inspected", place)
            if "theme" not in walk.values and (found := _first(letter.theme, sentence)):
                value = found["value"].strip(" .,:;")
                at = folded(sentence).find(value)
                exact = sentence[at : at + len(value)] if len(folded(sentence)) == len(sentence) else value
                walk.values["theme"], walk.evidence["theme"] = exact, [place]
    if "inspected" in walk.values and "theme" not in walk.values:
        walk.notice("RG203", "no sentence says what the visit looked at", "theme", level="info")


def _first(cues: Sequence[str], text: str) -> re.Match[str] | None:
    return next((found for cue in cues if (found := matches(cue, text))), None)


def _before(text: str, day: date) -> tuple[Period, ...]:
    """Periods printed without a year, in the last year that puts them before a day."""
    for year in (day.year, day.year - 1):
        periods = find_periods(text, year)
        if periods and periods[-1].end <= day:
            return periods
    return ()


def facts(walk: Walk) -> tuple[Fact, ...]:
    out: list[Fact] = []
    for rule in walk.framework.facts:
        for text, place, _ in units(walk):
            found = matches(rule.cue, text)
            value = read_number(found["value"]) if found else None
            if found and value is not None:
                groups = found.groupdict()
                out.append(
                    Fact(
                        key=rule.key,
                        label=rule.label,
                        value=value,
                        unit=rule.unit,
                        approximate=bool(groups.get("about")),
                        evidence=(place,),
                    )
                )
                break
    return tuple(out)


def declarations(walk: Walk) -> tuple[Declaration, ...]:
    out: list[Declaration] = []
    for line, value, place in walk.previous:
        periods = read_periods(value)
        day = periods[0].start.isoformat() if periods else None
        out.append(Declaration(about="previous_inspection", text=line, date=day, evidence=(place,)))
    for text, place, _ in units(walk):
        said = sentences(text)
        for sentence, behind in zip(said, [*said[1:], ""], strict=True):
            if declared := _declared(walk, sentence, behind, place):
                out.append(declared)
    return (*out, *_listed_grades(walk))


def _declared(walk: Walk, sentence: str, behind: str, place: Evidence) -> Declaration | None:
    """What one sentence says about the past; ``behind`` is the next one of the same paragraph."""
    for rule in walk.framework.declarations:
        found = matches(rule.cue, sentence)
        if found is None or (rule.unless is not None and matches(rule.unless, sentence)):
            continue
        groups = found.groupdict()
        grade, day = groups.get("grade"), groups.get("date")
        if grade is None and rule.then is not None and (more := matches(rule.then, behind)):
            sentence, grade = f"{sentence} {behind}", more["grade"]
        if grade and len(_grades_named(walk, sentence)) > 1:
            # of several grades in one sentence none is that of the inspection
            grade = None
        return Declaration(
            about=rule.about,
            text=sentence,
            grade=walk.any_grade(grade) or _key(grade) if grade else None,
            date=partial_date(day) if day else None,
            evidence=(place,),
        )
    return None


def _grades_named(walk: Walk, sentence: str) -> set[str]:
    printed = {w for s in walk.framework.scales for g in s.grades for w in (g.label, *g.aliases)}
    longest = sorted(printed, key=len, reverse=True)
    found = re.findall(rf"\b(?:{'|'.join(map(re.escape, longest))})\b", folded(sentence), re.IGNORECASE)
    return {grade for word in found if (grade := walk.any_grade(word))}


def _listed_grades(walk: Walk) -> Iterable[Declaration]:
    """The grades of an earlier inspection, printed as a list of areas under a line that names it."""

    def under(items: Sequence[ListItem], day: str | None) -> Iterable[Declaration]:
        for item in items:
            area = walk.graded(item.text)
            if area is not None:
                yield Declaration(
                    about="previous_inspection", text=item.text, grade=area, date=day, evidence=item.evidence
                )
            own = re.search(r"\bin ((?:[A-Z][a-z]+ )?\d{4})\b", item.text)
            yield from under(item.items, (partial_date(own[1]) if own else None) or day)

    for section in walk.sections:
        for entry in section.entries:
            if isinstance(entry, ItemsParagraph):
                yield from under(entry.items, None)


def team(walk: Walk) -> Team | None:
    for cue in walk.layout.team:
        for text, place, _ in units(walk):
            for sentence in sentences(text):
                if matches(cue, sentence):
                    walk.evidence["team"] = [place]
                    return Team(size=count_people(sentence), text=sentence)
    return None


def legal_basis(walk: Walk) -> tuple[str, ...]:
    found: list[str] = []
    for text, place, _ in [*units(walk), *((n.text, n.evidence[0], None) for n in walk.footnotes)]:
        for cue in walk.layout.legal_basis:
            for match in re.finditer(cue, folded(text), re.IGNORECASE):
                value = match["value"].strip()
                value = value[0].lower() + value[1:]
                if value not in found:
                    found.append(value)
                    walk.evidence.setdefault("legal_basis", []).append(place)
    return tuple(found)


def finished_sections(walk: Walk, judgements: Sequence[Judgement]) -> tuple[Section, ...]:
    """Sections with their markers settled: a marker stands only where it would print exactly what was printed."""
    shown = {j.area: j for j in judgements}
    out: list[Section] = []
    for draft in walk.sections:
        entries: list[Any] = []
        for entry in draft.entries:
            if isinstance(entry, tuple) and isinstance(entry[0], JudgementsHere):
                marker, table = entry
                same = all(
                    (j := shown.get(area)) and (j.label, j.printed) == row
                    for area, row in zip(marker.judgements, table.rows, strict=True)
                )
                entries.append(marker if same else TableParagraph(table=table))
            elif isinstance(entry, tuple):
                here, text, place = entry
                judgement = shown.get(here.judgement)
                same_words = judgement is not None and judgement.printed == text
                entries.append(here if same_words else TextParagraph(text=escape(text), evidence=(place,)))
            else:
                entries.append(entry)
        out.append(
            Section(
                title=escape(draft.title),
                level=draft.level,
                area=draft.area,
                paragraphs=tuple(entries),
                evidence=draft.evidence,
            )
        )
    return tuple(out)


def check_numbers(walk: Walk) -> None:
    """Numbers run from 1 through paragraphs and numbered recommendations; say where they do not."""
    printed_numbers: list[tuple[int, Evidence, bool]] = []
    recommendations = {r["id"]: r for r in walk.recommendations}
    for section in walk.sections:
        for entry in section.entries:
            if isinstance(entry, TextParagraph) and (entry.number or "").isdigit():
                printed_numbers.append((int(entry.number or 0), entry.evidence[0], False))
            elif isinstance(entry, RecommendationsHere):
                for rid in entry.recommendations:
                    r = recommendations[rid]
                    if (r["number"] or "").isdigit():
                        printed_numbers.append((int(r["number"]), r["evidence"][0], True))
    for (before, _, was), (number, place, recommended) in pairwise(printed_numbers):
        if number == before + 1:
            continue
        # a run that a recommendation is part of may lack one of them
        if was and recommended:
            walk.notice("RG212", f"number {number} follows number {before}", "recommendations", place)
        walk.notice("RG211", f"paragraph {number} follows paragraph {before}", "sections", place)


def short_name(name: str, framework: Framework) -> str | None:
    """A provider's name without the words that only say what kind of body it is."""
    short = folded(name)
    for cue in framework.layout.short_name_drops:
        short = re.sub(cue, " ", short, flags=re.IGNORECASE)
    short = re.sub(r"\s+", " ", short).strip(" ,.")
    return framework.layout.short_names.get(short, short) or None


def _type_rule(framework: Framework, walk: Walk) -> TypeRule | None:
    periods = walk.values.get("inspected", ())
    days = (periods[-1].end - periods[0].start).days + 1 if periods else None
    for rule in framework.types:
        if rule.cue is not None and not matches(rule.cue, walk.title):
            continue
        if rule.days_at_most is not None and (days is None or days > rule.days_at_most):
            continue
        return rule
    return None


def _key(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")


def _where(place: Evidence) -> str:
    if place.page is not None:
        return f"page {place.page}"
    return f"line {place.line}" if place.line is not None else "no place"


def _all_items(items: Sequence[ListItem]) -> Iterable[ListItem]:
    for item in items:
        yield item
        yield from _all_items(item.items)
