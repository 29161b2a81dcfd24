"""The forward half: a call becomes a task that waits for its inputs and fills its output.

A task holds its output weakly. Where nobody holds the output any more, the call is dropped before it starts,
and engines drop it from their queues (``runtime.wanted``).
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Sequence
from functools import partial

from textgrad_lite import runtime
from textgrad_lite.errors import FunctionError
from textgrad_lite.graph.call import Call
from textgrad_lite.graph.value import Value, as_value
from textgrad_lite.graph.variable import Variable
from textgrad_lite.runtime import Failure, Pending


def dispatch(call: Call, requires_grad: bool | None) -> Variable:
    """Start a call; returns its output at once, see ``Function.apply``."""
    waiting = [pending for argument in call.arguments if (pending := argument.cell.pending) is not None]
    name = f"{call.function.name} for {call.role_description!r}"
    output = Variable.of_call(call, requires_grad)
    output.cell.pending = runtime.spawn(_run(weakref.ref(output), waiting), name=name)
    return output


async def _run(output: weakref.ref[Variable], waiting: Sequence[Pending[Value]]) -> Value | Failure:
    for pending in waiting:
        await pending.settled()
        if pending.failure is not None:
            return pending.failure
    call = _call_behind(output)
    for argument in call.arguments:
        argument.cell.read()  # from here on it holds the value itself, and no Pending
    runtime.wanted.set(partial(_is_wanted, output, runtime.wanted.get()))
    try:
        call.output = as_value(await call.function.forward(call))
    except Exception as error:  # noqa: BLE001 - the edge to functions of the user's
        return Failure(wrapped(error, call, call.function.name, call.engine))
    return call.output


def _call_behind(output: weakref.ref[Variable]) -> Call:
    variable = output()
    if variable is None:
        raise asyncio.CancelledError
    assert variable.call is not None
    return variable.call


def _is_wanted(output: weakref.ref[Variable], is_surrounding_wanted: runtime.Wanted) -> bool:
    return output() is not None and is_surrounding_wanted()


def wrapped(error: Exception, call: Call, function: str, engine: object | None) -> FunctionError:
    """The error that says where another one arose; an error that says so already stays as it is.

    Its traceback begins in the function: the frame that caught it would hold on to what the error is kept in.
    """
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next
    if isinstance(error, FunctionError):
        return error
    name = None if engine is None else str(getattr(engine, "name", type(engine).__name__))
    failure = FunctionError(function=function, role=call.role_description, engine=name, cause=error)
    failure.__cause__ = error
    return failure
