"""``templates``: template packs to look at, to begin, and to check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from reportgen.cli.state import OUT, State, json_text, pass_state
from reportgen.errors import Exit, TemplateError


@click.group()
def templates() -> None:
    """Template packs: what documents look like, in your own house style."""


@templates.command("list")
@pass_state
def templates_list(state: State) -> None:
    """The packs that have a name here, one a line, in the order in which names are looked up."""
    from reportgen.rendering import load, load_project
    from reportgen.rendering.finding import packs

    project = load_project(Path())
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    for found in packs(project):
        row: dict[str, Any] = {
            "name": found.name,
            "origin": found.origin,
            "folder": str(found.folder),
            "hidden": found.name in seen,
        }
        seen.add(found.name)
        try:
            pack = load(found.folder, project)
            row |= {"title": pack.title, "renders": list(pack.templates), "extends": list(pack.folders)[1:]}
        except TemplateError as error:
            state.error(error)
            continue
        rows.append(row | {"usual": str(project.pack) in (found.name, str(found.folder)) and not row["hidden"]})
    if state.as_json:
        click.echo(json_text(rows, indent=2))
        return
    width = max((len(str(row["name"])) for row in rows), default=0)
    for row in rows:
        marks = [f"extends {', '.join(row['extends'])}"] if row["extends"] else []
        marks += ["used where none is named"] if row["usual"] else []
        marks += ["hidden by one of the same name above"] if row["hidden"] else []
        said = f" ({'; '.join(marks)})" if marks else ""
        click.echo(f"{row['name']:<{width}}  {row['origin']:<9}  {row['title']}: {', '.join(row['renders'])}{said}")


@templates.command("show")
@click.argument("pack", metavar="[PACK]", required=False)
@pass_state
def templates_show(state: State, pack: str | None) -> None:
    """One pack: where it is, what it is built on, its templates with their blocks, its files, what it leaves out."""
    from reportgen import api
    from reportgen.packs.starting import as_rows

    shown = as_rows(api.find_pack(pack, Path()))
    if state.as_json:
        click.echo(json_text(shown, indent=2))
        return
    click.echo(f"{shown['name']}: {shown['title']} ({shown['folder']})")
    for key in ("extends", "styles", "scripts"):
        if shown[key]:
            click.echo(f"{key}: {', '.join(shown[key])}")
    for subject, template in shown["templates"].items():
        click.echo(f"{subject}: {template['file']}")
        if template["blocks"]:
            click.echo(f"  blocks: {', '.join(template['blocks'])}")
    click.echo(f"page: {shown['page']}")
    if shown["shell"]:
        click.echo(f"shell: {shown['shell']}")
    for role, style in shown["roles"].items():
        click.echo(f"role {role}: {style}")
    for subject, waived in shown["waivers"].items():
        for part, reason in waived.items():
            click.echo(f"leaves out {subject}: {part}: {reason}")


@templates.command("new")
@click.argument("name", metavar="NAME")
@click.option("--extends", "base", default="standard", show_default=True, help="The pack that it is built on: a name.")
@click.option("-o", "--output", type=OUT, help="The folder to make; default: NAME, here.")
@pass_state
def templates_new(state: State, name: str, base: str, output: Path | None) -> None:
    """A new pack: it gives what its base gives, and passes `templates check`, until you change it."""
    from reportgen import api, files
    from reportgen.errors import UsageFault
    from reportgen.packs.starting import new_pack

    folder = output or Path(name)
    if folder.exists():
        raise UsageFault("RG504", f"{folder} exists already", hint="name another folder, or move that one away")
    if folder.name != name:
        raise UsageFault("RG504", f"the folder of a pack is called as the pack, {name!r}", hint=f"say -o …/{name}")
    found = api.find_pack(base, Path())
    for file, text in new_pack(name, found, schema=_SCHEMA).items():
        files.write_bytes(folder / file, text.encode("utf-8"), parents=True)
        state.say(str(folder / file))


#: Where editors find the schema of ``pack.yaml``: `reportgen schema pack -o pack.schema.json` puts it there.
_SCHEMA = "pack.schema.json"


@templates.command("check")
@click.argument("names", metavar="[PACK]...", nargs=-1)
@click.option("--explain", "code", metavar="CODE", help="Say what a code means, why it matters and what to do.")
@pass_state
def templates_check(state: State, names: tuple[str, ...], code: str | None) -> None:
    """Check packs before anything is made with them (default: the one that is used where none is named).

    Exit 1 where anything is wrong, 3 where there is no such pack.
    """
    if code is not None:
        _explain(state, code)
        return
    from reportgen.packs.lint import check
    from reportgen.rendering import load_project

    project = load_project(Path())
    wrong = False
    for name in names or (project.pack,):
        try:
            findings = check(name, project)
        except TemplateError as error:
            state.error(error)
            sys.exit(Exit.BAD_INPUT)
        state.findings(findings)
        wrong = wrong or any(finding.level == "error" for finding in findings)
        if not findings:
            state.say(f"{name}: fine")
    if wrong:
        sys.exit(Exit.FINDINGS)
    state.finish()


def _explain(state: State, code: str) -> None:
    from reportgen.packs.explaining import explain

    meaning, why, mend = explain(code)
    if state.as_json:
        click.echo(json_text({"code": code.upper(), "meaning": meaning, "why": why, "mend": mend}, indent=2))
        return
    click.echo(f"{code.upper()}: {meaning}\n\n{why}\n\n{mend}")
