"""Markdown -> blocks with line: CommonMark with tables, by whomever, and the form that ``writers/markdown.py`` gives.

What that form says beyond CommonMark: ``12\\.`` at the beginning is the printed number of a paragraph or an item; a
paragraph that is bold with asterisks as a whole is a label, and the caption of a table that follows; a list with
asterisks whose items begin ``**term:**`` holds terms; a list of links into the page is the table of contents.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from reportgen.document import (
    Block,
    Cell,
    Emphasis,
    Heading,
    Inline,
    Item,
    Link,
    ListBlock,
    Mark,
    Note,
    Paragraph,
    Place,
    Row,
    Strong,
    Table,
    Tag,
    Terms,
    Text,
    plain,
)
from reportgen.errors import InputError
from reportgen.readers import html
from reportgen.readers.text import clean

_DEEPEST = 100
_NUMBER = re.compile(r"((?:[^\\\n]|\\[^.\n]){1,40}?)\\\.(?=\s|$)")
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,10})\]")


def looks_like(text: str) -> bool:
    """Whether a text is Markdown: it begins with a heading in number signs."""
    return re.match(r"\s*#{1,6} +\S", text) is not None


def read(text: str) -> tuple[Block, ...]:
    """Give the blocks of a text, in order.

    Raises:
        InputError: lists or quotes are nested deeper than can be read without loss (RG107).
    """
    # A definition of a link would be taken out of the text; a footnote may look like one.
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table").disable("reference")
    tokens = parser.parse(clean(text))
    if any(token.level >= _DEEPEST - 2 for token in tokens):
        message = f"lists or quotes are nested more than {_DEEPEST // 2} deep"
        raise InputError("RG107", message, hint="nest less")
    return tuple(_blocks(SyntaxTreeNode(tokens).children))


@dataclass(frozen=True, slots=True)
class _Label:
    """A paragraph that is bold as a whole: the title of what follows, or a grade on a line of its own."""

    inlines: tuple[Inline, ...]
    place: Place | None


def _settled(pieces: Sequence[Block | _Label]) -> Iterator[Block]:
    """The blocks with every label put where it belongs, and the list of links into the page told as contents."""
    label: _Label | None = None
    for piece in pieces:
        if _is_contents(piece):
            if label is not None:
                yield Paragraph((Text(plain(label.inlines)),), role="contents", place=label.place)
            for text in _linked(piece):
                yield Paragraph((Text(text),), role="contents", place=getattr(piece, "place", None))
            label = None
            continue
        if label is not None and isinstance(piece, Table):
            piece = replace(piece, caption=label.inlines)
        elif label is not None:
            yield Paragraph((Tag(plain(label.inlines), "none"),), place=label.place)
        label = piece if isinstance(piece, _Label) else None
        if not isinstance(piece, _Label):
            yield piece
    if label is not None:
        yield Paragraph((Tag(plain(label.inlines), "none"),), place=label.place)


def _is_contents(block: Block | _Label) -> bool:
    return isinstance(block, ListBlock) and bool(block.items) and all(map(_is_entry, block.items))


def _is_entry(item: Item) -> bool:
    first = item.blocks[0] if item.blocks else None
    return (
        isinstance(first, Paragraph)
        and len(first.inlines) == 1
        and isinstance(first.inlines[0], Link)
        and first.inlines[0].href.startswith("#")
        and all(_is_contents(block) for block in item.blocks[1:])
    )


def _linked(block: Block | Item | _Label) -> Iterator[str]:
    for inner in block.items if isinstance(block, ListBlock) else getattr(block, "blocks", ()):
        if isinstance(inner, Paragraph):
            yield plain(inner.inlines)
        else:
            yield from _linked(inner)


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> Iterator[Block]:
    yield from _settled([piece for node in nodes for piece in _block(node)])


def _place(node: SyntaxTreeNode) -> Place | None:
    return Place(line=node.map[0] + 1) if node.map else None


def _block(node: SyntaxTreeNode) -> Iterator[Block | _Label]:
    place = _place(node)
    match node.type:
        case "heading":
            inlines = _inlines(node.children[0])
            if inlines:
                yield Heading(int(node.tag[1]), inlines, place=place)
        case "paragraph":
            yield from _paragraph(node, place)
        case "bullet_list":
            yield _terms(node) or ListBlock(tuple(_item(child, None) for child in node.children), place=place)
        case "ordered_list":
            yield from _ordered(node, place)
        case "table":
            yield _table(node, place)
        case "blockquote":
            yield from _blocks(node.children)
        case "code_block" | "fence":
            for line in node.content.splitlines():
                if line.strip():
                    yield Paragraph((Text(" ".join(line.split())),), place=place)
        case "html_block":
            yield from html.fragment(node.content)


def _paragraph(node: SyntaxTreeNode, place: Place | None) -> Iterator[Block | _Label]:
    inline = node.children[0]
    inlines = _inlines(inline)
    if not inlines:
        return
    first = inlines[0]
    if len(inlines) == 1 and isinstance(first, Strong) and inline.content.startswith("**"):
        yield _Label(first.inlines, place)
        return
    if isinstance(first, Mark) and len(inlines) > 1:
        rest = _trimmed(inlines[1:])
        if isinstance(rest[0], Text) and rest[0].text.startswith(": "):
            rest = _trimmed([Text(rest[0].text[2:]), *rest[1:]])
        yield Note(first.text, rest, place=place)
        return
    number, inlines = _numbered(inline, inlines)
    yield Paragraph(inlines, number=number, place=place)


def _numbered(inline: SyntaxTreeNode, inlines: tuple[Inline, ...]) -> tuple[str | None, tuple[Inline, ...]]:
    """Take a printed number off the front: its full stop is written with a backslash, which nothing else is."""
    found = _NUMBER.match(inline.content)
    first = inlines[0] if inlines else None
    if not found or not isinstance(first, Text):
        return None, inlines
    number = re.sub(r"\\(.)", r"\1", found[1])
    return number, _trimmed([Text(first.text.removeprefix(f"{number}.")), *inlines[1:]])


def _item(node: SyntaxTreeNode, number: str | None) -> Item:
    blocks = list(_blocks(node.children))
    first = blocks[0] if blocks else None
    if isinstance(first, Paragraph) and first.number is not None:
        number, blocks[0] = first.number, Paragraph(first.inlines, place=first.place)
    return Item(tuple(blocks), number=number, place=_place(node))


def _ordered(node: SyntaxTreeNode, place: Place | None) -> Iterator[Block]:
    """A list with numbers; one whose items stand apart, as paragraphs do, is numbered paragraphs."""
    typed = [int(child.info or 0) for child in node.children]
    rising = all(a < b for a, b in itertools.pairwise(typed))
    numbers = typed if rising else list(range(typed[0], typed[0] + len(typed)))
    items = [_item(child, str(number)) for child, number in zip(node.children, numbers, strict=True)]
    apart = any(not p.hidden for child in node.children for p in child.children if p.type == "paragraph")
    if not apart:
        yield ListBlock(tuple(items), place=place)
        return
    for item in items:
        first = item.blocks[0] if item.blocks else None
        if isinstance(first, Paragraph):
            yield Paragraph(first.inlines, number=item.number, place=item.place)
            yield from item.blocks[1:]
        else:
            yield ListBlock((item,), place=item.place)


def _terms(node: SyntaxTreeNode) -> Terms | None:
    if node.markup != "*":
        return None
    pairs = []
    for child in node.children:
        blocks = list(_blocks(child.children))
        inlines = blocks[0].inlines if len(blocks) == 1 and isinstance(blocks[0], Paragraph) else ()
        first = inlines[0] if inlines else None
        # a term without a value was taken for a label
        term = first.inlines if isinstance(first, Strong) else (Text(first.text),) if isinstance(first, Tag) else ()
        last = term[-1] if term else None
        if not isinstance(last, Text) or not last.text.endswith(":"):
            return None
        pairs.append(((*term[:-1], Text(last.text[:-1])), _trimmed(inlines[1:])))
    return Terms(tuple(pairs), place=_place(node))


def _table(node: SyntaxTreeNode, place: Place | None) -> Table:
    head: list[Row] = []
    rows: list[Row] = []
    for part in node.children:
        for row in part.children:
            cells = tuple(Cell(_inlines(cell.children[0]) if cell.children else ()) for cell in row.children)
            (head if part.type == "thead" else rows).append(Row(cells, place=_place(row)))
    # Markdown has no table without a header row, so that an empty one stands for none
    shown = tuple(row for row in head if any(cell.inlines for cell in row.cells))
    return Table(shown, tuple(rows), place=place)


# -- inlines ---------------------------------------------------------------------------------------------------------


def _inlines(node: SyntaxTreeNode) -> tuple[Inline, ...]:
    return _trimmed(_raw(node.children))


def _raw(nodes: Sequence[SyntaxTreeNode]) -> list[Inline]:
    out: list[Inline] = []
    stack: list[tuple[str, list[Inline]]] = []
    for node in nodes:
        match node.type:
            case "text" | "text_special":
                out.extend(_with_footnotes(node.content))
            case "softbreak" | "hardbreak":
                out.append(Text(" "))
            case "code_inline":
                out.append(Text(node.content))
            case "strong":
                out.append(Strong(_trimmed(_raw(node.children))))
            case "em":
                out.append(Emphasis(_trimmed(_raw(node.children))))
            case "link":
                out.append(Link(str(node.attrs.get("href", "")), _trimmed(_raw(node.children))))
            case "image":
                out.append(Text(node.content))
            case "html_inline":
                out = _tag(node.content, out, stack)
    while stack:
        out = stack.pop()[1] + out
    return out


def _tag(source: str, out: list[Inline], stack: list[tuple[str, list[Inline]]]) -> list[Inline]:
    """What an HTML tag among the text does: raised text is a mark, deleted text goes, other tags are nothing."""
    found = re.match(r"<(/?)([A-Za-z]+)", source)
    name = found[2].lower() if found else ""
    if name == "br":
        return [*out, Text(" ")]
    if found and name in ("sup", "del", "s"):
        if not found[1]:
            stack.append((name, out))
            return []
        if stack and stack[-1][0] == name:
            _, before = stack.pop()
            return [*before, Mark(plain(tuple(out)))] if name == "sup" else before
    return out


def _with_footnotes(text: str) -> Iterator[Inline]:
    at = 0
    for found in _FOOTNOTE.finditer(text):
        yield Text(text[at : found.start()])
        yield Mark(found[1])
        at = found.end()
    yield Text(text[at:])


def _trimmed(inlines: Sequence[Inline]) -> tuple[Inline, ...]:
    out: list[Inline] = []
    for inline in inlines:
        if isinstance(inline, Text) and out and isinstance(out[-1], Text):
            inline = Text(out.pop().text + inline.text)  # type: ignore[union-attr]
        if isinstance(inline, Text):
            inline = Text(re.sub(r"\s+", " ", inline.text))
        out.append(inline)
    if out and isinstance(out[0], Text):
        out[0] = Text(out[0].text.lstrip())
    if out and isinstance(out[-1], Text):
        out[-1] = Text(out[-1].text.rstrip())
    return tuple(inline for inline in out if inline != Text(""))
