"""Published inspections as data: read, check, render, compare, follow through the years.

The names below are the whole public interface; everything else may change without notice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from reportgen.api import build_history, compare, load_framework, read_inspection, render, write
    from reportgen.errors import ReportgenError
    from reportgen.model import Comparison, History, Inspection

__all__ = [
    "Comparison",
    "History",
    "Inspection",
    "ReportgenError",
    "build_history",
    "compare",
    "load_framework",
    "read_inspection",
    "render",
    "write",
]

_HOMES = {"Comparison": "model", "History": "model", "Inspection": "model", "ReportgenError": "errors"}


def __getattr__(name: str) -> Any:
    # importing the package must stay cheap: the command line starts with it
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"reportgen.{_HOMES.get(name, 'api')}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
