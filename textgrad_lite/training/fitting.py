"""One run of a trainer: baseline, steps, verdict, each decision taken down before the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textgrad_lite.data import Example
from textgrad_lite.errors import BudgetExceededError, ConfigurationError
from textgrad_lite.optimizers.sources import Candidate, State
from textgrad_lite.training.allowance import Allowance, Cost
from textgrad_lite.training.decisions import DecisionLog
from textgrad_lite.training.evaluation import Evaluator
from textgrad_lite.training.events import (
    BaselineScored,
    CandidateAccepted,
    CandidateProposed,
    Event,
    Fingerprint,
    HeadroomMeasured,
    Note,
    RunStarted,
    SearchStopped,
    StepFinished,
    StepStarted,
    StopReason,
    TestScored,
    VerdictReached,
)
from textgrad_lite.training.fingerprint import refuse_changes
from textgrad_lite.training.held_out import HeldOut
from textgrad_lite.training.pool import Member, Pool
from textgrad_lite.training.probing import Prober
from textgrad_lite.training.results import NO_RESULT, on_same_examples
from textgrad_lite.training.search import Search
from textgrad_lite.training.stopping import Stop
from textgrad_lite.training.strategy import Strategy
from textgrad_lite.training.verdict import Verdict, judge, nothing_found, untested, with_stop


@dataclass
class Fitting:
    """All that one run needs.

    Attributes:
        evaluator: Scores states.
        strategy: Decides what a step does.
        stop: When the search has had enough.
        allowance: What still fits.
        log: Takes decisions down, and knows those of earlier processes.
        record: Takes any event; decisions go to the log.
        validation: Examples that choose between candidates.
        test: The test set, or None.
        seed: Decides the random draws of the verdict's interval.
        prober: Looks at headroom before the search, or None.
    """

    evaluator: Evaluator
    strategy: Strategy
    stop: Stop
    allowance: Allowance
    log: DecisionLog
    record: Callable[[Event], None]
    validation: Sequence[Example]
    test: HeldOut | None
    seed: int
    prober: Prober | None = None

    async def run(self, fingerprint: Fingerprint, make_search: Callable[[Pool], Search]) -> None:
        """Runs everything, up to the verdict; nothing where an earlier process came so far."""
        self._start(fingerprint)
        if self.log.follow_to_verdict():
            return
        pool = await self._score_baseline(fingerprint.state)
        search = make_search(pool)
        await self._look_at_headroom(search)
        stopped = await self._search(search)
        self.record(stopped)
        verdict = await self._reach_verdict(search)
        self.record(VerdictReached(verdict=with_stop(verdict, stopped.reason, stopped.steps)))

    def _start(self, fingerprint: Fingerprint) -> None:
        earlier = self.log.upcoming
        if isinstance(earlier, RunStarted):
            refuse_changes(earlier.fingerprint, fingerprint)
        elif self.allowance.lacking(Cost(examples=len(self.validation))) is not None:
            tests = 2 * len(self.test) if self.test else 0
            raise ConfigurationError(
                "the budget does not suffice for the measurement alone: "
                f"{len(self.validation)} validation calls and {tests} test calls",
                hint="Raise it, or use fewer validation and test examples.",
            )
        self.record(RunStarted(fingerprint=fingerprint))

    async def _score_baseline(self, state: State) -> Pool:
        self.record(Note(text=f"scoring the original on {len(self.validation)} validation examples"))
        with self.allowance.timed():
            result = await self.evaluator.evaluate(state, self.validation, label="baseline")
        self.allowance.measure(len(self.validation))
        start = Member(Candidate(state=state, source="original"), result)
        self.record(BaselineScored(candidate=start.id, score=result.score))
        return Pool(start)

    async def _look_at_headroom(self, search: Search) -> None:
        """Says whether there is anything to gain; draws nothing again where that could cost a step."""
        earlier = self.log.upcoming
        if self.prober is None and isinstance(earlier, HeadroomMeasured):
            self.record(earlier)  # a resumed run need not look again
        if self.prober is None or not isinstance(earlier, HeadroomMeasured | None):
            return
        start = search.pool.start
        chosen = self.prober.choose(start.validation, self.validation)
        if earlier is None:
            step = self.strategy.worst_case(search)
            is_drawn = self.allowance.lacking(self.prober.cost(chosen) + step) is None
        else:
            is_drawn = earlier.headroom.redrawn > 0
        headroom = await self.prober.look(
            start.state, start.validation, self.validation, chosen if is_drawn else []
        )
        self.record(HeadroomMeasured(headroom=headroom))

    async def _search(self, search: Search) -> SearchStopped:
        while True:
            earlier = self.log.upcoming
            if isinstance(earlier, SearchStopped):
                return earlier
            if not isinstance(earlier, StepStarted):
                reason = self.stop.reason(search)
                if reason is not None:
                    return self._stopped(search, reason, steps=search.step)
            if (followed := self._follow_break(search)) is not None:
                return followed
            search.step += 1
            reason = await self._step(search, earlier)
            if reason is not None:
                return self._stopped(search, reason, steps=search.step - 1)

    def _stopped(self, search: Search, reason: StopReason, *, steps: int) -> SearchStopped:
        return SearchStopped(
            reason=reason, steps=steps, sources=search.bandit.tallies, parameters=search.credit.tallies
        )

    def _follow_break(self, search: Search) -> SearchStopped | None:
        """Follows an earlier process in breaking the next step off, with what it kept of it."""
        for event in self.log.skip_broken_step():
            if isinstance(event, CandidateAccepted):
                salvaged = Candidate(state=event.state, source=event.source)
                search.pool.best = Member(salvaged, NO_RESULT)
        upcoming = self.log.upcoming
        return upcoming if isinstance(upcoming, SearchStopped) else None

    async def _step(self, search: Search, earlier: Event | None) -> StopReason | None:
        """One step; the reason where it did not fit or had to be broken off."""
        plan = earlier.plan if isinstance(earlier, StepStarted) else self.strategy.plan(search)
        seconds = self.allowance.seconds_for_search()
        if plan is None:
            return "time" if self.allowance.short_of == "seconds" else "budget"
        try:
            with self.allowance.timed():
                async with asyncio.timeout(seconds):
                    await self._propose_and_select(search, plan)
        except TimeoutError:
            return self._break_off(search, "time")
        except BudgetExceededError as error:
            return self._break_off(search, "time" if error.limit == "seconds" else "budget")
        return None

    def _break_off(self, search: Search, reason: StopReason) -> StopReason:
        winner = self.strategy.salvage(search)
        if winner is not None:
            self._accept(search, search.pool.best, winner)
        return reason

    async def _propose_and_select(self, search: Search, plan: dict[str, object]) -> None:
        best = search.pool.best
        candidates = await self.strategy.propose(search, plan)
        finalists = await self.strategy.screen(search, candidates)
        winner = await self.strategy.select(search, finalists)
        if winner is not None:
            self._accept(search, best, winner)
        search.means.append(search.pool.best.mean)
        self.record(
            StepFinished(
                step=search.step,
                best=search.pool.best.id,
                score=search.pool.best.validation.score,
                sources=search.bandit.tallies,
                parameters=search.credit.tallies,
            )
        )

    def _accept(self, search: Search, best: Member, winner: Member) -> None:
        search.pool.best = winner
        search.last_gain = search.step
        start, before, after = on_same_examples(
            search.pool.start.validation, best.validation, winner.validation
        )
        gain = after.score.value - before.score.value
        search.bandit.add(winner.candidate.source, accepted=1, gain=gain)
        search.credit.note_accepted(winner.candidate, gain)
        self.record(
            CandidateAccepted(
                step=search.step,
                candidate=winner.id,
                source=winner.candidate.source,
                before=before.score,
                after=after.score,
                start=start.score,
                state=dict(winner.state),
                text=self.evaluator.program.render(winner.state),
            )
        )

    async def _reach_verdict(self, search: Search) -> Verdict:
        start, best = search.pool.start, search.pool.best
        # From the decisions: the tallies of a resumed run know nothing of a step that was broken off before.
        tried = sum(isinstance(event, CandidateProposed) for event in self.log.made)
        if self.test is None:
            return nothing_found(None, tried=tried) if best is start else untested("there is no test set")
        self.record(Note(text=f"scoring the verdict on {len(self.test)} test examples that were never used"))
        after_state = None if best is start else best.state
        try:
            before, after = await self.test.score(self.evaluator, start.state, after_state)
        except BudgetExceededError:
            reason = "the budget ended before the test set could be scored"
            return nothing_found(None, tried=tried) if best is start else untested(reason)
        self.record(TestScored(which="before", score=before.score, scores=before.scores))
        if after is None:
            return nothing_found(before.score, tried=tried)
        self.record(TestScored(which="after", score=after.score, scores=after.scores))
        return judge(before.score, after.score, before.scores, after.scores, seed=self.seed)
