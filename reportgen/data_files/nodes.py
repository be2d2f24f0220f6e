"""The bytes of a YAML or JSON file as nodes: text as typed, with the place of every key and value.

Owns the grammar of both spellings and the limits on size, depth and number. Whatever could run, repeat itself or mean
something else than what stands there (anchors, aliases, tags, merge keys, several documents) is refused here. A node
knows only whether its text was typed bare or in quotes; what the text means is for ``shapes`` to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import yaml

from reportgen.errors import InputError, InputErrors, Where

#: Limits of a data file: bytes, levels of nesting, and keys, entries and values together.
MAX_BYTES = 20_000_000
MAX_DEPTH = 50
MAX_NODES = 500_000
#: Errors of one file that are told at once; whoever sees so many mends the first ones first.
MAX_ERRORS = 200
#: Characters that no text may hold, whatever the spelling; and those that YAML itself would take for something else.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_IN_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_IN_YAML = re.compile(r"[\u2028\u2029\ufffe\uffff]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class Scalar:
    """A single value as typed; ``bare`` where it stands without quotes. ``at``: index of its first character."""

    text: str
    bare: bool
    at: int


@dataclass(slots=True)
class Items:
    """A list."""

    items: list[Node]
    at: int


@dataclass(slots=True)
class Entries:
    """Keys with values; each key with the index of its first character."""

    entries: dict[str, tuple[int, Node]]
    at: int


@dataclass(slots=True)
class Refused:
    """Something that has been refused already; nothing more is to be said of it."""

    at: int


Node = Scalar | Items | Entries | Refused


@dataclass(frozen=True, slots=True)
class Source:
    """The decoded text of a file, for telling places.

    Indexes past the end of the text are places in ``under``, the file that this one extends.
    """

    name: str
    text: str
    json: bool
    under: Source | None = None

    def where(self, at: int, path: str | None = None) -> Where:
        """Line and column, both from 1, of the character at an index."""
        text = self.text
        if at > len(text) and self.under is not None:
            return self.under.where(at - len(text) - 1, path)
        at = min(at, len(text))
        start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
        line = text.count("\n", 0, start) + text.count("\r", 0, start) - text.count("\r\n", 0, start) + 1
        return Where(file=self.name, line=line, column=at - start + 1, field=path or None)

    def spot(self, at: int) -> str:
        """``line:column`` for use in a message."""
        where = self.where(at)
        return f"{where.line}:{where.column}"


@dataclass(slots=True)
class Parsed:
    """A file as nodes, with the errors that did not stop the reading (a key given twice, an anchor, a tag)."""

    source: Source
    root: Node
    errors: list[InputError]


def parse(data: bytes | str, name: str) -> Parsed:
    """Read YAML or JSON: by the suffix of the name, and without one of those by the first character.

    Raises:
        InputErrors: the file is too large or too deep (RG107), not UTF-8 (RG102), holds control characters (RG114), is
            not YAML or JSON (RG104), or holds no document or several (RG103).
    """
    source = _decode(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data, name)
    errors: list[InputError] = []
    root = _json(source, errors) if source.json else _yaml(source, errors)
    if isinstance(root, Scalar) and root.bare and root.text in ("", "null", "~"):
        errors.append(_error(source, 0, "RG103", "no document: the file is empty", "put the data in"))
        refuse(errors)
    return Parsed(source, root, errors)


def merge(under: Parsed, over: Parsed) -> Parsed:
    """One file laid over another: keys with values merge, lists and single values replace. Each keeps its places."""
    _shift(under.root, len(over.source.text) + 1)
    source = replace(over.source, under=under.source)
    return Parsed(source, _merged(under.root, over.root), [*under.errors, *over.errors])


def _shift(node: Node, by: int) -> None:
    node.at += by
    if isinstance(node, Items):
        for item in node.items:
            _shift(item, by)
    elif isinstance(node, Entries):
        for key, (at, value) in node.entries.items():
            node.entries[key] = (at + by, value)
            _shift(value, by)


def _merged(under: Node, over: Node) -> Node:
    if not isinstance(under, Entries) or not isinstance(over, Entries):
        return over
    entries = dict(under.entries)
    for key, (at, node) in over.entries.items():
        entries[key] = (at, _merged(entries[key][1], node) if key in entries else node)
    return Entries(entries, over.at)


def refuse(errors: list[InputError]) -> NoReturn:
    """Raise all errors of a file at once, in its order; the first ones where there are very many."""
    ordered = InputErrors(errors).errors
    if len(ordered) > MAX_ERRORS:
        cut = ordered[MAX_ERRORS]
        where = Where(file=cut.where.file, line=cut.where.line, column=cut.where.column)
        more = InputError(cut.code, "more errors from here on", where=where, hint="mend those above first")
        ordered = (*ordered[:MAX_ERRORS], more)
    raise InputErrors(ordered)


def _error(source: Source, at: int, code: str, message: str, hint: str) -> InputError:
    return InputError(code, message, where=source.where(at), hint=hint)


def _decode(data: bytes, name: str) -> Source:
    where = Where(file=name, line=1, column=1)
    if len(data) > MAX_BYTES:
        raise InputErrors(
            [InputError("RG107", f"larger than {MAX_BYTES // 1_000_000} MB", where=where, hint="split the file")]
        )
    if data.startswith(_UTF_16) or (b"\0" in data[:2] and len(data) > 1):
        message = "UTF-16 text, not UTF-8, from byte offset 0"
        raise InputErrors([InputError("RG102", message, where=where, hint="save the file as UTF-8")])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = Source(name, data[: error.start].decode("utf-8").removeprefix("\ufeff"), json=False)
        message = f"not UTF-8 text: byte {data[error.start]:#04x} at byte offset {error.start}"
        where = before.where(len(before.text))
        raise InputErrors([InputError("RG102", message, where=where, hint="save the file as UTF-8")]) from None
    mark = 3 if text.startswith("\ufeff") else 0
    text = text.removeprefix("\ufeff")
    suffix = name.lower().rpartition(".")[2]
    is_json = suffix == "json" or (suffix not in ("yaml", "yml") and text.lstrip()[:1] in ("{", "["))
    source = Source(name, text, is_json)
    errors = []
    for found in _first(_CONTROL, text):
        offset = mark + len(text[: found.start()].encode("utf-8", "surrogatepass"))
        what = f"control character U+{ord(found[0]):04X} at byte offset {offset}"
        errors.append(_error(source, found.start(), "RG114", what, "take it out"))
    if not is_json:
        for found in _first(_NOT_IN_YAML, text):
            what = f"character U+{ord(found[0]):04X}, which YAML does not keep as text"
            hint = f'write it as "\\u{ord(found[0]):04x}" in double quotes, or take it out'
            errors.append(_error(source, found.start(), "RG114", what, hint))
    if errors:
        refuse(errors)
    return source


def _first(pattern: re.Pattern[str], text: str, count: int = 20) -> Iterable[re.Match[str]]:
    """The first matches only: a file of nothing else need not be told a million times."""
    return (match for match, _ in zip(pattern.finditer(text), range(count), strict=False))


class _Tree:
    """What composing has found so far: counts, and the errors that need not stop it."""

    def __init__(self, source: Source, errors: list[InputError]) -> None:
        self.source = source
        self.errors = errors
        self.count = 0

    def note(self, at: int, code: str, message: str, hint: str) -> None:
        self.errors.append(_error(self.source, at, code, message, hint))
        if len(self.errors) > MAX_ERRORS:
            refuse(self.errors)

    def stop(self, at: int, code: str, message: str, hint: str) -> NoReturn:
        self.note(at, code, message, hint)
        refuse(self.errors)

    def count_one(self, at: int, depth: int) -> None:
        self.count += 1
        if depth > MAX_DEPTH:
            self.stop(at, "RG107", f"nested deeper than {MAX_DEPTH} levels", "nest less")
        if self.count > MAX_NODES:
            self.stop(at, "RG107", f"more than {MAX_NODES:,} keys, entries and values", "split the file")

    def put(self, entries: dict[str, tuple[int, Node]], key: str, at: int, value: Node) -> None:
        if key in entries:
            first = self.source.spot(entries[key][0])
            self.note(at, "RG105", f"the key {shown(key)} is given twice, first at {first}", "keep one of the two")
        else:
            entries[key] = (at, value)

    def clean(self, text: str, at: int) -> bool:
        found = _IN_TEXT.search(text)
        if found:
            what = "half of a surrogate pair" if "\ud800" <= found[0] <= "\udfff" else "control character"
            self.note(at, "RG114", f"{what} U+{ord(found[0]):04X} at character {found.start() + 1}", "take it out")
        return found is None


def shown(value: str) -> str:
    """A value for use in a message: in quotes, cut where it is long."""
    return repr(value if len(value) <= 60 else f"{value[:57]}…")


# -- YAML ------------------------------------------------------------------------------------------------------------


def _yaml(source: Source, errors: list[InputError]) -> Node:
    """Compose from the parser's events, which need no recursion, so that depth is seen before it can hurt."""
    tree = _Tree(source, errors)
    # The base loader resolves nothing: no tag, no number, no date. The pure one stands in where libyaml is missing.
    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)(source.text)
    try:
        return _yaml_document(loader.get_event, tree)
    except yaml.MarkedYAMLError as error:
        tree.stop(*_syntax(source, error))
    except yaml.YAMLError as error:
        tree.stop(getattr(error, "position", 0), "RG104", f"not YAML: {str(error).splitlines()[0]}", "mend the syntax")
    finally:
        loader.dispose()


