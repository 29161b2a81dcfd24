"""Tests of textgrad_lite.tasks.test_time.voting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.tasks.test_time import vote


def test_the_most_frequent_answer_wins() -> None:
    found = vote(["a", "b", "b", None])
    assert (found.answer, found.confidence, found.n, found.counts) == ("b", 0.5, 4, {"a": 1, "b": 2})


def test_of_equally_many_the_first_wins() -> None:
    assert vote(["b", "a", "a", "b"]).answer == "b"


def test_where_nobody_answers_nobody_wins() -> None:
    assert (vote([None, None]).answer, vote([None]).confidence, vote([]).confidence) == (None, 0.0, 0.0)


@given(answers=st.lists(st.sampled_from(["a", "b", None]), max_size=9))
def test_a_majority_always_wins(answers: list[str | None]) -> None:
    for answer in ("a", "b"):
        if 2 * answers.count(answer) > len(answers):
            assert vote(answers).answer == answer
            assert vote(answers).confidence > 0.5
