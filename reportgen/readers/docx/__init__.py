"""Word files -> blocks: what the file shows once all tracked changes in it are accepted.

Headings are told by style and outline level, in a file that has none by bold type; printed numbers are counted as Word
counts them; text boxes follow the paragraph that they hang on, footnotes the block with their mark; headers, footers
and the table of contents come out as paragraphs with the roles ``running-head`` and ``contents``. A Word file has no
pages until somebody lays it out: places are its paragraphs, counted from 1, and spans of its text with a paragraph a
line.

Our own files mark printed numbers with the character style ``ParagraphNumber``; where there is that style, nothing else
is a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from reportgen.document import (
    Block,
    Cell,
    Heading,
    Inline,
    Item,
    Note,
    Paragraph,
    Place,
    Row,
    Strong,
    Table,
    Terms,
    Text,
    plain,
)
from reportgen.errors import InputError
from reportgen.office import Package, Relation
from reportgen.readers.docx.gather import Caption, Entry, Flat, Gap, columns, gathered
from reportgen.readers.docx.names import ALTERNATE, CHOICE, FALLBACK, MATHS_TEXT, R_ID, on, value, w
from reportgen.readers.docx.numbering import Label, Numbering
from reportgen.readers.docx.runs import Run, folded, inlines_of, kept_tabs, split_at_tab, trimmed, unmarked, without
from reportgen.readers.docx.styles import Style, Styles, left_of
from reportgen.readers.marks import BULLET, NUMBER, terminated
from reportgen.readers.text import clean, heading_shape

#: Elements that only hold others, and those whose contents a reader of the accepted text does not see.
_HOLDERS = frozenset(map(w, ("ins", "moveTo", "smartTag", "customXml", "sdt", "sdtContent", "dir", "bdo", "fldSimple")))
_GONE = frozenset(
    map(w, ("del", "moveFrom", "rPr", "pPr", "sdtPr", "sdtEndPr", "customXmlPr", "tcPr", "trPr", "tblPr"))
)
_DRAWN = frozenset(map(w, ("drawing", "pict", "object")))
_CHARACTERS = {w("tab"): "\t", w("ptab"): "\t", w("br"): " ", w("cr"): " ", w("noBreakHyphen"): "-"}
#: What each level of a list is set further in, in twentieths of a point.
_INDENT = 340


def read(data: bytes) -> tuple[Block, ...]:
    """Give the blocks of a Word file in reading order.

    Raises:
        InputError: no Word file, a damaged or a locked one, or one made to do harm (RG201, RG107); no text (RG103).
    """
    reader = _Reader(Package(data))
    blocks = reader.document()
    if not any(not (isinstance(b, Paragraph) and b.role == "running-head") for b in blocks):
        raise InputError("RG103", "the Word file shows no text", hint="a scan needs text recognition (OCR) first")
    return blocks


class _Reader:
    def __init__(self, package: Package) -> None:
        self.package = package
        self.relations = package.relations(package.main)
        self.styles = Styles(package.part("styles"))
        self.numbering = Numbering(package.part("numbering"), self.styles.lists())
        self.notes = {kind: self._note_parts(kind) for kind in ("footnote", "endnote")}
        self.note_count = 0
        #: Our own file as it was written: its type is bold where somebody wants it so.
        self.untouched = package.application == "reportgen"
        self.numbers_marked = self.styles.has("ParagraphNumber")
        self.has_headings = False
        self.fields: list[list[str]] = []
        self.in_contents = 0
        self.in_cell = 0
        self.boxes: list[Any] = []
        self.found_notes: list[Note] = []
        self.line = 0
        self.offset = 0
        self.pending: list[Run] = []
        self.typed: list[int] = []

    # -- the whole

    def document(self) -> tuple[Block, ...]:
        root = self.package.xml(self.package.main)
        body = root.find(w("body")) if root is not None else None
        if body is None:
            raise InputError("RG201", "the Word file has no body", hint="open it in a word processor and save it again")
        self.has_headings = any(self._style(p).heading is not None for p in body.iter(w("p")))
        flat = list(self.blocks(body))
        flat.extend(self._running_heads(root))
        return tuple(columns(gathered(flat)))

    def _note_parts(self, kind: str) -> dict[str, Any]:
        root = self.package.part(f"{kind}s")
        found = root.iter(w(kind)) if root is not None else ()
        return {e.get(w("id")): e for e in found if e.get(w("type")) in (None, "normal")}

    def _running_heads(self, root: Any) -> Iterator[Block]:
        seen: set[str] = set()
        for name in ("headerReference", "footerReference"):
            for reference in root.iter(w(name)):
                relation = self.relations.get(reference.get(R_ID) or "")
                part = self.package.xml(relation.target) if relation is not None and not relation.external else None
                for element in part.iter(w("p")) if part is not None else ():
                    text = folded(plain(inlines_of(self._runs(element))))
                    if text and text not in seen:
                        seen.add(text)
                        yield Paragraph((Text(text),), role="running-head")

    # -- blocks

    def blocks(self, holder: Any) -> Iterator[Flat]:
        for element in holder:
            if element.tag == w("p"):
                yield from self.paragraph(element)
            elif element.tag == w("tbl"):
                yield from self.table(element)
                yield from self._after()
            elif element.tag == ALTERNATE:
                yield from self.blocks(_chosen(element))
            elif element.tag in _HOLDERS:
                contents = any(
                    "table of contents" in (g.get(w("val")) or "").lower() for g in element.iter(w("docPartGallery"))
                )
                self.in_contents += contents
                yield from self.blocks(element)
                self.in_contents -= contents

    def _after(self) -> Iterator[Flat]:
        """What hangs on the block just read: footnotes, then text boxes."""
        notes, self.found_notes = self.found_notes, []
        yield from notes
        boxes, self.boxes = self.boxes, []
        for box in boxes:
            yield from self.blocks(box)

    def _style(self, element: Any) -> Style:
        return self.styles[value(element.find(w("pPr")), "pStyle") or self.styles.default]

    def paragraph(self, element: Any) -> Iterator[Flat]:
        properties = element.find(w("pPr"))
        style = self._style(element)
        was_contents = self._contents_open()
        runs = [*self.pending, *self._runs(element)]
        self.pending = []
        if properties is not None and on(properties.find(w("rPr")), "del") is not None:
            # the end of this paragraph was deleted: it runs on into the next one
            self.pending = runs
            return
        label = self._label(properties, style)
        place = self._placed(runs)
        text = folded("".join(run.text for run in runs))
        if not text:
            yield Gap()
        elif was_contents or self._contents_open() or style.name.startswith("toc"):
            yield Paragraph((Text(text),), role="contents", place=place)
        else:
            yield self._block(runs, text, properties, style, label, place)
        yield from self._after()

    def _contents_open(self) -> bool:
        return self.in_contents > 0 or any(instruction.strip().startswith("TOC") for _, instruction in self.fields)

    def _placed(self, runs: Sequence[Run]) -> Place:
        size = len(folded("".join(run.text for run in runs)))
        self.line += 1
        place = Place(line=self.line, start=self.offset, end=self.offset + size)
        self.offset += size + 1
        return place

    def _block(
        self, runs: list[Run], text: str, properties: Any, style: Style, label: Label | None, place: Place
    ) -> Flat:
        level = self._heading(properties, style)
        if level is not None:
            before = [Run(f"{label.text} ")] if label is not None and label.number is not None else []
            return Heading(level, inlines_of([*before, *runs]), place=place)
        if style.name == "caption":
            return Caption(Paragraph(inlines_of(runs), place=place))
        if value(properties, "pStyle") == "Details" and "\t" in "".join(run.text for run in runs):
            term, rest = split_at_tab(runs)
            return Terms(((unmarked(inlines_of(term)), inlines_of(rest)),), place=place)
        if runs[0].kind == "mark" and len(runs) > 1 and folded("".join(r.text for r in runs[1:])):
            return Note(runs[0].text.strip(), inlines_of(runs[1:]), place=place)
        if label is not None:
            return self._labelled(runs, label, self._deeper(properties, style), place)
        if self.numbers_marked:
            return self._marked(runs, properties, style, place)
        return self._typed(runs, text, properties, style, place)

    def _heading(self, properties: Any, style: Style) -> int | None:
        """The level of a heading: 1 for the title, one more than Word's for the others; None for other text."""
        if style.name == "title":
            return 1
        outline = value(properties, "outlineLvl")
        if outline is not None:
            return min(int(outline) + 2, 6) if outline in "012345678" and outline else None
        return min(style.heading + 1, 6) if style.heading is not None else None

    # -- lists and numbers

    def _label(self, properties: Any, style: Style) -> Label | None:
        """What the paragraph's list prints in front of it; counts it."""
        own = properties.find(w("numPr")) if properties is not None else None
        list_id = value(own, "numId") if own is not None else None
        level = value(own, "ilvl") if own is not None else None
        at = int(level) if level is not None and level.isdigit() else None
        if list_id is None:
            list_id = style.list_id
            if list_id is not None and at is None:
                key = value(properties, "pStyle") or ""
                at = style.list_level if style.list_level is not None else self.numbering.level_of_style(list_id, key)
        return self.numbering.label(list_id, at or 0) if list_id not in (None, "0") else None

    def _deeper(self, properties: Any, style: Style) -> int:
        """By how many levels a paragraph is set further in than its style."""
        own = left_of(properties)
        if own is None or style.left is None or (properties is not None and properties.find(w("numPr")) is not None):
            return 0
        return max(0, round((own - style.left) / _INDENT))

    def _labelled(self, runs: list[Run], label: Label, deeper: int, place: Place) -> Flat:
        if label.number is not None and label.decimal and (label.level == 0 or label.legal):
            return Paragraph(inlines_of(runs), number=label.number, place=place)
        # a label of several words is text that somebody reads
        before = [Run(f"{label.text} ")] if label.number is None and re.search(r"\w{2}", label.text) else []
        item = Item((Paragraph(inlines_of([*before, *runs])),), number=label.number, place=place)
        return Entry(item, label.level + deeper)

    def _marked(self, runs: list[Run], properties: Any, style: Style, place: Place) -> Flat:
        """A paragraph of a file that marks its printed numbers."""
        if runs[0].kind != "number":
            return Paragraph(inlines_of(runs), place=place)
        number = runs[0].text.strip().removesuffix(".")
        _, rest = split_at_tab(runs)
        if value(properties, "pStyle") == "NumberedItem":
            item = Item((Paragraph(inlines_of(rest)),), number=number, place=place)
            return Entry(item, self._deeper(properties, style))
        return Paragraph(inlines_of(rest), number=number, place=place)

    def _typed(self, runs: list[Run], text: str, properties: Any, style: Style, place: Place) -> Flat:
        """A paragraph whose number or bullet, if any, somebody typed."""
        bare = text.lstrip()
        number = NUMBER.match(bare)
        tabbed = re.match(r"\s*(\d{1,3}(?:\.\d{1,2})*)\t", "".join(run.text for run in runs))
        bullet = BULLET.match(bare)
        listed = re.match(r"list bullet ?(\d?)", style.name)
        if tabbed and not number:
            return Paragraph(inlines_of(split_at_tab(runs)[1]), number=tabbed[1], place=place)
        if number:
            return Paragraph(inlines_of(without(runs, number.end())), number=number[1], place=place)
        if bullet:
            item = Item((Paragraph(inlines_of(without(runs, bullet.end()))),), place=place)
            return Entry(item, self._typed_depth(left_of(properties) or style.left or 0))
        if listed:
            return Entry(Item((Paragraph(inlines_of(runs)),), place=place), int(listed[1] or 1) - 1)
        self.typed = []
        told_by_look = not self.has_headings and not self.in_cell
        if told_by_look and self._stands_out(runs, style) and heading_shape(text) and not terminated(text):
            return Heading(0, (Text(text),), place=place)
        return Paragraph(kept_tabs(runs), place=place)

    def _typed_depth(self, left: int) -> int:
        while self.typed and self.typed[-1] > left + 60:
            self.typed.pop()
        if not self.typed or left > self.typed[-1] + 60:
            self.typed.append(left)
        return len(self.typed) - 1

    def _stands_out(self, runs: Sequence[Run], style: Style) -> bool:
        return style.bold or all(run.bold for run in runs if run.text.strip())

    # -- tables

    def table(self, element: Any) -> Iterator[Flat]:
        head: list[Row] = []
        rows: list[Row] = []
        grid = list(self._rows(element))
        if len(grid) == 1 and len(grid[0][1]) == 1:
            inside = list(self.blocks(grid[0][1][0][0]))
            if sum(not isinstance(block, Gap) for block in inside) != 1:
                # a box drawn round text
                yield from inside
            elif inlines := self._flattened(inside):
                yield Table((), (Row((Cell(inlines),), place=Place(line=self.line)),), place=Place(line=self.line))
            return
        first_column = self._first_column(element)
        for properties, cells in grid:
            begun, start = self.line + 1, self.offset
            heads = bool(on(properties, "tblHeader"))
            made = [Cell(())] * _count(properties, "gridBefore")
            for cell, span, continued in cells:
                self.in_cell += 1
                inlines = () if continued else self._flattened(self.blocks(cell))
                self.in_cell -= 1
                header = "col" if heads else "row" if first_column and not made else None
                made.append(Cell(inlines, header))  # type: ignore[arg-type]
                made.extend([Cell((), "col" if heads else None)] * (span - 1))
            made.extend([Cell(())] * _count(properties, "gridAfter"))
            place = Place(line=begun, start=start, end=max(start, self.offset - 1))
            (head if heads and not rows else rows).append(Row(tuple(made), place=place))
        shown = [row for row in (*head, *rows) if any(cell.inlines for cell in row.cells)]
        if not shown:
            return
        width = max(len(row.cells) for row in (*head, *rows))

        def filled(part: list[Row]) -> tuple[Row, ...]:
            return tuple(replace(r, cells=r.cells + (Cell(()),) * (width - len(r.cells))) for r in part)

        table = Table(filled(head), filled(rows), place=shown[0].place)
        yield table if self.untouched else _lighter(table)

    def _first_column(self, table: Any) -> bool:
        properties = table.find(w("tblPr"))
        look = properties.find(w("tblLook")) if properties is not None else None
        return look is not None and look.get(w("firstColumn")) in ("1", "true", "on")

    def _rows(self, holder: Any) -> Iterator[tuple[Any, list[tuple[Any, int, bool]]]]:
        """Rows as (properties, cells), a cell as (element, columns, whether it goes on from the row above)."""
        for element in holder:
            if element.tag == w("tr"):
                properties = element.find(w("trPr"))
                if properties is None or properties.find(w("del")) is None:
                    yield properties, list(self._cells(element))
            elif element.tag in _HOLDERS:
                yield from self._rows(element)

    def _cells(self, holder: Any) -> Iterator[tuple[Any, int, bool]]:
        for element in holder:
            if element.tag == w("tc"):
                properties = element.find(w("tcPr"))
                merged = properties.find(w("vMerge")) if properties is not None else None
                continued = merged is not None and merged.get(w("val")) != "restart"
                yield element, max(1, _count(properties, "gridSpan")), continued
            elif element.tag in _HOLDERS:
                yield from self._cells(element)

    def _flattened(self, blocks: Iterable[Flat]) -> tuple[Inline, ...]:
        """The text of a cell on one line; a table or a list in it becomes running text."""
        out: list[Inline] = []
        for block in blocks:
            out.append(Text(" "))
            match block:
                case Heading(inlines=inlines) | Caption(Paragraph(inlines=inlines)):
                    out.extend(inlines)
                case Paragraph(inlines=inlines, number=number):
                    out.extend([Text(f"{number}. ")] if number else [])
                    out.extend(inlines)
                case Entry(item):
                    out.extend([Text(f"{item.number}. ")] if item.number else [])
                    out.extend(i for b in item.blocks if isinstance(b, Paragraph) for i in b.inlines)
                case Table(head, rows):
                    for row in (*head, *rows):
                        for cell in row.cells:
                            out.extend([*cell.inlines, Text(" ")])
                case Terms(pairs):
                    out.extend(i for term, said in pairs for i in (*term, Text(": "), *said, Text(" ")))
                case Note():
                    self.found_notes.append(block)
        return trimmed(out)

    # -- runs

    def _runs(self, holder: Any, href: str | None = None) -> Iterator[Run]:
        for element in holder:
            tag = element.tag
            if tag == w("r"):
                yield from self._run(element, href)
            elif tag == w("hyperlink"):
                yield from self._runs(element, self._href(element))
            elif tag == ALTERNATE:
                yield from self._runs(_chosen(element), href)
            elif tag in _HOLDERS:
                yield from self._runs(element, href)
            elif tag not in _GONE and isinstance(tag, str):
                maths = "".join(t.text or "" for t in element.iter(MATHS_TEXT))
                if maths and self._shown():
                    yield Run(maths)

    def _href(self, element: Any) -> str | None:
        relation = self.relations.get(element.get(R_ID) or "", Relation("", "", external=False))
        anchor = element.get(w("anchor"))
        if relation.external and re.match(r"(?:https?://|mailto:)\S", relation.target):
            return relation.target + (f"#{anchor}" if anchor else "")
        return f"#{anchor}" if anchor and not relation.target else None

    def _shown(self) -> bool:
        return all(state == "result" for state, _ in self.fields)

    def _run(self, element: Any, href: str | None) -> Iterator[Run]:
        properties = element.find(w("rPr"))
        key = value(properties, "rStyle")
        style = self.styles[key]
        hidden, raised = on(properties, "vanish"), value(properties, "vertAlign") == "superscript"
        mark = _own_mark(element)
        text = ""
        for child in element:
            if child.tag == w("ruby"):
                # the small print over the characters is how they are said
                yield from self._runs([r for base in child.findall(w("rubyBase")) for r in base], href)
            elif child.tag in (w("footnoteReference"), w("endnoteReference")):
                self._note("footnote" if child.tag == w("footnoteReference") else "endnote", child.get(w("id")), mark)
            else:
                text += self._character_data(child)
        if not text or mark is not None or not self._shown() or (style.hidden if hidden is None else hidden):
            return
        text = clean(text)
        if key == "Tag":
            yield Run(text, kind="tag")
        elif key == "ParagraphNumber":
            yield Run(text, kind="number")
        elif raised and not re.fullmatch(r"\s*(?:st|nd|rd|th)?\s*", text):
            yield Run(text, kind="mark")
        else:
            bold, italic = on(properties, "b"), on(properties, "i")
            yield Run(text, style.bold if bold is None else bold, style.italic if italic is None else italic, href)

    def _character_data(self, child: Any) -> str:
        """The text that an element in a run stands for. Fields are entered and left, text boxes put by for later."""
        tag = child.tag
        if tag == w("t"):
            return child.text or ""
        if tag in _CHARACTERS:
            return _CHARACTERS[tag]
        if tag == w("sym"):
            return _symbol(child.get(w("char")))
        if tag == w("fldChar"):
            self._field(child.get(w("fldCharType")))
        elif tag == w("instrText") and self.fields:
            self.fields[-1][1] += child.text or ""
        elif tag == ALTERNATE:
            self.boxes.extend(_boxes(_chosen(child)))
        elif tag in _DRAWN:
            self.boxes.extend(_boxes(child))
        return ""

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self.fields.append(["instruction", ""])
        elif kind == "separate" and self.fields:
            self.fields[-1][0] = "result"
        elif kind == "end" and self.fields:
            self.fields.pop()

    def _note(self, kind: str, key: str | None, mark: str | None) -> None:
        """Take up a footnote at its mark; the mark itself is not part of the text."""
        element = self.notes[kind].pop(key or "", None)
        if element is None:
            return
        if mark is None:
            self.note_count += 1
        inlines = [i for p in element.iter(w("p")) for i in (Text(" "), *inlines_of(self._runs(p)))]
        self.found_notes.append(Note(mark or str(self.note_count), trimmed(inlines)))


