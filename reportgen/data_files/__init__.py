"""Data files: YAML and JSON to any model and back, with file, line and column for every error.

One format in two spellings: YAML for people, JSON for programs, the same keys and one schema. Knows no framework:
checks against one come in from above as ``checks``. ``nodes`` reads the grammar, ``shapes`` says what typed text
means, ``explain`` puts what the schema found into words, ``writing`` writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from reportgen.data_files import explain, nodes, shapes, writing
from reportgen.errors import InputError, Where
from reportgen.files import read_bytes
from reportgen.model.base import Path as Trail
from reportgen.model.base import Problem, dotted
from reportgen.model.comparison import Comparison
from reportgen.model.decisions import Decisions, Events
from reportgen.model.framework import Crosswalks, Framework, crosswalk_problems, profile_problems
from reportgen.model.history import History
from reportgen.model.inspection import Inspection, inconsistencies
from reportgen.model.lexicon import Calibration, Lexicon, lexicon_problems
from reportgen.model.pack import Case, PackFile, case_problems

__all__ = [
    "CHECKS",
    "MODELS",
    "Check",
    "Loaded",
    "Warned",
    "decision_problems",
    "dump",
    "kind_of",
    "load",
    "load_any",
    "load_extending",
    "loads",
    "loads_any",
    "plain",
    "schema",
]

M = TypeVar("M", bound=BaseModel)
#: Something that looks at a whole value and tells what its schema cannot see.
Check = Callable[[Any], Iterable[Problem]]

#: How many files may extend one another, and what the name of one may be.
_MOST_BASES = 5
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")

#: The kinds of data files, by the word in their format line.
MODELS: dict[str, type[BaseModel]] = {
    "inspection": Inspection,
    "decisions": Decisions,
    "events": Events,
    "comparison": Comparison,
    "history": History,
    "framework": Framework,
    "crosswalks": Crosswalks,
    "lexicon": Lexicon,
    "calibration": Calibration,
    "pack": PackFile,
    "case": Case,
}


def decision_problems(decisions: Decisions) -> Iterator[Problem]:
    """What is wrong inside a decisions file that its schema cannot say."""
    for i, closure in enumerate(decisions.closure):
        if closure.state == "closed_implemented" and closure.evidence is None:
            message = "closed as implemented, with no evidence"
            yield Problem(("closure", i), "RG109", message, "add `evidence:` with the inspection that shows it")


#: The checks that a kind of file brings with it.
CHECKS: dict[str, tuple[Check, ...]] = {
    "inspection": (inconsistencies,),
    "decisions": (decision_problems,),
    "framework": (profile_problems,),
    "lexicon": (lexicon_problems,),
    "crosswalks": (crosswalk_problems,),
    "case": (case_problems,),
}


@dataclass(frozen=True, slots=True)
class Warned:
    """A problem that need not stop, with its place in the file."""

    problem: Problem
    where: Where

    @property
    def code(self) -> str:
        """The code, one of ``errors.CODES``."""
        return self.problem.code

    @property
    def message(self) -> str:
        """What is doubtful."""
        return self.problem.message

    @property
    def hint(self) -> str:
        """What to do."""
        return self.problem.hint


@dataclass(frozen=True, slots=True)
class Loaded(Generic[M]):
    """A value with the warnings of its checks, in the order of the file."""

    value: M
    warnings: tuple[Warned, ...]
    _source: nodes.Source
    _root: nodes.Node

    def where(self, path: Trail) -> Where:
        """The place of a value in the file; of the nearest thing around it where the file leaves it out."""
        return self._source.where(explain.locate(self._root, path)[0], dotted(path))


def load(path: str | Path, model: type[M], *, checks: Iterable[Check] = ()) -> Loaded[M]:
    """Give the value in a data file.

    Args:
        path: a YAML or JSON file, told apart by its suffix, or by its first character where it has another.
        model: what the file must hold.
        checks: further checks on the finished value, made only where the schema finds nothing wrong.

    Returns:
        The value, and as ``warnings`` what the checks found that need not stop.

    Raises:
        InputErrors: everything that is wrong with the file, each with its line and column (RG102 to RG114, and the
            codes of the checks).
        InputError: the file cannot be read (RG101, RG107).
    """
    return loads(read_bytes(path, limit=nodes.MAX_BYTES), model, name=str(path), checks=checks)


def loads(data: bytes | str, model: type[M], *, name: str, checks: Iterable[Check] = ()) -> Loaded[M]:
    """Give the value in the bytes or text of a data file; ``name`` stands in messages, its suffix tells the spelling.

    Raises:
        InputErrors: as for :func:`load`.
    """
    return _validated(nodes.parse(data, name), model, checks)


def load_extending(
    path: str | Path, model: type[M], base: Callable[[str], Path], *, checks: Iterable[Check] = ()
) -> Loaded[M]:
    """Give the value in a data file that may say ``extends: NAME`` on its first level.

    What stands in the file ``base(NAME)`` holds wherever the file itself says nothing: keys with values merge, lists
    and single values replace. The base may extend another in turn. A place is told in the file that it is in.

    Raises:
        InputErrors: as for :func:`load`; there is nothing of that name (RG113), or files extend each other (RG107).
        InputError: the file cannot be read (RG101, RG107).
    """
    return _validated(_extended(path, base, 0), model, checks)


def _extended(path: str | Path, base: Callable[[str], Path], depth: int) -> nodes.Parsed:
    parsed = nodes.parse(read_bytes(path, limit=nodes.MAX_BYTES), str(path))
    if not isinstance(parsed.root, nodes.Entries) or "extends" not in parsed.root.entries:
        return parsed
    _, name = parsed.root.entries.pop("extends")
    where = parsed.source.where(name.at, "extends")
    if depth == _MOST_BASES:
        hint = "let no file extend itself"
        nodes.refuse(
            [InputError("RG107", f"more than {_MOST_BASES} files on top of each other", where=where, hint=hint)]
        )
    if not isinstance(name, nodes.Scalar) or not _NAME.fullmatch(name.text):
        error = InputError(
            "RG110", "not the name of a file to extend", where=where, hint="name one file, with no folder"
        )
        nodes.refuse([*parsed.errors, error])
    try:
        under = _extended(base(name.text), base, depth + 1)
    except InputError as error:
        if error.code == "RG101":
            message = f"no file {nodes.shown(name.text)} to extend"
            hint = "name a file that is there, without its suffix"
            nodes.refuse([InputError("RG113", message, where=where, hint=hint)])
        raise
    return nodes.merge(under, parsed)


def load_any(path: str | Path, *, checks: Mapping[str, Iterable[Check]] | None = None) -> Loaded[BaseModel]:
    """Give the value in a data file of any kind, told by its format line and checked with the checks of its kind.

    Args:
        path: a YAML or JSON file.
        checks: further checks, by kind.

    Raises:
        InputErrors: as for :func:`load`; RG111 where the format line is missing or names nothing known.
        InputError: the file cannot be read (RG101, RG107).
    """
    return loads_any(read_bytes(path, limit=nodes.MAX_BYTES), name=str(path), checks=checks)


def loads_any(
    data: bytes | str, *, name: str, checks: Mapping[str, Iterable[Check]] | None = None
) -> Loaded[BaseModel]:
    """Give the value in the bytes or the text of a data file of any kind: see :func:`load_any`."""
    parsed = nodes.parse(data, name)
    kind = _kind(parsed)
    return _validated(parsed, MODELS[kind], (*CHECKS.get(kind, ()), *(checks or {}).get(kind, ())))


def kind_of(data: bytes | str, name: str) -> str:
    """The kind of a data file by its format line: ``inspection`` for ``format: reportgen/inspection/1``.

    Raises:
        InputErrors: it is not YAML or JSON, or (RG111) its format line is missing or names nothing known.
    """
    return _kind(nodes.parse(data, name))


def plain(data: bytes | str, *, name: str) -> Any:
    """The contents of a YAML or JSON file without a schema: text as typed, lists and dicts; None for nothing.

    Raises:
        InputErrors: it is not YAML or JSON, or holds something refused (RG102 to RG107, RG114).
    """
    parsed = nodes.parse(data, name)
    if parsed.errors:
        nodes.refuse(parsed.errors)
    return shapes.plain(parsed.root, parsed.source)


def dump(value: Any, *, to: str = "yaml", schema: str | None = None) -> str:
    """Write a model as YAML for people or JSON for programs; reading it back gives an equal value.

    Args:
        value: a model; dicts, lists and single values of JSON may stand in its place.
        to: ``yaml`` or ``json``.
        schema: for YAML, the address of the JSON Schema for a first line that editors understand.

    Returns:
        Text in the order of the model's keys, ending with a line break; the same value always gives the same text.
    """
    if to == "json":
        return writing.to_json(value)
    if to == "yaml":
        return writing.to_yaml(value, schema)
    raise ValueError(f"no such form of data: {to!r}")


class _Schema(GenerateJsonSchema):
    """Without the titles that repeat the keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a model's files, as editors and other programs use it."""
    found = model.model_json_schema(schema_generator=_Schema)
    if "format" in found.get("properties", {}):
        found["required"] = ["format", *found.get("required", ())]
    return {"$schema": GenerateJsonSchema.schema_dialect, **found}


