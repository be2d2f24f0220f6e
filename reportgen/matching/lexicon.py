"""Lexicons: finding in a text the topics and facets that a lexicon tells by its terms.

Where several terms begin at one word the longest counts and uses its words up, so that a word of two senses is told by
what stands beside it: no supervision in "supervision order", no permanence in "permanent staff".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import product
from pathlib import Path

from reportgen import data_files
from reportgen.matching.texts import stem, tokens
from reportgen.model import Calibration, Lexicon, lexicon_problems

_HERE = files("reportgen") / "matching" / "lexicons"
#: Words that may stand in the gap of a term.
_GAP = 3
_SUFFIX = ".measured.json"
#: Stands for a topic where a term tells none.
_NOTHING = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A topic in a text: its key, and the words [start, end) that tell it. ``wider``: told by a narrower topic."""

    topic: str
    start: int
    end: int
    wider: bool = False


@dataclass(frozen=True, slots=True)
class _Term:
    """A term made ready: each part a stem, or the beginning of a word (``*``), or a gap (None)."""

    parts: tuple[str | None, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """A lexicon made ready to read texts with, and what was measured with it, where that is known."""

    lexicon: Lexicon
    calibration: Calibration | None = None
    _topics: Mapping[str, tuple[_Term, ...]] = field(default_factory=dict)
    _facets: Mapping[str, tuple[_Term, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    actors: frozenset[str] = frozenset()
    _within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def within(self, topic: str) -> tuple[str, ...]:
        """The wider topics of a topic, however far up."""
        return self._within.get(topic, ())

    def topics(self, text: Sequence[str]) -> list[Found]:
        """The topics of a text given as words, in order of their place."""
        stems = [stem(word) for word in text]
        found: list[Found] = []
        at = 0
        while at < len(text):
            end, keys = _longest(self._topics, text, stems, at)
            if not keys:
                at += 1
                continue
            for key in keys:
                if key == _NOTHING:
                    continue
                found.append(Found(key, at, end))
                found += (Found(wider, at, end, wider=True) for wider in self._within.get(key, ()) if wider not in keys)
            at = end
        return found

    def facets(self, text: Sequence[str]) -> list[str]:
        """The facets of a text given as words, by their first place."""
        stems = [stem(word) for word in text]
        found: dict[str, None] = {}
        at = 0
        while at < len(text):
            end, keys = _longest(self._facets, text, stems, at)
            for key in keys:
                found.setdefault(key)
            at = end if keys else at + 1
        return list(found)


def _longest(
    index: Mapping[str, tuple[_Term, ...]], text: Sequence[str], stems: Sequence[str], at: int
) -> tuple[int, tuple[str, ...]]:
    """Where the longest term that begins at a word ends, and the keys that it tells."""
    best = at
    keys: tuple[str, ...] = ()
    for term in index.get(text[at][:3], ()):
        end = _match(term.parts, text, stems, at)
        if end > best:
            best, keys = end, term.keys
    return best, keys


def _match(parts: tuple[str | None, ...], text: Sequence[str], stems: Sequence[str], at: int) -> int:
    """The place after a term that begins at a word; 0 where it does not stand there."""
    for n, part in enumerate(parts):
        if part is None:
            rest = parts[n + 1 :]
            for gap in range(_GAP + 1):
                end = _match(rest, text, stems, at + gap)
                if end:
                    return end
            return 0
        if at >= len(text) or not (text[at].startswith(part[:-1]) if part[-1] == "*" else stems[at] == part):
            return 0
        at += 1
    return at


def _ready(entries: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[_Term, ...]]:
    """Terms by the first three letters of their first word."""
    keys: dict[tuple[str | None, ...], dict[str, None]] = defaultdict(dict)
    for key, terms in entries:
        for term in terms:
            for parts in _spelt_out(term):
                keys[parts].setdefault(key)
    index: dict[str, list[_Term]] = defaultdict(list)
    for parts, some in keys.items():
        first = (parts[0] or "").rstrip("*")
        index[first[:3]].append(_Term(parts, tuple(some)))
    return {start: tuple(sorted(some, key=lambda t: -len(t.parts))) for start, some in index.items()}


def _spelt_out(term: str) -> Iterable[tuple[str | None, ...]]:
    choices: list[list[tuple[str | None, ...]]] = []
    for part in term.split():
        if part == "..":
            choices.append([(None,)])
            continue
        optional = part.endswith("?")
        words = [_part(word) for word in part.rstrip("?").split("/")]
        choices.append([*words, *([()] if optional else [])])
    for chosen in product(*choices):
        parts = tuple(part for some in chosen for part in some)
        if parts and parts[0] is not None and parts[-1] is not None:
            yield parts


def _part(word: str) -> tuple[str | None, ...]:
    if word.endswith("*"):
        return (*(stem(t) for t in tokens(word)[:-1]), f"{tokens(word)[-1]}*")
    return tuple(stem(token) for token in tokens(word))


def reader_of(lexicon: Lexicon, calibration: Calibration | None = None) -> Reader:
    """A lexicon made ready; without ``calibration`` its links carry no measured precision."""
    wider = {topic.key: topic.within for topic in lexicon.topics}
    within: dict[str, tuple[str, ...]] = {}
    for key in wider:
        seen: dict[str, None] = {}
        waiting = list(wider[key])
        while waiting:
            one = waiting.pop(0)
            if one != key and one not in seen:
                seen[one] = None
                waiting += wider.get(one, ())
        within[key] = tuple(seen)
    return Reader(
        lexicon=lexicon,
        calibration=calibration,
        _topics=_ready([*((t.key, t.terms) for t in lexicon.topics), (_NOTHING, lexicon.ignore)]),
        _facets=_ready((f.key, f.terms) for f in lexicon.facets),
        names={t.key: t.name for t in lexicon.topics} | {f.key: f.name for f in lexicon.facets},
        weights={t.key: t.weight for t in lexicon.topics},
        kinds={t.key: t.kind for t in lexicon.topics},
        actors=frozenset(stem(token) for actor in lexicon.actors for token in tokens(actor)),
        _within=within,
    )


def shipped() -> tuple[str, ...]:
    """The keys of the lexicons that come with the program."""
    return tuple(sorted(p.name.removesuffix(".yaml") for p in _HERE.iterdir() if p.name.endswith(".yaml")))


def load_lexicon(key_or_path: str | Path) -> Reader:
    """Give a shipped lexicon by its key, or one of your own from a file.

    What was measured with a lexicon of your own is read from ``<name>.measured.json`` beside it, where that exists.

    Raises:
        InputErrors: everything that is wrong with the file, each with its line.
        InputError: the file cannot be read (RG101).
    """
    return _shipped(str(key_or_path)) if str(key_or_path) in shipped() else _load(Path(key_or_path))


@cache
def _shipped(key: str) -> Reader:
    return _load(Path(str(_HERE / f"{key}.yaml")))


def _load(path: Path) -> Reader:
    lexicon = data_files.load(path, Lexicon, checks=(lexicon_problems,)).value
    measured = path.with_name(re.sub(r"\.(ya?ml|json)$", "", path.name) + _SUFFIX)
    calibration = data_files.load(measured, Calibration).value if measured.is_file() else None
    if calibration is not None and calibration.lexicon != lexicon.key:
        calibration = None
    return reader_of(lexicon, calibration)
