"""The rules for PDF files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from reportgen.checks.colour import is_coloured, named, too_low
from reportgen.checks.found import (
    Found,
    Headed,
    Linked,
    Place,
    about_alt,
    about_headings,
    about_lang,
    about_links,
    about_title,
    about_typed_lists,
    is_address,
    poses_as_heading,
    short,
)
from reportgen.checks.pdf_tags import About, Leaf, Node, about
from reportgen.readers.pdf.pages import opened
from reportgen.readers.pdf.painting import Box, Painted, Painting, paintings

#: From so many pages on a document needs bookmarks, and real headings.
MOST_WITHOUT_BOOKMARKS = 20
_MOST_WITHOUT_HEADINGS = 3
_BLOCKS = frozenset(
    "P H H1 H2 H3 H4 H5 H6 LI Lbl LBody TD TH Caption TOCI Note BlockQuote Figure Formula Index Title FENote".split()
)
#: What stands aside from the order of the text, on purpose.
_ASIDE = ("Note", "FENote", "Figure", "Caption", "Formula", "Aside")
#: Points by which boxes of neighbouring lines may overlap.
_SLACK = 2.0
#: PDFium marks a hyphen at the end of a line with U+0002 or U+FFFE; a lone character of private use is a bullet.
_PRIVATE = re.compile(r"[\ufffd\x00\x01\x03-\x08\x0e-\x1f]|[\ue000-\uf8ff](?=.)|(?<=.)[\ue000-\uf8ff]", re.DOTALL)


def check(data: bytes, name: str) -> Iterator[Found]:
    """Everything that the rules find in a PDF.

    Raises:
        InputError: it cannot be opened (RG201), or is larger than any report (RG107).
    """
    with opened(data) as document:
        pages = tuple(paintings(document))
    said = about(data)
    yield from about_title(said.title, name)
    yield from about_lang(said.lang)
    if not said.shows_title:
        yield Found("RG673", "a window shows the name of the file, not the title")
    if not said.accessible:
        yield Found("RG682", "the file's permissions keep screen readers out")
    yield from _fonts(pages)
    yield from _characters(said, pages)
    yield from _scans(pages)
    yield from _contrast(pages)
    if said.untabbed:
        yield Found("RG676", f"{_pages(said.untabbed)} without a tab order", Place(page=said.untabbed[0]))
    if said.pages > MOST_WITHOUT_BOOKMARKS and not said.bookmarks:
        yield Found("RG677", f"{said.pages} pages and no bookmarks (needed over {MOST_WITHOUT_BOOKMARKS})")
    if not said.tagged:
        yield Found("RG672", "the PDF has no tags")
        return
    yield from _Tagged(said, pages).found()


def _pages(numbers: Iterable[int]) -> str:
    count = len(tuple(numbers))
    return "1 page" if count == 1 else f"{count} pages"


def _fonts(pages: Iterable[Painting]) -> Iterator[Found]:
    seen: dict[str, int] = {}
    for page in pages:
        for text in page.texts:
            if text.visible and not text.embedded:
                seen.setdefault(text.font, page.number)
    for font, number in seen.items():
        yield Found("RG674", f"the font {font or 'without a name'} is not embedded", Place(page=number))


def _characters(said: About, pages: Iterable[Painting]) -> Iterator[Found]:
    for number, count in said.notdef.items():
        yield Found("RG675", f"{_times(count, 'character')} without a glyph in the font", Place(page=number))
    for page in pages:
        wrong = [text for text in page.texts if text.visible and _PRIVATE.search(text.text.strip())]
        if wrong:
            shown = "".join(c if c.isprintable() else "�" for c in wrong[0].text)
            message = f"{_times(len(wrong), 'text')} with characters that have no meaning, as in {short(shown)!r}"
            yield Found("RG675", message, Place(page=page.number))


def _times(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _scans(pages: Iterable[Painting]) -> Iterator[Found]:
    numbers = [page.number for page in pages if page.pictures and not page.texts]
    if numbers:
        yield Found("RG681", f"{_pages(numbers)} with pictures and no text", Place(page=numbers[0]))


def _contrast(pages: Iterable[Painting]) -> Iterator[Found]:
    seen: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for page in pages:
        for text in page.texts:
            if not text.visible or text.colour is None or text.under is None or not re.search(r"\w", text.text):
                continue
            message = too_low(short(text.text, 40), text.colour, text.under, text.size, bold=text.bold)
            if message:
                seen.setdefault((named(text.colour), named(text.under)), []).append((page.number, message))
    for hits in seen.values():
        number, message = hits[0]
        more = f" (and {_times(len(hits) - 1, 'more text')} like it)" if len(hits) > 1 else ""
        yield Found("RG668", message + more, Place(page=number))


@dataclass(frozen=True, slots=True)
class _Piece:
    """Texts that one block of the structure holds on one page, one after the other."""

    node: Node
    page: int
    text: str
    box: Box
    lines: int


class _Tagged:
    """The rules about the structure tree, with what is painted at its leaves."""

    def __init__(self, said: About, pages: tuple[Painting, ...]) -> None:
        self.said = said
        self.pages = pages
        self.painted: dict[tuple[int, int], list[Painted]] = {}
        for page in pages:
            for text in page.texts:
                if text.mark is not None:
                    self.painted.setdefault((page.number - 1, text.mark), []).append(text)
        self.nodes = list(said.tree.nodes())
        self.order = list(said.tree.owned())

    def found(self) -> Iterator[Found]:
        for number, count in self.said.untagged.items():
            yield Found("RG680", f"{_times(count, 'text')} neither tagged nor marked as decoration", Place(page=number))
        yield from about_headings(self.headings())
        yield from self.posing()
        for n, table in enumerate((node for node in self.nodes if node.kind == "Table"), 1):
            yield from self.table(table, n)
        yield from self.pieces_of_one()
        for node in self.nodes:
            if node.kind in ("Figure", "Formula"):
                what = "a picture" if node.kind == "Figure" else "a formula"
                yield from about_alt(node.alt or node.actual, self.place(node), what=what)
        yield from self.links()
        yield from self.lists()
        yield from self.reading_order()
        yield from self.colour_alone()

    # -- what elements hold

    def text(self, node: Node) -> str:
        """The text of an element, as it is to be read."""
        if node.actual is not None:
            return node.actual
        return " ".join(
            " ".join(t.text for t in self.painted.get((leaf.page, leaf.mark), ())) for leaf in node.leaves()
        )

    def place(self, node: Node) -> Place:
        first = next(node.leaves(), None)
        return Place(page=first.page + 1) if first is not None else Place()

    # -- headings

    def headings(self) -> Iterator[Headed]:
        for node in self.nodes:
            if re.fullmatch(r"H[1-6]", node.kind):
                yield Headed(int(node.kind[1]), self.text(node) or node.alt or "", self.place(node))

    def posing(self) -> Iterator[Found]:
        """Bold paragraphs on a line of their own, where the next paragraph is not bold; and no heading at all."""
        headed = any(re.fullmatch(r"H[1-6]?|Title", node.kind) for node in self.nodes)
        if not headed and self.said.pages > _MOST_WITHOUT_HEADINGS:
            yield Found("RG657", f"{self.said.pages} pages without one heading among the tags")
        paragraphs = [n for n in self.nodes if n.kind == "P" and not n.within("Table", "L", "TOC", "Caption", "Figure")]
        for one, other in pairwise(paragraphs):
            if one.parent is other.parent and self._all_bold(one) and not self._all_bold(other):
                text = self.text(one)
                larger = self._size(one) > 1.15 * self._size(other)
                if larger and poses_as_heading(text) and len(self.text(other)) > len(text):
                    yield Found(
                        "RG657", f"{short(text)!r} is bold and larger, and tagged as a paragraph", self.place(one)
                    )

    def _texts(self, node: Node) -> list[Painted]:
        return [t for leaf in node.leaves() for t in self.painted.get((leaf.page, leaf.mark), ())]

    def _all_bold(self, node: Node) -> bool:
        texts = self._texts(node)
        return bool(texts) and all(text.bold for text in texts)

    def _size(self, node: Node) -> float:
        return max((text.size for text in self._texts(node)), default=0.0)

    # -- tables

    def table(self, table: Node, number: int) -> Iterator[Found]:
        rows = [row for row in table.nodes() if row.kind == "TR" and _holder(row, "Table") is table]
        cells = [[c for c in row.children if isinstance(c, Node) and c.kind in ("TH", "TD")] for row in rows]
        flat = [cell for row in cells for cell in row]
        heads = [cell for cell in flat if cell.kind == "TH"]
        place = Place(page=self.place(table).page, field=f"table {number}")
        if not flat:
            return
        if not heads:
            yield Found("RG658", f"a table of {_times(len(rows), 'row')} has no header cells", place)
        bare = [cell for cell in heads if cell.scope not in ("Row", "Column", "Both")]
        if bare and not any(cell.headers for cell in flat):
            first = short(self.text(bare[0]))
            yield Found("RG659", f"{len(bare)} of {len(heads)} header cells without a scope, first {first!r}", place)
        empty = sum(not self.text(cell).strip() for cell in heads)
        if empty:
            yield Found("RG660", f"{_times(empty, 'header cell')} without text", place)
        widths = _widths(cells)
        if len(set(widths)) > 1:
            usual = Counter(widths).most_common(1)[0][0]
            row = next(n for n, width in enumerate(widths, 1) if width != usual)
            yield Found("RG683", f"row {row} has {widths[row - 1]} columns, the others {usual}", place)

    def pieces_of_one(self) -> Iterator[Found]:
        """Tables and lists whose next piece begins on the next page as another element."""
        ends: dict[int, tuple[Leaf, Leaf]] = {}
        for node in self.nodes:
            if node.kind in ("Table", "L"):
                leaves = list(node.leaves())
                if leaves:
                    ends[id(node)] = leaves[0], leaves[-1]
        inner = ("P", "L", "LI", "LBody", "Table", "TR")
        spread = ((leaf.page for leaf in node.leaves()) for node in self.nodes if node.kind in inner)
        if any(len(set(pages)) > 1 for pages in spread):
            # made by a program that knows how to go on over the end of a page: what it calls two lists are two
            return
        position = {leaf: n for n, (_, leaf) in enumerate(self.order)}
        begins = {first: node for node in self.nodes if (pair := ends.get(id(node))) for first in pair[:1]}
        told: set[int] = set()
        for one in (node for node in self.nodes if id(node) in ends):
            last = ends[id(one)][1]
            after = position[last] + 1
            if after >= len(self.order):
                continue
            following = self.order[after][1]
            other = begins.get(following)
            if other is None or following.page != last.page + 1 or other.kind != one.kind:
                continue
            if _path(one) != _path(other) or id(other) in told or not self._goes_on(one, other):
                continue
            told.add(id(other))
            what = "table" if one.kind == "Table" else "list"
            message = f"the {what} that ends page {last.page + 1} goes on here as another one"
            yield Found("RG678", message, Place(page=following.page + 1))

    def _goes_on(self, one: Node, other: Node) -> bool:
        if one.kind == "L":
            return True
        rows = [[n for n in node.nodes() if n.kind == "TR"] for node in (one, other)]
        if not all(rows) or any(n.kind == "Caption" for n in other.nodes()):
            return False
        first, next_ = ([c for c in row[0].children if isinstance(c, Node)] for row in rows)
        if len(first) != len(next_):
            return False
        repeated = [self.text(c) for c in first] == [self.text(c) for c in next_]
        column_heads = any(c.kind == "TH" for c in next_[1:])
        return repeated or not column_heads

    # -- links and lists

    def links(self) -> Iterator[Found]:
        notes = {note.number: note for note in self.said.links}
        shown: list[Linked] = []
        for node in self.nodes:
            held = [c.number for c in node.children if not isinstance(c, Node | Leaf)]
            if node.kind != "Link" or not held or (node.parent is not None and node.parent.kind == "Link"):
                continue
            note = notes.get(held[0])
            text = node.alt or self.text(node)
            if note is not None:
                shown.append(Linked(text, note.target if is_address(note.target) else "", Place(page=note.page)))
        yield from about_links(shown)
        wrong: dict[str, list[int]] = {}
        for note in self.said.links:
            if not note.tagged:
                yield Found(
                    "RG680", f"a link to {short(note.target) or 'somewhere'} is not tagged", Place(page=note.page)
                )
            if not note.contents.strip():
                wrong.setdefault("no description", []).append(note.page)
            elif is_address(note.contents) or note.contents == note.target:
                wrong.setdefault(f"an address as their description, such as {short(note.contents)!r}", []).append(
                    note.page
                )
        for what, numbers in _merged(wrong).items():
            yield Found("RG679", f"{_times(len(numbers), 'link')} with {what}", Place(page=numbers[0]))

    def lists(self) -> Iterator[Found]:
        paragraphs = (n for n in self.nodes if n.kind in ("P", "LI", "Table") or re.fullmatch(r"H[1-6]?", n.kind))
        yield from about_typed_lists(
            (self.text(n) if n.kind == "P" and not n.within("L", "Table", "TOC") else "", self.place(n))
            for n in paragraphs
        )

    # -- order and colour

    def pieces(self) -> list[_Piece]:
        """What is read, in order: for each block and page its text and the box that it takes."""
        out: list[_Piece] = []
        run: list[Painted] = []
        before: tuple[Node, int] | None = None

        def flush() -> None:
            if before is not None and run:
                left, bottom = min(t.box[0] for t in run), min(t.box[1] for t in run)
                right, top = max(t.box[2] for t in run), max(t.box[3] for t in run)
                lines = len({round(t.base) for t in run})
                out.append(_Piece(*before, " ".join(t.text for t in run), (left, bottom, right, top), lines))
            run.clear()

        for holder, leaf in self.order:
            texts = [t for t in self.painted.get((leaf.page, leaf.mark), ()) if t.visible]
            block: Node | None = holder
            while block is not None and block.kind not in _BLOCKS:
                block = block.parent
            here = (block or holder, leaf.page)
            if before is None or here[0] is not before[0] or here[1] != before[1]:
                flush()
                before = here
            run.extend(texts)
        flush()
        return out

    def reading_order(self) -> Iterator[Found]:
        """Where what is read next stands above what was just read, in its column, or before it on its line."""
        told: set[int] = set()
        for one, other in pairwise(self.pieces()):
            if one.page != other.page or one.page in told or one.node.within(*_ASIDE) or other.node.within(*_ASIDE):
                continue
            if _jumps_up(one, other) or _jumps_back(one, other):
                told.add(one.page)
                message = f"{short(other.text, 40)!r} is read after {short(one.text, 40)!r}, and stands before it"
                yield Found("RG670", message, Place(page=one.page + 1))

    def colour_alone(self) -> Iterator[Found]:
        yield from self._coloured_words()
        yield from self._coloured_cells()

    def _coloured_words(self) -> Iterator[Found]:
        """Words that differ from the others of their paragraph by their colour and by nothing else."""
        told: set[int] = set()
        for node in self.nodes:
            if node.kind not in ("P", "LBody", "TD") or any(n.kind in ("P", "LI", "Table") for n in node.nodes()):
                continue
            texts = [t for t in self._texts(node) if t.colour is not None and re.search(r"\w", t.text)]
            usual = Counter(t.colour for t in texts).most_common(1)
            page = self.place(node).page or 0
            if len(texts) < 2 or page in told:
                continue
            main = next(t for t in texts if t.colour == usual[0][0])
            for text in texts:
                if text.colour is None or main.colour is None or text.colour == main.colour:
                    continue
                alike = (text.font, text.size) == (main.font, main.size)
                if alike and is_coloured(text.colour) and not self._underlined(text, page):
                    told.add(page)
                    message = f"{short(text.text, 40)!r} differs from the text around it by its colour alone"
                    yield Found("RG669", message, Place(page=page))
                    break

    def _underlined(self, text: Painted, page: int) -> bool:
        """Whether something is painted below or behind a text: a line, or a box of another colour than the page."""
        left, bottom, right, top = text.box
        width, height = right - left, top - bottom
        for shape in self.pages[page - 1].shapes:
            box = shape.box
            across = min(box[2], right) - max(box[0], left)
            small = box[3] - box[1] <= 3 * height and box[2] - box[0] <= 3 * width + 20
            if across > 0.8 * width and small and box[3] >= bottom - 0.4 * height and box[1] <= top:
                return True
        return text.under is not None and text.under != (255, 255, 255)

    def _coloured_cells(self) -> Iterator[Found]:
        """Cells without text in rows where a coloured box stands that no text is in or beside."""
        told: set[int] = set()
        for row in (node for node in self.nodes if node.kind == "TR"):
            cells = [c for c in row.children if isinstance(c, Node) and c.kind in ("TD", "TH")]
            texts = self._texts(row)
            page = self.place(row).page
            full = [c for c in cells if self.text(c).strip() or any(n.kind == "Figure" for n in c.nodes())]
            if page is None or page in told or len(full) == len(cells) or not texts:
                continue
            low, high = min(t.box[1] for t in texts) - 4, max(t.box[3] for t in texts) + 4
            for shape in self.pages[page - 1].shapes:
                left, bottom, right, top = shape.box
                size = 4 < right - left < 200 and 4 < top - bottom < 60
                beside = any(
                    t.box[0] - 12 < right and t.box[2] + 12 > left and t.box[1] < top and t.box[3] > bottom
                    for t in texts
                )
                if (
                    shape.filled
                    and size
                    and is_coloured(shape.colour)
                    and low < (bottom + top) / 2 < high
                    and not beside
                ):
                    told.add(page)
                    row_of = short(texts[0].text, 40)
                    message = f"a cell in the row of {row_of!r} holds nothing but the colour {named(shape.colour)}"
                    yield Found("RG669", message, Place(page=page))
                    break


def _merged(wrong: dict[str, list[int]]) -> dict[str, list[int]]:
    """Links with addresses as one fault, named by the first."""
    out: dict[str, list[int]] = {}
    address = next((what for what in wrong if what.startswith("an address")), "")
    for what, numbers in wrong.items():
        out.setdefault(address if what.startswith("an address") else what, []).extend(numbers)
    return out


def _holder(node: Node, kind: str) -> Node | None:
    holder = node.parent
    while holder is not None and holder.kind != kind:
        holder = holder.parent
    return holder


def _path(node: Node) -> list[str]:
    """The types of the elements that hold an element."""
    out = []
    while node.parent is not None:
        node = node.parent
        out.append(node.kind)
    return out


def _widths(rows: list[list[Node]]) -> list[int]:
    """How many columns each row fills, cells from rows above counted."""
    out: list[int] = []
    hanging: Counter[int] = Counter()
    for n, row in enumerate(rows):
        out.append(sum(cell.columns for cell in row) + hanging[n])
        for cell in row:
            for below in range(n + 1, n + min(cell.rows, 1000)):
                hanging[below] += cell.columns
    return out


def _jumps_up(one: _Piece, other: _Piece) -> bool:
    shared = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    narrower = min(one.box[2] - one.box[0], other.box[2] - other.box[0])
    return other.box[1] >= one.box[3] - _SLACK and shared > 0.5 * narrower > 0


def _jumps_back(one: _Piece, other: _Piece) -> bool:
    same = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    height = min(one.box[3] - one.box[1], other.box[3] - other.box[1])
    single = one.lines == other.lines == 1
    return single and same > 0.6 * height > 0 and other.box[2] <= one.box[0] - 1
