"""Tests of textgrad_lite.training.stopping."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from textgrad_lite.engines import Amount
from textgrad_lite.errors import ConfigurationError, UnknownNameError
from textgrad_lite.training.events import StopReason
from textgrad_lite.training.stopping import (
    AllOf,
    AnyOf,
    Elapsed,
    MaxSteps,
    NoImprovement,
    Patience,
    Perfect,
    Requested,
    Spent,
    Standing,
    Stop,
    Target,
    read_stop,
)


def search(**changes: Any) -> Any:
    standing = {
        "step": 0,
        "last_gain": 0,
        "means": [0.5],
        "spent": Amount(),
        "elapsed": 0.0,
        "is_stop_requested": False,
    }
    return SimpleNamespace(**{**standing, **changes})


@pytest.mark.parametrize(
    "stop, before, after, reason",
    [
        (MaxSteps(steps=3), search(step=2), search(step=3), "steps"),
        (Patience(steps=2), search(step=4, last_gain=3), search(step=5, last_gain=3), "patience"),
        (Target(mean=0.8), search(means=[0.5, 0.79]), search(means=[0.5, 0.8]), "target"),
        (Perfect(), search(means=[0.99]), search(means=[0.9, 1.0]), "perfect"),
        (Spent(calls=9), search(spent=Amount(calls=8)), search(spent=Amount(calls=9)), "budget"),
        (Spent(tokens=9), search(spent=Amount(calls=99)), search(spent=Amount(tokens=9)), "budget"),
        (Spent(usd=1.0), search(spent=Amount(usd=None)), search(spent=Amount(usd=1.5)), "budget"),
        (Elapsed(seconds=5), search(elapsed=4.9), search(elapsed=5.0), "time"),
        (Requested(), search(), search(is_stop_requested=True), "requested"),
        (
            NoImprovement(steps=2, least=0.05),
            search(means=[0.5, 0.5]),
            search(means=[0.5] * 3),
            "no_improvement",
        ),
        (
            NoImprovement(steps=2, least=0.05),
            search(means=[0.5, 0.5, 0.5, 0.55]),
            search(means=[0.5, 0.5, 0.52, 0.54]),
            "no_improvement",
        ),
    ],
)
def test_conditions(stop: Stop, before: Any, after: Any, reason: str) -> None:
    assert stop.reason(before) is None
    assert stop.reason(after) == reason
    assert read_stop(json.loads(json.dumps(stop.to_json()))) == stop


def test_conditions_can_be_put_together() -> None:
    either = Patience(steps=2) | Target(mean=0.8) | MaxSteps(steps=9)
    assert either == AnyOf(conditions=(Patience(steps=2), Target(mean=0.8), MaxSteps(steps=9)))
    assert either.reason(search()) is None
    assert either.reason(search(step=9, means=[0.9])) == "patience"
    assert either.reason(search(step=9, last_gain=8)) == "steps"
    both = Patience(steps=2) & Target(mean=0.8) & MaxSteps(steps=4)
    assert both == AllOf(conditions=(Patience(steps=2), Target(mean=0.8), MaxSteps(steps=4)))
    assert both.reason(search(step=9, means=[0.7])) is None
    assert both.reason(search(step=9, means=[0.9])) == "patience"


def test_they_are_kept_as_plain_data() -> None:
    stop = (Patience(steps=2) & Spent(calls=100)) | (Elapsed(seconds=60.0) & Target(mean=0.5)) | Perfect()
    data = json.loads(json.dumps(stop.to_json()))
    assert data["conditions"][0] == {
        "kind": "all",
        "conditions": [
            {"kind": "patience", "steps": 2},
            {"kind": "spent", "calls": 100, "tokens": None, "usd": None},
        ],
    }
    assert read_stop(data) == stop


@pytest.mark.parametrize(
    "data, error, message",
    [
        ({"kind": "patients", "steps": 2}, UnknownNameError, "patience"),
        ({"steps": 2}, UnknownNameError, "condition to stop at"),
        ({"kind": "patience", "steps": 0}, ConfigurationError, "greater than or equal to 1"),
        ({"kind": "any", "conditions": []}, ConfigurationError, "at least 1 item"),
        ({"kind": "any", "conditions": [{"kind": "target"}]}, ConfigurationError, "Field required"),
    ],
)
def test_what_is_no_condition_is_refused(data: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        read_stop(data)


def test_a_condition_of_ones_own() -> None:
    class LongPrompt(Stop):
        kind: ClassVar[str] = "odd steps"

        def reason(self, search: Standing) -> StopReason | None:
            return "requested" if search.step % 2 else None

    assert (LongPrompt() | MaxSteps(steps=4)).reason(search(step=1)) == "requested"
    assert (LongPrompt() & MaxSteps(steps=4)).to_json()["conditions"][0] == {"kind": "odd steps"}
