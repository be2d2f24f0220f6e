"""Jobs in child processes: what comes back, what is stopped, and that nobody is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from reportgen import workers
from reportgen.errors import Bug, InputError, InputErrors
from reportgen.workers import Limits, call, run

REPORT = "tests.support.jobs:report"
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits as POSIX systems have them")


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # a process that has ended and was not waited for by whoever inherited it is no more, either
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def gone(processes: list[int], within: float = 2.0) -> bool:
    end = time.monotonic() + within
    while any(alive(p) for p in processes):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def pids(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()]


def test_results_come_in_the_order_of_the_jobs_whoever_is_quicker() -> None:
    jobs = [{"number": n, "wait": 0.3 if n == 0 else 0.0} for n in range(8)]
    ended: list[int] = []
    found = list(run("tests.support.jobs:double", jobs, processes=2, done=lambda: ended.append(1)))
    assert [outcome.value["double"] for outcome in found] == [2 * n for n in range(8)]
    assert len(ended) == 8
    used = {outcome.value["process"] for outcome in found}
    assert 1 <= len(used) <= 2, "not a process a job"
    assert gone(list(used))


def test_a_child_is_replaced_after_its_share_of_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_JOBS", 2)
    found = list(run("tests.support.jobs:double", [{"number": n} for n in range(5)], processes=1))
    assert len({outcome.value["process"] for outcome in found}) == 3


def test_no_jobs_are_no_outcomes() -> None:
    assert list(run("tests.support.jobs:double", [])) == []


@pytest.mark.parametrize(
    ("what", "said"),
    [
        pytest.param("sleep", "took more than 4 s", id="waits for ever"),
        pytest.param("spin", "took more than", id="works for ever", marks=posix),
        pytest.param("memory", "needs more than 500 MB", id="wants everything", marks=posix),
        pytest.param("segfault", "broke down (SIGSEGV)", id="falls over", marks=posix),
        pytest.param("killed", "broke down (SIGKILL)", id="is killed twice", marks=posix),
        pytest.param("exit", "exit code 7", id="leaves"),
    ],
)
def test_one_bad_job_is_one_error_and_the_others_go_on(what: str, said: str, tmp_path: Path) -> None:
    jobs = [{"path": str(tmp_path / str(n)), "what": what if n == 1 else "fine"} for n in range(4)]
    begun = time.monotonic()
    found = list(run(REPORT, jobs, processes=2, limits=Limits(1, 500_000_000)))
    assert time.monotonic() - begun < 10
    assert [outcome.value for outcome in found] == ["fine", None, "fine", "fine"]
    error = found[1].error
    assert isinstance(error, InputError)
    assert error.code == "RG505"
    assert said in error.message
    assert error.hint
    assert gone([p for n in range(4) for p in pids(tmp_path / str(n))])


@posix
def test_the_system_itself_limits_a_child(tmp_path: Path) -> None:
    """On a busy machine the parent's clock may be first; the limits that need no parent are there all the same."""
    found = call("tests.support.jobs:limits", {}, limits=Limits(3, 700_000_000))
    assert found["memory"] == 700_000_000
    assert found["core"] == 0
    assert found["used"] < found["seconds"] <= found["used"] + 4.1


@posix
def test_what_was_killed_from_outside_is_tried_once_more(tmp_path: Path) -> None:
    (found,) = run(REPORT, [{"path": str(tmp_path / "p"), "what": "killed once"}])
    assert found.value == "killed once"
    assert len(set(pids(tmp_path / "p"))) == 2


def test_errors_come_back_as_they_were(tmp_path: Path) -> None:
    def outcome(what: str) -> BaseException:
        with pytest.raises(Exception) as caught:
            call(REPORT, {"path": str(tmp_path / "p"), "what": what}, limits=Limits(8))
        return caught.value

    error = outcome("error")
    assert isinstance(error, InputError)
    assert str(error) == "x:3: error[RG201]: no good – try another"
    errors = outcome("errors")
    assert isinstance(errors, InputErrors)
    assert [e.message for e in errors.errors] == ["a", "b"]
    bug = outcome("bug")
    assert isinstance(bug, Bug)
    assert "ZeroDivisionError: by hand" in bug.message
    assert "in report" in bug.__notes__[0]
    deep = outcome("deep")
    assert isinstance(deep, InputError)
    assert deep.code == "RG107"
    # none of that cost the child its life
    assert len(set(pids(tmp_path / "p"))) == 1


def test_what_a_job_prints_is_no_reply(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert call(REPORT, {"path": str(tmp_path / "p"), "what": "print"}) == "print"
    assert capfd.readouterr() == ("", "")


def test_one_child_serves_call_after_call(tmp_path: Path) -> None:
    for _ in range(3):
        # limits of its own, so that no child of other tests is at the end of its share of jobs
        call(REPORT, {"path": str(tmp_path / "p")}, limits=Limits(7))
    assert len(set(pids(tmp_path / "p"))) == 1


def test_leaving_early_ends_the_children_at_once(tmp_path: Path) -> None:
    path = tmp_path / "p"
    jobs = [{"path": str(path), "what": what} for what in ("fine", "sleep", "sleep", "sleep")]
    begun = time.monotonic()
    with closing(run(REPORT, jobs, processes=2)) as outcomes:
        assert next(outcomes).value == "fine"
        while len(pids(path)) < 3:
            time.sleep(0.02)
    assert time.monotonic() - begun < 8
    assert gone(pids(path))


PARENT = """
import sys
from reportgen import workers
jobs = [{"path": sys.argv[1], "what": what} for what in ("spin", "sleep")]
for outcome in workers.run("tests.support.jobs:report", jobs, processes=2, limits=workers.Limits(50)):
    print(outcome)
"""


@posix
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT", "SIGTERM", "SIGHUP"])
def test_children_end_with_their_parent_however_it_went(how: str, tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.touch()
    root = str(Path(__file__).resolve().parents[2])
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(path)], cwd=root, stderr=subprocess.PIPE)
    try:
        end = time.monotonic() + 20
        while len(pids(path)) < 2:
            assert time.monotonic() < end
            time.sleep(0.02)
        parent.send_signal(getattr(signal, how))
        parent.communicate(timeout=5)
    finally:
        parent.kill()
        parent.wait()
    assert gone(pids(path), within=1.0)