def _lighter(table: Table) -> Table:
    """A table whose header cells are not bold merely because they are header cells.

    A word processor may write the look that a table's style gives to them onto the text itself.
    """
    for kind in ("col", "row"):
        shown = [c for row in (*table.head, *table.rows) for c in row.cells if c.header == kind and c.inlines]
        if len(shown) > 1 and all(len(c.inlines) == 1 and isinstance(c.inlines[0], Strong) for c in shown):
            table = replace(table, head=_unbold(table.head, kind), rows=_unbold(table.rows, kind))
    return table


def _unbold(rows: tuple[Row, ...], kind: str) -> tuple[Row, ...]:
    return tuple(
        replace(row, cells=tuple(Cell(unmarked(c.inlines), c.header) if c.header == kind else c for c in row.cells))
        for row in rows
    )


def _own_mark(run: Any) -> str | None:
    """The mark that somebody chose for the footnote in a run; None where Word counts, or where there is no note."""
    if not any(child.get(w("customMarkFollows")) in ("1", "true", "on") for child in run):
        return None
    return "".join(t.text or "" for t in run.iter(w("t"))).strip()


def _chosen(alternate: Any) -> Any:
    """The choice of several that is read: the first, unless only the fallback holds text."""
    choice, fallback = alternate.find(CHOICE), alternate.find(FALLBACK)
    if choice is not None and (fallback is None or any(True for _ in choice.iter(w("t")))):
        return choice
    return fallback if fallback is not None else ()


def _boxes(holder: Any) -> Iterator[Any]:
    """The text boxes in a drawing, not those inside another."""
    if holder is None or isinstance(holder, tuple):
        return
    for element in holder:
        if element.tag == w("txbxContent"):
            yield element
        elif element.tag == ALTERNATE:
            yield from _boxes(_chosen(element))
        else:
            yield from _boxes(element)


def _symbol(code: str | None) -> str:
    try:
        return chr(int(code or "", 16))
    except (ValueError, OverflowError):
        return ""


def _count(properties: Any, name: str) -> int:
    text = value(properties, name) or "0"
    # Word has at most 63 columns
    return min(int(text), 63) if text.isdigit() else 0