def _yaml_document(get: Callable[[], Any], tree: _Tree) -> Node:
    get()  # the start of the stream
    event = get()
    if type(event) is yaml.StreamEndEvent:
        tree.stop(0, "RG103", "no document: the file is empty", "put the data in")
    if event.tags:
        tree.note(event.start_mark.index, "RG106", "a declaration of tags", "take it out")
    root = _yaml_node(get(), get, tree, 0)
    get()  # the end of the document
    event = get()
    if type(event) is not yaml.StreamEndEvent:
        tree.stop(event.start_mark.index, "RG103", "a second document in one file", "put it in a file of its own")
    return root


def _yaml_node(event: Any, get: Callable[[], Any], tree: _Tree, depth: int) -> Node:
    kind = type(event)
    at: int = event.start_mark.index
    if kind is yaml.AliasEvent:
        tree.note(at, "RG106", f"the alias *{event.anchor} instead of a value", "write the value out")
        return Refused(at)
    if event.anchor is not None:
        tree.note(at, "RG106", f"the anchor &{event.anchor}", "take it out; put text that starts with & in quotes")
    if event.tag is not None:
        tree.note(at, "RG106", f"the tag {event.tag}", "take it out; put text that starts with ! in quotes")
    if kind is yaml.ScalarEvent:
        tree.count_one(at, 0)
        if event.style == '"' and not tree.clean(event.value, at):
            return Refused(at)
        bare = event.implicit[0]
        if bare and event.start_mark.line != event.end_mark.line:
            _no_tabs(tree, at, event.end_mark.index)
        return Scalar(event.value, bare, at)
    depth += 1
    tree.count_one(at, depth)
    if kind is yaml.SequenceStartEvent:
        items = []
        while type(event := get()) is not yaml.SequenceEndEvent:
            items.append(_yaml_node(event, get, tree, depth))
        return Items(items, at)
    entries: dict[str, tuple[int, Node]] = {}
    while type(event := get()) is not yaml.MappingEndEvent:
        key = _yaml_node(event, get, tree, depth)
        value = _yaml_node(get(), get, tree, depth)
        if not isinstance(key, Scalar):
            if not isinstance(key, Refused):
                tree.note(key.at, "RG104", "a key that is itself a list or has keys", "put text with [ or { in quotes")
        elif key.bare and key.text == "<<":
            tree.note(key.at, "RG106", "a merge key", "write the keys out")
        else:
            tree.put(entries, key.text, key.at, value)
    return Entries(entries, at)


