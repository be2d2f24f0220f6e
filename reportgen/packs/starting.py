"""The files of a new pack: small, commented, and in order from the start."""

from __future__ import annotations

import re
from typing import Any

from reportgen.errors import UsageFault
from reportgen.rendering import Pack

_SETTINGS = """\
# yaml-language-server: $schema={schema}
format: reportgen/pack/1
name: {name}
title: {title}
# everything that this pack does not say itself comes from there
extends: {base}
# style sheets come after those of the base, and win
styles: [{name}.css]
# the Word file that gives styles, cover, headers and footers; the base's where this is left out
# shell: {name}.docx
# the Word style for the role of a block
# roles: {{lead: Lead Paragraph}}
# what the pack leaves out on purpose: `reportgen templates check` finds every field that it does not show
# waivers:
#   inspection:
#     footnotes: nobody misses them
"""
_STYLE = """\
/* Colours stand in variables: see the first lines of the base's style sheet. */
:root { --accent: #1f4e79; }
@media screen and (prefers-color-scheme: dark) {
  :root { --accent: #9cc7f0; }
}
"""
_TEMPLATE = """\
{{% extends "{base}/{file}" %}}
{{# Override a block to say something else there; {{{{ super() }}}} is what the base says. The blocks: {blocks}. #}}
"""


def new_pack(name: str, base: Pack, *, schema: str) -> dict[str, str]:
    """The files of a new pack by name: it gives what its base gives, until somebody changes it.

    Args:
        name: the name of the pack and of its folder.
        base: the pack that it extends.
        schema: the address of the JSON Schema of ``pack.yaml``, for editors.

    Raises:
        UsageFault: that is no name for a pack (RG507).
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name) or name == base.name:
        hint = "lower case letters, digits, hyphens and underscores, and another one than the base"
        raise UsageFault("RG507", f"{name!r} is no name for a pack", hint=hint)
    title = re.sub(r"[-_]+", " ", name).capitalize()
    made = {
        "pack.yaml": _SETTINGS.format(name=name, title=title, base=base.name, schema=schema),
        f"{name}.css": _STYLE,
    }
    for template in dict.fromkeys(base.templates.values()):
        blocks = ", ".join(blocks_of(base, template)) or "none"
        made[template] = _TEMPLATE.format(base=base.name, file=template, blocks=blocks)
    return made | _cases(base)


def _cases(base: Pack) -> dict[str, str]:
    """The cases of the nearest pack that has some, with their data, but without what is stored of them."""
    for folder in base.folders.values():
        cases = folder / "cases"
        found = sorted(p for p in cases.rglob("*.yaml") if "snapshots" not in p.relative_to(cases).parts)
        if found:
            return {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in found}
    return {}


def blocks_of(pack: Pack, template: str) -> tuple[str, ...]:
    """The blocks that a pack that extends this one may override in a template, in order."""
    from jinja2 import nodes

    found: dict[str, None] = {}
    wanted: str | None = template
    while wanted is not None:
        text = pack.environment.loader.get_source(pack.environment, wanted)[0]
        tree = pack.environment.parse(text)
        own = {block.name: None for block in tree.find_all(nodes.Block)}
        found = {**own, **found}
        extends = next(iter(tree.find_all(nodes.Extends)), None)
        wanted = str(extends.template.value) if extends and isinstance(extends.template, nodes.Const) else None
    return tuple(found)


def as_rows(pack: Pack) -> dict[str, Any]:
    """What a pack is, as plain data: for people and programs to look at."""
    return {
        "name": pack.name,
        "title": pack.title,
        "folder": str(pack.folder),
        "extends": list(pack.folders)[1:],
        "templates": {
            subject: {"file": template, "blocks": list(blocks_of(pack, template))}
            for subject, template in pack.templates.items()
        },
        "page": pack.page,
        "styles": [f"{name}/{style}" for name, file in _files(pack) for style in file],
        "scripts": sorted(pack.scripts),
        "shell": str(pack.shell) if pack.shell else None,
        "roles": dict(pack.roles),
        "waivers": {subject: dict(waived) for subject, waived in pack.waivers.items()},
    }


def _files(pack: Pack) -> list[tuple[str, tuple[str, ...]]]:
    return [(file.name, file.styles) for file in reversed(pack.files)]
