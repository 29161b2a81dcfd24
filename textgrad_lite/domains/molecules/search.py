"""A search among molecules: propose, measure, go on from the best. Who proposes can be exchanged.

The loop counts molecules that are measured, which is what a docking costs, so that proposers can be compared
at equal expense.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence

from textgrad_lite import runtime
from textgrad_lite.domains.molecules.chemistry import canonical_smiles, find_problem
from textgrad_lite.domains.molecules.metric import Assessment, MoleculeMetric
from textgrad_lite.domains.molecules.trajectory import Ending, Trajectory, Trial
from textgrad_lite.errors import (
    BackwardError,
    BudgetExceededError,
    ConfigurationError,
    DataError,
    TextgradError,
)
from textgrad_lite.training.failures import original_error


class Proposer(ABC):
    """Proposes molecules."""

    @abstractmethod
    async def propose(self, parent: Trial, trials: Sequence[Trial], count: int) -> list[str]:
        """Propose changes of one molecule.

        Args:
            parent: The best molecule so far.
            trials: All that was tried, the parent among it.
            count: How many molecules are wanted.

        Returns:
            SMILES strings. What is no molecule, or was tried before, is dropped by the caller.
        """


class MoleculeSearch:
    """Tries molecules until so many are measured, or a budget of the engine's is spent.

    Args:
        metric: How they are scored.
        proposer: Who proposes them.
        trials: How many are measured besides the start.
        width: How many are asked for, and measured, at once.
        patience: After how many rounds in a row without a new molecule the search ends early.
        on_trial: Called with each trial as soon as its round is measured, on the runtime's loop.

    Raises:
        ConfigurationError: One of the numbers is below 1.
    """

    def __init__(
        self,
        metric: MoleculeMetric,
        proposer: Proposer,
        *,
        trials: int = 30,
        width: int = 2,
        patience: int = 5,
        on_trial: Callable[[Trial], object] | None = None,
    ) -> None:
        for name, number in (("trials", trials), ("width", width), ("patience", patience)):
            if number < 1:
                raise ConfigurationError(f"{name} is {number}", hint="Give 1 or more.")
        self.metric = metric
        self.proposer = proposer
        self._limit = trials + 1
        self._width = width
        self._patience = patience
        self._on_trial = on_trial

    def run(self, start: str) -> Trajectory:
        """Search from one molecule, and wait for the end.

        Args:
            start: SMILES.

        Raises:
            DataError: The start is not one molecule.
        """
        return runtime.run(self._search(start))

    async def arun(self, start: str) -> Trajectory:
        """Same as :meth:`run`, from any event loop."""
        return await runtime.arun(self._search(start))

    async def _search(self, start: str) -> Trajectory:
        first = await self.metric.assess(start)
        if first.problem:
            raise DataError(f"the search cannot start: {first.problem}", hint="Give a SMILES string.")
        trials: list[Trial] = []
        self._note(trials, [first], parent=None)
        idle = 0
        ending: Ending = "trials"
        while len(trials) < self._limit and ending == "trials":
            parent = Trajectory(self.metric.objectives, tuple(trials)).best
            count = min(self._width, self._limit - len(trials))
            try:
                proposed = await self.proposer.propose(parent, tuple(trials), count)
            except TextgradError as error:
                if not _is_over_budget(error):
                    raise
                ending = "budget"
                break
            new = _untried(proposed, trials)[:count]
            self._note(trials, await asyncio.gather(*map(self.metric.assess, new)), parent.number)
            idle = 0 if new else idle + 1
            ending = "patience" if idle == self._patience else "trials"
        return Trajectory(self.metric.objectives, tuple(trials), ending)

    def _note(self, trials: list[Trial], found: Iterable[Assessment], parent: int | None) -> None:
        for one in found:
            trials.append(_trial(len(trials), one, parent))
            if self._on_trial is not None:
                self._on_trial(trials[-1])


def _is_over_budget(error: TextgradError) -> bool:
    """Whether a budget is spent: by the proposer's own call, or by one of a backward pass."""
    causes = error.failures if isinstance(error, BackwardError) else (error,)
    return any(isinstance(original_error(cause), BudgetExceededError) for cause in causes)


def _untried(proposed: Sequence[str], trials: Sequence[Trial]) -> list[str]:
    """The new molecules among what was proposed, canonical, each once."""
    tried = {trial.smiles for trial in trials}
    molecules = dict.fromkeys(canonical_smiles(text) for text in proposed if not find_problem(text))
    return [smiles for smiles in molecules if smiles not in tried]


def _trial(number: int, found: Assessment, parent: int | None) -> Trial:
    values = {name: measurement.value for name, measurement in found.measurements.items()}
    return Trial(number, found.smiles, found.score, values, found.words, parent)
