"""Errors, notices and exit codes.

The tree of errors, with the exit code each one gives::

    ReportgenError                3
    ├── InputError                3   a data file or report that cannot be used
    │   └── InputErrors           3   several of them in one file, shown together
    ├── FrameworkError            3   a profile or crosswalk that is unknown or wrong
    ├── TemplateError             4   a template pack: syntax, unknown name, forbidden element, blocked address
    ├── EnvironmentFault          5   the machine: Pango, fonts, permission, disk
    ├── OutputError               5   an output that cannot be written where it was asked for
    ├── UsageFault                2   a request that makes no sense (unknown format, two outputs of one name)
    └── Bug                       70  a mistake of ours in a child process, so that the other inputs can go on

Findings and differences (exit 1) and that some of several inputs failed (exit 6) are results and not errors. Any other
exception is a bug (70).

A notice is trouble that need not stop: it travels with the result that it is about. Every code of an error or a
notice stands in ``CODES``; a code that is not listed there cannot be raised.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import IntEnum
from typing import Any, Literal

Level = Literal["error", "warning", "info"]


class Exit(IntEnum):
    """Exit codes of the command line."""

    FINE = 0
    FINDINGS = 1
    USAGE = 2
    BAD_INPUT = 3
    TEMPLATE = 4
    ENVIRONMENT = 5
    PARTIAL = 6
    BUG = 70
    INTERRUPTED = 130
    TERMINATED = 143


#: Every code that an error or a notice may carry, with what it means. ``docs/notices.md`` explains each.
CODES: dict[str, str] = {
    # data files
    "RG101": "file cannot be read",
    "RG102": "not UTF-8 text",
    "RG103": "no document, or more than one",
    "RG104": "YAML or JSON syntax",
    "RG105": "key given twice",
    "RG106": "anchor, alias or tag",
    "RG107": "nested too deep or too large",
    "RG108": "unknown key",
    "RG109": "required key is missing",
    "RG110": "value of the wrong kind",
    "RG111": "unknown format line",
    "RG112": "id used twice",
    "RG113": "reference to nothing",
    "RG114": "control character in text",
    "RG115": "hash and id disagree",
    "RG116": "correction that does not fit",
    "RG117": "entries cannot be added without changing what is there",
    # frameworks
    "RG120": "unknown framework",
    "RG121": "unknown area",
    "RG122": "grade outside the scale",
    "RG123": "unknown timescale or kind",
    "RG124": "inspection outside the framework's validity",
    "RG125": "limiting rule of the framework",
    "RG126": "crosswalk or profile names something wrong",
    "RG127": "profile is inconsistent",
    # readers and interpretation
    "RG201": "file of a kind that cannot be read",
    "RG202": "no framework fits",
    "RG203": "a value was not found",
    "RG210": "two places of a report disagree",
    "RG211": "paragraph numbers do not run on",
    "RG212": "numbering of recommendations does not run on",
    "RG213": "value read from a place other than the usual one",
    "RG214": "page furniture left out",
    "RG215": "shown content differs from what it says of itself",
    "RG216": "read by where it stands, without tags",
    "RG217": "two readings of one file differ",
    "RG218": "recommendation may be cut or glued",
    "RG219": "data file in the document",
    "RG220": "data file was edited after the import",
    # comparison
    "RG301": "different providers",
    "RG302": "earlier and later are not in order of time",
    "RG303": "no crosswalk between the frameworks",
    "RG304": "decision refers to nothing here",
    "RG305": "text too long to compare word by word",
    "RG306": "one side holds summaries in other words",
    "RG321": "inspections before the first year asked for",
    "RG322": "decision on a link between inspections of different lines",
    # templates and rendering
    "RG401": "template syntax",
    "RG402": "unknown name in a template",
    "RG403": "outside the HTML vocabulary",
    "RG404": "template reaches outside its pack",
    "RG405": "address blocked while rendering",
    "RG406": "template did something that is not allowed",
    "RG407": "template pack not found or not valid",
    "RG408": "heading levels skip",
    "RG409": "document lacks a title or a language",
    "RG410": "content that a shell does not claim",
    "RG411": "character that no font holds",
    "RG412": "picture cannot be used",
    "RG413": "packs extend each other in a circle",
    "RG414": "project settings that cannot be used",
    "RG421": "picture without words",
    "RG422": "text that cannot be tagged",
    # checks of template packs
    "RG601": "template syntax, found by a check",
    "RG602": "name that is not there",
    "RG603": "data has no such part",
    "RG604": "filter that is not there",
    "RG605": "test that is not there",
    "RG606": "template that is not there, or takes itself in",
    "RG607": "block that the base does not have",
    "RG608": "text that is never printed",
    "RG609": "value that cannot be printed",
    "RG610": "call or loop that cannot work",
    "RG611": "element outside the vocabulary",
    "RG612": "attribute outside the vocabulary",
    "RG613": "class that means nothing",
    "RG614": "elements put together wrongly",
    "RG615": "heading levels skip in a template",
    "RG616": "heading, title or language is missing",
    "RG617": "table without header cells",
    "RG618": "header cell without its scope",
    "RG619": "picture without alternative text",
    "RG620": "link that leads nowhere",
    "RG621": "`pack.yaml` cannot be used",
    "RG622": "pack that it extends cannot be used",
    "RG623": "file that `pack.yaml` names is not there",
    "RG624": "file that leads out of the pack",
    "RG625": "address outside the pack",
    "RG626": "style sheet that takes in another",
    "RG627": "picture or font is not there",
    "RG628": "picture or font cannot be used",
    "RG629": "style sheet syntax",
    "RG630": "field neither shown nor waived",
    "RG631": "waiver that waives nothing",
    "RG632": "waiver of a field that does not exist",
    "RG633": "template fails on data",
    "RG634": "template takes too much time or memory",
    "RG635": "file that nothing uses",
    "RG636": "data printed as HTML",
    "RG637": "name that is out of bounds",
    "RG641": "pack without cases",
    "RG642": "snapshot differs",
    "RG643": "snapshot is missing",
    "RG644": "snapshot that nothing gives any more",
    # Word shells
    "RG431": "no shell that can be used",
    "RG432": "broken field in a shell",
    "RG433": "unknown field in a shell",
    "RG434": "unknown anchor in a shell",
    "RG435": "anchor given twice",
    "RG436": "anchor where no blocks can stand",
    "RG437": "style missing in a shell",
    "RG438": "picture without alternative text",
    # output files: rules of `check`; reportgen/checks/rules.yaml says why
    "RG651": "document has no title",
    "RG652": "title is a file name",
    "RG653": "no language, or none that is known",
    "RG654": "heading level left out",
    "RG655": "not exactly one heading of level 1",
    "RG656": "heading without text",
    "RG657": "text that only looks like a heading",
    "RG658": "table without header cells",
    "RG659": "header cell without a scope",
    "RG660": "header cell without text",
    "RG661": "merged cells",
    "RG662": "blank row or column",
    "RG663": "table without a caption",
    "RG664": "picture without alternative text",
    "RG665": "alternative text is a file name",
    "RG666": "link that does not say where it leads",
    "RG667": "link without text",
    "RG668": "contrast too low",
    "RG669": "told by colour alone",
    "RG670": "read in another order than shown",
    "RG671": "list typed by hand",
    "RG672": "PDF without tags",
    "RG673": "window does not show the title",
    "RG674": "font not embedded",
    "RG675": "character without a glyph or a meaning",
    "RG676": "tab order is not that of the structure",
    "RG677": "long PDF without bookmarks",
    "RG678": "table or list in several pieces",
    "RG679": "link annotation not described in words",
    "RG680": "content outside the tags",
    "RG681": "page is a picture of text",
    "RG682": "locked against screen readers",
    "RG683": "rows of unequal length",
    "RG684": "compatibility mode",
    "RG685": "left over from a template",
    "RG686": "floating text",
    "RG687": "no main landmark, or several",
    "RG688": "no skip link",
    "RG689": "request to another server",
    "RG690": "page cannot be enlarged or does not fit a telephone",
    "RG691": "focus order changed",
    "RG692": "form field without a label",
    "RG693": "links of the same text lead to different places",
    "RG694": "blank cells",
    # machine and output
    "RG501": "a library or program is missing",
    "RG502": "fonts cannot be used",
    "RG503": "output cannot be written",
    "RG504": "output name is not usable",
    "RG505": "time or memory limit",
    "RG506": "unknown output format",
    "RG507": "command line that makes no sense",
    "RG508": "a bug in reportgen",
}


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file: 1-based line, column and page; ``field`` is a path such as ``judgements[2].grade``."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    page: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        parts = [self.file or ""]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        elif self.page is not None:
            parts.append(f"page {self.page}")
        return ":".join(parts)


NOWHERE = Where()


class ReportgenError(Exception):
    """Base of every error that reportgen raises on purpose.

    ``message`` says what happened to what; ``where`` the place; ``hint`` what to do, in one sentence.
    """

    exit_code: Exit = Exit.BAD_INPUT

    def __init__(self, code: str, message: str, *, where: Where = NOWHERE, hint: str = "") -> None:
        if code not in CODES:
            raise KeyError(code)
        super().__init__(message)
        self.code = code
        self.message = message
        self.where = where
        self.hint = hint

    def at(self, where: Where) -> ReportgenError:
        """Say the place (in this very error); places already known are kept."""
        known = self.where
        self.where = replace(
            where, **{k: v for k in ("file", "line", "column", "page", "field") if (v := getattr(known, k)) is not None}
        )
        return self

    def lines(self) -> list[str]:
        """One line an error: ``path:line:col: error[RG108]: what – what to do``."""
        return [one_line("error", self.code, self.message, self.where, self.hint)]

    def __str__(self) -> str:
        return "\n".join(self.lines())


class InputError(ReportgenError):
    """A data file or a report that cannot be used."""


class InputErrors(InputError):
    """All errors of one file at once; ``errors`` in the order of their places."""

    def __init__(self, errors: Iterable[InputError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda e: (e.where.line or 0, e.where.column or 0)))
        first = self.errors[0]
        super().__init__(first.code, first.message, where=first.where, hint=first.hint)

    def lines(self) -> list[str]:
        return [line for error in self.errors for line in error.lines()]


class FrameworkError(ReportgenError):
    """A framework profile or crosswalk that is unknown or wrong."""


class TemplateError(ReportgenError):
    """A template pack that cannot be used, or that asks for something forbidden."""

    exit_code = Exit.TEMPLATE


class EnvironmentFault(ReportgenError):
    """Something that the machine lacks or refuses."""

    exit_code = Exit.ENVIRONMENT


class OutputError(ReportgenError):
    """An output that cannot be written where it was asked for."""

    exit_code = Exit.ENVIRONMENT


class UsageFault(ReportgenError):
    """A request that makes no sense."""

    exit_code = Exit.USAGE


class Bug(ReportgenError):
    """A mistake of ours, met in a child process; its notes hold the traceback."""

    exit_code = Exit.BUG


def as_data(error: ReportgenError) -> dict[str, Any]:
    """An error as plain data, to pass from one process to another; :func:`from_data` makes it again."""
    if isinstance(error, InputErrors):
        return {"kind": "InputErrors", "errors": [as_data(each) for each in error.errors]}
    data = {"code": error.code, "message": error.message, "where": asdict(error.where), "hint": error.hint}
    return {"kind": type(error).__name__, **data}


def from_data(data: dict[str, Any]) -> ReportgenError:
    """The error that :func:`as_data` told of."""
    if data["kind"] == "InputErrors":
        return InputErrors([e for each in data["errors"] if isinstance(e := from_data(each), InputError)])
    kinds: list[type[ReportgenError]] = [ReportgenError, *ReportgenError.__subclasses__()]
    kind = next(kind for kind in kinds if kind.__name__ == data["kind"])
    return kind(data["code"], data["message"], where=Where(**data["where"]), hint=data["hint"])


def one_line(level: Level, code: str, message: str, where: Where = NOWHERE, hint: str = "") -> str:
    """The one-line form of an error or a notice, with line breaks and control characters of the data made visible."""
    place = f"{where}: " if str(where) else ""
    field = f"{where.field}: " if where.field else ""
    tail = f" – {hint}" if hint else ""
    text = f"{place}{level}[{code}]: {field}{message}{tail}"
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
