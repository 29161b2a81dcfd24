"""Sources that make texts from texts: what each shows, and what it gives."""

from __future__ import annotations

from typing import Any

import pytest

from tests.optimizers.doubles import said
from tests.optimizers.sources.modules import TwoPrompts, context_of, one_prompt
from textgrad_lite.optimizers import (
    CrossoverSource,
    HistorySource,
    KeepsPlaceholders,
    MutationSource,
    ParaphraseSource,
)
from textgrad_lite.optimizers.sources import ProposalContext, Trace, reads_criticism, refines, state_id
from textgrad_lite.optimizers.sources.variation import VariationSource
from textgrad_lite.prompts.rewrite import own_instructions
from textgrad_lite.prompts.strategies import Strategy
from textgrad_lite.testing.scripted import ScriptedEngine

START = "Answer with a number only."
MISSED = (
    Trace("1", "How far is it?", "3 miles", 0.0, "The answer should be 5 km."),
    Trace("2", "How old is it?", "new", 0.0),
)
EVERY: list[type[VariationSource]] = [ParaphraseSource, MutationSource, CrossoverSource, HistorySource]


def state_of(text: str) -> dict[str, Any]:
    return {"prompt": text, "examples": []}


def make_context(**changes: Any) -> ProposalContext:
    history = ((state_of(START), 0.4), (state_of("Be brief."), 0.2), (state_of("Think first."), 0.6))
    return context_of(one_prompt(), **{"history": history, "missed": MISSED, **changes})


@pytest.mark.parametrize("kind", EVERY)
async def test_a_text_becomes_a_state_and_the_module_stays_as_it_is(kind: type[VariationSource]) -> None:
    context = make_context()
    (candidate,) = (await kind(ScriptedEngine([said("New.")])).propose(context, 0)).candidates
    assert candidate.state == state_of("New.")
    assert candidate.parents[0] == state_id(context.state)
    assert candidate.source == kind().name
    assert candidate.note.endswith("prompt")
    assert candidate.proposals[0].shown
    assert context.module.state_dict() == state_of(START)


@pytest.mark.parametrize("kind", EVERY)
async def test_each_parameter_has_its_turn_and_the_others_are_shown(kind: type[VariationSource]) -> None:
    engine = ScriptedEngine().on(said("New."))
    module = TwoPrompts()
    other = {**module.state_dict(), "first": "Another.", "second": "Another too."}
    context = context_of(module, history=((other, 0.5),))
    for draw, name in enumerate(("first", "second")):
        (candidate,) = (await kind(engine).propose(context, draw)).candidates
        assert candidate.state == {**module.state_dict(), name: "New."}
        rest = "Second text." if name == "first" else "First text."
        assert f"<other_text>\n{rest}\n</other_text>" in engine.asked()[draw]


@pytest.mark.parametrize("kind", EVERY)
async def test_a_text_that_breaks_a_rule_is_rejected_with_the_reason(kind: type[VariationSource]) -> None:
    module = one_prompt("Name {city}.")
    context = context_of(
        module, constraints=(KeepsPlaceholders(),), history=((state_of("Name a {city}."), 0.5),)
    )
    engine = ScriptedEngine().on(said("Name a town."))
    result = await kind(engine, attempts=2).propose(context, 0)
    assert result.candidates == ()
    assert "{city}" in result.rejected[0].reason
    assert len(engine.requests) == kind(attempts=2).worst_case_calls(5) == 2


@pytest.mark.parametrize("kind", EVERY)
async def test_where_no_text_may_be_changed_nobody_is_asked(kind: type[VariationSource]) -> None:
    context = make_context(targets=())
    assert (await kind(ScriptedEngine()).propose(context, 0)).candidates == ()


@pytest.mark.parametrize("kind", EVERY)
def test_no_criticism_is_bought_for_them(kind: type[VariationSource]) -> None:
    assert not reads_criticism(kind())
    assert refines(kind()) == (kind is ParaphraseSource)


