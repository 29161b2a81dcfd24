"""Proposals: what a parameter might say next, from what was said about it, and the checks before it may."""

from textgrad_lite.optimizers.constraints import (
    Constraint,
    IsNumber,
    JsonSchema,
    KeepsPlaceholders,
    Matches,
    MaxChange,
    MaxLength,
    ParsesAsPython,
    Satisfies,
)
from textgrad_lite.optimizers.edit_size import AdaptiveEdit, ConstantEdit, DecayingEdit, EditSize
from textgrad_lite.optimizers.leaks import LeakGuard
from textgrad_lite.optimizers.proposal import Proposal, StepReport
from textgrad_lite.optimizers.sources import (
    Candidate,
    ComposedStrategySource,
    CrossoverSource,
    GradientSource,
    HistorySource,
    MutationSource,
    ParaphraseSource,
    ProposalContext,
    ProposalSource,
    SourceResult,
    StrategySource,
    Trace,
    WorkedExampleSource,
    state_id,
)
from textgrad_lite.optimizers.tgd import TGD, TextualGradientDescent

__all__ = [
    "TGD",
    "AdaptiveEdit",
    "Candidate",
    "ComposedStrategySource",
    "ConstantEdit",
    "Constraint",
    "CrossoverSource",
    "DecayingEdit",
    "EditSize",
    "GradientSource",
    "HistorySource",
    "IsNumber",
    "JsonSchema",
    "KeepsPlaceholders",
    "LeakGuard",
    "Matches",
    "MaxChange",
    "MaxLength",
    "MutationSource",
    "ParaphraseSource",
    "ParsesAsPython",
    "Proposal",
    "ProposalContext",
    "ProposalSource",
    "Satisfies",
    "SourceResult",
    "StepReport",
    "StrategySource",
    "TextualGradientDescent",
    "Trace",
    "WorkedExampleSource",
    "state_id",
]
