"""The pipeline in call order: read, check, compare, render, write. The command line is a thin face of this."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from reportgen import data_files, files, workers
from reportgen.carried import NAME, ToCarry, seal
from reportgen.comparing import compare as _compare
from reportgen.corrections import corrected
from reportgen.document import Rendered
from reportgen.errors import InputError, UsageFault, Where
from reportgen.evidence import Value, values_of
from reportgen.evidence import document_of as evidence_document
from reportgen.frameworks import check_frameworks, check_inspection, framework_keys, load_framework
from reportgen.history import build_history
from reportgen.interpret import interpret
from reportgen.interpret.values import read_date
from reportgen.labels import nearest
from reportgen.matching import Options
from reportgen.model import (
    Comparison,
    Decisions,
    Framework,
    History,
    Inspection,
    LinkDecision,
    Notice,
    Problem,
    Published,
    Source,
    dotted,
    inconsistencies,
)
from reportgen.readers import carrying, disguised, is_foreign, read, sniff
from reportgen.readers.printed import lines_of, words_of
from reportgen.rendering import ANCHORS, Pack, Project, load, load_project, render
from reportgen.sheets import comparison_sheets

__all__ = [
    "FORMATS",
    "Finding",
    "Options",
    "add_decisions",
    "build_history",
    "check",
    "compare",
    "compare_files",
    "decisions_for",
    "evidence",
    "evidence_document",
    "find_pack",
    "framework_keys",
    "import_report",
    "load_decisions",
    "load_framework",
    "open_inspection",
    "read_inspection",
    "redline",
    "render",
    "review",
    "write",
]

#: Output formats with the suffixes that ask for them.
FORMATS: dict[str, tuple[str, ...]] = {
    "html": (".html", ".htm"),
    "pdf": (".pdf",),
    "docx": (".docx",),
    "md": (".md", ".markdown"),
    "txt": (".txt",),
    "xlsx": (".xlsx",),
    "json": (".json",),
    "yaml": (".yaml", ".yml"),
}

#: Codes of what keeps a file from being read at all.
UNREADABLE = frozenset({"RG101", "RG102", "RG103", "RG111"})

_WRITERS = {"html": "html", "pdf": "pdf", "docx": "docx", "md": "markdown", "txt": "text"}
_DATA_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found: ``level`` error or warning, with its place in the file."""

    level: str
    code: str
    message: str
    where: Where
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two inspections, their comparison, and what there is to say about all three."""

    earlier: Inspection
    later: Inspection
    comparison: Comparison
    findings: list[Finding]


def read_inspection(path: str | Path, *, framework: str | Framework | None = None) -> Inspection:
    """Give the inspection in a data file or a published report, told apart by content.

    What people corrected in it, by a ``decisions.yaml`` in the same folder, is applied, and listed in ``corrections``.

    Args:
        path: a YAML or JSON data file, or a report as PDF, Word, HTML, Markdown or text.
        framework: for a report, the profile (or its key) to read it with; None tells it from the report.

    Returns:
        The inspection; from a report with evidence, and with notices on what could not be read.

    Raises:
        InputError: the file, or the decisions beside it, cannot be read or is wrong; all errors of a file at once.
        FrameworkError: the framework is unknown.
    """
    return open_inspection(path, framework=framework)[0]


def open_inspection(
    path: str | Path, *, framework: str | Framework | None = None, decisions: str | Path | None = None
) -> tuple[Inspection, list[Finding]]:
    """The inspection of ``read_inspection``, and what there is to say about it: warnings of its checks, of its reading
    and of corrections that do not fit.

    Args:
        path: as for ``read_inspection``.
        framework: as for ``read_inspection``.
        decisions: the decisions file; None: the one in the same folder, if there is one.

    Raises:
        InputError, FrameworkError: as for ``read_inspection``.
    """
    path = Path(path)
    if is_data_file(path, files.read_bytes(path)):
        inspection, found = load_inspection(path)
        known = len(inspection.notices)
    else:
        inspection, found, known = import_report(path, framework=framework), [], 0
    file = _decisions_file(path, given=decisions)
    if file is not None and _concerns_data(file):
        loaded = data_files.load(file, Decisions, checks=data_files.CHECKS["decisions"])
        inspection = corrected(inspection, loaded, checks=(_against_framework,))
        found = _still(found, inspection, file) if inspection.corrections else found
    for notice in inspection.notices[known:]:
        found.append(_told(notice, file if file is not None and notice.code == "RG116" else path))
    return inspection, found


def _still(found: list[Finding], inspection: Inspection, decisions: Path) -> list[Finding]:
    """Warnings after corrections: those that still hold, and those that the corrections brought about."""
    now = {p.message: p for p in _against_framework(inspection) if p.level == "warning"}
    still = [finding for finding in found if finding.message in now]
    new = (p for message, p in now.items() if all(message != finding.message for finding in found))
    return still + [
        Finding("warning", p.code, p.message, Where(file=str(decisions), field=dotted(p.path)), p.hint) for p in new
    ]


def _told(notice: Notice, path: Path) -> Finding:
    place = notice.where
    where = Where(file=str(path), field=notice.field)
    if place is not None:
        where = replace(where, line=place.line if place.page is None else None, page=place.page)
    return Finding(notice.level, notice.code, notice.message, where)


def is_data_file(path: Path, data: bytes) -> bool:
    """Whether a file holds data of ours and not a report: its format line says so, or its suffix where it has none."""
    head = data[:4000].decode("utf-8", "replace")
    if re.search(r"^\s*\"?format\"?\s*:\s*\"?reportgen/", head, re.MULTILINE):
        return True
    return path.suffix.lower() in _DATA_SUFFIXES


def load_inspection(path: Path) -> tuple[Inspection, list[Finding]]:
    """Load and check an inspection's data file; the inspection with what its checks warn about."""
    loaded = data_files.load(path, Inspection, checks=(inconsistencies, _against_framework))
    return loaded.value, [Finding("warning", w.code, w.message, w.where, w.hint) for w in loaded.warnings]