def test_what_we_say_to_them_is_known_to_the_leak_guard() -> None:
    everything = "\n".join(own_instructions())
    for words in ("Say the same in other words", "Write a variation of it", "Write one version that joins"):
        assert words in everything


async def test_a_paraphrase_sees_nothing_but_the_text() -> None:
    engine = ScriptedEngine([said("New.")])
    await ParaphraseSource(engine).propose(make_context(), 0)
    assert f"<current_text>\n{START}\n</current_text>" in engine.asked()[0]
    assert "Think first." not in engine.asked()[0]


async def test_each_mutation_follows_another_idea() -> None:
    library = [Strategy(f"s{number}", f"Idea {number}.") for number in range(3)]
    engine = ScriptedEngine().on(said("New."))
    for draw in range(3):
        await MutationSource(engine, strategies=library).propose(make_context(), draw)
    shown = [[s.text for s in library if s.text in text] for text in engine.asked()]
    assert sorted(text for (text,) in shown) == ["Idea 0.", "Idea 1.", "Idea 2."]


async def test_a_mutation_without_a_library_has_no_idea() -> None:
    engine = ScriptedEngine([said("New.")])
    assert (await MutationSource(engine, strategies=[]).propose(make_context(), 0)).candidates
    assert "idea" not in engine.asked()[0]


async def test_a_crossover_joins_the_text_with_the_best_other_one() -> None:
    engine = ScriptedEngine([said("New.")])
    (candidate,) = (await CrossoverSource(engine).propose(make_context(), 0)).candidates
    assert "score 0.60:\n<other_version>\nThink first.\n</other_version>" in engine.asked()[0]
    assert candidate.parents == (state_id(state_of(START)), state_id(state_of("Think first.")))


async def test_a_crossover_takes_the_mates_that_it_is_given_in_turn() -> None:
    engine = ScriptedEngine().on(said("New."))
    context = make_context(mates=(state_of("One."), state_of("Two.")))
    for draw in range(2):
        await CrossoverSource(engine).propose(context, draw)
    assert "One." in engine.asked()[0]
    assert "Two." in engine.asked()[1]


@pytest.mark.parametrize("changes", [{"history": ()}, {"mates": (state_of(START),)}])
async def test_without_another_text_nobody_is_asked_for_a_crossover(changes: dict[str, Any]) -> None:
    result = await CrossoverSource(ScriptedEngine()).propose(make_context(**changes), 0)
    assert not result.candidates
    assert not result.rejected


async def test_the_history_rises_and_the_most_missed_examples_are_shown() -> None:
    engine = ScriptedEngine().on(said("New."))
    for draw in range(2):
        await HistorySource(engine, n_missed=1).propose(make_context(), draw)
    text = engine.asked()[0]
    places = [text.index(f"<earlier_text>\n{each}\n") for each in ("Be brief.", START, "Think first.")]
    assert places == sorted(places)
    assert "How far is it?\n\n3 miles" in text
    assert "The answer should be 5 km." in text
    assert "How old is it?" in engine.asked()[1]
    assert "This is wrong." in engine.asked()[1]


async def test_the_history_is_bounded_and_the_best_stay_in_it() -> None:
    engine = ScriptedEngine([said("New.")])
    await HistorySource(engine, window=2).propose(make_context(), 0)
    assert "Be brief." not in engine.asked()[0]
    assert "Think first." in engine.asked()[0]


@pytest.mark.parametrize("shows_context, is_shown", [(None, False), (True, True), (False, False)])
async def test_a_local_model_sees_no_cases_unless_asked_to(
    shows_context: bool | None, is_shown: bool
) -> None:
    engine = ScriptedEngine([said("New.")])
    engine.name = "local/small"
    await HistorySource(engine, shows_context=shows_context).propose(make_context(), 0)
    assert ("How far is it?" in engine.asked()[0]) == is_shown
