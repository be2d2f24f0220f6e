from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from reportgen.errors import InputError, InputErrors
from reportgen.matching import (
    Rulings,
    Thresholds,
    decide,
    match,
    rulings_for,
    same_letters,
    same_text,
    score,
    thresholds_for,
)
from reportgen.matching.texts import weight, weighty
from reportgen.model import (
    Decisions,
    Declaration,
    Inspection,
    LinkDecision,
    Recommendation,
    RecommendationRef,
    text_sha,
)
from reportgen.model.decisions import Closure
from tests.support.make_inspections import inspection, recommendation

EARLIER = [
    recommendation("R1", "Ensure that lifeboats on every vessel are tested each month and the results recorded"),
    recommendation("R2", "Improve the training of deck crew in man-overboard drills"),
    recommendation("R3", "Review the menu in the saloon"),
]
LATER = [
    recommendation("S1", "Train all deck crew in drills, including man-overboard drills at night"),
    recommendation("S2", "Ensure that lifeboats are tested monthly, and that results are recorded and acted on"),
    recommendation("S3", "Mend the harbour wall"),
]


def limits(**more: float) -> Thresholds:
    return replace(thresholds_for(None), **more)


def pairs(matching) -> set[tuple[str, str]]:
    return {(link.earlier, link.later) for link in matching.links}


def ref(of: Inspection, named: str, /, **more) -> RecommendationRef:
    found = next(r for r in of.recommendations if r.id == named)
    return RecommendationRef(**{"inspection": of.id, "id": named, "text_sha": text_sha(found.text)[:12], **more})


def decision(earlier: RecommendationRef, later: RecommendationRef, verdict: str = "confirmed", **more) -> LinkDecision:
    return LinkDecision(
        **{"earlier": earlier, "later": later, "verdict": verdict, "by": "A. Reader", "on": date(2020, 1, 1), **more}
    )


OLD = inspection(2011, recommendations=EARLIER)
NEW = inspection(2016, recommendations=LATER)


# -- words that count ------------------------------------------------------------------------------------------------


def test_phrases_of_the_genre_and_stop_words_say_nothing() -> None:
    assert set(weighty("Ensure that the quality of lifeboats is improved").values()) == {"lifeboats", "improved"}
    assert set(weighty("Take immediate action to review harbours").values()) == {"harbours"}


def test_a_text_of_nothing_but_phrases_keeps_its_words() -> None:
    assert weighty("Improve the quality of practice")


def test_forms_of_a_word_are_one_word() -> None:
    assert weighty("plans planning planned plan").keys() == weighty("plan").keys()
    assert weighty("enquiries").keys() == weighty("enquiry").keys()
    assert weighty("process").keys() == weighty("processes").keys()
    assert weighty("the crew's boat").keys() == weighty("crews’ boats").keys()


def test_rare_words_weigh_more() -> None:
    assert weight("lifeboat") > weight("neglect") > weight("plan") > 0


@pytest.mark.parametrize(
    ("a", "b", "letters", "text"),
    [
        ("Test boats.", "test   BOATS", True, True),
        ("Test 3 boats", "Test 5 boats", True, False),
        ("Test boats", "Test oars", False, False),
        ("Δοκιμή", "Έλεγχος", False, False),
        ("5", "6", False, False),
    ],
)
def test_same_letters_and_same_text(a: str, b: str, letters: bool, text: bool) -> None:
    assert same_letters(a, b) is letters
    assert same_text(a, b) is text


# -- scores ----------------------------------------------------------------------------------------------------------


def test_scores_mirror_and_do_not_depend_on_order() -> None:
    there = {c.pair: c.score for c in score(EARLIER, LATER).cells.values()}
    back = {c.pair[::-1]: c.score for c in score(LATER[::-1], EARLIER[::-1]).cells.values()}
    assert there == back
    assert there


def test_scores_lie_between_nothing_and_one() -> None:
    scores = score(EARLIER, [*LATER, recommendation("S9", EARLIER[0].text)])
    assert scores.cells["R1", "S9"].score == 1.0
    assert all(0 < cell.score <= 1 for cell in scores.cells.values())


def test_what_comes_first_counts_most() -> None:
    tail = "so that visitors, residents, pilots, stewards, engineers and cooks know"
    later = [recommendation("S1", f"Lifeboats {tail}"), recommendation("S2", "Lifeboats")]
    earlier = [recommendation("R1", f"Lifeboats {tail}"), recommendation("R2", f"{tail} lifeboats")]
    scores = score(earlier, later)
    assert scores.cells["R1", "S2"].score > scores.cells["R2", "S2"].score


