"""Tests of textgrad_lite.training.strategies.race."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from textgrad_lite.data import DataLoader, Dataset, Example
from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.metrics import as_metric
from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.testing import ScriptedEngine
from textgrad_lite.training.allowance import Allowance
from textgrad_lite.training.evaluation import Evaluator
from textgrad_lite.training.events import CandidateScreened, Event
from textgrad_lite.training.pool import Member, Pool
from textgrad_lite.training.program import Program
from textgrad_lite.training.results import EvaluationResult
from textgrad_lite.training.search import Search
from textgrad_lite.training.strategies.race import Race, block_ends, most_runs


def solves(output: str, example: Example) -> bool:
    """The reply is the prompt, and lists the ids of the examples that it solves."""
    return example.id in output.split()


class Setting:
    """Candidates that say themselves which examples they solve."""

    def __init__(self, n: int, start: str, *, repeats: int = 1) -> None:
        self.engine = ScriptedEngine().on(lambda request: request.messages[0].text)
        self.dataset = Dataset(Example(id=str(number), input=f"q {number}") for number in range(n))
        self.evaluator = Evaluator(
            Program(PromptModel(start, self.engine, examples=ExampleSlot())),
            as_metric(solves),
            repeats=repeats,
        )
        self.start = Candidate(state={"prompt": start, "examples": []}, source="original")
        self.events: list[Event] = []

    async def run(self, *prompts: str, stage: str = "validation", **options: object) -> list[str]:
        rival = await self.evaluator.evaluate(self.start.state, self.dataset)
        search = self.search(rival)
        race = Race(stage, self.dataset, rival, **options)  # type: ignore[arg-type]
        return [
            str(trial.candidate.state["prompt"]) for trial in await race.run(search, map_candidates(prompts))
        ]

    def search(self, rival: EvaluationResult) -> Search:
        return Search(
            self.evaluator,
            DataLoader(self.dataset, 4),
            self.dataset,
            [],
            Pool(Member(self.start, rival)),
            Allowance(None),
            record=self.events.append,
        )

    @property
    def screened(self) -> list[CandidateScreened]:
        return [event for event in self.events if isinstance(event, CandidateScreened)]


def map_candidates(prompts: tuple[str, ...]) -> list[Candidate]:
    return [Candidate(state={"prompt": prompt, "examples": []}, source="test") for prompt in prompts]


async def test_the_best_wins() -> None:
    setting = Setting(4, "start 0")
    assert await setting.run("a 0 1", "b 0 1 2", "c 0") == ["b 0 1 2"]


async def test_an_equal_one_does_not_win_and_the_margin_counts() -> None:
    assert await Setting(4, "start 0").run("a 1", "b 2") == []
    assert await Setting(4, "start 0").run("a 0 1", margin=0.25) == []
    assert await Setting(4, "start 0").run("a 0 1", margin=0.2) == ["a 0 1"]


async def test_of_equals_the_shorter_wins() -> None:
    assert await Setting(4, "start").run("much longer 0 1", "short 0 1") == ["short 0 1"]


async def test_on_a_minibatch_equals_are_spread_over_their_sources() -> None:
    setting = Setting(4, "start")
    candidates = [
        Candidate(state={"prompt": prompt, "examples": []}, source=source)
        for prompt, source in (
            ("a much longer one 0", "x"),
            ("b 0", "x"),
            ("c as long as it likes 0", "y"),
            ("d", "z"),
        )
    ]
    rival = await setting.evaluator.evaluate(setting.start.state, setting.dataset)
    trials = await Race("minibatch", setting.dataset, rival, winners=3).run(setting.search(rival), candidates)
    assert [str(trial.candidate.state["prompt"])[0] for trial in trials] == ["a", "c", "b"]


async def test_several_may_win() -> None:
    assert await Setting(4, "start").run("a 0", "b 0 1", "c 0 1 2", winners=2) == ["c 0 1 2", "b 0 1"]


async def test_after_each_block_the_weaker_half_drops_out() -> None:
    setting = Setting(4, "start")
    won = await setting.run("a 0 1 2", "b 0", "c 0 1", "d 1 2 3", blocks=(0.5, 1.0))
    assert won == ["a 0 1 2"]
    after_first = [(str(event.candidate), event.reason) for event in setting.screened if "2/4" in event.stage]
    assert [reason for _, reason in after_first] == ["", "", "others are better", "others are better"]
    assert len(setting.screened) == 6
    # the start on 4 examples, 4 candidates on 2, 2 on the rest
    assert len(setting.engine.requests) == 4 + 4 * 2 + 2 * 2


async def test_what_can_no_longer_win_is_not_run_to_the_end() -> None:
    setting = Setting(4, "start 0 1 2")
    assert await setting.run("a 3", "b 0 3", blocks=(0.5, 1.0)) == []
    assert {event.reason for event in setting.screened} == {"it can no longer win"}
    assert len(setting.engine.requests) == 4 + 2 * 2


async def test_on_a_minibatch_a_candidate_is_not_scored_on_what_it_shows() -> None:
    setting = Setting(4, "start 0")
    shown: JsonValue = {"id": "0", "input": "i", "output": "o"}
    for stage, mean in (("minibatch", 0.0), ("validation", 0.25)):
        rival = await setting.evaluator.evaluate(setting.start.state, setting.dataset)
        candidate = Candidate(state={"prompt": "a 0 1", "examples": [shown]}, source="worked examples")
        (trial,) = await Race(stage, setting.dataset, rival).run(setting.search(rival), [candidate])
        assert trial.pair.before == mean


async def test_a_race_without_runners() -> None:
    assert await Setting(2, "start").run() == []


@given(n=st.integers(1, 100), blocks=st.lists(st.floats(0.01, 1.0), max_size=4))
def test_blocks_end_with_all_examples(n: int, blocks: list[float]) -> None:
    ends = block_ends(n, blocks)
    assert ends[-1] == n
    assert ends == sorted(set(ends))
    assert ends[0] >= 1


@pytest.mark.parametrize(
    "candidates, n, blocks, winners, runs",
    [(1, 10, (1.0,), 1, 10), (4, 10, (0.5, 1.0), 1, 30), (4, 10, (0.5, 1.0), 3, 35), (0, 10, (1.0,), 1, 0)],
)
def test_the_worst_case_of_a_race(
    candidates: int, n: int, blocks: tuple[float, ...], winners: int, runs: int
) -> None:
    assert most_runs(candidates, n, blocks, winners) == runs
