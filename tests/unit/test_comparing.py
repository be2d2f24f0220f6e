from __future__ import annotations

import random
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reportgen.comparing import compare
from reportgen.comparing.paragraphs import align, units
from reportgen.errors import InputError
from reportgen.matching import Options, thresholds_for
from reportgen.model import (
    Comparison,
    Conflict,
    Decisions,
    Declaration,
    Edge,
    Evidence,
    Fact,
    Footnote,
    GradeHere,
    Inspection,
    Inspector,
    ItemsParagraph,
    JudgementsHere,
    LinkDecision,
    ListItem,
    Period,
    PrintedTable,
    Provider,
    Published,
    RecommendationRef,
    RecommendationsHere,
    ScaleHere,
    ScalePoint,
    Section,
    Source,
    TableParagraph,
    Team,
    TextParagraph,
    text_sha,
)
from reportgen.model.framework import Limit
from tests.support.make_inspections import (
    BACK,
    EDGES,
    NEW,
    OLD,
    edge,
    framework,
    inspection,
    judgement,
    recommendation,
)


def across(earlier: Inspection, later: Inspection, edges: tuple[Edge, ...] = EDGES, **more) -> Comparison:
    """Compare an inspection under the old framework with one under the new."""
    return compare(earlier, later, frameworks=(OLD, NEW), edges=edges, **more)


def within(earlier: Inspection, later: Inspection, **more) -> Comparison:
    """Compare two inspections under the old framework."""
    return compare(earlier, later, frameworks=(OLD, OLD), **more)


def old(**more) -> Inspection:
    return inspection(2011, framework=OLD, **more)


def new(**more) -> Inspection:
    return inspection(2016, framework=NEW, **more)


def states(side) -> dict[str, str]:
    return {r.id: r.state for r in side}


def codes(comparison: Comparison) -> list[str]:
    return [notice.code for notice in comparison.notices]


FULL = old(
    type="standard",
    provider=Provider(name="Mull Ferries", short_name="Mull", kind="ferries", ids={"register": "77"}),
    lead_inspectors=(Inspector(name="A. Hay", title="HMI"), Inspector(name="B. Gow")),
    team=Team(size=3, text="three inspectors"),
    age_group="All",
    legal_basis=("Ferries Act 1901, section 4", "Ferries Rules 1950"),
    scale_as_printed=(ScalePoint(grade="good", printed="Good", meaning="as it should be"),),
    judgements=(
        judgement("overall", "fair"),
        judgement("safety", "poor", conflicts=(Conflict(value="fair"),)),
        judgement("crew", None, "not_inspected"),
        judgement("catering", None, "not_in_framework"),
    ),
    recommendations=(
        recommendation("R1", "Test lifeboats every month", timescale="at-once", areas=("safety", "crew"), number="1"),
        recommendation("R2", "Mend the wall", heading="Soon", references=("Rule 4",), addressee="harbour"),
        recommendation("R3", "Mend the wall", heading="Later"),
    ),
    sections=(
        Section(title="Findings", area="overall", paragraphs=(TextParagraph(number="1", text="The boats are old."),)),
        Section(
            title="Tables",
            level=2,
            paragraphs=(
                JudgementsHere(judgements=("overall", "safety"), caption="All grades", header=("Area", "Grade")),
                GradeHere(judgement="crew"),
                ScaleHere(scale=("good",)),
                TableParagraph(table=PrintedTable(caption="Boats", header=("Name", "Age"), rows=(("Iona", "40"),))),
            ),
        ),
        Section(
            title="Findings",
            paragraphs=(
                ItemsParagraph(items=(ListItem(text="oars", items=(ListItem(text="blades", number="a"),)),)),
                RecommendationsHere(recommendations=("R1", "R2", "R3"), heading="Soon"),
            ),
        ),
    ),
    footnotes=(Footnote(mark="1", text="Counted in May."),),
    facts=(
        Fact(key="boats", label="Boats", value=12, unit="boats"),
        Fact(key="boats", value=3, unit="boats", approximate=True),
    ),
    declarations=(Declaration(about="improvement", text="Much is better.", date="2009"),),
    missing={},
)


