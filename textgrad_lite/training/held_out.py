"""The test set, handed over as an object that can be opened once."""

from __future__ import annotations

from collections.abc import Sequence

from textgrad_lite.data import Dataset, Example
from textgrad_lite.errors import BudgetExceededError, RunError
from textgrad_lite.optimizers.sources import State
from textgrad_lite.training.evaluation import Evaluator
from textgrad_lite.training.results import EvaluationResult, ExampleResult

_BLOCK = 20


class HeldOut:
    """Test examples that no decision of a search can be made with.

    They are scored once: the original and, where there is one, the best candidate, with the same settings.

    Args:
        dataset: The examples.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._examples = tuple(dataset)
        self._is_open = False

    def __len__(self) -> int:
        return len(self._examples)

    async def score(
        self, evaluator: Evaluator, before: State, after: State | None = None
    ) -> tuple[EvaluationResult, EvaluationResult | None]:
        """Scores one or two states, block by block, so that a budget that ends leaves complete pairs.

        Where to stop does not depend on the results, so the pairs that were scored are a fair sample. How
        many calls may fail is decided by the whole test set: its last block may be a single example.

        Raises:
            RunError: If it was opened before.
        """
        if self._is_open:
            raise RunError("the test set has been scored, and can be scored only once")
        self._is_open = True
        states = [before] if after is None else [before, after]
        names = ["test, before", "test, after"][: len(states)]
        ways = [evaluator.evaluate, evaluator.evaluate_candidate]
        whole = [evaluator.begin(name, len(self)) for name in names]
        collected: list[list[ExampleResult]] = [[] for _ in states]
        try:
            for start in range(0, len(self._examples), _BLOCK):
                block = self._examples[start : start + _BLOCK]
                done = [
                    await run(state, block, progress=progress)
                    for run, state, progress in zip(ways, states, whole, strict=False)
                ]
                for results, more in zip(collected, done, strict=True):
                    results.extend(more.examples)
        except BudgetExceededError:
            if not collected[0]:
                raise
        made = [evaluator.collect(name, results) for name, results in zip(names, collected, strict=True)]
        return made[0], made[1] if after is not None else None


def texts_of(examples: Sequence[Example]) -> list[str]:
    """All text of examples, for guards against leaks."""
    return ["\n".join([e.input, *e.fields.values(), *([e.target] if e.target else [])]) for e in examples]
