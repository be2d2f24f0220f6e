"""Models as YAML for people and JSON for programs: the same keys in the order of the model, what says nothing left out.

The YAML is written by this module and not by a library, so that every file looks the way a person would type it (long
text folded, evidence on one line) and still gives back every character. A property test holds it to that.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel

from reportgen.model.base import Evidence
from reportgen.model.inspection import Inspector, Period, Published

#: Columns that a line should not pass; a word, a quoted text or a key may.
WIDTH = 100
_NARROWEST = 40
_LONGEST_KEY = 100
#: Written on one line where they fit; evidence always.
_SHORT = (Evidence, Period, Published, Inspector)
#: First characters that begin something else than text, and words that mean something else to some reader of YAML.
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`=<~.+ ")
_OTHER_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"))
_NUMBER_LIKE = re.compile(r"[0-9][0-9a-fA-FxXoO_,.:eE+-]*|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[Tt ].*")
_NOT_BARE = re.compile(r"[\t\n]|: | #|:$")
_NOT_BARE_IN_LINE = re.compile(r"[,\[\]{}:#]")
#: Control, format and private characters and line separators: escaped, so that nobody has to guess at them.
_HIDDEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f"
    "\\ud800-\\uf8ff\\ufeff\\ufff0-\\ufffb\\ufffe\\uffff\\U000e0000-\\U0010ffff]"
)
#: A place to break a line: one space between two characters that are none.
_BREAK = re.compile(r"(?<=\S) (?=\S)")


class _Line(dict[str, Any]):
    """Keys with values that are written on one line: ``always``, or where they fit."""

    always = False


class _AlwaysLine(_Line):
    always = True


def tree(value: Any) -> Any:
    """Plain values of a model, ready to write: what is at its default is left out, dates stay dates.

    Kept although they may be at their default: the ``format`` line, and the ``grade`` of a judgement that has none,
    beside the reason in ``missing``.
    """
    if isinstance(value, BaseModel):
        short = isinstance(value, _SHORT)
        out: dict[str, Any] = (_AlwaysLine() if isinstance(value, Evidence) else _Line()) if short else {}
        fields = type(value).model_fields
        for name, info in fields.items():
            item = getattr(value, name)
            kept = name == "format" or (name == "grade" and "missing" in fields)
            if kept or info.is_required() or item != info.get_default(call_default_factory=True):
                out[info.alias or name] = tree(item)
        return out
    if isinstance(value, Mapping):
        return {str(key): tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tree(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} cannot be written")
    if value is None or isinstance(value, str | int | float | date):
        return value
    raise TypeError(f"{type(value).__name__} cannot be written")


def to_json(value: Any) -> str:
    """JSON text, indented by two, every character as itself."""
    return json.dumps(tree(value), indent=2, ensure_ascii=False, allow_nan=False, default=date.isoformat) + "\n"


def to_yaml(value: Any, schema: str | None = None) -> str:
    """YAML text in block style; ``schema`` becomes the first line, which tells editors how to check the file."""
    out: list[str] = []
    if schema is not None:
        out.append(f"# yaml-language-server: $schema={' '.join(schema.split())}")
    plain = tree(value)
    if isinstance(plain, dict) and plain:
        _keys(plain, 0, out)
    elif isinstance(plain, list) and plain:
        _items(plain, 0, out)
    else:
        out.append(in_line(plain))
    return "\n".join(out) + "\n"


def _keys(value: dict[str, Any], indent: int, out: list[str]) -> None:
    pad = " " * indent
    for key, item in value.items():
        name = scalar(key, inside=True)
        if len(name) > _LONGEST_KEY:
            # Readers look for the colon of a plain key only so far.
            out.append(f"{pad}? {name}")
            name = ""
        _value(f"{pad}{name}:", item, indent, out)


def _items(value: list[Any], indent: int, out: list[str]) -> None:
    pad = " " * indent
    for item in value:
        if isinstance(item, dict | list) and item and not _fits(item, indent + 2):
            start = len(out)
            (_keys if isinstance(item, dict) else _items)(item, indent + 2, out)  # type: ignore[arg-type]
            out[start] = f"{pad}- {out[start][indent + 2 :]}"
        else:
            _value(f"{pad}-", item, indent, out)


def _value(head: str, value: Any, indent: int, out: list[str]) -> None:
    if isinstance(value, dict | list) and value and not _fits(value, len(head) + 1):
        out.append(head)
        (_keys if isinstance(value, dict) else _items)(value, indent + 2, out)  # type: ignore[arg-type]
    elif isinstance(value, str):
        _text(head, value, indent + 2, out)
    else:
        out.append(f"{head} {in_line(value)}")


def _fits(value: dict[str, Any] | list[Any], column: int) -> bool:
    """Whether a list or keys with values are written on one line, from a column on."""
    if isinstance(value, dict):
        if not isinstance(value, _Line):
            return False
        if value.always:
            return True
    elif not all(isinstance(v, _Line) or _is_word(v) for v in value):
        return False
    return column + len(in_line(value)) <= WIDTH


def _is_word(value: Any) -> bool:
    return not any(c in value for c in " \n") if isinstance(value, str) else not isinstance(value, dict | list)


def in_line(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k, inside=True)}: {in_line(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(in_line, value)) + "]"
    return scalar(value, inside=True)


def scalar(value: Any, *, inside: bool = False) -> str:
    """A single value on one line; ``inside`` brackets, braces or as a key, where fewer characters can stand bare."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return repr(value)
    visible = _visible(value)
    bare = value == value.strip() and not _NOT_BARE.search(value) and not (inside and _NOT_BARE_IN_LINE.search(value))
    if visible and bare and not _looks_other(value):
        return value
    if visible and re.search(r"[\"\\]", value) and not re.search(r"[\t\n]", value):
        return "'" + value.replace("'", "''") + "'"
    return _HIDDEN.sub(_escape, json.dumps(value, ensure_ascii=False))


def _looks_other(text: str) -> bool:
    """Whether bare text would be taken for something else: nothing, a number, a date, a piece of YAML."""
    return text[:1] in _INDICATORS or not text or text.lower() in _OTHER_WORDS or bool(_NUMBER_LIKE.fullmatch(text))


def _visible(text: str) -> bool:
    """Whether every character shows as itself in an editor: no control or format characters, no odd line ends."""
    return _HIDDEN.search(text) is None


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def _text(head: str, text: str, indent: int, out: list[str]) -> None:
    """Text after a key or a hyphen: on the same line, or folded or kept line by line below it, or in quotes."""
    same = scalar(text)
    whole = text != "" and text == text.strip() and "\t" not in text and _visible(text)
    lines = text.split("\n")
    pad = " " * indent
    if len(lines) > 1 and whole and all(line == line.strip() for line in lines):
        out.append(f"{head} |-")
        out.extend(f"{pad}{line}" if line else "" for line in lines)
    elif len(head) + 1 + len(same) > WIDTH and whole and len(lines) == 1:
        out.append(f"{head} >-")
        out.extend(pad + line for line in _folded(text, max(WIDTH - indent, _NARROWEST)))
    else:
        out.append(f"{head} {same}")


def _folded(text: str, width: int) -> list[str]:
    words = _BREAK.split(text)
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
