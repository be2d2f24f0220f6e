"""What a template writes as HTML, told from its text alone: so that branches no example reaches are seen too."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from jinja2 import TemplateSyntaxError

from reportgen.document import TONES
from reportgen.markup import VOCABULARY

#: Stands for what Jinja will put there.
FILLED = "\x01"
_TAG = re.compile(r"<(/?)([A-Za-z\x01][A-Za-z0-9\x01-]*)((?:[^\"'<>]|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"([^\s=/>\"'\x01]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+))?")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Element:
    """An opening or closing tag in the text of a template, with its line; values hold ``FILLED`` where data goes."""

    name: str
    line: int
    start: int
    end: int
    attributes: dict[str, str]
    closing: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """The HTML of a template with Jinja's parts masked."""

    text: str
    starts: tuple[int, ...]
    lines: tuple[int, ...]

    def line(self, offset: int) -> int:
        """The line of the template that a place in ``text`` stands on."""
        at = bisect_right(self.starts, offset) - 1
        return self.lines[at] + self.text.count("\n", self.starts[at], offset)

    def elements(self) -> Iterator[Element]:
        """Every tag, in order."""
        for found in _TAG.finditer(self.text):
            name = found[2].lower()
            if FILLED in name:
                continue
            attributes = {key.lower(): value.strip("\"'") for key, value in _ATTRIBUTE.findall(found[3])}
            yield Element(name, self.line(found.start()), found.start(), found.end(), attributes, bool(found[1]))


def written(environment: Any, text: str) -> Written:
    """Mask what is Jinja's own in a template; nothing is left of one that Jinja cannot read."""
    pieces: list[str] = []
    starts: list[int] = []
    lines: list[int] = []
    size = 0
    try:
        for line, kind, value in environment.lex(text):
            # of a tag of Jinja one sign stays, so that words on its two sides are not taken for one
            piece = value if kind == "data" else FILLED if kind.endswith("_begin") and kind != "comment_begin" else ""
            if piece:
                pieces.append(piece)
                starts.append(size)
                lines.append(line)
                size += len(piece)
    except TemplateSyntaxError:
        return Written("", (0,), (1,))
    whole = _COMMENT.sub(
        lambda m: " " * len(m[0]) if "\n" not in m[0] else re.sub(r"[^\n]", " ", m[0]), "".join(pieces)
    )
    return Written(whole, tuple(starts) or (0,), tuple(lines) or (1,))


def vocabulary_faults(html: Written) -> Iterator[tuple[str, str, int, str]]:
    """(code, message, line, what to do) for what is outside the vocabulary, or not for everybody."""
    tables: list[tuple[Element, int]] = []
    elements = list(html.elements())
    for index, element in enumerate(elements):
        name, line = element.name, element.line
        if element.closing:
            if name == "table" and tables:
                opened, first = tables.pop()
                inside = {e.name for e in elements[first:index]}
                if "td" in inside and "th" not in inside:
                    hint = 'begin each row with <th scope="row">, or give the table a <thead>'
                    yield "RG617", "a table without header cells", opened.line, hint
            continue
        if name not in VOCABULARY:
            near = get_close_matches(name, VOCABULARY, n=1)
            hint = f"did you mean <{near[0]}>?" if near else "docs/templates.md lists the elements"
            yield "RG611", f"<{name}> is not part of the vocabulary", line, hint
            if name == "img" and "alt" not in element.attributes:
                yield "RG619", "a picture without alternative text", line, "say what it shows in alt=…"
            continue
        if name == "table":
            tables.append((element, index))
        yield from _attribute_faults(element)
        titled = any(e.name == "title" for e in elements[index + 1 : index + 3])
        if name == "svg" and not titled and FILLED not in html.text[element.end : element.end + 200]:
            yield "RG619", "a drawing without alternative text", line, "begin it with <title> and <desc>"


