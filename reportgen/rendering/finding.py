"""Where a template pack is: at a path, in the project's folders, in an installed package, or built in.

The first place that has the name counts, in that order. A pack that extends another names it; the name is looked up in
the same order, but never as a path, so that a pack cannot reach a folder of its choice.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from pydantic import ValidationError

from reportgen import data_files
from reportgen.errors import InputError, InputErrors, TemplateError, Where
from reportgen.files import read_bytes
from reportgen.model import Model, PackFile, Words

#: The file that holds the settings of a project, in the working folder or one above it.
PROJECT_FILE = "reportgen.toml"
#: The group of entry points under which an installed package offers packs: the name of the pack, and what holds it.
GROUP = "reportgen.packs"
#: The pack that is used where nobody names one.
USUAL = "standard"
_MOST_BASES = 8
_LARGEST_SETTINGS = 100_000

Origin = Literal["path", "project", "installed", "built in"]


class TemplateSettings(Model):
    """``[templates]`` of ``reportgen.toml``: the pack to use, and the folders in which packs are looked for."""

    pack: Words | None = None
    search: tuple[Words, ...] = ()


class ProjectFile(Model):
    """``reportgen.toml``."""

    templates: TemplateSettings = TemplateSettings()


@dataclass(frozen=True, slots=True)
class Project:
    """The settings of a project: the pack that is used where nobody names one, and folders that hold packs."""

    pack: str | Path = USUAL
    search: tuple[Path, ...] = ()
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A pack that is somewhere: ``folder`` holds its ``pack.yaml``."""

    name: str
    folder: Path
    origin: Origin


def load_project(folder: Path) -> Project:
    """The settings that hold in a folder: those of the nearest ``reportgen.toml`` in it or above it.

    Raises:
        InputError: the file cannot be read, or says something that is no setting (RG414).
    """
    try:
        here = folder.resolve()
    except OSError:
        # a working folder that is gone has no settings
        return Project()
    for each in (here, *here.parents):
        file = each / PROJECT_FILE
        if file.is_file():
            return _read_project(file)
    return Project()


