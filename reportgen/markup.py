"""The closed HTML vocabulary <-> the block tree, strictly; and the inline marks of data text.

The vocabulary, with the attributes that an element may carry::

    section[class id]  h1…h6[class id]  p[class id]  nav[class data-depth id]
    ul[class]  li[class id]  table[class]  caption  thead  tbody  tr[class]  th[scope]  td
    dl[class]  dt  dd  aside[class]  figure[class]  figcaption
    strong  em  a[href]  sup  span[class]  ins  del

and ``lang`` on every one of them: the language of the text inside, where it is another than that around it.

A numbered paragraph or item begins with ``<span class="number">12.</span>``; ``<span class="tag level-3-of-4">`` is a
label with a tone; ``inserted`` and ``deleted`` among the classes of p, li, tr and headings mark a whole block as
changed; a paragraph of the class ``note`` begins with its mark in ``sup``; ``nav`` of the class ``contents`` holds its
title in a ``p``, and its list is made from the headings. A ``figure`` holds one drawing, as ``charts`` makes them, and
its ``figcaption``: ``svg[viewbox]`` with ``title``, ``desc`` and then ``rect``, ``circle``, ``line``, ``path`` and
``text`` with the attributes of ``_DRAWN`` alone, so that no drawing can run, fetch or hide anything. One further class
names the role of a block. Anything else is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import escape as _html
from html.parser import HTMLParser
from typing import NoReturn, TypeVar

from reportgen.document import (
    TONES,
    Aside,
    Block,
    Cell,
    Change,
    Contents,
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
    Shape,
    Strong,
    Table,
    Tag,
    Terms,
    Text,
    outline,
    plain,
    walk,
)
from reportgen.errors import TemplateError, Where

_T = TypeVar("_T")
_DEEPEST = 60
#: A table of more columns scrolls on a narrow screen; one of more than the second number is printed on its side.
_WIDE, _WIDEST = 2, 8
_NUMBER = r"-?\d{1,5}(\.\d{1,3})?"
_LENGTH = re.compile(r"\d{1,5}(\.\d{1,3})?")
_COLOUR = re.compile(r"none|currentColor|#[0-9a-f]{6}")
#: The attributes of shapes in canonical order, and what each may say.
_DRAWN: dict[str, re.Pattern[str]] = {
    "class": re.compile(r"[a-z][a-z0-9-]*"),
    **dict.fromkeys(("x", "y", "x1", "y1", "x2", "y2", "cx", "cy"), re.compile(_NUMBER)),
    **dict.fromkeys(("r", "rx", "width", "height"), _LENGTH),
    "d": re.compile(r"[MLHVQCZ0-9 .,-]{1,20000}"),
    "fill": _COLOUR,
    "stroke": _COLOUR,
    "stroke-width": _LENGTH,
    "stroke-dasharray": re.compile(r"\d{1,3}( \d{1,3})*"),
    "font-size": _LENGTH,
    "font-weight": re.compile(r"[4-7]00"),
    "text-anchor": re.compile(r"start|middle|end"),
}
_SHAPES = frozenset(("rect", "circle", "line", "path", "text"))
#: What the serialiser adds to a drawing itself; taken off again, as it follows from the rest.
_SVG = frozenset(("class", "role", "aria-labelledby", "viewbox", "width", "height", "font-family"))
_ALLOWED: dict[str, frozenset[str]] = {
    **dict.fromkeys(("section", "p", "li", "h1", "h2", "h3", "h4", "h5", "h6"), frozenset({"class", "id"})),
    **dict.fromkeys(("ul", "table", "tr", "dl", "aside", "span"), frozenset({"class"})),
    **dict.fromkeys(("caption", "thead", "tbody", "td", "dt", "dd", "strong", "em", "sup", "ins", "del"), frozenset()),
    "nav": frozenset({"class", "data-depth", "id"}),
    # the serialiser puts one round each wide table, so that it can scroll on a narrow screen and be reached by keyboard
    "div": frozenset({"class", "tabindex", "role", "aria-label"}),
    "th": frozenset({"scope"}),
    "a": frozenset({"href"}),
    "figure": frozenset({"class"}),
    "figcaption": frozenset(),
    "svg": _SVG,
    **dict.fromkeys(("title", "desc"), frozenset({"id"})),
    **dict.fromkeys(_SHAPES, frozenset(_DRAWN)),
}
for _name in _ALLOWED.keys() - {"div", "svg", "title", "desc", *_SHAPES}:
    _ALLOWED[_name] |= {"lang"}
#: What a template may write: elements with their attributes. (``div`` is what the serialiser adds.)
VOCABULARY = {name: attributes for name, attributes in _ALLOWED.items() if name != "div"}
_LANG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_HOLDS_TEXT = frozenset(
    "h1 h2 h3 h4 h5 h6 p li caption figcaption th td dt dd strong em a sup span ins del title desc text".split()
)
_INLINE = frozenset("strong em a sup span ins del".split())
_CHANGES: dict[str, Change] = {"inserted": "ins", "deleted": "del"}
_SPACE = re.compile(r"[ \t\r\n\f]+")


# -- HTML -> tree ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Node:
    tag: str
    line: int
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[_Node | str] = field(default_factory=list)

    def elements(self) -> list[_Node]:
        return [c for c in self.children if isinstance(c, _Node)]


def parse(html: str, *, source: str = "template") -> tuple[Block, ...]:
    """Give the blocks of a piece of HTML; headings without an id get one, made from their words.

    Args:
        html: what goes inside ``main``.
        source: the name to put into errors, with the line inside ``html``.

    Raises:
        TemplateError: an element, attribute or nesting outside the vocabulary (RG403).
    """
    builder = _Builder(source)
    builder.feed(html)
    builder.close()
    if len(builder.stack) > 1:
        left = builder.stack[-1]
        builder.refuse(f"<{left.tag}> is never closed", left.line, "close it")
    converter = _Converter(source)
    return _with_ids(converter.blocks(builder.root))


class _Builder(HTMLParser):
    """Elements with their lines, each checked against the vocabulary as it comes."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.source = source
        self.root = _Node("main", 1)
        self.stack = [self.root]

    def refuse(self, message: str, line: int, hint: str) -> NoReturn:
        raise TemplateError("RG403", message, where=Where(file=self.source, line=line), hint=hint)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        if tag not in _ALLOWED:
            self.refuse(f"<{tag}> is not part of the vocabulary", line, "use one of the elements in docs/templates.md")
        if len(self.stack) > _DEEPEST:
            self.refuse(f"elements are nested deeper than {_DEEPEST}", line, "nest less")
        given: dict[str, str] = {}
        for name, value in attrs:
            if name not in _ALLOWED[tag]:
                self.refuse(
                    f"<{tag}> takes no attribute {name!r}",
                    line,
                    f"it takes: {', '.join(sorted(_ALLOWED[tag])) or 'none'}",
                )
            if name == "lang" and not _LANG.fullmatch(value or ""):
                self.refuse(f"{value!r} is no language", line, "write a tag such as cy or en-GB")
            given[name] = value or ""
        node = _Node(tag, line, given)
        self.stack[-1].children.append(node)
        self.stack.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        top = self.stack[-1]
        if top.tag != tag or len(self.stack) == 1:
            line = self.getpos()[0]
            self.refuse(f"</{tag}> where <{top.tag}> is open (line {top.line})", line, f"close <{top.tag}> first")
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        top = self.stack[-1]
        if top.tag in _HOLDS_TEXT:
            top.children.append(data)
        elif data.strip(" \t\r\n\f"):
            self.refuse(
                f"text directly inside <{top.tag}>: {data.strip()[:40]!r}", self.getpos()[0], "put it into a <p>"
            )

    def handle_decl(self, decl: str) -> None:
        self.refuse(
            f"<!{decl[:20]}> is not part of the vocabulary", self.getpos()[0], "templates write what goes inside <main>"
        )

    def handle_pi(self, data: str) -> None:  # noqa: ARG002 -- its signature
        self.refuse("a processing instruction is not part of the vocabulary", self.getpos()[0], "take it out")


