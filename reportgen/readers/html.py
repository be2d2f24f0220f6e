"""HTML -> blocks with line. Reads what the page shows: scripts, styles, navigation and hidden parts are not text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from lxml import etree

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
from reportgen.errors import InputError, Where
from reportgen.readers.text import clean

#: lxml drops text below 256 levels without a word, so anything near it is refused first.
_DEEPEST = 200
_SKIPPED = frozenset("script style template noscript head svg math iframe object select button".split())
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_BLOCKS = frozenset(
    "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,2})*)\.\s+(?=\S)")


def looks_like(text: str) -> bool:
    """Whether a text is HTML: an HTML element stands at its beginning."""
    return (
        re.match(
            r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|main|article)\b",
            text,
            re.I | re.S,
        )
        is not None
    )


def read(text: str, name: str) -> tuple[Block, ...]:
    """Give the blocks of a page, in order.

    Raises:
        InputError: elements nested deeper than can be read without loss (RG107), or nothing to read (RG103).
    """
    _refuse_depth(text, name)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, no_network=True, huge_tree=False)
    root = etree.fromstring(text.encode("utf-8"), parser)
    if root is None:
        raise InputError("RG103", "no page in the file", where=Where(file=name), hint="give a saved web page")
    mains = root.findall(".//main")
    blocks = tuple(_blocks(mains[0] if len(mains) == 1 else root))
    if not blocks:
        raise InputError("RG103", "the page shows no text", where=Where(file=name), hint="give a saved web page")
    return blocks


class _Depth(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.depth = self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 -- its signature
        if tag not in _VOID:
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self.depth = max(0, self.depth - 1)


def _refuse_depth(text: str, name: str) -> None:
    counter = _Depth()
    counter.feed(text)
    if counter.deepest > _DEEPEST:
        raise InputError(
            "RG107",
            f"elements are nested {counter.deepest} deep, more than {_DEEPEST}",
            where=Where(file=name),
            hint="save the page again from a browser",
        )


def _blocks(element: Any) -> Iterator[Block]:
    """The blocks inside an element; loose text between blocks becomes paragraphs."""
    loose: list[Inline] = [Text(element.text)] if element.text else []

    def flush() -> Iterator[Block]:
        inlines = _folded(loose)
        loose.clear()
        if inlines:
            yield _paragraph(inlines, element)

    for child in element:
        if not isinstance(child.tag, str) or child.tag in _SKIPPED or child.get("hidden") is not None:
            pass
        elif child.tag in _BLOCKS:
            yield from flush()
            yield from _block(child)
        elif child.tag == "br":
            yield from flush()
        else:
            loose.extend(_inline(child))
        if child.tail:
            loose.append(Text(child.tail))
    yield from flush()


def _block(element: Any) -> Iterator[Block]:
    tag, place = element.tag, Place(line=element.sourceline)
    classes = (element.get("class") or "").split()
    if re.fullmatch(r"h[1-6]", tag):
        inlines = _inlines(element)
        if inlines:
            yield Heading(int(tag[1]), inlines, id=element.get("id"), place=place)
    elif tag in ("p", "pre", "address", "figcaption", "summary", "dt", "dd"):
        if any(child.tag in _BLOCKS for child in element if isinstance(child.tag, str)):
            yield from _blocks(element)
        else:
            yield from _text_block(element, classes, place)
    elif tag in ("ul", "ol"):
        items = tuple(_items(element))
        if items:
            yield ListBlock(items, place=place)
    elif tag == "table":
        yield _table(element, place)
    elif tag == "dl":
        yield from _terms(element, place)
    elif tag == "nav":
        for child in element.iter("p", "a"):
            text = plain(_inlines(child))
            if text:
                yield Paragraph((Text(text),), role="contents", place=Place(line=child.sourceline))
    else:
        yield from _blocks(element)


def _text_block(element: Any, classes: list[str], place: Place) -> Iterator[Block]:
    inlines = _inlines(element)
    if not inlines:
        return
    if "note" in classes and isinstance(inlines[0], Mark):
        yield Note(inlines[0].text, _folded(list(inlines[1:])), id=element.get("id"), place=place)
        return
    yield _paragraph(inlines, element)


def _paragraph(inlines: tuple[Inline, ...], element: Any) -> Paragraph:
    place = Place(line=element.sourceline)
    first = inlines[0]
    number = _NUMBER.match(first.text) if isinstance(first, Text) else None
    if number and isinstance(first, Text):
        rest = _folded([Text(first.text[number.end() :]), *inlines[1:]])
        return Paragraph(rest, number=number[1], place=place)
    return Paragraph(inlines, place=place)


def _items(element: Any) -> Iterator[Item]:
    for child in element:
        if child.tag != "li":
            continue
        blocks = list(_blocks(child))
        number = None
        if blocks and isinstance(blocks[0], Paragraph) and blocks[0].number:
            number = blocks[0].number
            blocks[0] = Paragraph(blocks[0].inlines, place=blocks[0].place)
        if number is None and element.tag == "ol":
            value = child.get("value")
            number = value if value and value.isdigit() else None
        yield Item(tuple(blocks), number=number, id=child.get("id"), place=Place(line=child.sourceline))


def _table(element: Any, place: Place) -> Table:
    head: list[Row] = []
    rows: list[Row] = []
    caption = element.find("caption")
    for row in element.iter("tr"):
        cells = tuple(_cell(c) for c in row if c.tag in ("th", "td"))
        in_head = row.getparent().tag == "thead" or (
            not rows and not head and cells and all(c.header == "col" for c in cells)
        )
        (head if in_head else rows).append(Row(cells, place=Place(line=row.sourceline)))
    width = max((len(r.cells) for r in (*head, *rows)), default=0)

    def filled(row: Row) -> Row:
        return Row(row.cells + (Cell(()),) * (width - len(row.cells)), place=row.place)

    return Table(
        tuple(map(filled, head)),
        tuple(map(filled, rows)),
        _inlines(caption) if caption is not None else (),
        place=place,
    )


def _cell(element: Any) -> Cell:
    header = None
    if element.tag == "th":
        header = "row" if element.get("scope") == "row" else "col"
    return Cell(_inlines(element), header)  # type: ignore[arg-type]


def _terms(element: Any, place: Place) -> Iterator[Block]:
    pairs: list[tuple[tuple[Inline, ...], tuple[Inline, ...]]] = []
    term: tuple[Inline, ...] = ()
    for child in element.iter("dt", "dd"):
        if child.tag == "dt":
            term = _inlines(child)
        else:
            pairs.append((term, _inlines(child)))
    if pairs:
        yield Terms(tuple(pairs), place=place)


def _inlines(element: Any) -> tuple[Inline, ...]:
    out: list[Inline] = [Text(element.text)] if element.text else []
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _SKIPPED:
            out.extend(_inline(child) if child.tag != "br" else [Text(" ")])
        if child.tail:
            out.append(Text(child.tail))
    return _folded(out)


def _inline(element: Any) -> list[Inline]:
    inner = tuple(_raw(element))
    match element.tag:
        case "strong" | "b":
            return [Strong(inner)] if inner else []
        case "em" | "i":
            return [Emphasis(inner)] if inner else []
        case "a" if element.get("href"):
            return [Link(element.get("href"), inner)] if inner else []
        case "sup":
            return [Mark(plain(inner))] if inner else []
        case "span" if "tag" in (element.get("class") or "").split():
            return [Tag(plain(inner), "none")] if inner else []
    return list(inner)


def _raw(element: Any) -> Iterator[Inline]:
    if element.text:
        yield Text(element.text)
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _SKIPPED:
            yield from _inline(child)
        if child.tail:
            yield Text(child.tail)


def _folded(inlines: list[Inline]) -> tuple[Inline, ...]:
    """Fold white space over inline borders, and trim it at the ends."""
    merged: list[Inline] = []
    for inline in inlines:
        if isinstance(inline, Text):
            if merged and isinstance(merged[-1], Text):
                inline = Text(merged.pop().text + inline.text)  # type: ignore[union-attr]
            inline = Text(re.sub(r"\s+", " ", clean(inline.text)))
        merged.append(inline)
    if merged and isinstance(merged[0], Text):
        merged[0] = Text(merged[0].text.lstrip())
    if merged and isinstance(merged[-1], Text):
        merged[-1] = Text(merged[-1].text.rstrip())
    return tuple(i for i in merged if not (isinstance(i, Text) and not i.text))
