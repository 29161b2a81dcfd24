"""Which instruction is tried with which set of worked examples: by chance, or by what was seen so far.

With the extra ``tpe``, optuna's tree-structured Parzen estimator (Bergstra and others 2011) chooses, as in
MIPROv2 (arXiv 2406.11695).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from typing import Any

from textgrad_lite.errors import MissingDependencyError

Pair = tuple[int, int]
_MOST_REPEATS = 20


def choose_by_chance(grid: tuple[int, int], taken: set[Pair], n: int, generator: random.Random) -> list[Pair]:
    """Draws pairs.

    Args:
        grid: How many instructions and how many sets there are.
        taken: Pairs that are not to be chosen.
        n: How many are wanted at most.
        generator: Makes the draw.
    """
    free = [pair for pair in product(range(grid[0]), range(grid[1])) if pair not in taken]
    return generator.sample(free, min(n, len(free)))


def choose_by_estimate(
    grid: tuple[int, int],
    taken: set[Pair],
    n: int,
    generator: random.Random,
    scores: Mapping[Pair, float],
) -> list[Pair]:
    """Chooses pairs whose instruction and set have done well so far; the arguments are those of chance.

    Args:
        grid: How many instructions and how many sets there are.
        taken: Pairs that are not to be chosen.
        n: How many are wanted at most.
        generator: Seeds the estimator.
        scores: The pairs that were scored, with their means.

    Raises:
        MissingDependencyError: If optuna is not installed.
    """
    optuna = load_optuna()
    choices = {
        name: optuna.distributions.CategoricalDistribution(tuple(range(size)))
        for name, size in zip(("instruction", "examples"), grid, strict=True)
    }
    sampler = optuna.samplers.TPESampler(seed=generator.randrange(2**31), n_startup_trials=4)
    with _quiet(optuna):
        study = optuna.create_study(direction="maximize", sampler=sampler)
        for pair, score in scores.items():
            params = dict(zip(choices, pair, strict=True))
            study.add_trial(optuna.trial.create_trial(params=params, distributions=choices, value=score))
        found: list[Pair] = []
        for _ in range(n * _MOST_REPEATS):
            asked = study.ask(choices).params
            pair = (asked["instruction"], asked["examples"])
            if pair not in taken and pair not in found and len(found) < n:
                found.append(pair)
    # What the estimator did not come upon in many draws is left to chance.
    return [*found, *choose_by_chance(grid, taken | set(found), n - len(found), generator)]


def load_optuna() -> Any:
    """The package of the extra ``tpe``.

    Raises:
        MissingDependencyError: If it is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        raise MissingDependencyError("optuna", "tpe") from error
    return optuna


@contextmanager
def _quiet(optuna: Any) -> Iterator[None]:
    """Optuna writes a line to standard error for each study unless it is told not to."""
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(level)
