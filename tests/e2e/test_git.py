"""The recipe of docs/git.md, in a repository made for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.examples import LONG, ROOT


@pytest.mark.skipif(shutil.which("git") is None or os.name == "nt", reason="needs git and sh")
def test_git_diff_shows_the_comparison(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "git.md").read_text("utf-8")
    attributes = re.search(r"# \.gitattributes\n(.+)\n", page)
    command = re.search(r"^\$ (git config .+)$", page, re.MULTILINE)
    assert attributes is not None
    assert command is not None
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_PAGER": "cat",
    }

    def run(words: str) -> str:
        return subprocess.run(
            words,
            shell=True,
            cwd=tmp_path,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
        ).stdout

    folder = tmp_path / "inspections" / "ashmere"
    folder.mkdir(parents=True)
    shutil.copy(LONG, folder)
    (tmp_path / ".gitattributes").write_text(attributes[1] + "\n")
    run("git init -q && git config user.email a@example.org && git config user.name A")
    run("git add -A && git commit -q -m first")
    run(command[1])
    path = folder / LONG.name
    path.write_text(path.read_text("utf-8").replace("reduce the caseloads", "reduce the workload"), "utf-8")
    shown = run("git diff")
    assert "In short" in shown
    assert "workload" in shown
    assert "\x1b[" not in shown
    shutil.copy(path, folder / "ashmere-2016-01.yaml")
    run("git add -A")
    assert "+format: reportgen/inspection/1" in run("git diff --cached")
    assert "+" in run("git diff --no-ext-diff --cached")
