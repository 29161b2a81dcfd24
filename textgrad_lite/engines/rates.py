"""Requests and tokens per minute, as leaky buckets.

A request is charged an upper bound of its tokens before it is sent, as servers do. What it turned out not to
use, or to use beyond that, is carried over to the requests that follow.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textgrad_lite.engines.per_loop import PerLoop
from textgrad_lite.errors import ConfigurationError

if TYPE_CHECKING:
    from aiolimiter import AsyncLimiter


class Rate:
    """So much per minute, in the order of asking.

    Args:
        per_minute: The rate, which is also the largest burst.

    Raises:
        ConfigurationError: The rate is not positive.
    """

    def __init__(self, per_minute: float) -> None:
        if not per_minute > 0:
            raise ConfigurationError(f"a rate of {per_minute} per minute", hint="A rate is above zero.")
        self._per_minute = per_minute
        self._carried = 0.0
        self._bucket = PerLoop(self._make_bucket)

    def _make_bucket(self) -> tuple[asyncio.Lock, AsyncLimiter]:
        from aiolimiter import AsyncLimiter

        return asyncio.Lock(), AsyncLimiter(self._per_minute, 60)

    async def acquire(self, amount: float) -> None:
        """Return when so much more may be sent.

        What is beyond a minute's worth is owed, and paid in full before anything else is sent.
        """
        turn, bucket = self._bucket.get()
        async with turn:  # the bucket alone would let small requests overtake large ones for ever
            while self._carried > 0:
                debt = min(self._carried, self._per_minute)
                await bucket.acquire(debt)
                self._carried -= debt
            due = min(max(0.0, amount + self._carried), self._per_minute)
            await bucket.acquire(due)
            self._carried += amount - due

    def correct(self, difference: float) -> None:
        """Carry over how much more (or, negative, less) a request used than was charged."""
        self._carried += difference
