"""The gradient source: a candidate from criticism, without touching the module."""

import json

import pytest

from tests.optimizers.doubles import said
from tests.optimizers.sources.modules import TwoPrompts, context_of, criticisms, one_prompt
from textgrad_lite.engines import use_engine
from textgrad_lite.errors import AuthenticationError
from textgrad_lite.graph import Gradient
from textgrad_lite.optimizers import GradientSource, KeepsPlaceholders, MaxLength
from textgrad_lite.optimizers.sources import ProposalContext, state_id
from textgrad_lite.testing.scripted import ScriptedEngine


def criticised(**changes: object) -> ProposalContext:
    return context_of(one_prompt(), **{"gradients": {"prompt": criticisms("Show the steps.")}, **changes})


async def test_it_makes_a_whole_state_and_leaves_the_module_alone() -> None:
    context = criticised()
    engine = ScriptedEngine([said("Show each step.")])

    result = await GradientSource(engine).propose(context, 0)

    (candidate,) = result.candidates
    assert candidate.state == {"prompt": "Show each step.", "examples": []}
    assert context.module.state_dict() == context.state
    assert candidate.source == "gradients"
    assert candidate.parents == (state_id(context.state),)
    assert candidate.note == "rewrote prompt"
    assert "Show the steps." in candidate.proposals[0].shown
    assert result.rejected == ()


async def test_it_sets_out_from_the_state_and_not_from_the_module() -> None:
    context = criticised()
    context = criticised(state={**context.state, "prompt": "A later text."})
    engine = ScriptedEngine([said("x")])

    await GradientSource(engine).propose(context, 0)

    assert "<instruction>\nA later text.\n</instruction>" in engine.asked()[0]
    assert "number only" not in engine.asked()[0]


async def test_all_criticised_parameters_change_together_and_see_each_other() -> None:
    context = context_of(TwoPrompts(), gradients={"first": criticisms("a"), "second": criticisms("b")})
    engine = (
        ScriptedEngine()
        .on(said("New first."), matches="instruction, the first prompt")
        .on(said("New second."), matches="instruction, the second")
    )

    (candidate,) = (await GradientSource(engine).propose(context, 0)).candidates

    assert candidate.state == {"first": "New first.", "second": "New second.", "width": 3}
    assert "<other_text>\nSecond text.\n</other_text>" in engine.asked()[0]


async def test_a_number_stays_a_number() -> None:
    context = context_of(TwoPrompts(), gradients={"width": criticisms("Too narrow.")})

    (candidate,) = (await GradientSource(ScriptedEngine([said("7")])).propose(context, 0)).candidates

    assert candidate.state["width"] == 7
    assert json.dumps(candidate.state)


async def test_without_criticism_nobody_is_asked() -> None:
    kept = {"prompt": (Gradient(text="Keep it.", is_keep=True),)}

    for context in (context_of(one_prompt()), criticised(gradients=kept)):
        assert await GradientSource(ScriptedEngine()).propose(context, 0) == await GradientSource(
            ScriptedEngine()
        ).propose(context, 1)
        assert (await GradientSource(ScriptedEngine()).propose(context, 0)).candidates == ()


async def test_what_fails_a_check_is_reported() -> None:
    context = criticised(constraints=(MaxLength(characters=5),))
    engine = ScriptedEngine([said("Much too long."), said("Still too long.")])

    result = await GradientSource(engine).propose(context, 0)

    assert result.candidates == ()
    assert "at most 5 are allowed" in result.rejected[0].reason


async def test_one_rejection_keeps_the_other_text() -> None:
    context = context_of(
        TwoPrompts(),
        gradients={"first": criticisms("a"), "second": criticisms("b")},
        constraints=(KeepsPlaceholders(),),
    )
    engine = (
        ScriptedEngine()
        .on(said("New {x}."), matches="instruction, the first prompt")
        .on(said("New second."), matches="instruction, the second")
    )

    result = await GradientSource(engine).propose(context, 0)

    assert result.candidates[0].state["first"] == "First text."
    assert result.candidates[0].state["second"] == "New second."
    assert len(result.rejected) == 1