def _against_framework(inspection: Inspection) -> Iterable[Problem]:
    keys = framework_keys()
    if inspection.framework not in keys:
        from difflib import get_close_matches

        near = get_close_matches(inspection.framework, keys, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(keys)}"
        yield Problem(("framework",), "RG120", f"unknown framework {inspection.framework!r}", hint)
        return
    yield from check_inspection(inspection, load_framework(inspection.framework))


def import_report(path: str | Path, *, framework: str | Framework | None = None) -> Inspection:
    """Read a published report (PDF, Word, HTML, Markdown or text) into an inspection with evidence and notices.

    PDF and Word files are read in a child process with limits of time and memory.

    Raises:
        InputError: the file cannot be read (RG101, RG102, RG201), no framework fits it (RG202), or it takes more time
            or memory than it may (RG505).
    """
    path = Path(path)
    data = files.read_bytes(path)
    if not is_foreign(data):
        return _interpreted(path, data, framework)
    given = framework.model_dump(mode="json") if isinstance(framework, Framework) else framework
    made = workers.call("reportgen.api:import_job", {"path": str(path), "framework": given, "to": "json"})
    return Inspection.model_validate_json(made["data"])


def import_job(path: str, framework: str | dict[str, Any] | None, to: str) -> dict[str, Any]:
    """Import one report inside a child process: its data as text, and what the parent needs to know of it."""
    data = files.read_bytes(path)
    chosen = Framework.model_validate(framework) if isinstance(framework, dict) else framework
    inspection = _interpreted(Path(path), data, chosen)
    return {
        "data": serialise(inspection, to).decode("utf-8"),
        "sha256": hashlib.sha256(data).hexdigest(),
        "source_sha256": inspection.source.sha256 if inspection.source else None,
        "id": inspection.id,
        "slug": inspection.slug,
        "judgements": len(inspection.judgements),
        "recommendations": len(inspection.recommendations),
        "paragraphs": sum(1 for s in inspection.sections for p in s.paragraphs if getattr(p, "number", None)),
        "notices": [notice.model_dump(mode="json") for notice in inspection.notices],
    }


def renamed(data: str, id: str, to: str) -> bytes:
    """The bytes of an imported inspection under another id."""
    inspection = data_files.loads(data, Inspection, name=f"{id}.{to}").value
    return serialise(inspection.model_copy(update={"id": id}), to)


def _interpreted(path: Path, data: bytes, framework: str | Framework | None) -> Inspection:
    _refuse_data(path, data)
    chosen = load_framework(framework) if isinstance(framework, str) else framework
    inspection, doubt = _carried(path, data, chosen)
    if inspection is not None:
        return inspection
    inspection = _shown(path, data, chosen)
    if doubt is None:
        return inspection
    return inspection.model_copy(update={"notices": (doubt, *inspection.notices)})


