"""Proposals that change a text in one respect: EvoPrompt (arXiv 2309.08532), PromptBreeder (2309.16797)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textgrad_lite.optimizers.sources.context import ProposalContext, state_id
from textgrad_lite.optimizers.sources.variation import VariationSource
from textgrad_lite.prompts.rewrite import RewriteTask, Template
from textgrad_lite.prompts.strategies import Strategy, strategies_for


@dataclass
class MutationSource(VariationSource):
    """Varies a text after an idea of the strategy library; each draw takes another one.

    Attributes:
        strategies: The library; default: ours.
    """

    template: ClassVar[Template] = "rewrite_mutation"
    verb: ClassVar[str] = "varied"
    strategies: Sequence[Strategy] | None = None
    name: str = "mutations"

    def fill(self, task: RewriteTask, context: ProposalContext, _name: str, turn: int) -> RewriteTask:
        """Show one idea; which comes first is drawn by the state, so that a population spreads out."""
        library = strategies_for(context.metric_description, self.strategies)
        first = context.random("mutation", state_id(context.state)).randrange(len(library)) if library else 0
        idea = [library[(first + turn) % len(library)].text] if library else []
        return replace(task, advice=tuple(idea))
