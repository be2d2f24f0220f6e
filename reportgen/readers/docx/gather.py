"""A flat row of pieces -> blocks: items become lists, lines with tabs tables, captions part of their tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reportgen.document import Block, Cell, Item, ListBlock, Paragraph, Row, Table, Terms, Text, plain
from reportgen.readers.docx.runs import trimmed
from reportgen.readers.marks import LABEL


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of a list, until it is known which list."""

    item: Item
    depth: int


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty paragraph: a list that goes on behind it is another one."""


@dataclass(frozen=True, slots=True)
class Caption:
    """A paragraph that may belong to the table behind it."""

    paragraph: Paragraph


Flat = Block | Entry | Gap | Caption


def gathered(flat: Sequence[Flat]) -> list[Block]:
    """Items become lists, terms one after another one block, captions part of their tables."""
    out: list[Block] = []
    entries: list[Entry] = []
    caption: Paragraph | None = None

    def flush() -> None:
        if entries:
            out.append(_listed(entries))
            entries.clear()

    for piece in flat:
        if isinstance(piece, Entry):
            entries.append(piece)
            continue
        flush()
        if isinstance(piece, Gap):
            continue
        if caption is not None:
            if isinstance(piece, Table):
                piece = replace(piece, caption=caption.inlines)
            else:
                out.append(caption)
            caption = None
        if isinstance(piece, Caption):
            caption = piece.paragraph
        elif isinstance(piece, Terms) and out and isinstance(out[-1], Terms):
            before = out.pop()
            assert isinstance(before, Terms)
            out.append(replace(before, pairs=(*before.pairs, *piece.pairs)))
        else:
            out.append(piece)
    flush()
    if caption is not None:
        out.append(caption)
    return out


def _listed(entries: Sequence[Entry]) -> ListBlock:
    """A list out of items with depths; one that is deeper than those around it hangs on the item before it."""
    base = min(entry.depth for entry in entries)
    items: list[Item] = []
    at = 0
    while at < len(entries):
        end = at + 1
        while end < len(entries) and entries[end].depth > base:
            end += 1
        first = entries[at]
        if first.depth > base:
            # a list that begins deeper than it goes on
            items.extend(_listed(entries[at:end]).items)
        else:
            under = (_listed(entries[at + 1 : end]),) if end > at + 1 else ()
            items.append(replace(first.item, blocks=(*first.item.blocks, *under)))
        at = end
    return ListBlock(tuple(items), place=items[0].place)


def columns(blocks: Sequence[Block]) -> Iterator[Block]:
    """Lines of two columns with a tab between them become the rows of a table."""
    rows: list[Row] = []
    for block in blocks:
        if isinstance(block, Paragraph) and Text("\t") in block.inlines:
            at = block.inlines.index(Text("\t"))
            if not LABEL.match(plain(block.inlines)):
                rows.append(Row((Cell(block.inlines[:at]), Cell(block.inlines[at + 1 :])), place=block.place))
                continue
            block = replace(block, inlines=trimmed([*block.inlines[:at], Text(" "), *block.inlines[at + 1 :]]))
        if rows:
            yield Table((), tuple(rows), place=rows[0].place)
            rows = []
        yield block
    if rows:
        yield Table((), tuple(rows), place=rows[0].place)
