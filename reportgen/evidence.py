"""Every value of an inspection beside the words that the report prints for it, so that a person can check it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from reportgen.document import (
    Block,
    Cell,
    Document,
    Heading,
    Inline,
    Item,
    ListBlock,
    Paragraph,
    Place,
    Row,
    Table,
    Tag,
    Text,
)
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
from reportgen.wording import sentences

Kind = Literal["judgement", "recommendation", "date", "name", "detail", "fact", "declaration", "paragraph", "footnote"]
#: The kinds in the order in which they are shown.
KINDS: tuple[Kind, ...] = get_args(Kind)
#: same: the printed words are the value; part: it stands among them; differs: it does not; none: it has no place;
#: given: it is known from elsewhere than the report's text; missing: there is no value, but a reason why.
State = Literal["same", "part", "differs", "none", "given", "missing"]
#: Values at the top that notices name as a whole.
_TOP = ("inspected", "published", "lead_inspectors", "team", "legal_basis", "provider")


@dataclass(frozen=True, slots=True)
class Value:
    """A value of an inspection. ``field`` is its path, ``shown`` what it says in words for people.

    ``printed`` gives, for each of ``places``, the words that the source prints there (None where the place names none);
    ``near`` is the sentence of each that says the value, on one line, and ``spans`` where these sentences stand.
    """

    kind: Kind
    field: str
    label: str
    shown: str
    places: tuple[Evidence, ...]
    printed: tuple[str | None, ...]
    near: tuple[str, ...]
    spans: tuple[Evidence, ...]
    state: State
    notices: tuple[Notice, ...] = ()

    @property
    def words(self) -> str:
        """The printed words on one line."""
        return " … ".join(one_line(words) for words in self.printed if words)

    @property
    def place(self) -> str:
        """Where it stands, in words: ``page 3, paragraph 12``."""
        return "; ".join(dict.fromkeys(filter(None, map(place_in_words, self.places))))

    @property
    def note(self) -> str:
        """What its printed words have against it, in words; empty where they bear it out."""
        return _STATES.get(self.state, "")

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
    # where its words stand among others, they alone are marked
    exact: bool = False
    missing: bool = False


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


def place_in_words(place: Evidence) -> str:
    """A place for people: page and paragraph where it has them, else the line."""
    page = f"page {place.page}" if place.page is not None else ""
    line = f"line {place.line}" if place.page is None and place.line is not None else ""
    return ", ".join(filter(None, (page, line, f"paragraph {place.paragraph}" if place.paragraph else "")))


def one_line(text: str) -> str:
    """Printed words on one line, without the characters that only break lines; bullets of symbol fonts as bullets."""
    text = re.sub(r"[\ufffe\u00ad\x02]\s*", "-", text)
    text = re.sub(r"[\ue000-\uf8ff]", "•", text)
    return re.sub(r"\s+", " ", re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text)).strip()


def _held(claim: _Claim, words: Words, notices: Iterable[Notice]) -> Value:
    places = tuple(dict.fromkeys(claim.places))
    printed = tuple(words(Place(page=p.page, line=p.line, start=p.start, end=p.end)) for p in places)
    own = tuple(notice for notice in notices if _concerns(notice, claim))
    shown = [(place, said, _near(claim, one_line(said))) for place, said in zip(places, printed, strict=True) if said]
    return Value(
        claim.kind,
        claim.field,
        claim.label,
        claim.shown,
        places,
        printed,
        near=tuple(near for *_, near in shown),
        spans=tuple(_narrowed(place, said, claim.shown if claim.exact else "", near) for place, said, near in shown),
        state=_state(claim, printed),
        notices=own,
    )


def _narrowed(place: Evidence, words: str, *parts: str) -> Evidence:
    """The place of the first of some parts that stands in printed words, by its letters and figures; else of all."""
    at = [i for i, c in enumerate(words) for _ in _alnum(c)]
    folded = _alnum(words)
    wanted = next((part for part in map(_alnum, parts) if part and part in folded), "")
    if place.start is None or not wanted or len(folded) != len(at):
        return place
    found = folded.find(wanted)
    start, end = at[found], at[found + len(wanted) - 1] + 1
    # the sign that ends a sentence belongs to it
    end += words[end : end + 1] in (".", "!", "?", ")")
    return place.model_copy(update={"start": place.start + start, "end": place.start + end})


def _near(claim: _Claim, words: str) -> str:
    """The sentence of some printed words that says a value; all of them where none does so alone."""
    says = claim.says or _holds(claim.shown)
    return next((sentence for sentence in sentences(words) if says(sentence)), words)


def _concerns(notice: Notice, claim: _Claim) -> bool:
    """Whether a notice is about a value: its field is that of the value or a part of it, or it names its paragraph."""
    field = notice.field or ""
    if field in ("sections", "recommendations") and notice.where is not None:
        place = notice.where.page, notice.where.paragraph
        return notice.where.paragraph is not None and any(place == (p.page, p.paragraph) for p in claim.places[:1])
    same = claim.field == field or field.startswith(f"{claim.field}.")
    return same or (field in _TOP and claim.field.startswith((f"{field}[", f"{field}.")))


def _state(claim: _Claim, printed: Sequence[str | None]) -> State:
    there = [words for words in printed if words is not None]
    if claim.missing:
        return "missing"
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


# -- as a document ---------------------------------------------------------------------------------------------------

#: What each kind is called above its values.
TITLES: dict[Kind, str] = {
    "judgement": "Judgements",
    "recommendation": "Recommendations",
    "date": "Dates",
    "name": "Names",
    "detail": "Details",
    "fact": "Facts",
    "declaration": "Said about the past",
    "paragraph": "Paragraphs",
    "footnote": "Footnotes",
}
_STATES: dict[State, str] = {
    "differs": "the printed words differ",
    "none": "no place in the report",
    "given": "not from the report's text",
}
#: Longer texts of these kinds are cut short.
_SHORT = {"paragraph": 90, "footnote": 90}


def document_of(inspection: Inspection, values: Sequence[Value]) -> Document:
    """The values by kind, each beside its place and its printed words, those for a person to look at first."""
    blocks: list[Block] = [Heading(1, (Text(f"{unmark(inspection.provider.name)}: values and printed words"),))]
    counts = ", ".join(f"{n} {TITLES[kind].lower()}" for kind in KINDS if (n := sum(v.kind == kind for v in values)))
    blocks.append(Paragraph((Text(f"{inspection.id}, read as {inspection.framework}: {counts}."),)))
    first = [value for value in values if value.doubtful]
    if first:
        blocks += [Heading(2, (Text("For a person to look at"),)), _table_of(first)]
    if inspection.notices:
        said = tuple(Item((Paragraph((Text(told(notice)),)),)) for notice in inspection.notices)
        blocks += [Heading(2, (Text("Notices"),)), ListBlock(said)]
    for kind, title in TITLES.items():
        if own := [value for value in values if value.kind == kind]:
            blocks += [Heading(2, (Text(title),)), _table_of(own)]
    return Document(tuple(blocks), title=unmark(inspection.title))


def told(notice: Notice) -> str:
    """A notice on one line: its level and code, what it is about, where, what it says."""
    where = notice.where
    place = place_in_words(Evidence(page=where.page, line=where.line, paragraph=where.paragraph)) if where else ""
    about = ", ".join(filter(None, (notice.field, place)))
    return f"{notice.level} {notice.code}{f' ({about})' if about else ''}: {notice.message}"


def _table_of(values: Sequence[Value]) -> Table:
    head = Row(tuple(Cell((Text(name),), "col") for name in ("Value", "Where", "Printed words")))
    rows: list[Row] = []
    for value in values:
        shown, near = value.shown, " … ".join(dict.fromkeys(value.near))
        if limit := _SHORT.get(value.kind):
            shown, near = shortened(shown, limit), shortened(near, limit)
        marks: list[Inline] = [Tag(value.note, "review"), Text(" ")] if value.note else []
        cells = ((Text(f"{value.label}: {shown}"),), (Text(value.place),), (*marks, Text(near)))
        rows.append(Row(tuple(Cell(cell) for cell in cells)))
    return Table((head,), tuple(rows))


def shortened(text: str, limit: int) -> str:
    """A text of at most ``limit`` characters, cut between two words."""
    return text if len(text) <= limit else f"{text[: limit - 1].rsplit(' ', 1)[0]}…"


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
    for name, label in (("inspected", "On site"), ("published", "Published"), ("lead_inspectors", "Lead inspector")):
        if reason := x.missing.get(name):
            kind: Kind = "name" if name == "lead_inspectors" else "date"
            yield _Claim(kind, name, label, f"not known ({reason.replace('_', ' ')})", (), missing=True)
    yield from _details(x)
    forms = _forms(x.framework)
    for i, judgement in enumerate(x.judgements):
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
        yield _Claim("detail", "theme", "Looked at", unmark(x.theme), top.get("theme", ()), exact=True)
    if x.age_group is not None:
        yield _Claim("detail", "age_group", "Age group", unmark(x.age_group), top.get("age_group", ()))
    if x.team is not None and x.team.text:
        yield _Claim("detail", "team", "Team", unmark(x.team.text), top.get("team", ()), exact=True)
    for i, basis in enumerate(x.legal_basis):
        yield _Claim(
            "detail", f"legal_basis[{i}]", "Legal basis", unmark(basis), top.get("legal_basis", ()), exact=True
        )


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
    if not shown and judgement.missing is not None:
        reason = f"no grade ({judgement.missing.replace('_', ' ')})"
        return _Claim(
            "judgement", f"judgements[{i}]", unmark(judgement.label), reason, judgement.evidence, missing=True
        )

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
    return _Claim(
        "declaration", f"declarations[{i}]", label, unmark(declaration.text), declaration.evidence, exact=True
    )


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
