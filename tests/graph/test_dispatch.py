"""Calls are dispatched at once and bind what they find; values are awaited."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import traceback
import weakref
from collections.abc import Callable

import pytest

from tests.graph.doubles import Echo, Gated, Sum, leaf
from textgrad_lite import runtime
from textgrad_lite.errors import FunctionError, WorkCancelledError
from textgrad_lite.graph import Call, Function, Value, Variable


class Fails(Echo):
    """Fails forward."""

    async def forward(self, call: Call) -> Value:
        raise KeyError("lost")


class Deaf(Echo):
    """Does not look at its arguments."""

    async def forward(self, call: Call) -> Value:
        return "what?"


class Asks(Echo):
    """Gives back what a user's function makes of its first argument."""

    def __init__(self, function: Callable[[str], Value]) -> None:
        super().__init__("asks")
        self._function = function

    async def forward(self, call: Call) -> Value:
        value: Value = await runtime.call_user(self._function, call.arguments[0].text)
        return value


def error_of(variable: Variable) -> FunctionError:
    with pytest.raises(FunctionError) as caught:
        _ = variable.value
    return caught.value


class TestDispatch:
    def test_returns_before_the_function_has(self) -> None:
        gate = Gated()
        first = gate(leaf("a"))
        second = Echo()(first)
        assert (first.peek(), second.peek()) == (None, None)
        gate.open()
        assert second.value == "a"

    def test_starts_a_function_when_its_inputs_are_ready(self) -> None:
        slow = Gated()
        fast = Echo()(leaf("fast"))
        both = Sum()(slow(leaf("slow")), fast)
        assert fast.value == "fast"
        assert both.peek() is None
        slow.open()
        assert both.value == "slow + fast"

    def test_runs_independent_calls_at_the_same_time(self) -> None:
        both = threading.Barrier(2, timeout=10)

        def meet(text: str) -> str:
            both.wait()
            return text

        outputs = [Asks(meet)(leaf(text)) for text in "ab"]
        assert [output.value for output in outputs] == ["a", "b"]

    def test_binds_the_values_of_the_moment(self) -> None:
        gate = Gated()
        variable = leaf("old")
        waiting = Sum()(gate(leaf("gate")), variable)
        variable.set_value("new")
        after = Echo()(variable)
        gate.open()
        assert waiting.value == "gate + old"
        assert after.value == "new"

    def test_binds_the_engine_and_tells_the_function_of_the_call(self) -> None:
        seen: list[Call] = []

        class Notes(Echo):
            async def forward(self, call: Call) -> Value:
                seen.append(call)
                call.record = "for backward"
                return 7

        a, b, engine = leaf("a", role="first"), leaf("b", role="second"), object()
        output = Notes().apply(a, b, role_description="the output", engine=engine)
        assert output.value == 7
        assert output.call is seen[0]
        assert seen[0].engine is engine
        assert seen[0].role_description == output.role_description == "the output"
        assert [argument.role_description for argument in seen[0].arguments] == ["first", "second"]
        assert [argument.value for argument in seen[0].arguments] == ["a", "b"]
        assert (seen[0].output, seen[0].record) == (7, "for backward")

    def test_keeps_predecessors_in_order_without_duplicates(self) -> None:
        a, b = leaf("a"), leaf("b")
        output = Echo()(b, a, b)
        assert output.value == "bab"
        assert output.predecessors == (b, a)

    def test_textual_nodes_cost_no_thread(self) -> None:
        before = set(threading.enumerate())
        text = leaf("a")
        for _ in range(50):
            text = text + "b"
        assert len(text.text) == 51
        started = {thread.name for thread in set(threading.enumerate()) - before}
        assert started <= {"textgrad_lite-loop", "textgrad_lite-user-loop"}

    def test_functions_may_call_functions_deeper_than_there_are_slots(self) -> None:
        runtime.shutdown()
        runtime.configure(concurrency=2)
        try:

            def nest(text: str) -> str:
                return text if len(text) > 20 else Asks(nest)(leaf(text + "i")).text

            assert Asks(nest)(leaf("")).value == "i" * 21
        finally:
            runtime.configure(concurrency=16)

    def test_works_from_several_threads(self) -> None:
        prompt = leaf("a")
        texts: list[str] = []
        threads = [threading.Thread(target=lambda: texts.append(Echo()(prompt).text)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert texts == ["a"] * 8

    def test_works_on_a_foreign_running_loop(self) -> None:
        async def main() -> tuple[Value, str]:
            prompt = leaf("a")
            output = Echo()(prompt)
            value = await output
            await output.abackward()
            return value, prompt.get_gradient_text()

        assert asyncio.run(main()) == ("a", "echo[0]<the end>")

    def test_works_inside_a_users_coroutine(self) -> None:
        async def work(text: str) -> Value:
            return await Echo()(leaf(text + "!"))

        assert Asks(work)(leaf("a")).value == "a!"  # type: ignore[arg-type]


class TestErrors:
    def test_are_wrapped_where_they_arise_naming_function_role_and_engine(self) -> None:
        class Engine:
            name = "a/model"

        output = Fails("model").apply(leaf(), role_description="the answer", engine=Engine())
        error = error_of(output)
        assert str(error) == "model with a/model failed while making 'the answer': KeyError: 'lost'"
        assert isinstance(error.__cause__, KeyError)
        assert [frame.name for frame in traceback.extract_tb(error.__cause__.__traceback__)] == ["forward"]

    def test_name_an_engine_without_a_name_by_its_class(self) -> None:
        output = Fails().apply(leaf(), role_description="the answer", engine=object())
        assert "with object failed" in str(error_of(output))

    def test_travel_to_all_successors_as_the_same_object(self) -> None:
        failed = Fails()(leaf())
        successors = [Echo()(failed), Sum()(leaf(), failed), Echo()(Echo()(failed))]
        assert {id(error_of(output)) for output in [failed, *successors]} == {id(error_of(failed))}

    def test_do_not_grow_on_the_way(self) -> None:
        output = Fails()(leaf())
        direct = len(traceback.extract_tb(error_of(output).__traceback__))
        for _ in range(50):
            output = Echo()(output)
        assert len(traceback.extract_tb(error_of(output).__traceback__)) == direct

    def test_of_the_first_failed_argument_counts(self) -> None:
        first, second = Fails("first")(leaf()), Fails("second")(leaf())
        assert error_of(Sum()(leaf(), first, second)).function == "first"

    def test_are_wrapped_once_even_if_functions_are_nested(self) -> None:
        def read(_: str) -> str:
            return Fails("inner")(leaf()).text

        error = error_of(Asks(read)(leaf()))
        assert error.function == "inner"
        assert isinstance(error.__cause__, KeyError)

    def test_tell_of_an_output_that_is_no_value(self) -> None:
        assert "must be a str" in str(error_of(Asks(lambda _: None)(leaf())))  # type: ignore[arg-type,return-value]

    def test_that_nobody_read_are_logged_once(
        self, caplog: pytest.LogCaptureFixture, no_collector: Callable[[], None]
    ) -> None:
        failed = Fails("model")(leaf(), role="the answer")
        successors = [Echo()(failed) for _ in range(3)]
        pendings = [each.cell.pending for each in successors]
        for pending in pendings:
            assert pending is not None
            runtime.run(pending.settled())
        del failed, successors, pending, pendings
        no_collector()
        messages = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
        assert messages == [
            "an error that nobody read: model failed while making 'the answer': KeyError: 'lost'"
        ]

    def test_that_somebody_read_are_not_logged(
        self, caplog: pytest.LogCaptureFixture, no_collector: Callable[[], None]
    ) -> None:
        failed = Fails()(leaf())
        error_of(Echo()(failed))
        del failed
        no_collector()
        gc.collect()
        assert not [record for record in caplog.records if record.levelno == logging.ERROR]


class TestACallThatNobodyWants:
    def test_is_dropped_before_it_starts(self, no_collector: Callable[[], None]) -> None:
        gate, after = Gated(), Echo("after")
        started: list[str] = []

        class Notes(Echo):
            async def forward(self, call: Call) -> Value:
                started.append(call.role_description)
                return "x"

        first = gate(leaf())
        dropped = Notes()(first, role="dropped")
        kept = Notes()(first, role="kept")
        del dropped, after
        gate.open()
        assert kept.value == "x"
        no_collector()
        assert started == ["kept"]

    def test_tells_the_engine_so_while_it_queues(self, no_collector: Callable[[], None]) -> None:
        answers: dict[str, bool] = {}
        queued, go_on = threading.Semaphore(0), asyncio.Event()

        class Queues(Function):
            name = "queues"

            async def forward(self, call: Call) -> Value:
                is_wanted, role = runtime.wanted.get(), call.role_description
                del call
                queued.release()
                await go_on.wait()
                answers[role] = is_wanted()
                if not is_wanted():
                    raise asyncio.CancelledError
                return role

            async def backward(self, *_: object) -> dict[int, list[object]]:  # type: ignore[override]
                return {}

        def queue(role: str) -> Variable:
            return Queues().apply(leaf(), role_description=role)

        kept, dropped, successor = (
            queue("kept"),
            queue("dropped"),
            Echo()(queue("dropped with its successor")),
        )
        for _ in range(3):
            assert queued.acquire(timeout=10)
        del dropped, successor
        no_collector()

        async def resume() -> None:
            go_on.set()

        runtime.run(resume())
        assert kept.value == "kept"
        no_collector()
        assert answers == {"kept": True, "dropped": False, "dropped with its successor": False}

    def test_inside_another_such_call_is_not_wanted_either(self, no_collector: Callable[[], None]) -> None:
        asked: list[bool] = []
        inside, go_on, done = threading.Event(), threading.Event(), threading.Event()

        class AsksWanted(Echo):
            async def forward(self, call: Call) -> Value:
                asked.append(runtime.wanted.get()())
                return "x"

        def body(text: str) -> str:
            AsksWanted()(leaf()).text  # noqa: B018 - reading waits
            inside.set()
            go_on.wait()
            inner = AsksWanted()(leaf())
            value = inner.text
            done.set()
            return value

        outer = Asks(body)(leaf())
        assert inside.wait(10)
        del outer
        no_collector()
        go_on.set()
        assert done.wait(10)
        assert asked == [True, False]

    def test_that_was_cancelled_says_so(self) -> None:
        gate = Gated("model")
        output = gate(leaf(), role="the answer")
        successor = Echo()(output)
        runtime.shutdown()
        for variable in (output, successor):
            with pytest.raises(WorkCancelledError, match="was cancelled"):
                _ = variable.value
        assert Echo()(leaf("a")).value == "a"


class TestMemory:
    def test_of_an_input_the_call_keeps_the_value_and_not_how_it_came(self) -> None:
        source = Echo()(leaf("a"))
        assert Deaf()(source).value == "what?"
        assert source.cell.pending is None
        assert source.value == "a"

    def test_a_graph_is_freed_with_its_last_variable(self, no_collector: Callable[[], None]) -> None:
        prompt = leaf("a")
        inner = Echo()(prompt)
        output = Sum()(inner, Echo()(inner, prompt))
        output.backward()
        calls = [each.call for each in (inner, output)]
        references = [weakref.ref(each) for each in (inner, output, *calls) if each is not None]
        del inner, output, calls
        no_collector()
        assert [reference() for reference in references] == [None] * 4
        assert prompt.gradients

    def test_a_failed_graph_that_nobody_read_is_freed(
        self, no_collector: Callable[[], None], caplog: pytest.LogCaptureFixture
    ) -> None:
        output = Echo()(Fails()(leaf()))
        assert output.cell.pending is not None
        runtime.run(output.cell.pending.settled())
        reference = weakref.ref(output)
        del output
        no_collector()
        assert reference() is None

    def test_a_graph_whose_backward_failed_is_freed(self, no_collector: Callable[[], None]) -> None:
        class FailsBack(Echo):
            async def backward(self, *_: object) -> dict[int, list[object]]:  # type: ignore[override]
                raise KeyError("lost")

        output = FailsBack()(leaf())
        report = output.backward(on_error="skip")
        assert len(report.failures) == 1
        reference = weakref.ref(output)
        del output, report
        no_collector()
        assert reference() is None

    def test_a_parameter_does_not_hold_on_to_its_graphs(self, no_collector: Callable[[], None]) -> None:
        prompt = leaf("a")
        references = []
        for _ in range(5):
            output = Echo()(Echo()(prompt))
            output.backward()
            references.append(weakref.ref(output))
        del output
        no_collector()
        assert [reference() for reference in references] == [None] * 5
        assert len(prompt.gradients) == 5
