"""Any Python function is a step of the graph; its exceptions can be criticism."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from textgrad_lite.errors import FunctionError, GraphError
from textgrad_lite.functions import Module, function
from textgrad_lite.graph import Image, Value, Variable
from textgrad_lite.testing.scripted import ScriptedEngine

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


def _variable(value: Value | bytes, role: str = "text", *, requires_grad: bool = True) -> Variable:
    return Variable(value, role_description=role, requires_grad=requires_grad)


@function(purpose="repeat a text")
def repeat(text: str, times: int = 2, *, mark: str = "") -> str:
    """Repeat."""
    return mark.join([text] * times)


@function(purpose="repeat a text later", role_description="echo")
async def repeat_later(text: str) -> str:
    return text * 2


@function(purpose="read a number", errors_as_feedback=True)
def read(text: str) -> float:
    cleaned = text.strip()
    return float(cleaned)


def test_values_go_in_and_a_variable_comes_out() -> None:
    output = repeat(_variable("a"), _variable(3), mark="-")

    assert output.value == "a-a-a"
    assert output.role_description == "output of: repeat a text"
    assert len(output.predecessors) == 2


def test_a_coroutine_function_is_one_too() -> None:
    output = repeat_later(_variable("a"))

    assert (output.value, output.role_description) == ("aa", "echo")


def test_a_call_without_variables_is_a_variable_too() -> None:
    assert repeat("a").value == "aa"


def test_the_function_keeps_its_name_and_its_docstring() -> None:
    assert getattr(repeat, "__name__", None) == "repeat"
    assert repeat.__doc__ == "Repeat."


@pytest.mark.parametrize(
    "result, value",
    [(3, 3), (0.5, 0.5), (True, "True"), ([1, "a"], "[1, 'a']"), ("x", "x"), (PNG, None)],
)
def test_results_become_values(result: object, value: Value | None) -> None:
    output = function(purpose="give")(lambda text: Image.from_bytes(PNG) if result is PNG else result)(
        _variable("")
    )

    assert output.value == (Image.from_bytes(PNG) if value is None else value)


def test_nothing_is_no_result() -> None:
    output = function(purpose="give")(lambda text: None)(_variable(""))

    with pytest.raises(FunctionError, match="returned nothing") as caught:
        _ = output.value
    assert isinstance(caught.value.__cause__, GraphError)


def test_arguments_that_do_not_fit_are_refused_at_the_call() -> None:
    with pytest.raises(TypeError, match="missing a required argument"):
        repeat()


def test_an_exception_fails_the_output() -> None:
    output = function(purpose="divide")(lambda a, b: a / b)(_variable(1), _variable(0))

    with pytest.raises(FunctionError, match="ZeroDivisionError"):
        _ = output.value


def test_an_exception_can_be_the_output_and_a_criticism() -> None:
    engine = ScriptedEngine(["Give digits."])
    text = _variable("ten", "answer")
    number = read(text)

    problem = "The function failed with ValueError: could not convert string to float: 'ten' (line "
    assert str(number.value).startswith(problem)
    assert str(number.value).endswith(": return float(cleaned))")
    number.backward(engine)

    assert text.get_gradient_text() == "Give digits."
    assert f"<criticism>\n{number.value}\n</criticism>" in engine.asked("backward")[0]


def test_a_line_that_is_not_the_functions_own_is_not_named() -> None:
    number = function(purpose="read a number", errors_as_feedback=True)(float)(_variable("ten"))

    assert number.value == "The function failed with ValueError: could not convert string to float: 'ten'"


def test_a_result_without_exception_is_criticised_by_its_purpose(
    matches_golden: Callable[[str, str], None],
) -> None:
    engine = ScriptedEngine(["one", "two"])
    text, times = _variable("a", "seed text"), _variable(2, "number of times")
    repeat(text, times=times, mark="+").backward(engine)

    assert [variable.get_gradient_text() for variable in (text, times)] == ["one", "two"]
    first, second = engine.asked("backward")
    matches_golden("python_function_backward", first)
    assert (
        "The text to review is the number of times (in this call: the argument times):\n<text>\n2\n" in second
    )


def test_every_kind_of_parameter_has_its_name() -> None:
    @function(purpose="join")
    def join(*texts: str, **named: str) -> str:
        return "".join([*texts, *named.values()])

    engine = ScriptedEngine(["one", "two", "three"])
    output = join(_variable("a"), _variable("b"), last=_variable("c"))
    assert output.value == "abc"
    output.backward(engine)

    titles = [asked.split("in this call: the ")[1].split(")")[0] for asked in engine.asked("backward")]
    assert titles == ["argument texts[0]", "argument texts[1]", "argument named.last"]


def test_what_is_neither_text_nor_number_is_not_shown() -> None:
    @function(purpose="count")
    def count(texts: set[str], more: str) -> int:
        return len(texts) + len(more)

    engine = ScriptedEngine(["one"])
    count({"secret"}, _variable("ab")).backward(engine)

    assert "secret" not in engine.asked("backward")[0]


def test_variables_in_lists_tuples_and_dictionaries_are_inputs_too() -> None:
    @function(purpose="join")
    def join(texts: list[str], more: dict[str, tuple[str, ...]]) -> str:
        return "".join([*texts, *more["rest"]])

    engine = ScriptedEngine().on(
        lambda request: request.messages[1].text.split("in this call: the ")[1].split(")")[0]
    )
    first, last = _variable("a", "first"), _variable("c", "last")
    output = join([first, "b"], more={"rest": (last,)})
    assert output.value == "abc"
    output.backward(engine)

    assert (first.get_gradient_text(), last.get_gradient_text()) == (
        "argument texts[0]",
        "argument more.rest[0]",
    )
    assert "Argument texts[1]:\n<argument>\nb\n" in engine.asked("backward")[0]


def test_the_reviewer_sees_an_image_that_the_function_saw() -> None:
    engine = ScriptedEngine(["one"])
    size = function(purpose="measure")(lambda image: len(image.data))
    size(_variable(PNG, "picture")).backward(engine)

    assert engine.requests[0].messages[1].parts[0].kind == "image"


def test_methods_can_be_functions_of_the_graph() -> None:
    class Shouter(Module):
        mark = "!"

        @function(purpose="shout")
        def shout(self, text: str) -> str:
            return text.upper() + self.mark

        def forward(self, *args: Any, **kwargs: Any) -> Variable:
            output = self.shout(*args, **kwargs)
            assert isinstance(output, Variable)
            return output

    assert Shouter()(_variable("a")).value == "A!"
    assert getattr(Shouter.shout, "__name__", None) == "shout"


def test_a_serial_function_runs_one_at_a_time() -> None:
    is_running = threading.Lock()

    @function(purpose="use what only one may use", serial=True)
    def use(text: str) -> str:
        assert is_running.acquire(blocking=False), "another call is running"
        try:
            threading.Event().wait(0.001)
        finally:
            is_running.release()
        return text

    outputs = [use(_variable(number)) for number in range(20)]

    assert [output.value for output in outputs] == list(range(20))
