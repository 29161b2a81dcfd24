"""What a run may take at most, told before anything is spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from textgrad_lite.data import Example
from textgrad_lite.engines import Engine, pricing_of
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

    def price(self, engine: Engine) -> float | None:
        """Dollars at most, with this engine, or None where its price is unknown."""
        pricing = pricing_of(engine)
        return None if pricing is None else pricing.most(self.input_tokens, self.output_tokens)


@dataclass(frozen=True)
class Estimate:
    """What a run takes at most, if every step needs all that it may."""

    rows: tuple[EstimateRow, ...]

    @property
    def calls(self) -> int:
        """All calls together."""
        return sum(row.calls for row in self.rows)

    def price(self, students: Sequence[Engine], optimizer: Engine | None) -> float | None:
        """Dollars of all calls together, or None where an engine or its price is unknown.

        Args:
            students: The engines of the module; the dearest counts.
            optimizer: Who criticises, rewrites and judges.
        """
        asked = [optimizer] if optimizer is not None else []
        prices = [_dearest(row, students if row.purpose == "forward" else asked) for row in self.rows]
        return None if None in prices else sum(price for price in prices if price is not None)


def _dearest(row: EstimateRow, engines: Sequence[Engine]) -> float | None:
    known = [price for engine in engines if (price := row.price(engine)) is not None]
    return max(known) if known and len(known) == len(engines) else None


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
