"""The command line: arguments, wording of output, exit codes. Every command is a thin face of ``api``.

Results go to stdout, everything else to stderr. Heavy modules are imported inside the commands that need them.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from reportgen import __version__
from reportgen.errors import Exit, InputErrors, OutputError, ReportgenError, UsageFault, Where, one_line

if TYPE_CHECKING:
    from reportgen.api import Finding
    from reportgen.document import Document, Rendered
    from reportgen.model import Comparison, Inspection

_FORMATS = ("html", "pdf", "docx", "md", "txt", "xlsx", "json", "yaml")
#: Formats that are written from the data itself, not from what a template made of it.
_DATA_FORMATS = ("xlsx", "json", "yaml")


def _json(value: Any, indent: int | None = None) -> str:
    import json

    return json.dumps(value, indent=indent, ensure_ascii=False)


class _State:
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
            click.echo(_json({k: v for k, v in fields.items() if v is not None}), err=True)
        else:
            click.echo(one_line(level, code, message, where, hint), err=True)

    def error(self, error: ReportgenError) -> None:
        for each in error.errors if isinstance(error, InputErrors) else (error,):
            self.report("error", each.code, each.message, each.where, each.hint)

    def finish(self) -> None:
        """With --strict, a run that warned is a failed run."""
        if self.strict and self.warned:
            sys.exit(Exit.FINDINGS)


_pass_state = click.make_pass_decorator(_State)


class _ReaderGone(Exception):
    """Whoever read our output has closed the pipe."""


class _Commands(click.Group):
    """The top of the command line. click ends a closed pipe with exit code 1, so it must not see one."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        try:
            return super().make_context(*args, **more)
        except BrokenPipeError:
            raise _ReaderGone from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise _ReaderGone from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", prog_name="reportgen")
