"""Tests of what a strategy learns of a run, and of what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.training.doubles import make_model
from tests.training.strategies.test_race import Setting
from textgrad_lite.data import DataLoader
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.functions import PromptModel
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.training import Trainer, events
from textgrad_lite.training.allowance import Allowance
from textgrad_lite.training.default_sources import make_sources
from textgrad_lite.training.pool import Member, Pool
from textgrad_lite.training.results import EvaluationResult
from textgrad_lite.training.search import Search
from textgrad_lite.training.strategies import Demonstrations, Halving


def make_search(**tallies: dict[str, float]) -> Search:
    setting = Setting(4, "start")
    search = Search(
        setting.evaluator,
        DataLoader(setting.dataset, 4),
        setting.dataset,
        make_sources(["strategies", "gradients", "worked examples"], setting.engine),
        Pool(Member(setting.start, EvaluationResult(label="x", examples=()))),
        Allowance(None),
        record=setting.events.append,
    )
    for name, counts in tallies.items():
        search.bandit.add(name.replace("_", " "), **counts)
    return search


@pytest.mark.parametrize(
    "tallies, places",
    [
        ({}, 8),
        ({"gradients": {"proposed": 4, "screened": 4}}, 3),
        ({"gradients": {"proposed": 4, "screened": 2}}, 4),
        ({"gradients": {"proposed": 8, "screened": 0}}, 8),
        ({"gradients": {"proposed": 4, "screened": 4}, "strategies": {"proposed": 4}}, 3),
        ({"gradients": {"proposed": 2, "screened": 1, "rejected": 9}}, 8),
    ],
)
def test_a_step_asks_for_as_many_as_it_takes_for_one_to_pass(tallies: Any, places: int) -> None:
    assert Halving().n_places(make_search(**tallies)) == places


def test_worked_examples_that_never_win_are_tried_less() -> None:
    def tried(**tallies: Any) -> float:
        search, total = make_search(**tallies), 0
        for search.step in range(200):
            total += Halving(refinements=2).n_refined(search)
        return total / 200

    assert tried() == 2.0
    assert tried(worked_examples={"proposed": 8, "accepted": 4}) == pytest.approx(2.0)
    assert tried(worked_examples={"proposed": 8}) == pytest.approx(0.4, abs=0.15)


def test_demonstrations_need_a_place_for_examples() -> None:
    task = SimulatedTask(1)
    splits = task.splits()
    trainer = Trainer(
        PromptModel(task.prompt, task.engine), task.metric, engine=task.engine, strategy=Demonstrations()
    )
    with pytest.raises(ConfigurationError, match="no place for worked examples"):
        trainer.fit(splits.train, splits.val)


def test_demonstrations_alone_change_no_word_of_the_prompt_and_come_from_train() -> None:
    task = SimulatedTask(1, luck=0.3, insight=1.0)
    splits = task.splits()
    seen: list[events.Event] = []
    Trainer(
        make_model(task),
        task.metric,
        engine=task.engine,
        strategy=Demonstrations(instructions=0),
        steps=3,
        callbacks=[seen.append],
    ).fit(splits.train, splits.val)
    proposed = [event for event in seen if isinstance(event, events.CandidateProposed)]
    train = {example.id for example in splits.train}
    assert proposed
    assert {event.state["prompt"] for event in proposed} == {task.prompt}
    assert {item["id"] for event in proposed for item in event.state["examples"]} <= train
    screened = [event for event in seen if isinstance(event, events.CandidateScreened)]
    assert {event.stage.split()[0] for event in screened} == {"validation"}
