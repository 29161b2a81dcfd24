"""Search strategies, one a file: what a step of a search does."""

from textgrad_lite.training.strategies.greedy import Greedy
from textgrad_lite.training.strategies.halving import Halving

__all__ = ["Greedy", "Halving"]
