"""How the backward engine is asked: once for each or for all, never for praise, again for an empty answer."""

from __future__ import annotations

import json

import pytest

from textgrad_lite.engines.types import Completion, Request
from textgrad_lite.errors import BackwardError, ParseError
from textgrad_lite.functions import LLMCall
from textgrad_lite.graph import Gradient, Variable
from textgrad_lite.testing.scripted import ScriptedEngine


def _program(engine: ScriptedEngine, joint: bool | None = None) -> tuple[Variable, Variable, Variable]:
    system = Variable("Be brief.", role_description="system prompt")
    question = Variable("What?", role_description="question")
    response = LLMCall(engine, system, joint=joint)(question, "answer")
    assert response.value == "reply"
    return system, question, response


def test_all_inputs_can_be_reviewed_in_one_request() -> None:
    reply = "<change_1>system</change_1>\n<change_2>input</change_2>"
    engine = ScriptedEngine().on("reply", purpose="forward").on([reply], purpose="backward")
    system, question, response = _program(engine)
    response.backward(engine, joint=True)

    assert (system.get_gradient_text(), question.get_gradient_text()) == ("system", "input")
    (asked,) = engine.asked("backward")
    assert "Answer in exactly this form:" in asked


def test_a_call_can_ask_jointly_by_itself_or_never() -> None:
    reply = "<change_1>system</change_1>\n<change_2>input</change_2>"
    engine = ScriptedEngine().on("reply", purpose="forward").on([reply], purpose="backward")
    *_, response = _program(engine, joint=True)
    response.backward(engine)
    assert len(engine.asked("backward")) == 1

    engine = ScriptedEngine().on("reply", purpose="forward").on(["one", "two"], purpose="backward")
    *_, response = _program(engine, joint=False)
    response.backward(engine, joint=True)
    assert len(engine.asked("backward")) == 2


def test_a_schema_is_sent_where_the_engine_takes_one() -> None:
    answers = {"change_1": "system", "change_2": "input"}
    engine = ScriptedEngine(supports_schema=True)
    engine.on("reply", purpose="forward").on(json.dumps(answers), purpose="backward")
    system, question, response = _program(engine)
    response.backward(engine, joint=True)

    assert (system.get_gradient_text(), question.get_gradient_text()) == ("system", "input")
    schema = engine.requests[-1].output_schema
    assert schema is not None
    assert schema["required"] == ["change_1", "change_2"]
    assert "Answer with a JSON object" in engine.asked("backward")[0]


@pytest.mark.parametrize("supports_schema", [True, False])
@pytest.mark.parametrize(
    "reply",
    [
        "Sorry.",
        "[1]",
        '{"change_1": "", "change_2": null}',
        "<change_1></change_1>",
        "<change_1>\nwhat you say of text 1\n</change_1>",
    ],
)
def test_what_a_joint_reply_leaves_out_is_asked_for_singly(supports_schema: bool, reply: str) -> None:
    engine = ScriptedEngine(supports_schema=supports_schema)
    engine.on("reply", purpose="forward").on([reply, "one", "two"], purpose="backward")
    system, question, response = _program(engine)
    response.backward(engine, joint=True)

    assert (system.get_gradient_text(), question.get_gradient_text()) == ("one", "two")


def test_only_the_part_that_is_missing_is_asked_for_again() -> None:
    engine = ScriptedEngine().on("reply", purpose="forward")
    engine.on(["<change_2>input</change_2>", "one"], purpose="backward")
    system, question, response = _program(engine)
    response.backward(engine, joint=True)

    assert (system.get_gradient_text(), question.get_gradient_text()) == ("one", "input")
    assert len(engine.asked("backward")) == 2


@pytest.mark.parametrize(
    "useless",
    ["", "  \n", "<think>hm</think>", Completion(text="I cannot.", finish_reason="refusal")],
)
def test_an_answer_without_criticism_is_asked_for_once_more(useless: str | Completion) -> None:
    def answer(request: Request) -> str | Completion:
        return "Mend it." if request.sample == (0, 1) else useless

    engine = ScriptedEngine().on("reply", purpose="forward").on(answer, purpose="backward")
    system, _, response = _program(engine)
    response.backward(engine)

    assert system.get_gradient_text() == "Mend it."


def test_two_answers_without_criticism_fail_the_branch() -> None:
    engine = ScriptedEngine(name="mute").on("reply", purpose="forward").on("", purpose="backward")
    system, question, response = _program(engine)

    with pytest.raises(BackwardError, match="mute gave no criticism, twice") as caught:
        response.backward(engine)
    assert isinstance(caught.value.failures[0].__cause__, ParseError)
    assert system.gradients == question.gradients == ()


def test_praise_goes_through_without_a_request(engine: ScriptedEngine) -> None:
    system, question, response = _program(engine)
    response.add_gradient(Gradient("Right.", is_keep=True, score=1.0))
    response.add_gradient(Gradient("Also right.", is_keep=True, score=0.5))
    response.backward(engine)

    assert engine.asked("backward") == []
    (gradient,) = system.gradients
    assert (gradient.is_keep, gradient.score) == (True, 0.75)
    assert gradient.text == "The system prompt led to a good result here. Keep what it says."
    assert gradient.context is not None
    assert "reply" in gradient.context
    assert question.gradients[0].text.startswith("The question led to")


def test_praise_beside_a_fault_is_shown_with_it(engine: ScriptedEngine) -> None:
    system, _, response = _program(engine)
    response.add_gradient(Gradient("Right.", is_keep=True, score=1.0))
    response.add_gradient(Gradient("Too long.", score=0.0))
    response.backward(engine)

    assert (
        "<criticism>\nRight.\n</criticism>\n<criticism>\nToo long.\n</criticism>"
        in engine.asked("backward")[0]
    )
    (gradient,) = system.gradients
    assert (gradient.is_keep, gradient.score) == (False, 0.5)
