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
)

#: Where nothing can be corrected: what names the inspection, and what is said about it rather than by it.
_FIXED = ("format", "id", "corrections", "checked", "notices", "source")


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
        for i, correction in mine:
            try:
                there = _put(tree, correction)
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
                errors = [_placed(e, decisions, _cause(e, mine), "now") for e in several.errors]
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


def _cause(error: InputError, mine: list[tuple[int, Correction]]) -> int:
    """The correction that an error comes from: the one that shares the longest beginning of the path with it."""

    def shared(correction: Correction) -> int:
        one, two = _parts(correction.field), _parts(error.where.field or "")
        return next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))

    return max(mine, key=lambda entry: shared(entry[1]))[0]


def _parts(field: str) -> list[str | int]:
    return [int(index) if index else name for index, name in re.findall(r"\[(\d+)\]|([^.\[\]]+)", field)]


def _put(tree: dict[str, Any], correction: Correction) -> str | None:
    """Put the new value in place; what is wrong where another value stands there than the one to be replaced."""
    parts = _parts(correction.field)
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
