"""A required form is sent or asked for, checked, and missed without a crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import pytest
from pydantic import BaseModel

from textgrad_lite.functions import LLMCall, instance_of
from textgrad_lite.graph import Gradient, Variable
from textgrad_lite.testing.scripted import ScriptedEngine


class Price(BaseModel):
    item: str
    cents: int


class Other(BaseModel):
    item: str


T = TypeVar("T")


class Several(BaseModel, Generic[T]):
    items: list[T]


def _ask(engine: ScriptedEngine, system: Variable | None = None) -> Variable:
    question = Variable("How much is tea?", role_description="question", requires_grad=False)
    return LLMCall(engine, system, output_type=Price)(question, "price")


def test_the_schema_is_sent_where_the_engine_takes_one() -> None:
    engine = ScriptedEngine(['{"cents": 250,\n "item": "tea"}'], supports_schema=True)
    price = _ask(engine)

    assert price.value == '{"item":"tea","cents":250}'
    assert instance_of(price, Price) == Price(item="tea", cents=250)
    assert instance_of(price, Other) is None
    (request,) = engine.requests
    assert request.output_schema == Price.model_json_schema()
    assert request.output_name == "Price"
    assert request.messages[0].text == "How much is tea?"


def test_it_is_asked_for_in_words_elsewhere(matches_golden: Callable[[str, str], None]) -> None:
    engine = ScriptedEngine(['Here you are:\n```json\n{"item": "tea", "cents": 250}\n```'])
    price = _ask(engine)

    assert price.value == '{"item":"tea","cents":250}'
    (request,) = engine.requests
    assert request.output_schema is None
    first, second = request.messages[0].parts
    assert first.kind == second.kind == "text"
    assert first.text == "How much is tea?"
    matches_golden("output_form", second.text)


@pytest.mark.parametrize(
    "reply, fault",
    [
        ("2.50", "Input should be a valid dictionary"),
        ("about 2.50 for tea", "no complete JSON"),
        ('{"item": "tea", "cents": "much"}', "cents: Input should be a valid integer"),
        ('{"item": "tea"}', "cents: Field required"),
        ('{"item": "tea", "cents": 2', "no complete JSON"),
    ],
)
def test_a_reply_of_another_form_stays_and_is_criticised(reply: str, fault: str) -> None:
    engine = ScriptedEngine([reply, "Ask for cents."])
    system = Variable("Sell.", role_description="system prompt")
    price = _ask(engine, system)

    assert price.value == reply
    assert instance_of(price, Price) is None
    price.backward(engine)

    assert system.get_gradient_text() == "Ask for cents."
    (asked,) = engine.asked("backward")
    assert "<criticism>\nThe output is not of the required form Price: " in asked
    assert fault in asked


def test_praise_does_not_hide_a_wrong_form() -> None:
    engine = ScriptedEngine(["none", "Ask for cents."])
    system = Variable("Sell.", role_description="system prompt")
    price = _ask(engine, system)
    assert price.value == "none"
    price.add_gradient(Gradient("Right.", is_keep=True))
    price.backward(engine)

    assert [gradient.is_keep for gradient in system.gradients] == [False]
    assert "<criticism>\nRight.\n</criticism>\n<criticism>\nThe output is not" in engine.asked("backward")[0]


def test_a_variable_that_no_call_made_has_no_instance() -> None:
    assert instance_of(Variable("x", role_description="text"), Price) is None


def test_a_generic_form_has_a_name_that_servers_take() -> None:
    engine = ScriptedEngine(['{"items": [1]}'], supports_schema=True)
    numbers = LLMCall(engine, output_type=Several[int])(Variable("q", role_description="question"))

    assert numbers.value == '{"items":[1]}'
    assert engine.requests[0].output_name == "Several_int"
