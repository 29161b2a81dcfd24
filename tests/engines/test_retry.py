"""What is asked again, how often, and who waits meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from tests.engines.doubles import Model, answering, ask, in_turn, now, run
from textgrad_lite.engines.budget import Budget
from textgrad_lite.engines.ledger import Ledger
from textgrad_lite.engines.quota import Quota
from textgrad_lite.engines.recorder import Recorder
from textgrad_lite.engines.retry import MOST_LEARNED, Retry, RetryPolicy
from textgrad_lite.engines.session import CallEvent, Session, use_session
from textgrad_lite.engines.types import Completion
from textgrad_lite.errors import (
    AuthenticationError,
    BadRequestError,
    BudgetExceededError,
    ConfigurationError,
    ContextLengthError,
    EngineConnectionError,
    EngineTimeoutError,
    InvalidResponseError,
    ModelNotFoundError,
    OverloadedError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnsupportedParameterError,
)


def _retry(
    model: Model, policy: RetryPolicy | None = None, quota: Quota | None = None, budget: Budget | None = None
) -> Retry:
    recorder = Recorder(model.name, Ledger())
    return Retry(model, policy or RetryPolicy(attempts=4), quota or Quota(), recorder, budget)


def _limited(seconds: float) -> RateLimitError:
    error = RateLimitError("slow down")
    error.retry_after = seconds
    return error


def _unsupported(parameter: str) -> UnsupportedParameterError:
    error = UnsupportedParameterError("not supported")
    error.parameter = parameter
    return error


PASSING = [
    EngineConnectionError,
    EngineTimeoutError,
    RateLimitError,
    OverloadedError,
    ServerError,
    InvalidResponseError,
]
LASTING = [
    AuthenticationError,
    PermissionDeniedError,
    BadRequestError,
    ContextLengthError,
    ModelNotFoundError,
    TypeError,
    BudgetExceededError,
]


@pytest.mark.parametrize("error", PASSING)
def test_an_error_that_may_pass_is_asked_again(error: type[Exception]) -> None:
    model = Model(in_turn(error("once"), error("twice"), answering("fine")))
    assert run(_retry(model).complete(ask())).text == "fine"
    assert len(model.requests) == 3


@pytest.mark.parametrize("error", LASTING)
def test_an_error_that_lasts_fails_at_once_as_it_is(error: type[Exception]) -> None:
    original = error("no", limit="calls") if error is BudgetExceededError else error("no")
    model = Model(in_turn(original))
    with pytest.raises(error) as caught:
        run(_retry(model).complete(ask()))
    assert caught.value is original
    assert len(model.requests) == 1


def test_the_last_error_is_raised_after_as_many_attempts_as_allowed() -> None:
    model = Model(in_turn(ServerError("first"), ServerError("second"), ServerError("last")))
    with pytest.raises(ServerError, match="last"):
        run(_retry(model, RetryPolicy(attempts=3)).complete(ask()))
    assert len(model.requests) == 3


def test_waits_grow_but_stay_bounded() -> None:
    model = Model(in_turn(ServerError("down")), seconds=0)
    policy = RetryPolicy(attempts=10, first_wait=1, max_wait=4)
    with pytest.raises(ServerError):
        run(_retry(model, policy).complete(ask()))
    waits = [after - before for before, after in zip(model.times, model.times[1:], strict=False)]
    bounds = [1, 2, 4, 4, 4, 4, 4, 4, 4]
    assert all(0 <= wait <= bound for wait, bound in zip(waits, bounds, strict=True))
    assert len(set(waits)) > 1


def test_a_learned_parameter_is_asked_again_at_once_and_costs_no_attempt() -> None:
    model = Model(in_turn(_unsupported("temperature"), _unsupported("max_tokens"), answering()), seconds=0)
    run(_retry(model, RetryPolicy(attempts=1)).complete(ask()))
    assert model.times == pytest.approx([0.0, 0.0, 0.0], abs=1e-4)


def test_learning_comes_to_an_end() -> None:
    model = Model(in_turn(_unsupported("temperature")))
    with pytest.raises(UnsupportedParameterError):
        run(_retry(model).complete(ask()))
    assert len(model.requests) == MOST_LEARNED + 1


def test_a_pause_that_the_server_asks_for_holds_for_all_who_share_the_limit() -> None:
    quota = Quota()
    model = Model(in_turn(_limited(30), answering()), seconds=0)

    async def scenario() -> float:
        call = asyncio.create_task(_retry(model, quota=quota).complete(ask()))
        await asyncio.sleep(1)
        assert quota.is_paused
        await quota.wait()
        waited = now()
        await call
        return waited

    assert run(scenario()) == pytest.approx(30)
    assert 30 <= model.times[1] <= 30.25


def test_a_pause_longer_than_allowed_fails_and_makes_nobody_wait() -> None:
    quota = Quota()
    model = Model(in_turn(_limited(300)))

    async def scenario() -> None:
        with pytest.raises(RateLimitError):
            await _retry(model, RetryPolicy(max_pause=120), quota).complete(ask())
        assert not quota.is_paused

    run(scenario())
    assert len(model.requests) == 1


def test_a_pause_beyond_the_time_limit_stops_at_once() -> None:
    clock = [0.0]
    model = Model(in_turn(_limited(60)))

    async def scenario() -> float:
        budget = Budget(seconds=20, clock=lambda: clock[0])
        budget.start()
        clock[0] = 5.0
        with pytest.raises(BudgetExceededError) as caught:
            await _retry(model, budget=budget).complete(ask())
        assert caught.value.limit == "seconds"
        assert isinstance(caught.value.__cause__, RateLimitError)
        return now()

    assert run(scenario()) == pytest.approx(1)


def test_pauses_are_told_to_the_session() -> None:
    events: list[CallEvent] = []
    model = Model(in_turn(_limited(30), answering()))

    async def scenario() -> Completion:
        with use_session(Session(on_event=events.append)):
            return await _retry(model).complete(ask())

    run(scenario())
    assert [(event.kind, event.seconds) for event in events] == [("pause", 30)]


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"first_wait": -1}, {"max_wait": -1}, {"max_pause": -1}])
def test_a_senseless_policy_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigurationError):
        RetryPolicy(**wrong)  # type: ignore[arg-type]