# -- nothing differs -------------------------------------------------------------------------------------------------


def test_an_inspection_beside_itself_does_not_differ() -> None:
    comparison = within(FULL, FULL)
    assert not comparison.differs
    assert comparison.other == ()
    assert comparison.notices == ()
    assert states(comparison.recommendations.later) == dict.fromkeys(("R1", "R2", "R3"), "carried_same")


def test_a_comparison_is_data_that_can_be_written_and_read() -> None:
    comparison = across(FULL, new(judgements=[judgement("overall", "good")]))
    again = Comparison.model_validate_json(comparison.model_dump_json())
    assert again == comparison


# -- judgements ------------------------------------------------------------------------------------------------------


def rows(earlier: Inspection, later: Inspection, edges: tuple[Edge, ...] = EDGES):
    return across(earlier, later, edges).judgements


def test_a_step_up_a_step_down_and_none() -> None:
    one = old(judgements=[judgement("overall", "poor"), judgement("safety", "superb"), judgement("crew", "good")])
    two = new(judgements=[judgement("overall", "good"), judgement("safety", "good"), judgement("people", "good")])
    assert [(r.change, r.steps, r.comparability) for r in rows(one, two)] == [
        ("improved", 2, "same"),
        ("declined", -1, "same"),
        ("maintained", 0, "approximate"),
    ]


def test_rows_carry_reason_and_source_of_their_edge() -> None:
    row = rows(old(judgements=[judgement("safety", "good")]), new(judgements=[judgement("safety", "good")]))[0]
    assert (row.reason, row.source) == ("made for a test", "the test")


def test_first_and_no_longer_judged() -> None:
    one, two = old(judgements=[judgement("catering", "good")]), new(judgements=[judgement("harbour", "poor")])
    assert [(r.change, r.steps) for r in rows(one, two)] == [("no_longer_judged", None), ("first_judged", None)]


def test_an_area_that_one_report_has_no_judgement_on() -> None:
    row = rows(old(judgements=[judgement("safety", "good")]), new())[0]
    assert (row.change, row.later) == ("no_longer_judged", None)
    assert row.reason == "the later report gives no grade for this area"


@pytest.mark.parametrize("missing", ["unreadable", "withheld", "not_published", "not_inspected"])
def test_the_reason_for_a_missing_grade_is_what_is_shown(missing: str) -> None:
    graded, without = [judgement("safety", "good")], [judgement("safety", None, missing)]
    assert rows(old(judgements=graded), new(judgements=without))[0].change == missing
    assert rows(old(judgements=without), new(judgements=graded))[0].change == missing


def test_of_two_reasons_the_same_one_is_shown_either_way() -> None:
    one, two = [judgement("safety", None, "withheld")], [judgement("safety", None, "not_inspected")]
    assert rows(old(judgements=one), new(judgements=two))[0].change == "withheld"
    assert rows(old(judgements=two), new(judgements=one))[0].change == "withheld"


def test_a_report_whose_judgements_are_not_published() -> None:
    one = old(judgements=[judgement("safety", "good")])
    assert rows(one, new(missing={"judgements": "not_published"}))[0].change == "not_published"


def test_no_direction_where_the_crosswalk_says_not_comparable() -> None:
    one, two = old(judgements=[judgement("safety", "poor")]), new(judgements=[judgement("safety", "good")])
    row = rows(one, two, (edge("safety", "safety", "not_comparable"),))[0]
    assert (row.change, row.steps, row.comparability) == ("not_comparable", None, "not_comparable")


def test_no_direction_between_scales_of_different_families() -> None:
    other = framework("harbours-2015", ("safety",), family="another")
    one = old(judgements=[judgement("safety", "poor")])
    two = inspection(2016, framework=other, judgements=[judgement("safety", "good")])
    row = compare(one, two, frameworks=(OLD, other), edges=(edge("safety", "safety"),)).judgements[0]
    assert (row.change, row.steps) == ("not_comparable", None)
    assert row.reason == "the two scales cannot be laid beside each other"


def test_a_grade_outside_the_scale_gives_no_direction() -> None:
    one, two = old(judgements=[judgement("safety", "splendid")]), new(judgements=[judgement("safety", "good")])
    assert rows(one, two)[0].change == "not_comparable"


