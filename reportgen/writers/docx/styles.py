"""Which of a shell's styles each role takes, and what is set by hand where it has none of its own.

A shell keeps its styles: none of them is changed, and none is added but a mark without any look and Word's own Strong. So
every role has an order of styles to look for. Styles are known by their names, which for Word's own ones are the same in every language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal
from xml.sax.saxutils import quoteattr

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DEEPEST = 12
Kind = Literal["paragraph", "character", "table"]


@dataclass(frozen=True, slots=True)
class Role:
    """What text is for, and the styles that serve it.

    ``names`` are made for it; ``lesser`` ones serve as well, and so does what the role ``otherwise`` takes, but then
    ``makeup`` (paragraph properties by name) and ``bold`` are set by hand. Where nothing is left, the shell is at fault.
    ``keep``: it stays on the page of what follows, whether or not its style says so.
    """

    names: tuple[str, ...]
    lesser: tuple[str, ...] = ()
    otherwise: str | None = None
    makeup: Mapping[str, str] = field(default_factory=dict)
    bold: bool = False
    keep: bool = False
    kind: Kind = "paragraph"


@dataclass(frozen=True, slots=True)
class Look:
    """How a role looks in one shell: the id of a style, and paragraph properties by name that are set beside it.

    ``own``: the style is made for the role. ``numbering``: the list and level that the style brings, if any.
    """

    style: str | None
    own: bool
    makeup: Mapping[str, str] = field(default_factory=dict)
    bold: bool = False
    numbering: tuple[str, int] | None = None
    outline: int | None = None


def _hanging(width: int) -> dict[str, str]:
    return {
        "tabs": f'<w:tabs><w:tab w:val="left" w:pos="{width}"/></w:tabs>',
        "ind": f'<w:ind w:left="{width}" w:hanging="{width}"/>',
    }


#: The width of the column that terms stand in.
TERM_WIDTH = 2835
#: What each level of a list is set further in.
STEP = 340
_BAR = '<w:pBdr><w:left w:val="single" w:sz="36" w:space="8" w:color="auto"/></w:pBdr>'

#: Every role, with the styles that serve it; docs/templates.md lists them.
ROLES: dict[str, Role] = {
    "title": Role(("Title",), otherwise="heading-1"),
    "heading-1": Role(("heading 1",), keep=True),
    **{f"heading-{n}": Role((f"heading {n}",), otherwise=f"heading-{n - 1}", keep=True) for n in range(2, 6)},
    "text": Role(("Body Text", "Normal")),
    "lead": Role(("Lead Paragraph",), otherwise="text"),
    "said": Role((), otherwise="text"),
    "provider": Role(("Subtitle",), otherwise="text"),
    "band": Role(("Band",), otherwise="text", bold=True, keep=True),
    "grade": Role(("Grade Line",), otherwise="text", keep=True),
    "imprint": Role(("Imprint",), otherwise="text"),
    "numbered": Role(("Numbered Paragraph",), otherwise="text", makeup=_hanging(680)),
    "item-1": Role(("List Bullet",), ("List Paragraph",), otherwise="text"),
    "item-2": Role(("List Bullet 2",), otherwise="item-1"),
    "item-3": Role(("List Bullet 3",), otherwise="item-2"),
    "numbered-item": Role(("Numbered Item",), otherwise="text", makeup=_hanging(680)),
    "details": Role(("Details",), otherwise="text", makeup=_hanging(TERM_WIDTH)),
    "aside": Role(("Aside",), otherwise="text", makeup={"pBdr": _BAR, "ind": '<w:ind w:left="227"/>'}),
    "note-text": Role(("Note Text", "footnote text"), otherwise="text", makeup=_hanging(284)),
    "caption": Role(("caption",), otherwise="text", bold=True, keep=True),
    "contents-title": Role(("TOC Heading", "Contents Heading"), otherwise="text", bold=True, keep=True),
    "contents-1": Role(("toc 1",), otherwise="text"),
    "contents-2": Role(("toc 2",), otherwise="contents-1", makeup={"ind": '<w:ind w:left="284"/>'}),
    "contents-3": Role(("toc 3",), otherwise="contents-2", makeup={"ind": '<w:ind w:left="568"/>'}),
    "table-text": Role(
        ("Table Text", "Table Contents"),
        otherwise="text",
        makeup={"spacing": '<w:spacing w:before="60" w:after="60"/>'},
    ),
    "table-small": Role(("Table Text Small",), ("Table Text", "Table Contents"), otherwise="table-text"),
    "table": Role(("Report Table",), ("Table Grid",), kind="table"),
    "tag": Role(("Grade or State", "Strong"), kind="character"),
    "link": Role(("Hyperlink", "Internet Link"), kind="character"),
    "number": Role(("Paragraph Number",), kind="character"),
    "strong": Role(("Strong",), kind="character"),
}
#: What is added where it is missing: the mark of printed numbers, and what Word itself adds once it is used.
ADDED = {
    "number": '<w:style w:type="character" w:customStyle="1" w:styleId="ParagraphNumber"><w:name w:val="Paragraph Number"/></w:style>',
    "strong": '<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/><w:uiPriority w:val="22"/><w:qFormat/>'
    "<w:rPr><w:b/><w:bCs/></w:rPr></w:style>",
}
#: Roles that print their own numbers or none: a list that their style brings is switched off.
_UNCOUNTED = frozenset({"numbered", "numbered-item"})
_OFF = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>'


class Styles:
    """The styles of a shell, and what each role takes of them.

    ``missing`` collects, role by role, what was wanted and is not there.
    """

    def __init__(self, root: Any, chosen: Mapping[str, str] | None = None) -> None:
        self.elements: dict[str, Any] = {}
        self.ids: dict[tuple[str, str], str] = {}
        self.default: str | None = None
        self.usual = self._own_size(root.find(f"{_W}docDefaults/{_W}rPrDefault")) if root is not None else None
        self.chosen = dict(chosen or {})
        self.missing: dict[str, str] = {}
        self._looks: dict[str, Look] = {}
        for element in root.iter(f"{_W}style") if root is not None else ():
            self.add(element)
        for key, element in self.elements.items():
            # a name outranks the id of another style
            self.ids[element.get(f"{_W}type") or "paragraph", (_value(element, "name") or key).casefold()] = key

    def add(self, element: Any) -> None:
        """Take a style in, after which roles are looked for anew."""
        key, kind = element.get(f"{_W}styleId") or "", element.get(f"{_W}type") or "paragraph"
        self.elements[key] = element
        self.ids.setdefault((kind, key.casefold()), key)
        self.ids.setdefault((kind, (_value(element, "name") or key).casefold()), key)
        if kind == "paragraph" and element.get(f"{_W}default") in ("1", "true", "on"):
            self.default = key
        self._looks.clear()

    def named(self, kind: Kind, name: str) -> str | None:
        """The id of the style of this name, else of this id; None where there is neither."""
        return self.ids.get((kind, name.casefold()))

    def look(self, role: str) -> Look:
        """What a role takes; a role that has no style to take is noted in ``missing``."""
        if role not in self._looks:
            self._looks[role] = self._found(role)
        return self._looks[role]

    def size(self, role: str) -> int:
        """The size of the letters of a role, in half points."""
        sizes = (self._own_size(self.elements[key]) for key in self._chain(self.look(role).style))
        return next((size for size in sizes if size is not None), None) or self.usual or 20

    @staticmethod
    def _own_size(holder: Any) -> int | None:
        size = _value(holder.find(f"{_W}rPr"), "sz") if holder is not None else None
        return int(size) if size is not None and size.isdigit() else None

    def used(self) -> set[str]:
        """The ids of the styles that were taken so far, with those that they are based on."""
        return {key for look in self._looks.values() if look.style for key in self._chain(look.style)}

    def unknown_roles(self, further: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Roles that a style was chosen for and that are misspelt: the role and the one that is near it."""
        for role in self.chosen:
            if role not in ROLES and role not in further:
                near = get_close_matches(role, ROLES, n=1, cutoff=0.75)
                if near:
                    yield role, near[0]

    def _found(self, role: str) -> Look:
        rule = ROLES.get(role) or Role((), otherwise="text")
        chosen = self.chosen.get(role)
        if chosen is not None:
            style = self.named(rule.kind, chosen)
            if style is None:
                self.missing[role] = f"{chosen!r} (a {rule.kind} style)"
            return self._made(role, style, own=True)
        for own, names in ((True, rule.names), (False, rule.lesser)):
            for name in names:
                if (style := self.named(rule.kind, name)) is not None:
                    return self._made(role, style, own=own)
        if rule.kind != "paragraph":
            return Look(None, own=False)
        if role == "heading-1" and (style := self._outlined(0)):
            return self._made(role, style, own=True)
        if role == "text" and self.default is not None:
            return self._made(role, self.default, own=True)
        if rule.otherwise is None:
            self.missing[role] = " or ".join(map(repr, rule.names))
            return Look(None, own=False)
        if role.startswith("heading-") and (style := self._outlined(int(role[-1]) - 1)):
            return self._made(role, style, own=True)
        noted = dict(self.missing)
        below = self.look(rule.otherwise)
        if below.style is None and role not in noted and rule.names:
            self.missing[role] = " or ".join(map(repr, rule.names))
        return self._made(role, below.style, own=False)

    def _made(self, role: str, style: str | None, *, own: bool) -> Look:
        rule = ROLES.get(role) or Role((), otherwise="text")
        makeup = {} if own else dict(rule.makeup)
        if rule.keep and not self._kept(style):
            makeup["keepNext"] = "<w:keepNext/>"
        numbering = self._numbering(style)
        heading = role.startswith("heading-") or role == "title"
        if numbering and (role in _UNCOUNTED or (heading and not own)):
            makeup["numPr"] = _OFF
            numbering = None
        outline = self._outline(style)
        if heading:
            wanted = 9 if role == "title" else int(role[-1]) - 1
            if outline != wanted and not (wanted == 9 and outline is None):
                makeup["outlineLvl"] = f'<w:outlineLvl w:val="{wanted}"/>'
        return Look(style, own, makeup, bold=rule.bold and not own, numbering=numbering, outline=outline)

    def _chain(self, key: str | None) -> Iterator[str]:
        seen: list[str] = []
        while key in self.elements and key not in seen and len(seen) < _DEEPEST:
            assert key is not None
            seen.append(key)
            yield key
            key = _value(self.elements[key], "basedOn")

    def _numbering(self, key: str | None) -> tuple[str, int] | None:
        """The list that a style puts its paragraphs into, and the level; None where it is in none."""
        found: list[str | None] = [None, None]
        for each in self._chain(key):
            numbers = self.elements[each].find(f"{_W}pPr/{_W}numPr")
            if numbers is not None:
                found = [
                    a if a is not None else _value(numbers, b) for a, b in zip(found, ("numId", "ilvl"), strict=True)
                ]
        if found[0] in (None, "0"):
            return None
        return str(found[0]), int(found[1] or "0")

    def _kept(self, key: str | None) -> bool:
        for each in self._chain(key):
            found = self.elements[each].find(f"{_W}pPr/{_W}keepNext")
            if found is not None:
                return found.get(f"{_W}val") not in ("0", "false", "off")
        return False

    def _outline(self, key: str | None) -> int | None:
        for each in self._chain(key):
            level = _value(self.elements[each].find(f"{_W}pPr"), "outlineLvl")
            if level is not None and level.isdigit():
                return int(level)
            name = (_value(self.elements[each], "name") or "").casefold()
            if name.startswith("heading ") and name[8:].isdigit():
                return int(name[8:]) - 1
        return None

    def _outlined(self, level: int) -> str | None:
        """The first style that says of itself that it is a heading of this level."""
        for key, element in self.elements.items():
            if element.get(f"{_W}type") == "paragraph" and _value(element.find(f"{_W}pPr"), "outlineLvl") == str(level):
                return key
        return None


def style_of(key: str | None, element: str = "pStyle") -> str:
    """The property that names a style; nothing for none."""
    return f"<w:{element} w:val={quoteattr(key)}/>" if key else ""


def _value(element: Any, name: str) -> str | None:
    found = element.find(f"{_W}{name}") if element is not None else None
    return None if found is None else found.get(f"{_W}val")