class _Converter:
    """Checked elements -> blocks."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lang: str | None = None

    def refuse(self, message: str, node: _Node, hint: str) -> NoReturn:
        raise TemplateError("RG403", message, where=Where(file=self.source, line=node.line), hint=hint)

    def block(self, node: _Node) -> Block | None:
        with self.speaking(node):
            return self.made(node)

    @contextmanager
    def speaking(self, node: _Node) -> Iterator[None]:
        """While what is inside an element is converted: the language that it names, or that of what it stands in."""
        around, self.lang = self.lang, node.attrs.get("lang", self.lang)
        yield
        self.lang = around

    def blocks(self, node: _Node) -> tuple[Block, ...]:
        return tuple(block for child in node.elements() if (block := self.block(child)) is not None)

    def made(self, node: _Node) -> Block | None:
        role, change, _ = self.classes(node)
        match node.tag:
            case "section":
                return Section(self.blocks(node), role=role, id=node.attrs.get("id"))
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                inlines = self.inlines(node.children, node)
                if not inlines:
                    self.refuse(f"<{node.tag}> is empty", node, "give it words or leave it out")
                return Heading(int(node.tag[1]), inlines, id=node.attrs.get("id"), change=change)
            case "p":
                return self.paragraph(node)
            case "ul":
                items = tuple(self.within(child, self.item) for child in node.elements())
                return ListBlock(items, role=role) if items else None
            case "table":
                return self.table(node, role)
            case "dl":
                return self.terms(node, role)
            case "aside":
                return Aside(self.blocks(node), role=role)
            case "nav":
                return self.contents(node)
            case "figure":
                return self.figure(node, role)
            case "div":
                inner = node.elements()
                if node.attrs.get("class") in ("wide", "widest") and len(inner) == 1 and inner[0].tag == "table":
                    return self.block(inner[0])
        return self.refuse(f"<{node.tag}> cannot stand here", node, "put it inside the element it belongs to")

    def classes(self, node: _Node) -> tuple[str | None, Change, bool]:
        """Role, change and whether it is numbered, from the classes of a block."""
        names = node.attrs.get("class", "").split()
        change = next((_CHANGES[n] for n in names if n in _CHANGES), None)
        roles = [n for n in names if n not in _CHANGES and n != "numbered"]
        if len(roles) > 1:
            self.refuse(f"<{node.tag}> has several roles: {' '.join(roles)}", node, "give it one class")
        if roles and not re.fullmatch(r"[a-z][a-z0-9-]*", roles[0]):
            self.refuse(f"the class {roles[0]!r} is no role", node, "use lower case letters, digits and hyphens")
        return (roles[0] if roles else None), change, "numbered" in names

    def paragraph(self, node: _Node) -> Block | None:
        role, change, numbered = self.classes(node)
        children = list(node.children)
        number = self.number(children) if numbered else None
        if numbered and number is None:
            self.refuse("a numbered paragraph without its number", node, 'begin it with <span class="number">1.</span>')
        said = _trimmed(self.raw(children, node, None))
        if not said and number is None:
            return None
        if role == "note":
            first = said[0]
            if not isinstance(first, Mark):
                self.refuse("a note without its mark", node, "begin it with <sup>1</sup>")
            return Note(first.text, self.in_language(_trimmed(said[1:])), id=node.attrs.get("id"))
        inlines = self.in_language(said)
        return Paragraph(inlines, number=number, role=role, id=node.attrs.get("id"), change=change)

    def number(self, children: list[_Node | str]) -> str | None:
        """Take the printed number off the front."""
        while children and isinstance(children[0], str) and not children[0].strip():
            children.pop(0)
        first = children[0] if children else None
        if not isinstance(first, _Node) or first.tag != "span" or first.attrs.get("class") != "number":
            return None
        children.pop(0)
        return "".join(c for c in first.children if isinstance(c, str)).strip().removesuffix(".")

    def item(self, node: _Node) -> Item:
        if node.tag != "li":
            self.refuse(f"<{node.tag}> inside <ul>", node, "lists hold <li> only")
        _, change, _ = self.classes(node)
        children = list(node.children)
        number = self.number(children)
        blocks: list[Block] = []
        loose: list[_Node | str] = []

        def flush() -> None:
            inlines = self.inlines(loose, node)
            loose.clear()
            if inlines:
                blocks.append(Paragraph(inlines))

        for child in children:
            if isinstance(child, _Node) and child.tag not in _INLINE:
                flush()
                block = self.block(child)
                if block is not None:
                    blocks.append(block)
            else:
                loose.append(child)
        flush()
        return Item(tuple(blocks), number=number, id=node.attrs.get("id"), change=change)

    def table(self, node: _Node, role: str | None) -> Table:
        caption: tuple[Inline, ...] = ()
        head: list[Row] = []
        rows: list[Row] = []
        for child in node.elements():
            if child.tag == "caption":
                caption = self.spoken(child)
            elif child.tag in ("thead", "tbody"):
                (head if child.tag == "thead" else rows).extend(self.within(child, self.rows))
            else:
                rows.append(self.within(child, self.row))
        widths = {len(row.cells) for row in (*head, *rows)}
        if len(widths) != 1:
            self.refuse(
                "the rows of a table have different numbers of cells" if widths else "a table without rows",
                node,
                "give every row the same cells",
            )
        return Table(tuple(head), tuple(rows), caption, role=role)

    def rows(self, node: _Node) -> list[Row]:
        return [self.within(row, self.row) for row in node.elements()]

    def row(self, node: _Node) -> Row:
        if node.tag != "tr":
            self.refuse(f"<{node.tag}> where a row belongs", node, "tables hold caption, thead, tbody and tr")
        cells = []
        for child in node.elements():
            if child.tag not in ("th", "td"):
                self.refuse(f"<{child.tag}> inside <tr>", child, "rows hold <th> and <td>")
            scope = child.attrs.get("scope")
            if child.tag == "th" and scope not in ("col", "row"):
                self.refuse("a header cell without its scope", child, 'write <th scope="col"> or <th scope="row">')
            cells.append(Cell(self.spoken(child), scope if child.tag == "th" else None))  # type: ignore[arg-type]
        return Row(tuple(cells), change=self.classes(node)[1])

    def terms(self, node: _Node, role: str | None) -> Terms | None:
        pairs: list[tuple[tuple[Inline, ...], tuple[Inline, ...]]] = []
        term: tuple[Inline, ...] | None = None
        for child in node.elements():
            if child.tag == "dt":
                term = self.spoken(child)
            elif child.tag == "dd" and term is not None:
                pairs.append((term, self.spoken(child)))
            else:
                self.refuse(f"<{child.tag}> where a term or its value belongs", child, "write <dt> and then <dd>")
        return Terms(tuple(pairs), role=role) if pairs else None

    def figure(self, node: _Node, role: str | None) -> Figure:
        drawing: _Node | None = None
        caption: tuple[Inline, ...] = ()
        for child in node.elements():
            inner = child.elements()
            if child.tag == "div" and child.attrs.get("class") == "wide" and [i.tag for i in inner] == ["svg"]:
                child = inner[0]
            if child.tag == "figcaption":
                caption = self.spoken(child)
            elif child.tag == "svg" and drawing is None:
                drawing = child
            else:
                self.refuse(f"<{child.tag}> inside <figure>", child, "a figure holds one <svg> and its <figcaption>")
        if drawing is None:
            self.refuse("a figure without a drawing", node, "print one that the charts made")
        return self.drawing(drawing, caption, role)

    def drawing(self, node: _Node, caption: tuple[Inline, ...], role: str | None) -> Figure:
        size = re.fullmatch(r"0 0 (\d{1,5}) (\d{1,5})", node.attrs.get("viewbox", ""))
        if size is None:
            self.refuse("a drawing without its size", node, 'write viewBox="0 0 WIDTH HEIGHT" in whole numbers')
        said = {"title": "", "desc": ""}
        shapes: list[Shape] = []
        for child in node.elements():
            text = "".join(c for c in child.children if isinstance(c, str))
            if child.elements():
                self.refuse(f"<{child.elements()[0].tag}> inside <{child.tag}>", child, "shapes hold no others")
            if child.tag in said and not shapes:
                said[child.tag] = _SPACE.sub(" ", text).strip()
            elif child.tag in _SHAPES:
                attrs = tuple((name, child.attrs[name]) for name in _DRAWN if name in child.attrs)
                for name, value in attrs:
                    if not _DRAWN[name].fullmatch(value):
                        self.refuse(f"{name}={value[:40]!r} in a drawing", child, "print what the charts made as it is")
                shapes.append(Shape(child.tag, attrs, text))  # type: ignore[arg-type]
            else:
                self.refuse(f"<{child.tag}> inside <svg>", child, "title, desc, and then shapes")
        if not said["title"]:
            self.refuse("a drawing without a title", node, "give it a <title>")
        return Figure(said["title"], said["desc"], int(size[1]), int(size[2]), tuple(shapes), caption, role=role)

    def contents(self, node: _Node) -> Contents:
        if node.attrs.get("class") != "contents":
            self.refuse("<nav> is for the contents only", node, 'write <nav class="contents">')
        title = next((child for child in node.elements() if child.tag == "p"), None)
        if title is None:
            self.refuse("contents without a title", node, "give it a <p>")
        depth = node.attrs.get("data-depth", "3")
        if depth not in ("2", "3", "4", "5", "6"):
            self.refuse(f"contents of depth {depth!r}", node, "use 2 to 6")
        return Contents(self.spoken(title), depth=int(depth), id=node.attrs.get("id"))

    def within(self, node: _Node, convert: Callable[[_Node], _T]) -> _T:
        with self.speaking(node):
            return convert(node)

    def spoken(self, node: _Node) -> tuple[Inline, ...]:
        """The inlines of an element that may name its language."""
        return self.within(node, lambda inner: self.inlines(inner.children, inner))

    def inlines(self, children: Sequence[_Node | str], parent: _Node) -> tuple[Inline, ...]:
        return self.in_language(_trimmed(self.raw(children, parent, None)))

    def in_language(self, made: tuple[Inline, ...]) -> tuple[Inline, ...]:
        bare = all(isinstance(i, Language) or not plain((i,)).strip() for i in made)
        return (Language(self.lang, made),) if self.lang and not bare else made

    def raw(self, children: Sequence[_Node | str], parent: _Node, change: Change) -> list[Inline]:
        out: list[Inline] = []
        for child in children:
            if isinstance(child, str):
                out.append(Text(_SPACE.sub(" ", child), change))
                continue
            if child.tag in ("ins", "del"):
                said = self.raw(child.children, child, child.tag)  # type: ignore[arg-type]
                out.extend([Language(lang, tuple(_merged(said)))] if (lang := child.attrs.get("lang")) else said)
                continue
            inner = tuple(_merged(self.raw(child.children, child, change)))
            lang = child.attrs.get("lang")
            made: Inline
            match child.tag:
                case "strong":
                    made = Strong(inner)
                case "em":
                    made = Emphasis(inner)
                case "a":
                    made = Link(self.href(child), inner)
                case "sup":
                    made = Mark(plain(inner).strip())
                case "span" if lang and not child.attrs.get("class"):
                    out.append(Language(lang, inner))
                    continue
                case "span":
                    # the language of a label that is in one as a whole is said around it
                    lang = lang or (inner[0].lang if len(inner) == 1 and isinstance(inner[0], Language) else None)
                    made = Tag(plain(inner).strip(), self.tone(child))
                case _:
                    self.refuse(
                        f"<{child.tag}> inside <{parent.tag}>", child, "only words and inline elements may stand there"
                    )
            out.append(Language(lang, (made,)) if lang else made)
        return out

    def href(self, node: _Node) -> str:
        href = node.attrs.get("href", "")
        if not re.match(r"(?:https?://|mailto:|#)\S", href):
            self.refuse(f"a link to {href[:60]!r}", node, "link to http(s), mailto or #id")
        return href

    def tone(self, node: _Node) -> str:
        names = node.attrs.get("class", "").split()
        if len(names) != 2 or names[0] != "tag" or names[1] not in TONES:
            self.refuse(
                f"<span> of the class {node.attrs.get('class', '')!r}",
                node,
                f'write class="tag TONE" with one of: {", ".join(t for t in TONES if "-of-" not in t)}, level-N-of-M',
            )
        return names[1]


def _merged(inlines: Iterable[Inline]) -> list[Inline]:
    """Runs of text side by side become one, and white space is folded over their border."""
    out: list[Inline] = []
    for inline in inlines:
        last = out[-1] if out else None
        if isinstance(inline, Text):
            text = inline.text
            if isinstance(last, Text) and last.text.endswith(" "):
                text = text.removeprefix(" ") if text.startswith(" ") else text
            if not text:
                continue
            if isinstance(last, Text) and last.change == inline.change:
                out[-1] = Text(last.text + text, last.change)
            else:
                out.append(Text(text, inline.change))
        else:
            out.append(inline)
    return out


def _trimmed(inlines: Iterable[Inline]) -> tuple[Inline, ...]:
    out = _merged(inlines)
    while out and isinstance(out[0], Text):
        text = out[0].text.lstrip(" ")
        if text:
            out[0] = replace(out[0], text=text)
            break
        out.pop(0)
    while out and isinstance(out[-1], Text):
        text = out[-1].text.rstrip(" ")
        if text:
            out[-1] = replace(out[-1], text=text)
            break
        out.pop()
    return tuple(out)


def slug(text: str) -> str:
    """An id made of words: lower case letters, digits and hyphens."""
    return (
        re.sub(r"[^a-z0-9]+", "-", text.lower().replace("’", "").replace("'", "")).strip("-")[:60].strip("-") or "part"
    )


def _with_ids(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Give every heading an id of its own; ids that the template set are kept."""
    taken: set[str] = {id_ for b in walk(blocks) if (id_ := getattr(b, "id", None))}

    def fresh(text: str) -> str:
        base = name = slug(text)
        count = 1
        while name in taken:
            count += 1
            name = f"{base}-{count}"
        taken.add(name)
        return name

    def fill(block: Block) -> Block:
        if isinstance(block, Heading) and block.id is None:
            return replace(block, id=fresh(plain(block.inlines)))
        if isinstance(block, Section | Aside):
            return replace(block, blocks=tuple(fill(b) for b in block.blocks))
        return block

    return tuple(fill(b) for b in blocks)


