"""Any Python function as a step of the graph, criticised by what it is for.

The idea that an exception becomes feedback at the line that raised it is Trace's (arXiv 2406.16218).
"""

from __future__ import annotations

import functools
import inspect
import linecache
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MethodType
from typing import Any

from textgrad_lite import runtime
from textgrad_lite.errors import GraphError
from textgrad_lite.functions.review import Case, review
from textgrad_lite.graph import Argument, Call, Criticism, Feedback, Function, Image, Value, Variable
from textgrad_lite.prompts import render
from textgrad_lite.prompts.criticism import CallRecord, Part, Target


@dataclass(frozen=True)
class _Options:
    purpose: str
    role_description: str
    errors_as_feedback: bool
    serial: bool


def function(
    *,
    purpose: str,
    role_description: str | None = None,
    errors_as_feedback: bool = False,
    serial: bool = False,
) -> Callable[[Callable[..., Any]], PythonFunction]:
    """Make a Python function a function of the graph.

    The decorated function takes Variables, and anything else as a constant, and returns a pending Variable.
    The function itself is given the values: ``str``, ``int``, ``float`` or :class:`Image`. It may be a
    coroutine function; one that is not runs on a thread, several at once unless ``serial``.

    Args:
        purpose: What the function does, in words that a reviewer can use.
        role_description: What its output is in the program; made from the purpose by default.
        errors_as_feedback: Whether an exception becomes the output, and on backward a criticism that names
            the line, instead of failing.
        serial: Whether calls of the function run one at a time.
    """
    options = _Options(purpose, role_description or f"output of: {purpose}", errors_as_feedback, serial)
    return lambda wrapped: PythonFunction(wrapped, options)


class PythonFunction:
    """A Python function that takes Variables and returns one; made by :func:`function`."""

    def __init__(self, wrapped: Callable[..., Any], options: _Options) -> None:
        functools.update_wrapper(self, wrapped)
        self._wrapped = wrapped
        self._options = options
        self._signature = inspect.signature(wrapped)

    def __call__(self, *args: Any, **kwargs: Any) -> Variable:
        """Call the function; the output is pending.

        Variables may also stand in lists, tuples and dictionaries among the arguments.

        Raises:
            TypeError: The arguments do not fit the function.
        """
        bound = self._signature.bind(*args, **kwargs)
        variables = [item for _, item in _leaves(bound.arguments) if isinstance(item, Variable)]
        invocation = _Invocation(self._wrapped, self._options, bound)
        return invocation.apply(*variables, role_description=self._options.role_description)

    def __get__(self, instance: object | None, owner: type | None = None) -> Any:
        return self if instance is None else MethodType(self, instance)


@dataclass(frozen=True)
class _Outcome:
    """What a call keeps for its backward: the exception that became its output, in words, or None."""

    problem: str | None = None


class _Invocation(Function):
    """One call of a Python function. The places of the Variables are kept, the Variables are not."""

    def __init__(self, wrapped: Callable[..., Any], options: _Options, bound: inspect.BoundArguments) -> None:
        self.name = getattr(wrapped, "__name__", type(wrapped).__name__)
        self._wrapped = wrapped
        self._options = options
        self._signature = bound.signature
        self._arguments = _replaced(bound.arguments, lambda _: _PLACE)

    async def forward(self, call: Call) -> Value:
        """Run the function on the values of its inputs."""
        values = iter([argument.value for argument in call.arguments])
        arguments = _replaced(self._arguments, lambda _: next(values))
        bound = inspect.BoundArguments(self._signature, OrderedDict(arguments))
        run = functools.partial(self._wrapped, *bound.args, **bound.kwargs)
        try:
            result = await runtime.call_user(run, serial=self._options.serial)
        except Exception as error:
            if not self._options.errors_as_feedback:
                raise
            problem = _described(error, self._wrapped)
            call.record = _Outcome(problem)
            return problem
        call.record = _Outcome()
        return _as_value(result, self.name)

    async def backward(
        self, call: Call, criticism: Criticism, wanted: tuple[int, ...]
    ) -> Mapping[int, Sequence[Feedback]]:
        """Criticise the wanted inputs by what the function is for."""
        return await review(self._case(call), criticism, wanted, joint=criticism.joint)

    def _case(self, call: Call) -> Case:
        leaves = list(_leaves(self._arguments))
        titles = [f"argument {name}" for name, item in leaves if item is _PLACE]
        record = CallRecord(
            happened=render("function_called", purpose=self._options.purpose),
            parts=tuple(_parts(leaves, call.arguments)),
            output=Part("output", "output", str(call.output)),
            output_role=call.role_description,
        )
        targets = {
            position: Target(argument.role_description, argument.text, titles[position])
            for position, argument in enumerate(call.arguments)
        }
        images = tuple(argument.value for argument in call.arguments if isinstance(argument.value, Image))
        return Case(record, targets, images, call.record.problem)


_PLACE = object()


def _leaves(item: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """List what stands in an argument, however deep in lists, tuples and dictionaries, each with its name."""
    if type(item) is dict:
        for key, part in item.items():
            yield from _leaves(part, f"{name}.{key}" if name else str(key))
    elif type(item) in (list, tuple):
        for index, part in enumerate(item):
            yield from _leaves(part, f"{name}[{index}]")
    else:
        yield name, item


def _replaced(item: Any, value_of: Callable[[Any], Any]) -> Any:
    """Copy an argument with every Variable, or what holds its place, replaced."""
    if type(item) is dict:
        return {key: _replaced(part, value_of) for key, part in item.items()}
    if type(item) in (list, tuple):
        return type(item)(_replaced(part, value_of) for part in item)
    return value_of(item) if item is _PLACE or isinstance(item, Variable) else item


def _parts(leaves: Sequence[tuple[str, Any]], arguments: Sequence[Argument]) -> Iterator[Part]:
    """List what a reviewer sees of the arguments: Variables, and constants that are text or numbers."""
    remaining = iter(arguments)
    for name, item in leaves:
        if item is _PLACE:
            yield Part(f"argument {name}", "argument", next(remaining).text)
        elif isinstance(item, (str, int, float)):
            yield Part(f"argument {name}", "argument", str(item))


def _as_value(result: Any, name: str) -> Value:
    if result is None:
        raise GraphError(
            f"the function {name!r} returned nothing", hint="Return a text, a number or an image."
        )
    is_value = isinstance(result, (str, int, float, Image)) and not isinstance(result, bool)
    return result if is_value else str(result)


def _described(error: Exception, wrapped: Callable[..., Any]) -> str:
    """Say what was raised and, where the function itself was running, at which of its lines."""
    code = getattr(inspect.unwrap(wrapped), "__code__", None)
    places = [
        (number, linecache.getline(frame.f_code.co_filename, number).strip())
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_code is code
    ]
    number, line = places[-1] if places else (None, "")
    return render("function_raised", kind=type(error).__name__, message=str(error), number=number, line=line)
