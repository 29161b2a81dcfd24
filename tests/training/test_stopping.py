"""Tests of textgrad_lite.training.stopping."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from textgrad_lite.training.stopping import MaxSteps, Patience, Stop, Target, first_reason, perfect


def search(*, step: int = 0, last_gain: int = 0, mean: float = 0.5) -> Any:
    return SimpleNamespace(
        step=step, last_gain=last_gain, pool=SimpleNamespace(best=SimpleNamespace(mean=mean))
    )


@pytest.mark.parametrize(
    "stop, before, after, reason",
    [
        (MaxSteps(3), search(step=2), search(step=3), "steps"),
        (Patience(2), search(step=4, last_gain=3), search(step=5, last_gain=3), "patience"),
        (Target(0.8), search(mean=0.79), search(mean=0.8), "target"),
        (perfect, search(mean=0.99), search(mean=1.0), "perfect"),
    ],
)
def test_conditions(stop: Stop, before: Any, after: Any, reason: str) -> None:
    assert stop(before) is None
    assert stop(after) == reason


def test_the_first_condition_that_holds_gives_the_reason() -> None:
    stops: list[Stop] = [perfect, Target(0.4), MaxSteps(0)]
    assert first_reason(stops, search()) == "target"
    assert first_reason([perfect], search()) is None
