"""The numbers that Word prints in front of paragraphs, counted as Word counts them.

Lists that share an abstract numbering share its counters; an override of the start holds once, at the first paragraph
of its list. A level starts anew after a level above it, unless it says otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from reportgen.readers.docx.names import value, w
from reportgen.readers.ordinals import ordinal

_LEVELS = 9
_BARE = re.compile(r"[(\[]?([0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*)[)\].:]*")
_DECIMAL = frozenset({"decimal", "decimalZero"})


@dataclass(frozen=True, slots=True)
class Label:
    """What stands in front of a paragraph: a bullet (``number`` None), or a number.

    ``text`` is the label as printed; ``number`` is it without brackets and full stop where there is nothing else in it.
    ``legal`` says that it names the levels above as well, as ``2.1`` does; ``decimal`` that it is in figures.
    """

    text: str
    number: str | None
    level: int
    decimal: bool = False
    legal: bool = False


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    figures: bool = False
    style: str | None = None


@dataclass(slots=True)
class _Abstract:
    levels: dict[int, _Level] = field(default_factory=dict)
    link: str | None = None


class Numbering:
    """All lists of a document with their counters. Ask for labels in the order of the paragraphs."""

    def __init__(self, root: Any, style_lists: dict[str, str]) -> None:
        self.abstracts: dict[str, _Abstract] = {}
        self.lists: dict[str, str] = {}
        self.own: dict[tuple[str, int], _Level] = {}
        self.starts: dict[tuple[str, int], int] = {}
        self.style_lists = style_lists
        self.counters: dict[str, dict[int, int]] = {}
        if root is not None:
            self._load(root)

    def _load(self, root: Any) -> None:
        for element in root.iter(w("abstractNum")):
            abstract = _Abstract(link=value(element, "numStyleLink"))
            for level in element.findall(w("lvl")):
                abstract.levels[_level(level)] = _read_level(level)
            self.abstracts[element.get(w("abstractNumId"))] = abstract
        for element in root.iter(w("num")):
            key = element.get(w("numId"))
            self.lists[key] = value(element, "abstractNumId") or ""
            for override in element.findall(w("lvlOverride")):
                level = _level(override)
                start = value(override, "startOverride")
                if start is not None and start.lstrip("-").isdigit():
                    self.starts[key, level] = int(start)
                own = override.find(w("lvl"))
                if own is not None:
                    self.own[key, level] = _read_level(own)

    def _abstract(self, list_: str) -> str | None:
        key = self.lists.get(list_)
        # a list may be told by way of a style that has a list of its own
        for _ in range(5):
            abstract = self.abstracts.get(key or "")
            if abstract is None or abstract.levels or abstract.link is None:
                break
            key = self.lists.get(self.style_lists.get(abstract.link, ""))
        return key if key in self.abstracts else None

    def level_of_style(self, list_: str, style: str) -> int:
        """The level of a list that a paragraph style stands for."""
        abstract = self._abstract(list_)
        levels = self.abstracts[abstract].levels if abstract is not None else {}
        return next((n for n, level in levels.items() if level.style == style), 0)

    def label(self, list_: str, level: int) -> Label | None:
        """Count a paragraph; its label, None where its list prints nothing."""
        abstract = self._abstract(list_)
        if abstract is None or not 0 <= level < _LEVELS:
            return None
        counters = self.counters.setdefault(abstract, {})
        rule = self._rule(list_, abstract, level)
        start = self.starts.pop((list_, level), None)
        if start is not None:
            counters[level] = start
        else:
            counters[level] = counters[level] + 1 if level in counters else rule.start
        for deeper in range(level + 1, _LEVELS):
            after = self._rule(list_, abstract, deeper).restart
            # 0 never starts anew; n starts anew after level n or one above it, counted from 1
            if after is None or (after > 0 and level < after):
                counters.pop(deeper, None)
        if rule.form == "bullet":
            return Label(rule.text, None, level)
        if rule.form == "none" and "%" in rule.text:
            return None
        text = re.sub(
            r"%([1-9])", lambda m: self._shown(list_, abstract, int(m[1]) - 1, rule.figures), rule.text
        ).strip()
        if not text:
            return None
        bare = _BARE.fullmatch(text)
        legal = len(re.findall(r"%[1-9]", rule.text)) > 1
        return Label(text, bare[1] if bare else None, level, rule.form in _DECIMAL or rule.figures, legal)

    def _shown(self, list_: str, abstract: str, level: int, figures: bool) -> str:
        rule = self._rule(list_, abstract, level)
        count = self.counters[abstract].get(level, rule.start)
        return ordinal(count, "decimal" if figures else rule.form)

    def _rule(self, list_: str, abstract: str, level: int) -> _Level:
        return self.own.get((list_, level)) or self.abstracts[abstract].levels.get(level, _Level())


def _level(element: Any) -> int:
    text = element.get(w("ilvl")) or "0"
    return int(text) if text.isdigit() else 0


def _read_level(element: Any) -> _Level:
    def number(name: str) -> int | None:
        text = value(element, name)
        return int(text) if text is not None and text.lstrip("-").isdigit() else None

    legal = element.find(w("isLgl"))
    start = number("start")
    return _Level(
        start=1 if start is None else start,
        form=value(element, "numFmt") or "decimal",
        text=value(element, "lvlText") or "",
        restart=number("lvlRestart"),
        figures=legal is not None and legal.get(w("val")) not in ("0", "false", "off"),
        style=value(element, "pStyle"),
    )
