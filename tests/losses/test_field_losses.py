"""Losses over several named things show each under its name and criticise only what may change."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from textgrad_lite.errors import ConfigurationError, ParseError
from textgrad_lite.graph import Variable
from textgrad_lite.losses import (
    ImageQALoss,
    MultiChoiceTestTime,
    MultiFieldEvaluation,
    MultiFieldTokenParsedEvaluation,
)
from textgrad_lite.testing.scripted import ScriptedEngine, get_text

Compare = Callable[[str, str], None]

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
ROLES = ["Question for the task", "Correct answer", "Prediction {0}"]


def _fixed(text: str | bytes, role: str) -> Variable:
    return Variable(text, role_description=role, requires_grad=False)


def _fields() -> list[Variable]:
    prediction = Variable("{7} & <8>", role_description="answer")
    return [_fixed("2 + 5?", "question"), _fixed("7", "truth"), prediction]


def test_fields_stand_under_their_names_after_the_instruction(matches_golden: Compare) -> None:
    engine = ScriptedEngine(["same"])
    loss = MultiFieldEvaluation("Compare {them}.", ROLES, engine)(_fields())

    assert loss.value == "same"
    assert loss.role_description == "evaluation"
    matches_golden("multi_field", get_text(engine.requests[0]))


def test_every_judgement_of_a_batch_begins_with_the_instruction() -> None:
    engine = ScriptedEngine(["same"])
    assert MultiFieldEvaluation("Compare.", ROLES, engine)(_fields()).value == "same"

    user = engine.requests[0].messages[1]
    assert user.text[: user.shared_prefix] == "Compare.\n\n"


def test_only_the_prediction_is_criticised(matches_golden: Compare) -> None:
    engine = ScriptedEngine(["not the same", "Give the number alone."])
    fields = _fields()
    MultiFieldEvaluation("Compare.", ROLES, engine)(fields).backward(engine)

    assert [field.get_gradient_text() for field in fields] == ["", "", "Give the number alone."]
    matches_golden("multi_field_backward", engine.asked("backward")[0])


def test_an_instruction_and_a_system_prompt_can_be_trained() -> None:
    engine = ScriptedEngine(["not the same", "one", "two", "three"])
    system = Variable("You judge.", role_description="system prompt")
    instruction = Variable("Compare.", role_description="instruction")
    loss_function = MultiFieldEvaluation(instruction, ROLES, engine, system)
    loss_function(_fields()).backward(engine)

    assert loss_function.parameters() == [system, instruction]
    assert (system.get_gradient_text(), instruction.get_gradient_text()) == ("one", "two")
    assert "The text to review is the instruction. The model follows it" in engine.asked("backward")[1]


def test_each_role_needs_its_variable() -> None:
    with pytest.raises(ConfigurationError, match="2 Variables for 3 fields"):
        MultiFieldEvaluation("Compare.", ROLES, ScriptedEngine())(_fields()[:2])


@pytest.mark.parametrize(
    "judgement, verdict", [("So: <acc> 1 </acc>.", "1"), ("<acc>0</acc>\nNo:\n<acc>1</acc>", "1")]
)
def test_a_verdict_is_read_between_its_marks(judgement: str, verdict: str) -> None:
    engine = ScriptedEngine([judgement])
    loss_function = MultiFieldTokenParsedEvaluation("Compare.", ROLES, engine, parse_tags=["<acc>", "</acc>"])

    assert loss_function.parse_output(loss_function(_fields())) == verdict


def test_a_judgement_without_verdict_is_an_error() -> None:
    loss_function = MultiFieldTokenParsedEvaluation(
        "Compare.", ROLES, ScriptedEngine(["same"]), parse_tags=["<acc>", "</acc>"]
    )

    with pytest.raises(ParseError, match="nothing between <acc> and </acc>"):
        loss_function.parse_output(loss_function(_fields()))


@pytest.mark.parametrize("marks", [None, [], ["<acc>"], ["<acc>", ""]])
def test_a_verdict_needs_two_marks(marks: Sequence[str] | None) -> None:
    with pytest.raises(ConfigurationError, match="parse_tags"):
        MultiFieldTokenParsedEvaluation("Compare.", ROLES, ScriptedEngine(), parse_tags=marks)


def test_a_choice_is_doubted_without_knowing_the_right_one(matches_golden: Compare) -> None:
    engine = ScriptedEngine(["It guesses.", "Check C."])
    prediction = Variable("C, because it is red.", role_description="answer to the question")
    loss = MultiChoiceTestTime("Look at each step.", engine)("Which? A, B or C", prediction)

    assert loss.value == "It guesses."
    assert loss.role_description == "evaluation of the answer to the question"
    matches_golden("multi_choice", get_text(engine.requests[0]))
    loss.backward(engine)
    assert prediction.get_gradient_text() == "Check C."


def test_an_image_stands_at_its_place_and_the_reviewer_sees_it(matches_golden: Compare) -> None:
    engine = ScriptedEngine(["Wrong colour.", "Say blue."])
    image, question = _fixed(PNG, "picture"), _fixed("Which colour?", "question")
    response = Variable("red", role_description="answer")
    ImageQALoss("Check the colour.", engine)(image, question, response).backward(engine)

    first, second = engine.requests
    assert [part.kind for part in first.messages[1].parts] == ["text", "image", "text"]
    assert second.messages[1].parts[0].kind == "image"
    matches_golden("image_question", get_text(first))
    matches_golden("image_question_backward", get_text(second))
    assert response.get_gradient_text() == "Say blue."


def test_the_system_prompt_can_be_replaced() -> None:
    engine = ScriptedEngine(["a", "b"])
    question = _fixed("q", "question")
    assert MultiChoiceTestTime("i", engine, "You doubt.")(question, question).value == "a"
    assert ImageQALoss("i", engine, "You look.")(_fixed(PNG, "p"), question, question).value == "b"

    assert [request.messages[0].text for request in engine.requests] == ["You doubt.", "You look."]
