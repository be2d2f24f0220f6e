"""``reportgen history`` as people run it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.e2e.test_cli import run
from tests.support.examples import INSPECTIONS


def test_a_folder_gives_each_provider_a_history_in_a_folder_of_its_own(tmp_path: Path) -> None:
    done = run("history", INSPECTIONS, "--to", "json,yaml", "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    made = sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.*"))
    assert made == [f"{name}/history.{form}" for name in ("ashmere", "rotherham") for form in ("json", "yaml")]
    data = json.loads((tmp_path / "out/rotherham/history.json").read_text(encoding="utf-8"))
    assert data["format"] == "reportgen/history/1"
    assert [i["id"][-7:] for i in data["inspections"]] == [
        "2010-07",
        "2012-07",
        "2014-09",
        "2017-11",
        "2022-06",
        "2025-11",
    ]


def test_the_same_folder_twice_gives_the_same_bytes_in_any_order_of_files(tmp_path: Path) -> None:
    files = sorted((INSPECTIONS / "ashmere").glob("ashmere-*.yaml"))
    one = run("history", INSPECTIONS / "ashmere", "--to", "json").stdout
    two = run("history", *reversed(files), "--to", "json").stdout
    assert one == two
    assert json.loads(one)["as_of"] == "2023-07-03"


def test_one_provider_one_file_since_a_year_against_a_baseline(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    words = ("--provider", "rotherham", "--since", "2012", "--baseline", "rotherham-2012-07", "--as-of", "2026-01-01")
    done = run("-v", "history", INSPECTIONS, *words, "-o", out)
    assert done.returncode == 0, done.stderr
    assert "RG321" in done.stderr
    data = json.loads(out.read_text(encoding="utf-8"))
    assert data["inspections"][0]["id"] == "rotherham-2012-07"
    assert sum(data["baseline"]["counts"].values()) == 13
    assert data["as_of"] == "2026-01-01"


def test_a_wrong_file_leaves_a_history_of_the_others_and_says_so(tmp_path: Path) -> None:
    shutil.copytree(INSPECTIONS / "ashmere", tmp_path / "a")
    bad = tmp_path / "a" / "ashmere-2015-02.yaml"
    bad.write_text(bad.read_text(encoding="utf-8").replace("framework: ", "framework: x", 1), encoding="utf-8")
    done = run("history", tmp_path / "a", "--to", "json")
    assert done.returncode == 6
    assert "ashmere-2015-02.yaml" in done.stderr
    assert [i["id"][-7:] for i in json.loads(done.stdout)["inspections"]] == [
        "2010-03",
        "2012-09",
        "2018-10",
        "2023-05",
    ]


def test_usage(tmp_path: Path) -> None:
    cases = {
        ("history", tmp_path): (2, "RG507"),
        ("history", tmp_path / "nothing.yaml", "--to", "json"): (3, "RG101"),
        ("history", INSPECTIONS, "--provider", "nowhere", "--to", "json"): (2, "RG507"),
        ("history", INSPECTIONS / "ashmere", "--baseline", "ashmere-1999-01", "--to", "json"): (2, "RG507"),
        ("history", INSPECTIONS, "--to", "json"): (2, "RG504"),
        ("history", INSPECTIONS / "ashmere", "--as-of", "yesterday"): (2, "RG507"),
        ("history", INSPECTIONS / "ashmere", "--since", "2030", "--to", "json"): (2, "RG507"),
    }
    for words, (code, named) in cases.items():
        done = run(*words)
        assert (done.returncode, named in done.stderr, done.stdout) == (code, True, ""), (words, done.stderr)
