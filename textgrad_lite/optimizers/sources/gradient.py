"""Proposals from criticism: textual gradient descent as a source for a search."""

from __future__ import annotations

from dataclasses import dataclass, replace

from textgrad_lite import runtime
from textgrad_lite.graph import Gradient, Variable
from textgrad_lite.optimizers.rewriter import Rewriter
from textgrad_lite.optimizers.sources.context import ProposalContext, SourceResult
from textgrad_lite.optimizers.sources.model_source import (
    ModelSource,
    is_context_shown,
    past_versions_of,
    peers_of,
    result_of,
    value_in,
)
from textgrad_lite.optimizers.subject import Subject, propose


@dataclass
class GradientSource(ModelSource):
    """Rewrites every criticised parameter from what was said about it; one candidate per draw.

    Attributes:
        most_criticisms: How many criticisms one request shows at most; each draw shows others.
        shows_context: Show with each criticism what happened in the call that it is about. Default: not to
            ``local/…`` models. A 1.5B model that sees an item copies it into the text, and the leak guard
            refuses that.
        momentum_window: How many earlier values are shown with their scores, the best ones.
    """

    most_criticisms: int = 4
    shows_context: bool | None = None
    momentum_window: int = 3
    name: str = "gradients"

    def worst_case_calls(self, parameters: int = 1) -> int:
        """Each parameter may be asked for ``attempts`` times."""
        return parameters * self.attempts

    async def propose(self, context: ProposalContext, draw: int) -> SourceResult:
        """Ask for a new text for every parameter that somebody criticised, all at once."""
        rewriter = self.make_rewriter(context)
        return await runtime.arun(self._propose(context, draw, rewriter))

    def advice(self, _context: ProposalContext, _draw: int, /) -> tuple[str, ...]:
        """General strategies to show besides the criticism; none here."""
        return ()

    async def _propose(self, context: ProposalContext, draw: int, rewriter: Rewriter) -> SourceResult:
        subjects = [
            self.subject_of(context, name, variable, self._chosen(context, name, draw, rewriter), draw)
            for name, variable in context.parameters.items()
        ]
        asked = [subject for subject in subjects if not subject.reason_to_leave_it]
        proposals = await propose(rewriter, asked, draws=(draw,), source=self.name)
        return result_of(context, self.name, proposals)

    def subject_of(
        self,
        context: ProposalContext,
        name: str,
        variable: Variable,
        gradients: tuple[Gradient, ...],
        draw: int,
    ) -> Subject:
        """One parameter with all that a model is shown of it."""
        return Subject(
            variable=variable,
            value=value_in(context, name),
            gradients=gradients,
            peers=peers_of(context, name),
            past_versions=past_versions_of(context, name, self.momentum_window),
            scoring="" if context.answer_line else context.metric_description,
            advice=self.advice(context, draw),
        )

    def _chosen(
        self, context: ProposalContext, name: str, draw: int, rewriter: Rewriter
    ) -> tuple[Gradient, ...]:
        """Some of the criticisms, in their order, and all that ask to keep the text."""
        shows_context = is_context_shown(self.shows_context, rewriter)
        gradients = context.gradients.get(name, ())
        criticisms = [index for index, gradient in enumerate(gradients) if not gradient.is_keep]
        if len(criticisms) > self.most_criticisms:
            chosen = context.random("criticisms", name, draw).sample(criticisms, self.most_criticisms)
        else:
            chosen = criticisms
        return tuple(
            gradient if shows_context else replace(gradient, context=None)
            for index, gradient in enumerate(gradients)
            if gradient.is_keep or index in chosen
        )
