"""Proposals that join two texts, as EvoPrompt does (arXiv 2309.08532)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textgrad_lite.optimizers.sources.context import ProposalContext, State, state_id
from textgrad_lite.optimizers.sources.variation import VariationSource
from textgrad_lite.prompts.rewrite import PastVersion, RewriteTask, Template


@dataclass
class CrossoverSource(VariationSource):
    """Joins a text with that of another state: of the mates given, else of the best others in the history.

    Without another state, or where its text is the same, nobody is asked.
    """

    template: ClassVar[Template] = "rewrite_crossover"
    verb: ClassVar[str] = "joined"
    name: str = "crossovers"

    def fill(self, task: RewriteTask, context: ProposalContext, name: str, turn: int) -> RewriteTask | None:
        """Show the mate's text with its score."""
        mate = _mate(context, turn)
        if mate is None or mate[name] == context.state[name]:
            return None
        scores = {state_id(state): score for state, score in context.history}
        return replace(task, past_versions=(PastVersion(str(mate[name]), scores.get(state_id(mate))),))

    def mates(self, context: ProposalContext, turn: int, /) -> tuple[str, ...]:
        """The state that was joined with this one."""
        mate = _mate(context, turn)
        return () if mate is None else (state_id(mate),)


def _mate(context: ProposalContext, turn: int) -> State | None:
    mates = context.mates or _others(context)
    return mates[turn % len(mates)] if mates else None


def _others(context: ProposalContext) -> Sequence[State]:
    own = state_id(context.state)
    ranked = sorted(context.history, key=lambda entry: -entry[1])
    return [state for state, _ in ranked if state_id(state) != own]
