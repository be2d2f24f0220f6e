"""The same data, pack and versions give the same bytes, whatever day, place or machine load it is."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from reportgen import read_inspection
from reportgen.files import metadata_date
from tests.support.command import run_here
from tests.support.examples import INSPECTIONS, LONG, ROOT
from tests.support.published import in_word

FORMATS = "html,pdf,docx,md,txt,json,yaml"
#: One process that does everything; nested calls of the command would cost an interpreter each.
WORK = f"""
import sys
from reportgen.cli import cli
def run(*words):
    cli(["-q", *words], standalone_mode=False)
jobs, = sys.argv[1:]
run("import", "reports", "-o", "out/imported", "-j", jobs)
run("render", "data/ashmere-2012-09.yaml", "--to", "{FORMATS}", "-o", "out", "--manifest", "out/render.json")
run("compare", "data/ashmere-2012-09.yaml", "data/ashmere-2015-02.yaml", "--to", "{FORMATS},xlsx", "-o", "out",
    "--manifest", "out/compare.json")
run("compare", "data/ashmere-2012-09.yaml", "data/ashmere-2015-02.yaml", "--redline", "-o", "out/redline.docx")
run("history", "data", "--since", "2015", "--to", "{FORMATS}", "-o", "out/history", "--manifest", "out/history.json")
"""
CLOCK = ROOT / "tests" / "support" / "clock"
PLAIN = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
#: What differs from the plain run, the umask and the number of children among it.
RUNS: dict[str, Mapping[str, str]] = {
    "years later, far away": {
        "REPORTGEN_TEST_CLOCK": str(15 * 365 * 86400 + 40_000),
        "PYTHONPATH": str(CLOCK),
        "TZ": "Pacific/Auckland",
        "LC_ALL": "tr_TR.UTF-8",
        "PYTHONHASHSEED": "2",
        "umask": "077",
        "jobs": "3",
    },
    "poor surroundings": {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "TZ": "America/St_Johns",
        "PYTHONHASHSEED": "77",
        "COLUMNS": "20",
        "jobs": "2",
    },
}


@pytest.fixture(scope="module")
def reports() -> dict[str, bytes]:
    return {
        f"{p.stem}.docx": in_word(read_inspection(p))
        for p in sorted((INSPECTIONS / "ashmere").glob("ashmere-20??-??.yaml"))
    }


def made(folder: Path, reports: Mapping[str, bytes], changes: Mapping[str, str]) -> dict[str, bytes]:
    shutil.copytree(INSPECTIONS / "ashmere", folder / "data")
    (folder / "reports").mkdir()
    for name, data in reports.items():
        (folder / "reports" / name).write_bytes(data)
    environment = {**os.environ, **PLAIN, **changes}
    environment.pop("SOURCE_DATE_EPOCH", None)
    work = WORK.replace("import sys\n", f"import os, sys\nos.umask(0o{changes.get('umask', '022')})\n", 1)
    command = [sys.executable, "-c", work, changes.get("jobs", "1")]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    out = folder / "out"
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, reports: dict[str, bytes]) -> dict[str, bytes]:
    return made(tmp_path_factory.mktemp("plain"), reports, {})


@pytest.mark.parametrize("how", RUNS)
def test_the_same_bytes(how: str, plain: dict[str, bytes], reports: dict[str, bytes], tmp_path: Path) -> None:
    folder = tmp_path / "another folder, with ü and a much longer name"
    folder.mkdir()
    again = made(folder, reports, RUNS[how])
    assert list(again) == list(plain)
    assert [name for name in plain if plain[name] != again[name]] == []
    suffixes = {name.rpartition(".")[2] for name in plain}
    assert suffixes == {"html", "pdf", "docx", "md", "txt", "json", "yaml", "xlsx"}


def test_the_clock_of_that_test_goes_wrong(tmp_path: Path) -> None:
    """Else nothing would be shown by equal bytes."""
    tell = (
        "import datetime, time; print(datetime.date.today().year, datetime.datetime.now().year, time.gmtime().tm_year)"
    )
    environment = {**os.environ, **RUNS["years later, far away"]}
    now, ahead = (
        subprocess.run([sys.executable, "-c", tell], env=env, capture_output=True, text=True, check=True).stdout.split()
        for env in (None, environment)
    )
    assert all(int(later) >= int(year) + 14 for year, later in zip(now, ahead, strict=True))


def test_a_clock_in_an_output_would_be_seen(tmp_path: Path) -> None:
    plant = """
