"""The words that a source prints at a place: taken from the file again, never from what was made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.document import Block, Contents, Item, ListBlock, Place, Table, plain, texts, walk
from reportgen.readers import read
from reportgen.readers.text import clean

#: Gives the words at a place; None where the place names none.
Words = Callable[[Place], str | None]


def words_of(data: bytes, media_type: str) -> Words:
    """Give the words at places of a file that ``readers.read`` has read as of this media type.

    Spans are followed where the file has them: characters of a page (PDF) or of the whole text. A format that is told
    by lines alone gives the text of the blocks that begin at the place.
    """
    if media_type == "application/pdf":
        from reportgen.readers.pdf import pages

        return _spans(dict(pages.texts(data)))
    blocks = _blocks(read(data, "report").blocks)
    if media_type == "text/plain":
        spans = _spans({}, clean(data.decode("utf-8-sig")))
        return lambda place: spans(place) if place.start is not None else blocks(place)
    return blocks


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a source that has no pages to show: its page (None without) and number from 1, its text.

    ``start`` counts the characters of the source before it; None where its places name lines only.
    """

    page: int | None
    number: int | None
    start: int | None
    text: str


def lines_of(data: bytes, media_type: str) -> tuple[Line, ...]:
    """Give the lines of a text, or of any other format but PDF the blocks that begin on each line, in order."""
    found = read(data, "report")
    if media_type == "text/plain":
        out: list[Line] = []
        page = 1 if found.pages else None
        start = 0
        for number, raw in enumerate(clean(data.decode("utf-8-sig")).split("\n"), 1):
            feeds = raw.count("\f")
            page = page + feeds if page is not None else None
            text = raw.replace("\f", "")
            out.append(Line(page, number, start + len(raw) - len(text), text))
            start += len(raw) + 1
        return tuple(out)
    held: dict[Place, list[str]] = _said(found.blocks)
    return tuple(Line(place.page, place.line, None, text) for place, said in held.items() for text in said)


def _spans(pages: Mapping[int, str], whole: str = "") -> Words:
    def words(place: Place) -> str | None:
        text = pages.get(place.page or 0, whole)
        return text[place.start : place.end] if place.start is not None and place.end is not None else None

    return words


def _blocks(blocks: Sequence[Block]) -> Words:
    held = _said(blocks)
    return lambda place: "\n".join(held.get(replace(place, then=None), ())) or None


def _said(blocks: Sequence[Block]) -> dict[Place, list[str]]:
    """What the blocks say, by the place where they begin, in order."""
    held: dict[Place, list[str]] = {}

    def keep(place: Place | None, *said: str) -> None:
        text = " ".join(filter(None, said))
        if place is not None and text:
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
    return held