# -- tree -> HTML ----------------------------------------------------------------------------------------------------


def serialise(blocks: Sequence[Block], *, table: str = "Table") -> str:
    """The canonical HTML of blocks: ``parse`` gives the same blocks back. Contents are filled from all headings.

    Args:
        blocks: what stands in ``main``.
        table: what a table that scrolls is called where it has no caption.
    """
    return "\n".join(_Serialiser(tuple(blocks), table).lines()) + "\n"


class _Serialiser:
    def __init__(self, blocks: tuple[Block, ...], unnamed: str) -> None:
        self.all = blocks
        self.figures = 0
        self.unnamed = unnamed

    def lines(self) -> Iterator[str]:
        for block in self.all:
            yield from self.block(block)

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Section(blocks, role, id_):
                yield f"<section{_attrs(role, id_)}>"
                for inner in blocks:
                    yield from self.block(inner)
                yield "</section>"
            case Aside(blocks, role):
                yield f"<aside{_attrs(role)}>"
                for inner in blocks:
                    yield from self.block(inner)
                yield "</aside>"
            case Heading(level, inlines, id_, change):
                lang, inlines = _spoken(inlines)
                yield f"<h{level}{_attrs(_changed(change), id_)}{lang}>{inline_html(inlines)}</h{level}>"
            case Paragraph(inlines, number, role, id_, change):
                names = " ".join(n for n in ("numbered" if number else None, role, _changed(change)) if n)
                printed = f'<span class="number">{_html(number)}.</span> ' if number else ""
                lang, inlines = _spoken(inlines)
                yield f"<p{_attrs(names, id_)}{lang}>{printed}{inline_html(inlines)}</p>"
            case Note(mark, inlines, id_):
                lang, inlines = _spoken(inlines)
                yield f"<p{_attrs('note', id_)}{lang}><sup>{_html(mark)}</sup> {inline_html(inlines)}</p>"
            case ListBlock():
                yield from self.listed(block)
            case Table():
                yield from self.table(block)
            case Terms(pairs, role):
                yield f"<dl{_attrs(role)}>"
                for term, value in pairs:
                    yield _held("dt", term) + _held("dd", value)
                yield "</dl>"
            case Contents():
                yield from self.contents(block)
            case Figure():
                yield from self.figure(block)

    def figure(self, block: Figure) -> Iterator[str]:
        self.figures += 1
        yield f"<figure{_attrs(block.role)}>"
        if block.caption:
            yield _held("figcaption", block.caption)
        yield f'<div class="wide" tabindex="0" role="region" aria-label="{_html(block.title)}">'
        yield svg(block, key=f"figure-{self.figures}.")
        yield "</div>"
        yield "</figure>"

    def listed(self, block: ListBlock) -> Iterator[str]:
        yield f"<ul{_attrs(block.role)}>"
        for item in block.items:
            printed = f'<span class="number">{_html(item.number)}.</span> ' if item.number else ""
            names = " ".join(n for n in ("numbered" if item.number else None, _changed(item.change)) if n)
            opening = f"<li{_attrs(names, item.id)}"
            if len(item.blocks) == 1 and _bare(item.blocks[0]):
                lang, inlines = _spoken(item.blocks[0].inlines)  # type: ignore[union-attr]
                yield f"{opening}{lang}>{printed}{inline_html(inlines)}</li>"
                continue
            yield f"{opening}>{printed}"
            for index, inner in enumerate(item.blocks):
                before = item.blocks[index - 1] if index else None
                if _bare(inner) and not (isinstance(before, Paragraph) and _bare(before)):
                    yield inline_html(inner.inlines)  # type: ignore[union-attr]
                else:
                    yield from self.block(inner)
            yield "</li>"
        yield "</ul>"

    def table(self, block: Table) -> Iterator[str]:
        columns = len((block.head or block.rows)[0].cells)
        wide = columns > _WIDE
        if wide:
            name = _html(plain(block.caption) or self.unnamed)
            kind = "widest" if columns > _WIDEST else "wide"
            yield f'<div class="{kind}" tabindex="0" role="region" aria-label="{name}">'
        yield f"<table{_attrs(block.role)}>"
        if block.caption:
            yield _held("caption", block.caption)
        for tag, rows in (("thead", block.head), ("tbody", block.rows)):
            if rows:
                yield f"<{tag}>"
                for row in rows:
                    yield f"<tr{_attrs(_changed(row.change))}>{''.join(map(_cell, row.cells))}</tr>"
                yield f"</{tag}>"
        yield "</table>"
        if wide:
            yield "</div>"

    def contents(self, block: Contents) -> Iterator[str]:
        id_ = f' id="{_html(block.id)}"' if block.id else ""
        yield f'<nav class="contents" data-depth="{block.depth}"{id_}>'
        yield _held("p", block.title)
        yield "<ul>"
        for heading in outline(self.all, block.depth):
            lang, inlines = _spoken(_unmarked(heading.inlines))
            words = inline_html(inlines)
            yield f'<li class="to-{heading.level}"{lang}><a href="#{_html(heading.id or "")}">{words}</a></li>'
        yield "</ul>"
        yield "</nav>"


