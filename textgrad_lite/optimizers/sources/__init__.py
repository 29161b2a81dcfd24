"""Sources of proposals, one idea a file: where the next candidates of a search come from."""

from textgrad_lite.optimizers.sources.composed import ComposedStrategySource
from textgrad_lite.optimizers.sources.context import (
    Candidate,
    ProposalContext,
    ProposalSource,
    SourceResult,
    State,
    Trace,
    reads_criticism,
    refines,
    state_id,
)
from textgrad_lite.optimizers.sources.crossover import CrossoverSource
from textgrad_lite.optimizers.sources.gradient import GradientSource
from textgrad_lite.optimizers.sources.history import HistorySource
from textgrad_lite.optimizers.sources.mutation import MutationSource
from textgrad_lite.optimizers.sources.optimizer import OptimizerSource
from textgrad_lite.optimizers.sources.paraphrase import ParaphraseSource
from textgrad_lite.optimizers.sources.strategy import StrategySource
from textgrad_lite.optimizers.sources.worked_examples import WorkedExampleSource

__all__ = [
    "Candidate",
    "ComposedStrategySource",
    "CrossoverSource",
    "GradientSource",
    "HistorySource",
    "MutationSource",
    "OptimizerSource",
    "ParaphraseSource",
    "ProposalContext",
    "ProposalSource",
    "SourceResult",
    "State",
    "StrategySource",
    "Trace",
    "WorkedExampleSource",
    "reads_criticism",
    "refines",
    "state_id",
]
