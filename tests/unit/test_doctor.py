"""What the machine has and lacks, told for each system."""

from __future__ import annotations

import ctypes.util
import sys

import pytest

from reportgen import doctor
from reportgen.doctor import examine, install_hint
from tests.support.command import run_here


def test_one_line_for_each_thing_and_fine_where_the_main_job_runs() -> None:
    done = run_here("doctor")
    lines = done.out.splitlines()
    assert [line.split(":")[0].split()[-1] for line in lines][:3] == ["Python", "click", "pydantic"]
    assert all(line.split()[0] in ("fine", "missing", "absent") for line in lines)
    assert done.code == (5 if any(line.startswith("missing") for line in lines) else 0)


@pytest.mark.parametrize(
    ("platform", "release", "command"),
    [
        ("linux", {"ID": "debian"}, "apt install libpango-1.0-0"),
        ("linux", {"ID": "mint", "ID_LIKE": "ubuntu debian"}, "apt install libpango-1.0-0"),
        ("linux", {"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "dnf install pango"),
        ("linux", {"ID": "alpine"}, "install Pango"),
        ("linux", None, "install Pango"),
        ("darwin", None, "brew install pango"),
        ("win32", None, "MSYS2"),
    ],
)
def test_how_to_install_is_told_for_each_system(
    platform: str, release: dict[str, str] | None, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read() -> dict[str, str]:
        if release is None:
            raise OSError
        return release

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(doctor, "_system", lambda real=doctor._system: real(read))
    assert command in install_hint("pango")


def test_what_is_missing_is_5_and_what_is_only_absent_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda _: None)
    monkeypatch.setattr(doctor.shutil, "which", lambda _: None)
    states = {e.name: e.state for e in examine()}
    assert states["Pango"] == states["HarfBuzz-Subset"] == "missing"
    assert states["soffice"] == states["pdftotext"] == "absent"
    done = run_here("doctor")
    assert done.code == 5
    assert "every other format works without it" in done.out
    assert run_here("--json", "doctor").out.lstrip().startswith("[")
