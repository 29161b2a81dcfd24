"""The metric of datasets whose answers are of several kinds: each example says how its answer is compared."""

from __future__ import annotations

from textgrad_lite.data.example import Example
from textgrad_lite.metrics.answers import final_number, show_number
from textgrad_lite.metrics.choice import Choice
from textgrad_lite.metrics.metric import Metric, MetricResult
from textgrad_lite.metrics.numeric import Numeric
from textgrad_lite.metrics.text import Exact

KIND, DECIMALS = "answer_type", "precision"
"""The fields of an example that say of which kind its answer is, and to how many decimals a number."""

_NUMBERS = ("integer", "float")


class Typed(Metric):
    """Compares as the example's field ``answer_type`` demands: a letter, a number, or a text."""

    name = "typed"
    description = (
        "The answer after 'Answer:' must be the right option, number or words, as the question asks."
    )

    def check(self, example: Example) -> None:
        """The target has to be there, and of the kind that the example names."""
        _metric_for(example).check(example)

    async def score(self, example: Example, output: str) -> MetricResult:
        """Scores as the metric of the answer's kind does."""
        return await _metric_for(example).score(example, _as_exact_as_asked(example, output))

    def answer_of(self, example: Example, output: str) -> str | None:
        """What the metric of the answer's kind takes for it."""
        return _metric_for(example).answer_of(example, _as_exact_as_asked(example, output))


def _metric_for(example: Example) -> Metric:
    kind = example.fields.get(KIND, "")
    if kind == "choice":
        return Choice()
    return Numeric() if kind in _NUMBERS else Exact()


def _as_exact_as_asked(example: Example, reply: str) -> str:
    """A reply with its number rounded to the decimals that the question asks for."""
    decimals, number = example.fields.get(DECIMALS, ""), final_number(reply)
    if example.fields.get(KIND) not in _NUMBERS or not decimals.isdigit() or number is None:
        return reply
    return f"Answer: {show_number(round(number, int(decimals)))}"
