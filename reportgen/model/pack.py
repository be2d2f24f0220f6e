"""``pack.yaml``: what a template pack renders, what it is built on, and what it leaves out on purpose."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from reportgen.model.base import Key, Model, Words

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
