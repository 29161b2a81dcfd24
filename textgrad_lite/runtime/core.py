"""The one runtime of the process: made on first use, and made anew after a shutdown or a fork."""

from __future__ import annotations

import asyncio
import atexit
import contextvars
import inspect
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping
from functools import partial
from types import MappingProxyType, MethodType
from typing import Any, TypeAlias, TypeVar

from textgrad_lite.runtime.blocking import forbid_blocking
from textgrad_lite.runtime.loops import LoopClosedError, LoopThread
from textgrad_lite.runtime.pending import Failure, Pending
from textgrad_lite.runtime.workers import Job, Slots, Threads, as_ordinary, current_job, forget_job

T = TypeVar("T")

DEFAULT_CONCURRENCY = 16

Wanted: TypeAlias = Callable[[], bool]

wanted: contextvars.ContextVar[Wanted] = contextvars.ContextVar("wanted", default=lambda: True)
"""Whether anybody still wants the current work. What waits in a queue asks when its turn comes, and where
nobody does it raises ``CancelledError`` instead of going on."""

_depth: contextvars.ContextVar[int] = contextvars.ContextVar("depth", default=0)
_enclosing: contextvars.ContextVar[Mapping[Hashable, Slots]] = contextvars.ContextVar(
    "enclosing", default=MappingProxyType({})
)


class Runtime:
    """A loop for our coroutines, one for the users', and threads for the users' functions."""

    def __init__(self, concurrency: int) -> None:
        self.core = LoopThread("textgrad_lite-loop")
        self.users = LoopThread("textgrad_lite-user-loop")
        self.slots = Slots(concurrency)
        self._threads = Threads(self.core)
        self._gates: dict[Hashable, Slots] = {}

    def stop(self) -> None:
        """Cancel everything and end the threads that can be ended. From any other thread."""
        for loop in (self.core, self.users):
            loop.stop()
        for loop in (self.core, self.users):
            loop.join()
        self._threads.close()

    def abandon(self) -> None:
        """Forget threads that a fork did not copy."""
        self.core.abandon()
        self.users.abandon()

    def limit(self, concurrency: int) -> None:
        """Change the number of slots. On the core's thread."""
        self.slots.limit = concurrency
        self.slots.serve()

    async def call(self, function: Callable[..., Any], call: Callable[[], Any], *, serial: bool) -> Any:
        """Run a user's function, see ``call_user``. On the core's thread."""
        context = contextvars.copy_context()
        context.run(_depth.set, _depth.get() + 1)
        leave = await self._enter_gate(_identity(function), context) if serial else None
        if inspect.iscoroutinefunction(function):
            try:
                return await self._await_elsewhere(call(), context)
            finally:
                if leave:
                    leave()
        result = await self._call_on_thread(call, context, leave)
        return await self._await_elsewhere(result, context) if inspect.isawaitable(result) else result

    async def _call_on_thread(
        self, call: Callable[[], Any], context: contextvars.Context, leave: Callable[[], object] | None
    ) -> Any:
        depth = _depth.get()
        try:
            await self._acquire_slot(depth)
        except asyncio.CancelledError:
            if leave:
                leave()
            raise
        job = Job(call, context, self.slots, depth)
        job.on_end = leave
        self._threads.run(job)
        try:
            value, error = await job.outcome
        except asyncio.CancelledError:
            job.abandon()
            raise
        try:
            if error is not None:
                raise error
            return value
        finally:
            del error  # or the traceback would hold the error that holds the traceback

    async def _acquire_slot(self, depth: int) -> None:
        await self.slots.acquire(depth)
        if not wanted.get()():
            self.slots.release()
            raise asyncio.CancelledError

    async def _await_elsewhere(self, awaitable: Awaitable[Any], context: contextvars.Context) -> Any:
        return await _hand_over(self.users.start(_guard(awaitable), context, "a user's coroutine"))

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


_lock = threading.Lock()
_runtime: Runtime | None = None
_concurrency = DEFAULT_CONCURRENCY


