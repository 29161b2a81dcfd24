"""Examples: read from files with every bad line reported, split once by seed, drawn in minibatches."""

from textgrad_lite.data.dataset import Dataset, Splits
from textgrad_lite.data.example import Example
from textgrad_lite.data.loader import DataLoader

__all__ = ["DataLoader", "Dataset", "Example", "Splits"]
