"""Places among the open requests: who makes requests inside a request lends its own meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.doubles import Model, ask, now, run
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.limits import Limits
from textgrad_lite.engines.quota import Account, Quota
from textgrad_lite.engines.registry import get_engine
from textgrad_lite.engines.slots import Slots, lending
from textgrad_lite.engines.types import Completion, Request

Answer = Callable[[str], Awaitable[str]]


class Asking(Engine):
    """Answers with what a coroutine function makes of the prompt, and counts who is at work."""

    def __init__(self, answer: Answer, *, concurrency: int = 1) -> None:
        self.name = "asking"
        self.stack = Limits(self, Account(), Quota(), concurrency=concurrency)
        self._answer = answer

    async def complete(self, request: Request) -> Completion:
        return Completion(text=await self._answer(request.messages[-1].text))

    async def ask(self, text: str) -> str:
        return (await self.stack.complete(ask(text))).text


class Limited(Engine):
    """Answers with what a coroutine function makes, in places that it shares with others."""

    name = "limited"

    def __init__(self, answer: Answer, slots: Slots) -> None:
        self._answer = answer
        self._slots = slots

    async def complete(self, request: Request) -> Completion:
        async with lending(), self._slots.take():
            return Completion(text=await self._answer(request.messages[-1].text))


class Workers:
    """Counts who works at the same time."""

    def __init__(self) -> None:
        self.working = 0
        self.most = 0

    async def work(self, seconds: float = 1.0) -> None:
        self.working += 1
        self.most = max(self.most, self.working)
        await asyncio.sleep(seconds)
        self.working -= 1


def test_a_function_that_asks_its_own_engine_does_not_wait_for_itself() -> None:
    def count_down(prompt: str) -> str:
        return "0" if prompt == "0" else f"{prompt} {engine(str(int(prompt) - 1))}"

    async def count_down_later(prompt: str) -> str:
        return "0" if prompt == "0" else f"{prompt} {await later.agenerate(str(int(prompt) - 1))}"

    engine = get_engine(count_down, concurrency=1)
    later = get_engine(count_down_later, concurrency=1)
    assert engine("3") == later("3") == "3 2 1 0"


def test_engines_that_ask_each_other_do_not_wait_for_each_other() -> None:
    async def answer_one(prompt: str) -> str:
        await asyncio.sleep(1)
        return prompt if len(prompt) > 4 else await other.ask(f"{prompt}1")

    async def answer_other(prompt: str) -> str:
        await asyncio.sleep(1)
        return prompt if len(prompt) > 4 else await one.ask(f"{prompt}2")

    one, other = Asking(answer_one), Asking(answer_other)

    async def scenario() -> tuple[str, ...]:
        return await asyncio.gather(one.ask("a"), other.ask("b"), one.ask("c"))

    assert list(run(scenario())) == ["a1212", "b2121", "c1212"]


def test_a_place_is_taken_back_before_its_request_goes_on() -> None:
    workers = Workers()

    async def answer(prompt: str) -> str:
        await workers.work()
        if prompt != "inner":
            await engine.ask("inner")
            await workers.work()
        return prompt

    engine = Asking(answer)

    async def scenario() -> None:
        await asyncio.gather(*(engine.ask(str(number)) for number in range(5)))

    run(scenario())
    assert workers.most == 1


def test_requests_made_at_once_inside_a_request_keep_the_limit() -> None:
    workers = Workers()

    async def answer(prompt: str) -> str:
        if prompt == "outer":
            await asyncio.gather(*(engine.ask(str(number)) for number in range(9)))
        await workers.work()
        return prompt

    engine = Asking(answer, concurrency=2)

    async def scenario() -> float:
        await asyncio.gather(engine.ask("outer"), engine.ask("outer"))
        return now()

    assert run(scenario()) == pytest.approx(10)  # eighteen inside, then the two themselves, two at a time
    assert workers.most == 2


def test_one_request_after_another_inside_a_request_each_lend_its_place() -> None:
    async def answer(prompt: str) -> str:
        if prompt == "outer":
            first = asyncio.create_task(engine.ask("first"))
            await asyncio.sleep(0.5)
            await asyncio.gather(first, engine.ask("second"))
        await asyncio.sleep(1)
        return prompt

    engine = Asking(answer)
    assert run(engine.ask("outer")) == "outer"


PLANS = st.recursive(
    st.just(()),
    lambda inner: st.lists(st.tuples(st.integers(0, 2), inner), max_size=3).map(tuple),
    max_leaves=12,
)


@given(
    limits=st.tuples(*[st.integers(1, 2)] * 3),
    plans=st.lists(st.tuples(st.integers(0, 2), PLANS), min_size=1, max_size=4),
    is_together=st.booleans(),
)
@settings(max_examples=80)
def test_whoever_asks_whom_all_are_answered_within_the_limits(
    limits: tuple[int, ...], plans: list[tuple[int, Any]], is_together: bool
) -> None:
    """A plan is what a request asks inside: of which engine, and what that asks in turn."""
    crews = [Workers() for _ in limits]
    answered = 0

    async def carry_out(engine: int, plan: Any) -> None:
        nonlocal answered
        await crews[engine].work()
        asked = [ask_for(*inner) for inner in plan]
        if is_together:
            await asyncio.gather(*asked)
        else:
            for inner in asked:
                await inner
        await crews[engine].work()
        answered += 1

    async def ask_for(engine: int, plan: Any) -> str:
        async def answer(_: str) -> str:
            await carry_out(engine, plan)
            return ""

        return (await Limited(answer, slots[engine]).complete(ask())).text

    async def scenario() -> None:
        # In virtual time, requests that wait for each other run into this at once.
        async with asyncio.timeout(10_000):
            await asyncio.gather(*(ask_for(*plan) for plan in plans))

    slots = [Slots(limit) for limit in limits]
    run(scenario())
    assert answered == sum(_count(plan) for _, plan in plans)
    assert all(crew.most <= limit for crew, limit in zip(crews, limits, strict=True))


def _count(plan: Any) -> int:
    return 1 + sum(_count(inner) for _, inner in plan)


def test_an_error_inside_a_request_gives_the_place_back() -> None:
    workers = Workers()

    async def answer(prompt: str) -> str:
        await workers.work()
        if prompt == "inner":
            raise ValueError("inner fault")
        with pytest.raises(ValueError, match="inner fault"):
            await engine.ask("inner")
        await workers.work()
        return prompt

    engine = Asking(answer)

    async def scenario() -> tuple[str, ...]:
        return await asyncio.gather(engine.ask("a"), engine.ask("b"))

    assert list(run(scenario())) == ["a", "b"]
    assert workers.most == 1


def test_a_request_that_is_cancelled_inside_another_ends_at_once() -> None:
    async def answer(prompt: str) -> str:
        if prompt == "outer":
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(engine.ask("long"), timeout=1)
            return str(now())
        await asyncio.sleep(100)
        return prompt

    engine = Asking(answer)

    async def scenario() -> tuple[str, ...]:
        return await asyncio.gather(engine.ask("outer"), engine.ask("other"))

    assert run(scenario())[0] == "1.0"


def test_a_request_that_outlives_the_one_it_was_made_in_takes_no_place_for_it() -> None:
    model = Model(seconds=1.0)
    left: list[asyncio.Task[str]] = []

    async def answer(prompt: str) -> str:
        if prompt == "outer":
            left.append(asyncio.create_task(engine.ask("left behind")))
            await asyncio.sleep(0.5)
            return prompt
        return (await model.complete(ask(prompt))).text

    engine = Asking(answer)

    async def scenario() -> str:
        await engine.ask("outer")
        await left[0]
        return await engine.ask("next")

    assert run(scenario()) == "answer to next"
