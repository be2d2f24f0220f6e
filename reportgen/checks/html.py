"""The rules for web pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from reportgen.checks.colour import named, too_low
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
from reportgen.checks.styles import Look, has_dark, looks, sheets_text
from reportgen.readers.html import tree

_FIELDS = frozenset("input select textarea".split())
_NO_LABEL_NEEDED = frozenset("hidden submit reset button image".split())
#: Attributes that make a browser fetch something by itself, with the elements that have them.
_FETCHED = {
    "src": frozenset("img script iframe embed audio video source track input frame".split()),
    "srcset": frozenset(("img", "source")),
    "poster": frozenset(("video",)),
    "data": frozenset(("object",)),
    "background": frozenset(("body", "table", "td")),
}
_ELSEWHERE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
_IN_STYLE = re.compile(r"""(?:url\(|@import)\s*(?:url\()?["']?\s*((?:https?:)?//[^"')\s;]+)""", re.IGNORECASE)


def check(text: str, name: str) -> Iterator[Found]:
    """Everything that the rules find in a web page.

    Raises:
        InputError: nested too deep (RG107), or no page (RG103).
    """
    page = _Page(tree(text, name))
    yield from about_title(page.words(page.first("title")), name)
    yield from about_lang(page.root.get("lang") or page.root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    yield from page.headings()
    yield from page.tables()
    yield from page.pictures()
    yield from about_links(page.links())
    yield from page.landmarks()
    yield from page.requests()
    yield from page.viewport()
    yield from page.focus()
    yield from page.fields()
    yield from page.lists()
    yield from page.colours()


class _Page:
    def __init__(self, root: Any) -> None:
        self.root = root
        self.looks: dict[Any, Look] = dict(looks(root))
        self.elements = [e for e in root.iter() if isinstance(e.tag, str)]
        self.ids = {e.get("id"): e for e in reversed(self.elements) if e.get("id")}

    def first(self, tag: str) -> Any:
        return next((e for e in self.elements if e.tag == tag), None)

    def shown(self, *tags: str) -> Iterator[Any]:
        """Elements of these tags that a browser shows, in order."""
        for element in self.elements:
            if element.tag in tags and self.is_shown(element):
                yield element

    def is_shown(self, element: Any) -> bool:
        look = self.looks.get(element)
        return look is None or look.shown

    def is_spoken(self, element: Any) -> bool:
        holders = (element, *element.iterancestors())
        return not any(e.get("aria-hidden") == "true" for e in holders)

    def words(self, element: Any) -> str:
        """The text of an element as a screen reader gives it: labels, alternative texts, then what is shown."""
        if element is None:
            return ""
        label = element.get("aria-label")
        if label and label.strip():
            return str(label)
        named_by = [self.ids[i] for i in (element.get("aria-labelledby") or "").split() if i in self.ids]
        if named_by:
            return " ".join("".join(e.itertext()) for e in named_by)
        parts: list[str] = []
        for inner in element.iter():
            if not isinstance(inner.tag, str):
                continue
            if inner.tag == "img":
                parts.append(inner.get("alt") or "")
            elif inner is not element and inner.get("aria-label"):
                parts.append(inner.get("aria-label"))
            elif inner.tag not in ("script", "style") and inner.get("aria-hidden") != "true":
                parts.append(inner.text or "")
            if inner is not element:
                parts.append(inner.tail or "")
        return " ".join("".join(parts).split()) or str(element.get("title") or "")

    # -- structure

    def headings(self) -> Iterator[Found]:
        found = [
            Headed(int(e.tag[1]), self.words(e), Place(line=e.sourceline))
            for e in self.shown("h1", "h2", "h3", "h4", "h5", "h6")
            if self.is_spoken(e)
        ]
        tops = [h for h in found if h.level == 1]
        if len(tops) != 1:
            message = f"{len(tops)} headings of level 1" if tops else "no heading of level 1"
            yield Found("RG655", message, tops[1].place if tops else Place())
        # a page without an h1 is said once
        if tops or not found:
            yield from about_headings(found)
        paragraphs = [e for e in self.shown("p", "div") if e.getparent() is not None and not len(e.findall(".//p"))]
        for one in paragraphs:
            after = one.getnext()
            if after is None or after.tag not in ("p", "ul", "ol", "table") or self._all_bold(after):
                continue
            text = self.words(one)
            if (
                self._all_bold(one)
                and poses_as_heading(text)
                and not any(a.tag in ("td", "th", "li") for a in one.iterancestors())
            ):
                yield Found("RG657", f"{short(text)!r} is bold on a line of its own", Place(line=one.sourceline))

    def _all_bold(self, element: Any) -> bool:
        """Whether all text of a paragraph stands in b or strong."""
        loose = (element.text or "") + "".join(child.tail or "" for child in element)
        return not loose.strip() and len(element) > 0 and all(c.tag in ("b", "strong", "br") for c in element)

    def tables(self) -> Iterator[Found]:
        for n, table in enumerate(self.shown("table"), 1):
            if table.get("role") in ("presentation", "none"):
                continue
            place = Place(line=table.sourceline, field=f"table {n}")
            rows = [r for r in table.iter("tr") if next(r.iterancestors("table")) is table]
            cells = [[c for c in row if c.tag in ("th", "td")] for row in rows]
            heads = [c for row in cells for c in row if c.tag == "th" or c.get("role") in ("columnheader", "rowheader")]
            if not any(cells):
                continue
            if not heads:
                yield Found("RG658", f"a table of {len(rows)} rows has no header cells", place)
            down = any(c.tag == "th" for row in cells[1:] for c in row[:1])
            across = any(c.tag == "th" for row in cells[:1] for c in row[1:])
            bare = [c for c in heads if not c.get("scope") and c.tag == "th" and self.words(c)]
            # in a table with headers on one side a program can tell which they are
            if down and across and bare and not any(c.get("headers") for row in cells for c in row):
                message = (
                    f"{len(bare)} of {len(heads)} header cells without a scope, first {short(self.words(bare[0]))!r}"
                )
                yield Found("RG659", message, place)
            empty = [c for c in heads if c.tag == "th" and not self.words(c)]
            if empty:
                yield Found("RG660", f"{len(empty)} header cells without text", place)
            widths = _widths(cells)
            if len(set(widths)) > 1:
                usual = Counter(widths).most_common(1)[0][0]
                row = next(i for i, width in enumerate(widths, 1) if width != usual)
                yield Found("RG683", f"row {row} has {widths[row - 1]} columns, the others {usual}", place)
            caption = next((c for c in table if c.tag == "caption"), None)
            if not (
                self.words(caption) or table.get("aria-label") or table.get("aria-labelledby") or _in_figure(table)
            ):
                yield Found("RG663", "a table has no caption", place)

    def pictures(self) -> Iterator[Found]:
        for element in self.shown("img", "input", "area", "svg"):
            place = Place(line=element.sourceline)
            if not self.is_spoken(element) or element.get("role") in ("presentation", "none"):
                continue
            if element.tag == "svg":
                title = next((c for c in element if isinstance(c.tag, str) and c.tag == "title"), None)
                yield from about_alt(
                    element.get("aria-label") or element.get("aria-labelledby") or self.words(title), place
                )
            elif element.tag == "input":
                if element.get("type") == "image":
                    yield from about_alt(element.get("alt") or element.get("aria-label"), place)
            elif element.get("alt") != "" or element.tag == "area":
                yield from about_alt(element.get("alt") or element.get("aria-label"), place)

    def links(self) -> Iterator[Linked]:
        for element in self.shown("a"):
            target = element.get("href")
            if target is not None and self.is_spoken(element):
                outside = "" if target.startswith("#") else target
                yield Linked(self.words(element), outside, Place(line=element.sourceline))

    def landmarks(self) -> Iterator[Found]:
        mains = [e for e in self.elements if (e.tag == "main" or e.get("role") == "main") and self.is_shown(e)]
        if len(mains) != 1:
            message = f"{len(mains)} main landmarks" if mains else "no main landmark"
            yield Found("RG687", message, Place(line=mains[1].sourceline) if mains else Place())
        first = next(
            (e for e in self.shown("a", "button", "input", "select", "textarea", "summary") if _focusable(e)), None
        )
        if first is None:
            return
        target = first.get("href") or ""
        leads = first.tag == "a" and target.startswith("#") and target[1:] in self.ids
        inside = bool(mains) and mains[0] in first.iterancestors()
        if not leads and not inside:
            yield Found(
                "RG688", "the first thing that takes the focus is no link to the content", Place(line=first.sourceline)
            )

    # -- what a browser does

    def requests(self) -> Iterator[Found]:
        for element in self.elements:
            place = Place(line=element.sourceline)
            asked = [element.get(a) for a, tags in _FETCHED.items() if element.tag in tags and element.get(a)]
            relations = set((element.get("rel") or "").lower().split())
            if element.tag == "link" and relations & {
                "stylesheet",
                "icon",
                "preload",
                "prefetch",
                "preconnect",
                "manifest",
            }:
                asked.append(element.get("href") or "")
            for address in asked:
                for each in address.split(",") if element.get("srcset") == address else [address]:
                    if _ELSEWHERE.match(each):
                        yield Found("RG689", f"<{element.tag}> asks for {short(each)}", place)
        for element, sheet in sheets_text(self.root):
            for found in _IN_STYLE.finditer(sheet):
                yield Found("RG689", f"a style asks for {short(found[1])}", Place(line=element.sourceline))

    def viewport(self) -> Iterator[Found]:
        meta = next((e for e in self.elements if e.tag == "meta" and (e.get("name") or "").lower() == "viewport"), None)
        if meta is None:
            yield Found("RG690", "the page says nothing about small windows (no viewport)")
            return
        said = (meta.get("content") or "").lower().replace(" ", "")
        largest = re.search(r"maximum-scale=([\d.]+)", said)
        if re.search(r"user-scalable=(?:no|0)", said) or (largest and float(largest[1].rstrip(".") or 0) < 2):
            yield Found("RG690", f"the page cannot be enlarged: {short(said)}", Place(line=meta.sourceline))

    def focus(self) -> Iterator[Found]:
        for element in self.elements:
            place = Place(line=element.sourceline)
            if re.fullmatch(r"\s*\+?0*[1-9]\d*\s*", element.get("tabindex") or ""):
                yield Found("RG691", f"<{element.tag} tabindex={element.get('tabindex').strip()}>", place)
            look = self.looks.get(element)
            if look is not None and look.reordered:
                yield Found("RG670", f"<{element.tag}> is shown out of order ({look.reordered})", place)

    def fields(self) -> Iterator[Found]:
        labelled = {e.get("for") for e in self.elements if e.tag == "label" and self.words(e)}
        for element in self.shown(*_FIELDS):
            if (element.get("type") or "").lower() in _NO_LABEL_NEEDED:
                continue
            around = any(e.tag == "label" for e in element.iterancestors())
            named_itself = element.get("aria-label") or element.get("aria-labelledby") or element.get("title")
            if not (around or named_itself or element.get("id") in labelled):
                yield Found("RG692", f"<{element.tag}> has no label", Place(line=element.sourceline))

    def lists(self) -> Iterator[Found]:
        def paragraphs() -> Iterator[tuple[str, Place]]:
            for element in self.shown("p", "div", "li", "table", "h1", "h2", "h3", "h4", "h5", "h6"):
                place = Place(line=element.sourceline)
                if element.tag == "p" or (element.tag == "div" and not len(element)):
                    yield from ((line, place) for line in _lines(element))
                elif element.tag != "div":
                    yield "", place

        yield from about_typed_lists(paragraphs())

    # -- colours

    def colours(self) -> Iterator[Found]:
        seen: set[tuple[str, str]] = set()
        for scheme in (False, True) if has_dark(self.root) else (False,):
            shown = dict(looks(self.root, dark=True)) if scheme else self.looks
            for element, look in shown.items():
                yield from _contrast(element, look, seen, "in the dark scheme, " if scheme else "")
        for element in self.shown("a"):
            if element.get("href") is not None and self._alone(element):
                message = (
                    f"the link {short(self.words(element), 40)!r} differs from the text around it by its colour alone"
                )
                yield Found("RG669", message, Place(line=element.sourceline))
        for element in self.shown("td", "th", "span"):
            look = self.looks[element]
            empty = not self.words(element) and not len(element) and not element.get("title")
            cell = next((e for e in (element, *element.iterancestors()) if e.tag in ("td", "th")), None)
            if look.own_background and empty and cell is not None and not self.words(cell):
                yield Found("RG669", "a table cell holds nothing but a colour", Place(line=element.sourceline))

    def _alone(self, link: Any) -> bool:
        """Whether a link stands inside other text and has no mark but its colour."""
        parent = link.getparent()
        if parent is None or parent.tag not in ("p", "li", "td", "dd", "span", "div"):
            return False
        around = (parent.text or "") + "".join(child.tail or "" for child in parent)
        look, other = self.looks[link], self.looks[parent]
        marked = look.marked or look.bold != other.bold or look.italic != other.italic or look.under != other.under
        return bool(re.search(r"\w{3}", around)) and not marked and look.colour != other.colour


def _contrast(element: Any, look: Look, seen: set[tuple[str, str]], how: str) -> Iterator[Found]:
    own = (element.text or "") if element.tag not in ("script", "style", "title") else ""
    text = own + "".join(child.tail or "" for child in element)
    if not look.shown or not re.search(r"\w", text) or look.colour is None or look.under is None:
        return
    message = too_low(short(text, 40), look.colour, look.under, look.size, bold=look.bold)
    key = named(look.colour), named(look.under)
    if message and key not in seen:
        seen.add(key)
        yield Found("RG668", how + message, Place(line=element.sourceline))


def _in_figure(table: Any) -> bool:
    return any(e.tag == "figure" and e.find(".//figcaption") is not None for e in table.iterancestors())


def _focusable(element: Any) -> bool:
    if element.tag == "a":
        return element.get("href") is not None
    return element.get("disabled") is None and element.get("type") != "hidden"


def _lines(element: Any) -> list[str]:
    """The text of a paragraph by its forced line breaks."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == "br":
            parts.append("\n")
        elif isinstance(child.tag, str):
            parts.append("".join(child.itertext()))
        parts.append(child.tail or "")
    return ["".join(parts)] if not any(p == "\n" for p in parts) else "".join(parts).split("\n")


def _widths(rows: list[list[Any]]) -> list[int]:
    """How many columns each row fills, cells that hang down from rows above counted."""
    out: list[int] = []
    hanging: Counter[int] = Counter()
    for n, row in enumerate(rows):
        if not row:
            continue
        out.append(sum(_span(cell, "colspan") for cell in row) + hanging[n])
        for cell in row:
            for below in range(n + 1, n + _span(cell, "rowspan")):
                hanging[below] += _span(cell, "colspan")
    return out


def _span(cell: Any, name: str) -> int:
    said = (cell.get(name) or "1").strip()
    return max(1, min(1000, int(said))) if said.isascii() and said.isdigit() else 1
