"""The runtime ends cleanly and comes back: after shutdown(), a fork, Ctrl-C, and at exit."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import threading
from collections.abc import Callable

import pytest

from textgrad_lite import runtime
from textgrad_lite.errors import BlockingReadError, WorkCancelledError
from textgrad_lite.runtime import loops

RunScript = Callable[[str], "subprocess.CompletedProcess[str]"]

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


async def echo(value: object) -> object:
    return value


async def never() -> None:
    await asyncio.Event().wait()


@pytest.mark.usefixtures("fresh_runtime")
class TestShutdown:
    def test_cancels_pending_work_and_the_next_use_starts_anew(self) -> None:
        pending = runtime.spawn(never(), name="the long work")
        runtime.shutdown()
        assert pending.done()
        with pytest.raises(WorkCancelledError, match="the long work"):
            pending.result()
        assert runtime.run(echo(1)) == 1

    def test_without_a_runtime_does_nothing(self) -> None:
        runtime.shutdown()
        runtime.shutdown()
        assert not runtime.is_loop_thread()

    def test_keeps_the_concurrency(self) -> None:
        runtime.configure(concurrency=3)
        runtime.shutdown()
        started = threading.Semaphore(0)
        go_on = threading.Event()

        def work() -> None:
            started.release()
            go_on.wait()

        pendings = [runtime.spawn(runtime.call_user(work), name="work") for _ in range(4)]
        for _ in range(3):
            assert started.acquire(timeout=10)
        assert not started.acquire(blocking=False)
        go_on.set()
        for pending in pendings:
            pending.result()

    def test_on_the_loop_thread_is_refused(self) -> None:
        async def stop() -> None:
            runtime.shutdown()

        with pytest.raises(BlockingReadError):
            runtime.run(stop())

    def test_lets_cancelled_work_clean_up(self) -> None:
        started = threading.Event()
        cleaned: list[str] = []

        async def work() -> None:
            started.set()
            try:
                await never()
            finally:
                await asyncio.sleep(0)
                cleaned.append("up")

        runtime.spawn(work(), name="work")
        assert started.wait(10)
        runtime.shutdown()
        assert cleaned == ["up"]

    def test_does_not_wait_for_work_that_will_not_be_cancelled(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(loops, "_FAREWELL_SECONDS", 0.01)
        started = threading.Event()

        async def stubborn() -> None:
            started.set()
            while True:
                try:
                    await never()
                except asyncio.CancelledError:
                    continue

        pending = runtime.spawn(stubborn(), name="the stubborn work")
        told = threading.Event()

        async def wait_for_it() -> None:
            pending.notify(told.set)

        assert started.wait(10)
        runtime.run(wait_for_it())
        runtime.shutdown()
        assert told.wait(10)
        with pytest.raises(WorkCancelledError, match="the stubborn work was cancelled"):
            pending.result()

    def test_awaits_every_closer_once_on_the_loop(self) -> None:
        closed: list[bool] = []

        async def close() -> None:
            closed.append(runtime.is_loop_thread() or threading.current_thread().name.endswith("-loop"))

        runtime.at_shutdown(close)
        runtime.shutdown()
        runtime.run(echo(1))
        runtime.shutdown()
        assert closed == [True]

    def test_reports_what_could_not_be_closed(self, caplog: pytest.LogCaptureFixture) -> None:
        async def close() -> None:
            raise OSError("the socket is gone")

        runtime.at_shutdown(close)
        runtime.shutdown()
        messages = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
        assert messages == ["something could not be closed at shutdown: the socket is gone"]

    def test_by_another_thread_does_not_lose_work_that_is_being_spawned(self) -> None:
        runtime.run(echo(1))
        closed = runtime.core.current().core
        closed.stop()
        closed.join()  # as another thread's shutdown() does, before it is seen here
        assert runtime.run(echo(2)) == 2

    def test_cancels_a_function_that_still_runs_on_its_thread(self) -> None:
        started, go_on = threading.Event(), threading.Event()

        def work() -> None:
            started.set()
            go_on.wait()

        pending = runtime.spawn(runtime.call_user(work), name="the function")
        assert started.wait(10)
        runtime.shutdown()
        with pytest.raises(WorkCancelledError, match="the function"):
            pending.result()
        go_on.set()
        assert runtime.run(echo(1)) == 1


class TestExit:
    def test_does_not_wait_for_stuck_functions_coroutines_and_name_lookups(
        self, run_script: RunScript
    ) -> None:
        done = run_script(
            """
            import asyncio, threading, time
            from textgrad_lite import runtime

            started = threading.Semaphore(0)

            def stuck():
                started.release()
                time.sleep(1000)

            async def stuck_coroutine():
                started.release()
                await asyncio.Event().wait()

            async def stuck_executor():
                await asyncio.get_running_loop().run_in_executor(None, stuck)

            runtime.spawn(runtime.call_user(stuck), name="a function")
            runtime.spawn(runtime.call_user(stuck_coroutine), name="a user's coroutine")
            runtime.spawn(stuck_coroutine(), name="a coroutine")
            runtime.spawn(stuck_executor(), name="the executor of asyncio")
            for _ in range(4):
                started.acquire()
            print("at the end")
            """
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "at the end\n", "")

    def test_logs_an_error_that_nobody_read(self, run_script: RunScript) -> None:
        done = run_script(
            """
            from textgrad_lite import runtime

            async def fail():
                raise KeyError("lost")

            pending = runtime.spawn(fail(), name="fail")
            runtime.run(pending.settled())
            """
        )
        assert done.returncode == 0
        assert done.stderr.count("an error that nobody read: 'lost'") == 1


@needs_fork
class TestFork:
    def test_the_child_gets_a_runtime_of_its_own(self, run_script: RunScript) -> None:
        done = run_script(
            """
            import asyncio, os, sys, warnings
            from textgrad_lite import runtime
            from textgrad_lite.errors import WorkCancelledError

            warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of threads and forks
            gate = asyncio.Event()

            async def echo(value):
                return value

            async def wait():
                await gate.wait()
                return "the parent's value"

            async def open_gate():
                gate.set()

            ready = runtime.spawn(echo("ready"), name="ready")
            pending = runtime.spawn(wait(), name="the wait")
            ready.result()
            child = os.fork()
            if child == 0:
                try:
                    pending.result()
                except WorkCancelledError as error:
                    print("child:", error.message, flush=True)
                pending.cancel()
                called = runtime.run(runtime.call_user(int))
                print("child:", ready.result(), runtime.run(echo("works")), called, flush=True)
                sys.exit(7)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            runtime.run(open_gate())
            print("parent:", status, pending.result())
            """
        )
        assert done.stderr == ""
        assert done.stdout.splitlines() == [
            "child: the wait was running when its loop ended, by a fork or by shutdown()",
            "child: ready works 0",
            "parent: 7 the parent's value",
        ]

    def test_from_a_users_function_works_too(self, run_script: RunScript) -> None:
        done = run_script(
            """
            import os, threading, warnings
            from textgrad_lite import runtime

            warnings.simplefilter("ignore", DeprecationWarning)

            async def echo(value):
                return value

            go_on = threading.Event()

            def fork():
                go_on.wait()
                child = os.fork()
                if child == 0:
                    print("child:", runtime.run(echo("works")), flush=True)
                    os._exit(0)
                return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

            runtime.configure(concurrency=1)
            forking = runtime.spawn(runtime.call_user(fork), name="fork")
            queued = runtime.spawn(runtime.call_user(int), name="queued")
            runtime.run(echo("in the queue"))
            go_on.set()
            print("parent:", forking.result(), queued.result())
            """
        )
        assert done.stderr == ""
        assert done.stdout.splitlines() == ["child: works", "parent: 0 0"]


INTERRUPTED = """
import asyncio, os, signal, sys, threading
from textgrad_lite import runtime

