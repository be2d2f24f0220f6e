"""The words that templates print and that the reader of our own outputs knows again, one language a file."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from reportgen.data_files import plain
from reportgen.errors import InputError

_HERE = Path(__file__).parent
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@cache
def load_labels(lang: str = "en-GB") -> dict[str, Any]:
    """The labels of a language as nested dicts of text; every caller gets the same ones, so leave them as they are.

    Raises:
        InputError: there are no labels for that language (RG101).
    """
    path = _HERE / f"{lang}.yaml"
    if not _LANGUAGE.fullmatch(lang) or not path.is_file():
        known = ", ".join(sorted(p.stem for p in _HERE.glob("*.yaml")))
        raise InputError("RG101", f"no labels for the language {lang!r}", hint=f"use one of: {known}")
    labels = plain(path.read_bytes(), name=path.name)
    assert isinstance(labels, dict)
    return labels
