"""The words that a source prints at a place: taken from the file again, never from what was made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from reportgen.document import Block, Contents, Item, ListBlock, Place, Table, plain, texts, walk
from reportgen.readers import Read
from reportgen.readers.text import clean

#: Gives the words at a place; None where the place names none.
Words = Callable[[Place], str | None]


def words_of(data: bytes, read: Read) -> Words:
    """Give the words at places of a file that ``readers.read`` has read.

    Spans are followed where the file has them: characters of a page (PDF) or of the whole text. A format that is told
    by lines alone gives the text of the blocks that begin at the place.
    """
    if read.media_type == "application/pdf":
        from reportgen.readers.pdf import pages

        return _spans(dict(pages.texts(data)))
    if read.media_type == "text/plain":
        spans, lines = _spans({}, clean(data.decode("utf-8-sig"))), _blocks(read.blocks)
        return lambda place: spans(place) if place.start is not None else lines(place)
    return _blocks(read.blocks)


def _spans(pages: Mapping[int, str], whole: str = "") -> Words:
    def words(place: Place) -> str | None:
        text = pages.get(place.page or 0, whole)
        return text[place.start : place.end] if place.start is not None and place.end is not None else None

    return words


def _blocks(blocks: Sequence[Block]) -> Words:
    held: dict[Place, list[str]] = {}

    def keep(place: Place | None, *said: str) -> None:
        text = " ".join(filter(None, said))
        if place is not None:
            there = held.setdefault(replace(place, then=None), [])
            # an item and the paragraph in it begin at one place
            if not any(text in other for other in there):
                there.append(text)

    for block in walk(tuple(blocks)):
        match block:
            case Contents():
                continue
            case Item(blocks=inner, place=place):
                own = (under for under in inner if not isinstance(under, ListBlock))
                keep(place, *texts(block), *(piece for under in own for piece in texts(under)))
            case Table(head=head, rows=rows, place=place):
                keep(place, *texts(block))
                for row in (*head, *rows):
                    keep(row.place, *(plain(cell.inlines) for cell in row.cells))
            case _:
                keep(block.place, *texts(block))
    return lambda place: "\n".join(held.get(replace(place, then=None), ())) or None
