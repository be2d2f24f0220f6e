"""What a model wants where, and values built from nodes by that.

Owns the one rule on what typed text means: it stays text as typed unless the schema wants a number, true or false, a
date or nothing there, and then only the JSON spelling (for dates ISO) will do. Text in quotes is always text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Discriminator, Tag
from pydantic.fields import FieldInfo

from reportgen.data_files.nodes import MAX_ERRORS, Entries, Items, Node, Scalar, Source, shown
from reportgen.errors import InputError
from reportgen.model.base import Path, dotted

#: Digits that a whole number may have: more are a slip, and programs that read JSON would lose them.
MAX_DIGITS = 18
NULLS = ("", "null", "~")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Want = Literal["nothing", "text", "int", "float", "bool", "date", "any", "list", "keys", "model"]


@dataclass(frozen=True, slots=True)
class Shape:
    """What may stand at a place.

    ``choices``: the only texts allowed, where they are closed. ``item``: of a list, or of keys that are free.
    ``model``: whose keys are allowed. ``branches`` with ``choose``: several models, told apart by what is there.
    """

    wants: frozenset[Want]
    choices: tuple[str, ...] = ()
    item: Shape | None = None
    model: type[BaseModel] | None = None
    branches: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    choose: Callable[[Any], Hashable] | None = None

    def words(self) -> str:
        """What is wanted, in words."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        words = [_WORDS[want] for want in _WORDS if want in self.wants]
        if "float" in self.wants and "int" in self.wants:
            words.remove(_WORDS["int"])
        return " or ".join(dict.fromkeys(words)) or "nothing"


_WORDS: dict[Want, str] = {
    "text": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "date": "a date",
    "list": "a list",
    "keys": "keys with values",
    "model": "keys with values",
}
_ANY = Shape(frozenset({"any"}))
_SIMPLE: dict[Any, Shape] = {
    Any: _ANY,
    NoneType: Shape(frozenset({"nothing"})),
    str: Shape(frozenset({"text"})),
    int: Shape(frozenset({"int"})),
    float: Shape(frozenset({"float"})),
    bool: Shape(frozenset({"bool"})),
    date: Shape(frozenset({"date"})),
}


@cache
def fields_of(model: type[BaseModel]) -> dict[str, Shape]:
    """The keys that a file may use for a model, in the model's order, with what each wants."""
    return {info.alias or name: _shape(info.annotation, _marks(info)) for name, info in model.model_fields.items()}


