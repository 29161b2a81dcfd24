"""Tests of textgrad_lite.training.trainer: whole runs on simulated tasks."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.training.doubles import make_model
from textgrad_lite.data import Dataset, Example
from textgrad_lite.engines import Budget, Completion, Engine, Request, StackOptions, stack, use_engine
from textgrad_lite.errors import AuthenticationError, ConfigurationError, ContextLengthError, ServerError
from textgrad_lite.functions import BlackboxLLM, ExampleSlot, Module, PromptModel
from textgrad_lite.graph import Variable
from textgrad_lite.metrics.judge import Judge
from textgrad_lite.optimizers import TGD
from textgrad_lite.optimizers.constraints import MaxLength
from textgrad_lite.optimizers.sources import ComposedStrategySource, GradientSource, WorkedExampleSource
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.training import Callback, Halving, Trainer, events
from textgrad_lite.training.fit_result import FitResult


def fit(task: SimulatedTask, **options: Any) -> FitResult:
    splits = task.splits()
    options.setdefault("engine", task.engine)
    return Trainer(make_model(task), task.metric, **options).fit(splits.train, splits.val, splits.test)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_finds_what_the_task_needs_and_says_so(seed: int) -> None:
    task = SimulatedTask(seed)
    result = fit(task, seed=seed)
    assert result.verdict is not None
    assert (result.status, result.verdict.outcome, result.is_changed) == ("finished", "better", True)
    assert all(word in result.best_text for word in task.requirements)
    assert result.validation_after is not None
    assert result.validation_after.mean == 1.0
    assert result.stop_reason == "perfect"
    assert sum(tally.accepted for tally in result.sources.values()) >= 1
    assert result.diff.startswith("--- a/prompt.txt\n+++ b/prompt.txt\n")


def test_the_best_state_is_left_in_the_module() -> None:
    task = SimulatedTask(0)
    model, splits = make_model(task), task.splits()
    result = Trainer(model, task.metric, engine=task.engine).fit(splits.train, splits.val, splits.test)
    assert model.state_dict() == result.best_state
    assert model.render() == result.best_text


def test_the_same_program_gives_the_same_decisions() -> None:
    runs: list[list[events.Event]] = []
    for _ in range(2):
        seen: list[events.Event] = []
        fit(SimulatedTask(4), seed=4, callbacks=[seen.append])
        runs.append([event for event in seen if event.is_decision])
    assert runs[0] == runs[1]


def test_a_step_shows_its_lineage() -> None:
    seen: list[events.Event] = []
    task = SimulatedTask(0)
    fit(task, steps=1, sources=[GradientSource(task.engine)], callbacks=[seen.append])
    kinds = [event.type for event in seen if event.is_decision]
    assert kinds[:4] == ["run_started", "baseline_scored", "step_started", "criticism_gathered"]
    assert kinds[-5:] == ["step_finished", "search_stopped", "test_scored", "test_scored", "verdict_reached"]
    criticism = next(event for event in seen if isinstance(event, events.CriticismGathered))
    asked = [gradient for gradient in criticism.gradients if not gradient.is_keep]
    assert len(asked) == 4
    assert {gradient.example_id for gradient in asked} <= set(criticism.failing)
    accepted = next(event for event in seen if isinstance(event, events.CandidateAccepted))
    proposed = next(
        event
        for event in seen
        if isinstance(event, events.CandidateProposed) and event.candidate == accepted.candidate
    )
    (proposal,) = proposed.proposals
    assert "The text should ask for" in proposal.shown
    assert proposal.new == accepted.text


def test_the_test_set_is_scored_once_before_and_once_after_and_shown_to_nobody() -> None:
    task = SimulatedTask(0)
    splits = task.splits()
    assert splits.test is not None
    purposes: Counter[tuple[str, str]] = Counter()
    texts = {example.id: f"Case {example.id} of the ledger" for example in splits.test}

    class Spy(Engine):
        name = "spy"

        async def complete(self, request: Request) -> Completion:
            text = "\n".join(message.text for message in request.messages)
            purposes.update((name, request.purpose) for name, words in texts.items() if words in text)
            return await task.engine.complete(request)

    model = PromptModel(task.prompt, Spy())
    Trainer(model, task.metric, engine=Spy()).fit(splits.train, splits.val, splits.test)
    assert purposes == {(name, "forward"): 2 for name in texts}


def test_nothing_found_keeps_the_original_and_scores_it_once() -> None:
    task = SimulatedTask(0, has_effect=False)
    result = fit(task, sources=[WorkedExampleSource(passing_score=2.0)], steps=2)
    assert result.verdict is not None
    assert (result.verdict.outcome, result.verdict.n) == ("nothing-found", 40)
    assert (result.is_changed, result.best_text, result.test_after) == (False, task.prompt, None)
    assert result.stop_reason == "steps"


def test_a_candidate_that_is_not_better_on_the_test_set_is_not_kept() -> None:
    for seed in range(20):
        task = SimulatedTask(seed, has_effect=False, luck=0.4)
        result = fit(task, seed=seed, steps=2)
        assert result.verdict is not None
        if result.verdict.outcome == "not-better":
            break
    assert result.verdict is not None
    assert result.verdict.outcome == "not-better"
    assert result.best_text == result.start_text == task.prompt
    assert result.validation_after is not None
    assert result.validation_before is not None
    assert result.validation_after.value > result.validation_before.value


def test_without_a_test_set_nothing_is_confirmed() -> None:
    task = SimulatedTask(0)
    splits = task.splits()
    trainer = Trainer(make_model(task), task.metric, engine=task.engine, steps=1)
    result = trainer.fit(splits.train, splits.val)
    assert result.verdict is not None
    assert (result.verdict.outcome, result.is_changed) == ("untested", True)
    nothing = Trainer(make_model(task), task.metric, engine=task.engine, steps=0).fit(
        splits.train, splits.val
    )
    assert nothing.verdict is not None
    assert nothing.verdict.outcome == "nothing-found"


def test_a_perfect_start_is_left_alone() -> None:
    task = SimulatedTask(0)
    model, splits = PromptModel(task.perfect_prompt, task.engine), task.splits()
    result = Trainer(model, task.metric, engine=task.engine).fit(splits.train, splits.val, splits.test)
    assert (result.stop_reason, result.steps) == ("perfect", 0)
    assert task.engine.calls == 60


def test_patience_and_target_stop_the_search() -> None:
    task = SimulatedTask(0, has_effect=False, luck=0.0)
    assert (fit(task, patience=2).stop_reason, fit(task, patience=2).steps) == ("patience", 2)
    assert fit(SimulatedTask(0, luck=0.3), target=0.2).stop_reason == "target"


@pytest.mark.parametrize("calls", [101, 140, 180, 230])
def test_a_budget_of_calls_is_never_exceeded_and_the_verdict_is_still_reached(calls: int) -> None:
    task = SimulatedTask(3, noise=0.2)
    budget = Budget(calls=calls)
    result = fit(task, budget=budget, steps=50, seed=3)
    assert task.engine.calls <= calls
    assert budget.spent.calls == task.engine.calls
    assert result.verdict is not None
    assert result.stop_reason == "budget"
    assert result.test_before is not None
    assert result.test_before.n == 40


def test_the_limits_of_the_search_itself_are_kept_by_kind() -> None:
    task = SimulatedTask(3, noise=0.2)
    result = fit(task, student_calls=120, other_calls=14, steps=50, seed=3)
    spent = {row.purpose: row.calls for row in result.spend}
    tests = 80 if result.test_after else 40
    assert spent["forward"] - tests <= 120
    assert spent["backward"] + spent.get("optimizer", 0) <= 14
    assert result.stop_reason == "budget"
    assert result.steps >= 1


def test_a_budget_that_allows_no_step_is_no_success() -> None:
    task = SimulatedTask(0)
    result = fit(task, budget=Budget(calls=105))
    assert result.verdict is not None
    assert (result.stop_reason, result.steps) == ("budget", 0)
    assert result.verdict.sentence.startswith("No candidate was tried; the original is kept.")
    assert result.verdict.sentence.endswith("because the budget allowed no more.")


def test_prompts_do_not_grow_without_bound() -> None:
    class Talkative(Engine):
        name = "talkative"

        async def complete(self, request: Request) -> Completion:
            if request.purpose != "optimizer":
                return await task.engine.complete(request)
            start, end = NEW_TEXT_TAGS
            word = task.requirements[len(asked) % len(task.requirements)]
            asked.append(word)
            return Completion(text=f"{start}\n{'Mind every thing. ' * 150 * len(asked)} Use {word}.\n{end}")

    task = SimulatedTask(0, noise=0.5)
    asked: list[str] = []
    splits = task.splits()
    trainer = Trainer(
        PromptModel(task.prompt, task.engine),
        task.metric,
        engine=Talkative(),
        steps=6,
        sources=[GradientSource()],
    )
    with use_engine(Talkative()):
        result = trainer.fit(splits.train, splits.val, splits.test)
    assert len(asked) > 3
    assert result.sources["gradients"].rejected > 0
    assert len(result.best_text) <= 4000


def test_a_budget_that_does_not_even_suffice_for_the_measurement() -> None:
    with pytest.raises(ConfigurationError, match="20 validation calls and 80 test calls"):
        fit(SimulatedTask(0), budget=Budget(calls=99))


def test_a_budget_of_tokens_is_not_exceeded() -> None:
    task = SimulatedTask(3, noise=0.2)
    capped = stack(task.engine, StackOptions(cache="off", sampling={"max_tokens": 100}))
    splits = task.splits()
    budget = Budget(tokens=9_000)
    model = PromptModel(task.prompt, capped)
    trainer = Trainer(model, task.metric, engine=capped, budget=budget, steps=50)
    result = trainer.fit(splits.train, splits.val, splits.test)
    assert budget.spent.tokens <= 9_000
    assert result.stop_reason == "budget"
    assert result.steps >= 1
    assert result.test_before is not None
    assert result.test_before.n == 40


def test_a_money_limit_without_a_price_is_refused() -> None:
    class Unpriced(Engine):
        name = "unpriced"

        async def complete(self, request: Request) -> Completion:
            raise AssertionError("nothing may be sent")

    task = SimulatedTask(0)
    splits = task.splits()
    model = PromptModel("p", Unpriced(), max_tokens=5)
    with pytest.raises(ConfigurationError, match="price"):
        Trainer(model, task.metric, engine=Unpriced(), budget=Budget(usd=1.0)).fit(splits.train, splits.val)


class Clock:
    """Time passes with every call."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_when_the_time_is_over_the_best_so_far_gets_its_verdict() -> None:
    task = SimulatedTask(3, noise=0.2)
    clock = Clock()

    class Slow(Engine):
        name = "slow"

        async def complete(self, request: Request) -> Completion:
            clock.now += 1
            return await task.engine.complete(request)

    slow = Slow()
    model, splits = PromptModel(task.prompt, slow), task.splits()
    trainer = Trainer(model, task.metric, engine=slow, budget=Budget(seconds=300, clock=clock), steps=90)
    result = trainer.fit(splits.train, splits.val, splits.test)
    assert result.stop_reason == "time"
    assert result.verdict is not None
    assert result.test_before is not None
    assert result.test_before.n == 40
    assert clock.now <= 300
    assert result.steps >= 1


