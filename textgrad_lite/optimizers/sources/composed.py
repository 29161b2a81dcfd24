"""Proposals without a model: the start prompt, joined to a strategy of the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from textgrad_lite.prompts import PromptTemplate
from textgrad_lite.prompts.composition import compose
from textgrad_lite.prompts.strategies import Strategy, load_strategies

MOST_WORDS_TO_LEAVE_OUT = 12
"""A longer prompt says more than a strategy can stand in for."""


@dataclass
class ComposedStrategySource:
    """Joins the text that the search began with to one strategy; draw by draw another.

    The strategies come in the order of the library, each with the whole text after it and, where that is a
    short one without placeholders, also alone: a text such as "Answer with a number only." may be just what
    keeps a model from showing its work. Of several parameters each has its turn, the most criticised first.
    When all was proposed there is nothing more.

    Attributes:
        strategies: The library; default: ours.
        name: Name of the source.
    """

    strategies: Sequence[Strategy] | None = None
    name: str = "strategies"

    def worst_case_calls(self, parameters: int = 1) -> int:  # noqa: ARG002 - nobody is asked
        """No model is asked."""
        return 0

    async def propose(self, context: ProposalContext, draw: int) -> SourceResult:
        """Compose one text."""
        names = _by_criticism(context)
        texts = self._compositions(context, names[draw % len(names)]) if names else []
        if not texts or draw // len(names) >= len(texts):
            return SourceResult()
        note, text = texts[draw // len(names)]
        return await runtime.arun(self._checked(context, names[draw % len(names)], text, note))

    def _compositions(self, context: ProposalContext, name: str) -> list[tuple[str, str]]:
        """Every text for one parameter, with what was done."""
        start = context.state if context.start_state is None else context.start_state
        original = str(start[name])
        scoring = context.metric_description
        texts: list[tuple[str, str]] = []
        for strategy in load_strategies() if self.strategies is None else self.strategies:
            texts.append((strategy.name, compose(strategy, original, scoring)))
            if _can_be_left_out(original):
                texts.append((f"{strategy.name}, alone", compose(strategy, "", scoring)))
        return [(note, in_form_of(original, text)) for note, text in texts]

    async def _checked(self, context: ProposalContext, name: str, text: str, note: str) -> SourceResult:
        old = str(context.state[name])
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
            note=f"{name}: {note}",
            proposals=(proposal,),
        )
        return SourceResult(candidates_from(context, candidate))


def _by_criticism(context: ProposalContext) -> list[str]:
    """The parameters that are texts, the most criticised first."""

    def n_criticisms(name: str) -> int:
        return sum(not gradient.is_keep for gradient in context.gradients.get(name, ()))

    texts = [name for name in context.module.named_parameters() if isinstance(context.state[name], str)]
    return sorted(texts, key=n_criticisms, reverse=True)


def _can_be_left_out(prompt: str) -> bool:
    return len(prompt.split()) <= MOST_WORDS_TO_LEAVE_OUT and not PromptTemplate.parse(prompt).placeholders
