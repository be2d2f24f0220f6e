"""The two real texts: what is known to stand in them must be in the data."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import pytest

from reportgen import Inspection, compare, read_inspection, render
from reportgen.document import plain_text
from reportgen.model import ItemsParagraph, RecommendationsHere, TextParagraph, letters, printed
from reportgen.writers import html, text
from tests.support.shared import SEED_2012, SEED_2014, SHARED, needs_seed
from tests.support.words import of_data, words

pytestmark = needs_seed


@pytest.fixture(scope="module")
def first() -> Inspection:
    return read_inspection(SEED_2012)


@pytest.fixture(scope="module")
def second() -> Inspection:
    return read_inspection(SEED_2014)


def test_title_page_of_2012(first: Inspection) -> None:
    assert (first.id, first.framework) == ("rotherham-2012-07", "ofsted-cp-2012")
    assert first.title == "Inspection of local authority arrangements for the protection of children"
    assert (first.provider.name, first.provider.short_name) == ("Metropolitan Borough of Rotherham", "Rotherham")
    assert [(p.start.isoformat(), p.end.isoformat()) for p in first.inspected] == [("2012-07-02", "2012-07-11")]
    assert first.published is not None
    assert (first.published.date.isoformat(), first.published.basis) == ("2012-08-10", "printed")
    assert [(i.name, i.title) for i in first.lead_inspectors] == [("Nicholas McMullen", "HMI")]
    assert first.team is not None
    assert first.team.size == 5
    assert first.age_group == "All"
    assert any("136" in basis and "2006" in basis for basis in first.legal_basis)
    assert first.source is not None
    assert (first.source.notice or "").startswith("This document may be reproduced")
    assert first.source.sha256 == hashlib.sha256(SEED_2012.read_bytes()).hexdigest()


def test_judgements_of_2012_stand_in_three_places_each(first: Inspection) -> None:
    assert {j.area: j.grade for j in first.judgements} == dict.fromkeys(
        ("overall-effectiveness", "help-and-protection", "quality-of-practice", "leadership-and-governance"), "adequate"
    )
    for judgement in first.judgements:
        lines = {e.line for e in judgement.evidence}
        assert len(lines) >= 3, f"{judgement.area}: table, chapter line and sentence expected, found {lines}"
        assert not judgement.conflicts
    assert [p.grade for p in first.scale_as_printed] == ["outstanding", "good", "adequate", "inadequate"]


def test_recommendations_of_2012(first: Inspection) -> None:
    assert Counter(r.timescale for r in first.recommendations) == {"immediate": 3, "three-months": 7, "six-months": 3}
    assert [r.heading for r in first.recommendations] == ["Immediately"] * 3 + ["Within three months"] * 7 + [
        "Within six months"
    ] * 3
    # the sixth item is cut by a page end
    assert first.recommendations[5].text.endswith("specific and measurable outcomes")
    assert all(r.evidence and r.evidence[0].line for r in first.recommendations)


def numbers(inspection: Inspection) -> list[int]:
    return [
        int(p.number or 0)
        for s in inspection.sections
        for p in s.paragraphs
        if isinstance(p, TextParagraph) and p.number
    ]


def test_paragraphs_of_2012(first: Inspection) -> None:
    assert numbers(first) == list(range(1, 53))
    titles = [s.title for s in first.sections]
    assert titles.count("Overall effectiveness") == 2
    assert len(titles) == 10
    facts = {f.key: f for f in first.facts}
    assert (facts["population_under_18"].value, facts["population_under_18"].approximate) == (56000, True)
    assert facts["population_under_18"].evidence[0].paragraph == "9"
    assert (facts["case_files"].value, facts["case_files"].evidence[0].paragraph) == (73, "5")
    assert {"11", "45"} <= {d.evidence[0].paragraph for d in first.declarations}


def test_2014(second: Inspection) -> None:
    assert (second.id, second.framework) == ("rotherham-2014-09", "ofsted-sif-2013")
    grades = {j.area: j.grade for j in second.judgements}
    assert grades == {
        "overall-effectiveness": "inadequate",
        "help-and-protection": "inadequate",
        "looked-after-and-permanence": "inadequate",
        "adoption": "requires-improvement",
        "care-leavers": "inadequate",
        "leadership": "inadequate",
        "lscb": "inadequate",
    }
    assert [i.name for i in second.lead_inspectors] == ["Sheena Doyle"]
    assert second.team is not None
    assert second.team.size == 9
    assert Counter(r.addressee for r in second.recommendations) == {"local-authority": 26, "lscb": 9}
    assert [int(r.number or 0) for r in second.recommendations] == [*range(1, 27), *range(158, 167)]
    assert Counter(r.kind for r in second.recommendations) == {"priority-action": 15, "area-for-improvement": 20}
    assert second.recommendations[13].heading == "Areas for improvement / Thresholds"
    assert numbers(second) == [*range(27, 158), *range(167, 180)]
    assert [n.mark for n in second.footnotes] == ["1", "2", "3", "4"]
    assert second.declarations
    assert second.source is not None
    assert second.source.pages == 47
    assert all(j.evidence[0].page for j in second.judgements)


def test_2014_recommendations_are_the_expected_ones(second: Inspection) -> None:
    expected_file = SHARED / "reports" / "expected.jsonl"
    if not expected_file.is_file():
        pytest.skip("the expectations are not beside the checkout")
    expected = next(
        e
        for e in map(json.loads, expected_file.read_text().splitlines())
        if e["urn"] == "80543" and e.get("inspection_start") == "2014-09-16"
    )
    for addressee, key in (("local-authority", "recommendations"), ("lscb", "lscb_recommendations")):
        ours = [
            hashlib.sha1(letters(r.text).encode()).hexdigest()
            for r in second.recommendations
            if r.addressee == addressee
        ]
        assert ours == [item["sha1"] for item in expected[key]["items"]]


@pytest.mark.parametrize("path", [SEED_2012, SEED_2014], ids=lambda p: p.stem)
def test_no_word_is_lost_or_added(path) -> None:
    inspection = read_inspection(path)
    in_print = Counter(words(path.read_text().replace("\f", " ")))
    in_data = of_data(inspection)
    assert sum(in_print.values()) > 5000
    assert in_print - in_data == Counter(), "words of the report that are not in the data"
    assert in_data - in_print == Counter(), "words in the data that are not in the report"


@pytest.mark.parametrize("path", [SEED_2012, SEED_2014], ids=lambda p: p.stem)
def test_evidence_points_at_the_words(path) -> None:
    inspection = read_inspection(path)
    source = path.read_text()
    checked = 0
    for section in inspection.sections:
        for entry in section.paragraphs:
            if isinstance(entry, TextParagraph) and entry.evidence and entry.evidence[0].start is not None:
                place = entry.evidence[0]
                said = source[place.start : place.end]
                assert letters(entry.text)[:20] in letters(said), (entry.number, said[:60])
                checked += 1
    assert checked > 50


@pytest.mark.parametrize("form", ["html", "txt"])
@pytest.mark.parametrize("path", [SEED_2012, SEED_2014], ids=lambda p: p.stem)
def test_round_trip(path, form, tmp_path) -> None:
    inspection = read_inspection(path)
    rendered = render(inspection)
    out = tmp_path / f"report.{form}"
    out.write_bytes(html.write(rendered) if form == "html" else text.write(rendered.document).encode())
    again = read_inspection(out)
    assert printed(again) == printed(inspection)


def test_every_text_is_rendered(second: Inspection) -> None:
    shown = letters(plain_text(render(second).document))
    for r in second.recommendations:
        assert letters(r.text) in shown
    for section in second.sections:
        for entry in section.paragraphs:
            if isinstance(entry, TextParagraph):
                assert letters(entry.text) in shown
            elif isinstance(entry, ItemsParagraph):
                assert all(letters(item.text) in shown for item in entry.items)
            elif isinstance(entry, RecommendationsHere):
                assert letters(entry.heading or "") in shown


def test_comparison(first: Inspection, second: Inspection) -> None:
    comparison = compare(first, second)
    changes = {
        (j.earlier.area if j.earlier else None, j.later.area if j.later else None): j for j in comparison.judgements
    }
    overall = changes["overall-effectiveness", "overall-effectiveness"]
    assert (overall.change, overall.steps) == ("not_comparable", None)
    protection = changes["overall-effectiveness", "help-and-protection"]
    assert (protection.change, protection.steps, protection.comparability) == ("declined", -1, "approximate")
    assert len(comparison.recommendations.earlier) == 13
    assert len(comparison.recommendations.later) == 35
    # the caseloads of 2012 come back as the ninth of 2014, the plans as the fifteenth: found or put up for a decision
    for earlier, later in (("R8", "R9"), ("R6", "R15")):
        found = {(link.earlier, link.later) for link in comparison.recommendations.links}
        candidates = {(e.id, c.id) for e in comparison.recommendations.earlier for c in e.candidates}
        assert (earlier, later) in found | candidates
    assert not compare(first, first).differs