@click.option("-v", "--verbose", is_flag=True, help="Also print information notices.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("--debug", is_flag=True, help="Show a traceback with an error.")
@click.option("--json", "as_json", is_flag=True, help="Messages and lists as JSON.")
@click.option("--strict", is_flag=True, help="Warnings make the run fail (exit 1).")
@click.pass_context
def cli(context: click.Context, *, verbose: bool, quiet: bool, debug: bool, as_json: bool, strict: bool) -> None:
    """Read published inspections as data, render them in every format, compare them."""
    context.obj = _State(verbose=verbose, quiet=quiet, debug=debug, as_json=as_json, strict=strict)


# what stands at a path is for those to say who read it or write it
_FILE = click.Path(path_type=Path, readable=False)
_OUT = click.Path(path_type=Path, readable=False, allow_dash=True)


@cli.command("import")
@click.argument("inputs", metavar="IN...", nargs=-1, required=True, type=_FILE)
@click.option(
    "-o", "--output", type=_OUT, help="A data file, a folder (<provider>/<id>.yaml goes there), or - for stdout."
)
@click.option(
    "--to", type=click.Choice(["yaml", "json"]), help="Format of the data; default: by the suffix of -o, else yaml."
)
@click.option("--framework", metavar="KEY", help="Read with this framework instead of telling it from the report.")
@click.option("--evidence", is_flag=True, help="Show each value of one report beside the words printed for it.")
@click.option(
    "--review", metavar="FILE.html", type=_OUT, help="Write a page for checking one report against its pictures."
)
@click.option("-j", "--jobs", type=click.IntRange(1, 64), help="Reports read at once; default: one a processor.")
@click.option(
    "--time-limit",
    type=click.FloatRange(1, 3600),
    default=6.0,
    show_default=True,
    help="Seconds of processor time for a report.",
)
@click.option(
    "--memory-limit",
    type=click.IntRange(200, 1_000_000),
    default=1000,
    show_default=True,
    help="Megabytes of memory for a report.",
)
@_pass_state
def import_command(
    state: _State,
    inputs: tuple[Path, ...],
    output: Path | None,
    to: str | None,
    framework: str | None,
    evidence: bool,
    review: Path | None,
    jobs: int | None,
    time_limit: float,
    memory_limit: int,
) -> None:
    """Published reports (PDF, Word, HTML, Markdown or text) to data files.

    IN are files, folders or quoted patterns; what a file is follows from its content. What could not be read is null
    with a reason and a notice. A second run into the same folder reads only what changed.
    """
    from contextlib import closing

    from reportgen import files, importing, workers

    found, passed = importing.find(inputs)
    if evidence or review is not None:
        folder = output if output is not None and output.is_dir() else None
        _show_evidence(state, found, framework, folder, evidence=evidence, review=review)
        if output is None:
            state.finish()
            return
    one_file = output is not None and str(output) != "-" and output.suffix.lower() in (".yaml", ".yml", ".json")
    stdout = output is None or str(output) == "-"
    if len(found) > 1 and (one_file or stdout):
        raise UsageFault("RG504", f"{len(found)} reports need a folder", hint="say -o FOLDER")
    to = to or ("json" if output is not None and output.suffix.lower() == ".json" else "yaml")
    if one_file and output is not None:
        files.check_collisions([output], found)
    if state.verbose:
        for path in passed:
            state.say(f"{path}: passed over, no report by its content or its name")
    results: list[importing.Imported] = []
    with _Progress(state, len(found)) as progress:
        reports = importing.import_all(
            found,
            None if one_file or stdout else output,
            to=to,
            framework=framework,
            processes=jobs,
            limits=workers.Limits(time_limit, memory_limit * 1_000_000),
            done=progress.step,
        )
        try:
            with closing(reports):
                for result in reports:
                    results.append(result)
                    if len(found) == 1 and result.error is not None:
                        raise result.error
                    progress.show(lambda result=result: _tell_import(state, result))  # type: ignore[misc]
        except (KeyboardInterrupt, SystemExit):
            progress.close()
            _import_summary(state, results, len(found))
            raise
    if results[0].data is not None and stdout:
        click.echo(results[0].data, nl=False)
    elif results[0].data is not None and output is not None:
        files.write_bytes(output, results[0].data.encode("utf-8"), parents=True)
        state.say(_imported(results[0], output))
    if len(found) > 1:
        _import_summary(state, results, len(found))
    failed = sum(result.state == "failed" for result in results)
    if failed:
        sys.exit(Exit.PARTIAL if failed < len(found) else Exit.BAD_INPUT)
    state.finish()


def _show_evidence(
    state: _State,
    found: Sequence[Path],
    framework: str | None,
    folder: Path | None,
    *,
    evidence: bool,
    review: Path | None,
) -> None:
    """The values of one report beside its printed words, on the terminal or as a page to check them with."""
    from reportgen import api

    if len(found) > 1:
        raise UsageFault("RG504", f"{len(found)} reports", hint="--evidence and --review take one report at a time")
    path = found[0]
    inspection, values = api.evidence(path, framework=framework, folder=folder)
    if review is not None:
        if str(review) != "-":
            api.collisions([review], found)
        _deliver(state, api.review(path, inspection, values).encode("utf-8"), review)
    if evidence and state.as_json:
        notices = [n.model_dump(mode="json", exclude_none=True) for n in inspection.notices]
        data = {"file": str(path), "inspection": inspection.id, "notices": notices}
        click.echo(_json({**data, "values": [v.as_dict() for v in values]}, indent=2))
    elif evidence:
        _terminal_document(api.evidence_document(inspection, values))
    else:
        state.notices([n.model_dump(mode="json") for n in inspection.notices], str(path))
    state.warned = state.warned or any(n.level == "warning" for n in inspection.notices)


class _Progress:
    """A bar on the terminal while reports are read; lines to print wait until it is gone, and without it never do."""

    def __init__(self, state: _State, length: int) -> None:
        self.waiting: list[Callable[[], None]] = []
        self.bar: Any = None
        if length > 1 and sys.stderr.isatty() and not (state.quiet or state.as_json):
            self.bar = click.progressbar(length=length, label="reading", file=sys.stderr, show_pos=True)

    def __enter__(self) -> _Progress:
        if self.bar is not None:
            self.bar.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def step(self) -> None:
        if self.bar is not None:
            self.bar.update(1)

    def show(self, tell: Callable[[], None]) -> None:
        if self.bar is not None:
            self.waiting.append(tell)
        else:
            tell()

    def close(self) -> None:
        if self.bar is not None:
            self.bar.__exit__(None, None, None)
            self.bar = None
        for tell in self.waiting:
            tell()
        self.waiting.clear()


def _tell_import(state: _State, result: Any) -> None:
    if result.error is not None:
        state.error(result.error)
        return
    if result.state == "same":
        state.say(f"{result.path}: the same contents as {result.made['same']}")
        return
    if result.target is not None and result.state != "unchanged":
        state.say(_imported(result, result.target))
    if result.state == "unchanged":
        state.warned = state.warned or result.warnings > 0
        return
    state.notices(result.made["notices"], str(result.path))


def _imported(result: Any, target: Path) -> str:
    made = result.made
    return (
        f"{result.path} -> {target}: {made['judgements']} judgements, {made['recommendations']} recommendations, "
        f"{made['paragraphs']} numbered paragraphs, {result.warnings} warnings"
    )


def _import_summary(state: _State, results: Sequence[Any], total: int) -> None:
    """A table of what became of each report: how many of each state, and why those failed that did."""
    if state.as_json:
        rows = [
            {
                "file": str(r.path),
                "state": r.state,
                "target": str(r.target) if r.target else None,
                "warnings": r.warnings,
                "code": r.error.code if r.error else None,
            }
            for r in results
        ]
        click.echo(_json({"reports": total, "results": rows}), err=True)
        return
    said = {
        "read": "read whole",
        "partial": "read in part, with warnings",
        "unchanged": "not read again: unchanged",
        "same": "not read: contents of another one",
        "failed": "failed",
    }
    counts = {name: [r for r in results if r.state == name] for name in said}
    state.say(f"{total} reports")
    for name, listed in counts.items():
        if listed:
            state.say(f"{len(listed):>6}  {said[name]}")
    if len(results) < total:
        state.say(f"{total - len(results):>6}  left undone: interrupted")
    for result in counts["failed"]:
        state.say(f"        {result.path}: {result.error.code} {result.error.message}")


@cli.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=_FILE)
@_pass_state
def check(state: _State, paths: tuple[Path, ...]) -> None:
    """Check data files against their schema and their framework.

    Exit 1 where anything is wrong, 3 where a file cannot be read at all.
    """
    from reportgen import api

    findings: list[Finding] = []
    unreadable = False
    for path in paths:
        try:
            found = api.check(path)
        except ReportgenError as error:
            state.error(error)
            unreadable = True
            continue
        findings.extend(found)
        if not found and not state.as_json:
            state.say(f"{path}: fine")
    state.findings(findings)
    if unreadable:
        sys.exit(Exit.BAD_INPUT)
    if any(f.level == "error" for f in findings):
        sys.exit(Exit.FINDINGS)
    state.finish()


