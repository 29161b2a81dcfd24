"""The metric of questions whose answer is one of a few words: yes or no, valid or invalid, true or false."""

from __future__ import annotations

import re

from textgrad_lite.data.example import Example
from textgrad_lite.errors import ConfigurationError, MetricError
from textgrad_lite.metrics.answers import after_marker, final_answer, normalized
from textgrad_lite.metrics.metric import Metric, MetricResult
from textgrad_lite.metrics.text import target_of

_FEWEST = 2


class Label(Metric):
    """The reply settles on the label that is the target.

    Args:
        labels: All that an answer can be, divided by ``|``: ``"yes|no"``. Case does not matter.

    Raises:
        ConfigurationError: If there are not at least two different labels.
    """

    def __init__(self, labels: str) -> None:
        self._labels = tuple(dict.fromkeys(normalized(label) for label in labels.split("|") if label.strip()))
        if len(self._labels) < _FEWEST:
            raise ConfigurationError(
                f"the metric label:{labels} has no two labels", hint="The form is label:yes|no."
            )
        self.name = f"label:{labels}"
        self.description = f"The answer after 'Answer:' must be the right one of: {', '.join(self._labels)}."
        longest_first = sorted(self._labels, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")

    def check(self, example: Example) -> None:
        """The target has to be one of the labels."""
        self._expected(example)

    async def score(self, example: Example, output: str) -> MetricResult:
        """Compares the label that the reply settles on with the target."""
        expected = self._expected(example)
        found = self.answer_of(example, output)
        if found is None:
            feedback = f'The answer should be "{expected}", but the reply says none of {self._listed()}.'
            return MetricResult(score=0.0, kind="unparsable", feedback=feedback)
        if found == expected:
            return MetricResult(score=1.0, kind="right", answer=found, feedback=f'Right: "{found}".')
        feedback = f'The answer should be "{expected}", but it was "{found}".'
        return MetricResult(score=0.0, answer=found, feedback=feedback)

    def answer_of(self, example: Example, output: str) -> str | None:  # noqa: ARG002 - any question will do
        """The first label after the last ``Answer:``; else the last of the last line, else of the reply."""
        line = normalized(final_answer(output))
        if after_marker(output) is not None:
            return next(iter(self._pattern.findall(line)), None)
        found = self._pattern.findall(line) or self._pattern.findall(normalized(output))
        return found[-1] if found else None

    def _expected(self, example: Example) -> str:
        target = normalized(target_of(example, self.name)).removesuffix(".")
        if target not in self._labels:
            raise MetricError(
                f"the metric {self.name} knows the answers {self._listed()}; that of example {example.id!r} "
                f"is {example.target!r}",
                hint="Mend the data, or name all labels in the metric.",
            )
        return target

    def _listed(self) -> str:
        return ", ".join(f'"{label}"' for label in self._labels)
