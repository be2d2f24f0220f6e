"""A tagged page -> its pieces: the structure tree says what is a heading, an item, a cell, a note.

Tags are taken at their word where the page bears them out and no further: tables that only lay a page out are taken
apart, and what is tagged as a heading but reads as a paragraph is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from reportgen.readers.pdf.bits import Bit, bit_of, main_size
from reportgen.readers.pdf.pages import Element, Page, Run

_INLINE = {"Span", "Link", "Quote", "Em", "Strong", "Reference", "Annot", "Sub", "Code", "BibEntry", "Ruby", "Warichu"}
_HEADINGS = {"H", "H1", "H2", "H3", "H4", "H5", "H6"}
#: A single cell with more text than this is a stretch of text that a table was used to place.
_LONG_CELL = 250


def bits_of(page: Page) -> list[Bit] | None:
    """The pieces of a tagged page in the order of its tags; what is painted outside all tags is not among them.

    None where the tags share out the text wrongly: where pieces of running text lie within each other as painted.
    """
    bits = _Tags(page).read()
    spans = sorted((b.place.start or 0, b.place.end or 0) for b in bits if b.kind in ("text", "item"))
    return None if any(later[0] < earlier[1] for earlier, later in pairwise(spans)) else bits


def marks_of(elements: Iterable[Element | int]) -> set[int]:
    """The ids of all marked content that elements hold."""
    found: set[int] = set()
    for element in elements:
        if isinstance(element, int):
            found.add(element)
        else:
            found |= marks_of(element.children)
    return found


class _Tags:
    """One page while its tags are walked."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.runs: dict[int, list[Run]] = {}
        for run in page.runs:
            if run.mark is not None:
                self.runs.setdefault(run.mark, []).append(run)
        self.out: list[Bit] = []

    def read(self) -> list[Bit]:
        for element in self.page.tags:
            self._element(element)
        return self.out

    def _add(self, bit: Bit | None) -> None:
        if bit is not None:
            self.out.append(bit)

    def _element(self, element: Element) -> None:
        match element.kind:
            case "Table":
                self._table(element)
            case "L":
                self._list(element)
            case "LI":
                self._item(element)
            case "TOC":
                for child in _elements(element):
                    self._element(child)
            case "TOCI":
                self._contents(element)
            case "Note":
                self._notes(element)
            case _:
                self._flow(element)

    def _flow(self, element: Element) -> None:
        """Text with elements of its own between: every unbroken stretch of runs is one piece."""
        tag = element.kind if element.kind in _HEADINGS else "P"
        held: list[Run] = []
        after: list[Element] = []

        def flush() -> None:
            self._add(bit_of(held, self.page.number, tag=tag))
            held.clear()

        def take(children: Sequence[Element | int]) -> None:
            for child in children:
                if isinstance(child, int):
                    held.extend(self.runs.get(child, ()))
                elif child.kind == "Note":
                    # a note is tagged where its mark stands, in the middle of a sentence
                    after.append(child)
                elif child.kind in _INLINE:
                    take(child.children)
                else:
                    flush()
                    self._element(child)

        take(element.children)
        flush()
        for note in after:
            self._notes(note)

    def _inline(self, children: Sequence[Element | int], notes: list[Element]) -> list[Run]:
        """The runs of elements that hold one line of text, whatever they are tagged as."""
        out: list[Run] = []
        for child in children:
            if isinstance(child, int):
                out.extend(self.runs.get(child, ()))
            elif child.kind == "Note":
                notes.append(child)
            else:
                out.extend(self._inline(child.children, notes))
        return out

    # -- lists ---------------------------------------------------------------------------------------------------

    def _list(self, element: Element) -> None:
        for child in element.children:
            if isinstance(child, int):
                self._add(bit_of(self.runs.get(child, ()), self.page.number, "item", "LI"))
            else:
                self._element(child)

    def _item(self, element: Element) -> None:
        """An item: its label, its text, and what is nested in it, each a piece of its own."""
        notes: list[Element] = []
        marker: list[Run] = []
        for child in _elements(element):
            if child.kind == "Lbl":
                marker.extend(self._inline(child.children, notes))
        held: list[Run] = []
        first = True

        def flush() -> None:
            nonlocal first
            if not any(r.text.strip() for r in held):
                return
            bit = bit_of([*marker, *held] if first else held, self.page.number, "item", "LI")
            if bit is not None:
                # a further paragraph of the same item, or the rest of one that began on the page before
                bit.continues = bit.number is None and not bit.bullet
                self.out.append(bit)
                first = False
            held.clear()

        def take(children: Sequence[Element | int]) -> None:
            for child in children:
                if isinstance(child, int):
                    held.extend(self.runs.get(child, ()))
                elif child.kind == "Lbl":
                    continue
                elif child.kind == "Note":
                    notes.append(child)
                elif child.kind in _INLINE:
                    take(child.children)
                elif child.kind in ("LBody", "P") or child.kind in _HEADINGS:
                    flush()
                    take(child.children)
                    flush()
                else:
                    flush()
                    self._element(child)

        take(element.children)
        flush()
        for note in notes:
            self._notes(note)

    # -- contents and notes --------------------------------------------------------------------------------------

    def _contents(self, element: Element) -> None:
        notes: list[Element] = []
        self._add(bit_of(self._inline(element.children, notes), self.page.number, "contents", "TOCI"))
        for note in notes:
            self._notes(note)

    def _notes(self, element: Element) -> None:
        """The footnotes that one element holds: each begins with a mark, what does not goes on with the one before."""
        pieces = [c for c in _elements(element) if c.kind not in _INLINE] or [element]
        for piece in pieces:
            runs = [r for r in self._inline(piece.children, []) if r.text.strip()]
            if not runs:
                continue
            first = re.match(r"\s*([\d*†‡]{1,3})(?=\D|$)", runs[0].text)
            mark = first[1] if first and (runs[0].size < main_size(runs) or piece is pieces[0] or len(runs) > 1) else ""
            bit = bit_of(runs, self.page.number, "note", "Note")
            if bit is None:
                continue
            if mark:
                bit.mark = mark
                bit.text = re.sub(rf"^{re.escape(mark)}\.?\s*", "", bit.text)
                self.out.append(bit)
            elif self.out and self.out[-1].kind == "note":
                self.out[-1].text = f"{self.out[-1].text} {bit.text}"
            else:
                bit.mark = "*"
                self.out.append(bit)

    # -- tables --------------------------------------------------------------------------------------------------

    def _table(self, element: Element) -> None:
        rows = [_Row(row, self) for row in _rows(element)]
        rows = [row for row in rows if any(row.cells)]
        notes = [note for row in rows for note in row.notes]
        if not rows:
            return
        if self._lays_out(rows):
            self._taken_apart(rows)
        else:
            self._add_table(rows)
        for note in notes:
            self._notes(note)

    def _lays_out(self, rows: Sequence[_Row]) -> bool:
        """Whether a table only places text on the page: rows of one cell that are more than a caption."""
        single = [row for row in rows if len(row.filled) == 1]
        if len(single) == len(rows):
            return True
        return len(single) > 1 or any(row.is_text for row in single)

    def _taken_apart(self, rows: Sequence[_Row]) -> None:
        together: list[_Row] = []
        for row in rows:
            if len(row.filled) > 1 and not row.is_text:
                together.append(row)
                continue
            self._add_table(together)
            together = []
            for cell in row.filled:
                self.out.extend(cell)
        self._add_table(together)

    def _add_table(self, rows: Sequence[_Row]) -> None:
        """Rows of cells as a table; a row that is a label with its value is a labelled line."""
        left: list[_Row] = []
        for row in rows:
            if len(row.filled) == 2 and row.texts[0].endswith(":") and not left and row.lines:
                self._add_label(row)
            else:
                left.append(row)
        if not left:
            return
        runs = [r for row in left for r in row.runs]
        bit = bit_of(runs, self.page.number, "table", "Table")
        if bit is None:
            return
        width = max(len(row.cells) for row in left)
        bit.rows = [[*row.all_texts, *[""] * (width - len(row.cells))] for row in left]
        bit.head = next((i for i, row in enumerate(left) if not row.header), len(left))
        if bit.head == len(left):
            bit.head = 0
        self.out.append(bit)

    def _add_label(self, row: _Row) -> None:
        bit = bit_of(row.runs, self.page.number)
        if bit is not None:
            bit.number, bit.bullet = None, False
            bit.text = f"{row.texts[0]} {row.texts[1]}"
            self.out.append(bit)


