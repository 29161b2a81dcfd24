"""What a candidate has to beat, and whether it still can."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from textgrad_lite.data import Example
from textgrad_lite.training.results import EvaluationResult, paired

TOLERANCE = 1e-9
"""What a gain has to exceed to be one."""


@dataclass(frozen=True)
class Bar:
    """The results of a rival, which a candidate has to beat on the same examples.

    Attributes:
        rival: The rival's results.
        margin: By how much the candidate's paired mean has to be higher.
        without: Ids of examples that do not count, such as those that the candidate shows to the model.
        later: Examples that the candidate is going to be scored on afterwards, if it stays in.
        block: After how many examples each the candidate is compared. Blocks are compared when they are
            complete, so that the outcome does not depend on which call is answered first.
    """

    rival: EvaluationResult
    margin: float = 0.0
    without: Container[str] = frozenset()
    later: Sequence[Example] = ()
    block: int = 8

    def is_in_reach(self, result: EvaluationResult, rest: Sequence[Example]) -> bool:
        """Whether the candidate wins if everything that is left goes right.

        Args:
            result: What the candidate has shown so far.
            rest: The examples that are left.
        """
        pair = paired(self.rival, result, without=self.without)
        left = [
            self.rival.scores[example.id]
            for example in (*rest, *self.later)
            if example.id in self.rival.scores and example.id not in self.without
        ]
        reachable = (pair.after - pair.before) * pair.n + sum(1 - score for score in left)
        return reachable > self.margin * (pair.n + len(left)) + TOLERANCE
