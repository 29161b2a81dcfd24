"""The best of many candidates under a fixed number of evaluations, by upper confidence bounds.

Those that may still be the best get the next examples: UCB1 (Auer and others 2002), as ProTeGi uses it (arXiv
2305.03495). Several get theirs at once, and bounds are compared when all have answered, so that the outcome
does not depend on which call is answered first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.concurrency import gather_in_order
from textgrad_lite.training.search import Search
from textgrad_lite.training.strategies.race import Race, Trial, note_passing, spread


@dataclass(frozen=True)
class UpperBounds:
    """How candidates are compared.

    Attributes:
        race: What they are scored on, whom they are compared with, and how many may win.
        evaluations: How many examples are run at most, all candidates together.
        at_once: How many candidates get their next example in a round.
        exploration: How much a candidate's uncertainty counts.
    """

    race: Race
    evaluations: int
    at_once: int = 4
    exploration: float = 0.5

    async def run(self, search: Search, candidates: Sequence[Candidate]) -> list[Trial]:
        """Spends the evaluations and records what each candidate came to.

        Returns:
            The winners, the best first; of equals, one of each source.
        """
        search.note(f"{self.race.stage}: {self.evaluations} evaluations for {len(candidates)} candidates")
        trials: dict[str, Trial] = {}
        left = self.evaluations
        while chosen := self._next(search, candidates, trials)[:left]:
            left -= len(chosen)
            jobs = [self._try(search, candidate, trials) for candidate in chosen]
            trials.update({trial.candidate.id: trial for trial in await gather_in_order(jobs)})
        ranked = spread([trials[candidate.id] for candidate in candidates if candidate.id in trials])
        note_passing(search, ranked)
        winners = [trial for trial in ranked if trial.gain > self.race.margin][: self.race.winners]
        for trial in ranked:
            reason = "" if trial in winners else "others are better"
            self.race.record(search, trial, _n_run(search, trial), reason)
        return winners

    def _next(
        self, search: Search, candidates: Sequence[Candidate], trials: dict[str, Trial]
    ) -> list[Candidate]:
        """Those that were never tried; else some of those with the highest bounds that have examples left."""
        fresh = [candidate for candidate in candidates if candidate.id not in trials]
        if fresh:
            return fresh
        run = {number: _n_run(search, trial) for number, trial in trials.items()}
        total = sum(run.values())
        open_to = [number for number, n in run.items() if n < len(self.race.examples)]
        ranked = sorted(open_to, key=lambda number: -self._bound(trials[number], run[number], total))
        return [trials[number].candidate for number in ranked[: self.at_once]]

    def _bound(self, trial: Trial, n: int, total: int) -> float:
        return trial.gain + self.exploration * math.sqrt(2 * math.log(total) / n)

    async def _try(self, search: Search, candidate: Candidate, trials: dict[str, Trial]) -> Trial:
        done = _n_run(search, trials[candidate.id]) if candidate.id in trials else 0
        examples = self.race.examples[: done + 1]
        (result,) = await search.score_all([candidate], examples, self.race.stage)
        return self.race.compare(candidate, result)


def _n_run(search: Search, trial: Trial) -> int:
    """On how many examples a candidate was run, each counted once however often it is repeated."""
    return len(trial.result.examples) // search.evaluator.repeats