log = []
started = threading.Semaphore(0)
go_on = threading.Event()
user_done = threading.Event()

async def spend(name):
    started.release()
    try:
        await asyncio.Event().wait()
    finally:
        log.append(f"{name} cancelled")

async def echo(value):
    log.append(f"ran {value}")
    return value

def user():
    started.release()
    go_on.wait()
    try:
        runtime.run(echo("after the interrupt"))
    except Exception as error:
        log.append(type(error).__name__)
    user_done.set()

def interrupt():
    for _ in range(3):
        started.acquire()
    while sys._current_frames()[threading.main_thread().ident].f_code.co_name != "wait":
        pass
    os.kill(os.getpid(), signal.SIGINT)

other = runtime.spawn(spend("the other"), name="other")
function = runtime.spawn(runtime.call_user(user), name="function")
threading.Thread(target=interrupt).start()
try:
    {wait}
except KeyboardInterrupt:
    print(sorted(log))
for pending in (other, function):
    assert type(pending.exception_if_done()).__name__ == "WorkCancelledError"
go_on.set()
user_done.wait()
print(log[2:], runtime.run(echo("again")))
"""


class TestInterrupt:
    @pytest.mark.parametrize(
        "wait",
        ['runtime.run(spend("the awaited"))', 'runtime.spawn(spend("the awaited"), name="awaited").result()'],
    )
    def test_cancels_everything_and_leaves_a_runtime_that_works(
        self, run_script: RunScript, wait: str
    ) -> None:
        done = run_script(INTERRUPTED.replace("{wait}", wait))
        assert done.stderr == ""
        assert done.stdout.splitlines() == [
            "['the awaited cancelled', 'the other cancelled']",
            "['WorkCancelledError'] again",
        ]
