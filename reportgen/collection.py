"""A collection: inspections in files and folders, found, loaded, grouped by the body inspected, in order of time.

A provider's data files stand together with its ``decisions.yaml`` and ``events.yaml``. Providers are loaded one at a
time, so that a large collection needs the memory of its largest provider.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reportgen import api, data_files, files
from reportgen.api import Finding
from reportgen.comparing import one_provider
from reportgen.errors import InputError, UsageFault
from reportgen.model import Decisions, Event, Events, Inspection, Provider, slug_of

_SUFFIXES = (".yaml", ".yml", ".json")
_HEAD = 4000
_FORMAT = "reportgen/inspection/1"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a collection, known by its head only. ``inspection``: what it holds, where it was a report."""

    path: Path
    id: str
    slug: str
    provider: Provider
    inspection: Inspection | None = None


@dataclass(slots=True)
class Group:
    """The files of one provider, not loaded yet."""

    slug: str
    entries: list[Entry] = field(default_factory=list)

    def holds(self, entry: Entry) -> bool:
        """Whether a file is about this provider."""
        return any(one_provider(e, entry) for e in self.entries)


@dataclass(frozen=True, slots=True)
class Collected:
    """One provider's inspections, loaded, with what people decided and the events listed for it."""

    slug: str
    inspections: tuple[Inspection, ...]
    paths: tuple[Path, ...]
    decisions: Decisions | None
    decisions_file: Path | None
    events: tuple[Event, ...]
    findings: tuple[Finding, ...]
    errors: tuple[InputError, ...]


def find(paths: Sequence[Path]) -> list[Path]:
    """The files of a collection: those named, and in folders, however deep, all data files of inspections.

    Raises:
        InputError: a path is not there (RG101).
        UsageFault: a folder holds no inspection (RG507).
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            found[path] = None
            continue
        inside = [p for p in sorted(path.rglob("*")) if p.suffix.lower() in _SUFFIXES and p.is_file() and _is_one(p)]
        if not inside:
            hint = f"make data files of the reports first: reportgen import {path} -o FOLDER"
            raise UsageFault("RG507", f"{path}: no data file of an inspection in this folder", hint=hint)
        found.update(dict.fromkeys(inside))
    return list(found)


def _is_one(path: Path) -> bool:
    return _FORMAT.encode() in files.read_head(path, _HEAD)


def _groups(paths: Iterable[Path]) -> tuple[list[Group], list[InputError]]:
    found: list[Group] = []
    errors: list[InputError] = []
    for path in paths:
        try:
            entry = _entry(path)
        except InputError as error:
            errors.append(error)
            continue
        own = next((group for group in found if group.holds(entry)), None)
        if own is None:
            own = Group(entry.slug)
            found.append(own)
        own.entries.append(entry)
    found.sort(key=lambda group: group.slug)
    taken: set[str] = set()
    for group in found:
        name, n = group.slug, 1
        while group.slug in taken:
            n += 1
            group.slug = f"{name}-{n}"
        taken.add(group.slug)
    return found, errors


def _entry(path: Path) -> Entry:
    data = files.read_bytes(path)
    if not api.is_data_file(path, data):
        inspection = api.open_inspection(path)[0]
        return Entry(path, inspection.id, inspection.slug, inspection.provider, inspection)
    plain = data_files.plain(data, name=str(path))
    try:
        assert isinstance(plain, dict)
        given = plain["provider"]
        name = str(plain["id"])
        provider = Provider(
            name=given["name"], short_name=given.get("short_name"), ids=given.get("ids") or {}, kind=given.get("kind")
        )
    except (AssertionError, KeyError, TypeError, ValueError):
        # what is wrong with it is for the loader to say, all at once
        inspection = api.open_inspection(path)[0]
        return Entry(path, inspection.id, inspection.slug, inspection.provider, inspection)
    return Entry(path, name, _slug(name, provider), provider)


def _slug(name: str, provider: Provider) -> str:
    head = re.sub(r"-\d{4}(-\d{2})?(-\d+)?$", "", name)
    return head or slug_of(provider.short_name or provider.name)


def load(group: Group, *, decisions: Path | None = None, events: Path | None = None) -> Collected:
    """Load one provider.

    Args:
        group: its files.
        decisions: the decisions file; None: those beside its inspections, all of them as one.
        events: the events file; None: those beside its inspections that are about it.

    Returns:
        What could be loaded of it, in order of the files; what could not is among its errors.

    Raises:
        InputErrors: a decisions or events file is wrong.
    """
    inspections: list[Inspection] = []
    findings: list[Finding] = []
    errors: list[InputError] = []
    paths: list[Path] = []
    for entry in group.entries:
        if entry.inspection is not None:
            inspections.append(entry.inspection)
            paths.append(entry.path)
            continue
        try:
            inspection, found = api.open_inspection(entry.path, decisions=decisions)
        except InputError as error:
            errors.append(error)
            continue
        inspections.append(inspection)
        paths.append(entry.path)
        findings += found
    folders = list(dict.fromkeys(path.parent for path in paths))
    decided = [decisions] if decisions else [f for d in folders if (f := d / "decisions.yaml").is_file()]
    listed = [events] if events else [f for d in folders if (f := d / "events.yaml").is_file()]
    return Collected(
        slug=group.slug,
        inspections=tuple(inspections),
        paths=tuple(paths),
        decisions=_joined(decided),
        decisions_file=decided[0] if decided else None,
        events=_events(listed, None if events else {group.slug, *(i.slug for i in inspections)}),
        findings=tuple(dict.fromkeys(findings)),
        errors=tuple(errors),
    )


def _events(paths: Iterable[Path], about: set[str] | None) -> tuple[Event, ...]:
    """The events of several files, of those about certain providers; None: whomever they are about."""
    loaded = [data_files.load(path, Events).value for path in paths]
    return tuple(e for file in loaded if about is None or file.provider in about for e in file.events)


def _joined(paths: Iterable[Path]) -> Decisions | None:
    """All decisions of several files as one."""
    loaded = [data_files.load(p, Decisions, checks=data_files.CHECKS["decisions"]).value for p in paths]
    if not loaded:
        return None
    kinds = [name for name in Decisions.model_fields if name != "format"]
    return Decisions(**{name: tuple(entry for d in loaded for entry in getattr(d, name)) for name in kinds})


def providers(paths: Sequence[Path], *, only: str | None = None) -> tuple[list[Group], list[InputError]]:
    """The providers of a collection, not loaded yet.

    Args:
        paths: data files, reports, and folders of data files.
        only: the provider of this slug, name or register id; None: all.

    Returns:
        The files of each provider, in the order of their slugs; and what kept files from being read.

    Raises:
        InputError: a path is not there, or nothing of it can be read.
        UsageFault: a folder holds no inspection, or there is no such provider (RG507).
    """
    found, errors = _groups(find(paths))
    if not found:
        raise errors[0]
    if only is not None:
        chosen = [g for g in found if _is_called(g, only)]
        if not chosen:
            hint = f"one of: {', '.join(g.slug for g in found[:20])}"
            raise UsageFault("RG507", f"no provider {only!r} in this collection", hint=hint)
        found = chosen
    return found, errors


def _is_called(group: Group, name: str) -> bool:
    wanted = name.casefold()
    return any(
        wanted in {group.slug, e.slug, e.provider.name.casefold(), (e.provider.short_name or "").casefold()}
        or name in e.provider.ids.values()
        for e in group.entries
    )
