"""Asking the sources of proposals, and taking down what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from textgrad_lite.errors import TextgradError
from textgrad_lite.functions import Module
from textgrad_lite.graph import Gradient
from textgrad_lite.optimizers.constraints import Constraint
from textgrad_lite.optimizers.proposal import Proposal
from textgrad_lite.optimizers.sources import (
    Candidate,
    ProposalContext,
    ProposalSource,
    SourceResult,
    Trace,
    WorkedExampleSource,
)
from textgrad_lite.optimizers.sources.worked_examples import slots_of
from textgrad_lite.training.bandit import SourceBandit
from textgrad_lite.training.concurrency import gather_in_order
from textgrad_lite.training.events import CandidateProposed, Event, ProposalRecord, ProposalRejected
from textgrad_lite.training.failures import concerns_one_call
from textgrad_lite.training.pool import Pool

_MOST_REPEATS = 20


@dataclass
class Asking:
    """Asks sources for candidates.

    Sources of worked examples build on what a state got right, so they belong to the second wave of a step;
    all others propose from criticism, or from nothing, in the first.

    Attributes:
        module: What is trained.
        sources: The sources, by name.
        bandit: Which of them pay.
        pool: What is known of states.
        constraints: What every text has to fulfil.
        metric_description: How results are scored, as a sentence.
        seed: Seed of the sources' own choices.
        record: Takes events.
        step: Tells the number of the present step.
    """

    module: Module
    sources: Mapping[str, ProposalSource]
    bandit: SourceBandit
    pool: Pool
    constraints: tuple[Constraint, ...]
    metric_description: str
    seed: int
    record: Callable[[Event], None]
    step: Callable[[], int]
    _traces: dict[str, dict[str, Trace]] = field(default_factory=dict)
    _draws: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def first_wave(self) -> list[str]:
        """Names of the sources that propose from criticism, or from nothing."""
        return first_wave(self.sources.values())

    @property
    def second_wave(self) -> list[str]:
        """Names of the sources that build on what a state got right; none where there is no place for it."""
        if not slots_of(self.pool.start.state):
            return []
        return [name for name in self.sources if name not in self.first_wave]

    def calls_of(self, name: str) -> int:
        """The most calls that one proposal of a source can make."""
        return self.sources[name].worst_case_calls(len(self.module.parameters()))

    def keep_traces(self, state: str, traces: Sequence[Trace]) -> None:
        """Remembers what a state made of training examples."""
        self._traces.setdefault(state, {}).update({trace.example_id: trace for trace in traces})

    async def ask(
        self, parent: Candidate, gradients: Mapping[str, tuple[Gradient, ...]], places: Sequence[str]
    ) -> list[Candidate]:
        """Asks sources for candidates, all at once.

        Args:
            parent: The state to set out from.
            gradients: What was said about it, by name of the parameter.
            places: A source's name for each candidate that is wanted.

        Returns:
            New candidates in the order of the sources; none that is known already.
        """
        context = self._context(parent, gradients)
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

    async def refine(self, base: Candidate, n: int) -> list[Candidate]:
        """Asks the sources of the second wave to build on a state, ``n`` times each."""
        return await self.ask(base, {}, [name for name in self.second_wave for _ in range(n)])

    def _context(self, parent: Candidate, gradients: Mapping[str, tuple[Gradient, ...]]) -> ProposalContext:
        return ProposalContext(
            module=self.module,
            state=parent.state,
            gradients=gradients,
            traces=self._traces_for(parent.id),
            history=self.pool.history(),
            metric_description=self.metric_description,
            constraints=self.constraints,
            seed=self.seed,
            start_state=self.pool.start.state,
        )

    def _traces_for(self, state: str) -> tuple[Trace, ...]:
        """The state's own traces, all of one form; where none of them is right, those of all states."""
        own = tuple(map(self._marked, self._traces.get(state, {}).values()))
        if any(trace.score > 0 for trace in own):
            return own
        return tuple(self._marked(trace) for kept in self._traces.values() for trace in kept.values())

    def _marked(self, trace: Trace) -> Trace:
        """The trace, with a mark where another state did worse on the example."""
        others = (kept.get(trace.example_id) for kept in self._traces.values())
        return replace(trace, was_missed=any(other.score < trace.score for other in others if other))

    async def _ask(
        self, name: str, n: int, parent: Candidate, context: ProposalContext
    ) -> Sequence[SourceResult]:
        """Asks one source: at once where that costs calls, else until it has said enough that is new."""
        source = self.sources[name]
        for _ in range(n):
            self.bandit.note_asked(name)
        if source.worst_case_calls() > 0:
            draws = [self._next_draw(name, parent) for _ in range(n)]
            return await gather_in_order([self._propose(source, context, draw) for draw in draws])
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

    async def _propose(self, source: ProposalSource, context: ProposalContext, draw: int) -> SourceResult:
        """Asks once; a call that fails costs the proposal and not the run."""
        try:
            return await source.propose(context, draw)
        except TextgradError as error:
            if not concerns_one_call(error):
                raise
            reason = f"{type(error).__name__}: {error.message}"
            self._reject(source.name, ProposalRecord(parameter="", reason=reason))
            return SourceResult()

    def _next_draw(self, name: str, parent: Candidate) -> int:
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
                step=self.step(),
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
        self.record(ProposalRejected(step=self.step(), source=source, proposal=proposal))

    def _proposal_record(self, proposal: Proposal) -> ProposalRecord:
        names = self.module.named_parameters().items()
        name = next((name for name, variable in names if variable is proposal.parameter), "")
        return ProposalRecord(parameter=name, new=proposal.new, reason=proposal.reason, shown=proposal.shown)


def first_wave(sources: Iterable[ProposalSource]) -> list[str]:
    """Names of the sources that do not need a state's own successes."""
    return [source.name for source in sources if not isinstance(source, WorkedExampleSource)]
