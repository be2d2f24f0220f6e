"""Every value of an inspection beside the words that the report prints for it, so that a person can check it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from reportgen.document import Place
from reportgen.frameworks import load_framework
from reportgen.interpret.values import MONTHS, read_number
from reportgen.markup import unmark
from reportgen.model import (
    Declaration,
    Evidence,
    Inspection,
    ItemsParagraph,
    Judgement,
    ListItem,
    Notice,
    Period,
    Recommendation,
    TableParagraph,
    TextParagraph,
    letters,
)
from reportgen.readers.printed import Words

Kind = Literal["judgement", "recommendation", "date", "name", "detail", "fact", "declaration", "paragraph", "footnote"]
#: The kinds in the order in which they are shown.
KINDS: tuple[Kind, ...] = get_args(Kind)
#: same: the printed words are the value; part: it stands among them; differs: it does not; none: it has no place;
#: given: it is known from elsewhere than the report's text.
State = Literal["same", "part", "differs", "none", "given"]


@dataclass(frozen=True, slots=True)
class Value:
    """A value of an inspection. ``field`` is its path, ``shown`` what it says in words for people.

    ``printed`` gives, for each of ``places``, the words that the source prints there (None where the place names none).
    """

    kind: Kind
    field: str
    label: str
    shown: str
    places: tuple[Evidence, ...]
    printed: tuple[str | None, ...]
    state: State
    notices: tuple[Notice, ...] = ()

    @property
    def words(self) -> str:
        """The printed words on one line."""
        return " … ".join(one_line(words) for words in self.printed if words)

    @property
    def doubtful(self) -> bool:
        """Whether a person should look at it first."""
        return self.state in ("differs", "none") or any(n.level == "warning" for n in self.notices)

    def as_dict(self) -> dict[str, Any]:
        """The value as JSON."""
        return {
            "kind": self.kind,
            "field": self.field,
            "label": self.label,
            "value": self.shown,
            "state": self.state,
            "evidence": [
                {**place.model_dump(mode="json", exclude_none=True), "printed": one_line(words) if words else None}
                for place, words in zip(self.places, self.printed, strict=True)
            ],
            "notices": [n.model_dump(mode="json", exclude_none=True) for n in self.notices],
        }


@dataclass(frozen=True, slots=True)
class _Claim:
    """A value before it is held against the source. ``says``: whether some printed words say it."""

    kind: Kind
    field: str
    label: str
    shown: str
    places: tuple[Evidence, ...]
    says: Callable[[str], bool] | None = None
    # each place says the whole of it, where otherwise the places together do
    each: bool = False
    # all that is printed of it, where that is more than is shown
    whole: str = ""
    given: bool = False


def values_of(inspection: Inspection, words: Words) -> tuple[Value, ...]:
    """Give every judgement, recommendation, date, name, fact, declaration and paragraph beside its printed words.

    Args:
        inspection: as it was read from the source.
        words: gives the printed words at a place of the source.

    Returns:
        Values by kind (in the order of ``KINDS``), each kind in printed order.
    """
    found = [_held(claim, words, inspection.notices) for claim in _claims(inspection)]
    return tuple(sorted(found, key=lambda value: KINDS.index(value.kind)))


def one_line(text: str) -> str:
    """Printed words on one line, without the characters that only break lines."""
    text = re.sub(r"[\ufffe\u00ad\x02]\s*", "-", text)
    return re.sub(r"\s+", " ", re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text)).strip()


def _held(claim: _Claim, words: Words, notices: Iterable[Notice]) -> Value:
    printed = tuple(
        words(Place(page=place.page, line=place.line, start=place.start, end=place.end)) for place in claim.places
    )
    own = tuple(n for n in notices if n.field is not None and _concerns(n.field, claim.field))
    return Value(claim.kind, claim.field, claim.label, claim.shown, claim.places, printed, _state(claim, printed), own)


def _concerns(notice: str, field: str) -> bool:
    """Whether a notice about one field is about a value at another: the value itself or a part of it."""
    return field == notice or field.startswith((f"{notice}.", f"{notice}[")) or notice.startswith((f"{field}.",))


def _state(claim: _Claim, printed: Sequence[str | None]) -> State:
    there = [words for words in printed if words is not None]
    if not there:
        return "given" if claim.given else "none"
    says = claim.says or _holds(claim.shown)
    said = _wholes(there, claim.places, says) if claim.each else [" ".join(there)]
    if all(_is(claim.whole or claim.shown, words) for words in said):
        return "same"
    return "part" if all(map(says, said)) else "differs"


def _wholes(printed: Sequence[str], places: Sequence[Evidence], says: Callable[[str], bool]) -> list[str]:
    """Printed words by place, those that the end of a page cut put together."""
    out: list[str] = []
    open_on: int | None = None
    for words, place in zip(printed, places, strict=False):
        if open_on is not None and place.page == open_on + 1:
            out[-1] = f"{out[-1]} {words}"
        else:
            out.append(words)
        open_on = None if says(out[-1]) else place.page
    return out


# -- value against words ---------------------------------------------------------------------------------------------


def _alnum(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text).lower() if c.isalnum())


def _is(value: str, words: str) -> bool:
    """Whether printed words are a value, but for marks, spaces, a number before them and raised figures in them."""
    bare = re.sub(r"^\s*\d{1,3}(?:\.\d+)*\.?\s+", "", words)
    return any(_equal(_alnum(value), _alnum(text)) for text in (bare, words))


def _equal(value: str, words: str) -> bool:
    """Whether two runs of letters and figures are one, but for figures that only the second has."""
    wanted = iter(words)
    current = next(wanted, "")
    for character in value:
        while current != character and current.isdigit():
            current = next(wanted, "")
        if current != character:
            return False
        current = next(wanted, "")
    return not current or (current.isdigit() and all(c.isdigit() for c in wanted))


def within(value: str, words: str) -> bool:
    """Whether the letters and figures of a value stand in printed words as they are, but for figures raised in them."""
    if _alnum(value) in _alnum(words):
        return True
    return letters(value) in letters(words) and _in_order(re.sub(r"\D", "", value), re.sub(r"\D", "", words))


def _in_order(wanted: str, given: str) -> bool:
    rest = iter(given)
    return all(character in rest for character in wanted)


def _says_day(day: date) -> Callable[[str], bool]:
    month = MONTHS[day.month - 1][:3]

    def says(words: str) -> bool:
        words = one_line(words)
        numbers = {int(n) for n in re.findall(r"(?<!\d)\d{1,2}(?=\D|$)", words)}
        named = re.search(rf"\b{month}", words, re.IGNORECASE) is not None or day.month in numbers
        return named and day.day in numbers

    return says


def _says_year(day: date) -> Callable[[str], bool]:
    return lambda words: str(day.year) in words or f"/{day.year % 100:02d}" in words


def _all(*checks: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda words: all(check(words) for check in checks)


def _holds(*texts: str | None) -> Callable[[str], bool]:
    return lambda words: all(within(text, words) for text in texts if text)


def _says_number(value: float) -> Callable[[str], bool]:
    def says(words: str) -> bool:
        return any(read_number(found) == value for found in re.findall(r"\d[\d,]*(?:\.\d+)?|[^\W\d_]+", words))

    return says


# -- the values of an inspection -------------------------------------------------------------------------------------


def _claims(x: Inspection) -> Iterator[_Claim]:
    top = x.evidence
    yield _Claim("name", "title", "Title", unmark(x.title), top.get("title", ()))
    yield _Claim("name", "provider.name", "Provider", unmark(x.provider.name), top.get("provider", ()))
    for i, person in enumerate(x.lead_inspectors):
        shown = ", ".join(part for part in (person.name, person.title) if part)
        says = _holds(person.name, person.title)
        yield _Claim("name", f"lead_inspectors[{i}]", "Lead inspector", shown, top.get("lead_inspectors", ()), says)
    for i, period in enumerate(x.inspected):
        yield _Claim("date", f"inspected[{i}]", "On site", _period(period), top.get("inspected", ()), _says(period, x))
    if x.published is not None:
        day, basis = x.published.date, x.published.basis
        shown = long_date(day) if basis == "printed" else f"{long_date(day)} (from the name of the file)"
        says = _all(_says_day(day), _says_year(day))
        yield _Claim("date", "published", "Published", shown, top.get("published", ()), says, given=basis != "printed")
    yield from _details(x)
    forms = _forms(x.framework)
    for i, judgement in enumerate(x.judgements):
        if judgement.grade is not None or judgement.printed is not None:
            yield _judgement(i, judgement, forms.get((judgement.area, judgement.grade), ()))
    for i, recommendation in enumerate(x.recommendations):
        yield _recommendation(i, recommendation)
    for i, fact in enumerate(x.facts):
        shown = f"{fact.value:,} {fact.unit}" + (" (approximate)" if fact.approximate else "")
        yield _Claim("fact", f"facts[{i}]", fact.label or fact.key, shown, fact.evidence, _says_number(fact.value))
    for i, declaration in enumerate(x.declarations):
        yield _declaration(i, declaration)
    yield from _paragraphs(x)
    for i, note in enumerate(x.footnotes):
        yield _Claim("footnote", f"footnotes[{i}]", f"Footnote {note.mark}", unmark(note.text), note.evidence)


def _details(x: Inspection) -> Iterator[_Claim]:
    top = x.evidence
    if x.theme is not None:
        yield _Claim("detail", "theme", "Looked at", unmark(x.theme), top.get("theme", ()))
    if x.age_group is not None:
        yield _Claim("detail", "age_group", "Age group", unmark(x.age_group), top.get("age_group", ()))
    if x.team is not None and x.team.text:
        yield _Claim("detail", "team", "Team", unmark(x.team.text), top.get("team", ()))
    for i, basis in enumerate(x.legal_basis):
        yield _Claim("detail", f"legal_basis[{i}]", "Legal basis", unmark(basis), top.get("legal_basis", ()))


def _forms(framework: str) -> dict[tuple[str, str | None], tuple[str, ...]]:
    """The ways in which each grade of each area is printed."""
    found = load_framework(framework)
    return {
        (area.key, grade.key): (grade.label, *grade.aliases)
        for area in found.areas
        if (scale := found.scale_of(area.key))
        for grade in scale.grades
    }


def _judgement(i: int, judgement: Judgement, forms: Sequence[str]) -> _Claim:
    shown = unmark(judgement.printed or judgement.grade or "")

    def says(words: str) -> bool:
        return any(within(form, words) for form in (shown, *forms))

    return _Claim("judgement", f"judgements[{i}]", unmark(judgement.label), shown, judgement.evidence, says, each=True)


def _recommendation(i: int, r: Recommendation) -> _Claim:
    number = f", number {r.number}" if r.number else ""
    field = f"recommendations[{i}]"
    shown = unmark(r.text)
    # references are taken off the end of the text, and who is responsible stands in another cell
    whole = " ".join((shown, *r.references, *([r.responsible] if r.responsible else [])))
    says = _holds(shown, *r.references, r.responsible)
    return _Claim("recommendation", field, r.id + number, shown, r.evidence, says, whole=whole)


def _declaration(i: int, declaration: Declaration) -> _Claim:
    label = declaration.about.replace("_", " ").capitalize()
    return _Claim("declaration", f"declarations[{i}]", label, unmark(declaration.text), declaration.evidence)


def _paragraphs(x: Inspection) -> Iterator[_Claim]:
    for i, section in enumerate(x.sections):
        for j, entry in enumerate(section.paragraphs):
            field = f"sections[{i}].paragraphs[{j}]"
            match entry:
                case TextParagraph(number=number, text=text, evidence=places):
                    label = f"Paragraph {number}" if number else unmark(section.title)
                    yield _Claim("paragraph", field, label, unmark(text), places)
                case ItemsParagraph(items=items):
                    yield from _items(items, field, unmark(section.title))
                case TableParagraph(table=table):
                    cells = [unmark(c) for row in ((table.caption or "",), table.header, *table.rows) for c in row if c]
                    label = unmark(table.caption or section.title)
                    yield _Claim("paragraph", field, label, " | ".join(cells), table.evidence, _holds(*cells))


def _items(items: Sequence[ListItem], field: str, label: str) -> Iterator[_Claim]:
    for k, item in enumerate(items):
        under = f"{field}.items[{k}]"
        yield _Claim("paragraph", under, label, unmark(item.text), item.evidence)
        yield from _items(item.items, under, label)


def _says(period: Period, x: Inspection) -> Callable[[str], bool]:
    inferred = any(n.code == "RG213" and n.field == "inspected" for n in x.notices)
    years = () if inferred else (_says_year(period.end),)
    return _all(_says_day(period.start), _says_day(period.end), *years)


def long_date(day: date) -> str:
    """``2014-10-08`` → ``8 October 2014``."""
    return f"{day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"


def _period(period: Period) -> str:
    return long_date(period.start) + (f" to {long_date(period.end)}" if period.end != period.start else "")
