"""``templates new``, ``templates test`` and the pytest plugin: what is stored, what differs and why, what CI says."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from reportgen.packs import differences, snapshots
from tests.support.command import Done, run_here
from tests.support.examples import ROOT

#: One case, and no pictures but of one page, so that the tests stay quick.
CASE = """format: reportgen/case/1
subject: inspection
data: [data/northwick-2019-10.yaml]
formats: [{formats}]
"""


def run(*words: object, cwd: Path, env: dict[str, str] | None = None) -> Done:
    """Run a command in a folder, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        patch.delenv("CI", raising=False)
        for name, value in (env or {}).items():
            patch.setenv(name, value)
        return run_here(*words)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new pack as it is made, with what its cases give."""
    folder = tmp_path_factory.mktemp("packs")
    done = run("templates", "new", "ours", cwd=folder)
    assert done.code == 0, done.err
    return folder / "ours"


@pytest.fixture
def pack(first: Path, tmp_path: Path) -> Path:
    """A pack with one quick case that is stored."""
    folder = tmp_path / "ours"
    folder.mkdir()
    for path in first.rglob("*"):
        kept = path.relative_to(first)
        if path.is_file() and (kept.parts[0] != "cases" or kept.parts[1] == "data"):
            (folder / kept).parent.mkdir(parents=True, exist_ok=True)
            (folder / kept).write_bytes(path.read_bytes())
    (folder / "cases" / "short.yaml").write_text(CASE.format(formats="html, md"), encoding="utf-8")
    assert run("templates", "test", "ours", cwd=tmp_path).code == 0
    return folder


def test_a_new_pack_passes_check_and_test_at_once_in_ci_too(first: Path) -> None:
    for command in ("check", "test"):
        done = run("templates", command, "ours", cwd=first.parent, env={"CI": "true"})
        assert done.code == 0, done.err
    assert {p.name for p in (first / "cases" / "snapshots").iterdir()} == {"inspection", "comparison", "history"}
    stored = {p.name for p in (first / "cases" / "snapshots" / "inspection").iterdir()}
    wanted = {"document.html", "document.md", "document.docx.xml", "document.docx.outline.txt", "document.pdf.txt"}
    assert wanted | {"page-01.png", "made.json"} <= stored
    told = (first / "cases" / "snapshots" / "inspection" / "document.pdf.txt").read_text(encoding="utf-8")
    assert "== page 1" in told
    assert "== outline" in told
    assert told.index("== tags") < told.index("TH")


def test_a_change_is_told_with_its_reason_and_a_page_and_accepted_on_request(pack: Path) -> None:
    (pack / "ours.css").write_text(":root { --accent: #123456; }\n", encoding="utf-8")
    done = run("templates", "test", "ours", cwd=pack.parent)
    assert done.code == 1
    assert "error[RG642]: short: document.html: not as stored" in done.err
    assert "document.md" not in done.err
    assert "changed since it was stored: template: ours/ours.css" in done.err
    page = (pack.parent / "ours-snapshots.html").read_text(encoding="utf-8")
    assert re.search(r"<ins>[^<]*123456", page)
    assert run("templates", "test", "ours", "--update", cwd=pack.parent).code == 0
    assert run("templates", "test", "ours", cwd=pack.parent, env={"CI": "true"}).code == 0


def test_a_change_of_the_data_is_the_reason(pack: Path) -> None:
    data = pack / "cases" / "data" / "northwick-2019-10.yaml"
    data.write_text(data.read_text(encoding="utf-8").replace("foster homes", "foster families"), encoding="utf-8")
    done = run("templates", "test", "ours", cwd=pack.parent)
    assert done.code == 1
    assert "changed since it was stored: data: data/northwick-2019-10.yaml" in done.err


def test_a_change_of_the_program_or_the_fonts_is_the_reason(pack: Path) -> None:
    folder = pack / "cases" / "snapshots" / "short"
    note = json.loads((folder / "made.json").read_text(encoding="utf-8"))
    note["program"]["code"] = "0" * 64
    note["fonts"]["SourceSans3-Bold.ttf"] = "0" * 64
    (folder / "made.json").write_text(json.dumps(note), encoding="utf-8")
    (folder / "document.md").write_text("as it was\n", encoding="utf-8")
    done = run("templates", "test", "ours", cwd=pack.parent)
    assert "changed since it was stored: program: code" in done.err
    assert "changed since it was stored: fonts: SourceSans3-Bold.ttf" in done.err


def test_a_missing_snapshot_fails_in_ci_and_is_stored_elsewhere(pack: Path) -> None:
    stored = pack / "cases" / "snapshots" / "short" / "document.md"
    stored.unlink()
    done = run("templates", "test", "ours", cwd=pack.parent, env={"CI": "true"})
    assert done.code == 1
    assert "RG643" in done.err
    assert not stored.exists()
    assert run("templates", "test", "ours", cwd=pack.parent, env={"CI": ""}).code == 0
    assert stored.exists()


def test_what_is_not_made_any_more_is_told_and_taken_away(pack: Path) -> None:
    extra = pack / "cases" / "snapshots" / "short" / "page-99.png"
    extra.write_bytes(b"x")
    # of a format that the case does not ask for, nothing is said
    assert run("templates", "test", "ours", cwd=pack.parent).code == 0
    (pack / "cases" / "short.yaml").write_text(CASE.format(formats="html, md, pictures"), encoding="utf-8")
    done = run("templates", "test", "ours", cwd=pack.parent)
    assert "error[RG644]: short: page-99.png: stored, and not made any more" in done.err
    assert run("templates", "test", "ours", "--update", cwd=pack.parent).code == 0
    assert not extra.exists()


def test_one_case_is_updated_alone(pack: Path) -> None:
    (pack / "cases" / "other.yaml").write_text(CASE.format(formats="html"), encoding="utf-8")
    assert run("templates", "test", "ours", cwd=pack.parent).code == 0
    (pack / "ours.css").write_text(":root { --accent: #123456; }\n", encoding="utf-8")
    assert run("templates", "test", "ours", "--update", "--case", "other", cwd=pack.parent).code == 0
    done = run("templates", "test", "ours", cwd=pack.parent)
    assert "short: document.html" in done.err
    assert "other: document.html" not in done.err
    assert run("templates", "test", "ours", "--case", "nothing", cwd=pack.parent).code == 2


@pytest.mark.parametrize("name", ["../../../secret.yaml", "/etc/hostname"])
def test_a_case_reaches_nothing_outside_the_cases(pack: Path, name: str) -> None:
    (pack.parent / "secret.yaml").write_text("format: reportgen/inspection/1\n", encoding="utf-8")
    text = CASE.format(formats="html").replace("data/northwick-2019-10.yaml", name)
    (pack / "cases" / "short.yaml").write_text(text, encoding="utf-8")
    done = run("templates", "test", "ours", cwd=pack.parent)
    assert done.code == 4
    assert "RG404" in done.err


def test_a_case_that_is_wrong_is_told_at_its_line(pack: Path) -> None:
    text = CASE.format(formats="html").replace("inspection\n", "comparison\n", 1) + "baseline: x\n"
    (pack / "cases" / "short.yaml").write_text(text, encoding="utf-8")
    done = run("templates", "test", "ours", cwd=pack.parent)
    assert done.code == 3
    assert "short.yaml:3" in done.err
    assert "short.yaml:5" in done.err


def picture(*boxes: tuple[int, int, int, int], size: tuple[int, int] = (200, 300)) -> bytes:
    image = Image.new("RGB", size, "white")
    for box in boxes:
        ImageDraw.Draw(image).rectangle(box, fill="black")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_pictures_are_compared_by_share_and_marked_where_they_differ() -> None:
    one, two = picture((10, 10, 59, 59)), picture((10, 10, 59, 59), (100, 200, 149, 249))
    assert snapshots.difference(one, one) == 0
    assert snapshots.difference(one, two) == pytest.approx(2500 / 60000)
    assert snapshots.difference(one, picture(size=(200, 301))) == 1.0
    slight = Image.open(io.BytesIO(one)).convert("RGB").point(lambda value: min(255, value + 10))
    buffer = io.BytesIO()
    slight.save(buffer, "PNG")
    assert snapshots.difference(one, buffer.getvalue()) == 0
    marked = Image.open(io.BytesIO(differences.marks(one, two))).convert("RGB")
    red = [(x, y) for x in range(200) for y in range(300) if marked.getpixel((x, y)) == (192, 32, 32)]
    assert red
    assert min(x for x, _ in red) >= 80
    assert min(y for _, y in red) >= 180


def test_the_plugin_collects_packs_and_gives_a_fixture(pack: Path) -> None:
    own = pack.parent / "test_own.py"
    own.write_text(
        "def test_ours(reportgen_pack):\n    pack = reportgen_pack('ours')\n    pack.check()\n    pack.test('short')\n",
        encoding="utf-8",
    )

    def tested(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
        return subprocess.run(
            command, cwd=pack.parent, capture_output=True, text=True, env={**_env(), **env}, check=False
        )

    assert "3 passed" in tested().stdout
    (pack / "inspection.html.j2").write_text(
        '{% extends "standard/inspection.html.j2" %}\n{{ nothing }}', encoding="utf-8"
    )
    (pack / "ours.css").write_text(":root { --accent: #123456; }\n", encoding="utf-8")
    done = tested("ours", CI="true")
    assert "FAILED ours/pack.yaml::short" in done.stdout
    assert "document.html: changed" in done.stdout
    assert "template: ours/" in done.stdout
    assert "1 passed" in tested("ours/pack.yaml::short", "--reportgen-update").stdout
    assert "1 passed" in tested("ours/pack.yaml::short", CI="true").stdout
    assert "no tests ran" in tested("ours", "-o", "reportgen_packs=false").stdout


def _env() -> dict[str, str]:
    import os

    # what pytest-cov leaves for children would measure them too
    return {k: v for k, v in os.environ.items() if not k.startswith(("COV_", "PYTEST_"))}


@pytest.mark.parametrize("name", ["standard"])
def test_built_in_packs_have_cases_for_all_they_render(name: str) -> None:
    from reportgen.rendering import load

    pack = load(ROOT / "templates" / name)
    subjects = {
        path.read_text(encoding="utf-8").split("subject: ")[1].split()[0] for path in snapshots.cases_of(pack).values()
    }
    assert subjects == set(pack.templates)
