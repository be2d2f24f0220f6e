"""The wheel, installed in an empty environment, does the main job there: nothing of the checkout is needed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.examples import LONG, NEXT, ROOT

CI = os.environ.get("CI", "").lower() == "true"


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV", "REPORTGEN"))}
    return subprocess.run([str(c) for c in command], cwd=cwd, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = out.glob("*.whl")
    return made


def test_the_wheel_holds_what_is_needed_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for name in (
        "reportgen/py.typed",
        "reportgen/templates/standard/pack.yaml",
        "reportgen/templates/standard/shell.docx",
        "reportgen/frameworks/crosswalks.yaml",
        "reportgen/frameworks/profiles/_ofsted.yaml",
        "reportgen/labels/en-GB.yaml",
        "reportgen/fonts/LICENSE.txt",
    ):
        assert name in names
    assert {name.split("/")[0] for name in names} <= {"reportgen", wheel.name.split("-py3")[0] + ".dist-info"}
    assert sum(name.endswith(".ttf") for name in names) == 4


def test_the_wheel_renders_every_format_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    done = run(sys.executable, "-m", "venv", tmp_path / "env", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    scripts = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    pip = (scripts / "pip", "install", "--quiet", "--disable-pip-version-check")
    done = run(*pip, "--constraint", ROOT / "requirements.lock", wheel, cwd=tmp_path)
    if done.returncode and not CI and "No matching distribution" in done.stderr:
        pytest.skip("the libraries cannot be installed here: no package index answers")
    assert done.returncode == 0, done.stderr
    for path in (LONG, NEXT):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    tool = scripts / "reportgen"
    formats = "html,pdf,docx,md,txt,json,yaml"
    done = run(tool, "render", LONG.name, "--to", formats, "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = run(tool, "compare", LONG.name, NEXT.name, "--to", "html,pdf,docx,md,txt,json", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    made = sorted((tmp_path / "out").iterdir())
    assert [p.suffix for p in made if "--" not in p.stem and p.stem == LONG.stem] == sorted(
        f".{f}" for f in formats.split(",")
    )
    assert len(made) == 13
    assert all(p.stat().st_size > 5000 for p in made)
    where = run(scripts / "python", "-c", "import reportgen; print(reportgen.__file__)", cwd=tmp_path)
    assert str(tmp_path / "env") in where.stdout
