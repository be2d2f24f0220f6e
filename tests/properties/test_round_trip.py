"""Whatever an inspection says: what the standard pack prints of it is read back from every format that is read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportgen import Inspection, read_inspection, render
from reportgen.document import Rendered
from reportgen.interpret import interpret
from reportgen.markup import escape, unmark
from reportgen.model import (
    Footnote,
    ItemsParagraph,
    ListItem,
    PrintedTable,
    Recommendation,
    RecommendationsHere,
    Section,
    Source,
    TableParagraph,
    TextParagraph,
    printed,
)
from reportgen.readers import read
from reportgen.writers import docx, html, markdown, pdf, text
from tests.support.examples import LONG

BASE = read_inspection(LONG)
#: What word processors, browsers and Markdown readers take for something else than text.
NASTY = (
    r"\ * _ ` # ## - -- + > >> | || ~ ~~ : :: = == [ ] ( ) < > & &amp; &#65; <b> </p> <!-- --> ![i](j) [k](l) "
    "1. 12. 3) 4.5 1.2.3. (a) a) • – — * ** __ *a* _b_ **c** ``` --- *** === {{7*7}} {%raw%} ${x} ]]> %1 £5 50% "
    r"é ŵ “q” ’tis \. \* Note: Table: http://x.org/?a=1&b=2 x@y.org \n C:\temp 2012 2nd m² … ½ ﬁn"
).split()
WORDS = ["children", "The", "plans", "are", "good", "Adequate", "within", "months", "Board", "review", "and", "of"]

bits = st.sampled_from([*WORDS, *WORDS, *NASTY])
#: Literal text: NFC, one space between words; every text has a word of its own, so that no two are the same.
literal = st.lists(bits, min_size=1, max_size=6).map(lambda b: re.sub("ﬁ", "fi", " ".join(b)))
plain_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
link = st.sampled_from(["https://example.org/a_(b)", "https://example.org/?a=1&lt=2", "mailto:x@example.org"])
marked = st.one_of(
    plain_words.map(lambda w: f"*{w}*"),
    plain_words.map(lambda w: f"**{w}**"),
    st.tuples(plain_words, link).map(lambda pair: f"[{pair[0]}]({pair[1]})"),
    plain_words.map(lambda w: f"**{w} *so* {w}**"),
)
#: Data text: literal words, escaped, with a piece that is marked here and there.
data_text = st.one_of(
    literal.map(escape),
    st.tuples(plain_words, marked, plain_words).map(" ".join),
    marked,
)


@st.composite
def items(draw: Any, depth: int = 1) -> tuple[ListItem, ...]:
    made = []
    for _ in range(draw(st.integers(1, 3))):
        under = draw(items(depth + 1)) if depth < 5 and draw(st.integers(0, 3)) == 0 else ()
        number = draw(st.one_of(st.none(), st.integers(1, 40).map(str), st.sampled_from(["a", "iv", "2.1"])))
        made.append(ListItem(text=draw(data_text), number=number, items=under))
    return tuple(made)


@st.composite
def tables(draw: Any) -> PrintedTable:
    width = draw(st.integers(1, 4))
    row = st.lists(st.one_of(data_text, st.just("")), min_size=width, max_size=width).map(tuple)
    rows = draw(st.lists(row.filter(any), min_size=1, max_size=3))
    # neither plain text nor a PDF can tell a column that holds nothing from none
    first = tuple(
        cell if any(column) else draw(plain_words)
        for cell, column in zip(rows[0], zip(*rows, strict=True), strict=True)
    )
    rows = [first, *rows[1:]]
    header = draw(st.one_of(st.just(()), st.lists(literal.map(escape), min_size=width, max_size=width).map(tuple)))
    return PrintedTable(caption=draw(st.one_of(st.none(), literal.map(escape))), header=header, rows=tuple(rows))


@st.composite
def inspections(draw: Any, *, paged: bool = False) -> Inspection:
    """Any inspection; a ``paged`` one has nothing of which the end of a page can hide whether it goes on."""
    recommendations = tuple(
        Recommendation(
            id=f"R{n}",
            # recommendations are told apart by their first words
            text=f"{'abcdefgh'[n]}{n} {draw(data_text)}",
            number=draw(st.one_of(st.none(), st.just(str(n)))),
            kind="area-for-improvement",
            timescale=draw(st.sampled_from([None, "immediate"])),
            responsible=draw(st.sampled_from([None, "Ashmere Council", "The health board of Ashmere"])),
        )
        for n in range(1, draw(st.integers(1, 5)))
    )
    waiting = [r.id for r in recommendations]
    sections = []
    number = 0
    for n in range(draw(st.integers(1, 3))):
        entries: list[Any] = []
        for _ in range(draw(st.integers(0, 5))):
            kind = draw(st.sampled_from(["numbered", "text", "items", "table", "recommendations"]))
            if kind == "numbered":
                number += 1
                entries.append(TextParagraph(number=str(number), text=draw(data_text)))
            elif kind == "text":
                entries.append(TextParagraph(text=draw(data_text) + (" end." if paged else "")))
            elif kind == "items":
                entries.append(ItemsParagraph(items=draw(items())))
            elif kind == "table":
                table = draw(tables())
                caption = "Captioned" if paged else table.caption
                entries.append(TableParagraph(table=table.model_copy(update={"caption": caption})))
            elif waiting:
                count = draw(st.integers(1, len(waiting)))
                entries.append(RecommendationsHere(recommendations=tuple(waiting[:count])))
                del waiting[:count]
        level = draw(st.integers(1, min(3, (sections[-1].level if sections else 0) + 1)))
        sections.append(Section(title=f"Part {n} {draw(literal.map(escape))}", level=level, paragraphs=tuple(entries)))
    notes = tuple(Footnote(mark=str(n), text=draw(data_text)) for n in range(1, draw(st.integers(1, 3))))
    return BASE.model_copy(
        update={
            "theme": draw(st.one_of(st.none(), st.just("the *front door*, and plans"))),
            "recommendations": recommendations,
            "sections": tuple(sections),
            "footnotes": notes,
            "scale_as_printed": (),
            "declarations": (),
            "facts": (),
            "missing": {
                **({} if recommendations else {"recommendations": "not_published"}),
            },
        }
    )


def differences(found: Inspection, wanted: Inspection) -> dict[str, Any]:
    """What differs of what is printed, small enough to read."""
    mine, theirs = printed(found), printed(wanted)
    keys = [key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)]
    return {key: (mine.get(key), theirs.get(key)) for key in keys}


def unmarked(value: Any) -> Any:
    """Data without emphasis, strong type and links, which the tags of a PDF do not tell."""
    if isinstance(value, dict):
        return {key: unmarked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [unmarked(inner) for inner in value]
    return " ".join(unmark(value).split()) if isinstance(value, str) else value


def written(rendered: Rendered, form: str) -> bytes:
    match form:
        case "html":
            return html.write(rendered)
        case "docx":
            return docx.write(rendered.document)
        case "md":
            return markdown.write(rendered.document).encode()
    return text.write(rendered.document).encode()


@pytest.mark.parametrize("form", ["html", "docx", "md", "txt"])
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    database=None,
)
@given(inspection=inspections())
def test_what_is_printed_is_read_back(form: str, inspection: Inspection) -> None:
    found = read(written(render(inspection), form), f"x.{form}")
    again = interpret(found.blocks, source=Source(file=f"x.{form}"))
    assert differences(again, inspection) == {}


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(inspection=inspections(paged=True))
def test_what_a_pdf_prints_is_read_back_but_for_its_marks(inspection: Inspection) -> None:
    found = read(pdf.write(render(inspection)), "x.pdf")
    again = interpret(found.blocks, source=Source(file="x.pdf"))
    assert unmarked(printed(again)) == unmarked(printed(inspection))
