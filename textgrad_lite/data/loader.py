"""Minibatches in an order that depends on the seed alone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from textgrad_lite.data.dataset import Dataset
from textgrad_lite.data.example import Example
from textgrad_lite.errors import ConfigurationError


class DataLoader:
    """Draws minibatches, every example once per epoch, in a new seeded order in each.

    Iterating gives the rest of the present epoch, as a loop of PyTorch's does; :meth:`draw` goes on for ever.
    The last minibatch of an epoch may be smaller.

    Args:
        dataset: The examples.
        batch_size: Examples per minibatch.
        seed: Decides the order of every epoch.
        shuffle: False keeps the dataset's own order.
    """

    def __init__(self, dataset: Dataset, batch_size: int, *, seed: int = 0, shuffle: bool = True) -> None:
        if batch_size < 1:
            raise ConfigurationError("a minibatch needs at least one example")
        self.dataset = dataset
        self._shuffle = shuffle
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = 0
        self.position = 0

    def draw(self) -> Sequence[Example]:
        """The next minibatch, beginning a new epoch where one ends."""
        if self.position >= len(self.dataset):
            self.epoch += 1
            self.position = 0
        chosen = self._order()[self.position : self.position + self.batch_size]
        self.position += len(chosen)
        return tuple(self.dataset[index] for index in chosen)

    def __iter__(self) -> Iterator[Sequence[Example]]:
        epoch = self.epoch + (self.position >= len(self.dataset))
        while True:
            batch = self.draw()
            yield batch
            if self.epoch > epoch or self.position >= len(self.dataset):
                return

    def __len__(self) -> int:
        """Minibatches per epoch."""
        return -(-len(self.dataset) // self.batch_size)

    def state_dict(self) -> dict[str, int]:
        """Where it stands, as JSON."""
        return {"seed": self.seed, "epoch": self.epoch, "position": self.position}

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Goes on where another loader of the same dataset stood."""
        self.seed, self.epoch, self.position = state["seed"], state["epoch"], state["position"]

    def _order(self) -> list[int]:
        order = list(range(len(self.dataset)))
        if self._shuffle:
            random.Random(f"epoch {self.seed} {self.epoch}").shuffle(order)  # noqa: S311 - reproducible, not secret
        return order
