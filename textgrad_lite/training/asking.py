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
    ParaphraseSource,
    ProposalContext,
    ProposalSource,
    SourceResult,
    State,
    WorkedExampleSource,
    reads_criticism,
    refines,
)
from textgrad_lite.optimizers.sources.worked_examples import slots_of
from textgrad_lite.training.bandit import SourceBandit
from textgrad_lite.training.concurrency import gather_in_order
from textgrad_lite.training.credit import Credit
from textgrad_lite.training.events import CandidateProposed, Event, ProposalRecord, ProposalRejected
from textgrad_lite.training.failures import concerns_one_call
from textgrad_lite.training.pool import Pool
from textgrad_lite.training.traces import TraceBook

_MOST_REPEATS = 20


@dataclass(frozen=True)
class Inquiry:
    """What is asked about one parent.

    Attributes:
        parent: The state to set out from.
        places: A source's name for each candidate that is wanted.
        gradients: What was said about the state, by name of the parameter.
        mates: Other states to combine it with.
    """

    parent: Candidate
    places: Sequence[str]
    gradients: Mapping[str, tuple[Gradient, ...]] = field(default_factory=dict)
    mates: tuple[State, ...] = ()


@dataclass(frozen=True)
class Terms:
    """What holds for the proposals of one step.

    Attributes:
        targets: Names of the parameters that may be changed; None for all.
        limits: Further conditions on every text.
        criticism_calls: What the criticism took that the step's proposals are made from.
    """

    targets: tuple[str, ...] | None = None
    limits: tuple[Constraint, ...] = ()
    criticism_calls: int = 0


@dataclass
class Asking:
    """Asks sources for candidates.

    Sources that build on a candidate, as worked examples do on what it got right, belong to the second wave
    of a step; all others propose from criticism, from history or from nothing, in the first.

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
        traces: What states made of training examples.
        terms: What holds for the present step.
        credit: Which parameters the candidates change.
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
    traces: TraceBook = field(default_factory=TraceBook)
    terms: Terms = Terms()
    credit: Credit = field(init=False)
    _draws: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.credit = Credit(list(self.module.named_parameters()), self.pool)

    @property
    def first_wave(self) -> list[str]:
        """Names of the sources that do not need another's candidate."""
        return first_wave(self.sources.values())

    @property
    def second_wave(self) -> list[str]:
        """Names of the sources that build on a candidate; worked examples only where there is a slot."""
        has_slot = bool(slots_of(self.pool.start.state))
        return [
            name
            for name, source in self.sources.items()
            if refines(source) and (has_slot or not isinstance(source, WorkedExampleSource))
        ]

    @property
    def paraphrasers(self) -> list[str]:
        """Names of the sources that say the same in other words."""
        return [name for name, source in self.sources.items() if isinstance(source, ParaphraseSource)]

    def calls_of(self, name: str) -> int:
        """The most calls that one proposal of a source can make."""
        return self.sources[name].worst_case_calls(len(self.module.parameters()))

    def is_criticism_read(self, places: Iterable[str]) -> bool:
        """Whether any of these sources makes use of criticism."""
        return any(reads_criticism(self.sources[name]) for name in places)

    async def ask(self, *inquiries: Inquiry) -> list[Candidate]:
        """Asks sources for candidates, all at once.

        Returns:
            New candidates in the order of the inquiries and of their sources; none that is known already.
        """
        jobs = [
            (name, self._ask(name, n, inquiry.parent, context))
            for inquiry in inquiries
            for context in [self._context(inquiry)]
            for name, n in Counter(inquiry.places).items()
        ]
        answers = await gather_in_order([job for _, job in jobs])
        self._share_criticism([name for inquiry in inquiries for name in inquiry.places])
        fresh: list[Candidate] = []
        for (name, _), given in zip(jobs, answers, strict=True):
            for answer in given:
                if isinstance(answer, ProposalRecord):
                    self._reject(name, answer)
                    continue
                self.bandit.add(name, calls=_calls_in(answer))
                for proposal in answer.rejected:
                    self._reject(name, self._proposal_record(proposal))
                for candidate in answer.candidates:
                    fresh.extend(self.take(candidate))
        return fresh

    async def refine(
        self, bases: Sequence[Candidate], n: int, names: Sequence[str] | None = None
    ) -> list[Candidate]:
        """Asks sources of the second wave, all unless named, to build on candidates, ``n`` times each."""
        names = self.second_wave if names is None else names
        return await self.ask(*(Inquiry(base, [name for name in names for _ in range(n)]) for base in bases))

    def _context(self, inquiry: Inquiry) -> ProposalContext:
        return ProposalContext(
            module=self.module,
            state=inquiry.parent.state,
            gradients=inquiry.gradients,
            traces=self.traces.of(inquiry.parent.id),
            missed=self.traces.missed(),
            history=self.pool.history(),
            mates=inquiry.mates,
            metric_description=self.metric_description,
            constraints=(*self.constraints, *self.terms.limits),
            targets=self.terms.targets,
            seed=self.seed,
            start_state=self.pool.start.state,
        )

    def _share_criticism(self, places: Sequence[str]) -> None:
        """Charges what the criticism took to those that made use of it."""
        readers = [name for name in places if reads_criticism(self.sources[name])]
        for name in readers:
            self.bandit.add(name, calls=self.terms.criticism_calls / len(readers))
        if readers:
            self.terms = replace(self.terms, criticism_calls=0)

    async def _ask(
        self, name: str, n: int, parent: Candidate, context: ProposalContext
    ) -> Sequence[SourceResult | ProposalRecord]:
        """Asks one source: at once where that costs calls, else until it has said enough that is new."""
        source = self.sources[name]
        for _ in range(n):
            self.bandit.note_asked(name)
        if source.worst_case_calls() > 0:
            draws = [self._next_draw(name, parent) for _ in range(n)]
            return await gather_in_order([self._propose(source, context, draw) for draw in draws])
        found: list[SourceResult] = []
        known = set(self.pool.known)
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

    async def _propose(
        self, source: ProposalSource, context: ProposalContext, draw: int
    ) -> SourceResult | ProposalRecord:
        """Asks once; a call that fails costs the proposal and not the run, and is taken down in its turn."""
        try:
            return await source.propose(context, draw)
        except TextgradError as error:
            if not concerns_one_call(error):
                raise
            reason = f"{type(error).__name__}: {error.message}"
            return ProposalRecord(parameter="", reason=reason)

    def _next_draw(self, name: str, parent: Candidate) -> int:
        """Numbers the proposals that one source makes from one parent."""
        self._draws[name, parent.id] += 1
        return self._draws[name, parent.id] - 1

    def take(self, candidate: Candidate) -> Sequence[Candidate]:
        """Takes a candidate down; gives it back unless it is known already."""
        if candidate.id in self.pool.known:
            self._reject(candidate.source, ProposalRecord(parameter="", reason="this was proposed before"))
            return ()
        self.pool.known[candidate.id] = candidate
        self.bandit.add(candidate.source, proposed=1)
        self.credit.note_proposed(candidate)
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


def _calls_in(answer: SourceResult) -> int:
    proposals = [proposal for candidate in answer.candidates for proposal in candidate.proposals]
    return sum(proposal.calls for proposal in (*proposals, *answer.rejected))


def first_wave(sources: Iterable[ProposalSource]) -> list[str]:
    """Names of the sources that do not need another's candidate."""
    return [source.name for source in sources if not refines(source)]
