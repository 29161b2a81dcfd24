"""Proposals from criticism by a model that also sees a few general strategies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textgrad_lite.optimizers.sources.context import ProposalContext
from textgrad_lite.optimizers.sources.gradient import GradientSource
from textgrad_lite.prompts.strategies import Strategy, strategies_for


@dataclass
class StrategySource(GradientSource):
    """A :class:`GradientSource` whose model may lean on the strategy library.

    Each draw shows other strategies, until all were shown.

    Attributes:
        strategies: The library; default: ours.
        n_shown: How many strategies one request shows.
    """

    strategies: Sequence[Strategy] | None = None
    n_shown: int = 2
    name: str = "gradients and strategies"

    def advice(self, context: ProposalContext, draw: int, /) -> tuple[str, ...]:
        """The next few strategies of the library, from the first again after the last."""
        library = strategies_for(context.metric_description, self.strategies)
        start = draw * self.n_shown
        chosen = (
            library[(start + offset) % len(library)] for offset in range(min(self.n_shown, len(library)))
        )
        return tuple(strategy.text for strategy in chosen)
