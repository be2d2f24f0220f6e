"""Profiles and crosswalks: every shipped one, profiles of one's own, composed edges, limiting rules."""

from __future__ import annotations

import re
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from reportgen import api
from reportgen.errors import FrameworkError
from reportgen.frameworks import (
    areas_by_label,
    check_frameworks,
    check_inspection,
    crosswalk,
    framework_keys,
    grade_by_label,
    load_framework,
)
from reportgen.model import Framework, Inspection, Judgement
from tests.support.make_inspections import inspection as made

ORDER = {"same": 0, "approximate": 1, "not_comparable": 2}
HARBOUR = """\
format: reportgen/framework/1
key: harbour-{year}
body: Harbour Inspectorate
title: Inspection of harbour services
valid: {{from: {year}-01-01, to: {end}}}
scales:
  - key: three
    grades:
      - {{key: strong, label: Strong, rank: 3}}
      - {{key: sound, label: Sound, aliases: [satisfactory], rank: 2}}
      - {{key: weak, label: Weak, rank: 1}}
areas:
  - {{key: overall, label: Overall, scale: three, overall: true}}
  - {{key: {second}, label: Safety on the {second}, scale: three}}
recommendations:
  heading: Recommendations
  kinds: [{{key: recommendation, label: Recommendation}}]
  sections:
    - {{headings: [Recommendations], items: bullets, kind: recommendation}}
layout:
  titles: ['Inspection of harbour services']
"""
REPORT = """\
format: reportgen/inspection/1
id: port-{year}
framework: harbour-{year}
title: Inspection of harbour services
provider: {{name: Port of Nowhere, kind: other}}
inspected: [{{start: {year}-05-01, end: {year}-05-03}}]
published: {{date: {year}-06-01}}
judgements:
  - {{area: overall, label: Overall, grade: {grade}}}
  - {{area: {second}, label: Safety, grade: {grade}}}
recommendations:
  - {{id: R1, text: Paint the lighthouse and mend its lamp., kind: recommendation}}
sections:
  - title: Recommendations
    paragraphs:
      - recommendations: [R1]
"""


@pytest.mark.parametrize("key", framework_keys())
def test_a_shipped_profile_says_what_its_reports_look_like(key: str) -> None:
    framework = load_framework(key)
    assert framework.key == key
    assert framework.layout.titles, "no cue tells its reports from others"
    for area in framework.areas:
        assert areas_by_label(framework, area.label) == area
        scale = framework.scale_of(area.key)
        for grade in scale.grades if scale else ():
            for printed in (grade.label, grade.label.upper(), *grade.aliases):
                assert grade_by_label(framework, area.key, printed) == grade
            assert grade_by_label(framework, area.key, f"not {grade.label}") is None
    bands = framework.recommendations.bands
    assert all(b.months is None or b.counted_from for b in bands)


@pytest.mark.parametrize(("earlier", "later"), list(permutations(framework_keys(), 2)))
def test_a_crosswalk_names_every_area_of_both_sides(earlier: str, later: str) -> None:
    a, b = load_framework(earlier), load_framework(later)
    edges = crosswalk(a, b)
    assert {e.earlier for e in edges} - {None} == {x.key for x in a.areas}
    assert {e.later for e in edges} - {None} == {x.key for x in b.areas}
    assert all(e.reason for e in edges)
    assert all(e.comparability == "not_comparable" for e in edges if None in (e.earlier, e.later))


def test_edges_compose_by_the_worst_class_and_mirror() -> None:
    keys = ("ofsted-cp-2012", "ofsted-sif-2013", "ofsted-ilacs-2018")
    first, second, third = map(load_framework, keys)
    steps = {(e.earlier, e.later): e.comparability for e in (*crosswalk(first, second), *crosswalk(second, third))}
    composed = [e for e in crosswalk(first, third) if e.earlier and e.later]
    assert composed
    for edge in composed:
        ways = [
            max((steps[edge.earlier, m.key], steps[m.key, edge.later]), key=ORDER.__getitem__)
            for m in second.areas
            if (edge.earlier, m.key) in steps and (m.key, edge.later) in steps
        ]
        assert not ways or ORDER[edge.comparability] >= min(ORDER[w] for w in ways)
    forward = {(e.earlier, e.later, e.comparability) for e in crosswalk(first, second)}
    assert {(e.later, e.earlier, e.comparability) for e in crosswalk(second, first)} == forward


def test_scales_of_six_ranks_and_of_none_need_no_code() -> None:
    six = load_framework("care-inspectorate")
    assert {len(s.grades) for s in six.scales} == {6}
    none = load_framework("estyn-2024")
    assert not none.scales
    assert all(none.scale_of(a.key) is None for a in none.areas)


def _seen(inspection: Inspection, framework: Framework) -> dict[str, str]:
    return {p.code: p.level for p in check_inspection(inspection, framework)}


