from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from reportgen import api, data_files
from reportgen.comparing import compare
from reportgen.errors import InputError
from reportgen.model import Decisions, Inspection
from reportgen.reviewing import Answer, added, decided, questions
from reportgen.reviewing.form import form, why
from tests.support.examples import INSPECTIONS, LONG, NEXT
from tests.support.make_inspections import EDGES, NEW, OLD, inspection

ONE, TWO = api.read_inspection(LONG), api.read_inspection(NEXT)
DAY = date(2026, 1, 2)
MINE = decided(
    [Answer("R1", "R2", "confirmed", "narrowed", "a: note"), Answer("R3", "R4", "rejected", "narrowed")],
    ONE,
    TWO,
    by="A. Reader",
    on=DAY,
)


def loaded(data: bytes) -> Decisions:
    return data_files.loads(data, Decisions, name="decisions.yaml").value


# -- questions -------------------------------------------------------------------------------------------------------


def test_what_is_doubtful_is_asked_and_what_is_settled_is_not() -> None:
    bare = api.compare(ONE, TWO)
    asked = {(q.earlier.id, q.later.id): q for q in questions(bare, ONE, TWO)}
    doubtful = {(x.earlier, x.later) for x in bare.recommendations.links if x.confidence in ("likely", "possible")}
    assert doubtful
    assert doubtful <= asked.keys()
    strong = {(x.earlier, x.later) for x in bare.recommendations.links if x.confidence == "strong"}
    assert not strong & asked.keys()
    assert strong <= {(q.earlier.id, q.later.id) for q in questions(bare, ONE, TWO, every=True)}
    places = {r.id: n for n, r in enumerate(ONE.recommendations)}
    order = [places[q.earlier.id] for q in questions(bare, ONE, TWO)]
    assert order == sorted(order)
    # once all of it is decided, nothing is left to ask
    answers = [Answer(*pair, "confirmed" if n % 2 else "rejected") for n, pair in enumerate(sorted(asked))]
    known = Decisions(links=decided(answers, ONE, TWO, by="A. Reader", on=DAY))
    again = questions(api.compare(ONE, TWO, decisions=known), ONE, TWO)
    assert not {(q.earlier.id, q.later.id) for q in again} & asked.keys()


def test_candidates_of_those_that_wait_for_a_person_are_asked() -> None:
    one = inspection(2011, recommendations=["Train the deck crew in man-overboard drills"])
    two = inspection(2016, framework=NEW, recommendations=["Drills for the crew of the harbour office"])
    found = compare(one, two, frameworks=(OLD, NEW), edges=EDGES)
    states = {r.state for r in found.recommendations.earlier}
    assert bool(questions(found, one, two)) is ("needs_review" in states)


def test_a_question_says_what_speaks_for_it() -> None:
    question = questions(api.compare(ONE, TWO), ONE, TWO)[0]
    lines = why(question)
    assert any("of recommendations)" in line for line in lines)
    assert lines[-1].startswith("Score ")
    assert "were right in" in lines[-1]


# -- entries ---------------------------------------------------------------------------------------------------------


def test_entries_hold_after_a_new_import_and_in_another_order() -> None:
    renamed = TWO.recommendations[::-1]
    turned = TWO.model_copy(
        update={
            "recommendations": tuple(r.model_copy(update={"id": f"X{n}"}) for n, r in enumerate(renamed)),
            "sections": (),
        }
    )
    comparison = api.compare(ONE, turned, decisions=Decisions(links=MINE))
    texts = {r.id: r.text for r in TWO.recommendations}
    link = next(x for x in comparison.recommendations.links if x.basis == "confirmed")
    by_id = {r.id: r.text for r in turned.recommendations}
    assert (link.earlier, by_id[link.later]) == ("R1", texts["R2"])
    rejected = next(c for r in comparison.recommendations.earlier if r.id == "R3" for c in r.candidates if c.rejected)
    assert by_id[rejected.id] == texts["R4"]


