"""What a schema found wrong, said in plain English and with the place in the file.

Owns the words for every kind of error that the models can raise, and "did you mean".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel

from reportgen.data_files.nodes import MAX_ERRORS, Entries, Items, Node, Scalar, Source, shown
from reportgen.data_files.shapes import Shape, fields_of
from reportgen.errors import InputError, Where
from reportgen.model.base import Path, Problem, dotted

#: What fits a pattern, in words. Every pattern of the models stands here.
PATTERNS = {
    r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$": "a language as a tag, as in cy or en-GB",
    r"^[a-z0-9][a-z0-9_-]*$": "lower case letters, digits, hyphens and underscores only",
    r"^[A-Za-z0-9][A-Za-z0-9_.-]*$": "letters, digits, hyphens, underscores and full stops only, with no space",
    r"^[a-z0-9]+(-[a-z0-9]+)*-\d{4}(-\d{2})?(-\d+)?$": "provider and month of the first day, as in rotherham-2012-07",
    r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$": "a year, month or day, as in 2014, 2014-10 or 2014-10-08",
    r"^[0-9a-f]{12,64}$": "12 to 64 digits of a hash: 0 to 9 and a to f, in lower case",
    r"^[a-z_]+(\[[a-z0-9][a-z0-9_-]{0,99}\]|\.[A-Za-z0-9_-]+)*$": "a path such as judgements[2].grade, counted from 0",
    r"^[0-9a-f]{64}$": "the 64 digits of a SHA-256 hash: 0 to 9 and a to f, in lower case",
}
_LONGEST_GUESS = 60


@dataclass(slots=True)
class _Spot:
    """Where a location of the schema leads in the file."""

    path: list[str | int]
    node: Node
    shape: Shape | None
    refused: bool
    #: The last key of the path: its place (None where the file does not have it), the keys that it stands or should
    #: stand among, those that the schema allows there, and those that it would allow in an entry of another sort.
    key_at: int | None = None
    given: Mapping[str, object] = field(default_factory=dict)
    allowed: Mapping[str, Shape] = field(default_factory=dict)
    elsewhere: Sequence[str] = ()


def locate(root: Node, path: Path) -> tuple[int, int | None]:
    """The index of the value at a path, and that of its key where it has one.

    Where the file does not have the whole path, the deepest thing on the way stands for it.
    """
    node, key_at = root, None
    for part in path:
        if isinstance(node, Entries) and part in node.entries:
            key_at, node = node.entries[str(part)]
        elif isinstance(node, Items) and isinstance(part, int) and 0 <= part < len(node.items):
            key_at, node = None, node.items[part]
        else:
            return node.at, None
    return node.at, key_at


def _follow(root: Node, shape: Shape, loc: Sequence[str | int], refused: set[int]) -> _Spot:
    """Walk a location that names the branches of unions as well as keys; branches are no part of the path."""
    spot = _Spot([], root, shape, id(root) in refused)
    open_choice: Shape | None = None
    for part in loc:
        at, node = spot.shape, spot.node
        if at is not None and part in at.branches:
            open_choice = at
            spot.shape = Shape(at.wants, model=at.branches[str(part)])
        elif isinstance(node, Entries) and isinstance(part, str):
            spot.path.append(part)
            spot.given = node.entries
            spot.allowed = fields_of(at.model) if at is not None and at.model is not None else {}
            spot.elsewhere = _branch_keys(open_choice)
            spot.key_at, spot.node = node.entries.get(part, (None, node))
            if spot.key_at is None:
                break
            spot.shape = spot.allowed.get(part) if spot.allowed else at.item if at is not None else None
            open_choice = None
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
            spot.path.append(part)
            spot.key_at, spot.node, spot.shape = None, node.items[part], at.item if at is not None else None
        spot.refused = spot.refused or id(spot.node) in refused
    return spot


def _branch_keys(choice: Shape | None) -> list[str]:
    models: Iterable[type[BaseModel]] = choice.branches.values() if choice is not None else ()
    return list(dict.fromkeys(key for model in models for key in fields_of(model)))


def explain(
    found: Sequence[Mapping[str, Any]], root: Node, shape: Shape, source: Source, refused: set[int]
) -> list[InputError]:
    """Errors for what pydantic found, the first ones in the order of the file; nodes already refused get no more."""
    places = []
    for number, error in enumerate(found):
        spot = _follow(root, shape, error["loc"], refused)
        if not spot.refused and not _follows_from_another(error, spot):
            places.append((_at(error, spot), number))
    out: dict[str, InputError] = {}
    for at, number in sorted(places):
        spot = _follow(root, shape, found[number]["loc"], refused)
        path = dotted(tuple(spot.path))
        if path not in out:
            code, message, hint = _words(found[number], spot)
            out[path] = InputError(code, message, where=source.where(at, path), hint=hint)
        if len(out) > MAX_ERRORS:
            break
    return list(out.values())


def _at(error: Mapping[str, Any], spot: _Spot) -> int:
    return spot.key_at if error["type"] == "extra_forbidden" and spot.key_at is not None else spot.node.at


def _follows_from_another(error: Mapping[str, Any], spot: _Spot) -> bool:
    """Whether an error is only the shadow of one that is told anyway."""
    if error["type"] == "too_short":
        # Entries that are wrong in themselves have not been counted.
        return isinstance(spot.node, Items) and len(spot.node.items) >= error["ctx"]["min_length"]
    # A misspelt key of those that tell entries apart makes an entry look like one of another sort.
    others = [key for key in spot.elsewhere if key not in spot.allowed]
    return error["type"] == "missing" and any(_near(key, others) for key in spot.given if key not in spot.allowed)


def _near(word: str, known: Iterable[str]) -> str | None:
    if len(word) > _LONGEST_GUESS:
        return None
    by_lower = {k.lower(): k for k in known}
    near = get_close_matches(word.lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None


def _words(error: Mapping[str, Any], spot: _Spot) -> tuple[str, str, str]:
    """Code, message and hint for one error."""
    ctx = error.get("ctx") or {}
    typed = spot.node.text if isinstance(spot.node, Scalar) else None
    match error["type"]:
        case "missing":
            key = str(spot.path[-1])
            wanted = spot.allowed[key].words() if key in spot.allowed else "its value"
            return "RG109", f"the key `{key}` is missing here", f"add `{key}:` with {wanted}"
        case "extra_forbidden":
            return _unknown(spot)
        case "literal_error":
            allowed = spot.shape.choices if spot.shape else ()
            near = _near(typed or "", allowed)
            hint = f"did you mean `{near}`?" if near else "write one of them"
            return "RG110", f"{shown(typed or '')} is not one of {', '.join(allowed)}", hint
        case "string_pattern_mismatch":
            pattern = ctx.get("pattern", "")
            fits = PATTERNS.get(pattern, f"text that fits the pattern {pattern}")
            return "RG110", f"{shown(typed or '')} does not fit here", f"write {fits}"
        case "string_too_short" | "too_short":
            least = ctx.get("min_length", 1)
            what = "characters" if error["type"].startswith("string") else "entries"
            message = "nothing is said here" if least == 1 else f"fewer than {least} {what}"
            return "RG110", message, "say something, or take the key out" if least == 1 else "add what is missing"
        case "string_too_long" | "too_long":
            return "RG110", f"longer than {ctx.get('max_length')}", "shorten it"
        case "greater_than_equal":
            return "RG110", f"{typed} is too small", f"write {ctx.get('ge')} or more"
        case "less_than_equal":
            return "RG110", f"{typed} is too large", f"write {ctx.get('le')} or less"
        case "control_character":
            return "RG114", str(error["msg"]), "take it out"
        case "regular_expression":
            return "RG110", str(error["msg"]), "mend the expression, or put a backslash before a literal sign"
        case "value_error" | "assertion_error":
            return "RG110", str(ctx.get("error", error["msg"])), "mend it"
    return "RG110", f"{spot.shape.words() if spot.shape else 'something else'} should stand here", "mend it"


def _unknown(spot: _Spot) -> tuple[str, str, str]:
    word = str(spot.path[-1])
    free = [key for key in spot.allowed if key not in spot.given]
    for known in (free, spot.allowed, spot.elsewhere):
        if near := _near(word, known):
            return "RG108", f"unknown key {shown(word)}", f"did you mean `{near}`?"
    return "RG108", f"unknown key {shown(word)}", f"use one of: {', '.join(free or spot.allowed)}"


def located(problems: Iterable[Problem], root: Node, source: Source) -> Iterator[tuple[Problem, Where]]:
    """Problems with their places: of the key where the key is what is wrong, else of the value."""
    for problem in problems:
        at, key_at = locate(root, problem.path)
        if problem.also is not None:
            other = source.where(locate(root, problem.also)[0])
            line = f"line {other.line}" if other.file == source.name else str(other)
            problem = replace(problem, message=f"{problem.message} ({line})")
        where = key_at if problem.code == "RG108" and key_at is not None else at
        yield problem, source.where(where, dotted(problem.path))