def svg(figure: Figure, *, key: str = "", attributes: str = "") -> str:
    """A drawing as SVG. ``key``: what its ids begin with; ``attributes``: further ones of its root."""
    title, desc = f"{key}title", f"{key}desc"
    out = [
        f'<svg class="chart" role="img" aria-labelledby="{title} {desc}" viewBox="0 0 {figure.width} {figure.height}" '
        f'width="{figure.width}" height="{figure.height}" font-family="Source Sans 3, sans-serif"{attributes}>',
        f'<title id="{title}">{_html(figure.title, quote=False)}</title>',
        f'<desc id="{desc}">{_html(figure.desc, quote=False)}</desc>',
    ]
    for shape in figure.shapes:
        attrs = "".join(f' {name}="{_html(value)}"' for name, value in shape.attrs)
        out.append(f"<{shape.tag}{attrs}>{_html(shape.text, quote=False)}</{shape.tag}>")
    out.append("</svg>")
    return "\n".join(out)


def _bare(block: Block) -> bool:
    return isinstance(block, Paragraph) and not (block.number or block.role or block.id or block.change)


def _changed(change: Change) -> str | None:
    return {"ins": "inserted", "del": "deleted"}.get(change or "")


def _attrs(names: str | None = None, id_: str | None = None) -> str:
    return (f' class="{_html(names)}"' if names else "") + (f' id="{_html(id_)}"' if id_ else "")


