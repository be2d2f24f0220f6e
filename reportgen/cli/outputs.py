"""Where outputs go: which files and formats are asked for, and writing them or printing them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from reportgen.cli.state import DATA_FORMATS, FORMATS, State
from reportgen.errors import OutputError, UsageFault

if TYPE_CHECKING:
    from reportgen.document import Document, Rendered
    from reportgen.manifest import Recorder
    from reportgen.model import Comparison, History, Inspection
    from reportgen.rendering import Pack


def targets_of(names: Sequence[str], output: Path | None, to: Sequence[str]) -> list[tuple[Path, str, int]]:
    """(path, format, number of the job) for every output asked for."""
    from reportgen import api, files

    formats = list(dict.fromkeys(f for each in to for f in each.split(",") if f))
    for form in formats:
        api.format_of(Path("-"), form)
    if output is None:
        if len(names) * len(formats) > 1:
            raise UsageFault("RG504", "several outputs cannot share stdout", hint="say -o FOLDER")
        return [(Path("-"), formats[0], 0)]
    if str(output) == "-":
        if len(names) != 1 or len(formats) != 1:
            raise UsageFault(
                "RG504", "stdout takes one output in one format", hint="say --to FORMAT once, or -o FOLDER"
            )
        return [(output, formats[0], 0)]
    known = {suffix for suffixes in api.FORMATS.values() for suffix in suffixes}
    is_folder = (
        _is_there(output, Path.is_dir) or len(names) > 1 or len(formats) > 1 or output.suffix.lower() not in known
    )
    if not is_folder:
        return [(output, api.format_of(output, formats[0] if formats else None), 0)]
    if not formats:
        raise UsageFault("RG506", "a folder says no format", hint=f"say --to one or more of: {', '.join(FORMATS)}")
    if _is_there(output, Path.is_file):
        raise UsageFault("RG504", f"{output} is a file, and several outputs need a folder", hint="name a folder")
    return [
        (files.inside(output, f"{files.safe_name(name)}.{form}"), form, job)
        for job, name in enumerate(names)
        for form in formats
    ]


def history_targets(slugs: Sequence[str], output: Path | None, to: Sequence[str]) -> list[list[tuple[Path, str]]]:
    """(path, format) of every output of each provider: in a folder, each provider has one of its own."""
    from reportgen import files

    targets = targets_of([f"{slug}-history" for slug in slugs], output, to)
    named = len(targets) == 1 and (output is None or targets[0][0] == output)
    found: list[list[tuple[Path, str]]] = [[] for _ in slugs]
    for path, form, n in targets:
        inside = f"{files.safe_name(slugs[n])}/history.{form}"
        found[n].append((path if named or output is None else files.inside(output, inside), form))
    return found


def _is_there(path: Path, how: Callable[[Path], bool]) -> bool:
    try:
        return how(path)
    except OSError:
        # a name that the system cannot even look for: writing will say so
        return False


def by_job(targets: Sequence[tuple[Path, str, int]], jobs: int) -> list[list[tuple[Path, str]]]:
    return [[(path, form) for path, form, job in targets if job == wanted] for wanted in range(jobs)]


def write_all(
    state: State,
    subject: Inspection | Comparison | History,
    wanted: Sequence[tuple[Path, str]],
    template: Pack,
    *,
    sensitivity: bool = False,
    shell: Path | None = None,
    recorder: Recorder | None = None,
    lang: str | None = None,
) -> None:
    """Make every format that is wanted of one subject, and write none before all of them are made."""
    from reportgen import api

    shell_for_word(shell, [form for _, form in wanted])
    rendered: Rendered | None = None
    if any(form not in DATA_FORMATS for _, form in wanted):
        rendered = api.render(subject, template=template, lang=lang, sensitivity=sensitivity)
    made = [
        api.serialise(rendered if rendered and form not in DATA_FORMATS else subject, form, shell=shell, lang=lang)
        for _, form in wanted
    ]
    for (path, form), content in zip(wanted, made, strict=True):
        deliver(state, content, path)
        if recorder is not None:
            recorder.writes(path, form, content)


def recorder_of(
    manifest: Path | None,
    command: str,
    outputs: bool,
    template: Pack,
    shell: Path | None,
    options: dict[str, str | bool] | None = None,
) -> Recorder | None:
    """What notes the inputs and outputs of a run for its manifest; None where none is asked for."""
    if manifest is None:
        return None
    if not outputs:
        raise UsageFault("RG507", "--manifest tells of files, and none is written", hint="say -o FILE or --to FORMAT")
    from reportgen.manifest import Recorder

    recorder = Recorder(manifest, command, {"template": template.name, **(options or {})})
    recorder.uses(template.folders)
    recorder.reads([shell] if shell is not None else [], beside=())
    return recorder


def finish_manifest(state: State, recorder: Recorder | None, path: Path | None) -> None:
    """Write the manifest, once everything that it tells of is written."""
    if recorder is not None:
        deliver(state, recorder.data(), path)


def shell_for_word(shell: Path | None, formats: Sequence[str]) -> None:
    """A shell is for Word files: given where none is wanted, it would be left out without a word."""
    if shell is not None and "docx" not in formats:
        raise UsageFault("RG507", "--shell is about Word files, and none is wanted", hint="say --to docx")


def deliver(state: State, data: bytes, path: Path | None, *, overwrite: bool = True) -> None:
    from reportgen import files

    if path is None or str(path) == "-":
        if stdout().isatty() and b"\0" in data:
            raise UsageFault("RG504", "this format is not for a terminal", hint="say -o FILE, or send stdout to a file")
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    if not overwrite and path.exists():
        raise UsageFault("RG504", f"{path} exists already", hint="name another file, or move that one away")
    files.check_collisions([path])
    files.write_bytes(path, data, parents=True)
    state.say(str(path))


def stdout() -> TextIO:
    """Stdout, which a program may have been started without."""
    if sys.stdout is None:
        raise OutputError("RG503", "stdout is closed", hint="give it a place to go, or say -o FILE")
    return sys.stdout


def terminal(rendered: Rendered) -> None:
    terminal_document(rendered.document)


def terminal_document(document: Document) -> None:
    from reportgen.writers import terminal

    tty = stdout().isatty()
    colour = tty and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    width = max(20, min(shutil.get_terminal_size((80, 24)).columns, 110)) if tty else 80
    text = terminal.write(document, width=width, colour=colour)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False)
