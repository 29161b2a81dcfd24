"""Tests of one run of a trainer, where a limit ends a step."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.doubles import make_dataset
from tests.training.test_resume import fit, is_verdict, make_task
from textgrad_lite.data import Dataset, Example
from textgrad_lite.engines import Completion, Engine, Request
from textgrad_lite.errors import BudgetExceededError, MetricError
from textgrad_lite.functions import PromptModel
from textgrad_lite.testing import ScriptedEngine, SimulatedTask
from textgrad_lite.training import RunFolder, Trainer, evaluate, events
from textgrad_lite.training.lines import Decided


class EndingInTheRace(Engine):
    """Its time is over once the first candidate is tried, and not so for the verdict."""

    name = "ending"

    def __init__(self, task: SimulatedTask) -> None:
        self._task = task
        self._is_over = False

    async def complete(self, request: Request) -> Completion:
        is_rewritten = request.messages[0].text != self._task.prompt
        if request.purpose == "forward" and is_rewritten and not self._is_over:
            self._is_over = True
            raise BudgetExceededError("the time is over", limit="seconds")
        return await self._task.engine.complete(request)


def test_a_resumed_run_says_too_that_candidates_were_tried(tmp_path: Path) -> None:
    task = make_task()
    with RunFolder.create(tmp_path) as run:
        result, seen = fit(task, run, engine=EndingInTheRace(task))
    assert any(isinstance(event, events.CandidateProposed) for event in seen)
    assert result.verdict is not None
    assert result.verdict.outcome == "nothing-found"
    with RunFolder.resume(tmp_path) as run:
        run.lines = [line for line in run.lines if not (isinstance(line, Decided) and is_verdict(line.event))]
        again, _ = fit(task, run, engine=EndingInTheRace(task))
    assert again.verdict == result.verdict
    assert "No candidate was better" in result.verdict.sentence


def test_an_example_that_cannot_be_scored_is_found_before_anything_is_asked() -> None:
    """Not at the verdict, where all has been paid for."""
    silent = ScriptedEngine()
    model, bad = PromptModel("p", silent), Dataset([Example(id="7", input="q", target="seven")])
    trainer = Trainer(model, "numeric", engine=silent)
    with pytest.raises(MetricError, match="example '7'"):
        trainer.fit(make_dataset(4), make_dataset(4, start=4), bad)
    with pytest.raises(MetricError, match="example '7'"):
        trainer.estimate(make_dataset(4), make_dataset(4, start=4), bad)
    with pytest.raises(MetricError, match="example '7'"):
        evaluate(model, "numeric", bad)