def test_an_area_that_no_edge_names_still_has_its_row() -> None:
    one, two = old(judgements=[judgement("safety", "good")]), new(judgements=[judgement("people", "good")])
    found = rows(one, two, (edge("overall", "overall"),))
    assert [(r.change, r.earlier is None) for r in found] == [("not_comparable", False), ("not_comparable", True)]


def test_without_a_crosswalk_nothing_is_compared_and_a_notice_says_so() -> None:
    one, two = old(judgements=[judgement("safety", "good")]), new(judgements=[judgement("safety", "poor")])
    comparison = across(one, two, (edge("safety", None, "not_comparable"), edge(None, "safety", "not_comparable")))
    assert [r.change for r in comparison.judgements] == ["not_comparable", "not_comparable"]
    assert codes(comparison) == ["RG303"]


def test_a_grade_that_is_missing_on_both_sides_alike_is_no_difference() -> None:
    one = old(judgements=[judgement("safety", None, "not_inspected")])
    comparison = within(one, one)
    assert comparison.judgements[0].change == "not_inspected"
    assert not comparison.differs


# -- recommendations -------------------------------------------------------------------------------------------------

JUDGED = [judgement("overall", "good"), judgement("safety", "good")]


def test_states_of_the_earlier_side() -> None:
    one = old(
        recommendations=[
            recommendation("same", "Test lifeboats every month"),
            recommendation("reworded", "Train the deck crew in man-overboard drills"),
            recommendation("split", "Paint the funnels and varnish the handrails"),
            recommendation("not-restated", "Print a timetable", areas=("safety",)),
            recommendation("anywhere", "Answer letters"),
            recommendation("not-covered", "Serve hot soup", areas=("catering",)),
        ]
    )
    two = new(
        judgements=JUDGED,
        recommendations=[
            recommendation("S1", "test lifeboats every month."),
            recommendation("S2", "Train all deck crew in man-overboard drills at night"),
            recommendation("S3", "Paint the funnels"),
            recommendation("S4", "Varnish the handrails"),
            recommendation("S5", "Dredge the channel"),
        ],
    )
    found = across(one, two).recommendations
    assert states(found.earlier) == {
        "same": "carried_same",
        "reworded": "carried_reworded",
        "split": "split",
        "not-restated": "not_restated",
        "anywhere": "not_restated",
        "not-covered": "not_covered",
    }
    assert states(found.later) == {
        "S1": "carried_same",
        "S2": "carried_reworded",
        "S3": "carried_reworded",
        "S4": "carried_reworded",
        "S5": "new",
    }


def test_two_predecessors_are_merged() -> None:
    one = old(recommendations=["Paint the funnels", "Varnish the handrails"])
    two = new(judgements=JUDGED, recommendations=["Paint the funnels and varnish the handrails"])
    found = across(one, two).recommendations
    assert states(found.later) == {"R1": "merged"}
    assert states(found.earlier) == {"R1": "carried_reworded", "R2": "carried_reworded"}


def test_an_area_is_covered_only_where_the_later_inspection_looked() -> None:
    one = old(recommendations=[recommendation("R1", "Print a timetable", areas=("crew",))])

    def state(*judgements) -> str:
        return states(across(one, new(judgements=judgements)).recommendations.earlier)["R1"]

    assert state(judgement("people", "good")) == "not_restated"
    assert state(judgement("people", None, "not_published")) == "not_restated"
    assert state(judgement("people", None, "not_inspected")) == "not_covered"
    assert state(judgement("safety", "good")) == "not_covered"


def test_an_edge_that_is_not_comparable_covers_nothing() -> None:
    one = old(recommendations=[recommendation("R1", "Print a timetable", areas=("safety",))])
    two = new(judgements=JUDGED)
    edges = (edge("safety", "safety", "not_comparable"),)
    assert states(across(one, two, edges).recommendations.earlier) == {"R1": "not_covered"}


def test_without_any_edge_earlier_recommendations_are_not_comparable() -> None:
    one, two = old(recommendations=["Print a timetable"]), new(judgements=JUDGED, recommendations=["Dredge"])
    found = across(one, two, ()).recommendations
    assert states(found.earlier) == {"R1": "not_comparable"}
    assert states(found.later) == {"R1": "new"}


