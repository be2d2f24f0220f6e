"""What people corrected in imported data: applied to an inspection when it is loaded, and carried by it from then on.

Corrections stand in ``decisions.yaml``, so that they survive every new import. Each names an inspection by its id, a
field by its path, and the value that it replaces: where the inspection holds another value, the correction no longer
fits, is not applied, and says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from reportgen import data_files
from reportgen.errors import NOWHERE, InputError, InputErrors
from reportgen.model import (
    CheckedBy,
    Corrected,
    Correction,
    Decisions,
    Inspection,
    Notice,
    Where,
    dotted,
    inconsistencies,
    present,
    text_sha,
)

#: Where nothing can be corrected: what names the inspection, and what is said about it rather than by it.
_FIXED = ("format", "id", "corrections", "checked", "notices", "source")
#: A path in pieces: keys, and positions in lists.
_Path = list[str | int]


def corrected(
    inspection: Inspection, decisions: data_files.Loaded[Decisions], *, checks: Iterable[data_files.Check] = ()
) -> Inspection:
    """Give an inspection with the corrections and the checks by people that a decisions file holds for it.

    Args:
        inspection: as its own file or its report has it.
        decisions: the file, with the places of its entries; entries about other inspections are passed over.
        checks: further checks that the corrected inspection has to pass, such as those against its framework.

    Returns:
        The inspection. ``corrections`` lists those that hold (one whose value is there already too), ``checked`` who
        read the data against the report; ``notices`` has a warning RG116 for each that was not applied, because the
        value is neither the one that it replaces nor the one that it gives.

    Raises:
        InputErrors: a correction names a field that is not there (RG113) or that cannot be corrected (RG116), or makes
            the inspection wrong (the codes of data files); each at the place of the correction.
    """
    file = decisions.value
    mine = [(i, c) for i, c in enumerate(file.corrections) if c.inspection == inspection.id]
    checked = tuple(CheckedBy(by=c.by, on=c.on) for c in file.checked if c.inspection == inspection.id)
    made = inspection
    applied: list[Corrected] = []
    notices: list[Notice] = []
    if mine:
        tree = inspection.model_dump(mode="json", by_alias=True)
        errors: list[InputError] = []
        # entries are named by what they are before anything is corrected; a text may have been corrected long ago
        as_read = inspection.model_dump(mode="json", by_alias=True)
        again = {text_sha(str(c.was)): text_sha(str(c.now)) for _, c in mine if c.field.endswith(".text")}
        paths: dict[int, _Path] = {}
        for i, correction in mine:
            try:
                path = _resolved(as_read, _parts(correction.field), again)
                there = path if isinstance(path, str) else _put(tree, correction, path)
                paths[i] = [] if isinstance(path, str) else path
            except InputError as error:
                errors.append(_placed(error, decisions, i, "field"))
                continue
            if there is None:
                applied.append(Corrected(**correction.model_dump(exclude={"inspection"})))
            else:
                line = decisions.where(("corrections", i, "was")).line
                message = f"the correction by {correction.by} of {correction.on} is not applied: {there}"
                place = Where(file="decisions.yaml", line=line)
                notices.append(Notice(code="RG116", field=correction.field, message=message, where=place))
        if not errors and applied:
            try:
                made = _checked(tree, checks)
            except InputErrors as several:
                errors = [_placed(e, decisions, _cause(e, paths), "now") for e in several.errors]
        if errors:
            raise InputErrors(errors)
    return made.model_copy(
        update={
            "corrections": _joined(made.corrections, applied),
            "checked": _joined(made.checked, checked),
            "notices": (*made.notices, *notices),
        }
    )


def _checked(tree: dict[str, Any], checks: Iterable[data_files.Check]) -> Inspection:
    # by way of text, so that what a person typed means what it would mean in the inspection's own file
    text = json.dumps(tree, ensure_ascii=False)
    return data_files.loads(text, Inspection, name="corrected.json", checks=(inconsistencies, *checks)).value


def _joined(one: tuple[Any, ...], other: Iterable[Any]) -> tuple[Any, ...]:
    return (*one, *(entry for entry in other if entry not in one))


def _placed(error: InputError, decisions: data_files.Loaded[Decisions], i: int, key: str) -> InputError:
    """The same error at the place of the correction that it comes from."""
    field = decisions.value.corrections[i].field
    said = f"{error.where.field}: {error.message}" if error.where.field not in (None, field) else error.message
    where = decisions.where(("corrections", i, key))
    return InputError(error.code, f"correction of {field}: {said}", where=where, hint=error.hint)


def _cause(error: InputError, paths: Mapping[int, _Path]) -> int:
    """The correction that an error comes from: the one that shares the longest beginning of the path with it."""
    two = _parts(error.where.field or "")

    def shared(path: _Path) -> int:
        both = enumerate(zip(path, two, strict=False))
        return next((n for n, (a, b) in both if a != b), min(len(path), len(two)))

    return max(paths, key=lambda i: shared(paths[i]))


# -- paths -----------------------------------------------------------------------------------------------------------


def place_of(field: str, tree: dict[str, Any]) -> str:
    """The path of a field with its entries counted from 0, whatever names them; itself where they name nothing."""
    try:
        path = _resolved(tree, _parts(field), {})
    except InputError:
        return field
    return field if isinstance(path, str) else dotted(tuple(path))


def _parts(field: str) -> _Path:
    """The keys and positions of a path; a name in brackets keeps its brackets."""
    parts: _Path = []
    for index, name, key in re.findall(r"\[(\d{1,6})\]|(\[[^\]]+\])|([^.\[\]]+)", field):
        parts.append(int(index) if index else name or key)
    return parts


def _resolved(tree: dict[str, Any], parts: _Path, again: Mapping[str, str]) -> _Path | str:
    """A path with the names of entries as their positions."""
    out: _Path = []
    holder: Any = tree
    for part in parts:
        if isinstance(part, str) and part.startswith("["):
            name = part[1:-1]
            found = _named(holder, name, again) if isinstance(holder, list) else []
            if len(found) > 1:
                return f"{len(found)} entries are called {name!r}"
            if not found and _SHA.fullmatch(name):
                return f"no entry has the text whose letters hash to {name}"
            if not found:
                hint = "name the area of a judgement, the key of a fact, or the hash of the letters of a text"
                raise InputError("RG113", f"there is no entry {name!r}", where=NOWHERE, hint=hint)
            part = found[0]
        out.append(part)
        holder = holder.get(part) if isinstance(holder, dict) else _at(holder, part)
    return out


def _at_path(tree: Any, path: _Path) -> Any:
    for part in path:
        tree = tree.get(part) if isinstance(tree, dict) else _at(tree, part)
    return tree


def _at(holder: Any, part: str | int) -> Any:
    return holder[part] if isinstance(holder, list) and isinstance(part, int) and part < len(holder) else None


_SHA = re.compile(r"[0-9a-f]{12,64}")


def _named(entries: list[Any], name: str, again: Mapping[str, str]) -> list[int]:
    """Where the entries stand that a name means: by their area or key, or by the hash of the letters of their text."""

    def means(entry: Any) -> bool:
        if not isinstance(entry, dict):
            return False
        if name in (entry.get("area"), entry.get("key")):
            return True
        sha = text_sha(entry["text"]) if _SHA.fullmatch(name) and entry.get("text") else ""
        return sha.startswith(name) or any(now == sha and was.startswith(name) for was, now in again.items())

    return [i for i, entry in enumerate(entries) if means(entry)]


def _moved(tree: dict[str, Any], path: _Path, text: str) -> _Path | None:
    """Where the one text under the same part of an inspection stands that is the one to be replaced; None without."""
    found: list[_Path] = []

    def look(value: Any, here: _Path) -> None:
        if isinstance(value, dict):
            if value.get("text") == text:
                found.append([*here, "text"])
            for key, inner in value.items():
                look(inner, [*here, key])
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                look(inner, [*here, index])

    look(tree.get(str(path[0])), path[:1])
    return found[0] if len(found) == 1 else None


def _put(tree: dict[str, Any], correction: Correction, parts: _Path) -> str | None:
    """Put the new value in place; what is wrong where another value stands there than the one to be replaced."""
    if parts[-1] == "text" and isinstance(correction.was, str) and _at_path(tree, parts) != correction.now:
        # a new import may have put the same words elsewhere
        found = _moved(tree, parts, correction.was)
        if found is None and _at_path(tree, parts) is None:
            return f"no text reads {_short(correction.was)}, or more than one does"
        parts[:] = found or parts
    if parts[0] in _FIXED:
        raise InputError("RG116", "this cannot be corrected", where=NOWHERE, hint=f"never correct {', '.join(_FIXED)}")
    holder: Any = tree
    for n, part in enumerate(parts, 1):
        last = n == len(parts)
        if not _holds(holder, part, new=last):
            hint = "name what the inspection has, counted from 0, or correct the whole that it is in"
            raise InputError("RG113", f"there is no {dotted(tuple(parts[:n]))}", where=NOWHERE, hint=hint)
        if not last:
            holder = holder[part]
    current = holder.get(part) if isinstance(holder, dict) else (holder[int(part) : int(part) + 1] or [None])[0]
    if _same(current, correction.now):
        return None
    if not _same(current, correction.was):
        was, now, here = (_short(v) for v in (correction.was, correction.now, current))
        return f"it replaces {was} by {now}, and the value is {here}"
    if isinstance(holder, dict):
        holder[part] = correction.now
        if correction.now is None and parts[0] == "missing":
            del holder[part]
    else:
        holder[int(part) : int(part) + 1] = [] if correction.now is None else [correction.now]
    return None


def _holds(holder: Any, part: str | int, *, new: bool) -> bool:
    """Whether something has a place for a key or an index; ``new``: one that is still free will do."""
    if isinstance(holder, dict):
        return isinstance(part, str) and (new or part in holder)
    return isinstance(holder, list) and isinstance(part, int) and part < len(holder) + new


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _same(here: Any, given: Any) -> bool:
    """Whether a value is the one that a person wrote down: keys that they left out do not count, nor do quotes."""
    if isinstance(here, Mapping) and isinstance(given, Mapping):
        return all(_same(here.get(key), value) for key, value in given.items())
    if isinstance(here, list) and isinstance(given, list):
        return len(here) == len(given) and all(map(_same, here, given))
    if not present(here) or not present(given):
        return not present(here) and not present(given)
    return _text(here) == _text(given)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
