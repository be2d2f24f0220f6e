"""A collection as tables in files: CSV with a description of the data, a workbook, or an SQLite database.

The same collection gives the same bytes. Providers are read one after the other, and their rows written at once.
"""

from __future__ import annotations

import io
import json
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from reportgen import collection, files
from reportgen.api import Finding
from reportgen.errors import InputError, ReportgenError, UsageFault
from reportgen.history import build_history
from reportgen.matching import Options
from reportgen.tables import Column, Counting, Row, Table, rows_of, tables
from reportgen.writers import csv

#: Formats of an export.
FORMATS = ("csv", "xlsx", "sqlite")
_SQL = {"text": "TEXT", "integer": "INTEGER", "number": "REAL", "date": "TEXT", "boolean": "INTEGER"}
#: Columns that lead to another table: (table, column) -> (table, column).
_REFERENCES = {
    ("inspections", "provider"): ("providers", "provider"),
    ("judgements", "inspection"): ("inspections", "inspection"),
    ("recommendations", "inspection"): ("inspections", "inspection"),
    ("recommendations", "thread"): ("threads", "thread"),
    ("threads", "provider"): ("providers", "provider"),
    ("cells", "thread"): ("threads", "thread"),
    ("cells", "inspection"): ("inspections", "inspection"),
    ("paragraphs", "inspection"): ("inspections", "inspection"),
    ("facts", "inspection"): ("inspections", "inspection"),
    ("events", "provider"): ("providers", "provider"),
    ("notices", "provider"): ("providers", "provider"),
    ("latest", "provider"): ("providers", "provider"),
    ("summary", "provider"): ("providers", "provider"),
    ("steps", "provider"): ("providers", "provider"),
}
_SEARCHED = {"paragraphs": ("section", "text"), "recommendations": ("heading", "text")}
_TITLE = "Published inspections as tables"
#: What a cell of a workbook can hold.
_LONGEST = 32_767
#: What a sheet can hold, its header left out.
_MOST_ROWS = 1_048_575


class Sink(Protocol):
    """What takes rows and gives files."""

    def add(self, table: Table, row: Row) -> None:
        """Take one row."""

    def finish(self) -> dict[str, bytes]:
        """The files by name; of one file, the name is empty."""


def export(
    paths: Sequence[Path], form: str, *, as_of: date | None = None, since: int | None = None, lexicon: str = "profile"
) -> tuple[dict[str, bytes], list[Finding], list[ReportgenError], dict[str, int]]:
    """Export a collection.

    Args:
        paths: data files, reports, and folders of data files.
        form: one of ``FORMATS``.
        as_of: as for ``build_history``.
        since: likewise.
        lexicon: as for ``compare``.

    Returns:
        The files by name (one file has the name ""), findings, what could not be read, and the rows of each table.

    Raises:
        InputError: nothing could be read.
        UsageFault: there is no inspection (RG507).
    """
    groups, unread = collection.providers(paths)
    errors: list[ReportgenError] = list(unread)
    findings: list[Finding] = []
    counting = Counting()
    counts = dict.fromkeys(tables(), 0)
    with closing(_sink(form)) as sink:
        for group in groups:
            loaded = collection.load(group)
            errors += loaded.errors
            findings += loaded.findings
            if not loaded.inspections:
                continue
            try:
                history = build_history(
                    loaded.inspections,
                    decisions=loaded.decisions,
                    events=loaded.events,
                    as_of=as_of,
                    since=since,
                    options=Options(lexicon=lexicon),
                    mentions=False,
                )
            except ReportgenError as error:
                errors.append(error)
                continue
            for name, row in rows_of(group.slug, loaded.inspections, history, counting):
                sink.add(tables()[name], row)
                counts[name] += 1
        for name, row in counting.rows():
            sink.add(tables()[name], row)
            counts[name] += 1
        if not counts["providers"]:
            raise errors[0] if errors else InputError("RG103", "nothing could be read")
        return sink.finish(), findings, errors, counts


