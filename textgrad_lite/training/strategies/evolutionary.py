"""A population that a model crosses and mutates: EvoPrompt (arXiv 2309.08532), PromptBreeder (2309.16797).

Parents are drawn from the population in proportion to their means on validation. A model joins two of them,
or varies one; where the sources include some that read criticism, these give mutations with a direction. The
best children are scored on validation, and the best of old and new are the next population.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textgrad_lite.optimizers.sources import State
from textgrad_lite.training.asking import Inquiry
from textgrad_lite.training.criticism import Criticism
from textgrad_lite.training.pool import Member
from textgrad_lite.training.search import Search
from textgrad_lite.training.strategies.race import ANYTHING
from textgrad_lite.training.strategies.racing import Racing, Sizes

_LEAST_WEIGHT = 0.05
"""So that a state which solves nothing can have children too."""


@dataclass(kw_only=True)
class Evolutionary(Racing):
    """See the module.

    Attributes:
        population: How many states there are at a time.
        parents_drawn: How many of them have children in a step.
        children: Candidates of a step.
        finalists: How many of them are scored on validation.
    """

    name: ClassVar[str] = "evolutionary"
    source_names: ClassVar[Sequence[str]] = (
        "gradients",
        "crossovers",
        "mutations",
        "strategies",
        "worked examples",
    )

    population: int = 4
    parents_drawn: int = 2
    children: int = 6
    finalists: int = 2
    validation_blocks: tuple[float, ...] = (1.0,)

    @property
    def sizes(self) -> Sizes:
        """How large a step is at most."""
        return Sizes(
            self.children,
            finalists=self.finalists,
            parents=self.parents_drawn,
            kept=self.population,
            batch_margin=ANYTHING,
        )

    def parents(self, search: Search) -> Sequence[Member]:
        """Draws parents from the population."""
        return self._drawn(search, search.pool.leading(self.population), self.parents_drawn, "parents")

    def inquiries(
        self, search: Search, parents: Sequence[tuple[Member, Criticism]], places: Sequence[str]
    ) -> Sequence[Inquiry]:
        """Gives each parent mates from the population."""
        population = search.pool.leading(self.population)
        return [
            replace(inquiry, mates=self._mates(search, population, inquiry.parent.id))
            for inquiry in super().inquiries(search, parents, places)
        ]

    def _mates(self, search: Search, population: Sequence[Member], parent: str) -> tuple[State, ...]:
        others = [member for member in population if member.id != parent]
        return tuple(member.state for member in self._drawn(search, others, len(others), "mates", parent))

    @staticmethod
    def _drawn(search: Search, members: Sequence[Member], n: int, *purpose: object) -> list[Member]:
        """Draws so many, each once."""
        generator, left, drawn = search.random(*purpose), list(members), list[Member]()
        while left and len(drawn) < n:
            weights = [max(_LEAST_WEIGHT, member.mean) for member in left]
            (chosen,) = generator.choices(range(len(left)), weights)
            drawn.append(left.pop(chosen))
        return drawn
