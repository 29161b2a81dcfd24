"""When a search has had enough: conditions that can be put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from textgrad_lite.training.search import Search

Reason = Literal["steps", "patience", "target", "perfect"]
Stop = Callable[[Search], Reason | None]
_PERFECT = 1 - 1e-9


@dataclass(frozen=True)
class MaxSteps:
    """Stops after so many steps."""

    steps: int

    def __call__(self, search: Search) -> Reason | None:
        """The reason to stop, or None."""
        return "steps" if search.step >= self.steps else None


@dataclass(frozen=True)
class Patience:
    """Stops after so many steps in a row without a new best state."""

    steps: int

    def __call__(self, search: Search) -> Reason | None:
        """The reason to stop, or None."""
        return "patience" if search.step - search.last_gain >= self.steps else None


@dataclass(frozen=True)
class Target:
    """Stops where the best state's mean on validation is at least this."""

    mean: float

    def __call__(self, search: Search) -> Reason | None:
        """The reason to stop, or None."""
        return "target" if search.pool.best.mean >= self.mean else None


def perfect(search: Search) -> Reason | None:
    """Stops where nothing on validation is left to improve."""
    return "perfect" if search.pool.best.mean >= _PERFECT else None


def first_reason(stops: list[Stop], search: Search) -> Reason | None:
    """The reason of the first condition that holds, or None."""
    return next((reason for stop in stops if (reason := stop(search)) is not None), None)
