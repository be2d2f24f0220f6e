"""Many reports at once: finding them, reading them in child processes, and a place for the data of each.

Reports are dealt with in the order given, folders in the order of their names, so that ids and file names never depend
on which child was quicker. A second run reads only what changed: ``.reportgen-import.json`` in the output folder says
what each file came from, and is believed only where both files still have the hashes noted there and the rules of
reading are the same. A data file that somebody edited is kept beside the new one.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from reportgen import files, workers
from reportgen.errors import InputError, ReportgenError, UsageFault, Where, as_data, from_data
from reportgen.readers import could_be_report

CACHE = ".reportgen-import.json"
_FORMAT = "reportgen/import-cache/1"

#: ``partial``: read, with warnings. ``unchanged``: read by an earlier run. ``same``: the contents of an earlier input.
State = Literal["read", "partial", "failed", "unchanged", "same"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of one report.

    ``target`` is the file written, None where there is none; ``data`` is the inspection as text where nothing was to be
    written; ``made`` holds ``id``, the counts ``judgements``, ``recommendations`` and ``paragraphs``, and ``notices``.
    """

    path: Path
    state: State
    target: Path | None = None
    data: str | None = None
    error: ReportgenError | None = None
    made: Mapping[str, Any] = field(default_factory=dict)

    @property
    def warnings(self) -> int:
        """How many warnings there are about it."""
        return sum(notice["level"] == "warning" for notice in self.made.get("notices", ()))


# -- finding ---------------------------------------------------------------------------------------------------------


def find(inputs: Sequence[str | Path]) -> tuple[list[Path], list[Path]]:
    """The reports that files, folders and patterns name, each once; and what was passed over in folders.

    A file that is named is always taken. In a folder, hidden files are left alone, and the others are taken where their
    content is PDF, Word or HTML, or where they bear a suffix that reports are saved under.

    Raises:
        UsageFault: a pattern or everything together names nothing (RG101).
    """
    found: dict[str, Path] = {}
    passed: list[Path] = []
    for given in inputs:
        for path in _expanded(Path(given)):
            if path.is_dir():
                for inside in _inside(path):
                    if _taken(inside):
                        found.setdefault(os.path.realpath(inside), inside)
                    else:
                        passed.append(inside)
            else:
                found.setdefault(os.path.realpath(path), path)
    if not found:
        hint = "give PDF, Word, HTML or text files, or folders that hold some"
        raise UsageFault("RG101", "no reports found", hint=hint)
    return list(found.values()), passed


