"""What must hold of any two inspections that are compared: the invariants of the status vocabulary, one test each."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.comparing import compare
from reportgen.comparing.paragraphs import units
from reportgen.comparing.recommendations import READABLE
from reportgen.matching import Options, same_text
from reportgen.model import (
    Comparison,
    Decisions,
    Edge,
    Fact,
    Footnote,
    Framework,
    Inspection,
    ItemsParagraph,
    LinkDecision,
    ListItem,
    Reasons,
    Recommendation,
    RecommendationRef,
    RecommendationsHere,
    Section,
    TextParagraph,
    printed,
    text_sha,
)
from reportgen.wording import similarity
from tests.support.make_inspections import BACK, EDGES, GRADES, NEW, OLD, inspection, judgement, recommendation

#: Enough to find what is wrong in a day of runs, quick enough for every run; no deadline, as machines differ.
FEW = settings(max_examples=30, deadline=None)
#: Parts of sentences that meet again and again, so that generated reports have things in common.
SUBJECTS = ("lifeboats", "life rafts", "the deck crew", "night drills", "ticket prices", "the harbour wall", "menus")
VERBS = ("Test", "Inspect and record", "Ensure that all staff know", "Improve the quality of", "Publish")
ENDS = ("", " every month", " within 3 days", " within 5 days", " in every port", ", with pilots", ".")
SENTENCES = st.builds("{} {}{}".format, st.sampled_from(VERBS), st.sampled_from(SUBJECTS), st.sampled_from(ENDS))
TEXTS = st.lists(SENTENCES, min_size=1, max_size=3).map(" and ".join)
MISSING = ("unreadable", "withheld", "not_published", "not_inspected", "not_in_framework")


@st.composite
def recommendations(draw: st.DrawFn, areas: tuple[str, ...]) -> tuple[Recommendation, ...]:
    """Up to five recommendations with ids in no particular order."""
    texts = draw(st.lists(TEXTS, max_size=5))
    ids = draw(st.permutations([f"R{n}" for n in range(1, len(texts) + 1)]))
    return tuple(
        recommendation(
            name,
            text,
            timescale=draw(st.sampled_from((None, "at-once", "six-months"))),
            addressee=draw(st.sampled_from((None, "crew"))),
            areas=draw(st.sampled_from(((), areas[:1], areas[-1:]))),
        )
        for name, text in zip(ids, texts, strict=True)
    )


@st.composite
def sections(draw: st.DrawFn, ids: tuple[str, ...]) -> tuple[Section, ...]:
    """Up to three sections of paragraphs and lists, the recommendations in the last of them."""
    made = []
    for _ in range(draw(st.integers(0, 3))):
        paragraphs: list[Any] = [
            TextParagraph(number=draw(st.sampled_from((None, "1", "2"))), text=text)
            for text in draw(st.lists(TEXTS, max_size=3))
        ]
        items = draw(st.lists(TEXTS, max_size=2))
        if items:
            paragraphs.append(ItemsParagraph(items=tuple(ListItem(text=text) for text in items)))
        title = draw(st.sampled_from(("Findings", "Safety", "The record")))
        made.append(Section(title=title, paragraphs=tuple(paragraphs)))
    if ids and draw(st.booleans()):
        made.append(Section(title="What must be better", paragraphs=(RecommendationsHere(recommendations=ids),)))
    return tuple(made)


@st.composite
def inspections(draw: st.DrawFn, year: int = 2011, framework: Framework = OLD) -> Inspection:
    """Any inspection under a framework."""
    areas = tuple(area.key for area in framework.areas)
    judged = []
    for area in draw(st.lists(st.sampled_from(areas), unique=True)):
        grade = draw(st.sampled_from((*GRADES, None)))
        judged.append(judgement(area, grade, draw(st.sampled_from(MISSING)) if grade is None else None))
    listed = draw(recommendations(areas))
    notes = draw(st.lists(TEXTS, max_size=2))
    facts = draw(st.lists(st.tuples(st.sampled_from(("boats", "crew")), st.integers(0, 3), st.booleans()), max_size=4))
    return inspection(
        year,
        framework=framework,
        judgements=judged,
        recommendations=listed,
        sections=draw(sections(tuple(r.id for r in listed))),
        footnotes=tuple(Footnote(mark=str(n), text=text) for n, text in enumerate(notes, 1)),
        facts=tuple(Fact(key=key, value=value, unit="people", approximate=about) for key, value, about in facts),
        age_group=draw(st.sampled_from((None, "All"))),
    )


LEXICON = str(Path(__file__).resolve().parents[1] / "support" / "ferries.yaml")
OLD_ONES = inspections()
NEW_ONES = inspections(2016, NEW)
CROSSWALKS = st.sampled_from((EDGES, EDGES[:1], EDGES[2:], ()))


def across(earlier: Inspection, later: Inspection, edges: tuple[Edge, ...] = EDGES, **more: Any) -> Comparison:
    return compare(earlier, later, frameworks=(OLD, NEW), edges=edges, options=with_or_without(earlier, later), **more)


def back_across(later: Inspection, earlier: Inspection, edges: tuple[Edge, ...] = BACK, **more: Any) -> Comparison:
    return compare(later, earlier, frameworks=(NEW, OLD), edges=edges, options=with_or_without(earlier, later), **more)


def turned_reasons(reasons: Reasons) -> Reasons:
    one, two = (reasons.only_earlier, reasons.facets_earlier), (reasons.only_later, reasons.facets_later)
    named = ("only_earlier", "facets_earlier"), ("only_later", "facets_later")
    return reasons.model_copy(update={**dict(zip(named[0], two, strict=True)), **dict(zip(named[1], one, strict=True))})


def with_or_without(earlier: Inspection, later: Inspection) -> Options:
    """Half of all pairs are matched with a lexicon: which ones, neither their order nor that of their items decides."""
    letters = sum(len(r.text) for side in (earlier, later) for r in side.recommendations)
    return Options(lexicon=LEXICON if letters % 2 else "profile")


def turned(edges: tuple[Edge, ...]) -> tuple[Edge, ...]:
    return tuple(back for edge, back in zip(EDGES, BACK, strict=True) if edge in edges)


@st.composite
def decided(draw: st.DrawFn) -> tuple[Inspection, Inspection, Decisions]:
    """Two inspections and what somebody decided about some pairs of their recommendations."""
    earlier, later = draw(OLD_ONES), draw(NEW_ONES)

    def ref(side: Inspection, of: Recommendation) -> RecommendationRef:
        return RecommendationRef(inspection=side.id, id=of.id, text_sha=text_sha(of.text)[:16])

    pairs = [(one, two) for one in earlier.recommendations for two in later.recommendations]
    some = draw(st.lists(st.sampled_from(pairs), max_size=4, unique_by=lambda p: (p[0].id, p[1].id))) if pairs else []
    links = tuple(
        LinkDecision(
            earlier=ref(earlier, one),
            later=ref(later, two),
            verdict=draw(st.sampled_from(("confirmed", "rejected"))),
            relation=draw(st.sampled_from((None, "narrowed", "broadened", "same"))),
            by="A. Reader",
            on=date(2020, 1, 1),
        )
        for one, two in some
    )
    return earlier, later, Decisions(links=links)


# -- totality and conservation ---------------------------------------------------------------------------------------


@given(decided(), CROSSWALKS)
@FEW
def test_totality_every_recommendation_has_exactly_one_state(
    given_: tuple[Inspection, Inspection, Decisions], edges: tuple[Edge, ...]
) -> None:
    earlier, later, decisions = given_
    found = across(earlier, later, edges, decisions=decisions).recommendations
    assert [r.id for r in found.earlier] == [r.id for r in earlier.recommendations]
    assert [r.id for r in found.later] == [r.id for r in later.recommendations]


@given(decided(), CROSSWALKS)
@FEW
def test_conservation_the_states_add_up(
    given_: tuple[Inspection, Inspection, Decisions], edges: tuple[Edge, ...]
) -> None:
    earlier, later, decisions = given_
    comparison = across(earlier, later, edges, decisions=decisions)
    found, summary = comparison.recommendations, comparison.summary
    for counts in (summary, summary.strict, summary.lenient):
        assert sum(counts.earlier.values()) == len(earlier.recommendations)
        assert sum(counts.later.values()) == len(later.recommendations)
    linked = {"split", "merged", "carried_same", "carried_reworded"}
    assert {r.id for r in found.earlier if r.state in linked} == {link.earlier for link in found.links}
    assert {r.id for r in found.later if r.state in linked} == {link.later for link in found.links}
    assert summary.strict.links <= summary.links <= summary.lenient.links or decisions.links


@given(OLD_ONES, NEW_ONES, CROSSWALKS)
@FEW
def test_states_say_what_the_links_say(earlier: Inspection, later: Inspection, edges: tuple[Edge, ...]) -> None:
    comparison = across(earlier, later, edges)
    found = comparison.recommendations
    least = comparison.options["matching"]["review"]
    for end, side, many in (("earlier", found.earlier, "split"), ("later", found.later, "merged")):
        degree = Counter(getattr(link, end) for link in found.links)
        relation = {getattr(link, end): link.relation for link in found.links}
        for r in side:
            if degree[r.id] > 1:
                assert r.state == many
            elif degree[r.id]:
                assert r.state == ("carried_same" if relation[r.id] == "same" else "carried_reworded")
            else:
                asked = any(c.score >= least and not c.rejected for c in r.candidates)
                assert (r.state == "needs_review") == asked
    if not any(edge.earlier and edge.later for edge in edges):
        assert not {"not_covered", "not_restated"} & {r.state for r in found.earlier}


@given(OLD_ONES, NEW_ONES)
@FEW
def test_the_same_words_are_said_to_be_the_same_and_others_are_not(earlier: Inspection, later: Inspection) -> None:
    ones = {r.id: r.text for r in earlier.recommendations}
    twos = {r.id: r.text for r in later.recommendations}
    for link in across(earlier, later).recommendations.links:
        assert (link.relation == "same") == same_text(ones[link.earlier], twos[link.later])


# -- mirror ----------------------------------------------------------------------------------------------------------

STATES = {
    "split": {"merged"},
    "merged": {"split"},
    "carried_same": {"carried_same"},
    "carried_reworded": {"carried_reworded"},
    "needs_review": {"needs_review"},
    "not_restated": {"new"},
    "not_covered": {"new"},
    "not_comparable": {"new"},
    "new": {"not_restated", "not_covered", "not_comparable"},
}
CHANGES = {
    "improved": "declined",
    "declined": "improved",
    "first_judged": "no_longer_judged",
    "no_longer_judged": "first_judged",
}
RELATIONS = {"narrowed": "broadened", "broadened": "narrowed"}
PARAGRAPHS = {"added": "removed", "removed": "added"}


def links_of(comparison: Comparison, swapped: bool = False) -> set[tuple[Any, ...]]:
    out = set()
    for link in comparison.recommendations.links:
        ends, relation = (link.earlier, link.later), str(link.relation)
        if swapped:
            ends, relation = ends[::-1], RELATIONS.get(relation, relation)
        out.add((*ends, link.basis, link.confidence, link.score, relation, link.reasons.shared, link.reasons.topics))
    return out


@given(decided(), CROSSWALKS)
@FEW
def test_mirror_links_and_states(given_: tuple[Inspection, Inspection, Decisions], edges: tuple[Edge, ...]) -> None:
    earlier, later, decisions = given_
    there = across(earlier, later, edges, decisions=decisions)
    back = back_across(later, earlier, turned(edges), decisions=decisions)
    assert links_of(there) == links_of(back, swapped=True)
    for side, other in (
        (there.recommendations.earlier, back.recommendations.later),
        (there.recommendations.later, back.recommendations.earlier),
    ):
        for one, two in zip(side, other, strict=True):
            assert two.state in STATES[one.state]
            assert one.candidates == tuple(
                c.model_copy(update={"reasons": turned_reasons(c.reasons)}) for c in two.candidates
            )


@given(OLD_ONES, NEW_ONES, CROSSWALKS)
@FEW
def test_mirror_judgements(earlier: Inspection, later: Inspection, edges: tuple[Edge, ...]) -> None:
    there = across(earlier, later, edges).judgements
    back = back_across(later, earlier, turned(edges)).judgements

    def told(rows: Any, swapped: bool) -> list[str]:
        out = []
        for row in rows:
            one, two = (row.later, row.earlier) if swapped else (row.earlier, row.later)
            change = CHANGES.get(row.change, row.change) if swapped else row.change
            steps = -row.steps if swapped and row.steps else row.steps
            out.append(repr((one and one.area, two and two.area, change, steps, row.comparability)))
        return sorted(out)

    assert told(there, False) == told(back, True)


@given(OLD_ONES, NEW_ONES)
@FEW
def test_mirror_paragraphs_and_facts(earlier: Inspection, later: Inspection) -> None:
    there = across(earlier, later)
    back = back_across(later, earlier)

    def told(comparison: Comparison, swapped: bool) -> list[str]:
        out = []
        for change in comparison.paragraphs:
            one, two = (change.later, change.earlier) if swapped else (change.earlier, change.later)
            state = PARAGRAPHS.get(change.state, change.state) if swapped else change.state
            out.append(repr((state, one, two, change.similarity)))
        for fact in comparison.facts:
            first, second = (fact.later, fact.earlier) if swapped else (fact.earlier, fact.later)
            difference = -fact.difference if swapped and fact.difference else fact.difference
            out.append(repr((fact.key, first, second, difference, fact.comparability)))
        return sorted(out)

    assert told(there, False) == told(back, True)


# -- idempotence and order -------------------------------------------------------------------------------------------


@given(OLD_ONES)
@FEW
def test_idempotence_an_inspection_beside_itself_does_not_differ(x: Inspection) -> None:
    comparison = compare(x, x, frameworks=(OLD, OLD), options=Options(lexicon=LEXICON))
    assert not comparison.differs
    assert {link.earlier for link in comparison.recommendations.links} == {r.id for r in x.recommendations}
    assert all(link.earlier == link.later for link in comparison.recommendations.links)


@given(OLD_ONES, NEW_ONES, st.randoms(use_true_random=False))
@FEW
def test_the_order_of_items_never_matters(earlier: Inspection, later: Inspection, rng: Any) -> None:
    def shuffled(x: Inspection) -> Inspection:
        names = ("recommendations", "judgements", "facts", "declarations")
        return x.model_copy(update={n: tuple(rng.sample(getattr(x, n), len(getattr(x, n)))) for n in names})

    def told(comparison: Comparison) -> Any:
        data = comparison.model_dump(mode="json", by_alias=True)
        for name in ("links", "earlier", "later"):
            data["recommendations"][name].sort(key=lambda r: json.dumps(r, sort_keys=True))
        for name in ("judgements", "facts"):
            data[name].sort(key=lambda r: json.dumps(r, sort_keys=True))
        return data

    assert told(across(earlier, later)) == told(across(shuffled(earlier), shuffled(later)))


# -- people outrank scores -------------------------------------------------------------------------------------------


@given(decided())
@FEW
def test_a_decision_outranks_any_score(given_: tuple[Inspection, Inspection, Decisions]) -> None:
    earlier, later, decisions = given_
    found = across(earlier, later, decisions=decisions).recommendations
    links = {(link.earlier, link.later): link for link in found.links}
    candidates = {(r.id, c.id): c for r in found.earlier for c in r.candidates}
    for decision in decisions.links:
        pair = (decision.earlier.id, decision.later.id)
        if decision.verdict == "confirmed":
            assert (links[pair].basis, links[pair].confidence) == ("confirmed", "certain")
        else:
            assert pair not in links
            assert candidates[pair].rejected


# -- nothing is lost, nothing changes unseen -------------------------------------------------------------------------


@given(OLD_ONES, NEW_ONES)
@FEW
def test_every_piece_of_text_stands_in_the_paragraphs_once(earlier: Inspection, later: Inspection) -> None:
    changes = across(earlier, later).paragraphs
    for side, pieces in (("earlier", units(earlier)), ("later", units(later))):
        told = [getattr(change, side) for change in changes if getattr(change, side) is not None]
        assert Counter((t.kind, t.number, t.section, t.text) for t in told) == Counter(
            (u.kind, u.number, u.section, u.text) for u in pieces
        )
    laid = [c.later for c in changes if c.later is not None]
    assert [t.text for t in laid] == [u.text for u in units(later)]


@given(OLD_ONES, NEW_ONES)
@FEW
def test_edits_rebuild_both_sides(earlier: Inspection, later: Inspection) -> None:
    comparison = across(earlier, later)
    ones = {r.id: r.text for r in earlier.recommendations}
    twos = {r.id: r.text for r in later.recommendations}
    texts = [(link.edits, ones[link.earlier], twos[link.later]) for link in comparison.recommendations.links]
    texts += [(c.edits, c.earlier.text, c.later.text) for c in comparison.paragraphs if c.earlier and c.later]
    for edits, one, two in texts:
        if not edits:
            # equal, or so unlike that both are shown whole
            assert one == two or similarity(one, two) < READABLE
            continue
        assert "".join(e.text for e in edits if e.op != "ins") == one
        assert "".join(e.text for e in edits if e.op != "del") == two


def content(x: Inspection) -> str:
    """What an inspection says, whatever its items are called and in whichever order its data stands."""
    data = printed(x)
    texts = {r.id: r.model_dump(mode="json", exclude={"id", "evidence"}) for r in x.recommendations}
    data["recommendations"] = [{**texts[r.id], "areas": sorted(r.areas)} for r in x.recommendations]
    data["facts"] = [fact.model_dump(mode="json") for fact in x.facts]
    for section in data.get("sections", ()):
        for entry in section.get("paragraphs", ()):
            if "recommendations" in entry:
                entry["recommendations"] = [texts[name] for name in entry["recommendations"]]
    for name in ("recommendations", "judgements", "facts"):
        data[name] = sorted(json.dumps(item, sort_keys=True) for item in data.get(name, ()))
    return json.dumps(data, sort_keys=True)


@given(OLD_ONES, st.data())
@FEW
def test_nothing_changes_unseen(x: Inspection, data: st.DataObject) -> None:
    other = data.draw(OLD_ONES)
    names = ("judgements", "recommendations", "sections", "footnotes", "facts", "age_group")
    name = data.draw(st.sampled_from(names))
    if name in ("recommendations", "sections"):
        update = {"recommendations": other.recommendations, "sections": other.sections}
    else:
        update = {name: getattr(other, name)}
    y = x.model_copy(update=update)
    assert compare(x, y, frameworks=(OLD, OLD)).differs == (content(x) != content(y))
