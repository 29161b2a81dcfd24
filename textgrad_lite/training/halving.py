"""The default strategy: several sources, two gates, and successive halving on validation.

A step runs the best state on a minibatch, gathers criticism, and takes proposals from several sources, since
a small model is a poor critic and no single source can be relied on. A candidate has to beat its parent on
the minibatch (the two gates are AdalFlow's and GEPA's); the best of these go on to the validation set, block
by block: after each block the weaker half is dropped (successive halving, Jamieson and Talwalkar 2016), and
so is any candidate that can no longer win. The last one becomes the best if its paired mean is higher by
more than a margin. This gate is a rule of selection; it is never called significant.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from textgrad_lite.data import Example
from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.allowance import Cost
from textgrad_lite.training.events import CandidateScreened, StepStarted
from textgrad_lite.training.pool import Member
from textgrad_lite.training.results import NO_RESULT, EvaluationResult, Pair, paired
from textgrad_lite.training.search import Search, shown_ids

_TOLERANCE = 1e-9


@dataclass
class Halving:
    """See the module.

    Attributes:
        proposals: Candidates per step.
        finalists: How many of them go on to validation at most.
        blocks: Shares of the validation set after each of which half of the finalists are dropped.
        margin: By how much the paired mean on validation has to be higher.
        name: Name of the strategy.
    """

    proposals: int = 6
    finalists: int = 3
    blocks: tuple[float, ...] = (0.4, 1.0)
    margin: float = 0.0
    name: str = "halving"
    _batch: Sequence[Example] = field(default=(), init=False, repr=False)
    _parent_on_batch: EvaluationResult = field(default=NO_RESULT, init=False, repr=False)

    def settings(self) -> dict[str, Any]:
        """All settings."""
        return {key: value for key, value in asdict(self).items() if not key.startswith("_")}

    def worst_case(self, search: Search) -> Cost:
        """A step in which every candidate comes from the source that makes most calls."""
        parameters = len(search.evaluator.program.module.parameters())
        costliest = max(search.sources, key=lambda name: search.sources[name].worst_case_calls(parameters))
        return self._cost(search, [costliest] * self.proposals)

    def plan(self, search: Search) -> dict[str, Any] | None:
        """The largest step that fits; places for candidates are given up one by one."""
        places = search.bandit.share(self.proposals, search.random("share"))
        while places:
            lacking = search.allowance.lacking(self._cost(search, places))
            if lacking is None:
                return {"places": places}
            if lacking == "seconds":
                return None
            places = _without_one(places, search, is_paid=lacking == "other_calls")
        return None

    async def propose(self, search: Search, plan: dict[str, Any]) -> Sequence[Candidate]:
        """Criticises the best state on the next minibatch."""
        parent = search.pool.best
        self._batch = search.loader.draw()
        ids = tuple(example.id for example in self._batch)
        search.record(StepStarted(step=search.step, parents=(parent.id,), batch=ids, plan=plan))
        self._parent_on_batch, criticism = await search.criticise(parent, self._batch)
        if not self._parent_on_batch.failing:
            search.note("the whole minibatch is right; nothing to learn from it")
            return ()
        return await search.ask(parent, criticism, plan["places"])

    async def screen(self, search: Search, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Keeps the best few of those that beat their parent on the minibatch."""
        if not candidates:
            return ()
        search.note(
            f"trying {len(candidates)} candidates on the {len(self._batch)} examples of the minibatch"
        )
        trials = await self._try(search, candidates, self._batch, "minibatch", self._parent_on_batch)
        better = [trial for trial in trials if trial.gain > _TOLERANCE]
        kept = better[: self.finalists]
        for trial in trials:
            reason = "not better than its parent" if trial not in better else "others are better"
            self._record(search, trial, "minibatch", "" if trial in kept else reason)
        for trial in better:
            search.bandit.add(trial.candidate.source, screened=1)
        return [trial.candidate for trial in kept]

    async def select(self, search: Search, candidates: Sequence[Candidate]) -> Member | None:
        """Halves the finalists block by block; the last one must pass the gate."""
        best = search.pool.best
        left = list(candidates)
        for end in self._ends(search):
            if not left:
                return None
            search.note(f"comparing {len(left)} candidates with the best on {end} validation examples")
            trials = await self._try(search, left, search.validation[:end], "validation", best.validation)
            is_last = end == len(search.validation)
            most = 1 if is_last else math.ceil(len(trials) / 2)
            hopeful = [trial for trial in trials if self._can_win(search, trial, best.validation)]
            for trial in trials:
                reason = "others are better" if trial in hopeful else "it cannot pass the gate any more"
                is_kept = trial in hopeful[:most]
                self._record(search, trial, f"validation {end}", "" if is_kept else reason)
                if is_last:
                    search.pool.add(Member(trial.candidate, trial.result))
            left = [trial.candidate for trial in hopeful[:most]]
        return search.pool.find(left[0].id) if left else None

    async def _try(
        self,
        search: Search,
        candidates: Sequence[Candidate],
        examples: Sequence[Example],
        label: str,
        rival: EvaluationResult,
    ) -> list[Trial]:
        """Scores candidates on examples; the best first, the shorter first among equals."""
        results = await search.score_all(candidates, examples, label)
        trials = [
            Trial(candidate, result, paired(rival, result, without=_shown(candidate, label)))
            for candidate, result in zip(candidates, results, strict=True)
        ]
        return sorted(trials, key=lambda trial: (-trial.gain, search.length(trial.candidate)))

    def _can_win(self, search: Search, trial: Trial, best: EvaluationResult) -> bool:
        """Whether the candidate passes the gate if everything that is left goes right."""
        scored = trial.pair.n
        rest = [best.scores.get(e.id, 0.0) for e in search.validation[len(trial.result.examples) :]]
        potential = sum(1 - score for score in rest)
        total = scored + len(rest)
        return trial.gain * scored + potential > self.margin * total + _TOLERANCE

    def _ends(self, search: Search) -> list[int]:
        """After how many validation examples there is a comparison."""
        n = len(search.validation)
        return sorted({min(n, max(1, math.ceil(share * n))) for share in (*self.blocks, 1.0)})

    def _cost(self, search: Search, places: Sequence[str]) -> Cost:
        """What a step needs at most."""
        batch = min(search.loader.batch_size, len(search.loader))
        parameters = len(search.evaluator.program.module.parameters())
        asks = sum(search.sources[name].worst_case_calls(parameters) for name in places)
        examples = batch * (1 + len(places))
        left, begun = min(self.finalists, len(places)), 0
        for end in self._ends(search):
            examples += left * (end - begun)
            left, begun = math.ceil(left / 2), end
        return Cost(examples, asks + search.asks_for_criticism)

    @staticmethod
    def _record(search: Search, trial: Trial, stage: str, reason: str) -> None:
        search.record(
            CandidateScreened(
                step=search.step,
                candidate=trial.candidate.id,
                stage=stage,
                score=trial.result.score,
                rival=trial.pair.before,
                is_kept=not reason,
                reason=reason,
            )
        )


@dataclass(frozen=True)
class Trial:
    """A candidate that was scored on some examples, beside the one that it has to beat."""

    candidate: Candidate
    result: EvaluationResult
    pair: Pair

    @property
    def gain(self) -> float:
        """By how much it is better, on the examples that both have a score for."""
        return self.pair.after - self.pair.before


def _shown(candidate: Candidate, label: str) -> frozenset[str]:
    """A candidate is not scored on training examples that it shows to the model."""
    return shown_ids(candidate.state) if label == "minibatch" else frozenset()


def _without_one(places: Sequence[str], search: Search, *, is_paid: bool) -> list[str]:
    """Gives up a place of the source that has most; of one that makes calls, where these are too many."""
    costly = [name for name in places if search.sources[name].worst_case_calls() > 0]
    candidates = costly if is_paid else list(places)
    if not candidates:
        return []
    most = max(dict.fromkeys(candidates), key=candidates.count)
    last = len(places) - 1 - list(reversed(places)).index(most)
    return [*places[:last], *places[last + 1 :]]
