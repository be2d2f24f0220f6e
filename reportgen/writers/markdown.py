"""Block tree -> Markdown (CommonMark with GitHub's tables). ``readers/markdown.py`` says what it gives beyond that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reportgen.document import (
    Aside,
    Block,
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
    Paragraph,
    Row,
    Section,
    Strong,
    Table,
    Tag,
    Terms,
    Text,
    outline,
    plain,
)

#: Characters that mean something to a Markdown reader wherever they stand.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~&])")
#: What would make a list, a heading, a quote or a rule of a line that begins with it.
_OPENING = re.compile(r"^(\s*)(#{1,6}(?=\s|$)|[-+](?=\s|$)|=+\s*$|-+\s*$|:(?=\s))")
_NUMBERED = re.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)")


def write(document: Document) -> str:
    """The whole document as Markdown, ending with a line break."""
    return _apart(_blocks(document.blocks, document.blocks)) + "\n"


def _apart(pieces: Iterable[str]) -> str:
    """Pieces with blank lines between them; two lists would be one without a comment between them too."""
    out: list[str] = []
    for piece in pieces:
        if out and piece.startswith("- ") and out[-1].rpartition("\n")[2].lstrip().startswith("- "):
            out.append("<!-- -->")
        out.append(piece)
    return "\n\n".join(out)


def _blocks(blocks: Sequence[Block], whole: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Section(inner):
                yield from _blocks(inner, whole)
            case Aside(inner):
                said = _apart(_blocks(inner, whole))
                yield "\n".join(f"> {line}".rstrip() for line in said.split("\n"))
            case Heading(level, inlines, id_, change):
                anchor = f'<a id="{id_}"></a>' if id_ and level > 1 else ""
                # number signs at the end of a heading would be taken off it
                text = re.sub(r"(#+)$", r"\\\1", _line(inlines))
                yield f"{'#' * level} {anchor}{_changed(text, change)}"
            case Paragraph(inlines, number, role, change=change):
                # the number is text: a Markdown list would be counted anew
                text = f"{_plain(number)}\\. {_line(inlines)}" if number else _start(_whole(inlines))
                yield _changed(_around("**", text) if role == "band" and "*" not in text else text, change)
            case Note(mark, inlines):
                yield f"<sup>{_plain(mark)}</sup> {_line(inlines)}"
            case ListBlock():
                yield "\n".join(_items(block.items, 0))
            case Table():
                yield "\n".join(_table(block))
            case Figure():
                named, told = block.instead
                yield _around("**", _line(named))
                if told:
                    yield _start(_whole(told))
            case Terms(pairs):
                yield "\n".join(f"* **{_line(term)}:** {_line(value)}".rstrip() for term, value in pairs)
            case Contents(title, depth):
                entries = [
                    f"{'  ' * (h.level - 2)}- [{_plain(plain(h.inlines))}](#{h.id})" for h in outline(whole, depth)
                ]
                yield "\n".join([f"**{_line(title)}**", "", *entries])


def _items(items: Iterable[Item], depth: int) -> Iterator[str]:
    for item in items:
        own = " ".join(_whole(b.inlines) for b in item.blocks if isinstance(b, Paragraph))
        text = f"{_plain(item.number)}\\. {own}" if item.number else _start(own)
        yield f"{'  ' * depth}- {_changed(text, item.change)}"
        for block in item.blocks:
            if isinstance(block, ListBlock):
                yield from _items(block.items, depth + 1)


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield f"**{_line(table.caption)}**"
        yield ""
    width = len((table.head or table.rows)[0].cells)
    head = table.head[0] if table.head else None
    # a Markdown table has one header row, and must have it
    yield _row(head) if head else "| " + " | ".join([" "] * width) + " |"
    yield "|" + " --- |" * width
    for row in (*table.head[1:], *table.rows):
        yield _row(row)


def _row(row: Row) -> str:
    cells = (_line(c.inlines) for c in row.cells)
    return "| " + " | ".join(_changed(c, row.change) if c else c for c in cells) + " |"


def _changed(text: str, change: str | None) -> str:
    if not text.strip():
        return text
    return {"ins": f"<ins>{text}</ins>", "del": f"<del>{text}</del>"}.get(change or "", text)


def _start(text: str) -> str:
    """Keep a paragraph that begins like a list, a heading or a quote a paragraph."""
    # a full stop with a backslash is that of a printed number
    text = _NUMBERED.sub(lambda m: m[1] + ("&#46;" if m[2] == "." else f"\\{m[2]}"), text)
    return _OPENING.sub(r"\1\\\2", text)


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _whole(inlines: tuple[Inline, ...]) -> str:
    """The inlines of a paragraph. One that is strong as a whole has underscores: asterisks would make it a label."""
    match inlines:
        case (Language(_, inner),):
            return _whole(inner)
        case (Strong(inner),):
            return _around("__", _line(inner))
    return _line(inlines)


def _line(inlines: Iterable[Inline]) -> str:
    out: list[str] = []
    for inline in inlines:
        match inline:
            case Text(text, change):
                out.append(_changed(_SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text)), change))
            case Strong(inner):
                out.append(_around("**", _line(inner)))
            case Emphasis(inner):
                out.append(_around("*", _line(inner)))
            case Language(_, inner):
                out.append(_line(inner))
            case Link(href, inner):
                out.append(f"[{_line(inner)}]({_target(href)})")
            case Mark(text):
                out.append(f"<sup>{_plain(text)}</sup>")
            case Tag(text, _):
                out.append(_around("**", _plain(text)))
    return "".join(out)


def _target(href: str) -> str:
    href = re.sub(r"&(?=#?\w+;)", "&amp;", href)
    return f"<{href}>" if re.search(r"[()\s]", href) else href


def _around(mark: str, text: str) -> str:
    bare = text.strip()
    if not bare:
        return text
    lead, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{lead}{mark}{bare}{mark}{tail}"
