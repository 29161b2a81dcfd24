"""Users' functions: on daemon threads, as many at once as allowed, nested to any depth."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import threading
from collections.abc import Awaitable, Callable

import pytest

from textgrad_lite import runtime
from textgrad_lite.errors import BlockingReadError, WorkCancelledError
from textgrad_lite.runtime.workers import Slots

colour: contextvars.ContextVar[str] = contextvars.ContextVar("colour", default="none")

pytestmark = pytest.mark.usefixtures("fresh_runtime")


def spawn_user(
    function: Callable[..., object], *args: object, serial: bool = False
) -> runtime.Pending[object]:
    return runtime.spawn(runtime.call_user(function, *args, serial=serial), name="a user's function")


def call_user(function: Callable[..., object], *args: object, serial: bool = False) -> object:
    return spawn_user(function, *args, serial=serial).result()


async def error_of(function: Callable[..., object]) -> Exception:
    try:
        await runtime.call_user(function)
    except Exception as error:  # noqa: BLE001 - any ordinary error is what is to be shown
        return error
    raise AssertionError("nothing was raised")


def here() -> threading.Thread:
    return threading.current_thread()


class Meter:
    """Counts how many run at once, and holds them until told."""

    def __init__(self) -> None:
        self.running = 0
        self.most = 0
        self.started = threading.Semaphore(0)
        self.go_on = threading.Event()
        self._lock = threading.Lock()

    def run(self) -> None:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.started.release()
        self.go_on.wait()
        with self._lock:
            self.running -= 1


class AsyncMeter:
    """Counts how many of its coroutines run at once."""

    def __init__(self) -> None:
        self.running = 0
        self.most = 0

    async def __call__(self) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        for _ in range(3):
            await asyncio.sleep(0)
        self.running -= 1


class TestAFunction:
    def test_runs_on_a_daemon_thread_of_its_own(self) -> None:
        thread = call_user(here)
        assert isinstance(thread, threading.Thread)
        assert thread.daemon
        assert thread is not threading.current_thread()
        assert not thread.name.endswith("loop")

    def test_gets_a_fresh_copy_of_the_callers_context(self) -> None:
        def paint() -> str:
            before = colour.get()
            colour.set("blue")
            return before

        token = colour.set("red")
        try:
            assert [call_user(paint), call_user(paint)] == ["red", "red"]
        finally:
            colour.reset(token)

    def test_gets_its_arguments(self) -> None:
        call = runtime.call_user(lambda *args, **kwargs: (args, kwargs), 1, 2, three=3)
        assert runtime.run(call) == ((1, 2), {"three": 3})

    def test_can_be_called_from_a_foreign_loop(self) -> None:
        assert asyncio.run(runtime.call_user(lambda: 7)) == 7

    def test_uses_a_thread_again(self) -> None:
        assert call_user(here) is call_user(here)

    @pytest.mark.parametrize(
        "error", [KeyError("lost"), StopIteration("end"), SystemExit(3), asyncio.CancelledError()]
    )
    def test_that_raises_fails_the_call_and_nothing_else(self, error: BaseException) -> None:
        def fail() -> None:
            raise error

        raised = runtime.run(error_of(fail))
        assert error in (raised, raised.__cause__)
        assert call_user(lambda: "still here") == "still here"

    def test_that_returns_an_awaitable_is_awaited(self) -> None:
        async def later() -> str:
            return threading.current_thread().name

        assert call_user(lambda: later()) == "textgrad_lite-user-loop"


class TestACoroutineFunction:
    def test_runs_on_the_users_loop_in_the_callers_context(self) -> None:
        async def work() -> tuple[str, str]:
            return threading.current_thread().name, colour.get()

        token = colour.set("red")
        try:
            assert call_user(work) == ("textgrad_lite-user-loop", "red")
        finally:
            colour.reset(token)

    def test_may_await_but_not_block(self) -> None:
        async def seven() -> int:
            return 7

        async def awaits() -> int:
            return await runtime.arun(seven())

        async def blocks() -> int:
            return runtime.run(seven())

        assert call_user(awaits) == 7
        with pytest.raises(BlockingReadError, match="await"):
            call_user(blocks)

    @pytest.mark.parametrize("error", [KeyError("lost"), SystemExit(3)])
    def test_that_raises_fails_the_call_and_nothing_else(self, error: BaseException) -> None:
        async def fail() -> None:
            raise error

        async def work() -> str:
            return "still here"

        raised = runtime.run(error_of(fail))
        assert error in (raised, raised.__cause__)
        assert call_user(work) == "still here"

    def test_is_cancelled_with_its_call(self) -> None:
        started, cancelled = threading.Event(), threading.Event()

        async def work() -> None:
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()

        pending = spawn_user(work)
        assert started.wait(10)
        pending.cancel()
        with pytest.raises(WorkCancelledError):
            pending.result()
        assert cancelled.is_set()


class TestSlots:
    def test_limit_how_many_run_at_once(self) -> None:
        runtime.configure(concurrency=2)
        meter = Meter()
        pendings = [spawn_user(meter.run) for _ in range(5)]
        for _ in range(2):
            assert meter.started.acquire(timeout=10)
        meter.go_on.set()
        for pending in pendings:
            pending.result()
        assert meter.most == 2

    def test_more_of_them_let_waiting_functions_start(self) -> None:
        runtime.configure(concurrency=1)
        meter = Meter()
        pendings = [spawn_user(meter.run) for _ in range(3)]
        assert meter.started.acquire(timeout=10)
        runtime.configure(concurrency=3)
        for _ in range(2):
            assert meter.started.acquire(timeout=10)
        meter.go_on.set()
        for pending in pendings:
            pending.result()
        assert meter.most == 3

    def test_cannot_be_fewer_than_one(self) -> None:
        with pytest.raises(ValueError, match="at least 1"):
            runtime.configure(concurrency=0)

    def test_are_lent_while_a_function_blocks_so_that_nesting_cannot_deadlock(self) -> None:
        runtime.configure(concurrency=2)

        def nest(depth: int) -> int:
            return 0 if depth == 0 else 1 + int(str(call_user(nest, depth - 1)))

        assert call_user(nest, 40) == 40

    def test_deeper_calls_go_first(self) -> None:
        runtime.configure(concurrency=1)
        order: list[str] = []

        def inner(name: str) -> None:
            order.append(f"inner {name}")

        def outer(name: str) -> None:
            call_user(inner, name)
            order.append(f"outer {name}")

        for pending in [spawn_user(outer, name) for name in "ab"]:
            pending.result()
        assert order == ["inner a", "outer a", "inner b", "outer b"]

    def test_of_many_waiting_functions_do_not_become_as_many_threads(self) -> None:
        runtime.configure(concurrency=1)
        gate = asyncio.Event()
        pending = runtime.spawn(gate.wait(), name="gate")
        started = threading.Semaphore(0)

        def outer() -> None:
            started.release()
            pending.result()

        async def nothing() -> None:
            return None

        async def open_gate() -> None:
            gate.set()

        outers = [spawn_user(outer) for _ in range(50)]
        for _ in range(8):
            assert started.acquire(timeout=10)
        for _ in range(300):  # time enough for more of them to start, if they could
            runtime.run(nothing())
        assert not started.acquire(blocking=False)
        runtime.run(open_gate())
        for waiting in outers:
            waiting.result()

    def test_of_cancelled_calls_go_to_others(self) -> None:
        runtime.configure(concurrency=1)
        meter = Meter()
        running, queued = spawn_user(meter.run), spawn_user(meter.run)
        assert meter.started.acquire(timeout=10)
        queued.cancel()
        with pytest.raises(WorkCancelledError):
            queued.result()
        running.cancel()  # its thread cannot be stopped, but no longer counts
        with pytest.raises(WorkCancelledError):
            running.result()
        assert call_user(lambda: "next") == "next"
        meter.go_on.set()


class TestACancelledFunction:
    def test_can_start_nothing_more(self) -> None:
        started, go_on, done = threading.Event(), threading.Event(), threading.Event()
        caught: list[BaseException] = []

        async def spend() -> None:
            raise AssertionError("this must not run")

        def work() -> None:
            started.set()
            go_on.wait()
            attempts: list[Callable[[], object]] = [lambda: runtime.run(spend()), lambda: call_user(here)]
            for attempt in attempts:
                try:
                    attempt()
                except WorkCancelledError as error:
                    caught.append(error)
            done.set()

        pending = spawn_user(work)
        assert started.wait(10)
        pending.cancel()
        with pytest.raises(WorkCancelledError):
            pending.result()
        go_on.set()
        assert done.wait(10)
        assert len(caught) == 2

    def test_that_blocks_on_a_value_is_woken_by_it_and_ends(self) -> None:
        blocked, done = threading.Event(), threading.Event()
        gate = asyncio.Event()
        pending = runtime.spawn(gate.wait(), name="gate")

        def work() -> None:
            blocked.set()
            pending.result()
            done.set()

        async def open_gate() -> None:
            gate.set()

        outer = spawn_user(work)
        assert blocked.wait(10)
        outer.cancel()
        with pytest.raises(WorkCancelledError):
            outer.result()
        runtime.run(open_gate())
        assert done.wait(10)
        assert call_user(lambda: "next") == "next"


class TestSerial:
    def test_functions_run_one_at_a_time(self) -> None:
        meter = Meter()
        meter.go_on.set()
        for pending in [spawn_user(meter.run, serial=True) for _ in range(20)]:
            pending.result()
        assert meter.most == 1

    def test_holds_for_partials_of_one_function(self) -> None:
        meter = Meter()
        meter.go_on.set()
        for pending in [spawn_user(functools.partial(meter.run), serial=True) for _ in range(20)]:
            pending.result()
        assert meter.most == 1

    def test_different_functions_do_not_wait_for_each_other(self) -> None:
        both = threading.Barrier(2, timeout=10)
        pendings = [
            spawn_user(lambda: both.wait(), serial=True),
            spawn_user(lambda: both.wait(), serial=True),
        ]
        assert sorted(str(pending.result()) for pending in pendings) == ["0", "1"]

    def test_coroutines_run_one_at_a_time(self) -> None:
        running: list[int] = []
        most: list[int] = []

        async def work() -> None:
            running.append(1)
            most.append(len(running))
            await asyncio.sleep(0)
            running.pop()

        for pending in [spawn_user(work, serial=True) for _ in range(10)]:
            pending.result()
        assert most == [1] * 10

    def test_objects_that_are_called_as_coroutines_run_one_at_a_time(self) -> None:
        meter = AsyncMeter()
        for pending in [spawn_user(meter, serial=True) for _ in range(10)]:
            pending.result()
        assert meter.most == 1

    def test_what_a_function_returns_to_be_awaited_belongs_to_its_turn(self) -> None:
        meter = AsyncMeter()

        def start() -> Awaitable[None]:
            return meter()

        for pending in [spawn_user(start, serial=True) for _ in range(10)]:
            pending.result()
        assert meter.most == 1

    def test_a_function_that_calls_itself_does_not_wait_for_itself(self) -> None:
        def nest(depth: int) -> int:
            return 0 if depth == 0 else 1 + int(str(call_user(nest, depth - 1, serial=True)))

        assert call_user(nest, 5, serial=True) == 5

    def test_one_that_was_cancelled_still_excludes_others_until_it_has_returned(self) -> None:
        meter = Meter()
        first = spawn_user(meter.run, serial=True)
        assert meter.started.acquire(timeout=10)
        second, third = spawn_user(meter.run, serial=True), spawn_user(meter.run, serial=True)
        first.cancel()
        second.cancel()
        for cancelled in (first, second):
            with pytest.raises(WorkCancelledError):
                cancelled.result()
        meter.go_on.set()
        third.result()
        assert meter.most == 1

    def test_a_coroutine_function_that_cannot_be_called_lets_others_go_on(self) -> None:
        async def work(argument: object) -> object:
            return argument

        with pytest.raises(TypeError):
            call_user(work, serial=True)
        assert call_user(work, 1, serial=True) == 1


def test_an_awaitable_object_is_awaited() -> None:
    class Seven:
        def __await__(self) -> object:
            async def seven() -> int:
                return 7

            return seven().__await__()

    def make() -> Awaitable[object]:
        return Seven()  # type: ignore[return-value]

    assert call_user(make) == 7


class TestAQueuedFunction:
    def test_that_nobody_wants_any_more_is_dropped(self) -> None:
        runtime.configure(concurrency=1)
        meter, ran = Meter(), threading.Event()
        wishes = iter([False])

        async def call_unwanted() -> None:
            runtime.wanted.set(lambda: next(wishes))
            await runtime.call_user(ran.set, serial=True)

        first = spawn_user(meter.run)
        assert meter.started.acquire(timeout=10)
        unwanted = runtime.spawn(call_unwanted(), name="the unwanted")
        meter.go_on.set()
        first.result()
        with pytest.raises(WorkCancelledError, match="the unwanted"):
            unwanted.result()
        assert not ran.is_set()
        assert call_user(ran.is_set, serial=True) is False

    def test_is_taken_out_of_the_queue_of_a_serial_function(self) -> None:
        meter = Meter()
        first = spawn_user(meter.run, serial=True)
        assert meter.started.acquire(timeout=10)
        runtime.configure(concurrency=1)
        queued = [spawn_user(function, serial=True) for function in (here, here)]
        queued[0].cancel()
        with pytest.raises(WorkCancelledError):
            queued[0].result()
        meter.go_on.set()
        first.result()
        assert isinstance(queued[1].result(), threading.Thread)

    async def test_that_is_cancelled_just_when_its_turn_comes_leaves_the_slot_to_others(self) -> None:
        slots = Slots(1)
        await slots.acquire(0)
        queued = asyncio.create_task(slots.acquire(0))
        await asyncio.sleep(0)
        slots.release()  # its turn
        queued.cancel()
        with pytest.raises(asyncio.CancelledError):
            await queued
        assert slots.is_idle