def _carried(path: Path, data: bytes, framework: Framework | None) -> tuple[Inspection | None, Notice | None]:
    """The inspection whose data a document carries, if they are what it shows; else what is wrong with them, if any."""
    found = carrying.carried(data)
    if found is None:
        return None, None
    try:
        whole = seal(carrying.shown(data), found.data) == found.seal
        checks = (inconsistencies, _against_framework)
        inspection = data_files.loads(found.data, Inspection, name=f"{path}/{NAME}", checks=checks).value
    except InputError as error:
        message = f"the data file in the document cannot be used ({error.code} {error.message}); what it shows was read"
        return None, Notice(code="RG215", message=message)
    if not whole:
        message = "the data file in the document is not that of what it shows any more; what it shows was read"
        return None, Notice(code="RG215", message=message)
    if framework is not None and framework.key != inspection.framework:
        message = f"the data file in the document is of the framework {inspection.framework}; what it shows was read"
        return None, Notice(code="RG219", level="info", message=message)
    source = inspection.source or Source()
    if source.sha256 is None:
        kind = sniff(data)
        here = {"file": path.name, "sha256": hashlib.sha256(data).hexdigest()}
        source = source.model_copy(update={**here, "media_type": kind.media_type if kind else None})
    taken = Notice(
        code="RG219", level="info", message="taken from the data file in the document, which is what it shows"
    )
    notices = (taken, *(notice for notice in inspection.notices if notice.code != "RG219"))
    return inspection.model_copy(update={"source": source, "notices": notices}), None


def _shown(path: Path, data: bytes, chosen: Framework | None) -> Inspection:
    try:
        found = read(data, str(path))
    except InputError as error:
        # an error page may show nothing at all
        blank = error.code == "RG103" and data.strip() and sniff(data) is None
        raise (disguised(str(path), "text/html") if blank else None) or error from None
    source = Source(
        file=path.name, sha256=hashlib.sha256(data).hexdigest(), media_type=found.media_type, pages=found.pages
    )
    try:
        inspection = interpret(
            found.blocks, source=source, framework=chosen, by_place=found.by_place, second=found.second
        )
    except InputError as error:
        error.where = replace(error.where, file=str(path))
        raise disguised(str(path), found.media_type) or error from None
    if inspection.published is None and (day := _date_in(path.stem)):
        missing = {k: v for k, v in inspection.missing.items() if k != "published"}
        published = Published(date=day, basis="file_name")
        inspection = inspection.model_copy(update={"published": published, "missing": missing})
    return inspection


def evidence(
    path: str | Path, *, framework: str | Framework | None = None, folder: Path | None = None
) -> tuple[Inspection, tuple[Value, ...]]:
    """Read a published report, and lay every value beside the words that the report prints for it.

    Args:
        path: a published report.
        framework: as for ``read_inspection``.
        folder: the folder of inspections that the report belongs to; None where there is none.

    Returns:
        The inspection, corrected by the decisions in that folder, else by those beside the report; and its values with
        the printed words, taken from the source.

    Raises:
        InputError, FrameworkError: as for ``read_inspection``; RG201 where the file is data and no report.
    """
    path = Path(path)
    data = files.read_bytes(path)
    _refuse_data(path, data)
    inspection = import_report(path, framework=framework)
    belongs = [files.inside(folder, f"{files.safe_name(inspection.slug)}/decisions.yaml")] if folder is not None else []
    file = _decisions_file(*belongs, path)
    if file is not None and _concerns_data(file):
        loaded = data_files.load(file, Decisions, checks=data_files.CHECKS["decisions"])
        inspection = corrected(inspection, loaded, checks=(_against_framework,))
    return inspection, values_of(inspection, words_of(data, _media_type(inspection)))


def review(path: str | Path, inspection: Inspection, values: Sequence[Value]) -> str:
    """Give the HTML page with which a person checks a report: its pages or lines with every value marked.

    Args:
        path: the report.
        inspection: what ``evidence`` gave for it.
        values: likewise.
    """
    from reportgen.review import page, spans_of

    data = files.read_bytes(Path(path))
    if _media_type(inspection) == "application/pdf":
        from reportgen.readers.pdf.pictures import pictures

        return page(inspection, values, pictures=tuple(pictures(data, spans_of(values))))
    return page(inspection, values, lines=lines_of(data, _media_type(inspection)))


