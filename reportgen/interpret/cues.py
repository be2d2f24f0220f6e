"""Text held against the cues of a profile: what is folded away, what counts as a match, what a block says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from reportgen.document import Block, Heading, Item, Note, Paragraph, Section, Table, Terms, plain, walk


def folded(text: str) -> str:
    """A text for holding against cues: one space, straight quotes, plain dashes."""
    return re.sub(r"\s+", " ", text.translate({0x2019: "'", 0x2018: "'", 0x2013: "-", 0x2014: "-"})).strip()


def matches(cue: str, text: str) -> re.Match[str] | None:
    """Search a text for a cue of a profile, without regard to case and to the shape of quotes."""
    return re.search(cue, folded(text), re.IGNORECASE)


def whole_match(cue: str, text: str) -> re.Match[str] | None:
    """Hold a whole text against a cue; the mark of a footnote that stands close up behind its last word is no part."""
    text = folded(text)
    without = re.sub(r"(?<=[^\W\d_])([?:.]?)\d{1,2}$", r"\1", text)
    return re.fullmatch(cue, without, re.IGNORECASE) or re.fullmatch(cue, text, re.IGNORECASE)


def is_heading(cues: Sequence[str], text: str) -> bool:
    """Whether a heading as a whole is one of the cues."""
    return any(whole_match(cue, text) for cue in cues)


def is_line(cues: Sequence[str], block: Block) -> bool:
    """Whether a block is a short line that one of the cues matches from its beginning."""
    if not isinstance(block, Paragraph | Heading) or (isinstance(block, Paragraph) and block.role):
        return False
    text = folded(block_text(block))
    return len(text) <= 80 and any(re.match(cue, text, re.IGNORECASE) for cue in cues)


def could_name_a_body(text: str) -> bool:
    """Whether a line could be the name of a body or of a person by its shape: short, a capital first, no sentence."""
    return bool(text[:1].isupper()) and len(text) <= 100 and not text.endswith((".", ":")) and len(text.split()) <= 12


def front_text(blocks: Sequence[Block], limit: int = 4000) -> str:
    """The text at the beginning of a report that tells what kind it is."""
    pieces: list[str] = []
    size = 0
    for block in walk(tuple(blocks)):
        text = block_text(block)
        if text and not (isinstance(block, Paragraph) and block.role):
            pieces.append(text)
            size += len(text)
        if size > limit:
            break
    return folded(" ".join(pieces))


def block_text(block: Block | Item) -> str:
    """The text of one block on one line."""
    match block:
        case Heading(inlines=inlines) | Paragraph(inlines=inlines) | Note(inlines=inlines):
            return plain(inlines)
        case Table(head=head, rows=rows):
            return " ".join(plain(c.inlines) for r in (*head, *rows) for c in r.cells)
        case Terms(pairs=pairs):
            return " ".join(f"{plain(t)}: {plain(v)}" for t, v in pairs)
    return ""


def labelled(text: str, labels: Sequence[str]) -> str | None:
    """The value behind one of the labels, with or without a colon; None where the text begins otherwise."""
    for label in sorted(labels, key=len, reverse=True):
        match = re.match(rf"{re.escape(label)}\s*(?::|(?=\s[A-Z\d]))\s*(.+)", folded(text), re.IGNORECASE)
        if match:
            return text[len(text) - len(match[1]) :] if len(folded(text)) == len(text) else match[1]
    return None


def flat(blocks: Iterable[Block]) -> Iterable[Block]:
    for block in blocks:
        if isinstance(block, Section):
            yield from flat(block.blocks)
        else:
            yield block
