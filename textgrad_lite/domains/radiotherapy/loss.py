"""The loss: a program compares a plan's dose-volume numbers with clinical goals, and says what it misses."""

from __future__ import annotations

from statistics import fmean

from textgrad_lite.data import Example
from textgrad_lite.domains.radiotherapy.goals import TG119_GOALS, Goals
from textgrad_lite.domains.radiotherapy.plan import read_report
from textgrad_lite.errors import ParseError
from textgrad_lite.graph import Variable
from textgrad_lite.losses import MetricLoss
from textgrad_lite.metrics import Metric, MetricResult

_CASE = Example(id="plan", input="Make a plan that keeps all clinical goals.")


class ClinicalGoals(Metric):
    """Scores the report of a plan by clinical goals.

    The score is the mean credit of the goals (:meth:`Goal.credit`), so it is 1 where all are kept and below 1
    everywhere else.
    """

    name = "clinical-goals"

    def __init__(self, goals: Goals = TG119_GOALS) -> None:
        self.goals = tuple(goals)
        self.description = f"A plan is good where {'; '.join(map(str, self.goals))}."

    async def score(self, example: Example, output: str) -> MetricResult:  # noqa: ARG002 - there is one case
        """Compare the numbers of a report with the goals."""
        return self.judge(output)

    def judge(self, report: str) -> MetricResult:
        """Same as :meth:`score`, for a report alone."""
        try:
            numbers = read_report(report)
        except ParseError as error:
            return MetricResult(score=0.0, feedback=f"{error.message}.", kind="unparsable")
        missed = [goal for goal in self.goals if goal.excess(numbers[goal.name])]
        kept = [goal for goal in self.goals if goal not in missed]
        sentences = " ".join(goal.words(numbers[goal.name]) for goal in (*missed, *kept))
        return MetricResult(
            score=fmean(goal.credit(numbers[goal.name]) for goal in self.goals),
            feedback=f"The plan misses {len(missed)} of {len(self.goals)} goals. {sentences}",
            kind="wrong" if missed else "right",
        )

    def fingerprint(self) -> str:
        """The goals themselves."""
        return f"{self.name}: {self.description}"


class GoalsLoss(MetricLoss):
    """:class:`ClinicalGoals` as a loss; backward costs no call."""

    def __init__(self, goals: Goals = TG119_GOALS) -> None:
        super().__init__(ClinicalGoals(goals))

    def forward(self, prediction: Variable, example: Example = _CASE) -> Variable:
        """Judge the report of a plan.

        Returns:
            The score and what is missed, as text, pending; ``metric_result_of`` gives it as an object.
        """
        return super().forward(prediction, example)
