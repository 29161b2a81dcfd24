"""An event loop on a daemon thread of its own, which other threads hand their work to.

Handing over is cheap: callbacks collect in an inbox, and one wake-up of the loop empties all of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from textgrad_lite.runtime.blocking import loop_threads
from textgrad_lite.runtime.pending import Failure, Pending

T = TypeVar("T")

_INTERRUPT_SECONDS = 2.0
"""How long Ctrl-C waits for what it cancelled."""

_FULL_INBOX = 64
"""More than this in the inbox is work that would only grow old there, and cost the garbage collector."""
_PACE_SECONDS = 0.1
"""How long a caller is held up, at most, where the inbox is full."""

_logger = logging.getLogger(__name__)

_FAREWELL_SECONDS = 2.0
"""How long cancelled work may clean up before the loop ends without it."""


class LoopClosedError(RuntimeError):
    """The loop has ended: after ``shutdown()``, or in the child of a fork."""


class LoopThread:
    """A running event loop and its thread.

    Attributes:
        loop: The loop itself; touch it from its own thread only.
        running: What was started and has not ended. (asyncio holds its tasks weakly.)
        is_closed: Whether the loop has ended or is ending.
    """

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_default_executor(_DaemonExecutor())
        self.running: set[Pending[Any]] = set()
        self._inbox: deque[tuple[Callable[..., object], tuple[Any, ...]]] = deque()
        self._closers: list[Callable[[], Awaitable[None]]] = []
        self._inbox_lock = threading.RLock()  # a destructor may post while its thread is posting
        self._is_woken = False
        self._is_emptied = threading.Event()
        self.is_closed = False
        self._telling: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def is_current(self) -> bool:
        """Whether the caller is on this loop's thread."""
        return threading.get_ident() == self._thread.ident

    def post(self, callback: Callable[..., object], *args: Any) -> None:
        """Have a callback called on the loop; callbacks keep their order. From any thread.

        A caller far ahead of the loop is held up for a moment, so that the two keep pace.

        Raises:
            LoopClosedError: The loop has ended.
        """
        if self.is_closed:
            raise LoopClosedError
        if len(self._inbox) >= _FULL_INBOX and threading.get_ident() not in loop_threads:
            self._keep_pace()
        with self._inbox_lock:
            if self.is_closed:
                raise LoopClosedError
            self._inbox.append((callback, args))
            if not self._is_woken:
                self._is_woken = True
                self.loop.call_soon_threadsafe(self._empty_inbox)

    def start(
        self, coroutine: Coroutine[Any, Any, T | Failure], context: contextvars.Context, name: str
    ) -> Pending[T]:
        """Start a coroutine as a task in the given context. From any thread.

        Raises:
            LoopClosedError: The loop has ended; the coroutine is untouched.
        """
        pending: Pending[T] = Pending(self, name)
        self.post(pending.begin, coroutine, context)
        return pending

    def at_stop(self, close: Callable[[], Awaitable[None]]) -> None:
        """Have something closed, on the loop, just before it ends. From any thread."""
        self._closers.append(close)

    def interrupt(self) -> None:
        """Cancel every task of the loop, and wait for their end, but not long. From any other thread."""
        have_ended = threading.Event()
        with contextlib.suppress(LoopClosedError):
            self.post(self._interrupt, have_ended)
            have_ended.wait(_INTERRUPT_SECONDS)

    def _interrupt(self, have_ended: threading.Event) -> None:
        tasks = self._cancel_all()

        async def tell() -> None:
            await asyncio.wait(tasks)
            have_ended.set()

        if tasks:
            self._telling = self.loop.create_task(tell())
        else:
            have_ended.set()

    def _cancel_all(self) -> set[asyncio.Task[Any]]:
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        return tasks

    def stop(self) -> None:
        """Cancel everything, let it clean up for a moment, and end the thread. From any thread."""
        with contextlib.suppress(LoopClosedError):
            self.post(self.loop.stop)

    def join(self) -> None:
        """Wait for the end of the thread, but not long. From any other thread."""
        self._thread.join(2 * _FAREWELL_SECONDS)

    def abandon(self) -> None:
        """Forget the thread: it does not exist in the child of a fork."""
        self.is_closed = True

    def _keep_pace(self) -> None:
        self._is_emptied.clear()
        if len(self._inbox) >= _FULL_INBOX:  # asked again, or what emptied it just now would not wake us
            self._is_emptied.wait(_PACE_SECONDS)

    def _empty_inbox(self) -> None:
        with self._inbox_lock:
            self._is_woken = False
            callbacks, self._inbox = self._inbox, deque()
        self._is_emptied.set()
        for callback, args in callbacks:
            callback(*args)

    def _run(self) -> None:
        loop_threads.add(threading.get_ident())
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            self._say_farewell()
            loop_threads.discard(threading.get_ident())

    def _say_farewell(self) -> None:
        with self._inbox_lock:
            self.is_closed = True
        self._empty_inbox()
        self._cancel_all()
        self.loop.run_until_complete(self._close())
        for pending in tuple(self.running):
            pending.give_up()
        self.loop.close()

    async def _close(self) -> None:
        closing = [asyncio.ensure_future(close()) for close in self._closers]
        if tasks := asyncio.all_tasks(self.loop) - {asyncio.current_task()}:
            await asyncio.wait(tasks, timeout=_FAREWELL_SECONDS)
        for task in closing:
            if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                _logger.warning("something could not be closed at shutdown: %s", error)
        await self.loop.shutdown_asyncgens()


class _DaemonExecutor(ThreadPoolExecutor):
    """Runs what asyncio itself needs threads for, such as name resolution.

    The threads of a plain executor are joined at exit: one that is stuck would hold the process.
    """

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the future
                future.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        return future
