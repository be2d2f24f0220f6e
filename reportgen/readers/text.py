"""Plain text -> blocks with line and page.

Three kinds of text come in, told apart by how they are set and never by what they say:

* **flowing**: one line a paragraph (text saved from a word processor);
* **set**: lines broken to a measure, perhaps with pages ended by form feeds (text taken from a PDF as laid out);
* **underlined**: our own text output, where every heading has a line of ``=``, ``-``, ``~``, ``^``, ``+`` or ``'``
  under it.

What a page adds to the text – page numbers, running heads, the table of contents – comes out as paragraphs with the
roles ``page-number``, ``running-head`` and ``contents``; footnotes come out as notes, their marks taken out of the
text. Paragraphs, items and sentences that a page or a line break cut are joined.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reportgen.document import (
    Block,
    Cell,
    Heading,
    Item,
    ListBlock,
    Note,
    PageBreak,
    Paragraph,
    Place,
    Row,
    Table,
    Text,
    longer,
)
from reportgen.markup import inlines
from reportgen.readers.marks import BULLET, LABEL, NUMBER, first_number, terminated

_GAP = re.compile(r"^(\s*\S.*?)(\t|\s{4,})(\S.*)$")
_ENTRY = re.compile(r"^(\s*)(\S.*?)(?:\t|\s{2,}|\s*\.{3,}\s*)(\d{1,4})\s*$")
_UNDERLINES = {"=": 1, "-": 2, "~": 3, "^": 4, "+": 5, "'": 6}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the source: its text without the line break, its number from 1, its page from 1 or None, its offset."""

    text: str
    number: int
    page: int | None
    start: int

    @property
    def bare(self) -> str:
        return self.text.strip()

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())

    @property
    def blank(self) -> bool:
        return not self.text.strip()


def read(text: str) -> tuple[tuple[Block, ...], int | None]:
    """Give the blocks of a text in order, and its number of pages (None where it has none).

    Units: lines and pages count from 1; spans are characters of the text with line breaks as ``\\n``.
    """
    text = clean(text)
    lines = _lines(text)
    pages = lines[-1].page if lines and lines[-1].page else None
    if _underlined(lines):
        return tuple(_read_underlined(lines)), pages
    measure = _measure(lines)
    marked = _furniture(lines) if pages else {}
    blocks = _Assembler(lines, marked, measure).blocks()
    return tuple(_join_cut(blocks)), pages