async def test_each_draw_is_another_request_with_other_criticism() -> None:
    context = criticised(gradients={"prompt": criticisms(*(f"remark {n}." for n in range(9)))}, seed=1)
    engine = ScriptedEngine().on(said("x"))
    source = GradientSource(engine, most_criticisms=3)

    for draw in (0, 1, 2, 0):
        await source.propose(context, draw)

    asked = engine.asked()
    assert asked[0] == asked[3]
    assert len(set(asked)) == 3
    assert all(text.count("<remark>") == 3 for text in asked)
    assert [request.sample for request in engine.requests] == [(0, 0), (1, 0), (2, 0), (0, 0)]


@pytest.mark.parametrize(
    "name, shows_context, is_shown",
    [
        ("openai/gpt", None, True),
        ("local/small", None, False),
        ("openai/gpt", False, False),
        ("local/small", True, True),
    ],
)
async def test_cases_are_shown_to_all_but_local_models_or_as_wished(
    name: str, shows_context: bool | None, is_shown: bool
) -> None:
    engine = ScriptedEngine([said("x")], name=name)

    await GradientSource(engine, shows_context=shows_context).propose(criticised(), 0)

    assert ("Case of" in engine.asked()[0]) is is_shown


async def test_past_texts_are_shown_with_their_scores_best_last() -> None:
    history = tuple(
        ({"prompt": text, "examples": []}, score)
        for text, score in (
            ("Worst.", 0.1),
            ("Best.", 0.9),
            ("Middle.", 0.5),
            ("Answer with a number only.", 1.0),
        )
    )
    engine = ScriptedEngine().on(said("x"))

    await GradientSource(engine, momentum_window=2).propose(criticised(history=history), 0)
    await GradientSource(engine, momentum_window=0).propose(criticised(history=history), 0)

    with_past, without = engine.asked()
    assert with_past.index("Score 0.50:\n<earlier_text>\nMiddle.") < with_past.index("Score 0.90:")
    assert "Worst." not in with_past
    assert "Score" not in without


async def test_a_line_with_the_mark_of_the_metric_is_asked_for() -> None:
    engine = ScriptedEngine().on(said("x"))
    context = criticised(metric_description="What follows 'Answer:' is compared.")

    await GradientSource(engine).propose(context, 0)

    assert (
        "- End it with this sentence: The last line is 'Answer: ' followed by the final answer."
        in (engine.asked()[0])
    )
    assert "How results are scored" not in engine.asked()[0]


async def test_of_several_prompts_none_is_asked_for_the_line() -> None:
    engine = ScriptedEngine().on(said("x"))
    context = context_of(
        TwoPrompts(),
        gradients={"first": criticisms("a")},
        metric_description="What follows 'Answer:' counts.",
    )

    await GradientSource(engine).propose(context, 0)

    assert "How results are scored: What follows 'Answer:' counts." in engine.asked()[0]
    assert "The last line" not in engine.asked()[0]


async def test_the_metric_and_all_rules_are_told() -> None:
    engine = ScriptedEngine().on(said("x"))
    context = criticised(metric_description="Be right.", constraints=(MaxLength(characters=99),))

    await GradientSource(engine, constraints=["Be polite."], sampling={"temperature": 0.5}).propose(
        context, 0
    )

    for part in ("How results are scored: Be right.", "- Be polite.", "- Write at most 99 characters."):
        assert part in engine.asked()[0]
    assert engine.requests[0].temperature == 0.5


async def test_the_backward_engine_is_the_default() -> None:
    with use_engine(ScriptedEngine([said("x")])):
        assert (await GradientSource().propose(criticised(), 0)).candidates


async def test_errors_of_the_engine_are_raised() -> None:
    with pytest.raises(AuthenticationError):
        await GradientSource(ScriptedEngine([AuthenticationError("no")])).propose(criticised(), 0)


async def test_it_never_calls_more_often_than_it_says() -> None:
    context = context_of(TwoPrompts(), gradients={"first": criticisms("a"), "second": criticisms("b")})
    engine = ScriptedEngine().on("no marks")
    source = GradientSource(engine, attempts=2)

    await source.propose(context, 0)

    assert len(engine.requests) == source.worst_case_calls(2) == 4
