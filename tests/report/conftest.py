"""Runs to report on; each is made once, since reading leaves it as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.training import Probe, RunFolder, RunRecord, Trainer


def make_run(path: Path, *, seed: int = 1, steps: int = 2, prompt: str | None = None) -> RunRecord:
    """A finished run on a simulated task, always with the same examples."""
    task = SimulatedTask(seed=1)
    splits = task.dataset(70).split(train=20, val=20, test=30, seed=0)
    model = PromptModel(prompt or task.prompt, task.engine, examples=ExampleSlot())
    with RunFolder.create(path, {"note": "a test", "settings": {"seed": seed}}) as run:
        Trainer(model, task.metric, engine=task.engine, steps=steps, seed=seed, run=run, probe=Probe()).fit(
            splits.train, splits.val, splits.test
        )
    return RunRecord.read(path)


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> RunRecord:
    """A run that found a better prompt."""
    return make_run(tmp_path_factory.mktemp("runs") / "first")
