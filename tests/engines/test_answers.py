"""Answers of a run are stored before they are used and come back from the store, whatever the cache does."""

from __future__ import annotations

import asyncio

import pytest

from tests.engines.doubles import Model, ask, run
from textgrad_lite.engines.answers import Answers
from textgrad_lite.engines.billing import Billing
from textgrad_lite.engines.budget import Amount
from textgrad_lite.engines.key import request_key
from textgrad_lite.engines.ledger import Ledger
from textgrad_lite.engines.recorder import Recorder
from textgrad_lite.engines.session import CallEvent, Session, use_session
from textgrad_lite.engines.single_flight import SingleFlight
from textgrad_lite.engines.stack import account_for
from textgrad_lite.engines.types import Completion, Request


class Store:
    """A store that takes its time to write."""

    def __init__(self, seconds: float = 1.0, error: Exception | None = None) -> None:
        self.kept: dict[str, Completion] = {}
        self.log: list[str] = []
        self._seconds = seconds
        self._error = error

    def get(self, key: str) -> Completion | None:
        return self.kept.get(key)

    def sent(self, key: str, request: Request, *, engine: str, most: Amount) -> None:
        self.log.append(f"sent {request.messages[0].text} to {engine}")

    async def put(self, key: str, completion: Completion, request: Request, *, engine: str) -> None:
        await asyncio.sleep(self._seconds)
        if self._error is not None:
            raise self._error
        self.kept[key] = completion
        self.log.append(f"put {request.messages[0].text} of {engine}")


def _engine(model: Model, ledger: Ledger | None = None) -> Answers:
    recorder = Recorder(model.name, ledger or Ledger())
    return Answers(SingleFlight(Billing(model, recorder), recorder), recorder)


async def _ask(
    store: Store, engine: Answers, *texts: str, session: Session | None = None
) -> list[Completion]:
    with use_session(session or Session(answers=store)):
        return [await engine.complete(ask(text)) for text in texts]


def test_an_answer_is_used_only_after_it_is_stored() -> None:
    store = Store()

    async def scenario() -> None:
        call = asyncio.create_task(_ask(store, _engine(Model()), "a"))
        await asyncio.sleep(1.5)
        assert not call.done()
        assert store.kept == {}
        await call
        assert len(store.kept) == 1

    run(scenario())
    assert store.log == ["sent a to fake/model", "put a of fake/model"]


def test_a_later_process_is_answered_from_the_store_as_the_first_one_was() -> None:
    store, model, later = Store(), Model(), Model()
    first = run(_ask(store, _engine(model), "a", "b", "a"))
    second = run(_ask(store, _engine(later), "a", "b", "a"))
    assert first == second
    assert [completion.is_cached for completion in second] == [False, False, True]
    assert len(model.requests) == 2
    assert later.requests == []


def test_a_replay_is_announced_and_a_second_use_is_a_hit() -> None:
    store, ledger = Store(), Ledger()
    events: list[CallEvent] = []
    run(_ask(store, _engine(Model()), "a"))
    session = Session(answers=store, on_event=events.append)
    run(_ask(store, _engine(Model(), ledger), "a", "a", session=session))
    assert [event.kind for event in events] == ["replay", "hit"]
    assert (ledger.total().calls, ledger.total().hits) == (0, 1)
    assert session.ledger.total().hits == 1


def test_what_came_from_a_cache_is_no_replay_of_something_bought() -> None:
    """Else a resumed run would count it against the limits of a search, as the first process did not."""
    store = Store()
    cached = Model(lambda _: Completion(text="old", is_cached=True))
    recorder = Recorder(cached.name, Ledger())
    run(_ask(store, Answers(cached, recorder), "a"))
    events: list[CallEvent] = []
    session = Session(answers=store, on_event=events.append)
    run(_ask(store, _engine(Model()), "a", session=session))
    assert [event.kind for event in events] == ["hit"]


def test_equal_requests_in_flight_are_stored_once_and_none_is_used_before() -> None:
    store = Store()

    async def scenario() -> list[Completion]:
        engine = _engine(Model())
        with use_session(Session(answers=store)):
            calls = [asyncio.create_task(engine.complete(ask("a"))) for _ in range(3)]
            await asyncio.sleep(1.5)
            assert not any(call.done() for call in calls)
            return await asyncio.gather(*calls)

    completions = run(scenario())
    assert store.log == ["sent a to fake/model", "put a of fake/model"]
    assert [completion.is_cached for completion in completions] == [False, True, True]
    assert not next(iter(store.kept.values())).is_cached


def test_of_two_answers_to_one_request_both_callers_get_the_one_that_is_kept() -> None:
    """A resumed run finds only that one, and has to go the same way."""
    store = Store()
    answers = iter(["first", "second"])
    model = Model(lambda _: Completion(text=next(answers)))
    recorder = Recorder(model.name, Ledger())
    engine = Answers(Billing(model, recorder), recorder)

    async def scenario() -> list[Completion]:
        with use_session(Session(answers=store)):
            return await asyncio.gather(*(engine.complete(ask("a")) for _ in range(2)))

    assert [completion.text for completion in run(scenario())] == ["first", "first"]


def test_equal_requests_to_a_bare_engine_are_one() -> None:
    store, model = Store(), Model()
    engine = account_for(model)

    async def scenario() -> list[Completion]:
        with use_session(Session(answers=store)):
            return await asyncio.gather(*(engine.complete(ask("a")) for _ in range(2)))

    assert [completion.is_cached for completion in run(scenario())] == [False, True]
    assert len(model.requests) == 1


def test_a_cancelled_caller_does_not_stop_the_writing() -> None:
    store = Store()

    async def scenario() -> None:
        call = asyncio.create_task(_ask(store, _engine(Model()), "a"))
        await asyncio.sleep(1.5)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await asyncio.sleep(1)

    run(scenario())
    assert len(store.kept) == 1


def test_an_answer_that_cannot_be_stored_is_not_used() -> None:
    with pytest.raises(OSError, match="disk full"):
        run(_ask(Store(error=OSError("disk full")), _engine(Model()), "a"))


def test_an_answer_that_is_stored_already_is_not_stored_again() -> None:
    store, model = Store(), Model()

    async def scenario() -> None:
        session = Session(answers=store)
        completion = await model.complete(ask("a"))
        key = request_key(model, ask("a"))
        await session.keep(key, completion, ask("a"), model.name)
        await session.keep(key, completion, ask("a"), model.name)

    run(scenario())
    assert store.log == ["put a of fake/model"]


def test_without_a_store_answers_pass_through() -> None:
    model = Model()
    run(_engine(model).complete(ask()))
    run(_ask(Store(), _engine(model), "hello", session=Session()))
    assert len(model.requests) == 2
