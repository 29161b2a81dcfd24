"""A front of specialists: GEPA (arXiv 2507.19457).

Every state that passed the minibatch is scored on all of validation and kept. Parents are drawn in proportion
to the number of examples that they lead, so that a state which is the only one to solve something is gone on
from although its mean is low. This is what leads out of a local optimum. Several proposals are worked on in
parallel in a step.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.pool import Member
from textgrad_lite.training.search import Search
from textgrad_lite.training.strategies.front import find_front
from textgrad_lite.training.strategies.merge import merge
from textgrad_lite.training.strategies.racing import Racing, Sizes


@dataclass(kw_only=True)
class Pareto(Racing):
    """See the module.

    Attributes:
        proposals: Candidates that are worked on in parallel.
        merges: Whether two specialists of the front are merged in each step, where each has a part to give;
            this asks no model.
    """

    name: ClassVar[str] = "pareto"

    proposals: int = 4
    merges: bool = False
    validation_blocks: tuple[float, ...] = (1.0,)

    @property
    def sizes(self) -> Sizes:
        """How large a step is at most."""
        return Sizes(self.proposals, finalists=self.proposals, parents=self.proposals, kept=sys.maxsize)

    def parents(self, search: Search) -> Sequence[Member]:
        """Draws a parent for each proposal."""
        members, weights = zip(*find_front(list(search.pool)), strict=True)
        drawn: list[Member] = search.random("parents").choices(members, weights, k=self.proposals)
        return drawn

    def most_added(self, search: Search) -> int:
        """The second wave, and a merged state."""
        return super().most_added(search) + self.merges

    async def screen(self, search: Search, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Lets those on that beat their parents, with a second wave, and perhaps a merged state."""
        going_on = await super().screen(search, candidates)
        return [*going_on, *self._merged(search)]

    def _merged(self, search: Search) -> Sequence[Candidate]:
        specialists = [member for member, _ in find_front(list(search.pool))]
        if not self.merges or len(specialists) < 2:
            return ()
        pair = search.random("merge").sample(specialists, 2)
        better, other = sorted(pair, key=lambda member: -member.mean)
        candidate = merge(search.pool, better, other)
        return search.asking.take(candidate) if candidate else ()
