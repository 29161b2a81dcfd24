"""Whose turn it is: in programs of several prompts, which of them a step may change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

Updates = Literal["joint", "round-robin"]
"""All criticised parameters in one candidate, or one parameter in each step, in turn."""


class Turns:
    """Gives the parameters their turns.

    Args:
        names: The parameters, in order.
        updates: How they are changed.
    """

    def __init__(self, names: Sequence[str], updates: Updates = "joint") -> None:
        self._names = tuple(names)
        self._updates = updates
        self._next = 0

    def take(self, criticised: Collection[str]) -> tuple[str, ...] | None:
        """The parameters that the next step may change; None for all.

        Args:
            criticised: Those that something is to be changed about. One without criticism is passed over and
                comes first the next time around; where none has any, it does not matter.
        """
        if self._updates == "joint" or not self._names:
            return None
        order = [*self._names[self._next :], *self._names[: self._next]]
        chosen = next((name for name in order if name in criticised), order[0])
        self._next = (self._names.index(chosen) + 1) % len(self._names)
        return (chosen,)
