"""Block tree -> text for a terminal of a given width."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from reportgen.document import (
    Aside,
    Block,
    Cell,
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
    Section,
    Strong,
    Table,
    Tag,
    Terms,
    Text,
)

#: Characters that could move the cursor, hide text or turn its direction: shown, never sent.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_STYLES = {"bold": "1", "dim": "2", "ins": "32;4", "del": "31;9", "up": "32;1", "down": "31;1", "review": "33;1"}
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def write(document: Document, *, width: int = 80, colour: bool = False) -> str:
    """The document as lines of at most ``width`` characters, ending with a line break.

    Args:
        document: what to show.
        width: columns, at least 20.
        colour: whether ANSI codes may be used; without them changes show as ``[+…+]`` and ``[-…-]``.
    """
    return "\n\n".join(_Terminal(max(20, width), colour).blocks(document.blocks)) + "\n"


class _Terminal:
    def __init__(self, width: int, colour: bool) -> None:
        self.width = width
        self.colour = colour

    def blocks(self, blocks: Sequence[Block]) -> Iterator[str]:
        for block in blocks:
            match block:
                case Section(inner):
                    yield from self.blocks(inner)
                case Aside(inner):
                    narrow = _Terminal(max(20, self.width - 2), self.colour)
                    said = "\n\n".join(narrow.blocks(inner)).split("\n")
                    yield "\n".join(f"| {line}".rstrip() for line in said)
                case Heading(level, inlines):
                    lines = self.wrap(self.line(inlines), "", "")
                    under = {1: "=", 2: "-", 3: "."}.get(level)
                    if under:
                        lines.append(under * max(len(_ESCAPE.sub("", line)) for line in lines))
                    yield "\n".join(self.style("bold", line) for line in lines)
                case Paragraph(inlines, number, role, change=change):
                    lead = f"{number}. " if number else ""
                    text = self.changed(self.line(inlines), change)
                    text = self.style("bold", text) if role == "band" else text
                    yield "\n".join(self.wrap(text, lead, " " * len(lead)))
                case Note(mark, inlines):
                    yield "\n".join(self.wrap(self.line(inlines), f"[{mark}] ", "    "))
                case ListBlock():
                    yield "\n".join(self.items(block.items, 0))
                case Table():
                    yield "\n".join(self.table(block))
                case Figure():
                    named, told = block.instead
                    yield "\n".join(self.style("bold", line) for line in self.wrap(self.line(named), "", ""))
                    if told:
                        yield "\n".join(self.wrap(self.line(told), "", ""))
                case Terms(pairs):
                    yield "\n".join(
                        line
                        for term, value in pairs
                        for line in self.wrap(
                            f"{self.style('bold', self.line(term) + ':')} {self.line(value)}", "", "  "
                        )
                    )
                case Contents():
                    continue

    def items(self, items: Iterable[Item], depth: int) -> Iterator[str]:
        for item in items:
            lead = "  " * depth + (f"{item.number}. " if item.number else "- ")
            own = " ".join(self.line(b.inlines) for b in item.blocks if isinstance(b, Paragraph))
            yield from self.wrap(self.changed(own, item.change), lead, " " * len(lead))
            for block in item.blocks:
                if isinstance(block, ListBlock):
                    yield from self.items(block.items, depth + 1)

    def table(self, table: Table) -> Iterator[str]:
        if table.caption:
            yield from (self.style("bold", line) for line in self.wrap(self.line(table.caption), "", ""))
        rows = [[self.line(c.inlines) for c in row.cells] for row in (*table.head, *table.rows)]
        columns = len(rows[0])
        if self.width < 60 or self.width // columns < 18:
            yield from self.stacked(table)
            return
        widths = _widths([[len(_ESCAPE.sub("", c)) for c in row] for row in rows], self.width - 2 * (columns - 1))
        for index, row in enumerate(rows):
            wrapped = [_wrap(cell, widths[i]) or [""] for i, cell in enumerate(row)]
            for line in range(max(map(len, wrapped))):
                cells = [_padded(w[line] if line < len(w) else "", widths[i]) for i, w in enumerate(wrapped)]
                text = "  ".join(cells).rstrip()
                yield self.style("bold", text) if index < len(table.head) else text
            if index == len(table.head) - 1:
                yield "  ".join("-" * w for w in widths)

    def stacked(self, table: Table) -> Iterator[str]:
        """A table on a narrow screen: each row as lines ``header: value``."""
        heads: Sequence[Cell] = table.head[0].cells if table.head else ()
        for number, row in enumerate(table.rows):
            if number:
                yield ""
            for index, cell in enumerate(row.cells):
                name = self.line(heads[index].inlines) if index < len(heads) else ""
                text = self.line(cell.inlines)
                if text:
                    yield from self.wrap(f"{name}: {text}" if name else text, "", "  ")

    # -- inlines

    def line(self, inlines: Iterable[Inline]) -> str:
        out: list[str] = []
        for inline in inlines:
            match inline:
                case Text(text, change):
                    out.append(self.changed(_safe(text), change))
                case Language(_, inner):
                    out.append(self.line(inner))
                case Strong(inner):
                    out.append(self.style("bold", self.line(inner)))
                case Emphasis(inner):
                    out.append(self.line(inner))
                case Link(href, inner):
                    said = self.line(inner)
                    out.append(said if href.startswith("#") or href in said else f"{said} ({_safe(href)})")
                case Mark(text):
                    out.append(f"[{_safe(text)}]")
                case Tag(text, tone):
                    out.append(self.style(tone if tone in _STYLES else "bold", f"[{_safe(text)}]"))
        return re.sub(r"[ \t\n]+", " ", "".join(out)).strip()

    def changed(self, text: str, change: str | None) -> str:
        if change is None or not text:
            return text
        if self.colour:
            return self.style(change, text)
        return f"[+{text}+]" if change == "ins" else f"[-{text}-]"

    def style(self, name: str, text: str) -> str:
        if not self.colour or not text:
            return text
        # a code a word, so that a line break never falls inside one
        code = f"\x1b[{_STYLES[name]}m"
        return re.sub(r"\S+", lambda m: m[0] if "\x1b" in m[0] else f"{code}{m[0]}\x1b[0m", text)

    def wrap(self, text: str, first: str, rest: str) -> list[str]:
        lines = _wrap(text, max(8, self.width - max(len(first), len(rest))))
        return [(first if i == 0 else rest) + line for i, line in enumerate(lines)] or [first.rstrip()]


def _safe(text: str) -> str:
    return _UNSAFE.sub(lambda m: f"<U+{ord(m[0]):04X}>", text)


def _wrap(text: str, width: int) -> list[str]:
    """Lines of a width that codes do not count for."""
    if "\x1b" not in text:
        return textwrap.wrap(text, width, break_long_words=True, break_on_hyphens=False)
    lines: list[str] = []
    current: list[str] = []
    size = 0
    for word in text.split(" "):
        length = len(_ESCAPE.sub("", word))
        if current and size + 1 + length > width:
            lines.append(" ".join(current))
            current, size = [], 0
        current.append(word)
        size += length + (1 if len(current) > 1 else 0)
    return [*lines, " ".join(current)] if current else lines


def _padded(text: str, width: int) -> str:
    return text + " " * max(0, width - len(_ESCAPE.sub("", text)))


def _widths(rows: Sequence[Sequence[int]], room: int) -> list[int]:
    """Column widths: what the columns want where it fits, else the wide ones give way."""
    wanted = [max(8, *(row[i] for row in rows)) for i in range(len(rows[0]))]
    while sum(wanted) > room:
        widest = max(range(len(wanted)), key=wanted.__getitem__)
        if wanted[widest] <= 8:
            break
        wanted[widest] -= 1
    return wanted
