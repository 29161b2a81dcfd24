"""Tests of what only a beam does: reasons one by one, and upper confidence bounds."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.training.strategies.test_race import Setting, map_candidates
from textgrad_lite.graph import Gradient
from textgrad_lite.training.strategies.beam import one_by_one
from textgrad_lite.training.strategies.race import ANYTHING, Race
from textgrad_lite.training.strategies.upper_bounds import UpperBounds

KEEP = Gradient(text="good", is_keep=True)


def critical(*texts: str) -> tuple[Gradient, ...]:
    return tuple(Gradient(text=text) for text in texts)


def test_each_request_gets_one_reason_and_all_praise() -> None:
    shares = one_by_one({"prompt": (*critical("a", "b", "c"), KEEP)}, 2)
    assert [[gradient.text for gradient in share["prompt"]] for share in shares] == [
        ["a", "good"],
        ["b", "good"],
    ]


def test_few_reasons_come_again_and_no_reason_is_none() -> None:
    shares = one_by_one({"first": critical("a"), "second": ()}, 2)
    assert [[gradient.text for gradient in share["first"]] for share in shares] == [["a"], ["a"]]
    assert [share["second"] for share in shares] == [(), ()]


async def run_bounds(
    setting: Setting, prompts: tuple[str, ...], evaluations: int, **options: Any
) -> list[str]:
    rival = await setting.evaluator.evaluate(setting.start.state, setting.dataset)
    race = Race("minibatch", setting.dataset, rival, margin=ANYTHING, **options)
    search = setting.search(rival)
    trials = await UpperBounds(race, evaluations).run(search, map_candidates(prompts))
    return [str(trial.candidate.state["prompt"]) for trial in trials]


PROMPTS = ("a 0 1 2 3 4 5", "b 0 1", "c", "d 0 1 2", "e 3", "f")


async def test_the_best_arms_win_and_get_most_evaluations() -> None:
    setting = Setting(8, "start")
    assert await run_bounds(setting, PROMPTS, 24, winners=2) == ["a 0 1 2 3 4 5", "d 0 1 2"]
    asked = [request.messages[0].text for request in setting.engine.requests]
    assert asked.count("a 0 1 2 3 4 5") > asked.count("c")
    assert len(setting.screened) == len(PROMPTS)
    assert {event.reason for event in setting.screened} == {"", "others are better"}


@given(evaluations=st.integers(1, 60))
async def test_no_more_examples_are_run_than_allowed(evaluations: int) -> None:
    setting = Setting(6, "start")
    await run_bounds(setting, PROMPTS, evaluations)
    assert len(setting.engine.requests) - 6 == min(evaluations, 6 * len(PROMPTS))


async def test_an_example_that_is_repeated_counts_once() -> None:
    setting = Setting(6, "start", repeats=3)
    await run_bounds(setting, PROMPTS, 10)
    assert len(setting.engine.requests) == 3 * (6 + 10)
    assert next(event.stage for event in setting.screened if event.score.n == 2) == "minibatch 2/6"
