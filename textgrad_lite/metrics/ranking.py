"""Ranking candidates by comparisons in pairs, with the model of Bradley and Terry.

Each candidate has a strength p, and i is preferred to j with probability p_i / (p_i + p_j) (Bradley and
Terry, Biometrika 1952). The strengths are fitted by minorisation and maximisation (Hunter, "MM algorithms for
generalized Bradley-Terry models", Annals of Statistics 2004), whose every step raises the likelihood.
"""

from __future__ import annotations

import asyncio
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textgrad_lite.metrics.preference import PairwiseJudge, Preference
from textgrad_lite.runtime import arun
from textgrad_lite.runtime import run as run_blocking

_MOST_STEPS = 10_000
_TOLERANCE = 1e-10
_PRIOR = 0.5
"""Wins and losses against a candidate of average strength that everyone is credited with: without them, one
that always won would be infinitely strong."""

Wins = Mapping[tuple[int, int], float]
"""How often the first was preferred to the second; a tie is half a win for each."""


@dataclass(frozen=True)
class Ranked:
    """One candidate and its place.

    Attributes:
        text: The candidate.
        index: Its place in the list that was given.
        strength: Its strength; all together have the geometric mean 1.
        wins: How many comparisons it won, a tie counted as half.
        comparisons: How many it took part in.
    """

    text: str
    index: int
    strength: float
    wins: float
    comparisons: int


@dataclass(frozen=True)
class Ranking:
    """Candidates from the strongest to the weakest.

    Attributes:
        candidates: All of them.
        preferences: What the judge said of each pair, by their places in the list that was given.
    """

    candidates: tuple[Ranked, ...]
    preferences: Mapping[tuple[int, int], Preference]

    @property
    def best(self) -> Ranked:
        """The strongest."""
        return self.candidates[0]

    @property
    def consistency(self) -> float:
        """Share of the pairs of which the judge said the same in both orders."""
        said = [preference.is_consistent for preference in self.preferences.values()]
        return sum(said) / len(said) if said else 1.0


def bradley_terry(n: int, wins: Wins, *, prior: float = _PRIOR) -> list[float]:
    """Fits the strengths of candidates.

    Args:
        n: How many candidates there are.
        wins: How often one was preferred to another, by their numbers from 0.
        prior: Wins, and as many losses, against a candidate of strength 1 that each is credited with; above
            0, the strengths are finite and unique whatever the wins.

    Returns:
        The strength of each, with geometric mean 1.
    """
    won = [prior + sum(count for (first, _), count in wins.items() if first == i) for i in range(n)]
    met: list[dict[int, float]] = [{} for _ in range(n)]
    for (first, second), count in wins.items():
        met[first][second] = met[first].get(second, 0.0) + count
        met[second][first] = met[second].get(first, 0.0) + count
    strengths = [1.0] * n
    for _ in range(_MOST_STEPS):
        fitted = [
            won[i]
            / (
                2 * prior / (strengths[i] + 1)
                + sum(count / (strengths[i] + strengths[j]) for j, count in met[i].items())
            )
            for i in range(n)
        ]
        change = max(
            (abs(math.log(new / old)) for new, old in zip(fitted, strengths, strict=True)), default=0
        )
        strengths = fitted
        if change < _TOLERANCE:
            break
    mean = math.exp(sum(map(math.log, strengths)) / n) if n else 1.0
    return [strength / mean for strength in strengths]


class Ranker:
    """Ranks candidates by comparing every two of them.

    Args:
        judge: Who compares; it is asked twice for each pair.
    """

    def __init__(self, judge: PairwiseJudge) -> None:
        self.judge = judge

    def rank(self, question: str, candidates: Sequence[str]) -> Ranking:
        """Ranks replies to a question.

        Args:
            question: What was asked.
            candidates: The replies; n of them take n (n - 1) calls.

        Raises:
            ParseError: If the judge's replies cannot be read.
            EngineError: If the judge cannot be asked.
        """
        return run_blocking(self._rank(question, candidates))

    async def arank(self, question: str, candidates: Sequence[str]) -> Ranking:
        """Same as :meth:`rank`, from any event loop."""
        return await arun(self._rank(question, candidates))

    async def _rank(self, question: str, candidates: Sequence[str]) -> Ranking:

        pairs = list(itertools.combinations(range(len(candidates)), 2))
        said = await asyncio.gather(
            *(self.judge.compare(question, candidates[i], candidates[j]) for i, j in pairs)
        )
        preferences = dict(zip(pairs, said, strict=True))
        wins: dict[tuple[int, int], float] = {}
        for (i, j), preference in preferences.items():
            wins[i, j], wins[j, i] = preference.share, 1 - preference.share
        strengths = bradley_terry(len(candidates), wins)
        ranked = [
            Ranked(
                text,
                index,
                strengths[index],
                wins=sum(count for (first, _), count in wins.items() if first == index),
                comparisons=len(candidates) - 1,
            )
            for index, text in enumerate(candidates)
        ]
        return Ranking(tuple(sorted(ranked, key=lambda one: -one.strength)), preferences)
