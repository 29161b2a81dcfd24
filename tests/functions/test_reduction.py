"""Joining Variables: every criticism reaches every predecessor once, with its context."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from textgrad_lite.errors import GraphError
from textgrad_lite.functions import LLMCall, aggregate, concat, sum  # noqa: A004 - what is tested
from textgrad_lite.graph import Gradient, Variable
from textgrad_lite.testing.scripted import ScriptedEngine


def _leaves(*texts: str) -> list[Variable]:
    return [Variable(text, role_description=f"text {text}") for text in texts]


@pytest.mark.parametrize(
    "join, value",
    [(sum, "a\nb\nc"), (aggregate, "a\nb\nc"), (lambda leaves: concat(*leaves), "abc")],
)
def test_values_are_joined_in_order(join: Callable[[Sequence[Variable]], Variable], value: str) -> None:
    joined = join(_leaves("a", "b", "c"))

    assert joined.value == value
    assert joined.role_description == "a combination of the following: text a, text b, text c"


@pytest.mark.parametrize("join", [sum, aggregate, lambda leaves: concat(*leaves)])
def test_nothing_cannot_be_joined(join: Callable[[Sequence[Variable]], Variable]) -> None:
    with pytest.raises(GraphError, match="no Variable to join"):
        join([])


@pytest.mark.parametrize("join", [sum, aggregate, lambda leaves: concat(*leaves)])
def test_criticism_reaches_each_predecessor_once(join: Callable[[Sequence[Variable]], Variable]) -> None:
    leaves = _leaves("a", "b", "c")
    joined = join(leaves)
    assert joined.value
    joined.add_gradient(Gradient("Too long.", context="the case"))
    joined.backward()

    assert [[(gradient.text, gradient.context) for gradient in leaf.gradients] for leaf in leaves] == [
        [("Too long.", "the case")]
    ] * 3


def test_plain_text_can_be_joined_and_is_not_criticised() -> None:
    (leaf,) = _leaves("a")
    joined = concat("<", leaf, ">")

    assert joined.value == "<a>"
    joined.add_gradient(Gradient("Too long."))
    joined.backward()
    assert leaf.get_gradient_text() == "Too long."


def _batch(engine: ScriptedEngine, size: int) -> tuple[Variable, list[Variable]]:
    system = Variable("Be brief.", role_description="system prompt")
    model = LLMCall(engine, system)
    questions = [
        Variable(f"q{number}", role_description="question", requires_grad=False) for number in range(size)
    ]
    return system, [model(question) for question in questions]


def test_the_sum_of_losses_gives_one_criticism_for_each(engine: ScriptedEngine) -> None:
    system, losses = _batch(engine, 3)
    sum(losses).backward(engine)

    assert [gradient.text for gradient in system.gradients] == ["review 1", "review 2", "review 3"]


def test_an_aggregate_of_losses_gives_one_criticism_with_all_contexts() -> None:
    engine = ScriptedEngine().on("reply", purpose="forward")
    engine.on("In short: mend it.", matches="Several reviews of the same text follow")
    for number, letter in enumerate("abc"):
        engine.on(f"Mend {letter}.", matches=f"q{number}")
    system, losses = _batch(engine, 3)
    aggregate(losses).backward(engine)

    (gradient,) = system.gradients
    assert gradient.text == "In short: mend it."
    assert gradient.context is not None
    assert [f"q{number}" in gradient.context for number in range(3)] == [True] * 3
    asked = engine.asked("backward")
    assert len(asked) == 4
    assert (
        "<review>\nMend a.\n</review>\n<review>\nMend b.\n</review>\n<review>\nMend c.\n</review>"
        in asked[-1]
    )


def test_an_aggregate_can_have_its_own_summariser(engine: ScriptedEngine) -> None:
    summariser = ScriptedEngine(["In short."])
    system, losses = _batch(engine, 2)
    aggregate(losses, summariser).backward(engine)

    assert system.get_gradient_text() == "In short."
    assert len(summariser.requests) == 1


def test_a_single_criticism_needs_no_summary(engine: ScriptedEngine) -> None:
    system, losses = _batch(engine, 1)
    aggregate(losses).backward(engine)

    assert system.get_gradient_text() == "review 1"


def test_praise_is_left_out_of_a_summary(engine: ScriptedEngine) -> None:
    system, losses = _batch(engine, 3)
    for loss, is_keep in zip(losses, (True, False, False), strict=True):
        assert loss.value == "reply"
        loss.add_gradient(Gradient("said", is_keep=is_keep, score=float(is_keep)))
    summariser = ScriptedEngine(["In short."])
    aggregate(losses, summariser).backward(engine)

    (gradient,) = system.gradients
    assert (gradient.text, gradient.is_keep, gradient.score) == ("In short.", False, 0.0)
    assert "led to a good result" not in summariser.asked()[0]


def test_praise_alone_needs_no_summary(engine: ScriptedEngine) -> None:
    system, losses = _batch(engine, 2)
    for loss in losses:
        assert loss.value == "reply"
        loss.add_gradient(Gradient("Right.", is_keep=True, score=1.0))
    aggregate(losses).backward(engine)

    (gradient,) = system.gradients
    assert (gradient.is_keep, gradient.score) == (True, 1.0)
    assert engine.asked("backward") == []


def test_the_role_of_many_stays_short() -> None:
    joined = sum(_leaves(*"abcdefgh"))

    assert joined.role_description == (
        "a combination of the following: text a, text b, text c, text d, text e and 3 more"
    )
