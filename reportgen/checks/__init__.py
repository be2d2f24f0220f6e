"""Our own rules for output files, whoever made them: is a PDF, a Word file or a web page fit to be published?

Validators look at the form of a file; these rules look at what a reader meets: a table split at a page break, a link
that says "click here", a title that is the name of a file. What a file is follows from its content. Files are read in a
child process (see ``workers``), because they may come from anywhere. ``rules.yaml`` is the list of rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen import files, readers, workers
from reportgen.errors import CODES, InputError, Level, UsageFault, Where

if TYPE_CHECKING:
    from reportgen.api import Finding

__all__ = ["LARGEST", "LIMITS", "Rule", "check_file", "explain", "is_output", "job", "rules"]

#: What a file may take: one of some hundred pages takes a few seconds.
LIMITS = workers.Limits(seconds=30.0)
#: Bytes that an output file may have.
LARGEST = 200_000_000
_LEVELS = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: how grave a finding is, the formats it is about, why it matters, what to do, and who asks for it."""

    code: str
    level: Level
    formats: tuple[str, ...]
    why: str
    todo: str
    source: str = ""

    @property
    def meaning(self) -> str:
        """What the code means, in a few words."""
        return CODES[self.code]


@cache
def rules() -> dict[str, Rule]:
    """The rules by their codes."""
    from reportgen.data_files import plain

    path = Path(__file__).with_name("rules.yaml")
    listed = plain(path.read_bytes(), name=path.name)["rules"]
    return {each["code"]: Rule(**{**each, "formats": tuple(each["formats"])}) for each in listed}


def is_output(data: bytes) -> bool:
    """Whether a file is of a kind that there are rules for, by its content."""
    return readers.sniff(data) in (readers.PDF, readers.DOCX) or _is_page(data)


def _is_page(data: bytes) -> bool:
    return readers.sniff(data) is None and readers.is_html(data[:4096].decode("latin-1").lstrip("ï»¿"))


def check_file(path: str | Path, *, limits: workers.Limits = LIMITS) -> list[Finding]:
    """Everything that the rules find in a PDF, a Word file or a web page, the gravest first; empty where it is fine.

    Args:
        path: the file.
        limits: of processor time and memory, for the child process that reads it.

    Returns:
        Findings with the page (of a PDF), the line (of a web page), or in ``where.field`` the paragraph or the table.

    Raises:
        InputError: the file cannot be read or is of another kind (RG101, RG102, RG201), is damaged, locked, or larger
            than any report (RG201, RG107), or takes more time or memory than it may (RG505).
    """
    from reportgen.api import Finding

    try:
        found = workers.call("reportgen.checks:job", {"path": str(path)}, limits=limits)
    except InputError as error:
        raise error.at(Where(file=str(path))) from None
    out = []
    for each in found:
        rule = rules()[each["code"]]
        where = Where(file=str(path), line=each["line"], page=each["page"], field=each["field"])
        out.append(Finding(rule.level, rule.code, each["message"], where, rule.todo))
    return sorted(out, key=lambda f: (_LEVELS.index(f.level), f.where.page or f.where.line or 0))


def job(path: str) -> list[dict[str, Any]]:
    """What a child process does: the findings in one file as plain data, in the order of the rules."""
    data = files.read_bytes(path, limit=LARGEST)
    name = Path(path).name
    kind = readers.sniff(data)
    # each format brings heavy libraries of its own
    if kind is readers.PDF:
        from reportgen.checks import pdf

        found = pdf.check(data, name)
    elif kind is readers.DOCX:
        from reportgen.checks import docx

        found = docx.check(data, name)
    elif _is_page(data):
        from reportgen.checks import html

        found = html.check(readers.decoded(data), name)
    else:
        what = kind.name if kind is not None else "a text"
        message = f"{what}, and there are rules for PDF, Word and HTML only"
        raise InputError("RG201", message, hint="give a PDF, a .docx or an HTML file")
    return [
        {"code": f.code, "message": f.message, "page": f.place.page, "line": f.place.line, "field": f.place.field}
        for f in found
    ]


def explain(code: str) -> str:
    """What a code means, and of a rule why it matters, what to do and who asks for it.

    Raises:
        UsageFault: there is no such code (RG507).
    """
    code = code.strip().upper()
    if code not in CODES:
        raise UsageFault("RG507", f"no code {code!r}", hint="docs/notices.md lists them all")
    rule = rules().get(code)
    if rule is None:
        return f"{code}: {CODES[code]}\nWhat to do stands in docs/notices.md.\n"
    source = f"Source: {rule.source}\n" if rule.source else "Source: our own rule\n"
    head = f"{code}: {rule.meaning} ({rule.level}; {', '.join(rule.formats)})\n"
    return f"{head}Why: {rule.why}\nWhat to do: {rule.todo}.\n{source}"
