from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.wording import Run, ascending, normalise, sentences, similarity, word_edits, words

ANY_MACHINE = settings(deadline=None)
#: Texts in which words recur, so that there is something to align; now and then any text at all.
WORDS = ["the", "of", "and", "crew", "deck", "boats", "boat’s", "safe,", "-", "(now)", "12", "3.5", "a.b\n"]
TEXTS = st.one_of(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join), st.text(max_size=60))


def written(edits: tuple[Run, ...]) -> list[tuple[str, str]]:
    return [(edit.op, edit.text) for edit in edits]


def side(edits: tuple[Run, ...], op: str) -> str:
    return "".join(edit.text for edit in edits if edit.op in ("equal", op))


# -- normalise -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  two\u00a0 words\n", "two words"),
        ("the child\u2019s \u201cplan\u201d", 'the child\'s "plan"'),
        ("2014\u20132018 \u2212 1", "2014-2018 - 1"),
        ("cafe\u0301", "caf\u00e9"),
        ("co\u00adopera\u200btion", "cooperation"),
        ("and so on\u2026", "and so on..."),
        ("Capitals Stay", "Capitals Stay"),
        ("", ""),
    ],
)
def test_normalise(text: str, folded: str) -> None:
    assert normalise(text) == folded


@given(st.text())
@ANY_MACHINE
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


# -- words and sentences ---------------------------------------------------------------------------------------------


def test_words_keep_inner_apostrophes_and_set_signs_apart() -> None:
    assert words("The crew’s boat (old), 3.5m!") == (
        "The", " ", "crew’s", " ", "boat", " ", "(", "old", ")", ",", " ", "3", ".", "5m", "!",
    )  # fmt: skip


@given(st.text())
@ANY_MACHINE
def test_joined_words_are_the_text(text: str) -> None:
    assert "".join(words(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("One. Two! Three? Four", ("One.", "Two!", "Three?", "Four")),
        ("Mr. Hay led it, e.g. on 3.5 days. It rained.", ("Mr. Hay led it, e.g. on 3.5 days.", "It rained.")),
        ("See para. 12 and No. 4. Then stop.", ("See para. 12 and No. 4.", "Then stop.")),
        ("The answer is no. Boats sank etc. Crews left.", ("The answer is no.", "Boats sank etc.", "Crews left.")),
        ("J. R. Hay wrote it. He said “go.” They went.", ("J. R. Hay wrote it.", "He said “go.”", "They went.")),
        ("A heading\n\nA paragraph", ("A heading", "A paragraph")),
        ("Ends with vs. the other.", ("Ends with vs. the other.",)),
    ],
)
def test_sentences(text: str, expected: tuple[str, ...]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet="aB. !?\n\u201d)1", max_size=80))
@ANY_MACHINE
def test_sentences_lose_nothing_but_space(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


# -- edits -----------------------------------------------------------------------------------------------------------


@given(TEXTS, TEXTS)
@ANY_MACHINE
def test_edits_rebuild_both_texts(earlier: str, later: str) -> None:
    edits = word_edits(earlier, later)
    assert side(edits, "del") == earlier
    assert side(edits, "ins") == later
    assert all(edit.text for edit in edits)
    assert all(a.op != b.op for a, b in pairwise(edits))
    assert ("ins", "del") not in [(a.op, b.op) for a, b in pairwise(edits)]


@given(TEXTS, TEXTS)
@ANY_MACHINE
def test_edits_mirror(earlier: str, later: str) -> None:
    swapped = {"equal": "equal", "ins": "del", "del": "ins"}
    there = [(edit.op, edit.text) for edit in word_edits(earlier, later)]
    back = [(swapped[edit.op], edit.text) for edit in word_edits(later, earlier)]
    assert sorted(there) == sorted(back)


def test_edits_of_equal_texts() -> None:
    assert word_edits("", "") == ()
    assert written(word_edits("as it was", "as it was")) == [("equal", "as it was")]


def test_a_changed_word_stands_between_equal_runs() -> None:
    assert written(word_edits("the old boat", "the new boat")) == [
        ("equal", "the "),
        ("del", "old"),
        ("ins", "new"),
        ("equal", " boat"),
    ]


def test_a_lone_stop_word_between_two_changes_is_part_of_one_change() -> None:
    edits = word_edits("Inspect boats and engines yearly.", "Inspect hulls and masts yearly.")
    assert written(edits) == [
        ("equal", "Inspect "),
        ("del", "boats and engines"),
        ("ins", "hulls and masts"),
        ("equal", " yearly."),
    ]


def test_a_word_that_matters_is_not_folded_away() -> None:
    edits = word_edits("Inspect boats, engines yearly.", "Inspect hulls, engines monthly.")
    assert ("equal", ", engines ") in written(edits)


def test_signs_alone_are_a_change() -> None:
    edits = word_edits("the crew\u2019s boat.", "the crew's boat")
    assert [edit.op for edit in edits] == ["equal", "del", "ins", "equal", "del"]


def random_words(seed: int, count: int, kinds: int) -> str:
    rng = random.Random(seed)
    return " ".join(f"w{rng.randrange(kinds)}" for _ in range(count))


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("a b " * 20_000, "b a " * 20_000),
        ("a " * 20_000, "a " * 9_000 + "b " + "a " * 10_000),
        (random_words(1, 20_000, 2), random_words(2, 20_000, 2)),
        (random_words(3, 20_000, 3000), random_words(4, 20_000, 3000)),
    ],
    ids=["shifted", "one word", "two words", "unrelated"],
)
def test_long_texts_take_bounded_time(earlier: str, later: str) -> None:
    began = time.perf_counter()
    edits = word_edits(earlier, later)
    assert time.perf_counter() - began < 5
    assert side(edits, "del") == earlier
    assert side(edits, "ins") == later


