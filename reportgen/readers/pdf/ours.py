"""Our own PDF -> blocks: its tags are those of the HTML that it was made of, so that nothing is told by its look.

PDFium gives the tags page by page. What the end of a page cut has an id, so that its pieces are put together first.
Cells that hold nothing have no tag on any page, but a place among the cells of their row.

Emphasis, strong type and the addresses of links are not among the tags, so that they do not come back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import Literal

from reportgen.document import (
    Block,
    Cell,
    Heading,
    Item,
    ListBlock,
    Note,
    Paragraph,
    Place,
    Row,
    Table,
    Terms,
    Text,
    longer,
)
from reportgen.readers.pdf.pages import Element, Page, Run
from reportgen.readers.text import clean

CREATOR = "reportgen"
_HOLDERS = frozenset({"Document", "Part", "Sect", "Div", "Art", "BlockQuote"})
_PRINTED = re.compile(r"\S{1,20}\.")
#: Ids of marked content count from 0 on each page; in a whole document the page comes in front of them.
_PAGE = 1_000_000


def blocks_of(pages: Sequence[Page]) -> tuple[Block, ...]:
    """The blocks of a document of ours in order, and the running heads of its pages behind them."""
    reader = _Tags(pages)
    whole = _merged(Element("Document"), [_numbered(element, page.number) for page in pages for element in page.tags])
    return (*reader.blocks(whole), *running_heads(pages))


def running_heads(pages: Sequence[Page]) -> Iterator[Block]:
    """What stands at the edges of the pages."""
    for page in pages:
        text = " ".join("".join(run.text for run in page.runs if run.furniture).split())
        if text:
            yield Paragraph((Text(text),), role="running-head", place=Place(page=page.number))


def _numbered(element: Element, page: int) -> Element:
    """An element with ids of marked content that hold for the whole document."""
    children = [page * _PAGE + c if isinstance(c, int) else _numbered(c, page) for c in element.children]
    return Element(element.kind, children, element.places, element.size, element.id, element.numbering)


def _merged(into: Element, pieces: Sequence[Element]) -> Element:
    """An element with the children of its pieces on all pages in it, those that are cut themselves put together."""
    known = {child.id: child for child in into.children if isinstance(child, Element) and child.id}
    for piece in pieces:
        if piece.kind == "Document":
            _merged_children(into, piece, known)
        else:
            _merged_children(into, Element("", [piece], [0]), known)
    return into


def _merged_children(into: Element, piece: Element, known: dict[str, Element]) -> None:
    into.size = max(into.size, piece.size)
    for place, child in zip(piece.places, piece.children, strict=True):
        before = known.get(child.id) if isinstance(child, Element) and child.id else None
        if before is not None and isinstance(child, Element):
            inner = {c.id: c for c in before.children if isinstance(c, Element) and c.id}
            _merged_children(before, child, inner)
            continue
        into.children.append(child)
        into.places.append(place)
        if isinstance(child, Element) and child.id:
            known[child.id] = child


class _Tags:
    def __init__(self, pages: Sequence[Page]) -> None:
        self.runs: dict[int, list[Run]] = {}
        for page in pages:
            for run in page.runs:
                if run.mark is not None:
                    self.runs.setdefault(page.number * _PAGE + run.mark, []).append(run)

    def blocks(self, element: Element | int) -> Iterator[Block]:
        if isinstance(element, int):
            return
        kind = element.kind
        if any(isinstance(child, Element) and child.kind == "TOC" for child in element.children):
            for held in _leaves(element, ("P", "TOCI")):
                yield Paragraph((Text(self.text(held)),), role="contents", place=self.place(held))
        elif kind in _HOLDERS:
            for child in element.children:
                yield from self.blocks(child)
        elif re.fullmatch(r"H[1-6]", kind):
            yield Heading(int(kind[1]), (Text(self.text(element)),), place=self.place(element))
        elif kind == "L":
            yield self.terms(element) if element.numbering == "None" else self.listed(element)
        elif kind == "Table":
            yield self.table(element)
        elif kind != "Figure" and (text := self.text(element)):
            yield self.paragraph(element, text)

    def paragraph(self, element: Element, text: str) -> Block:
        place = self.place(element)
        label, rest = _labelled(element)
        front, said = self.text(*label), self.text(*rest)
        if front and said and _PRINTED.fullmatch(front):
            return Paragraph((Text(said),), number=front[:-1], place=place)
        if front and said:
            return Note(front, (Text(said),), place=place)
        return Paragraph((Text(text),), place=place)

    def listed(self, element: Element) -> ListBlock:
        items = tuple(self.item(child) for child in element.children if isinstance(child, Element))
        return ListBlock(items, place=self.place(element))

    def item(self, element: Element) -> Item:
        label, bodies = _labelled(element)
        parts = [part for body in bodies for part in (body.children if isinstance(body, Element) else [body])]
        lists = [part for part in parts if isinstance(part, Element) and part.kind == "L"]
        own = [part for part in parts if part not in lists]
        front = self.text(*label)
        number = front[:-1] if _PRINTED.fullmatch(front) else None
        under = tuple(self.listed(part) for part in lists)
        return Item((Paragraph((Text(self.text(*own)),)), *under), number=number, place=self.place(*own))

    def terms(self, element: Element) -> Terms:
        pairs: list[tuple[tuple[Text, ...], tuple[Text, ...]]] = []
        for item in element.children:
            if isinstance(item, Element):
                label, value = _labelled(item)
                pairs.append(((Text(self.text(*label)),), (Text(self.text(*value)),)))
        return Terms(tuple(pairs), place=self.place(element))

    def table(self, element: Element) -> Table:
        parts = [c for c in element.children if isinstance(c, Element)]
        caption = next((self.text(c) for c in parts if c.kind == "Caption"), "")
        head = [r for part in parts if part.kind == "THead" for r in _leaves(part, ("TR",))]
        rows = [r for part in parts if part.kind in ("TBody", "TR") for r in _leaves(part, ("TR",))]
        return Table(
            tuple(self.row(r, "col") for r in head),
            tuple(self.row(r, None) for r in rows),
            (Text(caption),) if caption else (),
            place=self.place(element),
        )

    def row(self, element: Element, header: Literal["col"] | None) -> Row:
        cells = [Cell((), header)] * element.size
        for place, child in zip(element.places, element.children, strict=True):
            if isinstance(child, Element):
                text = self.text(child)
                kind = header or ("row" if child.kind == "TH" else None)
                cells[place] = Cell((Text(text),) if text else (), kind)
        return Row(tuple(cells), place=self.place(element))

    def text(self, *elements: Element | int) -> str:
        """What elements say; where the end of a page cuts them it is as the end of a line."""
        out: list[str] = []
        page = 0
        for mark in (mark for element in elements for mark in _marks(element)):
            if mark // _PAGE != page and out:
                out.append("\n")
            page = mark // _PAGE
            out.extend(run.text for run in self.runs.get(mark, ()))
        # a hyphen at the end of a line stands there as a character of its own
        return " ".join(clean(re.sub("\ufffe\\s*", "-", "".join(out))).split())

    def place(self, *elements: Element | int) -> Place | None:
        """Where elements stand: on each page from the first of their words to the last."""
        pages: dict[int, list[Run]] = {}
        for mark in (mark for element in elements for mark in _marks(element)):
            pages.setdefault(mark // _PAGE, []).extend(self.runs.get(mark, ()))
        places = [
            Place(page=page, start=min(r.start for r in runs), end=max(r.end for r in runs))
            for page, runs in sorted(pages.items())
            if runs
        ]
        return reduce(longer, places) if places else None


def _labelled(element: Element) -> tuple[list[Element], list[Element | int]]:
    """What stands in front of an item or a paragraph, and the rest of it."""
    label = [c for c in element.children if isinstance(c, Element) and c.kind == "Lbl"]
    return label, [c for c in element.children if c not in label]


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