def test_a_wrong_key_stops_at_once() -> None:
    class Locked(Engine):
        name = "locked"
        calls = 0

        async def complete(self, request: Request) -> Completion:
            self.calls += 1
            raise AuthenticationError("wrong key")

    engine = Locked()
    task = SimulatedTask(0)
    splits = task.splits()
    trainer = Trainer(PromptModel("p", engine), task.metric, engine=engine)
    with pytest.raises(AuthenticationError, match="wrong key"):
        trainer.fit(splits.train, splits.val, splits.test)
    assert trainer.result is not None
    assert (trainer.result.status, trainer.result.steps) == ("interrupted", 0)
    assert engine.calls <= len(splits.val)


def test_failed_calls_are_left_out_of_the_scores() -> None:
    task = SimulatedTask(0)

    class Shaky(Engine):
        name = "shaky"

        async def complete(self, request: Request) -> Completion:
            if request.purpose == "forward" and "Case 7 of" in request.messages[-1].text:
                raise ServerError("down")
            return await task.engine.complete(request)

    model, splits = PromptModel(task.prompt, Shaky()), task.splits()
    result = Trainer(model, task.metric, engine=Shaky()).fit(splits.train, splits.val, splits.test)
    assert result.verdict is not None
    assert result.verdict.outcome == "better"
    scores = [result.validation_before, result.test_before]
    assert sum(score.kinds.get("error", 0) for score in scores if score) <= 1


