"""Tests of textgrad_lite.training.verdict."""

from __future__ import annotations

import pytest

from textgrad_lite.training.scores import Score
from textgrad_lite.training.statistics import mean_interval
from textgrad_lite.training.verdict import Verdict, judge, nothing_found, untested, with_stop


def score(values: list[float]) -> Score:
    interval = mean_interval(values)
    return Score(mean=sum(values) / len(values), n=len(values), low=interval.low, high=interval.high)


def verdict(before: list[float], after: list[float]) -> Verdict:
    named = [{str(n): value for n, value in enumerate(values)} for values in (before, after)]
    return judge(score(before), score(after), named[0], named[1], seed=0)


@pytest.mark.parametrize(
    "n_better, n_worse, outcome, is_significant, is_better, keeps",
    [
        (10, 0, "better", True, True, True),
        (5, 0, "higher", False, True, True),
        (3, 3, "not-better", False, False, False),
        (0, 10, "not-better", False, False, False),
    ],
)
def test_outcomes(
    n_better: int, n_worse: int, outcome: str, *, is_significant: bool, is_better: bool, keeps: bool
) -> None:
    before = [0.0] * n_better + [1.0] * n_worse + [1.0] * 5
    after = [1.0] * n_better + [0.0] * n_worse + [1.0] * 5
    found = verdict(before, after)
    assert found.outcome == outcome
    assert (found.is_significant, found.is_better, found.keeps_candidate) == (
        is_significant,
        is_better,
        keeps,
    )


def test_the_sentence_says_everything_in_one_line() -> None:
    found = verdict([0.0] * 6 + [1.0] * 4, [1.0] * 10)
    assert found.sentence.startswith(
        "40.0% before, 100.0% after on 10 test examples: +60.0 points (95 % interval +"
    )
    assert "exact McNemar test, p = 0.031" in found.sentence
    assert found.sentence.endswith("The new prompt is significantly better.")
    assert "p = less than 0.001" in verdict([0.0] * 20, [1.0] * 20).sentence


def test_a_difference_that_may_be_chance_is_called_so() -> None:
    assert "may be chance: it is not significant" in verdict([0.0] * 3, [1.0] * 3).sentence


def test_examples_without_a_pair_are_left_out() -> None:
    before, after = {"a": 0.0, "b": 1.0}, {"b": 1.0, "c": 1.0}
    found = judge(score([0.0, 1.0]), score([1.0, 1.0]), before, after, seed=0)
    assert (found.n, found.outcome) == (1, "not-better")


def test_without_any_pair_nothing_is_claimed() -> None:
    found = judge(score([0.0]), score([1.0]), {"a": 0.0}, {"b": 1.0}, seed=0)
    assert (found.outcome, found.keeps_candidate, found.is_better) == ("untested", True, False)


def test_verdicts_without_a_comparison() -> None:
    assert (
        nothing_found(None, tried=3).sentence
        == "No candidate was better on validation; the original is kept."
    )
    assert nothing_found(None, tried=0).sentence == "No candidate was tried; the original is kept."
    found = nothing_found(score([1.0, 0.0]), tried=1)
    assert (found.outcome, found.keeps_candidate, found.n) == ("nothing-found", False, 2)
    assert "It scores 50.0%" in found.sentence
    assert "not confirmed on unseen examples: no data" in untested("no data").sentence


@pytest.mark.parametrize(
    "reason, steps, told",
    [
        ("steps", 3, "…"),
        (
            "budget",
            0,
            "… The search ended before the first step was complete, because the budget allowed no more.",
        ),
        ("budget", 1, "… The search ended after 1 step, because the budget allowed no more."),
        ("time", 2, "… The search ended after 2 steps, because the time was over."),
    ],
)
def test_a_limit_that_ended_the_search_is_named(reason: str, steps: int, told: str) -> None:
    assert with_stop(Verdict(outcome="higher", sentence="…"), reason, steps).sentence == told


def test_scores_speak_for_themselves() -> None:
    assert str(score([1.0, 0.0])).startswith("50.0% (n = 2, 95 % interval ")
    nothing = Score(mean=None, n=0, low=0.0, high=1.0)
    assert (str(nothing), nothing.value) == ("no score", 0.0)