def _attribute_faults(element: Element) -> Iterator[tuple[str, str, int, str]]:
    name, line = element.name, element.line
    for key in element.attributes:
        if key not in VOCABULARY[name]:
            takes = ", ".join(sorted(VOCABULARY[name])) or "none"
            yield "RG612", f"<{name}> takes no attribute {key!r}", line, f"it takes: {takes}"
    if name == "th" and element.attributes.get("scope", FILLED if FILLED in str(element.attributes) else "") not in (
        "col",
        "row",
        FILLED,
    ):
        yield "RG618", "a header cell without its scope", line, 'write <th scope="col"> or <th scope="row">'
    given = element.attributes.get("class", "")
    if given and FILLED not in given:
        names = [n for n in given.split() if n not in ("inserted", "deleted", "numbered")]
        if name == "span":
            if names and names != ["number"] and not (len(names) == 2 and names[0] == "tag" and names[1] in TONES):
                near = get_close_matches(names[-1], TONES, n=1)
                hint = (
                    f"did you mean {near[0]!r}?" if near else 'write class="tag TONE", or class="number" with numbered'
                )
                yield "RG613", f"<span> of the class {given!r}", line, hint
        elif len(names) > 1:
            yield "RG613", f"<{name}> has several roles: {' '.join(names)}", line, "give it one class"
        elif names and not re.fullmatch(r"[a-z][a-z0-9-]*", names[0]):
            hint = "use lower case letters, digits and hyphens"
            yield "RG613", f"the class {names[0]!r} is no role", line, hint
    href = element.attributes.get("href")
    if name == "a" and href is not None and not re.match(r"(?:https?://|mailto:|#|\x01)", href, re.IGNORECASE):
        yield "RG620", f"a link to {href[:60]!r}", line, "link to http(s), mailto or #id"


_FETCHED = ("src", "srcset", "poster", "data", "background", "action", "formaction", "xlink:href", "manifest", "ping")


def page_faults(html: Written) -> Iterator[tuple[str, str, int, str]]:
    """(code, message, line, what to do) for the page of a pack."""
    names: dict[str, Element] = {}
    for element in html.elements():
        if element.closing:
            continue
        names.setdefault(element.name, element)
        if element.name == "img" and "alt" not in element.attributes:
            yield "RG619", "a picture without alternative text", element.line, "say what it shows in alt=…"
        fetched = [(key, element.attributes.get(key)) for key in _FETCHED]
        if element.name not in ("a", "area"):
            fetched.append(("href", element.attributes.get("href")))
        for key, value in fetched:
            if value and not re.match(r"#|data:", value, re.IGNORECASE):
                message = f"<{element.name} {key}> leads outside the page: {value.replace(FILLED, '…')[:80]}"
                yield "RG625", message, element.line, "put it into a style sheet of the pack, or leave it out"
        if element.name in ("base", "iframe", "object", "embed", "frame"):
            yield "RG625", f"<{element.name}> in the page", element.line, "take it out"
        if element.name == "meta" and element.attributes.get("http-equiv", "").lower() == "refresh":
            yield "RG625", "a page that sends the reader elsewhere", element.line, "take it out"
    page = names.get("html")
    if page is None or not page.attributes.get("lang"):
        line = page.line if page else 1
        yield "RG616", "the page has no language", line, 'write <html lang="{{ lang }}">'
    title = names.get("title")
    if title is None or re.match(r"\s*</", html.text[title.end :]):
        line = title.line if title else (names["head"].line if "head" in names else 1)
        yield "RG616", "the page has no title", line, "write <title>{{ title }}</title>"


def with_places(environment: Any, text: str, shown: str, places: list[tuple[str, int, str]]) -> str:
    """A template whose opening tags say where they stand: ``data-at`` counts the entries put into ``places``."""
    out: list[str] = []
    try:
        for line, kind, value in environment.lex(text):
            if kind != "data":
                out.append(value)
                continue

            def put(found: re.Match[str], line: int = line, value: str = value) -> str:
                places.append((shown, line + value.count("\n", 0, found.start()), found[1].lower()))
                return f'{found[0]} data-at="{len(places) - 1}"'

            out.append(re.sub(r"<([A-Za-z][A-Za-z0-9]*)(?![A-Za-z0-9-])", put, value))
    except TemplateSyntaxError:
        return text
    return "".join(out)
