"""``frameworks``: profiles and crosswalks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from reportgen.cli.state import FILE, State, json_text, pass_state
from reportgen.errors import Exit


@click.group()
def frameworks() -> None:
    """Framework profiles and crosswalks."""


@frameworks.command("list")
@pass_state
def frameworks_list(state: State) -> None:
    """The shipped frameworks, one a line."""
    from reportgen.api import framework_keys, load_framework

    loaded = [load_framework(key) for key in framework_keys()]
    if state.as_json:
        rows = [
            {"key": f.key, "body": f.body, "title": f.title, "valid": f.valid.model_dump(mode="json")} for f in loaded
        ]
        click.echo(json_text(rows, indent=2))
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
@pass_state
def frameworks_show(state: State, key: str) -> None:
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
@click.argument("paths", metavar="[FILE]...", nargs=-1, type=FILE)
@pass_state
def frameworks_check(state: State, paths: tuple[Path, ...]) -> None:
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
