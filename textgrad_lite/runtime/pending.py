"""A value that is not there yet, and an error on its way to whoever reads it."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import threading
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast

from textgrad_lite.errors import WorkCancelledError
from textgrad_lite.runtime.blocking import forbid_blocking
from textgrad_lite.runtime.workers import current_job

if TYPE_CHECKING:
    from textgrad_lite.runtime.loops import LoopThread

T = TypeVar("T")

_logger = logging.getLogger(__name__)


class Failure:
    """An error that waits to be read. One that nobody ever reads is logged once.

    A coroutine hands an error on by returning its Failure: the same object travels to everything that
    depends on it, and since it is not raised on the way, its traceback does not grow.
    """

    __slots__ = ("_traceback", "error", "is_read", "owner")

    def __init__(self, error: BaseException, *, is_read: bool = False) -> None:
        self.error = error
        self.is_read = is_read
        self.owner: LoopThread | None = None
        self._traceback = error.__traceback__

    def throw(self) -> NoReturn:
        """Raise the error with the traceback that it came with."""
        self.is_read = True
        try:
            raise self.error.with_traceback(self._traceback)
        finally:
            del self  # or the traceback would hold the failure that holds the traceback

    def __del__(self) -> None:
        if not self.is_read:
            _report(self.error, self.owner)


class Pending(Generic[T]):
    """The outcome of a coroutine on a loop of ours; can be read from any thread and any loop.

    Attributes:
        name: Names the work in error texts and in asyncio's debug output.
        failure: What went wrong, once it has.
    """

    __slots__ = ("__weakref__", "_callbacks", "_is_done", "_owner", "_task", "_value", "failure", "name")

    def __init__(self, owner: LoopThread, name: str) -> None:
        self.name = name
        self.failure: Failure | None = None
        self._owner = owner
        self._task: asyncio.Task[T | Failure] | None = None
        self._value: T | None = None
        self._is_done = False
        self._callbacks: list[Callable[[], object]] | None = None

    def done(self) -> bool:
        """Whether there is an outcome."""
        return self._is_done

    def result(self) -> T:
        """The value; blocks until it is there.

        Raises:
            BlockingReadError: It is not there, and the caller is on a thread of our loops.
            WorkCancelledError: The work was cancelled.
            KeyboardInterrupt: Ctrl-C; everything that was running is cancelled.
        """
        try:
            if not self._is_done:
                self._block()
            return self._outcome()
        except KeyboardInterrupt:
            self._owner.interrupt()
            raise
        finally:
            del self  # see _outcome

    def __await__(self) -> Generator[Any, None, T]:
        return self._result_later().__await__()

    def exception_if_done(self) -> BaseException | None:
        """The error, if there is one already. Counts as reading it."""
        if self.failure is None:
            return None
        self.failure.is_read = True
        return self.failure.error

    def cancel(self) -> None:
        """Cancel the work, from any thread; without effect on work that has ended."""
        with contextlib.suppress(RuntimeError):
            self._owner.post(self._cancel_task)

    async def settled(self) -> None:
        """Wait for the outcome, good or bad, without reading it. From any loop."""
        is_at_home = self._owner.is_current
        if is_at_home and self._task is not None and self._task.done():
            self._finish(self._task)  # asyncio would tell in the next round of the loop only
        if self._is_done:
            return
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        if is_at_home:
            self.notify(partial(_wake, future))
        else:
            self._post(self.notify, partial(_wake_elsewhere, loop, future))
        await future

    def notify(self, callback: Callable[[], object]) -> None:
        """Call back when there is an outcome, or at once. On the owner's thread only."""
        if self._is_done:
            callback()
        elif self._callbacks is None:
            self._callbacks = [callback]
        else:
            self._callbacks.append(callback)

    def begin(self, coroutine: Coroutine[Any, Any, T | Failure], context: contextvars.Context) -> None:
        """Start the work. On the owner's thread only."""
        self._owner.running.add(self)
        self._task = self._owner.loop.create_task(coroutine, name=self.name, context=context)
        self._task.add_done_callback(self._finish)

    def give_up(self) -> None:
        """Settle as cancelled, whatever the task is still doing. On the owner's thread only."""
        self._settle(None, self._cancelled())

    def _finish(self, task: asyncio.Task[T | Failure]) -> None:
        if self._is_done:
            return
        if task.cancelled():
            self.give_up()
        elif (error := task.exception()) is not None:
            self._settle(None, Failure(error))
        elif isinstance(result := task.result(), Failure):
            self._settle(None, result)
        else:
            self._settle(result, None)

    def _settle(self, value: T | None, failure: Failure | None) -> None:
        if self._is_done:
            return
        self._value, self.failure, self._task = value, failure, None
        if failure is not None:
            failure.owner = self._owner
        self._is_done = True
        self._owner.running.discard(self)
        callbacks, self._callbacks = self._callbacks, None
        for callback in callbacks or ():
            callback()

    def _cancelled(self) -> Failure:
        error = WorkCancelledError(
            f"{self.name} was cancelled", hint="It has no value. Call the function again to get one."
        )
        return Failure(error, is_read=True)

    def _cancel_task(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _outcome(self) -> T:
        try:
            if self.failure is not None:
                self.failure.throw()
            return cast("T", self._value)
        finally:
            del self  # or the traceback would hold the error that holds the traceback

    async def _result_later(self) -> T:
        try:
            await self.settled()
            return self._outcome()
        finally:
            del self  # see _outcome

    def _post(self, callback: Callable[..., object], *args: Any) -> None:
        """Post to the owner; work of a loop that has ended without settling it was cut off by a fork."""
        try:
            self._owner.post(callback, *args)
        except RuntimeError as error:
            if not self._is_done:
                raise WorkCancelledError(
                    f"{self.name} was running when its loop ended, by a fork or by shutdown()",
                    hint="Its value will never come. Call the function again in this process.",
                ) from error
            callback(*args)

    def _block(self) -> None:
        forbid_blocking()
        is_settled = threading.Event()
        job = current_job()
        if job is None:
            self._post(self.notify, is_settled.set)
        else:
            job.check_wanted()
            self._post(job.lend_slot, self, is_settled.set)
        _wait(is_settled)


async def hand_over(pending: Pending[T]) -> T:
    """Await work that belongs to the caller: cancelling the caller cancels it, and waits for its end."""
    try:
        return await pending
    except asyncio.CancelledError:
        pending.cancel()
        await pending.settled()
        raise
    finally:
        del pending


def _report(error: BaseException, owner: LoopThread | None) -> None:
    """Log an error, on its loop if that still runs: a destructor runs in the middle of anything."""
    if owner is not None:
        with contextlib.suppress(RuntimeError):
            return owner.post(_log, error)
    return _log(error)


def _log(error: BaseException) -> None:
    _logger.error("an error that nobody read: %s", error, exc_info=error)


def _wait(event: threading.Event) -> None:
    # A wait without a timeout cannot be interrupted on Windows.
    while not event.wait(1.0):
        pass


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _wake_elsewhere(loop: asyncio.AbstractEventLoop, future: asyncio.Future[None]) -> None:
    with contextlib.suppress(RuntimeError):  # that loop has ended, and with it whoever waited
        loop.call_soon_threadsafe(_wake, future)
