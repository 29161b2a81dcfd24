"""Tests of textgrad_lite.training.evaluation, results and program."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tests.training.doubles import make_dataset
from textgrad_lite.data import Example
from textgrad_lite.engines import Completion, Request
from textgrad_lite.errors import (
    AuthenticationError,
    BudgetExceededError,
    ConfigurationError,
    ContextLengthError,
    EngineConnectionError,
    EngineError,
    MetricError,
    ServerError,
)
from textgrad_lite.functions import BlackboxLLM, Module, PromptModel
from textgrad_lite.graph import Variable
from textgrad_lite.metrics import as_metric, get_metric
from textgrad_lite.testing import ScriptedEngine
from textgrad_lite.training import events
from textgrad_lite.training.bar import Bar
from textgrad_lite.training.evaluation import Evaluator
from textgrad_lite.training.program import Program
from textgrad_lite.training.results import EvaluationResult, ExampleResult, paired

Answer = str | Completion | Exception


def number_of(request: Request) -> int:
    return int(request.messages[-1].text.split()[-1])


def engine_with(answers: dict[int, Answer]) -> ScriptedEngine:
    """Answers every question with its number, but for some."""

    def answer(request: Request) -> Answer:
        number = number_of(request)
        return answers.get(number, f"Answer: {number}")

    return ScriptedEngine(name="scripted").on(answer)


def make_evaluator(engine: ScriptedEngine, **options: object) -> Evaluator:
    return Evaluator(Program(PromptModel("prompt", engine)), get_metric("numeric"), **options)  # type: ignore[arg-type]


STATE = {"prompt": "other prompt"}


async def test_results_come_in_the_order_of_the_examples_whatever_is_done_first() -> None:
    async def answer(request: Request) -> str:
        for _ in range(20 - number_of(request)):
            await asyncio.sleep(0)
        return str(number_of(request))

    evaluator = make_evaluator(ScriptedEngine().on(answer))
    result = await evaluator.evaluate(STATE, make_dataset(8))
    assert [example.example_id for example in result.examples] == [str(n) for n in range(8)]
    assert result.mean == 1.0


async def test_a_state_is_tried_without_touching_the_module() -> None:
    engine = engine_with({})
    evaluator = make_evaluator(engine)
    await evaluator.evaluate(STATE, make_dataset(2))
    assert [request.messages[0].text for request in engine.requests] == ["other prompt"] * 2
    assert evaluator.program.state() == {"prompt": "prompt"}


async def test_two_states_at_once_do_not_mix() -> None:
    engine = engine_with({})
    evaluator = make_evaluator(engine)
    dataset = make_dataset(5)
    await asyncio.gather(*(evaluator.evaluate({"prompt": name}, dataset) for name in ("a", "b")))
    assert sorted(request.messages[0].text for request in engine.requests) == ["a"] * 5 + ["b"] * 5


async def test_nothing_is_scored_twice() -> None:
    engine = engine_with({})
    evaluator = make_evaluator(engine)
    first = await evaluator.evaluate(STATE, make_dataset(3))
    again = await evaluator.evaluate(STATE, make_dataset(4))
    assert len(engine.requests) == 4
    assert again.examples[:3] == first.examples


async def test_draws_are_requests_of_their_own() -> None:
    engine = engine_with({})
    result = await make_evaluator(engine).evaluate(STATE, make_dataset(2), repeats=3)
    assert [(e.example_id, e.draw) for e in result.examples] == [(i, d) for i in "01" for d in range(3)]
    assert len({request.sample for request in engine.requests}) == 3
    assert result.score.n == 2


async def test_kinds_of_failure_are_told_apart() -> None:
    answers: dict[int, Answer] = {
        1: "7",
        2: "none",
        3: Completion(text="I will not", finish_reason="refusal"),
        4: Completion(text="first 9, then", finish_reason="length"),
        5: ServerError("down"),
        6: Completion(text="6", finish_reason="filter"),
    }
    result = await make_evaluator(engine_with(answers)).evaluate(STATE, make_dataset(10))
    assert dict(result.score.kinds) == {"error": 1, "refused": 1, "right": 5, "unparsable": 1, "wrong": 2}
    by_id = {example.example_id: example for example in result.examples}
    assert by_id["3"].feedback == "The model refused to answer."
    assert by_id["4"].feedback.startswith("The reply was cut off at its length limit. The answer should be 4")
    assert by_id["6"].kind == "right"
    assert (by_id["5"].score, by_id["5"].feedback) == (None, "ServerError: down")
    assert [example.example_id for example in result.failing] == ["1", "2", "3", "4"]


async def test_a_failed_call_is_no_score_of_zero_and_is_tried_again_next_time() -> None:
    answers: dict[int, Answer] = {0: ServerError("down")}
    evaluator = make_evaluator(engine_with(answers))
    result = await evaluator.evaluate(STATE, make_dataset(4))
    assert (result.mean, result.score.n) == (1.0, 3)
    answers.clear()
    assert (await evaluator.evaluate(STATE, make_dataset(4))).score.n == 4


@pytest.mark.parametrize(
    "n_failing, total, stops", [(2, 10, False), (3, 10, True), (3, 30, False), (4, 30, True)]
)
async def test_too_many_failed_calls_stop_the_run(n_failing: int, total: int, *, stops: bool) -> None:
    answers: dict[int, Answer] = {number: EngineConnectionError("no route") for number in range(n_failing)}
    evaluator = make_evaluator(engine_with(answers))
    if not stops:
        assert (await evaluator.evaluate(STATE, make_dataset(total))).score.n == total - n_failing
        return
    with pytest.raises(
        EngineConnectionError, match=rf"{n_failing} of {total} examples could not be run.*no route"
    ):
        await evaluator.evaluate(STATE, make_dataset(total))


async def test_where_nothing_can_be_run_one_failure_is_enough() -> None:
    with pytest.raises(ContextLengthError, match="1 of 1"):
        await make_evaluator(engine_with({0: ContextLengthError("long")})).evaluate(STATE, make_dataset(1))


@pytest.mark.parametrize("total", [1, 2])
async def test_a_small_evaluation_that_fails_does_not_stop_a_run_that_has_succeeded_before(
    total: int,
) -> None:
    """Such as the last block of a race."""
    answers: dict[int, Answer] = {number: ServerError("down") for number in range(total)}
    evaluator = make_evaluator(engine_with(answers))
    await evaluator.evaluate(STATE, make_dataset(3, start=10))
    result = await evaluator.evaluate(STATE, make_dataset(total))
    assert dict(result.score.kinds) == {"error": total}


async def test_repeats_of_the_evaluator_steady_its_scores() -> None:
    def answer(request: Request) -> str:
        return str(number_of(request) if request.sample[0] else 99)

    evaluator = make_evaluator(ScriptedEngine().on(answer), repeats=4)
    result = await evaluator.evaluate(STATE, make_dataset(2))
    assert result.scores == {"0": 0.75, "1": 0.75}
    with pytest.raises(ConfigurationError, match="repeats is 0"):
        make_evaluator(engine_with({}), repeats=0)


@pytest.mark.parametrize("wrong, asked", [((0, 1), 2), ((1, 3), 4), ((5,), 12)])
async def test_an_evaluation_ends_where_the_state_can_no_longer_win(
    wrong: tuple[int, ...], asked: int
) -> None:
    """The rival is wrong on the last two of twelve only."""
    dataset = make_dataset(12)
    rival = result_of({str(number): float(number < 10) for number in range(12)})
    engine = engine_with(dict.fromkeys(wrong, "99"))
    notes: list[events.Event] = []
    evaluator = make_evaluator(engine, listen=notes.append)
    bar = Bar(rival, margin=0.05, block=2)
    result = await evaluator.evaluate(STATE, dataset, bar=bar)
    assert len(result.examples) == len(engine.requests) == asked
    assert any(isinstance(note, events.Note) for note in notes) == (asked < 12)


def test_what_a_candidate_shows_does_not_count() -> None:
    examples = make_dataset(3)
    bar = Bar(result_of({"0": 0.0, "1": 1.0, "2": 1.0}), without={"0"})
    assert not bar.is_in_reach(result_of({"0": 1.0}), examples[1:])
    assert Bar(bar.rival).is_in_reach(result_of({"0": 1.0}), examples[1:])


async def test_failures_of_several_kinds_stop_the_run_with_the_general_error() -> None:
    answers: dict[int, Answer] = {0: ServerError("a"), 1: EngineConnectionError("b"), 2: ServerError("c")}
    with pytest.raises(EngineError) as caught:
        await make_evaluator(engine_with(answers)).evaluate(STATE, make_dataset(5))
    assert type(caught.value) is EngineError


@pytest.mark.parametrize("error", [AuthenticationError("key"), BudgetExceededError("over", limit="calls")])
async def test_errors_that_all_calls_will_meet_stop_at_once(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        await make_evaluator(engine_with({3: error})).evaluate(STATE, make_dataset(50))
    assert caught.value is error


async def test_the_first_error_cancels_what_is_still_running() -> None:
    running: list[int] = []
    cancelled: list[int] = []
    both_run = asyncio.Event()
    both = threading.Semaphore(0)

    async def answer(request: Request) -> str:
        if number_of(request) == 0:
            await both_run.wait()
            raise AuthenticationError("key")
        running.append(number_of(request))
        if len(running) == 2:
            both_run.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(number_of(request))
            both.release()
            raise
        return ""

    with pytest.raises(AuthenticationError):
        await make_evaluator(ScriptedEngine().on(answer)).evaluate(STATE, make_dataset(3))
    assert await asyncio.to_thread(both.acquire, timeout=5)
    assert await asyncio.to_thread(both.acquire, timeout=5)
    assert sorted(cancelled) == [1, 2]


async def test_a_metric_that_raises_stops_the_run() -> None:
    evaluator = Evaluator(Program(PromptModel("p", engine_with({}))), as_metric(lambda output: 1 / 0))
    with pytest.raises(MetricError, match="ZeroDivisionError"):
        await evaluator.evaluate(STATE, make_dataset(3))


async def test_progress_is_told() -> None:
    seen: list[events.Event] = []
    evaluator = make_evaluator(engine_with({1: ServerError("x")}), listen=seen.append)
    await evaluator.evaluate(STATE, make_dataset(3), label="test")
    started, *progress = seen
    assert started == events.EvaluationStarted(label="test", total=3)
    assert [event.done for event in progress if isinstance(event, events.EvaluationProgress)] == [1, 2, 3]
    assert progress[-1] == events.EvaluationProgress(label="test", done=3, total=3, errors=1)


async def test_rollouts_keep_their_graphs() -> None:
    evaluator = make_evaluator(engine_with({1: "5", 2: ServerError("x")}))
    with evaluator.program.holding(STATE):
        result, rollouts = await evaluator.roll_out(STATE, make_dataset(3))
    assert [rollout.example.id for rollout in rollouts] == ["0", "1"]
    assert [rollout.metric_result.is_right for rollout in rollouts] == [True, False]
    assert rollouts[1].output.predecessors
    assert len(result.examples) == 3
    assert len(evaluator.program.module.parameters()) == 1


class Reverse(Module):
    """A module of a user that reads a value in the middle."""

    def __init__(self, engine: ScriptedEngine) -> None:
        self.model = BlackboxLLM(engine, Variable("reverse", role_description="instruction"))

    def forward(self, question: Variable) -> Variable:
        answer = self.model(question)
        return answer if "Answer" in str(answer.value) else question


async def test_a_module_of_a_user_may_block_on_values() -> None:
    evaluator = Evaluator(Program(Reverse(engine_with({}))), get_metric("numeric"))
    assert (await evaluator.evaluate(evaluator.program.state(), make_dataset(3))).mean == 1.0


@pytest.mark.parametrize("draws", [1, 2])
async def test_how_a_module_is_run_can_be_told(draws: int) -> None:
    seen: list[int] = []

    async def call(module: PromptModel, example: Example, draw: int) -> Variable:
        seen.append(draw)
        return module({"input": f"so {example.id}"}, draw=draw)

    evaluator = Evaluator(Program(PromptModel("p", engine_with({})), call), get_metric("numeric"))
    assert (await evaluator.evaluate({"prompt": "p"}, make_dataset(2), repeats=draws)).mean == 1.0
    assert sorted(seen) == sorted(list(range(draws)) * 2)


async def test_a_call_with_any_arguments_gets_the_draw() -> None:
    def call(*arguments: object) -> Variable:
        assert len(arguments) == 3
        return Variable("0", role_description="answer")

    evaluator = Evaluator(Program(PromptModel("p", engine_with({})), call), get_metric("numeric"))
    assert (await evaluator.evaluate({"prompt": "p"}, make_dataset(1))).mean == 1.0


async def test_a_call_that_gives_no_variable() -> None:
    program = Program(PromptModel("p", engine_with({})), lambda module, example: "8")  # type: ignore[arg-type,return-value]
    with pytest.raises(ConfigurationError, match="gave str, not a Variable"):
        await Evaluator(program, get_metric("numeric")).evaluate({"prompt": "p"}, make_dataset(1))


def test_a_module_needs_a_parameter() -> None:
    fixed = Variable("p", role_description="prompt", requires_grad=False)
    with pytest.raises(ConfigurationError, match="no parameter to train"):
        Program(PromptModel(fixed, ScriptedEngine()))


def test_what_is_saved_of_a_state() -> None:
    assert Program(PromptModel("p", ScriptedEngine())).render({"prompt": "q\n"}) == "q\n"
    assert Program(Reverse(ScriptedEngine())).render({"model.system_prompt": "q"}) == "q"

    class Two(Module):
        def __init__(self) -> None:
            self.one = Variable("1", role_description="a")
            self.two = Variable("2", role_description="b")

        def forward(self) -> Variable:
            return self.one

    assert Program(Two()).render({"one": "ü", "two": "2"}) == '{\n  "one": "ü",\n  "two": "2"\n}\n'


def result_of(scores: dict[str, float | None]) -> EvaluationResult:
    return EvaluationResult(
        label="x",
        examples=tuple(
            ExampleResult(example_id=name, score=score, kind="error" if score is None else "wrong")
            for name, score in scores.items()
        ),
    )


def test_pairs_are_examples_that_both_have_a_score_for() -> None:
    before = result_of({"a": 0.0, "b": 1.0, "c": None, "d": 0.0})
    after = result_of({"d": 1.0, "a": 1.0, "b": 0.5, "c": 1.0, "e": 1.0})
    pair = paired(before, after, without={"d"})
    assert (pair.before, pair.after, pair.n) == (0.5, 0.75, 2)
    assert paired(before, result_of({"z": 1.0})).n == 0
    assert result_of({"c": None}).mean is None


def test_two_results_are_compared_on_the_examples_that_both_have() -> None:
    before = result_of({str(number): 0.0 for number in range(8)})
    after = result_of({str(number): 1.0 for number in range(2, 12)})
    comparison = after.compare_with(before)
    assert comparison is not None
    assert (comparison.test, comparison.n, comparison.difference) == ("exact McNemar", 6, 1.0)
    assert comparison.p_value == 0.03125
    assert result_of({"x": 1.0}).compare_with(before) is None
