"""What must hold of any history, whatever the inspections: the invariants of threads and paths, one test each."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reportgen import History, Inspection, build_history, data_files
from reportgen.model import (
    Decisions,
    Judgement,
    LinkDecision,
    Period,
    Provider,
    Published,
    Recommendation,
    RecommendationRef,
    text_sha,
)

FEW = settings(max_examples=25, deadline=None)
PROVIDER = Provider(name="Northmoor Council", short_name="Northmoor")
FRAMEWORKS = {
    "ofsted-cp-2012": ("overall-effectiveness", "help-and-protection", "quality-of-practice"),
    "ofsted-sif-2013": ("overall-effectiveness", "help-and-protection", "care-leavers", "adoption"),
    "ofsted-ilacs-2018": ("overall-effectiveness", "help-and-protection", "in-care-and-care-leavers"),
    "ofsted-ilacs-2023": ("overall-effectiveness", "in-care", "care-leavers"),
    "ofsted-ilacs-visit": (),
}
VERBS = ("Improve", "Ensure the timeliness of", "Record", "Raise the quality of")
SUBJECTS = (
    "return home interviews",
    "pathway plans for care leavers",
    "private fostering arrangements",
    "supervision of social workers",
    "child protection conferences",
    "multi-agency audits",
)
TEXTS = st.lists(
    st.builds("{} {}".format, st.sampled_from(VERBS), st.sampled_from(SUBJECTS)), min_size=1, max_size=2
).map(" and ".join)


@st.composite
def series(draw: st.DrawFn, least: int = 1) -> list[Inspection]:
    """Up to five inspections of one provider in five years, under any frameworks."""
    years = sorted(draw(st.sets(st.integers(2012, 2024), min_size=least, max_size=5)))
    return [draw(one(year)) for year in years]


@st.composite
def one(draw: st.DrawFn, year: int) -> Inspection:
    framework = draw(st.sampled_from(sorted(FRAMEWORKS)))
    texts = draw(st.lists(TEXTS, max_size=4))
    day = date(year, 3, 1)
    judgements = []
    for area in FRAMEWORKS[framework]:
        grade = draw(st.sampled_from((None, "good", "inadequate")))
        missing = None if grade else draw(st.sampled_from(("unreadable", "not_inspected")))
        judgements.append(Judgement(area=area, label=area, grade=grade, missing=missing))
    return Inspection(
        id=f"northmoor-{year}-03",
        framework=framework,
        title="Inspection",
        provider=PROVIDER,
        inspected=(Period(start=day, end=day),),
        published=Published(date=day),
        judgements=tuple(judgements),
        recommendations=tuple(
            Recommendation(id=f"R{n}", text=text, kind="recommendation") for n, text in enumerate(texts, 1)
        ),
    )


def ref(inspection: Inspection, id: str) -> RecommendationRef:
    text = next(r.text for r in inspection.recommendations if r.id == id)
    return RecommendationRef(inspection=inspection.id, id=id, text_sha=text_sha(text)[:12])


def plain(history: History) -> Any:
    return json.loads(data_files.dump(history, to="json"))


@FEW
@given(series())
def test_every_recommendation_stands_in_one_thread_and_every_judgement_on_a_path(inspections: list[Inspection]) -> None:
    history = build_history(inspections)
    items = Counter((i.inspection, i.recommendation) for t in history.threads for i in t.items)
    assert items == Counter((i.id, r.id) for i in inspections for r in i.recommendations)
    points = {(p.inspection, p.area) for path in history.grade_paths for p in path.points if p.area}
    assert points == {(i.id, j.area) for i in inspections for j in i.judgements}


@FEW
@given(series())
def test_states_of_items_add_up_and_cells_say_each_thread_once(inspections: list[Inspection]) -> None:
    history = build_history(inspections)
    for i in inspections:
        assert sum(history.summary.items[i.id].values()) == len(i.recommendations)
        here = [c for t in history.threads for c in t.cells if c.inspection == i.id]
        assert sum(history.summary.cells[i.id].values()) == len(here)
        stated = Counter(name for c in here for name in c.items)
        assert stated == Counter(r.id for r in i.recommendations)
    for thread in history.threads:
        inspections_of = [c.inspection for c in thread.cells]
        assert inspections_of == sorted(set(inspections_of), key=inspections_of.index)
        assert thread.cells[0].inspection == thread.first_stated
    assert sum(history.summary.labels.values()) == history.summary.threads == len(history.threads)


@FEW
@given(series(), st.randoms())
def test_the_order_they_are_given_in_does_not_matter(inspections: list[Inspection], random: Any) -> None:
    shuffled = list(inspections)
    random.shuffle(shuffled)
    assert plain(build_history(shuffled)) == plain(build_history(inspections))


@FEW
@given(series(least=2), st.data())
def test_an_inspection_that_is_added_never_rewrites_a_confirmed_edge(
    inspections: list[Inspection], data: st.DataObject
) -> None:
    listing = [i for i in inspections if i.recommendations]
    assume(len(listing) >= 2)
    earlier, later = listing[0], listing[1]
    names = [data.draw(st.sampled_from([r.id for r in i.recommendations])) for i in (earlier, later)]
    confirmed = LinkDecision(
        earlier=ref(earlier, names[0]), later=ref(later, names[1]), verdict="confirmed", by="A", on=date(2025, 1, 1)
    )
    decisions = Decisions(links=(confirmed,))
    line = {i.id: i.line for i in build_history(inspections).inspections}
    assume(line[earlier.id] == line[later.id])
    for some in ([earlier, later], inspections):
        if len({i.line for i in build_history(some).inspections}) > 1 and some is not inspections:
            continue
        history = build_history(some, decisions=decisions)
        (thread,) = [
            t for t in history.threads for i in t.items if (i.inspection, i.recommendation) == (later.id, names[1])
        ]
        item = next(i for i in thread.items if (i.inspection, i.recommendation) == (later.id, names[1]))
        links = [link for link in (item.link, *item.also) if link is not None]
        assert any((x.inspection, x.recommendation, x.basis) == (earlier.id, names[0], "confirmed") for x in links)
        assert item.link is not None
        assert item.link.basis == "confirmed"
        assert (earlier.id, names[0]) in {(i.inspection, i.recommendation) for i in thread.items}


@FEW
@given(series())
def test_back_means_that_somebody_looked_in_between(inspections: list[Inspection]) -> None:
    history = build_history(inspections)
    place = {i.id: n for n, i in enumerate(history.inspections)}
    for thread in history.threads:
        for item in thread.items:
            if item.state == "recurred":
                (cell,) = [c for c in thread.cells if c.inspection == item.inspection]
                assert cell.state in ("recurred", "split", "merged")
                gaps = [x for x in (item.link, *item.also) if x is not None and x.gap]
                assert gaps
                between = [
                    i for i in history.inspections if place[gaps[0].inspection] < place[i.id] < place[item.inspection]
                ]
                assert any(i.graded for i in between)


@FEW
@given(series())
def test_a_history_goes_through_yaml_and_json_unchanged(inspections: list[Inspection]) -> None:
    history = build_history(inspections)
    for form in ("json", "yaml"):
        text = data_files.dump(history, to=form)
        assert data_files.loads(text, History, name=f"h.{form}").value == history
