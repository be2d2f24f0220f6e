"""`reportgen check` on output files: what it says, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support import bad_files
from tests.support.command import run_here
from tests.support.examples import LONG
from tests.support.faults import FAULTS, sound


def test_findings_say_where_and_what_to_do(tmp_path: Path) -> None:
    bad = tmp_path / "harbours.pdf"
    bad.write_bytes(FAULTS["pdf", "RG658"]())
    done = run_here("check", bad)
    assert done.code == 1
    assert done.out == ""
    assert f"{bad}:page 1: error[RG658]: table 1: a table of 3 rows has no header cells – mark header cells" in done.err
    done = run_here("--json", "check", bad)
    told = json.loads(done.err.splitlines()[0])
    assert (told["code"], told["level"], told["page"], told["field"]) == ("RG658", "error", 1, "table 1")
    page = tmp_path / "harbours.html"
    page.write_bytes(FAULTS["html", "RG656"]())
    assert ":4: error[RG656]" in run_here("check", page).err


def test_what_a_file_is_follows_from_its_content(tmp_path: Path) -> None:
    for form in ("pdf", "docx", "html"):
        path = tmp_path / f"{form}.data"
        path.write_bytes(sound(form))
        done = run_here("check", path)
        assert (done.code, done.err) == (0, f"{path}: fine\n")
    assert run_here("check", LONG).err == f"{LONG}: fine\n"


def test_warnings_alone_are_fine_unless_strict(tmp_path: Path) -> None:
    path = tmp_path / "harbours.html"
    path.write_bytes(FAULTS["html", "RG663"]())
    assert run_here("check", path).code == 0
    assert run_here("--strict", "check", path).code == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (sound("pdf")[:2000], "RG201"),
        (bad_files.docx_bomb(), "RG107"),
        (b"<html>" + b"<div>" * 5000 + b"deep", "RG107"),
        (b"only words", "RG111"),
        (b"\x89PNG\r\n\x1a\n", "RG111"),
    ],
    ids=["cut short", "bomb", "deep", "text", "picture"],
)
def test_files_that_cannot_be_checked(data: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    done = run_here("check", path)
    assert done.code == 3
    assert f"error[{code}]" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_code_is_explained() -> None:
    done = run_here("check", "--explain", "rg678")
    assert done.code == 0
    assert "RG678: table or list in several pieces (error; pdf)" in done.out
    assert "Why: " in done.out
    assert run_here("check", "--explain", "RG105").out.startswith("RG105: key given twice")
    assert run_here("check", "--explain", "RG999").code == 2
    assert run_here("check").code == 2