class ShortModel(Engine):
    """Refuses what is longer than it can read."""

    def __init__(self, inner: Engine, longest: int) -> None:
        self.name = inner.name
        self._inner = inner
        self._longest = longest

    async def complete(self, request: Request) -> Completion:
        if request.purpose == "forward" and sum(len(m.text) for m in request.messages) > self._longest:
            raise ContextLengthError("it does not fit into the context")
        return await self._inner.complete(request)


def test_a_candidate_that_does_not_fit_into_the_context_loses_and_ends_no_run() -> None:
    task, seen = SimulatedTask(3), list[events.Event]()
    splits, engine = task.splits(), ShortModel(task.engine, 120)
    model = PromptModel(task.prompt, engine, examples=ExampleSlot())
    trainer = Trainer(model, task.metric, engine=task.engine, steps=3, callbacks=[seen.append])
    result = trainer.fit(splits.train, splits.val, splits.test)
    told = [event.text for event in seen if isinstance(event, events.Note)]
    assert any("does not fit into the context" in text for text in told)
    assert result.verdict is not None
    assert result.verdict.is_better
    assert all(len(text) <= 120 for text in result.best_state.values() if isinstance(text, str))


def test_a_candidate_that_does_not_fit_with_test_inputs_loses_them_and_still_gets_its_verdict() -> None:
    task = SimulatedTask(3)
    splits = task.splits()
    longest = {example.input for example in (splits.test or ())[:8]}

    class ShortOnTests(ShortModel):
        async def complete(self, request: Request) -> Completion:
            if request.messages[-1].text in longest:
                return await super().complete(request)
            return await task.engine.complete(request)

    model = PromptModel(task.prompt, ShortOnTests(task.engine, 70))
    result = Trainer(model, task.metric, engine=task.engine, steps=3).fit(
        splits.train, splits.val, splits.test
    )
    assert result.verdict is not None
    assert result.verdict.n >= 38  # what the first few failures before the limit leave
    assert result.test_after is not None
    assert result.test_after.value <= 0.6


