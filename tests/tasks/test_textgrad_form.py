"""Tests of textgrad_lite.tasks.textgrad_form: a program in textgrad's manner runs on our tasks."""

from __future__ import annotations

import pytest

import textgrad_lite as tg
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.tasks import DataLoader, load_task
from textgrad_lite.testing import ScriptedEngine


def constant(text: str, role: str) -> tg.Variable:
    return tg.Variable(text, requires_grad=False, role_description=role)


def test_a_task_unpacks_into_three_sets_and_a_function() -> None:
    train, val, test, eval_fn = load_task("object_counting", "unused/engine")
    assert (len(train), len(val), len(test)) == (50, 100, 100)
    question, answer = train[0]
    assert question.startswith("I have")
    assert train[:2] == [train[0], train[1]]
    assert "Answer: $VALUE" in train.get_task_description()
    reply = constant(f"Answer: {answer}", "prediction")
    asked, truth = constant(question, "question"), constant(answer, "answer")
    by_name = eval_fn(inputs={"prediction": reply, "ground_truth_answer": truth})
    assert int(by_name.value) == 1
    in_order = eval_fn([asked, truth, constant("Answer: -1", "prediction")])
    assert eval_fn.parse_output(in_order) == 0


def test_a_score_criticises_what_was_wrong_without_a_model() -> None:
    *_, eval_fn = load_task("object_counting")
    prompt = tg.Variable("Count.", role_description="system prompt")
    model = tg.BlackboxLLM(
        ScriptedEngine(["Answer: 3"]).on("Say what is missing.", purpose="backward"), prompt
    )
    reply = model(constant("I have two cats and two dogs.", "question"))
    score = eval_fn(inputs={"prediction": reply, "ground_truth_answer": constant("4", "answer")})
    score.backward(ScriptedEngine().on("Count all.", purpose="backward"))
    assert score.value == 0
    assert "Count all." in prompt.get_gradient_text()


def test_batches_hold_questions_and_answers_apart() -> None:
    pairs = [(f"q{k}", f"a{k}") for k in range(7)]
    loader = DataLoader(pairs, batch_size=3, seed=1)
    epochs = [list(loader), list(loader)]
    for epoch in epochs:
        assert [len(questions) for questions, _ in epoch] == [3, 3, 1]
        seen = [pair for questions, answers in epoch for pair in zip(questions, answers, strict=True)]
        assert sorted(seen) == pairs
    assert epochs[0] != epochs[1]
    assert epochs == [list(again := DataLoader(pairs, batch_size=3, seed=1)), list(again)]


def test_batches_may_keep_the_order() -> None:
    assert next(iter(DataLoader([("q", "a"), ("r", "b")], shuffle=False))) == (("q", "r"), ("a", "b"))
    with pytest.raises(ConfigurationError, match="at least one pair"):
        DataLoader([], batch_size=0)
