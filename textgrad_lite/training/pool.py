"""The states that a search knows, and what it knows of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from textgrad_lite.optimizers.sources import Candidate, State
from textgrad_lite.training.results import EvaluationResult


@dataclass(frozen=True)
class Member:
    """A state that was scored on all of the validation set.

    Attributes:
        candidate: The state, with where it comes from.
        validation: Its results.
    """

    candidate: Candidate
    validation: EvaluationResult

    @property
    def id(self) -> str:
        """The state's id."""
        return self.candidate.id

    @property
    def state(self) -> State:
        """The state."""
        return self.candidate.state

    @property
    def mean(self) -> float:
        """The mean on validation; 0 where nothing could be scored."""
        return self.validation.mean or 0.0


@dataclass
class Pool:
    """All members in the order in which they were scored, the start first.

    Attributes:
        start: The state that the search began with.
        best: The member that every new one has to beat.
        known: All candidates that were ever proposed, by id.
    """

    start: Member
    best: Member = field(init=False)
    known: dict[str, Candidate] = field(default_factory=dict)
    _members: list[Member] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.best = self.start
        self.add(self.start)

    def add(self, member: Member) -> None:
        """Takes a member in; the best one stays the best."""
        self._members.append(member)
        self.known.setdefault(member.id, member.candidate)

    def leading(self, n: int) -> list[Member]:
        """The ``n`` best by their means, the best first; of equals, the earlier."""
        return sorted(self._members, key=lambda member: -member.mean)[:n]

    def history(self) -> tuple[tuple[State, float], ...]:
        """All states with their means, in the order in which they were scored."""
        return tuple((member.state, member.mean) for member in self._members)

    def __iter__(self) -> Iterator[Member]:
        return iter(self._members)
