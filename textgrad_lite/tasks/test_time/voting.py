"""A vote over several answers to one question (Wang et al., "Self-consistency", arXiv 2203.11171)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Vote:
    """How answers were divided.

    Attributes:
        answer: The one with most votes, of equal ones the one that came first; None where nobody answered.
        counts: Votes by answer, in the order of their first appearance.
        n: How many replies there were, those without an answer included.
    """

    answer: str | None
    counts: Mapping[str, int]
    n: int

    @property
    def confidence(self) -> float:
        """Share of the replies that gave this answer; how sure the model is, not how often it is right."""
        return self.counts[self.answer] / self.n if self.answer is not None else 0.0


def vote(answers: Sequence[str | None]) -> Vote:
    """Counts answers.

    Args:
        answers: One per reply, equal where they are the same answer; None for a reply without any.
    """
    counts = Counter(answer for answer in answers if answer is not None)
    winner = max(counts, key=lambda answer: counts[answer], default=None)
    return Vote(winner, dict(counts), len(answers))
