"""Tests of textgrad_lite.training.turns."""

from __future__ import annotations

from textgrad_lite.training.turns import Turns


def test_together_there_are_no_turns() -> None:
    assert Turns(["a", "b"]).take({"a"}) is None
    assert Turns([], "round-robin").take({"a"}) is None


def test_each_has_its_turn_and_one_without_criticism_is_passed_over() -> None:
    turns = Turns(["a", "b", "c"], "round-robin")
    every = {"a", "b", "c"}
    assert [turns.take(every) for _ in range(4)] == [("a",), ("b",), ("c",), ("a",)]
    assert turns.take({"a"}) == ("a",)
    assert turns.take(every) == ("b",)
    assert turns.take(set()) == ("c",)
    assert turns.take(every) == ("a",)
