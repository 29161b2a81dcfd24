"""The end of a run as it is printed."""

from __future__ import annotations

import io

from rich.console import Console

from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.training import FitResult, Trainer
from textgrad_lite.training.events import ParameterTally, SourceTally
from textgrad_lite_cli.verdict import print_result


def make_result() -> FitResult:
    task = SimulatedTask(1)
    splits = task.splits()
    model = PromptModel(task.prompt, task.engine, examples=ExampleSlot())
    trainer = Trainer(model, task.metric, engine=task.engine, steps=1)
    return trainer.fit(splits.train, splits.val, splits.test)


def printed(result: FitResult) -> list[list[str]]:
    file = io.StringIO()
    print_result(Console(file=file, width=200), result)
    return [line.split() for line in file.getvalue().splitlines()]


def test_each_source_is_shown_with_what_it_took() -> None:
    tallies = {
        "library": SourceTally(proposed=4, accepted=1, gain=0.25),
        "gradients": SourceTally(proposed=2, rejected=1, accepted=1, gain=0.5, calls=10.4),
    }
    lines = printed(make_result().model_copy(update={"sources": tallies}))
    assert ["library", "4", "0", "1", "+25.0", "0", "free"] in lines
    assert ["gradients", "2", "1", "1", "+50.0", "10", "+4.81"] in lines


def test_it_says_why_the_search_ended() -> None:
    result = make_result().model_copy(update={"steps": 2, "stop_reason": "budget"})
    ends = [" ".join(line) for line in printed(result) if line[:3] == ["The", "search", "ended"]]
    assert ends == ["The search ended after 2 steps: a limit is reached."]


def test_of_several_parameters_each_is_shown_with_its_credit() -> None:
    result = make_result()
    assert not any(line[:1] == ["parameter"] for line in printed(result))
    tallies = {
        "first": ParameterTally(criticised=7, changed=3, accepted=1, gain=0.125),
        "second": ParameterTally(criticised=2, changed=1),
    }
    lines = printed(result.model_copy(update={"parameters": tallies}))
    assert ["first", "7", "3", "1", "+12.5", "points"] in lines
    assert ["second", "2", "1", "0", "+0.0", "points"] in lines
