"""The structure tree of a PDF: one element for each element of the page that it was made of.

WeasyPrint would give an element to each piece that the end of a page leaves of a table, a list or a paragraph, tag
running heads as content, and name links by their addresses. So the pages are laid out and painted by it, and the tree
is made here, from the same boxes. What was painted is joined to the tree by the ids of marked content that WeasyPrint
gave while it painted.

An element that the end of a page cut has an id (``/ID``), so that whoever reads page by page can tell that it is one.

Source:
    ISO 32000-1, 14.7 and 14.8; ISO 14289-1, clause 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from reportgen.errors import TemplateError

#: A pixel of CSS in the units of a PDF.
_POINTS = 0.75
_SVG = "{http://www.w3.org/2000/svg}"
_KINDS = {
    **dict.fromkeys(("section", "nav", "aside"), "Sect"),
    **dict.fromkeys(("ul", "ol", "dl"), "L"),
    **{f"h{n}": f"H{n}" for n in range(1, 7)},
    **{tag: tag.upper() for tag in ("p", "tr", "th", "td", "li")},
    **dict.fromkeys(("caption", "figcaption"), "Caption"),
    **dict.fromkeys(("img", f"{_SVG}svg"), "Figure"),
    "thead": "THead",
    "tbody": "TBody",
    "tfoot": "TFoot",
    "table": "Table",
    "article": "Art",
    "blockquote": "BlockQuote",
    "figure": "Div",
    "a": "Link",
}
#: Elements that hold others and no text: words of their own, such as those of a style sheet, get a paragraph.
_GROUPS = frozenset({"Document", "Sect", "Art", "Div", "BlockQuote"})
_SCOPES = {"row": "/Row", "rowgroup": "/Row"}
_DECORATIONS = {"ins": "/Underline", "del": "/LineThrough"}


@dataclass(slots=True, eq=False)
class Node:
    """An element of the tree: its standard type, its entries, and what it holds in order.

    ``kids`` are elements, ids of marked content with their page, and annotations with theirs. ``loose``: it was made
    for words that no element of the page is there for.
    """

    kind: str
    entries: dict[str, Any] = field(default_factory=dict)
    kids: list[Node | _Mark | _Annotation] = field(default_factory=list)
    loose: bool = False
    reference: bytes = b""

    def add(self, kind: str, entries: dict[str, Any] | None = None, *, loose: bool = False) -> Node:
        """A new element at the end."""
        made = Node(kind, entries or {}, loose=loose)
        self.kids.append(made)
        return made


@dataclass(frozen=True, slots=True)
class _Mark:
    page: int
    id: int


@dataclass(frozen=True, slots=True)
class _Annotation:
    page: int
    annotation: Any


@dataclass(slots=True)
class Sheet:
    """A page as painted: its box, the stream it was painted to, the ids of marked content by box."""

    box: Any
    stream: Any = None
    marks: dict[Any, int] = field(default_factory=dict)


def watched(document: Any) -> list[Sheet]:
    """Have each page of a document leave here what it is painted with, and nothing for WeasyPrint's own tree."""
    _take_out_strays(document.pages)
    return [_watched(page) for page in document.pages]


def _take_out_strays(pages: Any) -> None:
    """Take out the rest of what floats where WeasyPrint cut it, went back, and then put the whole on the next page.

    Such a rest stands in front of the body of its page. Where the page before does not hold the beginning of it, it is
    painted once too often.
    """
    for before, page in pairwise(pages):
        for root in filter(_is_root, page._page_box.children):
            rests = [box for box in root.children if box.element_tag != "body"]
            if rests:
                begun = {box.element for box in before._page_box.descendants(placeholders=True)}
                stray = {id(box) for box in rests if box.element not in begun}
                root.children = [box for box in root.children if id(box) not in stray]


def _is_root(box: Any) -> bool:
    return box.element is not None and box.element_tag == "html"


def _watched(page: Any) -> Sheet:
    sheet, paint = Sheet(page._page_box), page.paint

    def watched_paint(stream: Any, scale: float = 1) -> None:
        paint(stream, scale)
        sheet.stream = stream
        sheet.marks = {box: mark["mcid"] for box, mark in stream._tags.items()}
        stream._tags.clear()
        page._page_box = sheet.box.copy_with_children([])

    page.paint = watched_paint
    return sheet


