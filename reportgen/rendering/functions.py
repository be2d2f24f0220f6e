"""The functions and filters that templates may use; docs/templates.md explains each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from reportgen.document import TONES, Figure, Inline, Link, Text, same_language
from reportgen.labels import load_labels, printing
from reportgen.markup import inline_html, inlines, serialise, unmark
from reportgen.model import (
    Edit,
    Framework,
    GradePoint,
    Period,
)

#: What is in a language: names of things, such as R1, and figures are in none.
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class _Speaking:
    """The language that a page is in, and that of the data which it shows."""

    page: str = "en-GB"
    data: str = "en-GB"


#: Templates call functions by name from anywhere, macros of other files included, where no context reaches.
_SPEAKING: ContextVar[_Speaking] = ContextVar("speaking", default=_Speaking())  # noqa: B039 -- it is frozen


@contextmanager
def speaking(page: str, data: str) -> Iterator[None]:
    """While a template runs: the language of the page, and that of the data."""
    token = _SPEAKING.set(_Speaking(page, data))
    try:
        yield
    finally:
        _SPEAKING.reset(token)


class Label(str):
    """Text among data that is in a language of its own: that of the page, where none is named."""

    lang: str | None

    def __new__(cls, text: str, lang: str | None = None) -> Label:
        made = super().__new__(cls, text)
        made.lang = lang
        return made


def markup(html: str) -> Any:
    from markupsafe import Markup

    return Markup(html)  # noqa: S704 -- it comes out of the strict serialiser


def rich(text: str | None, lang: str | None = None) -> Any:
    """Data text with its CommonMark marks as HTML; ``lang`` is its language, None that of the data."""
    return _told_in(text or "", inline_html(inlines(text or "")), lang)


def literal(text: str | None, lang: str | None = None) -> Any:
    """Text without marks, in the language of the data or another."""
    return _told_in(text or "", escape(text or "", quote=False), lang)


def _told_in(text: str, html: str, lang: str | None) -> Any:
    """HTML with its language around it, where that is another than the page's."""
    now = _SPEAKING.get()
    lang = text.lang or now.page if isinstance(text, Label) else lang or now.data
    if same_language(lang, now.page) or not _WORD.search(text):
        return markup(html)
    return markup(f'<span lang="{escape(lang)}">{html}</span>')


_ADDRESS = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)\]’”\"']")

_SITE = re.compile(r"https?://(?:www\.)?([^/:?#]+).*")


def linked(text: str | None) -> Any:
    """Data text as HTML, with the web addresses in it as links that show the name of the site."""
    html = inline_html(piece for inline in inlines(text or "") for piece in _linked(inline))
    return _told_in(text or "", html, None)


def _linked(inline: Inline) -> Iterator[Inline]:
    if not isinstance(inline, Text):
        yield inline
        return
    at = 0
    for found in _ADDRESS.finditer(inline.text):
        yield Text(inline.text[at : found.start()])
        yield Link(found[0], (Text(_SITE.sub(r"\1", found[0])),))
        at = found.end()
    yield Text(inline.text[at:])


def words(text: str | None) -> str:
    """Data text without its marks."""
    return unmark(text or "")


def due(recommendation: Any, inspection: Any, framework: Framework) -> date | None:
    """The day on which the printed timescale of a recommendation ends; nothing where none can be told."""
    band = next((b for b in framework.recommendations.bands if b.key == recommendation.timescale), None)
    published = inspection.published.date if inspection.published else None
    found = band.falls_due(inspected=inspection.start, published=published) if band is not None else None
    return found[0] if found else None


def long_date(day: date | None) -> str:
    """``10 August 2012``, in the language of the page."""
    return printing.long_date(day, _SPEAKING.get().page) if day else ""


def month_and_year(when: str) -> str:
    """``August 2012`` of a date that may lack its month or day, which then are not said."""
    year, *rest = when.split("-")
    return printing.month_and_year(date(int(year), int(rest[0]), 1), _SPEAKING.get().page) if rest else year


def partial_date(when: str) -> str:
    """``10 August 2012``, ``August 2012`` or ``2012``: as much as is known."""
    return long_date(date.fromisoformat(when)) if when.count("-") == 2 else month_and_year(when)


def drawn(figure: Figure) -> Any:
    """A picture as HTML."""
    return markup(serialise((figure,)))


def counted(count: int, forms: Mapping[str, str], **more: str) -> str:
    """A number with its noun, from the ``one`` and ``other`` forms of a label; ``more`` fills what else they name."""
    return forms["one" if count == 1 else "other"].format(count=number(count), **more)


def date_range(periods: Sequence[Period], style: str = "once_month") -> str:
    """``2 to 11 July 2012``, or ``2 July to 11 July 2012`` in the style ``repeat_month``; several joined by ``and``."""
    return printing.date_range(periods, style, _labels())


