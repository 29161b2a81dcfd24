"""The default strategy: several sources, worked examples on top, two gates, and halving.

A step runs the best state on a minibatch, gathers criticism, and takes proposals from several sources, since
a small model is a poor critic and no single source can be relied on. A candidate has to beat its parent on
the minibatch. What the best of them got right there, they get as worked examples, in a second wave: a model
imitates best what it found itself, in one form. All of these race on the validation set (successive halving,
Jamieson and Talwalkar 2016), and the winner becomes the best if its paired mean is higher by more than a
margin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textgrad_lite.training.strategies.racing import Racing, Sizes


@dataclass(kw_only=True)
class Halving(Racing):
    """See the module.

    Attributes:
        proposals: Candidates of a step's first wave.
        finalists: How many of them go on at most.
        refinements: Candidates of the second wave, made from the best of the first.
    """

    name: ClassVar[str] = "halving"

    proposals: int = 6
    finalists: int = 2
    refinements: int = 2

    @property
    def sizes(self) -> Sizes:
        """How large a step is at most."""
        return Sizes(places=self.proposals, finalists=self.finalists)
