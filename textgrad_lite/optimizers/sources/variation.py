"""Proposals made from texts that there are, without criticism of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar

from textgrad_lite import runtime
from textgrad_lite.optimizers.rewriter import Rewriter
from textgrad_lite.optimizers.sources.context import ProposalContext, SourceResult
from textgrad_lite.optimizers.sources.model_source import (
    ModelSource,
    peers_of,
    result_of,
    texts_of,
    value_in,
)
from textgrad_lite.optimizers.subject import Subject, ask_for
from textgrad_lite.prompts.rewrite import RewriteTask, Template, render_author


@dataclass
class VariationSource(ModelSource, ABC):
    """Asks for one text per draw; of several parameters each has its turn."""

    reads_criticism: ClassVar[bool] = False
    template: ClassVar[Template]
    verb: ClassVar[str]

    def worst_case_calls(self, parameters: int = 1) -> int:  # noqa: ARG002 - one of them is asked about
        """One parameter may be asked for ``attempts`` times."""
        return self.attempts

    async def propose(self, context: ProposalContext, draw: int) -> SourceResult:
        """Ask for a new text for one parameter; nothing where there is nothing to make it from."""
        rewriter = self.make_rewriter(context, render_author())
        return await runtime.arun(self._propose(context, draw, rewriter))

    @abstractmethod
    def fill(self, task: RewriteTask, context: ProposalContext, name: str, turn: int) -> RewriteTask | None:
        """Adds to the request what this source shows; None where it has nothing to go by.

        Args:
            task: The request so far: role, text, and the texts that it works together with.
            context: What is known.
            name: The parameter's name.
            turn: How often the parameter was asked about before, from the same state.
        """

    def mates(self, _context: ProposalContext, _turn: int, /) -> tuple[str, ...]:
        """Ids of further states that the text is made from; none here."""
        return ()

    async def _propose(self, context: ProposalContext, draw: int, rewriter: Rewriter) -> SourceResult:
        texts = texts_of(context)
        if not texts:
            return SourceResult()
        name, turn = list(texts)[draw % len(texts)], draw // len(texts)
        subject = Subject(
            variable=texts[name],
            value=value_in(context, name),
            gradients=(),
            peers=peers_of(context, name),
            scoring="" if context.answer_line else context.metric_description,
        )
        task = self.fill(replace(subject.task(), template=self.template), context, name, turn)
        if task is None:
            return SourceResult()
        proposal = await ask_for(rewriter, subject, task, draw=draw, source=self.name)
        return result_of(context, self.name, [proposal], note=self.verb, mates=self.mates(context, turn))
