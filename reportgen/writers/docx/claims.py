"""Which part of a document goes to which anchor of a shell."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from reportgen.document import Block, Contents, Document, Heading, Section, plain, walk

#: The anchor that takes what no other one claimed.
BODY = "body"
#: The name by which an anchor claims the table of contents.
CONTENTS = "contents"


def roles_of(document: Document) -> frozenset[str]:
    """The names by which parts of a document can be claimed: the roles of its sections, and ``contents``."""
    return frozenset(name for block in walk(document.blocks) if (name := _name(block)))


def claimed(document: Document, names: Collection[str]) -> dict[str, tuple[Block, ...]]:
    """The parts of a document by the anchors that claim them, each in the document's order.

    A section goes whole to the anchor of its role; where no anchor has its role, those inside it are looked at. What is
    left goes to ``body``, which is among the keys whether or not it is among the names.
    """
    found: dict[str, list[Block]] = {name: [] for name in (*names, BODY)}
    found[BODY].extend(_left(document.blocks, found))
    return {name: tuple(blocks) for name, blocks in found.items()}


def _left(blocks: tuple[Block, ...], found: dict[str, list[Block]]) -> Iterator[Block]:
    for block in blocks:
        name = _name(block)
        if name in found and name != BODY:
            found[name].append(block)
        elif isinstance(block, Section):
            inner = tuple(_left(block.blocks, found))
            if inner or not block.blocks:
                yield replace(block, blocks=inner)
        else:
            yield block


def _name(block: object) -> str:
    if isinstance(block, Contents):
        return CONTENTS
    return (block.role or "") if isinstance(block, Section) else ""


def told(blocks: tuple[Block, ...]) -> str:
    """What blocks are, for an error: their roles, else their headings."""
    names = [_name(block) or _heading(block) for block in blocks]
    some = list(dict.fromkeys(name for name in names if name)) or ["text without a heading"]
    return ", ".join(some[:8]) + (f" and {len(some) - 8} more" if len(some) > 8 else "")


def _heading(block: Block) -> str:
    first = next((each for each in walk((block,)) if isinstance(each, Heading)), None)
    return repr(plain(first.inlines)[:60]) if first else ""
