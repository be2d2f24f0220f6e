"""Block tree -> Word file. The shell, an ordinary .docx, owns the looks; here the tree is told in its styles.

Level 1 is the document's title (style Title); a heading of level n is Word's Heading n-1. Printed numbers of paragraphs
and items are text in front of a tab, so that no list counter can change them. The contents are a field whose entries are
filled in; page numbers in them are fields that Word fills, because nothing here lays out pages. Changes are Word's own
revisions. The same tree gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from reportgen.carried import NAMESPACE, ToCarry
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
from reportgen.errors import InputError, TemplateError
from reportgen.writers.pictures import pictures

_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATED = "word/_rels/document.xml.rels"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DECLARED = f'xmlns:w="{_NS}" xmlns:r="{_R}"'
_TEXT_WIDTH = 9070
#: Units of a figure that go on the width of the text, and what Word measures drawings in, to a twentieth of a point.
_FULL_WIDTH, _EMU = 640, 635
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_DRAWING = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
#: What each level of a list is set further in, as in the shell.
_STEP = 340
#: The width of the column that terms stand in (style Details).
_TERM_WIDTH = 2835
#: A table of at most so many rows stays on one page.
_SHORT_TABLE = 12
#: Paragraph roles that have a style of their own; every other paragraph is body text.
_ROLE_STYLES = {
    "provider": "Subtitle",
    "band": "Band",
    "grade": "GradeLine",
    "lead": "Lead",
    "made": "Imprint",
    "said": "BodyText",
    # what a document with tracked changes is laid out in: a flat sequence of paragraphs
    "caption": "Caption",
    "details-line": "Details",
    "item-1": "ListBullet",
    "item-2": "ListBullet2",
    "item-3": "ListBullet3",
    "numbered-item": "NumberedItem",
    "note-box": "Note",
    "note-text": "NoteText",
}
#: Two tables, or two lists, without a paragraph between them would be one in Word.
_GAP = '<w:p><w:pPr><w:pStyle w:val="BodyText"/><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
_SMALL_TABLES = frozenset({"register", "changes", "facts"})
_BOLD, _ITALIC, _LINKED = "<w:b/><w:bCs/>", "<w:i/><w:iCs/>", '<w:rStyle w:val="Hyperlink"/>'
#: The space that a paragraph needs after a table, by its style; headings bring their own.
_AFTER_TABLE = {"Caption": 400, **dict.fromkeys((f"Heading{n}" for n in range(1, 6)), 0)}
_RAISED = '<w:vertAlign w:val="superscript"/>'
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write(
    document: Document,
    *,
    shell: str | Path | None = None,
    comments: Mapping[str, Sequence[str]] | None = None,
    carrying: ToCarry | None = None,
) -> bytes:
    """The document as a .docx.

    Args:
        document: the tree.
        comments: what Word shows beside a paragraph, by the paragraph's id.
        carrying: a data file to put into a part of its own, sealed with what the finished document shows; None puts none.
        shell: the Word file that gives styles, footers and page; None takes that of the standard pack.

    Raises:
        InputError: a character that XML cannot hold (RG114).
        TemplateError: the shell is not there or is no Word file (RG407).
    """
    import docx
    from lxml import etree

    path = Path(shell) if shell is not None else _standard_shell()
    try:
        file = docx.Document(io.BytesIO(_shell_bytes(path)))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise TemplateError("RG407", f"no Word file: {path.name}: {error}", hint="give a .docx") from None
    body = file.element.body
    section = body.sectPr
    builder = _Builder(document, file.part, comments or {})
    xml = f"<w:body {_DECLARED}>{''.join(builder.blocks(document.blocks))}</w:body>"
    for element in etree.fromstring(xml.encode("utf-8"), etree.XMLParser(huge_tree=True, resolve_entities=False)):
        section.addprevious(element)
    builder.add_comments(file)
    _fill_fields(file, document)
    _properties(file, document)
    buffer = io.BytesIO()
    file.save(buffer)
    made = buffer.getvalue()
    return _steady(made, _carrying(made, carrying) if carrying else {})


def _carrying(made: bytes, carrying: ToCarry) -> dict[str, bytes]:
    """The parts that make a Word file carry its data, new ones and those that have to name them."""
    free = 1
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        while f"customXml/item{free}.xml" in archive.namelist():
            free += 1
        related = archive.read(_RELATED).decode("utf-8")
        types = archive.read("[Content_Types].xml").decode("utf-8")
    text = _ILLEGAL.sub(lambda m: f"\\u{ord(m[0]):04x}", carrying.data.decode("utf-8"))
    part = f'{_HEAD}<data xmlns="{NAMESPACE}" seal="{carrying.seal(made)}">{escape(text)}</data>'
    key = str(uuid5(NAMESPACE_URL, NAMESPACE)).upper()
    properties = (
        f'{_HEAD}<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
        f'ds:itemID="{{{key}}}"><ds:schemaRefs><ds:schemaRef ds:uri="{NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
    )
    relation = '<Relationship Id="{}" Type="{}" Target="{}"/>'
    here = relation.format("reportgenData", f"{_R}/customXml", f"../customXml/item{free}.xml")
    there = relation.format("rId1", f"{_R}/customXmlProps", f"itemProps{free}.xml")
    kind = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    named = f'<Override PartName="/customXml/itemProps{free}.xml" ContentType="{kind}"/>'
    parts = {
        f"customXml/item{free}.xml": part,
        f"customXml/itemProps{free}.xml": properties,
        f"customXml/_rels/item{free}.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}">{there}</Relationships>',
        _RELATED: related.replace("</Relationships>", f"{here}</Relationships>"),
        "[Content_Types].xml": types.replace("</Types>", f"{named}</Types>"),
    }
    return {name: text.encode("utf-8") for name, text in parts.items()}


def _standard_shell() -> Path:
    here = Path(__file__).resolve()
    for folder in (here.parents[1] / "templates", here.parents[2] / "templates"):
        found = folder / "standard" / "shell.docx"
        if found.is_file():
            return found
    raise TemplateError("RG407", "the standard Word shell is not installed", hint="install reportgen again")


@lru_cache(maxsize=4)
def _shell_bytes(path: Path) -> bytes:
    return path.read_bytes()


class _Builder:
    """Blocks -> WordprocessingML as text, which is many times faster than building it element by element."""

    def __init__(self, document: Document, part: Any, comments: Mapping[str, Sequence[str]]) -> None:
        self.document = document
        self.comments = comments
        self.said: list[str] = []
        self.part = part
        self.bookmarks = 0
        self.revisions = 0
        dated = dict(document.properties).get("date")
        self.when = f"{dated or '2000-01-01'}T00:00:00Z"
        self.names: dict[str, str] = {}
        self.drawn: dict[Figure, bytes] | None = None
        self.figures = 0
        #: whether the next paragraph needs the space that a table cannot have below it
        self.after_table = False
        self.last_table: Change = None

    # -- blocks

    def blocks(self, blocks: Sequence[Block], *, style: str | None = None) -> Iterator[str]:
        before: Block | None = None
        for block in blocks:
            if isinstance(block, ListBlock) and isinstance(before, ListBlock):
                yield _GAP
            yield from self.block(block, style)
            before = block

    def block(self, block: Block, style: str | None) -> Iterator[str]:
        match block:
            case Section(inner):
                yield from self.blocks(inner, style=style)
            case Aside(inner):
                yield from self.blocks(inner, style="Note")
            case Heading(level, inlines, id_, change):
                name = "Title" if level == 1 else f"Heading{min(level - 1, 5)}"
                yield self.paragraph(name, self.bookmarked(id_, self.runs(inlines, change)), change)
            case Paragraph(role="spacer", change=change):
                yield self.spacer(change)
            case Paragraph():
                yield self.text(block, style)
            case Note(mark, inlines, id_):
                runs = self.run(mark, _RAISED) + self.tab() + self.runs(inlines)
                yield self.paragraph("NoteText", self.bookmarked(id_, runs))
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
            figures = [b for b in walk(self.document.blocks) if isinstance(b, Figure)]
            self.drawn = dict(zip(figures, pictures(figures), strict=True))
        rid, _ = self.part.get_or_add_image(io.BytesIO(self.drawn[block]))
        self.figures += 1
        width = min(_TEXT_WIDTH, block.width * _TEXT_WIDTH // _FULL_WIDTH) * _EMU
        size = f'cx="{width}" cy="{width * block.height // block.width}"'
        named = f'name="Figure {self.figures}"'
        if block.caption:
            yield self.paragraph("Caption", self.runs(block.caption), keep=True)
        yield self.paragraph(
            "BodyText",
            f'<w:r><w:drawing><wp:inline {_DRAWING} distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
            f'<wp:docPr id="{self.figures}" {named} title={quoteattr(_legal(block.title))} '
            f"descr={quoteattr(_legal(block.alternative))}/>"
            '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
            f'<a:graphic><a:graphicData uri="{_PICTURE}"><pic:pic xmlns:pic="{_PICTURE}"><pic:nvPicPr>'
            f'<pic:cNvPr id="{self.figures}" {named}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
            f'<a:blip r:embed="{rid}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>'
            f'<a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
            "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>",
        )

    def text(self, block: Paragraph, style: str | None) -> str:
        runs = self.runs(block.inlines, block.change)
        plain_style = "NumberedParagraph" if block.number else "BodyText"
        if block.number:
            runs = self.number(block.number, block.earlier_number, block.change) + runs
        name = style or _ROLE_STYLES.get(block.role or "", plain_style)
        commented = self.commented(block.id, self.bookmarked(block.id, runs), block.change)
        return self.paragraph(name, commented, block.change)

    def number(self, number: str, earlier: str | None, change: Change) -> str:
        look = '<w:rStyle w:val="ParagraphNumber"/>'
        if earlier is None or change:
            return self.changed(self.run(f"{number}.", look, change) + self.tab(), change)
        gone = self.changed(self.run(f"{earlier}.", look, "del"), "del")
        return gone + self.changed(self.run(f"{number}.", look, "ins"), "ins") + self.tab()

    def commented(self, id_: str | None, runs: str, change: Change) -> str:
        """Runs with the comments that stand at them; their marks go where the paragraph goes."""
        for text in self.comments.get(id_ or "", ()):
            n = len(self.said)
            self.said.append(text)
            mark = self.changed(f'<w:r><w:commentReference w:id="{n}"/></w:r>', change)
            runs = f'<w:commentRangeStart w:id="{n}"/>{runs}<w:commentRangeEnd w:id="{n}"/>{mark}'
        return runs

    def add_comments(self, file: Any) -> None:
        for text in self.said:
            comment = file.comments.add_comment(text=_legal(text), author="reportgen", initials="rg")
            comment._comment_elm.set(f"{{{_NS}}}date", self.when)

    def terms(self, pairs: Sequence[tuple[tuple[Inline, ...], tuple[Inline, ...]]]) -> Iterator[str]:
        for term, value in pairs:
            # a term that is wider than its column stands above its value
            between = "<w:r><w:br/></w:r>" if len(plain(term)) * 125 > _TERM_WIDTH else self.tab()
            yield self.paragraph("Details", self.runs((Strong(term),)) + between + self.runs(value))

    def items(self, items: Iterable[Item], depth: int) -> Iterator[str]:
        for item in items:
            first = True
            for inner in item.blocks:
                if isinstance(inner, ListBlock):
                    yield from self.items(inner.items, depth + 1)
                elif isinstance(inner, Paragraph):
                    runs = self.runs(inner.inlines, item.change)
                    if first and item.number:
                        lead = (
                            self.run(f"{item.number}.", '<w:rStyle w:val="ParagraphNumber"/>', item.change) + self.tab()
                        )
                        yield self.paragraph(
                            "NumberedItem",
                            self.bookmarked(item.id, self.changed(lead, item.change) + runs),
                            item.change,
                            left=624 + _STEP * (depth - 1) if depth > 1 else None,
                        )
                    else:
                        name = f"ListBullet{'' if depth == 1 else min(depth, 3)}" if first else "BodyText"
                        yield self.paragraph(
                            name,
                            self.bookmarked(item.id if first else None, runs),
                            item.change,
                            left=_STEP * depth if first and depth > 3 else None,
                        )
                    first = False
                else:
                    yield from self.block(inner, None)

    def table(self, table: Table) -> Iterator[str]:
        caption = plain(table.caption)
        if caption:
            yield self.paragraph("Caption", self.runs(table.caption))
        elif self.after_table:
            # two tables without a paragraph between them would become one in Word; it goes where one of them goes
            yield self.paragraph("Caption", "", self.last_table or _whole_change(table))
        widths = _widths(table)
        grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
        first_column = int(all(row.cells[0].header == "row" for row in table.rows)) if table.rows else 0
        bits = 0x0600 | (0x0020 if table.head else 0) | (0x0080 if first_column else 0)
        look = (
            f'<w:tblLook w:val="{bits:04X}" w:firstRow="{int(bool(table.head))}" w:lastRow="0" w:firstColumn="{first_column}" '
            'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        )
        described = f"<w:tblCaption w:val={quoteattr(_legal(caption)[:250])}/>" if caption else ""
        style = "TableSmall" if table.role in _SMALL_TABLES else "TableText"
        count = len(table.head) + len(table.rows)
        together = count <= _SHORT_TABLE
        rows = [
            self.row(
                row, widths, style, head=n < len(table.head), keep=n < count - 1 and (together or n <= len(table.head))
            )
            for n, row in enumerate((*table.head, *table.rows))
        ]
        yield (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="ReportTable"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>{look}{described}</w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
        )
        self.after_table, self.last_table = True, _whole_change(table)

    def spacer(self, change: Change) -> str:
        mark = f"<w:rPr>{self.revision(change)}</w:rPr>" if change else ""
        return f'<w:p><w:pPr><w:pStyle w:val="BodyText"/><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/>{mark}</w:pPr></w:p>'

    def row(self, row: Row, widths: Sequence[int], style: str, *, head: bool, keep: bool) -> str:
        change = self.revision(row.change) if row.change else ""
        properties = f"<w:cantSplit/>{'<w:tblHeader/>' if head else ''}{change}"
        cells = []
        for cell, width in zip(row.cells, widths, strict=True):
            runs = self.runs(cell.inlines, row.change)
            cells.append(
                f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{self.paragraph(style, runs, row.change, keep=keep)}</w:tc>'
            )
        return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"

    def contents(self, block: Contents) -> Iterator[str]:
        yield self.paragraph("TOCHeading", self.runs(block.title))
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
            yield self.paragraph(f"TOC{min(heading.level - 1, 3)}", before + link + after)

    # -- paragraphs and runs

    def paragraph(
        self, style: str, runs: str, change: Change = None, *, keep: bool = False, left: int | None = None
    ) -> str:
        """A paragraph; ``keep`` holds it on the page of the next one."""
        space = _AFTER_TABLE.get(style, 240) if self.after_table else 0
        properties = [
            f'<w:pStyle w:val="{style}"/>',
            "<w:keepNext/>" if keep else "",
            f'<w:spacing w:before="{space}"/>' if space else "",
            f'<w:ind w:left="{left}"/>' if left is not None else "",
            f"<w:rPr>{self.revision(change)}</w:rPr>" if change else "",
        ]
        self.after_table = False
        return f"<w:p><w:pPr>{''.join(properties)}</w:pPr>{runs}</w:p>"

    def bookmark_name(self, id_: str) -> str:
        """A name that Word takes (letters, digits, underscores, at most 40), one for each id."""
        if id_ not in self.names:
            base = "_" + re.sub(r"\W", "_", id_)[:32]
            name, count = base, 1
            while name in self.names.values():
                count += 1
                name = f"{base}_{count}"
            self.names[id_] = name
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

    def run(self, text: str, properties: str = "", change: Change = None) -> str:
        if not text:
            return ""
        tag = "delText" if change == "del" else "t"
        inside = f"<w:rPr>{properties}</w:rPr>" if properties else ""
        pieces = (
            f'<w:{tag} xml:space="preserve">{escape(part)}</w:{tag}>' if part else ""
            for part in _legal(text).split("\t")
        )
        return f"<w:r>{inside}{'<w:tab/>'.join(pieces)}</w:r>"

    def runs(self, inlines: Iterable[Inline], change: Change = None, properties: str = "") -> str:
        out: list[str] = []
        for inline in inlines:
            match inline:
                case Text(text, own):
                    kind = change or own
                    out.append(self.changed(self.run(text, properties, kind), kind))
                # properties have their order: the style, then bold, then italic
                case Strong(inner):
                    style, rest = _style_of(properties)
                    out.append(self.runs(inner, change, f"{style}{_BOLD}{rest.replace(_BOLD, '')}"))
                case Emphasis(inner):
                    out.append(self.runs(inner, change, properties.replace(_ITALIC, "") + _ITALIC))
                case Link(href, inner):
                    out.append(self.link(href, self.runs(inner, change, _LINKED + _style_of(properties)[1])))
                case Mark(text, own):
                    kind = change or own
                    out.append(self.changed(self.run(text, _RAISED, kind), kind))
                case Tag(text, tone, own):
                    look = properties if tone == "none" else '<w:rStyle w:val="Tag"/>'
                    kind = change or own
                    out.append(self.changed(self.run(text, look, kind), kind))
        return "".join(out)

    def link(self, href: str, runs: str) -> str:
        if href.startswith("#"):
            return f'<w:hyperlink w:anchor="{self.bookmark_name(href[1:])}" w:history="1">{runs}</w:hyperlink>'
        from docx.opc.constants import RELATIONSHIP_TYPE

        rid = self.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return f'<w:hyperlink r:id="{rid}" w:history="1">{runs}</w:hyperlink>'


def _style_of(properties: str) -> tuple[str, str]:
    return (_LINKED, properties.removeprefix(_LINKED)) if properties.startswith(_LINKED) else ("", properties)


def _legal(text: str) -> str:
    found = _ILLEGAL.search(text)
    if found:
        message = f"control character U+{ord(found[0]):04X} in {text[max(0, found.start() - 20) : found.start()]!r}…"
        raise InputError("RG114", message, hint="take it out of the data")
    return text


def _whole_change(table: Table) -> Change:
    """The change that all rows of a table share; None where some stay or differ."""
    changes = {row.change for row in (*table.head, *table.rows)}
    return changes.pop() if len(changes) == 1 else None


def _widths(table: Table) -> list[int]:
    """Column widths in twentieths of a point: by the words in them, none too narrow for its longest word."""
    rows = [[plain(c.inlines) for c in row.cells] for row in (*table.head, *table.rows)]
    bold = [[c.header is not None for c in row.cells] for row in (*table.head, *table.rows)]
    columns = list(zip(*rows, strict=True))
    per_character = 115 if table.role in _SMALL_TABLES else 130
    longest = [0.0] * len(columns)
    for row, heads in zip(rows, bold, strict=True):
        for n, (cell, head) in enumerate(zip(row, heads, strict=True)):
            word = max(map(len, re.split(r"\s+|(?<=-)", cell)))
            longest[n] = max(longest[n], word * per_character * (1.15 if head else 1))
    least = [min(int(word) + 260, _TEXT_WIDTH // 2) for word in longest]
    if sum(least) >= _TEXT_WIDTH:
        made = _capped(least, _TEXT_WIDTH)
    else:
        spare = _TEXT_WIDTH - sum(least)
        weight = [min(60.0, max(6.0, sum(map(len, column)) / len(column))) for column in columns]
        made = [int(low + spare * part / sum(weight)) for low, part in zip(least, weight, strict=True)]
    made[-1] += _TEXT_WIDTH - sum(made)
    return made


def _capped(wanted: Sequence[int], room: int) -> list[int]:
    """What each wants where there is not room for all: the widest give way, so that short words stay whole."""
    made = [0] * len(wanted)
    for place, n in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        made[n] = min(wanted[n], (room - sum(made)) // (len(wanted) - place))
    return made


def _fill_fields(file: Any, document: Document) -> None:
    """Fill ``{{ title }}`` and the other properties in headers and footers."""
    values = {"title": document.title, **dict(document.properties)}
    for part in file.part.package.iter_parts():
        if not part.partname.startswith(("/word/footer", "/word/header")):
            continue
        for element in part.element.iter(f"{{{_NS}}}t"):
            if element.text and "{{" in element.text:
                element.text = re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda m: values.get(m[1], m[0]), element.text)


def _properties(file: Any, document: Document) -> None:
    core = file.core_properties
    properties = dict(document.properties)
    core.title = document.title[:255]
    core.author = properties.get("author", "")[:255]
    core.subject = properties.get("subject", "")[:255]
    core.language = document.lang
    core.last_modified_by = core.author
    if "date" in properties:
        when = datetime.fromisoformat(properties["date"]).replace(tzinfo=UTC)
        core.created = core.modified = when
    for lang in file.styles.element.iter(f"{{{_NS}}}lang"):
        lang.set(f"{{{_NS}}}val", document.lang)


def _steady(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The same archive, with these parts, and nothing in it that depends on when or where it was made."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target,
    ):
        for name in (*source.namelist(), *(name for name in parts if name not in source.namelist())):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            target.writestr(entry, parts[name] if name in parts else source.read(name))
    return out.getvalue()