def _no_tabs(tree: _Tree, start: int, end: int) -> None:
    if found := re.compile(r"[\r\n] *\t").search(tree.source.text, start, end):
        tree.note(found.end() - 1, "RG104", "a tab as indentation", "use spaces")


#: What libyaml says, what it means, what to do; the last ones are shown where the trouble began.
_SYNTAX = (
    ("cannot start any token", "a value cannot start with {char}", "put it in quotes"),
    ("tab character", "a tab as indentation", "use spaces"),
    (
        "mapping values are not allowed",
        "a colon where no key can stand",
        "quote text with `: ` or mend the indentation",
    ),
    ("did not find expected key", "no key where one was expected", "check quotes and indentation"),
    ("did not find expected '-' indicator", "no `- ` where the next entry was expected", "check the indentation"),
    ("did not find expected node content", "no value where one was expected", "add it, or take out what is before it"),
    ("block sequence entries are not allowed", "an entry of a list where none can stand", "start it on its own line"),
    ("expected ',' or ']'", "a list in brackets, opened at {start}, is not closed", "add the comma or the ]"),
    ("expected ',' or '}'", "keys in braces, opened at {start}, are not closed", "add the comma or the }"),
    ("unknown escape character", "an escape that does not exist in double quotes", "write the backslash twice"),
    ("hexdecimal number", "an escape without its digits", "write the backslash twice"),
    ("Unicode character escape", "an escape for half of a surrogate pair, or for no character", "write the character"),
    ("expected <document start>", "more data after the end of the document", "put it in a file of its own"),
    ("incompatible YAML document", "a version of YAML that is not known", "take the line out"),
)
_SYNTAX_BEGUN = (
    (
        "could not find expected ':'",
        "neither a key with a colon nor part of a text",
        "add the colon or indent the line",
    ),
    ("unexpected end of stream", "a quote that is never closed", "close it"),
    ("unexpected document indicator", "a quote that is never closed", "close it"),
)


