"""Tests of textgrad_lite.training.habits."""

from __future__ import annotations

import pytest

from tests.training.doubles import make_dataset
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.graph import Variable
from textgrad_lite.metrics import MetricResult
from textgrad_lite.training.habits import Habits, choose_rollouts
from textgrad_lite.training.results import ExampleResult, Rollout


def roll_out(scores: str) -> list[Rollout]:
    """A rollout for each ``1`` or ``0``; ``-`` stands for a call that failed."""
    return [
        Rollout(
            example,
            Variable("?", role_description="answer"),
            MetricResult(score=float(score), kind="right" if score == "1" else "wrong"),
            ExampleResult(example_id=example.id, score=float(score), kind="wrong"),
        )
        for example, score in zip(make_dataset(len(scores)), scores, strict=True)
        if score != "-"
    ]


@pytest.mark.parametrize(
    "scores, habits, chosen",
    [
        ("01010101", Habits(), ["0", "2", "4", "6", "1"]),
        ("00000011", Habits(most_criticised=3), ["0", "1", "2", "6"]),
        ("01111111", Habits(protected=0.5), ["0", "1", "2", "3", "4"]),
        ("01111111", Habits(protected=0.0), ["0"]),
        ("1111", Habits(protected=1.0), []),
        ("0-1-0", Habits(), ["0", "4", "2"]),
        ("00010011", Habits(most_criticised=1, minibatch=4), ["0", "3", "4", "6"]),
        ("1111-0", Habits(minibatch=4), ["0", "5"]),
    ],
)
def test_failing_examples_are_criticised_and_some_passing_ones_protected(
    scores: str, habits: Habits, chosen: list[str]
) -> None:
    picked = choose_rollouts(roll_out(scores), make_dataset(len(scores)), habits)
    assert [rollout.example.id for rollout in picked] == chosen


def test_several_minibatches_allow_several_times_as_much_criticism() -> None:
    assert Habits().most_of(8) == 4
    assert Habits(minibatch=8).most_of(24) == 12
    assert Habits(minibatch=8).most_of(20) == 12


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_is_a_share(share: float) -> None:
    with pytest.raises(ConfigurationError, match="passing examples to protect"):
        Habits(protected=share)
