"""``render`` and ``compare``: inspections to formatted documents."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from reportgen.cli.outputs import by_job, deliver, shell_for_word, targets_of, terminal, write_all
from reportgen.cli.state import FILE, OUT, SHELL, TEMPLATE, TO, State, pass_state
from reportgen.errors import Exit, UsageFault


@click.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=FILE)
@TO
@click.option("-o", "--output", type=OUT, help="A file, a folder, or - for stdout; none: to the terminal.")
@TEMPLATE
@SHELL
@pass_state
def render(
    state: State,
    paths: tuple[Path, ...],
    to: tuple[str, ...],
    output: Path | None,
    template: str | None,
    shell: Path | None,
) -> None:
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
    pack = api.find_pack(template, Path())
    if output is None and not to:
        shell_for_word(shell, ())
        for _, subject in jobs:
            terminal(api.render(subject, template=pack))
        if len(jobs) < len(paths):
            sys.exit(Exit.PARTIAL)
        state.finish()
        return
    targets = targets_of([subject.id for _, subject in jobs], output, to)
    api.collisions([path for path, _, _ in targets if str(path) != "-"], paths)
    for (_, subject), wanted in zip(jobs, by_job(targets, len(jobs)), strict=True):
        write_all(state, subject, wanted, pack, shell=shell)
    if len(jobs) < len(paths):
        state.say(f"{len(paths) - len(jobs)} of {len(paths)} inspections could not be read")
        sys.exit(Exit.PARTIAL)
    state.finish()


@click.command()
@click.argument("earlier", type=FILE)
@click.argument("later", type=FILE)
@TO
@click.option("-o", "--output", type=OUT, help="A file, a folder, or - for stdout; none: to the terminal.")
@click.option("--decisions", type=FILE, help="A decisions file; default: decisions.yaml beside the later inspection.")
@TEMPLATE
@SHELL
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
@pass_state
def compare(
    state: State,
    earlier: Path,
    later: Path,
    to: tuple[str, ...],
    output: Path | None,
    decisions: Path | None,
    template: str | None,
    shell: Path | None,
    lexicon: str,
    redline: bool,
    sensitivity: bool,
    exit_code: bool,
) -> None:
    """Two inspections of one provider, EARLIER and LATER: data files or published reports."""
    from reportgen import api

    compared = api.compare_files(earlier, later, decisions=decisions, options=api.Options(lexicon=lexicon))
    pack = api.find_pack(template, Path())
    comparison = compared.comparison
    state.findings(compared.findings)
    if redline:
        if output is None or (to and to != ("docx",)) or (str(output) != "-" and output.suffix.lower() != ".docx"):
            raise UsageFault("RG506", "--redline writes a Word file", hint="say -o FILE.docx")
        api.collisions([output] if str(output) != "-" else [], (earlier, later))
        made = api.redline(compared.earlier, compared.later, comparison, template=pack, shell=shell)
        deliver(state, made, output)
    elif output is None and not to:
        shell_for_word(shell, ())
        terminal(api.render(comparison, template=pack, sensitivity=sensitivity))
    else:
        targets = targets_of([f"{compared.earlier.id}--{compared.later.id}"], output, to)
        api.collisions([path for path, _, _ in targets if str(path) != "-"], (earlier, later))
        wanted = [(path, form) for path, form, _ in targets]
        write_all(state, comparison, wanted, pack, sensitivity=sensitivity, shell=shell)
    if exit_code and comparison.differs:
        sys.exit(Exit.FINDINGS)
    state.finish()