def test_a_candidate_comes_before_not_restated() -> None:
    one = old(recommendations=["Train the deck crew in man-overboard drills"])
    two = new(judgements=JUDGED, recommendations=["Train all deck crew in man-overboard drills at night"])
    found = across(
        one, two, options=Options(thresholds=replace(thresholds_for(None), accept=0.99, review=0.3))
    ).recommendations
    assert states(found.earlier) == {"R1": "needs_review"}
    assert states(found.later) == {"R1": "needs_review"}
    assert found.earlier[0].candidates[0].id == "R1"


def test_a_confirmed_link_carries_and_a_rejected_candidate_leaves() -> None:
    one = old(recommendations=["Train the deck crew in man-overboard drills", "Print a timetable"])
    two = new(judgements=JUDGED, recommendations=["Train all deck crew in man-overboard drills at night", "Dredge"])

    def ref(side: Inspection, n: int) -> RecommendationRef:
        found = side.recommendations[n]
        return RecommendationRef(inspection=side.id, id=found.id, text_sha=text_sha(found.text))

    def decided(n: int, verdict: str) -> LinkDecision:
        return LinkDecision(earlier=ref(one, n), later=ref(two, n), verdict=verdict, by="A.", on=date(2020, 1, 1))

    decisions = Decisions(links=(decided(0, "rejected"), decided(1, "confirmed")))
    found = across(one, two, decisions=decisions).recommendations
    assert states(found.earlier) == {"R1": "not_restated", "R2": "carried_reworded"}
    assert [(link.basis, link.confidence) for link in found.links] == [("confirmed", "certain")]
    wrong = decided(1, "confirmed").model_copy(update={"earlier": ref(one, 1).model_copy(update={"id": "R1"})})
    with pytest.raises(InputError, match="RG115"):
        across(one, two, decisions=Decisions(links=(wrong,)))


def test_a_link_shows_its_edits_and_its_change_of_timescale() -> None:
    one = old(recommendations=[recommendation("R1", "Test lifeboats every month", timescale="three-months")])
    two = new(recommendations=[recommendation("S1", "Test lifeboats every week", timescale="six-months")])
    link = across(one, two).recommendations.links[0]
    assert "".join(e.text for e in link.edits if e.op != "ins") == "Test lifeboats every month"
    assert "".join(e.text for e in link.edits if e.op != "del") == "Test lifeboats every week"
    assert link.timescale_change is not None
    assert (link.timescale_change.earlier, link.timescale_change.later) == ("Three months", "Six months")


def test_a_changed_figure_in_equal_letters_is_seen() -> None:
    one, two = old(recommendations=["Act within 3 days"]), old(recommendations=["Act within 5 days"])
    comparison = within(one, two)
    assert states(comparison.recommendations.later) == {"R1": "carried_reworded"}
    assert comparison.differs


def test_a_changed_sign_is_no_new_state_but_a_difference() -> None:
    one, two = old(recommendations=["Act within 3 days"]), old(recommendations=["Act within 3 days."])
    comparison = within(one, two)
    assert states(comparison.recommendations.later) == {"R1": "carried_same"}
    assert comparison.recommendations.links[0].edits
    assert comparison.differs


def test_the_printed_fields_of_a_recommendation_travel_with_it() -> None:
    found = across(FULL, new()).recommendations.earlier[0]
    assert (found.number, found.timescale, found.timescale_label) == ("1", "at-once", "At once")


def test_mentions_point_to_the_sentence_that_fits_best() -> None:
    one = old(recommendations=["Test lifeboats every month and record the results"])
    two = new(
        judgements=JUDGED,
        paragraphs=[
            "The harbour is deep. Ships come and go.",
            "The saloon is warm. Lifeboats are now tested each month, and the results recorded. The crew sings.",
            "Passengers wait too long.",
        ],
    )
    mention = across(one, two).recommendations.earlier[0].mentions
    assert [(m.paragraph, m.text) for m in mention] == [
        ("2", "Lifeboats are now tested each month, and the results recorded.")
    ]
    assert "lifeboats" in mention[0].shared
    assert 0 < mention[0].score <= 1


