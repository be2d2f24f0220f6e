"""A comparison as the sheets of a workbook: one each for judgements, recommendations, links, paragraphs and figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reportgen.comparing.in_short import in_short
from reportgen.document import Sheet, SheetValue
from reportgen.labels import load_labels
from reportgen.model import Comparison, Edit, Evidence, Reasons


def comparison_sheets(comparison: Comparison, *, lang: str = "en-GB") -> tuple[Sheet, ...]:
    """The sheets of a comparison, the summary first; every row says where in the reports it comes from."""
    labels = load_labels(lang)["comparison"]
    names = labels["sheets"]
    made = {
        "in_short": _in_short(comparison, names["rows"], lang),
        "judgements": _judgements(comparison),
        "recommendations": _recommendations(comparison, labels["recommendations"]["states"]),
        "links": _links(comparison),
        "paragraphs": _paragraphs(comparison),
        "facts": _facts(comparison),
    }
    return tuple(
        Sheet(names[key]["title"], tuple(names[key]["columns"]), tuple(tuple(row) for row in rows))
        for key, rows in made.items()
    )


_Row = Sequence[SheetValue]


def _in_short(comparison: Comparison, words: Mapping[str, str], lang: str) -> Iterator[_Row]:
    yield "", comparison.in_short if lang == "en-GB" else in_short(comparison, lang)
    if "draft" in (comparison.earlier_inspection.status, comparison.later_inspection.status):
        yield words["status"], words["draft"]
    for side, of in (("earlier", comparison.earlier_inspection), ("later", comparison.later_inspection)):
        name = words[side]
        yield name, of.id
        yield f"{name}: {words['provider']}", of.provider.name
        yield f"{name}: {words['framework']}", of.framework
        yield f"{name}: {words['inspected']}", "; ".join(f"{p.start} – {p.end}" for p in of.inspected)
        yield f"{name}: {words['published']}", of.published.date.isoformat() if of.published else None
        yield f"{name}: {words['sha256']}", of.sha256
    counts = comparison.summary
    for group in ("judgements", "earlier", "later", "paragraphs"):
        for state, count in getattr(counts, group).items():
            yield f"{words[group]}: {state}", count
    yield words["links"], counts.links
    if comparison.matching:
        for band in comparison.matching.bands:
            right = words["right"].format(right=band.right, of=band.of, low=band.low, high=band.high)
            yield words["measured"].format(band=band.band), right
        if not comparison.matching.calibrated:
            yield words["links"], words["uncalibrated"]
    for notice in comparison.notices:
        yield notice.code, notice.message


def _judgements(comparison: Comparison) -> Iterator[_Row]:
    for j in comparison.judgements:
        one, two = j.earlier, j.later
        yield (
            *((one.area, one.label, one.grade, one.printed, one.missing) if one else (None,) * 5),
            *((two.area, two.label, two.grade, two.printed, two.missing) if two else (None,) * 5),
            j.change,
            j.steps,
            j.comparability,
            j.reason,
            _places(one.evidence if one else ()),
            _places(two.evidence if two else ()),
        )


def _recommendations(comparison: Comparison, states: dict[str, str]) -> Iterator[_Row]:
    changes = comparison.recommendations
    for side, listed in (("earlier", changes.earlier), ("later", changes.later)):
        for r in listed:
            linked = [x.later if side == "earlier" else x.earlier for x in changes.links if getattr(x, side) == r.id]
            mentions = getattr(r, "mentions", ())
            yield (
                side,
                r.id,
                r.number,
                r.text,
                r.state,
                states[r.state],
                r.timescale_label,
                r.heading,
                r.addressee,
                ", ".join(linked),
                "; ".join(f"{c.id} ({c.score:.2f}, {c.why})" for c in r.candidates),
                "; ".join(f"{_place(m.paragraph, m.page)}: {m.text}" for m in mentions),
                _places(r.evidence),
            )


def _links(comparison: Comparison) -> Iterator[_Row]:
    changes = comparison.recommendations
    texts = {r.id: r.text for r in changes.earlier}, {r.id: r.text for r in changes.later}
    for x in changes.links:
        moved, next_best = x.timescale_change, x.runner_up
        yield (
            x.earlier,
            texts[0][x.earlier],
            x.later,
            texts[1][x.later],
            x.relation,
            x.basis,
            x.confidence,
            x.precision,
            x.score,
            _topics(x.reasons),
            ", ".join(x.reasons.shared),
            ", ".join(x.reasons.only_earlier),
            ", ".join(x.reasons.only_later),
            ", ".join(x.reasons.facets_earlier),
            ", ".join(x.reasons.facets_later),
            f"{next_best.earlier} – {next_best.later} ({next_best.score:.2f})" if next_best else None,
            f"{moved.earlier or '–'} → {moved.later or '–'}" if moved else None,
            x.note,
        )


def _topics(reasons: Reasons) -> str:
    return ", ".join(t.name + (f" ({100 * t.share:.1f} %)" if t.share is not None else "") for t in reasons.topics)


def _paragraphs(comparison: Comparison) -> Iterator[_Row]:
    for p in comparison.paragraphs:
        one, two = p.earlier, p.later
        yield (
            p.state,
            *((one.section, one.number, one.kind, one.text) if one else (None,) * 4),
            *((two.section, two.number, two.kind, two.text) if two else (None,) * 4),
            p.similarity,
            _edited(p.edits),
            _places(one.evidence if one else ()),
            _places(two.evidence if two else ()),
        )


def _edited(edits: Iterable[Edit]) -> str | None:
    """Word-level edits in one cell: [-taken out-] and {+put in+}."""
    marks = {"equal": "{}", "del": "[-{}-]", "ins": "{{+{}+}}"}
    return "".join(marks[edit.op].format(edit.text) for edit in edits) or None


def _facts(comparison: Comparison) -> Iterator[_Row]:
    for f in comparison.facts:
        one, two = f.earlier, f.later
        yield (
            f.key,
            f.label,
            *((one.value, one.unit, one.approximate) if one else (None,) * 3),
            *((two.value, two.unit, two.approximate) if two else (None,) * 3),
            f.difference,
            f.percent,
            f.comparability,
            f.reason,
            _places(one.evidence if one else ()),
            _places(two.evidence if two else ()),
        )


def _places(evidence: Iterable[Evidence]) -> str | None:
    return "; ".join(place for e in evidence if (place := _place(e.paragraph, e.page, e.line))) or None


def _place(paragraph: str | None, page: int | None, line: int | None = None) -> str:
    parts = [f"{name} {value}" for name, value in (("page", page), ("paragraph", paragraph), ("line", line)) if value]
    return ", ".join(parts)
