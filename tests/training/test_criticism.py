"""Tests of textgrad_lite.training.criticism."""

from __future__ import annotations

import pytest

from tests.training.doubles import make_model
from textgrad_lite.errors import AuthenticationError, BudgetExceededError, ContextLengthError, ServerError
from textgrad_lite.testing import ScriptedEngine, SimulatedTask
from textgrad_lite.training.criticism import criticise
from textgrad_lite.training.evaluation import Evaluator
from textgrad_lite.training.program import Program


async def test_criticism_names_example_and_way_and_leaves_the_module_alone() -> None:
    task = SimulatedTask(1, luck=0.5)
    evaluator = Evaluator(Program(make_model(task)), task.metric)
    state = evaluator.program.state()
    with evaluator.program.holding(state):
        result, rollouts = await evaluator.roll_out(state, task.dataset(8))
        criticism = await criticise(evaluator.program, task.metric, rollouts, engine=task.engine)
    records = {record.example_id: record for record in criticism.records}
    assert set(records) == {example.example_id for example in result.examples}
    for example in result.examples:
        record = records[example.example_id]
        assert record.parameter == "prompt"
        assert record.is_keep == (example.kind == "right")
        assert record.path[0].startswith("PromptModel: ")
        assert record.path[-1].startswith("MetricLoss: ")
    asked = {record.text for record in criticism.records if not record.is_keep}
    assert asked <= {f"The text should ask for {word}." for word in (*task.requirements, *task.distractors)}
    assert evaluator.program.module.parameters()[0].gradients == ()
    assert [gradient.text for gradient in criticism.gradients["prompt"]] == [
        r.text for r in criticism.records
    ]


async def test_without_rollouts_nobody_is_asked() -> None:
    task = SimulatedTask(1)
    program = Program(make_model(task))
    criticism = await criticise(program, task.metric, [], engine=task.engine)
    assert criticism.records == ()
    assert task.engine.calls == 0


@pytest.mark.parametrize(
    "error, failing_calls, stops",
    [
        (ServerError("down"), 1, False),
        (ServerError("down"), 100, True),
        (ContextLengthError("too long"), 100, False),
        (AuthenticationError("wrong key"), 1, True),
        (BudgetExceededError("over", limit="calls"), 1, True),
    ],
)
async def test_a_critic_that_fails(error: Exception, failing_calls: int, *, stops: bool) -> None:
    task = SimulatedTask(1, luck=0.0)
    lines: list[str | Exception] = [error] * failing_calls + ["The text should ask for more."] * 4
    critic = ScriptedEngine(lines)
    evaluator = Evaluator(Program(make_model(task)), task.metric)
    state = evaluator.program.state()
    with evaluator.program.holding(state):
        _, rollouts = await evaluator.roll_out(state, task.dataset(4))
        if stops:
            with pytest.raises(type(error)):
                await criticise(evaluator.program, task.metric, rollouts, engine=critic)
        else:
            criticism = await criticise(evaluator.program, task.metric, rollouts, engine=critic)
            assert len(criticism.records) == max(0, 4 - failing_calls)


async def test_two_states_can_be_criticised_one_after_the_other() -> None:
    task = SimulatedTask(1)
    evaluator = Evaluator(Program(make_model(task)), task.metric)
    missing = []
    for prompt in ("a", task.perfect_prompt.replace(task.requirements[0], "")):
        state = {**evaluator.program.state(), "prompt": prompt}
        with evaluator.program.holding(state):
            _, rollouts = await evaluator.roll_out(state, task.dataset(6))
            failing = [rollout for rollout in rollouts if not rollout.metric_result.is_right]
            found = await criticise(evaluator.program, task.metric, failing, engine=task.engine)
        missing.append({record.text for record in found.records})
    assert missing[1] == {f"The text should ask for {task.requirements[0]}."}
    assert len(missing[0]) > 1