def test_an_answer_about_nothing_is_an_error() -> None:
    with pytest.raises(InputError, match="R99"):
        decided([Answer("R1", "R99", "confirmed")], ONE, TWO, by="A. Reader", on=DAY)


def test_a_rejection_has_no_relation() -> None:
    assert [link.relation for link in MINE] == ["narrowed", None]


# -- adding ----------------------------------------------------------------------------------------------------------

OURS = (INSPECTIONS / "ashmere" / "decisions.yaml").read_bytes()
ENTRY = """- earlier: {inspection: a, id: R1, text_sha: "123456789012"}
  later: {inspection: b, id: R1, text_sha: "123456789012"}
  verdict: rejected
  by: x
  on: 2020-01-01   # why
"""
KEPT = [
    OURS,
    OURS.replace(b"\n", b"\r\n"),
    b"format: reportgen/decisions/1\n",
    b"format: reportgen/decisions/1",
    f"format: reportgen/decisions/1\n# before\nlinks:   # ours\n# first\n{ENTRY}\n# the end\nchecked: []\n".encode(),
    f"format: reportgen/decisions/1\nchecked: []\nlinks:\n{ENTRY}".rstrip().encode(),
    f"links:\n    {ENTRY.replace(chr(10), chr(10) + '    ').rstrip()}\nformat: reportgen/decisions/1\n".encode(),
    b"format: reportgen/decisions/1\nlinks:\n  -\n" + ENTRY.replace("- ", "    ", 1).replace("\n  ", "\n    ").encode(),
]


@pytest.mark.parametrize("existing", KEPT)
def test_every_byte_that_was_there_stays(existing: bytes) -> None:
    made = added(existing, MINE)
    before = loaded(existing)
    assert loaded(made) == before.model_copy(update={"links": (*before.links, *MINE)})
    assert _without_run(made, existing) == existing


def _without_run(made: bytes, existing: bytes) -> bytes:
    """``made`` without the one run of bytes that makes it longer than ``existing``, if there is such a run."""
    longer = len(made) - len(existing)
    return next(
        (made[:n] + made[n + longer :] for n in range(len(existing) + 1) if made[:n] + made[n + longer :] == existing),
        b"",
    )


def test_a_new_file_and_the_same_again() -> None:
    first = added(None, MINE)
    assert loaded(first).links == MINE
    assert added(first, MINE) == first


@pytest.mark.parametrize(
    "existing",
    [
        b"format: reportgen/decisions/1\nlinks: []\n",
        b'{"format": "reportgen/decisions/1"}',
        f"format: reportgen/decisions/1\n'links':\n{ENTRY}".encode(),
    ],
)
def test_what_cannot_be_added_to_is_refused(existing: bytes) -> None:
    with pytest.raises(InputError, match="RG117"):
        added(existing, MINE)


def test_adding_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "decisions.yaml"
    assert api.add_decisions(path, MINE) == 2
    assert api.add_decisions(path, MINE) == 0
    assert api.load_decisions(path).links == MINE
    with pytest.raises(api.UsageFault, match="RG504"):
        api.add_decisions(path, MINE, new=True)


# -- the form --------------------------------------------------------------------------------------------------------


def test_the_form_holds_every_question_and_nothing_that_could_run() -> None:
    nasty = "</script><script>alert(1)</script> train the crew & others in drills at night"
    one = inspection(2011, recommendations=[nasty])
    two = inspection(2016, framework=NEW, recommendations=[nasty.replace("night", "noon")])
    found = compare(one, two, frameworks=(OLD, NEW), edges=EDGES)
    asked = questions(found, one, two, every=True)
    assert asked
    page = form(asked, one, two)
    assert page.count("</script>") == 2
    assert "alert(1)" in page
    assert "http://" not in page
    assert "https://" not in page


def test_the_form_of_no_questions_says_so() -> None:
    assert "there is nothing to decide" in form((), ONE, TWO)


def test_the_same_questions_give_the_same_form() -> None:
    def made(one: Inspection, two: Inspection) -> str:
        return form(questions(api.compare(one, two), one, two), one, two)

    assert made(ONE, TWO) == made(ONE, TWO)
