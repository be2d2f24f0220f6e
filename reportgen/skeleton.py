"""A commented data file to fill in, made from a framework profile."""

from __future__ import annotations

import json
from collections.abc import Iterator

from reportgen.model import Framework, slug_of

#: Where editors find the schema; the file itself comes from `reportgen schema inspection -o inspection.json`.
SCHEMA = "inspection.json"


def skeleton(framework: Framework, *, provider: str = "") -> str:
    """YAML text with every usual key, a comment beside each that needs one, and the areas of the framework.

    It is a valid inspection as it stands (with made-up days), so that ``check`` says at once what an edit broke.
    """
    return "\n".join(_lines(framework, provider)) + "\n"


def _lines(framework: Framework, provider: str) -> Iterator[str]:
    start = framework.valid.start
    day = start.isoformat() if start else "2026-01-05"
    rules = framework.recommendations
    yield f"# yaml-language-server: $schema={SCHEMA}"
    yield f"# {framework.title} ({framework.key}). Lines that begin with # are comments; delete what you do not need."
    yield "format: reportgen/inspection/1"
    yield f"id: {slug_of(provider)}-{day[:7]}                  # provider slug and month of the first day on site"
    yield "status: draft                         # draft | final"
    yield f"framework: {framework.key}"
    if framework.types:
        yield f"type: null                            # {' | '.join(t.key for t in framework.types)}"
    yield f"title: {_text(framework.title)}"
    yield "provider:"
    yield f"  name: {_text(provider or 'Name of the provider as printed')}"
    yield f"  short_name: {_text(provider or 'Short name')}"
    if framework.provider_kind:
        yield f"  kind: {framework.provider_kind}"
    yield f"inspected: [{{start: {day}, end: {day}}}]   # one entry a period on site"
    yield "# published: {date: 2026-02-27, basis: printed}"
    yield "# lead_inspectors: [{name: A. Inspector, title: HMI}]"
    if framework.legal_basis:
        yield f"legal_basis: [{', '.join(_text(b) for b in framework.legal_basis)}]"
    if any(framework.scale_of(a.key) for a in framework.areas):
        yield "judgements:"
    for area in framework.areas:
        scale = framework.scale_of(area.key)
        if scale is None:
            continue
        keys = " | ".join(g.key for g in sorted(scale.grades, key=lambda g: -g.rank))
        yield f"  - area: {area.key}"
        yield f"    label: {_text(area.label)}"
        yield f"    grade: null                       # {keys}"
        yield "    missing: not_published            # drop this line once the grade is there"
    if rules.kinds:
        kinds = " | ".join(k.key for k in rules.kinds)
        bands = " | ".join(b.key for b in rules.bands)
        heading = rules.bands[0].labels[0] if rules.bands else None
        yield "recommendations:"
        yield "  - id: R1"
        yield "    text: What the provider should do."
        yield f"    kind: {rules.kinds[0].key}" + (f"    # {kinds}" if len(rules.kinds) > 1 else "")
        if heading:
            yield f"    heading: {_text(heading)}"
            yield f"    timescale: {rules.bands[0].key}                # {bands}"
        if rules.addressees:
            yield f"    addressee: {rules.addressees[0].key}"
    yield "sections:"
    if rules.kinds:
        yield f"  - title: {_text(rules.heading)}"
        yield "    level: 1"
        yield "    paragraphs:"
        yield "      - recommendations: [R1]         # the place where they are printed"
        if rules.bands:
            yield f"        heading: {_text(rules.bands[0].labels[0])}"
    yield "  - title: Findings"
    yield "    level: 1"
    yield "    paragraphs:"
    yield '      - {number: "1", text: The first numbered paragraph.}'
    if any(a.scale for a in framework.areas):
        yield f"  - title: {_text(framework.layout.record)}"
        yield "    level: 1"
        yield "    paragraphs:"
        yield f"      - judgements: [{', '.join(a.key for a in framework.areas if a.scale)}]"


def _text(text: str) -> str:
    # a JSON string is a YAML string whatever stands in it
    return json.dumps(text, ensure_ascii=False)
