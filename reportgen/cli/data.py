"""``check``, ``new``, ``schema``, ``doctor``: data files, and the machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.outputs import deliver
from reportgen.cli.state import FILE, OUT, State, json_text, pass_state
from reportgen.errors import Exit, ReportgenError

if TYPE_CHECKING:
    from reportgen.api import Finding


@click.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=FILE)
@pass_state
def check(state: State, paths: tuple[Path, ...]) -> None:
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
