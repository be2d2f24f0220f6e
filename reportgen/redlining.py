"""Two documents -> one with every change marked: accept them all for the later text, reject them all for the earlier.

Both trees are laid out as a sequence of paragraphs and tables, without the table of contents and without the section
about the document. What stays is kept in the order of both; what moved is taken out in one place and put in at the
other. Inside what stays, changes are marked word by word, in tables row by row first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from reportgen.comparing.paragraphs import Unit, align
from reportgen.document import (
    Aside,
    Block,
    Cell,
    Change,
    Contents,
    Document,
    Emphasis,
    Figure,
    Heading,
    Inline,
    Item,
    Language,
    Link,
    ListBlock,
    Mark,
    Note,
    PageBreak,
    Paragraph,
    Row,
    Section,
    Strong,
    Table,
    Tag,
    Terms,
    Text,
    plain,
)
from reportgen.labels import load_labels
from reportgen.model import Comparison
from reportgen.wording import word_edits

#: Sections that say something about the document and not about what was inspected.
_LEFT_OUT = frozenset({"about"})

_Piece = Heading | Paragraph | Table


def redline(
    earlier: Document, later: Document, notes: Mapping[str, str] | None = None
) -> tuple[Document, dict[str, tuple[str, ...]]]:
    """Mark every change between two documents.

    Args:
        earlier: The earlier document.
        later: The later one; title, language and properties are taken from it.
        notes: What is to stand as a comment at a block: ``earlier:<id>`` and ``later:<id>`` -> text.

    Returns:
        The document with the changes, and the comments by the ids that its blocks have now.
    """
    notes = notes or {}
    ones, twos = list(_laid_out(earlier.blocks, "earlier")), list(_laid_out(later.blocks, "later"))
    blocks: list[Block] = []
    comments: dict[str, tuple[str, ...]] = {}

    def put(piece: _Piece, *ids: str | None) -> None:
        named = [name for name in ids if name is not None and name in notes]
        if named and isinstance(piece, Paragraph):
            name = named[0].replace(":", "-")
            comments[name] = tuple(notes[each] for each in named)
            piece = replace(piece, id=name)
        blocks.append(piece)

    for i, j in _merged([_unit(p) for p in ones], [_unit(p) for p in twos]):
        one, two = (None if i is None else ones[i]), (None if j is None else twos[j])
        found = _both(one, two) if one and two else _whole(one, "del") if one else _whole(two, "ins") if two else ()
        for piece in found:
            put(piece, getattr(two, "id", None), getattr(one, "id", None))
    return replace(later, blocks=tuple(_spaced(blocks)), draft=later.draft or earlier.draft), comments


def _spaced(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks with an empty paragraph wherever one that may go would stand right before a table that may stay.

    A paragraph goes by running into the next one, which a word processor cannot do where a table follows.
    """
    before: Change = None
    for block in blocks:
        mine = _change_of(block)
        if isinstance(block, Table) and before is not None and before != mine:
            yield Paragraph((), role="spacer")
        yield block
        before = mine


def _change_of(block: Block) -> Change:
    """The change of a whole block; None where a part of it stays."""
    if isinstance(block, Table):
        changes = {row.change for row in (*block.head, *block.rows)}
        return changes.pop() if len(changes) == 1 else None
    return block.change if isinstance(block, Heading | Paragraph) else None


def notes_of(comparison: Comparison, *, lang: str = "en-GB") -> dict[str, str]:
    """What a comment says of each recommendation of both sides: its state, its links, what else it may belong to."""
    labels = load_labels(lang)["comparison"]
    words = labels["recommendations"]
    changes = comparison.recommendations
    notes = {}
    for side, other, term in (("earlier", "later", words["leads"]), ("later", "earlier", words["follows"])):
        for r in getattr(changes, side):
            lines = [f"{labels[side]}, {r.id}: {words['states'][r.state]}"]
            for link in changes.links:
                if getattr(link, side) == r.id:
                    how = f"{words['relations'][link.relation]}, {words['confidences'][link.confidence]}"
                    lines.append(f"{term}: {getattr(link, other)} ({how}, {words['bases'][link.basis]})")
            candidates = ", ".join(c.id for c in r.candidates if c.why != "rejected")
            if r.state == "needs_review" and candidates:
                lines.append(f"{words['candidates' if side == 'earlier' else 'later_candidates']}: {candidates}")
            notes[f"{side}:{r.id}"] = "\n".join(lines)
    return notes


