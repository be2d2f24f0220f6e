"""Dates and numbers as a language prints them, by babel; and dates of our own outputs read back from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Protocol

#: What a language prints between the day, the month and the year of a date in full.
_LONG, _MONTH_AND_YEAR, _DAY_AND_MONTH = "d MMMM y", "MMMM y", "d MMMM"


class Span(Protocol):
    """Days from ``start`` to ``end``, both included."""

    @property
    def start(self) -> date: ...

    @property
    def end(self) -> date: ...


def long_date(day: date, lang: str) -> str:
    """``10 August 2012``, ``10 Awst 2012``."""
    return _date(day, _LONG, lang)


def month_and_year(day: date, lang: str) -> str:
    """``August 2012``, ``Awst 2012``."""
    return _date(day, _MONTH_AND_YEAR, lang)


def date_range(spans: Sequence[Span], style: str, labels: Mapping[str, Any]) -> str:
    """``2 to 11 July 2012``, in the style ``repeat_month`` ``2 July to 11 July 2012``; several one after the other."""
    return str(labels["dates"]["and"]).join(_span(span, style, labels) for span in spans)


def _span(span: Span, style: str, labels: Mapping[str, Any]) -> str:
    start, end, lang = span.start, span.end, labels["lang"]
    if start == end:
        return long_date(end, lang)
    if start.year != end.year:
        first = long_date(start, lang)
    elif start.month == end.month and style == "once_month":
        first = str(start.day)
    else:
        first = _date(start, _DAY_AND_MONTH, lang)
    return f"{first}{labels['dates']['to']}{long_date(end, lang)}"


def number(value: float, lang: str) -> str:
    """``56,000``; every digit of a fraction is kept."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=_locale(lang), decimal_quantization=False)


def language_name(of: str, lang: str) -> str:
    """What a language is called in another: ``Cymraeg`` for ``cy`` in ``cy``; its own tag where nobody knows it."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(of, sep="-").get_language_name(_locale(lang)) or of
    except (UnknownLocaleError, ValueError):
        return of


def in_english(text: str, labels: Mapping[str, Any]) -> str:
    """A printed date or range of dates of a language with the English words, as the reader of dates knows them."""
    if labels["lang"].startswith("en"):
        return text
    text = text.replace(labels["dates"]["to"], " to ").replace(labels["dates"]["and"], " and ")
    ours, theirs = _months(labels["lang"]), _months("en-GB")
    for month, name in ours.items():
        text = re.sub(rf"\b{re.escape(name)}\b", theirs[month], text)
    return text


def _date(day: date, pattern: str, lang: str) -> str:
    from babel.dates import format_date

    return format_date(day, pattern, locale=_locale(lang))


@cache
def _months(lang: str) -> dict[int, str]:
    from babel.dates import get_month_names

    return {int(number): name for number, name in get_month_names("wide", locale=_locale(lang)).items()}


def _locale(lang: str) -> str:
    return lang.replace("-", "_")
