"""The block tree: what a report consists of, with no word of what it is about.

Readers make it out of files, templates out of data (through ``markup``), writers turn it into formats. It is plain
frozen data: blocks hold blocks or inlines, inlines hold text. ``place`` says where a reader found a block; everything
else is the same whoever made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

#: Word-level or block-level change against an earlier text: inserted, deleted, or none.
Change = Literal["ins", "del"] | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader found something: page and line from 1, span of characters of the text of the page or file.

    ``then`` is where the rest of it stands, when the end of a page cut it.
    """

    page: int | None = None
    line: int | None = None
    start: int | None = None
    end: int | None = None
    then: Place | None = None


def longer(first: Place, more: Place) -> Place:
    """One place with another that follows it, on the same page or on a later one."""
    if first.then is not None:
        return replace(first, then=longer(first.then, more))
    if first.page == more.page:
        return replace(first, end=more.end, then=more.then)
    return replace(first, then=more)


# -- inlines ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text."""

    text: str
    change: Change = None


@dataclass(frozen=True, slots=True)
class Strong:
    """Text of strong importance."""

    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Stressed text."""

    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link: ``href`` is an address, or ``#id`` of a block of the same document."""

    href: str
    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """Text in another language than what stands around it; ``lang`` is a tag of BCP 47, as ``cy`` or ``en-GB``."""

    lang: str
    inlines: tuple[Inline, ...]


def same_language(one: str, other: str) -> bool:
    """Whether two tags of BCP 47 name one language, in whatever region or spelling: ``en-GB`` and ``en``."""
    return one.partition("-")[0].lower() == other.partition("-")[0].lower()


