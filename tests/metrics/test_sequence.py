"""Tests of textgrad_lite.metrics.sequence: words in order, and brackets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.data import Example
from textgrad_lite.errors import MetricError
from textgrad_lite.metrics import get_metric
from textgrad_lite.metrics.sequence import Brackets, Words


def example(target: str) -> Example:
    return Example(id="7", input="question", target=target)


@pytest.mark.parametrize(
    "reply, words",
    [
        ("Answer: barn it&t damp", ["barn", "it&t", "damp"]),
        ("Answer: Barn, damp, it&t.", ["barn", "damp", "it&t"]),
        ("**Answer:** `barn damp`", ["barn", "damp"]),
        ("Answer:\n1. barn\n2. damp\n", ["barn", "damp"]),
        ("Answer:\n- barn\n* damp\n\u2022 door", ["barn", "damp", "door"]),
        ("Answer: ['barn', 'damp']", ["barn", "damp"]),
        ("Answer: barn damp\n\nThese are in order.", ["barn", "damp"]),
        ("I compare the letters.\nThe sorted list is: barn damp", ["barn", "damp"]),
        ("barn damp", ["barn", "damp"]),
        ("Answer: barn-door o'clock", ["barn-door", "o'clock"]),
        ("Answer: 1 2 3", ["1", "2", "3"]),
        ("", []),
        ("Answer:", []),
    ],
)
def test_the_words_of_a_reply(reply: str, words: list[str]) -> None:
    assert Words().find(reply) == words


@pytest.mark.parametrize(
    "reply, kind, feedback",
    [
        ("Answer: barn damp door", "right", "Right: barn damp door."),
        ("Answer: damp barn door", "wrong", "word 1 should be barn, not damp."),
        ("Answer: barn damp", "wrong", "word 3, door, is missing."),
        ("Answer: barn damp door eel", "wrong", "word 4, eel, is too much."),
        ("Answer: ", "unparsable", "but the reply holds none."),
    ],
)
async def test_the_feedback_says_where_the_words_differ_first(reply: str, kind: str, feedback: str) -> None:
    result = await get_metric("words").score(example("barn damp door"), reply)
    assert result.kind == kind
    assert result.feedback.endswith(feedback)


@given(words=st.lists(st.text(alphabet="abcxyz&", min_size=1), min_size=1, max_size=8))
async def test_words_are_right_in_every_usual_form(words: list[str]) -> None:
    listed = "\n".join(f"{number}. {word}" for number, word in enumerate(words, start=1))
    for form in (" ".join(words), ", ".join(words), "\n" + listed, " ".join(words).upper() + "."):
        result = await get_metric("words").score(example(" ".join(words)), f"Sorted.\nAnswer: {form}")
        assert result.is_right


@pytest.mark.parametrize(
    "reply, brackets",
    [
        ("Answer: ] ) >", "])>"),
        ("Answer: `])>`", "])>"),
        ("Answer: ], ), >", "])>"),
        ("Answer: ] ) > (these close the rest)", "])>"),
        ("We have [ ( <. Closing them gives ] ) >", "])>"),
        ("Answer: nothing", ""),
        ("nothing", ""),
    ],
)
def test_the_brackets_of_a_reply(reply: str, brackets: str) -> None:
    assert "".join(Brackets().find(reply)) == brackets


async def test_brackets_are_compared_one_by_one() -> None:
    metric = get_metric("brackets")
    assert (await metric.score(example("] ) >"), "Answer: ])>")).is_right
    wrong = await metric.score(example("] ) >"), "Answer: ] > )")
    assert wrong.feedback == "The answer should be ] ) >, but it was ] > ): bracket 2 should be ), not >."


def test_targets_are_checked() -> None:
    with pytest.raises(MetricError, match="needs brackets as expected answer; example '7' has 'x'"):
        get_metric("brackets").check(example("x"))
    with pytest.raises(MetricError, match="needs words"):
        get_metric("words").check(example(" . "))
