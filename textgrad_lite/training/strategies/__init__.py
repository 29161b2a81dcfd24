"""Search strategies, one a file: what a step of a search does."""

from textgrad_lite.training.strategies.beam import Beam
from textgrad_lite.training.strategies.demonstrations import Demonstrations
from textgrad_lite.training.strategies.evolutionary import Evolutionary
from textgrad_lite.training.strategies.greedy import Greedy
from textgrad_lite.training.strategies.halving import Halving
from textgrad_lite.training.strategies.named import STRATEGIES, get_strategy
from textgrad_lite.training.strategies.opro import Opro
from textgrad_lite.training.strategies.pareto import Pareto
from textgrad_lite.training.strategies.racing import Racing

__all__ = [
    "STRATEGIES",
    "Beam",
    "Demonstrations",
    "Evolutionary",
    "Greedy",
    "Halving",
    "Opro",
    "Pareto",
    "Racing",
    "get_strategy",
]