@cli.command()
@click.option("--framework", "key", metavar="KEY", required=True, help="The framework of the inspection.")
@click.option("-o", "--output", type=_OUT, help="The file to write; default: stdout.")
@click.option("--provider", default="", help="The provider's name, if known.")
@_pass_state
def new(state: _State, key: str, output: Path | None, provider: str) -> None:
    """A commented data file, ready to fill in."""
    from reportgen.api import load_framework
    from reportgen.skeleton import skeleton

    _deliver(state, skeleton(load_framework(key), provider=provider).encode("utf-8"), output, overwrite=False)


@cli.command()
@click.argument(
    "kind",
    type=click.Choice(["inspection", "comparison", "decisions", "events", "framework", "crosswalks", "lexicon"]),
)
@click.option("-o", "--output", type=_OUT, help="The file to write; default: stdout.")
@_pass_state
def schema(state: _State, kind: str, output: Path | None) -> None:
    """The JSON Schema of a data format."""
    from reportgen import data_files

    text = _json(data_files.schema(data_files.MODELS[kind]), indent=2) + "\n"
    _deliver(state, text.encode("utf-8"), output)


@cli.group()
def frameworks() -> None:
    """Framework profiles and crosswalks."""


@frameworks.command("list")
@_pass_state
def frameworks_list(state: _State) -> None:
    """The shipped frameworks, one a line."""
    from reportgen.api import framework_keys, load_framework

    loaded = [load_framework(key) for key in framework_keys()]
    if state.as_json:
        rows = [
            {"key": f.key, "body": f.body, "title": f.title, "valid": f.valid.model_dump(mode="json")} for f in loaded
        ]
        click.echo(_json(rows, indent=2))
        return
    width = max(len(f.key) for f in loaded)
    for f in loaded:
        click.echo(_framework_line(f, width))


