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


SIX = """\
format: reportgen/framework/1
key: lantern-2020
body: Lantern Commission
title: Review of lighthouse services
valid: {from: 2020-01-01, to: 2024-12-31}
scales:
  - key: six
    grades:
      - {key: bright, label: Bright, rank: 2}
      - {key: dark, label: Dark, aliases: [Gone out], rank: 1}
areas:
  - {key: overall, label: Overall, scale: six, overall: true}
  - {key: safety, label: Safety, scale: six}
limits: [{areas: [safety], grade: dark, overall: overall, at_most: dark, source: handbook}]
recommendations:
  kinds: [{key: action, label: Action}]
  bands: [{key: now, labels: [At once], days: 0}, {key: later, labels: [Later], months: 3}]
  sections: [{headings: [Actions], kind: action}]
layout: {titles: ['Review of lighthouse services']}
"""


def marked(text: str, was: str, now: str) -> tuple[str, tuple[int, int]]:
    """The text with a change made, and the line and column of the ``^`` in it, which is taken out."""
    assert was in text
    changed = text.replace(was, now, 1)
    before = changed[: changed.index("^")]
    return changed.replace("^", "", 1), (before.count("\n") + 1, len(before) - before.rfind("\n"))


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        ("rank: 1", "rank: ^2", "RG112"),
        ("[Gone out]", "[^Bright]", "RG112"),
        ("scale: six, overall", "scale: ^sx, overall", "RG127"),
        ("{key: bright, label: Bright, rank: 2", "^{key: bright, label: Bright, rnak: 2", "RG109"),
        ("rank: 2", "rank: ^top", "RG110"),
        ("'Review", "^'Review (", "RG110"),
        ("'Review of lighthouse services'", "^''", "RG110"),
        ("kind: action}", "kind: ^actoin}", "RG127"),
        ("{areas: [safety]", "^{areas: [saefty]", "RG127"),
        ("{areas: [safety], grade: dark", "^{areas: [safety], grade: drak", "RG127"),
        ("key: safety", "key: ^overall", "RG112"),
        ("key: safety, ", "key: safety, parent: ^safety, ", "RG127"),
        ("to: 2024-12-31", "to: ^2019-12-31", "RG127"),
        ("2020-01-01", "^2020-13-01", "RG110"),
        ("reportgen/framework/1", "^reportgen/framework/2", "RG111"),
        ("key: lantern-2020", "key: ^lantern-2021", "RG126"),
        ("body: ", "supersedes: [^nobody]\nbody: ", "RG126"),
        ("key: later", "key: ^now", "RG112"),
        ("{key: later, labels: [Later], ", "^{key: later, labels: [Later], days: 90, ", "RG127"),
        ("layout: ", "facts: [{key: x, label: X, unit: u, cue: ^'[0-9]+'}]\nlayout: ", "RG127"),
        ("layout: ", "extends: ^nowhere\nlayout: ", "RG113"),
    ],
)
def test_a_wrong_profile_is_told_with_its_line(was: str, now: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "lantern-2020.yaml"
    path.write_text(SIX)
    assert check_frameworks([path]) == []
    text, at = marked(SIX, was, now)
    path.write_text(text)
    (first, *_) = check_frameworks([path])
    assert (first.code, (first.where.line, first.where.column), first.where.file) == (code, at, str(path))
    if code != "RG111":
        assert api.check(path)[0].where == first.where


def test_parents_that_go_round_are_wrong(tmp_path: Path) -> None:
    path = tmp_path / "lantern-2020.yaml"
    areas = "label: Overall, parent: safety,", "label: Safety, parent: overall,"
    path.write_text(SIX.replace("label: Overall,", areas[0]).replace("label: Safety,", areas[1]))
    assert {(e.code, e.where.line) for e in check_frameworks([path])} == {("RG127", 12), ("RG127", 13)}


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        ("from: quay", "from: ^pier", "RG126"),
        ("to: harbour-2015", "to: ^harbour-2051", "RG126"),
        ("to: harbour-2015", "to: ^harbour-2010", "RG126"),
        ("approximate", "^aproximate", "RG110"),
        ("{from: quay, to: water", "^{from: overall, to: overall", "RG112"),
        ("{from: quay, to: water", "^{from: null, to: null", "RG126"),
        ("to: water, class: ", "to: null, class: ^", "RG126"),
        ("{from: quay, to: water, class: approximate, reason", "^{from: quay, to: water, class: same, raeson", "RG109"),
    ],
)
def test_a_wrong_crosswalk_is_told_with_its_line(was: str, now: str, code: str, harbours: Path) -> None:
    path = harbours / "crosswalks.yaml"
    assert check_frameworks([path]) == []
    text, at = marked(path.read_text(), was, now)
    path.write_text(text)
    for found in (check_frameworks(), check_frameworks([path]), api.check(path)):
        assert (found[0].code, (found[0].where.line, found[0].where.column)) == (code, at)


