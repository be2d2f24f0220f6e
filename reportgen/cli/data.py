"""``check``, ``new``, ``schema``, ``doctor``: data files, and the machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.outputs import deliver
from reportgen.cli.state import FILE, OUT, State, json_text, pass_state
from reportgen.errors import Exit, ReportgenError, UsageFault

if TYPE_CHECKING:
    from reportgen.api import Finding


@click.command()
@click.argument("paths", metavar="FILE...", nargs=-1, type=FILE)
@click.option("--explain", "code", metavar="CODE", help="Say what a code means, why it matters and what to do.")
@click.option(
    "--time-limit",
    type=click.FloatRange(1, 3600),
    default=30.0,
    show_default=True,
    help="Seconds of processor time for an output file.",
)
@click.option(
    "--memory-limit",
    type=click.IntRange(200, 1_000_000),
    default=1000,
    show_default=True,
    help="Megabytes of memory for an output file.",
)
@pass_state
def check(state: State, paths: tuple[Path, ...], code: str | None, time_limit: float, memory_limit: int) -> None:
    """Check data files, and output files (PDF, Word, HTML) whoever made them: what a file is follows from its content.

    Data files are held against their schema and framework, output files against rules of accessibility. Exit 1 where
    anything is wrong, 3 where a file cannot be read at all.
    """
    from reportgen import api, checks, files, workers

    if code is not None:
        click.echo(checks.explain(code), nl=False)
    if not paths and code is None:
        raise UsageFault("RG507", "nothing to check", hint="give one or more files")
    limits = workers.Limits(time_limit, memory_limit * 1_000_000)
    findings: list[Finding] = []
    unreadable = False
    for path in paths:
        try:
            output = checks.is_output(files.read_bytes(path, limit=checks.LARGEST))
            found = checks.check_file(path, limits=limits) if output else api.check(path)
        except ReportgenError as error:
            state.error(error)
            unreadable = True
            continue
        findings.extend(found)
        if not any(state.verbose or f.level != "info" for f in found) and not state.as_json:
            state.say(f"{path}: fine")
    state.findings(findings)
    if unreadable:
        sys.exit(Exit.BAD_INPUT)
    if any(f.level == "error" for f in findings):
        sys.exit(Exit.FINDINGS)
    state.finish()


@click.command()
@click.option("--framework", "key", metavar="KEY", required=True, help="The framework of the inspection.")
@click.option("-o", "--output", type=OUT, help="The file to write; default: stdout.")
@click.option("--provider", default="", help="The provider's name, if known.")
@pass_state
def new(state: State, key: str, output: Path | None, provider: str) -> None:
    """A commented data file, ready to fill in."""
    from reportgen.api import load_framework
    from reportgen.skeleton import skeleton

    deliver(state, skeleton(load_framework(key), provider=provider).encode("utf-8"), output, overwrite=False)


@click.command()
@click.argument(
    "kind",
    type=click.Choice(
        ["inspection", "comparison", "history", "decisions", "events", "framework", "crosswalks", "lexicon", "pack"]
    ),
)
@click.option("-o", "--output", type=OUT, help="The file to write; default: stdout.")
@pass_state
def schema(state: State, kind: str, output: Path | None) -> None:
    """The JSON Schema of a data format."""
    from reportgen import data_files

    text = json_text(data_files.schema(data_files.MODELS[kind]), indent=2) + "\n"
    deliver(state, text.encode("utf-8"), output)


@click.command()
@pass_state
def doctor(state: State) -> None:
    """What the machine has and lacks, and what to install."""
    from reportgen.doctor import examine

    findings = examine()
    if state.as_json:
        click.echo(json_text([f.as_dict() for f in findings], indent=2))
    else:
        for finding in findings:
            click.echo(finding.line())
    if any(f.state == "missing" for f in findings):
        sys.exit(Exit.ENVIRONMENT)
