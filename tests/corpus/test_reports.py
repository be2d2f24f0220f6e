"""Published reports of all kinds, read from PDF: what is known to stand in each must be in its data, and every word."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reportgen import Inspection, ReportgenError, read_inspection
from reportgen.history import build_history
from reportgen.model import Recommendation, letters
from reportgen.readers.pdf.pages import opened, read_pages
from tests.support.shared import SHARED
from tests.support.words import of_data, words

REPORTS = SHARED / "reports"


def expected(name: str) -> list[dict[str, Any]]:
    path = REPORTS / name
    return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []


INSPECTIONS = [e for e in expected("expected.jsonl") if e["readable"]]
UNREADABLE = [e for e in expected("expected.jsonl") if not e["readable"]]
VISITS = [e for e in expected("expected-focused-visits.jsonl") if e["readable"]]
SEND = [e for e in expected("expected-area-send.jsonl") if e["readable"]]
FOLDERS = {id(e): "childrens-services" for e in (*INSPECTIONS, *UNREADABLE)}
FOLDERS |= {id(e): "focused-visits" for e in VISITS} | {id(e): "area-send" for e in SEND}

pytestmark = pytest.mark.skipif(not INSPECTIONS, reason="the published reports are not beside the checkout")


def path_of(entry: dict[str, Any]) -> Path:
    return REPORTS / FOLDERS[id(entry)] / entry["file"]


@cache
def read(path: Path) -> Inspection:
    return read_inspection(path)


def named(entries: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("entry", entries, ids=[e["file"].partition("_")[2][:-4] for e in entries])


def sha(text: str) -> str:
    return hashlib.sha1(letters(text).encode(), usedforsecurity=False).hexdigest()


def hashes(recommendation: Recommendation) -> set[str]:
    text = recommendation.text
    return {sha(text), sha(" ".join((text, *recommendation.references)))}


def assert_items(found: list[Recommendation], items: list[dict[str, Any]]) -> None:
    assert len(found) == len(items)
    for recommendation, item in zip(found, items, strict=True):
        assert hashes(recommendation) & {item["sha1"], item.get("alt_sha1_as_printed")}, item["first6"]


def same_grade(grade: str | None) -> str:
    words_of = (grade or "").replace("-", " ").lower()
    return re.sub(r"^requires? improvement.*", "requires improvement", words_of)


# -- inspections -----------------------------------------------------------------------------------------------------


@named(INSPECTIONS)
def test_dates_and_people(entry: dict[str, Any]) -> None:
    found = read(path_of(entry))
    assert (str(found.inspected[0].start), str(found.inspected[-1].end)) == (
        entry["inspection_start"],
        entry["inspection_end"],
    )
    assert found.published is not None
    if entry["published_text"]:
        assert (str(found.published.date), found.published.basis) == (entry["published_text"], "printed")
    else:
        assert (str(found.published.date), found.published.basis) == (entry["published"], "file_name")
    if entry["lead_inspector"]:
        assert letters(entry["lead_inspector"]) in [letters(i.name) for i in found.lead_inspectors]
    else:
        assert found.missing["lead_inspectors"] == "not_published"


@named(INSPECTIONS)
def test_grades(entry: dict[str, Any]) -> None:
    found = {letters(re.sub(r"^[\d.]+ ", "", j.label)): j for j in read(path_of(entry)).judgements}
    for wanted in entry["judgements"]:
        key = letters(wanted["area"])
        judgement = next((j for label, j in found.items() if key in label or label in key), None)
        assert judgement is not None, wanted["area"]
        if wanted["grade"] == "not judged":
            assert (judgement.grade, judgement.missing) == (None, "not_inspected")
        else:
            assert same_grade(judgement.grade) == same_grade(wanted["grade"])


@named(INSPECTIONS)
def test_recommendations(entry: dict[str, Any]) -> None:
    found = read(path_of(entry)).recommendations
    for wanted, addressee in ((entry["recommendations"], "local-authority"), (entry["lscb_recommendations"], "lscb")):
        assert_items([r for r in found if r.addressee == addressee], wanted["items"] if wanted else [])


@named(INSPECTIONS)
def test_numbered_paragraphs(entry: dict[str, Any]) -> None:
    found = read(path_of(entry))
    numbers = [p.number for s in found.sections for p in s.paragraphs if getattr(p, "number", None)]
    numbers += [r.number for r in found.recommendations if r.number]
    wanted = (entry["numbered_paragraphs"] or {}).get("count")
    assert max((int(n) for n in numbers if n and n.isdigit()), default=None) == wanted or not wanted


@named(UNREADABLE)
def test_saved_error_pages_are_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(ReportgenError):
        read_inspection(path_of(entry))


# -- letters and area SEND -------------------------------------------------------------------------------------------


@named(VISITS)
def test_visit(entry: dict[str, Any]) -> None:
    found = read(path_of(entry))
    assert found.framework == "ofsted-ilacs-visit"
    if entry["visit_start"]:
        assert (str(found.inspected[0].start), str(found.inspected[-1].end)) == (
            entry["visit_start"],
            entry["visit_end"],
        )
    else:
        # the year follows from the letter's date, and the data says so
        assert any(n.field == "inspected" for n in found.notices)
    assert found.published is not None
    assert str(found.published.date) == entry["published_text"]
    assert [letters(i.name) for i in found.lead_inspectors] == [letters(n) for n in entry["lead_inspectors"]]
    actions = [r for r in found.recommendations if r.kind == "priority-action"]
    assert_items(actions, entry["priority_actions"]["items"])
    assert_items([r for r in found.recommendations if r not in actions], entry["recommendations"]["items"])


@named(SEND)
def test_area_send(entry: dict[str, Any]) -> None:
    found = read(path_of(entry))
    assert (str(found.inspected[0].start), str(found.inspected[-1].end)) == (
        entry["inspection_start"],
        entry["inspection_end"],
    )
    outcome = found.judgements[0].grade
    assert outcome is not None
    assert outcome.replace("-", "_") == entry["outcome"]
    for kind, wanted in (("priority-action", entry["priority_action"]), ("area-for-improvement", entry["improvement"])):
        items = [r.text for r in found.recommendations if r.kind == kind]
        assert [" ".join(words(t.lower())[:6]) for t in items] == wanted["first6"]
    previous = next(d for d in found.declarations if d.about == "previous_inspection")
    assert previous.date == entry["previous_inspection_start"]


# -- histories -------------------------------------------------------------------------------------------------------


def test_every_authority_has_a_history() -> None:
    """Of all its reports: each recommendation in one thread, each judgement on a path, all counts adding up."""
    authorities: dict[str, list[Inspection]] = {}
    for entry in [*INSPECTIONS, *VISITS]:
        authorities.setdefault(entry["file"].split("_")[0], []).append(read(path_of(entry)))
    assert len(authorities) == 23
    back = 0
    for given in authorities.values():
        # two reports of one month share an id until import gives each its own
        given = list({i.id: i for i in given}.values())
        history = build_history(given, mentions=False)
        stated = Counter((i.inspection, i.recommendation) for t in history.threads for i in t.items)
        assert stated == Counter((i.id, r.id) for i in given for r in i.recommendations)
        points = {(p.inspection, p.area) for path in history.grade_paths for p in path.points if p.area}
        assert points == {(i.id, j.area) for i in given for j in i.judgements}
        for inspection in history.inspections:
            assert sum(history.summary.items[inspection.id].values()) == inspection.recommendations
        for pair in history.pairs:
            assert pair.gap or sum(pair.later_states.values()) == history.summary.recommendations[pair.later]
        back += sum(item.state == "recurred" for thread in history.threads for item in thread.items)
    assert back >= 10


# -- all -------------------------------------------------------------------------------------------------------------


@named([*INSPECTIONS, *VISITS, *SEND])
def test_nothing_is_lost(entry: dict[str, Any]) -> None:
    """Every letter painted is in the data or in the listed furniture; none is added but the title over the summary."""
    path = path_of(entry)
    with opened(path.read_bytes()) as document:
        painted = " ".join("".join(run.text for run in page.runs) for page in read_pages(document))
    found = read(path)
    data = of_data(found)
    if found.sections and found.sections[0].title == found.title:
        data -= Counter(words(found.title))
    in_print = Counter(letters(painted))
    in_data = Counter("".join(letters(word) * n for word, n in data.items()))
    assert in_print - in_data == Counter()
    assert in_data - in_print == Counter()
