"""What outputs were made of: hashes of inputs, template packs, fonts and outputs, and the versions that shape bytes.

A manifest holds nothing of the day or the folder, so that the same work gives the same manifest. Paths are told from
the folder that the manifest is written to.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from reportgen import __version__, data_files, files
from reportgen.model import Model

_PACKAGE = Path(__file__).parent
#: Libraries whose version can change the bytes of an output, by the names they are installed under.
_LIBRARIES = (
    "cssselect2",
    "fonttools",
    "Jinja2",
    "lxml",
    "markdown-it-py",
    "pikepdf",
    "pillow",
    "pydantic",
    "pydyf",
    "pyphen",
    "pypdfium2",
    "PyYAML",
    "tinycss2",
    "tinyhtml5",
    "weasyprint",
    "XlsxWriter",
)


class Hashed(Model):
    """A file by its path from the manifest's folder, its size in bytes and its SHA-256."""

    path: str
    bytes: int
    sha256: str


class Made(Hashed):
    """An output, with its format."""

    format: str


class UsedPack(Model):
    """A template pack: its name, and its files by their paths inside the pack; a pack it extends stands after it."""

    name: str
    files: tuple[Hashed, ...]


class Program(Model):
    """This program: its version, and one hash of all its code, profiles and words."""

    version: str
    sha256: str


class Manifest(Model):
    """What outputs were made of, and what they are."""

    format: Literal["reportgen/manifest/1"] = "reportgen/manifest/1"
    command: str
    options: dict[str, str | bool]
    source_date_epoch: int | None
    inputs: tuple[Hashed, ...]
    frameworks: tuple[Hashed, ...]
    packs: tuple[UsedPack, ...]
    fonts: tuple[Hashed, ...]
    reportgen: Program
    python: str
    libraries: dict[str, str | None]
    system: dict[str, str]
    outputs: tuple[Made, ...]


class Recorder:
    """Collects what a command reads and writes, and gives the manifest of it at the end."""

    def __init__(self, path: Path, command: str, options: Mapping[str, str | bool]) -> None:
        self.folder = path.parent
        self.command = command
        self.options = dict(options)
        self.inputs: dict[str, Hashed] = {}
        self.packs: dict[str, UsedPack] = {}
        self.outputs: dict[str, Made] = {}

    def reads(self, paths: Iterable[Path], *, beside: Iterable[str] = ("decisions.yaml",)) -> None:
        """Note inputs, and files of these names in their folders, which they are read with.

        Raises:
            InputError: one cannot be read (RG101).
        """
        given = list(paths)
        more = [d / name for d in dict.fromkeys(p.parent for p in given) for name in beside]
        for path in (*given, *(p for p in more if p.is_file())):
            noted = _hashed(self._named(path), files.read_bytes(path))
            self.inputs[noted.path] = noted

    def uses(self, folders: Mapping[str, Path]) -> None:
        """Note a pack and those that it extends, by their names."""
        for name, folder in folders.items():
            found = (p for p in sorted(folder.rglob("*")) if p.is_file() and not _passed(p, folder))
            self.packs[name] = UsedPack(
                name=name, files=tuple(_hashed(p.relative_to(folder).as_posix(), p.read_bytes()) for p in found)
            )

    def writes(self, path: Path, form: str, data: bytes) -> None:
        """Note an output."""
        noted = _hashed("-" if str(path) == "-" else self._named(path), data)
        self.outputs[noted.path] = Made(path=noted.path, format=form, bytes=noted.bytes, sha256=noted.sha256)

    def manifest(self) -> Manifest:
        """Everything that was noted, in the order of the names."""
        epoch = files.source_date_epoch()
        own = [Path(f) for f in os.environ.get("REPORTGEN_FRAMEWORKS", "").split(os.pathsep) if f]
        profiles = (_hashed(p.name, p.read_bytes()) for folder in own for p in sorted(folder.glob("*.yaml")))
        fonts = sorted((_PACKAGE / "fonts").glob("*.ttf"))
        return Manifest(
            command=self.command,
            options=self.options,
            source_date_epoch=epoch,
            inputs=_sorted(self.inputs),
            frameworks=tuple(profiles),
            packs=tuple(self.packs.values()),
            fonts=tuple(_hashed(p.name, p.read_bytes()) for p in fonts),
            reportgen=Program(version=__version__, sha256=_own_hash()),
            python=platform.python_version(),
            libraries={name: _version(name) for name in _LIBRARIES},
            system=_system(any(made.format == "pdf" for made in self.outputs.values())),
            outputs=_sorted(self.outputs),
        )

    def data(self) -> bytes:
        """The manifest as JSON."""
        return data_files.dump(self.manifest(), to="json").encode("utf-8")

    def _named(self, path: Path) -> str:
        try:
            return Path(os.path.relpath(path, self.folder)).as_posix()
        except ValueError:  # on another drive
            return path.name


def made_with(*, pdf: bool = True) -> dict[str, Mapping[str, str | None]]:
    """What shapes an output beside its data and its pack: fonts by their hash, this program, libraries, the system."""
    fonts = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted((_PACKAGE / "fonts").glob("*.ttf"))}
    libraries = {name: _version(name) for name in _LIBRARIES}
    program = {"reportgen": __version__, "code": _own_hash()}
    return {"fonts": fonts, "program": program, "libraries": libraries, "system": _system(pdf)}


def _sorted(noted: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(noted[name] for name in sorted(noted))


def _hashed(name: str, data: bytes) -> Hashed:
    return Hashed(path=name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def _passed(path: Path, folder: Path) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in path.relative_to(folder).parts)


@cache
def _own_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        # packs are told of by themselves
        packed = path.is_relative_to(_PACKAGE / "templates")
        if path.is_file() and not packed and path.suffix in (".py", ".yaml", ".j2", ".css", ".js"):
            digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _system(pdf: bool) -> dict[str, str]:
    """What is not Python: the libraries that compress, and those that lay out the text of a PDF."""
    found = {"zlib": zlib.ZLIB_RUNTIME_VERSION}
    if pdf:
        from weasyprint.text.ffi import pango

        number = int(pango.pango_version())
        found["pango"] = f"{number // 10000}.{number // 100 % 100}.{number % 100}"
        for name in ("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll"):
            with suppress(OSError, AttributeError):
                tell = ctypes.CDLL(name).hb_version_string
                tell.restype = ctypes.c_char_p
                found["harfbuzz"] = tell().decode("ascii")
                break
    return dict(sorted(found.items()))
