"""Modules find their parameters, name them by where they stand, and save and load all or nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.functions import ExampleSlot, LLMCall, Module
from textgrad_lite.graph import Gradient, Variable, substituted
from textgrad_lite.prompts import WorkedExample
from textgrad_lite.testing.scripted import ScriptedEngine

EXAMPLE = WorkedExample("e1", "1 + 1", "2")


def _prompt(text: str = "Be brief.", *, requires_grad: bool = True) -> Variable:
    return Variable(text, role_description="prompt", requires_grad=requires_grad)


class Step(Module):
    def __init__(self, text: str) -> None:
        self.prompt = _prompt(text)
        self.fixed = _prompt("fixed", requires_grad=False)

    def forward(self, text: Variable) -> Variable:
        return self.prompt + text


class Pipeline(Module):
    def __init__(self) -> None:
        self.draft = LLMCall(ScriptedEngine(), _prompt("draft"))
        self.steps = [Step("one"), Step("two")]
        self.by_name = {"final": (_prompt("final"),), "note": "no variable"}
        self.again = self.steps[0].prompt
        self.slot = ExampleSlot([EXAMPLE])
        self.itself = self

    def forward(self, *args: Any, **kwargs: Any) -> Variable:
        return self.steps[0](*args, **kwargs)


STATE: dict[str, Any] = {
    "draft.system_prompt": "draft",
    "steps.0.prompt": "one",
    "steps.1.prompt": "two",
    "by_name.final.0": "final",
    "slot": [{"id": "e1", "input": "1 + 1", "output": "2"}],
}


def test_parameters_are_named_by_where_they_stand() -> None:
    pipeline = Pipeline()

    assert {name: variable.value for name, variable in pipeline.named_parameters().items()} == {
        name: value for name, value in STATE.items() if name != "slot"
    }
    assert pipeline.parameters()[1] is pipeline.again


def test_zero_grad_forgets_all_criticism_of_parameters() -> None:
    pipeline = Pipeline()
    for parameter in pipeline.parameters():
        parameter.add_gradient(Gradient("Mend it."))
    pipeline.zero_grad()

    assert [parameter.gradients for parameter in pipeline.parameters()] == [()] * 4


async def test_a_module_can_be_awaited() -> None:
    output = await Step("one").aforward(_prompt("!"))

    assert output.peek() == "one!"


def test_a_state_is_json_and_comes_back() -> None:
    state = json.loads(json.dumps(Pipeline().state_dict()))
    assert state == STATE

    pipeline = Pipeline()
    changed: dict[str, Any] = {name: f"new {name}" for name in state} | {"slot": []}
    pipeline.load_state_dict(changed)

    assert pipeline.state_dict() == changed
    assert pipeline.slot.value == ""
    pipeline.load_state_dict(state)
    assert pipeline.state_dict() == STATE
    assert pipeline.slot.examples == (EXAMPLE,)


@given(st.lists(st.text() | st.integers() | st.floats(allow_nan=False), min_size=4, max_size=4))
def test_any_values_survive_saving_and_loading(values: list[str | int | float]) -> None:
    state: dict[str, Any] = dict(zip(STATE, values, strict=False)) | {"slot": []}
    pipeline = Pipeline()
    pipeline.load_state_dict(json.loads(json.dumps(state)))

    assert pipeline.state_dict() == state


@pytest.mark.parametrize(
    "change, message",
    [
        ({"by_name.final.0": None}, "'by_name.final.0' is a NoneType"),
        ({"by_name.final.0": ["x"]}, "'by_name.final.0' is a list"),
        ({"extra": "x"}, "Unknown: extra"),
        ({"slot": "text"}, "not a list of worked examples"),
        ({"slot": [{"id": "e1"}]}, "not a list of worked examples"),
        ({"slot": [{"id": "e1", "input": "a", "output": 1}]}, "not a list of worked examples"),
        ({"slot": 5}, "not a list of worked examples"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change: dict[str, Any], message: str) -> None:
    pipeline = Pipeline()

    with pytest.raises(ConfigurationError, match=message):
        pipeline.load_state_dict({**STATE, "steps.0.prompt": "changed", **change})
    assert pipeline.state_dict() == STATE


def test_a_state_with_a_gap_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"Missing: steps\.0\.prompt"):
        Pipeline().load_state_dict({name: value for name, value in STATE.items() if name != "steps.0.prompt"})


def test_a_state_can_be_tried_without_being_loaded() -> None:
    pipeline = Pipeline()
    other = {**STATE, "steps.0.prompt": "tried", "slot": []}
    with substituted(pipeline.substitution(other)):
        assert pipeline(_prompt("!")).value == "tried!"
        assert pipeline.slot.value == ""

    assert pipeline.state_dict() == STATE
    assert pipeline.slot.value != ""


def test_an_image_cannot_be_saved() -> None:
    step = Step("one")
    step.prompt.set_value(b"\x89PNG\r\n\x1a\n")

    with pytest.raises(ConfigurationError, match="'prompt' is an image"):
        step.state_dict()


def test_a_slot_holds_examples_as_text() -> None:
    slot = ExampleSlot()
    assert (slot.value, slot.examples, slot.requires_grad) == ("", (), False)

    slot.set_examples([EXAMPLE])
    assert "1 + 1" in str(slot.value)
    assert ExampleSlot.from_state(slot.to_state()) == (EXAMPLE,)


def test_an_output_that_a_module_keeps_is_no_parameter() -> None:
    class Keeping(Step):
        def forward(self, text: Variable) -> Variable:
            self.last = super().forward(text)
            return self.last

    module = Keeping("one")
    assert module(_prompt("!")).value == "one!"

    assert list(module.named_parameters()) == list(module.state_dict()) == ["prompt"]
