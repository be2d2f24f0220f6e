"""``import``: published reports to data files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from reportgen.cli.outputs import deliver, terminal_document
from reportgen.cli.state import FILE, OUT, State, json_text, pass_state
from reportgen.errors import Exit, UsageFault


@click.command("import")
@click.argument("inputs", metavar="IN...", nargs=-1, required=True, type=FILE)
@click.option(
    "-o", "--output", type=OUT, help="A data file, a folder (<provider>/<id>.yaml goes there), or - for stdout."
)
@click.option(
    "--to", type=click.Choice(["yaml", "json"]), help="Format of the data; default: by the suffix of -o, else yaml."
)
@click.option("--framework", metavar="KEY", help="Read with this framework instead of telling it from the report.")
@click.option("--evidence", is_flag=True, help="Show each value of one report beside the words printed for it.")
@click.option(
    "--review", metavar="FILE.html", type=OUT, help="Write a page for checking one report against its pictures."
)
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
@pass_state
def import_command(
    state: State,
    inputs: tuple[Path, ...],
    output: Path | None,
    to: str | None,
    framework: str | None,
    evidence: bool,
    review: Path | None,
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
    if evidence or review is not None:
        folder = output if output is not None and output.is_dir() else None
        _show_evidence(state, found, framework, folder, evidence=evidence, review=review)
        if output is None:
            state.finish()
            return
    one_file = output is not None and str(output) != "-" and output.suffix.lower() in (".yaml", ".yml", ".json")
    stdout = output is None or str(output) == "-"
    if len(found) > 1 and (one_file or stdout):
        raise UsageFault("RG504", f"{len(found)} reports need a folder", hint="say -o FOLDER")
    to = to or ("json" if output is not None and output.suffix.lower() == ".json" else "yaml")
    if one_file and output is not None:
        files.check_collisions([output], found)
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
        files.write_bytes(output, results[0].data.encode("utf-8"), parents=True)
        state.say(_imported(results[0], output))
    if len(found) > 1:
        _import_summary(state, results, len(found))
    failed = sum(result.state == "failed" for result in results)
    if failed:
        sys.exit(Exit.PARTIAL if failed < len(found) else Exit.BAD_INPUT)
    state.finish()


def _show_evidence(
    state: State,
    found: Sequence[Path],
    framework: str | None,
    folder: Path | None,
    *,
    evidence: bool,
    review: Path | None,
) -> None:
    """The values of one report beside its printed words, on the terminal or as a page to check them with."""
    from reportgen import api

    if len(found) > 1:
        raise UsageFault("RG504", f"{len(found)} reports", hint="--evidence and --review take one report at a time")
    path = found[0]
    inspection, values = api.evidence(path, framework=framework, folder=folder)
    if review is not None:
        if str(review) != "-":
            api.collisions([review], found)
        deliver(state, api.review(path, inspection, values).encode("utf-8"), review)
    if evidence and state.as_json:
        notices = [n.model_dump(mode="json", exclude_none=True) for n in inspection.notices]
        data = {"file": str(path), "inspection": inspection.id, "notices": notices}
        click.echo(json_text({**data, "values": [v.as_dict() for v in values]}, indent=2))
    elif evidence:
        terminal_document(api.evidence_document(inspection, values))
    else:
        state.notices([n.model_dump(mode="json") for n in inspection.notices], str(path))
    state.warned = state.warned or any(n.level == "warning" for n in inspection.notices)


class _Progress:
    """A bar on the terminal while reports are read; lines to print wait until it is gone, and without it never do."""

    def __init__(self, state: State, length: int) -> None:
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


def _tell_import(state: State, result: Any) -> None:
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
    state.notices(result.made["notices"], str(result.path))


def _imported(result: Any, target: Path) -> str:
    made = result.made
    return (
        f"{result.path} -> {target}: {made['judgements']} judgements, {made['recommendations']} recommendations, "
        f"{made['paragraphs']} numbered paragraphs, {result.warnings} warnings"
    )


def _import_summary(state: State, results: Sequence[Any], total: int) -> None:
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
        click.echo(json_text({"reports": total, "results": rows}), err=True)
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
