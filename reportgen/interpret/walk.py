"""One pass over the blocks of a published report, in printed order.

Everything that it meets goes somewhere: into a value, into the text of a section, or into the list of page furniture.
Nothing is decided here that needs the whole report; that is ``published``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from reportgen.document import (
    Block,
    Heading,
    Item,
    ListBlock,
    Note,
    PageBreak,
    Paragraph,
    Place,
    Row,
    Table,
    Terms,
    plain,
)
from reportgen.frameworks import areas_by_label, grade_by_label
from reportgen.interpret.cues import (
    block_text,
    could_name_a_body,
    flat,
    folded,
    is_heading,
    labelled,
    matches,
    whole_match,
)
from reportgen.interpret.letters import take_letterhead
from reportgen.interpret.values import partial_date, read_inspectors, read_periods
from reportgen.markup import escape
from reportgen.model import (
    Area,
    Evidence,
    Footnote,
    Framework,
    Furniture,
    GradeHere,
    Inspector,
    ItemsParagraph,
    JudgementsHere,
    Letter,
    ListItem,
    Notice,
    PrintedTable,
    Published,
    RecommendationsHere,
    ScaleHere,
    ScalePoint,
    TableParagraph,
    TextParagraph,
    Where,
    folded_label,
)

#: The title stands within so many blocks.
COVER = 30


@dataclass(frozen=True, slots=True)
class Claim:
    """A grade that one place of the report gives to an area; None where it says that the area was not judged."""

    area: str
    grade: str | None
    label: str
    printed: str
    source: str
    evidence: Evidence
    # where the rest of it stands, when the end of a page cut it
    then: tuple[Evidence, ...] = ()


@dataclass(slots=True)
class Draft:
    """A section while its entries are being collected."""

    title: str
    level: int
    area: str | None
    evidence: tuple[Evidence, ...]
    entries: list[Any] = field(default_factory=list)


def find_title(blocks: Sequence[Block], framework: Framework) -> tuple[int, int, re.Match[str]] | None:
    """Where the title stands among the blocks of a cover: index, how many blocks it is set in, the match of its cue.

    The longest run of blocks that a cue of the framework matches as a whole, the first of those.
    """
    texts = [block_text(b) if isinstance(b, Heading | Paragraph) and not _role(b) else "" for b in blocks]
    for length in (5, 4, 3, 2, 1):
        for start in range(len(texts) - length + 1):
            run = texts[start : start + length]
            if not all(run):
                continue
            for cue in framework.layout.titles:
                if found := whole_match(cue, " ".join(run)):
                    return start, length, found
    return None


class Walk:
    """One pass over the blocks of one report."""

    def __init__(self, framework: Framework, blocks: Sequence[Block]) -> None:
        self.framework = framework
        self.layout = framework.layout
        self.rules = framework.recommendations
        self.blocks = list(flat(blocks))
        self.sections: list[Draft] = []
        self.recommendations: list[dict[str, Any]] = []
        self.claims: list[Claim] = []
        # labelled lines about the inspection before: the line, its value, its place
        self.previous: list[tuple[str, str, Evidence]] = []
        self.scale: list[ScalePoint] = []
        self.footnotes: list[Footnote] = []
        self.furniture: list[Furniture] = []
        self.notices: list[Notice] = []
        self.values: dict[str, Any] = {}
        self.evidence: dict[str, list[Evidence]] = {}
        self.reuse: list[str] = []
        # areas whose label in a table is not quite theirs, as printed
        self.misprinted: dict[str, str] = {}
        self.title = ""
        self.provider: str | None = None
        self.base_level = 1
        self.contents = any(_role(b) == "contents" for b in self.blocks)
        # where recommendations are being read: the rule, the level of its section, theme and sub-heading
        self.rule: Any = None
        self.rule_level = 0
        self.theme: Any = None
        self.heading: str | None = None
        self.band: str | None = None
        # to whom the part of the report speaks that is being read, where its sections do not say it themselves
        self.addressee: str | None = None

    # -- the pass ------------------------------------------------------------------------------------------------

    def read(self) -> None:
        if self.layout.letter is not None:
            self._letterhead(self.layout.letter)
        body = self._cover()
        for block in body:
            self._block(block)

    def _letterhead(self, letter: Letter) -> None:
        found = take_letterhead(self.blocks, letter, self.layout.inspector_titles)
        self.blocks = found.body
        for name, value in (("published", found.published), ("lead_inspectors", found.signed)):
            if value:
                self.values[name] = value
                self.evidence[name] = [evidence_of(b) for b in found.places[name]]
        for block in found.around:
            self._furnish("letter", block_text(block), block)

    def _cover(self) -> list[Block]:
        """Take the title, the provider and the labelled lines off the front; give back all that follows or remains."""
        end = self._cover_end()
        cover = self.blocks[:end]
        rest: list[Block] = []
        for block in self._title(cover):
            text = block_text(block)
            if isinstance(block, PageBreak) or _role(block) or isinstance(block, Note | Table | ListBlock):
                rest.append(block)
            elif self._label(text, block):
                self._furnish("title-page", text, block)
            elif self.provider is None and could_name_a_body(text) and not self._is_imprint(text):
                self.provider = text
                self.evidence["provider"] = [evidence_of(block)]
                self._furnish("title-page", text, block)
            else:
                rest.append(block)
        return rest + self.blocks[end:]

    def _cover_end(self) -> int:
        """The cover ends with the contents, with the first page, or where numbered or listed text begins."""
        for index, block in enumerate(self.blocks):
            if _role(block) == "contents" or isinstance(block, PageBreak | ListBlock):
                return index
            if isinstance(block, Paragraph) and block.number:
                return index
            if isinstance(block, Heading) and index > 1 and self._opens_text(block):
                return index
        return min(len(self.blocks), 20)

    def _opens_text(self, block: Heading) -> bool:
        text = plain(block.inlines)
        return self._recommendation_rule(text) is not None or is_heading(self.layout.scale_sections, text)

    def _title(self, cover: list[Block]) -> list[Block]:
        """Take the title off the cover; give back the other blocks."""
        found = find_title(cover, self.framework)
        if found is None:
            return cover
        start, length, match = found
        self.title = " ".join(block_text(b) for b in cover[start : start + length])
        self.evidence["title"] = [evidence_of(block) for block in cover[start : start + length]]
        for block in cover[start : start + length]:
            self._furnish("title-page", block_text(block), block)
        if name := match.groupdict().get("provider"):
            self.provider = name.strip()
            self.evidence["provider"] = self.evidence["title"]
        return cover[:start] + cover[start + length :]

    def _label(self, text: str, block: Block) -> bool:
        """Read a labelled line of the title page; True where it is one."""
        place = [evidence_of(block)]
        layout = self.layout
        if (value := labelled(text, layout.dates)) and (periods := read_periods(value)):
            self.values.setdefault("inspected", periods)
            self.evidence.setdefault("inspected", place)
        elif (value := labelled(text, layout.published)) and (day := partial_date(value)) and len(day) == 10:
            self.values.setdefault("published", Published(date=day, basis="printed"))
            self.evidence.setdefault("published", place)
        elif value := labelled(text, layout.inspector):
            self.values.setdefault("lead_inspectors", read_inspectors(value, layout.inspector_titles))
            self.evidence.setdefault("lead_inspectors", place)
        elif value := labelled(text, layout.age_group):
            self.values.setdefault("age_group", value)
            self.evidence.setdefault("age_group", place)
        elif value := labelled(text, layout.previous):
            self.previous.append((text, value, place[0]))
        else:
            return False
        return True

    def _block(self, block: Block) -> None:
        match block:
            case PageBreak():
                return
            case Note(mark=mark, inlines=inlines):
                self.footnotes.append(Footnote(mark=mark, text=escape(plain(inlines)), evidence=evidences_of(block)))
            case Paragraph(role=str(role)) if role in ("contents", "page-number", "running-head"):
                self._furnish(role, block_text(block), block)
            case Heading():
                self._heading(block)
            case Paragraph():
                self._paragraph(block)
            case ListBlock():
                self._list(block)
            case Table():
                self._table(block)
            case Terms(pairs=pairs):
                for term, value in pairs:
                    text = f"{plain(term)}: {plain(value)}"
                    self._label(text, block)
                    self._add(TextParagraph(text=escape(text), evidence=evidences_of(block)))

    # -- headings ------------------------------------------------------------------------------------------------

    def _heading(self, block: Heading) -> None:
        text = block_text(block)
        if self.title and folded(text).casefold() == folded(self.title).casefold():
            self._furnish("title-page", text, block)
            return
        if self._is_imprint(text):
            self._imprint(text, block)
            return
        if self._grade_line(text, block):
            return
        title, graded = self._graded_heading(text)
        area = areas_by_label(self.framework, title)
        known = block.level >= 2
        level = block.level - 1 if known else self._level(text)
        theme = self._theme(text)
        if theme is not None:
            level = self.rule_level + 1
            self.theme, self.heading, self.band = theme, None, None
        elif (rule := self._recommendation_rule(text)) is not None:
            self.rule, self.rule_level, self.heading, self.band = rule, level, None, None
            # a section may open with its first theme, without a heading over both
            self.theme = self._theme(text)
            self.base_level = level
        elif self.rule is not None:
            inner = level > self.rule_level and not is_heading(self.layout.chapters, text)
            # a sub-heading may be worded like a chapter: it is a chapter where none are listed and no level is known
            if inner and (known or area is None or self.contents):
                self.heading = text
                return
            self.rule = None
        self.addressee = next((p.addressee for p in self.rules.parts if is_heading(p.headings, text)), self.addressee)
        if known and self.rule is None:
            self.base_level = level
        level = min(level, (self.sections[-1].level if self.sections else 0) + 1)
        if graded and area:
            self._claim(area, graded[0], title, graded[1], "chapter", block)
        self.sections.append(Draft(text, max(1, level), area.key if area else None, evidences_of(block)))

    def _theme(self, text: str) -> Any:
        """The theme of the open recommendation section that a heading names."""
        themes = self.rule.themes if self.rule is not None else ()
        return next((t for t in themes if is_heading([re.escape(folded(h)) + ":?" for h in t.headings], text)), None)

    def _level(self, text: str) -> int:
        """The level of a heading that no contents list names."""
        if self._recommendation_rule(text) is not None and self.rule is None:
            return self.base_level if not self.contents else self.base_level + 1
        if not self.contents and (
            areas_by_label(self.framework, self._graded_heading(text)[0]) or self.base_level == 1
        ):
            return 1
        return self.base_level + 1

    def _graded_heading(self, text: str) -> tuple[str, tuple[str, str] | None]:
        """Split a heading such as ``… leavers: good`` or ``… are good`` into its name and its grade (key, printed)."""
        words = text.split()
        for length in range(1, min(6, len(words))):
            name, printed = " ".join(words[:-length]), " ".join(words[-length:])
            name = re.sub(r"(?:\s*:|\s+(?:is|are))$", "", name)
            area = areas_by_label(self.framework, name)
            grade = grade_by_label(self.framework, area.key, printed) if area else None
            if grade:
                return name, (grade.key, printed)
        return text, None

    def graded(self, text: str) -> str | None:
        """The grade in a line such as ``Adoption performance: good``; None for any other line."""
        found = self._graded_heading(text)[1]
        return found[0] if found else None

    def _grade_line(self, text: str, block: Block) -> bool:
        """A grade alone on its line belongs to the chapter that it stands at the head of."""
        section = self.sections[-1] if self.sections else None
        if section is None or section.area is None or section.entries:
            return False
        grade = grade_by_label(self.framework, section.area, text)
        if grade is None:
            return False
        area = self.framework.area(section.area)
        assert area is not None
        self._claim(area, grade.key, section.title, text, "chapter", block)
        section.entries.append((GradeHere(judgement=area.key), text, evidence_of(block)))
        return True

    def _recommendation_rule(self, text: str) -> Any:
        return next((s for s in self.rules.sections if is_heading(s.headings, text)), None)

    # -- text ----------------------------------------------------------------------------------------------------

    def _paragraph(self, block: Paragraph) -> None:
        text = block_text(block)
        if block.number is None:
            if self._is_imprint(text):
                self._imprint(text, block)
                return
            if self._grade_line(text, block):
                return
            if self.rule is not None and self._is_band(text):
                return
            self._label(text, block)
        if self.rule is not None and (
            self.rule.items == "table" or (self.rule.items == "numbered" and block.number is not None)
        ):
            self._recommend(text, block.number, block)
            return
        number = block.number
        self._add(TextParagraph(number=number, text=escape(text), evidence=evidences_of(block, number)))

    def _is_band(self, text: str) -> bool:
        """A run-in label such as ``Within three months:`` sets the timescale of the items that follow."""
        bare = text.rstrip(": ")
        for band in self.rules.bands:
            if any(folded(bare).casefold() == folded(label).casefold() for label in band.labels):
                self.band, self.heading = band.key, bare
                return True
        if text.endswith(":") and len(text) <= 80 and self.theme is None and self.band is not None:
            self.heading, self.band = bare, None
            return True
        return False

    def _list(self, block: ListBlock) -> None:
        if self.rule is None:
            self._add(ItemsParagraph(items=tuple(_list_item(item) for item in block.items)))
            return
        for item in block.items:
            # points under a numbered recommendation, or in a row of a table, belong to it
            if self._takes_points() and not (item.number and self._runs_on(item.number)):
                self._lengthen(_item_text(item), item)
            else:
                self._recommend(_item_text(item), item.number, item)

    def _takes_points(self) -> bool:
        """Whether the last thing printed is a recommendation that points may stand under: numbered, or in a table."""
        entries = self._entries()
        if not entries or not isinstance(entries[-1], RecommendationsHere):
            return False
        return self.rule.items == "table" or self.recommendations[-1]["number"] is not None

    def _runs_on(self, number: str) -> bool:
        last = self.recommendations[-1]["number"] or ""
        return number.isdigit() and last.isdigit() and int(number) == int(last) + 1

    def _lengthen(self, text: str, item: Item) -> None:
        last = self.recommendations[-1]
        last["text"] = f"{last['text']} {escape(text)}"
        last["evidence"] = (*last["evidence"], *_item_places(item))

    def _recommend(
        self, text: str, number: str | None, block: Block | Item | Row, responsible: str | None = None
    ) -> None:
        if any(matches(cue, text) for cue in self.rules.none_said):
            self._add(TextParagraph(number=number, text=escape(text), evidence=evidences_of(block, number)))
            return
        references: list[str] = []
        for cue in self.rules.references:
            while found := re.search(rf"\s*(?:{cue})\s*(?=[.]?$)", text, re.IGNORECASE):
                references.insert(0, found["value"].strip())
                text = (text[: found.start()] + text[found.end() :]).strip()
        rid = f"R{len(self.recommendations) + 1}"
        theme_title = self.sections[-1].title if self.theme is not None else None
        heading = " / ".join(part for part in (theme_title, self.heading) if part) or None
        timescale = self.band or (self.theme.timescale if self.theme else None)
        self.recommendations.append(
            {
                "id": rid,
                "number": number,
                "text": escape(text),
                "kind": (self.theme.kind if self.theme and self.theme.kind else None) or self.rule.kind,
                "heading": heading,
                "timescale": timescale,
                "addressee": self.rule.addressee or self.addressee or self.rules.default_addressee,
                "responsible": responsible,
                "references": tuple(references),
                "evidence": _item_places(block, number) if isinstance(block, Item) else evidences_of(block, number),
            }
        )
        self._place(rid)

    def _place(self, rid: str) -> None:
        """Put a recommendation where it is printed; a heading stands over the first of those under it."""
        entries = self._entries()
        last = next((e for e in reversed(entries) if isinstance(e, RecommendationsHere)), None)
        before = next((r for r in self.recommendations if last and r["id"] == last.recommendations[-1]), None)
        goes_on = before is not None and before["heading"] == self.recommendations[-1]["heading"]
        if goes_on and entries[-1] is last and last is not None:
            entries[-1] = last.model_copy(update={"recommendations": (*last.recommendations, rid)})
        else:
            entries.append(RecommendationsHere(recommendations=(rid,), heading=None if goes_on else self.heading))

    # -- tables --------------------------------------------------------------------------------------------------

    def _table(self, block: Table) -> None:
        if self.rule is not None and self.rule.items == "table":
            self._recommended_rows(block)
            return
        rows = [[plain(cell.inlines) for cell in row.cells] for row in (*block.head, *block.rows)]
        header = tuple(rows.pop(0)) if rows and self._is_header(rows[0]) else ()
        caption = plain(block.caption) or None
        if caption is None and rows and rows[0][0] and not any(rows[0][1:]):
            caption = rows.pop(0)[0]
        found = [self._judged(row) for row in rows]
        if header and len(rows) == 1 and found[0] and not caption and self.sections:
            self._chapter(rows[0][0], found[0], header, block)
            return
        if 2 * sum(f is not None for f in found) > len(rows):
            found = [f or self._nearly_judged(row, found) for f, row in zip(found, rows, strict=True)]
        areas = [f.area for f in found if f]
        for cell in (cell for row in rows for cell in row):
            if lead := next((m for cue in self.layout.lead_cells if (m := matches(cue, cell))), None):
                people = (*self.values.get("lead_inspectors", ()), Inspector(**lead.groupdict()))
                self.values["lead_inspectors"] = people
                self.evidence.setdefault("lead_inspectors", []).append(evidence_of(block))
        for judged, source in zip(found, block.rows[-len(rows) :], strict=False):
            if judged:
                self.claims.append(replace(judged, evidence=evidence_of(source)))
        table = PrintedTable(caption=caption, header=header, rows=_rows(rows), evidence=evidences_of(block))
        if rows and len(areas) == len(rows):
            self._add((JudgementsHere(judgements=tuple(areas), caption=caption, header=header), table))
            return
        if self._scale_rows(rows):
            return
        self._add(TableParagraph(table=table))

    def _recommended_rows(self, block: Table) -> None:
        """Each row of a table of recommendations is one: what is to be done, and who is responsible if it says so."""
        for row in (*block.head, *block.rows):
            cells = [text for cell in row.cells if (text := plain(cell.inlines))]
            if not cells:
                continue
            if row in block.head or is_heading(self.rule.headings, cells[0]):
                self._furnish("label", " ".join(cells), block)
            else:
                self._recommend(cells[0], None, row, " ".join(cells[1:]) or None)

    def _chapter(self, label: str, judged: Claim, header: Sequence[str], block: Table) -> None:
        """A table of one judgement under its column heads opens the chapter on that area: its label is the heading."""
        level = self.base_level + 1 if self.contents else 1
        self._furnish("label", " ".join(header), block)
        row = block.rows[-1] if block.rows and block.rows[-1].place else block
        self.claims.append(replace(judged, source="chapter", evidence=evidence_of(row)))
        self.rule = None
        self.base_level = min(level, self.sections[-1].level + 1, 3)
        self.sections.append(Draft(label, self.base_level, judged.area, evidences_of(block)))
        self.sections[-1].entries.append((GradeHere(judgement=judged.area), judged.printed, evidence_of(block)))

    def _is_header(self, row: Sequence[str]) -> bool:
        known = {folded(h).casefold() for h in self.layout.judgement_headers}
        return bool(row) and all(folded(cell).casefold() in known for cell in row if cell)

    def _judged(self, row: Sequence[str]) -> Claim | None:
        """The claim of a row that holds a label and a grade, however many empty cells beside."""
        cells = [cell for cell in row if cell]
        area = areas_by_label(self.framework, cells[0]) if len(cells) == 2 else None
        return self._claim_of(area, cells[0], cells[1]) if area else None

    def _claim_of(self, area: Area, label: str, printed: str) -> Claim | None:
        grade = grade_by_label(self.framework, area.key, printed)
        unjudged = area.scale is not None and is_heading(self.layout.not_judged, printed)
        if grade is None and not unjudged:
            return None
        return Claim(area.key, grade.key if grade else None, label, printed, "table", Evidence())

    def _nearly_judged(self, row: Sequence[str], found: Sequence[Claim | None]) -> Claim | None:
        """The claim of a row whose label is nearly that of an area which no other row of its table judges."""
        cells = [cell for cell in row if cell]
        if len(cells) != 2:
            return None
        taken = {claim.area for claim in found if claim}
        free = {name: area for name, area in self.framework.area_names.items() if area.key not in taken}
        near = get_close_matches(folded_label(cells[0]), free, n=2, cutoff=0.9)
        if len({free[name].key for name in near}) != 1:
            return None
        claim = self._claim_of(free[near[0]], cells[0], cells[1])
        if claim:
            self.misprinted[claim.area] = cells[0]
        return claim

    def _scale_rows(self, rows: Sequence[Sequence[str]]) -> bool:
        """A table whose first column holds grades only explains the scale."""
        if len(rows) < 2 or any(len(row) != 2 or not row[1] for row in rows) or self.scale:
            return False
        grades = [g for row in rows if (g := self.any_grade(row[0]))]
        if len(grades) != len(rows) or len(set(grades)) != len(rows):
            return False
        self.scale = [
            ScalePoint(grade=key, printed=row[0], meaning=escape(row[1])) for key, row in zip(grades, rows, strict=True)
        ]
        self._add(ScaleHere(scale=tuple(grades)))
        return True

    def any_grade(self, printed: str) -> str | None:
        for area in self.framework.areas:
            if grade := grade_by_label(self.framework, area.key, printed):
                return grade.key
        return None

    # -- collecting ----------------------------------------------------------------------------------------------

    def _entries(self) -> list[Any]:
        if not self.sections:
            self.sections.append(Draft(self.title or "Summary", 1, None, ()))
        return self.sections[-1].entries

    def _add(self, entry: Any) -> None:
        self._entries().append(entry)

    def _claim(self, area: Area, grade: str, label: str, printed: str, source: str, block: Any) -> None:
        self.claims.append(Claim(area.key, grade, label, printed, source, evidence_of(block)))

    def _is_imprint(self, text: str) -> bool:
        return any(matches(cue, text) for cue in (*self.layout.imprint, *self.layout.reuse))

    def _imprint(self, text: str, block: Block) -> None:
        if any(matches(cue, text) for cue in self.layout.reuse):
            self.reuse.append(text)
        self._furnish("imprint", text, block)

    def _furnish(self, kind: Any, text: str, block: Block) -> None:
        if text:
            self.furniture.append(Furniture(kind=kind, text=text, evidence=evidences_of(block)))

    def notice(
        self, code: str, message: str, field: str | None = None, place: Evidence | None = None, level: Any = "warning"
    ) -> None:
        where = Where(page=place.page, line=place.line, paragraph=place.paragraph) if place else None
        self.notices.append(Notice(code=code, level=level, field=field, message=message, where=where))


def _role(block: Block) -> str | None:
    return block.role if isinstance(block, Paragraph) else None


def evidence_of(block: Any, paragraph: str | None = None) -> Evidence:
    """Where a block begins."""
    return evidences_of(block, paragraph)[0]


def evidences_of(block: Any, paragraph: str | None = None) -> tuple[Evidence, ...]:
    """Where a block stands: one place a page."""
    place: Place | None = getattr(block, "place", None)
    if place is None:
        return (Evidence(paragraph=paragraph),)
    out: list[Evidence] = []
    while place is not None:
        out.append(Evidence(page=place.page, line=place.line, paragraph=paragraph, start=place.start, end=place.end))
        place = place.then
    return tuple(out)


def _item_text(item: Item) -> str:
    """The text of an item with the items under it run in: sub-items belong to their parent."""
    parts: list[str] = []
    for block in item.blocks:
        if isinstance(block, ListBlock):
            parts.extend(_item_text(under) for under in block.items)
        else:
            parts.append(block_text(block))
    return " ".join(parts)


def _item_places(item: Item, paragraph: str | None = None) -> tuple[Evidence, ...]:
    """Where an item stands with the items under it."""
    under = [i for b in item.blocks if isinstance(b, ListBlock) for i in b.items]
    return (*evidences_of(item, paragraph), *(place for i in under for place in _item_places(i, paragraph)))


def _list_item(item: Item) -> ListItem:
    text = " ".join(block_text(b) for b in item.blocks if not isinstance(b, ListBlock))
    under = tuple(_list_item(i) for b in item.blocks if isinstance(b, ListBlock) for i in b.items)
    return ListItem(text=escape(text), number=item.number, items=under, evidence=evidences_of(item))


def _rows(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(escape(cell) for cell in row) for row in rows)
