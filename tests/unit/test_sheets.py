from __future__ import annotations

import io

import openpyxl
import pytest

from reportgen import api
from reportgen.comparing import compare
from reportgen.document import Sheet
from reportgen.errors import UsageFault
from reportgen.sheets import comparison_sheets
from reportgen.writers import xlsx
from tests.support.examples import LONG, NEXT
from tests.support.make_inspections import EDGES, NEW, OLD, inspection


def book(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data))


def test_a_sheet_each_with_the_summary_in_front() -> None:
    comparison = api.compare(api.read_inspection(LONG), api.read_inspection(NEXT))
    found = book(api.serialise(comparison, "xlsx"))
    assert found.sheetnames == ["In short", "Judgements", "Recommendations", "Links", "Paragraphs", "Facts"]
    assert found["In short"]["B2"].value == comparison.in_short
    counts = {name: found[name].max_row - 1 for name in found.sheetnames[1:]}
    changes = comparison.recommendations
    assert list(counts.values()) == [
        len(comparison.judgements),
        len(changes.earlier) + len(changes.later),
        len(changes.links),
        len(comparison.paragraphs),
        len(comparison.facts),
    ]
    texts = {cell.value for cell in found["Recommendations"]["D"]}
    assert {r.text for r in (*changes.earlier, *changes.later)} <= texts


def test_no_text_becomes_a_formula_a_link_or_a_number() -> None:
    nasty = ("=1+1", "+1", "-2", "@SUM(A1)", "https://example.org", "0123", "{=A1}", "\t=1")
    one = inspection(2011, recommendations=[f"{text} and lifeboats" for text in nasty])
    two = inspection(2016, framework=NEW, recommendations=list(nasty))
    comparison = compare(one, two, frameworks=(OLD, NEW), edges=EDGES)
    found = book(xlsx.write(comparison_sheets(comparison)))
    cells = [cell for sheet in found for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert {cell.value for cell in found["Recommendations"]["D"]} >= {"=1+1", "0123", "https://example.org"}


def test_a_text_that_is_too_long_for_a_cell_goes_on_below() -> None:
    long = "x" * 40_000
    page = book(xlsx.write([Sheet("Long", ("a", "b"), ((1, long), (True, None)))]))["Long"]
    assert page["B2"].value + page["B3"].value == long
    assert [page["A2"].value, page["A3"].value, page["A4"].value] == [1, None, True]


def test_the_same_comparison_gives_the_same_bytes() -> None:
    comparison = api.compare(api.read_inspection(LONG), api.read_inspection(NEXT))
    assert api.serialise(comparison, "xlsx") == api.serialise(comparison, "xlsx")


def test_a_workbook_is_of_comparisons_only() -> None:
    with pytest.raises(UsageFault, match="comparison"):
        api.serialise(api.read_inspection(LONG), "xlsx")


def test_sheets_have_a_header_row_that_programs_know_and_pages_repeat() -> None:
    sheets = [
        Sheet("One", ("a", "b"), ((1, "x"), (2, "y"))),
        Sheet("Two", ("a", "A"), (("x", "y"),)),
        Sheet("None", ("a",), ()),
    ]
    found = book(xlsx.write(sheets, title="What changed"))
    assert (found.properties.title, found.properties.creator, found.properties.lastModifiedBy) == (
        "What changed",
        "reportgen",
        "reportgen",
    )
    one, two, none = found.worksheets
    assert dict(one.tables.items()) == {"Table1": "A1:B3"}
    assert [c.name for c in one.tables["Table1"].tableColumns] == ["a", "b"]
    assert (len(two.tables), two.auto_filter.ref, len(none.tables)) == (0, "A1:B2", 0)
    for page in found.worksheets:
        assert (page.freeze_panes, page.print_title_rows, page["A1"].font.bold) == ("A2", "$1:$1", True)