def _framework_line(framework: Any, width: int) -> str:
    start = framework.valid.start.isoformat() if framework.valid.start else "…"
    end = framework.valid.end.isoformat() if framework.valid.end else "…"
    return f"{framework.key:<{width}}  {start:>10} to {end:<10}  {framework.title}"


@frameworks.command("show")
@click.argument("key", metavar="KEY")
@_pass_state
def frameworks_show(state: _State, key: str) -> None:
    """One framework: validity, scales, areas, recommendations, limiting rules."""
    from reportgen import data_files
    from reportgen.api import load_framework

    framework = load_framework(key)
    if state.as_json:
        click.echo(data_files.dump(framework, to="json"), nl=False)
        return
    click.echo(f"{framework.key}: {framework.title} ({framework.body})")
    click.echo(_framework_line(framework, len(framework.key)).split("  ", 1)[1].strip())
    for scale in framework.scales:
        grades = " > ".join(g.label for g in sorted(scale.grades, key=lambda g: -g.rank))
        click.echo(f"scale {scale.key}: {grades}")
    for area in framework.areas:
        indent = "    " if area.parent else "  "
        marks = [
            m for m, on in (("overall", area.overall), ("optional", area.optional), ("no grades", not area.scale)) if on
        ]
        click.echo(f"{indent}{area.key}: {area.label}" + (f" ({', '.join(marks)})" if marks else ""))
    for section in framework.recommendations.sections:
        click.echo(f"recommendations under {section.headings[0]!r}: {section.kind}, {section.items}")
    for band in framework.recommendations.bands:
        click.echo(f"timescale {band.key}: {band.labels[0]}")
    for limit in framework.limits:
        click.echo(
            f"limit: {limit.grade} in {', '.join(limit.areas)} -> {limit.overall} at most {limit.at_most}"
            f" ({limit.source})"
        )


@frameworks.command("check")
@click.argument("paths", metavar="[FILE]...", nargs=-1, type=_FILE)
@_pass_state
def frameworks_check(state: _State, paths: tuple[Path, ...]) -> None:
    """Check profiles (default: all shipped ones and their crosswalks).

    Exit 1 where anything is wrong, 3 where a file cannot be read at all.
    """
    from reportgen.api import UNREADABLE
    from reportgen.frameworks import check_frameworks

    errors = check_frameworks(paths)
    for error in errors:
        state.error(error)
    if any(error.code in UNREADABLE for error in errors):
        sys.exit(Exit.BAD_INPUT)
    if errors:
        sys.exit(Exit.FINDINGS)
    state.say("fine")


_TO = click.option(
    "--to", multiple=True, metavar="FORMAT", help=f"Output format, may be repeated: {', '.join(_FORMATS)}."
)