def test_at_most_three_mentions_best_first() -> None:
    one = old(recommendations=["Test lifeboats every month"])
    two = new(paragraphs=[f"Lifeboats were tested in month {n}." for n in range(6)] + ["The harbour is deep."] * 9)
    mentions = across(one, two).recommendations.earlier[0].mentions
    assert len(mentions) == 3
    assert [m.score for m in mentions] == sorted((m.score for m in mentions), reverse=True)


# -- paragraphs ------------------------------------------------------------------------------------------------------


def paragraphs(earlier: list[str], later: list[str]):
    return within(old(paragraphs=earlier), inspection(2014, paragraphs=later)).paragraphs


def told(changes) -> list[tuple[str, str | None, str | None]]:
    return [(c.state, c.earlier and c.earlier.text, c.later and c.later.text) for c in changes if c.state != "same"]


def test_added_removed_and_changed_paragraphs() -> None:
    one = ["The boats are old but sound.", "The pier is long.", "Tickets are sold on board by the mate."]
    two = ["The boats are old but very sound.", "Tickets are sold on board by the mate.", "There is a new bell."]
    assert told(paragraphs(one, two)) == [
        ("changed", one[0], two[0]),
        ("removed", "The pier is long.", None),
        ("added", None, "There is a new bell."),
    ]


def test_changed_paragraphs_have_edits_that_rebuild_both() -> None:
    found = paragraphs(["The boats are old but sound."], ["The boats are old but not sound."])
    change = next(c for c in found if c.edits)
    assert change.similarity is not None
    assert 0.8 < change.similarity < 1
    assert "".join(e.text for e in change.edits if e.op != "ins") == "The boats are old but sound."
    assert "".join(e.text for e in change.edits if e.op != "del") == "The boats are old but not sound."


def test_a_moved_paragraph_is_seen_as_moved_and_the_others_stay() -> None:
    texts = [f"Paragraph on the {name} of the island." for name in ("north", "south", "east", "west")]
    moved = [texts[3], *texts[:3]]
    assert told(paragraphs(texts, moved)) == [("moved", texts[3], texts[3])]


def test_a_paragraph_may_move_and_change() -> None:
    one = ["The boats are old but sound and clean.", "The pier is long and was built by hand.", "A bell rings at noon."]
    two = ["The pier is long and was built by hand.", "A bell rings at noon.", "The boats are old but sound and tidy."]
    assert told(paragraphs(one, two)) == [("moved_changed", one[0], two[2])]


def test_another_number_alone_is_a_difference_but_no_new_state() -> None:
    section = Section(title="Findings", paragraphs=(TextParagraph(number="1", text="The boats are old."),))
    other = Section(title="Findings", paragraphs=(TextParagraph(number="2", text="The boats are old."),))
    comparison = within(old(sections=(section,)), old(sections=(other,)))
    assert {c.state for c in comparison.paragraphs} == {"same"}
    assert comparison.differs


def test_every_printed_piece_is_a_unit() -> None:
    assert [(u.kind, u.text) for u in units(FULL)] == [
        ("heading", "Findings"),
        ("text", "The boats are old."),
        ("heading", "Tables"),
        ("caption", "All grades"),
        ("row", "Area | Grade"),
        ("caption", "Boats"),
        ("row", "Name | Age"),
        ("row", "Iona | 40"),
        ("heading", "Findings"),
        ("item", "oars"),
        ("item", "blades"),
        ("footnote", "Counted in May."),
    ]


def test_a_paragraph_that_became_an_item_is_still_the_paragraph() -> None:
    one = old(sections=(Section(title="F", paragraphs=(TextParagraph(text="The boats are old."),)),))
    item = ItemsParagraph(items=(ListItem(text="The boats are old."),))
    comparison = within(one, old(sections=(Section(title="F", paragraphs=(item,)),)))
    assert {c.state for c in comparison.paragraphs} == {"same"}
    assert [o.path for o in comparison.other] == ["sections[F].holds[0]"]


def test_equal_titles_stay_with_their_own_section() -> None:
    laid = align(units(FULL), units(FULL))
    assert all(pair.earlier == pair.later and not pair.moved for pair in laid)


