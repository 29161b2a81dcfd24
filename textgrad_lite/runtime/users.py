"""Where functions of the user's run: sync ones on threads, coroutines on a loop of their own."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextlib import ExitStack
from functools import partial
from types import MappingProxyType, MethodType
from typing import Any, TypeAlias, TypeVar

from textgrad_lite.runtime.loops import LoopThread
from textgrad_lite.runtime.pending import hand_over
from textgrad_lite.runtime.workers import Job, Slots, Threads, as_ordinary

T = TypeVar("T")

Wanted: TypeAlias = Callable[[], bool]

wanted: contextvars.ContextVar[Wanted] = contextvars.ContextVar("wanted", default=lambda: True)
"""Whether anybody still wants the current work. What waits in a queue asks when its turn comes, and where
nobody does it raises ``CancelledError`` instead of going on."""

_depth: contextvars.ContextVar[int] = contextvars.ContextVar("depth", default=0)
_enclosing: contextvars.ContextVar[Mapping[Hashable, Slots]] = contextvars.ContextVar(
    "enclosing", default=MappingProxyType({})
)


class Users:
    """The users' loop, and the slots and threads for their functions. On the core loop's thread."""

    def __init__(self, core: LoopThread, concurrency: int) -> None:
        self.loop = LoopThread("textgrad_lite-user-loop")
        self._slots = Slots(concurrency)
        self._threads = Threads(core)
        self._gates: dict[Hashable, Slots] = {}

    def close(self) -> None:
        """Let the threads go when they have nothing to do. From any thread."""
        self._threads.close()

    def limit(self, concurrency: int) -> None:
        """Change the number of slots."""
        self._slots.limit = concurrency
        self._slots.serve()

    async def call(self, function: Callable[..., Any], call: Callable[[], Any], *, serial: bool) -> Any:
        """Run a user's function, see ``call_user``. On the core's thread."""
        context = contextvars.copy_context()
        context.run(_depth.set, _depth.get() + 1)
        with ExitStack() as gate:
            if serial:
                gate.callback(await self._enter_gate(_identity(function), context))
            if _is_async(function):
                return await self._await_elsewhere(call(), context)
            result = await self._call_on_thread(call, context, gate)
            return await self._await_elsewhere(result, context) if inspect.isawaitable(result) else result

    async def _call_on_thread(
        self, call: Callable[[], Any], context: contextvars.Context, gate: ExitStack
    ) -> Any:
        depth = _depth.get()
        await self._acquire_slot(depth)
        job = Job(call, context, self._slots, depth)
        self._threads.run(job)
        try:
            value, error = await job.outcome
        except asyncio.CancelledError:
            job.abandon(on_end=gate.pop_all().close)
            raise
        try:
            if error is not None:
                raise error
            return value
        finally:
            del error  # or the traceback would hold the error that holds the traceback

    async def _acquire_slot(self, depth: int) -> None:
        await self._slots.acquire(depth)
        if not wanted.get()():
            self._slots.release()
            raise asyncio.CancelledError

    async def _await_elsewhere(self, awaitable: Awaitable[Any], context: contextvars.Context) -> Any:
        return await hand_over(self.loop.start(_guard(awaitable), context, "a user's coroutine"))

    async def _enter_gate(self, key: Hashable, context: contextvars.Context) -> Callable[[], object]:
        """Wait until no other call of a serial function runs.

        A call that such a function makes to itself runs inside it, through a gate of the enclosing call:
        waiting for the enclosing call to end would never end.
        """
        enclosing = _enclosing.get()
        gate = enclosing.get(key) or self._gates.setdefault(key, Slots(1))
        context.run(_enclosing.set, {**enclosing, key: Slots(1)})
        await gate.acquire(0)
        return partial(self._leave_gate, key, gate)

    def _leave_gate(self, key: Hashable, gate: Slots) -> None:
        gate.release()
        if gate.is_idle and self._gates.get(key) is gate:
            del self._gates[key]


async def _guard(awaitable: Awaitable[T]) -> T:
    try:
        return await awaitable
    except (SystemExit, KeyboardInterrupt) as error:
        raise as_ordinary(error) from error


def _is_async(function: Callable[..., Any]) -> bool:
    """Whether calling it only makes a coroutine: a coroutine function, or an object that is called as one."""
    function = _without_arguments(function)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)


def _identity(function: Callable[..., Any]) -> Hashable:
    """What makes two callables the same: bound methods and partials are new objects each time."""
    function = _without_arguments(function)
    if isinstance(function, MethodType):
        return id(function.__self__), function.__func__
    return id(function)


def _without_arguments(function: Callable[..., Any]) -> Callable[..., Any]:
    while isinstance(function, partial):
        function = function.func
    return function