def test_small_changes_in_a_long_text_stay_small() -> None:
    rng = random.Random(11)
    earlier = [f"w{rng.randrange(4000)}" for _ in range(12_000)]
    later = list(earlier)
    for place in range(50, 12_000, 500):
        later[place] = "changed"
    edits = word_edits(" ".join(earlier), " ".join(later))
    assert sum(edit.op == "ins" for edit in edits) == 24
    assert {edit.text for edit in edits if edit.op == "ins"} == {"changed"}


# -- similarity ------------------------------------------------------------------------------------------------------


def test_similarity_of_texts_that_differ_in_signs_only_is_one_where_they_are_folded() -> None:
    assert similarity("the crew\u2019s  boat", "the crew's boat") == 1.0
    assert similarity("", "") == 1.0
    assert similarity("the boat.", "the boat") < 1.0


def test_similarity_orders_texts_as_a_reader_would() -> None:
    text = "boats must be inspected every month"
    near = similarity(text, "boats must be inspected every week")
    far = similarity(text, "the crew sings well")
    assert 1 > near > 0.8 > far >= 0


@given(TEXTS, TEXTS)
@ANY_MACHINE
def test_similarity_is_symmetric_and_bounded(a: str, b: str) -> None:
    assert similarity(a, b) == similarity(b, a)
    assert 0 <= similarity(a, b) <= 1
    assert similarity(a, a) == 1.0


# -- ascending -------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 30), max_size=12))
@ANY_MACHINE
def test_ascending_is_a_longest_run(values: list[int]) -> None:
    chain = ascending(values)
    picked = [values[i] for i in chain]
    assert chain == sorted(chain)
    assert all(a < b for a, b in pairwise(picked))
    longest = 0
    lengths: list[int] = []
    for i, value in enumerate(values):
        lengths.append(1 + max((lengths[k] for k in range(i) if values[k] < value), default=0))
        longest = max(longest, lengths[-1])
    assert len(chain) == longest
