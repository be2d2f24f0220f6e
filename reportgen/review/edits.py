"""What a person can mend of a value, as the page's script takes it, and the corrections that follow from it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from reportgen.evidence import Value
from reportgen.frameworks import load_framework
from reportgen.model import Framework, Inspection, text_sha

#: Why a value may be missing, as a person chooses it.
_REASONS = ("unreadable", "not_inspected", "not_published", "withheld", "not_in_framework")


def edits_of(value: Value, inspection: Inspection, tree: dict[str, Any]) -> list[dict[str, Any]]:
    """The inputs that mend a value, in order; empty where it is mended in the data file only.

    Each is a ``field`` with what it ``was``; a ``choice`` of options that each set fields; or an ``object`` that is put
    in the place of nothing, made of ``parts``. ``tree`` is the inspection as JSON.
    """
    framework = load_framework(inspection.framework)
    there: Any = tree
    for part in _trail(value.field):
        there = there.get(part) if isinstance(there, dict) else there[part]
    match value.kind:
        case "judgement":
            return _judgement(there, framework)
        case "recommendation":
            return _recommendation(there, inspection, framework)
        case "fact":
            field = _named(value.field, "facts", there["key"], [f.key for f in inspection.facts])
            about = {True: "about this many", False: "exactly this many"}
            return [
                _input(f"{field}.value", "Value", there["value"], "number"),
                _choice("Precision", f"{field}.approximate", there["approximate"], about),
            ]
        case "declaration":
            return [_input(f"{value.field}.text", "Text", there["text"], "long")] + [
                _input(f"{value.field}.{key}", key.capitalize(), there[key]) for key in ("date", "grade")
            ]
        case "paragraph" | "footnote":
            if "text" not in there:
                return []
            key = "mark" if value.kind == "footnote" else "number"
            return [
                _input(f"{value.field}.{key}", key.capitalize(), there[key]),
                _input(f"{value.field}.text", "Text", there["text"], "long"),
            ]
    if value.state == "missing":
        also = {"field": f"missing.{value.field}", "was": inspection.missing[value.field], "now": None}
        return [_object(value.field, [also])]
    return _front(value, there)


def _trail(field: str) -> list[str | int]:
    parts: list[str | int] = []
    for name in field.split("."):
        key, *indexes = name.replace("]", "").split("[")
        parts += [key, *map(int, indexes)]
    return parts


def _named(field: str, top: str, name: str, names: list[str]) -> str:
    """The path of an entry by its name, which holds whatever stands before it; by its place where others share it."""
    return f"{top}[{name}]" if Counter(names)[name] == 1 else field


def _front(value: Value, there: Any) -> list[dict[str, Any]]:
    field = value.field
    match field.partition("[")[0]:
        case "provider.name":
            return [_input(field, "Name", there)]
        case "lead_inspectors":
            return [_input(f"{field}.{key}", key.capitalize(), there[key]) for key in ("name", "title")]
        case "inspected":
            labels = {"start": "First day", "end": "Last day"}
            return [_input(f"{field}.{key}", label, there[key], "date") for key, label in labels.items()]
        case "published":
            bases = {"printed": "the printed report", "file_name": "the name of the file", "given": "a person's word"}
            return [
                _input(f"{field}.date", "Date", there["date"], "date"),
                _choice("Known from", f"{field}.basis", there["basis"], bases),
            ]
        case "team":
            return [
                _input(f"{field}.size", "Size", there["size"], "number"),
                _input(f"{field}.text", "Text", there["text"], "long"),
            ]
    return [_input(field, "Text", there, "long")]


def _object(field: str, also: list[dict[str, Any]]) -> dict[str, Any]:
    parts: dict[str, list[tuple[str, str, str]]] = {
        "inspected": [("start", "First day", "date"), ("end", "Last day", "date")],
        "published": [("date", "Date", "date")],
        "lead_inspectors": [("name", "Name", "text")],
    }
    made = [{"key": key, "label": label, "input": kind} for key, label, kind in parts[field]]
    whole = field if field == "published" else f"{field}[0]"
    fixed = {"basis": "given"} if field == "published" else {}
    return {"kind": "object", "field": whole, "parts": made, "fixed": fixed, "also": also}


def _judgement(there: dict[str, Any], framework: Framework) -> list[dict[str, Any]]:
    field = f"judgements[{there['area']}]"
    scale = framework.scale_of(there["area"])
    grades = sorted(scale.grades, key=lambda g: -g.rank) if scale else []
    options = [
        {"label": grade.label, "sets": {f"{field}.grade": grade.key, f"{field}.missing": None}} for grade in grades
    ]
    options += [
        {"label": f"no grade: {why.replace('_', ' ')}", "sets": {f"{field}.grade": None, f"{field}.missing": why}}
        for why in _REASONS
    ]
    was = {f"{field}.grade": there["grade"], f"{field}.missing": there["missing"]}
    return [
        {"kind": "choice", "label": "Grade", "was": was, "options": options},
        _input(f"{field}.printed", "As printed", there["printed"]),
    ]


def _recommendation(there: dict[str, Any], inspection: Inspection, framework: Framework) -> list[dict[str, Any]]:
    shas = [text_sha(r.text)[:12] for r in inspection.recommendations]
    at = next(i for i, r in enumerate(inspection.recommendations) if r.id == there["id"])
    field = _named(f"recommendations[{at}]", "recommendations", shas[at], shas)
    rules = framework.recommendations
    bands = {band.key: band.labels[0] for band in rules.bands}
    addressees = {a.key: a.label for a in rules.addressees}
    out = [
        _input(f"{field}.text", "Text", there["text"], "long"),
        _input(f"{field}.number", "Number", there["number"]),
        _input(f"{field}.heading", "Heading", there["heading"]),
    ]
    if bands:
        out.append(_choice("Timescale", f"{field}.timescale", there["timescale"], {**bands, None: "none"}))
    if addressees:
        out.append(_choice("Addressee", f"{field}.addressee", there["addressee"], {**addressees, None: "none"}))
    return out


def _input(field: str, label: str, was: Any, kind: str = "text") -> dict[str, Any]:
    return {"kind": "field", "field": field, "label": label, "was": was, "input": kind}


def _choice(label: str, field: str, was: Any, options: dict[Any, str]) -> dict[str, Any]:
    if was not in options:
        options = {was: str(was), **options}
    made = [{"label": said, "sets": {field: key}} for key, said in options.items()]
    return {"kind": "choice", "label": label, "was": {field: was}, "options": made}
