"""The words that templates print and that the reader of our own outputs knows again, one language a file."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from reportgen.data_files import plain
from reportgen.document import same_language
from reportgen.errors import InputError

_HERE = Path(__file__).parent
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@cache
def languages() -> tuple[str, ...]:
    """The languages that there are labels for, British English first."""
    return ("en-GB", *sorted({p.stem for p in _HERE.glob("*.yaml")} - {"en-GB"}))


def nearest(lang: str) -> str:
    """The language to print a text of this language in: its own where there are labels for it, else British English."""
    same = (known for known in languages() if same_language(known, lang))
    return lang if lang in languages() else next(same, "en-GB")


@cache
def load_labels(lang: str = "en-GB") -> dict[str, Any]:
    """The labels of a language as nested dicts of text; every caller gets the same ones, so leave them as they are.

    Raises:
        InputError: there are no labels for that language (RG101).
    """
    path = _HERE / f"{lang}.yaml"
    if not _LANGUAGE.fullmatch(lang) or not path.is_file():
        hint = f"use one of: {', '.join(languages())}"
        raise InputError("RG101", f"no labels for the language {lang!r}", hint=hint)
    labels = plain(path.read_bytes(), name=path.name)
    assert isinstance(labels, dict)
    return labels
