"""The layers together: with every kind of fault, a run ends as without, and no budget is exceeded."""

from __future__ import annotations

import asyncio
import logging
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.doubles import Model, answering, ask, in_turn, now, run
from textgrad_lite.engines.budget import Budget
from textgrad_lite.engines.pricing import Price
from textgrad_lite.engines.registry import get_engine
from textgrad_lite.engines.retry import RetryPolicy
from textgrad_lite.engines.session import Session, use_session
from textgrad_lite.engines.stack import Stack, StackOptions, stack
from textgrad_lite.engines.types import Completion, Request
from textgrad_lite.errors import (
    AuthenticationError,
    BudgetExceededError,
    EngineConnectionError,
    EngineError,
    EngineTimeoutError,
    InvalidResponseError,
    OverloadedError,
    RateLimitError,
    ServerError,
)

PRICE = Price(input=1.0, output=4.0)
PATIENT = RetryPolicy(attempts=20)


class FaultyModel(Model):
    """Fails a share of its calls in every way a server can, and keeps its own books as the server would.

    A failure before the model worked bills nothing; one after it bills everything up to the cap.
    """

    def __init__(self, share: float, seed: int) -> None:
        self.random = random.Random(seed)
        self.calls = 0
        self.tokens = 0
        self.usd = 0.0
        super().__init__(self._answer_or_fail, pricing=PRICE)
        self.share = share

    async def complete(self, request: Request) -> Completion:
        self.calls += 1
        self._seconds = self.random.uniform(0.1, 3.0)
        return await super().complete(request)

    def _answer_or_fail(self, request: Request) -> Completion:
        if self.random.random() < self.share:
            raise self._fail(request)
        completion = answering(
            f"answer to {request.messages[-1].text}",
            tokens=(20, self.random.randint(1, request.max_tokens or 9)),
        )
        self._bill(completion.usage.input_tokens, completion.usage.output_tokens)
        return completion

    def _fail(self, request: Request) -> EngineError:
        kind = self.random.choice(
            [RateLimitError, OverloadedError, ServerError, EngineConnectionError, EngineTimeoutError,
             InvalidResponseError]
        )  # fmt: skip
        status = {RateLimitError: 429, OverloadedError: 529, ServerError: 500, InvalidResponseError: 200}.get(
            kind
        )
        if kind in (EngineTimeoutError, EngineConnectionError, InvalidResponseError):
            self._bill(20, request.max_tokens or 0)
        error = kind("injected", status=status)
        if isinstance(error, RateLimitError):
            error.retry_after = self.random.uniform(0, 2)
        return error

    def _bill(self, input_tokens: int, output_tokens: int) -> None:
        self.tokens += input_tokens + output_tokens
        self.usd += PRICE.most(input_tokens, output_tokens)


async def _ask_all(engine: Stack, count: int) -> list[Completion | BaseException]:
    requests = [ask(f"question {number}", max_tokens=10) for number in range(count)]
    return await asyncio.gather(*(engine.complete(request) for request in requests), return_exceptions=True)


def _stack(model: Model, **options: Any) -> Stack:
    return stack(model, StackOptions(**{"cache": "off", "concurrency": 64, "retry": PATIENT, **options}))


@pytest.mark.parametrize("share", [0.1, 0.2])
@pytest.mark.parametrize("seed", range(3))
def test_with_injected_faults_a_run_ends_as_without(share: float, seed: int) -> None:
    flawless, faulty = FaultyModel(0.0, seed), FaultyModel(share, seed)
    expected = run(_ask_all(_stack(flawless), 200))
    outcomes = run(_ask_all(_stack(faulty), 200))
    assert [outcome.text for outcome in outcomes if isinstance(outcome, Completion)] == [
        completion.text for completion in expected if isinstance(completion, Completion)
    ]
    assert len(faulty.requests) > 200
    assert faulty.peak <= 64


