"""What a search strategy works with: the program, the data, the sources, and what is known so far.

The test set is not in here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest

from textgrad_lite.data import DataLoader, Example
from textgrad_lite.engines.budget import Amount
from textgrad_lite.optimizers.constraints import Constraint, MaxChange
from textgrad_lite.optimizers.edit_size import EditPace
from textgrad_lite.optimizers.sources import Candidate, ProposalSource, State, Trace
from textgrad_lite.training.allowance import Allowance
from textgrad_lite.training.asking import Asking, Terms, first_wave
from textgrad_lite.training.bandit import Prices, SourceBandit
from textgrad_lite.training.bar import Bar
from textgrad_lite.training.concurrency import gather_in_order
from textgrad_lite.training.criticism import NO_CRITICISM, Criticism, criticise
from textgrad_lite.training.evaluation import Evaluator
from textgrad_lite.training.events import CriticismGathered, Event, FailureRecord, Note
from textgrad_lite.training.habits import DEFAULT_HABITS, Habits, choose_rollouts
from textgrad_lite.training.pool import Member, Pool
from textgrad_lite.training.results import EvaluationResult
from textgrad_lite.training.turns import Turns


class Search:
    """The state of a search, and the operations that strategies are made of.

    Attributes:
        evaluator: Scores states.
        loader: Draws minibatches of training examples.
        validation: Examples that choose between candidates.
        asking: Asks the sources for candidates.
        bandit: Which of them pay.
        pool: What is known of states.
        allowance: What still fits.
        step: Number of the present step, from 1.
        last_gain: Number of the last step that found a new best state.
        means: Mean of the best state on validation, at the start and after each step.
        is_stop_requested: Whether somebody has asked for the end of the search.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        loader: DataLoader,
        validation: Sequence[Example],
        sources: Sequence[ProposalSource],
        pool: Pool,
        allowance: Allowance,
        *,
        constraints: Sequence[Constraint] = (),
        critic: object = None,
        habits: Habits = DEFAULT_HABITS,
        seed: int = 0,
        record: Callable[[Event], None],
    ) -> None:
        self.evaluator = evaluator
        self.loader = loader
        self.validation = tuple(validation)
        self.bandit = SourceBandit(
            [source.name for source in sources],
            first_wave(sources),
            [source.name for source in sources if source.worst_case_calls() == 0],
            Prices(trying=self._price_of_trying, asking=lambda: allowance.weight_of_asking),
        )
        self.pool = pool
        self.allowance = allowance
        self.step = 0
        self.last_gain = 0
        self.means = [pool.best.mean]
        self.is_stop_requested = False
        self.record = record
        self.habits = habits
        self._pace = EditPace(habits.edit_size)
        self._turns = Turns(list(evaluator.program.module.named_parameters()), habits.updates)
        self._critic = critic
        self._seed = seed
        self.asking = Asking(
            module=evaluator.program.module,
            sources={source.name: source for source in sources},
            bandit=self.bandit,
            pool=pool,
            constraints=tuple(constraints),
            metric_description=evaluator.metric.description,
            seed=seed,
            record=record,
            step=lambda: self.step,
        )
        self.credit = self.asking.credit

    def random(self, *purpose: object) -> random.Random:
        """A generator of its own for one purpose of this step; the same in every process."""
        return random.Random(f"{self._seed} {self.step} {purpose}")  # noqa: S311 - reproducible, not secret

    def note(self, text: str) -> None:
        """Tells whoever watches what is being done and why."""
        self.record(Note(text=text))

    @property
    def spent(self) -> Amount:
        """What the run has spent so far."""
        return self.allowance.spent

    @property
    def elapsed(self) -> float:
        """Seconds since the first call of the run, those of earlier processes included."""
        return self.allowance.elapsed

    @property
    def asks_for_criticism(self) -> int:
        """The most calls that a backward pass over a minibatch can make."""
        parameters = len(self.evaluator.program.module.parameters())
        calls = self.allowance.calls_per_example
        each = 1 if parameters == calls == 1 else calls * (parameters + 1)
        # A loss in words is asked, and then asked again on the way back.
        each += 2 if self.habits.loss is not None else 0
        return self.habits.most_of(self.loader.batch_size) * each

    async def criticise(
        self, parents: Sequence[Member], batch: Sequence[Example], *, is_asked: bool = True
    ) -> list[tuple[EvaluationResult, Criticism]]:
        """Runs members on a minibatch, all at once, and gathers criticism of what fails in it.

        A few passing examples go along, at no cost, so that what is good about a state is kept.

        Args:
            parents: The members, each once.
            batch: The examples.
            is_asked: False where no source is going to read criticism; then none is bought.
        """
        asked_before = self.allowance.asked
        done = await gather_in_order(
            [self._criticise(parent, batch, is_asked=is_asked) for parent in parents]
        )
        limit = self._set_terms([criticism for _, criticism in done], self.allowance.asked - asked_before)
        for parent, (result, criticism) in zip(parents, done, strict=True):
            self.asking.traces.keep(parent.id, _traces(batch, result))
            self.record(
                CriticismGathered(
                    step=self.step,
                    parent=parent.id,
                    score=result.score,
                    failing=tuple(failed.example_id for failed in result.failing),
                    gradients=criticism.records,
                    failures=_failures(batch, result),
                    edit_size=limit.share if limit else None,
                )
            )
        return done

    def _set_terms(self, criticisms: Sequence[Criticism], calls: int) -> MaxChange | None:
        """Decides what the proposals of this step are held to; gives the limit on their size."""
        said = [record.text for each in criticisms for record in each.records if not record.is_keep]
        criticised = {
            record.parameter for each in criticisms for record in each.records if not record.is_keep
        }
        for criticism in criticisms:
            self.credit.note_criticism(criticism.gradients)
        limit = self._pace.limit(said)
        self._pace.advance(said)
        self.asking.terms = Terms(
            targets=self._turns.take(criticised),
            limits=() if limit is None else (limit,),
            criticism_calls=calls,
        )
        return limit

    async def _criticise(
        self, parent: Member, batch: Sequence[Example], *, is_asked: bool
    ) -> tuple[EvaluationResult, Criticism]:
        evaluator = self.evaluator
        if not is_asked:
            return await evaluator.evaluate(parent.state, batch, label="minibatch"), NO_CRITICISM
        with evaluator.program.holding(parent.state):
            result, rollouts = await evaluator.roll_out(parent.state, batch)
            chosen = choose_rollouts(rollouts, batch, self.habits)
            if asked := sum(not rollout.metric_result.is_right for rollout in chosen):
                self.note(f"asking what went wrong in {asked} failing examples")
            return result, await criticise(
                evaluator.program, evaluator.metric, chosen, engine=self._critic, loss=self.habits.loss
            )

    def _price_of_trying(self) -> float:
        """Calls of the module that it takes to compare one candidate on a minibatch."""
        batch = min(self.loader.batch_size, len(self.loader.dataset))
        return float(batch * self.allowance.calls_per_example)

    async def score_all(
        self,
        candidates: Sequence[Candidate],
        examples: Sequence[Example],
        label: str,
        bars: Sequence[Bar | None] = (),
    ) -> list[EvaluationResult]:
        """Scores candidates at once; their requests are sent candidate by candidate.

        Requests with the same prompt thus go together, which a provider's prefix cache rewards.

        Args:
            candidates: The candidates.
            examples: What they are scored on.
            label: What this is, for progress and messages.
            bars: What each has to beat, so that one which no longer can is not run to the end; or nothing.
        """
        results = await gather_in_order(
            [
                self.evaluator.evaluate_candidate(
                    candidate.state, examples, label=f"{label}, {candidate.source}", bar=bar
                )
                for candidate, bar in zip_longest(candidates, bars)
            ]
        )
        if label == "minibatch":
            for candidate, result in zip(candidates, results, strict=True):
                self.asking.traces.keep(candidate.id, _traces(examples, result))
        return results

    def length(self, candidate: Candidate) -> int:
        """Characters of a candidate's texts; the shorter of two equals is preferred."""
        return len(self.evaluator.program.render(candidate.state))


def shown_ids(state: State) -> frozenset[str]:
    """Ids of the examples that a state shows to the model, which it must not be scored on."""
    slots: list[Mapping[str, object]] = []
    for entry in state.values():
        if isinstance(entry, list):
            slots.extend(item for item in entry if isinstance(item, Mapping))
    return frozenset(str(item["id"]) for item in slots if "id" in item)


def _traces(examples: Sequence[Example], result: EvaluationResult) -> list[Trace]:
    by_id = {example.id: example for example in examples}
    return [
        Trace(
            example_id=done.example_id,
            input=by_id[done.example_id].input,
            output=done.output,
            score=done.score,
            feedback=done.feedback,
        )
        for done in result.examples
        if done.score is not None
    ]


def _failures(examples: Sequence[Example], result: EvaluationResult) -> tuple[FailureRecord, ...]:
    by_id = {example.id: example for example in examples}
    return tuple(FailureRecord.of(by_id[failed.example_id], failed) for failed in result.failing)