def _sink(form: str) -> Any:
    return {"csv": _Csv, "xlsx": _Xlsx, "sqlite": _Sqlite}[form]()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


class _Csv:
    """One file a table, with a description in the form of a Tabular Data Package."""

    def __init__(self) -> None:
        self.files = {name: io.StringIO() for name in tables()}
        for name, table in tables().items():
            self.files[name].write("\ufeff" + csv.line([c.name for c in table.columns]))

    def add(self, table: Table, row: Row) -> None:
        self.files[table.name].write(csv.line([_plain(v) for v in table.cells(row)]))

    def finish(self) -> dict[str, bytes]:
        made = {f"{name}.csv": file.getvalue().encode("utf-8") for name, file in self.files.items()}
        made["datapackage.json"] = (json.dumps(_package(), indent=2, ensure_ascii=False) + "\n").encode("utf-8")
        return made

    def close(self) -> None:
        """Nothing to close."""


def _package() -> dict[str, Any]:
    kinds = {"text": "string"}
    resources = []
    for name, table in tables().items():
        fields = [{"name": c.name, "type": kinds.get(c.type, c.type), "description": c.about} for c in table.columns]
        foreign = [
            {"fields": column, "reference": {"resource": there[0], "fields": there[1]}}
            for (own, column), there in _REFERENCES.items()
            if own == name
        ]
        schema = {"fields": fields, "primaryKey": list(table.key), "foreignKeys": foreign, "missingValues": [""]}
        about = {"name": name, "path": f"{name}.csv", "description": table.about, "encoding": "utf-8"}
        resources.append({**about, "profile": "tabular-data-resource", "schema": schema})
    return {"name": "reportgen-export", "title": _TITLE, "profile": "tabular-data-package", "resources": resources}


class _Xlsx:
    """One sheet a table, after one that says what every column holds."""

    def __init__(self) -> None:
        import xlsxwriter

        self.buffer = io.BytesIO()
        safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.folder = tempfile.TemporaryDirectory()
        settings = {"constant_memory": True, "tmpdir": self.folder.name, "default_date_format": "yyyy-mm-dd", **safe}
        self.book = xlsxwriter.Workbook(self.buffer, settings)
        created = files.metadata_date(None).replace(tzinfo=None)
        self.book.set_properties({"title": _TITLE, "author": "reportgen", "created": created})
        self.head = self.book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF3F8"})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.at: dict[str, int] = {}
        self.done = False
        about = Table("columns", "", (), tuple(Column(n, "text", "") for n in ("table", "column", "type", "about")))
        self.sheets = {about.name: self._sheet(about)}
        for table in tables().values():
            self.add(about, {"table": table.name, "about": table.about})
            for c in table.columns:
                self.add(about, {"table": table.name, "column": c.name, "type": c.type, "about": c.about})
        for name, table in tables().items():
            self.sheets[name] = self._sheet(table)

    def _sheet(self, table: Table) -> Any:
        page = self.book.add_worksheet(table.name)
        for at, column in enumerate(table.columns):
            wide = 60 if column.name in ("text", "message", "reason", "about", "title") else 18
            page.set_column(at, at, wide)
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        for at, column in enumerate(table.columns):
            page.write_string(0, at, column.name, self.head)
        self.at[table.name] = 0
        return page

    def add(self, table: Table, row: Row) -> None:
        cells = table.cells(row)
        while any(value is not None for value in cells):
            self.at[table.name] += 1
            if self.at[table.name] > _MOST_ROWS:
                message = f"more than {_MOST_ROWS:,} rows of {table.name}, which no sheet can hold"
                raise UsageFault("RG506", message, hint="export to sqlite or csv, or fewer providers at a time")
            rest: list[Any] = []
            for n, value in enumerate(cells):
                self._put(self.sheets[table.name], self.at[table.name], n, value)
                # a longer text goes on in the row below, under a row that is otherwise empty
                rest.append(value[_LONGEST:] or None if isinstance(value, str) else None)
            cells = tuple(rest)

    def _put(self, page: Any, row: int, column: int, value: Any) -> None:
        if isinstance(value, bool):
            page.write_boolean(row, column, value)
        elif isinstance(value, int | float):
            page.write_number(row, column, value)
        elif isinstance(value, date):
            page.write_datetime(row, column, value, self.day)
        elif value is not None:
            page.write_string(row, column, value[:_LONGEST])

    def finish(self) -> dict[str, bytes]:
        for name, page in self.sheets.items():
            if self.at[name]:
                last = 3 if name == "columns" else len(tables()[name].columns) - 1
                page.autofilter(0, 0, self.at[name], last)
        self.book.close()
        self.done = True
        return {"": self.buffer.getvalue()}

    def close(self) -> None:
        if not self.done:
            # what was given up half way still holds a file for each sheet
            self.book.close()
        self.folder.cleanup()


