"""Worked examples: solved training items only, chosen by rule, rendered by us."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tests.optimizers.sources.modules import context_of, one_prompt, traces
from textgrad_lite.functions import ExampleSlot
from textgrad_lite.optimizers import LeakGuard, WorkedExampleSource
from textgrad_lite.optimizers.sources import ProposalContext, Trace

LONG = "First I look at it, then I say it."
SOURCE = WorkedExampleSource()


async def chosen(context: ProposalContext, draw: int, source: WorkedExampleSource = SOURCE) -> list[str]:
    result = await source.propose(context, draw)
    return [
        example.id
        for candidate in result.candidates
        for example in ExampleSlot.from_state(candidate.state["examples"])
    ]


def context(*all_traces: Trace, **changes: object) -> ProposalContext:
    return context_of(one_prompt(), traces=all_traces, **changes)


async def test_solved_items_fill_the_slot_and_nothing_else_changes() -> None:
    result = await SOURCE.propose(context(*traces(f" {LONG}\n")), 0)

    (candidate,) = result.candidates
    assert candidate.state == {
        "prompt": "Answer with a number only.",
        "examples": [{"id": "t0", "input": "Input number 0", "output": LONG}],
    }
    assert candidate.note == "1 diverse examples: t0"
    assert SOURCE.worst_case_calls() == 0


async def test_the_state_fits_the_module() -> None:
    before = context(*traces(LONG, LONG))
    (candidate,) = (await SOURCE.propose(before, 0)).candidates

    before.module.load_state_dict(candidate.state)

    assert "Input number 1" in str(before.module.examples.value)  # type: ignore[attr-defined]


async def test_only_solved_items_are_used() -> None:
    failed = traces(LONG, LONG, score=0.9)
    empty = Trace("t9", "Input", " ", 1.0)

    assert await chosen(context(*failed, empty), 0) == []
    assert len(await chosen(context(*failed), 0, WorkedExampleSource(passing_score=0.9))) == 2


async def test_an_item_is_used_once_as_it_was_solved_first() -> None:
    twice = (
        Trace("t0", "i", LONG, 1.0),
        Trace("t0", "i", f"{LONG} Again.", 1.0),
        Trace("t1", "j", LONG, 1.0),
    )

    (candidate,) = (await SOURCE.propose(context(*twice), 0)).candidates

    examples = ExampleSlot.from_state(candidate.state["examples"])
    assert [example.output for example in examples] == [LONG, LONG]


async def test_short_solutions_come_first_and_bare_answers_last() -> None:
    solved = traces("8", f"{LONG} And more.", LONG, "7")

    assert await chosen(context(*solved), 1, WorkedExampleSource(sizes=(2,))) == ["t2", "t1"]
    assert await chosen(context(*solved), 1, WorkedExampleSource(sizes=(3,))) == ["t2", "t1", "t0"]


async def test_different_inputs_come_first_beginning_with_the_longest_solution() -> None:
    inputs = ["red fox runs", "red fox ran", "red fox run", "blue whale sings", "green"]
    outputs = [LONG, LONG, f"{LONG} And so on.", LONG, "bare"]
    pairs = zip(inputs, outputs, strict=True)
    solved = [Trace(f"t{number}", text, output, 1.0) for number, (text, output) in enumerate(pairs)]

    assert await chosen(context(*solved), 0, WorkedExampleSource(sizes=(2,))) == ["t2", "t3"]


async def test_the_first_is_a_missed_item_or_the_one_that_takes_up_most_of_its_input() -> None:
    vague = Trace("vague", "three hens sing", "I think about it for long and then some more.", 1.0)
    close = Trace("close", "two cats play", "Two cats play here and play.", 1.0)
    missed = Trace("missed", "one dog", "One dog and no other one.", 1.0, was_missed=True)
    one = WorkedExampleSource(sizes=(1,))

    assert await chosen(context(vague, close), 0, one) == ["close"]
    assert await chosen(context(vague, close, missed), 0, one) == ["missed"]


async def test_bare_answers_are_used_where_there_is_nothing_else() -> None:
    assert sorted(await chosen(context(*traces("8", "7")), 0)) == ["t0", "t1"]


async def test_later_draws_are_random_choices_that_the_seed_decides() -> None:
    solved = traces(*[f"{LONG} {number}" for number in range(12)])
    draws = range(6, 12)

    first, again, other = [
        [await chosen(context(*solved, seed=seed), draw) for draw in draws] for seed in (1, 1, 2)
    ]

    assert first == again != other
    assert [len(ids) for ids in first] == [3, 2, 4, 3, 2, 4]


async def test_sizes_come_in_their_order() -> None:
    solved = traces(*[f"{LONG} {number}" for number in range(12)])

    assert [len(await chosen(context(*solved), draw)) for draw in range(6)] == [3, 3, 2, 2, 4, 4]


async def test_held_out_items_never_become_examples() -> None:
    guard = LeakGuard(held_out_texts=["Input number 1"])

    assert await chosen(context(*traces(LONG, LONG), constraints=(guard,)), 0) == ["t0"]


async def test_without_a_slot_there_is_nothing_to_propose() -> None:
    no_slot = context_of(one_prompt(has_slot=False), traces=traces(LONG))

    assert (await SOURCE.propose(no_slot, 0)).candidates == ()


async def test_the_examples_that_are_there_already_are_no_candidate() -> None:
    before = context(*traces(LONG))
    (candidate,) = (await SOURCE.propose(before, 0)).candidates

    assert await chosen(context(*traces(LONG), state=candidate.state), 0) == []


@given(st.lists(st.text("abc ", max_size=30), max_size=8), st.integers(0, 9), st.integers(0, 3))
async def test_no_choice_has_an_item_twice(outputs: list[str], draw: int, seed: int) -> None:
    ids = await chosen(context(*traces(*outputs), seed=seed), draw)

    assert all(a != b for a, b in itertools.pairwise(sorted(ids)))
    assert len(ids) <= 4
