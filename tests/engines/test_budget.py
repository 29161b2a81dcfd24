"""Budgets: never exceeded, whatever happens in whatever order, and never idle where a call would fit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.doubles import run
from textgrad_lite.engines.budget import Amount, Balance, Budget, inside_a_call, reserve
from textgrad_lite.engines.types import Usage
from textgrad_lite.errors import BudgetExceededError, ConfigurationError

LIMITS = st.fixed_dictionaries(
    {
        "calls": st.none() | st.integers(0, 12),
        "tokens": st.none() | st.integers(0, 60),
        "usd": st.none() | st.integers(0, 40).map(lambda cents: cents / 100),
    }
)
CALLS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.floats(0, 1), st.floats(0, 3), st.booleans()),
    max_size=25,
)


@given(LIMITS, CALLS)
@settings(max_examples=150)
def test_no_limit_is_ever_exceeded(
    limits: dict[str, float], calls: list[tuple[int, int, float, float, bool]]
) -> None:
    async def spend(budget: Budget, call: tuple[int, int, float, float, bool]) -> bool:
        tokens, cents, share, seconds, is_cancelled = call
        try:
            hold = await reserve([budget], Amount(1, tokens, cents / 100))
        except BudgetExceededError:
            return False
        _check(budget, limits)
        await asyncio.sleep(seconds)
        used = Amount(1, int(tokens * share), cents * share / 100)
        hold.settle(Amount(1, tokens, cents / 100) if is_cancelled else used)
        _check(budget, limits)
        return True

    async def spend_all() -> None:
        budget = Budget(**limits)  # type: ignore[arg-type]
        await asyncio.gather(*(spend(budget, call) for call in calls))

    run(spend_all())


def _check(budget: Budget, limits: dict[str, float]) -> None:
    for name, limit in limits.items():
        if limit is not None:
            assert getattr(budget.spent, name) <= limit + 1e-12  # floats are added in another order
            assert getattr(budget.remaining(), name) >= 0


@given(st.integers(0, 10), st.integers(0, 20))
def test_as_many_calls_are_made_as_are_allowed(limit: int, wanted: int) -> None:
    async def call(budget: Budget) -> None:
        hold = await reserve([budget], Amount(calls=1))
        await asyncio.sleep(1)
        hold.settle(Amount(calls=1))

    async def call_all() -> Budget:
        budget = Budget(calls=limit)
        await asyncio.gather(*(call(budget) for _ in range(wanted)), return_exceptions=True)
        return budget

    assert run(call_all()).spent.calls == min(limit, wanted)


def test_a_call_that_does_not_fit_yet_waits_for_others_to_settle() -> None:
    async def scenario() -> Amount:
        budget = Budget(tokens=100)
        first = await reserve([budget], Amount(1, tokens=80))
        second = asyncio.create_task(reserve([budget], Amount(1, tokens=80)))
        await asyncio.sleep(1)
        assert not second.done()
        first.settle(Amount(1, tokens=10))
        (await second).settle(Amount(1, tokens=20))
        return budget.spent

    assert run(scenario()) == Amount(calls=2, tokens=30)


def test_a_call_that_can_never_fit_fails_without_waiting() -> None:
    async def scenario() -> None:
        budget = Budget(tokens=100)
        await reserve([budget], Amount(1, tokens=80))
        with pytest.raises(BudgetExceededError) as caught:
            await reserve([budget], Amount(1, tokens=101))
        assert caught.value.limit == "tokens"
        assert "the next call may need 101" in str(caught.value)

    run(scenario())


def test_a_waiting_call_that_is_cancelled_holds_nothing() -> None:
    async def scenario() -> Balance:
        budget = Budget(calls=1, tokens=100)
        first = await reserve([budget], Amount(1, tokens=100))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reserve([budget], Amount(0, tokens=50)), timeout=1)
        first.settle(Amount(0, tokens=0))
        return budget.remaining()

    assert run(scenario()) == Balance(calls=1, tokens=100, usd=None, seconds=None)


def test_all_budgets_have_to_allow_a_call_and_none_is_charged_where_one_does_not() -> None:
    async def scenario() -> None:
        wide, narrow = Budget(calls=10), Budget(calls=1)
        (await reserve([wide, narrow], Amount(1))).settle(Amount(1))
        with pytest.raises(BudgetExceededError):
            await reserve([wide, narrow], Amount(1))
        assert wide.spent.calls == narrow.spent.calls == 1

    run(scenario())


def test_two_budgets_in_opposite_order_do_not_block_each_other() -> None:
    async def call(budgets: list[Budget]) -> None:
        hold = await reserve(budgets, Amount(1, tokens=60))
        await asyncio.sleep(1)
        hold.settle(Amount(1, tokens=1))

    async def scenario() -> None:
        one, two = Budget(tokens=100), Budget(tokens=100)
        await asyncio.gather(*(call(order) for _ in range(8) for order in ([one, two], [two, one])))
        assert one.spent.calls == two.spent.calls == 16

    run(scenario())


def test_a_call_inside_another_does_not_wait_for_it() -> None:
    async def scenario() -> None:
        budget = Budget(tokens=100)
        outer = await reserve([budget], Amount(1, tokens=80))
        with inside_a_call(), pytest.raises(BudgetExceededError):
            await reserve([budget], Amount(1, tokens=80))
        with inside_a_call():
            (await reserve([budget], Amount(1, tokens=20))).settle(Amount(1, tokens=20))
        outer.settle(Amount(1, tokens=80))
        assert budget.spent.tokens == 100

    run(scenario())


def test_a_budget_named_twice_is_charged_once() -> None:
    async def scenario() -> int:
        budget = Budget(calls=1)
        (await reserve([budget, budget], Amount(1))).settle(Amount(1))
        return budget.spent.calls

    assert run(scenario()) == 1


def test_reservations_of_a_loop_that_is_gone_are_not_waited_for() -> None:
    budget = Budget(calls=1)

    async def leave_open() -> None:
        await reserve([budget], Amount(1))

    async def ask_again() -> None:
        with pytest.raises(BudgetExceededError):
            await reserve([budget], Amount(1))

    run(leave_open())
    run(ask_again())


def test_time_runs_from_the_first_call() -> None:
    clock = [100.0]
    budget = Budget(seconds=10, clock=lambda: clock[0])
    clock[0] = 500.0
    run(_call(budget))
    clock[0] = 509.0
    assert budget.remaining().seconds == pytest.approx(1.0)
    run(_call(budget))
    clock[0] = 510.0
    with pytest.raises(BudgetExceededError) as caught:
        run(_call(budget))
    assert caught.value.limit == "seconds"


async def _call(budget: Budget) -> None:
    (await reserve([budget], Amount(1))).settle(Amount(1))


def test_what_was_spent_elsewhere_can_be_charged() -> None:
    budget = Budget(calls=5, tokens=100, usd=1.0, seconds=60)
    budget.charge(Usage(input_tokens=20, output_tokens=10, cost_usd=0.25), seconds=15)
    assert budget.spent == Amount(calls=1, tokens=30, usd=0.25)
    assert budget.remaining() == Balance(calls=4, tokens=70, usd=0.75, seconds=45)


@pytest.mark.parametrize("usage, usd", [(Usage(), None), (Usage(cost_usd=0.0), 0.0)])
def test_an_unknown_cost_is_unknown_and_never_zero(usage: Usage, usd: float | None) -> None:
    budget = Budget()
    budget.charge(Usage(cost_usd=0.0))
    budget.charge(usage)
    assert budget.spent.usd == usd


def test_a_worst_case_can_be_asked_about_beforehand() -> None:
    budget = Budget(calls=3, usd=1.0)
    assert budget.fits(Amount(calls=3, usd=1.0))
    assert not budget.fits(Amount(calls=4, usd=0.0))
    assert not budget.fits(Amount(calls=1, usd=1.1))
    assert not budget.fits(Amount(calls=1, usd=None))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Budget(calls=-1),
        lambda: Budget(usd=float("nan")),
        lambda: Budget(seconds=-0.1),
        lambda: Budget(tokens=-5),
    ],
)
def test_a_limit_is_zero_or_more(make: Callable[[], Budget]) -> None:
    with pytest.raises(ConfigurationError):
        make()
