"""A mean score with all that has to be said along with it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field


class Score(BaseModel):
    """A mean score over examples.

    Attributes:
        mean: From 0 to 1, over the examples that could be scored; None where none could.
        n: How many examples that are.
        low: Lower end of the 95 % interval: Wilson's for right and wrong, by bootstrap for graded scores.
        high: Its upper end.
        kinds: Examples by kind: right, wrong, unparsable, refused, and error for those that a failed call
            left without a score.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mean: float | None
    n: int
    low: float
    high: float
    kinds: Mapping[str, int] = Field(default_factory=dict)

    @property
    def value(self) -> float:
        """The mean, or 0 where nothing could be scored."""
        return self.mean or 0.0

    def __str__(self) -> str:
        if self.mean is None:
            return "no score"
        return f"{self.mean:.1%} (n = {self.n}, 95 % interval {self.low:.1%} to {self.high:.1%})"
