"""Blocks -> WordprocessingML. The styles are the shell's; here it is told what takes which.

Level 1 is the document's title (role ``title``); a heading of level n is Word's Heading n-1. Printed numbers of paragraphs
and items are text in front of a tab, so that no list counter can change them. The contents are a field whose entries are
filled in; page numbers in them are fields that Word fills, because nothing here lays out pages. Changes are Word's own
revisions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

from reportgen.document import (
    Aside,
    Block,
    Change,
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
    walk,
)
from reportgen.errors import InputError
from reportgen.files import iso_date
from reportgen.writers.docx.numbering import Lists
from reportgen.writers.docx.styles import ROLES, STEP, TERM_WIDTH, Look, Styles, style_of

#: A table of at most so many rows, and lines in them, stays on one page.
_SHORT_TABLE, _FEW_LINES = 12, 24
#: Roles of paragraphs that go by another name among the roles of styles.
_ROLES = {
    "made": "imprint",
    # what a document with tracked changes is laid out in: a flat sequence of paragraphs
    "details-line": "details",
    "note-box": "aside",
}
#: Roles of styles that a paragraph may have; those of headings, contents and tables are none of them.
_PARAGRAPHS = frozenset(
    "lead said provider band grade imprint details aside note-text caption item-1 item-2 item-3 numbered-item".split()
)
_SMALL_TABLES = frozenset({"register", "changes", "facts"})
#: The space that a paragraph needs after a table, by its role; headings bring their own.
_AFTER_TABLE = {"caption": 400, **dict.fromkeys((f"heading-{n}" for n in range(1, 6)), 0)}
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Paragraph properties in the order that they must have.
_ORDER = ("keepNext", "numPr", "pBdr", "shd", "tabs", "spacing", "ind", "outlineLvl")
#: Units of a figure that go on the usual width of the text, and what Word measures drawings in, to a twentieth of a point.
_FULL_WIDTH, _EMU = 640, 635
_USUAL_WIDTH = 9070
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_DRAWING = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
_LINK_COLOUR = '<w:color w:val="0563C1"/>'
_TIGHT = '<w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/>'
_BORDERS = (
    "<w:tblBorders>"
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + "</w:tblBorders>"
)


@dataclass(frozen=True, slots=True)
class _Face:
    """How a run looks: a character style and what is set beside it."""

    style: str | None = None
    bold: bool = False
    italic: bool = False
    linked: bool = False
    raised: bool = False
    lang: str | None = None

    def __str__(self) -> str:
        inside = (
            style_of(self.style, "rStyle")
            + ("<w:b/><w:bCs/>" if self.bold else "")
            + ("<w:i/><w:iCs/>" if self.italic else "")
            + (_LINK_COLOUR + '<w:u w:val="single"/>' if self.linked else "")
            + ('<w:vertAlign w:val="superscript"/>' if self.raised else "")
            + (f"<w:lang w:val={quoteattr(self.lang)}/>" if self.lang else "")
        )
        return f"<w:rPr>{inside}</w:rPr>" if inside else ""


_PLAIN, _RAISED = _Face(), _Face(raised=True)


class Builder:
    """Blocks -> WordprocessingML as text, which is many times faster than building it element by element.

    One builder writes everything that goes into one file; ``width`` (of the text, in twentieths of a point) is set anew
    wherever blocks go to another place.
    """

    def __init__(
        self,
        document: Document,
        styles: Styles,
        *,
        relate: Callable[[str], str],
        embed: Callable[[bytes], str],
        lists: Lists,
        comments: Mapping[str, Sequence[str]],
        taken: Collection[str] = (),
        first_bookmark: int = 1,
        first_comment: int = 0,
        first_drawing: int = 1,
    ) -> None:
        """``relate`` gives the relationship to an address, ``embed`` that to a PNG; ``taken`` are names of bookmarks that the shell has already."""
        self.document = document
        self.styles = styles
        self.comments = comments
        self.relate, self.embed, self.lists = relate, embed, lists
        self.said: list[str] = []
        self.first_comment = first_comment
        self.bookmarks = first_bookmark - 1
        self.revisions = 0
        self.when = iso_date(dict(document.properties).get("date"))
        self.names: dict[str, str] = {}
        self.taken = set(taken)
        self.drawn: dict[Figure, bytes] | None = None
        self.figures = 0
        self.first_drawing = first_drawing
        self.width = _USUAL_WIDTH
        #: whether the next paragraph needs the space that a table cannot have below it
        self.after_table = False
        self.last_table: Change = None

    def begin(self, width: int) -> None:
        """Go on at another place, whose text is so wide."""
        self.width = width
        self.after_table, self.last_table = False, None

    # -- blocks

    def blocks(self, blocks: Sequence[Block], *, style: str | None = None) -> Iterator[str]:
        before: Block | None = None
        for block in blocks:
            if isinstance(block, ListBlock):
                self.lists.begin()
                if isinstance(before, ListBlock):
                    yield self.gap()
            elif _is_item(block) and not _is_item(before):
                self.lists.begin()
            yield from self.block(block, style)
            before = block

    def block(self, block: Block, style: str | None) -> Iterator[str]:
        match block:
            case Section(inner):
                yield from self.blocks(inner, style=style)
            case Aside(inner):
                yield from self.blocks(inner, style="aside")
            case Heading(level, inlines, id_, change):
                name = "title" if level == 1 else f"heading-{min(level - 1, 5)}"
                yield self.paragraph(name, self.bookmarked(id_, self.runs(inlines, change)), change)
            case Paragraph(role="spacer", change=change):
                yield self.spacer(change)
            case Paragraph():
                yield self.text(block, style)
            case Note(mark, inlines, id_):
                runs = self.run(mark, _RAISED) + self.tab() + self.runs(inlines)
                yield self.paragraph("note-text", self.bookmarked(id_, runs))
            case ListBlock():
                yield from self.items(block.items, 1)
            case Table():
                yield from self.table(block)
            case Terms(pairs):
                yield from self.terms(pairs)
            case Contents():
                yield from self.contents(block)
            case Figure():
                yield from self.figure(block)

    def figure(self, block: Figure) -> Iterator[str]:
        """The picture in a line of its own, as wide as the text at the most, with what stands for it."""
        if self.drawn is None:
            from reportgen.writers.pictures import pictures

            figures = [b for b in walk(self.document.blocks) if isinstance(b, Figure)]
            self.drawn = dict(zip(figures, pictures(figures), strict=True))
        rid, drawing = self.embed(self.drawn[block]), self.first_drawing + self.figures
        self.figures += 1
        width = min(self.width, block.width * _USUAL_WIDTH // _FULL_WIDTH) * _EMU
        size = f'cx="{width}" cy="{width * block.height // block.width}"'
        named = f'name="Figure {self.figures}"'
        if block.caption:
            yield self.paragraph("caption", self.runs(block.caption, face=self.face("caption")), keep=True)
        yield self.paragraph(
            "text",
            f'<w:r><w:drawing><wp:inline {_DRAWING} distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
            f'<wp:docPr id="{drawing}" {named} title={quoteattr(legal(block.title))} '
            f"descr={quoteattr(legal(block.alternative))}/>"
            '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
            f'<a:graphic><a:graphicData uri="{_PICTURE}"><pic:pic xmlns:pic="{_PICTURE}"><pic:nvPicPr>'
            f'<pic:cNvPr id="{drawing}" {named}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
            f'<a:blip r:embed="{rid}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>'
            f'<a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
            "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>",
        )

    def text(self, block: Paragraph, style: str | None) -> str:
        own = _ROLES.get(block.role or "", block.role or "")
        known = own in _PARAGRAPHS or (own not in ROLES and own in self.styles.chosen)
        name = style or (own if known else "numbered" if block.number else "text")
        runs = self.runs(block.inlines, block.change, self.face(name))
        if block.number:
            runs = self.number(block.number, block.earlier_number, block.change) + runs
        commented = self.commented(block.id, self.bookmarked(block.id, runs), block.change)
        return self.paragraph(name, commented, block.change)

    def number(self, number: str, earlier: str | None, change: Change) -> str:
        look = self.number_face()
        if earlier is None or change:
            return self.changed(self.run(f"{number}.", look, change) + self.tab(), change)
        gone = self.changed(self.run(f"{earlier}.", look, "del"), "del")
        return gone + self.changed(self.run(f"{number}.", look, "ins"), "ins") + self.tab()

    def commented(self, id_: str | None, runs: str, change: Change) -> str:
        """Runs with the comments that stand at them; their marks go where the paragraph goes."""
        for text in self.comments.get(id_ or "", ()):
            n = self.first_comment + len(self.said)
            self.said.append(text)
            mark = self.changed(f'<w:r><w:commentReference w:id="{n}"/></w:r>', change)
            runs = f'<w:commentRangeStart w:id="{n}"/>{runs}<w:commentRangeEnd w:id="{n}"/>{mark}'
        return runs

    def terms(self, pairs: Sequence[tuple[tuple[Inline, ...], tuple[Inline, ...]]]) -> Iterator[str]:
        for term, value in pairs:
            # a term that is wider than its column stands above its value
            between = "<w:r><w:br/></w:r>" if len(plain(term)) * 125 > TERM_WIDTH else self.tab()
            yield self.paragraph("details", self.runs((Strong(term),)) + between + self.runs(value))

    def items(self, items: Iterable[Item], depth: int) -> Iterator[str]:
        for item in items:
            first = True
            for inner in item.blocks:
                if isinstance(inner, ListBlock):
                    yield from self.items(inner.items, depth + 1)
                elif isinstance(inner, Paragraph):
                    runs = self.runs(inner.inlines, item.change)
                    if first and item.number:
                        lead = self.run(f"{item.number}.", self.number_face(), item.change) + self.tab()
                        yield self.paragraph(
                            "numbered-item",
                            self.bookmarked(item.id, self.changed(lead, item.change) + runs),
                            item.change,
                            left=624 + STEP * (depth - 1) if depth > 1 else None,
                        )
                    else:
                        name = f"item-{min(depth, 3)}" if first else "text"
                        yield self.paragraph(
                            name,
                            self.bookmarked(item.id if first else None, runs),
                            item.change,
                            left=STEP * depth if first and depth > 3 else None,
                            depth=depth if first else None,
                        )
                    first = False
                else:
                    yield from self.block(inner, None)

    def table(self, table: Table) -> Iterator[str]:
        caption = plain(table.caption)
        if caption:
            yield self.paragraph("caption", self.runs(table.caption, face=self.face("caption")))
        elif self.after_table:
            # two tables without a paragraph between them would become one in Word; it goes where one of them goes
            yield self.paragraph("caption", "", self.last_table or _whole_change(table))
        style = "table-small" if table.role in _SMALL_TABLES else "table-text"
        widths = _widths(table, self.width, self.styles.size(style))
        grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
        first_column = int(all(row.cells[0].header == "row" for row in table.rows)) if table.rows else 0
        bits = 0x0600 | (0x0020 if table.head else 0) | (0x0080 if first_column else 0)
        look = (
            f'<w:tblLook w:val="{bits:04X}" w:firstRow="{int(bool(table.head))}" w:lastRow="0" w:firstColumn="{first_column}" '
            'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        )
        described = f"<w:tblCaption w:val={quoteattr(legal(caption)[:250])}/>" if caption else ""
        count = len(table.head) + len(table.rows)
        together = count <= _SHORT_TABLE and _lines(table, widths) <= _FEW_LINES
        rows = [
            self.row(
                row, widths, style, head=n < len(table.head), keep=n < count - 1 and (together or n <= len(table.head))
            )
            for n, row in enumerate((*table.head, *table.rows))
        ]
        ours = self.styles.look("table")
        borders = "" if ours.style else _BORDERS
        yield (
            f'<w:tbl><w:tblPr>{style_of(ours.style, "tblStyle")}<w:tblW w:w="{sum(widths)}" w:type="dxa"/>{borders}<w:tblLayout w:type="fixed"/>{look}{described}</w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
        )
        self.after_table, self.last_table = True, _whole_change(table)

    def spacer(self, change: Change) -> str:
        mark = f"<w:rPr>{self.revision(change)}</w:rPr>" if change else ""
        return f"<w:p><w:pPr>{style_of(self.styles.look('text').style)}{_TIGHT}{mark}</w:pPr></w:p>"

    def gap(self) -> str:
        """What stands between two tables, or two lists, which would be one in Word without it."""
        return self.spacer(None)

    def row(self, row: Row, widths: Sequence[int], style: str, *, head: bool, keep: bool) -> str:
        change = self.revision(row.change) if row.change else ""
        properties = f"<w:cantSplit/>{'<w:tblHeader/>' if head else ''}{change}"
        cells = []
        for cell, width in zip(row.cells, widths, strict=True):
            # a table style that is made for reports sets headers apart
            strong = cell.header is not None and not self.styles.look("table").own
            runs = self.runs(cell.inlines, row.change, _Face(bold=strong))
            cells.append(
                f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{self.paragraph(style, runs, row.change, keep=keep)}</w:tc>'
            )
        return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"

    def contents(self, block: Contents) -> Iterator[str]:
        yield self.paragraph("contents-title", self.runs(block.title, face=self.face("contents-title")))
        headings = outline(self.document.blocks, block.depth)
        begin = (
            f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-{block.depth - 1}" \\h \\z \\u </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        for index, heading in enumerate(headings):
            name = self.bookmark_name(heading.id or "")
            page = (
                f'<w:r><w:tab/></w:r><w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r><w:r><w:instrText xml:space="preserve"> PAGEREF {name} \\h </w:instrText></w:r>'
                '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
            )
            link = (
                f'<w:hyperlink w:anchor="{name}" w:history="1">{self.run(plain(heading.inlines))}{page}</w:hyperlink>'
            )
            before, after = (begin if index == 0 else ""), (end if index == len(headings) - 1 else "")
            yield self.paragraph(f"contents-{min(heading.level - 1, 3)}", before + link + after)

    # -- paragraphs and runs

    def paragraph(
        self,
        role: str,
        runs: str,
        change: Change = None,
        *,
        keep: bool = False,
        left: int | None = None,
        depth: int | None = None,
    ) -> str:
        """A paragraph; ``keep`` holds it on the page of the next one, ``depth`` is that of an item in its list."""
        look = self.styles.look(role)
        set_here = dict(look.makeup)
        if space := _AFTER_TABLE.get(role, 240) if self.after_table else 0:
            set_here["spacing"] = f'<w:spacing w:before="{space}"/>'
        if keep:
            set_here["keepNext"] = "<w:keepNext/>"
        if role.startswith("item-"):
            self.listed(set_here, look, depth or int(role[-1]))
        if left is not None:
            set_here["ind"] = f'<w:ind w:left="{left}"/>'
        if (role.startswith("contents-") and "ind" in set_here) or (role == "contents-1" and not look.own):
            set_here["tabs"] = f'<w:tabs><w:tab w:val="right" w:pos="{self.width}"/></w:tabs>'
        properties = [style_of(look.style), *(set_here.get(name, "") for name in _ORDER)]
        if change:
            properties.append(f"<w:rPr>{self.revision(change)}</w:rPr>")
        self.after_table = False
        return f"<w:p><w:pPr>{''.join(properties)}</w:pPr>{runs}</w:p>"

    def listed(self, set_here: dict[str, str], look: Look, depth: int) -> None:
        """Put a paragraph into a list where its style does not, or not at its depth."""
        place = self.lists.place(look, depth)
        if place is not None:
            set_here["numPr"] = f'<w:numPr><w:ilvl w:val="{place[1]}"/><w:numId w:val="{place[0]}"/></w:numPr>'

    def face(self, role: str) -> _Face:
        if not self.styles.look(role).bold:
            return _PLAIN
        style = self.styles.look("strong").style
        return _Face(style, bold=style is None)

    def number_face(self) -> _Face:
        return _Face(self.styles.look("number").style)

    def bookmark_name(self, id_: str) -> str:
        """A name that Word takes (letters, digits, underscores, at most 40), one for each id."""
        if id_ not in self.names:
            base = "_" + re.sub(r"\W", "_", id_)[:32]
            name, count = base, 1
            while name in self.taken:
                count += 1
                name = f"{base}_{count}"
            self.names[id_] = name
            self.taken.add(name)
        return self.names[id_]

    def bookmarked(self, id_: str | None, runs: str) -> str:
        if not id_:
            return runs
        self.bookmarks += 1
        name = self.bookmark_name(id_)
        return (
            f'<w:bookmarkStart w:id="{self.bookmarks}" w:name="{name}"/>{runs}<w:bookmarkEnd w:id="{self.bookmarks}"/>'
        )

    def revision(self, change: Change) -> str:
        self.revisions += 1
        return f'<w:{change} w:id="{100000 + self.revisions}" w:author="reportgen" w:date="{self.when}"/>'

    def changed(self, runs: str, change: Change) -> str:
        if not change or not runs:
            return runs
        self.revisions += 1
        return f'<w:{change} w:id="{100000 + self.revisions}" w:author="reportgen" w:date="{self.when}">{runs}</w:{change}>'

    def tab(self) -> str:
        return "<w:r><w:tab/></w:r>"

    def run(self, text: str, face: _Face = _PLAIN, change: Change = None) -> str:
        if not text:
            return ""
        tag = "delText" if change == "del" else "t"
        pieces = (
            f'<w:{tag} xml:space="preserve">{escape(part)}</w:{tag}>' if part else ""
            for part in legal(text).split("\t")
        )
        return f"<w:r>{face}{'<w:tab/>'.join(pieces)}</w:r>"

    def runs(self, inlines: Iterable[Inline], change: Change = None, face: _Face = _PLAIN) -> str:
        out: list[str] = []
        for inline in inlines:
            match inline:
                case Text(text, own):
                    kind = change or own
                    out.append(self.changed(self.run(text, face, kind), kind))
                case Strong(inner):
                    out.append(self.runs(inner, change, replace(face, bold=True)))
                case Emphasis(inner):
                    out.append(self.runs(inner, change, replace(face, italic=True)))
                case Language(lang, inner):
                    out.append(self.runs(inner, change, replace(face, lang=lang)))
                case Link(href, inner):
                    style = self.styles.look("link").style
                    bold = face.bold or face.style is not None
                    linked = replace(face, style=style, bold=bold, linked=style is None)
                    out.append(self.link(href, self.runs(inner, change, linked)))
                case Mark(text, own):
                    kind = change or own
                    out.append(self.changed(self.run(text, replace(_RAISED, lang=face.lang), kind), kind))
                case Tag(text, tone, own):
                    style = self.styles.look("tag").style or self.styles.look("strong").style
                    look = face if tone == "none" else _Face(style, bold=style is None, lang=face.lang)
                    kind = change or own
                    out.append(self.changed(self.run(text, look, kind), kind))
        return "".join(out)

    def link(self, href: str, runs: str) -> str:
        if href.startswith("#"):
            return f'<w:hyperlink w:anchor="{self.bookmark_name(href[1:])}" w:history="1">{runs}</w:hyperlink>'
        return f'<w:hyperlink r:id="{self.relate(href)}" w:history="1">{runs}</w:hyperlink>'


def _is_item(block: Block | None) -> bool:
    """Whether a block is an item of a list in a document that is laid out flat."""
    return isinstance(block, Paragraph) and (block.role or "").startswith("item-")


def legal(text: str) -> str:
    """The text, if XML can hold it.

    Raises:
        InputError: it cannot (RG114).
    """
    found = ILLEGAL.search(text)
    if found:
        message = f"control character U+{ord(found[0]):04X} in {text[max(0, found.start() - 20) : found.start()]!r}…"
        raise InputError("RG114", message, hint="take it out of the data")
    return text


def _whole_change(table: Table) -> Change:
    """The change that all rows of a table share; None where some stay or differ."""
    changes = {row.change for row in (*table.head, *table.rows)}
    return changes.pop() if len(changes) == 1 else None


def _lines(table: Table, widths: Sequence[int]) -> int:
    """About how many lines a table takes: letters of the usual width, less what its cells keep free."""
    rows = (*table.head, *table.rows)
    return sum(
        max(1 + len(plain(c.inlines)) * 120 // max(w - 200, 120) for c, w in zip(row.cells, widths, strict=True))
        for row in rows
    )


def _widths(table: Table, width: int, size: int) -> list[int]:
    """Column widths in twentieths of a point: by the words in them, none too narrow for its longest word."""
    rows = [[plain(c.inlines) for c in row.cells] for row in (*table.head, *table.rows)]
    bold = [[c.header is not None for c in row.cells] for row in (*table.head, *table.rows)]
    columns = list(zip(*rows, strict=True))
    per_character = 25 + 5 * size
    longest = [0.0] * len(columns)
    for row, heads in zip(rows, bold, strict=True):
        for n, (cell, head) in enumerate(zip(row, heads, strict=True)):
            word = max(map(len, re.split(r"\s+|(?<=-)", cell)))
            longest[n] = max(longest[n], word * per_character * (1.15 if head else 1))
    least = [min(int(word) + 260, width // 2) for word in longest]
    if sum(least) >= width:
        made = _capped(least, width)
    else:
        spare = width - sum(least)
        weight = [min(60.0, max(6.0, sum(map(len, column)) / len(column))) for column in columns]
        made = [int(low + spare * part / sum(weight)) for low, part in zip(least, weight, strict=True)]
    made[-1] += width - sum(made)
    return made


def _capped(wanted: Sequence[int], room: int) -> list[int]:
    """What each wants where there is not room for all: the widest give way, so that short words stay whole."""
    made = [0] * len(wanted)
    for place, n in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        made[n] = min(wanted[n], (room - sum(made)) // (len(wanted) - place))
    return made
