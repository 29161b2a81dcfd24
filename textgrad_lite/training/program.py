"""The program that is trained: a module, and how it is run on one example."""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any

from textgrad_lite import runtime
from textgrad_lite.data import Example
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.functions.module import Module
from textgrad_lite.functions.prompt_model import PromptModel
from textgrad_lite.graph import Variable, substituted
from textgrad_lite.optimizers.sources import State

RunOn = Callable[..., Variable | Awaitable[Variable]]


class Program:
    """A module with a way to run it on an example.

    A state is never loaded to be tried: it is substituted in the context of the calls, so that many states
    can be tried at once, each with gradients of its own.

    Args:
        module: What is trained.
        call: ``call(module, example)`` or ``call(module, example, draw)`` gives the output as a Variable; it
            may be a coroutine function. By default a :class:`PromptModel` gets the example's fields, and any
            other module gets the input as its only argument, which it cannot draw more than once.

    Attributes:
        module: What is trained.
        can_draw_again: Whether an example can be drawn more than once.
    """

    def __init__(self, module: Module, call: RunOn | None = None) -> None:
        self.module = module
        default: RunOn = _call_prompt_model if isinstance(module, PromptModel) else _call_module
        self._call = call or default
        self.can_draw_again = _takes_draw(self._call)
        # A PromptModel only dispatches; code of a user's may block on a value, so it needs a thread.
        self._may_block = call is not None or not isinstance(module, PromptModel)
        if not module.parameters():
            raise ConfigurationError(
                "the module has no parameter to train",
                hint="A parameter is a Variable with requires_grad=True in an attribute of the module.",
            )

    def state(self) -> State:
        """What the module holds now."""
        return self.module.state_dict()

    def render(self, state: State) -> str:
        """The text that is saved for a state: the prompt file, or the parameters one after another."""
        if isinstance(self.module, PromptModel):
            with self.holding(state):
                return self.module.render()
        if len(state) == 1:
            return str(next(iter(state.values())))
        return json.dumps(state, indent=2, ensure_ascii=False) + "\n"

    def holding(self, state: State) -> AbstractContextManager[None]:
        """Lets the module hold a state, in this context and in everything that is started from it."""
        return substituted(self.module.substitution(state))

    async def run(self, example: Example, draw: int = 0) -> Variable:
        """Runs one example with the state that the module holds here. The output may be pending."""
        arguments = (self.module, example, draw)[: 3 if self.can_draw_again else 2]
        if inspect.iscoroutinefunction(self._call):
            return _checked(await runtime.call_user(self._call, *arguments))
        if self._may_block:
            (output,) = await runtime.call_user(_boxed, self._call, *arguments)
            return _checked(output)
        return _checked(self._call(*arguments))


def _boxed(call: Callable[..., object], *arguments: object) -> tuple[object]:
    """Calls a function; the box keeps its output, which can be awaited, from being awaited at once."""
    return (call(*arguments),)


def _call_prompt_model(module: PromptModel, example: Example, draw: int) -> Variable:
    return module(example.placeholders, draw=draw)


def _call_module(module: Module, example: Example) -> Variable:
    question = Variable(example.input, role_description="input of the program", requires_grad=False)
    return module(question)


def _takes_draw(call: Callable[..., Any]) -> bool:
    parameters = inspect.signature(call).parameters.values()
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(positional) >= 3 or any(p.kind is p.VAR_POSITIONAL for p in parameters)


def _checked(output: object) -> Variable:
    if isinstance(output, Variable):
        return output
    raise ConfigurationError(
        f"running the module on an example gave {type(output).__name__}, not a Variable",
        hint="Return the Variable itself, not its value: criticism goes back through it.",
    )
