"""Textgrad's validation-revert, paired and with a margin (arXiv 2406.07496).

Each step rewrites the best state once. The new one is kept if it is better on the same validation examples by
more than the margin; otherwise the search goes back. It needs fewer calls a step than any other strategy, and
cannot leave a place from which no single step leads upwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.search import Search
from textgrad_lite.training.strategies.racing import Racing, Sizes


@dataclass(kw_only=True)
class Greedy(Racing):
    """See the module.

    Attributes:
        proposals: How many rewrites are compared in a step.
    """

    name: ClassVar[str] = "greedy"
    has_screening: ClassVar[bool] = False

    proposals: int = 1
    refinements: int = 0
    validation_blocks: tuple[float, ...] = (0.5, 1.0)

    @property
    def sizes(self) -> Sizes:
        """How large a step is at most."""
        return Sizes(places=self.proposals, finalists=self.proposals)

    def screening_runs(self, arms: int, batch: int) -> int:  # noqa: ARG002 - there is no race on it
        """Nothing is run on the minibatch but the parent."""
        return 0

    async def screen(self, search: Search, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Lets everything through, with a second wave if there is to be one."""
        base = candidates[0] if candidates else search.pool.best.candidate
        return [*candidates, *await search.asking.refine([base], self._refining)]