def _media_type(inspection: Inspection) -> str:
    return (inspection.source.media_type if inspection.source else None) or "text/plain"


def _refuse_data(path: Path, data: bytes) -> None:
    if is_data_file(path, data):
        where = Where(file=str(path))
        raise InputError("RG201", "a data file, not a published report", where=where, hint="it needs no import")


def _date_in(stem: str) -> Any:
    match = re.search(r"(\d{1,2}[ _-][A-Za-z]+[ _-]\d{4})$", stem)
    return read_date(re.sub(r"[_-]", " ", match[1])) if match else None


def check(path: str | Path) -> list[Finding]:
    """Everything that is wrong with a data file, errors first; empty where it is fine.

    Raises:
        InputError: the file cannot be read at all (RG101, RG102), or is no data file of ours (RG111).
    """
    path = Path(path)
    data = files.read_bytes(path)
    if not is_data_file(path, data):
        raise InputError(
            "RG111", "not a data file", where=Where(file=str(path)), hint="give a YAML or JSON file with a format line"
        )
    try:
        kind = data_files.kind_of(data, str(path))
        if kind == "inspection":
            return open_inspection(path)[1]
        if kind in ("framework", "crosswalks"):
            return [Finding("error", e.code, e.message, e.where, e.hint) for e in check_frameworks([path])]
        loaded = data_files.load_any(path)
        if isinstance(loaded.value, Decisions):
            return _check_corrections(path, cast("data_files.Loaded[Decisions]", loaded))
    except InputError as error:
        errors = getattr(error, "errors", (error,))
        if any(e.code in UNREADABLE for e in errors):
            raise
        return [Finding("error", e.code, e.message, e.where, e.hint) for e in errors]
    return [Finding("warning", w.code, w.message, w.where, w.hint) for w in loaded.warnings]


def _check_corrections(path: Path, loaded: data_files.Loaded[Decisions]) -> list[Finding]:
    """Whether corrections and checks are about inspections in the same folder, and whether the corrections fit."""
    found: list[Finding] = []
    file = loaded.value
    named: dict[str, Path | None] = {}
    entries: list[tuple[str, int, str]] = [("corrections", i, c.inspection) for i, c in enumerate(file.corrections)]
    entries += [("checked", i, c.inspection) for i, c in enumerate(file.checked)]
    for key, i, inspection in entries:
        if inspection not in named:
            beside = (path.with_name(f"{inspection}{suffix}") for suffix in _DATA_SUFFIXES)
            named[inspection] = next((p for p in beside if p.is_file()), None)
        if named[inspection] is None:
            where = loaded.where((key, i, "inspection"))
            message = f"no inspection {inspection!r} in this folder"
            found.append(Finding("warning", "RG113", message, where, "mend the id, or put the inspection there"))
    for beside_it in filter(None, named.values()):
        found.extend(f for f in open_inspection(beside_it, decisions=path)[1] if f.code == "RG116")
    return found


def decisions_for(*paths: str | Path, given: str | Path | None = None) -> data_files.Loaded[Decisions] | None:
    """What people decided: the file given, else the first ``decisions.yaml`` beside one of the paths, else None."""
    chosen = _decisions_file(*paths, given=given)
    return data_files.load(chosen, Decisions, checks=data_files.CHECKS["decisions"]) if chosen else None


def _decisions_file(*paths: str | Path, given: str | Path | None = None) -> Path | None:
    beside = [Path(path).parent / "decisions.yaml" for path in paths]
    return Path(given) if given is not None else next((path for path in beside if path.is_file()), None)


def _concerns_data(file: Path) -> bool:
    """Whether a decisions file corrects or checks anything, told without reading it as data."""
    return re.search(rb"\b(corrections|checked)\b", files.read_bytes(file)) is not None


def compare_files(
    earlier: str | Path,
    later: str | Path,
    *,
    decisions: str | Path | None = None,
    options: Options | None = None,
) -> Compared:
    """Open two inspections, data files or reports, and compare them under what people decided.

    Args:
        earlier: the earlier inspection's file.
        later: the later one's.
        decisions: the decisions file; None: the one beside the later inspection, else beside the earlier one.
        options: as for ``compare``.

    Raises:
        InputError, FrameworkError: as for ``read_inspection`` and ``compare``; those about a decision at its place.
    """
    first, about_first = open_inspection(earlier, decisions=decisions)
    second, about_second = open_inspection(later, decisions=decisions)
    file = decisions_for(later, earlier, given=decisions)
    try:
        comparison = compare(first, second, decisions=file.value if file else None, options=options)
    except InputError as error:
        for each in getattr(error, "errors", (error,)):
            if file is not None and each.where.file is None and each.where.field:
                each.where = file.where(_trail(each.where.field))
        raise
    found = [*about_first, *about_second]
    for notice in comparison.notices:
        told = _told(notice, Path(later))
        if file is not None and notice.code == "RG304" and notice.field:
            told = replace(told, where=file.where(_trail(notice.field)))
        found.append(told)
    return Compared(first, second, comparison, list(dict.fromkeys(found)))


