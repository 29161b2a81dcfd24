"""A race of candidates over examples, block by block, against one that they all have to beat.

After each block, those that cannot win any more drop out, and of the others the weaker half (successive
halving, Jamieson and Talwalkar 2016). Blocks have fixed sizes and are compared when they are complete, so
that the outcome does not depend on which call is answered first.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from textgrad_lite.data import Example
from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.bar import TOLERANCE, Bar
from textgrad_lite.training.events import CandidateScreened
from textgrad_lite.training.results import EvaluationResult, Pair, paired
from textgrad_lite.training.search import Search, shown_ids

ANYTHING = -1.0 - 2 * TOLERANCE
"""A margin that every candidate passes, however bad."""

_FAR_BEHIND = 2 - TOLERANCE
"""By how many examples a candidate has to be behind to drop out early; few that are better ever are."""


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


@dataclass(frozen=True)
class Comparison:
    """What a block of a race has shown.

    Attributes:
        ranked: All that ran in it, the best first.
        staying: Those that stay in.
    """

    ranked: list[Trial]
    staying: list[Trial]


@dataclass(frozen=True)
class Race:
    """How candidates are compared.

    Attributes:
        stage: ``"minibatch"`` or ``"validation"``. On a minibatch, which is of training examples, a candidate
            is not scored on examples that it shows to the model.
        examples: What they are scored on.
        rival: The results of the one to beat, on the same examples.
        rivals: Those of candidates' parents, by id; whoever has a parent among them has to beat that one.
        blocks: Shares of the examples after which they are compared.
        winners: How many may win.
        margin: By how much a winner's paired mean has to be higher.
    """

    stage: str
    examples: Sequence[Example]
    rival: EvaluationResult
    rivals: Mapping[str, EvaluationResult] = field(default_factory=dict)
    blocks: Sequence[float] = (1.0,)
    winners: int = 1
    margin: float = 0.0

    async def run(self, search: Search, candidates: Sequence[Candidate]) -> list[Trial]:
        """Runs the race and records each comparison.

        Returns:
            The winners, the best first. Of equals, the shortest on validation; on a minibatch, one of each
            source.
        """
        last = Comparison([], [])
        async for comparison in self.blocks_of(search, candidates):
            last = comparison
        if self.stage == "minibatch":
            note_passing(search, last.ranked)
        return last.staying

    async def blocks_of(self, search: Search, candidates: Sequence[Candidate]) -> AsyncIterator[Comparison]:
        """Runs the race, and gives the comparison after each block."""
        left = list(candidates)
        for end in block_ends(len(self.examples), self.blocks):
            if not left:
                return
            tried = f"{len(left)} candidate{'' if len(left) == 1 else 's'}"
            search.note(f"{self.stage}: trying {tried} on {end} of {len(self.examples)} examples")
            ranked = await self._try(search, left, end)
            hopeful = [trial for trial in ranked if self._can_win(trial, end) and not self._is_behind(trial)]
            trials = hopeful[: places_left(len(left), self.winners, is_last=end == len(self.examples))]
            for trial in ranked:
                self.record(search, trial, end, "" if trial in trials else self._reason(trial, end))
            yield Comparison(ranked, trials)
            left = [trial.candidate for trial in trials]

    async def _try(self, search: Search, candidates: Sequence[Candidate], end: int) -> list[Trial]:
        # On a minibatch every trace is worth having, and where nobody has to win, nobody can lose early.
        is_gate = self.stage == "validation" and self.margin > ANYTHING
        bars = [self._bar(candidate, end) for candidate in candidates] if is_gate else []
        results = await search.score_all(candidates, self.examples[:end], self.stage, bars)
        trials = [
            self.compare(candidate, result) for candidate, result in zip(candidates, results, strict=True)
        ]
        if self.stage == "minibatch":
            return spread(trials)
        return sorted(trials, key=lambda trial: (-trial.gain, search.length(trial.candidate)))

    def compare(self, candidate: Candidate, result: EvaluationResult) -> Trial:
        """A candidate's results beside those of the one that it has to beat."""
        return Trial(
            candidate, result, paired(self._rival(candidate), result, without=self._shown(candidate))
        )

    def _rival(self, candidate: Candidate) -> EvaluationResult:
        return next(
            (self.rivals[parent] for parent in candidate.parents if parent in self.rivals), self.rival
        )

    def _shown(self, candidate: Candidate) -> frozenset[str]:
        return shown_ids(candidate.state) if self.stage == "minibatch" else frozenset()

    def _bar(self, candidate: Candidate, end: int) -> Bar:
        later = self.examples[end:]
        return Bar(self._rival(candidate), self.margin, without=self._shown(candidate), later=later)

    def _can_win(self, trial: Trial, end: int) -> bool:
        """Whether the candidate wins if everything that is left goes right."""
        run = {result.example_id for result in trial.result.examples}
        rest = [example for example in self.examples[:end] if example.id not in run]
        return self._bar(trial.candidate, end).is_in_reach(trial.result, rest)

    def _is_behind(self, trial: Trial) -> bool:
        """Whether the candidate is so far behind what it has to beat that the rest is not worth its calls."""
        return self.margin > ANYTHING and trial.gain * trial.pair.n <= -_FAR_BEHIND

    def _reason(self, trial: Trial, end: int) -> str:
        if not self._can_win(trial, end):
            return "it can no longer win"
        return "it is far behind" if self._is_behind(trial) else "others are better"

    def record(self, search: Search, trial: Trial, end: int, reason: str) -> None:
        """Takes a comparison down: why the candidate drops out, or an empty text where it stays in."""
        search.record(
            CandidateScreened(
                step=search.step,
                candidate=trial.candidate.id,
                stage=f"{self.stage} {end}/{len(self.examples)}",
                score=trial.result.score,
                rival=trial.pair.before,
                is_kept=not reason,
                reason=reason,
            )
        )


def note_passing(search: Search, trials: Iterable[Trial]) -> None:
    """Counts for their sources the candidates that were better than what they had to beat."""
    for trial in trials:
        if trial.gain > TOLERANCE:
            search.bandit.add(trial.candidate.source, screened=1)


def spread(trials: Sequence[Trial]) -> list[Trial]:
    """The best first; equals in the order of their sources, one of each source before the second of any.

    On so few examples equals are common and their lengths say nothing, so that variety is worth more.
    """
    seen: Counter[tuple[float, str]] = Counter()
    ranked: list[tuple[float, int, Trial]] = []
    for trial in trials:
        key = (round(trial.gain, 9), trial.candidate.source)
        ranked.append((-key[0], seen[key], trial))
        seen[key] += 1
    return [trial for *_, trial in sorted(ranked, key=lambda entry: entry[:2])]


def block_ends(n: int, blocks: Sequence[float]) -> list[int]:
    """After how many of ``n`` examples there is a comparison; always after all of them."""
    return sorted({min(n, max(1, math.ceil(share * n))) for share in (*blocks, 1.0)})


def places_left(n: int, winners: int, *, is_last: bool) -> int:
    """How many of ``n`` candidates stay in after a comparison."""
    return winners if is_last else max(winners, math.ceil(n / 2))


def most_runs(candidates: int, n: int, blocks: Sequence[float], winners: int) -> int:
    """How many examples a race runs at most."""
    runs, begun, left = 0, 0, candidates
    for end in block_ends(n, blocks):
        runs += left * (end - begun)
        begun, left = end, min(left, places_left(left, winners, is_last=False))
    return runs
