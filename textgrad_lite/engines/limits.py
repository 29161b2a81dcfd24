"""How many requests are open at once, and how many may be sent per minute; the rest queue.

A queued request is dropped when nobody wants its answer any more, waits while the server wants to be left
alone, and fails unsent after the server refused the key.
"""

from __future__ import annotations

import asyncio

from textgrad_lite import runtime
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.layer import Layer
from textgrad_lite.engines.quota import Account, Quota
from textgrad_lite.engines.rates import Rate
from textgrad_lite.engines.slots import Slots, lending
from textgrad_lite.engines.types import Completion, Request
from textgrad_lite.errors import AuthenticationError, ConfigurationError

DEFAULT_CONCURRENCY = 16


class Limits(Layer):
    """Queues requests for a slot.

    Args:
        inner: The engine to ask.
        account: The key that a refusal holds for.
        quota: The rate limit that pauses hold for.
        concurrency: Most requests open at once.
        requests_per_minute: Most requests sent per minute, or None.
        tokens_per_minute: Most tokens of prompts and answers per minute, or None.

    Raises:
        ConfigurationError: A limit is not positive.
    """

    def __init__(
        self,
        inner: Engine,
        account: Account,
        quota: Quota,
        *,
        concurrency: int = DEFAULT_CONCURRENCY,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
    ) -> None:
        super().__init__(inner)
        if concurrency < 1:
            raise ConfigurationError(f"a concurrency of {concurrency}", hint="At least one request.")
        self._account = account
        self._quota = quota
        self._slots = Slots(concurrency)
        self._requests = None if requests_per_minute is None else Rate(requests_per_minute)
        self._tokens = None if tokens_per_minute is None else Rate(tokens_per_minute)

    async def complete(self, request: Request) -> Completion:
        """Answer a request when its turn has come.

        Raises:
            CancelledError: Nobody wants the answer any more.
            AuthenticationError: The key was refused, to this call or to one before it in the queue.
        """
        async with lending():
            return await self._queue(request)

    async def _queue(self, request: Request) -> Completion:
        queued_at = asyncio.get_running_loop().time()
        charged: int | None = None
        while True:
            await self._quota.wait()
            async with self._slots.take():
                self._check(queued_at)
                if charged is None:  # who meets a pause only now has paid already
                    charged = await self._wait_for_rates(request)
                    self._check(queued_at)
                if not self._quota.is_paused:
                    return await self._send(request, charged)

    def _check(self, queued_at: float) -> None:
        if not runtime.wanted.get()():
            raise asyncio.CancelledError
        self._account.check(queued_at)

    async def _wait_for_rates(self, request: Request) -> int:
        """Return the tokens that were charged."""
        if self._requests is not None:
            await self._requests.acquire(1)
        if self._tokens is None:
            return 0
        charged = self.counts_tokens(request) + (request.max_tokens or 0)
        await self._tokens.acquire(charged)
        return charged

    async def _send(self, request: Request, charged: int) -> Completion:
        try:
            completion = await self.inner.complete(request)
        except AuthenticationError as error:
            self._account.refuse(error)
            raise
        if self._tokens is not None:
            self._tokens.correct(completion.usage.total_tokens - charged)
        return completion
