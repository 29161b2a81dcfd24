"""An optimizer of the user's as a source: it asks as it would by itself, within the search's conditions."""

from __future__ import annotations

from tests.optimizers.sources.modules import TwoPrompts, context_of, criticisms, one_prompt
from textgrad_lite.engines import use_engine
from textgrad_lite.optimizers import TGD, GradientSource, MaxLength, OptimizerSource
from textgrad_lite.testing.scripted import ScriptedEngine


async def test_it_asks_as_the_optimizer_does() -> None:
    module = one_prompt()
    engine = ScriptedEngine(["[[Show each step.]]"])
    optimizer = TGD(
        module.parameters(),
        engine=engine,
        constraints=["Write in verse."],
        new_variable_tags=["[[", "]]"],
        in_context_examples=["A fine prompt."],
        temperature=0.25,
    )
    context = context_of(module, gradients={"prompt": criticisms("Show the steps.")})

    (candidate,) = (await OptimizerSource(optimizer=optimizer).propose(context, 0)).candidates

    assert candidate.state["prompt"] == "Show each step."
    (request,) = engine.requests
    assert request.temperature == 0.25
    assert all(text in engine.asked()[0] for text in ("Write in verse.", "A fine prompt.", "Show the steps."))


async def test_the_conditions_of_both_hold() -> None:
    module = one_prompt()
    engine = ScriptedEngine(["<new_text>\nwww www\n</new_text>", "<new_text>\nwwwww\n</new_text>"])
    optimizer = TGD(
        module.parameters(), engine=engine, hard_constraints=[MaxLength(characters=6)], attempts=2
    )
    gradients = {"prompt": criticisms("Shorter.")}
    context = context_of(module, gradients=gradients, constraints=(MaxLength(characters=4),))

    result = await OptimizerSource(optimizer=optimizer).propose(context, 0)

    assert "at most 6" in engine.asked()[1]
    assert "at most 4" in result.rejected[0].reason
    assert OptimizerSource(optimizer=optimizer).worst_case_calls(3) == 6


async def test_only_its_own_parameters_change_and_the_backward_engine_is_its_default() -> None:
    module = TwoPrompts()
    context = context_of(module, gradients={"first": criticisms("a"), "second": criticisms("b")})
    engine = ScriptedEngine(["<new_text>\nNew.\n</new_text>"])

    with use_engine(engine):
        source = OptimizerSource(optimizer=TGD([module.second]))
        (candidate,) = (await source.propose(context, 0)).candidates

    assert candidate.state == {"first": "First text.", "second": "New.", "width": 3}


async def test_only_what_has_its_turn_is_changed() -> None:
    module = TwoPrompts()
    gradients = {"first": criticisms("a"), "second": criticisms("b")}
    context = context_of(module, gradients=gradients, targets=("second",))
    assert list(context.parameters) == ["second"]

    source = GradientSource(ScriptedEngine(["<new_text>\nNew.\n</new_text>"]))
    (candidate,) = (await source.propose(context, 0)).candidates

    assert candidate.state == {"first": "First text.", "second": "New.", "width": 3}


async def test_a_frozen_text_is_shown_and_not_changed() -> None:
    module = TwoPrompts()
    module.first.requires_grad = False
    context = context_of(module, gradients={"second": criticisms("b")})
    engine = ScriptedEngine(["<new_text>\nNew.\n</new_text>"])

    (candidate,) = (await GradientSource(engine).propose(context, 0)).candidates

    assert candidate.state == {"second": "New.", "width": 3}
    assert "<other_text>\nFirst text.\n</other_text>" in engine.asked()[0]
    assert list(module.frozen_texts()) == ["first"]