def test_long_lists_stay_quick_and_right() -> None:
    earlier = [recommendation(f"R{n}", f"Ensure that pier {n} has ladder number q{n}x{n * 7}") for n in range(400)]
    later = [recommendation(f"S{n}", f"Make sure pier {n} has a ladder, number q{n}x{n * 7}") for n in range(400)]
    found = pairs(match(earlier, later))
    assert sum((f"R{n}", f"S{n}") in found for n in range(400)) > 380


# -- the inferred rung -----------------------------------------------------------------------------------------------


def test_reworded_recommendations_are_found_with_reasons() -> None:
    matching = match(EARLIER, LATER)
    assert pairs(matching) == {("R1", "S2"), ("R2", "S1")}
    link = next(link for link in matching.links if link.earlier == "R1")
    assert link.basis == "inferred"
    assert link.confidence == "strong"
    assert link.relation == "reworded"
    assert "lifeboats" in link.reasons.shared
    assert len(link.reasons.shared) <= 6
    assert link.reasons.only_earlier == ("vessel",)
    assert link.reasons.only_later == ("acted",)
    assert link.edits == ()


def test_links_stand_in_the_order_of_the_lists() -> None:
    assert [link.earlier for link in match(EARLIER, LATER).links] == ["R1", "R2"]
    assert [link.earlier for link in match(EARLIER[::-1], LATER).links] == ["R2", "R1"]


def test_relation_narrowed_and_broadened() -> None:
    short = [recommendation("A", "Test lifeboats and life rafts")]
    long = [recommendation("B", "Test lifeboats, life rafts and distress rockets")]
    assert match(short, long).links[0].relation == "broadened"
    assert match(long, short).links[0].relation == "narrowed"


def test_one_earlier_recommendation_may_have_two_successors() -> None:
    earlier = [recommendation("R1", "Inspect lifeboats and inspect distress rockets")]
    later = [recommendation("S1", "Inspect lifeboats"), recommendation("S2", "Inspect distress rockets")]
    assert pairs(match(earlier, later)) == {("R1", "S1"), ("R1", "S2")}


def test_below_the_threshold_a_candidate_waits_for_review() -> None:
    scores = score(EARLIER, LATER)
    high = decide(scores, Rulings(), limits(accept=0.99, review=0.3))
    assert high.links == ()
    assert high.review == (frozenset({"R1", "R2"}), frozenset({"S1", "S2"}))
    assert [c.id for c in high.earlier["R1"]] == ["S2"]
    assert high.earlier["R3"] == ()


def test_a_doubtful_link_without_a_lead_is_left_to_review() -> None:
    earlier = [recommendation("R1", "Inspect lifeboats")]
    later = [
        recommendation("S1", "Inspect lifeboats in the northern harbour with pilots"),
        recommendation("S2", "Inspect lifeboats in the southern harbour with pilots"),
    ]
    scores = score(earlier, later)
    best = max(cell.score for cell in scores.cells.values())
    unsure = limits(accept=best - 0.1, review=best - 0.2, margin=0.9, likely=0.99)
    assert decide(scores, Rulings(), unsure).links == ()
    assert decide(scores, Rulings(), unsure).review[0] == {"R1"}
    assert len(decide(scores, Rulings(), limits(accept=best - 0.1, margin=0.0, likely=0.99)).links) > 0


def test_strict_and_lenient_are_the_ends_of_the_range() -> None:
    scores = score(EARLIER, LATER)
    usual = limits()
    found = [pairs(decide(scores, Rulings(), each)) for each in (usual.strict(), usual, usual.lenient())]
    assert found[0] <= found[1] <= found[2]
    assert usual.strict().accept > usual.accept > usual.lenient().accept


def test_the_runner_up_is_the_next_best_on_either_side() -> None:
    later = [*LATER, recommendation("S4", "Test lifeboats")]
    link = next(x for x in match(EARLIER, later).links if (x.earlier, x.later) == ("R1", "S2"))
    assert link.runner_up is not None
    assert (link.runner_up.earlier, link.runner_up.later) == ("R1", "S4")


def test_a_candidate_may_be_shown_that_nobody_need_decide_on() -> None:
    matching = decide(score(EARLIER, LATER), Rulings(), limits(accept=0.99, review=0.98, show=0.3))
    assert [c.id for c in matching.earlier["R1"]] == ["S2"]
    assert matching.review == (frozenset(), frozenset())


def test_at_most_three_candidates_are_shown() -> None:
    later = [recommendation(f"S{n}", f"Test lifeboats in harbour {n}") for n in range(8)]
    matching = decide(score(EARLIER, later), Rulings(), limits(accept=0.99, review=0.01))
    assert len(matching.earlier["R1"]) == 3


