"""Proposals without a model: the start prompt, joined to a strategy of the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textgrad_lite import runtime
from textgrad_lite.optimizers.constraints import first_violation
from textgrad_lite.optimizers.proposal import Proposal
from textgrad_lite.optimizers.sources.context import (
    Candidate,
    ProposalContext,
    SourceResult,
    candidates_from,
    state_id,
)
from textgrad_lite.optimizers.text_form import in_form_of
from textgrad_lite.prompts.composition import compose
from textgrad_lite.prompts.strategies import Strategy, strategies_for


@dataclass
class ComposedStrategySource:
    """Joins the text that the search began with to one strategy; draw by draw another.

    The strategies come in the order of the library, those first that suit the metric; the text itself stays
    whole. Of several parameters each has its turn, the most criticised first. When all was proposed there is
    nothing more.

    Attributes:
        strategies: The library; default: ours.
        name: Name of the source.
    """

    reads_criticism: ClassVar[bool] = False
    strategies: Sequence[Strategy] | None = None
    name: str = "strategies"

    def worst_case_calls(self, parameters: int = 1) -> int:  # noqa: ARG002 - nobody is asked
        """No model is asked."""
        return 0

    async def propose(self, context: ProposalContext, draw: int) -> SourceResult:
        """Compose one text."""
        names = _by_criticism(context)
        library = strategies_for(context.metric_description, self.strategies)
        if not names or draw // len(names) >= len(library):
            return SourceResult()
        strategy = library[draw // len(names)]
        return await runtime.arun(self._composed(context, names[draw % len(names)], strategy))

    async def _composed(self, context: ProposalContext, name: str, strategy: Strategy) -> SourceResult:
        start = context.state if context.start_state is None else context.start_state
        original, old = str(start[name]), str(context.state[name])
        text = in_form_of(original, compose(original, strategy, context.answer_line))
        violation = await runtime.call_user(first_violation, context.constraints, old, text)
        proposal = Proposal(
            parameter=context.module.named_parameters()[name],
            old=old,
            new=text,
            is_accepted=violation is None,
            reason=violation or "",
            source=self.name,
        )
        if violation:
            return SourceResult(rejected=(proposal,))
        candidate = Candidate(
            state={**context.state, name: text},
            source=self.name,
            parents=(state_id(context.state),),
            note=f"{name}: {strategy.name}",
            proposals=(proposal,),
        )
        return SourceResult(candidates_from(context, candidate))


def _by_criticism(context: ProposalContext) -> list[str]:
    """The parameters that are texts, the most criticised first."""

    def n_criticisms(name: str) -> int:
        return sum(not gradient.is_keep for gradient in context.gradients.get(name, ()))

    texts = [name for name in context.parameters if isinstance(context.state[name], str)]
    return sorted(texts, key=n_criticisms, reverse=True)
