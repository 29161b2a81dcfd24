"""A prompt file as a module: system message or template, worked examples, saved as what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.engines.types import ImagePart, Message
from textgrad_lite.errors import FunctionError, GraphError, PlaceholderError
from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.graph import Image, Variable, substituted
from textgrad_lite.prompts import WorkedExample
from textgrad_lite.testing.scripted import ScriptedEngine

FIELDS = {"input": "2 yams", "unit": "pieces"}
EXAMPLES = (WorkedExample("e1", "1 {yam}", "1"), WorkedExample("e2", "{{x}} }", "2"))


def _sent(prompt: str | Variable, examples: Sequence[WorkedExample] | None = None) -> tuple[Message, ...]:
    engine = ScriptedEngine(["reply"])
    slot = None if examples is None else ExampleSlot(examples)
    assert PromptModel(prompt, engine, examples=slot)(FIELDS).value == "reply"
    return engine.requests[0].messages


def _texts(messages: Sequence[Message]) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in messages]


def test_a_prompt_without_placeholder_is_the_system_message() -> None:
    assert _texts(_sent('Reply as {"n": {}}.\r\n')) == [
        ("system", 'Reply as {"n": {}}.\r\n'),
        ("user", "2 yams"),
    ]


def test_a_prompt_with_placeholders_is_the_user_message() -> None:
    assert _texts(_sent("Count {input} in {unit} as {{n}}.\n")) == [
        ("user", "Count 2 yams in pieces as {n}.\n")
    ]


def test_examples_follow_a_system_message() -> None:
    system, user = _sent("Count.\n", EXAMPLES)

    assert system.text.startswith("Count.\n\nHere are examples of how to answer.")
    assert system.text.endswith("</example>\n")
    assert "1 { yam }" in system.text
    assert user.text == "2 yams"


def test_examples_precede_a_template_as_they_are() -> None:
    (user,) = _sent("Count {input}.", EXAMPLES)

    assert user.text.startswith("Here are examples of how to answer.")
    assert "1 {yam}" in user.text
    assert "{{x}} }" in user.text
    assert user.text.endswith("</example>\n\nCount 2 yams.")


@pytest.mark.parametrize("examples", [None, EXAMPLES])
def test_what_every_input_shares_is_the_beginning_of_the_message(
    examples: Sequence[WorkedExample] | None,
) -> None:
    (user,) = _sent("Count {{all}} of {input} in {unit}.", examples)

    shared, rest = user.text[: user.shared_prefix], user.text[user.shared_prefix :]
    assert shared.endswith("Count {all} of ")
    assert rest == "2 yams in pieces."


PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


def _shapes(message: Message) -> list[str]:
    return [part.text if part.kind == "text" else part.kind for part in message.parts]


def test_an_image_fills_its_placeholder() -> None:
    engine = ScriptedEngine(["reply"])
    answer = PromptModel("Look at {picture}. {input}", engine)({"picture": PNG, "input": "What is it?"})

    assert answer.value == "reply"
    assert _shapes(engine.requests[0].messages[0]) == ["Look at ", "image", ". What is it?"]


def test_without_placeholder_an_image_goes_before_the_input() -> None:
    engine = ScriptedEngine(["reply", "reply"])
    model = PromptModel("Be brief.", engine)

    assert model({"input": "What is it?", "picture": Image.from_bytes(PNG), "n": "3"}).value == "reply"
    assert model({"input": PNG}).value == "reply"
    assert [_shapes(request.messages[1]) for request in engine.requests] == [
        ["image", "What is it?"],
        ["image"],
    ]


def test_a_field_may_name_the_file_or_the_address_of_an_image(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(PNG)
    engine = ScriptedEngine(["reply", "reply"])
    model = PromptModel("Be brief.", engine, image_fields=["picture"])

    for source in (str(tmp_path / "picture.png"), "https://example.org/picture.png"):
        assert model({"picture": source, "input": "picture"}).value == "reply"
    images = [request.messages[1].parts[0] for request in engine.requests]
    assert images == [
        ImagePart(data=PNG, media_type="image/png"),
        ImagePart(url="https://example.org/picture.png"),
    ]


def test_an_image_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    model = PromptModel("Be brief.", ScriptedEngine(), image_fields=["picture"])
    with pytest.raises(GraphError, match=r"missing\.png cannot be read"):
        model({"picture": str(tmp_path / "missing.png"), "input": "?"})


def test_an_empty_slot_changes_nothing() -> None:
    for prompt in ("Count.\n", "Count {input}.\n"):
        assert _sent(prompt, ()) == _sent(prompt)


_PIECES = st.sampled_from(["{", "}", "{{", "}}", "4 ", "\n", "{input}", "{unit}"])
_PROMPT = st.lists(_PIECES, max_size=8).map("".join)
_EXAMPLES = st.lists(st.builds(WorkedExample, st.just("e"), st.text("{}ab\n"), st.text("{}ab\n")), max_size=2)


@given(_PROMPT, _EXAMPLES)
def test_a_saved_prompt_sends_the_same_messages(prompt: str, examples: list[WorkedExample]) -> None:
    saved = PromptModel(prompt, ScriptedEngine(), examples=ExampleSlot(examples)).render()

    assert _texts(_sent(saved)) == _texts(_sent(prompt, examples))


def test_without_a_slot_the_prompt_is_saved_as_it_is() -> None:
    assert PromptModel("Count {{x}} {input}.\r\n", ScriptedEngine()).render() == "Count {{x}} {input}.\r\n"


def test_a_substituted_prompt_is_the_one_that_is_used_and_rendered() -> None:
    engine = ScriptedEngine(["a", "b"])
    model = PromptModel("Count.", engine, examples=ExampleSlot())
    with substituted(model.substitution({"prompt": "Sum {input}.", "examples": [EXAMPLES[0].__dict__]})):
        assert model.render().endswith("Sum {input}.")
        assert "1 {{yam}}" in model.render()
        answer = model(FIELDS)
    assert answer.value == "a"
    assert engine.requests[0].messages[0].text.endswith("Sum 2 yams.")
    assert model.render() == "Count."


def test_its_state_is_the_prompt_and_the_examples() -> None:
    model = PromptModel("Count.", ScriptedEngine(), examples=ExampleSlot(EXAMPLES[:1]))

    assert model.state_dict() == {
        "prompt": "Count.",
        "examples": [{"id": "e1", "input": "1 {yam}", "output": "1"}],
    }
    assert list(model.named_parameters()) == ["prompt"]


@pytest.mark.parametrize("prompt, named", [("Count {inptu}.", r"\{inptu\}"), ("Count.", "no field 'input'")])
def test_a_missing_field_fails_the_answer(prompt: str, named: str) -> None:
    answer = PromptModel(prompt, ScriptedEngine())({"question": "x"})

    with pytest.raises(FunctionError, match=named) as caught:
        _ = answer.value
    assert isinstance(caught.value.__cause__, PlaceholderError)


@pytest.mark.parametrize(
    "prompt, part", [("Count.", " (in this call: the system prompt)"), ("Count {input}.", "")]
)
def test_the_prompt_is_criticised_and_nothing_else(prompt: str, part: str) -> None:
    engine = ScriptedEngine(["reply", "Say how."])
    model = PromptModel(prompt, engine, examples=ExampleSlot(EXAMPLES), temperature=0.0)
    answer = model(FIELDS, "answer", draw=2)
    answer.backward(engine)

    assert model.prompt.get_gradient_text() == "Say how."
    assert (engine.requests[0].temperature, engine.requests[0].sample) == (0.0, (2, 0))
    (asked,) = engine.asked("backward")
    shown = f"The text to review is the prompt of the language model{part}. The model follows it"
    assert f"{shown} here and with many other inputs:\n<text>\n{prompt}\n</text>\n" in asked
    (gradient,) = model.prompt.gradients
    assert gradient.context is not None
    assert "2 yams" in gradient.context
    assert "<example>" not in asked + gradient.context


def test_a_prompt_given_as_variable_is_kept() -> None:
    prompt = Variable("Count.", role_description="prompt", requires_grad=False)
    model = PromptModel(prompt, ScriptedEngine(["reply"]))

    assert model(FIELDS).value == "reply"
    assert model.prompt is prompt
    assert model.parameters() == []


def test_variables_among_the_fields_are_criticised_too() -> None:
    engine = ScriptedEngine(["reply", "Prompt.", "Input."])
    question = Variable("2 yams", role_description="question")
    model = PromptModel("Count.", engine)
    model({"input": question}).backward(engine)

    assert (model.prompt.get_gradient_text(), question.get_gradient_text()) == ("Prompt.", "Input.")
