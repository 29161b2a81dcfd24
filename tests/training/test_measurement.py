"""Tests of textgrad_lite.training.measurement."""

from __future__ import annotations

from tests.training.doubles import make_model
from textgrad_lite.engines import Budget, Session, use_session
from textgrad_lite.testing import ScriptedEngine, SimulatedTask
from textgrad_lite.training import aevaluate, evaluate, events


def test_a_module_is_measured_as_it_is() -> None:
    task = SimulatedTask(0)
    seen: list[events.Event] = []
    result = evaluate(make_model(task), "exact", task.dataset(30), callbacks=[seen.append])
    assert result.score.n == 30
    assert result.mean == sum(task.is_solved(n, f"{task.prompt}\n\n") for n in range(1, 31)) / 30
    assert result.label == "simulated"
    assert seen[-1] == events.EvaluationProgress(label="simulated", done=30, total=30, errors=0)
    assert result.model_validate(result.model_dump(mode="json")) == result


async def test_a_judge_and_a_budget_can_be_given(tmp_path: object) -> None:
    task = SimulatedTask(0)
    judge = ScriptedEngine().on("<reason>good</reason><grade>9</grade>", purpose="judge")
    rubric = f"{tmp_path}/rubric.txt"
    with open(rubric, "w") as file:  # noqa: ASYNC230, PTH123 - a test file
        file.write("Be right.")
    session = Session(budget=Budget(calls=100))
    with use_session(session):
        result = await aevaluate(
            make_model(task), f"judge:{rubric}", task.dataset(4), engine=judge, repeats=2
        )
    assert (result.mean, len(result.examples)) == (0.9, 8)
    # Draws that gave the same text are judged by one call where they meet in flight.
    asked = {row.purpose: row.calls + row.hits for row in session.ledger.report()}
    assert asked == {"forward": 8, "judge": 8}
