"""Who writes and criticises in a run, and what all rewrites are held to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textgrad_lite.engines import Engine, as_engine
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.optimizers.constraints import Constraint
from textgrad_lite.optimizers.sources import ProposalSource
from textgrad_lite.optimizers.tgd import TextualGradientDescent
from textgrad_lite.training.default_sources import make_sources


@dataclass(frozen=True)
class Models:
    """Who is asked; the backward engine of the context where one is None.

    Attributes:
        optimizer: Who rewrites.
        critic: Who criticises.
    """

    optimizer: Engine | None
    critic: Engine | None

    @classmethod
    def of(cls, engine: object, backward_engine: object, optimizer: TextualGradientDescent | None) -> Models:
        """From what a trainer is given: the one stands in for the other."""
        chosen = engine or (optimizer.engine if optimizer else None) or backward_engine
        critic = backward_engine or chosen
        return cls(*(None if one is None else as_engine(one) for one in (chosen, critic)))


@dataclass(frozen=True)
class Instructions:
    """What is asked of every rewrite, and who writes them.

    Attributes:
        sources: Where candidates come from.
        constraints: Conditions in code.
        wishes: Conditions in words.
    """

    sources: tuple[ProposalSource, ...]
    constraints: tuple[Constraint, ...]
    wishes: tuple[str, ...]

    @classmethod
    def of(
        cls,
        sources: Sequence[ProposalSource] | None,
        constraints: Sequence[Constraint],
        wishes: Sequence[str],
        *,
        names: Sequence[str],
        engine: Engine | None,
        optimizer: TextualGradientDescent | None,
    ) -> Instructions:
        """Adds to what the user says what an optimizer of the user's says.

        Args:
            sources: The sources; those that are named if None.
            constraints: Conditions in code.
            wishes: Conditions in words.
            names: Names of sources.
            engine: Who is asked.
            optimizer: The optimizer, or None.
        """
        every = (*constraints, *(optimizer.hard_constraints if optimizer else ()))
        words = (*wishes, *(optimizer.constraints if optimizer else ()))
        made = make_sources(names, engine, words, optimizer=optimizer) if sources is None else tuple(sources)
        if not made:
            raise ConfigurationError("a trainer needs at least one source of proposals")
        return cls(made, every, words)