def test_constraints_hold_for_every_proposal() -> None:
    task = SimulatedTask(0)
    longest = len(task.prompt) + 25
    result = fit(task, constraints=[MaxLength(characters=longest)], steps=3)
    assert len(result.best_text.split("\n\n")[0]) <= longest


class TwoSteps(Module):
    """Two prompts in a row."""

    def __init__(self, task: SimulatedTask) -> None:
        self.first = BlackboxLLM(task.engine, Variable("Pass it on.", role_description="first prompt"))
        self.second = BlackboxLLM(task.engine, Variable(task.prompt, role_description="second prompt"))

    def forward(self, question: Variable) -> Variable:
        self.first(question)
        return self.second(question)


def test_a_module_of_several_prompts_is_trained() -> None:
    task = SimulatedTask(0)
    splits = task.splits()
    module = TwoSteps(task)
    result = Trainer(module, task.metric, engine=task.engine, steps=4).fit(
        splits.train, splits.val, splits.test
    )
    assert result.verdict is not None
    assert result.verdict.outcome == "better"
    assert "first.system_prompt" in result.best_text
    assert all(word in str(module.second.parameters()[0].value) for word in task.requirements[:1])


def test_the_backward_engine_of_the_context_is_the_default() -> None:
    task = SimulatedTask(0)
    with use_engine(task.engine):
        result = fit(task, engine=None, steps=1)
    assert result.verdict is not None
    assert result.verdict.outcome == "better"


