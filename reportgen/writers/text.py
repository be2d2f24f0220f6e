"""Block tree -> plain text that can be read back.

One paragraph a line, never broken; a blank line between blocks. Headings have a line of ``=``, ``-``, ``~``, ``^``,
``+`` or ``'`` under them (level 1 to 6), tables are rows with tabs, items begin with ``-`` or with their number behind
two spaces. Emphasis, strong and links are written as CommonMark, as in data files; ``readers/text.py`` knows this form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reportgen.document import (
    Aside,
    Block,
    Contents,
    Document,
    Figure,
    Heading,
    Inline,
    Item,
    ListBlock,
    Mark,
    Note,
    Paragraph,
    Row,
    Section,
    Table,
    Terms,
    Text,
    outline,
    plain,
)
from reportgen.markup import marked

#: What begins something else than a paragraph; a backslash before the last character makes it literal.
_OPENING = re.compile(
    r"^((?=- )|(?=\[[^\]\s]{1,4}\] )|(?:\d{1,3}(?:\.\d{1,2})*)(?=\.(?:\s|[A-Z‘“]))|Table(?=: ))([-\[.:])"
)
_UNDER = {1: "=", 2: "-", 3: "~", 4: "^", 5: "+", 6: "'"}


def write(document: Document) -> str:
    """The whole document as text, ending with a line break."""
    return "\n\n".join(_blocks(document.blocks, document.blocks)) + "\n"


def _blocks(blocks: Sequence[Block], whole: tuple[Block, ...]) -> Iterator[str]:
    """Each block as one piece of text; pieces are set apart by blank lines."""
    for block in blocks:
        match block:
            case Section(inner) | Aside(inner):
                yield from _blocks(inner, whole)
            case Heading(level, inlines, change=change):
                yield _heading(level, _changed(_line(inlines), change))
            case Paragraph(inlines, number, change=change):
                yield _changed(f"{number}. {_line(inlines)}" if number else _start(_line(inlines)), change)
            case Note(mark, inlines):
                yield f"[{mark}] {_line(inlines)}"
            case ListBlock():
                yield "\n".join(_items(block.items, 0))
            case Table():
                yield "\n".join(_table(block))
            case Figure():
                yield from (_start(_line(inlines)) for inlines in block.instead if inlines)
            case Terms(pairs):
                yield "\n".join(f"{_line(term)}: {_line(value)}" for term, value in pairs)
            case Contents(title, depth):
                entries = [f"{'  ' * (h.level - 1)}{plain(h.inlines)}" for h in outline(whole, depth)]
                yield "\n".join([_heading(2, _line(title)), "", *entries])


def _heading(level: int, text: str) -> str:
    return f"{text}\n{_UNDER[level] * max(3, len(text))}"


def _items(items: Iterable[Item], depth: int) -> Iterator[str]:
    for item in items:
        own = [b for b in item.blocks if isinstance(b, Paragraph)]
        text = _changed(" ".join(_line(b.inlines) for b in own), item.change)
        lead = "  " * depth
        yield f"{lead}  {item.number}. {text}" if item.number else f"{lead}- {text}"
        for block in item.blocks:
            if isinstance(block, ListBlock):
                yield from _items(block.items, depth + 1)


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield f"Table: {_line(table.caption)}"
    for row in table.head:
        yield _cells(row)
        yield "\t".join("---" for _ in row.cells) + ("\t" if len(row.cells) == 1 else "")
    for row in table.rows:
        yield _changed(_cells(row), row.change)


def _cells(row: Row) -> str:
    """The cells with tabs between them; one cell has a tab behind it, so that it is no paragraph."""
    return "\t".join(_line(cell.inlines) for cell in row.cells) + ("\t" if len(row.cells) == 1 else "")


def _start(text: str) -> str:
    """Keep a paragraph that begins like an item, a number, a note or a caption a paragraph."""
    return _OPENING.sub(r"\1\\\2", text)


def _changed(text: str, change: str | None) -> str:
    return {"ins": f"[+{text}+]", "del": f"[-{text}-]"}.get(change or "", text)


def _line(inlines: Iterable[Inline]) -> str:
    """Inlines on one line."""
    out: list[str] = []
    for inline in inlines:
        match inline:
            case Text(text, change):
                out.append(_changed(marked((Text(text),)), change))
            case Mark(text):
                out.append(f"[{text}]")
            case _:
                out.append(marked((inline,)))
    return " ".join("".join(out).split())
