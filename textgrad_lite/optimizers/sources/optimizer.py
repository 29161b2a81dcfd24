"""Proposals by an optimizer that the user has set up, as a source for a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from textgrad_lite.graph import Gradient, Variable
from textgrad_lite.optimizers.rewriter import Rewriter
from textgrad_lite.optimizers.sources.context import ProposalContext
from textgrad_lite.optimizers.sources.gradient import GradientSource
from textgrad_lite.optimizers.subject import Subject
from textgrad_lite.optimizers.tgd import TextualGradientDescent

T = TypeVar("T")


@dataclass
class OptimizerSource(GradientSource):
    """Rewrites as a :class:`TGD` would: its engine, conditions, marks, examples and sampling.

    A search has its own memory, of all states with their scores, so that of the optimizer is not used.

    Attributes:
        optimizer: The optimizer. Parameters that it does not hold are left alone.
    """

    optimizer: TextualGradientDescent = field(kw_only=True)

    def __post_init__(self) -> None:
        self.engine = self.optimizer.engine
        self.attempts = self.optimizer.attempts
        self.momentum_window = self.optimizer.momentum_window or self.momentum_window

    def make_rewriter(self, context: ProposalContext, system_prompt: str | None = None) -> Rewriter:
        """The optimizer's own way to ask, held to the conditions of the search besides."""
        searching = super().make_rewriter(context, system_prompt)
        own = self.optimizer.make_rewriter()
        return replace(
            own,
            constraints=_joined(own.constraints, searching.constraints),
            rules=_joined(own.rules, searching.rules),
        )

    def subject_of(
        self,
        context: ProposalContext,
        name: str,
        variable: Variable,
        gradients: tuple[Gradient, ...],
        draw: int,
    ) -> Subject:
        """The parameter with the optimizer's examples; without criticism where it is not the optimizer's."""
        is_held = any(variable is parameter for parameter in self.optimizer.parameters)
        subject = super().subject_of(context, name, variable, gradients if is_held else (), draw)
        return replace(subject, examples=self.optimizer.in_context_examples)


def _joined(one: Sequence[T], other: Sequence[T]) -> tuple[T, ...]:
    """Both, without what is in both twice."""
    return (*one, *(each for each in other if each not in one))