@given(
    seed=st.integers(0, 10_000),
    share=st.sampled_from([0.0, 0.1, 0.2, 0.5]),
    calls=st.none() | st.integers(0, 80),
    tokens=st.none() | st.integers(0, 8000),
    usd=st.none() | st.floats(0, 0.005),
    in_session=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_no_budget_is_exceeded_at_concurrency_64_with_faults(
    seed: int, share: float, calls: int | None, tokens: int | None, usd: float | None, in_session: bool
) -> None:
    model = FaultyModel(share, seed)
    budget = Budget(calls, tokens, usd)

    async def scenario() -> list[Completion | BaseException]:
        engine = _stack(model, budget=None if in_session else budget)
        with use_session(Session(budget=budget if in_session else None)):
            return await _ask_all(engine, 64)

    outcomes = run(scenario())
    assert all(isinstance(outcome, Completion | BudgetExceededError) for outcome in outcomes)
    assert calls is None or model.calls <= calls
    assert tokens is None or model.tokens <= tokens
    assert usd is None or model.usd <= usd + 1e-12
    assert budget.spent.calls == model.calls
    if tokens is None and usd is None and calls is not None and share == 0.0:
        assert model.calls == min(calls, 64)


@given(seed=st.integers(0, 1000), seconds=st.floats(0.1, 30))
@settings(max_examples=30, deadline=None)
def test_no_time_limit_is_exceeded(seed: int, seconds: float) -> None:
    model = FaultyModel(0.2, seed)

    async def scenario() -> float:
        await _ask_all(_stack(model, budget=Budget(seconds=seconds, clock=now), concurrency=4), 64)
        return now()

    assert run(scenario()) <= seconds + 0.01
    assert max(model.times, default=0.0) <= seconds + 0.01


def test_a_wrong_key_costs_one_request_singly_and_at_most_the_concurrency_in_a_loop() -> None:
    single = Model(in_turn(AuthenticationError("wrong key", status=401)))
    with pytest.raises(AuthenticationError):
        run(_stack(single).complete(ask()))
    assert len(single.requests) == 1

    looped = Model(in_turn(AuthenticationError("wrong key", status=401)))
    outcomes = run(_ask_all(_stack(looped, concurrency=8), 100))
    assert all(isinstance(outcome, AuthenticationError) for outcome in outcomes)
    assert len(looped.requests) <= 8


def test_every_attempt_is_counted_and_hits_are_not_billed(tmp_path: Path) -> None:
    model = Model(in_turn(ServerError("down", status=500), answering()), seconds=0, pricing=PRICE)
    budget = Budget(calls=10)
    engine = stack(model, StackOptions(cache_dir=tmp_path, budget=budget, retry=RetryPolicy(first_wait=0)))

    async def scenario() -> None:
        for _ in range(3):
            await engine.complete(ask())

    asyncio.run(scenario())
    (row,) = engine.ledger.report()
    assert (row.calls, row.failures, row.hits) == (1, 1, 2)
    assert row.cost_usd == pytest.approx((10 + 4 * 5) / 1e6)
    assert budget.spent.calls == 2


def test_default_parameters_are_part_of_the_key(tmp_path: Path) -> None:
    model = Model(seconds=0)

    async def scenario() -> None:
        for temperature in (0.0, 1.0, 0.0):
            options = StackOptions(cache_dir=tmp_path, sampling={"temperature": temperature})
            await stack(model, options).complete(ask())

    asyncio.run(scenario())
    assert [request.temperature for request in model.requests] == [0.0, 1.0]


def test_the_next_attempt_is_not_answered_from_the_cache(tmp_path: Path) -> None:
    model = Model(seconds=0)
    engine = stack(model, StackOptions(cache_dir=tmp_path))

    async def scenario() -> None:
        for attempt in (0, 1, 0, 1):
            await engine.complete(ask().with_attempt(attempt))

    asyncio.run(scenario())
    assert [request.sample for request in model.requests] == [(0, 0), (0, 1)]


def test_a_stack_shows_what_its_engine_is() -> None:
    model = Model(pricing=PRICE)
    model.context_window = 4096
    model.supports_schema = True
    engine = _stack(model, sampling={"temperature": 0.0})
    assert (engine.name, engine.context_window, engine.supports_schema) == ("fake/model", 4096, True)
    assert engine.identity() == model.identity()
    assert engine.counts_tokens(ask()) == model.counts_tokens(ask())
    assert engine.pricing is PRICE


@pytest.mark.parametrize("outcome", [answering(), ServerError("down", status=500)])
def test_prompts_and_answers_are_not_logged(
    outcome: Completion | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.run(
        asyncio.wait_for(_failing_silently(_stack(Model(in_turn(outcome), seconds=0), retry=RetryPolicy(
            attempts=2, first_wait=0))), 10)
    )  # fmt: skip
    assert "hello" not in caplog.text
    assert "fine" not in caplog.text


async def _failing_silently(engine: Stack) -> None:
    await asyncio.gather(engine.complete(ask()), return_exceptions=True)


def test_a_function_that_asks_other_engines_cannot_block_itself() -> None:
    inner = get_engine(str.upper, price=PRICE, max_tokens=20)
    outer = get_engine(lambda prompt: inner(prompt), price=PRICE, max_tokens=20)
    worst = inner.counts_tokens(ask("hello")) + 20

    def ask_both(tokens: int) -> str:
        with use_session(Session(budget=Budget(tokens=tokens))):
            return outer("hello")

    assert ask_both(2 * worst) == "HELLO"
    with pytest.raises(BudgetExceededError):
        ask_both(2 * worst - 1)


def test_cancelling_a_call_cancels_its_request_and_settles_it() -> None:
    model, budget = Model(seconds=10, pricing=PRICE), Budget(calls=5)

    async def scenario() -> None:
        call = asyncio.create_task(_stack(model, budget=budget).complete(ask()))
        await asyncio.sleep(1)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await asyncio.sleep(0)

    run(scenario())
    assert model.is_cancelled
    assert budget.spent.calls == 1
    assert budget.remaining().calls == 4
