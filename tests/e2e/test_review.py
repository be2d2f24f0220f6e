from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reportgen import api
from reportgen.cli import cli
from tests.support.examples import LONG, NEXT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in (LONG, NEXT):
        shutil.copy(path, tmp_path)
    return tmp_path


def run(folder: Path, *more: str, keys: str = "") -> Result:
    sides = [str(folder / path.name) for path in (LONG, NEXT)]
    return CliRunner().invoke(cli, ["review", *sides, "--by", "A. Reader", "--on", "2026-01-02", *more], input=keys)


def links(folder: Path):
    return api.load_decisions(folder / "decisions.yaml").links


def test_accept_reject_note_back_and_quit(folder: Path) -> None:
    done = run(folder, keys="n\nseen on site\na\nn\nr\nb\ns\nq\n")
    assert done.exit_code == 0, done.output
    found = links(folder)
    assert [(x.verdict, x.relation, x.note, x.by, str(x.on)) for x in found] == [
        ("confirmed", "narrowed", "seen on site", "A. Reader", "2026-01-02")
    ]
    assert "1 entry added" in done.stderr
    assert "Score " in done.stderr
    assert done.stdout == ""


def test_what_was_decided_is_not_asked_again(folder: Path) -> None:
    first = run(folder, keys="r\nq\n").stderr
    again = run(folder, keys="q\n").stderr
    assert "1 of " in first
    assert first.split("1 of ")[1].split("\n")[0] not in again
    assert len(links(folder)) == 1


def test_link_to_another_rejects_the_one_that_was_asked(folder: Path) -> None:
    run(folder, keys="l\nr12\no\nq\n")
    found = links(folder)
    assert [x.verdict for x in found] == ["rejected", "confirmed"]
    assert found[0].earlier == found[1].earlier
    assert (found[1].later.id, found[1].relation) == ("R12", "reworded")


def test_link_to_nothing_asks_again(folder: Path) -> None:
    done = run(folder, keys="l\n\nq\n")
    assert not (folder / "decisions.yaml").exists()
    assert "nothing was decided" in done.stderr


def test_the_end_of_the_input_saves_what_was_said(folder: Path) -> None:
    run(folder, keys="r\n")
    assert len(links(folder)) == 1


def test_another_file_is_a_new_file(folder: Path) -> None:
    target = folder / "mine.yaml"
    assert run(folder, "-o", str(target), keys="r\nq\n").exit_code == 0
    assert not (folder / "decisions.yaml").exists()
    before = target.read_bytes()
    assert run(folder, "-o", str(target), keys="a\n\nq\n").exit_code != 0
    assert target.read_bytes() == before


def test_answers_of_the_form_are_added(folder: Path) -> None:
    answers = folder / "answers.yaml"
    run(folder, "-o", str(answers), keys="r\nq\n")
    done = run(folder, "--answers", str(answers))
    assert "1 entry added" in done.stderr
    assert links(folder) == api.load_decisions(answers).links
    assert "0 entries added" in run(folder, "--answers", str(answers)).stderr


def test_the_form_is_written(folder: Path) -> None:
    target = folder / "form.html"
    assert run(folder, "--to", "html", "-o", str(target)).exit_code == 0
    page = target.read_text("utf-8")
    assert page.count("<fieldset") >= 1
    assert run(folder, "--to", "html").stdout.startswith("<!DOCTYPE html>")
