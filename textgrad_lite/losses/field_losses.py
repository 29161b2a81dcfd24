"""Losses over several named things: a prediction beside the truth, a question, an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textgrad_lite.engines.engine import Engine
from textgrad_lite.errors import ConfigurationError, ParseError
from textgrad_lite.graph import Variable
from textgrad_lite.losses.model_loss import ModelLoss, constant
from textgrad_lite.prompts import parse, render

_CHECK = (
    "Go through the answer step by step and check whether each step is right and the question is answered."
)


class _InstructedLoss(ModelLoss):
    """Judges by an instruction that the user writes, under a system prompt that we write."""

    _default_system_prompt = "evaluator"

    def __init__(
        self,
        evaluation_instruction: Variable | str,
        engine: Engine | str | object | None = None,
        system_prompt: Variable | str | None = None,
        **sampling: Any,
    ) -> None:
        super().__init__(system_prompt or render(self._default_system_prompt), engine, **sampling)
        self.evaluation_instruction = constant(evaluation_instruction, "instruction of the evaluation")


class MultiFieldEvaluation(_InstructedLoss):
    """Compares several texts by an instruction, such as a prediction and the correct answer.

    Args:
        evaluation_instruction: What to compare and how.
        role_descriptions: What each field is, in the order in which they are passed. The judge sees them
            under these names; the Variables keep their own roles.
        engine: As for ``LLMCall``.
        system_prompt: What the judge is told about itself; a general sentence by default.
        **sampling: As for ``LLMCall``.
    """

    def __init__(
        self,
        evaluation_instruction: Variable | str,
        role_descriptions: Sequence[str],
        engine: Engine | str | object | None = None,
        system_prompt: Variable | str | None = None,
        **sampling: Any,
    ) -> None:
        super().__init__(evaluation_instruction, engine, system_prompt, **sampling)
        self.role_descriptions = tuple(role_descriptions)

    def forward(self, inputs: Sequence[Variable]) -> Variable:
        """Judge the fields, one Variable for each role; the judgement is pending.

        Raises:
            ConfigurationError: There are more or fewer Variables than roles.
        """
        if len(inputs) != len(self.role_descriptions):
            raise ConfigurationError(
                f"{len(inputs)} Variables for {len(self.role_descriptions)} fields",
                hint=f"Pass one for each of: {', '.join(self.role_descriptions)}.",
            )
        fields = dict(zip(self.role_descriptions, inputs, strict=True))
        return self._judge(fields, of=None, instruction=self.evaluation_instruction)


class MultiFieldTokenParsedEvaluation(MultiFieldEvaluation):
    """As :class:`MultiFieldEvaluation`, for an instruction that asks for a verdict between two marks.

    Args:
        evaluation_instruction: What to compare, how, and between which marks to give the verdict.
        role_descriptions: As for :class:`MultiFieldEvaluation`.
        engine: As for ``LLMCall``.
        system_prompt: As for :class:`MultiFieldEvaluation`.
        parse_tags: The opening and the closing mark, such as ``["<score>", "</score>"]``.
        **sampling: As for ``LLMCall``.

    Raises:
        ConfigurationError: There are not two marks.
    """

    def __init__(
        self,
        evaluation_instruction: Variable | str,
        role_descriptions: Sequence[str],
        engine: Engine | str | object | None = None,
        system_prompt: Variable | str | None = None,
        parse_tags: Sequence[str] | None = None,
        **sampling: Any,
    ) -> None:
        super().__init__(evaluation_instruction, role_descriptions, engine, system_prompt, **sampling)
        if parse_tags is None or len(parse_tags) != 2 or not all(parse_tags):
            raise ConfigurationError(
                f"parse_tags are {parse_tags!r}", hint='Give two marks, such as ["<score>", "</score>"].'
            )
        self.parse_tags = tuple(parse_tags)

    def parse_output(self, response: Variable) -> str:
        """Read the verdict out of a judgement; waits for it.

        Raises:
            ParseError: The judgement holds no verdict between the marks.
        """
        start, end = self.parse_tags
        verdict = parse.extract_between(str(response.value), start, end)
        if verdict is None:
            raise ParseError(
                f"the evaluation has nothing between {start} and {end}",
                hint="Ask for both marks in the evaluation_instruction.",
            )
        return verdict


class MultiChoiceTestTime(_InstructedLoss):
    """Looks for mistakes in an answer to a multiple-choice question without knowing the right one.

    Args:
        evaluation_instruction: What to look for.
        engine: As for ``LLMCall``.
        system_prompt: What the judge is told about itself; by default, to doubt the answer without solving
            the question.
        **sampling: As for ``LLMCall``.
    """

    _default_system_prompt = "test_time_evaluator"

    def forward(self, question: Variable | str, prediction: Variable) -> Variable:
        """Judge an answer; the judgement is pending."""
        asked = constant(question, "multiple-choice question")
        fields = {"question": asked, "answer to evaluate": prediction}
        return self._judge(fields, of=prediction, instruction=self.evaluation_instruction)


class SelfCritic(_InstructedLoss):
    """Looks for mistakes in an answer to an open question without knowing the right one.

    Args:
        evaluation_instruction: What to look for; a general sentence by default.
        engine: As for ``LLMCall``.
        system_prompt: What the judge is told about itself; by default, to doubt the answer without writing
            another one.
        **sampling: As for ``LLMCall``.
    """

    _default_system_prompt = "self_critic"

    def __init__(
        self,
        evaluation_instruction: Variable | str = _CHECK,
        engine: Engine | str | object | None = None,
        system_prompt: Variable | str | None = None,
        **sampling: Any,
    ) -> None:
        super().__init__(evaluation_instruction, engine, system_prompt, **sampling)

    def forward(self, question: Variable | str, prediction: Variable) -> Variable:
        """Judge an answer; the judgement is pending."""
        fields = {"question": constant(question, "question"), "answer to evaluate": prediction}
        return self._judge(fields, of=prediction, instruction=self.evaluation_instruction)


class ImageQALoss(_InstructedLoss):
    """Judges an answer to a question about an image.

    Args:
        evaluation_instruction: What to look for.
        engine: As for ``LLMCall``; the backward engine sees the image too.
        system_prompt: What the judge is told about itself; a general sentence by default.
        **sampling: As for ``LLMCall``.
    """

    def forward(self, image: Variable, question: Variable, response: Variable) -> Variable:
        """Judge an answer; the judgement is pending."""
        fields = {"image": image, "question": question, "answer to evaluate": response}
        return self._judge(fields, of=response, instruction=self.evaluation_instruction)
