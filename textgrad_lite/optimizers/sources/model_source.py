"""What all sources that ask a model for a text have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from textgrad_lite.engines import as_engine, get_backward_engine
from textgrad_lite.graph import Value, Variable
from textgrad_lite.optimizers.proposal import Proposal
from textgrad_lite.optimizers.rewriter import Rewriter
from textgrad_lite.optimizers.sources.context import (
    Candidate,
    ProposalContext,
    SourceResult,
    candidates_from,
    state_id,
)
from textgrad_lite.optimizers.subject import value_like
from textgrad_lite.prompts.rewrite import PastVersion, Peer


@dataclass
class ModelSource:
    """Asks a model.

    Attributes:
        engine: Who is asked, or its name; default: the backward engine at the time of the call.
        constraints: Conditions in words.
        attempts: How often the model is asked for one text at most.
        is_structured: Ask for JSON by a schema where the engine enforces one.
        sampling: Further fields of the request, such as ``temperature``.
        name: Name of the source.
    """

    engine: object = None
    constraints: Sequence[str] = ()
    attempts: int = 2
    is_structured: bool = False
    sampling: dict[str, Any] = field(default_factory=dict)
    name: str = "model"

    def make_rewriter(self, context: ProposalContext, system_prompt: str | None = None) -> Rewriter:
        """How this source asks, by default as one who gets remarks on a text."""
        return Rewriter(
            as_engine(self.engine) if self.engine is not None else get_backward_engine(),
            constraints=context.constraints,
            rules=(*self.constraints, *_form(context)),
            system_prompt=system_prompt,
            attempts=self.attempts,
            is_structured=self.is_structured,
            sampling=self.sampling,
        )


def peers_of(context: ProposalContext, name: str) -> tuple[Peer, ...]:
    """The texts that a parameter works together with, frozen ones too."""
    module = context.module
    texts = [
        (other, str(context.state[other_name]))
        for other_name, other in module.named_parameters().items()
        if other_name != name
    ]
    texts += [(frozen, str(frozen.value)) for frozen in module.frozen_texts().values()]
    return tuple(Peer(other.role_description, text) for other, text in texts)


def past_versions_of(context: ProposalContext, name: str, most: int) -> tuple[PastVersion, ...]:
    """The best earlier values of a parameter with their scores, the best one last, not the present one."""
    scores = {str(state[name]): score for state, score in context.history}
    scores.pop(str(context.state[name]), None)
    versions = sorted((PastVersion(text, score) for text, score in scores.items()), key=_score)
    return tuple(versions[len(versions) - min(most, len(versions)) :])


def value_in(context: ProposalContext, name: str) -> Value:
    """The value of a parameter in the state to set out from."""
    value = context.state[name]
    return value if isinstance(value, int | float) else str(value)


def result_of(
    context: ProposalContext,
    source: str,
    proposals: Sequence[Proposal],
    *,
    note: str = "rewrote",
    mates: Sequence[str] = (),
) -> SourceResult:
    """What a source gives back: one candidate with all texts that were accepted, and those that were not.

    Args:
        context: What the source was told.
        source: Its name.
        proposals: The new texts.
        note: What was done, as a verb.
        mates: Ids of further parents.
    """
    accepted = tuple(proposal for proposal in proposals if proposal.is_accepted)
    rejected = tuple(proposal for proposal in proposals if not proposal.is_accepted)
    names = {variable: name for name, variable in context.module.named_parameters().items()}
    changes = {
        name: _value(context, name, proposal) for proposal in accepted for name in [names[proposal.parameter]]
    }
    candidate = Candidate(
        state={**context.state, **changes},
        source=source,
        parents=(state_id(context.state), *mates),
        note=f"{note} {', '.join(changes)}",
        proposals=accepted,
    )
    return SourceResult(candidates_from(context, candidate), rejected)


def is_context_shown(shows_context: bool | None, rewriter: Rewriter) -> bool:
    """Whether cases are shown: as the user wishes, else not to local models, which copy them."""
    return not rewriter.engine.name.startswith("local/") if shows_context is None else shows_context


def texts_of(context: ProposalContext) -> dict[str, Variable]:
    """The parameters that are texts and may be changed now, by name."""
    parameters = context.parameters.items()
    return {name: variable for name, variable in parameters if isinstance(context.state[name], str)}


def _value(context: ProposalContext, name: str, proposal: Proposal) -> JsonValue:
    return value_like(value_in(context, name), proposal.new or "")


def _form(context: ProposalContext) -> tuple[str, ...]:
    """Where the metric looks for a mark: a line to copy, which helps a weak model more than the reason."""
    line = context.answer_line
    return (f"End it with this sentence: {line}",) if line else ()


def _score(version: PastVersion) -> float:
    return version.score or 0.0
