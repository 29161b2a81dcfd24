"""Tasks in the form that programs written for textgrad expect: pairs, batches of them, a scoring function."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import overload

from textgrad_lite.data import Dataset, Example
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.functions import Module
from textgrad_lite.graph import Variable
from textgrad_lite.losses import MetricLoss
from textgrad_lite.metrics import Metric


class Pairs(Sequence[tuple[str, str]]):
    """A dataset as pairs (question, answer).

    Args:
        dataset: The examples; :attr:`dataset` gives them back.
        description: The task's starting prompt.
    """

    def __init__(self, dataset: Dataset, description: str) -> None:
        self.dataset = dataset
        self._description = description

    def get_task_description(self) -> str:
        """The prompt to start from."""
        return self._description

    def __len__(self) -> int:
        return len(self.dataset)

    @overload
    def __getitem__(self, index: int) -> tuple[str, str]: ...
    @overload
    def __getitem__(self, index: slice) -> list[tuple[str, str]]: ...
    def __getitem__(self, index: int | slice) -> tuple[str, str] | list[tuple[str, str]]:
        if isinstance(index, slice):
            return [_as_pair(example) for example in self.dataset[index]]
        return _as_pair(self.dataset[index])


class DataLoader:
    """Batches of pairs: all questions, then all answers of each; a new order in every epoch.

    Args:
        data: The pairs.
        batch_size: Pairs per batch; the last one may be smaller.
        shuffle: False keeps the order of the data.
        seed: Decides the order of every epoch.
    """

    def __init__(
        self, data: Sequence[tuple[str, str]], batch_size: int = 32, shuffle: bool = True, *, seed: int = 0
    ) -> None:
        if batch_size < 1:
            raise ConfigurationError("a batch needs at least one pair")
        self.data = data
        self.batch_size = batch_size
        self.shuffle = shuffle
        self._random = random.Random(f"pairs {seed}")  # noqa: S311 - reproducible, not secret

    def __iter__(self) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        order = list(range(len(self.data)))
        if self.shuffle:
            self._random.shuffle(order)
        for start in range(0, len(order), self.batch_size):
            batch = [self.data[index] for index in order[start : start + self.batch_size]]
            yield tuple(question for question, _ in batch), tuple(answer for _, answer in batch)


class TaskScore(Module):
    """Scores a prediction with a task's metric; its output is the score as a number.

    Args:
        metric: The metric.
    """

    def __init__(self, metric: Metric) -> None:
        self.loss = MetricLoss(metric, shows_feedback=False)

    def forward(self, inputs: Mapping[str, Variable] | Sequence[Variable]) -> Variable:
        """Score a prediction.

        Args:
            inputs: ``[question, answer, prediction]``; or a mapping with ``prediction``,
                ``ground_truth_answer`` and, if it is at hand, ``question``.

        Returns:
            The score, pending.
        """
        if isinstance(inputs, Mapping):
            question, answer = inputs.get("question"), inputs["ground_truth_answer"]
            prediction = inputs["prediction"]
        else:
            question, answer, prediction = inputs
        asked = "" if question is None else str(question.value)
        return self.loss(prediction, Example(id="given", input=asked, target=str(answer.value)))

    def parse_output(self, output: Variable) -> int:
        """1 where the prediction is right, else 0; waits for it."""
        return int(float(str(output.value)))


def _as_pair(example: Example) -> tuple[str, str]:
    return example.input, example.target or ""
