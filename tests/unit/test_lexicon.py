from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from reportgen.errors import InputErrors
from reportgen.matching import Rulings, decide, load_lexicon, match, measured, reader_of, score, thresholds_for
from reportgen.matching.features import NAMES, clauses, cleaned, make, numbers, probability
from reportgen.matching.texts import tokens
from reportgen.model import Facet, Lexicon, Topic
from tests.support.make_inspections import recommendation

OURS = load_lexicon("childrens-services")
FERRIES = reader_of(
    Lexicon(
        key="ferries",
        title="Ferries",
        actors=("operator", "master"),
        ignore=("on board",),
        topics=(
            Topic(key="boats", name="boats", terms=("lifeboat", "life raft/boat", "boat drill? plan")),
            Topic(key="drills", name="drills", within=("crew",), terms=("drill", "exercise .. boats")),
            Topic(key="crew", name="crew", within=("people",), kind="group"),
            Topic(key="people", name="people", kind="group"),
            Topic(key="boards", name="boards", terms=("board", "notice*")),
        ),
        facets=(Facet(key="timeliness", name="timeliness", terms=("timely", "without delay")),),
    )
)


def told(text: str, reader=FERRIES) -> list[str]:
    return list(dict.fromkeys(found.topic for found in reader.topics(tokens(text))))


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Test the lifeboats", ["boats"]),
        ("Test each life raft and life boat", ["boats"]),
        ("A boat drill plan, and a boat plan", ["boats"]),
        ("Drills", ["drills", "crew", "people"]),
        ("Exercise all of the boats", ["drills", "crew", "people"]),
        ("Exercise every one of the many boats", []),
        ("Put up noticeboards", ["boards"]),
        ("What is on board", []),
        ("The board", ["boards"]),
        ("", []),
    ],
)
def test_terms_tell_topics(text: str, topics: list[str]) -> None:
    assert told(text) == topics


@pytest.mark.parametrize(
    ("text", "topic", "not_topic"),
    [
        ("children subject to supervision orders", "court", "supervision"),
        ("reflective supervision of social workers", "supervision", "court"),
        ("recruit a permanent management team", "workforce-stability", "permanence"),
        ("permanence for children in care", "permanence", "workforce-stability"),
        ("children missing from school", "missing-education", "missing"),
        ("children missing from home", "missing", "missing-education"),
        ("private fostering arrangements", "private-fostering", "fostering"),
        ("the fostering service", "fostering", "private-fostering"),
    ],
)
def test_words_of_two_senses_are_told_by_what_stands_beside_them(text: str, topic: str, not_topic: str) -> None:
    found = told(text, OURS)
    assert topic in found
    assert not_topic not in found


def test_facets_are_found_in_order() -> None:
    names = [OURS.names[key] for key in OURS.facets(tokens("record what is done, and without delay"))]
    assert names[:2] == ["recording", "timeliness"]


def test_references_and_who_is_told_are_left_out() -> None:
    assert cleaned("The quality of plans. (Outcome 3, national framework)", OURS) == "The quality of plans."
    assert cleaned("Senior leaders and managers need to ensure that plans are clear", OURS) == "plans are clear"
    assert cleaned("Foster carers should be told", OURS) == "Foster carers should be told"
    assert cleaned("The masters must test boats", FERRIES) == "test boats"


def test_composites_are_cut_into_clauses() -> None:
    assert clauses("Test boats, including life rafts; record the results, and act on them. Then stop.") == [
        "Test boats",
        " life rafts",
        " record the results",
        "and act on them.",
        "Then stop.",
    ]


def test_a_clause_finds_its_counterpart_inside_a_composite() -> None:
    one = make("Improve recording, including the quality of return home interviews", OURS)
    two = make("Raise the take-up of advocacy; improve return home interviews", OURS)
    found = dict(zip(NAMES, numbers(one, two), strict=True))
    assert found["clauses"] > 0.95 > found["topics"]


def test_numbers_are_the_same_either_way_round() -> None:
    one = make("Ensure that pathway plans are reviewed without delay and recorded", OURS)
    two = make("The timeliness and quality of pathway planning for care leavers", OURS)
    assert numbers(one, two) == numbers(two, one)
    layer = OURS.calibration
    assert layer is not None
    assert 0 < probability(numbers(one, two), layer.weights) < 1
    assert set(layer.weights) == {"constant", *NAMES}


