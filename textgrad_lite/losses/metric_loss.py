"""A loss that is a program: any metric that scores an output and says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from textgrad_lite.data import Example
from textgrad_lite.functions.module import Module
from textgrad_lite.graph import Call, Criticism, Feedback, Function, Value, Variable
from textgrad_lite.metrics import Metric, MetricResult, as_metric, get_metric
from textgrad_lite.prompts import render


class MetricLoss(Module):
    """Scores predictions with a metric.

    Backward asks no model: a prediction that is right gets a canned word to keep it, another one the metric's
    feedback.

    Args:
        metric: A metric, its name as in ``get_metric``, or a function that ``as_metric`` takes.
        shows_feedback: False makes the score alone the value, as a number; the feedback still goes backward.

    Raises:
        UnknownNameError: No metric has this name.
        ConfigurationError: It cannot be used as a metric.
    """

    def __init__(self, metric: Metric | str | Callable[..., Any], *, shows_feedback: bool = True) -> None:
        self._shows_feedback = shows_feedback
        self.metric = get_metric(metric) if isinstance(metric, str) else as_metric(metric)

    def forward(self, prediction: Variable, example: Example) -> Variable:
        """Score one prediction.

        Args:
            prediction: The output to be scored.
            example: What was asked and what is expected.

        Returns:
            The score and the feedback as text, or the score as a number; pending.
        """
        return _Scoring(self.metric, example, self._shows_feedback).apply(
            prediction, role_description=f"evaluation of the {prediction.role_description}"
        )


def metric_result_of(loss: Variable) -> MetricResult | None:
    """The result behind the output of a :class:`MetricLoss`, or None where it is pending or another loss."""
    record = None if loss.call is None else loss.call.record
    return record if isinstance(record, MetricResult) else None


class _Scoring(Function):
    """One scoring of one prediction."""

    name = "MetricLoss"

    def __init__(self, metric: Metric, example: Example, shows_feedback: bool) -> None:
        self._metric = metric
        self._example = example
        self._shows_feedback = shows_feedback

    async def forward(self, call: Call) -> Value:
        """Score the prediction."""
        (prediction,) = call.arguments
        result = await self._metric.score(self._example, prediction.text)
        call.record = result
        if not self._shows_feedback:
            return result.score
        return f"{result.score:g}: {result.feedback}" if result.feedback else f"{result.score:g}"

    async def backward(
        self,
        call: Call,
        criticism: Criticism,  # noqa: ARG002 - the metric has the last word on its own score
        wanted: tuple[int, ...],
    ) -> Mapping[int, Sequence[Feedback]]:
        """Hand the metric's own words to the prediction."""
        result: MetricResult = call.record
        text = render("metric_verdict", result=result, description=self._metric.description)
        return {
            position: [Feedback(text=text, is_keep=result.is_right, score=result.score)]
            for position in wanted
        }