def _syntax(source: Source, error: yaml.MarkedYAMLError) -> tuple[int, str, str, str]:
    problem = error.problem or ""
    mark = error.problem_mark or error.context_mark
    at: int = mark.index if mark else 0
    start: int = error.context_mark.index if error.context_mark else at
    char = source.text[at : at + 1]
    if char == "\t":
        problem = "tab character"
    for said, message, hint in _SYNTAX_BEGUN:
        if said in problem:
            return start, "RG104", message, hint
    for said, message, hint in _SYNTAX:
        if said in problem:
            code = "RG103" if "<document start>" in said else "RG104"
            return at, code, message.replace("{start}", source.spot(start)).replace("{char}", char), hint
    return at, "RG104", f"not YAML: {problem}", "check quotes and indentation"


# -- JSON ------------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r'[ \t\n\r]*(?:([\[\]{},:"])|([^\s\[\]{},:"]+))?')
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORDS = ("true", "false", "null")


def _json(source: Source, errors: list[InputError]) -> Node:
    tree = _Tree(source, errors)
    token = _token(source.text, 0)
    if token[0] == "" and token[1] >= len(source.text):
        tree.stop(0, "RG103", "no document: the file is empty", "put the data in")
    root, end = _json_node(token, tree, 0)
    what, at, _ = _token(source.text, end)
    if what or at < len(source.text):
        tree.stop(at, "RG103", "more data after the end of the document", "put it in a file of its own")
    return root