class _Row:
    """A row of a table: for each cell the pieces in it."""

    def __init__(self, row: Element, tags: _Tags) -> None:
        self.cells: list[list[Bit]] = []
        self.runs: list[Run] = []
        self.notes: list[Element] = []
        kinds: list[str] = []
        for cell in _elements(row):
            if cell.kind not in ("TH", "TD"):
                continue
            kinds.append(cell.kind)
            inner = _Tags(tags.page)
            inner._flow(cell)
            self.cells.append([b for b in inner.out if b.kind != "note"])
            self.runs.extend(tags._inline(cell.children, self.notes))
        self.header = bool(kinds) and all(kind == "TH" for kind in kinds)
        self.filled = [cell for cell in self.cells if cell]
        self.all_texts = [_cell_text(cell) for cell in self.cells]
        self.texts = [text for text in self.all_texts if text]
        # a line of the title page that is a label, its value and perhaps a second line of it
        self.lines = max((sum(b.lines for b in cell) for cell in self.filled), default=0) <= 3

    @property
    def is_text(self) -> bool:
        """Whether the row's one cell holds running text and no caption."""
        if len(self.filled) != 1:
            return False
        cell = self.filled[0]
        return (
            sum(1 for b in cell if b.kind != "table") > 2
            or any(b.kind == "table" or (b.kind == "item" and b.bullet) for b in cell)
            or sum(len(b.text) for b in cell) > _LONG_CELL
        )


def _cell_text(cell: Sequence[Bit]) -> str:
    parts: list[str] = []
    for bit in cell:
        if bit.kind == "table":
            parts.extend(" ".join(c for c in row if c) for row in bit.rows)
        else:
            led = f"{bit.number}. " if bit.number else "• " if bit.bullet else ""
            parts.append(led + bit.text)
    return re.sub(r"\s+", " ", " ".join(parts)).strip()


def _rows(table: Element) -> Iterable[Element]:
    for child in _elements(table):
        if child.kind == "TR":
            yield child
        elif child.kind in ("THead", "TBody", "TFoot"):
            yield from (row for row in _elements(child) if row.kind == "TR")
        elif child.kind == "Caption":
            yield Element("TR", [Element("TD", [child])])


def _elements(element: Element) -> list[Element]:
    return [c for c in element.children if isinstance(c, Element)]