# -- from nodes to a value -------------------------------------------------------------------------------------------

_FORMAT = re.compile(r"reportgen/([a-z]+)/([0-9]+)")


def _format_of(model: type[BaseModel]) -> str | None:
    field = model.model_fields.get("format")
    return str(field.default) if field is not None else None


def _kind(parsed: nodes.Parsed) -> str:
    known = {_format_of(model): kind for kind, model in MODELS.items()}
    error = _format_error(parsed, tuple(filter(None, known)))
    if error is not None:
        nodes.refuse([error])
    assert isinstance(parsed.root, nodes.Entries)
    line = parsed.root.entries["format"][1]
    assert isinstance(line, nodes.Scalar)
    return known[line.text]


def _format_error(parsed: nodes.Parsed, accepted: tuple[str, ...]) -> InputError | None:
    """What is wrong with the format line, None where it is one of those accepted."""
    root, source = parsed.root, parsed.source
    wanted = " or ".join(f"`format: {name}`" for name in accepted)
    if not isinstance(root, nodes.Entries):
        where = source.where(root.at)
        return InputError("RG111", "not a data file of this project", where=where, hint=f"begin it with {wanted}")
    if "format" not in root.entries:
        where = source.where(root.at, "format")
        return InputError("RG111", "the format line is missing", where=where, hint=f"begin the file with {wanted}")
    node = root.entries["format"][1]
    text = node.text if isinstance(node, nodes.Scalar) else ""
    if text in accepted:
        return None
    where = source.where(node.at, "format")
    match = _FORMAT.fullmatch(text)
    if match and any(name.startswith(f"reportgen/{match[1]}/") for name in accepted):
        message = f"version {match[2]} of the {match[1]} format is not known"
    elif match and match[1] in MODELS:
        message = f"a file of the kind {match[1]!r}, where another is wanted"
    else:
        message = f"unknown format {nodes.shown(text)}"
    return InputError("RG111", message, where=where, hint=f"write {wanted}")


