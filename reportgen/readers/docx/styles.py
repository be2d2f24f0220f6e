"""What the styles of a Word file say that matters for reading: names, outline levels, lists, bold, hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from reportgen.readers.docx.names import on, value, w

_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Style:
    """A style with everything that it takes from the styles below it.

    ``heading`` is the level of Word's built-in headings, or one more than the outline level; None for other text.
    """

    name: str = ""
    heading: int | None = None
    list_id: str | None = None
    list_level: int | None = None
    left: int | None = None
    bold: bool = False
    italic: bool = False
    hidden: bool = False


class Styles:
    """The styles of a document by their ids; built-in ones are known by their names, which no translation changes."""

    def __init__(self, root: Any) -> None:
        self.elements = {e.get(w("styleId")): e for e in root.iter(w("style"))} if root is not None else {}
        self.known: dict[str, Style] = {}
        self.default = next(
            (
                key
                for key, e in self.elements.items()
                if e.get(w("type")) == "paragraph" and e.get(w("default")) in ("1", "true", "on")
            ),
            None,
        )

    def __getitem__(self, key: str | None) -> Style:
        if key is None or key not in self.elements:
            return Style()
        if key not in self.known:
            self.known[key] = self._resolved(key)
        return self.known[key]

    def has(self, key: str) -> bool:
        """Whether there is a style of this id."""
        return key in self.elements

    def lists(self) -> dict[str, str]:
        """Numbering styles with the ids of their lists."""
        return {
            key: list_id
            for key, e in self.elements.items()
            if e.get(w("type")) == "numbering" and (list_id := value(_list(e.find(w("pPr"))), "numId"))
        }

    def _resolved(self, key: str) -> Style:
        chain: list[Any] = []
        at: str | None = key
        while at in self.elements and len(chain) < _DEEPEST and self.elements[at] not in chain:
            chain.append(self.elements[at])
            at = value(chain[-1], "basedOn")
        names = [(value(e, "name") or "").casefold() for e in chain]
        heading = next((int(m[1]) for name in names if (m := re.fullmatch(r"heading ([1-9])", name))), None)
        if heading is None and not any(re.fullmatch(r"toc (?:[1-9]|heading)|title", name) for name in names):
            outline = _first(value(e.find(w("pPr")), "outlineLvl") for e in chain)
            heading = int(outline) + 1 if outline is not None and outline in "012345678" else None
        levels = [_list(e.find(w("pPr"))) for e in chain]
        return Style(
            name=next((n for n in names if re.match(r"(?:title|subtitle|caption|toc|list bullet)", n)), names[0]),
            heading=heading,
            list_id=_first(value(e, "numId") for e in levels),
            list_level=_number(_first(value(e, "ilvl") for e in levels)),
            left=_first(left_of(e.find(w("pPr"))) for e in chain),
            bold=bool(_first(on(e.find(w("rPr")), "b") for e in chain)),
            italic=bool(_first(on(e.find(w("rPr")), "i") for e in chain)),
            hidden=bool(_first(on(e.find(w("rPr")), "vanish") for e in chain)),
        )


def left_of(properties: Any) -> int | None:
    """The left indent that paragraph properties give, in twentieths of a point."""
    indent = properties.find(w("ind")) if properties is not None else None
    if indent is None:
        return None
    return _number(indent.get(w("left")) or indent.get(w("start")))


def _list(properties: Any) -> Any:
    return properties.find(w("numPr")) if properties is not None else None


def _first(values: Any) -> Any:
    return next((v for v in values if v is not None), None)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,6}", text) else None