def add(pdf: Any, sheets: Sequence[Sheet]) -> None:
    """Give a PDF that is laid out and painted its structure tree.

    Raises:
        TemplateError: a picture without words (RG421), or text that cannot be tagged (RG422).
    """
    root = Node("Document")
    builder = _Builder(root)
    for number, sheet in enumerate(sheets):
        builder.page(number, sheet)
    _prune(root)
    _Writing(pdf, sheets).tree(root)


def _prune(node: Node) -> bool:
    """Take away what holds nothing; cells count, empty or not. Whether something is left."""
    node.kids = [kid for kid in node.kids if not isinstance(kid, Node) or _prune(kid)]
    return bool(node.kids) or node.kind in ("TD", "TH", "Document")


class _Builder:
    """Boxes of pages -> elements. An element of HTML has one element here, on however many pages its boxes are."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.nodes: dict[Any, Node | None] = {}
        #: The item and the list of each body, and its label; the words of each link; the lists of contents.
        self.items: dict[Node, Node] = {}
        self.lists: dict[Node, Node] = {}
        self.labels: dict[Node, Node] = {}
        self.words: dict[Node, str] = {}
        self.contents: set[Node] = set()
        #: The page on which each head and foot of a table stood first.
        self.first: dict[Any, int] = {}
        self.number, self.height = 0, 0.0
        self.left: dict[Any, int] = {}
        self.furniture: set[int] = set()
        self.decoration: set[int] = set()

    def page(self, number: int, sheet: Sheet) -> None:
        """Take in one page, and say in what it was painted with what of it is no content.

        Raises:
            TemplateError: as for :func:`add`.
        """
        self.number, self.height = number, sheet.box.margin_height()
        self.left = dict(sheet.marks)
        self.furniture, self.decoration = set(), set()
        for child in sheet.box.children:
            self.visit(child, self.root)
        _retag(sheet, number, self.furniture, self.decoration.union(self.left.values()))

    def visit(self, box: Any, parent: Node) -> None:
        from weasyprint.formatting_structure.boxes import MarginBox

        box = getattr(box, "_box", box)  # what is placed absolutely stands behind a placeholder
        if isinstance(box, MarginBox):
            self.away(box, self.furniture)
            return
        node = self.node(box, parent)
        if node is None:
            self.away(box, self.decoration)
            return
        if box.link_annotation:
            self.link(box.link_annotation, node, parent)
        mark = self.left.pop(box, None)
        if mark is not None:
            _holder(node).kids.append(_Mark(self.number, mark))
        for child in getattr(box, "children", ()):
            self.visit(child, node)

    def away(self, box: Any, into: set[int]) -> None:
        """Take everything that a box holds out of the content."""
        box = getattr(box, "_box", box)
        mark = self.left.pop(box, None)
        if mark is not None:
            into.add(mark)
        for child in getattr(box, "children", ()):
            self.away(child, into)

    def node(self, box: Any, parent: Node) -> Node | None:
        """The element that holds what a box holds; None where that is no content."""
        element = box.element
        if element is None:
            return parent
        tag, _, pseudo = box.element_tag.partition("::")
        # the head of a table is painted again on each page that the table goes on
        again = getattr(box, "is_header", False) or getattr(box, "is_footer", False)
        if again and self.first.setdefault(element, self.number) != self.number:
            return None
        if element not in self.nodes:
            self.nodes[element] = self.made(element, tag, box, parent)
        node = self.nodes[element]
        return self.label(node) if pseudo == "marker" and node in self.items else node

    def label(self, body: Node, entries: dict[str, Any] | None = None) -> Node:
        """What stands in front of the body of an item: its bullet or its number."""
        if body not in self.labels:
            self.labels[body] = Node("Lbl", entries or {})
            self.items[body].kids.insert(0, self.labels[body])
            # what stands in front of most items of the list, its first one being among them
            self.lists[body].entries.setdefault("A", _numbering("/Disc" if entries is None else "/Decimal"))
        return self.labels[body]

    def made(self, element: Any, tag: str, box: Any, parent: Node) -> Node | None:
        entries = _entries(element, tag, box)
        match tag:
            case "img" | "{http://www.w3.org/2000/svg}svg":
                return self.figure(element, tag, box, parent, entries)
            case "nav":
                node = parent.add("Sect", entries)
                self.contents.add(node)
                return node
            case "ul" | "ol" if parent in self.contents or parent.kind == "TOCI":
                return parent.add("TOC", entries)
            case "li" if parent.kind == "TOC":
                return parent.add("TOCI", entries)
            case "a":
                node = (parent.add("Reference") if parent.kind == "TOCI" else parent).add("Link", entries)
                self.words[node] = element.get("aria-label") or " ".join("".join(element.itertext()).split())
                return node
            case "li":
                item = parent.add("LI", entries)
                body = item.add("LBody")
                self.items[body], self.lists[body] = item, parent
                return body
            case "dt":
                return parent.add("LI").add("Lbl", entries)
            case "dd":
                last = parent.kids[-1] if parent.kids else None
                alone = isinstance(last, Node) and all(isinstance(k, Node) and k.kind == "Lbl" for k in last.kids)
                item = last if isinstance(last, Node) and alone else parent.add("LI")
                return item.add("LBody", entries)
            case "span" if "number" in element.get("class", "").split() and not parent.kids:
                return self.label(parent, entries) if parent in self.items else parent.add("Lbl", entries)
            case "sup" if parent.kind == "P" and not parent.kids:
                return parent.add("Lbl", entries)
        kind = _KINDS.get(tag)
        if kind is None and not entries:
            return parent
        return parent.add(kind or ("Div" if parent.kind in _GROUPS else "Span"), entries)

    def figure(self, element: Any, tag: str, box: Any, parent: Node, entries: dict[str, Any]) -> Node | None:
        import pydyf

        said = element.get("alt") or element.get("aria-label") or ""
        if tag.startswith(_SVG):
            parts = (element.find(f"{_SVG}{part}") for part in ("title", "desc"))
            told = [" ".join("".join(part.itertext()).split()) for part in parts if part is not None]
            said = ". ".join(filter(None, told)) or said
        said = " ".join(said.split())
        hidden = element.get("aria-hidden") == "true" or element.get("role") in ("none", "presentation")
        if hidden or (not said and element.get("alt") == ""):
            return None
        if not said:
            what = element.get("src", "")[:80] or "drawn in place"
            raise TemplateError(
                "RG421",
                f"a picture without words: {what}",
                hint="give <img> an alt and <svg> a <title>; a picture that says nothing gets an empty alt",
            )
        left, top = box.content_box_x(), box.content_box_y()
        corners = (left, self.height - top - box.height, left + box.width, self.height - top)
        bounds = pydyf.Array([round(corner * _POINTS, 2) for corner in corners])
        layout = pydyf.Dictionary({"O": "/Layout", "Placement": "/Block", "BBox": bounds})
        return parent.add("Figure", {**entries, "A": layout, "Alt": pydyf.String(said)})

    def link(self, annotation: Any, node: Node, parent: Node) -> None:
        """Put an annotation into its element, and say in it what the link says, not where it leads."""
        import pydyf

        node.kids.append(_Annotation(self.number, annotation))
        if said := self.words.get(node) or self.words.get(parent):
            annotation["Contents"] = pydyf.String(said)


def _entries(element: Any, tag: str, box: Any) -> dict[str, Any]:
    """What an element says of itself apart from its type."""
    import pydyf

    out: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    if tag in ("th", "td"):
        if tag == "th":
            attributes["Scope"] = _SCOPES.get(element.get("scope", ""), "/Column")
        attributes |= {name: n for name, n in (("ColSpan", box.colspan), ("RowSpan", box.rowspan)) if n != 1}
        if attributes:
            out["A"] = pydyf.Dictionary({"O": "/Table", **attributes})
    elif tag in _DECORATIONS:
        out["A"] = pydyf.Dictionary({"O": "/Layout", "TextDecorationType": _DECORATIONS[tag]})
    elif tag == "dl":
        out["A"] = _numbering("/None")
    language = element.get("lang")
    if language and tag not in ("html", "body"):
        out["Lang"] = pydyf.String(language)
    return out


def _numbering(kind: str) -> Any:
    import pydyf

    # PDFium finds an attribute only where they are an array
    return pydyf.Array([pydyf.Dictionary({"O": "/List", "ListNumbering": kind})])


def _holder(node: Node) -> Node:
    """The element that may hold text: a paragraph where a group is given words of its own, as by a style sheet."""
    if node.kind not in _GROUPS:
        return node
    last = node.kids[-1] if node.kids else None
    return last if isinstance(last, Node) and last.kind == "P" and last.loose else node.add("P", loose=True)


def _retag(sheet: Sheet, number: int, furniture: set[int], decoration: set[int]) -> None:
    """Make artefacts of what a page was painted with beside its content."""
    import pydyf

    found = 0
    tokens = sheet.stream.stream
    for at, token in enumerate(tokens):
        if token.__class__ is pydyf.Dictionary and "MCID" in token:
            found += 1
            if token["MCID"] in furniture:
                tokens[at - 1 : at + 1] = ["/Artifact", pydyf.Dictionary({"Type": "/Pagination"})]
            elif token["MCID"] in decoration:
                tokens[at - 1 : at + 1] = ["/Artifact", pydyf.Dictionary({"Type": "/Layout"})]
    if found != len(sheet.marks):
        raise TemplateError(
            "RG422",
            f"text on page {number + 1} is painted as a group, where it cannot be tagged",
            hint="leave opacity, masks and blending out of the style sheet where there is text",
        )


class _Writing:
    """Elements -> objects of a PDF."""

    def __init__(self, pdf: Any, sheets: Sequence[Sheet]) -> None:
        self.pdf = pdf
        self.pages = pdf.page_references
        #: By page, and in it by id of marked content: the element that holds it.
        self.parents: list[list[bytes]] = [[b"null"] * len(sheet.marks) for sheet in sheets]
        self.annotations: list[tuple[Any, bytes]] = []
        self.cut: list[bytes] = []

    def tree(self, root: Node) -> None:
        """Write the whole tree in the place of the empty one that is there."""
        import pydyf

        tree: Any = next(o for o in self.pdf.objects if isinstance(o, dict) and o.get("Type") == "/StructTreeRoot")
        content = self.pdf.objects[int(tree["ParentTree"].split()[0])]
        self.element(root, tree.reference)
        tree["K"] = pydyf.Array([root.reference])
        numbers = pydyf.Array()
        for page, parents in enumerate(self.parents):
            numbers.extend((page, pydyf.Array(parents)))
        for key, (annotation, reference) in enumerate(self.annotations, start=len(self.parents)):
            annotation["StructParent"] = key
            numbers.extend((key, reference))
        content["Nums"] = numbers
        tree["ParentTreeNextKey"] = len(self.parents) + len(self.annotations)
        if self.cut:
            names = (part for number, reference in enumerate(self.cut, 1) for part in (_id(number), reference))
            tree["IDTree"] = pydyf.Dictionary({"Names": pydyf.Array(names)})

    def element(self, node: Node, parent: bytes) -> tuple[int, int] | None:
        """Write an element and all in it; its first and its last page, None where nothing of it is painted."""
        import pydyf

        made = pydyf.Dictionary({"Type": "/StructElem", "S": f"/{node.kind}", "P": parent, **node.entries})
        self.pdf.add_object(made)
        node.reference = made.reference
        at = next((kid.page for kid in node.kids if not isinstance(kid, Node)), None)
        kids = pydyf.Array()
        pages: list[int] = []
        for kid in node.kids:
            if isinstance(kid, Node):
                spread = self.element(kid, node.reference)
                pages.extend(spread or ())
                kids.append(kid.reference)
                continue
            pages.append(kid.page)
            if isinstance(kid, _Annotation):
                self.annotations.append((kid.annotation, node.reference))
                entries = {"Type": "/OBJR", "Obj": kid.annotation.reference, "Pg": self.pages[kid.page]}
                kids.append(pydyf.Dictionary(entries))
                continue
            self.parents[kid.page][kid.id] = node.reference
            here = kid.page == at
            kids.append(
                kid.id if here else pydyf.Dictionary({"Type": "/MCR", "Pg": self.pages[kid.page], "MCID": kid.id})
            )
        made["K"] = kids
        if at is not None:
            made["Pg"] = self.pages[at]
        if not pages:
            return None
        if min(pages) != max(pages):
            self.cut.append(node.reference)
            made["ID"] = _id(len(self.cut))
        return min(pages), max(pages)


def _id(number: int) -> Any:
    import pydyf

    # a name tree is sorted as bytes are
    return pydyf.String(f"cut{number:06}")
