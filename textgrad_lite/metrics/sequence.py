"""Metrics of answers that are sequences: words in an order, and brackets that close others."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence

from textgrad_lite.data.example import Example
from textgrad_lite.errors import MetricError
from textgrad_lite.metrics.answers import after_marker
from textgrad_lite.metrics.metric import Metric, MetricResult
from textgrad_lite.metrics.text import target_of

_LISTING = re.compile(r"(?m)^\s*(?:[0-9]+[.)]|[-*\u2022])\s+")
_BETWEEN_WORDS = re.compile(r"[\s,;]+")
_ROUND_WORDS = "*_`\"'()[]{}:.\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"
# A bracket at a word is one of the prose.
_BRACKET = r"(?<!\w)[()\[\]{}<>](?!\w)"
_BRACKETS = re.compile(rf"{_BRACKET}(?:[\s,]*{_BRACKET})*")


class _Sequence(Metric):
    """Compares two sequences, item by item."""

    item: str

    def check(self, example: Example) -> None:
        """The target has to hold at least one item."""
        self._expected(example)

    async def score(self, example: Example, output: str) -> MetricResult:
        """Compares the sequence that the reply ends with with the target's."""
        expected = self._expected(example)
        found = self.find(output)
        whole = " ".join(expected)
        if not found:
            feedback = f"The answer should be {whole}, but the reply holds none."
            return MetricResult(score=0.0, kind="unparsable", feedback=feedback)
        answer = " ".join(found)
        if found == expected:
            return MetricResult(score=1.0, kind="right", answer=answer, feedback=f"Right: {answer}.")
        return MetricResult(score=0.0, answer=answer, feedback=self._explain(found, expected))

    def answer_of(self, example: Example, output: str) -> str | None:  # noqa: ARG002 - any question will do
        """The items of a reply's answer."""
        return " ".join(self.find(output)) or None

    @abstractmethod
    def find(self, reply: str) -> list[str]:
        """The items of the answer in order; none where the reply holds no answer."""

    @abstractmethod
    def read(self, target: str) -> list[str]:
        """The items of a target in order."""

    def _expected(self, example: Example) -> list[str]:
        expected = self.read(target_of(example, self.name))
        if not expected:
            raise MetricError(
                f"the metric {self.name} needs {self.item}s as expected answer; example {example.id!r} has "
                f"{example.target!r}",
                hint="Mend the data, or use another metric such as exact.",
            )
        return expected

    def _explain(self, found: Sequence[str], expected: Sequence[str]) -> str:
        """Where the two differ first."""
        place = next(
            (at for at, pair in enumerate(zip(found, expected, strict=False)) if pair[0] != pair[1]), None
        )
        whole = f"The answer should be {' '.join(expected)}, but it was {' '.join(found)}"
        if place is not None:
            return f"{whole}: {self.item} {place + 1} should be {expected[place]}, not {found[place]}."
        if len(found) < len(expected):
            return f"{whole}: {self.item} {len(found) + 1}, {expected[len(found)]}, is missing."
        return f"{whole}: {self.item} {len(expected) + 1}, {found[len(expected)]}, is too much."


class Words(_Sequence):
    """The words of the answer are those of the target, in its order; case and punctuation do not matter."""

    name = "words"
    item = "word"
    description = "The words after 'Answer:' must be the expected words in the expected order, and no others."

    def find(self, reply: str) -> list[str]:
        """The words after the last ``Answer:`` up to a blank line; else of the last line, after a colon."""
        marked = after_marker(reply)
        if marked is not None:
            return self.read(re.split(r"\n\s*\n", marked.lstrip("*_` \t\n"))[0])
        lines = [line for line in reply.splitlines() if line.strip()] or [""]
        return self.read(lines[-1].rpartition(":")[2])

    def read(self, target: str) -> list[str]:
        """The words, without the numbers or dashes of a list."""
        words = (word.strip(_ROUND_WORDS) for word in _BETWEEN_WORDS.split(_LISTING.sub("", target)))
        return [word.casefold() for word in words if word]


class Brackets(_Sequence):
    """The brackets of the answer are those of the target; blank space and commas between do not matter."""

    name = "brackets"
    item = "bracket"
    description = "The brackets after 'Answer:' must be the missing ones in order, and no others."

    def find(self, reply: str) -> list[str]:
        """The first run of brackets after the last ``Answer:``, else the last run of the reply."""
        marked = after_marker(reply)
        runs = _BRACKETS.findall(reply if marked is None else marked)
        return self.read(runs[-1 if marked is None else 0]) if runs else []

    def read(self, target: str) -> list[str]:
        """The brackets, one by one."""
        return [character for character in target if character in "()[]{}<>"]
