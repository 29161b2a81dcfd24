"""Examples: read from files with every bad line reported, split once by seed, drawn in minibatches."""

from textgrad_lite.data.dataset import Dataset
from textgrad_lite.data.example import Example
from textgrad_lite.data.loader import DataLoader
from textgrad_lite.data.splits import Splits

__all__ = ["DataLoader", "Dataset", "Example", "Splits"]
