"""What the values in a template are, as far as the models tell: the kinds that names are checked against."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from reportgen.labels import load_labels
from reportgen.rendering.contexts import Labels


class Kind:
    """What a value may be. The bare kind is anything at all, about which nothing can be said."""

    def member(self, name: str | int) -> Kind | None:  # noqa: ARG002 -- whatever it is called
        """What ``value.name`` or ``value[name]`` is; None where there certainly is no such thing."""
        return ANYTHING

    def each(self) -> Kind:
        """What a loop over it gives."""
        return ANYTHING

    def names(self) -> tuple[str, ...]:
        """The names that it has, for a proposal."""
        return ()

    def __str__(self) -> str:
        return "the value"


ANYTHING = Kind()


@dataclass(frozen=True)
class Scalar(Kind):
    """A text, a number, a date, yes or no."""

    of: type

    def member(self, name: str | int) -> Kind | None:
        if isinstance(name, int):
            return self if self.of is str else None
        return ANYTHING if not name.startswith("_") and hasattr(self.of, name) else None

    def each(self) -> Kind:
        return self

    def names(self) -> tuple[str, ...]:
        return tuple(n for n in dir(self.of) if not n.startswith("_"))

    def __str__(self) -> str:
        said = {str: "a text", bool: "a yes or no", int: "a number", float: "a number", date: "a date"}
        return said.get(self.of, "a value")


@dataclass(frozen=True)
class Data(Kind):
    """A part of the data, told by its model."""

    model: type[Any]

    def member(self, name: str | int) -> Kind | None:
        return _members(self.model).get(name) if isinstance(name, str) else None

    def names(self) -> tuple[str, ...]:
        return tuple(_members(self.model))

    def __str__(self) -> str:
        return self.model.__name__


@dataclass(frozen=True)
class Series(Kind):
    """A list of one kind of value."""

    of: Kind

    def member(self, name: str | int) -> Kind | None:
        if isinstance(name, int):
            return self.of
        return ANYTHING if not name.startswith("_") and hasattr(list, name) else None

    def each(self) -> Kind:
        return self.of

    def __str__(self) -> str:
        return "a list"


@dataclass(frozen=True)
class Row(Kind):
    """A fixed number of values, each of a kind of its own."""

    of: tuple[Kind, ...]

    def member(self, name: str | int) -> Kind | None:
        if isinstance(name, int):
            return self.of[name] if -len(self.of) <= name < len(self.of) else None
        return ANYTHING if name in ("count", "index") else None

    def each(self) -> Kind:
        return either(self.of)

    def __str__(self) -> str:
        return f"a row of {len(self.of)}"


@dataclass(frozen=True)
class Mapped(Kind):
    """Values of one kind by keys that only the data knows."""

    of: Kind

    def member(self, name: str | int) -> Kind | None:
        methods = {"items": Series(Row((TEXT, self.of))), "values": Series(self.of), "keys": Series(TEXT)}
        return _Method(methods[name]) if name in methods else self.of

    def each(self) -> Kind:
        return TEXT

    def __str__(self) -> str:
        return "a mapping"


@dataclass(frozen=True)
class Keyed(Kind):
    """Values by keys that are known, each of a kind of its own. ``what`` says what it is."""

    of: tuple[tuple[str, Kind], ...]
    what: str = "a mapping"

    def member(self, name: str | int) -> Kind | None:
        held = dict(self.of)
        if name in held:
            return held[str(name)]
        values = either(held.values())
        methods = {"items": Series(Row((TEXT, values))), "values": Series(values), "keys": Series(TEXT)}
        return _Method(methods[str(name)]) if name in methods else None

    def each(self) -> Kind:
        return TEXT

    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.of)

    def __str__(self) -> str:
        return self.what


@dataclass(frozen=True)
class _Method(Kind):
    """Something to call, and what that gives."""

    gives: Kind


@dataclass(frozen=True)
class Either(Kind):
    """One of several kinds. A name is known if one of them has it."""

    of: tuple[Kind, ...]

    def member(self, name: str | int) -> Kind | None:
        found = [kind for each in self.of if (kind := each.member(name)) is not None]
        return either(found) if found else None

    def each(self) -> Kind:
        return either(kind.each() for kind in self.of)

    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for kind in self.of for name in kind.names()))

    def __str__(self) -> str:
        return " or ".join(dict.fromkeys(str(kind) for kind in self.of))


TEXT = Scalar(str)
NUMBER = Scalar(float)
YES_OR_NO = Scalar(bool)


def either(kinds: Iterable[Kind]) -> Kind:
    """One of these kinds."""
    found: dict[Kind, None] = {}
    for kind in kinds:
        found.update(dict.fromkeys(kind.of if isinstance(kind, Either) else (kind,)))
    if not found or ANYTHING in found:
        return ANYTHING
    return next(iter(found)) if len(found) == 1 else Either(tuple(found))


def called(kind: Kind) -> Kind:
    """What calling it gives."""
    if isinstance(kind, Either):
        return either(called(each) for each in kind.of)
    return kind.gives if isinstance(kind, _Method) else ANYTHING


def kind_of(annotation: Any) -> Kind:
    """The kind of what an annotation of Python allows. Nothing (``None``) is left out: a template has to expect it."""
    if annotation is Labels:
        return _labels()
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is typing.Annotated:
        return kind_of(arguments[0])
    if origin in (Union, types.UnionType):
        return either(kind_of(each) for each in arguments if each is not type(None))
    if origin is typing.Literal:
        return either(Scalar(type(each)) for each in arguments)
    if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        return Row(tuple(kind_of(each) for each in arguments))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return Mapped(kind_of(arguments[1]))
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return Series(kind_of(arguments[0]))
    if typing.is_typeddict(annotation):
        hints = get_type_hints(annotation)
        return Keyed(tuple((name, kind_of(hint)) for name, hint in hints.items()), f"`{annotation.__name__.lower()}`")
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel) or is_dataclass(annotation):
            return Data(annotation)
        if issubclass(annotation, str | int | float | date | datetime):
            return Scalar(annotation)
    return ANYTHING


_MEMBERS: dict[type[Any], dict[str, Kind]] = {}


def _members(model: type[Any]) -> dict[str, Kind]:
    """Fields, properties and methods of a model that are its own, with what each gives."""
    if model not in _MEMBERS:
        _MEMBERS[model] = _members_of(model)
    return _MEMBERS[model]


def _members_of(model: type[Any]) -> dict[str, Kind]:
    if issubclass(model, BaseModel):
        found = {name: kind_of(field.annotation) for name, field in model.model_fields.items()}
    else:
        found = {name: kind_of(hint) for name, hint in get_type_hints(model).items()}
    inherited = set(dir(BaseModel))
    for name in dir(model):
        if name.startswith(("_", "model_")) or name in inherited or name in found:
            continue
        held = getattr(model, name)
        if isinstance(held, property) and held.fget is not None:
            found[name] = kind_of(get_type_hints(held.fget).get("return", Any))
        elif callable(held):
            found[name] = _Method(kind_of(get_type_hints(held).get("return", Any)))
    return found


@cache
def _labels() -> Kind:
    return _held(load_labels(), "`labels`")


def _held(value: Any, what: str) -> Kind:
    if isinstance(value, Mapping):
        return Keyed(tuple((key, _held(inner, f"{what[:-1]}.{key}`")) for key, inner in value.items()), what)
    if isinstance(value, list):
        return Series(either(_held(inner, what) for inner in value))
    return Scalar(type(value))
