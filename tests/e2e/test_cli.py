"""The command line as a user meets it: exit codes, one-line errors, results on stdout, files whole or not at all."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import printed_report
from tests.support.examples import ASHMERE, LONG, NEXT, ROTHERHAM


def run(
    *arguments: object, cwd: Path | None = None, env: dict[str, str] | None = None, **more: object
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reportgen", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, "PYTHONUTF8": "1", **(env or {})},
        check=False,
        **more,  # type: ignore[call-overload]
    )


LONG_LINE = "this sentence goes on so that one can see that the text flows " * 4 + "to its end."
REPORT = f"""\
Inspection of local authority arrangements for the protection of children

Ashmere Metropolitan Borough Council

Inspection dates: 3 September to 12 September 2012
Lead inspector: Marian Tolley HMI

Areas for improvement

1. The council and its partners should take the following action, {LONG_LINE}

Immediately:

- review how plans are written.

Record of main findings

Overall effectiveness\tAdequate
The effectiveness of the help and protection provided to children, young people, families and carers\tGood
The quality of practice\tAdequate
Leadership and governance\tGood
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(REPORT, encoding="utf-8")
    return path


def test_import_check_render_compare(report: Path, tmp_path: Path) -> None:
    done = run("import", report, "-o", tmp_path / "data")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    data = tmp_path / "data" / "ashmere" / "ashmere-2012-09.yaml"
    assert data.is_file()
    assert run("check", data).returncode == 0
    out = run("render", data, "--to", "html,md,txt,json", "-o", tmp_path / "out")
    assert out.returncode == 0, out.stderr
    assert sorted(p.suffix for p in (tmp_path / "out").iterdir()) == [".html", ".json", ".md", ".txt"]
    compared = run("compare", data, data, "--exit-code")
    assert compared.returncode == 0, compared.stderr
    assert "\x1b" not in compared.stdout
    assert run("compare", data, NEXT, "--exit-code").returncode == 1


def test_import_again_goes_over_its_own_file_and_another_goes_beside(report: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert run("import", report, "-o", tmp_path / "data").returncode == 0
    report.write_text(REPORT.replace("review how", "look at how"), encoding="utf-8")
    assert run("import", report, "-o", tmp_path / "data").returncode == 0
    assert sorted(p.name for p in (tmp_path / "data" / "ashmere").iterdir()) == [
        "ashmere-2012-09-2.yaml",
        "ashmere-2012-09.yaml",
    ]


def test_one_bad_file_of_several_is_6_and_the_others_are_written(report: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text("A letter about something else.", encoding="utf-8")
    done = run("import", report, bad, "-o", tmp_path / "data")
    assert done.returncode == 6
    assert "bad.txt: error[RG202]" in done.stderr
    assert len(list((tmp_path / "data").rglob("*.yaml"))) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["render", "nothing.yaml"], 3, "nothing.yaml: error[RG101]"),
        (["render", str(LONG), "--to", "epub"], 2, "RG506"),
        (["render", str(LONG), "-o", "out.xyz"], 2, "RG506"),
        (["render", str(LONG), "--to", "html", "--template", "standrad", "-o", "x.html"], 4, "did you mean 'standard'"),
        (["frameworks", "show", "ofsted-cp-2021"], 3, "did you mean 'ofsted-cp-2012'"),
        (["new", "--framework", "nobody"], 3, "RG120"),
        (["bogus"], 2, "No such command"),
    ],
)
def test_mistakes_are_one_line_and_have_their_code(arguments: list[str], code: int, said: str, tmp_path: Path) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_a_data_file_names_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(LONG.read_text().replace("grade: good\n    printed: Good", "grade: god\n    printed: Good", 1))
    line = next(i for i, text in enumerate(path.read_text().splitlines(), 1) if "grade: god" in text)
    done = run("check", path)
    assert done.returncode == 1
    assert f"x.yaml:{line}:" in done.stderr
    assert "did you mean 'good'" in done.stderr
    assert run("render", path, "--to", "html", "-o", tmp_path / "y.html").returncode == 3
    assert not (tmp_path / "y.html").exists()


