"""Tests of one run of a trainer, where a limit ends a step."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.doubles import make_dataset, without_spend
from tests.training.test_resume import fit, is_verdict, make_task
from textgrad_lite.data import Dataset, Example
from textgrad_lite.engines import Budget, Completion, Engine, Request
from textgrad_lite.errors import BudgetExceededError, MetricError
from textgrad_lite.functions import PromptModel
from textgrad_lite.testing import ScriptedEngine, SimulatedTask
from textgrad_lite.training import RunFolder, Trainer, evaluate, events
from textgrad_lite.training.fit_result import FitResult
from textgrad_lite.training.lines import Decided
from textgrad_lite.training.stopping import Elapsed, MaxSteps, Spent, Stop


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


class Ending(Engine):
    """Its time is over at one call; with a negative number it never is."""

    name = "ending"

    def __init__(self, task: SimulatedTask, after: int) -> None:
        self._task = task
        self._left = after

    async def complete(self, request: Request) -> Completion:
        self._left -= 1
        if self._left == 0:
            raise BudgetExceededError("the time is over", limit="seconds")
        return await self._task.engine.complete(request)


class Timed(Engine):
    """Each of its calls takes so long."""

    name = "timed"

    def __init__(self, task: SimulatedTask, seconds: float) -> None:
        self._task = task
        self._seconds = seconds
        self.now = 0.0

    async def complete(self, request: Request) -> Completion:
        self.now += self._seconds
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


def test_a_winner_that_was_salvaged_counts_for_its_source_and_is_compared_on_its_own_examples(
    tmp_path: Path,
) -> None:
    """The time is over at ever later calls of the first step, until a leader of a race is kept."""
    for after in range(60, 160, 4):
        task = make_task()
        with RunFolder.create(tmp_path / str(after)) as run:
            result, seen = fit(
                task, run, engine=Ending(task, after), sizes={"train": 12, "val": 20, "test": 10}, steps=1
            )
        if result.is_changed:
            break
    assert result.stop_reason == "time"
    accepted = next(event for event in seen if isinstance(event, events.CandidateAccepted))
    assert {name for name, tally in result.sources.items() if tally.accepted} == {accepted.source}
    assert result.sources[accepted.source].gain == accepted.after.value - accepted.before.value > 0
    assert sum(tally.accepted for tally in result.parameters.values()) == 1
    scores = (accepted.start, accepted.before, accepted.after)
    assert len({score.n for score in scores if score}) == 1
    assert result.validation_before is not None
    assert result.validation_after is not None
    assert result.validation_before.n == result.validation_after.n < 20
    with RunFolder.resume(tmp_path / str(after)) as run:
        run.lines = [line for line in run.lines if not (isinstance(line, Decided) and is_verdict(line.event))]
        again, _ = fit(
            task, run, engine=Ending(task, -1), sizes={"train": 12, "val": 20, "test": 10}, steps=1
        )
    assert without_spend(again) == without_spend(result)


@pytest.mark.parametrize("stop", [Elapsed(seconds=60), Spent(calls=100) & MaxSteps(steps=1)])
def test_a_run_that_was_stopped_by_time_or_spending_is_resumed_to_the_same_end(
    tmp_path: Path, stop: Stop
) -> None:
    """The second process is faster, and answers come from the journal: it follows and does not ask again."""
    task = SimulatedTask(5, noise=0.4)

    def run_with(run: RunFolder, seconds: float) -> tuple[FitResult, list[events.Event]]:
        engine = Timed(task, seconds)
        return fit(task, run, engine=engine, stop=stop, steps=9, budget=Budget(clock=lambda: engine.now))

    with RunFolder.create(tmp_path) as run:
        result, _ = run_with(run, 1.0)
    assert result.stop_reason in ("time", "budget")
    assert result.steps >= 1
    with RunFolder.resume(tmp_path) as run:
        run.lines = [line for line in run.lines if not (isinstance(line, Decided) and is_verdict(line.event))]
        again, _ = run_with(run, 0.0)
    assert without_spend(again) == without_spend(result)