@cache
def _required(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(info.alias or name for name, info in model.model_fields.items() if info.is_required())


def shape_of(model: type[BaseModel]) -> Shape:
    """What a model wants."""
    return Shape(frozenset({"model"}), model=model)


def _marks(info: FieldInfo) -> tuple[Any, ...]:
    return (*info.metadata, *([info.discriminator] if info.discriminator is not None else ()))


def _shape(annotation: Any, marks: tuple[Any, ...] = ()) -> Shape:
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(args[0], (*marks, *args[1:]))
    if origin in (Union, UnionType):
        return _union(args, marks)
    if origin is Literal:
        return Shape(frozenset({"text"}), choices=args)
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return Shape(frozenset({"list"}), item=_shape(args[0]))
    if origin is dict and args[0] is str:
        return Shape(frozenset({"keys"}), item=_shape(args[1]))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return shape_of(annotation)
    raise TypeError(f"no rule for {annotation!r}")


def _union(args: tuple[Any, ...], marks: tuple[Any, ...]) -> Shape:
    chooser = next((m.discriminator for m in marks if isinstance(m, Discriminator)), None)
    if callable(chooser):
        branches = {}
        for model, *extras in map(get_args, args):
            branches[next(m.tag for m in extras if isinstance(m, Tag))] = model
        return Shape(frozenset({"model"}), branches=branches, choose=chooser)
    shapes = [_shape(arg) for arg in args]
    wants = frozenset[Want]().union(*(s.wants for s in shapes))
    if sum(len(s.wants & {"list", "keys", "model"}) for s in shapes) > 1:
        raise TypeError(f"no rule for a choice among {args!r}")
    holder = next((s for s in shapes if s.wants & {"list", "keys", "model"}), Shape(wants))
    closed = all(s.choices or s.wants == {"nothing"} for s in shapes)
    choices = tuple(dict.fromkeys(c for s in shapes for c in s.choices)) if closed else ()
    return Shape(wants, choices, holder.item, holder.model, holder.branches, holder.choose)


def branch_of(shape: Shape, node: Entries) -> type[BaseModel] | None:
    """The model that keys with values are to be read as, None where the keys are free."""
    if shape.choose is None:
        return shape.model
    given = {key: None if _is_null(value) else True for key, (_, value) in node.entries.items()}
    return shape.branches[str(shape.choose(given))]


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.bare and node.text in NULLS


def build(root: Node, shape: Shape, source: Source) -> tuple[Any, list[InputError], set[int]]:
    """Plain values for a model, the errors of kind, and the ids of the nodes that need no further error."""
    builder = _Builder(source)
    return builder.build(root, shape), builder.errors, builder.refused


def plain(root: Node, source: Source) -> Any:
    """Plain values without a schema: text as typed, lists, keys; None for nothing."""
    return _Builder(source, typed=False).build(root, _ANY)


class _Builder:
    """One walk over the nodes of a file: the trail to where it is, and what it found wrong."""

    def __init__(self, source: Source, *, typed: bool = True) -> None:
        self.source = source
        self.typed = typed
        self.errors: list[InputError] = []
        self.refused: set[int] = set()
        self.trail: list[str | int] = []
        #: Keys that are missing or unknown. Past a number the rest of the file is left out: it only makes errors more.
        self.misfits = 0

    def build(self, node: Node, shape: Shape) -> Any:
        if isinstance(node, Scalar):
            return self._scalar(node, shape)
        if isinstance(node, Items):
            return self._items(node, shape)
        if isinstance(node, Entries):
            return self._entries(node, shape)
        self.refused.add(id(node))
        return None

    def _items(self, node: Items, shape: Shape) -> list[Any]:
        if not shape.wants & {"list", "any"}:
            self._wrong(node, f"{shape.words()} should stand here, not a list", _instead_of_list(shape))
            return []
        item = shape.item if "list" in shape.wants and shape.item else _ANY
        out = []
        trail = self.trail
        for index, child in enumerate(node.items):
            if self.misfits > MAX_ERRORS:
                break
            trail.append(index)
            out.append(self.build(child, item))
            trail.pop()
        return out

    def _entries(self, node: Entries, shape: Shape) -> dict[str, Any]:
        if not shape.wants & {"model", "keys", "any"}:
            hint = self._as_list() if "list" in shape.wants else "put text with { or `: ` in quotes"
            self._wrong(node, f"{shape.words()} should stand here, not keys with values", hint)
            return {}
        model = branch_of(shape, node) if "model" in shape.wants else None
        fields = fields_of(model) if model else {}
        item = shape.item if "keys" in shape.wants and shape.item else _ANY
        out = {}
        trail = self.trail
        if model:
            self.misfits += len(_required(model) - node.entries.keys())
        for key, (_, child) in node.entries.items():
            if model and key not in fields:
                self.misfits += 1
                if self.misfits > MAX_ERRORS:
                    continue
            trail.append(key)
            out[key] = self.build(child, fields.get(key, _ANY) if model else item)
            trail.pop()
        return out

    def _scalar(self, node: Scalar, shape: Shape) -> Any:
        text, wants = node.text, shape.wants
        if not node.bare:
            if wants & {"text", "any"}:
                return text
            if "date" in wants:
                return self._date(node)
            hint = "take the quotes away" if wants & {"int", "float", "bool"} else self._instead_of_text(shape)
            return self._wrong(node, f"{shape.words()} should stand here, not text in quotes", hint)
        if text in NULLS:
            if wants & {"nothing", "any"}:
                return None
            typed = f"`{text}` stands for nothing" if text else "nothing is here"
            self._wrong(node, f"{shape.words()} should stand here, and {typed}", _instead_of_nothing(shape))
            return None
        if "text" in wants:
            return text
        if "any" in wants:
            return self._untold(node) if self.typed else text
        if "bool" in wants and text in ("true", "false"):
            return text == "true"
        if wants & {"int", "float"}:
            return self._number(node, shape)
        if "date" in wants:
            return self._date(node)
        hint = "write true or false" if "bool" in wants else self._instead_of_text(shape)
        return self._wrong(node, f"{shape.words()} should stand here, not {shown(text)}", hint)

    def _number(self, node: Scalar, shape: Shape) -> Any:
        text, wants = node.text, shape.wants
        if _INTEGER.fullmatch(text):
            if len(text.lstrip("-")) > MAX_DIGITS:
                what = f"a whole number of more than {MAX_DIGITS} digits"
                return self._wrong(node, what, "mend it, or say it in a larger unit")
            return int(text) if "int" in wants else float(text)
        if "float" in wants and _NUMBER.fullmatch(text):
            value = float(text)
            return value if math.isfinite(value) else self._wrong(node, f"{shown(text)} is out of range", "mend it")
        hint = "write digits only, with a point before decimals" if "float" in wants else "write digits only"
        return self._wrong(node, f"{shape.words()} should stand here, not {shown(text)}", hint)

    def _date(self, node: Scalar) -> Any:
        text = node.text
        if not _DAY.fullmatch(text):
            message = f"a date should stand here, not {shown(text)}"
            return self._wrong(node, message, "write year, month and day as in 2012-07-31")
        try:
            return date.fromisoformat(text)
        except ValueError:
            return self._wrong(node, f"there is no day {text}", "mend the date")

    def _untold(self, node: Scalar) -> Any:
        """A value where the schema says nothing: a number only where no digit of what was typed is lost by it."""
        text = node.text
        if text in ("true", "false"):
            return text == "true"
        if _INTEGER.fullmatch(text):
            if len(text.lstrip("-")) <= MAX_DIGITS:
                return int(text) if self.source.json or text != "-0" else text
            what = f"a whole number of more than {MAX_DIGITS} digits"
            return self._wrong(node, what, "put it in quotes if it is text") if self.source.json else text
        if _NUMBER.fullmatch(text):
            value = float(text)
            if self.source.json and not math.isfinite(value):
                return self._wrong(node, f"{shown(text)} is out of range", "put it in quotes if it is text")
            return value if self.source.json or repr(value) == text else text
        return text

    def _as_list(self) -> str:
        return "put it in [ ]" if self.source.json else "put `- ` before each entry, on lines of their own"

    def _instead_of_text(self, shape: Shape) -> str:
        if "list" in shape.wants:
            return self._as_list()
        keys = [*shape.branches] or (list(fields_of(shape.model))[:3] if shape.model else [])
        return f"give keys such as {', '.join(f'`{key}:`' for key in keys)}" if keys else "give keys with values"

    def _wrong(self, node: Node, message: str, hint: str) -> Any:
        """Note an error; give a stand-in that is as empty, or not, as what was typed."""
        self.refused.add(id(node))
        if len(self.errors) <= MAX_ERRORS:
            trail: Path = tuple(self.trail)
            where = self.source.where(node.at, dotted(trail))
            self.errors.append(InputError("RG110", message, where=where, hint=hint))
        return node.text if isinstance(node, Scalar) else None


def _instead_of_list(shape: Shape) -> str:
    if "text" in shape.wants:
        return "put text with [ in quotes, or give one value only"
    return "take the `- ` away" if shape.wants & {"model", "keys"} else "give one value only"


def _instead_of_nothing(shape: Shape) -> str:
    if "list" in shape.wants:
        return "write [] or leave the key out"
    if "text" in shape.wants and not shape.choices:
        return "add the text, in quotes if it is that very word, or leave the key out"
    return "add it or leave the key out"
