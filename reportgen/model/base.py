"""What every model shares: frozen, closed, text kept as typed, and problems with a path."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

#: A path into a data file: keys and indexes from the top.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a data file that the schema alone cannot see; ``path`` says where, ``also`` where else."""

    path: Path
    code: str
    message: str
    hint: str = ""
    level: Literal["error", "warning"] = "error"
    also: Path | None = None


class Model(BaseModel):
    """Base of all models: frozen, no unknown keys, keys in the order of the class."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _clean(text: str) -> str:
    if found := _CONTROL.search(text):
        raise PydanticCustomError(
            "control_character",
            "control character U+{code} at character {index}",
            {"code": f"{ord(found[0]):04X}", "index": found.start() + 1},
        )
    return unicodedata.normalize("NFC", text)


#: Text of a report: NFC, no control characters. Emphasis, strong and links are CommonMark; all else is literal.
Str = Annotated[str, AfterValidator(_clean)]
#: Text that must say something.
Words = Annotated[Str, StringConstraints(min_length=1, strip_whitespace=True)]
#: A language as a tag of BCP 47: ``cy``, ``en-GB``.
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
#: A key: lower case letters, digits, hyphens and underscores.
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=100)]
#: A date that may lack its day or month: ``2014``, ``2014-10``, ``2014-10-08``.
PartialDate = Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")]

#: Why a value is not there.
Missing = Literal["not_in_framework", "not_published", "withheld", "not_inspected", "unreadable"]


class Where(Model):
    """A place that a notice is about."""

    file: str | None = None
    page: int | None = None
    line: int | None = None
    paragraph: str | None = None


class Notice(Model):
    """Trouble that need not stop: a code of ``errors.CODES``, the field it is about, a message, a place."""

    code: str
    level: Literal["warning", "info"] = "warning"
    field: str | None = None
    message: Words
    where: Where | None = None


class Evidence(Model):
    """A pointer into the published report: page and line from 1, printed paragraph number, span of characters."""

    page: int | None = None
    line: int | None = None
    paragraph: str | None = None
    start: int | None = None
    end: int | None = None


def letters(text: str) -> str:
    """The letters a to z of a text: NFKD, lower case, everything else removed."""
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", text).lower())


def present(value: Any) -> bool:
    """Whether a value says anything: not None, not an empty collection or string."""
    return value is not None and value not in ("", (), [], {})


def dotted(path: Path) -> str:
    """``("judgements", 2, "grade")`` → ``judgements[2].grade``."""
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else (f".{part}" if out else str(part))
    return out


def months_after(start: date, months: int) -> date:
    """The same day ``months`` later, or the last day of that month where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(start.day, 28))


def duplicates(values: Iterator[tuple[Path, str]], what: str) -> Iterator[Problem]:
    """A problem for each value that was there before."""
    seen: dict[str, Path] = {}
    for path, value in values:
        if value in seen:
            message = f"{what} {value!r} is used twice, first at {dotted(seen[value])}"
            yield Problem(path, "RG112", message, "give each its own", also=seen[value])
        else:
            seen[value] = path
