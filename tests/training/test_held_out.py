"""Tests of textgrad_lite.training.held_out."""

from __future__ import annotations

import pytest

from tests.training.doubles import make_dataset
from textgrad_lite.data import Example
from textgrad_lite.engines import Completion, Engine, Request
from textgrad_lite.errors import BudgetExceededError, RunError
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


def test_all_text_of_an_example_can_be_guarded() -> None:
    example = Example(id="1", input="in", target="out", fields={"a": "x"})
    assert texts_of([example, Example(id="2", input="only")]) == ["in\nx\nout", "only"]
