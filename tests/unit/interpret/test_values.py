from __future__ import annotations

from datetime import date

import pytest

from reportgen.interpret.values import count_people, partial_date, read_date, read_inspectors, read_number, read_periods


@pytest.mark.parametrize(
    ("printed", "periods"),
    [
        ("2 July to 11 July 2012", [("2012-07-02", "2012-07-11")]),
        ("16 September – 8 October 2014", [("2014-09-16", "2014-10-08")]),
        ("16 September 2014 - 8 October 2014", [("2014-09-16", "2014-10-08")]),
        ("3 to 7 November 2025", [("2025-11-03", "2025-11-07")]),
        ("15–19 July 2013", [("2013-07-15", "2013-07-19")]),
        ("6 ─ 30 November 2017", [("2017-11-06", "2017-11-30")]),
        ("21/05/2015 to 11/06/2015", [("2015-05-21", "2015-06-11")]),
        ("30 December to 4 January 2020", [("2019-12-30", "2020-01-04")]),
        (
            "16 to 20 September and 30 September to 4 October 2019",
            [("2019-09-16", "2019-09-20"), ("2019-09-30", "2019-10-04")],
        ),
        ("1 Sept 2015 to 3 Oct 2015", [("2015-09-01", "2015-10-03")]),
        ("31 February 2015", []),
        ("11 to 2 July 2012", []),
        ("about July 2012", []),
        ("07/2012", []),
    ],
)
def test_periods(printed: str, periods: list[tuple[str, str]]) -> None:
    assert [(p.start.isoformat(), p.end.isoformat()) for p in read_periods(printed)] == periods


def test_single_dates() -> None:
    assert read_date("10 August 2012") == date(2012, 8, 10)
    assert read_date("2 to 3 July 2012") is None
    assert partial_date("July 2010") == "2010-07"
    assert partial_date("2009") == "2009"
    assert partial_date("last year") is None


TITLES = ("HMI", "Her Majesty's Inspector", "His Majesty's Inspector")


@pytest.mark.parametrize(
    ("printed", "people"),
    [
        ("Ada Byrne HMI", [("Ada Byrne", "HMI")]),
        ("Ada Byrne, His Majesty’s Inspector", [("Ada Byrne", "His Majesty’s Inspector")]),
        ("Ada Byrne", [("Ada Byrne", None)]),
        ("Ada Byrne, Cal Dunn and Eve Ford", [("Ada Byrne", None), ("Cal Dunn", None), ("Eve Ford", None)]),
        ("Ada Byrne-Cole (HMI) and Cal Dunn HMI", [("Ada Byrne-Cole", "HMI"), ("Cal Dunn", "HMI")]),
    ],
)
def test_inspectors(printed: str, people: list[tuple[str, str | None]]) -> None:
    assert [(p.name, p.title) for p in read_inspectors(printed, TITLES)] == people


@pytest.mark.parametrize(
    ("sentence", "size"),
    [
        ("The team consisted of four of Her Majesty’s Inspectors (HMI) and an Additional Inspector.", 5),
        ("The team comprised six HMI.", 6),
        ("The team consisted of 3 inspectors and one contracted inspector over two weeks.", 4),
        ("The team was experienced.", None),
    ],
)
def test_team_size(sentence: str, size: int | None) -> None:
    assert count_people(sentence) == size


@pytest.mark.parametrize(
    ("printed", "value"), [("56,000", 56000), ("22", 22), ("22.5", 22.5), ("five", 5), ("1,2,3", None), ("many", None)]
)
def test_numbers(printed: str, value: float | None) -> None:
    assert read_number(printed) == value
