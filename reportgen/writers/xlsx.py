"""Sheets -> workbook. Every text is written as text: none becomes a formula, a link or a number."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from reportgen.document import Sheet, SheetValue
from reportgen.files import metadata_date

#: What a cell can hold; a longer text goes on in the cell below.
_LONGEST = 32_767
_WIDEST, _NARROWEST = 60, 9


def write(sheets: Sequence[Sheet], *, title: str = "", date: str | None = None) -> bytes:
    """The sheets as an .xlsx: header row frozen, filterable and on every printed page, long texts wrapped.

    Each sheet is one of Excel's tables, which tells those who cannot see it which cells are headers.

    Args:
        sheets: at least one; titles are cut to the 31 characters that a sheet's name may have.
        title: the title of the file.
        date: the ISO date of the file; None: that of ``metadata_date``, so that the same sheets give the same bytes.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "nan_inf_to_errors": False, **safe})
    book.set_properties({"title": title, "author": "reportgen", "created": metadata_date(date).replace(tzinfo=None)})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#EEF3F8"})
    cell = book.add_format({"text_wrap": True, "valign": "top"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.title[:31])
        for at, name in enumerate(sheet.columns):
            page.write_string(0, at, name, head)
        rows = [line for row in sheet.rows for line in _lines(row)]
        for n, row in enumerate(rows, 1):
            for at, value in enumerate(row):
                _put(page, n, at, value, cell)
        for at, name in enumerate(sheet.columns):
            longest = max((len(str(row[at])) for row in rows if row[at] is not None), default=0)
            page.set_column(at, at, min(_WIDEST, max(_NARROWEST, len(name) + 2, longest + 1)))
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        last = len(sheet.columns) - 1
        if rows and len({name.casefold() for name in sheet.columns}) > last and all(sheet.columns):
            columns = [{"header": name, "header_format": head} for name in sheet.columns]
            page.add_table(0, 0, len(rows), last, {"columns": columns, "style": None})
        elif rows:
            # a table cannot have two columns of one name
            page.autofilter(0, 0, len(rows), last)
    book.close()
    return buffer.getvalue()


def _put(page: Any, row: int, column: int, value: SheetValue, cell: Any) -> None:
    if isinstance(value, bool):
        page.write_boolean(row, column, value, cell)
    elif isinstance(value, int | float):
        page.write_number(row, column, value, cell)
    elif value is not None:
        page.write_string(row, column, value, cell)


def _lines(row: Sequence[SheetValue]) -> Iterator[Sequence[SheetValue]]:
    """A row, and further ones under it where a text is longer than a cell."""
    while True:
        yield [value[:_LONGEST] if isinstance(value, str) else value for value in row]
        row = [value[_LONGEST:] or None if isinstance(value, str) else None for value in row]
        if not any(row):
            return