class _Sqlite:
    """A database with keys, a table that says what every column holds, and full text search."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "export.sqlite"
        self.base = sqlite3.connect(self.path, isolation_level=None)
        self.base.execute("PRAGMA page_size = 4096")
        self.base.execute("PRAGMA journal_mode = OFF")
        self.base.execute("PRAGMA synchronous = OFF")
        self.base.execute("BEGIN")
        self.insert: dict[str, str] = {}
        for table in tables().values():
            columns = [f'"{c.name}" {_SQL[c.type]}' for c in table.columns]
            keys = ", ".join(f'"{name}"' for name in table.key)
            unique = f"PRIMARY KEY ({keys})"
            if table.name in _SEARCHED:
                # the search finds rows by their number, which must stay whatever is done to the file
                columns.append('"row" INTEGER PRIMARY KEY')
                unique = f"UNIQUE ({keys})"
            links = [
                f'FOREIGN KEY ("{column}") REFERENCES "{there[0]}" ("{there[1]}")'
                for (own, column), there in _REFERENCES.items()
                if own == table.name
            ]
            self.base.execute(f'CREATE TABLE "{table.name}" ({", ".join((*columns, unique, *links))})')
            named = ", ".join(f'"{c.name}"' for c in table.columns)
            marks = ", ".join("?" * len(table.columns))
            self.insert[table.name] = f'INSERT INTO "{table.name}" ({named}) VALUES ({marks})'  # noqa: S608 -- names of ours
        self.base.execute('CREATE TABLE "columns" ("table" TEXT, "column" TEXT, "type" TEXT, "about" TEXT)')
        for table in tables().values():
            rows = [
                (table.name, None, None, table.about),
                *((table.name, c.name, c.type, c.about) for c in table.columns),
            ]
            self.base.executemany('INSERT INTO "columns" VALUES (?, ?, ?, ?)', rows)

    def add(self, table: Table, row: Row) -> None:
        self.base.execute(self.insert[table.name], [_plain(v) for v in table.cells(row)])

    def finish(self) -> dict[str, bytes]:
        for own, column in _REFERENCES:
            if tables()[own].key[0] != column:
                self.base.execute(f'CREATE INDEX "{own}_{column}" ON "{own}" ("{column}")')
        for name, columns in _SEARCHED.items():
            listed = ", ".join(columns)
            settings = f"content=\"{name}\", content_rowid='row', tokenize='unicode61'"
            self.base.execute(f"CREATE VIRTUAL TABLE {name}_search USING fts5({listed}, {settings})")
            self.base.execute(f"INSERT INTO {name}_search({name}_search) VALUES ('rebuild')")  # noqa: S608 -- names of ours
        self.base.execute("COMMIT")
        self.base.close()
        return {"": self.path.read_bytes()}

    def close(self) -> None:
        self.base.close()
        self.folder.cleanup()
