"""Who is sent when: slots, rates, pauses, refused keys, and answers that nobody wants any more."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.doubles import Model, answering, ask, in_turn, now, run
from textgrad_lite import runtime
from textgrad_lite.engines.limits import Limits
from textgrad_lite.engines.quota import REFUSAL_SECONDS, Account, Quota, shared_account, shared_quota
from textgrad_lite.engines.rates import Rate
from textgrad_lite.engines.types import Completion
from textgrad_lite.errors import AuthenticationError, ConfigurationError


def _limit(model: Model, account: Account | None = None, quota: Quota | None = None, **limits: Any) -> Limits:
    return Limits(model, account or Account(), quota or Quota(), **limits)


async def _ask_many(engine: Limits, count: int) -> list[Completion | BaseException]:
    return await asyncio.gather(
        *(engine.complete(ask(str(number))) for number in range(count)), return_exceptions=True
    )


def test_no_more_requests_are_open_than_allowed_and_all_are_answered_in_order() -> None:
    model = Model()
    outcomes = run(_ask_many(_limit(model, concurrency=3), 10))
    assert model.peak == 3
    assert all(isinstance(outcome, Completion) for outcome in outcomes)
    assert [request.messages[0].text for request in model.requests] == [str(n) for n in range(10)]


def test_requests_per_minute_are_kept_after_the_first_burst() -> None:
    model = Model()
    run(_ask_many(_limit(model, concurrency=100, requests_per_minute=6), 18))
    assert max(model.times[:6]) < 0.01
    assert model.times[6:] == pytest.approx([10.0 * number for number in range(1, 13)], abs=0.01)


def test_tokens_per_minute_are_charged_at_the_bound_and_corrected_by_what_was_used() -> None:
    model = Model(lambda _: answering(tokens=(100, 100)))
    request = ask("x", max_tokens=1000)

    async def scenario() -> None:
        engine = _limit(model, tokens_per_minute=2400)
        bound = engine.counts_tokens(request) + 1000
        assert 1100 < bound < 1200
        for number in range(6):
            await engine.complete(ask(str(number), max_tokens=1000))

    run(scenario())
    assert model.times[1] < 2  # both fit into the first minute at their bound
    assert model.times[-1] < 60  # six at the bound would take more than two minutes


def test_a_request_beyond_a_minutes_tokens_is_sent_and_paid_for_later() -> None:
    model = Model(lambda _: answering(tokens=(3000, 3000)))

    async def scenario() -> None:
        engine = _limit(model, tokens_per_minute=1000)
        await engine.complete(ask("long", max_tokens=5000))
        for number in range(7):
            await engine.complete(ask(str(number), max_tokens=100))

    run(scenario())
    assert model.times[0] == 0.0
    assert model.times[-1] >= 300  # 6000 tokens at 1000 a minute, less the first burst


@given(st.lists(st.integers(1, 150), min_size=1, max_size=30))
@settings(max_examples=60)
def test_no_more_passes_a_rate_than_a_burst_and_the_minutes_since(amounts: list[int]) -> None:
    sent: list[tuple[float, int]] = []

    async def acquire(rate: Rate, amount: int) -> None:
        await rate.acquire(amount)
        sent.append((now(), amount))

    async def scenario() -> None:
        rate = Rate(100)
        await asyncio.gather(*(acquire(rate, amount) for amount in amounts))

    run(scenario())
    assert [amount for _, amount in sent] == amounts
    before = 0
    for (
        seconds,
        amount,
    ) in sent:  # one request may be larger than a burst; the next one waits until it is paid
        assert before <= 100 + seconds / 60 * 100 + 1e-6
        before += amount


def test_requests_that_are_all_too_large_for_a_minute_keep_the_rate_in_the_long_run() -> None:
    async def scenario() -> float:
        rate = Rate(100)
        for _ in range(11):
            await rate.acquire(300)
        return now()

    assert run(scenario()) >= 60 * (10 * 300 - 100) / 100


def test_a_request_that_is_cancelled_while_it_waits_owes_nothing() -> None:
    async def scenario() -> float:
        rate = Rate(100)
        await rate.acquire(100)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(rate.acquire(500), timeout=1)
        await rate.acquire(100)
        return now()

    assert run(scenario()) == pytest.approx(60, abs=0.01)


def test_back_off_holds_no_slot_and_a_queued_request_waits_for_the_pause() -> None:
    quota = Quota()
    model = Model()

    async def scenario() -> None:
        engine = _limit(model, quota=quota, concurrency=1)
        first = asyncio.create_task(engine.complete(ask("first")))
        second = asyncio.create_task(engine.complete(ask("second")))
        await asyncio.sleep(0.5)
        quota.pause(20)
        await asyncio.gather(first, second)

    run(scenario())
    assert model.times == pytest.approx([0.0, 20.5], abs=0.01)


def test_a_request_that_meets_a_pause_after_its_rates_were_taken_pays_them_once() -> None:
    quota = Quota()
    model = Model()

    async def scenario() -> None:
        engine = _limit(model, quota=quota, concurrency=1, requests_per_minute=1, tokens_per_minute=2000)
        await engine.complete(ask("first"))
        second = asyncio.create_task(engine.complete(ask("second", max_tokens=1500)))
        await asyncio.sleep(50)
        quota.pause(20)  # begins while the second request waits for its rate, and ends after it
        await second

    run(scenario())
    assert model.times == pytest.approx([0.0, 71.0], abs=0.01)


def test_a_pause_can_be_extended_but_not_shortened() -> None:
    async def scenario() -> float:
        quota = Quota()
        quota.pause(10)
        quota.pause(5)
        waiting = asyncio.create_task(quota.wait())
        await asyncio.sleep(9)
        quota.pause(10)
        await waiting
        return now()

    assert run(scenario()) == pytest.approx(19)


def test_a_refused_key_stops_the_queue_unsent() -> None:
    model = Model(in_turn(AuthenticationError("wrong key", hint="Set KEY.")))
    outcomes = run(_ask_many(_limit(model, concurrency=4), 50))
    assert len(model.requests) == 4
    assert all(isinstance(outcome, AuthenticationError) for outcome in outcomes)
    unsent = outcomes[-1]
    assert isinstance(unsent, AuthenticationError)
    assert "not sent" in str(unsent)
    assert unsent.hint == "Set KEY."


def test_a_refused_key_stops_other_engines_with_the_same_key() -> None:
    account = Account()
    refused, other = Model(in_turn(AuthenticationError("wrong key"))), Model()

    async def scenario() -> None:
        await asyncio.gather(_limit(refused, account).complete(ask()), return_exceptions=True)
        with pytest.raises(AuthenticationError):
            await _limit(other, account).complete(ask())

    run(scenario())
    assert other.requests == []


def test_a_call_made_just_after_a_refusal_is_not_sent() -> None:
    model = Model(in_turn(AuthenticationError("wrong key")))

    async def scenario() -> None:
        engine = _limit(model)
        await asyncio.gather(engine.complete(ask()), return_exceptions=True)
        await asyncio.sleep(REFUSAL_SECONDS / 2)
        with pytest.raises(AuthenticationError, match="not sent"):
            await engine.complete(ask())

    run(scenario())
    assert len(model.requests) == 1


def test_a_key_is_tried_again_after_a_while() -> None:
    model = Model(in_turn(AuthenticationError("wrong key"), answering()))

    async def scenario() -> None:
        engine = _limit(model)
        await asyncio.gather(engine.complete(ask()), return_exceptions=True)
        await asyncio.sleep(REFUSAL_SECONDS + 1)
        await engine.complete(ask())

    run(scenario())
    assert len(model.requests) == 2


def test_a_queued_request_that_nobody_wants_is_dropped() -> None:
    model = Model()

    async def ask_unwanted(engine: Limits) -> None:
        runtime.wanted.set(lambda: False)
        await engine.complete(ask("unwanted"))

    async def scenario() -> tuple[object, object]:
        engine = _limit(model, concurrency=1)
        return await asyncio.gather(
            engine.complete(ask("wanted")),
            asyncio.create_task(ask_unwanted(engine)),
            return_exceptions=True,
        )

    _, dropped = run(scenario())
    assert isinstance(dropped, asyncio.CancelledError)
    assert [request.messages[0].text for request in model.requests] == ["wanted"]


def test_an_engine_outlives_its_event_loop() -> None:
    model = Model()
    engine = _limit(model, concurrency=1, requests_per_minute=60, tokens_per_minute=100_000)
    for _ in range(2):
        run(_ask_many(engine, 3))
    assert len(model.requests) == 6


@pytest.mark.parametrize(
    "limits", [{"concurrency": 0}, {"requests_per_minute": 0}, {"tokens_per_minute": float("nan")}]
)
def test_a_senseless_limit_is_refused(limits: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        _limit(Model(), **limits)


def test_limits_are_shared_by_address_key_and_model() -> None:
    account, quota = shared_account("https://a.test", "k1"), shared_quota("https://a.test", "k1", "m")
    assert shared_account("https://a.test", "k1") is account
    assert shared_account("https://a.test", "k2") is not account
    assert shared_quota("https://a.test", "k1", "m") is quota
    assert shared_quota("https://a.test", "k1", "n") is not quota
    assert shared_quota("https://b.test", "k1", "m") is not quota
