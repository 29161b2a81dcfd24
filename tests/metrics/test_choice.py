"""Tests of textgrad_lite.metrics.choice."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.data import Example
from textgrad_lite.errors import MetricError
from textgrad_lite.metrics import get_metric
from textgrad_lite.metrics.choice import find_choice, find_options

QUESTION = "Which one?\nOptions:\n(A) a red cat\n(B) Bern\n(C) 12/25/1937\n(D) both"


def example(target: str | None, question: str = QUESTION) -> Example:
    return Example(id="7", input=question, target=target)


@pytest.mark.parametrize(
    "reply, letter",
    [
        ("Answer: (B)", "B"),
        ("Answer: B", "B"),
        ("**Answer:** b", "B"),
        ("Answer: **B**.", "B"),
        ("Answer: B) Bern", "B"),
        ("Answer: B. Bern", "B"),
        ("Answer: The answer is (B), not (C).", "B"),
        ("Answer: option B", "B"),
        ("Answer: The right one is B.", "B"),
        ("Clearly, the first is A, but the right one is B", "B"),
        ("Answer:\n\n(B)", "B"),
        ("Answer: Bern", "B"),
        ("Answer: A red cat", "A"),
        ("Answer: 12/25/1937.", "C"),
        ("First I took (A). The answer is (B).", "B"),
        ("(C) is wrong, so it must be\nB", "B"),
        ("It must be (A) or (B).\nMore I cannot say.", "B"),
        ("Answer: (A)\nNo, wait.\nAnswer: (B)", "B"),
        ("A cat is an animal", None),
        ("Answer: a dog", None),
        ("Answer: (Z)", None),
        ("Answer:", None),
        ("", None),
    ],
)
async def test_the_letter_that_a_reply_settles_on(reply: str, letter: str | None) -> None:
    assert find_choice(reply, find_options(QUESTION)) == letter
    result = await get_metric("choice").score(example("(B)"), reply)
    kind = "unparsable" if letter is None else "right" if letter == "B" else "wrong"
    assert (result.kind, result.answer) == (kind, letter)


@pytest.mark.parametrize(
    "question, options",
    [
        (QUESTION, {"A": "a red cat", "B": "Bern", "C": "12/25/1937", "D": "both"}),
        ("Q?\n\nA) x\nB) y", {"A": "x", "B": "y"}),
        ("Q?\nA. x\nB. y", {"A": "x", "B": "y"}),
        ("Example:\n(A) no\n(B) no\n(C) no\nQ?\n(A) x\n(B) y", {"A": "x", "B": "y"}),
        ("How many?", {}),
    ],
)
def test_options_of_a_question(question: str, options: dict[str, str]) -> None:
    assert find_options(question) == options


def test_without_options_any_letter_will_do() -> None:
    assert find_choice("Answer: (Q)", {}) == "Q"
    assert find_choice("It is hard to say.", {}) is None


def test_a_text_that_two_options_have_is_no_choice() -> None:
    assert find_choice("Answer: x", {"A": "x", "B": "x"}) is None


@given(letter=st.sampled_from(string.ascii_uppercase[:8]), reasoning=st.text(alphabet="xyz .\n"))
def test_reasoning_before_the_mark_changes_nothing(letter: str, reasoning: str) -> None:
    options = dict.fromkeys(string.ascii_uppercase[:8], "text")
    assert find_choice(f"{reasoning}\nAnswer: ({letter})", options) == letter


async def test_the_feedback_names_both_letters() -> None:
    metric = get_metric("choice")
    assert (await metric.score(example("B"), "(C)")).feedback == "The answer should be (B), but it was (C)."
    assert (await metric.score(example("B"), "(B)")).feedback == "Right: (B)."
    assert "settles on none" in (await metric.score(example("B)"), "?")).feedback


async def test_a_target_that_is_no_letter_is_compared_as_text() -> None:
    metric = get_metric("choice")
    assert (await metric.score(example("Monsters, Inc"), "Answer: monsters, inc.")).is_right
    assert not (await metric.score(example("Monsters, Inc"), "Answer: (A)")).is_right


def test_a_target_is_needed() -> None:
    with pytest.raises(MetricError, match="needs an expected answer"):
        get_metric("choice").check(example(None))
