"""Equal requests in flight are one request.

Each caller waits for the shared request. Cancelling one leaves the others alone; when the last one has gone,
the request is cancelled too, so that nothing goes on spending for nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textgrad_lite import runtime
from textgrad_lite.engines.budget import is_inside_a_call
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.key import request_key
from textgrad_lite.engines.layer import Layer
from textgrad_lite.engines.per_loop import PerLoop
from textgrad_lite.engines.recorder import Recorder
from textgrad_lite.engines.session import Session, current_session
from textgrad_lite.engines.types import Completion, Request


class SingleFlight(Layer):
    """Joins equal requests of one session while one of them is in flight.

    An answer that was joined has ``is_cached`` set, since it was not bought. Sessions share no requests,
    because the budget of one must neither pay nor stop for the other. Nor does a call inside another one join
    those outside, which may wait for the other to settle. An error goes to all who wait.
    """

    def __init__(self, inner: Engine, recorder: Recorder) -> None:
        super().__init__(inner)
        self._recorder = recorder
        self._flights: PerLoop[dict[tuple[str, Session | None, bool], _Flight]] = PerLoop(dict)

    async def complete(self, request: Request) -> Completion:
        """Answer a request, together with the equal ones that are asked meanwhile."""
        flights = self._flights.get()
        key = (request_key(self, request), current_session(), is_inside_a_call())
        flight = flights.get(key)
        if flight is None:
            flight = flights[key] = _Flight(land=lambda: flights.pop(key, None))
            flight.take_off(self.inner, request)
        completion = await flight.wait()
        if flight.is_first_use():
            return completion
        self._recorder.add_hit(request, completion.usage)
        return completion.model_copy(update={"is_cached": True})


class _Flight:
    """One shared request and those who wait for it."""

    def __init__(self, land: Callable[[], object]) -> None:
        self._land = land
        self._is_over = False
        self._is_used = False
        self._waiting: list[Callable[[], bool]] = []
        self._task: asyncio.Task[Completion] | None = None

    def take_off(self, inner: Engine, request: Request) -> None:
        self._task = asyncio.create_task(self._fly(inner, request), name=f"request to {inner.name}")
        self._task.add_done_callback(_mark_as_read)

    async def _fly(self, inner: Engine, request: Request) -> Completion:
        runtime.wanted.set(lambda: any(is_wanted() for is_wanted in self._waiting))
        try:
            return await inner.complete(request)
        finally:
            self._end()

    async def wait(self) -> Completion:
        assert self._task is not None
        is_wanted = runtime.wanted.get()
        self._waiting.append(is_wanted)
        try:
            await _end_of(self._task)
        finally:
            self._waiting.remove(is_wanted)
            if not self._waiting and not self._task.done():
                self._task.cancel()
                self._end()
        return self._task.result()

    def is_first_use(self) -> bool:
        """Whether this is who bought the answer: whoever asked first may have gone before it came."""
        is_first, self._is_used = not self._is_used, True
        return is_first

    def _end(self) -> None:
        """Let the next equal request start anew; once, because it may have started already."""
        if not self._is_over:
            self._is_over = True
            self._land()


def _end_of(task: asyncio.Task[Completion]) -> asyncio.Future[None]:
    """Return a future of one waiter's own; awaiting the task itself would cancel it with the waiter."""
    end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def tell(_: object) -> None:
        if not end.done():
            end.set_result(None)

    task.add_done_callback(tell)
    return end


def _mark_as_read(task: asyncio.Task[Completion]) -> None:
    """Keep asyncio from reporting an error that arose after the last waiter had gone."""
    if not task.cancelled():
        task.exception()
