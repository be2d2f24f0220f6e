"""``export``: a collection as tables for analysts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from reportgen.cli.state import FILE, State, json_text, pass_state
from reportgen.errors import Exit, UsageFault

_SUFFIXES = {".xlsx": "xlsx", ".sqlite": "sqlite", ".db": "sqlite"}


@click.command()
@click.argument("inputs", metavar="FOLDER|FILE...", nargs=-1, required=True, type=FILE)
@click.option(
    "--to", "form", type=click.Choice(["csv", "xlsx", "sqlite"]), help="Default: by the suffix of -o, else csv."
)
@click.option("-o", "--output", type=FILE, required=True, help="A folder for csv, else a file.")
@click.option("--since", type=click.IntRange(1800, 9999), metavar="YEAR", help="Leave out what began before this year.")
@click.option("--as-of", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="As for history.")
@click.option("--lexicon", default="profile", metavar="KEY|FILE|none", help="As for compare.")
@pass_state
def export(
    state: State,
    inputs: tuple[Path, ...],
    form: str | None,
    output: Path,
    since: int | None,
    as_of: Any,
    lexicon: str,
) -> None:
    """A collection as tidy tables: inspections, judgements, recommendations, threads, paragraphs and more.

    Where some files cannot be read, the tables are made of the others (exit 6).
    """
    from reportgen import collection, exporting, files

    told = _SUFFIXES.get(output.suffix.lower())
    if form is not None and told not in (None, form):
        raise UsageFault("RG506", f"{output} is named as {told}, and {form} is asked for", hint="say one of the two")
    form = form or _SUFFIXES.get(output.suffix.lower(), "csv")
    if form == "csv" and output.is_file():
        raise UsageFault("RG504", f"{output} is a file, and csv needs a folder", hint="name a folder")
    if form != "csv" and output.is_dir():
        raise UsageFault("RG504", f"{output} is a folder, and {form} is one file", hint="name a file")
    if str(output) == "-":
        raise UsageFault("RG504", "an export does not go to stdout", hint="name a file, or a folder for csv")
    # neither an inspection nor what people decided about it may be written over
    read = collection.find(inputs)
    beside = [path.parent / name for path in read for name in ("decisions.yaml", "events.yaml")]
    files.check_collisions([output], [*read, *(path for path in beside if path.is_file())])
    day = as_of.date() if as_of else None
    made, findings, errors, counts = exporting.export(inputs, form, as_of=day, since=since, lexicon=lexicon)
    state.findings(findings)
    for error in errors:
        state.error(error)
    for name in sorted(made):
        files.write_bytes(files.inside(output, name) if name else output, made[name], parents=True)
    if state.as_json:
        click.echo(json_text({"output": str(output), "rows": counts}), err=True)
    else:
        state.say(f"{output}: " + ", ".join(f"{n} {name}" for name, n in counts.items()))
    if errors:
        sys.exit(Exit.PARTIAL)
    state.finish()
