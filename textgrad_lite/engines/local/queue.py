"""The order in which queued requests reach a local server.

Reading a prompt is most of the work on a CPU, and a slot that holds the beginning of a prompt need not read
it again. So of the requests that wait, the one that shares the longest beginning with what is being served
goes first.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import takewhile

MOST_OVERTAKINGS = 32
"""How often others may go before a waiting request; then it is its turn, whatever it begins with."""


@dataclass(eq=False)
class _Waiter:
    prompt: str
    turn: asyncio.Future[None]
    overtaken: int = field(default=0)


class PrefixQueue:
    """Lets a number of requests through at a time, those with a known beginning first.

    Args:
        slots: How many requests the server works on at once.
    """

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._served: deque[str] = deque(maxlen=slots)
        self._waiting: list[_Waiter] = []

    @asynccontextmanager
    async def turn(self, prompt: str) -> AsyncIterator[None]:
        """Hold a slot for a request with this prompt, as soon as it has its turn."""
        await self._wait(prompt)
        self._served.append(prompt)
        try:
            yield
        finally:
            self._free += 1
            self._wake()

    async def _wait(self, prompt: str) -> None:
        if self._free > 0 and not self._waiting:
            self._free -= 1
            return
        waiter = _Waiter(prompt, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            else:  # its turn came in the same moment
                self._free += 1
                self._wake()
            raise

    def _wake(self) -> None:
        while self._free > 0 and self._waiting:
            chosen = self._choose()
            for waiter in self._waiting[: self._waiting.index(chosen)]:
                waiter.overtaken += 1
            self._waiting.remove(chosen)
            self._free -= 1
            chosen.turn.set_result(None)

    def _choose(self) -> _Waiter:
        oldest = self._waiting[0]
        if oldest.overtaken >= MOST_OVERTAKINGS:
            return oldest
        return max(self._waiting, key=lambda waiter: self._count_shared(waiter.prompt))

    def _count_shared(self, prompt: str) -> int:
        return max((count_shared(prompt, served) for served in self._served), default=0)


def count_shared(first: str, second: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))
