"""Every rule finds the fault that is planted for it, and finds nothing in sound files and in our own outputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen import checks
from reportgen.errors import CODES
from tests.support.faults import FAULTS, sound

RULES = [(form, rule.code) for rule in checks.rules().values() for form in rule.formats]
FORMATS = ("pdf", "docx", "html")


def codes(path: Path) -> set[str]:
    return {found["code"] for found in checks.job(str(path))}


def test_every_rule_has_a_planted_fault_and_a_meaning() -> None:
    assert set(RULES) == set(FAULTS)
    assert set(checks.rules()) == {code for code in CODES if code >= "RG651" and code <= "RG699"}


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_is_found_in_a_sound_file(format: str, tmp_path: Path) -> None:
    path = tmp_path / f"harbours-2026.{format}"
    path.write_bytes(sound(format))
    assert checks.job(str(path)) == []


@pytest.mark.parametrize(("format", "code"), RULES, ids=lambda x: x)
def test_a_planted_fault_is_found(format: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / f"harbours-2026.{format}"
    path.write_bytes(FAULTS[format, code]())
    assert code in codes(path)
