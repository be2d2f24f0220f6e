"""The rules for Word files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from reportgen.checks.colour import BLACK, WHITE, Colour, is_coloured, named, too_low
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
    poses_as_heading,
    short,
)
from reportgen.office import Package

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_V = "{urn:schemas-microsoft-com:vml}"
_DC = "{http://purl.org/dc/elements/1.1/}"
#: The mode of the Word that is out now; every one before it opens in compatibility mode.
_MODERN = 15
_NOBODY = frozenset(
    (
        "python-docx",
        "unknown",
        "user",
        "author",
        "admin",
        "administrator",
        "windows user",
        "microsoft office user",
        "owner",
    )
)
#: The sixteen colours of the highlighter.
_HIGHLIGHTS: dict[str, Colour] = {
    "black": (0, 0, 0), "blue": (0, 0, 255), "cyan": (0, 255, 255), "green": (0, 255, 0), "magenta": (255, 0, 255),
    "red": (255, 0, 0), "yellow": (255, 255, 0), "white": (255, 255, 255), "darkBlue": (0, 0, 128),
    "darkCyan": (0, 128, 128), "darkGreen": (0, 128, 0), "darkMagenta": (128, 0, 128), "darkRed": (128, 0, 0),
    "darkYellow": (128, 128, 0), "darkGray": (128, 128, 128), "lightGray": (192, 192, 192),
}  # fmt: skip


def check(data: bytes, name: str) -> Iterator[Found]:
    """Everything that the rules find in a Word file.

    Raises:
        InputError: it is no Word file, or damaged (RG201), or too large (RG107).
    """
    file = _File(Package(data))
    yield from about_title(file.property(f"{_DC}title"), name)
    yield from about_lang(file.language())
    yield from about_headings(file.headings())
    yield from file.posing()
    for n, table in enumerate(file.body.iter(f"{_W}tbl"), 1):
        yield from file.table(table, n)
    yield from file.pictures()
    yield from about_links(file.links())
    yield from file.contrast()
    yield from file.lists()
    yield from file.floating()
    yield from file.mode()
    yield from file.left_over()


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    based_on: str
    element: Any


class _File:
    def __init__(self, package: Package) -> None:
        self.package = package
        self.document = package.xml(package.main)
        self.relations = package.relations(package.main)
        found = self.document.find(f"{_W}body")
        self.body = found if found is not None else self.document
        styles = package.part("styles")
        self.styles: dict[str, _Style] = {}
        self.defaults = None
        if styles is not None:
            self.defaults = styles.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr")
            for style in styles.iter(f"{_W}style"):
                key = style.get(f"{_W}styleId") or ""
                self.styles[key] = _Style(_value(style, "name").lower(), _value(style, "basedOn"), style)
                if style.get(f"{_W}default") in ("1", "true", "on") and style.get(f"{_W}type") == "paragraph":
                    self.styles.setdefault("", self.styles[key])

    # -- what the file says of itself

    @cached_property
    def core(self) -> Any:
        target = next((r.target for r in self.package.relations("").values() if r.kind == "core-properties"), "")
        return self.package.xml(target) if target else None

    def property(self, tag: str) -> str:
        """A core property, empty where there is none."""
        element = self.core.find(tag) if self.core is not None else None
        return (element.text or "") if element is not None else ""

    def language(self) -> str:
        places = [self.defaults, *(s.element.find(f"{_W}rPr") for k, s in self.styles.items() if k == "")]
        for place in places:
            if place is not None and (lang := place.find(f"{_W}lang")) is not None and lang.get(f"{_W}val"):
                return str(lang.get(f"{_W}val"))
        return ""

    def mode(self) -> Iterator[Found]:
        settings = self.package.part("settings")
        found = settings.iter(f"{_W}compatSetting") if settings is not None else ()
        said = next((s.get(f"{_W}val") or "" for s in found if s.get(f"{_W}name") == "compatibilityMode"), "12")
        if said.isdigit() and int(said) < _MODERN:
            yield Found("RG684", f"the file is in the form of an older Word (mode {said})")

    def left_over(self) -> Iterator[Found]:
        author = self.property(f"{_DC}creator")
        if author.strip().lower() in _NOBODY:
            yield Found("RG685", f"the author is {short(author)!r}")
        comment = self.property(f"{_DC}description")
        if comment.lower().startswith("generated by"):
            yield Found("RG685", f"the comments say {short(comment)!r}")
        if any(r.kind == "thumbnail" for r in self.package.relations("").values()):
            yield Found("RG685", "a thumbnail is in the file, a picture of whatever it was made from")

    # -- styles

    def chain(self, key: str) -> Iterator[_Style]:
        """A style and those that it is based on."""
        for _ in range(20):
            style = self.styles.get(key)
            if style is None:
                return
            yield style
            if not style.based_on:
                return
            key = style.based_on

    def style_of(self, paragraph: Any) -> str:
        return _value(paragraph.find(f"{_W}pPr"), "pStyle")

    def level(self, paragraph: Any) -> int | None:
        """The level of a heading from 1; 0 of a title; None of any other paragraph."""
        own = _value(paragraph.find(f"{_W}pPr"), "outlineLvl")
        if own.isdigit():
            return int(own) + 1 if int(own) < 9 else None
        for style in self.chain(self.style_of(paragraph)):
            if style.name == "title":
                return 0
            named_so = re.fullmatch(r"heading (\d)", style.name)
            if named_so:
                return int(named_so[1])
            outline = _value(style.element.find(f"{_W}pPr"), "outlineLvl")
            if outline.isdigit():
                return int(outline) + 1 if int(outline) < 9 else None
        return None

    @cached_property
    def paragraphs(self) -> list[Any]:
        return [p for p in self.body.iter(f"{_W}p") if not any(a.tag.endswith("}Fallback") for a in p.iterancestors())]

    @cached_property
    def numbers(self) -> dict[Any, int]:
        return {p: n for n, p in enumerate(self.paragraphs, 1)}

    def place(self, paragraph: Any) -> Place:
        return Place(field=f"paragraph {self.numbers[paragraph]}") if paragraph in self.numbers else Place()

    def headings(self) -> Iterator[Headed]:
        for paragraph in self.paragraphs:
            level = self.level(paragraph)
            # what tracked changes take away has no text that is shown, and will not be there
            if level and next(paragraph.iter(f"{_W}delText"), None) is None:
                text = _text(paragraph)
                pictured = next(paragraph.iter(f"{_WP}docPr"), None) is not None
                yield Headed(level, text or ("picture" if pictured else ""), self.place(paragraph))

    def posing(self) -> Iterator[Found]:
        """Paragraphs set in bold by hand that read like headings, with text below them that is not bold."""
        top = [e for e in self.body.iterchildren() if e.tag in (f"{_W}p", f"{_W}tbl")]
        for one, other in pairwise(top):
            if one.tag != f"{_W}p" or self.level(one) is not None or self.is_listed(one):
                continue
            text = _text(one)
            if any(s.name in ("caption", "toc heading", "subtitle") for s in self.chain(self.style_of(one))):
                continue
            if (
                poses_as_heading(text)
                and _all_bold(one)
                and not (other.tag == f"{_W}p" and _all_bold(other))
                and _text(other)
            ):
                yield Found("RG657", f"{short(text)!r} is bold on a line of its own", self.place(one))

    def is_listed(self, paragraph: Any) -> bool:
        if paragraph.find(f"{_W}pPr/{_W}numPr") is not None:
            return True
        return any(s.element.find(f"{_W}pPr/{_W}numPr") is not None for s in self.chain(self.style_of(paragraph)))

    def lists(self) -> Iterator[Found]:
        yield from about_typed_lists(
            ("" if self.is_listed(p) or self.level(p) is not None else _text(p), self.place(p)) for p in self.paragraphs
        )

    # -- tables, pictures, links

    def table(self, table: Any, number: int) -> Iterator[Found]:
        place = Place(field=f"table {number}")
        rows = [r for r in table.iterchildren(f"{_W}tr") if not _on(r.find(f"{_W}trPr"), "del")]
        cells = [list(row.iterchildren(f"{_W}tc")) for row in rows]
        if sum(map(len, cells)) < 2:
            return
        heads = 0
        for row in rows:
            if not _on(row.find(f"{_W}trPr"), "tblHeader"):
                break
            heads += 1
        if not heads:
            yield Found("RG658", f"a table of {len(rows)} rows has no header row", place)
        merged = sum(_merged(cell) for row in cells for cell in row)
        if merged:
            yield Found("RG661", f"{merged} merged cells", place)
        yield from _blank(cells, heads, number)
        for r, row in enumerate(cells, 1):
            for c, cell in enumerate(row, 1):
                fill = _fill(cell.find(f"{_W}tcPr"))
                if fill is not None and is_coloured(fill) and _is_blank(cell):
                    where = Place(field=f"table {number}, row {r}, column {c}")
                    yield Found("RG669", f"a cell holds nothing but the colour {named(fill)}", where)
                    return

    def pictures(self) -> Iterator[Found]:
        for paragraph in self.paragraphs:
            for described in paragraph.iter(f"{_WP}docPr"):
                if next(described.getparent().iter(f"{_W}txbxContent"), None) is not None:
                    continue
                decorative = any(
                    e.tag.endswith("}decorative") and e.get("val") in ("1", "true") for e in described.iter()
                )
                if not decorative:
                    alt = described.get("descr") or described.get("title")
                    yield from about_alt(alt, self.place(paragraph))
            for image in paragraph.iter(f"{_V}imagedata"):
                shape = image.getparent()
                yield from about_alt(shape.get("alt") or shape.get("title"), self.place(paragraph))

    def links(self) -> Iterator[Linked]:
        for paragraph in self.paragraphs:
            for link in paragraph.iter(f"{_W}hyperlink"):
                relation = self.relations.get(link.get(f"{_R}id") or "")
                target = relation.target if relation is not None and relation.external else ""
                alt = next((d.get("descr") or "" for d in link.iter(f"{_WP}docPr")), "")
                yield Linked(_text(link) or alt, target, self.place(paragraph))
            yield from self._fields(paragraph)

    def _fields(self, paragraph: Any) -> Iterator[Linked]:
        """Links that are fields: instruction, then what is shown, in runs of one paragraph."""
        target, shown, state = "", "", ""
        for run in paragraph.iterchildren(f"{_W}r"):
            for part in run:
                if part.tag == f"{_W}fldChar":
                    kind = part.get(f"{_W}fldCharType")
                    if kind == "end" and target:
                        yield Linked(shown, target, self.place(paragraph))
                    target, shown = ("", "") if kind in ("begin", "end") else (target, shown)
                    state = kind or ""
                elif part.tag == f"{_W}instrText" and state == "begin":
                    found = re.match(r'\s*HYPERLINK\s+"([^"]+)"', part.text or "")
                    target = found[1] if found else target
                elif part.tag == f"{_W}t" and state == "separate":
                    shown += part.text or ""

    def floating(self) -> Iterator[Found]:
        told: set[Any] = set()
        for paragraph in self.paragraphs:
            if paragraph.find(f"{_W}pPr/{_W}framePr") is not None:
                yield Found("RG686", f"a frame holds {short(_text(paragraph), 40)!r}", self.place(paragraph))
            for box in paragraph.iter(f"{_W}txbxContent"):
                holder = next(
                    (a for a in box.iterancestors() if a.tag in (f"{_WP}anchor", f"{_WP}inline", f"{_V}shape")), None
                )
                doubled = any(a.tag.endswith("}Fallback") for a in box.iterancestors())
                if holder is None or holder.tag == f"{_WP}inline" or doubled or box in told:
                    continue
                told.add(box)
                text = " ".join(_text(p) for p in box.iter(f"{_W}p"))
                yield Found("RG686", f"a text box floats: {short(text, 40)!r}", self.place(paragraph))

    # -- colours

    def contrast(self) -> Iterator[Found]:
        seen: set[tuple[Colour, Colour]] = set()
        for paragraph in self.paragraphs:
            style = self.style_of(paragraph)
            under = self._under(paragraph)
            if under is None:
                continue
            for run in paragraph.iter(f"{_W}r"):
                text = "".join(t.text or "" for t in run.iterchildren(f"{_W}t"))
                colour = self._colour(run, style)
                if not re.search(r"\w", text) or colour is None:
                    continue
                behind = self._behind(run) or under
                bold = self._has(run, style, "b")
                message = too_low(short(text, 40), colour, behind, self._size(run, style), bold=bold)
                if message and (colour, behind) not in seen:
                    seen.add((colour, behind))
                    yield Found("RG668", message, self.place(paragraph))
            yield from self._coloured(paragraph, style)

    def _coloured(self, paragraph: Any, style: str) -> Iterator[Found]:
        """Words of a paragraph that differ from the others by colour, and by nothing else."""
        runs = [r for r in paragraph.iterchildren(f"{_W}r", f"{_W}hyperlink") if re.search(r"\w", _text(r))]
        looks = [(self._colour(_first_run(r), style), self._marks(_first_run(r), style)) for r in runs]
        plain = [look for look in looks if look[0] is not None and not is_coloured(look[0])]
        for run, (colour, marks) in zip(runs, looks, strict=True):
            if colour is not None and is_coloured(colour) and any(marks == other for _, other in plain):
                message = f"{short(_text(run), 40)!r} differs from the text around it by its colour alone"
                yield Found("RG669", message, self.place(paragraph))
                return

    def _properties(self, run: Any, style: str) -> Iterator[Any]:
        """Where the look of a run is said, nearest first."""
        own = run.find(f"{_W}rPr")
        if own is not None:
            yield own
        named_style = _value(own, "rStyle")
        for each in (*(self.chain(named_style) if named_style else ()), *self.chain(style)):
            found = each.element.find(f"{_W}rPr")
            if found is not None:
                yield found
        if self.defaults is not None:
            yield self.defaults

    def _colour(self, run: Any, style: str) -> Colour | None:
        for properties in self._properties(run, style):
            element = properties.find(f"{_W}color")
            if element is not None:
                said = element.get(f"{_W}val") or "auto"
                return BLACK if said == "auto" else _hex(said)
        return BLACK

    def _size(self, run: Any, style: str) -> float:
        """The size of type in points."""
        for properties in self._properties(run, style):
            said = _value(properties, "sz")
            if said.isdigit():
                return int(said) / 2
        return 10.0

    def _marks(self, run: Any, style: str) -> tuple[bool, bool, bool]:
        return tuple(self._has(run, style, name) for name in ("b", "i", "u"))  # type: ignore[return-value]

    def _has(self, run: Any, style: str, name: str) -> bool:
        for properties in self._properties(run, style):
            element = properties.find(f"{_W}{name}")
            if element is not None:
                return (element.get(f"{_W}val") or "true") not in ("0", "false", "off", "none")
        return False

    def _behind(self, run: Any) -> Colour | None:
        properties = run.find(f"{_W}rPr")
        light = _value(properties, "highlight")
        return _HIGHLIGHTS.get(light) or _fill(properties)

    def _under(self, paragraph: Any) -> Colour | None:
        """The colour behind a paragraph; None where only a table style could say it."""
        own = _fill(paragraph.find(f"{_W}pPr"))
        if own is not None:
            return own
        for style in self.chain(self.style_of(paragraph)):
            found = _fill(style.element.find(f"{_W}pPr"))
            if found is not None:
                return found
        for holder in paragraph.iterancestors(f"{_W}tc", f"{_W}tbl", f"{_W}txbxContent"):
            if holder.tag == f"{_W}txbxContent":
                return None
            if holder.tag == f"{_W}tc":
                found = _fill(holder.find(f"{_W}tcPr"))
                if found is not None:
                    return found
            elif any(
                next(style.element.iter(f"{_W}shd"), None) is not None
                for style in self.chain(_value(holder.find(f"{_W}tblPr"), "tblStyle"))
            ):
                return None
        return WHITE


def _value(element: Any, name: str) -> str:
    """The value of a property inside an element; empty where there is none."""
    found = element.find(f"{_W}{name}") if element is not None else None
    return (found.get(f"{_W}val") or "") if found is not None else ""


def _on(element: Any, name: str) -> bool:
    found = element.find(f"{_W}{name}") if element is not None else None
    return found is not None and (found.get(f"{_W}val") or "true") not in ("0", "false", "off")


def _text(element: Any) -> str:
    """The text that an element shows, text boxes apart."""
    boxed = element.tag == f"{_W}txbxContent"
    parts = element.iter(f"{_W}t", f"{_W}tab", f"{_W}br")
    shown = (p for p in parts if boxed or next(p.iterancestors(f"{_W}txbxContent"), None) is None)
    return "".join((p.text or "") if p.tag == f"{_W}t" else " " for p in shown).strip()


def _first_run(element: Any) -> Any:
    return element if element.tag == f"{_W}r" else next(element.iter(f"{_W}r"), element)


def _all_bold(paragraph: Any) -> bool:
    runs = [r for r in paragraph.iter(f"{_W}r") if _text(r)]
    return bool(runs) and all(_on(r.find(f"{_W}rPr"), "b") for r in runs)


def _merged(cell: Any) -> bool:
    properties = cell.find(f"{_W}tcPr")
    across = _value(properties, "gridSpan")
    down = properties is not None and properties.find(f"{_W}vMerge") is not None
    return down or (across.isdigit() and int(across) > 1)


def _is_blank(cell: Any) -> bool:
    drawn = next(cell.iter(f"{_WP}docPr", f"{_V}imagedata", f"{_W}sym", f"{_W}delText"), None) is not None
    properties = cell.find(f"{_W}tcPr/{_W}vMerge")
    goes_on = properties is not None and properties.get(f"{_W}val") != "restart"
    return not drawn and not goes_on and not _text(cell)


def _blank(cells: list[list[Any]], heads: int, number: int) -> Iterator[Found]:
    """Header cells, whole rows and columns, and other cells without text."""
    blank = [[_is_blank(cell) for cell in row] for row in cells]
    in_head = [(r, c) for r, row in enumerate(blank[:heads], 1) for c, empty in enumerate(row, 1) if empty]
    if in_head:
        where = Place(field=f"table {number}, row {in_head[0][0]}, column {in_head[0][1]}")
        yield Found("RG660", f"{len(in_head)} header cells without text", where)
    body = blank[heads:]
    rows = [r for r, row in enumerate(body, heads + 1) if row and all(row)]
    width = min(map(len, body), default=0)
    columns = [c + 1 for c in range(width) if len(body) > 1 and all(row[c] for row in body)]
    for what, found in (("row", rows), ("column", columns)):
        if found:
            yield Found("RG662", f"{what} {found[0]} is blank", Place(field=f"table {number}"))
    single = [
        (r, c)
        for r, row in enumerate(body, heads + 1)
        for c, empty in enumerate(row, 1)
        if empty and r not in rows and c not in columns
    ]
    if single:
        where = Place(field=f"table {number}, row {single[0][0]}, column {single[0][1]}")
        yield Found("RG694", f"{len(single)} cells without text", where)


def _fill(properties: Any) -> Colour | None:
    shade = properties.find(f"{_W}shd") if properties is not None else None
    said = (shade.get(f"{_W}fill") or "auto") if shade is not None else "auto"
    return _hex(said) if said != "auto" else None


def _hex(text: str) -> Colour | None:
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", text):
        return None
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)