@dataclass(frozen=True, slots=True)
class Mark:
    """A footnote mark, shown raised."""

    text: str
    change: Change = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A short label that stands out, such as a grade or a state: a word first, a look second.

    ``tone`` is one of the names of ``TONES``; what it looks like is the writer's business.
    """

    text: str
    tone: str
    change: Change = None


Inline = Text | Strong | Emphasis | Link | Language | Mark | Tag

#: The tones a ``Tag`` may have. ``level-2-of-4``: the second lowest of four grades; scales have at most nine.
TONES = (
    *("none", "note", "up", "down", "same", "open", "review"),
    *(f"level-{n}-of-{steps}" for steps in range(1, 10) for n in range(1, steps + 1)),
)


# -- blocks ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the document's title. ``id`` is unique in a finished document."""

    level: int
    inlines: tuple[Inline, ...]
    id: str | None = None
    change: Change = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. ``number`` is the printed paragraph number without its full stop.

    ``role`` says what it is for, in one word that style sheets and Word styles know. ``earlier_number``: the number
    that it had before, where a change of it is to be shown.
    """

    inlines: tuple[Inline, ...]
    number: str | None = None
    role: str | None = None
    id: str | None = None
    change: Change = None
    place: Place | None = None
    earlier_number: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list. ``number`` is the printed number, None for a bullet."""

    blocks: tuple[Block, ...]
    number: str | None = None
    id: str | None = None
    change: Change = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list of items."""

    items: tuple[Item, ...]
    role: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: ``header`` is ``col`` or ``row`` for a header cell."""

    inlines: tuple[Inline, ...]
    header: Literal["col", "row"] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    cells: tuple[Cell, ...]
    change: Change = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table: ``head`` are the rows that repeat on each page; every row has as many cells as the first."""

    head: tuple[Row, ...]
    rows: tuple[Row, ...]
    caption: tuple[Inline, ...] = ()
    role: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms with their values, such as the facts of a title page."""

    pairs: tuple[tuple[tuple[Inline, ...], tuple[Inline, ...]], ...]
    role: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """A note beside the text: a warning, a status, a key."""

    blocks: tuple[Block, ...]
    role: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """The table of contents; its entries follow from the headings, see :func:`outline`. ``depth``: deepest level."""

    title: tuple[Inline, ...]
    depth: int = 3
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document; named by its first heading. ``role`` says what it is for."""

    blocks: tuple[Block, ...]
    role: str | None = None
    id: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: the mark and what it says."""

    mark: str
    inlines: tuple[Inline, ...]
    id: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A piece of a drawing: an SVG element of the subset that ``markup`` knows, its attributes in canonical order."""

    tag: Literal["rect", "circle", "line", "path", "text"]
    attrs: tuple[tuple[str, str], ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with what stands for it where it cannot be seen: ``title`` names it, ``desc`` says what it shows.

    ``width`` and ``height`` are in units of which 640 go on the width of a text column.
    """

    title: str
    desc: str
    width: int
    height: int
    shapes: tuple[Shape, ...]
    caption: tuple[Inline, ...] = ()
    role: str | None = None
    place: Place | None = None

    @property
    def alternative(self) -> str:
        """What to read instead of the drawing."""
        return f"{self.title}. {self.desc}" if self.desc else self.title

    @property
    def instead(self) -> tuple[tuple[Inline, ...], tuple[Inline, ...]]:
        """Name and description, for formats without drawings; a caption that is the title over again counts once."""
        named = self.caption or (Text(self.title),)
        said = self.desc if plain(named) == self.title else self.alternative
        return named, (Text(said),) if said else ()


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The end of a page of a source that has pages (never part of an output)."""

    place: Place | None = None


Block = Heading | Paragraph | ListBlock | Table | Terms | Aside | Contents | Section | Note | Figure | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its blocks in reading order, its title and language, properties for the file (author, subject).

    ``fields``: short texts by name that a layout made elsewhere, such as a Word shell, can print anywhere.
    ``draft`` is the word that marks it as a draft on every page, as ``DRAFT``; empty for a final document.
    """

    blocks: tuple[Block, ...]
    title: str = ""
    lang: str = "en-GB"
    properties: tuple[tuple[str, str], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a template made of data: a whole HTML page, and the same content as a block tree.

    HTML and PDF are written from ``html``, every other format from ``document``. ``data`` is the data file itself, for
    formats that can carry it; None where there is none to carry. ``shell``: the Word file that the pack brings, None
    for the standard one; ``word_styles``: the names of its styles for roles.
    """

    html: str
    document: Document
    pack: str
    base: str | None = field(default=None, compare=False)
    data: bytes | None = field(default=None, compare=False, repr=False)
    shell: str | None = field(default=None, compare=False)
    word_styles: tuple[tuple[str, str], ...] = ()


# -- sheets ----------------------------------------------------------------------------------------------------------

#: What a cell of a sheet may hold; None leaves it empty.
SheetValue = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: every row has as many cells as there are columns."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[SheetValue, ...], ...]


# -- walking ---------------------------------------------------------------------------------------------------------


def plain(inlines: tuple[Inline, ...], *, side: Change = None) -> str:
    """The text of inlines without marks.

    ``side`` picks one side of a text with changes: ``ins`` gives the later text, ``del`` the earlier one, None both.
    """
    out: list[str] = []
    for inline in inlines:
        match inline:
            case Text(text, change):
                if side is None or change is None or change == side:
                    out.append(text)
            case Strong(inner) | Emphasis(inner) | Link(_, inner) | Language(_, inner):
                out.append(plain(inner, side=side))
            case Mark(text, change) | Tag(text, _, change):
                if side is None or change is None or change == side:
                    out.append(text)
    return "".join(out)


def children(block: Block | Item) -> tuple[Block | Item, ...]:
    """The blocks directly inside a block, in order."""
    match block:
        case Section(blocks=inner) | Aside(blocks=inner) | Item(blocks=inner):
            return inner
        case ListBlock(items=items):
            return items
    return ()


def walk(blocks: tuple[Block, ...]) -> Iterator[Block | Item]:
    """Every block and item, each before what it holds, in reading order."""
    for block in blocks:
        yield from _walk(block)


def _walk(block: Block | Item) -> Iterator[Block | Item]:
    yield block
    for child in children(block):
        yield from _walk(child)


def outline(blocks: tuple[Block, ...], depth: int = 3) -> list[Heading]:
    """The headings that a table of contents lists: levels 2 to ``depth``, in order."""
    return [b for b in walk(blocks) if isinstance(b, Heading) and 2 <= b.level <= depth]


def texts(block: Block | Item) -> Iterator[str]:
    """The pieces of text that a block itself shows, numbers and captions included; not those of blocks inside it."""
    match block:
        case Heading(inlines=inlines):
            yield plain(inlines)
        case Paragraph(inlines=inlines, number=number):
            if number:
                yield number
            yield plain(inlines)
        case Item(number=number):
            if number:
                yield number
        case Table(caption=caption):
            if caption:
                yield plain(caption)
            for row in (*block.head, *block.rows):
                yield from (plain(cell.inlines) for cell in row.cells)
        case Terms(pairs=pairs):
            for term, value in pairs:
                yield plain(term)
                yield plain(value)
        case Contents(title=title):
            yield plain(title)
        case Figure(caption=caption):
            yield block.alternative
            if caption:
                yield plain(caption)
        case Note(mark=mark, inlines=inlines):
            yield mark
            yield plain(inlines)


def plain_text(document: Document) -> str:
    """All text of a document in reading order, one piece a line."""
    return "\n".join(piece for block in walk(document.blocks) for piece in texts(block))
