"""Invented data in which every field of a subject holds something of its own, made from the models.

A field is named by its path without places in lists, as a template names it: ``recommendations.number``. Data can be
invented anew with one field changed, or left out; nothing else differs then.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo

from reportgen.frameworks import load_framework
from reportgen.model import Comparison, Inspection

#: The models of the subjects.
MODELS: dict[str, type[BaseModel]] = {"inspection": Inspection, "comparison": Comparison}
_FRAMEWORKS = ("ofsted-cp-2012", "ofsted-sif-2013")
#: Lists that must have as many entries as something else has columns, or several for what is told of several alone.
_AS_MANY = {"sections.paragraphs.header": 2, "recommendations": 2}
#: How deep a list of lists is made.
_DEEPEST = 2
#: Texts that a pattern may want, with a place for what makes each its own.
_SHAPES = ("zq{}x", "zq-2012-{:02}", "2012-{:02}", "{:064x}", "zq{}")


def _fixed() -> dict[str, dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]]]:
    """Fields that refer to something: by path, values for the entries of a list in turn, and others in their place."""
    framework = load_framework(_FRAMEWORKS[0])
    areas = tuple(a.key for a in framework.areas if a.scale)
    grades = tuple(g.key for s in framework.scales for g in s.grades)
    rules = framework.recommendations
    kinds, bands = tuple(k.key for k in rules.kinds), tuple(b.key for b in rules.bands)
    keys = (_FRAMEWORKS[:1], _FRAMEWORKS[1:])
    return {
        "inspection": {
            "framework": keys,
            "scale_as_printed.grade": (grades, grades[::-1]),
            "judgements.area": (areas, areas[::-1]),
            "judgements.grade": (grades, grades[::-1]),
            "judgements.conflicts.value": (grades, grades[::-1]),
            "recommendations.id": (("R1", "R2"), ("R3", "R4")),
            "recommendations.kind": (kinds, ("zq-kind",)),
            "recommendations.timescale": (bands or ("zq",), ("zq-band",)),
            "sections.level": ((1,), (2,)),
            "sections.paragraphs.recommendations": (("R1",), ("R9",)),
            "sections.paragraphs.judgements": (areas, areas[1:]),
            "sections.paragraphs.judgement": (areas, areas[1:]),
            "sections.paragraphs.scale": (grades, grades[1:]),
            "missing": (("withheld",), ("unreadable",)),
        },
        "comparison": {
            "earlier_inspection.framework": keys,
            "later_inspection.framework": keys,
            "judgements.earlier.area": (areas, areas[::-1]),
            "judgements.later.area": (areas, areas[::-1]),
            "judgements.earlier.grade": (grades, grades[::-1]),
            "judgements.later.grade": (grades, grades[::-1]),
            "recommendations.earlier.id": (("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8"), ("Q1",)),
            "recommendations.later.id": (("R1", "R2", "R3", "R4", "R5", "R6"), ("Q1",)),
            "recommendations.links.earlier": (("R1", "R2", "R3", "R4"), ("R5",)),
            "recommendations.links.later": (("R1", "R2", "R3", "R4"), ("R5",)),
            "recommendations.earlier.candidates.id": (("R1", "R2"), ("R3",)),
            "recommendations.later.candidates.id": (("R1", "R2"), ("R3",)),
        },
    }


def _keys() -> dict[str, tuple[str, ...]]:
    """The keys of mappings whose keys mean something."""
    from reportgen.model import comparison

    def states(literal: Any) -> tuple[str, ...]:
        return tuple(get_args(literal))

    counted = {
        "earlier": states(comparison.EarlierState),
        "later": states(comparison.LaterState),
        "judgements": states(comparison.JudgementState),
        "paragraphs": states(comparison.ParagraphChange.model_fields["state"].annotation),
    }
    inside = ("summary", "summary.strict", "summary.lenient")
    return {"missing": ("published",)} | {f"{at}.{key}": held for at in inside for key, held in counted.items()}


@dataclass
class Invention:
    """Invents one subject.

    Args:
        subject: a key of ``MODELS``.
        changed: the paths of fields that hold another value than usual, and which of the others.
        without: paths of fields that are left out, where they may be.

    Once the data is made, ``leaves`` holds every field that holds a value, with how many other values are worth trying;
    ``optional`` every field that may be left out; ``texts`` the text of each field that holds one of its own.
    """

    subject: str
    changed: Mapping[str, int] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    leaves: dict[str, int] = field(default_factory=dict)
    optional: dict[str, None] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    _fixed: Mapping[str, Any] = field(default_factory=dict)
    _keyed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def make(self) -> Any:
        """The data."""
        self._fixed = _FIXED.setdefault(self.subject, _fixed().get(self.subject, {}))
        self._keyed = _KEYED.setdefault(self.subject, _keys())
        return self._model(MODELS[self.subject], "", 0)

    def _model(self, model: type[BaseModel], path: str, index: int) -> BaseModel:
        held: dict[str, Any] = {}
        for name, info in model.model_fields.items():
            inner = f"{path}.{name}" if path else name
            if name == "format" or (not info.is_required() and inner in self.without):
                continue
            if not info.is_required():
                self.optional[inner] = None
            value = self._value(info.annotation, inner, index, info.metadata)
            if value is not _LEFT_OUT:
                held[name] = value
        return model(**held)

    def _value(self, annotation: Any, path: str, index: int, told: Sequence[Any] = ()) -> Any:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is typing.Annotated:
            return self._value(arguments[0], path, index, (*told, *arguments[1:]))
        if origin in (Union, types.UnionType):
            kinds = [each for each in arguments if each is not type(None)]
            return self._value(kinds[index % len(kinds)] if _models(kinds) else kinds[0], path, index, told)
        if origin is typing.Literal:
            return self._of(path, index, tuple(arguments), every=True)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            keys = self._keyed.get(path, (f"zq{self._number(path)}k",))
            return {key: self._value(arguments[1], path, n) for n, key in enumerate(keys)}
        if isinstance(origin, type) and issubclass(origin, Sequence):
            return self._series(arguments, path, told)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return self._model(annotation, path, index)
        return self._scalar(annotation, path, index, told)

    def _series(self, arguments: Sequence[Any], path: str, told: Sequence[Any]) -> Any:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            of = arguments[0]
            if len(re.findall(rf"\b{re.escape(path.rpartition('.')[2])}\b", path)) > _DEEPEST:
                return ()
            return tuple(self._value(of, path, index, told) for index in range(_AS_MANY.get(path) or _many(of)))
        return tuple(self._value(each, path, n) for n, each in enumerate(arguments))

    def _scalar(self, annotation: Any, path: str, index: int, told: Sequence[Any]) -> Any:
        number = self._number(path)
        if path in self._fixed:
            usual, others = self._fixed[path]
            self.leaves[path] = 1
            values = others if path in self.changed else usual
            return values[index % len(values)]
        if annotation is bool:
            return self._of(path, 0, (True, False))
        if annotation is date:
            return self._of(
                path, 0, (date.fromordinal(734503 + 3 * number + index), date.fromordinal(735503 + 3 * number + index))
            )
        if annotation is int:
            return self._of(path, 0, (number + 3 + index, number + 1003 + index))
        if annotation is float:
            return self._of(path, 0, (0.31, 0.74))
        patterns = [p for each in told for p in _patterns(each)]
        texts = [shape.format(number % 12 + 1 if ":02" in shape else number + 1000 * index) for shape in _SHAPES]
        usual = next(text for text in texts if all(re.search(p, text) for p in patterns))
        shape = _SHAPES[texts.index(usual)]
        other = shape.format((number + 5) % 12 + 1 if ":02" in shape else number + 500000)
        self.texts[path] = usual
        return self._of(path, 0, (usual, other))

    def _of(self, path: str, index: int, values: Sequence[Any], *, every: bool = False) -> Any:
        """The value of a field: one of several, or another one where this field is the one that is changed."""
        self.leaves[path] = max(self.leaves.get(path, 0), len(values) - 1)
        turn = index if every else 0
        if path in self.changed:
            turn += 1 + self.changed[path]
        return values[turn % len(values)]

    def _number(self, path: str) -> int:
        """A number for each path, the same in every invention: so that each text is found under its own alone."""
        return _NUMBERS.setdefault((self.subject, path), len(_NUMBERS))


_LEFT_OUT = object()
_FIXED: dict[str, Mapping[str, Any]] = {}
_KEYED: dict[str, Mapping[str, Sequence[str]]] = {}
_NUMBERS: dict[tuple[str, str], int] = {}


def _models(kinds: Sequence[Any]) -> bool:
    return all(isinstance(_bare(each), type) and issubclass(_bare(each), BaseModel) for each in kinds)


def _bare(annotation: Any) -> Any:
    while get_origin(annotation) is typing.Annotated:
        annotation = get_args(annotation)[0]
    return annotation


def _many(of: Any) -> int:
    """How many entries a list gets: enough that each kind, and each word that a field may be, comes once."""
    of = _bare(of)
    if get_origin(of) in (Union, types.UnionType):
        return len([each for each in get_args(of) if each is not type(None)])
    if isinstance(of, type) and issubclass(of, BaseModel):
        return max([1, *(len(_words(info)) for name, info in of.model_fields.items() if name != "format")])
    return 1


def _words(info: FieldInfo) -> Sequence[Any]:
    found = _bare(info.annotation)
    if get_origin(found) in (Union, types.UnionType):
        found = next((each for each in get_args(found) if get_origin(each) is typing.Literal), found)
    return get_args(found) if get_origin(found) is typing.Literal else ()


def _patterns(told: Any) -> Iterator[str]:
    if isinstance(told, StringConstraints) and told.pattern is not None:
        yield str(told.pattern)
    elif isinstance(told, FieldInfo):
        for each in told.metadata:
            yield from _patterns(each)
    elif getattr(told, "pattern", None):
        yield str(told.pattern)