# -- facts -----------------------------------------------------------------------------------------------------------


def fact(earlier: Fact | None, later: Fact | None, compared=within):
    one, two = old(facts=(earlier,) if earlier else ()), inspection(2014, facts=(later,) if later else ())
    if compared is across:
        two = two.model_copy(update={"framework": NEW.key})
    return compared(one, two).facts[0]


def boats(value: float, **more) -> Fact:
    return Fact(**{"key": "boats", "value": value, "unit": "boats", **more})


def test_a_figure_that_grew() -> None:
    found = fact(boats(8), boats(12))
    assert (found.difference, found.percent, found.comparability) == (4, 50.0, "same")


def test_figures_without_a_counterpart() -> None:
    assert fact(boats(8), None).difference is None
    assert fact(None, boats(8)).earlier is None


def test_an_approximate_figure_and_another_framework_make_it_approximate() -> None:
    assert fact(boats(8), boats(8, approximate=True)).comparability == "approximate"
    assert fact(boats(8), boats(8), across).comparability == "approximate"


def test_another_unit_is_not_compared() -> None:
    found = fact(boats(8), boats(8, unit="tons"))
    assert (found.difference, found.comparability, found.reason) == (None, "not_comparable", "boats against tons")


def test_no_percentage_of_nothing() -> None:
    assert fact(boats(0), boats(3)).percent is None


def test_decimals_do_not_leave_dust() -> None:
    assert fact(boats(0.1), boats(0.3)).difference == 0.2


# -- everything else -------------------------------------------------------------------------------------------------


def section(n: int, **more) -> dict[str, object]:
    return {"sections": tuple(s.model_copy(update=more) if i == n else s for i, s in enumerate(FULL.sections))}


def holding(n: int, *paragraphs) -> dict[str, object]:
    return section(n, paragraphs=paragraphs)


def one_recommendation(**more) -> dict[str, object]:
    first, *rest = FULL.recommendations
    return {"recommendations": (first.model_copy(update=more), *rest)}


@pytest.mark.parametrize(
    ("update", "path"),
    [
        ({"title": "Another title"}, "title"),
        ({"status": "draft"}, "status"),
        ({"type": "short"}, "type"),
        ({"age_group": "Adults"}, "age_group"),
        ({"provider": FULL.provider.model_copy(update={"name": "Mull Boats"})}, "provider.name"),
        ({"provider": FULL.provider.model_copy(update={"kind": "boats"})}, "provider.kind"),
        ({"inspected": (Period(start=date(2011, 5, 2), end=date(2011, 5, 7)),)}, "inspected[0]"),
        ({"published": Published(date=date(2011, 7, 2))}, "published.date"),
        ({"lead_inspectors": FULL.lead_inspectors[::-1]}, "lead_inspectors[0]"),
        ({"team": Team(size=4, text="three inspectors")}, "team.size"),
        ({"legal_basis": ("Ferries Act 1901, section 4",)}, "legal_basis[1]"),
        ({"scale_as_printed": ()}, "scale_as_printed[0]"),
        ({"missing": {"published": "withheld"}}, "missing.published"),
        ({"declarations": (Declaration(about="improvement", text="Little is better."),)}, "declarations[0]"),
        ({"judgements": (judgement("overall", "fair", label="All"), *FULL.judgements[1:])}, "judgements.overall.label"),
        (
            {"judgements": (judgement("overall", "fair", printed="FAIR"), *FULL.judgements[1:])},
            "judgements.overall.printed",
        ),
        (
            {"judgements": (FULL.judgements[0], judgement("safety", "poor"), *FULL.judgements[2:])},
            "judgements.safety.conflicts[0]",
        ),
        (one_recommendation(kind="must"), "recommendations[R1].kind"),
        (one_recommendation(addressee="crew"), "recommendations[R1].addressee"),
        (one_recommendation(areas=("safety",)), "recommendations[R1].areas[0]"),
        (one_recommendation(references=("Rule 9",)), "recommendations[R1].references[0]"),
        (one_recommendation(heading="Soon"), "recommendations[R1].heading"),
        (one_recommendation(number="2"), "recommendations[R1].number"),
        ({"facts": (boats(12, label="Ships"), FULL.facts[1])}, "facts[boats (2)].label"),
        ({"facts": (FULL.facts[0], boats(3))}, "facts.boats.approximate"),
        (section(0, area="safety"), "sections[Findings].area"),
        (section(1, level=1), "sections[Tables].level"),
        (holding(1, *FULL.sections[1].paragraphs[::-1]), "sections[Tables].holds"),
        (holding(1, *FULL.sections[1].paragraphs[:1], *FULL.sections[1].paragraphs[2:]), "sections[Tables].holds"),
        (
            holding(
                2,
                ItemsParagraph(items=(ListItem(text="oars"), ListItem(text="blades", number="a"))),
                FULL.sections[2].paragraphs[1],
            ),
            "sections[Findings (2)].holds",
        ),
        (
            holding(
                2,
                FULL.sections[2].paragraphs[0],
                RecommendationsHere(recommendations=("R1", "R2", "R3"), heading="At once"),
            ),
            "sections[Findings (2)].holds",
        ),
        (
            holding(
                2, FULL.sections[2].paragraphs[0], RecommendationsHere(recommendations=("R1", "R2"), heading="Soon")
            ),
            "sections[Findings (2)].holds",
        ),
    ],
)
def test_nothing_changes_unseen(update: dict[str, object], path: str) -> None:
    other = FULL.model_copy(update=update)
    comparison = within(FULL, other)
    assert any(change.path.startswith(path) for change in comparison.other), comparison.other
    assert comparison.differs
    back = within(other, FULL)
    assert len(back.other) == len(comparison.other)


