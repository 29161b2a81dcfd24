"""The composed source: the start prompt with each strategy in turn, and no call."""

from tests.optimizers.sources.modules import TwoPrompts, context_of, criticisms, one_prompt
from textgrad_lite.optimizers import ComposedStrategySource, KeepsPlaceholders, MaxLength
from textgrad_lite.prompts.strategies import Strategy, strategies_for

LIBRARY = [Strategy("slowly", "Take your time."), Strategy("twice", "Do it twice.")]
SOURCE = ComposedStrategySource(LIBRARY)


async def test_each_draw_takes_the_next_strategy_until_there_is_none() -> None:
    context = context_of(one_prompt("Go."))

    results = [await SOURCE.propose(context, draw) for draw in range(3)]

    assert [[candidate.state["prompt"] for candidate in result.candidates] for result in results] == [
        ["Take your time.\n\nFollow this instruction:\nGo."],
        ["Do it twice.\n\nFollow this instruction:\nGo."],
        [],
    ]
    assert results[0].candidates[0].note == "prompt: slowly"
    assert SOURCE.worst_case_calls() == 0


async def test_strategies_that_suit_the_metric_come_first() -> None:
    labels, sums = Strategy("labels", "L.", suits="label"), Strategy("sums", "S.", suits="number")
    source = ComposedStrategySource([labels, *LIBRARY, sums])
    context = context_of(one_prompt("Go."), metric_description="The last number, and no other, counts.")

    results = [await source.propose(context, draw) for draw in range(4)]

    notes = [candidate.note for result in results for candidate in result.candidates]
    assert notes == ["prompt: sums", "prompt: slowly", "prompt: twice", "prompt: labels"]


async def test_it_composes_with_the_start_and_keeps_the_rest_of_the_state() -> None:
    module = one_prompt("Go.\r\n")
    examples = [{"id": "t1", "input": "i", "output": "o"}]
    context = context_of(
        module, state={"prompt": "Something later.", "examples": examples}, start_state=module.state_dict()
    )

    (candidate,) = (await SOURCE.propose(context, 0)).candidates

    assert candidate.state == {
        "prompt": "Take your time.\r\n\r\nFollow this instruction:\r\nGo.\r\n",
        "examples": examples,
    }
    assert candidate.proposals[0].old == "Something later."


async def test_the_metric_names_the_form_of_the_answer() -> None:
    context = context_of(one_prompt("Go."), metric_description="What follows 'Answer:' is compared.")

    (candidate,) = (await SOURCE.propose(context, 0)).candidates

    assert "Answer:" in str(candidate.state["prompt"])


async def test_of_several_prompts_none_is_asked_for_the_final_answer() -> None:
    context = context_of(TwoPrompts(), metric_description="What follows 'Answer:' is compared.")

    (candidate,) = (await SOURCE.propose(context, 0)).candidates

    assert candidate.state["first"] == "Take your time.\n\nFollow this instruction:\nFirst text."


async def test_the_most_criticised_text_comes_first_and_numbers_never() -> None:
    context = context_of(TwoPrompts(), gradients={"second": criticisms("a", "b"), "first": criticisms("c")})

    notes = []
    for draw in range(5):
        notes += [candidate.note for candidate in (await SOURCE.propose(context, draw)).candidates]

    assert notes == ["second: slowly", "first: slowly", "second: twice", "first: twice"]


async def test_a_text_that_breaks_a_constraint_is_reported() -> None:
    context = context_of(
        one_prompt("Go, {name}."), constraints=(KeepsPlaceholders(), MaxLength(characters=5))
    )

    result = await SOURCE.propose(context, 0)

    assert result.candidates == ()
    assert "at most 5 are allowed" in result.rejected[0].reason
    assert result.rejected[0].calls == 0


async def test_a_module_without_texts_gets_nothing() -> None:
    module = TwoPrompts()
    module.first.requires_grad = module.second.requires_grad = False

    assert (await SOURCE.propose(context_of(module), 0)).candidates == ()


async def test_our_library_is_the_default() -> None:
    context = context_of(one_prompt("Go."))

    for draw, strategy in enumerate(strategies_for("")):
        (candidate,) = (await ComposedStrategySource().propose(context, draw)).candidates
        assert strategy.text in str(candidate.state["prompt"])
