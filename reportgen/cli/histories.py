"""``history``: the inspections of a provider, one after the other."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from reportgen.cli.outputs import finish_manifest, history_targets, recorder_of, shell_for_word, terminal, write_all
from reportgen.cli.state import FILE, LANG, MANIFEST, OUT, SHELL, TEMPLATE, TO, State, pass_state
from reportgen.errors import Exit


@click.command()
@click.argument("inputs", metavar="FOLDER|FILE...", nargs=-1, required=True, type=FILE)
@TO
@click.option("-o", "--output", type=OUT, help="A file, a folder, or - for stdout; none: to the terminal.")
@click.option("--provider", metavar="NAME", help="Only this one: its short name, name, or number in a register.")
@click.option("--since", type=click.IntRange(1800, 9999), metavar="YEAR", help="Leave out what began before this year.")
@click.option("--baseline", metavar="ID", help="Hold this inspection against the latest one: what became of it.")
@click.option(
    "--as-of",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which things are due or overdue; default: that of the latest report.",
)
@click.option("--decisions", type=FILE, help="A decisions file; default: decisions.yaml beside the inspections.")
@click.option("--events", type=FILE, help="An events file; default: events.yaml beside the inspections.")
@TEMPLATE
@LANG
@SHELL
@click.option("--lexicon", default="profile", metavar="KEY|FILE|none", help="As for compare.")
@MANIFEST
@pass_state
def history(
    state: State,
    inputs: tuple[Path, ...],
    to: tuple[str, ...],
    output: Path | None,
    provider: str | None,
    since: int | None,
    baseline: str | None,
    as_of: Any,
    decisions: Path | None,
    events: Path | None,
    template: str | None,
    lang: str | None,
    shell: Path | None,
    lexicon: str,
    manifest: Path | None,
) -> None:
    """The history of each provider: grades by area, recommendations followed through its inspections.

    Takes data files, reports, and folders of data files. In a folder, each history goes to <provider>/history.FORMAT.
    """
    from reportgen import api, collection
    from reportgen.errors import ReportgenError

    groups, errors = collection.providers(inputs, only=provider)
    chosen = [g for g in groups if baseline is None or any(e.id == baseline for e in g.entries)] or groups
    targets = None
    if output is not None or to:
        targets = history_targets([g.slug for g in chosen], output, to)
        paths = [path for wanted in targets for path, _ in wanted if str(path) != "-"]
        told = [manifest] if manifest is not None and str(manifest) != "-" else []
        api.collisions([*paths, *told], [e.path for g in chosen for e in g.entries])
    for error in errors:
        state.error(error)
    failed = len(errors)
    options = api.Options(lexicon=lexicon)
    pack = api.find_pack(template, Path())
    if targets is None:
        shell_for_word(shell, ())
    said: dict[str, str | bool] = {"lexicon": lexicon, "provider": provider or "", "baseline": baseline or ""}
    said |= {"since": str(since or ""), "as_of": as_of.date().isoformat() if as_of else ""}
    recorder = recorder_of(manifest, "history", targets is not None, pack, shell, said)
    given = [path for path in (decisions, events) if path is not None]
    for n, group in enumerate(chosen):
        loaded = collection.load(group, decisions=decisions, events=events)
        for error in loaded.errors:
            state.error(error)
        failed += len(loaded.errors)
        state.findings(loaded.findings)
        if not loaded.inspections:
            continue
        try:
            made = api.build_history(
                loaded.inspections,
                decisions=loaded.decisions,
                events=loaded.events,
                as_of=as_of.date() if as_of else None,
                since=since,
                baseline=baseline,
                options=options,
            )
        except ReportgenError as error:
            if len(chosen) == 1:
                raise
            state.error(error)
            failed += 1
            continue
        state.notices([x.model_dump(mode="json") for x in made.notices], group.slug)
        if targets is None:
            terminal(api.render(made, template=pack, lang=lang))
        else:
            if recorder is not None:
                beside = [
                    f"{name}.yaml" for name, path in (("decisions", decisions), ("events", events)) if path is None
                ]
                recorder.reads([*(entry.path for entry in group.entries), *given], beside=beside)
            write_all(state, made, targets[n], pack, lang=lang, shell=shell, recorder=recorder)
    finish_manifest(state, recorder, manifest)
    if failed:
        sys.exit(Exit.PARTIAL)
    state.finish()
