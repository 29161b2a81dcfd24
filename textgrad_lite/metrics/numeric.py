"""The metric that compares numbers."""

from __future__ import annotations

from decimal import Decimal

from textgrad_lite.data.example import Example
from textgrad_lite.errors import MetricError
from textgrad_lite.metrics.answers import final_number, show_number
from textgrad_lite.metrics.metric import Metric, MetricResult
from textgrad_lite.metrics.text import target_of


class Numeric(Metric):
    """The final number of the reply equals the target's, as numbers: ``1,234.50`` is ``1234.5``."""

    name = "numeric"
    description = (
        "The first number after the last 'Answer:', or else the last number of the reply, "
        "must be the expected number."
    )

    def check(self, example: Example) -> None:
        """The target has to hold a number."""
        _expected(example)

    async def score(self, example: Example, output: str) -> MetricResult:
        """Compares the final numbers of reply and target."""
        expected = _expected(example)
        found = final_number(output)
        if found is None:
            feedback = (
                f"The answer should be {show_number(expected)}, but the reply holds no number as its answer."
            )
            return MetricResult(score=0.0, kind="unparsable", feedback=feedback)
        answer = show_number(found)
        if found == expected:
            return MetricResult(score=1.0, kind="right", answer=answer, feedback=f"Right: {answer}.")
        feedback = f"The answer should be {show_number(expected)}, but it was {answer}."
        return MetricResult(score=0.0, answer=answer, feedback=feedback)

    def answer_of(self, example: Example, output: str) -> str | None:  # noqa: ARG002 - any question will do
        """The final number of a reply."""
        found = final_number(output)
        return None if found is None else show_number(found)


def _expected(example: Example) -> Decimal:
    target = target_of(example, Numeric.name)
    number = final_number(target)
    if number is None:
        raise MetricError(
            f"the metric numeric needs a number as expected answer; example {example.id!r} has {target!r}",
            hint="Mend the data, or use another metric such as exact.",
        )
    return number
