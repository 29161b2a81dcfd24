"""Daemon threads for the users' functions, and the slots that limit how many run at once.

A function that blocks on a value lends its slot, so functions may call functions to any depth. The slots
live on the runtime's loop; only the functions themselves run on the threads.
"""

from __future__ import annotations

import asyncio
import contextvars
import heapq
import itertools
import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from textgrad_lite.errors import WorkCancelledError

if TYPE_CHECKING:
    from textgrad_lite.runtime.loops import LoopThread
    from textgrad_lite.runtime.pending import Pending

_CROWD = 8
"""How many functions may wait with a lent slot, per slot, before no further outermost one starts."""

_local = threading.local()


class Slots:
    """A limit on what runs at once. On the loop's thread only.

    Deeper calls go first, since shallower ones wait for them; equals go in order. Outermost calls also wait
    while very many others wait for values, so that a long loop does not become as many threads.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0
        self.lent = 0
        self._queue: list[tuple[int, int, Callable[[], bool]]] = []
        self._order = itertools.count()

    @property
    def is_idle(self) -> bool:
        """Whether nobody holds a slot or waits for one."""
        return not (self.used or self.lent or self._queue)

    def request(self, grant: Callable[[], bool], depth: int) -> None:
        """Queue for a slot; ``grant`` is called with it and says whether it is still wanted."""
        heapq.heappush(self._queue, (-depth, next(self._order), grant))
        self.serve()

    async def acquire(self, depth: int) -> None:
        """Wait for a slot."""
        given = asyncio.get_running_loop().create_future()

        def grant() -> bool:
            if given.done():
                return False
            given.set_result(None)
            return True

        self.request(grant, depth)
        try:
            await given
        except asyncio.CancelledError:
            if not given.cancelled():
                self.release()
            raise

    def release(self) -> None:
        """Give a slot back."""
        self.used -= 1
        self.serve()

    def serve(self) -> None:
        """Hand out what is free."""
        while self._queue and self.used < self.limit and not self._is_crowded():
            _, _, grant = heapq.heappop(self._queue)
            self.used += 1
            if not grant():
                self.used -= 1

    def _is_crowded(self) -> bool:
        is_outermost = self._queue[0][0] == 0
        return is_outermost and self.lent >= self.limit * _CROWD


class Outcome(NamedTuple):
    """What a function returned, or the error that it raised."""

    value: Any
    error: Exception | None


class Job:
    """One run of a user's function on a thread. Its methods run on the loop's thread, except where said."""

    def __init__(
        self, function: Callable[[], Any], context: contextvars.Context, slots: Slots, depth: int
    ) -> None:
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._on_end: Callable[[], object] | None = None
        self._has_ended = False
        self._function: Callable[[], Any] | None = function
        self._context = context
        self._slots = slots
        self._depth = depth
        self._holds_slot = True
        self._is_abandoned = False

    def run(self) -> Outcome:
        """Call the function. On its own thread."""
        _local.job = self
        function, self._function = self._function, None
        assert function is not None
        try:
            return self._context.run(_attempt, function)
        finally:
            _local.job = None

    def check_wanted(self) -> None:
        """Refuse to go on working for a run that was cancelled. On its own thread.

        Raises:
            WorkCancelledError: It was.
        """
        if self._is_abandoned:
            raise WorkCancelledError("this function was cancelled while it ran; it can start nothing more")

    def lend_slot(self, pending: Pending[Any], resume: Callable[[], object]) -> None:
        """Give the slot away until a value is there, take one again, then resume."""
        # Calls that the function has just made are to queue before the slot is handed out.
        asyncio.get_running_loop().call_soon(self._lend, pending, resume)

    def _lend(self, pending: Pending[Any], resume: Callable[[], object]) -> None:
        self._slots.lent += 1
        self._free_slot()
        take_back = partial(self._take_back, resume)
        pending.notify(lambda: self._slots.request(take_back, self._depth + 1))

    def end(self, outcome: Outcome) -> None:
        """Note that the function has returned."""
        self._free_slot()
        self._has_ended = True
        if self._on_end is not None:
            self._on_end()
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    def abandon(self, on_end: Callable[[], object]) -> None:
        """Cancel: a thread cannot be stopped, but it no longer counts and can start nothing more.

        Args:
            on_end: Called when the function has returned, which may be now.
        """
        self._is_abandoned = True
        self._free_slot()
        if self._has_ended:
            on_end()
        else:
            self._on_end = on_end

    def _free_slot(self) -> None:
        if self._holds_slot:
            self._holds_slot = False
            self._slots.release()

    def _take_back(self, resume: Callable[[], object]) -> bool:
        self._slots.lent -= 1
        self._holds_slot = not self._is_abandoned
        resume()
        return self._holds_slot


class Threads:
    """Daemon threads that are started as needed and used again. On the loop's thread only."""

    def __init__(self, owner: LoopThread) -> None:
        self._owner = owner
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._idle = 0
        self._count = 0

    def run(self, job: Job) -> None:
        """Run a job on an idle thread, or on a new one."""
        self._jobs.put(job)
        if self._idle:
            self._idle -= 1
            return
        self._count += 1
        name = f"textgrad_lite-user-{self._count}"
        threading.Thread(
            target=_work, args=(self._jobs, self._owner, self._ended), name=name, daemon=True
        ).start()

    def close(self) -> None:
        """Let the threads go when they have nothing to do. From any thread."""
        for _ in range(self._count):
            self._jobs.put(None)

    def _ended(self, job: Job, outcome: Outcome) -> None:
        self._idle += 1
        job.end(outcome)


def current_job() -> Job | None:
    """The job that runs on this thread, if any."""
    job: Job | None = getattr(_local, "job", None)
    return job


def forget_job() -> None:
    """Make this thread an ordinary one: in the child of a fork it is the only thread."""
    _local.job = None


def _work(
    jobs: queue.SimpleQueue[Job | None], owner: LoopThread, ended: Callable[[Job, Outcome], None]
) -> None:
    while (job := jobs.get()) is not None:
        outcome = job.run()
        try:
            owner.post(ended, job, outcome)
        except RuntimeError:  # the loop has ended, by shutdown() or by a fork: nobody waits for this
            return
        del job, outcome  # an idle thread holds nothing


def _attempt(function: Callable[[], Any]) -> Outcome:
    try:
        return Outcome(function(), None)
    except BaseException as error:  # noqa: BLE001 - the edge to user-supplied functions
        return Outcome(None, as_ordinary(error))


def as_ordinary(error: BaseException) -> Exception:
    """An error that a coroutine can raise without ending its task, its loop or the process in a wrong way."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    ordinary = RuntimeError(f"a user's function raised {type(error).__name__}: {error}")
    ordinary.__cause__ = error
    return ordinary
