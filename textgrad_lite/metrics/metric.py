"""What a metric is: it scores one output and says in words what was wrong with it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from textgrad_lite.data.example import Example
from textgrad_lite.errors import MetricError
from textgrad_lite.metrics.answers import final_answer, normalized

_SHOWN = 20

Kind = Literal["right", "wrong", "unparsable", "refused"]


class MetricResult(BaseModel):
    """How good one output is, and why.

    Attributes:
        score: From 0 (as bad as can be) to 1 (as good as can be).
        feedback: One or two sentences that are useful as a criticism of the output.
        answer: What was taken as the answer, where the metric looks for one.
        kind: ``"unparsable"`` where the output holds no answer of the form that the metric looks for, and
            ``"refused"`` where the model would not answer; both score like any other failure.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    score: float = Field(ge=0.0, le=1.0, allow_inf_nan=False)
    feedback: str = ""
    answer: str | None = None
    kind: Kind = "wrong"

    @property
    def is_right(self) -> bool:
        """Whether nothing about the output is to be criticised."""
        return self.kind == "right"


class Metric(ABC):
    """Scores outputs.

    Attributes:
        name: How it is called in configs and reports.
        description: One plain sentence on what it measures. A critic and an optimizer may be shown it.
        worst_case_calls: Most calls to a model that scoring one output makes.
    """

    name: str
    description: str
    worst_case_calls: int = 0

    @abstractmethod
    async def score(self, example: Example, output: str) -> MetricResult:
        """Scores one output. Runs on the runtime's loop.

        Args:
            example: What was asked and what is expected.
            output: The model's whole reply.

        Raises:
            MetricError: If the example lacks what the metric needs, or a user's metric fails.
        """

    def check(self, example: Example) -> None:  # noqa: B027 - most metrics can score any example
        """Makes sure, before anything is asked, that outputs of an example can be scored.

        Raises:
            MetricError: If the example lacks what the metric needs.
        """

    def answer_of(self, example: Example, output: str) -> str | None:  # noqa: ARG002 - some metrics need it
        """What a reply answers, so that equal answers are equal texts; None where it has no answer.

        The target is not looked at: answers can be put to the vote where nobody knows the right one.

        Args:
            example: What was asked.
            output: The whole reply.
        """
        return normalized(final_answer(output)) or None

    def fingerprint(self) -> str:
        """Text that changes whenever equal outputs may be scored differently; guards a resumed run."""
        return self.name


def check_examples(metric: Metric, examples: Iterable[Example]) -> None:
    """Makes sure that a metric can score all of some examples: a bad one must not show after hours of work.

    Raises:
        MetricError: One error that lists what is wrong with them.
    """
    problems: list[MetricError] = []
    for example in examples:
        try:
            metric.check(example)
        except MetricError as error:
            problems.append(error)
    if problems:
        listed = [problem.message for problem in problems[:_SHOWN]]
        more = [f"… and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise MetricError("\n".join([*listed, *more]), hint=problems[0].hint)
