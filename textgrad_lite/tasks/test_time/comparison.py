"""What came of refining answers: the votes over refined versions beside those over plain answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textgrad_lite.tasks.test_time.voting import Vote
from textgrad_lite.training.scores import Score
from textgrad_lite.training.statistics import Comparison, compare, mean_interval


@dataclass(frozen=True)
class QuestionResult:
    """One question.

    Attributes:
        example_id: Its id.
        first: Score of the first answer.
        iterates: The vote over the first answer and its rewritten versions.
        samples: The vote over the first answer and further plain ones.
        iterates_score: Score of the first of these votes.
        samples_score: Score of the second.
    """

    example_id: str
    first: float
    iterates: Vote
    samples: Vote
    iterates_score: float
    samples_score: float


@dataclass(frozen=True)
class VoteComparison:
    """All questions.

    Attributes:
        questions: Those that could be asked, in the order of the examples.
        n_votes: Answers per vote.
        failed: How many questions could not be asked, by what happened.
    """

    questions: tuple[QuestionResult, ...]
    n_votes: int
    failed: Mapping[str, int]

    @property
    def first(self) -> Score:
        """The first answers alone."""
        return _score([question.first for question in self.questions])

    @property
    def iterates(self) -> Score:
        """Votes over refined versions."""
        return _score([question.iterates_score for question in self.questions])

    @property
    def samples(self) -> Score:
        """Votes over plain answers."""
        return _score([question.samples_score for question in self.questions])

    @property
    def comparison(self) -> Comparison:
        """Votes over plain answers against votes over refined versions, question by question."""
        return compare(
            [question.samples_score for question in self.questions],
            [question.iterates_score for question in self.questions],
        )

    @property
    def calls_per_question(self) -> tuple[int, int]:
        """What a question takes, refined and plain: the first answer, then three calls or one a vote."""
        return 1 + 3 * (self.n_votes - 1), self.n_votes


def _score(values: Sequence[float]) -> Score:
    interval = mean_interval(list(values))
    mean = sum(values) / len(values) if values else None
    return Score(mean=mean, n=len(values), low=interval.low, high=interval.high, kinds={})
