"""The order in which a local server gets its requests."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from textgrad_lite.engines.local.queue import MOST_OVERTAKINGS, PrefixQueue, count_shared


async def _serve(queue: PrefixQueue, prompts: Sequence[str]) -> list[str]:
    """Send all prompts at once and return them in the order in which they were served."""
    served: list[str] = []

    async def ask(prompt: str) -> None:
        async with queue.turn(prompt):
            served.append(prompt)
            await asyncio.sleep(0)

    await asyncio.gather(*map(ask, prompts))
    return served


async def test_requests_with_the_same_beginning_go_together() -> None:
    served = await _serve(PrefixQueue(1), ["aaa 1", "bbb 1", "aaa 2", "bbb 2", "aaa 3"])
    assert served == ["aaa 1", "aaa 2", "aaa 3", "bbb 1", "bbb 2"]


async def test_requests_that_share_nothing_go_in_their_order() -> None:
    assert await _serve(PrefixQueue(1), ["a", "b", "c", "d"]) == ["a", "b", "c", "d"]


async def test_nobody_is_overtaken_for_ever() -> None:
    prompts = ["a 0", "b", *(f"a {number}" for number in range(1, 2 * MOST_OVERTAKINGS))]
    served = await _serve(PrefixQueue(1), prompts)
    assert served.index("b") == MOST_OVERTAKINGS + 1


async def test_no_more_than_the_slots_are_served_at_once() -> None:
    queue = PrefixQueue(2)
    busy, most = 0, 0

    async def ask(prompt: str) -> None:
        nonlocal busy, most
        async with queue.turn(prompt):
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0)
            busy -= 1

    await asyncio.gather(*(ask(str(number)) for number in range(7)))
    assert most == 2


async def test_cancelled_requests_leave_the_queue_and_their_slots() -> None:
    queue = PrefixQueue(1)
    started = asyncio.Event()

    async def ask(prompt: str) -> str:
        async with queue.turn(prompt):
            started.set()
            await asyncio.sleep(3600)
        return prompt

    running = asyncio.create_task(ask("first"))
    await started.wait()
    waiting = asyncio.create_task(ask("second"))
    await asyncio.sleep(0)
    for task in (waiting, running):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await _serve(queue, ["third"]) == ["third"]


async def test_slot_given_to_a_request_in_the_moment_it_is_cancelled_is_given_on() -> None:
    queue = PrefixQueue(1)
    async with queue.turn("first"):
        waiting = asyncio.create_task(_serve(queue, ["second"]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await asyncio.wait_for(_serve(queue, ["third"]), 1) == ["third"]


@pytest.mark.parametrize("first, second, shared", [("abc", "abd", 2), ("", "a", 0), ("a", "a", 1)])
def test_shared_beginning_is_counted(first: str, second: str, shared: int) -> None:
    assert count_shared(first, second) == shared
