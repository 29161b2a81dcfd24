"""Tests of resuming: after a stop at any event, a kill at any moment, and Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.training.doubles import without_spend
from textgrad_lite.engines import Budget, Completion, Engine, Request
from textgrad_lite.errors import BudgetExceededError, RunChangedError
from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.optimizers.constraints import MaxLength
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.training import RunFolder, RunRecord, Trainer, events
from textgrad_lite.training.fit_result import FitResult
from textgrad_lite.training.journal import read_journal
from textgrad_lite.training.lines import Answered, Decided, Sent

pytestmark = pytest.mark.timeout(180)  # processes are started, on machines that may be busy

SETTINGS: dict[str, Any] = {"steps": 3, "batch_size": 4, "seed": 5}
SIZES = {"train": 12, "val": 8, "test": 10}


class Stopped(Exception):  # noqa: N818 - it is no error
    """Stands for whatever ends a process."""


def fit(
    task: SimulatedTask, run: RunFolder | None, *, engine: Engine | None = None, **options: Any
) -> tuple[FitResult, list[events.Event]]:
    seen: list[events.Event] = []
    stop_after = options.pop("stop_after", None)

    def listen(event: events.Event) -> None:
        seen.append(event)
        if stop_after is not None and len(seen) == stop_after:
            raise Stopped

    engine = engine or task.engine
    model = PromptModel(options.pop("prompt", task.prompt), engine, examples=ExampleSlot())
    sizes = options.pop("sizes", SIZES)
    splits = task.splits(**sizes)
    trainer = Trainer(
        model, task.metric, engine=engine, run=run, callbacks=[listen], **{**SETTINGS, **options}
    )
    return trainer.fit(splits.train, splits.val, splits.test), seen


def make_task() -> SimulatedTask:
    return SimulatedTask(5, noise=0.1)


def decisions_of(seen: Sequence[events.Event]) -> list[events.Event]:
    return [event for event in seen if event.is_decision]


@pytest.fixture(scope="module")
def uninterrupted() -> tuple[FitResult, list[events.Event], int]:
    task = make_task()
    result, seen = fit(task, None)
    assert result.is_changed
    return result, seen, task.engine.calls


@pytest.mark.parametrize(
    "stops", [8, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
)
def test_a_run_that_is_stopped_at_any_event_ends_as_it_would_have(
    tmp_path: Path, uninterrupted: tuple[FitResult, list[events.Event], int], stops: int
) -> None:
    result, seen, calls = uninterrupted
    places = [number for number, event in enumerate(seen, start=1) if event.type != "call_made"]
    for place in places[:: max(1, len(places) // stops)]:
        folder, task = tmp_path / str(place), make_task()
        with pytest.raises(Stopped), RunFolder.create(folder) as run:
            fit(task, run, stop_after=place)
        is_over = seen[place - 1].type == "verdict_reached"
        assert RunRecord.read(folder).status == ("finished" if is_over else "interrupted")
        with RunFolder.resume(folder) as run:
            resumed, _ = fit(task, run)
        assert without_spend(resumed) == without_spend(result), f"stopped at event {place}"
        assert RunRecord.read(folder).events == tuple(decisions_of(seen)), f"stopped at event {place}"
        assert (folder / "best.txt").read_text() == result.best_text
        in_flight = task.engine.calls - calls
        assert 0 <= in_flight <= 16, f"stopped at event {place}"


def test_resuming_again_and_again_loses_nothing(
    tmp_path: Path, uninterrupted: tuple[FitResult, list[events.Event], int]
) -> None:
    result, seen, _ = uninterrupted
    task = make_task()
    RunFolder.create(tmp_path).close()
    for place in range(10, len(seen), 60):
        with RunFolder.resume(tmp_path) as run, pytest.raises(Stopped):
            fit(task, run, stop_after=place)
    with RunFolder.resume(tmp_path) as run:
        resumed, _ = fit(task, run)
    assert without_spend(resumed) == without_spend(result)
    lines = read_journal(tmp_path / "journal.jsonl")
    answered = [line.key for line in lines if isinstance(line, Answered)]
    assert len(answered) == len(set(answered))


@pytest.mark.parametrize("is_same_trainer", [True, False])
def test_a_run_can_be_gone_on_with_in_the_same_process(
    tmp_path: Path,
    uninterrupted: tuple[FitResult, list[events.Event], int],
    is_same_trainer: bool,
) -> None:
    """Nothing is paid twice, and nothing that was paid once counts twice against any limit."""
    result, seen, calls = uninterrupted
    task, stop_after = make_task(), [len(seen) // 2]
    splits = task.splits(**SIZES)

    def listen(_event: events.Event) -> None:
        stop_after[0] -= 1
        if stop_after[0] == 0:
            raise Stopped

    with RunFolder.create(tmp_path) as run:

        def make_trainer(budget: Budget) -> Trainer:
            model = PromptModel(task.prompt, task.engine, examples=ExampleSlot())
            return Trainer(
                model,
                task.metric,
                engine=task.engine,
                run=run,
                budget=budget,
                student_calls=calls,
                other_calls=calls,
                callbacks=[listen],
                **SETTINGS,
            )

        budget = Budget(calls=calls + 120)
        trainer = make_trainer(budget)
        with pytest.raises(Stopped):
            trainer.fit(splits.train, splits.val, splits.test)
        if not is_same_trainer:
            budget = Budget(calls=calls + 120)
            trainer = make_trainer(budget)
        resumed = trainer.fit(splits.train, splits.val, splits.test)
    assert without_spend(resumed) == without_spend(result)
    assert budget.spent.calls == task.engine.calls <= calls + 16


def test_the_checkpoint_tells_where_the_data_stand(tmp_path: Path) -> None:
    task = make_task()
    with RunFolder.create(tmp_path) as run:
        result, _ = fit(task, run)
    loader = json.loads((tmp_path / "checkpoint.json").read_text())["loader"]
    assert loader["seed"] == SETTINGS["seed"]
    drawn = loader["epoch"] * SIZES["train"] + loader["position"]
    assert drawn == result.steps * SETTINGS["batch_size"]


def test_a_finished_run_is_not_run_again(tmp_path: Path) -> None:
    task = make_task()
    with RunFolder.create(tmp_path) as run:
        result, _ = fit(task, run)
    calls = task.engine.calls
    with RunFolder.resume(tmp_path) as run:
        again, _ = fit(task, run)
    assert task.engine.calls == calls
    assert again == result
    record = RunRecord.read(tmp_path)
    assert (record.status, record.best_text) == ("finished", result.best_text)
    assert record.result is not None
    assert without_spend(record.result) == without_spend(result)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"prompt": "Settle it."}, r"-Settle the case\.\n.*\n\+Settle it\."),
        ({"sizes": {**SIZES, "val": 9}}, "data val: '8 examples"),
        ({"seed": 6}, "setting seed: '5' → '6'"),
        ({"batch_size": 5}, "setting batch_size"),
    ],
)
def test_a_changed_run_is_refused_with_the_difference(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with RunFolder.create(tmp_path) as run, pytest.raises(Stopped):
        fit(make_task(), run, stop_after=40)
    with RunFolder.resume(tmp_path) as run, pytest.raises(RunChangedError, match=f"(?s){message}"):
        fit(make_task(), run, **change)


def test_a_constraint_of_another_measure_is_a_change(tmp_path: Path) -> None:
    with RunFolder.create(tmp_path) as run, pytest.raises(Stopped):
        fit(make_task(), run, stop_after=5, constraints=[MaxLength(characters=500)])
    with RunFolder.resume(tmp_path) as run, pytest.raises(RunChangedError, match="setting constraints"):
        fit(make_task(), run, constraints=[MaxLength(characters=900)])


def test_a_state_that_no_text_shows_is_compared_too(tmp_path: Path) -> None:
    task = make_task()
    with RunFolder.create(tmp_path) as run, pytest.raises(Stopped):
        fit(task, run, stop_after=5)
    splits = task.splits(**SIZES)
    model = PromptModel(task.prompt, task.engine)
    with RunFolder.resume(tmp_path) as run, pytest.raises(RunChangedError, match="parameter examples"):
        Trainer(model, task.metric, engine=task.engine, run=run, **SETTINGS).fit(
            splits.train, splits.val, splits.test
        )


def test_limits_may_be_raised_after_a_crash(
    tmp_path: Path, uninterrupted: tuple[FitResult, list[events.Event], int]
) -> None:
    result, seen, calls = uninterrupted
    task = make_task()
    with RunFolder.create(tmp_path) as run, pytest.raises(Stopped):
        fit(task, run, budget=Budget(calls=calls + 150), stop_after=len(seen) // 2)
    with RunFolder.resume(tmp_path) as run:
        resumed, _ = fit(task, run, budget=Budget(calls=calls + 1000))
    assert without_spend(resumed) == without_spend(result)


def test_what_was_spent_before_counts_after_resuming(tmp_path: Path) -> None:
    task = SimulatedTask(5, noise=0.5)
    budget = Budget(calls=150)
    with RunFolder.create(tmp_path) as run, pytest.raises(Stopped):
        fit(task, run, budget=budget, steps=50, stop_after=200)
    second = Budget(calls=150)
    with RunFolder.resume(tmp_path) as run:
        result, _ = fit(task, run, budget=second, steps=50)
    assert task.engine.calls <= 150
    assert second.spent.calls == task.engine.calls
    assert result.stop_reason == "budget"


def test_a_step_that_a_limit_broke_off_is_not_begun_again(tmp_path: Path) -> None:
    task = make_task()

    class Slow(Engine):
        name = "slow"
        now = 0.0

        async def complete(self, request: Request) -> Completion:
            self.now += 1 if request.purpose == "forward" else 40
            return await task.engine.complete(request)

    def slow_fit(run: RunFolder, slow: Slow, **options: Any) -> tuple[FitResult, list[events.Event]]:
        return fit(task, run, engine=slow, budget=Budget(seconds=100, clock=lambda: slow.now), **options)

    slow = Slow()
    with RunFolder.create(tmp_path) as run:
        result, seen = slow_fit(run, slow)
    assert result.stop_reason == "time"
    decided = decisions_of(seen)
    stop = next(n for n, event in enumerate(decided) if isinstance(event, events.SearchStopped))
    assert decided[stop - 1].type != "step_finished"
    calls = task.engine.calls
    with RunFolder.resume(tmp_path) as run:
        again, _ = slow_fit(run, Slow())
    assert task.engine.calls == calls
    assert without_spend(again) == without_spend(result)


def test_what_a_broken_off_step_has_shown_on_validation_is_kept(tmp_path: Path) -> None:
    """The time is over at ever later calls; wherever a leader is kept, resuming keeps it too."""
    task = make_task()

    class Ending(Engine):
        name = "ending"

        def __init__(self, after: int) -> None:
            self.left = after

        async def complete(self, request: Request) -> Completion:
            self.left -= 1
            if self.left == 0:
                raise BudgetExceededError("the time is over", limit="seconds")
            return await task.engine.complete(request)

    sizes = {**SIZES, "val": 20}
    kept = 0
    for after in range(60, 160, 4):
        with RunFolder.create(tmp_path / str(after)) as run:
            result, _ = fit(task, run, engine=Ending(after), sizes=sizes, steps=1)
        if result.steps:
            break
        with RunFolder.resume(tmp_path / str(after)) as run:
            lines = [line for line in run.lines if not (isinstance(line, Decided) and is_verdict(line.event))]
            run.lines = lines
            again, _ = fit(task, run, engine=Ending(-1), sizes=sizes, steps=1)
        assert without_spend(again) == without_spend(result)
        kept += result.is_changed
        assert result.stop_reason == "time"
    assert kept >= 1


def is_verdict(event: events.Event) -> bool:
    return isinstance(event, events.VerdictReached)


PROGRAM = """
import asyncio, signal, sys
from textgrad_lite.engines import Budget, Engine
from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.training import RunFolder, Trainer

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it otherwise
task = SimulatedTask(5, noise=0.1)

