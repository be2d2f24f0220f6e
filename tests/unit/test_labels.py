"""Every language of the labels says the same things, so that what one prints the reader finds in all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from reportgen.errors import InputError
from reportgen.interpret.values import read_date, read_periods
from reportgen.labels import languages, load_labels, nearest, printing
from reportgen.model import Period

OTHERS = [lang for lang in languages() if lang != "en-GB"]


def entries(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, text) of every label; a list with the number of its columns."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from entries(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from entries(inner, f"{path}[{number}]")
    else:
        yield path, value


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("lang", OTHERS)
def test_a_language_has_the_keys_and_the_placeholders_of_british_english(lang: str) -> None:
    english, other = dict(entries(load_labels())), dict(entries(load_labels(lang)))
    assert list(other) == list(english)
    odd = {
        path: (english[path], other[path])
        for path in english
        if placeholders(english[path]) != placeholders(other[path])
    }
    assert odd == {}
    assert [path for path, text in other.items() if not text.strip() and english[path].strip()] == []


@pytest.mark.parametrize("lang", OTHERS)
def test_a_language_is_translated(lang: str) -> None:
    english, other = dict(entries(load_labels())), dict(entries(load_labels(lang)))
    # what holds no word of its own is the same in every language
    bare = {path for path, text in english.items() if not re.search(r"[^\W\d_]{2,}", re.sub(r"\{\w+\}", "", text))}
    same = {path for path in english if english[path] == other[path]} - bare
    assert {path.rpartition(".")[2] for path in same} <= {"columns[1]"}, same  # Label


@pytest.mark.parametrize("lang", languages())
def test_words_that_are_read_back_tell_one_thing_from_another(lang: str) -> None:
    labels = load_labels(lang)
    about = labels["about"]
    for words in (labels["missing"], labels["wording"], about["bases"], about["missing"]["fields"]):
        assert len(set(words.values())) == len(words)
    for name, register in about.items():
        if isinstance(register, dict) and "columns" in register:
            assert len(set(register["columns"])) == len(register["columns"]), name
    terms = [
        text for key, text in about.items() if isinstance(text, str) and key not in ("intro", "made", "checked_by")
    ]
    assert len(set(terms)) == len(terms)
    assert [term for term in terms if ": " in term] == []


def test_a_document_tells_its_language_by_the_term_of_its_framework() -> None:
    terms = [load_labels(lang)["about"]["framework"] for lang in languages()]
    assert len(set(terms)) == len(terms)


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("style", ["once_month", "repeat_month"])
@pytest.mark.parametrize("month", range(1, 13))
def test_dates_that_a_language_prints_are_read_back(lang: str, style: str, month: int) -> None:
    labels = load_labels(lang)
    spans = (
        Period(start=date(2011, month, 2), end=date(2011, month, 2)),
        Period(start=date(2012, month, 3), end=date(2012, month, 21)),
        Period(start=date(2012, month, 28), end=date(2013, month % 12 + 1, 4)),
    )
    for some in (spans[:1], spans[1:2], spans[2:], spans):
        said = printing.date_range(some, style, labels)
        assert read_periods(printing.in_english(said, labels)) == some, said
    assert read_date(printing.in_english(printing.long_date(spans[0].start, lang), labels)) == spans[0].start


def test_welsh_dates_and_numbers() -> None:
    cy = load_labels("cy")
    assert printing.long_date(date(2012, 8, 10), "cy") == "10 Awst 2012"
    assert printing.date_range((Period(start=date(2012, 7, 2), end=date(2012, 7, 11)),), "once_month", cy) == (
        "2 i 11 Gorffennaf 2012"
    )
    assert printing.number(56000, "cy") == "56,000"
    assert printing.number(1234567.000125, "en-GB") == "1,234,567.000125"
    assert printing.language_name("cy", "cy") == "Cymraeg"
    assert printing.language_name("xx", "cy") == "xx"


@pytest.mark.parametrize(
    ("lang", "known"), [("cy", "cy"), ("cy-GB", "cy"), ("en", "en-GB"), ("EN-us", "en-GB"), ("ga", "en-GB")]
)
def test_a_language_without_labels_of_its_own_has_the_nearest(lang: str, known: str) -> None:
    assert nearest(lang) == known


def test_a_language_that_nobody_translated_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        load_labels("fr")
    assert "cy" in caught.value.hint