def test_a_metric_may_be_a_function_or_a_name() -> None:
    task = SimulatedTask(0)
    splits = task.splits()
    for metric in ("exact", lambda output, target: output.endswith(str(target))):
        trainer = Trainer(make_model(task), metric, engine=task.engine, steps=1)
        verdict = trainer.fit(splits.train, splits.val, splits.test).verdict
        assert verdict is not None
        assert verdict.outcome == "better"


def test_sources_can_be_chosen() -> None:
    with pytest.raises(ConfigurationError, match="at least one source"):
        Trainer(make_model(SimulatedTask(0)), "exact", sources=[])
    task = SimulatedTask(0)
    result = fit(task, sources=[ComposedStrategySource()], steps=1)
    assert set(result.sources) == {"strategies"}
    assert "optimizer" not in {row.purpose for row in result.spend}


async def test_it_can_be_awaited() -> None:
    task = SimulatedTask(0)
    splits = task.splits()
    trainer = Trainer(make_model(task), task.metric, engine=task.engine, steps=1)
    result = await trainer.afit(splits.train, splits.val, splits.test)
    assert result.status == "finished"


def test_callbacks_get_the_event_that_their_methods_are_named_after() -> None:
    seen: list[str] = []

    class Watch(Callback):
        def on_step_finished(self, event: events.StepFinished) -> None:
            seen.append(f"step {event.step}")

        def on_verdict_reached(self, event: events.VerdictReached) -> None:
            seen.append(event.verdict.outcome)

    fit(SimulatedTask(0), steps=2, callbacks=[Watch()])
    assert seen == ["step 1", "step 2", "better"]


def test_an_estimate_spends_nothing_and_is_an_upper_bound() -> None:
    task = SimulatedTask(3, noise=0.2)
    splits = task.splits()
    trainer = Trainer(make_model(task), task.metric, engine=task.engine, steps=3, seed=3)
    estimate = trainer.estimate(splits.train, splits.val, splits.test)
    assert task.engine.calls == 0
    assert [(row.stage, row.purpose) for row in estimate.rows] == [
        ("baseline", "forward"),
        ("search", "forward"),
        ("search", "optimizer"),
        ("verdict", "forward"),
    ]
    assert all(row.input_tokens > 0 and row.output_tokens > 0 for row in estimate.rows)
    trainer.fit(splits.train, splits.val, splits.test)
    assert task.engine.calls <= estimate.calls
    assert trainer.estimate(splits.train, splits.val).rows[-1].calls == 0


def test_an_estimate_counts_what_a_judge_is_asked() -> None:
    task = SimulatedTask(0)
    splits = task.splits()
    trainer = Trainer(make_model(task), Judge("Is it right?", task.engine), engine=task.engine)
    rows = trainer.estimate(splits.train, splits.val, splits.test).rows
    judged = {row.stage: row.calls for row in rows if row.purpose == "judge"}
    assert judged == {row.stage: 2 * row.calls for row in rows if row.purpose == "forward"}


def test_the_strategy_can_be_tuned() -> None:
    task = SimulatedTask(0)
    seen: list[events.Event] = []
    strategy = Halving(proposals=2, refinements=0, batch_blocks=(0.5, 1.0), validation_blocks=(1.0,))
    fit(task, strategy=strategy, steps=1, callbacks=[seen.append])
    stages = {event.stage for event in seen if isinstance(event, events.CandidateScreened)}
    assert stages <= {"minibatch 4/8", "minibatch 8/8", "validation 20/20"}
    assert len([event for event in seen if isinstance(event, events.CandidateProposed)]) <= 2


