"""What a run may take at most, told before anything is spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from textgrad_lite.data import Example
from textgrad_lite.engines.types import Purpose

_BYTES_PER_TOKEN = 4
_MESSAGE_TOKENS = 16
_ANSWER_TOKENS = 300
_REWRITE_FACTOR = 6


@dataclass(frozen=True)
class EstimateRow:
    """One stage of a run.

    Attributes:
        stage: Its name.
        purpose: What the calls are for.
        calls: How many there are at most.
        input_tokens: Tokens of all their prompts, estimated from the present prompt at four bytes a token.
        output_tokens: Tokens of all their answers, at 300 an answer.
    """

    stage: str
    purpose: Purpose
    calls: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class Estimate:
    """What a run takes at most, if every step needs all that it may."""

    rows: tuple[EstimateRow, ...]

    @property
    def calls(self) -> int:
        """All calls together."""
        return sum(row.calls for row in self.rows)


@dataclass(frozen=True)
class Prices:
    """Tokens of one call of either kind.

    Attributes:
        run: Prompt tokens of running one example.
        ask: Prompt tokens of one question to critic or optimizer.
    """

    run: int
    ask: int

    @classmethod
    def of(cls, prompt: str, examples: Sequence[Example]) -> Prices:
        """Estimates both from the present prompt and the examples."""
        longest = [sum(len(text.encode()) for text in e.placeholders.values()) for e in examples]
        run = (len(prompt.encode()) + round(fmean(longest))) // _BYTES_PER_TOKEN + 2 * _MESSAGE_TOKENS
        return cls(run, _REWRITE_FACTOR * run + _ANSWER_TOKENS)

    def row(self, stage: str, purpose: Purpose, calls: int) -> EstimateRow:
        """One stage with so many calls."""
        tokens = self.run if purpose == "forward" else self.ask
        return EstimateRow(stage, purpose, calls, calls * tokens, calls * _ANSWER_TOKENS)
