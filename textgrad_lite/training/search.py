"""What a search strategy works with: the program, the data, the sources, and what is known so far.

The test set is not in here.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from textgrad_lite.data import DataLoader, Example
from textgrad_lite.optimizers.constraints import Constraint
from textgrad_lite.optimizers.proposal import Proposal
from textgrad_lite.optimizers.sources import (
    Candidate,
    ProposalContext,
    ProposalSource,
    SourceResult,
    State,
    Trace,
)
from textgrad_lite.training.allowance import Allowance
from textgrad_lite.training.bandit import SourceBandit
from textgrad_lite.training.criticism import Criticism, criticise
from textgrad_lite.training.evaluation import Evaluator, gather_in_order
from textgrad_lite.training.events import (
    CandidateProposed,
    CriticismGathered,
    Event,
    Note,
    ProposalRecord,
    ProposalRejected,
)
from textgrad_lite.training.pool import Member, Pool
from textgrad_lite.training.results import EvaluationResult, ExampleResult, Rollout

_MOST_REPEATS = 20


class Search:
    """The state of a search, and the operations that strategies are made of.

    Attributes:
        evaluator: Scores states.
        loader: Draws minibatches of training examples.
        validation: Examples that choose between candidates.
        sources: Where candidates come from, by name.
        bandit: Which of them pay.
        pool: What is known of states.
        allowance: What still fits.
        step: Number of the present step, from 1.
        last_gain: Number of the last step that found a new best state.
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
        most_criticised: int = 4,
        most_protected: int = 2,
        seed: int = 0,
        record: Callable[[Event], None],
    ) -> None:
        self.evaluator = evaluator
        self.loader = loader
        self.validation = tuple(validation)
        self.sources = {source.name: source for source in sources}
        self.bandit = SourceBandit(list(self.sources))
        self.pool = pool
        self.allowance = allowance
        self.step = 0
        self.last_gain = 0
        self.record = record
        self.most_criticised = most_criticised
        self._most_protected = most_protected
        self._constraints = tuple(constraints)
        self._critic = critic
        self._seed = seed
        self._traces: dict[str, dict[str, Trace]] = {}
        self._draws: Counter[tuple[str, str]] = Counter()

    def random(self, *purpose: object) -> random.Random:
        """A generator of its own for one purpose of this step; the same in every process."""
        return random.Random(f"{self._seed} {self.step} {purpose}")  # noqa: S311 - reproducible, not secret

    def note(self, text: str) -> None:
        """Tells whoever watches what is being done and why."""
        self.record(Note(text=text))

    @property
    def asks_for_criticism(self) -> int:
        """The most calls that a backward pass over a minibatch can make."""
        parameters = len(self.evaluator.program.module.parameters())
        calls = self.allowance.calls_per_example
        return self.most_criticised * (1 if parameters == calls == 1 else calls * (parameters + 1))

    async def criticise(self, parent: Member, batch: Sequence[Example]) -> tuple[EvaluationResult, Criticism]:
        """Runs a member on a minibatch and gathers criticism of what fails in it.

        A few passing examples go along, at no cost, so that what is good about the state is kept.
        """
        evaluator = self.evaluator
        with evaluator.program.holding(parent.state):
            result, rollouts = await evaluator.roll_out(parent.state, batch)
            chosen = self._choose(rollouts)
            criticism = await criticise(evaluator.program, evaluator.metric, chosen, engine=self._critic)
        self.keep_traces(parent.id, batch, result)
        self.record(
            CriticismGathered(
                step=self.step,
                parent=parent.id,
                score=result.score,
                failing=tuple(failed.example_id for failed in result.failing),
                gradients=criticism.records,
            )
        )
        return result, criticism

    def _choose(self, rollouts: Sequence[Rollout]) -> list[Rollout]:
        """Failing rollouts to criticise, and passing ones to protect; nothing where none fails."""
        failing = [rollout for rollout in rollouts if not rollout.metric_result.is_right]
        passing = [rollout for rollout in rollouts if rollout.metric_result.is_right]
        if not failing:
            return []
        asked = failing[: self.most_criticised]
        self.note(f"asking what went wrong in {len(asked)} failing examples")
        return [*asked, *passing[: self._most_protected]]

    async def ask(self, parent: Member, criticism: Criticism, places: Sequence[str]) -> list[Candidate]:
        """Asks sources for candidates, all at once.

        Args:
            parent: The member to set out from.
            criticism: What was said about it.
            places: A source's name for each candidate that is wanted.

        Returns:
            New candidates in the order of the places; none that is known already.
        """
        context = self._context(parent, criticism)
        shares = Counter(places)
        answers = await gather_in_order([self._ask(name, n, parent, context) for name, n in shares.items()])
        fresh: list[Candidate] = []
        for name, given in zip(shares, answers, strict=True):
            for answer in given:
                for proposal in answer.rejected:
                    self._reject(name, self._proposal_record(proposal))
                for candidate in answer.candidates:
                    fresh.extend(self._take(candidate))
        return fresh

    async def score_all(
        self, candidates: Sequence[Candidate], examples: Sequence[Example], label: str
    ) -> list[EvaluationResult]:
        """Scores candidates at once; their requests are sent candidate by candidate.

        Requests with the same prompt thus go together, which a provider's prefix cache rewards.
        """
        results = await gather_in_order(
            [
                self.evaluator.evaluate(candidate.state, examples, label=f"{label}, {candidate.source}")
                for candidate in candidates
            ]
        )
        if label == "minibatch":
            for candidate, result in zip(candidates, results, strict=True):
                self.keep_traces(candidate.id, examples, result)
        return results

    def length(self, candidate: Candidate) -> int:
        """Characters of a candidate's texts; the shorter of two equals is preferred."""
        return len(self.evaluator.program.render(candidate.state))

    def keep_traces(self, state: str, examples: Sequence[Example], result: EvaluationResult) -> None:
        """Remembers what a state made of training examples."""
        by_id = {example.id: example for example in examples}
        kept = self._traces.setdefault(state, {})
        for done in result.examples:
            if done.score is not None:
                kept[done.example_id] = _trace(by_id[done.example_id], done)

    def _context(self, parent: Member, criticism: Criticism) -> ProposalContext:
        return ProposalContext(
            module=self.evaluator.program.module,
            state=parent.state,
            gradients=criticism.gradients,
            traces=self._traces_for(parent.id),
            history=self.pool.history(),
            metric_description=self.evaluator.metric.description,
            constraints=self._constraints,
            seed=self.random("context").getrandbits(32),
            start_state=self.pool.start.state,
        )

    def _traces_for(self, state: str) -> tuple[Trace, ...]:
        """The state's own traces first, then those of other states, better ones first."""

        def mean(other: str) -> float:
            scores = [trace.score for trace in self._traces[other].values()]
            return sum(scores) / len(scores)

        others = sorted((other for other in self._traces if other != state), key=mean, reverse=True)
        return tuple(trace for name in (state, *others) for trace in self._traces.get(name, {}).values())

    async def _ask(
        self, name: str, n: int, parent: Member, context: ProposalContext
    ) -> Sequence[SourceResult]:
        """Asks one source: at once where that costs calls, else until it has said enough that is new."""
        source = self.sources[name]
        for _ in range(n):
            self.bandit.note_asked(name)
        if source.worst_case_calls() > 0:
            draws = [self._next_draw(name, parent) for _ in range(n)]
            return await gather_in_order([source.propose(context, draw) for draw in draws])
        found: list[SourceResult] = []
        known = set(self.pool.seen)
        for _ in range(n + _MOST_REPEATS):
            if len(found) == n:
                break
            result = await source.propose(context, self._next_draw(name, parent))
            if not result.candidates and not result.rejected:
                break
            new = tuple(candidate for candidate in result.candidates if candidate.id not in known)
            known.update(candidate.id for candidate in new)
            if new or result.rejected:
                found.append(SourceResult(new, result.rejected))
        return found

    def _next_draw(self, name: str, parent: Member) -> int:
        """Numbers the proposals that one source makes from one parent."""
        self._draws[name, parent.id] += 1
        return self._draws[name, parent.id] - 1

    def _take(self, candidate: Candidate) -> Sequence[Candidate]:
        if candidate.id in self.pool.seen:
            self._reject(candidate.source, ProposalRecord(parameter="", reason="this was proposed before"))
            return ()
        self.pool.seen.add(candidate.id)
        self.bandit.add(candidate.source, proposed=1)
        self.record(
            CandidateProposed(
                step=self.step,
                candidate=candidate.id,
                parents=candidate.parents,
                source=candidate.source,
                note=candidate.note,
                state=dict(candidate.state),
                proposals=tuple(map(self._proposal_record, candidate.proposals)),
            )
        )
        return (candidate,)

    def _reject(self, source: str, proposal: ProposalRecord) -> None:
        self.bandit.add(source, rejected=1)
        self.record(ProposalRejected(step=self.step, source=source, proposal=proposal))

    def _proposal_record(self, proposal: Proposal) -> ProposalRecord:
        names = self.evaluator.program.module.named_parameters().items()
        name = next((name for name, variable in names if variable is proposal.parameter), "")
        return ProposalRecord(parameter=name, new=proposal.new, reason=proposal.reason, shown=proposal.shown)


def shown_ids(state: State) -> frozenset[str]:
    """Ids of the examples that a state shows to the model, which it must not be scored on."""
    slots: list[Mapping[str, object]] = []
    for entry in state.values():
        if isinstance(entry, list):
            slots.extend(item for item in entry if isinstance(item, Mapping))
    return frozenset(str(item["id"]) for item in slots if "id" in item)


def _trace(example: Example, result: ExampleResult) -> Trace:
    return Trace(
        example_id=example.id,
        input=example.input,
        output=result.output,
        score=result.score or 0.0,
        feedback=result.feedback,
    )
