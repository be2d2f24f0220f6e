"""HTML -> blocks with line. Reads what the page shows: scripts, styles, navigation and hidden parts are not text."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
from reportgen.readers.marks import NUMBER
from reportgen.readers.ordinals import ordinal
from reportgen.readers.text import clean

#: The parser drops what is nested very deep without a word, so anything on the way there is refused.
_DEEPEST = 200
_SKIPPED = frozenset("script style template noscript head svg math iframe object select button".split())
_BLOCKS = frozenset(
    "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_TYPES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
#: Attribute that holds the number a page marks on a paragraph or item.
_GIVEN = "data-reportgen-number"


def read(text: str, name: str) -> tuple[Block, ...]:
    """Give the blocks of a page, in order.

    Raises:
        InputError: elements nested deeper than can be read without loss (RG107), or nothing to read (RG103).
    """
    root = tree(text, name)
    _set_numbers(root)
    mains = root.findall(".//main")
    blocks = tuple(_blocks(mains[0] if len(mains) == 1 else root))
    if not blocks:
        raise InputError("RG103", "the page shows no text", where=Where(file=name), hint="give a saved web page")
    return blocks


def tree(text: str, name: str) -> Any:
    """The elements of a page, as a parser puts them right.

    Raises:
        InputError: elements nested deeper than can be read without loss (RG107), or no page at all (RG103).
    """
    # without huge_tree the parser would drop long texts and deep elements and say nothing
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        # it makes do with whatever is wrong in a page, so that this is a want of memory
        raise InputError(
            "RG107", "the page is too large to be taken apart", where=Where(file=name), hint="split it"
        ) from None
    if root is None:
        raise InputError("RG103", "no page in the file", where=Where(file=name), hint="give a saved web page")
    _refuse_depth(root, name)
    return root


def fragment(text: str) -> tuple[Block, ...]:
    """The blocks of a piece of HTML that stands in another text; none where it shows nothing."""
    if re.fullmatch(r"\s*(?><!--.*?-->\s*)*", text, re.DOTALL):
        return ()
    return read(text, "")


def _refuse_depth(root: Any, name: str) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEEPEST:
            message = f"elements are nested more than {_DEEPEST} deep"
            raise InputError("RG107", message, where=Where(file=name), hint="save the page again from a browser")


def _set_numbers(root: Any) -> None:
    """Where a page marks the numbers of paragraphs and items, put each on its element; all others then have none."""
    marks = [span for span in root.iter("span") if "number" in (span.get("class") or "").split()]
    if not marks:
        return
    for element in root.iter("p", "li"):
        element.set(_GIVEN, "")
    for span in marks:
        holder = span.getparent()
        before = holder.text if span.getprevious() is None else "more"
        text = plain(_inlines(span)).removesuffix(".")
        if holder.get(_GIVEN) is not None and not (before or "").strip() and text:
            holder.set(_GIVEN, text)
            span.text = None
            for child in list(span):
                span.remove(child)


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
    given = element.get(_GIVEN)
    if given is not None:
        return Paragraph(inlines, number=(given or None) if element.tag == "p" else None, place=place)
    first = inlines[0]
    number = NUMBER.match(first.text) if isinstance(first, Text) else None
    if number and isinstance(first, Text):
        rest = _folded([Text(first.text[number.end() :]), *inlines[1:]])
        return Paragraph(rest, number=number[1], place=place)
    return Paragraph(inlines, place=place)


def _items(element: Any) -> Iterator[Item]:
    """The items of a list; what stands between them by mistake is kept as an item of its own."""
    counted = _ordinals(element)
    if (element.text or "").strip():
        yield Item((Paragraph(_folded([Text(element.text)])),), place=Place(line=element.sourceline))
    for child in element:
        if not isinstance(child.tag, str) or child.tag in _SKIPPED:
            continue
        place = Place(line=child.sourceline)
        if child.tag != "li":
            blocks = list(_block(child)) if child.tag in _BLOCKS else [Paragraph(_folded(_inline(child)))]
            if blocks:
                yield Item(tuple(blocks), place=place)
        else:
            blocks = list(_blocks(child))
            number = child.get(_GIVEN) or None
            if blocks and isinstance(blocks[0], Paragraph) and blocks[0].number:
                number = blocks[0].number
                blocks[0] = Paragraph(blocks[0].inlines, place=blocks[0].place)
            yield Item(tuple(blocks), number=number or next(counted, None), id=child.get("id"), place=place)
        if (child.tail or "").strip():
            yield Item((Paragraph(_folded([Text(child.tail)])),), place=place)


def _ordinals(element: Any) -> Iterator[str | None]:
    """The numbers that a browser shows for the items of an ordered list."""
    if element.tag != "ol":
        return
    items = [child for child in element if child.tag == "li"]
    down = element.get("reversed") is not None
    start = element.get("start") or ""
    count = int(start) if re.fullmatch(r"-?\d{1,9}", start) else (len(items) if down else 1)
    for item in items:
        value = item.get("value") or ""
        count = int(value) if re.fullmatch(r"-?\d{1,9}", value) else count
        yield ordinal(count, _TYPES.get(element.get("type") or "1", "decimal"))
        count += -1 if down else 1


def _table(element: Any, place: Place) -> Table:
    head: list[Row] = []
    rows: list[Row] = []
    caption = element.find("caption")
    below: dict[int, int] = {}
    for row in element.iter("tr"):
        if next(row.iterancestors("table")) is not element:
            continue
        cells = tuple(_cells(row, below))
        shown = [c for c in cells if c.inlines or c.header]
        in_head = row.getparent().tag == "thead" or (
            not rows and not head and bool(shown) and all(c.header == "col" for c in shown)
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


def _cells(row: Any, below: dict[int, int]) -> Iterator[Cell]:
    """The cells of a row with an empty one wherever another reaches over: ``below`` counts those by column."""
    column = 0

    def covered() -> Iterator[Cell]:
        nonlocal column
        while below.get(column, 0) > 0:
            below[column] -= 1
            column += 1
            yield Cell(())

    for element in row:
        if element.tag not in ("th", "td"):
            continue
        yield from covered()
        cell, down = _cell(element), _span(element, "rowspan") - 1
        for index in range(_span(element, "colspan")):
            yield cell if index == 0 else Cell((), cell.header)
            below[column] = down
            column += 1
    yield from covered()


def _span(element: Any, name: str) -> int:
    value = element.get(name) or ""
    # what browsers take at most
    return min(max(1, int(value)), 1000) if re.fullmatch(r"\d{1,9}", value) else 1


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
            out.extend(_inline(child))
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
        case tag if tag == "br" or tag in _BLOCKS:
            # words of two blocks are two words
            return [Text(" "), *inner, Text(" ")]
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
