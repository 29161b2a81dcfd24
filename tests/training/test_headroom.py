"""Tests of textgrad_lite.training.headroom and probing: is there anything to gain?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from textgrad_lite.data import Dataset, Example
from textgrad_lite.engines import Budget, Completion, Engine, Request
from textgrad_lite.errors import BudgetExceededError, ConfigurationError
from textgrad_lite.functions import LLMCall, Module, PromptModel
from textgrad_lite.graph import Variable
from textgrad_lite.testing import ScriptedEngine
from textgrad_lite.training import Headroom, Probe, RunFolder, RunRecord, Trainer, events
from textgrad_lite.training.headroom import weigh
from textgrad_lite.training.probing import sample_examples
from textgrad_lite.training.results import EvaluationResult, ExampleResult

Kind = Any


def result(number: int, output: str, kind: Kind = "wrong", *, draw: int = 0) -> ExampleResult:
    return ExampleResult(
        example_id=str(number),
        draw=draw,
        score=None if kind == "error" else float(kind == "right"),
        kind=kind,
        output=output,
        answer=None if kind == "unparsable" else output,
    )


def look(
    first: Sequence[ExampleResult],
    again: Sequence[ExampleResult] = (),
    *,
    target: str | None = "8",
    is_of_failures: bool = True,
) -> Headroom:
    examples = [Example(id=done.example_id, input="q", target=target) for done in first]
    evaluated = EvaluationResult(label="first", examples=tuple(first))
    return weigh(evaluated, again, examples, is_of_failures=is_of_failures)


def test_where_all_is_right_nothing_is_to_gain() -> None:
    found = look([result(n, "8", "right") for n in range(20)])
    assert (found.outlook, found.failures, found.form_failures) == ("nothing-to-gain", 0, 0)
    assert "cannot show a gain" in found.sentence


@pytest.mark.parametrize(
    "output, kind, target, is_of_form",
    [
        ("It is 8", "unparsable", "8", True),
        ("first\nit is 8 in the middle\nlast", "unparsable", "8", True),
        ("first\nit is 8 in the middle\nlast", "wrong", "8", False),
        ("The answer is 8.\nI hope it helps 3 of you.", "wrong", "8", True),
        ("It is 18 or 80 or 8.5 or 8,000", "wrong", "8", False),
        ("Paris, of course", "wrong", "paris", True),
        ("Parisian", "wrong", "Paris", False),
        ("I cannot say 8.", "refused", "8", False),
        ("-8", "wrong", "8", False),
        ("It is -8 degrees", "wrong", "-8", True),
        ("This is a bird.\nAnswer: B", "wrong", "A", False),
        ("I'd say B, I think", "unparsable", "I", False),
        ("A bird; the answer is B", "unparsable", "A", False),
        ("The answer is A.", "wrong", "A", True),
        ("**A**\nbecause of that", "wrong", "(A)", False),
        ("(A) because of that", "wrong", "(A)", True),
        ("", "unparsable", "8", False),
    ],
)
def test_a_failure_of_form_holds_the_answer(output: str, kind: Kind, target: str, is_of_form: bool) -> None:
    assert look([result(1, output, kind)], target=target).form_failures == int(is_of_form)


def test_without_targets_nothing_is_said_of_form() -> None:
    assert look([result(1, "x")], target=None).form_failures is None
    assert look([result(1, "x")], target=" ").form_failures is None


def test_failures_of_form_are_promising() -> None:
    found = look([result(n, "the answer is 8 apples", "wrong") for n in range(3)] + [result(9, "7")])
    assert (found.form_failures, found.failures, found.outlook) == (3, 4, "promising")
    assert "3 of 4 failures hold the right answer" in found.sentence
    assert "With 4 examples this is a first impression." in found.sentence


def test_what_guessing_does_too_is_no_promise() -> None:
    first = [result(n, "C") for n in range(12)]
    again = [result(n, "AB"[n % 2], "right", draw=1) for n in range(12)]
    examples = [Example(id=str(n), input="q", target="AB"[n % 2]) for n in range(12)]

    found = weigh(
        EvaluationResult(label="first", examples=tuple(first)), again, examples, is_of_failures=True
    )

    assert found.outlook == "doubtful"
    assert "guessing does this too" in found.sentence


def test_what_comes_right_in_another_draw_is_promising() -> None:
    first = [result(n, "7") for n in range(10)]
    again = [result(n, "8" if n < 3 else "7", "right" if n < 3 else "wrong", draw=1) for n in range(8)]
    found = look(first, again)
    assert (found.redrawn, found.draws, found.outlook) == (8, 2, "promising")
    assert found.best_of_n is not None
    assert found.best_of_n.mean == 3 / 8
    assert found.agreement == 5 / 8
    assert "3 of 8 failing examples come right in another draw" in found.sentence
    assert "first impression" not in found.sentence


def test_what_fails_in_the_same_way_each_time_is_doubtful() -> None:
    first = [result(n, "8", "right") for n in range(10)] + [result(n, "7") for n in range(10, 20)]
    again = [result(n, "7" if n >= 10 else "8", "wrong" if n >= 10 else "right", draw=1) for n in range(20)]
    found = look(first, [*again, *again], is_of_failures=False)
    assert (found.outlook, found.agreement, found.draws) == ("doubtful", 1.0, 3)
    assert "The best of 3 draws scores 50%, a single one 50%" in found.sentence
    assert "in the same way each time" in found.sentence


def test_best_of_n_over_all_examples_is_compared_with_one_draw() -> None:
    first = [result(n, "8", "right") for n in range(6)] + [result(n, "7") for n in range(6, 12)]
    again = [result(n, "8" if n > 8 else "7", "right" if n > 8 else "wrong", draw=1) for n in range(12)]
    found = look(first, again, is_of_failures=False)
    assert found.best_of_n is not None
    assert found.best_of_n.mean == 9 / 12
    assert found.outlook == "promising"


def test_without_further_draws_a_failure_that_is_not_of_form_is_open() -> None:
    found = look([result(n, "7") for n in range(12)])
    assert (found.outlook, found.best_of_n, found.agreement, found.redrawn) == ("doubtful", None, None, 0)
    assert "12 of 12 examples fail, for reasons other than form" in found.sentence


def test_a_draw_whose_call_failed_is_no_draw() -> None:
    found = look([result(1, "7"), result(2, "", "error")], [result(1, "", "error"), result(2, "8", "right")])
    assert (found.redrawn, found.failures) == (0, 1)


def test_a_sample_is_drawn_by_seed_in_order_and_without_a_second_of_one_id() -> None:
    examples = [Example(id=str(n % 40), input=str(n)) for n in range(60)]
    drawn = sample_examples(examples, 10, seed=1)
    assert drawn == sample_examples(examples, 10, seed=1) != sample_examples(examples, 10, seed=2)
    assert drawn == sorted(drawn, key=lambda example: int(example.input))
    assert [example.input for example in sample_examples(examples, None, seed=1)] == [
        str(n) for n in range(40)
    ]


# ── with a trainer ──────────────────────────────────────────────────────────────────────────────────


class Wavering(Engine):
    """Knows the answer to every third question at once, and to the others in every third draw."""

    def __init__(self, *, ends_at: int | None = None) -> None:
        self.name = "wavering"
        self.ends_at = ends_at
        self.asked: list[tuple[str, int]] = []

    def identity(self) -> dict[str, str]:
        return {"name": self.name}

    async def complete(self, request: Request) -> Completion:
        number, draw = int(request.messages[-1].text), request.sample[0]
        self.asked.append((request.purpose, draw))
        if draw == self.ends_at:
            raise BudgetExceededError("it is over", limit="calls")
        return Completion(text=f"{number if (number + draw) % 3 == 0 else -1}")


def dataset(start: int, count: int) -> Dataset:
    return Dataset(
        Example(id=str(number), input=str(number), target=str(number))
        for number in range(start, start + count)
    )


def make_trainer(engine: Engine, **options: Any) -> Trainer:
    critic = ScriptedEngine().on("nothing to say")
    return Trainer(PromptModel("Say it.", engine), "exact", engine=critic, steps=1, batch_size=4, **options)


def test_headroom_draws_training_and_validation_examples_within_its_own_budget() -> None:
    engine = Wavering()
    trainer = make_trainer(engine)
    found = trainer.headroom(dataset(0, 6), dataset(6, 6), dataset(12, 9), draws=3)
    assert (found.baseline.n, found.draws, found.redrawn, found.failures) == (12, 3, 12, 8)
    assert found.baseline.mean == 4 / 12
    assert found.best_of_n is not None
    assert found.best_of_n.mean == 1.0
    assert found.agreement == pytest.approx(1 / 3)
    assert found.outlook == "promising"
    assert len(engine.asked) == 36
    assert found.predicted_calls == trainer.estimate(dataset(0, 6), dataset(6, 6), dataset(12, 9)).calls
    assert found.predicted_usd is None
    assert trainer.result is None


async def test_headroom_looks_at_as_many_examples_as_its_calls_allow() -> None:
    engine = Wavering()
    found = await make_trainer(engine).aheadroom(
        dataset(0, 20), dataset(20, 20), budget=Budget(calls=13), draws=2
    )
    assert (found.baseline.n, found.redrawn, len(engine.asked)) == (6, 6, 12)
    with pytest.raises(ConfigurationError, match="1 calls do not suffice: one example takes 4"):
        await make_trainer(engine).aheadroom(dataset(0, 2), dataset(2, 2), budget=Budget(calls=1))


class Twice(Module):
    """A program that asks twice for one output."""

    def __init__(self, engine: Engine) -> None:
        self.prompt = Variable("Say it.", role_description="prompt")
        self.first, self.second = LLMCall(engine, self.prompt), LLMCall(engine)

    def forward(self, question: Variable) -> Variable:
        return self.second(self.first(question))


def test_what_an_example_takes_counts_all_calls_of_a_program() -> None:
    engine = Wavering()
    trainer = Trainer(Twice(engine), "exact", engine=ScriptedEngine().on("x"))
    found = trainer.headroom(dataset(0, 20), dataset(20, 20), budget=Budget(calls=13), draws=1)
    assert found.baseline.n == 6
    assert len(engine.asked) <= 12  # equal second calls are made once


def test_a_limit_that_ends_a_further_draw_leaves_what_is_whole() -> None:
    found = make_trainer(Wavering(ends_at=2)).headroom(dataset(0, 4), dataset(4, 4), draws=4)
    assert (found.redrawn, found.draws) == (8, 2)


class Echo(Module):
    """A program that takes its input and cannot be drawn again."""

    def __init__(self, engine: Engine) -> None:
        self.prompt = Variable("Say it.", role_description="prompt")
        self.call = LLMCall(engine, system_prompt=self.prompt)

    def forward(self, question: Variable) -> Variable:
        return self.call(question)


def test_a_program_that_cannot_draw_again_is_drawn_once() -> None:
    engine = Wavering()
    trainer = Trainer(Echo(engine), "exact", engine=ScriptedEngine().on("x"), probe=Probe())
    found = trainer.headroom(dataset(0, 6), dataset(6, 6))
    assert (found.draws, found.redrawn, len(engine.asked)) == (1, 0, 12)


def fit(engine: Engine, run: RunFolder | None, **options: Any) -> list[events.Event]:
    seen: list[events.Event] = []
    trainer = make_trainer(engine, run=run, callbacks=[seen.append], **options)
    trainer.fit(dataset(0, 8), dataset(8, 12), dataset(20, 6))
    return [event for event in seen if event.is_decision]


def find_headroom(seen: Sequence[events.Event]) -> Headroom:
    [event] = [event for event in seen if isinstance(event, events.HeadroomMeasured)]
    return event.headroom


def test_a_run_says_first_what_there_is_to_gain() -> None:
    engine = Wavering()
    seen = fit(engine, None, probe=Probe(examples=5, draws=2))
    assert [event.type for event in seen[:3]] == ["run_started", "baseline_scored", "headroom_measured"]
    found = find_headroom(seen)
    assert (found.baseline.n, found.redrawn, found.draws, found.failures) == (12, 5, 3, 8)
    assert found.is_of_failures
    assert sum(draw > 0 for _, draw in engine.asked) == 10


def test_a_run_says_nothing_where_nobody_asked() -> None:
    engine = Wavering()
    assert not any(isinstance(event, events.HeadroomMeasured) for event in fit(engine, None))
    assert all(draw == 0 for _, draw in engine.asked)


def test_another_engine_can_draw_again() -> None:
    first, second = Wavering(), Wavering()
    found = find_headroom(fit(first, None, probe=Probe(module=PromptModel("Say it.", second))))
    assert found.redrawn == 8
    assert all(draw == 0 for _, draw in first.asked)
    assert [draw for _, draw in second.asked] == [1] * 8


def test_nothing_is_drawn_again_where_that_could_cost_a_step() -> None:
    engine = Wavering()
    found = find_headroom(fit(engine, None, probe=Probe(), budget=Budget(calls=30)))
    assert (found.redrawn, found.failures) == (0, 8)
    assert all(draw == 0 for _, draw in engine.asked)


def test_a_resumed_run_follows_what_was_drawn(tmp_path: Path) -> None:
    engine = Wavering()
    with RunFolder.create(tmp_path) as run:
        whole = fit(engine, run, probe=Probe())
    journal = (tmp_path / "journal.jsonl").read_text().splitlines(keepends=True)
    end = next(n for n, line in enumerate(journal) if "headroom_measured" in line)
    for kept, probe, budget in (
        (end, Probe(), None),
        (end + 1, Probe(), None),
        (end + 1, Probe(), Budget(calls=60)),
        (end + 1, None, None),
    ):
        (tmp_path / "journal.jsonl").write_text("".join(journal[:kept]))
        asked = len(engine.asked)
        with RunFolder.resume(tmp_path) as run:
            again = fit(engine, run, probe=probe, budget=budget)
        assert RunRecord.read(tmp_path).events[: len(whole[:3])] == tuple(whole[:3])
        assert budget is not None or again == whole
        assert sum(draw > 0 for _, draw in engine.asked[asked:]) == 0
