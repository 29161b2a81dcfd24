"""Tests of textgrad_lite.training.traces."""

from __future__ import annotations

from textgrad_lite.optimizers.sources import Trace
from textgrad_lite.training.traces import TraceBook


def trace(example: str, score: float, output: str = "x") -> Trace:
    return Trace(example, f"input {example}", output, score)


def make_book(**rows: list[Trace]) -> TraceBook:
    book = TraceBook()
    for state, traces in rows.items():
        book.keep(state, traces)
    return book


def test_a_state_that_solved_something_has_its_own_traces() -> None:
    book = make_book(one=[trace("1", 1.0), trace("2", 0.0)], other=[trace("3", 1.0)])
    assert [(each.example_id, each.score) for each in book.of("one")] == [("1", 1.0), ("2", 0.0)]


def test_a_state_that_solved_nothing_borrows_those_of_all() -> None:
    book = make_book(one=[trace("1", 0.0)], other=[trace("1", 1.0)])
    assert {each.score for each in book.of("one")} == {0.0, 1.0}
    assert {each.score for each in book.of("never seen")} == {0.0, 1.0}


def test_what_another_state_did_worse_on_is_marked() -> None:
    book = make_book(one=[trace("1", 1.0), trace("2", 1.0)], other=[trace("1", 0.0), trace("2", 1.0)])
    assert [each.was_missed for each in book.of("one")] == [True, False]


def test_the_most_missed_come_first_with_the_latest_wrong_answer() -> None:
    book = make_book(
        one=[trace("1", 0.0), trace("2", 0.0, "old"), trace("3", 1.0)],
        other=[trace("1", 1.0), trace("2", 0.0, "new"), trace("3", 1.0)],
    )
    assert [(each.example_id, each.output) for each in book.missed()] == [("2", "new"), ("1", "x")]
    assert [each.example_id for each in book.missed(1)] == ["2"]
