"""Word shells from the command line: in every command that writes Word files, and what goes wrong in one line."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.support.command import run_here
from tests.support.examples import INSPECTIONS, LONG, NEXT
from tests.support.shells import SHELLS

SHELL = SHELLS / "cover.docx"


def heads(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return "".join(
            archive.read(n).decode() for n in archive.namelist() if n.startswith(("word/header", "word/footer"))
        )


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("render", LONG), "Inspection of local authority arrangements"),
        (("compare", LONG, NEXT), "what changed between"),
        (("compare", "--redline", LONG, NEXT), "Inspection of services for children"),
        (("history", INSPECTIONS / "ashmere"), "Ashmere"),
    ],
    ids=["render", "compare", "redline", "history"],
)
def test_every_command_that_writes_word_files_takes_a_shell(
    tmp_path: Path, arguments: tuple[str | Path, ...], shown: str
) -> None:
    out = tmp_path / "out.docx"
    done = run_here(*arguments, "--shell", SHELL, "-o", out)
    assert done.code == 0, done.err
    assert shown in heads(out)
    assert "Published" in heads(out)


@pytest.mark.parametrize("arguments", [("render", LONG), ("compare", LONG, NEXT), ("history", INSPECTIONS / "ashmere")])
def test_a_shell_where_no_word_file_is_wanted_is_a_mistake(tmp_path: Path, arguments: tuple[str | Path, ...]) -> None:
    for more in ((), ("--to", "html,md", "-o", tmp_path / "out")):
        done = run_here(*arguments, "--shell", SHELL, *more)
        assert done.code == 2
        assert "error[RG507]" in done.err
    assert not (tmp_path / "out").exists()


def test_a_wrong_shell_is_one_line_and_no_file(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.docx"
    wrong.write_bytes(b"%PDF-1.7")
    done = run_here("render", LONG, "--shell", wrong, "-o", tmp_path / "out.docx")
    assert done.code == 4
    assert len(done.err.splitlines()) == 1
    assert "wrong.docx: error[RG431]: not a Word file" in done.err
    assert not (tmp_path / "out.docx").exists()


def test_a_pack_brings_its_shell_and_its_styles(tmp_path: Path) -> None:
    pack = tmp_path / "house"
    pack.mkdir()
    (pack / "shell.docx").write_bytes((SHELLS / "narrow.docx").read_bytes())
    (pack / "pack.yaml").write_text(
        "format: reportgen/pack/1\nname: house\nextends: standard\nshell: shell.docx\n"
        "roles: {text: House text, title: House title, item-1: House item}\n"
    )
    out = tmp_path / "out.docx"
    done = run_here("render", LONG, "--template", pack, "-o", out)
    assert done.code == 0, done.err
    with zipfile.ZipFile(out) as archive:
        body = archive.read("word/document.xml").decode()
    assert body.count('w:val="Housetext"') > 50
    assert body.count('w:val="Houseitem"') > 10
    (pack / "pack.yaml").write_text(
        "format: reportgen/pack/1\nname: house\nextends: standard\nshell: shell.docx\nroles: {text: No such}\n"
    )
    done = run_here("render", LONG, "--template", pack, "-o", out)
    assert done.code == 4
    assert "error[RG437]" in done.err
    assert "text: 'No such'" in done.err
