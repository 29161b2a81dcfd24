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
        while chosen := self._next(candidates, trials)[:left]:
            left -= len(chosen)
            jobs = [self._try(search, candidate, trials) for candidate in chosen]
            trials.update({trial.candidate.id: trial for trial in await gather_in_order(jobs)})
        ranked = spread([trials[candidate.id] for candidate in candidates if candidate.id in trials])
        note_passing(search, ranked)
        winners = [trial for trial in ranked if trial.gain > self.race.margin][: self.race.winners]
        for trial in ranked:
            reason = "" if trial in winners else "others are better"
            self.race.record(search, trial, len(trial.result.examples), reason)
        return winners

    def _next(self, candidates: Sequence[Candidate], trials: dict[str, Trial]) -> list[Candidate]:
        """Those that were never tried; else some of those with the highest bounds that have examples left."""
        fresh = [candidate for candidate in candidates if candidate.id not in trials]
        if fresh:
            return fresh
        total = sum(len(trial.result.examples) for trial in trials.values())
        open_to = [trial for trial in trials.values() if len(trial.result.examples) < len(self.race.examples)]
        ranked = sorted(open_to, key=lambda trial: -self._bound(trial, total))
        return [trial.candidate for trial in ranked[: self.at_once]]

    def _bound(self, trial: Trial, total: int) -> float:
        n = len(trial.result.examples)
        return trial.gain + self.exploration * math.sqrt(2 * math.log(total) / n)

    async def _try(self, search: Search, candidate: Candidate, trials: dict[str, Trial]) -> Trial:
        done = len(trials[candidate.id].result.examples) if candidate.id in trials else 0
        examples = self.race.examples[: done + 1]
        (result,) = await search.score_all([candidate], examples, self.race.stage)
        return self.race.compare(candidate, result)