# -- laying out ------------------------------------------------------------------------------------------------------


def _laid_out(blocks: Iterable[Block], side: str, style: str | None = None) -> Iterator[_Piece]:
    """Blocks as a flat sequence. Ids other than those of items are dropped; those get the side in front."""
    for block in blocks:
        match block:
            case Section(blocks=inner, role=role):
                if role not in _LEFT_OUT:
                    yield from _laid_out(inner, side, style)
            case Aside(blocks=inner):
                yield from _laid_out(inner, side, "note-box")
            case Heading():
                yield replace(block, id=None, place=None)
            case Paragraph():
                yield replace(block, id=None, place=None, role=style or block.role)
            case ListBlock(items=items):
                yield from _items(items, side, 1)
            case Table():
                yield replace(block, place=None)
            case Terms(pairs=pairs):
                for term, value in pairs:
                    yield Paragraph((Strong(term), Text("\t"), *value), role="details-line")
            case Note(mark=mark, inlines=inlines):
                yield Paragraph((Mark(mark), Text("\t"), *inlines), role="note-text")
            case Figure():
                # a picture that changed cannot be marked word by word; what stands for it can
                yield from (Paragraph(inlines) for inlines in block.instead if inlines)
            case Contents() | PageBreak():
                pass


def _items(items: Iterable[Item], side: str, depth: int) -> Iterator[_Piece]:
    for item in items:
        first = True
        for inner in item.blocks:
            if isinstance(inner, ListBlock):
                yield from _items(inner.items, side, depth + 1)
            elif isinstance(inner, Paragraph):
                role = ("numbered-item" if item.number else f"item-{min(depth, 3)}") if first else None
                name = f"{side}:{item.id}" if first and item.id else None
                yield Paragraph(inner.inlines, number=item.number if first else None, role=role, id=name)
                first = False
            else:
                yield from _laid_out((inner,), side)


def _unit(piece: _Piece) -> Unit:
    """What pieces are laid beside each other by: only those that look alike may stay.

    The title, a detail of the cover and a table with a caption are what they are by their name, whatever they hold.
    """
    match piece:
        case Heading(level=1):
            return Unit("title", "title")  # type: ignore[arg-type]  # kinds of its own
        case Paragraph(inlines=(Strong(inlines=term), *_), role="details-line"):
            return Unit("details", plain(term))  # type: ignore[arg-type]
        case Heading(level=level, inlines=inlines):
            return Unit(f"heading {level}", plain(inlines))  # type: ignore[arg-type]  # kinds of its own
        case Paragraph(inlines=inlines, number=number, role=role):
            return Unit(f"paragraph {role} {number is not None}", plain(inlines))  # type: ignore[arg-type]
        case Table():
            rows = (*piece.head, *piece.rows)
            kind = f"table {piece.role} {len(rows[0].cells) if rows else 0}"
            return Unit(kind, plain(piece.caption) or " ".join(map(_row_text, rows)))  # type: ignore[arg-type]


def _row_text(row: Row) -> str:
    return " | ".join(plain(cell.inlines) for cell in row.cells)


def _merged(ones: Sequence[Unit], twos: Sequence[Unit]) -> Iterator[tuple[int | None, int | None]]:
    """Indexes of both in one order that keeps the order of either; what moved stands in it twice."""
    places = {id(unit): i for i, unit in enumerate(ones)}, {id(unit): j for j, unit in enumerate(twos)}
    kept = [
        (places[0][id(pair.earlier)], places[1][id(pair.later)])
        for pair in align(ones, twos)
        if pair.earlier is not None and pair.later is not None and not pair.moved
    ]
    at = (0, 0)
    for i, j in [*kept, (len(ones), len(twos))]:
        yield from ((gone, None) for gone in range(at[0], i))
        yield from ((None, new) for new in range(at[1], j))
        if i < len(ones):
            yield i, j
        at = i + 1, j + 1


# -- changes ---------------------------------------------------------------------------------------------------------