def test_empty_lists() -> None:
    assert match([], []).links == ()
    assert match([], LATER).later == {"S1": (), "S2": (), "S3": ()}


# -- the exact rung --------------------------------------------------------------------------------------------------


def test_equal_letters_are_certain() -> None:
    link = match([recommendation("R1", "Mend the wall.")], [recommendation("S1", "mend the wall")]).links[0]
    assert (link.basis, link.confidence, link.score, link.relation) == ("exact", "certain", 1.0, "same")


def test_another_figure_is_another_wording() -> None:
    link = match([recommendation("R1", "Act within 3 days")], [recommendation("S1", "Act within 5 days")]).links[0]
    assert (link.basis, link.confidence, link.relation) == ("exact", "certain", "reworded")


def test_an_exact_pair_takes_no_further_links() -> None:
    text = "Test lifeboats every month"
    later = [recommendation("S1", text), recommendation("S2", "Test lifeboats each month")]
    assert pairs(match([recommendation("R1", text)], later)) == {("R1", "S1")}


def test_of_equal_texts_each_goes_with_the_one_that_agrees_most() -> None:
    def twice(one: str, two: str) -> list[Recommendation]:
        return [
            recommendation(one, "Mend the wall", timescale="at-once"),
            recommendation(two, "Mend the wall", timescale="six-months"),
        ]

    assert pairs(match(twice("R1", "R2"), twice("S1", "S2")[::-1])) == {("R1", "S1"), ("R2", "S2")}
    assert pairs(match(twice("R1", "R2"), twice("S1", "S2")[:1])) == {("R1", "S1"), ("R2", "S1")}


# -- decisions -------------------------------------------------------------------------------------------------------


def settled(*links: LinkDecision, earlier: Inspection = OLD, later: Inspection = NEW):
    rulings, notices = rulings_for(earlier, later, Decisions(links=links))
    assert notices == ()
    return match(earlier.recommendations, later.recommendations, rulings=rulings)


def test_a_confirmed_pair_is_a_link_whatever_its_score() -> None:
    matching = settled(decision(ref(OLD, "R3"), ref(NEW, "S3"), relation="narrowed", note="seen on site"))
    link = next(x for x in matching.links if x.earlier == "R3")
    assert (link.basis, link.confidence, link.score, link.relation) == ("confirmed", "certain", None, "narrowed")
    assert link.note == "seen on site"


def test_a_confirmed_pair_mirrors_with_its_relation() -> None:
    made = decision(ref(OLD, "R3"), ref(NEW, "S3"), relation="narrowed")
    link = next(x for x in settled(made, earlier=NEW, later=OLD).links if x.later == "R3")
    assert (link.earlier, link.relation) == ("S3", "broadened")


def test_a_person_cannot_make_different_words_the_same() -> None:
    matching = settled(decision(ref(OLD, "R1"), ref(NEW, "S2"), relation="same"))
    assert next(x for x in matching.links if x.earlier == "R1").relation == "reworded"


def test_a_rejected_pair_never_returns() -> None:
    matching = settled(decision(ref(OLD, "R1"), ref(NEW, "S2"), "rejected"))
    assert ("R1", "S2") not in pairs(matching)
    assert [(c.id, c.rejected) for c in matching.earlier["R1"]] == [("S2", True)]
    assert "R1" not in matching.review[0]


def test_a_rejected_pair_does_not_return_by_equal_letters() -> None:
    one = inspection(2011, recommendations=["Mend the wall"])
    two = inspection(2016, recommendations=["Mend the wall"])
    made = decision(ref(one, "R1"), ref(two, "R1"), "rejected")
    assert settled(made, earlier=one, later=two).links == ()


def test_of_two_decisions_on_a_pair_the_later_day_holds() -> None:
    first = decision(ref(OLD, "R3"), ref(NEW, "S3"), "confirmed", on=date(2020, 1, 1))
    second = decision(ref(OLD, "R3"), ref(NEW, "S3"), "rejected", on=date(2021, 1, 1))
    assert ("R3", "S3") not in pairs(settled(second, first))
    assert ("R3", "S3") not in pairs(settled(first, second))


def test_the_hash_decides_where_the_id_is_gone() -> None:
    matching = settled(decision(ref(OLD, "R3", id="R33"), ref(NEW, "S3")))
    assert ("R3", "S3") in pairs(matching)


