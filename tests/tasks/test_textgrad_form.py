"""Tests of textgrad_lite.tasks.textgrad_form: a program in textgrad's manner runs on our tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

import textgrad_lite as tg
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.tasks import DataLoader, load_instance_task, load_task
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


def test_questions_are_problems_of_their_own(tmp_path: Path) -> None:
    header = "Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2,Incorrect Answer 3\n"
    (tmp_path / "gpqa_diamond.csv").write_text(header + "Q1?,right,w,x,y\nQ2?,right,w,x,y\n")
    critic = ScriptedEngine(["Is it so?"]).on("Think again.", purpose="backward")
    test_set = load_instance_task("GPQA_diamond", critic, path=tmp_path)
    assert len(test_set) == len(test_set[:]) == 2
    assert "Answer:" in test_set.get_task_description()
    question, answer, objective, eval_fn = test_set[1]
    assert f"{answer} right" in question
    instance = tg.Variable("Answer: w", role_description="solution and prediction")
    assert eval_fn(instance) == 0.0
    loss = objective(instance)
    loss.backward(critic)
    assert loss.value == "Is it so?"
    assert "Think again." in instance.get_gradient_text()
    instance.set_value(f"Answer: {answer}")
    assert eval_fn(instance) == 1.0


def test_the_backward_engine_doubts_where_no_other_is_named() -> None:
    tg.set_backward_engine(ScriptedEngine(["Doubtful."]), override=True)
    objective = load_instance_task("object_counting")[0][2]
    assert objective(constant("Answer: 1", "answer")).value == "Doubtful."


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
