"""Histories of the examples, checked by hand against their data, and the rules on small inspections made for a test."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reportgen import History, Inspection, build_history, data_files, read_inspection
from reportgen.errors import InputError, UsageFault
from reportgen.model import (
    Closure,
    Decisions,
    Due,
    Events,
    GradePath,
    Judgement,
    LinkDecision,
    Period,
    Position,
    Progress,
    Provider,
    Published,
    Recommendation,
    RecommendationRef,
    Thread,
    text_sha,
)
from reportgen.model.decisions import Cited, Event
from tests.support.examples import ASHMERE, INSPECTIONS, ROTHERHAM


def example(name: str, files: tuple[Path, ...], **more: Any) -> History:
    folder = INSPECTIONS / name
    decisions = data_files.load(folder / "decisions.yaml", Decisions).value
    events = data_files.load(folder / "events.yaml", Events).value.events
    return build_history([read_inspection(f) for f in files], decisions=decisions, events=events, **more)


@pytest.fixture(scope="module")
def rotherham() -> History:
    return example("rotherham", ROTHERHAM, baseline="rotherham-2012-07", as_of=date(2026, 1, 1))


@pytest.fixture(scope="module")
def ashmere() -> History:
    return example("ashmere", ASHMERE, baseline="ashmere-2012-09")


def path_of(history: History, area: str) -> GradePath:
    return next(p for p in history.grade_paths if p.area == area)


def told(path: GradePath) -> list[tuple[str, str | None, str | None]]:
    """(month, grade or why none, change) of every point of a path."""
    return [(p.inspection[-7:], p.grade or p.missing, p.step.change if p.step else None) for p in path.points]


def thread_of(history: History, inspection: str, recommendation: str) -> Thread:
    (found,) = [
        t
        for t in history.threads
        if any((i.inspection, i.recommendation) == (inspection, recommendation) for i in t.items)
    ]
    return found


def states(thread: Thread) -> dict[str, str]:
    return {cell.inspection[-7:]: cell.state for cell in thread.cells}


# -- the facts of a real authority -------------------------------------------------------------------------------------


def test_care_leavers_outstanding_then_joint_then_good_is_no_fall(rotherham: History) -> None:
    path = path_of(rotherham, "care-leavers")
    assert told(path) == [
        ("2014-09", "inadequate", None),
        ("2017-11", "outstanding", "improved"),
        ("2022-06", "good", "not_comparable"),
        ("2025-11", "good", "maintained"),
    ]
    assert [p.joint for p in path.points] == [False, False, True, False]
    assert [p.comparability_to_previous for p in path.points] == [None, "same", "not_comparable", "approximate"]
    joint = path_of(rotherham, "in-care").points[-2]
    assert (joint.inspection, joint.area, joint.joint) == ("rotherham-2022-06", "in-care-and-care-leavers", True)


def test_the_overall_grade_of_2012_is_not_comparable_with_2014_and_protection_is(rotherham: History) -> None:
    overall = path_of(rotherham, "overall-effectiveness")
    assert told(overall)[1:3] == [("2012-07", "adequate", "maintained"), ("2014-09", "inadequate", "not_comparable")]
    assert overall.overall
    protection = path_of(rotherham, "help-and-protection").points
    assert protection[1].step is not None
    assert (protection[1].step.change, protection[1].step.comparability) == ("declined", "approximate")
    assert {(j.area, j.comparability) for j in protection[1].joined} == {
        ("overall-effectiveness", "approximate"),
        ("quality-of-practice", "approximate"),
    }


def test_a_gap_in_the_framework_is_a_gap(rotherham: History) -> None:
    path = path_of(rotherham, "in-care")
    assert told(path)[:3] == [
        ("2010-07", "adequate", None),
        ("2012-07", "not_in_framework", None),
        ("2014-09", "inadequate", "declined"),
    ]


def test_paths_that_end_say_why(rotherham: History) -> None:
    ends = {p.area: (p.end.kind, p.end.inspection[-7:], p.end.into) for p in rotherham.grade_paths if p.end}
    assert ends == {
        "adoption": ("dropped", "2022-06", None),
        "lscb": ("dropped", "2022-06", None),
        "quality-of-practice": ("joined", "2014-09", "help-and-protection"),
        "safeguarding-capacity": ("dropped", "2012-07", None),
        "looked-after-capacity": ("dropped", "2012-07", None),
    }
    assert told(path_of(rotherham, "lscb"))[1] == ("2017-11", "not_inspected", "not_inspected")


def test_pathway_plans_were_stated_then_absent_then_back(rotherham: History) -> None:
    thread = thread_of(rotherham, "rotherham-2025-11", "R1")
    assert [(i.inspection[-7:], i.recommendation, i.state) for i in thread.items[1:]] == [
        ("2022-06", "R3", "recurred"),
        ("2025-11", "R1", "carried_reworded"),
    ]
    assert thread.items[0].inspection == "rotherham-2014-09"
    assert thread.items[1].link is not None
    assert (thread.items[1].link.gap, thread.items[1].link.basis) == (1, "confirmed")
    assert (thread.times_stated, thread.spanned, thread.confidence) == (3, 4, "certain")


def test_what_became_of_the_thirteen_of_2012(rotherham: History) -> None:
    assert rotherham.baseline is not None
    assert (rotherham.baseline.latest, len(rotherham.baseline.rows)) == ("rotherham-2025-11", 13)
    assert sum(rotherham.baseline.counts.values()) == 13
    plans = next(r for r in rotherham.baseline.rows if r.recommendation == "R6")
    assert (plans.state, plans.now) == ("not_restated", ())
    assert plans.via == ("rotherham-2014-09", "rotherham-2017-11")
    assert {j.change for j in rotherham.baseline.judgements if j.earlier and j.earlier.area == "help-and-protection"}


def test_printed_timescales_count_from_publication(rotherham: History) -> None:
    three_months = thread_of(rotherham, "rotherham-2012-07", "R8").timeliness
    assert (three_months.due, three_months.counted_from) == (date(2012, 11, 10), date(2012, 8, 10))
    assert (three_months.state, three_months.overdue_days) == ("overdue", (date(2026, 1, 1) - date(2012, 11, 10)).days)
    assert thread_of(rotherham, "rotherham-2014-09", "R1").timeliness.state == "undated"


def test_events_fill_the_years_between(rotherham: History) -> None:
    dates = [event.date for event in rotherham.events]
    assert dates == sorted(dates)
    assert any(e.kind == "direction" or "direct" in e.title.lower() for e in rotherham.events)


def test_summaries_are_never_linked_by_their_wording(rotherham: History) -> None:
    inferred = [i.link for t in rotherham.threads for i in t.items if i.link and i.link.basis == "inferred"]
    assert {link.confidence for link in inferred} == {"possible"}
    assert [n.code for n in rotherham.notices] == ["RG306"]


# -- the fictional authority -------------------------------------------------------------------------------------------


def test_threads_of_ashmere(ashmere: History) -> None:
    plans = thread_of(ashmere, "ashmere-2012-09", "R4")
    assert [(i.inspection[-7:], i.recommendation) for i in plans.items] == [
        ("2010-03", "R4"),
        ("2012-09", "R4"),
        ("2015-02", "R3"),
    ]
    assert states(plans) == {
        "2010-03": "new",
        "2012-09": "carried_reworded",
        "2015-02": "carried_reworded",
        "2023-05": "not_restated",
    }
    assert plans.label == "not_restated"
    homes = thread_of(ashmere, "ashmere-2010-03", "R7")
    assert states(homes) == {
        "2010-03": "new",
        "2012-09": "not_restated",
        "2015-02": "recurred",
        "2023-05": "not_restated",
    }


def test_one_that_was_taken_over_is_told_by_the_thread_that_took_it(ashmere: History) -> None:
    caseloads = thread_of(ashmere, "ashmere-2012-09", "R6")
    assert states(caseloads) == {"2012-09": "new", "2015-02": "merged"}
    supervision = thread_of(ashmere, "ashmere-2012-09", "R7")
    assert (caseloads.cells[-1].into, caseloads.cells[-1].confidence) == ((supervision.id,), "certain")
    enquiries = thread_of(ashmere, "ashmere-2012-09", "R2")
    assert (states(enquiries)["2015-02"], enquiries.cells[-1].confidence) == ("merged", "possible")
    assert [(i.inspection[-7:], i.state) for i in supervision.items] == [
        ("2012-09", "new"),
        ("2015-02", "merged"),
        ("2018-10", "carried_reworded"),
        ("2023-05", "carried_reworded"),
    ]
    audits = thread_of(ashmere, "ashmere-2012-09", "R11")
    assert states(audits)["2015-02"] == "split"
    assert [i.recommendation for i in audits.items] == ["R11", "R7", "R11"]


def test_a_visit_is_an_event_and_states_recommendations(ashmere: History) -> None:
    (visit,) = [e for e in ashmere.events if e.inspection]
    assert (visit.date, visit.inspection) == ("2018-10-16", "ashmere-2018-10")
    assert "Fictional" in visit.source
    begun_there = thread_of(ashmere, "ashmere-2018-10", "R1")
    assert [i.inspection[-7:] for i in begun_there.items] == ["2018-10", "2023-05"]
    elsewhere = thread_of(ashmere, "ashmere-2012-09", "R8")
    assert "2018-10" not in states(elsewhere)
    assert all(p.inspection != "ashmere-2018-10" for path in ashmere.grade_paths for p in path.points)


def test_axes_stand_apart(ashmere: History) -> None:
    done = thread_of(ashmere, "ashmere-2012-09", "R5")
    assert (done.label, done.cells[-1].state) == ("closed_implemented", "not_restated")
    assert done.progress[0].assessed == "achieved"
    assert (done.timeliness.state, done.timeliness.met) == ("met_late", date(2015, 2, 3))
    claimed = thread_of(ashmere, "ashmere-2012-09", "R12")
    assert claimed.position[0].action == "in_progress"
    assert (claimed.closure, claimed.label) == (None, "carried")
    moved = thread_of(ashmere, "ashmere-2012-09", "R4")
    assert [d.date for d in moved.timeliness.moved] == [date(2013, 1, 19), date(2013, 6, 30)]
    assert (moved.timeliness.due, moved.timeliness.basis) == (date(2013, 6, 30), "decision")


def test_mentions_are_places_in_later_reports(ashmere: History) -> None:
    cell = next(c for c in thread_of(ashmere, "ashmere-2012-09", "R5").cells if c.inspection == "ashmere-2015-02")
    assert cell.mentions[0].paragraph == "12"
    report = read_inspection(ASHMERE[2])
    texts = [getattr(p, "text", "") for s in report.sections for p in s.paragraphs]
    assert any(cell.mentions[0].text in text for text in texts)


def test_counts_are_those_of_the_lists(ashmere: History, rotherham: History) -> None:
    for history in (ashmere, rotherham):
        summary = history.summary
        for i in history.inspections:
            assert sum(summary.items[i.id].values()) == i.recommendations == summary.recommendations[i.id]
        assert (
            summary.threads == len(history.threads) == sum(summary.labels.values()) == sum(summary.timeliness.values())
        )
        for pair in history.pairs:
            if not pair.gap:
                assert sum(pair.earlier_states.values()) == summary.recommendations[pair.earlier]
                assert sum(pair.later_states.values()) == summary.recommendations[pair.later]


# -- rules -------------------------------------------------------------------------------------------------------------

SUBJECTS = {
    "missing": "Offer every child who has gone missing an independent return home interview within 72 hours.",
    "fostering": "Raise awareness of private fostering among schools and health visitors.",
    "plans": "Make pathway plans for care leavers specific and measurable.",
    "audit": "Put a programme of multi-agency case audits into practice.",
}
SIF, SHORT, JOINT = "ofsted-sif-2013", "ofsted-ilacs-2018", "ofsted-ilacs-2023"
AREAS = {
    SIF: ("overall-effectiveness", "help-and-protection", "leadership"),
    SHORT: ("overall-effectiveness", "help-and-protection", "leadership"),
    JOINT: ("overall-effectiveness", "help-and-protection", "leadership"),
}


def made(
    year: int, *subjects: str, framework: str = SIF, areas: dict[str, Any] | None = None, **more: Any
) -> Inspection:
    day = date(year, 3, 1)
    wanted = dict.fromkeys(AREAS.get(framework, ()), "good") if areas is None else areas
    return Inspection(
        id=f"northmoor-{year}-03",
        framework=framework,
        title="Inspection",
        provider=Provider(name="Northmoor Council", short_name="Northmoor"),
        inspected=(Period(start=day, end=day),),
        published=Published(date=date(year, 5, 1)),
        judgements=tuple(
            Judgement(area=a, label=a, **g) if isinstance(g, dict) else Judgement(area=a, label=a, grade=g)
            for a, g in wanted.items()
        ),
        recommendations=tuple(
            Recommendation(id=f"R{n}", text=SUBJECTS.get(s, s), kind="recommendation")
            for n, s in enumerate(subjects, 1)
        ),
        **more,
    )


def ref(inspection: Inspection, id: str = "R1") -> RecommendationRef:
    text = next(r.text for r in inspection.recommendations if r.id == id)
    return RecommendationRef(inspection=inspection.id, id=id, text_sha=text_sha(text)[:12])


def test_back_after_an_inspection_that_looked_there_is_recurred() -> None:
    history = build_history([made(2014, "missing"), made(2017, "audit"), made(2020, "missing", framework=SHORT)])
    thread = thread_of(history, "northmoor-2014-03", "R1")
    assert states(thread) == {"2014-03": "new", "2017-03": "not_restated", "2020-03": "recurred"}
    assert thread.label == "recurred"


def test_back_after_an_inspection_that_did_not_look_there_is_not_recurred() -> None:
    unread = {"help-and-protection": {"grade": None, "missing": "not_inspected"}}
    between = made(2017, "audit", areas=unread)
    history = build_history([made(2014, "missing"), between, made(2020, "missing", framework=SHORT)])
    assert states(thread_of(history, "northmoor-2014-03", "R1")) == {
        "2014-03": "new",
        "2017-03": "not_covered",
        "2020-03": "carried_same",
    }


def test_what_a_person_rejected_does_not_come_back_over_a_gap() -> None:
    first, between, last = made(2014, "missing"), made(2017, "audit"), made(2020, "missing", framework=SHORT)
    rejected = LinkDecision(earlier=ref(first), later=ref(last), verdict="rejected", by="A", on=date(2021, 1, 1))
    history = build_history([first, between, last], decisions=Decisions(links=(rejected,)))
    assert states(thread_of(history, last.id, "R1")) == {"2020-03": "new"}


def test_what_a_person_confirmed_joins_whatever_the_subjects() -> None:
    first, between, last = made(2014, "missing"), made(2017, "audit"), made(2020, "fostering", framework=SHORT)
    confirmed = LinkDecision(earlier=ref(first), later=ref(last), verdict="confirmed", by="A", on=date(2021, 1, 1))
    history = build_history([first, between, last], decisions=Decisions(links=(confirmed,)))
    thread = thread_of(history, last.id, "R1")
    assert [i.inspection[-7:] for i in thread.items] == ["2014-03", "2020-03"]
    assert thread.items[1].state == "recurred"


def test_a_yearly_rating_between_two_inspections_takes_nothing_from_their_threads() -> None:
    rating = Inspection(
        id="northmoor-2011-12",
        framework="ofsted-csa-2009",
        title="Rating",
        provider=Provider(name="Northmoor Council", short_name="Northmoor"),
        published=Published(date=date(2011, 12, 1)),
        judgements=(Judgement(area="overall-rating", label="Rating", grade="performs-well"),),
    )
    early = made(2010, "missing", framework="ofsted-slac-2009", areas={"safeguarding-overall": "adequate"})
    later = made(2012, "missing", framework="ofsted-cp-2012", areas={"overall-effectiveness": "good"})
    history = build_history([later, rating, early])
    assert states(thread_of(history, early.id, "R1")) == {"2010-03": "new", "2012-03": "carried_same"}
    overall = path_of(history, "overall-effectiveness")
    assert told(overall) == [
        ("2010-03", "adequate", None),
        ("2011-12", "not_in_framework", None),
        ("2012-03", "good", "improved"),
    ]
    (alone,) = [p for p in history.grade_paths if p.area == "overall-rating"]
    assert alone.end is not None
    assert alone.end.kind == "not_comparable"


def test_another_line_is_held_against_nothing() -> None:
    other = made(2016, "missing", framework="ofsted-send-2023", areas={})
    history = build_history([made(2014, "missing"), other])
    assert len({i.line for i in history.inspections}) == 2
    assert states(thread_of(history, other.id, "R1")) == {"2016-03": "new"}
    assert {n.code for n in history.notices} == {"RG303"}


def test_a_decision_across_lines_is_told() -> None:
    first, other = made(2014, "missing"), made(2016, "missing", framework="ofsted-send-2023", areas={})
    confirmed = LinkDecision(earlier=ref(first), later=ref(other), verdict="confirmed", by="A", on=date(2021, 1, 1))
    history = build_history([first, other], decisions=Decisions(links=(confirmed,)))
    assert "RG322" in {n.code for n in history.notices}


def test_since_leaves_out_what_is_earlier_and_says_so() -> None:
    events = (
        Event(date="2009", kind="notice", title="Notice", source="S"),
        Event(date="2015-02", kind="notice", title="Notice", source="S"),
    )
    history = build_history([made(2014, "missing"), made(2017, "missing")], since=2015, events=events)
    assert [i.id for i in history.inspections] == ["northmoor-2017-03"]
    assert [e.date for e in history.events] == ["2015-02"]
    assert [n.code for n in history.notices] == ["RG321"]


@pytest.mark.parametrize(
    ("entries", "as_of", "expected"),
    [
        ({}, date(2014, 6, 1), ("undated", None)),
        ({"due": ["2014-09-01"]}, date(2014, 6, 1), ("not_yet_due", None)),
        ({"due": ["2014-09-01"]}, date(2014, 9, 1), ("not_yet_due", None)),
        ({"due": ["2014-09-01"]}, date(2014, 9, 2), ("overdue", 1)),
        ({"due": ["2014-09-01", "2014-12-01"]}, date(2014, 10, 1), ("date_moved", None)),
        ({"due": ["2014-09-01", "2014-12-01"]}, date(2014, 12, 2), ("overdue", 1)),
        ({"due": ["2014-09-01"], "closed": "2014-08-01"}, date(2015, 1, 1), ("met_on_time", None)),
        ({"due": ["2014-09-01"], "closed": "2014-10-01"}, date(2015, 1, 1), ("met_late", None)),
        ({"due": ["2014-09-01"], "dropped": "2014-08-01"}, date(2015, 1, 1), ("undated", None)),
    ],
)
def test_timeliness_follows_from_dates(entries: dict[str, Any], as_of: date, expected: tuple[str, int | None]) -> None:
    first = made(2014, "missing")
    dues = tuple(
        Due(recommendation=ref(first), date=date.fromisoformat(d), set_on=date(2014, 5, n + 1))
        for n, d in enumerate(entries.get("due", ()))
    )
    closures = []
    if "closed" in entries:
        day = date.fromisoformat(entries["closed"])
        evidence = Cited(inspection="elsewhere-2014-08", paragraph="3")
        closures.append(
            Closure(recommendation=ref(first), state="closed_implemented", by="A", on=day, evidence=evidence)
        )
    if "dropped" in entries:
        day = date.fromisoformat(entries["dropped"])
        closures.append(
            Closure(recommendation=ref(first), state="closed_not_implemented", reason="superseded", by="A", on=day)
        )
    history = build_history([first], decisions=Decisions(due=dues, closure=tuple(closures)), as_of=as_of)
    timeliness = history.threads[0].timeliness
    assert (timeliness.state, timeliness.overdue_days) == expected


def test_a_claim_changes_no_other_axis() -> None:
    first, second = made(2014, "missing"), made(2017, "audit")
    claim = Position(recommendation=ref(first), action="reported_complete", on=date(2015, 1, 1))
    said = build_history([first, second], decisions=Decisions(position=(claim,)))
    silent = build_history([first, second])
    one, two = said.threads[0], silent.threads[0]
    assert one.position == (claim,)
    assert one.model_copy(update={"position": ()}) == two


def test_a_closure_can_be_taken_back() -> None:
    first = made(2014, "missing")
    entries = (
        Closure(recommendation=ref(first), state="open", by="A", on=date(2016, 1, 1)),
        Closure(
            recommendation=ref(first), state="closed_not_implemented", reason="superseded", by="A", on=date(2015, 1, 1)
        ),
    )
    thread = build_history([first], decisions=Decisions(closure=entries)).threads[0]
    assert thread.closure is not None
    assert (thread.closure.state, thread.label) == ("open", "new")
    assert [c.on.year for c in thread.closures] == [2015, 2016]


def test_an_entry_whose_hash_and_id_disagree_is_an_error() -> None:
    first = made(2014, "missing", "audit")
    wrong = ref(first, "R1").model_copy(update={"id": "R2"})
    entry = Progress(recommendation=wrong, assessed="achieved", evidence=Cited(inspection=first.id))
    with pytest.raises(InputError) as caught:
        build_history([first], decisions=Decisions(progress=(entry,)))
    assert caught.value.code == "RG115"


def test_an_entry_about_nothing_is_told() -> None:
    first = made(2014, "missing")
    gone = RecommendationRef(inspection=first.id, id="R9", text_sha="0" * 12)
    entry = Due(recommendation=gone, date=date(2015, 1, 1), set_on=date(2014, 6, 1))
    history = build_history([first], decisions=Decisions(due=(entry,)))
    assert [n.code for n in history.notices] == ["RG304"]


def test_there_must_be_inspections_ids_of_their_own_and_the_baseline() -> None:
    first = made(2014, "missing")
    for call in (
        lambda: build_history([]),
        lambda: build_history([first], since=2020),
        lambda: build_history([first, first]),
        lambda: build_history([first], baseline="northmoor-1999-01"),
    ):
        with pytest.raises(UsageFault) as caught:
            call()
        assert caught.value.code == "RG507"