def _spoken(inlines: tuple[Inline, ...]) -> tuple[str, tuple[Inline, ...]]:
    """The language of inlines that are in one as a whole, as the attribute of what holds them, and what is inside."""
    if len(inlines) == 1 and isinstance(inlines[0], Language):
        return f' lang="{_html(inlines[0].lang)}"', inlines[0].inlines
    return "", inlines


def _held(tag: str, inlines: tuple[Inline, ...], attrs: str = "") -> str:
    lang, inner = _spoken(inlines)
    return f"<{tag}{attrs}{lang}>{inline_html(inner)}</{tag}>"


def _cell(cell: Cell) -> str:
    return _held("th", cell.inlines, f' scope="{cell.header}"') if cell.header else _held("td", cell.inlines)


def inline_html(inlines: Iterable[Inline]) -> str:
    """The HTML of inlines."""
    out: list[str] = []
    for inline in inlines:
        match inline:
            case Text(text, None):
                out.append(_html(text, quote=False))
            case Text(text, change):
                out.append(f"<{change}>{_html(text, quote=False)}</{change}>")
            case Strong(inner):
                out.append(f"<strong>{inline_html(inner)}</strong>")
            case Emphasis(inner):
                out.append(f"<em>{inline_html(inner)}</em>")
            case Link(href, inner):
                out.append(f'<a href="{_html(href)}">{inline_html(inner)}</a>')
            case Language(lang, inner):
                out.append(f'<span lang="{_html(lang)}">{inline_html(inner)}</span>')
            case Mark(text):
                out.append(f"<sup>{_html(text, quote=False)}</sup>")
            case Tag(text, tone):
                out.append(f'<span class="tag {tone}">{_html(text, quote=False)}</span>')
    return "".join(out)


