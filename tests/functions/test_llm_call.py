"""A model call sends what it was given, once, and hands criticism to what may change."""

from __future__ import annotations

from typing import Any

import pytest

from textgrad_lite.engines import use_engine
from textgrad_lite.errors import (
    ConfigurationError,
    FunctionError,
    PlaceholderError,
    ScriptExhaustedError,
)
from textgrad_lite.functions import BlackboxLLM, FormattedLLMCall, LLMCall, completion_of
from textgrad_lite.graph import Image, Variable
from textgrad_lite.prompts import WorkedExample
from textgrad_lite.testing.scripted import ScriptedEngine

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


def _question(text: str = "What?", *, requires_grad: bool = False) -> Variable:
    return Variable(text, role_description="question", requires_grad=requires_grad)


def _system(text: str = "Be brief.") -> Variable:
    return Variable(text, role_description="system prompt")


def test_the_input_is_the_user_message(engine: ScriptedEngine) -> None:
    response = LLMCall(engine)(_question())

    assert response.value == "reply"
    assert response.role_description == "response from the language model"
    (request,) = engine.requests
    assert [(message.role, message.text) for message in request.messages] == [("user", "What?")]
    assert request.purpose == "forward"


def test_system_prompt_examples_and_sampling_are_sent(engine: ScriptedEngine) -> None:
    examples = [WorkedExample("e1", "1 + 1", "2")]
    call = LLMCall(engine, _system(), demonstrations=examples, temperature=0.5, max_tokens=7)

    assert call(_question(), "answer", draw=3).value == "reply"

    (request,) = engine.requests
    system, user = request.messages
    assert system.role == "system"
    assert system.text.startswith("Be brief.\n\nHere are examples")
    assert "1 + 1" in system.text
    assert user.text == "What?"
    assert (request.temperature, request.max_tokens, request.sample) == (0.5, 7, (3, 0))


def test_examples_need_no_system_prompt(engine: ScriptedEngine) -> None:
    call = LLMCall(engine, demonstrations=[WorkedExample("e1", "1 + 1", "2")])

    assert call(_question()).value == "reply"
    assert engine.requests[0].messages[0].text.startswith("Here are examples")


def test_texts_and_images_follow_one_another_in_the_message(engine: ScriptedEngine) -> None:
    picture = Variable(PNG, role_description="picture", requires_grad=False)

    assert LLMCall(engine)([_question("See"), picture, _question("What is it?")]).value == "reply"

    parts = engine.requests[0].messages[0].parts
    assert [part.kind for part in parts] == ["text", "image", "text"]


def test_numbers_are_sent_as_text(engine: ScriptedEngine) -> None:
    assert LLMCall(engine)(Variable(3.5, role_description="number")).value == "reply"
    assert engine.requests[0].messages[0].text == "3.5"


def test_without_an_engine_the_one_set_at_the_call_is_used(engine: ScriptedEngine) -> None:
    call = LLMCall()
    with use_engine(engine):
        response = call(_question())

    assert response.value == "reply"


def test_without_any_engine_the_way_out_is_named() -> None:
    with pytest.raises(ConfigurationError, match="set_backward_engine"):
        LLMCall()(_question())


@pytest.mark.parametrize("sampling", [{"temprature": 1}, {"temperature": "hot"}, {"messages": ()}])
def test_wrong_sampling_options_are_refused_at_once(sampling: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(sampling))):
        LLMCall(ScriptedEngine(), **sampling)


async def test_it_can_be_awaited(engine: ScriptedEngine) -> None:
    response = await LLMCall(engine).aforward(_question())

    assert response.peek() == "reply"


def test_what_came_back_can_be_looked_at(engine: ScriptedEngine) -> None:
    question = _question()
    response = LLMCall(engine)(question)

    assert response.value == "reply"
    completion = completion_of(response)
    assert completion is not None
    assert completion.finish_reason == "stop"
    assert completion_of(question) is None


def test_an_error_names_function_role_and_engine() -> None:
    response = LLMCall(ScriptedEngine(name="mute"))(_question(), "answer")

    with pytest.raises(FunctionError, match="LLMCall with mute failed while making 'answer'") as caught:
        _ = response.value
    assert isinstance(caught.value.__cause__, ScriptExhaustedError)


def test_only_what_may_change_is_criticised(engine: ScriptedEngine) -> None:
    system, question = _system(), _question()
    response = LLMCall(engine, system)(question, "answer")
    response.backward(engine)

    assert [gradient.text for gradient in system.gradients] == ["review 1"]
    assert question.gradients == ()
    (asked,) = engine.asked("backward")
    shown = "The text to review is the system prompt. The model follows it here and with many other inputs:"
    assert f"{shown}\n<text>\nBe brief.\n</text>\n\n" in asked


def test_each_input_that_may_change_costs_one_request(engine: ScriptedEngine) -> None:
    system, question = _system(), _question(requires_grad=True)
    LLMCall(engine, system)(question).backward(engine)

    assert [variable.get_gradient_text() for variable in (system, question)] == ["review 1", "review 2"]
    asked = engine.asked("backward")[1]
    assert (
        "The text to review is the question (in this call: the input):\n<text>\nWhat?\n</text>\n\n" in asked
    )
    assert "many other inputs" not in asked