def test_hash_and_id_that_disagree_are_an_error_naming_both() -> None:
    wrong = ref(OLD, "R3", id="R1")
    with pytest.raises(InputError) as caught:
        rulings_for(OLD, NEW, Decisions(links=(decision(wrong, ref(NEW, "S3")),)))
    assert caught.value.code == "RG115"
    assert caught.value.where.field == "links[0].earlier"
    assert "R1" in caught.value.message
    assert "R3" in caught.value.message


def test_all_disagreements_are_told_at_once() -> None:
    made = decision(ref(OLD, "R3", id="R1"), ref(NEW, "S3", id="S1"))
    with pytest.raises(InputErrors) as caught:
        rulings_for(OLD, NEW, Decisions(links=(made,)))
    assert len(caught.value.errors) == 2


def test_a_hash_that_two_texts_share_needs_the_id() -> None:
    both = inspection(2011, recommendations=["Mend the wall", "Mend the wall"])
    made = decision(ref(both, "R2"), ref(NEW, "S3"))
    rulings, _ = rulings_for(both, NEW, Decisions(links=(made,)))
    assert set(rulings.confirmed) == {("R2", "S3")}
    with pytest.raises(InputError, match="RG115"):
        rulings_for(both, NEW, Decisions(links=(decision(ref(both, "R2", id="R7"), ref(NEW, "S3")),)))


def test_decisions_about_other_inspections_are_passed_over() -> None:
    other = inspection(2003, recommendations=["Mend the wall"])
    rulings, notices = rulings_for(OLD, NEW, Decisions(links=(decision(ref(other, "R1"), ref(OLD, "R1")),)))
    assert not rulings.confirmed
    assert notices == ()


def test_a_decision_that_meets_nothing_is_noticed() -> None:
    lost = ref(OLD, "R1", text_sha="0" * 12)
    closure = Closure(recommendation=lost, state="open", by="A. Reader", on=date(2020, 1, 1))
    decisions = Decisions(links=(decision(lost, ref(NEW, "S3")),), closure=(closure,))
    rulings, notices = rulings_for(OLD, NEW, decisions)
    assert not rulings.confirmed
    assert [(n.code, n.field) for n in notices] == [
        ("RG304", "links[0].earlier"),
        ("RG304", "closure[0].recommendation"),
    ]
    assert "R1 now starts" in notices[0].message


# -- the report's own word -------------------------------------------------------------------------------------------


def declaring(text: str = LATER[2].text, recommendation: str | None = "R3", **more) -> Inspection:
    declaration = Declaration(about="recommendation", text=text, recommendation=recommendation, **more)
    return inspection(2016, recommendations=LATER, declarations=(declaration,))


def declared(earlier: Inspection, later: Inspection) -> frozenset[tuple[str, str]]:
    return rulings_for(earlier, later, None)[0].declared


def test_a_declared_link_outranks_every_score() -> None:
    later = declaring()
    rulings, _ = rulings_for(OLD, later, None)
    link = next(x for x in match(EARLIER, LATER, rulings=rulings).links if x.earlier == "R3")
    assert (link.later, link.basis, link.confidence) == ("S3", "declared", "certain")
    assert declared(later, OLD) == {("S3", "R3")}


def test_a_declaration_may_name_a_printed_number() -> None:
    numbered = [r.model_copy(update={"number": str(n)}) for n, r in enumerate(EARLIER, 7)]
    assert declared(inspection(2011, recommendations=numbered), declaring(recommendation="9.")) == {("R3", "S3")}


@pytest.mark.parametrize(
    "later",
    [
        declaring(recommendation=None),
        declaring(recommendation="R99"),
        declaring(text="This was said at the last inspection"),
        declaring(date="2004"),
    ],
    ids=["names nothing", "names what is not there", "no recommendation's words", "another inspection"],
)
def test_declarations_that_do_not_say_enough_count_for_nothing(later: Inspection) -> None:
    assert declared(OLD, later) == frozenset()


def test_a_declaration_with_the_date_of_the_other_inspection_counts() -> None:
    assert declared(OLD, declaring(date="2011-05")) == {("R3", "S3")}


def test_only_the_later_of_two_reports_declares() -> None:
    early = declaring().model_copy(update={"inspected": OLD.inspected, "id": "mull-ferries-2001-05"})
    assert declared(early, inspection(2016, recommendations=EARLIER)) == frozenset()


def test_a_rejection_outranks_a_declaration() -> None:
    later = declaring()
    made = Decisions(links=(decision(ref(OLD, "R3"), ref(later, "S3"), "rejected"),))
    rulings, _ = rulings_for(OLD, later, made)
    assert ("R3", "S3") not in pairs(match(EARLIER, LATER, rulings=rulings))
