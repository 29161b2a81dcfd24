"""Handing coroutines to the one loop, from everywhere."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import traceback

import pytest

from textgrad_lite import runtime
from textgrad_lite.errors import BlockingReadError, WorkCancelledError

colour: contextvars.ContextVar[str] = contextvars.ContextVar("colour", default="none")


async def echo(value: object) -> object:
    await asyncio.sleep(0)
    return value


async def fail() -> None:
    raise KeyError("lost")


async def thread_name() -> str:
    return threading.current_thread().name


async def never() -> None:
    await asyncio.Event().wait()


class TestRun:
    def test_blocks_until_the_coroutine_has_returned(self) -> None:
        assert runtime.run(echo(3)) == 3

    def test_always_uses_the_one_loop_thread(self) -> None:
        names = {runtime.run(thread_name()) for _ in range(3)}
        assert names == {"textgrad_lite-loop"}
        assert threading.current_thread().name not in names

    def test_raises_what_the_coroutine_raised_with_its_traceback(self) -> None:
        with pytest.raises(KeyError, match="lost") as caught:
            runtime.run(fail())
        assert "fail" in [frame.name for frame in traceback.extract_tb(caught.tb)]

    def test_can_be_called_from_several_threads_at_once(self) -> None:
        both = threading.Barrier(2)
        results: list[object] = []

        def work(value: int) -> None:
            both.wait()
            results.append(runtime.run(echo(value)))

        threads = [threading.Thread(target=work, args=(value,)) for value in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(map(str, results)) == ["1", "2"]

    def test_on_the_loop_thread_raises_at_once_and_leaves_no_coroutine_behind(self) -> None:
        async def block() -> None:
            runtime.run(echo(1))  # would warn "never awaited" if it were not closed

        with pytest.raises(BlockingReadError, match="await"):
            runtime.run(block())

    def test_works_inside_a_running_foreign_loop(self) -> None:
        async def main() -> object:
            return runtime.run(echo(5))

        assert asyncio.run(main()) == 5


class TestArun:
    def test_from_a_foreign_loop_hops_over(self) -> None:
        assert asyncio.run(runtime.arun(thread_name())) == "textgrad_lite-loop"

    def test_on_the_own_loop_awaits_directly(self) -> None:
        async def outer() -> bool:
            task = asyncio.current_task()

            async def inner() -> bool:
                return asyncio.current_task() is task

            return await runtime.arun(inner())

        assert runtime.run(outer()) is True

    def test_raises_what_the_coroutine_raised(self) -> None:
        with pytest.raises(KeyError, match="lost"):
            asyncio.run(runtime.arun(fail()))

    def test_cancellation_goes_through(self) -> None:
        started, cancelled = threading.Event(), threading.Event()

        async def work() -> None:
            started.set()
            try:
                await never()
            except asyncio.CancelledError:
                cancelled.set()
                raise

        async def main() -> None:
            task = asyncio.create_task(runtime.arun(work()))
            await asyncio.to_thread(started.wait)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(main())
        assert cancelled.is_set()


class TestSpawn:
    def test_runs_in_a_copy_of_the_callers_context(self) -> None:
        async def paint() -> str:
            before = colour.get()
            colour.set("blue")
            return before

        token = colour.set("red")
        try:
            assert runtime.spawn(paint(), name="paint").result() == "red"
            assert colour.get() == "red"
        finally:
            colour.reset(token)

    def test_can_be_awaited_from_any_loop_and_read_again(self) -> None:
        pending = runtime.spawn(echo(7), name="echo")

        async def read() -> object:
            return await pending

        assert asyncio.run(read()) == 7
        assert runtime.run(read()) == 7
        assert pending.result() == 7

    def test_tells_an_error_only_when_there_is_one(self) -> None:
        good, bad = runtime.spawn(echo(1), name="good"), runtime.spawn(fail(), name="bad")
        assert good.result() == 1
        with pytest.raises(KeyError):
            bad.result()
        assert good.exception_if_done() is None
        assert isinstance(bad.exception_if_done(), KeyError)

    def test_cancelled_work_says_so_when_it_is_read(self) -> None:
        pending = runtime.spawn(never(), name="the long work")
        assert not pending.done()
        pending.cancel()
        with pytest.raises(WorkCancelledError, match="the long work was cancelled"):
            pending.result()

    def test_cancelling_what_has_ended_changes_nothing(self) -> None:
        pending = runtime.spawn(echo(1), name="echo")
        assert pending.result() == 1
        pending.cancel()
        assert runtime.run(echo(2)) == 2  # the loop has seen the cancellation
        assert pending.result() == 1

    def test_from_the_loop_itself_keeps_the_order(self) -> None:
        order: list[int] = []

        async def note(number: int) -> None:
            order.append(number)

        async def outer() -> None:
            for pending in [runtime.spawn(note(number), name="note") for number in range(3)]:
                await pending

        runtime.run(outer())
        assert order == [0, 1, 2]

    def test_keeps_pace_with_a_loop_that_falls_behind(self) -> None:
        pendings = [runtime.spawn(echo(number), name="echo") for number in range(3000)]
        assert [pending.result() for pending in pendings] == list(range(3000))


class TestWanted:
    def test_is_true_where_nobody_says_otherwise(self) -> None:
        async def ask() -> bool:
            return runtime.wanted.get()()

        assert runtime.run(ask()) is True