def test_a_link_explains_itself() -> None:
    earlier = [
        recommendation("R1", "Ensure that return home interviews are timely and recorded for every missing child")
    ]
    later = [
        recommendation("S1", "The quality of return home interviews, and the use of advocacy"),
        recommendation("S2", "The quality of supervision"),
    ]
    matching = match(earlier, later, reader=OURS)
    link = matching.links[0]
    assert (link.earlier, link.later, link.basis) == ("R1", "S1", "inferred")
    first = link.reasons.topics[0]
    assert first.name == "return home interviews"
    assert first.share is not None
    assert 0 < first.share < 0.2
    assert "advocacy" in link.reasons.only_later
    assert link.reasons.facets_earlier[0] == "timeliness"
    assert link.reasons.facets_later[0] == "quality"
    bands = {band.band: band for band in measured(OURS).bands}
    assert link.precision == bands[link.confidence].precision
    assert 0 < bands[link.confidence].low <= link.precision <= bands[link.confidence].high <= 1


def test_a_candidate_says_why_it_is_no_link() -> None:
    earlier = [recommendation("R1", "The quality of return home interviews")]
    later = [
        recommendation("S1", "The quality of return home interviews for missing children"),
        recommendation("S2", "Strategy discussions, and the recording of return home interviews"),
    ]
    limits = thresholds_for(OURS)
    scores = score(earlier, later, OURS)
    best = scores.cells["R1", "S1"].score
    assert best > scores.cells["R1", "S2"].score > limits.accept
    # the best of its column, so it is a link as well, until nothing but the best of the row is good enough
    assert [link.later for link in decide(scores, Rulings(), limits).links] == ["S1", "S2"]
    high = decide(scores, Rulings(), replace(limits, accept=best))
    assert [(c.id, c.why) for c in high.earlier["R1"]] == [("S2", "below")]
    later.append(recommendation("S3", "Return home interviews"))
    earlier.append(recommendation("R2", "Return home interviews, their timeliness and quality"))
    whys = {c.why for side in (match(earlier, later, reader=OURS),) for some in side.later.values() for c in some}
    assert whys <= {"below", "outdone"}


def test_the_score_of_a_pair_does_not_depend_on_the_rest_of_the_lists() -> None:
    one, two = recommendation("R1", "Improve supervision"), recommendation("S1", "The quality of supervision")
    more = [recommendation(f"S{n}", f"Improve advocacy in place {n}") for n in range(2, 9)]
    assert score([one], [two], OURS).cells["R1", "S1"] == score([one], [two, *more], OURS).cells["R1", "S1"]


def test_long_lists_are_searched_and_not_laid_beside_each_other_whole() -> None:
    places = [f"harbour{n}" for n in range(120)]
    earlier = [recommendation(f"R{n}", f"Improve supervision of the crew at {p} pier") for n, p in enumerate(places)]
    later = [recommendation(f"S{n}", f"The quality of supervision at {p} pier") for n, p in enumerate(places)]
    scores = score(earlier, later, OURS)
    assert len(scores.cells) < len(earlier) * len(later) / 2
    assert all((f"R{n}", f"S{n}") in scores.cells for n in range(120))
    back = score(later, earlier, OURS)
    assert {pair[::-1] for pair in back.cells} == set(scores.cells)


def test_a_lexicon_of_ones_own_is_not_calibrated_until_something_was_measured(tmp_path: Path) -> None:
    data = FERRIES.lexicon.model_dump(mode="json", exclude_defaults=True) | {"format": "reportgen/lexicon/1"}
    path = tmp_path / "ferries.yaml"
    path.write_text(yaml.safe_dump(data), "utf-8")
    own = load_lexicon(path)
    assert not measured(own).calibrated
    link = match(
        [recommendation("R1", "Test lifeboats")], [recommendation("S1", "Test the lifeboats well")], reader=own
    ).links[0]
    assert link.precision is None
    assert link.reasons.topics[0].share is None
    layer = OURS.calibration
    assert layer is not None
    made = layer.model_dump(mode="json") | {"lexicon": "ferries", "of": 10, "topics": {"boats": 2}}
    (tmp_path / "ferries.measured.json").write_text(json.dumps(made), "utf-8")
    assert measured(load_lexicon(path)).calibrated
    (tmp_path / "ferries.measured.json").write_text(json.dumps(made | {"lexicon": "trams"}), "utf-8")
    assert not measured(load_lexicon(path)).calibrated


def test_a_wrong_lexicon_is_refused_with_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(
        "format: reportgen/lexicon/1\nkey: wrong\ntitle: Wrong\ntopics:\n"
        "  - {key: a, name: A, terms: [x], within: [nothing]}\n  - {key: a, name: B, terms: [y]}\n",
        "utf-8",
    )
    with pytest.raises(InputErrors) as caught:
        load_lexicon(path)
    assert [(e.code, e.where.line) for e in caught.value.errors] == [("RG113", 5), ("RG112", 6)]


def test_every_wider_topic_of_the_shipped_lexicon_is_a_topic_and_every_topic_can_be_told() -> None:
    topics = {topic.key: topic for topic in OURS.lexicon.topics}
    for topic in topics.values():
        assert topic.terms or any(topic.key in OURS.within(other) for other in topics)