def test_a_file_that_is_no_data_is_3(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("")
    assert run("check", path).returncode == 3


def test_stdout_and_closed_pipe() -> None:
    done = run("render", LONG, "--to", "md", "-o", "-")
    assert done.returncode == 0
    assert done.stdout.startswith("# ")
    assert done.stderr == ""
    piped = subprocess.run(
        f"{sys.executable} -m reportgen render {LONG} --to txt -o - | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert piped.stderr == ""
    assert piped.stdout.startswith("Inspection of")


def test_json_messages(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("format: reportgen/inspection/1\nid: 7\n")
    done = run("--json", "check", path)
    rows = [json.loads(line) for line in done.stderr.splitlines()]
    assert {row["level"] for row in rows} == {"error"}
    assert all(row["line"] for row in rows)


def test_strict_makes_warnings_fail(report: Path, tmp_path: Path) -> None:
    report.write_text(REPORT.replace("Leadership and governance\tGood\n", ""), encoding="utf-8")
    assert run("import", report, "-o", tmp_path / "a.yaml").returncode == 0
    assert run("--strict", "import", report, "-o", tmp_path / "b.yaml").returncode == 1


def test_new_is_a_valid_file_for_every_framework(tmp_path: Path) -> None:
    listed = json.loads(run("--json", "frameworks", "list").stdout)
    assert len(listed) >= 12
    for row in listed:
        path = tmp_path / f"{row['key']}.yaml"
        assert run("new", "--framework", row["key"], "-o", path).returncode == 0
        done = run("check", path)
        assert done.returncode == 0, done.stderr
    again = run("new", "--framework", listed[0]["key"], "-o", tmp_path / f"{listed[0]['key']}.yaml")
    assert again.returncode == 2


def test_schema_is_json_and_frameworks_check_passes() -> None:
    assert json.loads(run("schema", "inspection").stdout)["$schema"].startswith("https://json-schema.org")
    assert run("frameworks", "check").returncode == 0


def test_the_bundled_files_are_fine() -> None:
    done = run("check", *ASHMERE, *ROTHERHAM, *(p.parent / n for p in (LONG, ROTHERHAM[0]) for n in ("events.yaml",)))
    assert done.returncode == 0, done.stderr


def test_several_outputs_never_land_on_one_name(tmp_path: Path) -> None:
    done = run("render", LONG, LONG, "--to", "html", "-o", tmp_path)
    assert done.returncode == 2
    assert "RG504" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_good_output_survives_a_failure(tmp_path: Path) -> None:
    good = tmp_path / "out.html"
    assert run("render", LONG, "-o", good).returncode == 0
    before = good.read_bytes()
    broken = tmp_path / "pack"
    broken.mkdir()
    (broken / "pack.yaml").write_text(
        "format: reportgen/pack/1\nname: broken\npage: i.html.j2\n"
        "templates: {inspection: i.html.j2, comparison: i.html.j2}\n"
    )
    (broken / "i.html.j2").write_text("<h1>{{ inspecton.title }}</h1>")
    done = run("render", LONG, "-o", good, "--template", broken)
    assert done.returncode == 4
    assert "i.html.j2:1: error[RG402]" in done.stderr
    assert "did you mean 'inspection'" in done.stderr
    assert good.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.html", "pack"]


@pytest.mark.parametrize("locale", ["C", "en_GB.UTF-8", "tr_TR.UTF-8"])
def test_terminal_output_survives_any_locale(locale: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reportgen", "render", str(LONG)],
        capture_output=True,
        env={**os.environ, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"Overall effectiveness" in done.stdout


def test_no_pango_no_pdf_and_everything_else_works(tmp_path: Path) -> None:
    """Without the library WeasyPrint cannot be imported: PDF says so in one line, the other formats are written."""
    blocked = tmp_path / "site"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text(
        "from cffi import FFI\n"
        "def dlopen(self, name, flags=0):\n"
        "    raise OSError(f'cannot load library {name!r}: not found')\n"
        "FFI.dlopen = dlopen\n"
    )
    env = {"PYTHONPATH": str(blocked)}
    out = tmp_path / "out"
    done = run("render", LONG, "--to", "html,docx,md,txt,json,yaml", "-o", out, env=env)
    assert done.returncode == 0, done.stderr
    assert len(list(out.iterdir())) == 6
    pdf = run("render", LONG, "-o", out / "x.pdf", env=env)
    assert pdf.returncode == 5
    assert "RG501" in pdf.stderr
    assert "libpango-1.0-0" in pdf.stderr
    assert len(pdf.stderr.strip().splitlines()) == 1
    assert pdf.stdout == ""
    assert not (out / "x.pdf").exists()


# -- evidence and review ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("printed") / "ferrow.pdf"
    path.write_bytes(printed_report.pdf())
    return path


def test_evidence_shows_values_and_printed_words_side_by_side(printed: Path) -> None:
    done = run("import", printed, "--evidence")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert re.search(r"^Value +Where +Printed words$", done.stdout, re.MULTILINE)
    words = re.sub(r"\s+", " ", done.stdout)
    assert "page 1 Inspection dates: 3 September" in words


def test_evidence_as_data(printed: Path) -> None:
    done = run("--json", "import", printed, "--evidence")
    data = json.loads(done.stdout)
    assert data["inspection"] == "ferrow-2012-09"
    (first, *_) = [v for v in data["values"] if v["kind"] == "recommendation"]
    assert first["value"] == printed_report.FIRST
    (place,) = first["evidence"]
    assert (place["page"], place["printed"]) == (1, f"• {printed_report.FIRST}")
    assert place["end"] - place["start"] >= len(printed_report.FIRST)


def test_review_is_one_page_for_one_report(printed: Path, tmp_path: Path) -> None:
    page = tmp_path / "check.html"
    done = run("import", printed, "--review", page)
    assert (done.returncode, done.stdout) == (0, "")
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert run("import", printed, "--review", "-").stdout == page.read_text(encoding="utf-8")
    second = tmp_path / "second.pdf"
    second.write_bytes(printed.read_bytes())
    several = run("import", printed, second, "--review", page)
    assert several.returncode == 2
    assert "one report at a time" in several.stderr
    over = run("import", printed, "--review", printed)
    assert over.returncode == 5
    assert printed.read_bytes() == printed_report.pdf()


def test_review_and_data_in_one_run_and_what_was_corrected_is_seen_next_time(printed: Path, tmp_path: Path) -> None:
    folder, page = tmp_path / "inspections", tmp_path / "check.html"
    folder.mkdir()
    assert run("import", printed, "-o", folder, "--review", page).returncode == 0
    made = folder / "ferrow" / "ferrow-2012-09.yaml"
    before = made.read_bytes()
    decisions = made.with_name("decisions.yaml")
    decisions.write_text(
        "format: reportgen/decisions/1\ncorrections:\n"
        "  - {inspection: ferrow-2012-09, field: 'lead_inspectors[0].name', was: Marian Tolley, now: Marion Tolley,"
        " by: A. Person, on: 2013-01-02}\n",
        encoding="utf-8",
    )
    assert run("check", decisions).returncode == 0
    assert run("import", printed, "-o", folder, "--review", page).returncode == 0
    assert made.read_bytes() == before, "an import never writes corrections into the data"
    assert "Marion Tolley" in run("render", made).stdout
    words = page.read_text(encoding="utf-8")
    assert "<strong>Corrected</strong> by A. Person on 2013-01-02" in words
    # the report still prints the other name, and the page says so
    assert "The printed words differ." in words


def test_evidence_of_data_is_refused() -> None:
    done = run("import", LONG, "--evidence")
    assert done.returncode == 3
    assert "RG201" in done.stderr
