"""Our own PDF -> blocks: its tags are those of the HTML that it was made of, so that little has to be told by its look.

What the end of a page cut has to be told, because PDFium gives the tags page by page: a table without a caption goes
on with the one before, an item without a bullet with the item before, a paragraph that hangs as numbered ones do with
the numbered one before, any other with one that does not end as a sentence does. Cells that hold nothing have no tag;
the others find their columns by where they stand. Terms are bold, values are not.

Emphasis, strong type and the addresses of links are not among the tags, so that they do not come back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reportgen.document import Block, Cell, Heading, Item, ListBlock, Note, Paragraph, Place, Row, Table, Terms, Text
from reportgen.readers.marks import terminated
from reportgen.readers.pdf.pages import Element, Page
from reportgen.readers.text import clean

CREATOR = "reportgen"
_HOLDERS = frozenset({"Document", "Part", "Sect", "Div", "Aside", "Art"})
_PRINTED = re.compile(r"\S{1,20}\.")


#: By how much more than others numbered paragraphs hang, in points.
_HANGING = 15.0


@dataclass(frozen=True, slots=True)
class _Entry:
    """An item of a list: whether a bullet or a number stands in front of it, whether it is bold, what is under it.

    ``text`` is None where a page begins with what is under an item of the page before.
    """

    text: str | None
    number: str | None = None
    marked: bool = False
    bold: bool = False
    under: tuple[_Entry, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class _Entries:
    """A list as tagged on one page."""

    items: tuple[_Entry, ...]


_Piece = Block | _Entries


def blocks_of(pages: Sequence[Page]) -> tuple[Block, ...]:
    """The blocks of a document of ours in order; what is painted outside the tags is a running head."""
    out: list[_Piece] = []
    heads: list[Block] = []
    margin = min((run.left for page in pages for run in page.runs if run.text.strip()), default=0.0)
    for page in pages:
        reader = _Tags(page)
        pieces = [piece for element in page.tags for piece in reader.pieces(element)]
        if out and pieces:
            hanging = reader.first_left() - margin > _HANGING
            joined = _joined(out[-1], pieces[0], hanging=hanging)
            if joined is not None:
                out[-1] = joined
                pieces = pieces[1:]
        out.extend(pieces)
        heads.extend(reader.running_heads())
    return (*(block for piece in out for block in _finished(piece)), *heads)


class _Tags:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.runs = {run.mark: [r for r in page.runs if r.mark == run.mark] for run in page.runs}
        self.taken: set[int | None] = set()

    def pieces(self, element: Element | int) -> Iterator[_Piece]:
        if isinstance(element, int):
            return
        kind = element.kind
        if kind in _HOLDERS:
            for child in element.children:
                yield from self.pieces(child)
        elif re.fullmatch(r"H[1-6]", kind):
            yield Heading(int(kind[1]), (Text(self.text(element)),), place=self.place(element))
        elif kind == "L":
            yield _Entries(self.entries(element))
        elif kind == "Table":
            yield self.table(element)
        elif kind == "NonStruct":
            for held in _leaves(element, ("P", "LI")):
                yield Paragraph((Text(self.text(held)),), role="contents", place=self.place(held))
        elif text := self.text(element):
            yield self.paragraph(element, text)

    def paragraph(self, element: Element, text: str) -> Block:
        place = self.place(element)
        front, rest = self.front(element)
        if front and rest and _PRINTED.fullmatch(front):
            return Paragraph((Text(rest),), number=front[:-1], place=place)
        if front and rest and len(front) <= 4:
            return Note(front, (Text(rest),), place=place)
        return Paragraph((Text(text),), place=place)

    def front(self, element: Element) -> tuple[str, str]:
        """What an element of its own in front of the text says, such as a number, and the text behind it."""
        first, *others = element.children or [0]
        if not isinstance(first, Element) or not others:
            return "", ""
        inner = first.children
        if len(inner) != 1 or not isinstance(inner[0], Element):
            return "", ""
        return self.text(first), self.text(*others)

    def entries(self, element: Element) -> tuple[_Entry, ...]:
        """The items of a list; a list among them belongs to the item before it."""
        out: list[_Entry] = []
        for child in element.children:
            if not isinstance(child, Element):
                continue
            if child.kind == "L":
                before = out.pop() if out else _Entry(None)
                out.append(replace(before, under=(*before.under, *self.entries(child))))
            else:
                out.append(self.entry(child))
        return tuple(out)

    def entry(self, element: Element) -> _Entry:
        labels = [c for c in element.children if isinstance(c, Element) and c.kind == "Lbl"]
        for label in labels:
            self.taken.update(_marks(label))
        bodies = [c for c in element.children if isinstance(c, Element) and c.kind != "Lbl"]
        parts = [part for c in bodies for part in c.children]
        lists = [part for part in parts if isinstance(part, Element) and part.kind == "L"]
        own = [part for part in parts if not (isinstance(part, Element) and part.kind == "L")]
        # where an item holds a list, its own text has a wrapper
        body = Element("LBody", [piece for part in own for piece in _unwrapped(part)])
        front, rest = self.front(body)
        number = front[:-1] if front and rest and _PRINTED.fullmatch(front) else None
        runs = [run for mark in _marks(body) for run in self.runs.get(mark, ()) if run.text.strip()]
        text = rest if number else self.text(body)
        marked, bold = bool(labels) or number is not None, all(run.bold for run in runs)
        under = tuple(entry for part in lists for entry in self.entries(part))
        return _Entry(text, number, marked, bold, under, place=self.place(body))

    def table(self, element: Element) -> Table:
        parts = [c for c in element.children if isinstance(c, Element)]
        caption = next((self.text(c) for c in parts if c.kind == "Caption"), "")
        head = [r for part in parts if part.kind == "THead" for r in _leaves(part, ("TR",))]
        rows = [r for part in parts if part.kind in ("TBody", "TR") for r in _leaves(part, ("TR",))]
        columns = self.columns(head, rows)
        return Table(
            tuple(self.row(r, "col", columns) for r in head),
            tuple(self.row(r, None, columns) for r in rows),
            (Text(caption),) if caption else (),
            place=self.place(element),
        )

    def row(self, element: Element, header: Literal["col"] | None, columns: Sequence[float]) -> Row:
        cells = [Cell((), header)] * len(columns)
        for index, child in enumerate(_cells(element)):
            at = index
            if len(_cells(element)) < len(columns):
                at = min(range(len(columns)), key=lambda n: abs(columns[n] - self.left(child)))
            kind = header or ("row" if child.kind == "TH" else None)
            text = self.text(child)
            cells[at] = Cell((Text(text),) if text else (), kind)
        return Row(tuple(cells), place=self.place(element))

    def columns(self, head: Sequence[Element], rows: Sequence[Element]) -> list[float]:
        """Where the columns of a table begin: as its longest row says, and without a head as any cell says."""
        lefts = [[self.left(c) for c in _cells(row)] for row in (*head, *rows)]
        columns = next((list(row) for row in lefts if len(row) == max(map(len, lefts))), [])
        if not head:
            for left in (left for row in lefts for left in row):
                if all(abs(left - column) > _HANGING for column in columns):
                    columns.append(left)
        return sorted(columns)

    def left(self, element: Element) -> float:
        """Where an element begins from the left, in points."""
        runs = [run for mark in _marks(element) for run in self.runs.get(mark, ()) if run.text.strip()]
        return min((run.left for run in runs), default=0.0)

    def first_left(self) -> float:
        """Where the first piece of the page begins from the left."""
        for element in self.page.tags:
            for first in _leaves(element, ("P", "L", "Table", "H1", "H2", "H3", "H4", "H5", "H6")):
                return self.left(first)
        return 0.0

    def text(self, *elements: Element | int) -> str:
        marks = [mark for element in elements for mark in _marks(element)]
        self.taken.update(marks)
        raw = "".join(run.text for mark in marks for run in self.runs.get(mark, ()))
        # a hyphen at the end of a line stands there as a character of its own
        return " ".join(clean(re.sub("\ufffe\\s*", "-", raw)).split())

    def place(self, element: Element) -> Place:
        runs = [run for mark in _marks(element) for run in self.runs.get(mark, ())]
        if not runs:
            return Place(page=self.page.number)
        return Place(page=self.page.number, start=min(r.start for r in runs), end=max(r.end for r in runs))

    def running_heads(self) -> Iterator[Block]:
        for mark, runs in self.runs.items():
            text = " ".join("".join(run.text for run in runs).split())
            if mark not in self.taken and text:
                yield Paragraph((Text(text),), role="running-head", place=Place(page=self.page.number))


def _unwrapped(part: Element | int) -> Sequence[Element | int]:
    return part.children if isinstance(part, Element) and part.kind == "NonStruct" else [part]


def _cells(row: Element) -> list[Element]:
    return [child for child in row.children if isinstance(child, Element)]


def _marks(element: Element | int) -> Iterator[int]:
    if isinstance(element, int):
        yield element
        return
    for child in element.children:
        yield from _marks(child)


def _leaves(element: Element, kinds: Iterable[str]) -> Iterator[Element]:
    """The elements of some kinds in or at an element, not those inside another of them."""
    if element.kind in kinds:
        yield element
        return
    for child in element.children:
        if isinstance(child, Element):
            yield from _leaves(child, kinds)


def _joined(before: _Piece, after: _Piece, *, hanging: bool) -> _Piece | None:
    """Two pieces on both sides of a page's end as one; None where they are two."""
    match before, after:
        case Table(), Table(caption=()):
            heads = [[[c.inlines for c in row.cells] for row in table.head] for table in (before, after)]
            width = max(len(row.cells) for table in (before, after) for row in (*table.head, *table.rows))
            rows = tuple(replace(r, cells=r.cells + (Cell(()),) * (width - len(r.cells))) for r in after.rows)
            if not after.head or heads[0] == heads[1]:
                return replace(before, rows=(*before.rows, *rows))
        case _Entries(items), _Entries(more):
            return _Entries(_run_on(items, more))
        case Paragraph(role=None), Paragraph(number=None, role=None):
            if hanging if before.number else not terminated(_text(before)):
                return replace(before, inlines=(Text(f"{_text(before)} {_text(after)}"),))
    return None