def _whole(piece: _Piece, change: Change) -> Iterator[_Piece]:
    """A piece that only one side has; a table with its caption as a paragraph before it."""
    if not isinstance(piece, Table):
        yield replace(piece, change=change)
        return
    if piece.caption:
        yield Paragraph(piece.caption, role="caption", change=change)
    head, rows = (tuple(replace(row, change=change) for row in part) for part in (piece.head, piece.rows))
    yield replace(piece, head=head, rows=rows, caption=())


def _both(one: _Piece, two: _Piece) -> Iterator[_Piece]:
    """A piece that both sides have, with what changed in it."""
    if isinstance(one, Table):
        assert isinstance(two, Table)
        if one.caption and two.caption:
            yield Paragraph(_edited(one.caption, two.caption), role="caption")
        elif one.caption or two.caption:
            yield Paragraph(one.caption or two.caption, role="caption", change="del" if one.caption else "ins")
        yield replace(two, head=tuple(_rows(one.head, two.head)), rows=tuple(_rows(one.rows, two.rows)), caption=())
        return
    assert not isinstance(two, Table)
    inlines = _edited(one.inlines, two.inlines)
    if isinstance(two, Heading):
        yield replace(two, inlines=inlines)
        return
    assert isinstance(one, Paragraph)
    yield replace(two, inlines=inlines, earlier_number=one.number if one.number != two.number else None)


def _rows(ones: Sequence[Row], twos: Sequence[Row]) -> Iterator[Row]:
    units = [[Unit(f"row {len(r.cells)}", _row_text(r)) for r in rows] for rows in (ones, twos)]  # type: ignore[arg-type]
    for i, j in _merged(*units):
        if j is None:
            assert i is not None
            yield replace(ones[i], change="del")
        elif i is None:
            yield replace(twos[j], change="ins")
        else:
            cells = zip(ones[i].cells, twos[j].cells, strict=True)
            yield replace(twos[j], cells=tuple(Cell(_edited(a.inlines, b.inlines), b.header) for a, b in cells))


# -- words -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Letter:
    """A stretch of text in one look: what it stands in, outermost first."""

    text: str
    look: tuple[Inline, ...]


def _edited(one: tuple[Inline, ...], two: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """The later inlines with what was taken out and put in marked, word by word, each in its own look."""
    if one == two:
        return two
    sides = list(_flat(one, ())), list(_flat(two, ()))
    texts = ["".join(letter.text for letter in side) for side in sides]
    places = [0, 0]
    made: list[tuple[_Letter, Change]] = []
    for run in word_edits(texts[0], texts[1]):
        change: Change = None if run.op == "equal" else run.op
        own = 0 if run.op == "del" else 1
        made += ((letter, change) for letter in _slice(sides[own], places[own], len(run.text)))
        for n in (0, 1) if run.op == "equal" else (own,):
            places[n] += len(run.text)
    return tuple(_built(made, 0))


def _flat(inlines: Iterable[Inline], look: tuple[Inline, ...]) -> Iterator[_Letter]:
    for inline in inlines:
        match inline:
            case Text(text=text) | Mark(text=text) | Tag(text=text):
                yield _Letter(text, (*look, replace(inline, text="")))
            case Strong(inlines=inner) | Emphasis(inlines=inner) | Link(inlines=inner) | Language(inlines=inner):
                yield from _flat(inner, (*look, replace(inline, inlines=())))


def _slice(letters: Sequence[_Letter], start: int, length: int) -> Iterator[_Letter]:
    at = 0
    for letter in letters:
        first, last = max(start - at, 0), min(start + length - at, len(letter.text))
        if first < last:
            yield _Letter(letter.text[first:last], letter.look)
        at += len(letter.text)


def _built(made: Sequence[tuple[_Letter, Change]], depth: int) -> Iterator[Inline]:
    """Inlines again, from stretches of text with their look and change."""
    for outer, group in groupby(made, key=lambda entry: (len(entry[0].look) > depth + 1, entry[0].look[depth])):
        nested, look = outer
        some = list(group)
        if nested:
            assert isinstance(look, Strong | Emphasis | Link | Language)
            yield replace(look, inlines=tuple(_built(some, depth + 1)))
            continue
        assert isinstance(look, Text | Mark | Tag)
        for change, same in groupby(some, key=lambda entry: entry[1]):
            yield replace(look, text="".join(letter.text for letter, _ in same), change=change)