@cli.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=_FILE)
@_TO
@click.option("-o", "--output", type=_OUT, help="A file, a folder, or - for stdout; none: to the terminal.")
@click.option("--template", default="standard", show_default=True, help="The template pack: a name or a folder.")
@_pass_state
def render(state: _State, paths: tuple[Path, ...], to: tuple[str, ...], output: Path | None, template: str) -> None:
    """Inspections (data files or reports) as formatted reports.

    Where some of several cannot be read, the others are written (exit 6).
    """
    from reportgen import api
    from reportgen.errors import InputError

    jobs: list[tuple[Path, Any]] = []
    for path in paths:
        try:
            subject, findings = api.open_inspection(path)
            state.findings(findings)
            jobs.append((path, subject))
        except InputError as error:
            if len(paths) == 1:
                raise
            state.error(error)
    if not jobs:
        sys.exit(Exit.BAD_INPUT)
    if output is None and not to:
        for _, subject in jobs:
            _terminal(api.render(subject, template=template))
        if len(jobs) < len(paths):
            sys.exit(Exit.PARTIAL)
        state.finish()
        return
    targets = _targets([subject.id for _, subject in jobs], output, to)
    api.collisions([path for path, _, _ in targets if str(path) != "-"], paths)
    for (_, subject), wanted in zip(jobs, _by_job(targets, len(jobs)), strict=True):
        _write_all(state, subject, wanted, template)
    if len(jobs) < len(paths):
        state.say(f"{len(paths) - len(jobs)} of {len(paths)} inspections could not be read")
        sys.exit(Exit.PARTIAL)
    state.finish()


@cli.command()
@click.argument("earlier", type=_FILE)
@click.argument("later", type=_FILE)
@_TO
@click.option("-o", "--output", type=_OUT, help="A file, a folder, or - for stdout; none: to the terminal.")
@click.option("--decisions", type=_FILE, help="A decisions file; default: decisions.yaml beside the later inspection.")
@click.option("--template", default="standard", show_default=True, help="The template pack: a name or a folder.")
@click.option(
    "--lexicon",
    default="profile",
    metavar="KEY|FILE|none",
    help="What tells the topics of recommendations; default: what the frameworks name.",
)
@click.option(
    "--redline", is_flag=True, help="Write the later report against the earlier one as tracked changes (Word, with -o)."
)
@click.option("--sensitivity", is_flag=True, help="Show what the counts would be at the strict and the lenient end.")
@click.option("--exit-code", is_flag=True, help="Exit 1 where the two differ.")
@_pass_state
def compare(
    state: _State,
    earlier: Path,
    later: Path,
    to: tuple[str, ...],
    output: Path | None,
    decisions: Path | None,
    template: str,
    lexicon: str,
    redline: bool,
    sensitivity: bool,
    exit_code: bool,
) -> None:
    """Two inspections of one provider, EARLIER and LATER: data files or published reports."""
    from reportgen import api

    compared = api.compare_files(earlier, later, decisions=decisions, options=api.Options(lexicon=lexicon))
    comparison = compared.comparison
    state.findings(compared.findings)
    if redline:
        if output is None or (to and to != ("docx",)) or (str(output) != "-" and output.suffix.lower() != ".docx"):
            raise UsageFault("RG506", "--redline writes a Word file", hint="say -o FILE.docx")
        api.collisions([output] if str(output) != "-" else [], (earlier, later))
        _deliver(state, api.redline(compared.earlier, compared.later, comparison, template=template), output)
    elif output is None and not to:
        _terminal(api.render(comparison, template=template, sensitivity=sensitivity))
    else:
        targets = _targets([f"{compared.earlier.id}--{compared.later.id}"], output, to)
        api.collisions([path for path, _, _ in targets if str(path) != "-"], (earlier, later))
        wanted = [(path, form) for path, form, _ in targets]
        _write_all(state, comparison, wanted, template, sensitivity=sensitivity)
    if exit_code and comparison.differs:
        sys.exit(Exit.FINDINGS)
    state.finish()


