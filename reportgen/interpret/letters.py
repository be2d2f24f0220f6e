"""Reports that are letters: what stands around the text, and what only its sentences say.

A letter has no title page. Its date and its addresses stand before the salutation, its inspector signs it, and when
inspectors came and what they looked at is said in its first sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reportgen.document import Block, Heading, Paragraph
from reportgen.interpret.cues import block_text, could_name_a_body, folded, is_line, matches
from reportgen.interpret.values import find_periods, read_date
from reportgen.model import Evidence, Inspector, Letter, Notice, Period, Published, Where
from reportgen.wording import sentences

#: The salutation stands within so many blocks.
_HEAD = 30


@dataclass(slots=True)
class Letterhead:
    """What stands around the text of a letter: its blocks, its date, who signed it, and where these two stand."""

    body: list[Block]
    around: list[Block] = field(default_factory=list)
    published: Published | None = None
    signed: tuple[Inspector, ...] = ()
    places: dict[str, list[Block]] = field(default_factory=dict)


def take_letterhead(blocks: Sequence[Block], letter: Letter, titles: Sequence[str]) -> Letterhead:
    """Part a letter's text from the addresses, date and salutation before it and from the signature after it.

    Args:
        blocks: the whole letter.
        letter: the cues of its framework.
        titles: the titles that inspectors may sign with.
    """
    found = Letterhead(list(blocks))
    opens = next((i for i, b in enumerate(blocks[:_HEAD]) if is_line(letter.opens, b)), None)
    if opens is not None:
        found.around, found.body = list(blocks[: opens + 1]), list(blocks[opens + 1 :])
        dated = next((b for b in found.around if read_date(block_text(b))), None)
        day = read_date(block_text(dated)) if dated else None
        if dated and day:
            found.published, found.places["published"] = Published(date=day, basis="printed"), [dated]
    cues = [re.escape(folded(t)) for t in titles]
    closes = _last(found.body, letter.closes)
    if closes is None and (signed := _last(found.body, cues)) is not None and signed >= 2:
        # without a closing line, the name stands before the title of its bearer
        closes = signed - 2
    if closes is not None:
        behind = found.body[closes:]
        lines = [b for b in behind if isinstance(b, Paragraph | Heading) and not getattr(b, "role", None)]
        _sign(found, lines[1:], cues)
        found.around += lines
        found.body = [*found.body[:closes], *(b for b in behind if b not in lines)]
    return found


def _last(blocks: Sequence[Block], cues: Sequence[str]) -> int | None:
    return next((i for i in range(len(blocks) - 1, -1, -1) if is_line(cues, blocks[i])), None)


def _sign(found: Letterhead, lines: Sequence[Block], titles: Sequence[str]) -> None:
    """The first line behind the closing one is the name; its title stands behind it, or on the next line."""
    if not lines:
        return
    line = block_text(lines[0])
    parted = re.match(rf"(.+?)(?:,? ({'|'.join(titles)}).*)?$", folded(line), re.IGNORECASE) if titles else None
    name = line[: len(parted[1])] if parted else line
    title = line[len(name) :].strip(" ,") or None
    title = title or next((block_text(b) for b in lines[1:2] if is_line(titles, b)), None)
    if could_name_a_body(name):
        found.signed = (Inspector(name=name, title=title),)
        said = (name, title or name)
        found.places["lead_inspectors"] = [b for b in lines[:2] if any(part in block_text(b) for part in said)]


@dataclass(slots=True)
class Visit:
    """What the sentences of a letter say of the visit: values of an inspection by name, their places, notices."""

    values: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, list[Evidence]] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)


def read_visit(
    texts: Iterable[tuple[str, tuple[Evidence, ...], Any]], letter: Letter, published: Published | None
) -> Visit:
    """When inspectors were on site and what they looked at, as the first sentence that says it has it.

    Args:
        texts: the pieces of running text in printed order, each with its places.
        letter: the cues of the framework.
        published: the letter's date; it gives the year where the sentence prints none, with a notice.
    """
    found = Visit()
    for text, places, _ in texts:
        for sentence in sentences(text):
            if "inspected" not in found.values and (said := _first(letter.dates, sentence)):
                _read_days(found, folded(sentence)[said.end() :], places, published)
            if "theme" not in found.values and (said := _first(letter.theme, sentence)):
                value = said["value"].strip(" .,:;")
                at = folded(sentence).find(value)
                exact = sentence[at : at + len(value)] if len(folded(sentence)) == len(sentence) else value
                found.values["theme"], found.evidence["theme"] = exact, [*places]
    if "inspected" in found.values and "theme" not in found.values:
        message = "no sentence says what the visit looked at"
        found.notices.append(Notice(code="RG203", level="info", field="theme", message=message))
    return found


def _read_days(found: Visit, text: str, places: tuple[Evidence, ...], published: Published | None) -> None:
    periods = find_periods(text)
    if not periods and published and (periods := _before(text, published.date)):
        message = f"no year is printed; {periods[0].start.year} follows from the letter's date"
        where = Where(page=places[0].page, line=places[0].line) if places else None
        found.notices.append(Notice(code="RG213", field="inspected", message=message, where=where))
    if periods:
        found.values["inspected"], found.evidence["inspected"] = periods, [*places]


def _first(cues: Sequence[str], text: str) -> re.Match[str] | None:
    return next((found for cue in cues if (found := matches(cue, text))), None)


def _before(text: str, day: date) -> tuple[Period, ...]:
    """Periods printed without a year, in the last year that puts them before a day."""
    for year in (day.year, day.year - 1):
        periods = find_periods(text, year)
        if periods and periods[-1].end <= day:
            return periods
    return ()
