"""Tests of textgrad_lite.training.allowance."""

from __future__ import annotations

from typing import Literal

import pytest

from textgrad_lite.engines import Budget, CallEvent, Purpose, Usage
from textgrad_lite.training.allowance import NOTHING, Allowance, Cost


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def call(
    purpose: Purpose = "forward",
    kind: Literal["call", "hit", "replay", "failure"] = "call",
    tokens: int = 10,
    usd: float = 0.01,
) -> CallEvent:
    return CallEvent(kind, "e", purpose, Usage(input_tokens=tokens, cost_usd=usd))


def test_without_limits_everything_fits() -> None:
    allowance = Allowance(Budget())
    assert allowance.lacking(Cost(10**9, 10**9)) is None
    assert allowance.seconds_for_search() is None


def test_the_verdict_is_set_aside() -> None:
    allowance = Allowance(Budget(calls=100), reserve=Cost(examples=80))
    assert allowance.lacking(Cost(examples=15, asks=5)) is None
    assert allowance.lacking(Cost(examples=15, asks=6)) == "budget"
    assert allowance.short_of == "budget"


def test_calls_of_an_example_are_measured_and_rounded_up() -> None:
    allowance = Allowance(Budget(calls=100))
    for purpose in ("forward", "forward", "judge"):
        for _ in range(4):
            allowance.watch(call(purpose))
    for _ in range(3):
        allowance.watch(call("backward"))
    allowance.watch(call(kind="failure"))
    allowance.measure(5)
    assert allowance.calls_per_example == 3
    assert allowance.lacking(Cost(examples=33)) is None
    assert allowance.lacking(Cost(examples=34)) == "budget"


def test_what_is_known_of_an_example_counts_before_it_is_measured() -> None:
    allowance = Allowance(Budget(calls=99), reserve=Cost(examples=40), calls_per_example=2)
    assert allowance.lacking(Cost(examples=9)) is None
    assert allowance.lacking(Cost(examples=10)) == "budget"


def test_student_and_other_calls_have_limits_of_their_own() -> None:
    allowance = Allowance(Budget(), student_calls=10, other_calls=4)
    for _ in range(5):
        allowance.watch(call())
        allowance.watch(call(kind="hit"))
    allowance.watch(call("optimizer", kind="replay"))
    assert allowance.lacking(Cost(examples=5, asks=3)) is None
    assert allowance.lacking(Cost(examples=6)) == "student_calls"
    assert allowance.lacking(Cost(asks=4)) == "other_calls"


@pytest.mark.parametrize("limits", [{"tokens": 1000}, {"usd": 1.0}])
def test_tokens_and_money_are_counted_at_the_dearest_call(limits: dict[str, float]) -> None:
    allowance = Allowance(Budget(**limits))  # type: ignore[arg-type]
    allowance.watch(call(tokens=10, usd=0.01))
    allowance.watch(call(tokens=50, usd=0.05))
    assert allowance.lacking(Cost(examples=20)) is None
    assert allowance.lacking(Cost(examples=21)) == "budget"
    assert allowance.lacking(Cost(asks=5)) is None  # nothing is known of them: four times as much
    assert allowance.lacking(Cost(asks=6)) == "budget"
    allowance.watch(call("backward", tokens=100, usd=0.1))
    assert allowance.lacking(Cost(asks=10)) is None
    assert allowance.lacking(Cost(asks=11)) == "budget"


def test_time_is_kept_for_the_verdict_at_the_pace_of_either_half() -> None:
    clock = Clock()
    budget = Budget(seconds=100, clock=clock)
    budget.start()
    allowance = Allowance(budget, reserve=Cost(examples=10))
    assert allowance.seconds_for_search() == 100

    def calls(wait: float, seconds: float, n: int) -> None:
        with allowance.timed():
            clock.now += wait  # until the first answer, a server may have to start
            allowance.watch(call())
            clock.now += seconds
            for _ in range(n):
                allowance.watch(call())

    calls(wait=30, seconds=5, n=10)
    start = 5 / 10
    assert allowance.seconds_for_search() == pytest.approx(65 - 1.2 * 5 * (start + 4 * start))
    calls(wait=0, seconds=12, n=6)
    assert allowance.seconds_for_search() == pytest.approx(53 - 1.2 * 5 * (start + 2))
    with allowance.timed():
        clock.now += 1  # nothing was called, so nothing is learned
    assert allowance.seconds_for_search() == pytest.approx(52 - 1.2 * 5 * (start + 2))


def test_a_step_may_begin_while_the_verdict_has_its_time() -> None:
    clock = Clock()
    budget = Budget(seconds=100, clock=clock)
    budget.start()
    allowance = Allowance(budget)
    assert allowance.lacking(Cost(examples=10**6)) is None
    clock.now = 100
    assert allowance.lacking(NOTHING) == "seconds"


def test_costs_add_up() -> None:
    assert Cost(1, 2) + Cost(3, 4) == Cost(4, 6)


def test_a_question_weighs_as_its_tokens_beside_those_of_a_call_of_the_module() -> None:
    """Whoever answered: a resumed run, or one with a full cache, has to weigh alike."""
    allowance = Allowance(None)
    assert allowance.weight_of_asking == 1.0
    allowance.watch(call(tokens=10))
    allowance.watch(call("backward", kind="hit", tokens=30))
    allowance.watch(call("optimizer", kind="replay", tokens=50))
    allowance.watch(call("optimizer", kind="failure", tokens=999))
    assert (allowance.weight_of_asking, allowance.asked) == (4.0, 2)


def test_a_loss_is_asked_as_a_critic_is() -> None:
    allowance = Allowance(None, other_calls=1)
    allowance.watch(call("loss"))
    allowance.measure(1)
    assert allowance.lacking(Cost(asks=1)) == "other_calls"
    assert allowance.calls_per_example == 1
