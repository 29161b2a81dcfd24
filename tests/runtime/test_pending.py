"""An error travels unraised, is raised with the traceback it came with, and is logged if nobody reads it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import traceback
import weakref

import pytest

from textgrad_lite import runtime
from textgrad_lite.runtime import Failure


async def fail() -> None:
    raise KeyError("lost")


async def hand_on(failure: Failure) -> Failure | None:
    return failure


def errors_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def nothing() -> None:
    return None


class TestFailure:
    def test_that_nobody_reads_is_logged_once(self, caplog: pytest.LogCaptureFixture) -> None:
        pending = runtime.spawn(fail(), name="fail")
        runtime.run(pending.settled())
        assert errors_in(caplog) == []
        del pending
        runtime.run(nothing())  # the loop has let go of the task
        assert errors_in(caplog) == ["an error that nobody read: 'lost'"]

    def test_shared_by_several_is_logged_once(self, caplog: pytest.LogCaptureFixture) -> None:
        failure = Failure(KeyError("lost"))
        pendings = [runtime.spawn(hand_on(failure), name="hand on") for _ in range(3)]
        for pending in pendings:
            runtime.run(pending.settled())
        del failure, pending, pendings
        runtime.run(nothing())
        assert errors_in(caplog) == ["an error that nobody read: 'lost'"]

    def test_that_somebody_reads_is_not_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        failure = Failure(KeyError("lost"))
        pendings = [runtime.spawn(hand_on(failure), name="hand on") for _ in range(2)]
        with pytest.raises(KeyError):
            pendings[0].result()
        runtime.run(pendings[1].settled())
        del failure, pendings
        runtime.run(nothing())
        assert errors_in(caplog) == []

    def test_counts_even_if_the_error_is_empty(self) -> None:
        class Nothing(Exception):  # noqa: N818
            def __bool__(self) -> bool:
                return False

        async def fail_quietly() -> None:
            raise Nothing

        with pytest.raises(Nothing):
            runtime.run(fail_quietly())

    def test_is_the_same_object_everywhere(self) -> None:
        error = KeyError("lost")
        failure = Failure(error)
        for _ in range(2):
            with pytest.raises(KeyError) as caught:
                runtime.spawn(hand_on(failure), name="hand on").result()
            assert caught.value is error

    def test_does_not_grow_when_it_is_read_again_and_again(self) -> None:
        pending = runtime.spawn(fail(), name="fail")
        lengths = set()
        for _ in range(5):
            with pytest.raises(KeyError) as caught:
                pending.result()
            lengths.add(len(traceback.extract_tb(caught.value.__traceback__)))
        assert len(lengths) == 1

    def test_of_a_facade_frees_everything_without_the_garbage_collector(self) -> None:
        class Held:
            pass

        async def fail_holding(held: Held) -> None:
            raise KeyError(str(held))

        held = Held()
        reference = weakref.ref(held)
        gc.collect()
        gc.disable()
        try:
            with contextlib.suppress(KeyError):
                runtime.run(fail_holding(held))
            del held
            runtime.run(nothing())
            assert reference() is None
        finally:
            gc.enable()


class TestSettled:
    def test_waits_without_reading(self) -> None:
        pending = runtime.spawn(fail(), name="fail")
        runtime.run(pending.settled())
        assert pending.done()
        assert pending.failure is not None
        assert not pending.failure.is_read
        assert isinstance(pending.exception_if_done(), KeyError)
        assert pending.failure.is_read

    def test_wakes_everybody_who_waits(self) -> None:
        gate = asyncio.Event()

        async def wait() -> str:
            await gate.wait()
            return "open"

        pending = runtime.spawn(wait(), name="wait")

        async def read() -> str:
            return await pending

        async def open_for_three() -> list[str]:
            readers = [asyncio.create_task(read()) for _ in range(3)]
            await asyncio.sleep(0)
            gate.set()
            return await asyncio.gather(*readers)

        assert runtime.run(open_for_three()) == ["open"] * 3

    def test_of_a_foreign_loop_that_has_ended_meanwhile_does_no_harm(self) -> None:
        gate = asyncio.Event()
        pending = runtime.spawn(gate.wait(), name="wait")

        async def start_to_wait() -> None:
            waiting = asyncio.create_task(pending.settled())
            await asyncio.sleep(0)
            waiting.cancel()

        asyncio.run(start_to_wait())

        async def open_gate() -> None:
            gate.set()

        runtime.run(open_gate())
        assert pending.result() is True
