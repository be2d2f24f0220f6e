"""The command line: arguments, wording of output, exit codes. Every command is a thin face of ``api``.

Results go to stdout, everything else to stderr. Heavy modules are imported inside the commands that need them.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from reportgen import __version__
from reportgen.errors import Exit, InputErrors, ReportgenError, UsageFault, Where, one_line

if TYPE_CHECKING:
    from reportgen.api import Finding
    from reportgen.document import Rendered
    from reportgen.model import Comparison, Notice

_FORMATS = ("html", "pdf", "docx", "md", "txt", "json", "yaml")


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

    def notices(self, notices: Sequence[Notice], file: str) -> None:
        """Print notices: warnings always, information only with -v."""
        for notice in notices:
            if notice.level == "warning":
                self.warned = True
            elif not self.verbose:
                continue
            place = notice.where
            where = Where(
                file=(place.file if place and place.file else file),
                line=place.line if place and place.page is None else None,
                page=place.page if place else None,
                field=notice.field,
            )
            self.report(notice.level, notice.code, notice.message, where)

    def plain_notices(self, notices: Sequence[dict[str, Any]], file: str) -> None:
        """The same for notices that came from a child process as plain data."""
        for notice in notices:
            if notice["level"] == "warning" or self.verbose:
                place = notice["where"] or {}
                page = place.get("page")
                where = Where(
                    place.get("file") or file, None if page else place.get("line"), None, page, notice["field"]
                )
                self.report(notice["level"], notice["code"], notice["message"], where)

    def report(self, level: Any, code: str, message: str, where: Where, hint: str = "") -> None:
        if level == "warning":
            self.warned = True
        if self.quiet and level != "error":
            return
        if self.as_json:
            fields = {"level": level, "code": code, "message": message, "hint": hint or None, "file": where.file}
            fields |= {"line": where.line, "column": where.column, "page": where.page, "field": where.field}
            click.echo(json.dumps({k: v for k, v in fields.items() if v is not None}, ensure_ascii=False), err=True)
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


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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


_FILE = click.Path(path_type=Path, dir_okay=False, allow_dash=False)
_OUT = click.Path(path_type=Path, allow_dash=True)


@cli.command("import")
@click.argument("inputs", metavar="IN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=_OUT, help="A data file, a folder (<provider>/<id>.yaml goes there), or - for stdout."
)
@click.option(
    "--to", type=click.Choice(["yaml", "json"]), help="Format of the data; default: by the suffix of -o, else yaml."
)
@click.option("--framework", metavar="KEY", help="Read with this framework instead of telling it from the report.")
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
    one_file = output is not None and str(output) != "-" and output.suffix.lower() in (".yaml", ".yml", ".json")
    stdout = output is None or str(output) == "-"
    if len(found) > 1 and (one_file or stdout):
        raise UsageFault("RG504", f"{len(found)} reports need a folder", hint="say -o FOLDER")
    to = to or ("json" if output is not None and output.suffix.lower() == ".json" else "yaml")
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
        files.write_bytes(output, results[0].data.encode("utf-8"))
        state.say(_imported(results[0], output))
    if len(found) > 1:
        _import_summary(state, results, len(found))
    failed = sum(result.state == "failed" for result in results)
    if failed:
        sys.exit(Exit.PARTIAL if failed < len(found) else Exit.BAD_INPUT)
    state.finish()


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
    state.plain_notices(result.made["notices"], str(result.path))


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
        click.echo(json.dumps({"reports": total, "results": rows}, ensure_ascii=False), err=True)
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
    for finding in findings:
        state.report(finding.level, finding.code, finding.message, finding.where, finding.hint)
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
    "kind", type=click.Choice(["inspection", "comparison", "decisions", "events", "framework", "crosswalks"])
)
@click.option("-o", "--output", type=_OUT, help="The file to write; default: stdout.")
@_pass_state
def schema(state: _State, kind: str, output: Path | None) -> None:
    """The JSON Schema of a data format."""
    from reportgen import data_files

    text = json.dumps(data_files.schema(data_files.MODELS[kind]), indent=2, ensure_ascii=False) + "\n"
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
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
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
    """Check profiles (default: all shipped ones and their crosswalks). Exit 1 where anything is wrong."""
    from reportgen.frameworks import check_frameworks

    errors = check_frameworks(paths)
    for error in errors:
        state.error(error)
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
    """Inspections (data files or reports) as formatted reports."""
    from reportgen import api

    jobs: list[tuple[Path, Any]] = [(path, api.read_inspection(path)) for path in paths]
    if output is None and not to:
        for _, subject in jobs:
            _terminal(api.render(subject, template=template))
        return
    targets = _targets([subject.id for _, subject in jobs], output, to)
    api.collisions([path for path, _, _ in targets if str(path) != "-"])
    for (_, subject), wanted in zip(jobs, _by_job(targets, len(jobs)), strict=True):
        rendered = api.render(subject, template=template) if any(f not in ("json", "yaml") for _, f in wanted) else None
        for path, form in wanted:
            what = subject if form in ("json", "yaml") or rendered is None else rendered
            _deliver(state, api.serialise(what, form), path)
    state.finish()


@cli.command()
@click.argument("earlier", type=_FILE)
@click.argument("later", type=_FILE)
@_TO
@click.option("-o", "--output", type=_OUT, help="A file, a folder, or - for stdout; none: to the terminal.")
@click.option("--decisions", type=_FILE, help="A decisions file; default: decisions.yaml beside the later inspection.")
@click.option("--template", default="standard", show_default=True, help="The template pack: a name or a folder.")
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
    exit_code: bool,
) -> None:
    """Two inspections of one provider, EARLIER and LATER: data files or published reports."""
    from reportgen import api

    first, second = api.read_inspection(earlier), api.read_inspection(later)
    decided = api.decisions_for(later, earlier, given=decisions)
    comparison = api.compare(first, second, decisions=decided)
    state.notices(comparison.notices, str(later))
    if output is None and not to:
        _terminal(api.render(comparison, template=template))
    else:
        name = f"{first.id}--{second.id}"
        rendered: Rendered | None = None
        targets = _targets([name], output, to)
        api.collisions([path for path, _, _ in targets if str(path) != "-"])
        for path, form, _ in targets:
            what: Comparison | Rendered = comparison
            if form not in ("json", "yaml"):
                rendered = rendered or api.render(comparison, template=template)
                what = rendered
            _deliver(state, api.serialise(what, form), path)
    if exit_code and comparison.differs:
        sys.exit(Exit.FINDINGS)
    state.finish()


@cli.command()
@_pass_state
def doctor(state: _State) -> None:
    """What the machine has and lacks, and what to install."""
    from reportgen.doctor import examine

    findings = examine()
    if state.as_json:
        click.echo(json.dumps([f.as_dict() for f in findings], indent=2))
    else:
        for finding in findings:
            click.echo(finding.line())
    if any(f.state == "missing" for f in findings):
        sys.exit(Exit.ENVIRONMENT)


# -- outputs ---------------------------------------------------------------------------------------------------------


def _targets(names: Sequence[str], output: Path | None, to: Sequence[str]) -> list[tuple[Path, str, int]]:
    """(path, format, number of the job) for every output asked for."""
    from reportgen import api, files

    formats = [f for each in to for f in each.split(",") if f]
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
    is_folder = output.is_dir() or len(names) > 1 or len(formats) > 1 or output.suffix.lower() not in known
    if not is_folder:
        return [(output, api.format_of(output, formats[0] if formats else None), 0)]
    if not formats:
        raise UsageFault("RG506", "a folder says no format", hint=f"say --to one or more of: {', '.join(_FORMATS)}")
    if output.exists() and not output.is_dir():
        raise UsageFault("RG504", f"{output} is a file, and several outputs need a folder", hint="name a folder")
    return [
        (files.inside(output, f"{files.safe_name(name)}.{form}"), form, job)
        for job, name in enumerate(names)
        for form in formats
    ]


def _by_job(targets: Sequence[tuple[Path, str, int]], jobs: int) -> list[list[tuple[Path, str]]]:
    return [[(path, form) for path, form, job in targets if job == wanted] for wanted in range(jobs)]


def _deliver(state: _State, data: bytes, path: Path | None, *, overwrite: bool = True) -> None:
    from reportgen import files

    if path is None or str(path) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    if not overwrite and path.exists():
        raise UsageFault("RG504", f"{path} exists already", hint="name another file, or move that one away")
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_bytes(path, data)
    state.say(str(path))


def _terminal(rendered: Rendered) -> None:
    from reportgen.writers import terminal

    tty = sys.stdout.isatty()
    colour = tty and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    width = max(20, min(shutil.get_terminal_size((80, 24)).columns, 110)) if tty else 80
    text = terminal.write(rendered.document, width=width, colour=colour)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False)


# -- the boundary ----------------------------------------------------------------------------------------------------


def _guarded(run: Callable[[], Any]) -> NoReturn:
    """Run, and turn every way a run can end into one of the exit codes."""
    debug = "--debug" in sys.argv[1:]
    state = _State(verbose=False, quiet=False, debug=debug, as_json="--json" in sys.argv[1:], strict=False)
    try:
        run()
    except click.ClickException as error:
        error.show()
        sys.exit(Exit.USAGE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(Exit.INTERRUPTED)
    except ReportgenError as error:
        if debug:
            raise
        state.error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # the reader of our output has gone; nothing is wrong. Python would complain again when it closes stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.FINE)
    except MemoryError:
        state.report("error", "RG505", "out of memory", Where(), "give the process more, or a smaller input")
        sys.exit(Exit.ENVIRONMENT)
    except Exception as error:
        if debug:
            raise
        click.echo(
            f"error: a bug in reportgen: {type(error).__name__}: {error} – run again with --debug and report it",
            err=True,
        )
        sys.exit(Exit.BUG)
    sys.exit(Exit.FINE)


def main() -> NoReturn:
    """The console script."""
    import signal

    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(Exit.TERMINATED))
    _guarded(lambda: cli(standalone_mode=False))
