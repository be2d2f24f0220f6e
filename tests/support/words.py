"""Counting words: every word of an input must be in the data, or in a listed piece of page furniture."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from reportgen.markup import unmark
from reportgen.model import (
    GradeHere,
    Inspection,
    ItemsParagraph,
    JudgementsHere,
    ListItem,
    RecommendationsHere,
    ScaleHere,
    TableParagraph,
    TextParagraph,
)


def words(text: str) -> list[str]:
    """Runs of letters, and runs of digits: a footnote mark glued to a word counts for itself."""
    return re.findall(r"[^\W\d_]+|\d+", unmark(text).replace("’", "'"))


def of_data(inspection: Inspection) -> Counter[str]:
    """The words that an inspection's data shows, each as often as the report prints it."""
    counted: Counter[str] = Counter()
    for text in _texts(inspection):
        counted.update(words(text))
    return counted


def _texts(inspection: Inspection) -> Iterator[str]:
    recommendations = {r.id: r for r in inspection.recommendations}
    judgements = {j.area: j for j in inspection.judgements}
    for section in inspection.sections:
        yield section.title
        for entry in section.paragraphs:
            match entry:
                case TextParagraph():
                    yield f"{entry.number or ''} {entry.text}"
                case ItemsParagraph():
                    for item in entry.items:
                        yield from _item(item)
                case RecommendationsHere():
                    yield entry.heading or ""
                    for rid in entry.recommendations:
                        r = recommendations[rid]
                        yield " ".join((r.number or "", r.text, *r.references))
                case TableParagraph(table=table):
                    yield table.caption or ""
                    yield " ".join((*table.header, *(cell for row in table.rows for cell in row)))
                case JudgementsHere():
                    yield " ".join((entry.caption or "", *entry.header))
                    for area in entry.judgements:
                        yield f"{judgements[area].label} {judgements[area].printed}"
                case GradeHere():
                    yield judgements[entry.judgement].printed or ""
                case ScaleHere():
                    for point in inspection.scale_as_printed:
                        yield f"{point.printed} {point.meaning or ''}"
    for note in inspection.footnotes:
        # the mark stands twice in print: in the text and before the note
        yield f"{note.mark} {note.mark} {note.text}"
    for piece in inspection.source.furniture if inspection.source else ():
        yield piece.text


def _item(item: ListItem) -> Iterator[str]:
    yield f"{item.number or ''} {item.text}"
    for under in item.items:
        yield from _item(under)