def _unmarked(inlines: Iterable[Inline]) -> tuple[Inline, ...]:
    """Inlines as they may stand inside a link: no links, no marks."""
    out: list[Inline] = []
    for inline in inlines:
        if isinstance(inline, Link):
            out.extend(_unmarked(inline.inlines))
        elif isinstance(inline, Language):
            out.append(Language(inline.lang, _unmarked(inline.inlines)))
        elif not isinstance(inline, Mark):
            out.append(inline)
    return tuple(out)


# -- the inline marks of data text -------------------------------------------------------------------------------------

_MARKED = re.compile(r"[*_\[\\]")


def inlines(text: str) -> tuple[Inline, ...]:
    """The inlines of a data text: CommonMark emphasis, strong and links; everything else is literal."""
    if not _MARKED.search(text):
        return (Text(text),) if text else ()
    from markdown_it import MarkdownIt

    parser = MarkdownIt("zero").enable(["emphasis", "link", "escape"])
    tokens = parser.parseInline(text)[0].children or []
    stack: list[list[Inline]] = [[]]
    links: list[str] = []
    for token in tokens:
        match token.type:
            case "em_open" | "strong_open":
                stack.append([])
            case "link_open":
                links.append(str(token.attrGet("href") or ""))
                stack.append([])
            case "em_close":
                inner = tuple(_joined(stack.pop()))
                stack[-1].append(Emphasis(inner))
            case "strong_close":
                inner = tuple(_joined(stack.pop()))
                stack[-1].append(Strong(inner))
            case "link_close":
                inner = tuple(_joined(stack.pop()))
                href = links.pop()
                if re.match(r"(?:https?://|mailto:|#)\S", href) and inner:
                    stack[-1].append(Link(href, inner))
                else:
                    stack[-1].extend(inner)
            case "softbreak" | "hardbreak":
                stack[-1].append(Text("\n"))
            case _:
                stack[-1].append(Text(token.content))
    return tuple(_joined(stack[0]))


