"""Tests of textgrad_lite.training.held_out."""

from __future__ import annotations

import pytest

from tests.training.doubles import make_dataset
from textgrad_lite.data import Example
from textgrad_lite.engines import Completion, Engine, Request
from textgrad_lite.errors import BadRequestError, BudgetExceededError, RunError
from textgrad_lite.functions import PromptModel
from textgrad_lite.metrics import get_metric
from textgrad_lite.training.evaluation import Evaluator
from textgrad_lite.training.held_out import HeldOut, texts_of
from textgrad_lite.training.program import Program


class Ending(Engine):
    """Answers so many requests, then the budget is over."""

    name = "ending"

    def __init__(self, left: int) -> None:
        self.left = left
        self.asked: list[str] = []

    async def complete(self, request: Request) -> Completion:
        self.left -= 1
        if self.left < 0:
            raise BudgetExceededError("over", limit="seconds")
        self.asked.append(request.messages[0].text)
        return Completion(text=request.messages[-1].text)


BEFORE, AFTER = {"prompt": "before"}, {"prompt": "after"}


def make(left: int) -> tuple[HeldOut, Evaluator, Ending]:
    engine = Ending(left)
    evaluator = Evaluator(Program(PromptModel("p", engine)), get_metric("numeric"))
    return HeldOut(make_dataset(45)), evaluator, engine


async def test_both_states_are_scored_on_all_examples_with_equal_prompts_together() -> None:
    held_out, evaluator, engine = make(1000)
    before, after = await held_out.score(evaluator, BEFORE, AFTER)
    assert after is not None
    assert (before.label, before.score.n, after.label, after.score.n) == (
        "test, before",
        45,
        "test, after",
        45,
    )
    assert engine.asked[:40] == ["before"] * 20 + ["after"] * 20


async def test_it_opens_only_once() -> None:
    held_out, evaluator, _ = make(1000)
    assert (await held_out.score(evaluator, BEFORE))[1] is None
    with pytest.raises(RunError, match="only once"):
        await held_out.score(evaluator, AFTER)


@pytest.mark.parametrize("left, complete", [(80, 40), (79, 20), (45, 20)])
async def test_a_budget_that_ends_leaves_complete_pairs(left: int, complete: int) -> None:
    held_out, evaluator, _ = make(left)
    before, after = await held_out.score(evaluator, BEFORE, AFTER)
    assert after is not None
    assert [e.example_id for e in before.examples] == [e.example_id for e in after.examples]
    assert before.score.n == complete


async def test_a_budget_that_ends_before_any_pair_is_an_error() -> None:
    held_out, evaluator, _ = make(39)
    with pytest.raises(BudgetExceededError):
        await held_out.score(evaluator, BEFORE, AFTER)


class Filtering(Engine):
    """Repeats the question, and refuses some of them for good."""

    name = "filtering"

    def __init__(self, *refused: str) -> None:
        self._refused = refused

    async def complete(self, request: Request) -> Completion:
        text = request.messages[-1].text
        if text in self._refused:
            raise BadRequestError("filtered")
        return Completion(text=text)


def make_filtered(*refused: int) -> tuple[HeldOut, Evaluator]:
    dataset = make_dataset(41)
    engine = Filtering(*(dataset[index].input for index in refused))
    return HeldOut(dataset), Evaluator(Program(PromptModel("p", engine)), get_metric("numeric"))


@pytest.mark.parametrize("refused", [(40,), (0, 1, 2, 3)])
async def test_how_many_calls_may_fail_depends_on_all_of_the_test_set(refused: tuple[int, ...]) -> None:
    held_out, evaluator = make_filtered(*refused)
    before, _ = await held_out.score(evaluator, BEFORE)
    assert before.score.kinds == {"error": len(refused), "right": 41 - len(refused)}


async def test_failures_are_counted_over_all_blocks() -> None:
    held_out, evaluator = make_filtered(0, 1, 20, 21, 22)
    with pytest.raises(BadRequestError, match="test, before: 5 of 41 examples"):
        await held_out.score(evaluator, BEFORE)


def test_all_text_of_an_example_can_be_guarded() -> None:
    example = Example(id="1", input="in", target="out", fields={"a": "x"})
    assert texts_of([example, Example(id="2", input="only")]) == ["in\nx\nout", "only"]