@cli.command()
@click.argument("earlier", type=_FILE)
@click.argument("later", type=_FILE)
@click.option(
    "--decisions", type=_FILE, help="The decisions file; default: decisions.yaml beside the later inspection."
)
@click.option("-o", "--output", type=_OUT, help="A new file for the answers, or for the form; decisions.yaml stays.")
@click.option("--to", type=click.Choice(["html"]), help="Write a form to answer in a browser, instead of asking here.")
@click.option("--answers", type=_FILE, help="Add the answers that the form saved to the decisions file.")
@click.option("--all", "every", is_flag=True, help="Ask about strong links too, and about every candidate.")
@click.option("--by", metavar="NAME", help="Who decides.")
@click.option("--on", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="When; default: today.")
@click.option("--lexicon", default="profile", metavar="KEY|FILE|none", help="As for compare.")
@_pass_state
def review(
    state: _State,
    earlier: Path,
    later: Path,
    decisions: Path | None,
    output: Path | None,
    to: str | None,
    answers: Path | None,
    every: bool,
    by: str | None,
    on: Any,
    lexicon: str,
) -> None:
    """Decide which recommendations of EARLIER and LATER belong together: the doubtful ones, one after the other.

    What is decided is added to decisions.yaml beside the later inspection, where everything that stands in it stays.
    """
    import datetime

    from reportgen import api
    from reportgen.reviewing import decided, questions

    target = decisions or later.parent / "decisions.yaml"
    if answers is not None:
        added = api.add_decisions(
            target if output is None else output, api.load_decisions(answers).links, new=bool(output)
        )
        state.say(f"{target if output is None else output}: {_entries(added)} added")
        return
    given = decisions if decisions and decisions.exists() else None
    compared = api.compare_files(earlier, later, decisions=given, options=api.Options(lexicon=lexicon))
    first, second, comparison = compared.earlier, compared.later, compared.comparison
    state.findings(compared.findings)
    asked = questions(comparison, first, second, every=every)
    if to == "html":
        from reportgen.reviewing.form import form

        _deliver(state, form(asked, first, second).encode("utf-8"), output)
        return
    if not asked:
        state.say("nothing is doubtful: there is nothing to decide")
        return
    said = _ask(asked, second)
    if not said:
        state.say("nothing was decided")
        return
    name = by or click.prompt("Your name", err=True)
    day = on.date() if on else datetime.date.today()  # noqa: DTZ011 -- the day of the person who decides
    entries = decided(said, first, second, by=name, on=day)
    written = target if output is None else output
    count = api.add_decisions(written, entries, new=output is not None)
    state.say(f"{written}: {_entries(count)} added")


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


_KEYS = "[a]ccept, [r]eject, [l]ink the earlier one to another, [n]ote, [s]kip, [b]ack, [q]uit and save"
_RELATIONS = {"": None, "o": "reworded", "n": "narrowed", "b": "broadened"}


def _ask(asked: Sequence[Any], later: Inspection) -> list[Any]:
    """Go through the questions; what was answered when the person stops, also by the end of the input, counts."""
    from reportgen.reviewing import Answer
    from reportgen.reviewing.form import why

    width = max(40, min(shutil.get_terminal_size((80, 24)).columns, 100))
    given: dict[int, list[Any]] = {}
    note: str | None = None
    at = 0
    while at < len(asked):
        q = asked[at]
        pair = (q.earlier.id, q.later.id)
        click.echo("", err=True)
        click.echo(click.style(f"{at + 1} of {len(asked)}: {pair[0]} and {pair[1]}", bold=True), err=True)
        for label, text in (("earlier", q.earlier.text), ("later", q.later.text)):
            start = f"  {label}: "
            click.echo(click.wrap_text(text, width, start, " " * len(start)), err=True)
        for line in why(q):
            click.echo(click.wrap_text(line, width, "  ", "    "), err=True)
        if note:
            click.echo(f"  note: {note}", err=True)
        try:
            key = click.prompt(_KEYS, default="s", show_default=False, err=True).strip().lower()[:1]
            if key == "n":
                note = click.prompt("Note", default="", show_default=False, err=True).strip() or None
                continue
            if key in ("a", "l"):
                chosen = pair[1] if key == "a" else _other(later, pair[1])
                if chosen is None:
                    continue
                how = click.prompt(
                    "The later one is: in [o]ther words, [n]arrower, [b]roader, or nothing to leave it open",
                    default="",
                    show_default=False,
                    err=True,
                )
                relation: Any = _RELATIONS.get(how.strip().lower()[:1])
                given[at] = [] if key == "a" else [Answer(*pair, "rejected", note=note)]
                given[at].append(Answer(pair[0], chosen, "confirmed", relation, note))
            elif key == "r":
                given[at] = [Answer(*pair, "rejected", note=note)]
            elif key == "b":
                at = max(0, at - 1)
                given.pop(at, None)
                note = None
                continue
            elif key == "q":
                break
            elif key != "s":
                continue
        except click.Abort:
            click.echo("", err=True)
            break
        at, note = at + 1, None
    return [answer for n in sorted(given) for answer in given[n]]


