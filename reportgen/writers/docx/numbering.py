"""The lists of a shell, and one of our own where it has none that serves."""

from __future__ import annotations

from typing import Any

from lxml import etree

from reportgen.writers.docx.shell import Shell, W
from reportgen.writers.docx.styles import STEP, Look

_NS = W[1:-1]
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"
_GLYPHS = ("•", "–", "•", "–", "•", "–", "•", "–", "•")


class Lists:
    """The lists of a shell; nothing of them is changed, and ours comes beside them when it is first wanted."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.ours: str | None = None
        self.restarted: dict[str, str] = {}

    def begin(self) -> None:
        """What follows is another list: one that counts begins anew."""
        self.restarted.clear()

    def place(self, look: Look, depth: int) -> tuple[str, int] | None:
        """The list and the level that an item has to name; None where its style puts it into the right ones.

        That is the list of its style, where it is so deep, else ours.
        """
        if look.numbering is not None:
            number, level = look.numbering
            level += 0 if look.own else depth - 1
            levels = self._levels(number)
            if level < len(levels):
                if any(form != "bullet" for form in levels):
                    return self._restarted(number), level
                return None if look.own else (number, level)
        if self.ours is None:
            self.ours = self._made()
        return self.ours, min(depth, len(_GLYPHS)) - 1

    def _levels(self, number: str) -> list[str]:
        """How each level of a list counts."""
        abstract = self._abstract(number)
        found = abstract.findall(f"{W}lvl") if abstract is not None else []
        forms = (level.find(f"{W}numFmt") for level in found)
        return ["decimal" if form is None else form.get(f"{W}val") for form in forms]

    def _abstract(self, number: str) -> Any:
        part = self.shell.related("numbering")
        root = self.shell.tree(part) if part else None
        if root is None:
            return None
        num = next((e for e in root.iterfind(f"{W}num") if e.get(f"{W}numId") == number), None)
        of = num.find(f"{W}abstractNumId") if num is not None else None
        key = of.get(f"{W}val") if of is not None else None
        return next((e for e in root.iterfind(f"{W}abstractNum") if e.get(f"{W}abstractNumId") == key), None)

    def _restarted(self, number: str) -> str:
        """The same list, beginning anew where it was not in use for this one yet."""
        if number not in self.restarted:
            part = self.shell.related("numbering")
            abstract = self._abstract(number)
            assert part is not None
            root = self.shell.touch(part)
            new = str(max(1, _free(root, "num", "numId")))
            overrides = "".join(
                f'<w:lvlOverride w:ilvl="{n}"><w:startOverride w:val="1"/></w:lvlOverride>'
                for n in range(len(abstract.findall(f"{W}lvl")))
            )
            key = abstract.get(f"{W}abstractNumId")
            made = etree.fromstring(
                f'<w:num xmlns:w="{_NS}" w:numId="{new}"><w:abstractNumId w:val="{key}"/>{overrides}</w:num>'
            )
            _after_its_like(root, made, (f"{W}numPicBullet", f"{W}abstractNum", f"{W}num"))
            self.restarted[number] = new
        return self.restarted[number]

    def _made(self) -> str:
        part = self.shell.related("numbering")
        if part is None:
            folder = self.shell.main.rpartition("/")[0]
            part = f"{folder}/numbering.xml"
            self.shell.add(part, f'<w:numbering xmlns:w="{_NS}"/>'.encode(), _KIND)
            self.shell.relate("numbering", "numbering.xml")
        root = self.shell.touch(part)
        abstract, number = _free(root, "abstractNum", "abstractNumId"), max(1, _free(root, "num", "numId"))
        levels = "".join(
            f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="{glyph}"/><w:lvlJc w:val="left"/>'
            f'<w:pPr><w:ind w:left="{STEP * (n + 1)}" w:hanging="{STEP}"/></w:pPr></w:lvl>'
            for n, glyph in enumerate(_GLYPHS)
        )
        made = etree.fromstring(
            f'<w:numbering xmlns:w="{_NS}"><w:abstractNum w:abstractNumId="{abstract}"><w:multiLevelType w:val="hybridMultilevel"/>{levels}</w:abstractNum>'
            f'<w:num w:numId="{number}"><w:abstractNumId w:val="{abstract}"/></w:num></w:numbering>'
        )
        _after_its_like(root, made[0], (f"{W}numPicBullet", f"{W}abstractNum"))
        _after_its_like(root, made[0], (f"{W}numPicBullet", f"{W}abstractNum", f"{W}num"))
        return str(number)


def _free(root: Any, name: str, key: str) -> int:
    return max((int(e.get(f"{W}{key}") or 0) + 1 for e in root.iterfind(f"{W}{name}")), default=0)


def _after_its_like(root: Any, element: Any, before: tuple[str, ...]) -> None:
    """Put an element behind the last of those that come before it or are like it."""
    last = next((e for e in reversed(root) if e.tag in before), None)
    if last is None:
        root.insert(0, element)
    else:
        last.addnext(element)