def _joined(inlines: Iterable[Inline]) -> list[Inline]:
    out: list[Inline] = []
    for inline in inlines:
        if isinstance(inline, Text) and not inline.text:
            continue
        if isinstance(inline, Text) and out and isinstance(out[-1], Text):
            out[-1] = Text(out[-1].text + inline.text)
        else:
            out.append(inline)
    return out


def escape(text: str) -> str:
    """A literal text as data text: ``inlines`` gives it back as it is. Most texts need nothing."""
    if not _MARKED.search(text) or inlines(text) == (Text(text),):
        return text
    return re.sub(r"([\\*_\[\]])", r"\\\1", text)


def unmark(text: str) -> str:
    """The words of a data text without its marks."""
    return plain(inlines(text)) if _MARKED.search(text) else text


def marked(parts: Iterable[Inline]) -> str:
    """Data text for inlines: the inverse of ``inlines``."""
    out: list[str] = []
    for inline in parts:
        match inline:
            case Text(text):
                out.append(escape(text))
            case Strong(inner):
                out.append(f"**{marked(inner)}**")
            case Emphasis(inner):
                out.append(f"*{marked(inner)}*")
            case Link(href, inner):
                out.append(f"[{marked(inner)}]({href})")
            case Language(_, inner):
                out.append(marked(inner))
            case Mark(text) | Tag(text, _):
                out.append(escape(text))
    return "".join(out)