def _with(framework: Framework, start: date, **grades: str) -> Inspection:
    base = made(start.year, framework=framework)
    judgements = tuple(Judgement(area=a, label=a, grade=g, printed=g) for a, g in grades.items())
    period = base.inspected[0].model_copy(update={"start": start, "end": start})
    return base.model_copy(update={"inspected": (period,), "judgements": judgements})


def test_limiting_rules_warn_and_name_their_source() -> None:
    limited = [(key, limit) for key in framework_keys() for limit in load_framework(key).limits]
    assert limited
    for key, limit in limited:
        framework = load_framework(key)
        assert limit.source
        start = framework.valid.start or date(2012, 6, 1)
        scale = framework.scale_of(limit.overall)
        assert scale
        best = max(scale.grades, key=lambda g: g.rank).key
        broken = {limit.overall: best, limit.areas[0]: limit.grade}
        kept = {limit.overall: limit.at_most, limit.areas[0]: limit.grade}
        assert _seen(_with(framework, start, **broken), framework) == {"RG125": "warning"}
        assert _seen(_with(framework, start, **kept), framework) == {}


def test_an_inspection_outside_the_frameworks_time_is_a_warning() -> None:
    framework = load_framework("ofsted-cp-2012")
    assert _seen(_with(framework, date(2016, 1, 1)), framework) == {"RG124": "warning"}


def test_an_unknown_key_says_what_is_near() -> None:
    with pytest.raises(FrameworkError, match="did you mean 'ofsted-cp-2012'"):
        load_framework("ofsted-cp-2021")


# -- profiles of one's own -------------------------------------------------------------------------------------------


@pytest.fixture
def harbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two versions of an invented framework and their crosswalk, named by the environment."""
    folder = tmp_path / "frameworks"
    folder.mkdir()
    (folder / "harbour-2010.yaml").write_text(HARBOUR.format(year=2010, end="2014-12-31", second="quay"))
    (folder / "harbour-2015.yaml").write_text(HARBOUR.format(year=2015, end="null", second="water"))
    (folder / "crosswalks.yaml").write_text(
        "format: reportgen/crosswalks/1\ncrosswalks:\n  - from: harbour-2010\n    to: harbour-2015\n    edges:\n"
        "      - {from: overall, to: overall, class: same, reason: the same words, source: made for this test}\n"
        "      - {from: quay, to: water, class: approximate, reason: the quay is a part, source: made for this test}\n"
    )
    monkeypatch.setenv("REPORTGEN_FRAMEWORKS", str(folder))
    return folder


def test_another_inspectorate_needs_data_only(harbours: Path, tmp_path: Path) -> None:
    paths = []
    for year, second, grade in ((2010, "quay", "weak"), (2015, "water", "sound")):
        path = tmp_path / f"port-{year}.yaml"
        path.write_text(REPORT.format(year=year, second=second, grade=grade))
        assert api.check(path) == []
        paths.append(path)
    earlier, later = map(api.read_inspection, paths)
    again = tmp_path / "again.txt"
    api.write(earlier, again)
    assert api.read_inspection(again).judgements[1].grade == "weak"
    changes = api.compare(earlier, later).judgements
    assert [(c.change, c.comparability) for c in changes] == [
        ("improved", "same"),
        ("improved", "approximate"),
    ]
    assert check_frameworks() == []


def test_own_profiles_are_checked_with_the_shipped_ones(harbours: Path) -> None:
    wrong = HARBOUR.format(year=2020, end="2019-01-01", second="x").replace("scale: three", "scale: thre", 1)
    (harbours / "harbour-2020.yaml").write_text(wrong)
    assert [(e.code, e.where.field) for e in check_frameworks()] == [
        ("RG127", "valid.to"),
        ("RG127", "areas[0].scale"),
    ]


def test_a_crosswalk_to_an_area_that_is_not_there_is_named(harbours: Path) -> None:
    crosswalks = harbours / "crosswalks.yaml"
    crosswalks.write_text(crosswalks.read_text().replace("from: quay", "from: pier"))
    (error,) = check_frameworks()
    assert error.code == "RG126"
    assert error.where.field == "crosswalks[0].edges[1].from"


def test_a_file_is_named_after_its_key(harbours: Path) -> None:
    (harbours / "harbour-2015.yaml").rename(harbours / "harbor-2015.yaml")
    with pytest.raises(FrameworkError, match=re.escape("harbour-2015")):
        load_framework("harbor-2015")


def test_a_key_stands_once_and_folders_are_there(harbours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (harbours / "estyn-2024.yaml").write_text(HARBOUR.format(year=2024, end="null", second="x"))
    monkeypatch.setenv("REPORTGEN_FRAMEWORKS", str(harbours) + "/")
    with pytest.raises(FrameworkError, match="two frameworks"):
        framework_keys()
    monkeypatch.setenv("REPORTGEN_FRAMEWORKS", str(harbours / "nowhere"))
    with pytest.raises(FrameworkError, match="no folder"):
        framework_keys()
