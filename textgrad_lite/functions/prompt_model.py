"""A prompt file as a module: what is trained, measured and saved is the same text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from textgrad_lite.engines import as_engine, get_backward_engine
from textgrad_lite.engines.engine import Engine
from textgrad_lite.functions.arrangement import PromptLayout
from textgrad_lite.functions.example_slot import ExampleSlot
from textgrad_lite.functions.llm_call import RESPONSE_ROLE
from textgrad_lite.functions.model_call import CallOptions, ModelCall
from textgrad_lite.functions.module import Module
from textgrad_lite.graph import Image, Value, Variable
from textgrad_lite.prompts import PromptTemplate
from textgrad_lite.prompts.template import before_template, with_examples


class PromptModel(Module):
    """A prompt and the model that it is for.

    A prompt without placeholder is the system message, worked examples after it, and the field ``input`` is
    the user message. A prompt with placeholders is filled with the fields and is the user message, worked
    examples in front. Its value at each call decides which of the two it is. Line ends stay as they are.
    An image fills a placeholder like any field; where the prompt has none, it goes before the input.

    Args:
        prompt: The prompt; a text becomes a trainable Variable.
        engine: As for :class:`LLMCall`.
        examples: A slot for worked examples, or None.
        image_fields: Fields whose texts name an image: a file or an address. They are read at each call.
        joint: As for :class:`LLMCall`.
        **sampling: As for :class:`LLMCall`.
    """

    def __init__(
        self,
        prompt: Variable | str,
        engine: Engine | str | object | None = None,
        *,
        examples: ExampleSlot | None = None,
        image_fields: Collection[str] = (),
        joint: bool | None = None,
        **sampling: Any,
    ) -> None:
        if isinstance(prompt, str):
            prompt = Variable(prompt, role_description="prompt of the language model")
        self.prompt = prompt
        self.examples = examples
        self._image_fields = frozenset(image_fields)
        self.engine = None if engine is None else as_engine(engine)
        self._options = CallOptions(sampling=sampling, joint=joint)

    def forward(
        self,
        fields: Mapping[str, Value | bytes | Variable],
        response_role_description: str = RESPONSE_ROLE,
        *,
        draw: int = 0,
    ) -> Variable:
        """Answer one input.

        Args:
            fields: A text, an image or a Variable for each placeholder, or ``input`` where the prompt has
                none. Further texts are ignored.
            response_role_description: What the answer is in the program.
            draw: Which of several draws of the same call this is.

        Returns:
            The answer, pending. A missing field fails it with a ``PlaceholderError``.

        Raises:
            GraphError: An image cannot be read.
        """
        slot = () if self.examples is None else (self.examples,)
        layout = PromptLayout(has_examples=bool(slot), names=tuple(fields))
        inputs = [self._as_variable(name, value) for name, value in fields.items()]
        return ModelCall("PromptModel", layout, replace(self._options, draw=draw)).apply(
            self.prompt,
            *slot,
            *inputs,
            role_description=response_role_description,
            engine=self.engine or get_backward_engine(),
        )

    def render(self) -> str:
        """The whole prompt with its worked examples, as it is saved.

        Loaded as a prompt without examples, it sends the same messages. Inside
        :func:`textgrad_lite.graph.substituted` it is the substituted prompt.
        """
        prompt = str(self.prompt.value)
        examples = "" if self.examples is None else str(self.examples.value)
        if PromptTemplate.parse(prompt).placeholders:
            return before_template(examples, prompt)
        return with_examples(prompt, examples)

    def _as_variable(self, name: str, value: Value | bytes | Variable) -> Variable:
        if isinstance(value, Variable):
            return value
        if name in self._image_fields and isinstance(value, str):
            value = Image.load(value)
        return Variable(value, role_description=name, requires_grad=False)
