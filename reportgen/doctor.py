"""What the machine has and lacks for each thing that reportgen does, and what to install where it lacks it."""

from __future__ import annotations

import ctypes.util
import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

#: How a missing program or library is installed, by system; the keys are what `_system` gives.
_INSTALL = {
    "pango": {
        "debian": "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
        "fedora": "dnf install pango",
        "macos": "brew install pango",
        "windows": "install MSYS2, then: pacman -S mingw-w64-x86_64-pango",
        "other": "install Pango 1.44 or later",
    },
    "libreoffice": {
        "debian": "apt install libreoffice-writer-nogui",
        "fedora": "dnf install libreoffice-writer",
        "macos": "brew install --cask libreoffice",
        "windows": "winget install TheDocumentFoundation.LibreOffice",
        "other": "install LibreOffice",
    },
    "chromium": {
        "debian": "apt install chromium",
        "fedora": "dnf install chromium",
        "macos": "brew install --cask chromium",
        "windows": "winget install Google.Chrome",
        "other": "install Chromium",
    },
    "poppler": {
        "debian": "apt install poppler-utils",
        "fedora": "dnf install poppler-utils",
        "macos": "brew install poppler",
        "windows": "winget install oschwartz10612.Poppler",
        "other": "install Poppler",
    },
}


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing looked at. ``missing`` is needed for the main job; ``absent`` is only needed for what ``need`` says."""

    name: str
    state: Literal["fine", "missing", "absent"]
    detail: str
    need: str = ""
    install: str = ""

    def line(self) -> str:
        """One line for people."""
        tail = f" – {self.install}" if self.install else ""
        need = f" ({self.need})" if self.need and self.state != "fine" else ""
        return f"{self.state:<8}{self.name}: {self.detail}{need}{tail}"

    def as_dict(self) -> dict[str, str]:
        """The same for programs."""
        return asdict(self)


def examine() -> list[Examined]:
    """Look at everything, in the order in which it matters."""
    return [
        _python(),
        *map(_package, ("click", "pydantic", "PyYAML", "Jinja2", "lxml", "deepdiff", "markdown-it-py")),
        _package("weasyprint"),
        _library("Pango", ("pango-1.0", "pango-1.0-0", "libpango-1.0-0")),
        _library("HarfBuzz-Subset", ("harfbuzz-subset", "harfbuzz-subset-0", "libharfbuzz-subset-0")),
        _fonts(),
        _program("libreoffice", ("soffice", "libreoffice"), "only to test Word files"),
        _program("chromium", ("chromium", "chromium-browser", "google-chrome"), "only to test web pages"),
        _program("poppler", ("pdftotext",), "only to take text out of PDF reports before importing them"),
    ]


def install_hint(what: str) -> str:
    """How to install something on this system."""
    return _INSTALL[what][_system()]


def _system(read: Callable[[], dict[str, str]] = platform.freedesktop_os_release) -> str:
    if sys.platform == "darwin":
        return "macos"
    if sys.platform == "win32":
        return "windows"
    try:
        release = read()
    except OSError:
        return "other"
    family = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    if family & {"debian", "ubuntu"}:
        return "debian"
    return "fedora" if family & {"fedora", "rhel"} else "other"


def _python() -> Examined:
    # an older Python cannot even be given this package to install
    return Examined("Python", "fine", platform.python_version())


def _package(name: str) -> Examined:
    try:
        return Examined(name, "fine", importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Examined(name, "missing", "not installed", install=f"pip install {name}")


def _library(name: str, spellings: tuple[str, ...]) -> Examined:
    """A library that PDF output loads; Pango's own packages bring it, but for Debian, which packs it apart."""
    found = next((path for n in spellings if (path := ctypes.util.find_library(n))), None)
    if found:
        return Examined(name, "fine", found)
    need = "PDF output; every other format works without it"
    return Examined(name, "missing", "not found", need, install_hint("pango"))


def _fonts() -> Examined:
    folder = Path(__file__).parent / "fonts"
    found = sorted(p.stem for p in folder.glob("*.ttf"))
    if found:
        return Examined("fonts", "fine", f"{', '.join(found)} (shipped)")
    return Examined("fonts", "missing", f"none in {folder}", "PDF output", "install reportgen again")


def _program(key: str, names: tuple[str, ...], need: str) -> Examined:
    found = next((path for n in names if (path := shutil.which(n))), None)
    if found:
        return Examined(names[0], "fine", found)
    return Examined(names[0], "absent", "not found", need, install_hint(key))
