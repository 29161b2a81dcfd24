"""What holds for every strategy: one suite, run by each of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.training.doubles import make_model, without_spend
from textgrad_lite.engines import Budget, Completion, Engine, Request
from textgrad_lite.errors import BudgetExceededError
from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.optimizers.constraints import MaxLength
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.training import RunFolder, RunRecord, Trainer, events
from textgrad_lite.training.default_sources import SOURCE_NAMES, make_sources
from textgrad_lite.training.fit_result import FitResult
from textgrad_lite.training.strategies import STRATEGIES, Racing, get_strategy

pytestmark = pytest.mark.timeout(180)

EVERY = [
    *STRATEGIES,
    "beam:selection=ucb",
    "pareto:merges=true",
    "demonstrations:instructions=0",
    pytest.param("demonstrations:sampler=tpe", marks=pytest.mark.extra),
    "greedy:refinements=1",
]
SIZES = {"train": 16, "val": 10, "test": 8}
SMALL = {"train": 6, "val": 4, "test": 3}

every_strategy = pytest.mark.parametrize("name", EVERY)


class Stopped(Exception):  # noqa: N818 - it is no error
    """Stands for whatever ends a process."""


class Watched(Engine):
    """Keeps the requests; may fail at one of them."""

    def __init__(self, task: SimulatedTask, fails_at: int = -1) -> None:
        self.name = task.engine.name
        self.requests: list[Request] = []
        self._engine = task.engine
        self._fails_at = fails_at

    async def complete(self, request: Request) -> Completion:
        self.requests.append(request)
        if len(self.requests) == self._fails_at:
            raise BudgetExceededError("the time is over", limit="seconds")
        return await self._engine.complete(request)


def make_task(**settings: Any) -> SimulatedTask:
    return SimulatedTask(3, **{"noise": 0.05, "insight": 1.0, "luck": 0.2, **settings})


def fit(
    name: str,
    task: SimulatedTask,
    run: RunFolder | None = None,
    *,
    engine: Engine | None = None,
    stop_after: int | None = None,
    has_test: bool = True,
    sizes: dict[str, int] = SIZES,
    **options: Any,
) -> tuple[FitResult, list[events.Event]]:
    seen: list[events.Event] = []

    def listen(event: events.Event) -> None:
        seen.append(event)
        if stop_after is not None and len(seen) == stop_after:
            raise Stopped

    splits = task.splits(**sizes)
    engine = engine or task.engine
    trainer = Trainer(
        PromptModel(task.prompt, engine, examples=ExampleSlot()),
        task.metric,
        engine=engine,
        strategy=get_strategy(name),
        run=run,
        callbacks=[listen],
        **{"steps": 2, "batch_size": 4, "seed": 7, **options},
    )
    return trainer.fit(splits.train, splits.val, splits.test if has_test else None), seen


def decisions_of(seen: Sequence[events.Event]) -> list[events.Event]:
    return [event for event in seen if event.is_decision]


def of(kind: type[Any], seen: Sequence[events.Event]) -> list[Any]:
    return [event for event in seen if isinstance(event, kind)]


@every_strategy
def test_it_improves_a_task(name: str) -> None:
    gains = []
    for seed in range(3):
        task = SimulatedTask(seed, noise=0.05, insight=1.0, luck=0.2)
        result, _ = fit(name, task, steps=8, has_test=False, seed=seed, batch_size=8)
        gains.append(task.expectation(result.best_text) - task.expectation(task.prompt))
    assert min(gains) >= 0.0
    assert sum(gains) / len(gains) >= 0.2


@every_strategy
def test_a_step_is_begun_only_where_all_of_it_fits(name: str) -> None:
    """So the budget is never exceeded, and no step has to be broken off."""
    ends = set()
    for calls in (24, 60, 120, 240):
        task = make_task()
        result, seen = fit(name, task, steps=50, budget=Budget(calls=calls), has_test=False)
        assert task.engine.calls <= calls
        assert len(of(events.StepStarted, seen)) == len(of(events.StepFinished, seen)) == result.steps
        ends.add(result.stop_reason)
    assert "budget" in ends


@every_strategy
@pytest.mark.parametrize("limit, most", [("student_calls", 70), ("other_calls", 7)])
def test_the_limits_on_one_kind_of_calls_are_kept(name: str, limit: str, most: int) -> None:
    task = make_task()
    engine = Watched(task)
    limits: dict[str, Any] = {limit: most}
    fit(name, task, engine=engine, steps=50, has_test=False, **limits)
    students = sum(request.purpose == "forward" for request in engine.requests)
    spent = students if limit == "student_calls" else len(engine.requests) - students
    assert spent <= most


@every_strategy
def test_the_worst_case_is_told_beforehand(name: str) -> None:
    task = make_task()
    splits = task.splits(**SIZES)
    trainer = Trainer(
        make_model(task), task.metric, engine=task.engine, strategy=get_strategy(name), steps=2, batch_size=4
    )
    most = trainer.estimate(splits.train, splits.val).calls
    trainer.fit(splits.train, splits.val)
    assert len(splits.val) < task.engine.calls <= most


@every_strategy
def test_the_seed_decides_everything(name: str) -> None:
    runs = [decisions_of(fit(name, make_task(), seed=seed)[1]) for seed in (1, 1, 2)]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


@every_strategy
@pytest.mark.parametrize(
    "stops",
    [
        pytest.param(4, id="some"),
        pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)], id="all"),
    ],
)
def test_a_run_that_is_stopped_at_any_event_ends_as_it_would_have(
    tmp_path: Path, name: str, stops: int
) -> None:
    result, seen = fit(name, make_task(), sizes=SMALL)
    places = [number for number, event in enumerate(seen, start=1) if event.type != "call_made"]
    every = max(1, len(places) // stops)
    for place in places[every // 2 :: every]:
        folder = tmp_path / str(place)
        with pytest.raises(Stopped), RunFolder.create(folder) as run:
            fit(name, make_task(), run, sizes=SMALL, stop_after=place)
        with RunFolder.resume(folder) as run:
            resumed, _ = fit(name, make_task(), run, sizes=SMALL)
        assert without_spend(resumed) == without_spend(result), f"stopped at event {place}"
        assert RunRecord.read(folder).events == tuple(decisions_of(seen)), f"stopped at event {place}"
        assert (folder / "best.txt").read_text() == result.best_text


@every_strategy
def test_a_step_that_is_broken_off_keeps_only_what_is_better(tmp_path: Path, name: str) -> None:
    for fails_at in range(30, 90, 15):
        task = make_task()
        result, seen = fit(name, task, engine=Watched(task, fails_at), has_test=False)
        assert result.stop_reason in ("time", "steps", "perfect")
        for event in of(events.CandidateAccepted, seen):
            assert event.after.value > event.before.value or event.after.n < event.before.n


@every_strategy
def test_no_model_sees_a_test_item_and_no_writer_a_validation_item(name: str) -> None:
    task = make_task()
    splits = task.splits(**SIZES)
    engine = Watched(task)
    result, _ = fit(name, task, engine=engine, has_test=False)
    assert splits.test is not None
    test, val = ({example.id for example in split} for split in (splits.test, splits.val))
    assert result.steps
    for request in engine.requests:
        text = "\n".join(message.text for message in request.messages)
        cases = set(re.findall(r"Case (\d+) of the ledger", text))
        assert not cases & test
        *shown, _ = re.findall(r"Case (\d+) of the ledger", text) or [""]
        assert not val & (set(shown) if request.purpose == "forward" else cases)


@every_strategy
def test_its_journal_tells_the_story_of_each_candidate(tmp_path: Path, name: str) -> None:
    with RunFolder.create(tmp_path) as run:
        _, seen = fit(name, make_task(), run, steps=4)
    record = RunRecord.read(tmp_path)
    assert record.events == tuple(decisions_of(seen))
    proposed = {event.candidate: event for event in of(events.CandidateProposed, seen)}
    screened = of(events.CandidateScreened, seen)
    assert {event.candidate for event in screened} <= set(proposed)
    assert all(event.is_kept == (not event.reason) for event in screened)
    known = {*proposed, *(event.candidate for event in of(events.BaselineScored, seen))}
    for event in proposed.values():
        assert event.parents
        assert set(event.parents) <= known
        assert event.source
        assert event.note
    for event in of(events.CandidateAccepted, seen):
        assert event.candidate in proposed


@every_strategy
def test_no_text_is_longer_than_allowed(name: str) -> None:
    _, seen = fit(name, make_task(), steps=6, constraints=[MaxLength(characters=60)])
    texts = [str(event.state["prompt"]) for event in of(events.CandidateProposed, seen)]
    assert all(len(text) <= 60 for text in texts)


@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize("source", SOURCE_NAMES)
def test_it_works_with_any_source(name: str, source: str) -> None:
    task = make_task()
    names = {source, "worked examples"} if name.startswith("demonstrations") else {source}
    result, seen = fit(
        name, task, sources=make_sources(sorted(names), task.engine), steps=1, has_test=False, seed=1
    )
    assert result.stop_reason in ("steps", "perfect", "budget")
    assert {event.source for event in of(events.CandidateProposed, seen)} <= {
        *names,
        "merges",
        "combinations",
    }


@every_strategy
def test_a_strategy_can_be_used_again(name: str) -> None:
    strategy = get_strategy(name)
    ends = []
    for _ in range(2):
        task = make_task()
        splits = task.splits(**SIZES)
        trainer = Trainer(
            make_model(task), task.metric, engine=task.engine, strategy=strategy, steps=2, seed=1
        )
        ends.append(without_spend(trainer.fit(splits.train, splits.val)))
    assert ends[0] == ends[1]


@every_strategy
def test_its_settings_are_part_of_what_a_run_is(name: str) -> None:
    strategy = get_strategy(name)
    assert isinstance(strategy, Racing)
    settings = strategy.settings()
    assert settings["margin"] == 0.0
    assert not any(key.startswith("_") for key in settings)
    assert set(strategy.source_names) <= set(SOURCE_NAMES)
