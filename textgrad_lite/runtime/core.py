"""The one runtime of the process: made on first use, and made anew after a shutdown or a fork."""

from __future__ import annotations

import atexit
import contextvars
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from textgrad_lite.runtime.blocking import forbid_blocking
from textgrad_lite.runtime.loops import LoopClosedError, LoopThread
from textgrad_lite.runtime.pending import Failure, Pending, hand_over
from textgrad_lite.runtime.users import Users
from textgrad_lite.runtime.workers import current_job, forget_job

T = TypeVar("T")

DEFAULT_CONCURRENCY = 16


class Runtime:
    """The core's loop, and where the users' functions run."""

    def __init__(self, concurrency: int) -> None:
        self.core = LoopThread("textgrad_lite-loop")
        self.users = Users(self.core, concurrency)

    def stop(self) -> None:
        """Cancel everything and end the threads that can be ended. From any other thread."""
        for loop in (self.core, self.users.loop):
            loop.stop()
        for loop in (self.core, self.users.loop):
            loop.join()
        self.users.close()

    def abandon(self) -> None:
        """Forget threads that a fork did not copy."""
        self.core.abandon()
        self.users.loop.abandon()


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
    try:
        return spawn(coroutine, name=_name_of(coroutine)).result()
    except KeyboardInterrupt:
        current().core.interrupt()  # again, or for the first time if Ctrl-C came before there was a result
        raise


async def arun(coroutine: Coroutine[Any, Any, T]) -> T:
    """Await a coroutine on the runtime's loop, from any loop. Cancellation goes through."""
    if is_loop_thread():
        return await coroutine
    return await hand_over(spawn(coroutine, name=_name_of(coroutine)))


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
    return await current().users.call(function, partial(function, *args, **kwargs), serial=serial)


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
            _runtime.core.post(_runtime.users.limit, concurrency)


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


atexit.register(shutdown)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
