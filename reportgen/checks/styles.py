"""Style sheets of a web page -> the colours, sizes and marks that its text is shown with, as far as that is computable.

Left out on purpose, and without a finding: pictures and gradients behind text, system colours, opacity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from typing import Any

import cssselect2
import tinycss2
import tinycss2.color4

from reportgen.checks.colour import BLACK, WHITE, Colour, over

#: What a browser does before any style sheet is read.
_BROWSER = """
a[href] { color: #0000ee; text-decoration: underline }
b, strong, th, h1, h2, h3, h4, h5, h6 { font-weight: bold } h1 { font-size: 2em } h2 { font-size: 1.5em }
h3 { font-size: 1.17em } h5 { font-size: 0.83em } h6 { font-size: 0.67em } small, sub, sup { font-size: 0.83em }
u, ins { text-decoration: underline } s, del { text-decoration: line-through }
mark { background: #ffff00; color: #000000 }
head, script, style, template, noscript, [hidden] { display: none } i, em, cite { font-style: italic }
"""
#: The width of the window that media queries are asked about, in pixels.
_WIDTH = 1280
_UNITS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}
_WORDS = {"xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32}
_TAKEN = frozenset(
    "color background background-color background-image font-size font-weight font-style text-decoration display"
    " text-decoration-line visibility opacity border border-bottom border-bottom-width border-bottom-style order"
    " flex-direction".split()
)
_MOST_RULES = 20_000


@dataclass(frozen=True, slots=True)
class Look:
    """How an element is shown. ``colour`` and ``under`` are None where they cannot be computed; ``size`` in points."""

    colour: Colour | None = BLACK
    under: Colour | None = WHITE
    size: float = 12.0
    bold: bool = False
    italic: bool = False
    marked: bool = False
    own_background: bool = False
    shown: bool = True
    reordered: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Declared:
    name: str
    value: str
    important: bool


def looks(root: Any, *, dark: bool = False) -> Iterator[tuple[Any, Look]]:
    """Every element of a page in order with how it is shown in a wide window, in the light scheme or the dark one."""
    sheets = [style.text or "" for style in root.iter("style") if _wanted(style.get("media") or "", dark)]
    # what a browser does comes before every style of the page, however weak its selector
    matchers = _matcher([_BROWSER], dark), _matcher(sheets, dark)
    top = Look()
    if dark and re.search(r"color-scheme\s*:[^;}]*dark", " ".join(sheets)):
        top = Look(colour=WHITE, under=(18, 18, 18))
    known: dict[Any, Look] = {}
    for wrapper in cssselect2.ElementWrapper.from_html_root(root).iter_subtree():
        element = wrapper.etree_element
        if not isinstance(element.tag, str):
            continue
        parent = element.getparent()
        before = known.get(parent, top) if parent is not None else top
        look = known[element] = _look(before, _declarations(matchers, wrapper))
        yield element, look


def _matcher(sheets: Iterable[str], dark: bool) -> Any:
    matcher = cssselect2.Matcher()
    rules = islice((rule for sheet in sheets for rule in _rules(sheet, dark)), _MOST_RULES)
    for selectors, declared in rules:
        for selector in selectors:
            matcher.add_selector(selector, declared)
    return matcher


def has_dark(root: Any) -> bool:
    """Whether a page has styles of its own for a dark scheme."""
    return any("prefers-color-scheme" in (style.text or "") for style in root.iter("style"))


def sheets_text(root: Any) -> Iterator[tuple[Any, str]]:
    """Every piece of style in a page with the element that holds it."""
    for element in root.iter():
        if isinstance(element.tag, str):
            if element.tag == "style":
                yield element, element.text or ""
            elif element.get("style"):
                yield element, element.get("style")


def _declarations(matchers: Iterable[Any], wrapper: Any) -> list[_Declared]:
    found: list[_Declared] = []
    for matcher in matchers:
        for _, _, pseudo, declared in sorted(matcher.match(wrapper), key=lambda m: (m[0], m[1])):
            if pseudo is None:
                found.extend(declared)
    inline = wrapper.etree_element.get("style")
    if inline:
        found.extend(_parsed(tinycss2.parse_blocks_contents(inline, skip_comments=True, skip_whitespace=True)))
    # what is important comes last, whatever its selector
    return [d for d in found if not d.important] + [d for d in found if d.important]


def _rules(sheet: str, dark: bool) -> Iterator[tuple[list[Any], list[_Declared]]]:
    waiting = list(reversed(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)))
    while waiting:
        rule = waiting.pop()
        keyword = rule.lower_at_keyword if rule.type == "at-rule" and rule.content is not None else ""
        if keyword in ("media", "supports", "layer"):
            if keyword != "media" or _wanted(tinycss2.serialize(rule.prelude), dark):
                inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                waiting.extend(reversed(inner))
        elif rule.type == "qualified-rule":
            try:
                selectors = cssselect2.compile_selector_list(rule.prelude)
            except cssselect2.SelectorError:
                continue
            inside = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
            yield selectors, list(_parsed(inside))


def _parsed(items: Iterable[Any]) -> Iterator[_Declared]:
    for item in items:
        if item.type == "declaration" and (item.lower_name in _TAKEN or item.name.startswith("--")):
            name = item.name if item.name.startswith("--") else item.lower_name
            yield _Declared(name, tinycss2.serialize(item.value).strip(), item.important)


@lru_cache(maxsize=256)
def _wanted(media: str, dark: bool) -> bool:
    """Whether a media query holds on a wide screen in the light scheme, or in the dark one."""
    return any(_holds(query.strip().lower(), dark) for query in media.split(",")) if media.strip() else True


def _holds(query: str, dark: bool) -> bool:
    if query.startswith("not "):
        return not _holds(query[4:], dark)
    for part in re.split(r"\s+and\s+", query.removeprefix("only ")):
        feature = re.fullmatch(r"\(\s*([\w-]+)\s*(?::\s*([^)]+?)\s*)?\)", part)
        if feature is None:
            if part not in ("all", "screen"):
                return False
        elif feature[1] == "prefers-color-scheme":
            if (feature[2] == "dark") is not dark:
                return False
        elif feature[1] in ("min-width", "max-width"):
            size = _length(feature[2] or "", 12.0, 12.0)
            if size is None or (size * 4 / 3 > _WIDTH) is (feature[1] == "min-width"):
                return False
        else:
            return False
    return True


def _length(text: str, parent: float, root: float) -> float | None:
    """A length in points, None where it cannot be told."""
    found = re.fullmatch(r"(\d*\.?\d+)(px|pt|pc|in|cm|mm|em|rem|%)", text.strip().lower())
    if found is None:
        word = _WORDS.get(text.strip().lower())
        return word * 0.75 if word else None
    number, unit = float(found[1]), found[2]
    if unit in _UNITS:
        return number * _UNITS[unit] * 0.75
    return number * {"em": parent, "rem": root, "%": parent / 100}[unit]


def _look(before: Look, declared: list[_Declared]) -> Look:
    custom = dict(before.custom)
    custom.update((d.name, d.value) for d in declared if d.name.startswith("--"))
    value: dict[str, str] = {}
    for each in declared:
        if not each.name.startswith("--"):
            said = _resolved(each.value, custom)
            if said:
                value[each.name] = said
                if each.name == "background":
                    value["background-color"] = value["background-image"] = said
    look = replace(before, custom=custom, own_background=False, reordered="")
    look = _text(look, before, value)
    return _background(_marks(look, value), before, value)


def _resolved(text: str, custom: Mapping[str, str], depth: int = 0) -> str:
    """A value with its variables put in; empty where one is missing."""
    if "var(" not in text:
        return text
    if depth > 8:
        return ""

    def put(match: re.Match[str]) -> str:
        return custom.get(match[1], match[2] or "\0")

    said = re.sub(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*(?:\([^()]*\)[^()]*)*))?\)", put, text)
    return "" if "\0" in said else _resolved(said, custom, depth + 1)


def _text(look: Look, before: Look, value: Mapping[str, str]) -> Look:
    colour = look.colour
    if (said := value.get("color")) and said not in ("inherit", "currentcolor", "unset"):
        found = _colour(said)
        colour = over(found[0], found[1], before.under or WHITE) if found else None
    size = look.size
    if said := value.get("font-size"):
        found_size = _length(said, before.size, 12.0)
        size = found_size if found_size is not None else size
    bold = look.bold
    if said := value.get("font-weight"):
        heavy = said in ("bold", "bolder") or (said.isdigit() and int(said) >= 600)
        bold = heavy or (said == "inherit" and before.bold)
    italic = value.get("font-style", "italic" if look.italic else "normal") in ("italic", "oblique")
    shown = look.shown and value.get("display") != "none" and value.get("visibility", "visible") == "visible"
    if value.get("opacity", "1") not in ("1", "1.0", "100%"):
        colour = None
    return replace(look, colour=colour, size=size, bold=bold, italic=italic, shown=shown)


def _marks(look: Look, value: Mapping[str, str]) -> Look:
    lines = value.get("text-decoration-line", value.get("text-decoration"))
    marked = look.marked if lines is None else bool(re.search(r"underline|line-through|overline", lines))
    borders = ("border", "border-bottom", "border-bottom-width", "border-bottom-style")
    border = " ".join(value.get(name, "") for name in borders)
    if border.strip() and not re.search(r"\bnone\b|(?<![\d.])0(?![\d.])", border):
        marked = True
    reordered = ""
    if value.get("flex-direction", "").endswith("-reverse"):
        reordered = f"flex-direction: {value['flex-direction']}"
    elif value.get("order", "0") not in ("0", "initial", "unset"):
        reordered = f"order: {value['order']}"
    return replace(look, marked=marked, reordered=reordered)


def _background(look: Look, before: Look, value: Mapping[str, str]) -> Look:
    image = value.get("background-image", "none")
    if re.search(r"\b(url|[\w-]*gradient|image-set|element)\(", image):
        return replace(look, under=None, own_background=True)
    said = value.get("background-color")
    if not said or said in ("inherit", "unset", "none", "initial"):
        return look
    found = next((c for word in _words(said) if (c := _colour(word))), None)
    if found is None:
        return look if re.search(r"^\d|none|transparent", said) else replace(look, under=None)
    colour, alpha = found
    if alpha == 0:
        return look
    if alpha < 1 and before.under is None:
        return look
    return replace(look, under=over(colour, alpha, before.under or WHITE), own_background=True)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w-]+\([^()]*\)|[^\s/]+", text)


@lru_cache(maxsize=1024)
def _colour(text: str) -> tuple[Colour, float] | None:
    """A colour and how much of it covers what is behind, None where it is no colour that can be computed."""
    try:
        found = tinycss2.color4.parse_color(text)
        if found is None or isinstance(found, str):
            return None
        red, green, blue = (max(0.0, min(1.0, float(c or 0))) * 255 for c in found.to("srgb").coordinates)
    except (ValueError, NotImplementedError, TypeError):
        return None
    return (red, green, blue), float(found.alpha)
