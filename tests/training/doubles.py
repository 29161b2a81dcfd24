"""What the tests of this room share."""

from __future__ import annotations

from textgrad_lite.data import Dataset, Example
from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.training.fit_result import FitResult
from textgrad_lite.training.scores import Score


def make_model(task: SimulatedTask) -> PromptModel:
    """The prompt of a simulated task as a module, with a slot for worked examples."""
    return PromptModel(task.prompt, task.engine, examples=ExampleSlot())


def make_score(mean: float = 0.5, n: int = 10) -> Score:
    """A score of right and wrong, without its kinds."""
    return Score(mean=mean, n=n, low=max(0.0, mean - 0.2), high=min(1.0, mean + 0.2))


def make_dataset(n: int, *, start: int = 0) -> Dataset:
    """Examples that are told apart by their number."""
    return Dataset(
        Example(id=str(number), input=f"question {number}", target=str(number))
        for number in range(start, start + n)
    )


def without_spend(result: FitResult) -> FitResult:
    """A result without what depends on how often the run was resumed."""
    return result.model_copy(update={"spend": (), "run": None})
