"""A language model as a module, with a system prompt that may be trained."""

from __future__ import annotations

from typing import Any

from textgrad_lite.engines.engine import Engine
from textgrad_lite.functions.llm_call import RESPONSE_ROLE, LLMCall
from textgrad_lite.functions.module import Module
from textgrad_lite.graph import Variable


class BlackboxLLM(Module):
    """Answers an input with a language model.

    Args:
        engine: As for :class:`LLMCall`.
        system_prompt: The system message: a Variable, trainable by default, or a text that stays as it is.
        **options: Further options of :class:`LLMCall`.
    """

    def __init__(
        self,
        engine: Engine | str | object | None = None,
        system_prompt: Variable | str | None = None,
        **options: Any,
    ) -> None:
        if isinstance(system_prompt, str):
            system_prompt = Variable(
                system_prompt, role_description="system prompt of the language model", requires_grad=False
            )
        self.system_prompt = system_prompt
        self.llm_call = LLMCall(engine, system_prompt, **options)

    @property
    def engine(self) -> Engine | None:
        """The engine that answers, or None where it is the one that is set when a call is made."""
        return self.llm_call.engine

    def forward(
        self, x: Variable, response_role_description: str = RESPONSE_ROLE, *, draw: int = 0
    ) -> Variable:
        """Answer an input; see :meth:`LLMCall.forward`."""
        return self.llm_call(x, response_role_description, draw=draw)
