"""Jinja for templates of other people: they print data and do nothing else.

Nothing of Python's own can be reached, nothing that a template is given can be changed, nothing comes by chance, a
name that is not there is an error, and what grows is bounded: joined and repeated texts, the turns of all ranges of a
run, and the work of a run in all: turns of loops, calls, templates taken in, and the length of what filters and calls
give. The bound counts and has no clock, so that a template stops at the same place on every machine. What a single call
inside Python may cost is not bounded here; only the operating system can do that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import wraps
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
#: Work that one run may do: a turn of a loop or a call counts one, a template that is taken in more.
MOST_WORK = 1_000_000
#: What is said where a run does more.
TOO_MUCH = "the template does too much: loops in loops, or macros that call each other"
#: Characters or entries of a result that count one, and what taking in a template counts.
_PER_UNIT, _TEMPLATE = 1000, 50
#: Filters of Jinja that have no place here: one goes by chance, one shows Python's own notation, one only makes blanks.
_NOT_HERE = ("random", "pprint", "center")


#: The name of the filter that counts the turns of loops: one that no template can write.
_COUNTED = "counted turns"


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
        self.filters = {name: self._charged(function) for name, function in self.filters.items()}
        self.filters[_COUNTED] = self._turning
        self._turns = self._work = 0

    def _generate(self, source: nodes.Template, *args: Any, **named: Any) -> str:
        for loop in list(source.find_all(nodes.For)):
            loop.iter = nodes.Filter(loop.iter, _COUNTED, [], [], None, None, lineno=loop.lineno)
        return super()._generate(source, *args, **named)

    def begin(self) -> None:
        """Start a run: it may do all its work again."""
        self._turns = self._work = 0

    def charge(self, units: int) -> None:
        """Count work, and stop where it is too much."""
        self._work += units
        if self._work > MOST_WORK:
            raise SecurityError(TOO_MUCH)

    def bounded(self, made: Any) -> Any:
        """What was made, if it is not too long."""
        if isinstance(made, str | list | tuple):
            if len(made) > LONGEST:
                raise SecurityError(f"a text or a list of more than {LONGEST:,}")
            self.charge(len(made) // _PER_UNIT)
        return made

    def _charged(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def charged(*args: Any, **named: Any) -> Any:
            made = function(*args, **named)
            self.charge(1 + (len(made) // _PER_UNIT if isinstance(made, str | list | tuple) else 0))
            return made

        return charged

    def _turning(self, series: Any) -> Any:
        """What a loop goes over, each turn counted; whatever it is keeps its length, which ``loop`` needs."""
        return series if isinstance(series, Undefined) else _Turns(series, self)

    def call(self, context: Any, obj: Any, *args: Any, **named: Any) -> Any:
        self.charge(1)
        made = super().call(context, obj, *args, **named)
        if isinstance(made, str | list | tuple):
            self.charge(len(made) // _PER_UNIT)
        return made

    def get_template(self, *args: Any, **named: Any) -> Any:
        self.charge(_TEMPLATE)
        return super().get_template(*args, **named)

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


class _Turns:
    """Goes over something and counts the turns."""

    def __init__(self, series: Any, environment: Environment) -> None:
        self.series = series
        self.environment = environment

    def __len__(self) -> int:
        return len(self.series)

    def __iter__(self) -> Iterator[Any]:
        for each in self.series:
            self.environment.charge(1)
            yield each


def _printable(value: Any) -> Any:
    """What may stand between double braces: text, numbers, dates; nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, str | int | float | date | Undefined):
        return value
    names, what = _names(value)
    hint = "loop over it, or use `told`" if isinstance(value, list | tuple | Mapping) else f"print one of {names[:6]}"
    raise TypeError(f"{what} cannot be printed: {hint}")