def _trail(field: str) -> tuple[str | int, ...]:
    return tuple(int(n) if n else name for n, name in re.findall(r"\[(\d+)\]|([^.\[\]]+)", field))


def load_decisions(path: str | Path) -> Decisions:
    """The decisions file at a path.

    Raises:
        InputErrors: everything that is wrong with it, each with its line.
        InputError: it cannot be read (RG101).
    """
    return data_files.load(path, Decisions, checks=data_files.CHECKS["decisions"]).value


def add_decisions(path: str | Path, links: Sequence[LinkDecision], *, new: bool = False) -> int:
    """Add entries to the links of a decisions file, in which everything that is there stays byte for byte.

    Args:
        path: the file; it is made where there is none.
        links: the entries; those that are there already are passed over.
        new: there must be no such file yet.

    Returns:
        How many entries were added.

    Raises:
        UsageFault: the file is there already, and should not be (RG504).
        InputErrors: the file is wrong as it is.
        InputError: nothing can be added without changing what is there (RG117).
        OutputError: the file cannot be written (RG503).
    """
    from reportgen.reviewing import added

    path = Path(path)
    if new and path.exists():
        raise UsageFault("RG504", f"{path} exists already", hint="name another file, or move that one away")
    existing = files.read_bytes(path) if path.exists() else None
    made = added(existing, links, name=str(path))
    if made == existing:
        return 0
    files.write_bytes(path, made)
    before = data_files.loads(existing, Decisions, name=str(path)).value.links if existing is not None else ()
    return len(data_files.loads(made, Decisions, name=str(path)).value.links) - len(before)


def compare(
    earlier: Inspection,
    later: Inspection,
    *,
    decisions: Decisions | None = None,
    options: Options | None = None,
) -> Comparison:
    """Compare two inspections: judgement by judgement, recommendation by recommendation, paragraph by paragraph.

    Args:
        earlier: the earlier inspection.
        later: the later one.
        decisions: what people decided about links; it outranks every score. None means that nobody has.
        options: how to match; None takes the lexicon that both frameworks name, at its own thresholds.

    Returns:
        A comparison in which every recommendation of both sides has exactly one state. "Not restated" says that the
        later report does not repeat it, and nothing about whether it was done.

    Raises:
        FrameworkError: a framework is unknown.
        InputError: a decision's hash and id disagree (RG115), or the lexicon cannot be read.
    """
    return _compare(earlier, later, decisions=decisions, options=options or Options())


def find_pack(template: str | Path | None, folder: Path) -> Pack:
    """The template pack that a name or a folder means to somebody who works in ``folder``.

    Args:
        template: the folder of a pack, or its name, looked up in the folders that the nearest ``reportgen.toml`` names,
            in installed packages, and among the built-in ones; None takes the one that ``reportgen.toml`` names, else
            ``standard``.
        folder: the working folder.

    Raises:
        TemplateError: there is no such pack (RG407), or it cannot be used.
        InputError: ``reportgen.toml`` cannot be used (RG414).
    """
    project: Project = load_project(folder)
    return load(project.pack if template is None else template, project)


def redline(
    earlier: Inspection,
    later: Inspection,
    comparison: Comparison,
    *,
    template: str | Path | Pack = "standard",
    shell: str | Path | None = None,
    lang: str | None = None,
) -> bytes:
    """The later report against the earlier one as a Word file with tracked changes, a comment at each recommendation.

    Accepting all changes gives the later report's text, rejecting them all the earlier one's, exactly; the table of
    contents and the section about the document are left out.

    Args:
        earlier: the earlier inspection.
        later: the later one.
        comparison: theirs.
        template: the pack.
        shell: the Word file that gives the looks; None takes that of the pack.

    Raises:
        TemplateError: the pack or the shell cannot be used.
        InputError: a character that Word cannot hold (RG114).
    """
    from reportgen.redlining import notes_of
    from reportgen.redlining import redline as mark
    from reportgen.writers import docx

    lang = lang or nearest(later.lang)
    one, two = (render(inspection, template=template, lang=lang) for inspection in (earlier, later))
    document, comments = mark(one.document, two.document, notes_of(comparison, lang=lang))
    return docx.write(document, comments=comments, **_in_shell(two, shell))


