"""A program as a loss: its feedback is the criticism, and backward through it asks no model."""

from __future__ import annotations

import pytest

from textgrad_lite.data import Example
from textgrad_lite.errors import FunctionError, UnknownNameError
from textgrad_lite.functions import PromptModel
from textgrad_lite.graph import Variable
from textgrad_lite.losses import MetricLoss, metric_result_of
from textgrad_lite.metrics import Metric, MetricResult
from textgrad_lite.testing.scripted import ScriptedEngine

EXAMPLE = Example(id="e1", input="2 + 2", target="4")


class Same(Metric):
    name = "same"
    description = "The whole reply has to be the expected one."

    async def score(self, example: Example, output: str) -> MetricResult:
        if output == example.target:
            return MetricResult(score=1.0, kind="right", feedback="Exactly right.")
        return MetricResult(score=0.25, feedback=f"Expected {example.target}, got {output}.")


def _prediction(text: str) -> Variable:
    return Variable(text, role_description="answer")


def test_the_value_is_the_score_and_the_feedback() -> None:
    loss = MetricLoss(Same())(_prediction("5"), EXAMPLE)

    assert loss.value == "0.25: Expected 4, got 5."
    assert loss.role_description == "evaluation of the answer"
    result = metric_result_of(loss)
    assert result is not None
    assert result.score == 0.25


def test_a_metric_may_be_given_by_its_name() -> None:
    loss = MetricLoss("numeric")(_prediction("Answer: 4"), EXAMPLE)

    assert str(loss.value).startswith("1")
    with pytest.raises(UnknownNameError, match="numerik"):
        MetricLoss("numerik")


def test_a_score_without_feedback_stands_alone() -> None:
    assert MetricLoss(lambda example, output: 0.5)(_prediction("5"), EXAMPLE).text.startswith("0.5")


def test_a_failing_prediction_gets_the_feedback() -> None:
    prediction = _prediction("5")
    MetricLoss(Same())(prediction, EXAMPLE).backward()

    (gradient,) = prediction.gradients
    assert (gradient.text, gradient.is_keep, gradient.score) == ("Expected 4, got 5.", False, 0.25)


def test_a_passing_prediction_is_praised() -> None:
    prediction = _prediction("4")
    MetricLoss(Same())(prediction, EXAMPLE).backward()

    (gradient,) = prediction.gradients
    assert (gradient.text, gradient.is_keep, gradient.score) == ("Exactly right.", True, 1.0)


@pytest.mark.parametrize("score, said", [(1.0, "Right."), (0.0, "Not right. The rule: Nobody knows.")])
def test_a_metric_may_say_nothing(score: float, said: str) -> None:
    class Mute(Metric):
        name = "mute"
        description = "Nobody knows."

        async def score(self, example: Example, output: str) -> MetricResult:
            return MetricResult(score=score, kind="right" if score else "wrong")

    prediction = _prediction("4")
    loss = MetricLoss(Mute())(prediction, EXAMPLE)
    loss.backward()

    assert loss.value == f"{score:g}"
    assert prediction.gradients[0].text == said


def test_a_metric_that_raises_fails_the_loss() -> None:
    def broken(example: Example, output: str) -> float:
        raise KeyError("target")

    with pytest.raises(FunctionError, match="KeyError"):
        _ = MetricLoss(broken)(_prediction("5"), EXAMPLE).value


def test_only_failing_examples_cost_a_backward_request() -> None:
    engine = ScriptedEngine().on(["4", "5"], purpose="forward").on("Count again.", purpose="backward")
    model = PromptModel("Add.", engine)
    for number in range(2):
        answer = model({"input": "2 + 2"}, draw=number)
        assert answer.value
        MetricLoss(Same())(answer, EXAMPLE).backward(engine)

    assert [gradient.is_keep for gradient in model.prompt.gradients] == [True, False]
    (asked,) = engine.asked("backward")
    assert "<criticism>\nExpected 4, got 5.\n</criticism>" in asked


def test_other_variables_have_no_metric_result() -> None:
    assert metric_result_of(_prediction("4")) is None
