"""Which fields of the data a template shows: told by inventing data and by changing one field at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from html import unescape
from typing import Any

from reportgen.errors import ReportgenError
from reportgen.packs.invented import Invention

#: Makes a page of data. Whatever it raises shows that the data was used.
Draw = Callable[[Any], str]
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every field of a subject, and those of them that are shown."""

    fields: tuple[str, ...]
    shown: frozenset[str]

    def missing(self, waivers: Iterable[str]) -> list[tuple[str, int]]:
        """Fields that are neither shown nor waived; whole parts of which nothing is shown as one, with their size."""
        lost = {path for path in self.fields if path not in self.shown and not any(covers(w, path) for w in waivers)}
        found: dict[str, int] = {}
        for path in self.fields:
            if path not in lost:
                continue
            steps = path.split(".")
            for depth in range(1, len(steps) + 1):
                part = ".".join(steps[:depth])
                inside = [p for p in self.fields if p == part or p.startswith(f"{part}.")]
                if not any(p in self.shown for p in inside):
                    found[part] = sum(p in lost for p in inside)
                    break
        return sorted(found.items())


def covers(waiver: str, path: str) -> bool:
    """Whether a waiver is about a field: it names the field or a part that it is in; ``*`` stands for anything."""
    return fnmatchcase(path, waiver) or fnmatchcase(path, f"{waiver}.*")


def coverage(subject: str, draw: Draw, *, waivers: Sequence[str] = ()) -> Coverage:
    """Find out which fields of a subject come out when it is drawn.

    A text counts as shown where the page holds it; any other value where the page is another one when it changes, also
    where that can be seen only while a neighbour is left out. Waived fields are tried only the first way round.

    Args:
        subject: a key of ``invented.MODELS``.
        draw: makes a page of the subject.
        waivers: patterns of fields that need not be shown.
    """
    trial = _Trial(subject, draw)
    whole = Invention(subject)
    usual = trial.page(whole)
    words = set(re.findall(r"[\w-]+", unescape(usual or "")))
    shown = {path for path, text in whole.texts.items() if text in words}
    waived = [path for path in whole.leaves if path not in shown and any(covers(w, path) for w in waivers)]
    shown |= trial.among(waived, {}, frozenset(), usual)
    rest = [path for path in whole.leaves if path not in shown and path not in waived]
    for path in rest:
        if any(trial.among([path], {path: choice}, frozenset(), usual) for choice in range(whole.leaves[path])):
            shown.add(path)
    parents = {path.rpartition(".")[0]: None for path in rest if path not in shown}
    for parent in parents:
        for left_out in (p for p in whole.optional if p.rpartition(".")[0] == parent):
            inside = [p for p in rest if p not in shown and p != left_out and p.rpartition(".")[0] == parent]
            if inside:
                shown |= trial.among(inside, {}, frozenset({left_out}), trial.without(left_out))
    return Coverage(tuple(whole.leaves), frozenset(shown))


class _Trial:
    def __init__(self, subject: str, draw: Draw) -> None:
        self.subject = subject
        self.draw = draw
        self._without: dict[str, str | None] = {}

    def page(self, invention: Invention) -> str | None:
        """The page of an invention without its comments; None where there is none."""
        try:
            return _COMMENT.sub("", self.draw(invention.make()))
        except (ReportgenError, KeyError, ValueError):
            return None

    def without(self, path: str) -> str | None:
        if path not in self._without:
            self._without[path] = self.page(Invention(self.subject, without=frozenset({path})))
        return self._without[path]

    def among(
        self, paths: Sequence[str], choices: Mapping[str, int], without: frozenset[str], usual: str | None
    ) -> set[str]:
        """Those of some fields that make the page another one when they change: halves are tried, then their halves."""
        if not paths or usual is None:
            return set()
        changed = {path: choices.get(path, 0) for path in paths}
        if self.page(Invention(self.subject, changed, without)) == usual:
            return set()
        if len(paths) == 1:
            return set(paths)
        half = len(paths) // 2
        return set().union(*(self.among(part, choices, without, usual) for part in (paths[:half], paths[half:])))
