"""What became of examples: one by one, and as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict

from textgrad_lite.data import Example
from textgrad_lite.graph import Variable
from textgrad_lite.metrics import MetricResult
from textgrad_lite.training.scores import Score
from textgrad_lite.training.statistics import Comparison, compare_by_example, mean_interval


class ExampleResult(BaseModel):
    """What became of one example.

    Attributes:
        example_id: Its id.
        draw: Which of several draws.
        score: From 0 to 1, or None where a call failed.
        kind: As in :class:`MetricResult`, or ``"error"``.
        output: The reply.
        answer: What was taken as the answer.
        feedback: What the metric says of it; for an error, what happened.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    example_id: str
    draw: int = 0
    score: float | None
    kind: Literal["right", "wrong", "unparsable", "refused", "error"]
    output: str = ""
    answer: str | None = None
    feedback: str = ""


class EvaluationResult(BaseModel):
    """A state's results on examples, in the order of the examples.

    Attributes:
        label: What was evaluated, for messages.
        examples: One result per example and draw.
        seed: Decides the random draws of the interval of graded scores.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    examples: tuple[ExampleResult, ...]
    seed: int = 0

    @cached_property
    def scores(self) -> dict[str, float]:
        """The score of every example that has one, by id; the mean of its draws."""
        collected: dict[str, list[float]] = {}
        for result in self.examples:
            if result.score is not None:
                collected.setdefault(result.example_id, []).append(result.score)
        return {example: sum(values) / len(values) for example, values in collected.items()}

    @property
    def mean(self) -> float | None:
        """The mean over all examples that have a score, or None."""
        return sum(self.scores.values()) / len(self.scores) if self.scores else None

    @cached_property
    def score(self) -> Score:
        """The mean with its interval and the examples by kind."""
        interval = mean_interval(list(self.scores.values()), seed=self.seed)
        kinds = dict(sorted(Counter(result.kind for result in self.examples).items()))
        return Score(mean=self.mean, n=len(self.scores), low=interval.low, high=interval.high, kinds=kinds)

    def compare_with(self, before: EvaluationResult) -> Comparison | None:
        """Compares this with an earlier result on the examples that both have a score for.

        McNemar's exact test for right and wrong, else a paired permutation test; None without such examples.
        """
        return compare_by_example(before.scores, self.scores, seed=self.seed)

    @property
    def failing(self) -> tuple[ExampleResult, ...]:
        """The results that are to be criticised."""
        return tuple(result for result in self.examples if result.kind not in ("right", "error"))


@dataclass(frozen=True)
class Rollout:
    """One example run by a state, with its graph, ready to be criticised."""

    example: Example
    output: Variable
    metric_result: MetricResult
    result: ExampleResult


NO_RESULT = EvaluationResult(label="nothing", examples=())
"""The result of an evaluation that has not been made."""


@dataclass(frozen=True)
class Pair:
    """Two states' means over the examples that both have a score for.

    Attributes:
        before: Mean of the first; 0 where there is no such example.
        after: Mean of the second.
        n: How many examples that are.
    """

    before: float
    after: float
    n: int


def on_same_examples(*results: EvaluationResult) -> list[EvaluationResult]:
    """Several results without the examples that any of them has no score for, so that all have one n."""
    common = set.intersection(*(set(result.scores) for result in results))
    return [
        EvaluationResult(
            label=result.label,
            examples=tuple(each for each in result.examples if each.example_id in common),
            seed=result.seed,
        )
        for result in results
    ]


def paired(
    before: EvaluationResult, after: EvaluationResult, *, without: Container[str] = frozenset()
) -> Pair:
    """Pairs two results up.

    Args:
        before: One state's results.
        after: Another's.
        without: Ids of examples to leave out.
    """
    both = [name for name in after.scores if name in before.scores and name not in without]
    if not both:
        return Pair(0.0, 0.0, 0)
    means = [sum(result.scores[name] for name in both) / len(both) for result in (before, after)]
    return Pair(means[0], means[1], len(both))