def test_only_what_no_view_shows_is_listed() -> None:
    comparison = within(FULL, FULL.model_copy(update={"status": "draft"}))
    assert [(o.path, o.change, o.earlier, o.later) for o in comparison.other] == [
        ("status", "changed", "final", "draft")
    ]


def test_evidence_and_source_are_no_content() -> None:
    first = FULL.declarations[0].model_copy(update={"evidence": (Evidence(page=3),)})
    other = FULL.model_copy(update={"source": Source(file="x.txt"), "declarations": (first,)})
    assert not within(FULL, other).differs


def test_the_order_of_what_is_data_does_not_matter() -> None:
    turned = {name: getattr(FULL, name)[::-1] for name in ("judgements", "recommendations", "facts", "declarations")}
    assert not within(FULL, FULL.model_copy(update=turned)).differs


def test_deepdiff_is_not_imported_where_nothing_is_left_to_say() -> None:
    program = """
import sys
from reportgen.comparing import compare
from tests.support.make_inspections import OLD, inspection
x = inspection(paragraphs=["Boats."])
compare(x, x, frameworks=(OLD, OLD))
assert "deepdiff" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])


# -- notices, options, summary ---------------------------------------------------------------------------------------


def test_different_providers_are_noticed() -> None:
    other = new(id="skye-ferries-2016-05", provider=Provider(name="Skye Ferries"))
    assert codes(across(old(), other)) == ["RG301"]


@pytest.mark.parametrize(
    "provider",
    [
        Provider(name="Ferries of Mull", short_name="Mull"),
        Provider(name="MULL FERRIES"),
        Provider(name="Another", ids={"register": "77"}),
    ],
)
def test_one_provider_under_two_names(provider: Provider) -> None:
    one = old(provider=Provider(name="Mull Ferries", short_name="Mull", ids={"register": "77"}))
    assert codes(across(one, new(id="elsewhere-2016-05", provider=provider))) == []


def test_another_number_in_the_register_is_another_provider() -> None:
    one, two = (Provider(name="Mull Ferries", ids={"register": n}) for n in ("77", "78"))
    assert codes(across(old(provider=one), new(provider=two))) == ["RG301"]


def test_the_wrong_order_of_time_is_noticed() -> None:
    assert codes(compare(new(), old(), frameworks=(NEW, OLD), edges=BACK)) == ["RG302"]


def test_a_summary_is_not_laid_beside_a_printed_text() -> None:
    one = old(wording="summary", recommendations=["Test lifeboats every month"], paragraphs=["Boats are old."])
    two = new(recommendations=["Test lifeboats each month"], paragraphs=["Boats are old."])
    comparison = across(one, two)
    assert codes(comparison) == ["RG306"]
    assert comparison.paragraphs == ()
    link = comparison.recommendations.links[0]
    assert (link.confidence, link.edits) == ("possible", ())


def test_two_summaries_are_compared_with_a_word_of_caution() -> None:
    one = old(wording="summary", paragraphs=["Boats are old."])
    comparison = within(one, one)
    assert [(n.code, n.level) for n in comparison.notices] == [("RG306", "info")]
    assert not comparison.differs


def test_options_and_rules_are_recorded() -> None:
    options = across(old(), new(), options=Options(thresholds=replace(thresholds_for(None), accept=0.5))).options
    assert options["matching"]["accept"] == 0.5
    assert options["matching"]["rules"]
    assert options["paragraphs"]["rules"]


def test_the_summary_counts_with_both_ends_of_the_range() -> None:
    one = old(recommendations=["Test lifeboats every month and paint the funnels", "Dredge the channel"])
    two = new(judgements=JUDGED, recommendations=["Paint all boats, lifeboats among them, with funnels last"])
    summary = across(one, two).summary
    assert sum(summary.earlier.values()) == sum(summary.strict.earlier.values()) == 2
    assert sum(summary.later.values()) == sum(summary.lenient.later.values()) == 1
    assert summary.strict.links <= summary.links <= summary.lenient.links
    assert summary.judgements == summary.strict.judgements == {"first_judged": 2}


# -- time ------------------------------------------------------------------------------------------------------------


def test_two_reports_of_six_thousand_words_are_quick() -> None:
    rng = random.Random(5)
    known = [f"{a}{b}{c}" for a in "bdfglmnprst" for b in ("a", "e", "io", "u") for c in ("", "n", "rd", "st", "ling")]

    def text(count: int) -> str:
        return " ".join(rng.choice(known) for _ in range(count)).capitalize() + "."

    texts = [text(100) for _ in range(60)]
    changed = [" ".join(w if rng.random() > 0.1 else rng.choice(known) for w in t.split()) for t in texts[5:]]
    one = old(judgements=JUDGED, recommendations=[text(25) for _ in range(20)], paragraphs=texts)
    two = new(judgements=JUDGED, recommendations=[text(25) for _ in range(20)], paragraphs=[*changed, text(500)])
    across(one, two)
    began = time.perf_counter()
    comparison = across(one, two)
    assert time.perf_counter() - began < 3  # 0.2 s on a quiet machine
    assert comparison.summary.paragraphs["changed"] == 55


# -- in short, and what is to be read with care ----------------------------------------------------------------------


def test_the_whole_in_one_paragraph_is_hedged_as_the_evidence_is() -> None:
    one = old(judgements=JUDGED, recommendations=["Train the deck crew in man-overboard drills", "Mend the wall"])
    two = new(judgements=JUDGED, recommendations=["Train all deck crew in man-overboard drills", "Paint the ships"])
    said = across(one, two).in_short
    assert "1 is stated again" in said
    assert "1 is not repeated, which does not mean that it was carried out" in said
    assert "1 of the 2 later recommendations is new" in said
    assert "inferred from wording, which was not measured for this kind of report" in said
    assert "resolved" not in said


def test_nothing_that_differs_is_said_in_one_sentence() -> None:
    one = old(recommendations=["Mend the wall"])
    assert within(one, one).in_short == ("The two inspections do not differ in anything that is compared.")


def test_grades_that_a_limiting_rule_makes_unusual_are_noticed() -> None:
    rule = Limit(areas=("safety",), grade="poor", overall="overall", at_most="fair", source="the handbook, page 3")
    strict = OLD.model_copy(update={"limits": (rule,)})
    one = old(judgements=[judgement("overall", "superb"), judgement("safety", "poor")])
    found = compare(one, new(), frameworks=(strict, NEW), edges=EDGES).notices
    assert [(n.code, n.level) for n in found if n.code == "RG125"] == [("RG125", "warning")]
    assert "the handbook, page 3" in next(n.message for n in found if n.code == "RG125")
