"""Rows -> CSV: UTF-8 with a mark, so that spreadsheets read it as such; the rest as RFC 4180 has it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def line(values: Sequence[Any]) -> str:
    """One line, its end included.

    A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers.
    """
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_cell(value) for value in values])
    return out.getvalue()


def write(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A whole file: the names of the columns, then the rows."""
    return ("\ufeff" + line(columns) + "".join(line(row) for row in rows)).encode("utf-8")


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_DANGEROUS) else value
    return value
