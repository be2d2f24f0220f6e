"""Template packs: reading one with those it is built on, and running its templates in the sandbox."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from reportgen.errors import NOWHERE, InputError, TemplateError, Where
from reportgen.files import read_bytes
from reportgen.model import PackFile
from reportgen.rendering.contexts import CONTEXT
from reportgen.rendering.finding import USUAL, Found, Link, Project, builtin, chain, link_to
from reportgen.rendering.functions import FUNCTIONS
from reportgen.rendering.styles import LEADS_OUT, self_contained

_LARGEST = 50_000_000
#: Bytes that a template, a style sheet or a script may have.
_LARGEST_FILE = 2_000_000


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that has been read, with what it takes from the packs that it is built on.

    ``folders`` by name: its own first, then those of the packs it extends. ``files``: what each ``pack.yaml`` says, in
    the same order. ``shell`` is the file of the nearest pack that has one; ``roles`` gives a Word style for the role of
    a block; ``waivers`` gives, by subject, the fields that it leaves out with the reason.
    """

    name: str
    title: str
    folders: Mapping[str, Path]
    files: tuple[PackFile, ...]
    builtin: bool
    templates: Mapping[str, str]
    page: str
    style: str
    scripts: Mapping[str, str]
    shell: Path | None
    roles: Mapping[str, str]
    waivers: Mapping[str, Mapping[str, str]]
    environment: Any

    @property
    def folder(self) -> Path:
        """Its own folder."""
        return self.folders[self.name]

    def template_for(self, subject: str) -> str:
        """The template of a subject, as a key of ``CONTEXT``.

        Raises:
            TemplateError: the pack renders no such subject (RG407).
        """
        if subject not in self.templates:
            hint = f"it renders: {', '.join(self.templates)}"
            raise TemplateError("RG407", f"the pack {self.name!r} has no template for a {subject}", hint=hint)
        return self.templates[subject]

    def run(self, template: str, context: Mapping[str, Any]) -> str:
        """Run a template, with every way it can fail turned into one of our errors."""
        import jinja2

        names = (*context, *FUNCTIONS)
        self.environment.begin()
        try:
            out: list[str] = []
            size = 0
            for piece in self.environment.get_template(template).generate(context):
                out.append(piece)
                size += len(piece)
                if size > _LARGEST:
                    raise TemplateError(
                        "RG406", "the output is larger than 50 MB", where=Where(file=template), hint="print less"
                    )
        except jinja2.TemplateSyntaxError as error:
            where = Where(file=error.filename or error.name or template, line=error.lineno)
            raise self._syntax(error.message or "syntax", where) from None
        except jinja2.TemplateNotFound as error:
            where = _where(error, template)
            raise TemplateError(
                "RG404", f"no template {error.name!r} in the pack", where=where, hint="put it there"
            ) from None
        except jinja2.UndefinedError as error:
            raise _undefined(error, template, names) from None
        except jinja2.exceptions.SecurityError as error:
            raise TemplateError(
                "RG406", str(error), where=_where(error, template), hint="templates only print data"
            ) from None
        except jinja2.TemplateRuntimeError as error:
            raise self._syntax(str(error), _where(error, template)) from None
        except RecursionError:
            raise TemplateError(
                "RG406", "templates include each other without end", where=Where(file=template), hint="break the circle"
            ) from None
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, OverflowError) as error:
            message = f"{type(error).__name__}: {error}"
            raise TemplateError("RG406", message, where=_where(error, template), hint="mend the expression") from None
        return "".join(out)

    def _syntax(self, message: str, where: Where) -> TemplateError:
        """What Jinja could not compile; a filter or a test that is not there with the nearest one that is."""
        said = re.match(r"No (filter|test) named '(.+?)'", message)
        if said is None:
            return TemplateError("RG401", message, where=where, hint="mend the template")
        known = self.environment.filters if said[1] == "filter" else self.environment.tests
        near = get_close_matches(said[2], known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"docs/templates.md lists every {said[1]} of ours"
        return TemplateError("RG402", f"there is no {said[1]} {said[2]!r}", where=where, hint=hint)


def _undefined(error: Exception, template: str, names: Sequence[str]) -> TemplateError:
    """A name that is not there, with the nearest one that is."""
    message = str(error)
    said = re.match(r"'([\w.]+)' is undefined", message)
    name, known = getattr(error, "name", said[1] if said else ""), getattr(error, "known", names)
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "docs/templates.md lists every name"
    return TemplateError("RG402", message, where=_where(error, template), hint=hint)


def _where(error: BaseException, template: str) -> Where:
    """The innermost template line that an error came through."""
    found = Where(file=template)
    trace = error.__traceback__
    while trace is not None:
        # Jinja gives each frame of a template the template's own name and line
        if "__jinja_exception__" in trace.tb_frame.f_globals:
            found = Where(file=trace.tb_frame.f_code.co_filename, line=trace.tb_lineno)
        trace = trace.tb_next
    return found


def load(template: str | Path = USUAL, project: Project | None = None) -> Pack:
    """Read a pack and those it is built on.

    Args:
        template: the name of a pack, or the folder of one.
        project: the settings that say where packs are looked for; None looks among installed and built-in ones.

    Raises:
        TemplateError: a pack is not there or not valid (RG407), packs extend each other in a circle (RG413), a file is
            not in its pack (RG404), a style sheet reaches outside (RG405), or ``pack.yaml`` is no data file of its kind
            (RG101 to RG111).
    """
    links = chain(template, project or Project())
    stamps = tuple(
        sorted(
            (str(p), p.stat().st_mtime_ns, p.stat().st_size)
            for link in links
            for p in link.folder.rglob("*")
            if p.is_file()
        )
    )
    return _read(tuple(link.found for link in links), stamps)


@lru_cache(maxsize=8)
def _read(chained: tuple[Found, ...], stamps: tuple[tuple[str, int, int], ...]) -> Pack:  # noqa: ARG001 -- the key of the cache
    links = [link_to(found) for found in chained]
    for link in links:
        _check_subjects(link)
    folders = {link.file.name: link.folder.resolve() for link in links}
    reader = Reader(folders)
    templates: dict[str, str] = {}
    scripts: dict[str, str] = {}
    roles: dict[str, str] = {}
    waivers: dict[str, dict[str, str]] = {}
    styles: list[str] = []
    taken: set[Path] = set()
    for link in reversed(links):
        templates |= link.file.templates
        for subject, waived in link.file.waivers.items():
            waivers[subject] = {**waivers.get(subject, {}), **waived}
        roles |= link.file.roles
        where = link.settings.where
        for number, name in enumerate(link.file.styles):
            path = reader.find(name, at=link.file.name, where=where(("styles", number)))
            if path not in taken:
                styles.append(reader.style(path, name, at=link.file.name))
            taken.add(path)
        for subject, name in link.file.scripts.items():
            path = reader.find(name, at=link.file.name, where=where(("scripts", subject)))
            scripts[subject] = reader.script(path, name)
    page = next((link.file.page for link in links if link.file.page), None)
    own = links[0]
    if page is None or not templates:
        missing = "page" if page is None else "templates"
        message = f"the pack has no `{missing}`, and extends none that has"
        raise TemplateError("RG407", message, where=own.settings.where(()), hint="say it, or extend standard")
    with_shell = next((link for link in links if link.file.shell), None)
    shell = None
    if with_shell is not None and with_shell.file.shell:
        at = with_shell.settings.where(("shell",))
        shell = reader.find(with_shell.file.shell, at=with_shell.file.name, where=at)
    return Pack(
        name=own.file.name,
        title=own.file.title or own.file.name,
        folders=folders,
        files=tuple(link.file for link in links),
        builtin=all(link.folder.resolve().is_relative_to(builtin().resolve()) for link in links),
        templates=templates,
        page=page,
        style="\n".join(styles),
        scripts=scripts,
        shell=shell,
        roles=roles,
        waivers=waivers,
        environment=reader.environment(),
    )


def _check_subjects(link: Link) -> None:
    for key in ("templates", "scripts", "waivers"):
        for subject in getattr(link.file, key):
            if subject not in CONTEXT:
                near = get_close_matches(subject, CONTEXT, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(CONTEXT)}"
                where = link.settings.where((key, subject))
                raise TemplateError("RG407", f"no subject is called {subject!r}", where=where, hint=hint)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads files of a chain of packs; ``folders`` by name, the nearest first. Nothing outside them can be had."""

    folders: Mapping[str, Path]

    def find(self, name: str, *, at: str, where: Where = NOWHERE) -> Path:
        """The file of a name: in the pack ``at``, else in those that it is built on."""
        names = list(self.folders)
        for each in names[names.index(at) :]:
            path = _inside(self.folders[each], name)
            if path is not None:
                return path
        raise TemplateError("RG404", f"{name!r} is not in the pack", where=where, hint="put it there")

    def beside(self, name: str, address: str, *, at: str) -> Path:
        """The file of an address in the file ``name``: as on every web page, from the folder that the file is in."""
        return self.find(_beside(name, address), at=at)

    def style(self, path: Path, name: str, *, at: str) -> str:
        css = _text(path, name, "a style sheet")
        if "</style" in css.lower():
            where = Where(file=name, line=_line(css, "</style"))
            raise TemplateError("RG404", "a style sheet closes its element", where=where, hint="take </style out of it")
        return self_contained(css, name, lambda address: self.beside(name, address, at=at))

    def script(self, path: Path, name: str) -> str:
        script = _text(path, name, "a script")
        if "</script" in script.lower():
            where = Where(file=name, line=_line(script, "</script"))
            raise TemplateError("RG404", "a script closes its element", where=where, hint="take </script out of it")
        return script

    def template(self, name: str) -> tuple[str, str]:
        """The text of a template, and the name that tells it from those of the same name in other packs.

        ``PACK/NAME`` is that of the pack PACK and of no other.
        """
        first, _, rest = name.partition("/")
        own = next(iter(self.folders))
        places = {first: rest} if rest and first in self.folders else dict.fromkeys(self.folders, name)
        for each, inner in places.items():
            path = _inside(self.folders[each], inner)
            if path is not None:
                shown = inner if each == own else f"{each}/{inner}"
                return _text(path, shown, "a template"), shown
        raise TemplateError("RG404", f"{name!r} is not in the pack", hint="put it there")

    def environment(self, prepare: Callable[[str, str], str] = lambda text, shown: text) -> Any:  # noqa: ARG005
        """The sandbox in which the templates run; ``prepare`` gets the text and the shown name of each."""
        from jinja2 import TemplateNotFound

        from reportgen.sandbox import Environment

        def load(name: str) -> tuple[str, str, Callable[[], bool]]:
            try:
                text, shown = self.template(name)
            except TemplateError as error:
                if error.code != "RG404":
                    raise
                raise TemplateNotFound(name) from None
            return prepare(text, shown), shown, lambda: True

        return Environment(load, FUNCTIONS)


def _inside(folder: Path, name: str) -> Path | None:
    """The file of a name in a folder; None where there is none.

    Raises:
        TemplateError: there is something of that name, and it leads out of the folder or is no file (RG404).
    """
    given = folder / name
    try:
        path = given.resolve()
        if not path.is_relative_to(folder):
            where = Where(file=str(folder))
            raise TemplateError("RG404", f"{name!r} {LEADS_OUT}", where=where, hint="put it into the pack")
        return path if path.is_file() else None
    except (OSError, ValueError, RuntimeError):
        # a name that no file can have, or links in a circle
        return None


def _beside(name: str, address: str) -> str:
    folder = name.rpartition("/")[0]
    return f"{folder}/{unquote(address)}" if folder else unquote(address)


def _text(path: Path, shown: str, what: str) -> str:
    try:
        return read_bytes(path, limit=_LARGEST_FILE).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{what} is not UTF-8 text: byte {error.object[error.start]:#04x} at byte offset {error.start}"
        raise TemplateError("RG102", message, where=Where(file=shown), hint="save it as UTF-8") from None
    except InputError as error:
        raise TemplateError(error.code, f"{what}: {error.message}", where=Where(file=shown), hint=error.hint) from None


def _line(text: str, word: str) -> int:
    return text.lower()[: text.lower().index(word)].count("\n") + 1
