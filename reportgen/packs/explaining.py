"""Why a fault of a template pack matters, and what to do about it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from reportgen.data_files import plain
from reportgen.errors import CODES, UsageFault

_FILE = Path(__file__).with_name("explanations.yaml")


def explain(code: str) -> tuple[str, str, str]:
    """What a code means, why it matters, what to do.

    Raises:
        UsageFault: a check of packs gives no such code (RG507).
    """
    known = explained()
    if code.upper() not in known:
        first, last = min(known), max(known)
        hint = f"codes of packs go from {first} to {last}; docs/notices.md has them all"
        raise UsageFault("RG507", f"no fault of a template pack has the code {code!r}", hint=hint)
    entry = known[code.upper()]
    return CODES[code.upper()], entry["why"], entry["mend"]


@cache
def explained() -> dict[str, Any]:
    """The explanations by code."""
    held = plain(_FILE.read_bytes(), name=_FILE.name)
    assert isinstance(held, dict)
    return held