def clean(text: str) -> str:
    """Undo what typesetting adds: line endings, byte-order mark, soft hyphens, odd spaces, ligatures."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\u00ad", "").replace("\ufffe", "-")
    text = re.sub(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]", " ", text).replace("\u200b", "")
    text = re.sub("[\ufb00-\ufb06]", lambda m: unicodedata.normalize("NFKC", m[0]), text)
    return unicodedata.normalize("NFC", text)


def _lines(text: str) -> list[Line]:
    lines, page, offset = [], 1, 0
    paged = "\f" in text.rstrip("\f\n ")
    for number, raw in enumerate(text.split("\n"), 1):
        feeds = raw.count("\f")
        page += feeds
        lines.append(Line(raw.replace("\f", "").rstrip(" "), number, page if paged else None, offset + feeds))
        offset += len(raw) + 1
    while lines and lines[-1].blank:
        lines.pop()
    return lines


def _measure(lines: Sequence[Line]) -> int | None:
    """The measure that a text is set to, None for a flowing text."""
    lengths = [len(line.text) for line in lines if not line.blank]
    pairs = [(a, b) for a, b in itertools.pairwise(lines) if not a.blank and not b.blank]
    full = sorted(len(a.text) for a, _ in pairs)
    if not full or max(lengths) > 200 or len(pairs) < 0.25 * len(lengths):
        return None
    return full[int(len(full) * 0.9)]


def _early(lines: Sequence[Line], measure: int | None) -> float:
    """The room that a line needs to leave for the next word before its end counts as meant.

    Taken from lines that certainly go on (the next begins in lower case): nearly all of those are fuller than this.
    """
    if measure is None:
        return 0
    pairs = itertools.pairwise(lines)
    rooms = sorted(
        len(a.text) + 1 + len(b.bare.split(" ", 1)[0]) for a, b in pairs if not a.blank and b.bare[:1].islower()
    )
    return float(rooms[len(rooms) // 50]) if len(rooms) >= 50 else 0.8 * measure


# -- furniture -------------------------------------------------------------------------------------------------------


def _furniture(lines: Sequence[Line]) -> dict[int, str]:
    """Line number -> role, for page numbers and for lines that stand at the edge of many pages."""
    by_page: dict[int, list[Line]] = {}
    for line in lines:
        if not line.blank and line.page:
            by_page.setdefault(line.page, []).append(line)
    marked: dict[int, str] = {}
    for page in by_page.values():
        for line in (page[-1], page[0]):
            if re.fullmatch(r"(?:Page )?\d{1,4}(?: of \d{1,4})?", line.bare):
                marked[line.number] = "page-number"
                break
    if len(marked) < len(by_page) / 2:
        marked.clear()

    for at_end in (False, True):
        for depth in (0, 1):
            edges: list[Line] = []
            for page in by_page.values():
                rest = [line for line in page if marked.get(line.number) != "page-number"]
                rest = rest[::-1] if at_end else rest
                # a second line is a running head only behind a first one
                if len(rest) > depth and all(line.number in marked for line in rest[:depth]):
                    edges.append(rest[depth])
            often = Counter(_shape(line) for line in edges)
            for line in edges:
                if often[_shape(line)] >= max(3, 0.3 * len(by_page)) and not BULLET.match(line.bare):
                    marked[line.number] = "running-head"
    return marked


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", " ", line.bare.casefold()))


# -- assembling ------------------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    """A text for comparing headings: one space, straight quotes, lower case."""
    text = text.replace("’", "'").replace("‘", "'").replace("–", "-")
    return re.sub(r"\s+", " ", text).strip().casefold()


class _Assembler:
    """Takes the lines of a flowing or set text one after another and gives blocks."""

    def __init__(self, lines: Sequence[Line], marked: dict[int, str], measure: int | None) -> None:
        self.lines = list(lines)
        self.marked = marked
        self.measure = measure
        self.text = "\n".join(line.text for line in lines)
        self.early = _early(lines, measure)
        self.titles: list[tuple[str, int]] = []
        self.next_title = 0
        self.last_number = 0
        self.page_notes: dict[int, list[Note]] = {}
        self.note_lines: set[int] = set()
        if measure:
            self._find_notes()

    # footnotes: a mark alone on its line near the foot, what it says under it, the same mark glued to a word above

    def _find_notes(self) -> None:
        expected = 1
        pages: dict[int | None, list[int]] = {}
        for index, line in enumerate(self.lines):
            if not line.blank and line.number not in self.marked:
                pages.setdefault(line.page, []).append(index)
        for page, indexes in pages.items():
            if page is None:
                continue
            current: list[int] = []
            notes: list[tuple[str, list[int]]] = []
            for position, index in enumerate(indexes):
                bare = self.lines[index].bare
                if bare == str(expected) and position + 1 < len(indexes) and self._glued(indexes[:position], expected):
                    current = []
                    notes.append((bare, current))
                    self.note_lines.add(index)
                    expected += 1
                elif notes:
                    current.append(index)
                    self.note_lines.add(index)
            for mark, held in notes:
                if held:
                    first, last = self.lines[held[0]], self.lines[held[-1]]
                    words = self._join([self.lines[i].bare for i in held])
                    place = Place(page, first.number, first.start, last.start + len(last.text))
                    self.page_notes.setdefault(page, []).append(Note(mark, (Text(words),), place=place))

    def _glued(self, indexes: Sequence[int], mark: int) -> bool:
        pattern = re.compile(rf"(?:(?<=[^\W\d_])|(?<=[^\W\d][.,;:’”)])){mark}(?![\d%/-]|\.\d|[^\W\d_])")
        for index in reversed(indexes):
            line = self.lines[index]
            found = list(pattern.finditer(line.text))
            if found:
                at = found[-1]
                self.lines[index] = replace(line, text=line.text[: at.start()] + line.text[at.end() :])
                return True
        return False

    # joining lines

    def _join(self, pieces: Sequence[str]) -> str:
        out = ""
        for piece in pieces:
            if not out:
                out = piece
            elif out.endswith("-") and out[-2:-1].isalpha() and piece[:1].isalpha():
                head = re.search(r"[^\W\d_]+$", out[:-1])
                tail = re.match(r"[^\W\d_]+", piece)
                whole = (head[0] if head else "") + (tail[0] if tail else "")
                hyphened = f"{head[0] if head else ''}-{tail[0] if tail else ''}"
                unhyphened = re.search(rf"\b{re.escape(whole)}\b", self.text) and hyphened not in self.text
                out = (out[:-1] if unhyphened else out) + piece
            else:
                out = f"{out} {piece}"
        return re.sub(r"\s+", " ", out).strip()

    # blocks

    def blocks(self) -> list[Block]:
        out: list[Block] = []
        index, page = 0, self.lines[0].page if self.lines else None
        while index < len(self.lines):
            line = self.lines[index]
            if line.page != page:
                out.extend(self.page_notes.pop(page or 0, ()))
                out.append(PageBreak(Place(line.page, line.number)))
                page = line.page
            if line.blank or index in self.note_lines:
                index += 1
            elif line.number in self.marked:
                out.append(self._paragraph([line], role=self.marked[line.number]))
                index += 1
            elif self._is_contents(index):
                index = self._contents(index, out)
            else:
                end = self._run_end(index)
                self._run(self.lines[index:end], out)
                index = end
        out.extend(self.page_notes.pop(page or 0, ()))
        return _gather(self._headings(out))

    def _is_contents(self, index: int) -> bool:
        if self.lines[index].bare.casefold() not in ("contents", "table of contents"):
            return False
        rest = [line for line in self.lines[index + 1 : index + 8] if not line.blank]
        return bool(rest) and _ENTRY.match(rest[0].text) is not None

    def _contents(self, index: int, out: list[Block]) -> int:
        out.append(self._paragraph([self.lines[index]], role="contents"))
        entries: list[tuple[int, str]] = []
        index += 1
        while index < len(self.lines):
            line = self.lines[index]
            if line.blank:
                index += 1
                continue
            match = _ENTRY.match(line.text)
            if not match or line.number in self.marked:
                break
            entries.append((len(match[1]), match[2]))
            out.append(self._paragraph([line], role="contents"))
            index += 1
        depths = sorted({indent for indent, _ in entries})
        for indent, title in entries:
            self.titles.append((folded(title), depths.index(indent) + 1))
        return index

    def _title(self, text: str) -> int | None:
        """The level of a heading that the contents list, None where they do not; taken in the order of the contents."""
        wanted = folded(text)
        order: list[int] = [*range(self.next_title, len(self.titles)), *range(self.next_title)]
        return next((self.titles[index][1] for index in order if self.titles[index][0] == wanted), None)

    def _pass_title(self, text: str) -> None:
        wanted = folded(text)
        for index in range(self.next_title, len(self.titles)):
            if self.titles[index][0] == wanted:
                self.next_title = index + 1
                return

    def _run_end(self, index: int) -> int:
        """The end of a run of lines with no blank line, page end or furniture between them."""
        end = index + 1
        if self.measure is None:
            return end
        while end < len(self.lines):
            line = self.lines[end]
            if (
                line.blank
                or line.number in self.marked
                or end in self.note_lines
                or line.page != self.lines[index].page
            ):
                break
            end += 1
        return end

    def _run(self, run: Sequence[Line], out: list[Block]) -> None:
        if row := self._row(run):
            out.extend(row)
            return
        chunk: list[Line] = []
        start = 0
        while start < len(run):
            taken = self._title_lines(run, start)
            if taken:
                self._flush(chunk, out)
                chunk = []
                lines = run[start : start + taken]
                text = self._join([line.bare for line in lines])
                out.append(Heading((self._title(text) or 1) + 1, (Text(text),), place=_place(lines)))
                self._pass_title(text)
                start += taken
                continue
            line = run[start]
            if chunk and (self._marker(line, chunk) or self._ended(chunk[-1], line)):
                self._flush(chunk, out)
                chunk = []
            chunk.append(line)
            start += 1
        self._flush(chunk, out)

    def _title_lines(self, run: Sequence[Line], start: int) -> int:
        """How many lines from ``start`` make up a heading that the table of contents lists."""
        for taken in (3, 2, 1):
            lines = run[start : start + taken]
            if len(lines) == taken and self._title(self._join([line.bare for line in lines])) is not None:
                return taken
        return 0

    def _marker(self, line: Line, chunk: Sequence[Line]) -> bool:
        number = NUMBER.match(line.bare)
        if number:
            return first_number(number[1]) == self.last_number + 1 or not chunk or terminated(chunk[-1].bare)
        bullet = BULLET.match(line.bare)
        if not bullet:
            return False
        plain = bullet[1] in "-–—*o"
        return not plain or BULLET.match(chunk[0].bare) is not None or chunk[-1].bare.endswith(":")

    def _ended(self, line: Line, following: Line) -> bool:
        """Whether a line was ended on purpose, not by the measure."""
        if self.measure is None:
            return True
        first = following.bare.split(" ", 1)[0]
        if first[:1].islower():
            return False
        if LABEL.match(following.bare) and not BULLET.match(line.bare):
            return True
        loose = 0.1 * self.measure if line.bare.endswith(":") else 0
        return len(line.text) + 1 + len(first) < self.early + loose

    def _flush(self, chunk: Sequence[Line], out: list[Block]) -> None:
        if not chunk:
            return
        first = chunk[0].bare
        if number := NUMBER.match(first):
            self.last_number = first_number(number[1])
            text = self._join([first[number.end() :], *(line.bare for line in chunk[1:])])
            out.append(Paragraph((Text(text),), number=number[1], place=_place(chunk)))
        elif bullet := BULLET.match(first):
            text = self._join([first[bullet.end() :], *(line.bare for line in chunk[1:])])
            item = Item((Paragraph((Text(text),)),), place=_place(chunk))
            # one item a list for now, the indent kept as role: `_gather` nests them
            out.append(ListBlock((item,), role=str(chunk[0].indent)))
        else:
            out.append(self._paragraph(chunk))

    def _paragraph(self, lines: Sequence[Line], role: str | None = None) -> Paragraph:
        return Paragraph((Text(self._join([line.bare for line in lines])),), role=role, place=_place(lines))

    # tables

    def _row(self, run: Sequence[Line]) -> list[Block]:
        """The rows that a run of lines is, where it is set in columns; empty where it is text."""
        if self.measure is None:
            if "\t" not in run[0].text.strip("\n "):
                return []
            cells = [cell.strip() for cell in run[0].text.rstrip("\n").split("\t")]
            return [_table([cells], run)]
        split = [self._columns(line) for line in run]
        rights = [i for i, (_, right) in enumerate(split) if right]
        if not rights:
            return []
        both = [i for i in rights if split[i][0]]
        starts = [0, *both[1:]] if both else [0]
        groups = [range(a, b) for a, b in zip(starts, [*starts[1:], len(run)], strict=True)]
        rows: list[Block] = []
        for group in groups:
            left = self._join([split[i][0] for i in group if split[i][0]])
            right = self._join([split[i][1] for i in group if split[i][1]])
            lines = [run[i] for i in group]
            if left.endswith(":"):
                rows.append(Paragraph((Text(f"{left} {right}"),), place=_place(lines)))
            else:
                rows.append(_table([[left, right]], lines))
        return rows

    def _columns(self, line: Line) -> tuple[str, str]:
        marker = NUMBER.match(line.bare) or BULLET.match(line.bare)
        held = line.indent + (marker.end() if marker else 0)
        if not marker and line.indent >= 25:
            return "", line.bare
        gap = _GAP.match(line.text[held:])
        if not gap:
            return line.bare, ""
        return (line.text[:held] + gap[1]).strip(), gap[3].strip()

    # headings that no contents list names

    def _headings(self, blocks: list[Block]) -> list[Block]:
        out: list[Block] = []
        for index, block in enumerate(blocks):
            if isinstance(block, Paragraph) and block.role is None and block.number is None:
                text = _text(block)
                level = self._title(text)
                if level is not None:
                    block = Heading(level + 1, block.inlines, place=block.place)
                    self._pass_title(text)
                elif heading_shape(text) and self._stands_alone(blocks, index):
                    block = Heading(0, block.inlines, place=block.place)
            out.append(block)
        return out

    def _stands_alone(self, blocks: Sequence[Block], index: int) -> bool:
        here = blocks[index]
        before = _text(blocks[index - 1]) if index and _close(blocks[index - 1], here) else ""
        after = next((b for b in blocks[index + 1 :] if not isinstance(b, PageBreak | Note) and not _role(b)), None)
        if after is None or (
            before and not terminated(before) and heading_shape(before) and self._lines_run(blocks, index)
        ):
            return False
        following = _text(after)
        return not (isinstance(after, Paragraph) and after.number is None and following[:1].islower()) and not (
            self._lines_run(blocks, index)
        )

    def _lines_run(self, blocks: Sequence[Block], index: int) -> bool:
        """Whether a short line is one of three or more short lines on end, as an address or a title is."""
        count = 1
        for step in (-1, 1):
            i = index + step
            while 0 <= i < len(blocks) and _close(blocks[i], blocks[i - step]):
                if not (isinstance(blocks[i], Paragraph | Heading) and _short(blocks[i])):
                    break
                count += 1
                i += step
        return count >= 3


def heading_shape(text: str) -> bool:
    """Whether a paragraph could be a heading by its looks: short, a capital first, no end of a sentence, no label."""
    return (
        text[:1].isupper()
        and not terminated(text)
        and not text.endswith(",")
        and len(text) <= 150
        and len(text.split()) <= 20
        and not LABEL.match(text)
        and re.search(r"[^\W\d_]{3}", text) is not None
    )


def _short(block: Block) -> bool:
    return isinstance(block, Paragraph | Heading) and len(_text(block)) <= 60 and not terminated(_text(block))


def _close(a: Block, b: Block) -> bool:
    """Whether two blocks stand on lines next to each other."""
    first, second = _block_place(a), _block_place(b)
    if not first or not second or first.line is None or second.line is None or first.page != second.page:
        return False
    return abs(first.line - second.line) == 1


def _block_place(block: Block) -> Place | None:
    if isinstance(block, ListBlock):
        return block.items[0].place
    return getattr(block, "place", None)


def _role(block: Block) -> str | None:
    return block.role if isinstance(block, Paragraph) else None


def _text(block: Block | Item) -> str:
    match block:
        case Paragraph(inlines=inlines) | Heading(inlines=inlines) | Note(inlines=inlines):
            return "".join(i.text for i in inlines if isinstance(i, Text))
        case Item(blocks=inner):
            return _text(inner[0]) if inner else ""
        case ListBlock(items=items):
            return _text(items[-1])
    return ""


def _place(lines: Sequence[Line]) -> Place:
    first, last = lines[0], lines[-1]
    return Place(first.page, first.number, first.start + first.indent, last.start + len(last.text))


def _table(rows: Iterable[Sequence[str]], lines: Sequence[Line]) -> Table:
    place = _place(lines)
    made = tuple(Row(tuple(Cell((Text(cell),) if cell else ()) for cell in row), place=place) for row in rows)
    return Table((), made, place=place)


def _gather(blocks: Iterable[Block]) -> list[Block]:
    """Put items that follow each other into one nested list, and rows that follow each other into one table."""
    out: list[Block] = []
    items: list[tuple[int, Item]] = []

    def close() -> None:
        if items:
            out.append(_nest(items))
            items.clear()

    for block in blocks:
        if isinstance(block, ListBlock) and block.role is not None:
            items.extend((int(block.role), item) for item in block.items)
            continue
        before = out[-1] if out else None
        if isinstance(block, PageBreak) and items:
            items.append((-1, Item((block,))))
            continue
        if _role(block) and items:
            items.append((-1, Item((block,))))
            continue
        if isinstance(block, Note) and items:
            items.append((-1, Item((block,))))
            continue
        close()
        # a table with a caption or header rows of its own is no continuation
        goes_on = isinstance(block, Table) and not block.head and not block.caption
        if goes_on and isinstance(block, Table) and isinstance(before, Table) and out and out[-1] is before:
            width = max(len(r.cells) for r in (*before.rows, *block.rows))
            rows = tuple(
                replace(r, cells=r.cells + (Cell(()),) * (width - len(r.cells))) for r in (*before.rows, *block.rows)
            )
            out[-1] = replace(before, rows=rows)
        else:
            out.append(block)
    close()
    # furniture that stood between two items of a list comes out after the list
    return [b for block in out for b in _let_out(block)]


def _let_out(block: Block) -> list[Block]:
    if not isinstance(block, ListBlock):
        return [block]
    kept: list[Item] = []
    held: list[Block] = []
    for item in block.items:
        inner = item.blocks[0] if item.blocks else None
        if isinstance(inner, PageBreak | Note) or (isinstance(inner, Paragraph) and inner.role):
            held.append(inner)
        else:
            kept.append(item)
    return [replace(block, items=tuple(kept)), *held]


def _nest(items: Sequence[tuple[int, Item]]) -> ListBlock:
    """Nest items by their indent: deeper than the item before is under it."""
    roots: list[list[object]] = []
    stack: list[tuple[int, list[object]]] = []
    for indent, item in items:
        node: list[object] = [item]
        if indent < 0:
            roots.append(node)
            continue
        while stack and indent <= stack[-1][0] + (1 if stack[-1][0] - indent <= 1 and indent > stack[-1][0] else 0):
            stack.pop()
        (stack[-1][1] if stack else roots).append(node)
        stack.append((indent, node))

    def build(node: list[object]) -> Item:
        item = node[0]
        assert isinstance(item, Item)
        under = tuple(build(child) for child in node[1:] if isinstance(child, list))
        return replace(item, blocks=(*item.blocks, ListBlock(under))) if under else item

    return ListBlock(tuple(build(root) for root in roots))


# -- what page ends cut ----------------------------------------------------------------------------------------------


def _join_cut(blocks: Sequence[Block]) -> list[Block]:
    """Join a paragraph or an item with its other half, where a page end or a blank line cut it."""
    out: list[Block] = []
    for block in blocks:
        if isinstance(block, ListBlock):
            earlier = _last_text(out)
            if earlier is not None and isinstance(out[earlier], ListBlock):
                first = out[earlier]
                assert isinstance(first, ListBlock)
                # the list goes on after a page end
                between = out[earlier + 1 :]
                if between and all(isinstance(b, PageBreak | Note) or _role(b) for b in between):
                    out[earlier] = replace(first, items=(*first.items, *block.items))
                    continue
        elif isinstance(block, Paragraph) and block.role is None and block.number is None:
            earlier = _last_text(out)
            if earlier is not None and _cut(out[earlier], _text(block)):
                out[earlier] = _extend(out[earlier], _text(block), block.place)
                continue
        out.append(block)
    return _rejoin_lists(out)


def _rejoin_lists(blocks: Sequence[Block]) -> list[Block]:
    out: list[Block] = []
    for block in blocks:
        if isinstance(block, ListBlock) and out and isinstance(out[-1], ListBlock):
            before = out[-1]
            assert isinstance(before, ListBlock)
            out[-1] = replace(before, items=(*before.items, *block.items))
        else:
            out.append(block)
    return out


def _last_text(blocks: Sequence[Block]) -> int | None:
    for index in range(len(blocks) - 1, -1, -1):
        block = blocks[index]
        if not isinstance(block, PageBreak | Note) and not _role(block):
            return index
    return None


def _cut(block: Block, following: str) -> bool:
    """Whether a block was cut in mid-sentence and ``following`` is its other half."""
    if not isinstance(block, Paragraph | ListBlock):
        return False
    text = _deepest_text(block)
    if terminated(text) or (isinstance(block, Paragraph) and LABEL.match(text)):
        return False
    if following[:1].islower():
        return True
    return (
        isinstance(block, Paragraph)
        and block.number is not None
        and terminated(following)
        and not LABEL.match(following)
    )


def _deepest_text(block: Block | Item) -> str:
    if isinstance(block, ListBlock):
        return _deepest_text(block.items[-1])
    if isinstance(block, Item):
        last = block.blocks[-1]
        return _deepest_text(last) if isinstance(last, ListBlock) else _text(last)
    return _text(block)


def _extend(block: Block, more: str, place: Place | None) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, inlines=(Text(f"{_text(block)} {more}"),), place=_with(block.place, place))
    assert isinstance(block, ListBlock)
    return replace(block, items=(*block.items[:-1], _extend_item(block.items[-1], more, place)))


def _extend_item(item: Item, more: str, place: Place | None) -> Item:
    last = item.blocks[-1]
    if isinstance(last, ListBlock):
        under = replace(last, items=(*last.items[:-1], _extend_item(last.items[-1], more, place)))
        return replace(item, blocks=(*item.blocks[:-1], under))
    whole = Paragraph((Text(f"{_text(last)} {more}"),))
    return replace(item, blocks=(*item.blocks[:-1], whole), place=_with(item.place, place))


def _with(first: Place | None, more: Place | None) -> Place | None:
    return longer(first, more) if first and more else first


# -- our own text output ---------------------------------------------------------------------------------------------


def _underlined(lines: Sequence[Line]) -> bool:
    """Whether the first text of the file is a heading with a line of ``=`` under it, as our own output begins."""
    first = next((i for i, line in enumerate(lines) if not line.blank), None)
    return first is not None and _level(lines, first) == 1


def _level(lines: Sequence[Line], index: int) -> int | None:
    if index + 1 >= len(lines) or lines[index].blank:
        return None
    under = lines[index + 1].bare
    if "\t" in lines[index].text or len(under) < 3 or under[0] not in _UNDERLINES or set(under) != {under[0]}:
        return None
    return _UNDERLINES[under[0]] if len(under) == max(3, len(lines[index].bare)) else None


def _read_underlined(lines: Sequence[Line]) -> list[Block]:
    out: list[Block] = []
    index, in_contents, caption = 0, False, ""
    while index < len(lines):
        line = lines[index]
        if line.blank:
            index += 1
            continue
        level = _level(lines, index)
        if level is not None:
            in_contents = level == 2 and len([b for b in out if isinstance(b, Heading)]) == 1 and _toc(lines, index + 2)
            text = inlines(line.bare)
            role = "contents" if in_contents else None
            out.append(
                Paragraph(text, role=role, place=_place([line])) if role else Heading(level, text, place=_place([line]))
            )
            index += 2
        elif in_contents:
            out.append(Paragraph(inlines(line.bare), role="contents", place=_place([line])))
            index += 1
        elif "\t" in line.text:
            end = index
            while end < len(lines) and "\t" in lines[end].text:
                end += 1
            out.append(_tabbed(lines[index:end], caption))
            caption, index = "", end
        elif line.text.startswith("Table: ") and index + 1 < len(lines) and "\t" in lines[index + 1].text:
            caption = line.bare.removeprefix("Table: ")
            index += 1
        elif isinstance(_own_line(line), ListBlock):
            # a list ends with a blank line, also before another list
            items: list[tuple[int, Item]] = []
            while index < len(lines) and isinstance(found := _own_line(lines[index]), ListBlock):
                items.append((int(found.role or 0), found.items[0]))
                index += 1
            out.append(_nest(items))
        else:
            out.append(_own_line(line))
            index += 1
    return out


def _toc(lines: Sequence[Line], index: int) -> bool:
    rest = next((line for line in lines[index:] if not line.blank), None)
    return rest is not None and rest.indent >= 2


def _own_line(line: Line) -> Block:
    place = _place([line])
    note = re.match(r"\[([^\]\s]{1,4})\] (?=\S)", line.bare)
    number = NUMBER.match(line.bare)
    if note and not line.indent:
        return Note(note[1], inlines(line.bare[note.end() :]), place=place)
    if line.bare.startswith("- "):
        return ListBlock((Item((Paragraph(inlines(line.bare[2:].strip())),), place=place),), role=str(line.indent))
    listed = re.match(r"(\S{1,20}?)\. (?=\S)", line.bare)
    if listed and line.indent:
        body = Paragraph(inlines(line.bare[listed.end() :]))
        return ListBlock((Item((body,), number=listed[1], place=place),), role=str(line.indent - 2))
    if number:
        return Paragraph(inlines(line.bare[number.end() :]), number=number[1], place=place)
    return Paragraph(inlines(line.bare), place=place)


def _tabbed(lines: Sequence[Line], caption: str) -> Table:
    rows = [[cell.strip() for cell in line.text.split("\t")] for line in lines]
    if all(len(row) == 2 and not row[1] for row in rows):
        # the tab behind a single column says that it is one
        rows = [row[:1] for row in rows]
    head: list[list[str]] = []
    if len(rows) > 1 and all(cell == "---" for cell in rows[1]):
        head, rows = rows[:1], rows[2:]
        lines = [lines[0], *lines[2:]]
    made = [
        Row(tuple(Cell(inlines(c)) for c in row), place=_place([line]))
        for row, line in zip((*head, *rows), lines, strict=True)
    ]
    return Table(tuple(made[: len(head)]), tuple(made[len(head) :]), inlines(caption), place=_place(lines))
