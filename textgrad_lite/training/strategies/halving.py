"""The default strategy: several sources, worked examples on top, two gates, and halving.

A step runs the best state on a minibatch, gathers criticism, and takes proposals from several sources, since
a small model is a poor critic and no single source can be relied on. A candidate has to beat its parent on
the minibatch (the two gates are those of AdalFlow and GEPA). What the best of them got right there, they get
as worked examples, in a second wave: a model imitates best what it found itself, in one form. All of these
race on the validation set, and the winner becomes the best if its paired mean is higher by more than a
margin. This gate is a rule of selection; it is never called significant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from textgrad_lite.data import Example
from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.allowance import Cost
from textgrad_lite.training.events import StepStarted
from textgrad_lite.training.pool import Member
from textgrad_lite.training.results import NO_RESULT, EvaluationResult
from textgrad_lite.training.search import Search
from textgrad_lite.training.strategies.race import Race, Trial, most_runs

_FEWEST_PAIRS = 4
"""On how many validation examples a leader has to be ahead when time runs out; the verdict still tests it."""


@dataclass
class Halving:
    """See the module.

    Attributes:
        proposals: Candidates of a step's first wave.
        finalists: How many of them go on at most.
        refinements: Candidates of the second wave, made from the best of the first.
        batch_blocks: Shares of the minibatch after each of which the weaker half drops out.
        validation_blocks: Likewise for the validation set.
        margin: By how much the paired mean on validation has to be higher.
        name: Name of the strategy.
    """

    proposals: int = 6
    finalists: int = 2
    refinements: int = 2
    batch_blocks: tuple[float, ...] = (0.5, 1.0)
    validation_blocks: tuple[float, ...] = (1 / 3, 2 / 3, 1.0)
    margin: float = 0.0
    name: str = "halving"
    _batch: Sequence[Example] = field(default=(), init=False, repr=False)
    _parent_on_batch: EvaluationResult = field(default=NO_RESULT, init=False, repr=False)
    _leading: Trial | None = field(default=None, init=False, repr=False)

    def settings(self) -> dict[str, Any]:
        """All settings."""
        return {key: value for key, value in asdict(self).items() if not key.startswith("_")}

    def worst_case(self, search: Search) -> Cost:
        """A step in which every candidate comes from the source that makes most calls."""
        costliest = sorted(search.asking.first_wave, key=search.asking.calls_of)[-1:]
        return self._cost(search, costliest * self.proposals)

    def plan(self, search: Search) -> dict[str, Any] | None:
        """The largest step that fits; places for candidates are given up one by one."""
        places = search.bandit.share(self.proposals, search.random("share"))
        while True:
            lacking = search.allowance.lacking(self._cost(search, places))
            if lacking is None:
                return {"places": places} if places or search.asking.second_wave else None
            if not places:
                return None
            places = _without_one(places, search, is_paid=lacking == "other_calls")

    async def propose(self, search: Search, plan: dict[str, Any]) -> Sequence[Candidate]:
        """Criticises the best state on the next minibatch."""
        parent = search.pool.best
        self._leading = None
        self._batch = search.loader.draw()
        ids = tuple(example.id for example in self._batch)
        search.record(StepStarted(step=search.step, parents=(parent.id,), batch=ids, plan=plan))
        self._parent_on_batch, criticism = await search.criticise(parent, self._batch)
        # The race begins with what the parent got wrong: there a candidate can show that it is better.
        scores = self._parent_on_batch.scores
        self._batch = sorted(self._batch, key=lambda example: scores.get(example.id, 0.0))
        if not self._parent_on_batch.failing:
            return ()
        return await search.asking.ask(parent.candidate, criticism.gradients, plan["places"])

    async def screen(self, search: Search, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Races the first wave on the minibatch, and adds the second."""
        race = Race(
            "minibatch", self._batch, self._parent_on_batch, blocks=self.batch_blocks, winners=self.finalists
        )
        winners = [trial.candidate for trial in await race.run(search, candidates)]
        for winner in winners:
            search.bandit.add(winner.source, screened=1)
        base = winners[0] if winners else search.pool.best.candidate
        return [*winners, *await search.asking.refine(base, self.refinements)]

    async def select(self, search: Search, candidates: Sequence[Candidate]) -> Member | None:
        """Races both waves on the validation set."""
        rival = search.pool.best.validation
        race = Race("validation", search.validation, rival, blocks=self.validation_blocks, margin=self.margin)
        self._leading = None
        async for trials in race.blocks_of(search, candidates):
            self._leading = trials[0] if trials else None
        return self._member(search)

    def salvage(self, search: Search) -> Member | None:
        """The leader of a validation race that was broken off, if it has shown enough."""
        if self._leading is None or self._leading.pair.n < _FEWEST_PAIRS:
            return None
        return self._member(search) if self._leading.gain > self.margin else None

    def _member(self, search: Search) -> Member | None:
        if self._leading is None:
            return None
        member = Member(self._leading.candidate, self._leading.result)
        search.pool.add(member)
        self._leading = None
        return member

    def _cost(self, search: Search, places: Sequence[str]) -> Cost:
        """What a step needs at most."""
        batch = min(search.loader.batch_size, len(search.loader.dataset))
        finalists = min(self.finalists, len(places)) + (self.refinements if search.asking.second_wave else 0)
        examples = (
            batch
            + most_runs(len(places), batch, self.batch_blocks, self.finalists)
            + most_runs(finalists, len(search.validation), self.validation_blocks, 1)
        )
        asks = sum(map(search.asking.calls_of, places)) + search.asks_for_criticism
        return Cost(examples, asks)


def _without_one(places: Sequence[str], search: Search, *, is_paid: bool) -> list[str]:
    """Gives up a place of the source that has most; of one that makes calls, where these are too many."""
    candidates = [name for name in places if search.asking.calls_of(name) > 0] if is_paid else list(places)
    if not candidates:
        return []
    most = max(dict.fromkeys(candidates), key=candidates.count)
    last = len(places) - 1 - list(reversed(places)).index(most)
    return [*places[:last], *places[last + 1 :]]
