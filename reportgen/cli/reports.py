"""``render`` and ``compare``: inspections to formatted documents."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from reportgen.cli.outputs import (
    by_job,
    deliver,
    finish_manifest,
    recorder_of,
    shell_for_word,
    targets_of,
    terminal,
    write_all,
)
from reportgen.cli.state import FILE, LANG, MANIFEST, OUT, SHELL, TEMPLATE, TO, State, pass_state
from reportgen.errors import Exit, UsageFault


@click.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=FILE)
@TO
@click.option("-o", "--output", type=OUT, help="A file, a folder, or - for stdout; none: to the terminal.")
@TEMPLATE
@LANG
@SHELL
@MANIFEST
@pass_state
def render(
    state: State,
    paths: tuple[Path, ...],
    to: tuple[str, ...],
    output: Path | None,
    template: str | None,
    lang: str | None,
    shell: Path | None,
    manifest: Path | None,
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
    recorder = recorder_of(manifest, "render", output is not None or bool(to), pack, shell)
    if output is None and not to:
        shell_for_word(shell, ())
        for _, subject in jobs:
            terminal(api.render(subject, template=pack, lang=lang))
        if len(jobs) < len(paths):
            sys.exit(Exit.PARTIAL)
        state.finish()
        return
    targets = targets_of([subject.id for _, subject in jobs], output, to)
    told = [manifest] if manifest is not None else []
    api.collisions([path for path in (*(path for path, _, _ in targets), *told) if str(path) != "-"], paths)
    if recorder is not None:
        recorder.reads(path for path, _ in jobs)
    for (_, subject), wanted in zip(jobs, by_job(targets, len(jobs)), strict=True):
        write_all(state, subject, wanted, pack, lang=lang, shell=shell, recorder=recorder)
    finish_manifest(state, recorder, manifest)
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
@LANG
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
@MANIFEST
@pass_state
def compare(
    state: State,
    earlier: Path,
    later: Path,
    to: tuple[str, ...],
    output: Path | None,
    decisions: Path | None,
    template: str | None,
    lang: str | None,
    shell: Path | None,
    lexicon: str,
    redline: bool,
    sensitivity: bool,
    exit_code: bool,
    manifest: Path | None,
) -> None:
    """Two inspections of one provider, EARLIER and LATER: data files or published reports."""
    from reportgen import api

    compared = api.compare_files(earlier, later, decisions=decisions, options=api.Options(lexicon=lexicon))
    pack = api.find_pack(template, Path())
    comparison = compared.comparison
    state.findings(compared.findings)
    options: dict[str, str | bool] = {"lexicon": lexicon, "redline": redline, "sensitivity": sensitivity}
    recorder = recorder_of(manifest, "compare", output is not None or bool(to), pack, shell, options)
    if recorder is not None:
        recorder.reads(
            [earlier, later, *([decisions] if decisions else [])], beside=() if decisions else ("decisions.yaml",)
        )
    told = [manifest] if manifest is not None and str(manifest) != "-" else []
    if redline:
        if output is None or (to and to != ("docx",)) or (str(output) != "-" and output.suffix.lower() != ".docx"):
            raise UsageFault("RG506", "--redline writes a Word file", hint="say -o FILE.docx")
        api.collisions([*([output] if str(output) != "-" else []), *told], (earlier, later))
        made = api.redline(compared.earlier, compared.later, comparison, template=pack, lang=lang, shell=shell)
        deliver(state, made, output)
        if recorder is not None:
            recorder.writes(output, "docx", made)
    elif output is None and not to:
        shell_for_word(shell, ())
        terminal(api.render(comparison, template=pack, lang=lang, sensitivity=sensitivity))
    else:
        targets = targets_of([f"{compared.earlier.id}--{compared.later.id}"], output, to)
        api.collisions([*(path for path, _, _ in targets if str(path) != "-"), *told], (earlier, later))
        wanted = [(path, form) for path, form, _ in targets]
        write_all(state, comparison, wanted, pack, lang=lang, sensitivity=sensitivity, shell=shell, recorder=recorder)
    finish_manifest(state, recorder, manifest)
    if exit_code and comparison.differs:
        sys.exit(Exit.FINDINGS)
    state.finish()