def test_a_minibatch_that_is_all_right_costs_no_proposal() -> None:
    train = Dataset([Example(id="t", input="no case", target="There is no case.")])
    task = SimulatedTask(0)
    model, splits = make_model(task), task.splits()
    result = Trainer(model, task.metric, engine=task.engine, steps=1).fit(train, splits.val, splits.test)
    assert {row.purpose for row in result.spend} == {"forward"}


def changes_of(seen: list[events.Event]) -> list[set[str]]:
    """Which parameters each candidate changed, by the texts that were written for it."""
    proposed = [event for event in seen if isinstance(event, events.CandidateProposed)]
    return [{record.parameter for record in event.proposals} for event in proposed]


def fit_two(task: SimulatedTask, module: TwoSteps, **options: Any) -> tuple[FitResult, list[events.Event]]:
    seen: list[events.Event] = []
    splits = task.splits()
    trainer = Trainer(module, task.metric, engine=task.engine, callbacks=[seen.append], **options)
    return trainer.fit(splits.train, splits.val, splits.test), seen


class BothMatter(TwoSteps):
    """Both prompts reach the answer."""

    def forward(self, question: Variable) -> Variable:
        return self.second(question + self.first(question))


def test_parameters_can_be_changed_in_turn() -> None:
    task = SimulatedTask(0, noise=0.3)
    options: dict[str, Any] = {"steps": 4, "sources": [GradientSource(task.engine)]}
    _, joint = fit_two(task, BothMatter(task), **options)
    assert {"first.system_prompt", "second.system_prompt"} in changes_of(joint)
    result, seen = fit_two(task, BothMatter(task), updates="round-robin", **options)
    changes = changes_of(seen)
    assert all(len(names) == 1 for names in changes)
    assert set.union(*changes) == {"first.system_prompt", "second.system_prompt"}
    accepted = sum(isinstance(event, events.CandidateAccepted) for event in seen)
    assert sum(tally.accepted for tally in result.parameters.values()) == accepted
    assert sum(tally.gain for tally in result.parameters.values()) == pytest.approx(
        sum(tally.gain for tally in result.sources.values())
    )
    assert all(tally.criticised for tally in result.parameters.values())


def test_a_frozen_parameter_stays_as_it_is_and_costs_no_criticism() -> None:
    task = SimulatedTask(0)
    module = BothMatter(task)
    module.first.parameters()[0].requires_grad = False
    result, seen = fit_two(task, module, steps=2, sources=[GradientSource(task.engine)])
    assert list(result.best_state) == ["second.system_prompt"]
    assert result.is_changed
    shown = [record.shown for e in seen if isinstance(e, events.CandidateProposed) for record in e.proposals]
    assert all("Pass it on." in text for text in shown)


def test_criticism_of_several_minibatches_is_gathered_for_one_step() -> None:
    task = SimulatedTask(0, luck=0.0)
    gathered: list[events.CriticismGathered] = []
    started: list[events.StepStarted] = []

    class Watch(Callback):
        def on_criticism_gathered(self, event: events.CriticismGathered) -> None:
            gathered.append(event)

        def on_step_started(self, event: events.StepStarted) -> None:
            started.append(event)

    for accumulate in (1, 3):
        fit(task, steps=1, batch_size=5, accumulate=accumulate, callbacks=[Watch()])
    assert [len(event.batch) for event in started] == [5, 15]
    assert [len(event.gradients) for event in gathered] == [4, 12]
    with pytest.raises(ConfigurationError, match="accumulate is 0"):
        fit(task, accumulate=0)


