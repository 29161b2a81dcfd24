"""The thread of a loop: order of what is posted, and what asyncio itself runs on threads."""

from __future__ import annotations

import asyncio
import contextlib
import threading

import pytest

from textgrad_lite import runtime
from textgrad_lite.runtime.loops import LoopClosedError, LoopThread


class TestPost:
    def test_keeps_the_order(self) -> None:
        loop = LoopThread("test-loop")
        seen: list[int] = []
        done = threading.Event()
        for number in range(2500):
            loop.post(seen.append, number)
        loop.post(done.set)
        assert done.wait(10)
        assert seen == list(range(2500))
        loop.stop()
        loop.join()

    def test_to_a_loop_that_has_ended_is_refused(self) -> None:
        loop = LoopThread("test-loop")
        loop.stop()
        loop.join()
        with pytest.raises(LoopClosedError):
            loop.post(print)
        loop.stop()  # and stopping it again does nothing


class TestTheExecutorOfAsyncio:
    def test_runs_on_daemon_threads(self) -> None:
        thread = runtime.run(asyncio.to_thread(threading.current_thread))
        assert thread.daemon

    def test_drops_the_outcome_of_a_call_that_was_cancelled(self, monkeypatch: pytest.MonkeyPatch) -> None:
        uncaught: list[object] = []
        monkeypatch.setattr(threading, "excepthook", uncaught.append)
        go = threading.Event()
        workers: list[threading.Thread] = []

        def work(loop: asyncio.AbstractEventLoop, works: asyncio.Event) -> None:
            workers.append(threading.current_thread())
            loop.call_soon_threadsafe(works.set)
            go.wait(10)

        async def give_up() -> None:
            works = asyncio.Event()
            call = asyncio.ensure_future(asyncio.to_thread(work, asyncio.get_running_loop(), works))
            await works.wait()
            call.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await call

        runtime.run(give_up())
        go.set()
        workers[0].join(10)
        assert uncaught == []

    def test_hands_errors_on(self) -> None:
        with pytest.raises(ValueError, match="invalid literal"):
            runtime.run(asyncio.to_thread(int, "x"))
