"""Jinja for templates of other people: they print data and do nothing else.

Nothing of Python's own can be reached, nothing that a template is given can be changed, nothing comes by chance, a
name that is not there is an error, and what grows is bounded: joined and repeated texts, and the turns of all ranges of
a run. What a single call inside Python may cost is not bounded here; only the operating system can do that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.runtime import Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace, missing

#: Characters that a text may be made to have by joining and repeating, and items that a list may.
LONGEST = 1_000_000
#: Turns that all ranges of one run have together.
MOST_TURNS = 1_000_000
#: Filters of Jinja that have no place here: one goes by chance, one shows Python's own notation, one only makes blanks.
_NOT_HERE = ("random", "pprint", "center")


class UnknownName(UndefinedError):
    """A name that is not there: ``name``, and those that ``known`` says are there in its stead."""

    def __init__(self, message: str, name: str, known: tuple[str, ...]) -> None:
        super().__init__(message)
        self.name = name
        self.known = known


class _NotThere(StrictUndefined):
    """Whatever is done with a name that is not there, showing it inside a list too, is an error."""

    def __init__(
        self, hint: str | None = None, obj: Any = missing, name: str | None = None, exc: Any = UndefinedError
    ) -> None:
        if exc is UndefinedError and obj is not missing and isinstance(name, str):
            known, what = _names(obj)
            hint = f"{what} has no {name!r}"

            def exc(message: str) -> UnknownName:
                return UnknownName(message, name, known)

        super().__init__(hint, obj, name, exc)

    __repr__ = Undefined._fail_with_undefined_error


def _names(obj: Any) -> tuple[tuple[str, ...], str]:
    """The names that something has, and a word for it."""
    if isinstance(obj, Mapping):
        return tuple(str(key) for key in obj), "the mapping"
    fields = getattr(type(obj), "model_fields", None)
    names = fields if fields is not None else (n for n in dir(obj) if not n.startswith("_"))
    return tuple(names), type(obj).__name__


class _Generator(CodeGenerator):
    """Sends what ``~`` joins past the environment, which bounds it."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 -- as Jinja calls it
        self.write("environment.bounded(")
        super().visit_Concat(node, frame)
        self.write(")")


class Environment(ImmutableSandboxedEnvironment):
    """The environment of one template pack."""

    intercepted_binops = frozenset({"*", "**", "+"})
    code_generator_class = _Generator

    def __init__(self, load: Callable[[str], Any], functions: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__(
            loader=FunctionLoader(load),
            autoescape=True,
            undefined=_NotThere,
            finalize=_printable,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        # nothing but what is documented: `lipsum`, `cycler` and their like are a way into Python
        self.globals.clear()
        self.globals |= {"range": self._range, "namespace": Namespace, **functions}
        self.filters |= functions
        for name in _NOT_HERE:
            del self.filters[name]
        self._turns = 0

    def begin(self) -> None:
        """Start a run: its ranges have all their turns again."""
        self._turns = 0

    def bounded(self, made: Any) -> Any:
        """What was joined, if it is not too long."""
        if isinstance(made, str | list | tuple) and len(made) > LONGEST:
            raise SecurityError(f"a text or a list of more than {LONGEST:,}")
        return made

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """``**``, and ``*`` where the outcome is large, are refused before they are worked out."""
        sizes = [abs(v) if isinstance(v, int) else len(v) if hasattr(v, "__len__") else 1 for v in (left, right)]
        numbers = all(isinstance(v, int | float) for v in (left, right))
        if operator == "**" or (operator == "*" and sizes[0] * sizes[1] > (LONGEST**2 if numbers else LONGEST)):
            raise SecurityError(f"{operator} with operands this large")
        return self.bounded(super().call_binop(context, operator, left, right))

    def _range(self, *args: int) -> range:
        made = range(*args)
        self._turns += len(made) if made else 0
        if self._turns > MOST_TURNS:
            raise SecurityError(f"ranges of more than {MOST_TURNS:,} turns in all")
        return made


def _printable(value: Any) -> Any:
    """What may stand between double braces: text, numbers, dates; nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, str | int | float | date | Undefined):
        return value
    names, what = _names(value)
    hint = "loop over it, or use `told`" if isinstance(value, list | tuple | Mapping) else f"print one of {names[:6]}"
    raise TypeError(f"{what} cannot be printed: {hint}")
