"""Folders of reports: nothing lost when one is bad, the same result in any order of work, and no work twice."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reportgen import read_inspection, render
from reportgen.importing import CACHE, find
from reportgen.writers import docx, html, markdown, text
from tests.e2e.test_cli import run
from tests.support.bad_files import ERROR_PAGE, docx_bomb, pdf_scan
from tests.support.examples import ASHMERE as EVERY
from tests.support.examples import LONG

#: The inspections of the series; letters on visits are read in another way.
ASHMERE = tuple(path for path in EVERY if "2018" not in path.stem)


def fill(folder: Path) -> None:
    """Four reports, each in a format of its own, and one of them twice."""
    folder.mkdir(exist_ok=True)
    for path, form in zip(ASHMERE, ("html", "docx", "md", "txt"), strict=True):
        rendered = render(read_inspection(path))
        data = {
            "html": lambda r: html.write(r),
            "docx": lambda r: docx.write(r.document),
            "md": lambda r: markdown.write(r.document).encode(),
            "txt": lambda r: text.write(r.document).encode(),
        }[form](rendered)
        # no name says what is in the file
        (folder / f"{path.stem}.bin" if form in ("html", "docx") else folder / f"{path.stem}.txt").write_bytes(data)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    fill(tmp_path / "in")
    return tmp_path / "in"


def test_a_folder_with_everything_in_it(reports: Path, tmp_path: Path) -> None:
    deeper = reports / "deeper"
    deeper.mkdir()
    (deeper / "error page.pdf").write_bytes(ERROR_PAGE)
    (deeper / "scan.pdf").write_bytes(pdf_scan())
    (deeper / "bomb.docx").write_bytes(docx_bomb())
    (deeper / "the same page.pdf").write_bytes(ERROR_PAGE)
    (deeper / "again.txt").write_bytes((reports / "ashmere-2023-05.txt").read_bytes())
    (deeper / "figures.csv").write_text("a,b\n1,2\n")
    (deeper / ".hidden.pdf").write_bytes(b"x")
    os.mkfifo(deeper / "pipe.pdf")
    out = tmp_path / "out"
    done = run("import", reports, "-o", out, "--to", "json")
    assert done.returncode == 6, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert sorted(p.name for p in (out / "ashmere").iterdir()) == [f"{p.stem}.json" for p in ASHMERE]
    for path in ASHMERE:
        assert read_inspection(out / "ashmere" / f"{path.stem}.json").title == read_inspection(path).title
    errors = [line for line in done.stderr.splitlines() if "error[" in line]
    assert [re.sub(r".*/(.*?): error\[(RG\d+)\].*", r"\1 \2", line) for line in errors] == [
        "bomb.docx RG107",
        "error page.pdf RG201",
        "scan.pdf RG201",
        "the same page.pdf RG201",
    ]
    table = done.stderr.splitlines()[done.stderr.splitlines().index("9 reports") :]
    assert [line.strip() for line in table[1:4]] == [
        "4  read whole",
        "1  not read: contents of another one",
        "4  failed",
    ]
    assert len(table) == 8
    assert "figures.csv: passed over" in run("-v", "import", reports, "-o", out).stderr


def test_a_second_run_reads_only_what_changed(reports: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("import", reports, "-o", out).returncode == 0
    before = contents(out)
    stamps = {p: p.stat().st_mtime_ns for p in out.rglob("*")}
    done = run("import", reports, "-o", out)
    assert "4  not read again: unchanged" in done.stderr
    assert {p: p.stat().st_mtime_ns for p in out.rglob("*")} == stamps
    # one source changed, one output gone, one output damaged: three are read, and all is as it was but for the first
    changed = reports / "ashmere-2023-05.txt"
    changed.write_text(changed.read_text().replace("Imran Qadir", "Imran Qadeer"))
    (out / "ashmere" / "ashmere-2010-03.yaml").unlink()
    with (out / "ashmere" / "ashmere-2012-09.yaml").open("ab") as file:
        file.write(b"rubbish")
    done = run("import", reports, "-o", out)
    assert "1  not read again: unchanged" in done.stderr
    assert "3  read whole" in done.stderr
    after = contents(out)
    kept = "ashmere/ashmere-2012-09.yaml.bak"
    assert set(after) == {*before, "ashmere/ashmere-2023-05-2.yaml", kept}
    assert after[kept] == before["ashmere/ashmere-2012-09.yaml"] + b"rubbish"
    assert "warning[RG220]: ashmere-2012-09.yaml was edited" in done.stderr
    assert {k: v for k, v in after.items() if k != CACHE and k in before} == {
        k: v for k, v in before.items() if k != CACHE
    }
    assert b"id: ashmere-2023-05-2\n" in after["ashmere/ashmere-2023-05-2.yaml"]


def test_what_somebody_edited_is_kept_and_what_an_import_wrote_is_not(reports: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("import", reports, "-o", out).returncode == 0
    made = out / "ashmere" / "ashmere-2012-09.yaml"
    whole = made.read_bytes()
    # other rules of reading: all is written anew, and nobody edited anything
    cache = json.loads((out / CACHE).read_text())
    old = b"# as older rules made it\n" + whole
    made.write_bytes(old)
    cache["written"]["ashmere/ashmere-2012-09.yaml"] = hashlib.sha256(old).hexdigest()
    cache["rules"] = "older"
    (out / CACHE).write_text(json.dumps(cache))
    done = run("import", reports, "-o", out)
    assert "4  read whole" in done.stderr
    assert made.read_bytes() == whole
    assert not list(out.rglob("*.bak*"))
    # each edited file is kept once, and is not written over by the next
    for edit in (b"# one\n", b"# two\n", b"# one\n"):
        made.write_bytes(edit + whole)
        assert "RG220" in run("import", reports, "-o", out).stderr
        assert made.read_bytes() == whole
    assert {p.name: p.read_bytes() for p in out.rglob("*.bak*")} == {
        "ashmere-2012-09.yaml.bak": b"# one\n" + whole,
        "ashmere-2012-09.yaml.bak-2": b"# two\n" + whole,
    }
    assert "RG220" not in run("import", reports, "-o", out).stderr


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b'{"format": "reportgen/import-cache/1"}',
        b'{"format": "reportgen/import-cache/9", "rules": "", "entries": {}}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        None,
    ],
    ids=["empty", "cut", "list", "bare", "foreign", "binary", "deep", "entries"],
)
def test_a_damaged_cache_is_as_good_as_none(damage: bytes | None, reports: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("import", reports, "-o", out).returncode == 0
    before = contents(out)
    if damage is None:
        cache = json.loads((out / CACHE).read_text())
        entries = cache["entries"]
        wrong = [None, {"target": "../../x"}, {**next(iter(entries.values())), "made": {"notices": 3}}, {"sha256": 1}]
        cache["entries"] = dict(zip(entries, wrong, strict=True))
        damage = json.dumps(cache).encode()
    (out / CACHE).write_bytes(damage)
    done = run("import", reports, "-o", out)
    assert done.returncode == 0, done.stderr
    assert "4  read whole" in done.stderr
    assert contents(out) == before


def test_other_ways_of_reading_are_not_mixed_up(reports: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("import", reports, "-o", out).returncode == 0
    assert "4  read whole" in run("import", reports, "-o", out, "--to", "json").stderr
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    done = run("import", reports, "-o", out, env={"REPORTGEN_FRAMEWORKS": str(profiles)})
    assert "4  not read again: unchanged" in done.stderr
    new = run("new", "--framework", "ofsted-cp-2012").stdout
    assert new
    (profiles / "extra.txt").write_text("no profile")
    assert "unchanged" in run("import", reports, "-o", out, env={"REPORTGEN_FRAMEWORKS": str(profiles)}).stderr


def test_ids_do_not_depend_on_who_is_quicker(tmp_path: Path) -> None:
    """Six reports of one provider in one month: -2 to -6 in the order of their names, however many read at once."""
    folder = tmp_path / "in"
    folder.mkdir()
    page = html.write(render(read_inspection(LONG))).decode()
    for number in range(6):
        # the first ones are long
        more = "<p>More.</p>" * (4_000 if number < 2 else 1)
        whole = page.replace("<h2", f"<!-- {number} -->{more}<h2", 2)
        (folder / f"{number}.html").write_text(whole)
    made = []
    for jobs in ("1", "4"):
        out = tmp_path / f"out{jobs}"
        assert run("import", folder, "-o", out, "-j", jobs).returncode == 0
        made.append({k: v for k, v in contents(out).items() if k != CACHE})
    assert made[0] == made[1]
    names = ["", "-2", "-3", "-4", "-5", "-6"]
    assert list(made[0]) == sorted(f"ashmere/ashmere-2012-09{n}.yaml" for n in names)
    for number, name in enumerate(names):
        assert f"file: {number}.html".encode() in made[0][f"ashmere/ashmere-2012-09{name}.yaml"]


def test_patterns_files_and_folders_name_each_report_once(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = find([str(reports / "*.txt"), reports, reports / "ashmere-2010-03.bin", str(reports / "**" / "*")])
    assert [p.name for p in found] == [
        "ashmere-2015-02.txt",
        "ashmere-2023-05.txt",
        "ashmere-2010-03.bin",
        "ashmere-2012-09.bin",
    ]
    (tmp_path / "odd [1].txt").write_text("a name, not a pattern")
    assert [p.name for p in find([tmp_path / "odd [1].txt"])[0]] == ["odd [1].txt"]
    done = run("import", str(reports / "*.pdf"), "-o", tmp_path / "out")
    assert done.returncode == 2
    assert "nothing matches" in done.stderr


def test_json_and_strict(reports: Path, tmp_path: Path) -> None:
    done = run("--json", "import", reports, "-o", tmp_path / "out")
    rows = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert rows[-1]["reports"] == 4
    assert [row["state"] for row in rows[-1]["results"]] == ["read"] * 4
    page = reports / "ashmere-2010-03.bin"
    page.write_bytes(
        b"Inspection of local authority arrangements for the protection of children\n\nAshmere Council\n\nText.\n"
    )
    for _ in range(2):
        # what an earlier run warned about is not forgotten
        assert run("--strict", "import", reports, page, "-o", tmp_path / "out2").returncode == 1


def test_a_bar_on_a_terminal_only(reports: Path, tmp_path: Path) -> None:
    # a terminal as far as anybody asks: not every machine has one to give
    program = "import runpy, sys; sys.stderr.isatty = lambda: True; runpy.run_module('reportgen', run_name='__main__')"
    command = [sys.executable, "-c", program, "import", str(reports), "-o", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, check=False)
    shown = done.stderr
    assert done.returncode == 0, shown
    assert done.stdout == b""
    assert b"reading" in shown
    assert b"4/4" in shown
    assert b"4  read whole" in shown
    assert "reading" not in run("import", reports, "-o", tmp_path / "out3").stderr


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_an_interrupted_run_says_what_is_done_and_leaves_nobody(name: str, code: int, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    page = html.write(render(read_inspection(LONG))).decode()
    for number in range(60):
        (folder / f"{number:02}.html").write_text(page.replace("<h2", f"<!-- {number} --><h2", 1))
    out = tmp_path / "out"
    command = [sys.executable, "-m", "reportgen", "import", str(folder), "-o", str(out), "-j", "2"]
    # not measured: a signal may come while the measuring holds a lock of its own, which it then waits for without end
    env = {k: v for k, v in os.environ.items() if not k.startswith("COV")} | {"PYTHONFAULTHANDLER": "1"}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True, env=env)
    end = time.monotonic() + 30
    while len(list(out.rglob("*.yaml"))) < 3:
        assert time.monotonic() < end
        time.sleep(0.02)
    os.killpg(process.pid, getattr(signal, name))
    begun = time.monotonic()
    try:
        _, said = process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        # where every thread of it stands
        process.send_signal(signal.SIGABRT)
        time.sleep(1)
        os.killpg(process.pid, signal.SIGKILL)
        pytest.fail(process.communicate()[1])
    assert time.monotonic() - begun < 5
    assert process.returncode == code
    assert "Traceback" not in said
    left = re.search(r"(\d+)  left undone: interrupted", said)
    assert left
    written = len(list(out.rglob("*.yaml")))
    # the signal may have come between a file and its being counted
    counted = 60 - int(left[1])
    assert counted <= written <= counted + 1
    assert not list(out.rglob("*.tmp"))
    # what is there is whole, and is not read again
    assert run("check", *out.rglob("*.yaml")).returncode == 0
    done = run("import", folder, "-o", out)
    again = re.search(r"(\d+)  not read again: unchanged", done.stderr)
    assert again
    assert written - 1 <= int(again[1]) <= written
    assert done.returncode == 0
    assert len(list(out.rglob("*.yaml"))) == 60


def test_the_limits_can_be_widened_and_narrowed(tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    path.write_bytes(b"<html><body>" + b"<p>so on</p>" * 600_000)
    done = run("import", path, "-o", tmp_path / "out", "--time-limit", "1", "--memory-limit", "4000")
    assert done.returncode == 3
    assert re.search(r"error\[RG505\]: took more than [14] s and was stopped", done.stderr)
    assert len(done.stderr.splitlines()) == 1
    done = run("import", path, "-o", tmp_path / "out", "--memory-limit", "200")
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    assert run("import", path, "--time-limit", "0").returncode == 2
