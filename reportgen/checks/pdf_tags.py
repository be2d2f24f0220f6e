"""pikepdf -> what a PDF says of itself: the catalogue, the structure tree over all pages, links, and codes of glyphs.

PDFium gives the tags of one page at a time, so that an element that goes over a page break, or should, cannot be seen
there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from reportgen.errors import InputError

_DEEPEST = 200
_MOST_ELEMENTS = 500_000
_DEEPEST_FORM = 6


@dataclass(frozen=True, slots=True)
class Leaf:
    """Marked content: the page from 0 and its id there."""

    page: int
    mark: int


@dataclass(frozen=True, slots=True)
class Pointer:
    """An annotation that an element holds, by its object number."""

    number: int


@dataclass(slots=True)
class Node:
    """An element of the structure tree, its type mapped to a standard one."""

    kind: str
    parent: Node | None = None
    alt: str | None = None
    actual: str | None = None
    scope: str = ""
    headers: bool = False
    rows: int = 1
    columns: int = 1
    children: list[Node | Leaf | Pointer] = field(default_factory=list)

    def nodes(self) -> Iterator[Node]:
        """The elements in it, in order."""
        waiting: list[Node] = [c for c in reversed(self.children) if isinstance(c, Node)]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(c for c in reversed(node.children) if isinstance(c, Node))

    def leaves(self) -> Iterator[Leaf]:
        """The marked content in it, in order."""
        for _, leaf in self.owned():
            yield leaf

    def owned(self) -> Iterator[tuple[Node, Leaf]]:
        """The marked content in it with the element that holds each, in order."""
        waiting: list[tuple[Node, Node | Leaf | Pointer]] = [(self, c) for c in reversed(self.children)]
        while waiting:
            holder, child = waiting.pop()
            if isinstance(child, Leaf):
                yield holder, child
            elif isinstance(child, Node):
                waiting.extend((child, c) for c in reversed(child.children))

    def within(self, *kinds: str) -> bool:
        """Whether it is, or is inside, an element of one of these types."""
        node: Node | None = self
        while node is not None:
            if node.kind in kinds:
                return True
            node = node.parent
        return False


@dataclass(frozen=True, slots=True)
class LinkNote:
    """A link annotation: its page from 1, its number, its description, its target, whether it belongs to the tags."""

    page: int
    number: int
    contents: str
    target: str
    tagged: bool


@dataclass(frozen=True, slots=True)
class About:
    """What the catalogue and the pages say.

    ``untagged`` holds pages from 1 with text that is neither tagged nor an artefact, ``notdef`` those with the glyph
    that stands for a missing one, each with how many times.
    """

    title: str
    lang: str
    tagged: bool
    shows_title: bool
    accessible: bool
    bookmarks: bool
    pages: int
    untabbed: tuple[int, ...]
    links: tuple[LinkNote, ...]
    untagged: dict[int, int]
    notdef: dict[int, int]
    tree: Node


def about(data: bytes) -> About:
    """Read a PDF that PDFium has opened already.

    Raises:
        InputError: the structure is damaged (RG201), or nested too deep or too large (RG107).
    """
    import io

    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            return _about(pdf)
    except (pikepdf.PdfError, pikepdf.PasswordError, TypeError, ValueError, KeyError, AttributeError) as error:
        message = f"the PDF's structure is damaged: {str(error).partition(chr(10))[0]}"
        raise InputError("RG201", message, hint="print it to a new PDF") from None


def _about(pdf: Any) -> About:
    root = pdf.Root
    pages = {page.obj.objgen: n for n, page in enumerate(pdf.pages)}
    struct = root.get("/StructTreeRoot")
    marked = isinstance(mark := root.get("/MarkInfo"), pikepdf.Dictionary) and bool(mark.get("/Marked", False))
    tagged = marked and isinstance(struct, pikepdf.Dictionary) and struct.get("/K") is not None
    viewer, outlines = root.get("/ViewerPreferences"), root.get("/Outlines")
    untabbed: list[int] = []
    links: list[LinkNote] = []
    untagged: dict[int, int] = {}
    notdef: dict[int, int] = {}
    for number, page in enumerate(pdf.pages, 1):
        notes = [a for a in _array(page.obj.get("/Annots")) if isinstance(a, pikepdf.Dictionary)]
        shown = [a for a in notes if a.get("/Subtype") != "/Popup" and not int(a.get("/F", 0)) & 2]
        if shown and page.obj.get("/Tabs") != "/S":
            untabbed.append(number)
        links.extend(_link(a, number) for a in shown if a.get("/Subtype") == "/Link")
        counts = _Painter(tagged)
        counts.run(page, page.obj.get("/Resources"), 0, [])
        if counts.untagged:
            untagged[number] = counts.untagged
        if counts.notdef:
            notdef[number] = counts.notdef
    return About(
        title=_title(pdf),
        lang=_text(root.get("/Lang")),
        tagged=tagged,
        shows_title=isinstance(viewer, pikepdf.Dictionary) and bool(viewer.get("/DisplayDocTitle", False)),
        accessible=bool(pdf.allow.accessibility),
        bookmarks=isinstance(outlines, pikepdf.Dictionary) and outlines.get("/First") is not None,
        pages=len(pdf.pages),
        untabbed=tuple(untabbed),
        links=tuple(links),
        untagged=untagged,
        notdef=notdef,
        tree=_tree(struct, pages) if tagged else Node("Document"),
    )


def _title(pdf: Any) -> str:
    """The title by the metadata, else by the older dictionary."""
    try:
        # opened for reading: on the way out of a with statement the older dictionary would be written anew
        said = pdf.open_metadata().get("dc:title")
    except Exception:  # noqa: BLE001 -- metadata that cannot be read says nothing
        said = None
    if said and str(said).strip():
        return str(said)
    info = pdf.trailer.get("/Info")
    return _text(info.get("/Title")) if isinstance(info, pikepdf.Dictionary) else ""


def _text(value: Any) -> str:
    return str(value) if isinstance(value, pikepdf.String) else ""


def _array(value: Any) -> list[Any]:
    return list(value) if isinstance(value, pikepdf.Array) else []


def _link(note: Any, page: int) -> LinkNote:
    action = note.get("/A")
    target = ""
    if isinstance(action, pikepdf.Dictionary):
        target = _text(action.get("/URI")) or str(action.get("/D", ""))
    elif note.get("/Dest") is not None:
        target = str(note.Dest) if not isinstance(note.Dest, pikepdf.Array) else ""
    return LinkNote(page, note.objgen[0], _text(note.get("/Contents")), target, note.get("/StructParent") is not None)


# -- the structure tree ----------------------------------------------------------------------------------------------


def _tree(struct: Any, pages: dict[tuple[int, int], int]) -> Node:
    roles = struct.get("/RoleMap")
    top = Node("Document")
    seen: set[tuple[int, int]] = set()
    left = _MOST_ELEMENTS
    waiting: list[tuple[Node, Any, Any, int]] = [(top, kid, None, 0) for kid in reversed(_kids(struct))]
    while waiting:
        parent, kid, page, depth = waiting.pop()
        left -= 1
        if depth > _DEEPEST or left < 0:
            raise InputError("RG107", "the PDF's tags are nested too deep or too many", hint="print it to a new PDF")
        if isinstance(kid, int):
            if page is not None and page in pages:
                parent.children.append(Leaf(pages[page], kid))
            continue
        if not isinstance(kid, pikepdf.Dictionary):
            continue
        here = kid.get("/Pg")
        page = here.objgen if here is not None else page
        if kid.get("/Type") == "/MCR":
            if page in pages and kid.get("/Stm") is None:
                parent.children.append(Leaf(pages[page], int(kid.MCID)))
        elif kid.get("/Type") == "/OBJR":
            if kid.get("/Obj") is not None:
                parent.children.append(Pointer(kid.Obj.objgen[0]))
        elif kid.is_indirect and kid.objgen in seen:
            # an element that holds itself would be read without end
            continue
        else:
            seen.add(kid.objgen)
            node = _node(kid, parent, roles)
            parent.children.append(node)
            waiting.extend((node, inner, page, depth + 1) for inner in reversed(_kids(kid)))
    return top


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _node(element: Any, parent: Node, roles: Any) -> Node:
    kind = str(element.get("/S", "/NonStruct"))
    for _ in range(20):
        mapped = roles.get(kind) if isinstance(roles, pikepdf.Dictionary) else None
        if mapped is None or str(mapped) == kind:
            break
        kind = str(mapped)
    node = Node(kind.removeprefix("/"), parent)
    alt, actual = element.get("/Alt"), element.get("/ActualText")
    node.alt = str(alt) if isinstance(alt, pikepdf.String) else None
    node.actual = str(actual) if isinstance(actual, pikepdf.String) else None
    given = element.get("/A")
    for attributes in _array(given) or [given]:
        if isinstance(attributes, pikepdf.Dictionary):
            node.scope = str(attributes.get("/Scope", node.scope)).removeprefix("/")
            node.headers = node.headers or attributes.get("/Headers") is not None
            node.rows = int(attributes.get("/RowSpan", node.rows))
            node.columns = int(attributes.get("/ColSpan", node.columns))
    return node


# -- content streams -------------------------------------------------------------------------------------------------


class _Painter:
    """Counts text outside tags and artefacts, and glyphs of the number 0, in a page and the forms that it uses."""

    def __init__(self, tagged: bool) -> None:
        self.tagged = tagged
        self.untagged = 0
        self.notdef = 0
        self.wide: dict[tuple[int, int], bool] = {}

    def run(self, stream: Any, resources: Any, depth: int, outside: list[bool]) -> None:
        """Go through a page or a form; ``outside`` says for each mark around it whether it settles what is inside."""
        marks = list(outside)
        base = len(marks)
        wide = False
        try:
            steps = pikepdf.parse_content_stream(stream)
        except pikepdf.PdfError:
            return
        for step in steps:
            operands, name = step.operands, str(step.operator)
            if name in ("BDC", "BMC"):
                settled = str(operands[0]) == "/Artifact" or (name == "BDC" and _mcid(operands[1], resources))
                marks.append(settled)
            elif name == "EMC":
                if len(marks) > base:
                    marks.pop()
            elif name == "Tf":
                wide = self._is_wide(_resource(resources, "/Font", operands[0]))
            elif name in ("Tj", "TJ", "'", '"'):
                self._shown(operands[-1], wide, any(marks))
            elif name == "Do" and depth < _DEEPEST_FORM:
                form = _resource(resources, "/XObject", operands[0])
                if isinstance(form, pikepdf.Stream) and form.get("/Subtype") == "/Form":
                    # a form with marks of its own is tagged by itself
                    tagged_alone = form.get("/StructParents") is not None
                    inner = [*marks, True] if tagged_alone else marks
                    self.run(form, form.get("/Resources", resources), depth + 1, inner)

    def _shown(self, what: Any, wide: bool, settled: bool) -> None:
        shown = list(what) if isinstance(what, pikepdf.Array) else [what]
        pieces = [bytes(piece) for piece in shown if isinstance(piece, pikepdf.String)]
        if self.tagged and not settled and any(p.strip(b"\0 ") for p in pieces):
            self.untagged += 1
        if wide:
            self.notdef += sum(piece[i : i + 2] == b"\0\0" for piece in pieces for i in range(0, len(piece), 2))

    def _is_wide(self, font: Any) -> bool:
        """Whether the codes of a font are the numbers of its glyphs, two bytes each."""
        if not isinstance(font, pikepdf.Dictionary) or font.get("/Subtype") != "/Type0":
            return False
        if font.get("/Encoding") not in ("/Identity-H", "/Identity-V"):
            return False
        inner = _array(font.get("/DescendantFonts"))
        mapped = inner[0].get("/CIDToGIDMap") if inner else None
        return mapped is None or mapped == "/Identity"


def _resource(resources: Any, kind: str, name: Any) -> Any:
    held = resources.get(kind) if isinstance(resources, pikepdf.Dictionary) else None
    return held.get(str(name)) if isinstance(held, pikepdf.Dictionary) else None


def _mcid(properties: Any, resources: Any) -> bool:
    if isinstance(properties, pikepdf.Name):
        properties = _resource(resources, "/Properties", properties)
    return isinstance(properties, pikepdf.Dictionary) and properties.get("/MCID") is not None