def _read_project(file: Path) -> Project:
    data = read_bytes(file, limit=_LARGEST_SETTINGS)
    try:
        text = data.decode("utf-8")
        settings = ProjectFile.model_validate(tomllib.loads(text)).templates
    except UnicodeDecodeError:
        raise InputError("RG102", "not UTF-8 text", where=Where(file=str(file)), hint="save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        said = re.search(r"(.*) \(at line (\d+), column (\d+)\)", str(error))
        where = Where(str(file), int(said[2]), int(said[3])) if said else Where(str(file))
        raise InputError("RG414", said[1] if said else str(error), where=where, hint="mend the TOML") from None
    except ValidationError as error:
        raise _wrong_setting(error, file, text) from None
    pack: str | Path = settings.pack or USUAL
    if _is_path(str(pack)):
        pack = file.parent / pack
    return Project(pack, tuple(file.parent / each for each in settings.search), file)


def _wrong_setting(error: ValidationError, file: Path, text: str) -> InputError:
    first = error.errors()[0]
    trail = [str(part) for part in first["loc"]]
    key = next((part for part in reversed(trail) if not part.isdigit()), "")
    line = next(
        (n for n, row in enumerate(text.splitlines(), 1) if re.match(rf"\s*\[?\s*{re.escape(key)}\b", row)), None
    )
    where = Where(str(file), line, field=".".join(trail))
    if first["type"] == "extra_forbidden":
        known = ["templates"] if len(trail) == 1 else list(TemplateSettings.model_fields)
        near = get_close_matches(key, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(known)}"
        return InputError("RG414", f"no setting is called {key!r}", where=where, hint=hint)
    return InputError("RG414", first["msg"], where=where, hint="docs/templates.md lists the settings")


def _is_path(template: str) -> bool:
    return bool(re.search(r"[/\\]", template)) or template in (".", "..")


def builtin() -> Path:
    """The folder of the built-in packs: inside the installed package, else beside it in a checkout."""
    here = Path(__file__).resolve().parents[1]
    packaged = here / "templates"
    if packaged.is_dir():
        return packaged
    checkout = here.parent / "templates"
    if checkout.is_dir() and (here.parent / "pyproject.toml").is_file():
        return checkout
    raise TemplateError("RG407", "the built-in template packs are not installed", hint="install reportgen again")


def packs(project: Project) -> list[Found]:
    """Every pack that has a name, in the order in which names are looked up; a name may come more than once."""
    return [Found(name, place(), origin) for name, origin, place in _places(project)]


def _places(project: Project) -> Iterator[tuple[str, Origin, Callable[[], Path]]]:
    """Names of packs with where each is; an installed package is imported only when its place is asked for."""
    for folder in project.search:
        for file in sorted(folder.glob("*/pack.yaml")):
            yield file.parent.name, "project", partial(Path, file.parent)
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        yield entry.name, "installed", partial(_installed, entry)
    for file in sorted(builtin().glob("*/pack.yaml")):
        yield file.parent.name, "built in", partial(Path, file.parent)


def _installed(entry: EntryPoint) -> Path:
    where = Where(file=f"{GROUP}: {entry.name}")
    hint = "let the entry point name a package that holds pack.yaml, or the path of such a folder"
    try:
        held: Any = entry.load()
    except Exception as error:  # noqa: BLE001 -- whatever a package does when it is imported
        message = f"the package that offers the pack cannot be imported: {type(error).__name__}: {error}"
        raise TemplateError("RG407", message, where=where, hint="install the package again") from None
    if isinstance(held, ModuleType) and held.__file__:
        held = Path(held.__file__).parent
    if isinstance(held, str | PathLike) and (Path(held) / "pack.yaml").is_file():
        return Path(held)
    raise TemplateError("RG407", "no pack is where an installed package says there is one", where=where, hint=hint)


def find(template: str | Path, project: Project) -> Found:
    """The pack of a name or in a folder.

    Raises:
        TemplateError: there is none (RG407).
    """
    path = Path(template)
    if (path / "pack.yaml").is_file():
        folder = path.resolve()
        return Found(folder.name, folder, "path")
    if _is_path(str(template)):
        raise TemplateError("RG407", f"no pack.yaml in {str(template)!r}", hint="give the folder of a pack")
    return _named(str(template), project, Where())


def _named(name: str, project: Project, where: Where) -> Found:
    known: list[str] = []
    for each, origin, place in _places(project):
        if each == name:
            return Found(name, place().resolve(), origin)
        known.append(each)
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(sorted(set(known)))}, or a folder of a pack"
    raise TemplateError("RG407", f"no template pack {name!r}", where=where, hint=hint)


@dataclass(frozen=True, slots=True)
class Link:
    """A pack in a chain of packs that extend each other: where it is, and what its ``pack.yaml`` says."""

    found: Found
    settings: data_files.Loaded[PackFile]

    @property
    def folder(self) -> Path:
        """The folder of the pack."""
        return self.found.folder

    @property
    def file(self) -> PackFile:
        """What ``pack.yaml`` says."""
        return self.settings.value


def chain(template: str | Path, project: Project) -> tuple[Link, ...]:
    """A pack and those it is built on: itself first, the one that extends nothing last.

    Raises:
        TemplateError: a pack is not there (RG407), packs extend each other in a circle (RG413), or what a
            ``pack.yaml`` says cannot be used (the codes of data files).
    """
    links = [link_to(find(template, project))]
    while (name := links[-1].file.extends) is not None:
        where = links[-1].settings.where(("extends",))
        names = [link.file.name for link in links]
        if name in names or len(links) > _MOST_BASES:
            message = f"packs extend each other in a circle: {' → '.join((*names, name))}"
            raise TemplateError("RG413", message, where=where, hint="let one of them extend nothing")
        link = link_to(_named(name, project, where))
        if link.file.name != name:
            message = f"the pack in the folder {name!r} calls itself {link.file.name!r}"
            hint = "let `name` be the name of the folder"
            raise TemplateError("RG407", message, where=link.settings.where(("name",)), hint=hint)
        links.append(link)
    return tuple(links)


def link_to(found: Found) -> Link:
    """A found pack with what its ``pack.yaml`` says."""
    try:
        return Link(found, data_files.load(found.folder / "pack.yaml", PackFile))
    except InputError as error:
        first = error.errors[0] if isinstance(error, InputErrors) else error
        raise TemplateError(first.code, first.message, where=first.where, hint=first.hint) from None
