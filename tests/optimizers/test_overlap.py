"""Repetition of other texts is found whatever the layout, and common wording is nobody's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.optimizers.overlap import OverlapIndex, Sentence, sentences_of, words_of

ITEM = "Mia owns a kettle, a green lamp, and two rugs. How many things does Mia own?"


@pytest.mark.parametrize(
    "text",
    [
        "Well. She OWNS a kettle a green lamp and two rugs",
        "Such as: a kettle, a green lamp and two rugs.",
        "mia — owns\na kettle\n- a green lamp\n- and two rugs",
    ],
)
def test_finds_what_was_copied_whatever_its_layout(text: str) -> None:
    assert OverlapIndex([ITEM]).find(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "How many things do you own?",
        "Answer. How many things does Mia really own?",
        "How many things are there?",
    ],
)
def test_finds_a_question_that_is_nearly_the_same(text: str) -> None:
    assert OverlapIndex([ITEM]).find(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Count the things and say how many there are.",
        "List each thing with its number, one a line. Add the numbers up.",
        "Is every thing counted?",
        "",
    ],
)
def test_leaves_general_rules_alone(text: str) -> None:
    assert OverlapIndex([ITEM]).find(text) is None


def test_finds_a_short_item_inside_a_long_sentence() -> None:
    index = OverlapIndex(["A kettle and one green lamp."])
    text = "Remember that a kettle and one green lamp are things that one often sees in the houses of others"

    assert index.find(text) == "a kettle and one green lamp"
    assert index.find(text.replace("green", "blue").replace("kettle", "bird")) is None


def test_says_what_was_repeated() -> None:
    assert (
        OverlapIndex([ITEM]).find("Tell me: how many things does Ada own?") == "how many things does ada own"
    )


def test_allows_what_another_text_says_already() -> None:
    index = OverlapIndex([ITEM])

    assert index.find(ITEM, allowed=f"For example: {ITEM}") is None
    assert index.find("How many things do you own?", allowed="How many things does Mia own?") is None
    assert index.find(ITEM, allowed="How many things does Mia own?") is not None


def test_wording_that_most_texts_share_belongs_to_nobody() -> None:
    items = [f"Put the following words into order. List: {word} q{word}" for word in "abcdefgh"]
    index = OverlapIndex(items)

    assert index.find("Put the following words into order. Give them in one line.") is None
    assert OverlapIndex(items[:4]).find("Put the following words into order.") is not None


def test_wording_can_be_learnt_from_more_texts() -> None:
    items = [f"Put the following words into order: {word}" for word in "abcdefgh"]

    assert OverlapIndex(items[:1], wording=items).find("Put the following words into order.") is None


def test_runs_can_be_looked_for_alone() -> None:
    index = OverlapIndex([ITEM], run_length=5)

    assert index.find_run("How many things do you own?") is None
    assert index.find_run("She owns a green lamp and two rugs") == "a green lamp and two"
    assert index.find_run("a green lamp and two rugs", allowed="A green lamp and two rugs") is None


def test_characters_count_where_words_are_not_spaced() -> None:
    assert words_of("数えてください now") == ("数", "え", "て", "く", "だ", "さ", "い", "now")


def test_sentences_end_at_stops_colons_and_lines() -> None:
    assert sentences_of("Is it 3.5? Yes: Mr's\n\n...done") == [
        Sentence(("is", "it", "3", "5"), is_question=True),
        Sentence(("yes",)),
        Sentence(("mr's",)),
        Sentence(("done",)),
    ]


@given(st.lists(st.text("abcdefg ", min_size=1), max_size=4), st.text("abcdefg .?"))
def test_allowing_a_text_allows_all_of_it(texts: list[str], text: str) -> None:
    assert OverlapIndex(texts).find(text, allowed=text) is None


@given(
    st.lists(
        st.sampled_from(("red", "old", "hat", "cat", "sat", "mat", "ran", "far", "fox", "box")),
        min_size=8,
        max_size=20,
    )
)
def test_a_copied_run_is_always_found(words: list[str]) -> None:
    index = OverlapIndex([" ".join(words)])

    assert index.find(f"Rule one. So, {'  '.join(words[:8]).upper()}!") is not None
