"""What a search tried, in order: the best so far, the front over all objectives, and its file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from textgrad_lite.domains.molecules.objectives import Objective
from textgrad_lite.errors import DataError

TRAJECTORY = "trajectory.jsonl"

Ending = Literal["trials", "patience", "budget"]
"""Why a search ended: enough molecules were measured, no new one was proposed, or a budget was spent."""


@dataclass(frozen=True)
class Trial:
    """One molecule that was measured.

    Attributes:
        number: Its place in the search; the start is 0.
        smiles: Canonical SMILES.
        score: From 0 to 1.
        values: By objective, in its own unit; None where it could not be determined.
        words: What was said of it.
        parent: Number of the trial that it was made from; None for the start.
    """

    number: int
    smiles: str
    score: float
    values: Mapping[str, float | None]
    words: str = ""
    parent: int | None = None


@dataclass(frozen=True)
class Trajectory:
    """All trials of one search.

    Attributes:
        objectives: What was wanted.
        trials: In order, the start first.
        ending: Why the search ended.
    """

    objectives: tuple[Objective, ...]
    trials: tuple[Trial, ...]
    ending: Ending = "trials"

    @property
    def best(self) -> Trial:
        """The trial with the highest score; the earliest among equals."""
        return max(self.trials, key=lambda trial: (trial.score, -trial.number))

    @property
    def improvements(self) -> tuple[Trial, ...]:
        """The start, and every trial that was better than all before it."""
        found: list[Trial] = []
        for trial in self.trials:
            if not found or trial.score > found[-1].score:
                found.append(trial)
        return tuple(found)

    @property
    def front(self) -> tuple[Trial, ...]:
        """The trials that no other one beats in every objective, in order; see :func:`pareto_front`."""
        return pareto_front(self.trials, self.objectives)

    def best_score_after(self, trials: int) -> float:
        """The best score among the start and the first so many trials."""
        return max(trial.score for trial in self.trials[: trials + 1])

    def save(self, folder: Path | str) -> Path:
        """Write one line of JSON per trial, and return the file."""
        path = Path(folder) / TRAJECTORY
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(asdict(trial), ensure_ascii=False) for trial in self.trials]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path


def read_trials(path: Path | str) -> tuple[Trial, ...]:
    """Read the trials that :meth:`Trajectory.save` wrote.

    Raises:
        DataError: The file cannot be read as trials.
    """
    trials = []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), start=1):
        try:
            trials.append(Trial(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise DataError(f"this is no trial: {error}", path=path, line=number) from error
    return tuple(trials)


def pareto_front(trials: Iterable[Trial], objectives: Sequence[Objective]) -> tuple[Trial, ...]:
    """The trials that are not dominated: none is as good in every objective and better in one.

    Trials with an objective that could not be determined take no part. Of equal ones the earliest stays.
    """
    complete = [trial for trial in trials if None not in trial.values.values()]
    points = [_goodness(trial, objectives) for trial in complete]
    return tuple(
        trial
        for place, trial in enumerate(complete)
        if not any(_dominates(other, points[place]) for other in points)
        and points[place] not in points[:place]
    )


def _goodness(trial: Trial, objectives: Sequence[Objective]) -> tuple[float, ...]:
    """Its values with their signs turned so that higher is better."""
    values = [trial.values[each.name] or 0.0 for each in objectives]
    return tuple(
        value if each.is_higher_better else -value for each, value in zip(objectives, values, strict=True)
    )


def _dominates(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one != other and all(a >= b for a, b in zip(one, other, strict=True))
