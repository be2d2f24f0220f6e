"""Printed values: dates, names, counts. Each function reads one shape of print and gives None for anything else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from reportgen.model import Inspector, Period

MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join(f"{m[:3]}(?:{m[3:]})?" if len(m) > 3 else m for m in MONTHS).replace(
    "sep(?:tember)?", "sept?(?:ember)?"
)
_DAY = rf"(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+({_MONTH})\.?)?(?:,?\s+(\d{{4}}))?"
_DASH = r"\s*(?:\bto\b|\buntil\b|[-–—─‒−])\s*"
_RANGE = re.compile(rf"{_DAY}{_DASH}{_DAY}", re.IGNORECASE)
_SINGLE = re.compile(_DAY, re.IGNORECASE)
_SLASHED = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}})(?:{_DASH}(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}))?")
_COUNTED = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
_NUMBER_WORDS = {word: value for value, word in enumerate(_COUNTED)} | {"a": 1, "an": 1}


def read_periods(text: str) -> tuple[Period, ...]:
    """The periods on site that a date line prints; empty where any part of the line is not a date.

    Day before month, always: these are British reports. A month or a year that is printed once counts for all days of
    the line before it.
    """
    text = re.sub(r"\s+", " ", text).strip(" .")
    if whole := _slashed(text):
        return (whole,)
    parts = re.split(r"\s*(?:\band\b|&|;)\s*", text)
    periods: list[Period] = []
    month: int | None = None
    year: int | None = None
    for part in reversed(parts):
        if period := _slashed(part):
            periods.append(period)
            continue
        found = _RANGE.fullmatch(part) or _SINGLE.fullmatch(part)
        if not found:
            return ()
        end_of = found.groups()[-3:]
        month = _month(end_of[1]) or month
        year = int(end_of[2]) if end_of[2] else year
        if month is None or year is None:
            return ()
        end = _date(year, month, int(end_of[0]))
        first = found.groups()[:3]
        start_month = _month(first[1]) or month
        start_year = int(first[2]) if first[2] else (year - 1 if start_month > month else year)
        start = _date(start_year, start_month, int(first[0]))
        if start is None or end is None or end < start:
            return ()
        periods.append(Period(start=start, end=end))
        month, year = start_month, start_year
    return joined(periods[::-1])


_LISTED = re.compile(rf"{_DAY}(?:(?:{_DASH}|\s*,?\s*\band\b\s*|\s*,\s*)(?:on\s+)?{_DAY})*", re.IGNORECASE)


def find_periods(text: str, year: int | None = None) -> tuple[Period, ...]:
    """The periods on site that a stretch of a sentence begins with: ``8 and 9 May 2024``, ``between 3 and 5 May 2024``.

    ``year`` is taken where none is printed.
    """
    text = re.sub(r"\s+", " ", text).strip()
    span = re.match(r"(?:between|from)\s+", text, re.IGNORECASE)
    found = _LISTED.match(text, span.end() if span else 0)
    if not found:
        return ()
    phrase = re.sub(r"\s*,\s*(?=\d)", " and ", re.sub(r"\bon\s+", "", found[0]))
    if span:
        phrase = re.sub(r"\band\b", "to", phrase, count=1)
    if year is not None and not re.search(r"\b\d{4}\b", phrase):
        phrase = f"{phrase} {year}"
    return read_periods(phrase)


def joined(periods: Sequence[Period]) -> tuple[Period, ...]:
    """Periods that follow each other day by day as one."""
    out: list[Period] = []
    for period in periods:
        if out and period.start == out[-1].end + timedelta(days=1):
            out[-1] = Period(start=out[-1].start, end=period.end)
        else:
            out.append(period)
    return tuple(out)


def read_date(text: str) -> date | None:
    """One printed date with day, month and year; None for anything else."""
    periods = read_periods(text)
    return periods[0].start if len(periods) == 1 and periods[0].start == periods[0].end else None


def partial_date(text: str) -> str | None:
    """``July 2010`` → ``2010-07``, ``8 October 2014`` → ``2014-10-08``, ``2009`` → ``2009``; None for anything else."""
    text = text.strip(" ,.")
    if whole := read_date(text):
        return whole.isoformat()
    match = re.fullmatch(rf"({_MONTH})\.?\s+(\d{{4}})", text, re.IGNORECASE)
    if match:
        return f"{match[2]}-{_month(match[1]):02d}"
    return text if re.fullmatch(r"(?:19|20)\d\d", text) else None


def _slashed(text: str) -> Period | None:
    match = _SLASHED.fullmatch(text)
    if not match:
        return None
    start = _date(int(match[3]), int(match[2]), int(match[1]))
    end = _date(int(match[6]), int(match[5]), int(match[4])) if match[4] else start
    return Period(start=start, end=end) if start and end and start <= end else None


def _month(word: str | None) -> int | None:
    return next((i for i, m in enumerate(MONTHS, 1) if word and m.startswith(word.lower()[:3])), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_inspectors(text: str, titles: Sequence[str]) -> tuple[Inspector, ...]:
    """The people of an inspector line. ``titles`` are the printed titles that may follow a name."""
    folded = text.replace("’", "'")
    pattern = "|".join(re.escape(t.replace("’", "'")) for t in sorted(set(titles), key=lambda t: (-len(t), t)))
    people: list[Inspector] = []
    for part in re.split(r"\s*;\s*|\s+and\s+", folded):
        pending = part.strip(" ,")
        while pending:
            match = (
                re.match(rf"(?P<name>[^,(]+?)(?:,?\s*\(?(?P<title>{pattern})\)?)?(?:,\s*(?P<rest>.+))?$", pending)
                if pattern
                else None
            )
            if not match:
                people.append(Inspector(name=pending))
                break
            people.append(Inspector(name=match["name"].strip(), title=_as_printed(text, match["title"])))
            pending = (match["rest"] or "").strip(" ,")
    return tuple(p for p in people if p.name)


def _as_printed(text: str, folded: str | None) -> str | None:
    if folded is None:
        return None
    at = text.replace("’", "'").find(folded)
    return text[at : at + len(folded)] if at >= 0 else folded


def count_people(text: str) -> int | None:
    """How many people a sentence counts: every number, ``a`` or ``an`` that stands before inspectors is added up."""
    folded = text.lower().replace("’", "'")
    words = "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True))
    total = 0
    for match in re.finditer(rf"\b(?:(\d+)|({words}))\b(?=((?:\s+[\w'()-]+){{1,5}}))", folded):
        value = int(match[1]) if match[1] else _NUMBER_WORDS[match[2]]
        if re.search(r"inspector|hmi\b|adviser", match[3]):
            total += value
    return total or None


def read_number(text: str) -> int | float | None:
    """``56,000`` → 56000, ``22.5`` → 22.5, ``five`` → 5; None for anything else."""
    text = text.strip().lower()
    if text in _NUMBER_WORDS:
        return _NUMBER_WORDS[text]
    if not re.fullmatch(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?", text):
        return None
    plain = text.replace(",", "")
    return float(plain) if "." in plain else int(plain)
