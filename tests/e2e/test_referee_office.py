"""Microsoft's own validator on every Word file and workbook that we write: each pack, subject and language."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reportgen import api, compare, exporting, read_inspection
from tests.e2e.test_referees import module
from tests.support.examples import INSPECTIONS, LONG, NEXT
from tests.support.outputs import Case, cases, written

pytestmark = pytest.mark.referee


def judged(path: Path) -> dict[str, Any]:
    tool = module(".bin/ooxml-validator")
    command = [str(tool), str(path), "--officeVersion", "Microsoft365"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("case", cases(), ids=str)
def test_word_files(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "document.docx"
    path.write_bytes(written(case, "docx"))
    found = judged(path)
    assert found["ok"], found["errors"][:5]


@pytest.mark.parametrize("lang", ["en-GB", "cy"])
def test_drafts(lang: str, tmp_path: Path) -> None:
    path = tmp_path / "document.docx"
    draft = read_inspection(LONG).model_copy(update={"status": "draft"})
    path.write_bytes(api.serialise(api.render(draft, lang=lang), "docx"))
    found = judged(path)
    assert found["ok"], found["errors"][:5]


def test_workbooks(tmp_path: Path) -> None:
    tables, comparison = tmp_path / "tables.xlsx", tmp_path / "comparison.xlsx"
    tables.write_bytes(exporting.export([INSPECTIONS], "xlsx")[0][""])
    comparison.write_bytes(api.serialise(compare(read_inspection(LONG), read_inspection(NEXT)), "xlsx"))
    for path in (tables, comparison):
        found = judged(path)
        assert found["ok"], (path.name, found["errors"][:5])
