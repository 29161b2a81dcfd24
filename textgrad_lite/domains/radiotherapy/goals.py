"""Clinical goals, and what a plan misses of them in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from textgrad_lite.domains.radiotherapy.plan import UNITS


@dataclass(frozen=True)
class Goal:
    """One limit on a dose-volume number.

    Args:
        name: The number, one of ``UNITS``.
        bound: Which side of the limit is good.
        limit: In the number's unit; above 0.
    """

    name: str
    bound: Literal["at least", "at most"]
    limit: float

    def excess(self, value: float) -> float:
        """By how much a value misses the limit, in the number's unit; 0 where it is kept."""
        return max(0.0, self.limit - value if self.bound == "at least" else value - self.limit)

    def credit(self, value: float) -> float:
        """1 where the limit is kept, else the ratio by which it is missed, which is below 1."""
        if not self.excess(value):
            return 1.0
        return max(0.0, value / self.limit if self.bound == "at least" else self.limit / value)

    def words(self, value: float) -> str:
        """What a value means, as a sentence."""
        found, limit = self._amount(value), self._amount(self.limit)
        if excess := self.excess(value):
            side = "too low" if self.bound == "at least" else "too high"
            return f"{self.name} is {found}, {self._amount(excess)} {side}: it must be {self.bound} {limit}."
        return f"{self.name} is {found}, as it should be: {self.bound} {limit}."

    def __str__(self) -> str:
        return f"{self.name} {self.bound} {self._amount(self.limit)}"

    def _amount(self, value: float) -> str:
        return f"{value:.2f} Gy" if UNITS[self.name] else f"{value:.3f}"


Goals = Sequence[Goal]

TG119_GOALS: Goals = (
    Goal("target D95", "at least", 47.5),
    Goal("target homogeneity", "at most", 0.1),
    Goal("core mean", "at most", 18.0),
    Goal("core D5", "at most", 25.0),
    Goal("body maximum", "at most", 53.5),
)
"""Goals for the C-shaped target of AAPM's TG-119 round its core, for five beams on a grid of 10 mm.

95 % of the target get 95 % of the prescription of 50 Gy; no other tissue gets more than 107 % of it. They are
set for this demonstration so that they can be kept all at once and seldom are by chance; those of TG-119 are
others.
"""
