"""Reports as an inspectorate would publish them in Word, made of the bundled fictional inspections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.frameworks import load_framework
from reportgen.markup import unmark
from reportgen.model import (
    GradeHere,
    Inspection,
    ItemsParagraph,
    JudgementsHere,
    ListItem,
    Recommendation,
    RecommendationsHere,
    ScaleHere,
    TableParagraph,
    TextParagraph,
)
from reportgen.rendering.functions import date_range, long_date
from tests.support.word import listed, p, r, table, tc, tr, word

#: Paragraphs numbered by Word, and bullets of two levels.
PARAGRAPHS, BULLETS = 1, 4


def in_word(inspection: Inspection, *, styled: bool = True) -> bytes:
    """The report as a Word file; without ``styled`` its headings are bold lines and its numbers typed."""
    layout = load_framework(inspection.framework).layout
    body = [p(inspection.title, "Titel"), p(inspection.provider.name)]
    body.append(p(f"{layout.dates[0]}: {date_range(inspection.inspected, layout.date_style)}"))
    body += [p(f"{layout.inspector[0]}: {i.name} {i.title or ''}") for i in inspection.lead_inspectors]
    if inspection.age_group:
        body.append(p(f"{layout.age_group[0]}: {inspection.age_group}"))
    if inspection.published:
        body.append(p(f"{layout.published[0]}: {long_date(inspection.published.date)}"))
    for section in inspection.sections:
        title = unmark(section.title)
        body.append(p(title, f"berschrift{min(section.level, 2)}") if styled else p(runs=r(title, "<w:b/>")))
        for entry in section.paragraphs:
            body += _entry(inspection, entry, styled=styled)
    return word("".join(body))


def _items(items: Sequence[ListItem], level: int) -> Iterator[str]:
    for item in items:
        yield p(unmark(item.text), properties=listed(BULLETS, level))
        yield from _items(item.items, level + 1)


def _recommendation(recommendation: Recommendation, *, styled: bool) -> str:
    said = " ".join((unmark(recommendation.text), *(f"({reference})" for reference in recommendation.references)))
    if recommendation.number is None:
        return p(said, properties=listed(BULLETS))
    return p(said, properties=listed(PARAGRAPHS)) if styled else p(f"{recommendation.number}.\t{said}")


def _entry(inspection: Inspection, entry: object, *, styled: bool) -> list[str]:
    judgements = {j.area: j for j in inspection.judgements}
    match entry:
        case TextParagraph(number=None, text=text):
            return [p(unmark(text))]
        case TextParagraph(number=number, text=text):
            return [p(unmark(text), properties=listed(PARAGRAPHS)) if styled else p(f"{number}.\t{unmark(text)}")]
        case ItemsParagraph(items=items):
            return list(_items(items, 0))
        case RecommendationsHere(recommendations=ids, heading=heading):
            wanted = [rec for rec in inspection.recommendations if rec.id in ids]
            lead = [p(f"{heading}:")] if heading else []
            return lead + [_recommendation(rec, styled=styled) for rec in wanted]
        case JudgementsHere(judgements=areas, caption=caption, header=header):
            rows = [tr(tc(caption), tc(""))] if caption else []
            rows += [tr(*map(tc, header))] if header else []
            return [table(*rows, *(tr(tc(judgements[a].label), tc(judgements[a].printed or "")) for a in areas)), p()]
        case GradeHere(judgement=area):
            return [p(judgements[area].printed or "")]
        case ScaleHere():
            return [table(*(tr(tc(s.printed), tc(s.meaning or "")) for s in inspection.scale_as_printed)), p()]
        case TableParagraph(table=printed):
            rows = [printed.header, *printed.rows] if printed.header else list(printed.rows)
            return [table(*(tr(*(tc(unmark(c)) for c in row)) for row in rows)), p()]
    raise AssertionError(entry)
