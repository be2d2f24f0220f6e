"""PDF -> blocks with page and span.

Nearly all published reports are tagged: ``tagged`` walks the structure tree of each page, joined to the painted text by
the ids of marked content. A page without tags, and what stands outside them, is read by where it stands (``untagged``).
Here the pages are put together: what is only furniture is told apart, what the page ends cut is joined, headings are
told by the contents list, by their tags or by their type, and flat pieces become blocks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.document import (
    Block,
    Cell,
    Heading,
    Item,
    ListBlock,
    Note,
    PageBreak,
    Paragraph,
    Place,
    Row,
    Table,
    Text,
    longer,
)
from reportgen.errors import InputError
from reportgen.readers.marks import LABEL, first_number, terminated
from reportgen.readers.pdf import ours, tagged, untagged
from reportgen.readers.pdf.bits import Bit
from reportgen.readers.pdf.pages import Page, opened, read_pages

#: What a contents list entry ends with: dots or space, and a page number.
_ENTRY = re.compile(r"^(.*?\S)[\s.…]*\s(\d{1,3})$")
_CONTENTS = ("contents", "table of contents")
_PAGE_NUMBER = re.compile(r"(?:page )?\d{1,4}(?: of \d{1,4})?", re.IGNORECASE)
#: The part of a page's height, from either edge, where running heads stand.
_MARGIN = 0.09


@dataclass(frozen=True, slots=True)
class Reading:
    """A PDF read: its blocks in order, its number of pages, the numbers of those read by place for want of good tags.

    ``second`` is the same document read by place alone, where it has tags: two readings that share nothing but the
    text, so that whoever understands them can hold one against the other.
    """

    blocks: tuple[Block, ...]
    pages: int
    by_place: tuple[int, ...] = ()
    second: tuple[Block, ...] | None = None


def read(data: bytes) -> Reading:
    """Read a PDF.

    Units: pages count from 1; spans are characters of the page's text as PDFium gives it.

    Raises:
        InputError: encrypted, damaged, too large (RG201, RG107), or without a text layer (RG201).
    """
    with opened(data) as document:
        all_pages = list(read_pages(document))
        creator = document.get_metadata_value("Creator")
    if not any(page.runs for page in all_pages):
        what = "pictures only, no text layer" if any(p.pictures for p in all_pages) else "no text"
        raise InputError("RG201", f"the PDF holds {what}", hint="run it through text recognition (OCR) first")
    if creator == ours.CREATOR and all(page.tags for page in all_pages):
        return Reading(ours.blocks_of(all_pages), len(all_pages))
    found = [_bits(page) for page in all_pages]
    laid = [bits if bits is not None else untagged.bits_of(page) for page, bits in zip(all_pages, found, strict=True)]
    by_place = [page.number for page, bits in zip(all_pages, found, strict=True) if bits is None and page.runs]
    second = None
    if len(by_place) < len([page for page in all_pages if page.runs]):
        second = _assembled(all_pages, [untagged.bits_of(page) for page in all_pages])
    return Reading(_assembled(all_pages, laid), len(all_pages), tuple(by_place), second)


def _assembled(all_pages: Sequence[Page], laid: list[list[Bit]]) -> tuple[Block, ...]:
    """The blocks that the pieces of all pages make up."""
    _mark_furniture(all_pages, laid)
    bits = [bit for page in laid for bit in page]
    _mark_contents(bits)
    return tuple(_blocks(_join(bits)))


def _bits(page: Page) -> list[Bit] | None:
    """The pieces of a tagged page, with what is painted outside its tags; None where its tags cannot be used."""
    bits = tagged.bits_of(page) if page.tags else None
    if bits is None:
        return None
    inside = tagged.marks_of(page.tags)
    outside = [r for r in page.runs if r.mark not in inside and r.text.strip()]
    for stray in untagged.bits_of(page, outside):
        # where the eye meets it: before the first piece that begins lower down
        at = next((i for i, b in enumerate(bits) if b.top < stray.top and b.kind != "note"), len(bits))
        stray.tag = "Artifact"
        bits.insert(at, stray)
    return bits


# -- furniture -------------------------------------------------------------------------------------------------------


def _mark_furniture(all_pages: Sequence[Page], laid: Sequence[list[Bit]]) -> None:
    """Page numbers and running heads: lines at an edge of the page, outside the tags or on many pages alike."""
    often: Counter[tuple[str, bool]] = Counter()
    edges: list[tuple[Page, Bit]] = []
    for page, bits in zip(all_pages, laid, strict=True):
        for bit in bits:
            if (bit.kind in ("text", "item") and bit.lines <= 3 and _at_edge(page, bit)) or (
                bit.tag == "Artifact" and bit.kind != "table"
            ):
                edges.append((page, bit))
                often[_shape(bit), _at_top(page, bit)] += 1
    for page, bit in edges:
        shared = often[_shape(bit), _at_top(page, bit)]
        whole = f"{bit.number}. {bit.text}" if bit.number else bit.text
        if _PAGE_NUMBER.fullmatch(bit.text) and (bit.tag == "Artifact" or shared >= max(2, 0.3 * len(all_pages))):
            bit.kind = "page-number"
        elif (bit.tag == "Artifact" and (_at_edge(page, bit) or shared > 1)) or shared >= max(3, 0.5 * len(all_pages)):
            bit.kind, bit.text, bit.number = "running-head", whole, None


def _at_edge(page: Page, bit: Bit) -> bool:
    return bit.top > page.height * (1 - _MARGIN) or bit.top < page.height * _MARGIN


def _at_top(page: Page, bit: Bit) -> bool:
    return bit.top > page.height / 2


def _shape(bit: Bit) -> str:
    return re.sub(r"\d+", "#", bit.text.casefold())


# -- contents --------------------------------------------------------------------------------------------------------


def _mark_contents(bits: Sequence[Bit]) -> None:
    """A contents list that is not tagged as one: its heading, and the lines with rising page numbers under it."""
    for index, bit in enumerate(bits):
        if bit.kind == "contents" or _folded(bit.text) not in _CONTENTS:
            continue
        entries: list[Bit] = []
        last = 0
        rest = [b for b in bits[index + 1 :] if b.kind not in ("page-number", "running-head", "contents")]
        for entry, following in zip(rest, [*rest[1:], None], strict=True):
            if entry.kind not in ("text", "item"):
                break
            if found := _ENTRY.match(entry.text):
                if int(found[2]) < last:
                    break
                last = int(found[2])
            # an entry on two lines has its page number on the second
            elif following is None or not _ENTRY.match(following.text) or following.page != entry.page:
                break
            entries.append(entry)
        if entries or (index + 1 < len(bits) and bits[index + 1].kind == "contents"):
            for entry in (bit, *entries):
                if entry.number:
                    entry.text, entry.number = f"{entry.number}. {entry.text}", None
                entry.kind = "contents"


def _titles(bits: Sequence[Bit]) -> dict[str, int]:
    """The headings that a contents list names, folded, with their level from 2: by how far their entries are set in."""
    entries: list[tuple[float, str]] = []
    begun: Bit | None = None
    for bit in bits:
        if bit.kind != "contents" or _folded(bit.text) in _CONTENTS:
            continue
        whole = f"{begun.text} {bit.text}" if begun else bit.text
        if found := _ENTRY.match(whole):
            entries.append(((begun or bit).left, found[1]))
        begun = None if found else bit
    lefts: list[float] = []
    for left in sorted(left for left, _ in entries):
        if not lefts or left - lefts[-1] > 4:
            lefts.append(left)
    levels: dict[str, int] = {}
    for left, title in entries:
        level = 2 + max(i for i, known in enumerate(lefts) if left >= known - 0.1)
        levels.setdefault(_folded(title), level)
    return levels


def _folded(text: str) -> str:
    text = text.replace("’", "'").replace("‘", "'").replace("–", "-")
    return re.sub(r"\s+", " ", text).strip(" .:").casefold()


# -- what page ends cut ----------------------------------------------------------------------------------------------


def _join(bits: Sequence[Bit]) -> list[Bit]:
    """Join a piece with its other half on the next page."""
    out: list[Bit] = []
    open_at: int | None = None
    for bit in bits:
        if bit.kind in ("page-number", "running-head", "note", "contents"):
            out.append(bit)
            continue
        before = out[open_at] if open_at is not None else None
        if before is not None and (
            (before.page < bit.page and _other_half(before, bit)) or (before.page == bit.page and _broken(before, bit))
        ):
            _extend(before, bit)
            continue
        out.append(bit)
        open_at = len(out) - 1
    return out


def _other_half(before: Bit, bit: Bit) -> bool:
    """Whether a piece at the top of a page is the rest of the last one on the page before."""
    if before.kind == "table" and bit.kind == "table":
        return before.head == bit.head == 0 and len(before.rows[0]) == len(bit.rows[0])
    if before.kind == "table" or bit.kind == "table" or bit.number or bit.bullet:
        return False
    if abs(before.size - bit.size) > 0.6 or before.bold != bit.bold or LABEL.match(bit.text):
        return False
    if bit.text[:1].islower() or bit.continues:
        return before.number is not None or before.bullet or not terminated(before.text) or before.kind == "item"
    if terminated(before.text):
        # the same paragraph goes on with a new sentence: set in like it, under a line that was full
        return before.number is not None and abs(bit.left - before.last_left) < 3 and before.lines > 1
    return (before.number is not None or before.bullet or before.lines > 1) and not (before.bold and before.lines == 1)


_UNFINISHED = re.compile(r"(?:,|\b(?:and|or|of|the|a|to|for|with|in|by|from|their|that|which))$")


def _broken(before: Bit, bit: Bit) -> bool:
    """Whether two pieces of one page are one sentence that was typed as two paragraphs, or tagged as two."""
    if "table" in (before.kind, bit.kind) or bit.number or bit.bullet or terminated(before.text):
        return False
    if bit.kind == "item" and not bit.continues:
        return False
    alike = abs(before.size - bit.size) <= 0.6 and before.bold == bit.bold and not before.bold
    goes_on = bit.text[:1].islower() or _UNFINISHED.search(before.text) is not None
    return alike and goes_on and len(before.text) > 40 and not before.tag.startswith("H") and not LABEL.match(bit.text)


def _extend(before: Bit, bit: Bit) -> None:
    if before.kind == "table":
        before.rows.extend(bit.rows)
        before.row_places.extend(bit.row_places)
    else:
        glue = "" if before.text.endswith("-") and bit.text[:1].islower() else " "
        before.text = f"{before.text}{glue}{bit.text}"
    before.place = longer(before.place, bit.place)
    before.last_left, before.last_right, before.lines = bit.last_left, bit.last_right, before.lines + bit.lines


# -- headings and blocks ---------------------------------------------------------------------------------------------


def _blocks(bits: Sequence[Bit]) -> list[Block]:
    titles = _titles(bits)
    body = _body_size(bits)
    out: list[Block] = []
    items: list[Bit] = []
    waiting: list[Block] = []
    page = bits[0].page if bits else 1
    numbered = 0

    def close() -> None:
        if items:
            out.append(_nested(items))
            items.clear()
        out.extend(waiting)
        waiting.clear()

    def put(block: Block) -> None:
        # what a page's end brings does not end a list that goes on behind it
        (waiting if items else out).append(block)

    for bit in _merged_headings(bits, titles, body):
        if bit.page != page:
            page = bit.page
            put(PageBreak(Place(page)))
        if bit.kind in ("page-number", "running-head", "contents"):
            put(Paragraph((Text(bit.text),), role=bit.kind, place=bit.place))
        elif bit.kind == "note":
            put(Note(bit.mark, (Text(bit.text),), place=bit.place))
        elif bit.kind == "table":
            close()
            out.append(_table(bit))
        elif bit.bullet or (bit.kind == "item" and bit.number and items and first_number(bit.number) <= numbered):
            items.append(bit)
        elif bit.continues and items and bit.page == items[-1].page and not bit.number:
            items[-1].text = f"{items[-1].text} {bit.text}"
            items[-1].place = longer(items[-1].place, bit.place)
        else:
            close()
            level = _heading_level(bit, titles, body)
            if level is not None:
                out.append(Heading(level, (Text(_whole(bit)),), place=bit.place))
            else:
                if bit.number:
                    numbered = first_number(bit.number)
                out.append(Paragraph((Text(bit.text),), number=bit.number, place=bit.place))
    close()
    return out


def _whole(bit: Bit) -> str:
    return f"{bit.number}. {bit.text}" if bit.number else bit.text


def _body_size(bits: Sequence[Bit]) -> float:
    sizes: Counter[float] = Counter()
    for bit in bits:
        if bit.kind in ("text", "item"):
            sizes[round(bit.size, 1)] += len(bit.text)
    return max(sizes, key=lambda s: (sizes[s], s)) if sizes else 0.0


def _heading_level(bit: Bit, titles: dict[str, int], body: float) -> int | None:
    """The level of a heading, None for text; 0 where only its type tells that it is one."""
    if bit.kind not in ("text", "item") or bit.bullet:
        return None
    if (level := titles.get(_folded(_whole(bit)))) is not None and _looks_set_apart(bit, body, 1.0):
        return level
    if bit.number or not heading_shape(bit.text):
        return None
    if tag := re.fullmatch(r"H([1-6])", bit.tag):
        return int(tag[1])
    return 0 if bit.kind == "text" and _looks_set_apart(bit, body, 1.15) else None


def _looks_set_apart(bit: Bit, body: float, larger: float) -> bool:
    return bit.bold or bit.tag.startswith("H") or bit.size > larger * body


def heading_shape(text: str) -> bool:
    """Whether a piece could be a heading by its words: short, not the end of a sentence, no label with a value."""
    return (
        len(text) <= 200
        and not text.rstrip("”’\"')").endswith((".", ";", ","))
        and not (LABEL.match(text) and not text.endswith(":"))
        and re.search(r"[^\W\d_]{3}", text) is not None
    )


def _merged_headings(bits: Sequence[Bit], titles: dict[str, int], body: float) -> list[Bit]:
    """A heading set on two lines, each tagged on its own, is one heading."""
    out: list[Bit] = []
    for bit in bits:
        before = out[-1] if out else None
        if (
            before is not None
            and before.kind == bit.kind == "text"
            and before.page == bit.page
            and before.size == bit.size
            and before.bold == bit.bold
            and not bit.number
            and _heading_level(before, {}, body) is not None
            and heading_shape(bit.text)
            and _looks_set_apart(bit, body, 1.15)
            and (bit.text[:1].islower() or _folded(f"{_whole(before)} {bit.text}") in titles)
        ):
            _extend(before, bit)
        else:
            out.append(bit)
    return out


def _nested(items: Sequence[Bit]) -> ListBlock:
    """Items nested by how far they are set in: further than the one before is under it."""
    roots: list[list[Any]] = []
    stack: list[tuple[float, list[Any]]] = []
    for bit in items:
        node: list[Any] = [bit]
        while stack and bit.left <= stack[-1][0] + 6:
            stack.pop()
        (stack[-1][1] if stack else roots).append(node)
        stack.append((bit.left, node))

    def build(node: list[Any]) -> Item:
        bit, under = node[0], tuple(build(child) for child in node[1:])
        text: Block = Paragraph((Text(bit.text),))
        return Item((text, ListBlock(under)) if under else (text,), number=bit.number, place=bit.place)

    return ListBlock(tuple(build(root) for root in roots))


def _table(bit: Bit) -> Table:
    rows = tuple(
        Row(
            tuple(Cell((Text(cell),) if cell else (), "col" if i < bit.head else None) for cell in row),
            place=bit.row_places[i],
        )
        for i, row in enumerate(bit.rows)
    )
    return Table(rows[: bit.head], rows[bit.head :], place=bit.place)