def test_the_criticism_of_the_output_is_shown_and_the_case_kept(engine: ScriptedEngine) -> None:
    system = _system()
    response = LLMCall(engine, system)(_question(), "answer")
    _ = response.value
    loss = LLMCall(
        engine, Variable("Judge.", role_description="instruction", requires_grad=False), purpose="loss"
    )
    loss(response).backward(engine)

    first, second = engine.asked("backward")
    assert "is a judgement" in first
    assert "What was said about the output (answer):\n<criticism>\nreview 1\n</criticism>" in second
    (gradient,) = system.gradients
    assert gradient.context == "Input:\n<input>\nWhat?\n</input>\n\nOutput:\n<output>\nreply\n</output>"


def test_the_engine_of_backward_may_be_the_one_that_is_set(engine: ScriptedEngine) -> None:
    system = _system()
    with use_engine(engine):
        LLMCall(engine, system)(_question()).backward()

    assert system.get_gradient_text() == "review 1"


def test_the_reviewer_sees_the_image_too(engine: ScriptedEngine) -> None:
    system = _system()
    LLMCall(engine, system)(Variable(PNG, role_description="picture", requires_grad=False)).backward(engine)

    image, question = engine.requests[-1].messages[1].parts
    assert image.kind == "image"
    assert question.kind == "text"
    assert str(Image.from_bytes(PNG)) in question.text


class TestFormat:
    """A format with placeholders, filled with Variables."""

    def test_fields_fill_the_format_and_braces_in_them_are_safe(self, engine: ScriptedEngine) -> None:
        call = FormattedLLMCall(engine, "Is {a} {{in}} {b}?", {"a": None, "b": None}, _system())
        values = {
            "b": Variable("{a} {}", role_description="second", requires_grad=False),
            "a": Variable("{b!r} }", role_description="first", requires_grad=False),
        }

        assert call(values, "answer").value == "reply"
        system, user = engine.requests[0].messages
        assert (system.text, user.text) == ("Be brief.", "Is {b!r} } {in} {a} {}?")

    def test_what_every_input_shares_is_the_beginning_of_the_message(self, engine: ScriptedEngine) -> None:
        call = FormattedLLMCall(engine, "Is {{n}}: {a}?", {"a": None}, _system())

        assert call({"a": _question("now")}).value == "reply"
        user = engine.requests[0].messages[-1]
        assert user.text[: user.shared_prefix] == "Is {n}: "

    def test_a_field_with_a_text_may_be_left_out(self, engine: ScriptedEngine) -> None:
        call = FormattedLLMCall(engine, "{a}-{b}", {"a": None, "b": "later"})

        assert call({"a": _question("now")}).value == "reply"
        assert engine.requests[0].messages[0].text == "now-later"

    def test_an_image_stands_at_its_place(self, engine: ScriptedEngine) -> None:
        call = FormattedLLMCall(engine, "See {picture}: {question}", {"picture": None, "question": None})
        picture = Variable(PNG, role_description="picture", requires_grad=False)

        assert call({"picture": picture, "question": _question()}).value == "reply"
        parts = engine.requests[0].messages[0].parts
        assert [part.text if part.kind == "text" else part.kind for part in parts] == [
            "See ",
            "image",
            ": What?",
        ]

    @pytest.mark.parametrize(
        "format_string, fields, named",
        [
            ("{a} {b}", {"a": None}, "placeholders of the format: b"),
            ("{a}", {"a": None, "c": None}, "the fields: c"),
        ],
    )
    def test_fields_and_placeholders_have_to_be_the_same(
        self, format_string: str, fields: dict[str, str | None], named: str
    ) -> None:
        with pytest.raises(PlaceholderError, match=named):
            FormattedLLMCall(ScriptedEngine(), format_string, fields)

    @pytest.mark.parametrize("inputs", [("a",), ("a", "b", "c")])
    def test_inputs_and_fields_have_to_be_the_same(self, inputs: tuple[str, ...]) -> None:
        call = FormattedLLMCall(ScriptedEngine(), "{a} {b}", {"a": None, "b": None})

        with pytest.raises(PlaceholderError, match="the inputs and the fields differ"):
            call({name: _question() for name in inputs})

    def test_a_field_is_shown_to_the_reviewer_by_itself(self, engine: ScriptedEngine) -> None:
        field = _question("yams", requires_grad=True)
        FormattedLLMCall(engine, "How many {what}?", {"what": None})({"what": field}).backward(engine)

        (asked,) = engine.asked("backward")
        assert "<input>\nHow many yams?\n</input>" in asked
        assert "The text to review is the question:\n<text>\nyams\n</text>" in asked
        assert field.get_gradient_text() == "review 1"


class TestBlackbox:
    """A model as a module."""

    def test_a_system_prompt_as_text_is_not_trained(self, engine: ScriptedEngine) -> None:
        model = BlackboxLLM(engine, "Be brief.")

        assert model(_question()).value == "reply"
        assert engine.requests[0].messages[0].text == "Be brief."
        assert model.parameters() == []
        assert model.engine is not None

    def test_a_system_prompt_as_variable_is_trained(self, engine: ScriptedEngine) -> None:
        system = _system()
        model = BlackboxLLM(engine, system_prompt=system)

        model(_question()).backward(engine)

        assert model.parameters() == [system]
        assert system.get_gradient_text() == "review 1"
        assert list(model.named_parameters()) == ["system_prompt"]
