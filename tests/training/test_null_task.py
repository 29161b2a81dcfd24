"""Tests that a run claims no improvement where there is none."""

from __future__ import annotations

import pytest

from tests.training.doubles import make_model
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.training import Trainer


def claims(seeds: range) -> int:
    """In how many runs of a null task an improvement is claimed."""
    claimed = 0
    for seed in seeds:
        task = SimulatedTask(seed, has_effect=False, luck=0.4)
        splits = task.splits(train=12, val=12, test=40)
        trainer = Trainer(make_model(task), task.metric, engine=task.engine, steps=2, batch_size=6, seed=seed)
        verdict = trainer.fit(splits.train, splits.val, splits.test).verdict
        assert verdict is not None
        claimed += verdict.is_significant
    return claimed


def test_a_prompt_that_cannot_matter_is_rarely_called_better() -> None:
    assert claims(range(8)) <= 2


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_prompt_that_cannot_matter_is_called_better_in_at_most_five_percent_of_runs() -> None:
    assert claims(range(200)) <= 14