def _validated(parsed: nodes.Parsed, model: type[M], checks: Iterable[Check]) -> Loaded[M]:
    source, root = parsed.source, parsed.root
    errors = list(parsed.errors)
    wanted = _format_of(model)
    error = _format_error(parsed, (wanted,)) if wanted is not None else None
    if error is not None:
        errors.append(error)
        if not isinstance(root, nodes.Entries) or "format" in root.entries:
            # Of another kind or version: what else is wrong with it depends on what it is.
            nodes.refuse(errors)
    shape = shapes.shape_of(model)
    data, wrong, refused = shapes.build(root, shape, source)
    errors += wrong
    value = None
    if len(wrong) <= nodes.MAX_ERRORS:
        try:
            # Files know keys by one name only: the alias where there is one.
            value = model.model_validate(data, by_alias=True, by_name=False)
        except ValidationError as found:
            details = found.errors(include_url=False, include_input=False)
            errors += explain.explain(details, root, shape, source, refused)
    if errors or value is None:
        nodes.refuse(errors)
    warnings: list[Warned] = []
    for problem, where in explain.located((p for check in checks for p in check(value)), root, source):
        if problem.level == "error":
            errors.append(InputError(problem.code, problem.message, where=where, hint=problem.hint))
        else:
            warnings.append(Warned(problem, where))
    if errors:
        nodes.refuse(errors)
    warnings.sort(key=lambda w: (w.where.line or 0, w.where.column or 0))
    return Loaded(value, tuple(warnings), source, root)
