"""Metrics that compare texts: exact, contains, regex."""

from __future__ import annotations

import re

from textgrad_lite.data.example import Example
from textgrad_lite.errors import ConfigurationError, MetricError
from textgrad_lite.metrics.answers import final_answer, normalized, strip_wrapping
from textgrad_lite.metrics.metric import Metric, MetricResult

_SHOWN = 200


class Exact(Metric):
    """The answer equals the target, apart from case, blank space, quotes, emphasis and a final full stop."""

    name = "exact"
    description = "The last line of the reply, or what follows 'Answer:', must be the expected answer itself."

    def check(self, example: Example) -> None:
        """The target has to be there."""
        target_of(example, self.name)

    async def score(self, example: Example, output: str) -> MetricResult:
        """Compares the final answer with the target."""
        target = target_of(example, self.name)
        answer = final_answer(output, is_one_line="\n" not in target.strip())
        return compare(answer, target)


class Contains(Metric):
    """The target occurs in the reply as whole words, apart from case and blank space."""

    name = "contains"
    description = "The expected answer must occur in the reply, word for word."

    def check(self, example: Example) -> None:
        """The target has to be there."""
        target_of(example, self.name)

    async def score(self, example: Example, output: str) -> MetricResult:
        """Looks for the target in the whole reply."""
        target = target_of(example, self.name)
        words = re.escape(normalized(target))
        # A boundary is needed only where the target itself begins or ends with a word.
        if re.search(rf"(?:(?<!\w)|(?!\w)){words}(?:(?!\w)|(?<!\w))", normalized(output)):
            return MetricResult(
                score=1.0, kind="right", answer=target, feedback=f"Right: it says {_quote(target)}."
            )
        if not output.strip():
            return empty_reply(target)
        return MetricResult(score=0.0, feedback=f"The reply should say {_quote(target)}, but it does not.")


class Regex(Metric):
    """A pattern is found in the reply; where it has a group, what its last match captured equals the target.

    Args:
        pattern: A regular expression of Python; ``.`` does not match a line break, ``^`` and ``$`` are the
            ends of a line.

    Raises:
        ConfigurationError: If the pattern cannot be compiled.
    """

    def __init__(self, pattern: str) -> None:
        try:
            self._pattern = re.compile(pattern, re.MULTILINE)
        except re.error as error:
            raise ConfigurationError(
                f"the metric regex:{pattern} is no regular expression: {error}",
                hint="The syntax is that of Python's re module.",
            ) from error
        self.name = f"regex:{pattern}"
        compared = ", and what its group captures must be the expected answer" if self._pattern.groups else ""
        self.description = f"The reply must match the pattern {pattern}{compared}."

    def check(self, example: Example) -> None:
        """The target has to be there if the pattern has a group to compare it with."""
        if self._pattern.groups:
            target_of(example, self.name)

    async def score(self, example: Example, output: str) -> MetricResult:
        """Looks for the last match."""
        matches = list(self._pattern.finditer(output))
        if not matches:
            shown = (
                f"; the answer should be {_quote(example.target)}"
                if self._pattern.groups and example.target
                else ""
            )
            return MetricResult(
                score=0.0,
                kind="unparsable",
                feedback=f"The reply has nothing of the form {self._pattern.pattern}{shown}.",
            )
        if not self._pattern.groups:
            found = matches[-1].group()
            return MetricResult(
                score=1.0, kind="right", answer=found, feedback=f"Right: it has {_quote(found)}."
            )
        captured = next((group for group in matches[-1].groups() if group is not None), "")
        return compare(strip_wrapping(captured), target_of(example, self.name))


def compare(answer: str, target: str) -> MetricResult:
    """Right where both are equal once normalized."""
    if not answer:
        return empty_reply(target)
    if normalized(answer) == normalized(strip_wrapping(target)):
        return MetricResult(score=1.0, kind="right", answer=answer, feedback=f"Right: {_quote(answer)}.")
    feedback = f"The answer should be {_quote(target)}, but it was {_quote(answer)}."
    return MetricResult(score=0.0, answer=answer, feedback=feedback)


def empty_reply(target: str) -> MetricResult:
    """The result for a reply that holds no answer at all."""
    return MetricResult(
        score=0.0,
        kind="unparsable",
        feedback=f"The answer should be {_quote(target)}, but the reply holds none.",
    )


def target_of(example: Example, metric: str) -> str:
    """The example's target.

    Raises:
        MetricError: If it has none.
    """
    if example.target is None:
        raise MetricError(
            f"the metric {metric} needs an expected answer, and example {example.id!r} has none",
            hint="Add a field target (or expected, or answer) to the data, or use a judge: metric.",
        )
    return example.target


def _quote(text: str) -> str:
    flat = " ".join(text.split())
    return f'"{flat}"' if len(flat) <= _SHOWN else f'"{flat[:_SHOWN]}…"'
