"""The thread of a loop: order of what is posted, and what asyncio itself runs on threads."""

from __future__ import annotations

import asyncio
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

    def test_hands_errors_on(self) -> None:
        with pytest.raises(ValueError, match="invalid literal"):
            runtime.run(asyncio.to_thread(int, "x"))