def spawn(coroutine: Coroutine[Any, Any, T | Failure], *, name: str) -> Pending[T]:
    """Start a coroutine on the runtime's loop, from any thread, in a copy of the caller's context.

    Args:
        coroutine: What to run. It may return a ``Failure`` to hand on an error without raising it.
        name: Names the work in errors.

    Raises:
        WorkCancelledError: The caller is a user's function that has been cancelled meanwhile.
    """
    job = current_job()
    if job is not None:
        try:
            job.check_wanted()
        except BaseException:
            coroutine.close()
            raise
    context = contextvars.copy_context()
    while True:
        try:
            return current().core.start(coroutine, context, name)
        except LoopClosedError:
            _forget_closed()


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the runtime's loop and block until it ends: the one sync façade.

    Raises:
        BlockingReadError: The caller is on a thread of our loops; the coroutine is closed unrun.
        KeyboardInterrupt: Ctrl-C. Everything that was running is cancelled.
    """
    try:
        forbid_blocking()
    except BaseException:
        coroutine.close()
        raise
    pending = spawn(coroutine, name=_name_of(coroutine))
    try:
        return pending.result()
    finally:
        del pending


async def arun(coroutine: Coroutine[Any, Any, T]) -> T:
    """Await a coroutine on the runtime's loop, from any loop. Cancellation goes through."""
    if is_loop_thread():
        return await coroutine
    return await _hand_over(spawn(coroutine, name=_name_of(coroutine)))


async def call_user(function: Callable[..., Any], /, *args: Any, serial: bool = False, **kwargs: Any) -> Any:
    """Call a function of the user's, in a fresh copy of the caller's context.

    A sync one runs on a daemon thread, of which as many run at once as the concurrency allows; one that
    blocks on a value lends its slot. A coroutine function runs on a loop for the users' coroutines, where
    nothing that belongs to another loop (a session, a lock) can be used.

    Args:
        function: What to call. An awaitable that a sync one returns is awaited too.
        *args: Its arguments.
        serial: Let it run only one at a time.
        **kwargs: Its named arguments.

    Raises:
        Exception: What the function raised; ``SystemExit`` and its like become a ``RuntimeError``.
    """
    if not is_loop_thread():
        return await arun(call_user(function, *args, serial=serial, **kwargs))
    return await current().call(function, partial(function, *args, **kwargs), serial=serial)


def is_loop_thread() -> bool:
    """Whether the caller is on the thread of the runtime's own loop."""
    return _runtime is not None and _runtime.core.is_current


def configure(*, concurrency: int) -> None:
    """Set how many user functions run at once, from now on.

    Raises:
        ValueError: Less than one.
    """
    global _concurrency
    if concurrency < 1:
        raise ValueError(f"concurrency must be at least 1, not {concurrency}")
    with _lock:
        _concurrency = concurrency
        if _runtime is not None:
            _runtime.core.post(_runtime.limit, concurrency)


def at_shutdown(close: Callable[[], Awaitable[None]]) -> None:
    """Have an async closer awaited once on the loop, before it stops. Dropped in the child of a fork."""
    current().core.at_stop(close)


def shutdown() -> None:
    """Cancel all pending work and end the runtime; the next use makes a new one.

    Raises:
        BlockingReadError: The caller is on a thread of our loops.
    """
    forbid_blocking()
    global _runtime
    with _lock:
        runtime, _runtime = _runtime, None
    if runtime is not None:
        runtime.stop()


def current() -> Runtime:
    """The runtime; made if there is none."""
    global _runtime
    if _runtime is None:
        with _lock:
            if _runtime is None:
                _runtime = Runtime(_concurrency)
    return _runtime


def _forget_closed() -> None:
    """Drop a runtime that another thread is shutting down."""
    global _runtime
    with _lock:
        if _runtime is not None and _runtime.core.is_closed:
            _runtime = None


_abandoned: list[Runtime] = []
"""Runtimes of the processes that this one was forked from: freeing their tasks would only complain."""


def _after_fork_in_child() -> None:
    global _runtime, _lock
    _lock = threading.Lock()
    forget_job()
    if _runtime is not None:
        _runtime.abandon()
        _abandoned.append(_runtime)
    _runtime = None


def _name_of(coroutine: Coroutine[Any, Any, Any]) -> str:
    return getattr(coroutine, "__qualname__", type(coroutine).__name__)


async def _hand_over(pending: Pending[T]) -> T:
    try:
        return await pending
    except asyncio.CancelledError:
        pending.cancel()
        await pending.settled()
        raise
    finally:
        del pending


async def _guard(awaitable: Awaitable[T]) -> T:
    try:
        return await awaitable
    except (SystemExit, KeyboardInterrupt) as error:
        raise as_ordinary(error) from error


def _identity(function: Callable[..., Any]) -> Hashable:
    """What makes two callables the same: bound methods and partials are new objects each time."""
    while isinstance(function, partial):
        function = function.func
    if isinstance(function, MethodType):
        return id(function.__self__), function.__func__
    return id(function)


atexit.register(shutdown)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