import datetime, sys
from reportgen import files
files.metadata_date = lambda own: datetime.datetime.now(datetime.timezone.utc)
from reportgen import read_inspection, write
write(read_inspection(sys.argv[1]), sys.argv[2])
"""
    found = []
    for name, changes in (("now", {}), ("later", RUNS["years later, far away"])):
        path = tmp_path / f"{name}.docx"
        command = [sys.executable, "-c", plant, str(LONG), str(path)]
        subprocess.run(command, env={**os.environ, **changes}, check=True, capture_output=True)
        found.append(path.read_bytes())
    assert found[0] != found[1]


def test_source_date_epoch_dates_what_has_no_date(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data = LONG.read_text(encoding="utf-8")
    undated = tmp_path / "undated.yaml"
    undated.write_text(
        "\n".join(line for line in data.splitlines() if not line.startswith("published:")), encoding="utf-8"
    )
    assert run_here("render", undated, "-o", tmp_path / "a.docx").code == 0
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert metadata_date(None).isoformat() == "2023-11-14T22:13:20+00:00"
    assert metadata_date("2012-10-19").isoformat() == "2012-10-19T00:00:00+00:00"
    assert run_here("render", undated, "-o", tmp_path / "b.docx").code == 0
    assert run_here("render", LONG, "-o", tmp_path / "dated.docx").code == 0
    assert [_created(tmp_path / f"{n}.docx") for n in ("a", "b", "dated")] == [
        "2000-01-01T00:00:00Z",
        "2023-11-14T22:13:20Z",
        "2012-10-19T00:00:00Z",
    ]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    done = run_here("render", undated, "-o", tmp_path / "c.docx")
    assert (done.code, "RG507" in done.err) == (2, True)


def _created(path: Path) -> str:
    core = zipfile.ZipFile(path).read("docProps/core.xml").decode()
    found = re.search(r"<dcterms:created[^>]*>([^<]*)", core)
    assert found is not None
    return found[1]


def test_a_manifest_tells_what_outputs_were_made_of(plain: dict[str, bytes]) -> None:
    told = json.loads(plain["compare.json"])
    assert told["format"] == "reportgen/manifest/1"
    assert [i["path"] for i in told["inputs"]] == [
        "../data/ashmere-2012-09.yaml",
        "../data/ashmere-2015-02.yaml",
        "../data/decisions.yaml",
    ]
    for output in told["outputs"]:
        assert hashlib.sha256(plain[output["path"]]).hexdigest() == output["sha256"]
    assert {o["format"] for o in told["outputs"]} == {*FORMATS.split(","), "xlsx"}
    assert told["packs"][0]["name"] == "standard"
    assert {f["path"] for f in told["packs"][0]["files"]} >= {"pack.yaml", "style.css", "comparison.html.j2"}
    assert told["libraries"]["weasyprint"]
    assert {"pango", "zlib"} <= set(told["system"])
    assert "../data/events.yaml" in [i["path"] for i in json.loads(plain["history.json"])["inputs"]]


def test_a_manifest_needs_outputs(tmp_path: Path) -> None:
    done = run_here("render", LONG, "--manifest", tmp_path / "m.json")
    assert (done.code, "RG507" in done.err) == (2, True)
    done = run_here("render", LONG, "-o", tmp_path / "a.html", "--manifest", tmp_path / "a.html")
    assert (done.code, "RG504" in done.err) == (2, True)
    assert not (tmp_path / "a.html").exists()