def _expanded(path: Path) -> list[Path]:
    """A path, or what it matches where it is a pattern and no such file is there."""
    if not re.search(r"[*?]|\[[^\]]+\]", str(path)) or os.path.lexists(path):
        return [path]
    matched = [Path(p) for p in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207 -- absolute patterns too
    if not matched:
        raise UsageFault("RG101", f"nothing matches {str(path)!r}", hint="check the pattern")
    return matched


def _inside(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(where) / name for name in sorted(names) if not name.startswith("."))


def _taken(path: Path) -> bool:
    try:
        head = files.read_head(path)
    except InputError:
        # It gives its error when it is read; a pipe or a device is no saved report.
        return path.is_file()
    return could_be_report(head, path.suffix)


# -- importing -------------------------------------------------------------------------------------------------------


def import_all(
    paths: Sequence[Path],
    folder: Path | None,
    *,
    to: str = "yaml",
    framework: str | None = None,
    processes: int | None = None,
    limits: workers.Limits | None = None,
    done: Callable[[], None] = lambda: None,
) -> Generator[Imported, None, None]:
    """Import reports, several at once, and put each into a folder as soon as those before it are done.

    Args:
        paths: the reports.
        folder: where ``<provider>/<id>.<to>`` go; None writes nothing and gives the data instead.
        to: ``yaml`` or ``json``.
        framework: the key to read all with; None tells each from its report.
        processes: how many children; None takes one a processor.
        limits: of time and memory for each report; None takes the usual ones.
        done: called after each report that has been dealt with, in whichever order that happens.

    Returns:
        One result a path, in their order. To be closed (``contextlib.closing``) where it is left early: that ends all
        children at once, and what has been written is remembered.

    Raises:
        ReportgenError: what stops every report alike: an unknown framework, a missing library, a full disk.
    """
    cache = _Cache(folder, to=to, framework=framework)
    known: dict[Path, Imported] = {}
    first: dict[str, Path] = {}
    twins: dict[Path, Path] = {}
    waiting: list[Path] = []
    for path in paths:
        try:
            digest = hashlib.sha256(files.read_bytes(path)).hexdigest()
        except InputError as error:
            known[path] = Imported(path, "failed", error=error)
        else:
            if first.setdefault(digest, path) is not path:
                twins[path] = first[digest]
            elif before := cache.find(path, digest):
                known[path] = before
            else:
                waiting.append(path)
                continue
        done()
    jobs = [{"path": str(path), "framework": framework, "to": to} for path in waiting]
    outcomes = workers.run("reportgen.api:import_job", jobs, processes=processes, limits=limits, done=done)
    try:
        with closing(outcomes):
            for path in paths:
                if path in twins:
                    known[path] = _twin(path, known[twins[path]])
                elif path not in known:
                    known[path] = _placed(path, next(outcomes), folder, to, cache)
                yield known[path]
    finally:
        cache.save()


def _twin(path: Path, other: Imported) -> Imported:
    """The result for a file with the contents of another one: it failed alike, or it is not written a second time."""
    if other.error is None:
        return Imported(path, "same", made={"same": str(other.path)})
    data = as_data(other.error)
    for each in data.get("errors", [data]):
        each["where"]["file"] = str(path)
    return Imported(path, "failed", error=from_data(data))


def _placed(path: Path, outcome: workers.Outcome, folder: Path | None, to: str, cache: _Cache) -> Imported:
    if outcome.error is not None:
        if not isinstance(outcome.error, InputError) and outcome.error.code != "RG508":
            raise outcome.error
        return Imported(path, "failed", error=outcome.error.at(Where(file=str(path))))
    made = {name: value for name, value in outcome.value.items() if name != "data"}
    data: str = outcome.value["data"]
    state: State = "partial" if any(n["level"] == "warning" for n in made["notices"]) else "read"
    if folder is None:
        return Imported(path, state, data=data, made=made)
    target, content = _free(folder, made, data, to)
    files.check_collisions([target], [path])
    edited = _put_by(target, content, cache)
    files.write_bytes(target, content, parents=True)
    result = Imported(path, state, target=target, made={**made, "id": target.stem})
    cache.keep(result, content)
    return result if edited is None else replace(result, made={**result.made, "notices": [*made["notices"], edited]})


def _put_by(target: Path, content: bytes, cache: _Cache) -> dict[str, Any] | None:
    """Keep what is about to be written over where it is not what an import wrote: somebody's work may be in it."""
    there = files.read_bytes(target) if target.exists() else content
    if there == content or cache.wrote(target, there):
        return None
    number, place = 1, target.with_name(f"{target.name}.bak")
    while place.exists() and files.read_bytes(place) != there:
        number += 1
        place = target.with_name(f"{target.name}.bak-{number}")
    files.write_bytes(place, there)
    message = f"{target.name} was edited after it was imported; what was there is kept in {place.name}"
    return {"code": "RG220", "level": "warning", "field": None, "message": message, "where": None}


def _free(folder: Path, made: Mapping[str, Any], data: str, to: str) -> tuple[Path, bytes]:
    """A free place for an imported inspection, and its bytes: the same source goes over its own file.

    Two inspections of one provider that began in one month would share an id; the second becomes ``…-2``.
    """
    number, id_ = 1, made["id"]
    while True:
        target = files.inside(folder, f"{files.safe_name(made['slug'])}/{files.safe_name(id_)}.{to}")
        there = re.search(rb'sha256"?: "?([0-9a-f]{64})', files.read_bytes(target)) if target.exists() else None
        if not target.exists() or (there and there[1].decode() == made["source_sha256"]):
            break
        number += 1
        id_ = f"{made['id']}-{number}"
    if number == 1:
        return target, data.encode("utf-8")
    from reportgen import api

    return target, api.renamed(data, id_, to)


# -- what has been read before ---------------------------------------------------------------------------------------


class _Cache:
    """What an output folder says of earlier runs. Whatever is wrong with it, it is as if it were not there."""

    def __init__(self, folder: Path | None, *, to: str, framework: str | None) -> None:
        self.folder = folder
        self.how = f"{to} {framework or ''}".strip()
        self.rules = _rules() if folder is not None else ""
        self.entries: dict[str, dict[str, Any]] = {}
        #: The hash of each file as it was last written, whatever the rules were then.
        self.written: dict[str, str] = {}
        self.changed = False
        if folder is not None and (folder / CACHE).exists():
            self._load(folder / CACHE)

    def _load(self, path: Path) -> None:
        with suppress(InputError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            data = json.loads(files.read_bytes(path))
            if data["format"] != _FORMAT:
                return
            self.written = {str(target): str(digest) for target, digest in data["written"].items()}
            if data["rules"] == self.rules:
                self.entries = {str(key): entry for key, entry in data["entries"].items() if isinstance(entry, dict)}

    def _key(self, path: Path, digest: str) -> str:
        # the name counts too: a date of publication may be known from it alone
        return f"{digest} {self.how} {path.name}"

    def find(self, path: Path, digest: str) -> Imported | None:
        """The result of an earlier run for the same contents, where the file that it wrote is still as it was."""
        entry = self.entries.get(self._key(path, digest))
        if entry is None or self.folder is None:
            return None
        try:
            target = files.inside(self.folder, entry["target"])
            found = Imported(path, "unchanged", target=target, made=entry["made"])
            # counting them shows that the notices are in order
            whole = found.warnings >= 0 and hashlib.sha256(files.read_bytes(target)).hexdigest() == entry["sha256"]
        except (ReportgenError, KeyError, TypeError, AttributeError):
            return None
        return found if whole else None

    def wrote(self, target: Path, content: bytes) -> bool:
        """Whether a file holds what an import last put there."""
        if self.folder is None:
            return False
        return self.written.get(target.relative_to(self.folder).as_posix()) == hashlib.sha256(content).hexdigest()

    def keep(self, result: Imported, content: bytes) -> None:
        """Remember what was read and written."""
        if self.folder is None or result.target is None:
            return
        target = result.target.relative_to(self.folder).as_posix()
        self.written[target] = digest = hashlib.sha256(content).hexdigest()
        entry = {"target": target, "sha256": digest, "made": dict(result.made)}
        self.entries[self._key(result.path, result.made["sha256"])] = entry
        self.changed = True

    def save(self) -> None:
        """Write it down; a folder that cannot take it is no failure."""
        if self.folder is None or not self.changed:
            return
        data = {
            "format": _FORMAT,
            "rules": self.rules,
            "entries": dict(sorted(self.entries.items())),
            "written": dict(sorted(self.written.items())),
        }
        try:
            files.write_bytes(self.folder / CACHE, json.dumps(data, indent=1).encode("ascii"))
        except ReportgenError:
            return


def _rules() -> str:
    """A hash of everything that decides what is read out of a report: this package, own frameworks, the libraries."""
    from importlib.metadata import PackageNotFoundError, version

    digest = hashlib.sha256()
    own = [Path(f) for f in os.environ.get("REPORTGEN_FRAMEWORKS", "").split(os.pathsep) if f]
    for folder in (Path(__file__).parent, *own):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".yaml") and path.is_file():
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    for library in ("lxml", "markdown-it-py", "pypdfium2"):
        try:
            digest.update(version(library).encode())
        except PackageNotFoundError:
            digest.update(b"none")
    return digest.hexdigest()
