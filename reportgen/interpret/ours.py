"""Blocks of our own output -> Inspection: what the standard pack printed, read back by content alone.

The standard pack ends every inspection with a section about the document: the framework, which parts the layout
added, and registers of judgements, recommendations, figures and statements. With these the text in front of it can be
read without a guess. ``templates/standard/inspection.html.j2`` is the other half of this module: they change together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reportgen.document import (
    Block,
    Heading,
    Inline,
    Item,
    ListBlock,
    Note,
    Paragraph,
    Strong,
    Table,
    Tag,
    Terms,
    plain,
)
from reportgen.errors import InputError, Where
from reportgen.frameworks import area_of_title, in_language, load_framework
from reportgen.interpret.cues import block_text, flat, folded
from reportgen.interpret.values import read_date, read_number, read_periods
from reportgen.labels import languages, load_labels
from reportgen.labels.printing import in_english
from reportgen.markup import marked, unmark
from reportgen.model import (
    CheckedBy,
    Conflict,
    Corrected,
    Declaration,
    Evidence,
    Fact,
    Footnote,
    Framework,
    GradeHere,
    Inspector,
    ItemsParagraph,
    Judgement,
    JudgementsHere,
    ListItem,
    PrintedTable,
    Provider,
    Published,
    Recommendation,
    RecommendationsHere,
    ScaleHere,
    ScalePoint,
    Section,
    Source,
    TableParagraph,
    Team,
    TextParagraph,
)

#: A name with its key behind it, as a framework's title or a language.
_FRAMEWORK = re.compile(r".*\(([a-z0-9][a-z0-9_-]*)\)$")


@dataclass(slots=True)
class _Part:
    """A heading of level 2 or deeper with the blocks up to the next one; ``text`` is its title with its marks."""

    title: str
    level: int
    place: Any
    text: str
    blocks: list[Block] = field(default_factory=list)

    def tables(self) -> list[Table]:
        return [b for b in self.blocks if isinstance(b, Table)]


def framework_of(blocks: Sequence[Block]) -> str | None:
    """The framework key that our own output names at its end; None for any other document."""
    found = _named(blocks)
    return found[0] if found else None


def _named(blocks: Sequence[Block]) -> tuple[str, str] | None:
    """The framework key that our own output names, and the language whose word it calls it by."""
    terms = {load_labels(lang)["about"]["framework"]: lang for lang in languages()}
    for key, value in _pairs(list(flat(blocks))):
        found = _FRAMEWORK.match(value) if key in terms else None
        if found:
            return found[1], terms[key]
    return None


def interpret_ours(blocks: Sequence[Block], source: Source) -> dict[str, Any]:
    """Read back an inspection that the standard pack printed; the fields of an inspection but for its id.

    Raises:
        FrameworkError: the framework that it names is unknown.
        InputError: it was edited so that its parts do not fit each other any more (RG215).
    """
    named = _named(blocks)
    assert named is not None
    key, lang = named
    labels = load_labels(lang)
    framework = in_language(load_framework(key), labels)
    try:
        return _Back(framework, labels, list(flat(blocks)), source).read()
    except (ValueError, LookupError, StopIteration) as error:
        why = str(error).partition("\n")[0] or type(error).__name__
        raise InputError(
            "RG215",
            f"its registers do not fit the rest of it: {why}",
            where=Where(file=source.file),
            hint="import the document as it was made, or name its framework to read it as a published report",
        ) from None


def _pairs(blocks: Iterable[Block], said: Callable[[tuple[Inline, ...]], str] = plain) -> list[tuple[str, str]]:
    """Terms with their values, whether they came as terms or as lines ``term: value``; ``said`` tells their words."""
    out: list[tuple[str, str]] = []
    for block in blocks:
        if isinstance(block, Terms):
            out.extend((plain(term), said(value)) for term, value in block.pairs)
        elif (isinstance(block, Paragraph) and block.number is None and block.role is None) or (
            isinstance(block, Paragraph) and block.role in ("terms", "made")
        ):
            term, colon, value = said(block.inlines).partition(": ")
            if colon:
                out.append((term, value))
    return out


class _Back:
    """One reading back."""

    def __init__(self, framework: Framework, labels: dict[str, Any], blocks: list[Block], source: Source) -> None:
        self.framework = framework
        self.labels = labels
        self.source = source
        self.cover: list[Block] = []
        self.parts: list[_Part] = []
        self.status = "final"
        for block in blocks:
            # a PDF has no tag for a note beside the text, so that it may come as anything
            if not self.parts and block_text(block) == labels["status"]["draft"]:
                self.status = "draft"
            if isinstance(block, Paragraph) and block.role == "contents":
                continue
            if isinstance(block, Heading) and block.level > 1:
                self.parts.append(_Part(block_text(block), block.level, block.place, marked(block.inlines)))
            elif self.parts:
                self.parts[-1].blocks.append(block)
            else:
                self.cover.append(block)
        about = next(i for i in range(len(self.parts) - 1, -1, -1) if self.parts[i].title == framework.layout.about)
        self.about = self.parts[about:]
        self.parts = self.parts[:about]
        self.facts_about = dict(_pairs(self.about[0].blocks))
        self.texts_about = _pairs(self.about[0].blocks, marked)
        self.judgements: tuple[Judgement, ...] = ()
        self.placed: set[str] = set()
        chapters = self._table("chapters")
        self.chapters = [(row[0], row[1]) for row in chapters]
        self.scale: list[ScalePoint] = []
        #: A word processor may have made plain bold type of the labels that stand out.
        self.tagged = any(isinstance(i, Tag) for b in blocks if isinstance(b, Paragraph) for i in b.inlines)

    def read(self) -> dict[str, Any]:
        about = self.labels["about"]
        self.judgements = tuple(self._judgements())
        notes = self._take_last(self.labels["notes"])
        added = set((self.facts_about.get(about["added"]) or "").split("; "))
        if self.framework.layout.record in added:
            self._take_last(self.framework.layout.record)
        if self.framework.layout.glance in added:
            self._glance()
        register = self._register()
        texts = self._register_texts(register)
        if self.framework.recommendations.heading in added:
            self._pass_unplaced()
        sections = tuple(self._section(part, register) for part in self.parts)
        return {
            "framework": self.framework.key,
            "type": self._key_of(self.facts_about.get(about["type"]), {t.label: t.key for t in self.framework.types}),
            "status": self.status,
            "lang": self._language(),
            "wording": self._key_of(self.facts_about.get(about["wording"]), _turned(self.labels["wording"]))
            or "printed",
            "scale_as_printed": tuple(self.scale),
            "judgements": self.judgements,
            "recommendations": tuple(self._recommendations(register, texts)),
            "sections": sections,
            "footnotes": tuple(self._notes(notes)),
            "facts": tuple(self._facts()),
            "declarations": tuple(self._declarations()),
            "missing": self._missing(),
            "corrections": tuple(self._corrections()),
            "checked": tuple(self._checked()),
            "legal_basis": tuple(v for k, v in self.texts_about if k == about["legal_basis"]),
            "team": self._team(),
            "source": self.source.model_copy(update={"notice": self.facts_about.get(about["notice"])}),
            "evidence": {},
            "notices": (),
            **self._title_page(),
        }

    # -- the title page and the facts at the end --------------------------------------------------------------------

    def _title_page(self) -> dict[str, Any]:
        layout, about = self.framework.layout, self.labels["about"]
        title = next(b for b in self.cover if isinstance(b, Heading))
        after = self.cover[self.cover.index(title) + 1 :]
        name = next((b for b in after if isinstance(b, Paragraph)), None)
        pairs = _pairs(after)
        details, texts = dict(pairs), dict(_pairs(after, marked))
        published = self._date(details.get(layout.published[0], ""))
        basis = self._key_of(self.facts_about.get(about["published_basis"]), _turned(about["bases"]))
        inspectors = [v.partition(", ") for k, v in pairs if k == layout.inspector[0]]
        return {
            "title": marked(title.inlines),
            "theme": texts.get(about["theme"]),
            "provider": Provider(
                name=marked(name.inlines) if name else "",
                short_name=dict(self.texts_about).get(about["short_name"]),
                kind=self.framework.provider_kind,
            ),
            "inspected": read_periods(in_english(details.get(layout.dates[0], ""), self.labels)),
            "published": Published(date=published, basis=basis or "printed") if published else None,
            "lead_inspectors": tuple(Inspector(name=n, title=t or None) for n, _, t in inspectors),
            "age_group": texts.get(layout.age_group[0]),
        }

    def _date(self, text: str) -> date | None:
        return read_date(in_english(text, self.labels))

    def _language(self) -> str:
        """The language of the report: the one it names, else that of our own words."""
        named = re.fullmatch(r".*\(([A-Za-z0-9-]+)\)", self.facts_about.get(self.labels["about"]["language"], ""))
        return named[1] if named else str(self.labels["lang"])

    def _team(self) -> Team | None:
        about = self.labels["about"]
        text, size = dict(self.texts_about).get(about["team"]), self.facts_about.get(about["team_size"])
        return Team(size=int(size) if size else None, text=text) if text or size else None

    def _table(self, name: str) -> list[list[str]]:
        """The rows of a register with every column it may have; those that the layout left out hold nothing."""
        about = self.labels["about"][name]
        out: list[list[str]] = []
        for table in (t for part in self.about for t in part.tables() if plain(t.caption) == about["title"]):
            heads = [plain(c.inlines) for c in table.head[0].cells] if table.head else []
            for row in table.rows:
                cells = {head: _marked_cell(c) for head, c in zip(heads, row.cells, strict=False)}
                if (
                    heads
                    and row.cells
                    and len(row.cells[0].inlines) == 1
                    and isinstance(row.cells[0].inlines[0], Strong)
                ):
                    # the first column is bold by its style; a word processor may have written that onto the text
                    cells[heads[0]] = marked(row.cells[0].inlines[0].inlines)
                out.append([cells.get(column, "") for column in about["columns"]])
        return out

    def _key_of(self, label: str | None, keys: Mapping[str, str]) -> str | None:
        return keys.get(label, label) if label else None

    def _reason(self, words: str) -> Any:
        return _turned(self.labels["missing"]).get(words, words)

    def _judgements(self) -> Iterable[Judgement]:
        for row in self._table("judgements"):
            area, label, printed, grade, also = row
            reason = self._reason(grade)
            known = self.framework.grade(area, grade)
            yield Judgement(
                area=area,
                label=label,
                printed=printed or None,
                grade=known.key if known else (None if reason != grade else grade or None),
                missing=reason if reason != grade else None,
                conflicts=tuple(Conflict(value=v) for v in also.split(", ") if v),
            )

    def _facts(self) -> Iterable[Fact]:
        about = self.labels["about"]["facts"]
        keys = {rule.label: rule.key for rule in self.framework.facts}
        for label, value, unit, precision in self._table("facts"):
            number = read_number(value)
            if number is None:
                number = float(value)
            key = keys.get(label) or re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
            yield Fact(
                key=key, label=label or None, value=number, unit=unit, approximate=precision == about["approximate"]
            )

    def _declarations(self) -> Iterable[Declaration]:
        about = self.labels["about"]["declarations"]
        keys = _turned(about["about"])
        for what, text, grade, day, recommendation in self._table("declarations"):
            yield Declaration(
                about=keys.get(what, what),
                text=text,
                grade=grade or None,
                date=day or None,
                recommendation=recommendation or None,
            )

    def _missing(self) -> dict[str, Any]:
        fields = _turned(self.labels["about"]["missing"]["fields"])
        return {fields.get(name, name): self._reason(reason) for name, reason in self._table("missing")}

    def _corrections(self) -> Iterable[Corrected]:
        for field_, was, now, by, on in self._table("corrections"):
            day = self._date(on)
            if day is not None:
                yield Corrected(field=field_, was=was or None, now=now or None, by=by, on=day)

    def _checked(self) -> Iterable[CheckedBy]:
        label = self.labels["about"]["checked"]
        for by, _, on in (value.rpartition(", ") for key, value in self.texts_about if key == label):
            day = self._date(on)
            if day is not None:
                yield CheckedBy(by=by, on=day)

    # -- parts the layout added ----------------------------------------------------------------------------------------

    def _take_last(self, title: str) -> _Part | None:
        if self.parts and self.parts[-1].title == title:
            return self.parts.pop()
        return None

    def _glance(self) -> None:
        for table in self.parts.pop(0).tables():
            if plain(table.caption) == self.labels["glance"]["grades"]:
                self._scale_from(table)

    def _scale_from(self, table: Table) -> tuple[str, ...]:
        keys: list[str] = []
        for row in table.rows:
            printed = plain(row.cells[0].inlines)
            key = self._grade_key(printed)
            keys.append(key or printed)
            meaning = _marked_cell(row.cells[1]) if len(row.cells) > 1 else ""
            self.scale.append(ScalePoint(grade=key, printed=printed, meaning=meaning or None))
        return tuple(keys)

    def _grade_key(self, printed: str) -> str | None:
        wanted = folded(printed).casefold()
        for scale in self.framework.scales:
            for grade in scale.grades:
                if wanted in {folded(w).casefold() for w in (grade.label, *grade.aliases)}:
                    return grade.key
        return None

    def _notes(self, part: _Part | None) -> Iterable[Footnote]:
        for block in part.blocks if part else ():
            if isinstance(block, Note):
                yield Footnote(mark=block.mark, text=marked(block.inlines), evidence=(_evidence(block),))

    # -- recommendations -------------------------------------------------------------------------------------------

    def _register(self) -> list[dict[str, str]]:
        names = ("id", "number", "heading", "starts", "timescale", "kind", "addressee", "responsible", "areas")
        rows = self._table("recommendations")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _register_texts(self, register: Sequence[dict[str, str]]) -> dict[str, tuple[str, Evidence]]:
        """Find the text of each registered recommendation: list items in order, by number and first words."""
        found: dict[str, tuple[str, Evidence]] = {}
        waiting = list(register)
        for part in self.parts:
            for block in part.blocks:
                if not isinstance(block, ListBlock):
                    continue
                for item in block.items:
                    text = _item(item)
                    at = next((r for r in waiting if _is(r, item.number, text)), None)
                    if at is not None:
                        waiting.remove(at)
                        found[at["id"]] = (text, _evidence(item))
        return found

    def _recommendations(
        self, register: Sequence[dict[str, str]], texts: Mapping[str, tuple[str, Evidence]]
    ) -> Iterable[Recommendation]:
        rules = self.framework.recommendations
        bands = {band.labels[0]: band.key for band in rules.bands}
        kinds = {kind.label: kind.key for kind in rules.kinds}
        addressees = {a.label: a.key for a in rules.addressees}
        areas = {a.label: a.key for a in self.framework.areas}
        for row in register:
            text, evidence = texts.get(row["id"], (row["starts"], Evidence()))
            references: list[str] = []
            for cue in rules.references:
                while match := re.search(rf"\s*(?:{cue})\s*(?=[.]?$)", text, re.IGNORECASE):
                    references.insert(0, match["value"].strip())
                    text = (text[: match.start()] + text[match.end() :]).strip()
            yield Recommendation(
                id=row["id"],
                number=row["number"] or None,
                text=text,
                kind=kinds.get(row["kind"], row["kind"]),
                heading=row["heading"] or None,
                timescale=bands.get(row["timescale"], row["timescale"]) or None,
                addressee=addressees.get(row["addressee"], row["addressee"]) or None,
                responsible=row["responsible"] or None,
                areas=tuple(areas.get(label, label) for label in row["areas"].split("; ") if label),
                references=tuple(references),
                evidence=(evidence,),
            )

    def _pass_unplaced(self) -> None:
        """Pass over the part that holds recommendations which the report's own text does not place."""
        self.parts.pop(0)
        while self.parts and self.parts[0].level > 2:
            self.parts.pop(0)

    # -- the body --------------------------------------------------------------------------------------------------

    def _area(self, title: str) -> str | None:
        """The area of a section: as the register of chapters says, else as its title tells."""
        for index, (listed, key) in enumerate(self.chapters):
            if listed == title:
                del self.chapters[index]
                return key or None
        return area_of_title(self.framework, unmark(title))

    def _section(self, part: _Part, register: Sequence[dict[str, str]]) -> Section:
        key = self._area(part.text)
        entries: list[Any] = []
        blocks = part.blocks
        skip = False
        for index, block in enumerate(blocks):
            if skip:
                skip = False
                continue
            following = blocks[index + 1] if index + 1 < len(blocks) else None
            match block:
                case Paragraph(number=None):
                    text = marked(block.inlines)
                    ids = self._ids(following, register) if text in self.headings(register) else ()
                    if ids and text == _last_heading(register, ids[0]):
                        entries.append(RecommendationsHere(recommendations=ids, heading=text))
                        skip = True
                    elif not entries and (judgement := self._grade_here(key, block)):
                        entries.append(judgement)
                    else:
                        entries.append(TextParagraph(text=text, evidence=(_evidence(block),)))
                case Paragraph(number=number):
                    entries.append(
                        TextParagraph(number=number, text=marked(block.inlines), evidence=(_evidence(block, number),))
                    )
                case ListBlock():
                    ids = self._ids(block, register)
                    if ids:
                        entries.append(RecommendationsHere(recommendations=ids))
                    else:
                        entries.append(ItemsParagraph(items=tuple(_list_item(i) for i in block.items)))
                case Table():
                    entries.append(self._body_table(block))
                case Terms():
                    entries.extend(TextParagraph(text=f"{plain(t)}: {plain(v)}") for t, v in block.pairs)
        return Section(title=part.text, level=part.level - 1, area=key, paragraphs=tuple(entries))

    def headings(self, register: Sequence[dict[str, str]]) -> set[str]:
        """The headings that recommendations stand under, without the headings above them."""
        return {_last_heading(register, row["id"]) for row in register}

    def _ids(self, block: Block | None, register: Sequence[dict[str, str]]) -> tuple[str, ...]:
        """The ids of the recommendations that a list holds; empty where it is another list."""
        if not isinstance(block, ListBlock):
            return ()
        waiting = [r for r in register if r["id"] not in self.placed]
        ids: list[str] = []
        for item in block.items:
            at = next((r for r in waiting if _is(r, item.number, _item(item))), None)
            if at is None:
                return ()
            waiting.remove(at)
            ids.append(at["id"])
        self.placed.update(ids)
        return tuple(ids)

    def _grade_here(self, area: str | None, block: Paragraph) -> GradeHere | None:
        judgement = next((j for j in self.judgements if j.area == area), None)
        if area is None or judgement is None:
            return None
        shown = judgement.printed or (self.labels["missing"].get(judgement.missing) if judgement.missing else None)
        text = marked(block.inlines) if self.tagged else plain(block.inlines)
        return GradeHere(judgement=area) if shown == text else None

    def _body_table(self, table: Table) -> Any:
        caption = marked(table.caption) or None
        header = tuple(_marked_cell(c) for c in table.head[0].cells) if table.head else ()
        rows = [tuple(plain(c.inlines) for c in row.cells) for row in table.rows]
        judged = self._judged(rows)
        if judged:
            usual = (self.labels["area"], self.labels["judgement"])
            return JudgementsHere(
                judgements=judged,
                caption=None if caption == self.labels["glance"]["caption"] else caption,
                header=() if header == usual else header,
            )
        if not self.scale and rows and header == (self.labels["grade"], self.labels["meaning"]):
            return ScaleHere(scale=self._scale_from(table))
        marked_rows = tuple(tuple(_marked_cell(c) for c in row.cells) for row in table.rows)
        return TableParagraph(
            table=PrintedTable(caption=caption, header=header, rows=marked_rows, evidence=(_evidence(table),))
        )

    def _judged(self, rows: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        left = list(self.judgements)
        areas: list[str] = []
        for row in rows:
            at = next((j for j in left if row == (_shown_label(j), self._shown_grade(j))), None)
            if at is None:
                return ()
            left.remove(at)
            areas.append(at.area)
        return tuple(areas)

    def _shown_grade(self, judgement: Judgement) -> str:
        if judgement.grade is None:
            return str(self.labels["missing"].get(judgement.missing, ""))
        grade = self.framework.grade(judgement.area, judgement.grade)
        return judgement.printed or (grade.label if grade else judgement.grade)


def _shown_label(judgement: Judgement) -> str:
    return judgement.label


def _is(row: Mapping[str, str], number: str | None, text: str) -> bool:
    """Whether a text with its marks is that of a registered recommendation, whose first words stand there without."""
    words, starts = unmark(text), unmark(row["starts"])
    return (row["number"] or None) == number and (words == starts or words.startswith(f"{starts} "))


def _last_heading(register: Sequence[Mapping[str, str]], rid: str) -> str:
    heading = next((r["heading"] for r in register if r["id"] == rid), "")
    return heading.rsplit(" / ", 1)[-1]


def _item(item: Item) -> str:
    return " ".join(marked(b.inlines) for b in item.blocks if isinstance(b, Paragraph))


def _list_item(item: Item) -> ListItem:
    under = tuple(_list_item(i) for b in item.blocks if isinstance(b, ListBlock) for i in b.items)
    return ListItem(text=_item(item), number=item.number, items=under, evidence=(_evidence(item),))


def _marked_cell(cell: Any) -> str:
    return marked(cell.inlines)


def _turned(words: Mapping[str, str]) -> dict[str, str]:
    return {word: key for key, word in words.items()}


def _evidence(block: Any, paragraph: str | None = None) -> Evidence:
    place = getattr(block, "place", None)
    return Evidence(page=place.page, line=place.line, paragraph=paragraph) if place else Evidence(paragraph=paragraph)
