"""Training: search that is guarded by measurement, spends within limits, and survives a crash."""

from textgrad_lite.training import events
from textgrad_lite.training.callbacks import Callback
from textgrad_lite.training.default_sources import default_sources, make_sources
from textgrad_lite.training.estimate import Estimate, EstimateRow
from textgrad_lite.training.evaluation import Evaluator
from textgrad_lite.training.fit_result import FitResult, SpendRow
from textgrad_lite.training.headroom import Headroom
from textgrad_lite.training.lineage import Lineage
from textgrad_lite.training.measurement import aevaluate, evaluate
from textgrad_lite.training.probing import Probe
from textgrad_lite.training.results import EvaluationResult, ExampleResult
from textgrad_lite.training.run_folder import RunFolder
from textgrad_lite.training.run_record import RunRecord
from textgrad_lite.training.scores import Score
from textgrad_lite.training.strategies import (
    Beam,
    Demonstrations,
    Evolutionary,
    Greedy,
    Halving,
    Opro,
    Pareto,
    get_strategy,
)
from textgrad_lite.training.strategy import Strategy
from textgrad_lite.training.trainer import Trainer
from textgrad_lite.training.verdict import Verdict

__all__ = [
    "Beam",
    "Callback",
    "Demonstrations",
    "Estimate",
    "EstimateRow",
    "EvaluationResult",
    "Evaluator",
    "Evolutionary",
    "ExampleResult",
    "FitResult",
    "Greedy",
    "Halving",
    "Headroom",
    "Lineage",
    "Opro",
    "Pareto",
    "Probe",
    "RunFolder",
    "RunRecord",
    "Score",
    "SpendRow",
    "Strategy",
    "Trainer",
    "Verdict",
    "aevaluate",
    "default_sources",
    "evaluate",
    "events",
    "get_strategy",
    "make_sources",
]