def _in_shell(rendered: Rendered, shell: str | Path | None) -> dict[str, Any]:
    """What the Word writer needs to know of the shell: the one given, else that of the pack."""
    anchors = {name for names in ANCHORS.values() for name in names}
    return {"shell": shell or rendered.shell, "styles": dict(rendered.word_styles), "anchors": anchors}


def format_of(path: Path, to: str | None) -> str:
    """The output format: ``to`` where given, else by the suffix."""
    if to is not None:
        if to not in FORMATS:
            raise UsageFault("RG506", f"unknown format {to!r}", hint=f"one of: {', '.join(FORMATS)}")
        return to
    found = next((name for name, suffixes in FORMATS.items() if path.suffix.lower() in suffixes), None)
    if found is None:
        raise UsageFault(
            "RG506", f"no format known by the suffix {path.suffix!r}", hint=f"say --to one of: {', '.join(FORMATS)}"
        )
    return found


def serialise(
    subject: Inspection | Comparison | History | Rendered,
    to: str,
    *,
    shell: str | Path | None = None,
    lang: str | None = None,
) -> bytes:
    """The bytes of one output format. Data formats need the data itself, not what was rendered of it.

    ``shell``: the Word file that gives the looks of ``docx``; None takes that of the pack.
    ``lang``: the language of the words around the data; None takes that of the data.
    """
    if to in ("json", "yaml"):
        if isinstance(subject, Rendered):
            raise UsageFault("RG506", f"{to} is written from data", hint="give the inspection or the comparison itself")
        return data_files.dump(subject, to=to).encode("utf-8")
    if to == "xlsx":
        if not isinstance(subject, Comparison):
            raise UsageFault("RG506", "xlsx is written of a comparison", hint="use compare, or another format")
        from reportgen.writers import xlsx

        later = subject.later_inspection
        published = later.published.date.isoformat() if later.published else None
        title = f"{subject.earlier_inspection.id} – {later.id}"
        return xlsx.write(comparison_sheets(subject, lang=lang or nearest(later.lang)), title=title, date=published)
    rendered = subject if isinstance(subject, Rendered) else render(subject, lang=lang)
    if to not in _WRITERS:
        raise UsageFault("RG506", f"unknown format {to!r}", hint=f"one of: {', '.join(FORMATS)}")
    # a writer is loaded when it is wanted: PDF and Word bring heavy libraries
    writer: Any = import_module(f"reportgen.writers.{_WRITERS[to]}")
    what = rendered if to in ("html", "pdf") else rendered.document
    further: dict[str, Any] = _in_shell(rendered, shell) if to == "docx" else {}
    if to in ("pdf", "docx") and rendered.data is not None:
        further["carrying"] = ToCarry(rendered.data, carrying.shown)
    made: str | bytes = writer.write(what, **further)
    return made.encode("utf-8") if isinstance(made, str) else made


def write(
    subject: Inspection | Comparison | History | Rendered,
    path: str | Path,
    *,
    to: str | None = None,
    shell: str | Path | None = None,
) -> Path:
    """Write one output file, whole or not at all; an earlier good file survives any failure.

    Args:
        subject: data, or what ``render`` made of it.
        path: the file to write; its folder must exist.
        to: the format (a key of ``FORMATS``); None goes by the suffix.
        shell: the Word file that gives the looks of a ``docx``; None takes that of the pack.

    Returns:
        The path written.

    Raises:
        UsageFault: no such format (RG506).
        TemplateError: the pack or the shell cannot be used.
        EnvironmentFault: the machine lacks what the format needs (RG501, RG502).
        OutputError: the file cannot be written there (RG503).
    """
    path = Path(path)
    return files.write_bytes(path, serialise(subject, format_of(path, to), shell=shell))


def collisions(paths: Sequence[Path], inputs: Sequence[Path] = ()) -> None:
    """Refuse outputs that would land on one name, or on what they are made from."""
    files.check_collisions(paths, inputs)
