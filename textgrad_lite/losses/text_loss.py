"""A loss in words: a model judges a text by an instruction."""

from __future__ import annotations

from typing import Any

from textgrad_lite.engines.engine import Engine
from textgrad_lite.graph import Variable
from textgrad_lite.losses.model_loss import ModelLoss


class TextLoss(ModelLoss):
    """Judges a text by an instruction; the judgement is the loss.

    Args:
        eval_system_prompt: The instruction, such as "Find the mistakes in this answer." A text becomes a
            Variable that is not trained.
        engine: As for ``LLMCall``.
        **sampling: As for ``LLMCall``.
    """

    def __init__(
        self,
        eval_system_prompt: Variable | str,
        engine: Engine | str | object | None = None,
        **sampling: Any,
    ) -> None:
        super().__init__(eval_system_prompt, engine, **sampling)

    def forward(self, instance: Variable) -> Variable:
        """Judge one text; the judgement is pending."""
        return self._judge({instance.role_description: instance}, of=instance)
