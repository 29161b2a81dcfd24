"""What all strategies share: parents run on a minibatch, candidates race on it, and then on validation.

A candidate passes two gates (AdalFlow; GEPA, arXiv 2507.19457): it is compared cheaply on the minibatch that
it was written from, and what is left of a step on validation. Both are rules of selection on few examples,
and are never called significant. Strategies differ in whom they draw as parents, whom they ask for
candidates, and how many of these they keep.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from textgrad_lite.data import Example
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.allowance import Cost
from textgrad_lite.training.asking import Inquiry
from textgrad_lite.training.bar import TOLERANCE
from textgrad_lite.training.criticism import Criticism
from textgrad_lite.training.default_sources import DEFAULT_SOURCES
from textgrad_lite.training.events import StepStarted
from textgrad_lite.training.pool import Member
from textgrad_lite.training.results import EvaluationResult
from textgrad_lite.training.search import Search
from textgrad_lite.training.strategies.planning import costliest, fit
from textgrad_lite.training.strategies.race import ANYTHING, Race, Trial, most_runs, note_passing

_FEWEST_PAIRS = 4
"""On how many validation examples a leader has to be ahead when time runs out; the verdict still tests it."""


@dataclass(frozen=True)
class Sizes:
    """How large a step is at most.

    Attributes:
        places: Candidates that sources are asked for.
        finalists: How many of them go on to validation.
        parents: States that they are made from.
        kept: How many candidates enter the pool, the best first; None lets in only one that is better than
            the best so far.
        batch_margin: By how much a candidate has to beat its parent on the minibatch.
    """

    places: int
    finalists: int
    parents: int = 1
    kept: int | None = None
    batch_margin: float = 0.0


@dataclass(kw_only=True)
class Racing(ABC):
    """See the module.

    Attributes:
        refinements: Candidates that each source of the second wave makes from the best of the first.
        batch_blocks: Shares of the minibatch after each of which the weaker half drops out.
        validation_blocks: Likewise for the validation set.
        margin: By how much the paired mean on validation has to be higher than that of the best.
    """

    name: ClassVar[str]
    source_names: ClassVar[Sequence[str]] = DEFAULT_SOURCES

    refinements: int = 1
    batch_blocks: tuple[float, ...] = (0.5, 1.0)
    validation_blocks: tuple[float, ...] = (1 / 3, 2 / 3, 1.0)
    margin: float = 0.0
    _batch: Sequence[Example] = field(default=(), init=False, repr=False)
    _on_batch: Mapping[str, EvaluationResult] = field(default_factory=dict, init=False, repr=False)
    _refining: int = field(default=0, init=False, repr=False)
    _leading: list[Trial] = field(default_factory=list, init=False, repr=False)

    may_be_zero: ClassVar[Sequence[str]] = ("refinements",)
    has_screening: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for name, value in self.settings().items():
            if type(value) is int and value < (name not in self.may_be_zero):
                raise ConfigurationError(
                    f"strategy {self.name}: {name} is {value}", hint="It has to be a whole number above zero."
                )
        if not 0 <= self.margin < 1:
            raise ConfigurationError(
                f"strategy {self.name}: margin is {self.margin:g}",
                hint="Below zero, what is worse would win, and from one on nothing could. Give a share.",
            )

    @property
    @abstractmethod
    def sizes(self) -> Sizes:
        """How large a step is at most."""

    def parents(self, search: Search) -> Sequence[Member]:
        """The states that this step sets out from, some perhaps several times; by default the best."""
        return (search.pool.best,)

    def inquiries(
        self, search: Search, parents: Sequence[tuple[Member, Criticism]], places: Sequence[str]
    ) -> Sequence[Inquiry]:
        """What the sources are asked: by default, the parents share the places among them.

        Args:
            search: The search.
            parents: The parents that can be improved on, with what was said about them.
            places: A source's name for each candidate that is wanted.
        """
        del search
        return [
            Inquiry(parent.candidate, places[number :: len(parents)], criticism.gradients)
            for number, (parent, criticism) in enumerate(parents)
        ]

    def settings(self) -> dict[str, Any]:
        """All settings."""
        names = [entry.name for entry in fields(self) if not entry.name.startswith("_")]
        return {name: getattr(self, name) for name in names}

    def worst_case(self, search: Search) -> Cost:
        """A step in which every candidate comes from the source that makes most calls."""
        return self.cost(search, costliest(search, self.sizes.places))

    def plan(self, search: Search) -> dict[str, Any] | None:
        """The largest step that fits; places for candidates are given up one by one."""
        places = fit(search, search.bandit.share(self.n_places(search), search.random("share")), self.cost)
        if places or (places is not None and self.most_added(search)):
            return {"places": places, "refinements": self.n_refined(search)}
        return None

    def n_places(self, search: Search) -> int:
        """How many candidates the next step asks for, where they fit."""
        del search
        return self.sizes.places

    def n_refined(self, search: Search) -> int:
        """How many candidates each source of the second wave makes in the next step."""
        del search
        return self.refinements

    def cost(self, search: Search, places: Sequence[str]) -> Cost:
        """What a step with these places needs at most."""
        asking, sizes = search.asking, self.sizes
        batch = min(search.loader.batch_size, len(search.loader.dataset))
        parents = min(sizes.parents, max(1, len(places)))
        finalists = min(sizes.finalists, self.most_arms(search, places)) + self.most_added(search)
        criticism = parents * search.asks_for_criticism if asking.is_criticism_read(places) else 0
        refining = self.n_refined(search) * sum(map(asking.calls_of, self.second_wave(search)))
        return Cost(
            examples=parents * batch
            + self.screening_runs(self.most_arms(search, places), batch)
            + most_runs(finalists, len(search.validation), self.validation_blocks, sizes.kept or 1),
            asks=criticism + sum(map(asking.calls_of, places)) + refining,
        )

    def second_wave(self, search: Search) -> Sequence[str]:
        """The sources that build on the best of the first wave."""
        return search.asking.second_wave

    def most_added(self, search: Search) -> int:
        """How many candidates can go to validation that did not race on the minibatch."""
        return self.n_refined(search) * len(self.second_wave(search))

    def most_arms(self, search: Search, places: Sequence[str]) -> int:
        """How many candidates can race on the minibatch; one for each place."""
        del search
        return len(places)

    def screening_runs(self, arms: int, batch: int) -> int:
        """How many examples the race on a minibatch of so many runs at most."""
        return most_runs(arms, batch, self.batch_blocks, self.sizes.finalists)

    async def propose(self, search: Search, plan: dict[str, Any]) -> Sequence[Candidate]:
        """Criticises the parents on the next minibatch, and asks for candidates."""
        distinct = {parent.id: parent for parent in self.parents(search)}
        parents = list(distinct.values())[: max(1, len(plan["places"]))]
        self._leading, self._refining = [], plan["refinements"]
        self._batch = search.loader.draw()
        ids = tuple(example.id for example in self._batch)
        search.record(
            StepStarted(
                step=search.step, parents=tuple(parent.id for parent in parents), batch=ids, plan=plan
            )
        )
        is_asked = search.asking.is_criticism_read(plan["places"])
        done = await search.criticise(parents, self._batch, is_asked=is_asked)
        results = [result for result, _ in done]
        self._on_batch = {parent.id: result for parent, result in zip(parents, results, strict=True)}
        # The race begins with what the parents got wrong: there a candidate can show that it is better.
        self._batch = sorted(
            self._batch, key=lambda example: sum(result.scores.get(example.id, 0.0) for result in results)
        )
        open_to = [
            (parent, criticism)
            for parent, (result, criticism) in zip(parents, done, strict=True)
            if result.failing or self.sizes.batch_margin < 0
        ]
        return await search.asking.ask(*self.inquiries(search, open_to, plan["places"])) if open_to else ()

    async def screen(self, search: Search, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Races the first wave on the minibatch, and adds the second."""
        winners = [trial.candidate for trial in await self.compare_on_batch(search, candidates)]
        base = winners[0] if winners else search.pool.best.candidate
        return [*winners, *await search.asking.refine([base], self._refining, self.second_wave(search))]

    async def compare_on_batch(self, search: Search, candidates: Sequence[Candidate]) -> Sequence[Trial]:
        """The candidates that go on, the best first."""
        return await self.batch_race().run(search, candidates)

    async def select(self, search: Search, candidates: Sequence[Candidate]) -> Member | None:
        """Races what is left on the validation set."""
        kept = self.sizes.kept
        race = Race(
            "validation",
            search.validation,
            search.pool.best.validation,
            blocks=self.validation_blocks,
            winners=kept or 1,
            margin=self.margin if kept is None else ANYTHING,
        )
        self._leading = []
        async for comparison in race.blocks_of(search, candidates):
            self._leading = comparison.staying
        if not self.has_screening:
            note_passing(search, self._leading)
        members = [Member(trial.candidate, trial.result) for trial in self._leading]
        for member in members:
            search.pool.add(member)
        is_better = bool(members) and self._leading[0].gain > self.margin + TOLERANCE
        self._leading = []
        return members[0] if is_better else None

    def salvage(self, search: Search) -> Member | None:
        """The leader of a validation race that was broken off, if it has shown enough."""
        leader = self._leading[0] if self._leading else None
        self._leading = []
        if leader is None or leader.pair.n < _FEWEST_PAIRS or leader.gain <= self.margin + TOLERANCE:
            return None
        member = Member(leader.candidate, leader.result)
        search.pool.add(member)
        return member

    def batch_race(self) -> Race:
        """The race on the present minibatch, against the candidates' own parents."""
        return Race(
            "minibatch",
            self._batch,
            next(iter(self._on_batch.values())),
            rivals=self._on_batch,
            blocks=self.batch_blocks,
            winners=self.sizes.finalists,
            margin=self.sizes.batch_margin,
        )
