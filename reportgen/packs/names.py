"""Names in templates, followed through every branch: variables, parts of the data, filters, tests, templates, blocks.

A template is read as Jinja reads it, and every value is given a kind, from the models of the data on through loops,
assignments, filters, macros, includes and blocks. A name that certainly is not there is reported wherever it stands,
also where no example leads. What cannot be known is passed over.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, get_type_hints

from jinja2 import TemplateSyntaxError, nodes

from reportgen.errors import TemplateError
from reportgen.packs.kinds import (
    ANYTHING,
    NUMBER,
    TEXT,
    YES_OR_NO,
    Data,
    Either,
    Keyed,
    Kind,
    Mapped,
    Row,
    Scalar,
    Series,
    called,
    either,
    kind_of,
)
from reportgen.rendering.functions import FUNCTIONS

#: Reports something: code, message, file as shown, line, what to do.
Report = Callable[[str, str, str, int, str], None]
Env = dict[str, Kind]

_LOOP = Keyed(
    (
        *((name, NUMBER) for name in "index index0 revindex revindex0 length depth depth0".split()),
        *((name, YES_OR_NO) for name in ("first", "last")),
        *((name, ANYTHING) for name in ("previtem", "nextitem", "cycle", "changed")),
    ),
    "`loop`",
)
#: Names that Jinja itself gives in blocks and macros.
_GIVEN = ("self", "super", "caller", "varargs", "kwargs")
_SAME = frozenset("list sort unique reverse select reject slice batch".split())
_TEXTS = frozenset(
    "upper lower title capitalize trim join replace string escape e safe truncate striptags wordwrap indent format "
    "urlize urlencode forceescape tojson xmlattr filesizeformat".split()
)
_DEEPEST = 25


class _Nothing(Kind):
    """What an empty list holds."""


_NOTHING = _Nothing()


@dataclass
class _Space(Kind):
    """A ``namespace``: its values change."""

    held: dict[str, Kind]

    def member(self, name: str | int) -> Kind | None:
        return self.held.get(str(name))

    def names(self) -> tuple[str, ...]:
        return tuple(self.held)

    def __str__(self) -> str:
        return "the namespace"

    __hash__ = object.__hash__


@dataclass(frozen=True, eq=False)
class _Macro(Kind):
    node: nodes.Macro
    template: Template
    env: Env


@dataclass(frozen=True, eq=False)
class _Module(Kind):
    held: Env
    name: str

    def member(self, name: str | int) -> Kind | None:
        return self.held.get(str(name))

    def names(self) -> tuple[str, ...]:
        return tuple(self.held)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False)
class Template:
    """A template that has been read: the name it is shown by, and its tree."""

    shown: str
    tree: nodes.Template


@dataclass
class Names:
    """Follows the names of the templates of one pack.

    Args:
        environment: the pack's.
        source: gives the text of a template and the name to show it by; TemplateError (RG404) where there is none.
        report: is told what is wrong, each thing once.
    """

    environment: Any
    source: Callable[[str], tuple[str, str]]
    report: Report
    reached: set[str] = field(default_factory=set)
    _trees: dict[str, Template | None] = field(default_factory=dict)
    _done: set[tuple[Any, ...]] = field(default_factory=set)
    _open: list[str] = field(default_factory=list)

    def read(self, name: str) -> Template | None:
        """A template by its name; None where it is wrong, which has been reported.

        Raises:
            TemplateError: there is none of that name (RG404).
        """
        if name not in self._trees:
            text, shown = self.source(name)
            self.reached.add(shown)
            self._trees[name] = None
            try:
                self._trees[name] = Template(shown, self.environment.parse(text, shown, shown))
            except TemplateSyntaxError as error:
                self.report("RG601", error.message or "syntax", shown, error.lineno, "mend the template")
            except RecursionError:
                self.report("RG601", "nested too deep to be read", shown, 1, "nest less")
        return self._trees[name]

    def follow(self, name: str, context: Mapping[str, Any]) -> None:
        """Follow a template that is given a context, told by annotations of Python."""
        env: Env = {key: kind_of(annotation) for key, annotation in context.items()}
        self._whole(name, env, None)

    # -- templates ---------------------------------------------------------------------------------------------------

    def _named(self, name: str, at: tuple[Template, int] | None) -> Template | None:
        try:
            return self.read(name)
        except TemplateError as error:
            if at is not None:
                code = "RG606" if error.code == "RG404" else "RG601"
                self.report(code, error.message, at[0].shown, at[1], error.hint)
            return None

    def _whole(self, name: str, env: Env, at: tuple[Template, int] | None) -> Env:
        """A template with those it extends; what it exports."""
        if name in self._open or len(self._open) > _DEEPEST:
            if at is not None and name in self._open:
                message = f"{name!r} takes itself in without end"
                self.report("RG606", message, at[0].shown, at[1], "break the circle")
            return {}
        self._open.append(name)
        try:
            return self._chain(name, env, at)
        finally:
            self._open.pop()

    def _chain(self, name: str, env: Env, at: tuple[Template, int] | None) -> Env:
        line: list[Template] = []
        seen: list[str] = []
        wanted: str | None = name
        while wanted is not None:
            if wanted in seen:
                where = at or (line[-1], 1)
                self.report("RG606", f"{wanted!r} extends itself", where[0].shown, where[1], "break the circle")
                return {}
            seen.append(wanted)
            template = self._named(wanted, at)
            if template is None:
                return {}
            line.append(template)
            extends = next(iter(template.tree.find_all(nodes.Extends)), None)
            wanted = None
            if extends is not None and isinstance(extends.template, nodes.Const):
                wanted, at = str(extends.template.value), (template, extends.lineno)
        blocks: dict[str, list[tuple[Template, nodes.Block]]] = {}
        for template in line:
            for block in template.tree.find_all(nodes.Block):
                blocks.setdefault(block.name, []).append((template, block))
        self._unknown_blocks(line)
        top = dict(env)
        for template in line[:-1]:
            for node in template.tree.body:
                if isinstance(node, nodes.Output):
                    self._lost(node, template)
                elif not isinstance(node, nodes.Block | nodes.Extends):
                    self._statement(node, top, template, blocks)
        self._body(line[-1].tree.body, top, line[-1], blocks)
        return {key: kind for key, kind in top.items() if env.get(key) is not kind}

    def _unknown_blocks(self, line: Sequence[Template]) -> None:
        for number, template in enumerate(line[:-1]):
            there = {block.name for base in line[number + 1 :] for block in base.tree.find_all(nodes.Block)}
            for node in template.tree.body:
                if isinstance(node, nodes.Block) and node.name not in there:
                    message = f"{line[number + 1].shown} has no block {node.name!r}, so this is never printed"
                    self.report("RG607", message, template.shown, node.lineno, _near(node.name, tuple(there)))

    def _lost(self, node: nodes.Output, template: Template) -> None:
        for part in node.nodes:
            text = part.data if isinstance(part, nodes.TemplateData) else "x"
            if text.strip():
                message = "outside every block of a template that extends another: it is never printed"
                line = part.lineno + text[: len(text) - len(text.lstrip())].count("\n")
                self.report("RG608", message, template.shown, line, "put it into a block")
                return

    # -- statements --------------------------------------------------------------------------------------------------

    def _body(self, body: Sequence[nodes.Node], env: Env, at: Template, blocks: Any) -> None:
        for node in body:
            self._statement(node, env, at, blocks)

    def _statement(self, node: nodes.Node, env: Env, at: Template, blocks: Any) -> None:  # noqa: C901 -- one case a kind of node
        match node:
            case nodes.Output():
                for part in node.nodes:
                    if not isinstance(part, nodes.TemplateData):
                        self._printed(self._kind(part, env, at), part, at)
            case nodes.For():
                self._loop(node, env, at, blocks)
            case nodes.If():
                self._kind(node.test, env, at)
                for body in (node.body, list(node.elif_), node.else_):
                    self._body(body, env, at, blocks)
            case nodes.Assign():
                self._bind(node.target, self._kind(node.node, env, at), env, at)
            case nodes.AssignBlock():
                self._body(node.body, dict(env), at, blocks)
                if node.filter is not None:
                    self._kind(node.filter, env, at)
                self._bind(node.target, TEXT, env, at)
            case nodes.Macro():
                macro = _Macro(node, at, env)
                env[node.name] = macro
                self._macro(macro, [ANYTHING] * len(node.args), {})
            case nodes.CallBlock():
                inner = dict(env)
                for argument in node.args:
                    inner[argument.name] = ANYTHING
                self._kind(node.call, env, at)
                self._body(node.body, inner, at, blocks)
            case nodes.FilterBlock():
                self._kind(node.filter, env, at)
                self._body(node.body, dict(env), at, blocks)
            case nodes.With():
                inner = dict(env)
                for target, value in zip(node.targets, node.values, strict=True):
                    self._bind(target, self._kind(value, env, at), inner, at)
                self._body(node.body, inner, at, blocks)
            case nodes.Block():
                self._block(node, env, at, blocks)
            case nodes.Include():
                for name in _constants(node.template):
                    known = self._is_there(name)
                    if known or not (node.ignore_missing or isinstance(node.template, nodes.List | nodes.Tuple)):
                        self._whole(name, dict(env) if node.with_context else {}, (at, node.lineno))
                self._kind(node.template, env, at)
            case nodes.Import():
                for name in _constants(node.template):
                    held = self._whole(name, dict(env) if node.with_context else {}, (at, node.lineno))
                    env[node.target] = _Module(held, f"“{name}”") if self._trees.get(name) else ANYTHING
            case nodes.FromImport():
                self._from_import(node, env, at)
            case nodes.ExprStmt():
                self._kind(node.node, env, at)
            case nodes.Scope() | nodes.ScopedEvalContextModifier():
                self._body(node.body, dict(env), at, blocks)

    def _is_there(self, name: str) -> bool:
        try:
            self.source(name)
        except TemplateError:
            return False
        return True

    def _from_import(self, node: nodes.FromImport, env: Env, at: Template) -> None:
        for name in _constants(node.template):
            held = self._whole(name, dict(env) if node.with_context else {}, (at, node.lineno))
            for wanted in node.names:
                given, own = wanted if isinstance(wanted, tuple) else (wanted, wanted)
                if given not in held and self._trees.get(name):
                    self.report("RG602", f"“{name}” has no {given!r}", at.shown, node.lineno, _near(given, tuple(held)))
                env[own] = held.get(given, ANYTHING)

    def _loop(self, node: nodes.For, env: Env, at: Template, blocks: Any) -> None:
        series = self._kind(node.iter, env, at)
        inner = dict(env)
        self._bind(node.target, series.each(), inner, at)
        inner["loop"] = _LOOP
        if node.test is not None:
            self._kind(node.test, inner, at)
        self._body(node.body, inner, at, blocks)
        self._body(node.else_, dict(env), at, blocks)

    def _bind(self, target: nodes.Node, kind: Kind, env: Env, at: Template) -> None:
        match target:
            case nodes.Name():
                env[target.name] = kind
            case nodes.NSRef():
                space = env.get(target.name)
                if isinstance(space, _Space):
                    space.held[target.attr] = either(k for k in (space.held.get(target.attr, kind), kind))
            case nodes.Tuple():
                if isinstance(kind, Row) and len(kind.of) != len(target.items):
                    message = f"{len(target.items)} names for {kind}"
                    self.report("RG610", message, at.shown, target.lineno, "give each a name")
                for number, item in enumerate(target.items):
                    held = kind.member(number) if isinstance(kind, Row) else kind.each()
                    self._bind(item, held or ANYTHING, env, at)

    def _block(self, node: nodes.Block, env: Env, at: Template, blocks: Any) -> None:
        own = (blocks or {}).get(node.name) or [(at, node)]
        for template, block in own:
            inner = dict(env)
            key = ("block", template.shown, block.name, tuple(sorted((k, id(v)) for k, v in inner.items())))
            if key in self._done:
                return
            self._done.add(key)
            self._body(block.body, inner, template, blocks)
            if not any(isinstance(c.node, nodes.Name) and c.node.name == "super" for c in block.find_all(nodes.Call)):
                return

    # -- expressions -------------------------------------------------------------------------------------------------

    def _printed(self, kind: Kind, node: nodes.Node, at: Template) -> None:
        if isinstance(kind, Data | Series | Row | Mapped | Keyed):
            message = f"{kind} cannot be printed"
            hint = f"print one of {kind.names()[:6]}" if isinstance(kind, Data) else "loop over it, or use `told`"
            self.report("RG609", message, at.shown, node.lineno, hint)

    def _kind(self, node: nodes.Node, env: Env, at: Template) -> Kind:  # noqa: C901 -- one case a kind of node
        match node:
            case nodes.Name():
                return self._name(node, env, at)
            case nodes.Const():
                return ANYTHING if node.value is None else Scalar(type(node.value))
            case nodes.TemplateData():
                return TEXT
            case nodes.Getattr():
                return self._member(node, node.attr, self._kind(node.node, env, at), at)
            case nodes.Getitem():
                return self._item(node, env, at)
            case nodes.Call():
                return self._call(node, env, at)
            case nodes.Filter():
                return self._filter(node, env, at)
            case nodes.Test():
                self._children(node, env, at)
                if node.name not in self.environment.tests:
                    known = tuple(self.environment.tests)
                    message = f"there is no test {node.name!r}"
                    self.report("RG605", message, at.shown, node.lineno, _near(node.name, known))
                return YES_OR_NO
            case nodes.List():
                held = [self._kind(item, env, at) for item in node.items]
                return Series(either(held) if held else _NOTHING)
            case nodes.Tuple():
                return Row(tuple(self._kind(item, env, at) for item in node.items))
            case nodes.Dict():
                pairs = [(pair.key, self._kind(pair.value, env, at)) for pair in node.items]
                if all(isinstance(key, nodes.Const) for key, _ in pairs):
                    return Keyed(tuple((str(key.as_const()), kind) for key, kind in pairs))
                return Mapped(either(kind for _, kind in pairs))
            case nodes.CondExpr():
                self._kind(node.test, env, at)
                ways = [self._kind(way, env, at) for way in (node.expr1, node.expr2) if way is not None]
                return either(ways)
            case nodes.And() | nodes.Or():
                return either([self._kind(node.left, env, at), self._kind(node.right, env, at)])
            case nodes.Add():
                one, two = self._kind(node.left, env, at), self._kind(node.right, env, at)
                if isinstance(one, Series) and isinstance(two, Series):
                    held = [k.of for k in (one, two) if k.of is not _NOTHING]
                    return Series(either(held) if held else _NOTHING)
                return one if one == two else ANYTHING
            case nodes.Concat():
                self._children(node, env, at)
                return TEXT
            case nodes.Not() | nodes.Compare():
                self._children(node, env, at)
                return YES_OR_NO
        self._children(node, env, at)
        return ANYTHING

    def _children(self, node: nodes.Node, env: Env, at: Template) -> None:
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Expr):
                self._kind(child, env, at)
            else:
                self._children(child, env, at)

    def _name(self, node: nodes.Name, env: Env, at: Template) -> Kind:
        if node.name in env:
            return env[node.name]
        if node.name not in self.environment.globals and node.name not in _GIVEN:
            known = (*env, *self.environment.globals)
            message = f"{node.name!r} is not there"
            self.report("RG602", message, at.shown, node.lineno, _near(node.name, known))
        return ANYTHING

    def _member(self, node: nodes.Node, name: str | int, of: Kind, at: Template) -> Kind:
        if isinstance(name, str) and name.startswith("__"):
            message = f"{name!r} is out of bounds for templates"
            self.report("RG637", message, at.shown, node.lineno, "templates only print data")
            return ANYTHING
        found = of.member(name)
        if found is None:
            message = f"{of} has no {name!r}" if isinstance(name, str) else f"{of} has no part number {name}"
            self.report("RG603", message, at.shown, node.lineno, _near(str(name), of.names()))
        return found or ANYTHING

    def _item(self, node: nodes.Getitem, env: Env, at: Template) -> Kind:
        of = self._kind(node.node, env, at)
        match node.arg:
            case nodes.Const(value=str() | int() as name):
                return self._member(node, name, of, at)
            case nodes.Slice():
                self._children(node.arg, env, at)
                return of
        self._kind(node.arg, env, at)
        return _values(of)

    def _call(self, node: nodes.Call, env: Env, at: Template) -> Kind:
        positional = [self._kind(argument, env, at) for argument in node.args]
        named = {keyword.key: self._kind(keyword.value, env, at) for keyword in node.kwargs}
        for extra in (node.dyn_args, node.dyn_kwargs):
            if extra is not None:
                self._kind(extra, env, at)
        if isinstance(node.node, nodes.Name) and node.node.name not in env:
            name = node.node.name
            if name == "namespace":
                return _Space(dict(named))
            if name == "range":
                return Series(NUMBER)
            if name in FUNCTIONS:
                open_ended = node.dyn_args is not None or node.dyn_kwargs is not None
                return self._function(name, len(positional), named, node, at, check=not open_ended)
        what = self._kind(node.node, env, at)
        if isinstance(what, _Macro):
            self._check_macro(what, positional, named, node, at)
            self._macro(what, positional, named)
            return TEXT
        if isinstance(what, Scalar | Data | Series | Row | Mapped | Keyed):
            hint = "it hides the function of that name" if _is_function(node.node) else "take the brackets away"
            self.report("RG610", f"{what} cannot be called", at.shown, node.lineno, hint)
        return called(what)

    def _function(
        self, name: str, count: int, named: Mapping[str, Kind], node: nodes.Node, at: Template, *, check: bool
    ) -> Kind:
        function = FUNCTIONS[name]
        if check:
            try:
                inspect.signature(function).bind(*[None] * count, **dict.fromkeys(named))
            except TypeError as error:
                takes = ", ".join(inspect.signature(function).parameters)
                self.report("RG610", f"{name}: {error}", at.shown, node.lineno, f"it takes: {takes}")
        return kind_of(get_type_hints(function).get("return", Any))

    def _check_macro(
        self, macro: _Macro, positional: Sequence[Kind], named: Mapping[str, Kind], node: nodes.Node, at: Template
    ) -> None:
        names = [argument.name for argument in macro.node.args]
        used = {name.name for name in macro.node.find_all(nodes.Name)}
        message = None
        if len(positional) > len(names) and "varargs" not in used:
            message = f"{macro.node.name} takes {len(names)} values, not {len(positional)}"
        elif (odd := [key for key in named if key not in names]) and "kwargs" not in used and odd != ["caller"]:
            message = f"{macro.node.name} takes no {odd[0]!r}"
        elif len(positional) + len(named) < len(names) - len(macro.node.defaults):
            message = f"{macro.node.name} needs {', '.join(names)}"
        if message is not None:
            self.report("RG610", message, at.shown, node.lineno, f"it takes: {', '.join(names) or 'nothing'}")

    def _macro(self, macro: _Macro, positional: Sequence[Kind], named: Mapping[str, Kind]) -> None:
        """Follow the body of a macro with the kinds of what it is called with."""
        inner = dict(macro.env)
        names = [argument.name for argument in macro.node.args]
        defaults = dict(zip(names[len(names) - len(macro.node.defaults) :], macro.node.defaults, strict=True))
        for number, name in enumerate(names):
            if number < len(positional):
                inner[name] = positional[number]
            elif name in named:
                inner[name] = named[name]
            elif name in defaults:
                inner[name] = self._kind(defaults[name], macro.env, macro.template)
            else:
                inner[name] = ANYTHING
        given = tuple(id(v) if isinstance(v, _Space | _Macro | _Module) else v for v in inner.values())
        key = ("macro", id(macro.node), given)
        if key in self._done or len(self._open) > _DEEPEST:
            return
        self._done.add(key)
        self._open.append(f"macro {macro.node.name}")
        self._body(macro.node.body, inner, macro.template, None)
        self._open.pop()

    def _filter(self, node: nodes.Filter, env: Env, at: Template) -> Kind:
        of = self._kind(node.node, env, at) if node.node is not None else TEXT
        arguments = [self._kind(argument, env, at) for argument in node.args]
        named: dict[str, Kind] = {str(keyword.key): self._kind(keyword.value, env, at) for keyword in node.kwargs}
        if node.name not in self.environment.filters:
            message = f"there is no filter {node.name!r}"
            self.report("RG604", message, at.shown, node.lineno, _near(node.name, tuple(self.environment.filters)))
            return ANYTHING
        if node.name in FUNCTIONS:
            return self._function(node.name, len(arguments) + 1, named, node, at, check=True)
        if node.name == "safe" and not isinstance(node.node, nodes.TemplateData | nodes.Const):
            message = "`safe` prints data as HTML: a text with < or & in it breaks the document"
            self.report("RG636", message, at.shown, node.lineno, "use rich(text), or nothing")
        return self._filtered(node, of, at)

    def _filtered(self, node: nodes.Filter, of: Kind, at: Template) -> Kind:
        given = _constant_arguments(node)
        match node.name:
            case "map" if isinstance(path := given.get("attribute"), str | int):
                return Series(self._path(of.each(), path, node, at))
            case "map":
                if isinstance(name := given.get(0), str) and name not in self.environment.filters:
                    known = tuple(self.environment.filters)
                    self.report("RG604", f"there is no filter {name!r}", at.shown, node.lineno, _near(name, known))
                return Series(ANYTHING)
            case "selectattr" | "rejectattr":
                if isinstance(path := given.get(0), str | int):
                    self._path(of.each(), path, node, at)
                return Series(of.each())
            case "groupby" if isinstance(path := given.get(0, given.get("attribute")), str | int):
                key = self._path(of.each(), path, node, at)
                return Series(Row((key, Series(of.each()))))
            case "sort" | "unique" | "sum" | "min" | "max" | "join":
                if isinstance(path := given.get("attribute"), str | int):
                    self._path(of.each(), path, node, at)
        if node.name in _SAME:
            return Series(of.each()) if node.name not in ("slice", "batch") else Series(Series(of.each()))
        if node.name in ("first", "last", "min", "max"):
            return of.each()
        if node.name in ("length", "count", "int", "float", "round", "abs", "wordcount", "sum"):
            return NUMBER
        if node.name in _TEXTS:
            return TEXT
        if node.name in ("items", "dictsort"):
            return Series(Row((TEXT, _values(of))))
        return ANYTHING

    def _path(self, kind: Kind, path: str | int, node: nodes.Node, at: Template) -> Kind:
        """The part that a filter is told by a path such as ``provider.name``."""
        if isinstance(path, int):
            return self._member(node, path, kind, at)
        for part in path.split(","):
            found = kind
            for step in part.strip().split("."):
                found = self._member(node, int(step) if step.isdigit() else step, found, at)
        return found


def _values(of: Kind) -> Kind:
    """What an item of it is, whichever is asked for."""
    match of:
        case Mapped() | Series():
            return of.of
        case Keyed():
            return either(kind for _, kind in of.of)
        case Row():
            return either(of.of)
        case Either():
            return either(_values(each) for each in of.of)
    return ANYTHING


def _constants(node: nodes.Node) -> Iterator[str]:
    """The names of templates that an include names outright."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.List | nodes.Tuple):
        for item in node.items:
            yield from _constants(item)
    elif isinstance(node, nodes.CondExpr):
        yield from _constants(node.expr1)
        if node.expr2 is not None:
            yield from _constants(node.expr2)


def _constant_arguments(node: nodes.Filter) -> dict[str | int, Any]:
    given: dict[str | int, Any] = {n: a.value for n, a in enumerate(node.args) if isinstance(a, nodes.Const)}
    return given | {str(k.key): k.value.value for k in node.kwargs if isinstance(k.value, nodes.Const)}


def _is_function(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name in FUNCTIONS


def _near(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, [str(each) for each in known], n=1)
    return f"did you mean {near[0]!r}?" if near else "docs/templates.md lists every name"
