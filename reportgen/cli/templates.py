"""``templates``: template packs to look at, to begin, and to check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from reportgen.cli.state import OUT, State, json_text, pass_state
from reportgen.errors import Exit, TemplateError, UsageFault, Where


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
    _store_first(state, folder)


def _store_first(state: State, folder: Path) -> None:
    """Store what the cases of a new pack give, so that its first change is seen."""
    from reportgen.errors import EnvironmentFault
    from reportgen.packs import snapshots
    from reportgen.rendering import load, load_project

    pack = load(folder, load_project(folder))
    for path in snapshots.cases_of(pack).values():
        try:
            snapshots.store(pack, path, snapshots.run_case(pack, path))
        except EnvironmentFault as error:
            state.report("warning", error.code, error.message, error.where, error.hint)
            return
    state.say(f"{folder / 'cases' / 'snapshots'}: what its cases give, to compare with")


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


@templates.command("test")
@click.argument("names", metavar="[PACK]...", nargs=-1)
@click.option("--case", "cases", metavar="NAME", multiple=True, help="Only this case; may be given several times.")
@click.option("--update", is_flag=True, help="Store what the cases give now, and take away what they no longer give.")
@click.option("--report", metavar="FILE.html", type=OUT, help="Page on the differences; default: PACK-snapshots.html.")
@pass_state
def templates_test(
    state: State, names: tuple[str, ...], cases: tuple[str, ...], update: bool, report: Path | None
) -> None:
    """Render the cases of packs and compare them with the snapshots that are stored (default: the usual pack).

    Exit 1 where anything differs, and where a snapshot is missing while CI=true; without that it is stored.
    """
    import os

    from reportgen import files
    from reportgen.packs import differences, snapshots
    from reportgen.rendering import load, load_project

    project = load_project(Path())
    wanted = names or (str(project.pack),)
    if report is not None and len(wanted) > 1:
        raise UsageFault("RG504", "one report for several packs", hint="test one pack at a time, or leave --report out")
    in_ci = os.environ.get("CI", "").lower() in ("1", "true")
    wrong = False
    for name in wanted:
        pack = load(name, project)
        there = snapshots.cases_of(pack)
        unknown = [case for case in cases if case not in there]
        if unknown:
            hint = f"one of: {', '.join(there)}" if there else "put a file into its folder cases"
            raise UsageFault("RG507", f"the pack {pack.name} has no case {unknown[0]!r}", hint=hint)
        if not there:
            state.report("warning", "RG641", "nothing is tested: there are no cases", Where(file=str(pack.folder)))
        tested = []
        for case, path in there.items():
            if cases and case not in cases:
                continue
            found = snapshots.run_case(pack, path)
            tested.append(found)
            if update or (found.missing and not found.differs and not in_ci):
                for done in snapshots.store(pack, path, found):
                    state.say(f"{done}: {'stored' if done.exists() else 'taken away'}")
            elif found.differs or found.missing:
                wrong = True
                for outcome in found.outcomes:
                    if outcome.state != "same":
                        code = {"changed": "RG642", "missing": "RG643", "stale": "RG644"}[outcome.state]
                        said = f"{case}: {outcome.name}: {_STATES[outcome.state]}"
                        said += f" ({100 * outcome.share:.2f} % of its pixels)" if outcome.share is not None else ""
                        state.report("error", code, said, Where(file=str(path)))
                for line in found.why:
                    state.say(f"{case}: changed since it was stored: {line}")
            else:
                state.say(f"{pack.name}: {case}: as stored ({len(found.outcomes)} snapshots)")
        if not update and any(t.differs or (t.missing and in_ci) for t in tested):
            target = report or Path(f"{pack.name}-snapshots.html")
            files.write_bytes(target, differences.page(pack.name, tested).encode("utf-8"), parents=True)
            state.say(f"{target}: the differences side by side")
    if wrong:
        sys.exit(Exit.FINDINGS)
    state.finish()


_STATES = {"changed": "not as stored", "missing": "nothing is stored", "stale": "stored, and not made any more"}