class Slow(Engine):
    name = "slow"
    async def complete(self, request):
        await asyncio.sleep(float(sys.argv[3]))
        return await task.engine.complete(request)

slow = Slow()
path, mode = sys.argv[1:3]
splits = task.splits(train=12, val=8, test=10)
with RunFolder.create(path) if mode == "create" else RunFolder.resume(path) as run:
    model = PromptModel(task.prompt, slow, examples=ExampleSlot())
    def tell(event):
        if event.type == "step_started":
            print("step", flush=True)
    settings = dict(steps=3, batch_size=4, seed=5)
    trainer = Trainer(model, task.metric, engine=slow, run=run, callbacks=[tell], **settings)
    try:
        trainer.fit(splits.train, splits.val, splits.test)
    except KeyboardInterrupt:
        print("interrupted", trainer.result.status, flush=True)
        raise SystemExit(130)
"""


def start(path: Path, mode: str, seconds: float = 0.0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path), mode, str(seconds)],
        env={**os.environ, "PYTHONPATH": ":".join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_killed_run_can_be_read_and_resumed(
    tmp_path: Path, uninterrupted: tuple[FitResult, list[events.Event], int]
) -> None:
    result, seen, calls = uninterrupted
    for mode in ("create", "resume", "resume"):
        with start(tmp_path, mode, 0.02) as process:
            assert process.stdout is not None
            process.stdout.readline()
            process.kill()
        record = RunRecord.read(tmp_path)
        assert record.status == "interrupted"
        assert record.result is not None
        assert record.best_text == record.result.best_text
    with start(tmp_path, "resume") as process:
        assert process.wait(timeout=120) == 0
    record = RunRecord.read(tmp_path)
    assert record.status == "finished"
    assert record.best_text == result.best_text
    assert [event.type for event in record.events] == [event.type for event in decisions_of(seen)]
    lines = read_journal(tmp_path / "journal.jsonl")
    answered = [line.key for line in lines if isinstance(line, Answered)]
    sent = [line.key for line in lines if isinstance(line, Sent)]
    assert len(answered) == len(set(answered)) == calls
    assert len(sent) - len(answered) <= 3 * 16


def test_ctrl_c_leaves_the_run_in_good_order(tmp_path: Path) -> None:
    with start(tmp_path, "create", 0.2) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "step\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
        assert process.stdout.read() == "interrupted interrupted\n"
    record = RunRecord.read(tmp_path)
    assert record.status == "interrupted"
    assert record.best_text == SimulatedTask.prompt
    assert (tmp_path / "checkpoint.json").exists()