def _labels() -> dict[str, Any]:
    return load_labels(_SPEAKING.get().page)


def number(value: float | None) -> str:
    """``56,000``; figures below one thousand and fractions as they are."""
    return "" if value is None else printing.number(value, _SPEAKING.get().page)


def language_name(lang: str) -> str:
    """What a language is called, with its tag: ``Welsh (cy)``."""
    return f"{printing.language_name(lang, _SPEAKING.get().page)} ({lang})"


def shown_grade(judgement: Any, framework: Framework, labels: Mapping[str, Any], lang: str | None = None) -> Any:
    """A grade as printed, else its label; where there is none, the reason in words."""
    if judgement.grade is None:
        return str(labels["missing"][judgement.missing]) if judgement.missing else ""
    if judgement.printed:
        return literal(judgement.printed, lang)
    grade = framework.grade(judgement.area, judgement.grade)
    return literal(grade.label, framework.lang) if grade else literal(judgement.grade)


def tone(judgement: Any, framework: Framework) -> str:
    """The tone of a judgement's tag: its place on the scale, ``none`` without a grade."""
    return grade_tone(framework, judgement.area, judgement.grade)


def grade_tone(framework: Framework, area: str, key: str | None) -> str:
    """The tone of a grade of an area."""
    scale, grade = framework.scale_of(area), framework.grade(area, key)
    if scale is None or grade is None:
        return "none"
    tone = f"level-{sorted(g.rank for g in scale.grades).index(grade.rank) + 1}-of-{len(scale.grades)}"
    return tone if tone in TONES else "note"


def point_tone(point: GradePoint | None) -> str:
    """The tone of a judgement on a path: its place on its scale."""
    if point is None or point.rank is None or not point.ranks:
        return "none"
    tone = f"level-{point.rank}-of-{point.ranks}"
    return tone if tone in TONES else "note"


def point_grade(point: GradePoint | None, labels: Mapping[str, Any]) -> str:
    """The grade of a judgement on a path as printed, or why there is none."""
    if point is None:
        return str(labels["history"]["none"])
    printed = point.printed or point.grade_label or point.grade
    return unmark(printed) if point.grade and printed else str(labels["missing"][point.missing or "unreadable"])


def last(heading: str | None) -> str:
    """The last part of a heading with the headings above it."""
    return (heading or "").rsplit(" / ", 1)[-1]


def plural(count: int, one: str, many: str) -> str:
    """``1 item``, ``2 items``."""
    return f"{count} {one if count == 1 else many}"


def changes_of(edits: Sequence[Edit], lang: str | None = None) -> Any:
    """Word-level edits as ``ins`` and ``del``."""
    out = []
    for edit in edits:
        text = escape(unmark(edit.text), quote=False)
        out.append(text if edit.op == "equal" else f"<{edit.op}>{text}</{edit.op}>")
    return _told_in("".join(edit.text for edit in edits), "".join(out), lang)


def first_words(text: str | None, count: int = 8, lang: str | None = None) -> Any:
    """The first words of data text without its marks, with a sign where more follow."""
    words = unmark(text or "").split()
    return literal(" ".join(words[:count]) + (" …" if len(words) > count else ""), lang)


def told(value: Any) -> str:
    """Any value of data as words: nothing for nothing, lists with commas, mappings as ``key: value``."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "; ".join(f"{k}: {told(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(told(v) for v in value)
    return number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def by_section(changes: Sequence[Any], side: str) -> list[tuple[str, str, int]]:
    """(section, numbers of its paragraphs as ranges, count of pieces without a number), in printed order."""
    found: dict[str, tuple[list[int], int]] = {}
    for change in changes:
        piece = getattr(change, side)
        numbers, unnumbered = found.setdefault(piece.section or "", ([], 0))
        if (piece.number or "").isdigit():
            numbers.append(int(piece.number))
        else:
            found[piece.section or ""] = (numbers, unnumbered + 1)
    return [(section, _ranges(numbers), unnumbered) for section, (numbers, unnumbered) in found.items()]


def _ranges(numbers: Sequence[int]) -> str:
    """``3, 5 to 9``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    to = _labels()["dates"]["to"]
    return ", ".join(str(a) if a == b else f"{a}{to}{b}" for a, b in runs)


#: By the name that templates call them by.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        rich,
        linked,
        literal,
        language_name,
        words,
        long_date,
        due,
        date_range,
        number,
        shown_grade,
        tone,
        grade_tone,
        last,
        changes_of,
        plural,
        told,
        by_section,
        first_words,
        month_and_year,
        partial_date,
        drawn,
        point_grade,
        point_tone,
        counted,
    )
}
