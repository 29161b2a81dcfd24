"""Calling a language model with Variables: with an input, or with a format whose placeholders are filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from textgrad_lite.engines import as_engine, get_backward_engine
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.types import Purpose
from textgrad_lite.errors import PlaceholderError
from textgrad_lite.functions.arrangement import DirectLayout, FormatLayout, Layout
from textgrad_lite.functions.model_call import CallOptions, ModelCall
from textgrad_lite.functions.module import Module
from textgrad_lite.graph import Variable
from textgrad_lite.prompts import PromptTemplate, WorkedExample, render_worked_examples

RESPONSE_ROLE = "response from the language model"


class _Caller(Module):
    """What all model calls share: the engine, the system prompt, the worked examples and the options."""

    def __init__(
        self,
        engine: Engine | str | object | None = None,
        system_prompt: Variable | None = None,
        *,
        output_type: type[BaseModel] | None = None,
        joint: bool | None = None,
        demonstrations: Sequence[WorkedExample] = (),
        purpose: Purpose = "forward",
        **sampling: Any,
    ) -> None:
        self.engine = None if engine is None else as_engine(engine)
        self.system_prompt = system_prompt
        self._examples = render_worked_examples(demonstrations)
        self._options = CallOptions(purpose, sampling, output_type, joint)

    @property
    def _system(self) -> tuple[Variable, ...]:
        return () if self.system_prompt is None else (self.system_prompt,)

    def _dispatch(self, layout: Layout, inputs: Sequence[Variable], role: str, draw: int) -> Variable:
        call = ModelCall(type(self).__name__, layout, replace(self._options, draw=draw))
        return call.apply(
            *self._system,
            *inputs,
            role_description=role,
            engine=self.engine or get_backward_engine(),
        )


class LLMCall(_Caller):
    """A call of a language model.

    Calling it returns at once with a Variable whose value is pending.

    Args:
        engine: An engine, its name, or anything else that ``as_engine`` takes. None takes the backward engine
            that is set when the call is made.
        system_prompt: The system message; criticised on backward where it is trainable.
        output_type: A pydantic model that the reply has to be an instance of. Its schema is sent where the
            engine takes one and asked for in words elsewhere. A reply that is not of the form stays as it is,
            and its faults are a criticism on backward. See :func:`instance_of`.
        joint: Whether backward asks one request about all inputs; None leaves it to ``backward(joint=…)``.
        demonstrations: Worked examples, put after the system prompt in the given order.
        purpose: What the call is for in the accounts.
        **sampling: ``temperature``, ``top_p``, ``max_tokens``, ``stop``, ``seed``, ``reasoning_effort`` and
            ``extra``, as in ``Request``; what is not given is left to the engine.

    Raises:
        ConfigurationError: An option or the name of the engine is wrong.
    """

    def forward(
        self,
        input_variable: Variable | Sequence[Variable],
        response_role_description: str = RESPONSE_ROLE,
        *,
        draw: int = 0,
    ) -> Variable:
        """Call the model.

        Args:
            input_variable: The user message, text or image; or several, which follow one another in it.
            response_role_description: What the reply is in the program; reviewers and optimizers read it.
            draw: Which of several draws of the same call this is. Equal draws share one cached answer.

        Returns:
            The reply, pending.
        """
        inputs = (input_variable,) if isinstance(input_variable, Variable) else tuple(input_variable)
        layout = DirectLayout(has_system=self.system_prompt is not None, examples=self._examples)
        return self._dispatch(layout, inputs, response_role_description, draw)


class FormattedLLMCall(_Caller):
    """A call of a language model whose user message is a format with placeholders.

    The format is fixed; what fills it are Variables, whose braces mean nothing. An image fills a placeholder
    too and stands in the message at its place.

    Args:
        engine: As for :class:`LLMCall`.
        format_string: The user message, with ``{name}`` for each field; ``{{`` and ``}}`` are braces.
        fields: The name of every field; each must be a placeholder, and each placeholder a field. A text is
            taken where the call does not pass that field, None makes it required.
        system_prompt: As for :class:`LLMCall`.
        **options: The other options of :class:`LLMCall`.

    Raises:
        PlaceholderError: Fields and placeholders are not the same.
        ConfigurationError: An option or the name of the engine is wrong.
    """

    def __init__(
        self,
        engine: Engine | str | object | None,
        format_string: str,
        fields: Mapping[str, str | None],
        system_prompt: Variable | None = None,
        **options: Any,
    ) -> None:
        super().__init__(engine, system_prompt, **options)
        self.fields = dict(fields)
        self._template = PromptTemplate.parse(format_string)
        _check_same(
            self._template.placeholders, tuple(self.fields), "placeholders of the format", "the fields"
        )

    def forward(
        self,
        inputs: Mapping[str, Variable],
        response_role_description: str = RESPONSE_ROLE,
        *,
        draw: int = 0,
    ) -> Variable:
        """Call the model.

        Args:
            inputs: A Variable for each field; one whose field has a default text may be left out.
            response_role_description: What the reply is in the program.
            draw: As for :class:`LLMCall`.

        Returns:
            The reply, pending.

        Raises:
            PlaceholderError: A field is missing, or an input is no field.
        """
        defaults = {
            name: Variable(text, role_description=name, requires_grad=False)
            for name, text in self.fields.items()
            if isinstance(text, str)
        }
        given = {**defaults, **inputs}
        _check_same(tuple(given), tuple(self.fields), "the inputs", "the fields")
        layout = FormatLayout(
            self._template, tuple(self.fields), self.system_prompt is not None, self._examples
        )
        ordered = [given[name] for name in self.fields]
        return self._dispatch(layout, ordered, response_role_description, draw)


def _check_same(left: Sequence[str], right: Sequence[str], left_name: str, right_name: str) -> None:
    only_left = [name for name in left if name not in right]
    only_right = [name for name in right if name not in left]
    if only_left or only_right:
        raise PlaceholderError(
            f"{left_name} and {right_name} differ",
            hint=f"Only in {left_name}: {_listed(only_left)}. Only in {right_name}: {_listed(only_right)}.",
        )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
