"""``export``: tidy tables that add up, in three formats, the same bytes again, and no formula in any of them."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reportgen import api, collection, exporting
from reportgen.errors import UsageFault
from reportgen.tables import record_of, tables
from reportgen.writers import csv as csv_writer
from tests.support.command import run_here
from tests.support.examples import INSPECTIONS, ROOT


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    for name in ("tables", "tables.xlsx", "tables.sqlite"):
        done = run_here("-q", "export", INSPECTIONS, "-o", folder / name)
        assert done.code == 0, done.err
    return folder


def read_csv(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / f"{name}.csv").read_bytes().decode("utf-8-sig"))))


def query(made: Path, sql: str) -> list[Any]:
    base = sqlite3.connect(made / "tables.sqlite")
    try:
        return base.execute(sql).fetchall()
    finally:
        base.close()


def test_three_formats_hold_the_same_rows(made: Path) -> None:
    book = openpyxl.load_workbook(made / "tables.xlsx", read_only=True)
    for name, table in tables().items():
        rows = read_csv(made / "tables", name)
        assert list(rows[0] if rows else []) in ([], [c.name for c in table.columns])
        assert query(made, f'SELECT count(*) FROM "{name}"') == [(len(rows),)]
        sheet = list(book[name].iter_rows(values_only=True))
        assert sheet[0] == tuple(c.name for c in table.columns)
        assert len(sheet) - 1 == len(rows)
        keys = [tuple(row[k] for k in table.key) for row in rows]
        assert len(set(keys)) == len(keys), name
    book.close()


def test_rows_are_those_of_the_data(made: Path) -> None:
    groups, _ = collection.providers([INSPECTIONS])
    inspections = [i for g in groups for i in collection.load(g).inspections]
    told = {row["inspection"]: row for row in read_csv(made / "tables", "inspections")}
    assert told.keys() == {i.id for i in inspections}
    texts = Counter(row["inspection"] for row in read_csv(made / "tables", "recommendations"))
    grades = {
        (r["inspection"], r["area"]): (r["grade"], r["grade_missing"]) for r in read_csv(made / "tables", "judgements")
    }
    for i in inspections:
        assert texts[i.id] == len(i.recommendations) == int(told[i.id]["recommendations"])
        for j in i.judgements:
            assert grades[i.id, j.area] == (j.grade or "", j.missing or "")
    text = next(r["text"] for r in read_csv(made / "tables", "recommendations") if r["recommendation"] == "R2")
    assert any(r.text == text for i in inspections for r in i.recommendations)


def test_counts_add_up(made: Path) -> None:
    for row in read_csv(made / "tables", "summary"):
        parts = ("open_stated", "open_not_stated", "open_undecided", "closed")
        assert sum(int(row[p]) for p in parts) == int(row["threads"])
        (name,) = [g for g in collection.providers([INSPECTIONS])[0] if g.slug == row["provider"]]
        loaded = collection.load(name)
        history = api.build_history(loaded.inspections, decisions=loaded.decisions, events=loaded.events)
        assert int(row["closed"]) == sum(record_of(t) == "closed" for t in history.threads)
        assert int(row["inspections"]) + int(row["visits"]) == len(history.inspections)
    along = {
        (r["earlier_inspection"], r["earlier_area"], r["inspection"], r["area"])
        for r in read_csv(made / "tables", "steps")
        if r["kind"] == "along"
    }
    counted = sum(int(r["count"]) for r in read_csv(made / "tables", "transitions"))
    assert counted == len(along)
    outcomes = {r["outcome"] for r in read_csv(made / "tables", "transitions")}
    assert {"improved", "declined", "maintained", "not_comparable", "not_inspected"} <= outcomes


def test_the_summary_of_rotherham_by_hand(made: Path) -> None:
    (row,) = [r for r in read_csv(made / "tables", "summary") if r["provider"] == "rotherham"]
    told = {k: row[k] for k in ("latest", "overall", "overall_previous", "overall_direction", "overall_comparability")}
    assert told == {
        "latest": "rotherham-2025-11",
        "overall": "Outstanding",
        "overall_previous": "Good",
        "overall_direction": "improved",
        "overall_comparability": "same",
    }
    assert (row["started"], row["published"]) == ("2025-11-03", "2025-12-16")
    areas = {r["area"]: r["direction"] for r in read_csv(made / "tables", "latest") if r["provider"] == "rotherham"}
    assert areas["care-leavers"] == "maintained"


def test_the_database_holds_together_and_can_be_searched(made: Path) -> None:
    assert query(made, "PRAGMA foreign_key_check") == []
    assert query(made, "PRAGMA integrity_check") == [("ok",)]
    found = query(
        made,
        "SELECT inspection FROM paragraphs WHERE row IN "
        "(SELECT rowid FROM paragraphs_search WHERE paragraphs_search MATCH 'supervision')",
    )
    assert ("ashmere-2018-10",) in found
    assert query(made, "SELECT count(*) FROM columns")[0][0] == sum(len(t.columns) + 1 for t in tables().values())


def test_the_description_fits_the_files(made: Path) -> None:
    package = json.loads((made / "tables" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        with (made / "tables" / resource["path"]).open(encoding="utf-8-sig", newline="") as file:
            assert next(csv.reader(file)) == [f["name"] for f in resource["schema"]["fields"]]


def test_the_same_collection_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    for form in exporting.FORMATS:
        one, two = (exporting.export([INSPECTIONS], form)[0] for _ in range(2))
        assert one == two
    assert (made / "tables.sqlite").read_bytes() == exporting.export([INSPECTIONS], "sqlite")[0][""]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_text_becomes_a_formula(text: str) -> None:
    assert csv_writer.line([text, -3, None, True]).replace('"', "") == f"'{text},-3,,true\r\n"


def test_dangerous_and_long_texts_come_out_whole(tmp_path: Path) -> None:
    source = (INSPECTIONS / "ashmere" / "ashmere-2018-10.yaml").read_text(encoding="utf-8")
    long = "=cmd " + "word " * 9000 + "end"
    data = tmp_path / "ashmere-2018-10.yaml"
    data.write_text(
        source.replace("Plans for children in need, which drift once the first crisis is over.", f'"{long}"'),
        encoding="utf-8",
    )
    book = openpyxl.load_workbook(io.BytesIO(exporting.export([data], "xlsx")[0][""]))
    sheet = book["recommendations"]
    at = [c.value for c in sheet[1]].index("text") + 1
    assert "".join(str(sheet.cell(n, at).value) for n in (2, 3)) == long
    assert all(c.data_type != "f" for row in sheet.iter_rows() for c in row)
    rows = exporting.export([data], "csv")[0]["recommendations.csv"].decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(rows)))["text"] == f"'{long}"


def test_every_table_and_column_is_documented() -> None:
    page = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    parts = {part.split("\n", 1)[0]: part for part in page.split("\n### ")[1:]}
    assert parts.keys() == tables().keys()
    for name, table in tables().items():
        told = [line.split("`")[1] for line in parts[name].splitlines() if line.startswith("| `")]
        assert told == [c.name for c in table.columns]


def test_no_input_is_written_over(tmp_path: Path) -> None:
    for name in ("ashmere-2018-10.yaml", "decisions.yaml", "events.yaml"):
        (tmp_path / name).write_bytes((INSPECTIONS / "ashmere" / name).read_bytes())
    for name in ("ashmere-2018-10.yaml", "decisions.yaml", "events.yaml"):
        before = (tmp_path / name).read_bytes()
        assert run_here("export", tmp_path, "--to", "sqlite", "-o", tmp_path / name).code == 5
        assert (tmp_path / name).read_bytes() == before
    assert run_here("export", tmp_path, "--to", "csv", "-o", "-").code == 2


def test_more_rows_than_a_sheet_holds_are_an_error_and_no_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_MOST_ROWS", 200)
    with pytest.raises(UsageFault) as caught:
        exporting.export([INSPECTIONS], "xlsx")
    assert (caught.value.code, "200 rows" in caught.value.message) == ("RG506", True)


def test_the_search_stays_with_its_rows(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes((made / "tables.sqlite").read_bytes())
    base = sqlite3.connect(copy, isolation_level=None)
    base.execute("DELETE FROM paragraphs WHERE position = 1")
    base.execute("VACUUM")
    found = base.execute(
        "SELECT p.text FROM paragraphs_search s JOIN paragraphs p ON p.row = s.rowid "
        "WHERE paragraphs_search MATCH 'supervision'"
    ).fetchall()
    base.close()
    assert found
    assert all("supervision" in text.lower() for (text,) in found)


def test_usage(tmp_path: Path) -> None:
    assert run_here("export", INSPECTIONS, "--to", "xlsx", "-o", tmp_path / "x.sqlite").code == 2
    assert run_here("export", INSPECTIONS, "--to", "xlsx", "-o", tmp_path).code == 2
    assert run_here("export", tmp_path, "-o", tmp_path / "out").code == 2
    bad = tmp_path / "bad"
    bad.mkdir()
    good = INSPECTIONS / "ashmere" / "ashmere-2018-10.yaml"
    (bad / "a.yaml").write_bytes(good.read_bytes())
    (bad / "b.yaml").write_text("format: reportgen/inspection/1\nid: [", encoding="utf-8")
    done = run_here("export", bad, "-o", tmp_path / "out")
    assert (done.code, "b.yaml" in done.err) == (6, True)
