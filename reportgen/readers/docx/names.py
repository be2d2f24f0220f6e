"""Names of WordprocessingML, and how its elements say yes and no."""

from __future__ import annotations

from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
ALTERNATE, CHOICE, FALLBACK = (f"{_COMPATIBILITY}{name}" for name in ("AlternateContent", "Choice", "Fallback"))
MATHS_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"


def w(name: str) -> str:
    """A name in the namespace of WordprocessingML."""
    return _W + name


def value(element: Any, name: str) -> str | None:
    """The value of a property element directly inside an element; None where it is not there."""
    found = element.find(w(name)) if element is not None else None
    return None if found is None else found.get(w("val"))


def on(element: Any, name: str) -> bool | None:
    """Whether a property is switched on: None where nothing is said about it."""
    found = element.find(w(name)) if element is not None else None
    if found is None:
        return None
    return found.get(w("val")) not in ("0", "false", "off", "none")
