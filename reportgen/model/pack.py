"""Template packs as data: ``pack.yaml``, and the cases that a pack is tested with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from reportgen.model.base import Key, Model, Problem, Words

#: A file of the pack, as a path inside it with forward slashes.
PackPath = Annotated[Words, StringConstraints(max_length=200)]


class PackFile(Model):
    """A template pack: see ``docs/templates.md`` for every key. What a pack does not say comes from what it extends."""

    format: Literal["reportgen/pack/1"] = "reportgen/pack/1"
    name: Key
    title: Words | None = None
    extends: Key | None = None
    templates: dict[str, PackPath] = Field(default_factory=dict)
    page: PackPath | None = None
    styles: tuple[PackPath, ...] = ()
    scripts: dict[str, PackPath] = Field(default_factory=dict)
    shell: PackPath | None = None
    roles: dict[str, Words] = Field(default_factory=dict)
    waivers: dict[str, dict[str, Words]] = Field(default_factory=dict)


class Case(Model):
    """``cases/*.yaml`` of a pack: data and options to render it with, and what the result is compared by.

    ``data``: the inspections, as paths from the file of the case inside the pack's ``cases``; one for an inspection,
    the earlier and the later one for a comparison. ``tolerance``: the share of a page's pixels that may differ, 0 to 1.
    """

    format: Literal["reportgen/case/1"] = "reportgen/case/1"
    about: Words | None = None
    subject: Literal["inspection", "comparison", "history"]
    data: tuple[PackPath, ...] = Field(min_length=1)
    decisions: PackPath | None = None
    events: PackPath | None = None
    baseline: Words | None = None
    as_of: date | None = None
    lang: Words = "en-GB"
    sensitivity: bool = False
    formats: tuple[Literal["html", "md", "docx", "pdf", "pictures"], ...] = ("html", "md", "docx", "pdf", "pictures")
    tolerance: Annotated[float, Field(ge=0, le=1)] = 0.002


def case_problems(case: Case) -> Iterator[Problem]:
    """What is wrong inside a case that its schema cannot say."""
    wanted = {"inspection": (1, 1), "comparison": (2, 2), "history": (1, 1000)}[case.subject]
    if not wanted[0] <= len(case.data) <= wanted[1]:
        many = "one inspection" if case.subject == "inspection" else "the earlier and the later inspection"
        yield Problem(("data",), "RG110", f"{len(case.data)} files for a case of a {case.subject}", f"name {many}")
    for name in ("events", "baseline", "as_of"):
        if case.subject != "history" and getattr(case, name) is not None:
            yield Problem((name,), "RG110", f"{name} is for a history", "drop it")
