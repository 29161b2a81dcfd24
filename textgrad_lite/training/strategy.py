"""What a search strategy is: how one step plans, proposes, screens and selects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.allowance import Cost
from textgrad_lite.training.pool import Member
from textgrad_lite.training.search import Search


class Strategy(Protocol):
    """Decides what a step of a search does. All randomness comes from the search's own generators.

    What a strategy knows of earlier steps it reads from the search's pool, so that a run which is resumed by
    running it again knows the same.
    """

    @property
    def name(self) -> str:
        """How it is called in configs and reports."""
        ...

    @property
    def source_names(self) -> Sequence[str]:
        """The sources of proposals that it draws from where the user names none."""
        ...

    def settings(self) -> dict[str, Any]:
        """All settings, as plain data; a run is resumed with equal ones only."""
        ...

    def worst_case(self, search: Search) -> Cost:
        """What one step can need at most, before anything is known."""
        ...

    def plan(self, search: Search) -> dict[str, Any] | None:
        """Decides how large the next step is, so that its worst case fits what is left.

        Returns:
            Plain data for :meth:`propose`, or None where not even the smallest step fits. A resumed run
            follows the plans in its journal and does not ask again.
        """
        ...

    async def propose(self, search: Search, plan: dict[str, Any]) -> Sequence[Candidate]:
        """Runs parents on a minibatch, gathers criticism, and asks the sources for candidates.

        Records :class:`StepStarted` with the plan.
        """
        ...

    async def screen(self, search: Search, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Drops candidates cheaply, by the minibatch that they were written from."""
        ...

    async def select(self, search: Search, candidates: Sequence[Candidate]) -> Member | None:
        """Compares what is left on the validation set.

        Returns:
            The new best member, or None where none passes the gate.
        """
        ...

    def salvage(self, search: Search) -> Member | None:
        """What can be kept of a step that a limit has broken off: a new best member, or None."""
        ...
