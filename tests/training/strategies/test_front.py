"""Tests of textgrad_lite.training.strategies.front and merge."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.pool import Member, Pool
from textgrad_lite.training.results import EvaluationResult, ExampleResult
from textgrad_lite.training.strategies.front import find_front
from textgrad_lite.training.strategies.merge import merge


def make_member(text: str, scores: str, *parents: Member, examples: str = "") -> Member:
    """A member with a score of 0 or 1 for each example."""
    shown = [{"id": examples, "input": "i", "output": "o"}] if examples else []
    results = tuple(
        ExampleResult(example_id=str(number), score=float(score), kind="right" if score == "1" else "wrong")
        for number, score in enumerate(scores)
    )
    state: dict[str, Any] = {"prompt": text, "examples": shown}
    candidate = Candidate(state=state, source="test", parents=tuple(parent.id for parent in parents))
    return Member(candidate, EvaluationResult(label=text, examples=results))


def front_of(*members: Member) -> dict[str, int]:
    return {str(member.state["prompt"]): led for member, led in find_front(members)}


def test_whoever_solves_something_that_nobody_else_does_is_in_the_front() -> None:
    specialist = make_member("specialist", "0001")
    assert front_of(make_member("good", "1110"), specialist) == {"good": 3, "specialist": 1}


def test_who_leads_only_where_another_leads_too_is_left_out() -> None:
    assert front_of(make_member("worse", "0100"), make_member("better", "1100")) == {"better": 4}


def test_together_two_may_cover_a_third() -> None:
    front = front_of(make_member("a", "1010"), make_member("b", "1100"), make_member("both", "0110"))
    assert len(front) == 2


def test_of_equals_one_stays() -> None:
    assert len(front_of(make_member("a", "10"), make_member("b", "10"))) == 1


@given(st.lists(st.text("01", min_size=4, max_size=4), min_size=1, max_size=6))
def test_the_front_has_the_best_score_of_every_example(rows: list[str]) -> None:
    members = [make_member(f"m{number}", row) for number, row in enumerate(rows)]
    front = [member for member, _ in find_front(members)]
    for example in "0123":
        best = max(member.validation.scores[example] for member in members)
        assert max(member.validation.scores[example] for member in front) == best


def pool_of(start: Member, *members: Member) -> Pool:
    pool = Pool(start)
    for member in members:
        pool.add(member)
    return pool


START = make_member("start", "0000")


def test_what_only_one_has_changed_is_taken_from_that_one() -> None:
    one, other = make_member("new", "1100", START), make_member("start", "0010", START, examples="7")
    merged = merge(pool_of(START, one, other), one, other)
    assert merged is not None
    assert merged.state == {"prompt": "new", "examples": other.state["examples"]}
    assert merged.parents == (one.id, other.id)
    assert merged.source == "merges"
    assert "prompt of" in merged.note
    assert "examples of" in merged.note


def test_what_both_have_changed_comes_from_the_better() -> None:
    one = make_member("one", "1100", START)
    other = make_member("other", "0010", START, examples="7")
    merged = merge(pool_of(START, one, other), one, other)
    assert merged is not None
    assert merged.state["prompt"] == "one"
    assert merged.state["examples"] == other.state["examples"]


def test_the_common_ancestor_need_not_have_been_scored() -> None:
    between = Candidate(state={"prompt": "between", "examples": []}, source="test", parents=(START.id,))
    known = make_member("between", "0000")
    one, other = make_member("new", "1100", known), make_member("between", "0010", known, examples="7")
    pool = pool_of(START, one, other)
    pool.known[between.id] = between
    merged = merge(pool, one, other)
    assert merged is not None
    assert merged.state == {"prompt": "new", "examples": other.state["examples"]}


def test_there_is_nothing_to_merge_where_one_comes_from_the_other_or_both_changed_the_same() -> None:
    child = make_member("child", "1000", START)
    grandchild = make_member("grandchild", "1100", child, examples="7")
    rival = make_member("rival", "0010", START)
    pool = pool_of(START, child, grandchild, rival)
    assert merge(pool, grandchild, child) is None
    assert merge(pool, child, rival) is None
    assert merge(pool, grandchild, rival) is None


def test_strangers_are_not_merged() -> None:
    one, other = make_member("one", "10"), make_member("other", "01", examples="7")
    assert merge(pool_of(START, one, other), one, other) is None
