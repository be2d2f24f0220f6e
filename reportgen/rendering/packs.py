"""Template packs: finding one, reading it, and running its templates in the sandbox."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from reportgen import data_files
from reportgen.errors import InputErrors, TemplateError, Where
from reportgen.model import (
    Model,
    Words,
)
from reportgen.rendering.contexts import CONTEXT
from reportgen.rendering.functions import FUNCTIONS

_LARGEST = 50_000_000


def _builtin() -> Path:
    """The folder of the built-in packs: inside the installed package, else beside it in a checkout."""
    here = Path(__file__).resolve().parents[1]
    packaged = here / "templates"
    if packaged.is_dir():
        return packaged
    checkout = here.parent / "templates"
    if checkout.is_dir() and (here.parent / "pyproject.toml").is_file():
        return checkout
    raise TemplateError("RG407", "the built-in template packs are not installed", hint="install reportgen again")


def folder_of(template: str | Path) -> Path:
    path = Path(template)
    if (path / "pack.yaml").is_file():
        return path.resolve()
    builtin = _builtin()
    names = sorted(p.parent.name for p in builtin.glob("*/pack.yaml"))
    if str(template) in names:
        return builtin / str(template)
    near = get_close_matches(str(template), names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(names)}, or a folder with pack.yaml"
    raise TemplateError("RG407", f"no template pack {str(template)!r}", hint=hint)


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that has been read, with its environment."""

    name: str
    folder: Path
    templates: Mapping[str, str]
    page: str
    style: str
    scripts: Mapping[str, str]
    environment: Any

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
            where = Where(file=error.name or template, line=error.lineno)
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
        name = trace.tb_frame.f_code.co_filename
        if name.endswith((".j2", ".html")):
            found = Where(file=Path(name).name, line=trace.tb_lineno)
        trace = trace.tb_next
    return found


def pack_in(folder: Path) -> Pack:
    stamps = tuple(sorted((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in folder.rglob("*") if p.is_file()))
    return _read_pack(folder, stamps)


@lru_cache(maxsize=8)
def _read_pack(folder: Path, stamps: tuple[tuple[str, int, int], ...]) -> Pack:  # noqa: ARG001 -- the key of the cache
    file = folder / "pack.yaml"
    where = Where(file=str(file))
    try:
        settings = data_files.load(file, _Settings).value
    except InputErrors as several:
        first = several.errors[0]
        raise TemplateError(first.code, first.message, where=first.where, hint=first.hint) from None
    name, templates, page, styles = settings.name, settings.templates, settings.page, settings.styles
    for key in templates:
        if key not in CONTEXT:
            hint = f"one of: {', '.join(CONTEXT)}"
            raise TemplateError("RG407", f"no subject is called {key!r}", where=where, hint=hint)
    try:
        style = "\n".join(_inside(folder, s).read_text(encoding="utf-8") for s in styles)
    except UnicodeDecodeError:
        raise TemplateError("RG102", "a style sheet is not UTF-8", where=where, hint="save it as UTF-8") from None
    if "</style" in style.lower():
        raise TemplateError("RG404", "a style sheet closes its element", where=where, hint="take </style out of it")
    scripts = {kind: _inside(folder, str(file)).read_text(encoding="utf-8") for kind, file in settings.scripts.items()}
    if any("</script" in script.lower() for script in scripts.values()):
        raise TemplateError("RG404", "a script closes its element", where=where, hint="take </script out of it")
    return Pack(name, folder, templates, page, style, scripts, _environment(folder))


class _Settings(Model):
    """``pack.yaml``."""

    format: Literal["reportgen/pack/1"] = "reportgen/pack/1"
    name: Words
    title: Words | None = None
    templates: dict[str, str]
    page: Words
    styles: tuple[Words, ...] = ()
    scripts: dict[str, str] = Field(default_factory=dict)


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise TemplateError("RG404", f"{name!r} is not in the pack", where=Where(file=str(folder)), hint="put it there")
    return path


def _environment(folder: Path) -> Any:
    from jinja2 import TemplateNotFound

    from reportgen.sandbox import Environment

    def load(name: str) -> tuple[str, str, Callable[[], bool]]:
        try:
            path = _inside(folder, name)
        except TemplateError:
            raise TemplateNotFound(name) from None
        try:
            return path.read_text(encoding="utf-8"), str(path), lambda: True
        except UnicodeDecodeError as error:
            message = f"not UTF-8 text: byte {error.object[error.start]:#04x} at byte offset {error.start}"
            where = Where(file=name)
            raise TemplateError("RG102", message, where=where, hint="save the file as UTF-8") from None

    return Environment(load, FUNCTIONS)