def _other(later: Inspection, asked: str) -> str | None:
    """Another recommendation of the later report, chosen by its id; None for none."""
    for r in later.recommendations:
        click.echo(f"  {r.id}: {' '.join(r.text.split()[:10])} …", err=True)
    ids = {r.id.lower(): r.id for r in later.recommendations if r.id != asked}
    said = (
        click.prompt("Which one, by its id (nothing: none)", default="", show_default=False, err=True).strip().lower()
    )
    return ids.get(said)


@cli.command()
@_pass_state
def doctor(state: _State) -> None:
    """What the machine has and lacks, and what to install."""
    from reportgen.doctor import examine

    findings = examine()
    if state.as_json:
        click.echo(_json([f.as_dict() for f in findings], indent=2))
    else:
        for finding in findings:
            click.echo(finding.line())
    if any(f.state == "missing" for f in findings):
        sys.exit(Exit.ENVIRONMENT)


# -- outputs ---------------------------------------------------------------------------------------------------------


def _targets(names: Sequence[str], output: Path | None, to: Sequence[str]) -> list[tuple[Path, str, int]]:
    """(path, format, number of the job) for every output asked for."""
    from reportgen import api, files

    formats = list(dict.fromkeys(f for each in to for f in each.split(",") if f))
    for form in formats:
        api.format_of(Path("-"), form)
    if output is None:
        if len(names) * len(formats) > 1:
            raise UsageFault("RG504", "several outputs cannot share stdout", hint="say -o FOLDER")
        return [(Path("-"), formats[0], 0)]
    if str(output) == "-":
        if len(names) != 1 or len(formats) != 1:
            raise UsageFault(
                "RG504", "stdout takes one output in one format", hint="say --to FORMAT once, or -o FOLDER"
            )
        return [(output, formats[0], 0)]
    known = {suffix for suffixes in api.FORMATS.values() for suffix in suffixes}
    is_folder = (
        _is_there(output, Path.is_dir) or len(names) > 1 or len(formats) > 1 or output.suffix.lower() not in known
    )
    if not is_folder:
        return [(output, api.format_of(output, formats[0] if formats else None), 0)]
    if not formats:
        raise UsageFault("RG506", "a folder says no format", hint=f"say --to one or more of: {', '.join(_FORMATS)}")
    if _is_there(output, Path.is_file):
        raise UsageFault("RG504", f"{output} is a file, and several outputs need a folder", hint="name a folder")
    return [
        (files.inside(output, f"{files.safe_name(name)}.{form}"), form, job)
        for job, name in enumerate(names)
        for form in formats
    ]


def _is_there(path: Path, how: Callable[[Path], bool]) -> bool:
    try:
        return how(path)
    except OSError:
        # a name that the system cannot even look for: writing will say so
        return False


def _by_job(targets: Sequence[tuple[Path, str, int]], jobs: int) -> list[list[tuple[Path, str]]]:
    return [[(path, form) for path, form, job in targets if job == wanted] for wanted in range(jobs)]


