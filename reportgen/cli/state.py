"""What the global options say, how messages are told, and the arguments that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.errors import Exit, InputErrors, ReportgenError, Where, one_line

if TYPE_CHECKING:
    from reportgen.api import Finding

FORMATS = ("html", "pdf", "docx", "md", "txt", "xlsx", "json", "yaml")
#: Formats that are written from the data itself, not from what a template made of it.
DATA_FORMATS = ("xlsx", "json", "yaml")


def json_text(value: Any, indent: int | None = None) -> str:
    import json

    return json.dumps(value, indent=indent, ensure_ascii=False)


class State:
    """What the global options say."""

    def __init__(self, *, verbose: bool, quiet: bool, debug: bool, as_json: bool, strict: bool) -> None:
        self.verbose = verbose
        self.quiet = quiet
        self.debug = debug
        self.as_json = as_json
        self.strict = strict
        self.warned = False

    def say(self, text: str) -> None:
        if not self.quiet:
            click.echo(text, err=True)

    def notices(self, notices: Sequence[dict[str, Any]], file: str) -> None:
        """Print notices that came from a child process as plain data: information only with -v."""
        for notice in notices:
            if notice["level"] == "warning" or self.verbose:
                place = notice["where"] or {}
                page = place.get("page")
                where = Where(
                    place.get("file") or file, None if page else place.get("line"), None, page, notice["field"]
                )
                self.report(notice["level"], notice["code"], notice["message"], where)

    def findings(self, findings: Sequence[Finding]) -> None:
        """Print what was found in a file: information only with -v."""
        for finding in findings:
            if finding.level != "info" or self.verbose:
                self.report(finding.level, finding.code, finding.message, finding.where, finding.hint)

    def report(self, level: Any, code: str, message: str, where: Where, hint: str = "") -> None:
        if level == "warning":
            self.warned = True
        if self.quiet and level != "error":
            return
        if self.as_json:
            fields = {"level": level, "code": code, "message": message, "hint": hint or None, "file": where.file}
            fields |= {"line": where.line, "column": where.column, "page": where.page, "field": where.field}
            click.echo(json_text({k: v for k, v in fields.items() if v is not None}), err=True)
        else:
            click.echo(one_line(level, code, message, where, hint), err=True)

    def error(self, error: ReportgenError) -> None:
        for each in error.errors if isinstance(error, InputErrors) else (error,):
            self.report("error", each.code, each.message, each.where, each.hint)

    def finish(self) -> None:
        """With --strict, a run that warned is a failed run."""
        if self.strict and self.warned:
            sys.exit(Exit.FINDINGS)


pass_state = click.make_pass_decorator(State)


# what stands at a path is for those to say who read it or write it
FILE = click.Path(path_type=Path, readable=False)
OUT = click.Path(path_type=Path, readable=False, allow_dash=True)


def _language(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    from reportgen.labels import languages

    if value not in languages():
        raise click.BadParameter(f"no words for {value!r}; one of: {', '.join(languages())}")
    return value


LANG = click.option(
    "--lang",
    metavar="TAG",
    callback=_language,
    help="The language of the document's own words, such as cy or en-GB; default: that of the data.",
)
TO = click.option(
    "--to", multiple=True, metavar="FORMAT", help=f"Output format, may be repeated: {', '.join(FORMATS)}."
)

MANIFEST = click.option(
    "--manifest",
    metavar="FILE.json",
    type=OUT,
    help="Also write what the outputs were made of: hashes of inputs, pack, fonts and outputs, and versions.",
)

TEMPLATE = click.option(
    "--template", help="The template pack: a name or a folder; default: what reportgen.toml says, else standard."
)
SHELL = click.option("--shell", type=FILE, help="The Word file that gives a docx its looks; default: that of the pack.")
