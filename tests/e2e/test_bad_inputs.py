"""Bad data files, outputs and templates as a user may have them: exit code, one line at the place, nothing written.

Each case renders over an earlier good output, which has to survive it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command import run_here, unchanged
from tests.support.examples import ASHMERE, LONG, ROOT

STANDARD = ROOT / "templates" / "standard"
SHORT = ASHMERE[2]
LINE = re.compile(r"^.+?: error\[RG\d{3}\]: .+$")
GOOD = """\
format: reportgen/inspection/1
id: x-2012-09
framework: ofsted-cp-2012
title: A title
provider: {name: X}
inspected: [{start: 2012-09-03, end: 2012-09-04}]
judgements:
  - {area: overall-effectiveness, label: Overall, grade: good}
recommendations:
  - {id: R1, text: one, kind: area-for-improvement}
  - {id: R2, text: two, kind: area-for-improvement}
  - {id: R3, text: three, kind: area-for-improvement}
"""


def bomb(levels: int = 9) -> str:
    names = "abcdefghijkl"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{names[i]}: &{names[i]} [{', '.join([f'*{names[i - 1]}'] * 9)}]" for i in range(1, levels)]
    return "\n".join(lines) + "\n"


DATA: list[tuple[str, str | bytes, str, str]] = [
    ("empty.yaml", "", "1:1", "RG103"),
    ("comment.yaml", "\n# nothing\n", "1:1", "RG103"),
    ("empty.json", "", "1:1", "RG103"),
    ("syntax.yaml", GOOD + "provider: {name: [\n", "14:1", "RG104"),
    ("twice.yaml", GOOD + "title: again\n", "13:1", "RG105"),
    ("tab.yaml", GOOD + "team:\n\tsize: 2\n", "14:1", "RG104"),
    ("tag.yaml", GOOD.replace("A title", "!!python/object/apply:os.system ['touch pwned']"), "4:8", "RG106"),
    ("unknown-tag.yaml", GOOD.replace("A title", "!odd x"), "4:8", "RG106"),
    ("bomb.yaml", "format: reportgen/inspection/1\n" + bomb(), "2:1", "RG108"),
    ("self.yaml", "&a [*a]\n", "1:1", "RG106"),
    ("deep.yaml", "[" * 5000 + "]" * 5000, "1:51", "RG107"),
    ("deep.json", "[" * 5000 + "]" * 5000, "1:51", "RG107"),
    ("deep-keys.json", '{"a":' * 5000 + "1" + "}" * 5000, "1:251", "RG107"),
    ("two.yaml", GOOD + "---\n" + GOOD, "13:1", "RG103"),
    ("latin.yaml", GOOD.replace("A title", "caf\xe9").encode("latin-1"), "4:11", "RG102"),
    ("utf16.yaml", GOOD.encode("utf-16"), "1:1", "RG102"),
    ("nul.yaml", GOOD.replace("A title", "a\0b"), "4:9", "RG114"),
    ("surrogate.json", '{"format": "reportgen/inspection/1", "title": "\\ud800"}', "1:47", "RG114"),
    ("no-day.yaml", GOOD.replace("start: 2012-09-03", "start: 2026-13-01"), "6:21", "RG110"),
    ("unknown.yaml", GOOD.replace("grade: good", "graed: good"), "8:51", "RG108"),
    ("missing.yaml", GOOD.replace("text: three, ", ""), "12:5", "RG109"),
    ("grade.yaml", GOOD.replace("grade: good", "grade: superb"), "8:58", "RG122"),
    ("area.yaml", GOOD.replace("area: overall-effectiveness", "area: overal-effectiveness"), "8:12", "RG121"),
    ("framework.yaml", GOOD.replace("ofsted-cp-2012", "ofsted-cp-2021"), "3:12", "RG120"),
    ("ids.yaml", GOOD.replace("id: R3", "id: R1"), "12:10", "RG112"),
    ("id.yaml", GOOD.replace("x-2012-09", "../../x"), "2:5", "RG110"),
    ("nan.json", '{"format": "reportgen/inspection/1", "facts": [{"value": NaN}]}', "1:58", "RG104"),
    ("infinite.yaml", GOOD + "facts: [{key: a, value: 1e400, unit: x}]\n", "13:25", "RG110"),
    ("digits.yaml", GOOD + f"facts: [{{key: a, value: {'9' * 500}, unit: x}}]\n", "13:25", "RG110"),
    ("many.yaml", GOOD + "  - {id: X, text: t, kind: k}\n" * 100_000, "71434:6", "RG107"),
    ("control.yaml", GOOD.replace("A title", '"a\\x0bb"'), "4:8", "RG114"),
    ("version.yaml", GOOD.replace("inspection/1", "inspection/2"), "1:9", "RG111"),
    ("other.yaml", "format: reportgen/events/1\nprovider: x\n", "1:9", "RG111"),
    ("order.yaml", GOOD.replace("end: 2012-09-04", "end: 2012-09-01"), "6:38", "RG110"),
]


@pytest.mark.parametrize(("name", "data", "at", "code"), DATA, ids=[name for name, *_ in DATA])
def test_a_bad_data_file_is_3_at_its_place(
    name: str, data: str | bytes, at: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    (tmp_path / "good.html").write_text("an earlier output")
    start = time.process_time()
    with unchanged(tmp_path):
        done = run_here("render", name, "-o", "good.html")
    assert time.process_time() - start < 10
    assert done.code == 3, done.err
    assert done.out == ""
    assert all(LINE.match(line) for line in done.err.splitlines()), done.err
    assert f"{name}:{at}: error[{code}]" in done.err
    # of two files the good one is still made
    (tmp_path / "fine.yaml").write_text(GOOD)
    both = run_here("render", name, "fine.yaml", "--to", "html", "-o", "out")
    assert both.code == 6, both.err
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["x-2012-09.html"]


@pytest.mark.parametrize("command", ["render", "check", "import"])
def test_what_cannot_be_opened_is_3(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "in.yaml").write_text(GOOD)
    names = ["nothing.yaml", "a\x1b[2Jb.yaml", "folder.yaml"]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.yaml")
        names.append("pipe.yaml")
    for name in names if command != "import" else names[:2]:
        done = run_here(command, name)
        assert done.code == 3, done.err
        assert "error[RG101]" in done.err
        assert len(done.err.splitlines()) == 1
        assert "\x1b" not in done.err

    def deny(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", deny)
    done = run_here(command, "in.yaml")
    assert done.code == 3
    assert "in.yaml: error[RG101]: cannot be read: permission denied" in done.err


def test_text_stays_as_typed_and_a_byte_order_mark_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("\ufeff" + GOOD.replace("three", "no").replace("one", "0123").replace("two", "1:30"), "utf-8")
    done = run_here("render", path, "--to", "txt")
    assert done.code == 0, done.err
    assert "\n- 0123\n- 1:30\n- no\n" in done.out


def test_a_very_long_text_and_very_many_entries_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    entries = "".join(f"  - {{id: X{i}, text: text {i}, kind: area-for-improvement}}\n" for i in range(2000))
    path.write_text(GOOD.replace("three", "word " * 200_000) + entries)
    done = run_here("render", path, "-o", tmp_path / "a.md")
    assert done.code == 0, done.err
    assert (tmp_path / "a.md").stat().st_size > 1_000_000


# -- outputs ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.yaml").write_text(GOOD)
    (tmp_path / "decisions.yaml").write_text("format: reportgen/decisions/1\n")
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "other.html").write_text("somebody else's")
    (tmp_path / "link.html").symlink_to("other.html")
    (tmp_path / "loose.html").symlink_to("nowhere")
    (tmp_path / "hard.yaml").hardlink_to(tmp_path / "in.yaml")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.html")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["-o", "folder.html"], 2, "RG506"),
        (["-o", "link.html"], 5, "symbolic link"),
        (["-o", "loose.html"], 5, "symbolic link"),
        (["-o", "pipe.html"], 5, "no ordinary file"),
        (["-o", "in.yaml"], 5, "the input itself"),
        (["-o", "hard.yaml"], 5, "the input itself"),
        (["-o", "decisions.yaml"], 5, "people keep"),
        (["-o", "in.yaml/x.html"], 5, "RG503"),
        (["-o", "n" * 300 + ".html"], 5, "too long"),
        (["--to", "html,md", "-o", "in.yaml"], 2, "RG504"),
        (["--to", "html,md"], 2, "RG504"),
        (["-o", "x.html", "--to", "odd"], 2, "RG506"),
        (["-o", "-"], 2, "RG504"),
        (["--template", "nowhere", "-o", "x.html"], 4, "RG407"),
        (["--odd"], 2, "RG507"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")
def test_a_bad_output_writes_nothing(arguments: list[str], code: int, said: str, place: Path) -> None:
    with unchanged(place):
        done = run_here("render", "in.yaml", *arguments)
    assert done.code == code, done.err
    assert said in done.err
    assert len(done.err.splitlines()) == 1
    assert done.out == ""


def test_every_format_is_made_before_one_is_written(place: Path) -> None:
    (place / "in.yaml").write_text(GOOD.replace("A title", "A \u0378 title"))
    with unchanged(place):
        done = run_here("render", "in.yaml", "--to", "html,md,pdf", "-o", "out")
    assert done.code == 5
    assert "RG411" in done.err


@pytest.mark.parametrize("name", ["-x.html", "emoji \U0001f600 'q\" x.html", "deep/er/x.html", "../sideways.html"])
def test_odd_names_that_are_fine(name: str, place: Path) -> None:
    done = run_here("render", "-o", name, "in.yaml")
    assert done.code == 0, done.err
    assert Path(name).is_file()


# -- templates -------------------------------------------------------------------------------------------------------

BODY: list[tuple[str, str, str]] = [
    ("\n" * 10 + "{% if %}", "12: error[RG401]", "Expected an expression"),
    ("{{ inspecton.title }}", "2: error[RG402]", "did you mean 'inspection'"),
    ("{{ inspection.titel }}", "2: error[RG402]", "did you mean 'title'"),
    ("\n{{ inspection.provider.nam }}", "3: error[RG402]", "did you mean 'name'"),
    ("{{ inspection.title | uper }}", "2: error[RG402]", "did you mean 'upper'"),
    ("{% if inspection is defind %}{% endif %}", "2: error[RG402]", "did you mean 'defined'"),
    ("{{ ''.__class__ }}", "2: error[RG406]", "__class__"),
    ("{{ ''|attr('__class__') }}", "2: error[RG406]", "__class__"),
    ("{{ cycler.__init__.__globals__ }}", "2: error[RG406]", "__init__"),
    ("{{ lipsum.__globals__ }}", "2: error[RG402]", "lipsum"),
    ("{{ rich.__globals__ }}", "2: error[RG406]", "__globals__"),
    ("{{ range.__self__ }}", "2: error[RG406]", "__self__"),
    ("{{ ['a'] | map(attribute='__class__') | list }}", "2: error[RG406]", "cannot be printed"),
    ("{{ ['a'] | map(attribute='__class__') | join }}", "2: error[RG4", "__class__"),
    ("{{ '{0.__class__}'.format(1) }}", "2: error[RG406]", "__class__"),
    ("{{ inspection.model_copy }}", "2: error[RG406]", "cannot be printed"),
    ("{{ inspection.provider }}", "2: error[RG406]", "'short_name'"),
    ("{{ [1, 2] | random }}", "2: error[RG402]", "random"),
    ("{% include '/etc/passwd' %}", "2: error[RG404]", "/etc/passwd"),
    ("{% include '../../x' %}", "2: error[RG404]", "../../x"),
    ("{% include 'link.html' %}", "2: error[RG404]", "link.html"),
    ("{% include 'inspection.html.j2' %}", ": error[RG406]", "without end"),
    ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", ": error[RG406]", "without end"),
    ("{% for i in range(10**9) %}x{% endfor %}", "2: error[RG406]", "**"),
    ("{% for i in range(1000000000) %}x{% endfor %}", "2: error[RG406]", "ranges"),
    (
        "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}",
        "2: error[RG406]",
        "ranges",
    ),
    ("{{ 'a' * 10000000000 }}", "2: error[RG406]", "operands"),
    ("{{ ('a' * 90000) * 90000 }}", "2: error[RG406]", "operands"),
    ("{% set n = namespace(s='ab') %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}", "", "a text"),
    ("{% set n = namespace(s='ab') %}{% for i in range(60) %}{% set n.s = n.s + n.s %}{% endfor %}", "", "a text"),
    ("{% set n = namespace(s=7) %}{% for i in range(90) %}{% set n.s = n.s * n.s %}{% endfor %}", "", "operands"),
    ('<p><img src="http://169.254.169.254/x" alt="a"></p>', "2: error[RG403]", "<img>"),
    ("<script>alert(1)</script>", "2: error[RG403]", "<script>"),
    ('<p onclick="x()">x</p>', "2: error[RG403]", "onclick"),
    ('<p><a href="javascript:x()">x</a></p>', "2: error[RG403]", "javascript"),
    ('<table><tbody><tr><td colspan="1000000">a</td></tr></tbody></table>', "2: error[RG403]", "colspan"),
    ("<section>" * 2000 + "</section>" * 2000, "2: error[RG403]", "deeper"),
    ("<p>a", "2: error[RG403]", "never closed"),
    ("<h3>x</h3>", "error[RG408]", "level 3 follows level 1"),
    ("{{ 1 / 0 }}", "2: error[RG406]", "division by zero"),
]


def pack(folder: Path, **files: str | bytes) -> Path:
    made = folder / "pack"
    shutil.copytree(STANDARD, made, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for name, text in files.items():
        known = {"body": "inspection.html.j2", "page": "page.html.j2", "style": "style.css", "yaml": "pack.yaml"}
        data = text if isinstance(text, bytes) else text.encode()
        (made / known[name]).write_bytes(data)
    return made


def refused(place: Path, folder: Path, form: str = "html") -> str:
    start = time.process_time()
    (place / f"good.{form}").write_text("an earlier output")
    with unchanged(place):
        done = run_here("render", SHORT, "--template", folder, "-o", f"good.{form}")
    assert time.process_time() - start < 10
    assert done.code == 4, done.err
    assert len(done.err.splitlines()) == 1
    return done.err


@pytest.mark.parametrize(("body", "at", "said"), BODY, ids=[b.strip()[:40] for b, *_ in BODY])
def test_a_bad_template_is_4_at_its_line(body: str, at: str, said: str, place: Path) -> None:
    made = pack(place, body=f"<h1>A title</h1>\n{body}")
    (made / "link.html").symlink_to("/etc/hostname")
    err = refused(place, made)
    assert f"inspection.html.j2{':' if at[:1].isdigit() else ''}{at}" in err or at in err
    assert said in err


PAGE = (STANDARD / "page.html.j2").read_text()
STYLE = (STANDARD / "style.css").read_text()


@pytest.mark.parametrize(
    ("files", "code", "said"),
    [
        ({"style": f"@import url(file:///etc/passwd);{STYLE}"}, "RG405", "file:///etc/passwd"),
        ({"style": f"@import 'http://169.254.169.254/a.css';{STYLE}"}, "RG405", "169.254.169.254"),
        ({"style": STYLE + "body { background: url(http://127.0.0.1:9/x.png) }"}, "RG405", "127.0.0.1"),
        ({"style": STYLE + "h1::before { content: url(../../../etc/passwd) }"}, "RG405", "etc/passwd"),
        (
            {"style": STYLE + "@font-face { font-family: q; src: url(file:///etc/passwd) } p { font-family: q }"},
            "",
            "405",
        ),
        ({"style": STYLE + "body { background: url(nothere.png) }"}, "RG405", "nothere.png"),
        (
            {"page": PAGE.replace("</head>", "<link rel=attachment href='file:///etc/passwd'></head>")},
            "RG405",
            "passwd",
        ),
        (
            {"page": PAGE.replace("</head>", "<link rel=stylesheet href='//127.0.0.1:9/x'></head>")},
            "RG405",
            "127.0.0.1",
        ),
        ({"page": PAGE.replace('lang="{{ lang }}"', "")}, "RG409", "language"),
        ({"page": PAGE.replace("<title>{{ title }}</title>", "")}, "RG409", "title"),
        ({"body": "<p>no heading</p>"}, "RG409", "heading"),
        ({"body": ""}, "RG409", "heading"),
        ({"body": b"<h1>caf\xe9</h1>"}, "RG102", "byte offset 7"),
        ({"style": b"/* \xe9 */"}, "RG102", "style sheet"),
        ({"yaml": "name: [x\n"}, "RG104", "pack.yaml:2:1"),
        ({"yaml": ""}, "RG103", "pack.yaml:1:1"),
        ({"yaml": (STANDARD / "pack.yaml").read_text() + "nmae: x\n"}, "RG108", "did you mean `name`"),
        ({"yaml": (STANDARD / "pack.yaml").read_text().replace("comparison:", "comparsion:")}, "RG407", "comparsion"),
        ({"yaml": (STANDARD / "pack.yaml").read_text().replace("style.css", "../x.css")}, "RG404", "../x.css"),
    ],
)
def test_a_bad_pack_is_4(files: dict[str, str | bytes], code: str, said: str, place: Path) -> None:
    err = refused(place, pack(place, **files), "pdf")
    assert code in err
    assert said in err


def test_nothing_prints_as_nothing(place: Path) -> None:
    made = pack(place, body="<h1>A title</h1>\n<p>a{{ inspection.team }}b</p>")
    done = run_here("render", "in.yaml", "--template", made, "--to", "txt")
    assert "ab" in done.out
    assert done.code == 0, done.err


# -- the machine -----------------------------------------------------------------------------------------------------

RUN = [sys.executable, "-m", "reportgen"]
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals, limits and devices of POSIX")


@pytest.mark.parametrize(
    "command", [["frameworks", "list"], ["frameworks", "show", "ofsted-cp-2012"], ["render", str(LONG)], ["--help"]]
)
@posix
def test_a_closed_pipe_ends_quietly(command: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as out:
        done = subprocess.run([*RUN, *command], stdout=out, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "command", [["frameworks", "list"], ["render", str(LONG)], ["render", str(LONG), "--to", "md"]]
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_stdout_is_5(command: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*RUN, *command], stdout=full, stderr=subprocess.PIPE, check=False, text=True)
    assert done.returncode == 5
    assert "error[RG503]" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@posix
def test_no_stdout_at_all_is_5() -> None:
    done = subprocess.run(
        f"{sys.executable} -m reportgen render {LONG} --to md >&-", shell=True, stderr=subprocess.PIPE, check=False
    )
    assert done.returncode == 5
    assert b"stdout is closed" in done.stderr


@pytest.mark.parametrize(
    ("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 143)] if sys.platform != "win32" else []
)
def test_a_signal_leaves_nothing_half_done(name: str, code: int, tmp_path: Path) -> None:
    good = tmp_path / "good.pdf"
    good.write_bytes(b"an earlier output")
    # it says when it is past its start, so that the signal meets our own handlers, and takes back what a runner in the
    # background has it ignore
    script = (
        "import signal, sys, time; from reportgen import cli, files\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler); signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
        "def slow(file, data): file.write(data[:10]); file.flush(); print('here', flush=True); time.sleep(30)\n"
        f"files._write_whole = slow; sys.argv = ['reportgen', 'render', {str(SHORT)!r}, '-o', {str(good)!r}]\n"
        "cli.main()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"here\n"
        running.send_signal(getattr(signal, name))
        try:
            _, err = running.communicate(timeout=10)
        finally:
            running.kill()
    assert running.returncode == code
    assert b"Traceback" not in err
    assert [p.name for p in tmp_path.iterdir()] == ["good.pdf"]
    assert good.read_bytes() == b"an earlier output"


@posix
def test_a_folder_that_is_gone_and_one_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    done = run_here("render", LONG, "-o", "x.html")
    assert done.code == 5
    assert "RG503" in done.err
    assert run_here("check", LONG).code == 0
    monkeypatch.chdir(tmp_path)
    real = os.open

    def deny(path: object, flags: int, *more: int, **other: object) -> int:
        if flags & os.O_CREAT:
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *more, **other)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", deny)
    done = run_here("render", LONG, "-o", "sub/x.html")
    assert done.code == 5
    assert "choose a folder that you may write to" in done.err
    assert list(tmp_path.iterdir()) == []


@posix
def test_a_system_without_fonts_gives_the_same_pdf(tmp_path: Path) -> None:
    """The fonts are ours; without a configuration at all Pango would end the process, so that is refused before."""
    (tmp_path / "none.conf").write_text("<fontconfig/>")
    made = []
    for configuration in (None, tmp_path / "none.conf"):
        env = {**os.environ, **({"FONTCONFIG_FILE": str(configuration)} if configuration else {})}
        out = tmp_path / f"{len(made)}.pdf"
        done = subprocess.run(
            [*RUN, "-q", "render", str(SHORT), "-o", str(out)], env=env, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")
        made.append(out.read_bytes())
    assert made[0] == made[1]
    env = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "nowhere.conf")}
    done = subprocess.run([*RUN, "render", str(SHORT), "-o", str(out)], env=env, capture_output=True, check=False)
    assert done.returncode == 5
    assert b"RG502" in done.stderr
    assert out.read_bytes() == made[0]


def test_an_error_with_debug_keeps_its_exit_code() -> None:
    done = run_here("--debug", "render", "nothing.yaml")
    assert done.code == 3
    assert "Traceback" in done.err
    assert "error[RG101]" in done.err.splitlines()[-1]