def _run_on(items: tuple[_Entry, ...], more: tuple[_Entry, ...]) -> tuple[_Entry, ...]:
    """Two parts of a list as one."""
    if not items or not more:
        return items + more
    last, first = items[-1], more[0]
    if first.text is None or (last.marked and not first.marked):
        text = f"{last.text or ''} {first.text or ''}".strip()
        whole = replace(last, text=text, under=_run_on(last.under, first.under))
        return (*items[:-1], whole, *more[1:])
    return items + more


def _text(block: Block) -> str:
    return "".join(i.text for i in getattr(block, "inlines", ()) if isinstance(i, Text))


def _finished(piece: _Piece) -> Iterator[Block]:
    """A list; one whose items have neither bullet nor number holds terms, in bold, each with its value behind it."""
    if not isinstance(piece, _Entries):
        yield piece
    elif any(entry.marked for entry in piece.items) or not any(entry.bold for entry in piece.items):
        if piece.items:
            yield _listed(piece.items)
    else:
        pairs: list[tuple[str, str]] = []
        for entry in piece.items:
            if entry.bold or not pairs:
                pairs.append((entry.text or "", ""))
            else:
                term, value = pairs[-1]
                pairs[-1] = (term, f"{value} {entry.text}".strip())
        made = tuple(((Text(term),), (Text(value),)) for term, value in pairs)
        yield Terms(made, place=piece.items[0].place)


def _listed(entries: tuple[_Entry, ...]) -> ListBlock:
    items = []
    for entry in entries:
        under = (_listed(entry.under),) if entry.under else ()
        items.append(Item((Paragraph((Text(entry.text or ""),)), *under), number=entry.number, place=entry.place))
    return ListBlock(tuple(items), place=entries[0].place)