def test_the_share_of_passing_examples_to_protect_can_be_set() -> None:
    seen: list[events.Event] = []
    for protected in (0.0, 1.0):
        fit(SimulatedTask(0, luck=0.5), steps=1, protected=protected, callbacks=[seen.append])
    none, all_ = (event for event in seen if isinstance(event, events.CriticismGathered))
    assert not any(record.is_keep for record in none.gradients)
    assert sum(record.is_keep for record in all_.gradients) == 8 - len(all_.failing) > 1


def test_the_size_of_an_edit_is_enforced_on_every_proposal() -> None:
    seen: list[events.Event] = []
    task = SimulatedTask(0)
    result = fit(task, steps=2, edit_size=0.01, callbacks=[seen.append])
    assert result.best_text.split("\n\n")[-1] == task.prompt  # worked examples are no edit
    rejected = [event for event in seen if isinstance(event, events.ProposalRejected)]
    assert any("at most 1% may be" in event.proposal.reason for event in rejected)
    sizes = [event.edit_size for event in seen if isinstance(event, events.CriticismGathered)]
    assert set(sizes) == {0.01}


def test_a_decaying_edit_size_follows_the_steps() -> None:
    seen: list[events.Event] = []
    fit(SimulatedTask(0, noise=0.5), steps=3, edit_size="decaying:0.8:0.2:2", callbacks=[seen.append])
    sizes = [event.edit_size for event in seen if isinstance(event, events.CriticismGathered)]
    assert sizes == pytest.approx([0.8, 0.4, 0.2])


def test_repeats_are_part_of_every_score_and_of_every_estimate() -> None:
    task = SimulatedTask(3, noise=0.2)
    splits = task.splits()
    trainer = Trainer(make_model(task), task.metric, engine=task.engine, steps=1, repeats=2, seed=3)
    estimate = trainer.estimate(splits.train, splits.val, splits.test)
    assert [row.calls for row in estimate.rows if row.stage != "search"] == [40, 160]
    result = trainer.fit(splits.train, splits.val, splits.test)
    assert result.test_before is not None
    assert (result.test_before.n, sum(result.test_before.kinds.values())) == (40, 80)
    assert task.engine.calls <= estimate.calls


def test_the_start_check_knows_of_judges_repeats_and_programs_of_several_calls() -> None:
    task = SimulatedTask(0)
    with pytest.raises(ConfigurationError, match="does not suffice"):
        fit(task, repeats=2, budget=Budget(calls=199))
    splits = task.splits()
    judge = Judge("Is it right?", task.engine)
    for module, metric in ((make_model(task), judge), (BothMatter(task), task.metric)):
        trainer = Trainer(module, metric, engine=task.engine, budget=Budget(calls=199))
        with pytest.raises(ConfigurationError, match="does not suffice"):
            trainer.fit(splits.train, splits.val, splits.test)
    assert task.engine.calls == 0


def test_an_optimizer_of_ones_own_writes_and_its_conditions_hold_for_all() -> None:
    task = SimulatedTask(0)
    model, splits = make_model(task), task.splits()
    seen: list[events.Event] = []
    optimizer = TGD(
        [model.prompt],
        engine=task.engine,
        constraints=["Write no verse."],
        hard_constraints=[MaxLength(characters=40)],
    )
    result = Trainer(model, task.metric, optimizer, Halving(), Budget(), [seen.append], steps=1).fit(
        splits.train, splits.val, splits.test
    )
    shown = [
        record.shown
        for event in seen
        if isinstance(event, events.CandidateProposed)
        for record in event.proposals
        if record.shown
    ]
    assert shown
    assert all("Write no verse." in text for text in shown)
    assert len(result.best_text.split("\n\n")[-1]) <= 40
    assert {"gradients", "gradients and strategies"} <= set(result.sources)


def test_the_price_of_each_source_is_shown() -> None:
    result = fit(SimulatedTask(0, noise=0.3), steps=3)
    spent = sum(row.calls + row.hits for row in result.spend if row.purpose in ("backward", "optimizer"))
    assert sum(tally.calls for tally in result.sources.values()) == pytest.approx(spent)
    assert result.sources["strategies"].calls == 0 < result.sources["gradients"].calls
