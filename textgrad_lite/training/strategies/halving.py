"""The default strategy: several sources, worked examples on top, two gates, and halving.

A step runs the best state on a minibatch, gathers criticism, and takes proposals from several sources, since
a small model is a poor critic and no single source can be relied on. A candidate has to beat its parent on
the minibatch. What the best of them got right there, they get as worked examples, in a second wave: a model
imitates best what it found itself, in one form. All of these race on the validation set (successive halving,
Jamieson and Talwalkar 2016), and the winner becomes the best if its paired mean is higher by more than a
margin.

How much a step tries follows from what the run has seen. Where a source often beats the parent, few proposals
are enough for one that does; where it seldom does, many are asked for, since trying one on the minibatch is
much cheaper than a step. Worked examples that have not won on validation are tried less and less.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.search import Search
from textgrad_lite.training.strategies.race import Trial
from textgrad_lite.training.strategies.racing import Racing, Sizes

_CLEARLY = 1.5
"""By how many examples of a minibatch one candidate has to be ahead of another to be called better."""

_MISSING_ALL = 0.1
"""How likely it may be that no proposal of a step passes the minibatch."""


@dataclass(kw_only=True)
class Halving(Racing):
    """See the module.

    Attributes:
        proposals: Most candidates of a step's first wave; the first step has so many.
        fewest: Fewest candidates of it.
        finalists: How many of them go on at most; a second one only where the minibatch cannot tell the two
            apart.
        refinements: Most candidates of the second wave, made from the best of the first.
    """

    name: ClassVar[str] = "halving"

    proposals: int = 8
    fewest: int = 3
    finalists: int = 1
    refinements: int = 1
    batch_blocks: tuple[float, ...] = (0.25, 0.5, 1.0)

    @property
    def sizes(self) -> Sizes:
        """How large a step is at most."""
        return Sizes(places=self.proposals, finalists=self.finalists)

    async def compare_on_batch(self, search: Search, candidates: Sequence[Candidate]) -> Sequence[Trial]:
        """The best, and of the others those that the minibatch cannot tell from it."""
        winners = await super().compare_on_batch(search, candidates)
        best = max((trial.gain for trial in winners), default=0.0)
        return [trial for trial in winners if (best - trial.gain) * len(self._batch) < _CLEARLY]

    def n_places(self, search: Search) -> int:
        """As many proposals as it takes for one to pass, by what the best source has shown."""
        tallies = [search.bandit.tallies[name] for name in search.asking.first_wave]
        tried = [tally for tally in tallies if tally.proposed]
        if not tried:
            return self.proposals
        chance = max((1 + tally.screened) / (2 + tally.proposed + tally.rejected) for tally in tried)
        needed = math.ceil(math.log(_MISSING_ALL) / math.log(1 - chance))
        return min(self.proposals, max(self.fewest, needed))

    def n_refined(self, search: Search) -> int:
        """Fewer, the more often they were tried without becoming the best."""
        tallies = [search.bandit.tallies[name] for name in self.second_wave(search)]
        accepted, proposed = sum(t.accepted for t in tallies), sum(t.proposed for t in tallies)
        kept, generator = 2 * (1 + accepted) / (2 + proposed), search.random("refinements")
        return sum(generator.random() < kept for _ in range(self.refinements))
