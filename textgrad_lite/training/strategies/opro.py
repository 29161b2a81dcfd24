"""A row of texts with rising scores, and what comes next in it: OPRO (arXiv 2309.03409).

The model that proposes sees past texts with their scores in ascending order, and the training examples that
most of them missed; nobody is asked for criticism. So that the row grows, candidates need not beat anything
to be scored on validation: the best few of a step on the minibatch are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textgrad_lite.training.strategies.race import ANYTHING
from textgrad_lite.training.strategies.racing import Racing, Sizes


@dataclass(kw_only=True)
class Opro(Racing):
    """See the module.

    Attributes:
        proposals: Candidates of a step.
        finalists: How many of them are scored on validation and join the row.
    """

    name: ClassVar[str] = "opro"
    source_names: ClassVar[Sequence[str]] = ("history", "strategies", "worked examples")

    proposals: int = 4
    finalists: int = 2
    validation_blocks: tuple[float, ...] = (1.0,)

    @property
    def sizes(self) -> Sizes:
        """How large a step is at most."""
        finalists = self.finalists
        return Sizes(
            self.proposals, finalists=finalists, kept=finalists + self.refinements, batch_margin=ANYTHING
        )