def _write_all(
    state: _State,
    subject: Inspection | Comparison,
    wanted: Sequence[tuple[Path, str]],
    template: str,
    *,
    sensitivity: bool = False,
) -> None:
    """Make every format that is wanted of one subject, and write none before all of them are made."""
    from reportgen import api

    rendered: Rendered | None = None
    if any(form not in _DATA_FORMATS for _, form in wanted):
        rendered = api.render(subject, template=template, sensitivity=sensitivity)
    made = [api.serialise(rendered if rendered and form not in _DATA_FORMATS else subject, form) for _, form in wanted]
    for (path, _), content in zip(wanted, made, strict=True):
        _deliver(state, content, path)


def _deliver(state: _State, data: bytes, path: Path | None, *, overwrite: bool = True) -> None:
    from reportgen import files

    if path is None or str(path) == "-":
        if _stdout().isatty() and b"\0" in data:
            raise UsageFault("RG504", "this format is not for a terminal", hint="say -o FILE, or send stdout to a file")
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    if not overwrite and path.exists():
        raise UsageFault("RG504", f"{path} exists already", hint="name another file, or move that one away")
    files.check_collisions([path])
    files.write_bytes(path, data, parents=True)
    state.say(str(path))


def _stdout() -> TextIO:
    """Stdout, which a program may have been started without."""
    if sys.stdout is None:
        raise OutputError("RG503", "stdout is closed", hint="give it a place to go, or say -o FILE")
    return sys.stdout


def _terminal(rendered: Rendered) -> None:
    _terminal_document(rendered.document)


def _terminal_document(document: Document) -> None:
    from reportgen.writers import terminal

    tty = _stdout().isatty()
    colour = tty and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    width = max(20, min(shutil.get_terminal_size((80, 24)).columns, 110)) if tty else 80
    text = terminal.write(document, width=width, colour=colour)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False)


# -- the boundary ----------------------------------------------------------------------------------------------------


def _guarded(run: Callable[[], Any]) -> NoReturn:
    """Run, and turn every way a run can end into one of the exit codes."""
    debug = "--debug" in sys.argv[1:]
    state = _State(verbose=False, quiet=False, debug=debug, as_json="--json" in sys.argv[1:], strict=False)
    try:
        try:
            run()
        except SystemExit:
            raise
        except (_ReaderGone, BrokenPipeError):
            # nothing is wrong; but Python would complain again when it closes stdout
            _let_go_of_stdout()
        except BaseException as error:  # noqa: BLE001 -- this is the boundary
            if debug:
                import traceback

                traceback.print_exception(error)
            code = _ended(error, state)
            if isinstance(error, OSError):
                _let_go_of_stdout()
            sys.exit(code)
    except OSError:
        # stderr cannot be written either: the exit code is all that can be said
        _let_go_of_stdout()
        sys.exit(Exit.ENVIRONMENT)
    sys.exit(Exit.FINE)


def _ended(error: BaseException, state: _State) -> Exit:
    """Say on one line how a run ended that did not end well; the exit code for it."""
    match error:
        case click.ClickException():
            context = getattr(error, "ctx", None)
            hint = f"see `{context.command_path} --help`" if context else "see `reportgen --help`"
            state.report("error", "RG507", " ".join(error.format_message().split()).rstrip("."), Where(), hint)
            return Exit.USAGE
        case click.Abort() | KeyboardInterrupt():
            return Exit.INTERRUPTED
        case ReportgenError():
            state.error(error)
            return error.exit_code
        case MemoryError():
            state.report("error", "RG505", "out of memory", Where(), "give the process more, or a smaller input")
            return Exit.ENVIRONMENT
        case OSError():
            where = Where(file=str(error.filename) if error.filename else None)
            message = f"the machine refused: {error.strerror or error}"
            state.report("error", "RG503", message, where, "check the disk and the permissions")
            return Exit.ENVIRONMENT
    click.echo(
        f"error: a bug in reportgen: {type(error).__name__}: {error} – run again with --debug and report it", err=True
    )
    return Exit.BUG


def _let_go_of_stdout() -> None:
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> NoReturn:
    """The console script."""
    import signal

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # nohup has the second one ignored, and it stays so
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: sys.exit(Exit.TERMINATED))
    _guarded(lambda: cli(standalone_mode=False))
