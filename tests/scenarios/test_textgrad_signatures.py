"""What textgrad 0.1.8 takes by position or by name is taken here, too."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import textgrad_lite as tg

TGD = (
    "parameters verbose engine constraints new_variable_tags optimizer_system_prompt in_context_examples "
    "gradient_memory"
)


@pytest.mark.parametrize(
    "callable_, names",
    [
        (tg.BlackboxLLM, "engine system_prompt"),
        (tg.BlackboxLLM.forward, "self x"),
        (tg.LLMCall, "engine system_prompt"),
        (tg.LLMCall.forward, "self input_variable response_role_description"),
        (tg.FormattedLLMCall, "engine format_string fields system_prompt"),
        (tg.FormattedLLMCall.forward, "self inputs response_role_description"),
        (tg.TextLoss, "eval_system_prompt engine"),
        (tg.TextLoss.forward, "self instance"),
        (tg.MultiFieldEvaluation, "evaluation_instruction role_descriptions engine system_prompt"),
        (tg.MultiFieldEvaluation.forward, "self inputs"),
        (
            tg.MultiFieldTokenParsedEvaluation,
            "evaluation_instruction role_descriptions engine system_prompt parse_tags",
        ),
        (tg.MultiFieldTokenParsedEvaluation.parse_output, "self response"),
        (tg.MultiChoiceTestTime, "evaluation_instruction engine system_prompt"),
        (tg.MultiChoiceTestTime.forward, "self question prediction"),
        (tg.ImageQALoss, "evaluation_instruction engine system_prompt"),
        (tg.ImageQALoss.forward, "self image question response"),
        (tg.TGD, TGD),
        (tg.sum, "variables"),
        (tg.aggregate, "variables"),
        (tg.set_backward_engine, "engine override"),
    ],
)
def test_arguments_have_textgrads_names_and_places(callable_: Callable[..., Any], names: str) -> None:
    parameters = list(inspect.signature(callable_).parameters)

    assert parameters[: len(names.split())] == names.split()


def test_a_variable_takes_textgrads_arguments_by_name() -> None:
    parent = tg.Variable("p", role_description="parent")
    variable = tg.Variable("v", predecessors=[parent], requires_grad=False, role_description="text")

    assert (variable.get_role_description(), variable.predecessors) == ("text", (parent,))
    bare = tg.Variable("v", image_path="", predecessors=None, role_description="text")
    assert (bare.value, bare.predecessors) == ("v", ())
    variable.set_role_description("other text")
    assert (variable.role_description, str(variable), variable.get_short_value()) == ("other text", "v", "v")