def test_crosswalks_that_go_round_over_two_files_come_to_an_end(harbours: Path) -> None:
    path = harbours / "crosswalks.yaml"
    path.write_text(
        path.read_text() + "  - {from: harbour-2015, to: ofsted-cp-2012, edges: []}\n"
        "  - {from: ofsted-ilacs-2026, to: harbour-2010, edges: []}\n"
    )
    first, last = load_framework("ofsted-cp-2012"), load_framework("estyn-2024")
    assert all(None in (e.earlier, e.later) for e in crosswalk(first, last))


def test_grades_of_two_families_are_never_the_same(harbours: Path) -> None:
    profile = harbours / "harbour-2015.yaml"
    profile.write_text(profile.read_text().replace("key: three", "key: trio").replace("scale: three", "scale: trio"))
    (error,) = check_frameworks()
    assert (error.code, error.where.field) == ("RG126", "crosswalks[0].edges[0].class")


# -- what is published about the shipped ones -------------------------------------------------------------------------


def _classes(earlier: str, later: str) -> dict[tuple[str | None, str | None], str]:
    return {(e.earlier, e.later): e.comparability for e in crosswalk(load_framework(earlier), load_framework(later))}


def test_classes_over_several_frameworks() -> None:
    long = _classes("ofsted-cp-2012", "ofsted-ilacs-2023")
    assert long["overall-effectiveness", "overall-effectiveness"] == "not_comparable"
    assert long["overall-effectiveness", "help-and-protection"] == "approximate"
    assert long["leadership-and-governance", "leadership"] == "approximate"
    sif = _classes("ofsted-sif-2013", "ofsted-ilacs-2023")
    # by way of 2018 it would be not comparable: what is declared outranks what is composed
    assert sif["care-leavers", "care-leavers"] == "approximate"
    assert sif["overall-effectiveness", "overall-effectiveness"] == "same"
    assert (
        _classes("ofsted-sif-2013", "ofsted-ilacs-2018")["care-leavers", "in-care-and-care-leavers"] == "not_comparable"
    )
    assert _classes("ofsted-sif-2013", "ofsted-ilacs-2026")["care-leavers", "care-leavers"] == "approximate"
    assert set(_classes("ofsted-csa-2009", "ofsted-sif-2013").values()) == {"not_comparable"}
    assert set(_classes("ofsted-ucra-2009", "ofsted-cp-2012").values()) == {"not_comparable"}


def test_an_area_without_counterpart_keeps_the_reason_over_several_frameworks() -> None:
    reasons = {e.earlier: e.reason for e in crosswalk(*map(load_framework, ("ofsted-sif-2013", "ofsted-ilacs-2026")))}
    assert "dropped in April 2026" in reasons["overall-effectiveness"]
    assert "abolished" in reasons["lscb"]
    later = {e.later: e.reason for e in crosswalk(*map(load_framework, ("ofsted-slac-2009", "ofsted-sif-2013")))}
    assert "separate inspections of the agency" in later["adoption"]


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2012, 7, 2), "ofsted-cp-2012"),
        (date(2013, 11, 19), "ofsted-sif-2013"),
        (date(2018, 6, 11), "ofsted-sif-2013"),
        (date(2018, 1, 29), "ofsted-ilacs-2018"),
        (date(2022, 12, 12), "ofsted-ilacs-2018"),
        (date(2023, 1, 16), "ofsted-ilacs-2023"),
        (date(2026, 3, 16), "ofsted-ilacs-2023"),
        (date(2026, 4, 1), "ofsted-ilacs-2026"),
    ],
)
def test_first_days_on_site_fall_under_their_framework(day: date, key: str) -> None:
    assert load_framework(key).valid.holds(day)


def test_ilacs_tables_are_in_printed_order() -> None:
    for key in ("ofsted-ilacs-2018", "ofsted-ilacs-2023"):
        areas = load_framework(key).areas
        assert areas[0].key == "leadership"
        assert areas[-1].overall
    assert not any(a.overall for a in load_framework("ofsted-ilacs-2026").areas)


@pytest.mark.parametrize(
    ("name", "beginning"), [("Ynys Môn & Co.", "ynys-mon-co"), ("", "provider"), ("St. Helen's", "st-helens")]
)
def test_a_new_file_is_valid_and_named_after_its_provider(name: str, beginning: str, tmp_path: Path) -> None:
    from reportgen.skeleton import skeleton

    path = tmp_path / "new.yaml"
    path.write_text(skeleton(load_framework("ofsted-ilacs-2023"), provider=name), "utf-8")
    assert api.check(path) == []
    assert api.read_inspection(path).id == f"{beginning}-2023-01"
