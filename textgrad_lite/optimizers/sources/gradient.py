"""Proposals from criticism: textual gradient descent as a source for a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import JsonValue

from textgrad_lite import runtime
from textgrad_lite.engines import as_engine, get_backward_engine
from textgrad_lite.graph import Gradient, Value, Variable
from textgrad_lite.optimizers.proposal import Proposal
from textgrad_lite.optimizers.rewriter import Rewriter
from textgrad_lite.optimizers.sources.context import (
    Candidate,
    ProposalContext,
    SourceResult,
    candidates_from,
    state_id,
)
from textgrad_lite.optimizers.subject import Subject, propose, value_like
from textgrad_lite.prompts.rewrite import PastVersion, Peer


@dataclass
class GradientSource:
    """Rewrites every criticised parameter from what was said about it; one candidate per draw.

    Attributes:
        engine: Who rewrites, or its name; default: the backward engine at the time of the call.
        constraints: Conditions in words.
        most_criticisms: How many criticisms one request shows at most; each draw shows others.
        shows_context: Show with each criticism what happened in the call that it is about. Default: not to
            ``local/…`` models. A 1.5B model that sees an item copies it into the text, and the leak guard
            refuses that.
        momentum_window: How many earlier values are shown with their scores, the best ones.
        attempts: How often the model is asked for one text at most.
        is_structured: Ask for JSON by a schema where the engine enforces one.
        sampling: Further fields of the request, such as ``temperature``.
        name: Name of the source.
    """

    engine: object = None
    constraints: Sequence[str] = ()
    most_criticisms: int = 4
    shows_context: bool | None = None
    momentum_window: int = 3
    attempts: int = 2
    is_structured: bool = False
    sampling: dict[str, Any] = field(default_factory=dict)
    name: str = "gradients"

    def worst_case_calls(self, parameters: int = 1) -> int:
        """Each parameter may be asked for ``attempts`` times."""
        return parameters * self.attempts

    async def propose(self, context: ProposalContext, draw: int) -> SourceResult:
        """Ask for a new text for every parameter that somebody criticised, all at once."""
        rewriter = self._rewriter(context)
        return await runtime.arun(self._propose(context, draw, rewriter))

    def advice(self, _context: ProposalContext, _draw: int, /) -> tuple[str, ...]:
        """General strategies to show besides the criticism; none here."""
        return ()

    async def _propose(self, context: ProposalContext, draw: int, rewriter: Rewriter) -> SourceResult:
        subjects = [
            self._subject(context, name, variable, self._chosen(context, name, draw, rewriter), draw)
            for name, variable in context.module.named_parameters().items()
        ]
        asked = [subject for subject in subjects if not subject.reason_to_leave_it]
        proposals = await propose(rewriter, asked, draws=(draw,), source=self.name)
        return _result(context, self.name, proposals)

    def _rewriter(self, context: ProposalContext) -> Rewriter:
        return Rewriter(
            as_engine(self.engine) if self.engine is not None else get_backward_engine(),
            constraints=context.constraints,
            rules=(*self.constraints, *_form(context)),
            attempts=self.attempts,
            is_structured=self.is_structured,
            sampling=self.sampling,
        )

    def _subject(
        self,
        context: ProposalContext,
        name: str,
        variable: Variable,
        gradients: tuple[Gradient, ...],
        draw: int,
    ) -> Subject:
        peers = [
            Peer(other.role_description, str(context.state[other_name]))
            for other_name, other in context.module.named_parameters().items()
            if other_name != name
        ]
        return Subject(
            variable=variable,
            value=value_in(context, name),
            gradients=gradients,
            peers=tuple(peers),
            past_versions=self._past_versions(context, name),
            scoring="" if context.answer_line else context.metric_description,
            advice=self.advice(context, draw),
        )

    def _chosen(
        self, context: ProposalContext, name: str, draw: int, rewriter: Rewriter
    ) -> tuple[Gradient, ...]:
        """Some of the criticisms, in their order, and all that ask to keep the text."""
        is_local = rewriter.engine.name.startswith("local/")
        shows_context = not is_local if self.shows_context is None else self.shows_context
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

    def _past_versions(self, context: ProposalContext, name: str) -> tuple[PastVersion, ...]:
        scores = {str(state[name]): score for state, score in context.history}
        scores.pop(str(context.state[name]), None)
        versions = sorted((PastVersion(text, score) for text, score in scores.items()), key=_score)
        return tuple(versions[len(versions) - min(self.momentum_window, len(versions)) :])


def value_in(context: ProposalContext, name: str) -> Value:
    """The value of a parameter in the state to set out from."""
    value = context.state[name]
    return value if isinstance(value, int | float) else str(value)


def _form(context: ProposalContext) -> tuple[str, ...]:
    """Where the metric looks for a mark: a line to copy, which helps a weak model more than the reason."""
    line = context.answer_line
    return (f"End it with this sentence: {line}",) if line else ()


def _score(version: PastVersion) -> float:
    return version.score or 0.0


def _result(context: ProposalContext, source: str, proposals: Sequence[Proposal]) -> SourceResult:
    accepted = tuple(proposal for proposal in proposals if proposal.is_accepted)
    rejected = tuple(proposal for proposal in proposals if not proposal.is_accepted)
    names = {variable: name for name, variable in context.module.named_parameters().items()}
    changes: dict[str, JsonValue] = {}
    for proposal in accepted:
        name = names[proposal.parameter]
        changes[name] = value_like(value_in(context, name), proposal.new or "")
    candidate = Candidate(
        state={**context.state, **changes},
        source=source,
        parents=(state_id(context.state),),
        note=f"rewrote {', '.join(changes)}",
        proposals=accepted,
    )
    return SourceResult(candidates_from(context, candidate), rejected)
