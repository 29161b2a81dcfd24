"""Equal requests in flight are one, and nobody's cancellation harms another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.engines.doubles import Model, answering, ask, in_turn, run
from textgrad_lite import runtime
from textgrad_lite.engines.billing import Billing
from textgrad_lite.engines.budget import Budget
from textgrad_lite.engines.ledger import Ledger
from textgrad_lite.engines.recorder import Recorder
from textgrad_lite.engines.session import Session, use_session
from textgrad_lite.engines.single_flight import SingleFlight
from textgrad_lite.engines.types import Completion
from textgrad_lite.errors import BudgetExceededError, ServerError


def _join(model: Model, ledger: Ledger | None = None) -> SingleFlight:
    return SingleFlight(model, Recorder(model.name, ledger or Ledger()))


def test_equal_requests_in_flight_are_sent_once() -> None:
    model, ledger = Model(), Ledger()

    async def scenario() -> list[Completion]:
        engine = _join(model, ledger)
        return await asyncio.gather(*(engine.complete(ask("same")) for _ in range(5)))

    completions = run(scenario())
    assert len(model.requests) == 1
    assert {completion.text for completion in completions} == {"answer to same"}
    assert [completion.is_cached for completion in completions] == [False, True, True, True, True]
    assert ledger.total().hits == 4


@pytest.mark.parametrize("other", [ask("other"), ask("same", temperature=0.1), ask("same", sample=(1, 0))])
def test_different_requests_are_sent_apart(other: object) -> None:
    model = Model()

    async def scenario() -> None:
        engine = _join(model)
        await asyncio.gather(engine.complete(ask("same")), engine.complete(other))  # type: ignore[arg-type]

    run(scenario())
    assert len(model.requests) == 2


def test_a_request_after_the_flight_is_sent_again() -> None:
    model = Model()

    async def scenario() -> None:
        engine = _join(model)
        await engine.complete(ask())
        await engine.complete(ask())

    run(scenario())
    assert len(model.requests) == 2


@pytest.mark.parametrize("cancelled", [0, 1, 2])
def test_cancelling_one_waiter_leaves_the_others_alone(cancelled: int) -> None:
    model = Model()

    async def scenario() -> list[Completion | BaseException]:
        engine = _join(model)
        waiters = [asyncio.create_task(engine.complete(ask())) for _ in range(3)]
        await asyncio.sleep(0.5)
        waiters[cancelled].cancel()
        return await asyncio.gather(*waiters, return_exceptions=True)

    outcomes = run(scenario())
    assert isinstance(outcomes.pop(cancelled), asyncio.CancelledError)
    assert all(isinstance(outcome, Completion) for outcome in outcomes)
    assert len(model.requests) == 1
    assert not model.is_cancelled


def test_the_request_is_cancelled_with_its_last_waiter() -> None:
    model = Model()

    async def scenario() -> float:
        engine = _join(model)
        waiters = [asyncio.create_task(engine.complete(ask())) for _ in range(3)]
        await asyncio.sleep(0.5)
        for waiter in waiters:
            waiter.cancel()
        await asyncio.gather(*waiters, return_exceptions=True)
        completion = await engine.complete(ask())  # the next one does not join what was cancelled
        assert completion.text == "answer to hello"
        return asyncio.get_running_loop().time()

    assert run(scenario()) == pytest.approx(1.5)
    assert model.is_cancelled
    assert len(model.requests) == 2


def test_an_error_goes_to_all_who_wait_and_is_not_kept() -> None:
    model = Model(in_turn(ServerError("down"), answering()))

    async def scenario() -> tuple[list[Completion | BaseException], Completion]:
        engine = _join(model)
        failed = await asyncio.gather(*(engine.complete(ask()) for _ in range(3)), return_exceptions=True)
        return failed, await engine.complete(ask())

    failed, completion = run(scenario())
    assert [type(outcome) for outcome in failed] == [ServerError] * 3
    assert completion.text == "fine"


def test_an_error_after_the_last_waiter_has_gone_is_not_reported_by_asyncio() -> None:
    complaints: list[object] = []

    class Stubborn(Model):
        async def complete(self, request: object) -> Completion:
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                raise ServerError("closed") from None
            return answering()

    async def scenario() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        waiter = asyncio.create_task(_join(Stubborn()).complete(ask()))
        await asyncio.sleep(0.5)
        waiter.cancel()
        await asyncio.gather(waiter, return_exceptions=True)
        await asyncio.sleep(1)

    run(scenario())
    assert complaints == []


def test_sessions_share_no_request() -> None:
    model = Model()

    async def scenario() -> None:
        engine = _join(model)

        async def in_session() -> Completion:
            with use_session(Session()):
                return await engine.complete(ask())

        await asyncio.gather(in_session(), in_session())

    run(scenario())
    assert len(model.requests) == 2


def test_a_shared_request_is_wanted_while_any_waiter_wants_it() -> None:
    answers: list[bool] = []

    class Asking(Model):
        async def complete(self, request: object) -> Completion:
            for _ in range(3):
                await asyncio.sleep(1)
                answers.append(runtime.wanted.get()())
            return answering()

    async def wait(engine: SingleFlight, is_wanted: Callable[[], bool]) -> None:
        runtime.wanted.set(is_wanted)
        await engine.complete(ask())

    async def scenario() -> None:
        engine = _join(Asking())
        loop = asyncio.get_running_loop()
        await asyncio.gather(wait(engine, lambda: loop.time() < 0.5), wait(engine, lambda: loop.time() < 2.5))

    run(scenario())
    assert answers == [True, True, False]


def test_an_answer_whose_first_waiter_has_gone_is_bought_by_the_next() -> None:
    ledger = Ledger()

    async def scenario() -> list[Completion | BaseException]:
        engine = _join(Model(), ledger)
        waiters = [asyncio.create_task(engine.complete(ask())) for _ in range(3)]
        await asyncio.sleep(0.5)
        waiters[0].cancel()
        return await asyncio.gather(*waiters, return_exceptions=True)

    _, *completions = run(scenario())
    assert [isinstance(one, Completion) and one.is_cached for one in completions] == [False, True]
    assert ledger.total().hits == 1


def test_a_call_inside_another_does_not_join_one_that_waits_for_the_other_to_settle() -> None:
    model, recorder = Model(), Recorder("fake/model", Ledger())
    shared = SingleFlight(Billing(model, recorder), recorder)
    request = ask("same", max_tokens=400)

    class Outer(Model):
        async def complete(self, _: object) -> Completion:
            await asyncio.sleep(1)
            return await shared.complete(request)

    async def scenario() -> list[Completion | BaseException]:
        outer = Billing(Outer(), recorder)
        with use_session(Session(budget=Budget(tokens=1000))):
            calls = [asyncio.create_task(engine.complete(request)) for engine in (outer, shared)]
            async with asyncio.timeout(100):
                return await asyncio.gather(*calls, return_exceptions=True)

    outcome, _ = run(scenario())
    assert isinstance(outcome, BudgetExceededError)
    assert model.requests == []
