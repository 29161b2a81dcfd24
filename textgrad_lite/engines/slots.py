"""Places among the open requests of an engine.

A request that makes requests itself, as a function may that stands for an engine, lends its place meanwhile.
Nobody who waits for a place holds one, so engines may ask each other, or themselves, and none waits for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from textgrad_lite.engines.per_loop import PerLoop


class Slots:
    """So many places, handed out in the order of asking.

    Args:
        count: How many.
    """

    def __init__(self, count: int) -> None:
        self._free = PerLoop(lambda: asyncio.Semaphore(count))

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Hold a place inside the ``async with``, but for the times in which it is lent."""
        slot = _Slot(self._free.get())
        await slot.take()
        token = _innermost.set(slot)
        try:
            yield
        finally:
            _innermost.reset(token)
            slot.end()


class _Slot:
    """One place, and whether its request holds it at present."""

    def __init__(self, free: asyncio.Semaphore) -> None:
        self.loop = asyncio.get_running_loop()
        self._free = free
        self._turn = asyncio.Lock()
        self._inside = 0
        self._is_held = False
        self._is_over = False

    async def take(self) -> None:
        """Hold it, unless requests are inside, or the request that it is for has ended meanwhile."""
        async with self._turn:
            if self._is_held or self._inside:
                return
            await self._free.acquire()
            self._is_held = True
            if self._is_over:
                self._give()

    def end(self) -> None:
        self._is_over = True
        self._give()

    async def enter(self) -> None:
        """Note that a request is made inside, and lend the place."""
        self._inside += 1
        async with self._turn:
            self._give()

    def leave(self) -> None:
        self._inside -= 1

    def _give(self) -> None:
        if self._is_held:
            self._is_held = False
            self._free.release()


_innermost: ContextVar[_Slot | None] = ContextVar("textgrad_lite_slot", default=None)


@asynccontextmanager
async def lending() -> AsyncIterator[None]:
    """Lend the place of the request that this one is made in, if any, for as long as this one takes."""
    slot = _innermost.get()
    if slot is None or slot.loop is not asyncio.get_running_loop():
        yield
        return
    try:
        await slot.enter()
        yield
    except asyncio.CancelledError:
        slot.leave()  # without waiting for the place: what is cancelled ends at once
        raise
    except BaseException:
        slot.leave()
        await slot.take()
        raise
    slot.leave()
    await slot.take()