def _token(text: str, at: int) -> tuple[str, int, int]:
    """The next token (empty at the end), where it starts and where it ends."""
    match = _TOKEN.match(text, at)
    assert match is not None  # the pattern fits everywhere
    what = match[1] or match[2] or ""
    return what, match.end() - len(what), match.end()


def _json_node(token: tuple[str, int, int], tree: _Tree, depth: int) -> tuple[Node, int]:
    what, at, end = token
    text = tree.source.text
    if what == '"':
        tree.count_one(at, 0)
        value, end = _json_text(at, tree)
        return Scalar(value, False, at) if tree.clean(value, at) else Refused(at), end
    if what == "{":
        tree.count_one(at, depth + 1)
        return _json_object(at, end, tree, depth + 1)
    if what == "[":
        tree.count_one(at, depth + 1)
        items: list[Node] = []
        token = _token(text, end)
        while token[0] != "]" or items:
            node, end = _json_node(token, tree, depth + 1)
            items.append(node)
            what, here, end = _token(text, end)
            if what == "]":
                return Items(items, at), end
            if what != ",":
                message = f"a list in brackets, opened at {tree.source.spot(at)}, is not closed"
                tree.stop(here, "RG104", message, "add the comma or the ]")
            token = _token(text, end)
        return Items(items, at), token[2]
    tree.count_one(at, 0)
    if what not in _WORDS and not _NUMBER.fullmatch(what):
        tree.stop(at, "RG104", *_not_json(what, text[at : at + 1]))
    return Scalar(what, True, at), end


def _json_object(at: int, end: int, tree: _Tree, depth: int) -> tuple[Node, int]:
    text = tree.source.text
    entries: dict[str, tuple[int, Node]] = {}
    empty = True
    while True:
        what, here, end = _token(text, end)
        if what == "}" and empty:
            return Entries(entries, at), end
        if what != '"':
            hint = "take out the comma before it" if what == "}" else "write the key in double quotes"
            tree.stop(here, "RG104", "no key where one was expected", hint)
        key, end = _json_text(here, tree)
        tree.clean(key, here)
        what, colon, end = _token(text, end)
        if what != ":":
            tree.stop(colon, "RG104", f"no colon after the key {shown(key)}", "add the colon")
        value, end = _json_node(_token(text, end), tree, depth)
        tree.put(entries, key, here, value)
        empty = False
        what, here, end = _token(text, end)
        if what == "}":
            return Entries(entries, at), end
        if what != ",":
            message = f"keys in braces, opened at {tree.source.spot(at)}, are not closed"
            tree.stop(here, "RG104", message, "add the comma or the }")


def _json_text(at: int, tree: _Tree) -> tuple[str, int]:
    try:
        value, end = json.decoder.scanstring(tree.source.text, at + 1, True)  # type: ignore[attr-defined]
    except json.JSONDecodeError as error:
        if error.msg.startswith("Unterminated"):
            tree.stop(at, "RG104", "a quote that is never closed", "close it")
        if "control character" in error.msg:
            tree.stop(error.pos, "RG104", "a line break or a tab inside quotes", "write it as \\n or \\t")
        tree.stop(error.pos, "RG104", "an escape that does not exist", "write the backslash twice")
    return str(value), int(end)


def _not_json(what: str, char: str) -> tuple[str, str]:
    if not what and not char:
        return "the file ends where a value was expected", "add the value and what closes it"
    if what in ("]", "}"):
        return "no value where one was expected", "take out the comma before it"
    if what.lstrip("-+") in ("NaN", "Infinity", "nan", "inf"):
        return f"{what} is not a number", "write null where there is none"
    if re.match(r"[-+.]?[0-9]", what):
        return f"{shown(what)} is not a number as JSON writes it", "put it in quotes if it is text"
    if what.startswith(("//", "/*", "#")):
        return "a comment, which JSON does not have", "take it out"
    return f"{shown(what or char)} is not a value", "put text in double quotes"
