"""What all losses share whose judgement comes from a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textgrad_lite.engines import as_engine, get_backward_engine
from textgrad_lite.engines.engine import Engine
from textgrad_lite.functions.model_call import CallOptions, ModelCall
from textgrad_lite.functions.module import Module
from textgrad_lite.graph import Variable
from textgrad_lite.losses.layout import EvaluationLayout


class ModelLoss(Module):
    """Shows named texts or images to a model that judges them.

    Args:
        system_prompt: What the judge is told; a text becomes a Variable that is not trained.
        engine: As for ``LLMCall``.
        **sampling: As for ``LLMCall``.
    """

    def __init__(
        self,
        system_prompt: Variable | str,
        engine: Engine | str | object | None = None,
        **sampling: Any,
    ) -> None:
        self.engine = None if engine is None else as_engine(engine)
        self.system_prompt = constant(system_prompt, "instruction of the evaluation")
        self._options = CallOptions(purpose="loss", sampling=sampling)

    def _judge(
        self, fields: Mapping[str, Variable], *, of: Variable | None, instruction: Variable | None = None
    ) -> Variable:
        layout = EvaluationLayout(tuple(fields), has_instruction=instruction is not None)
        instructions = () if instruction is None else (instruction,)
        return ModelCall(type(self).__name__, layout, self._options).apply(
            self.system_prompt,
            *instructions,
            *fields.values(),
            role_description=f"evaluation of the {of.role_description}" if of else "evaluation",
            engine=self.engine or get_backward_engine(),
        )


def constant(text: Variable | str, role_description: str) -> Variable:
    """Make a text a Variable that is not trained; a Variable stays as it is."""
    if isinstance(text, Variable):
        return text
    return Variable(text, role_description=role_description, requires_grad=False)
