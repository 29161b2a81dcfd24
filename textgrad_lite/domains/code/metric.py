"""Tests as a metric: a reply is right where the program in it passes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal

from textgrad_lite.data import Example
from textgrad_lite.domains.code.cases import Case
from textgrad_lite.domains.code.examination import Examiner
from textgrad_lite.domains.code.job import DEFAULT_LIMITS, Limits
from textgrad_lite.domains.code.problem import Problem, problem_of
from textgrad_lite.domains.code.sandbox import Sandbox
from textgrad_lite.domains.code.wording import render_report
from textgrad_lite.errors import DataError, MetricError
from textgrad_lite.metrics import Metric, MetricResult

TestSet = Literal["hidden", "visible"]


class PassesTests(Metric):
    """Runs the program in a reply against the tests of its problem.

    The score is 1 where all tests pass and 0 else, as pass@1 counts; the feedback names the first failures.

    Args:
        problems: The problems that examples name by their id. An example of none of these brings its tests
            in its fields ``entry_point`` and ``test``; they are hidden ones.
        sandbox: Where programs run; default: :func:`find_sandbox`.
        tests: Which tests count. Feedback on "hidden" ones gives them away: train on "visible" ones.
        limits: What each test may use.
    """

    description = "The program has to pass all its unit tests."

    def __init__(
        self,
        problems: Iterable[Problem] = (),
        sandbox: Sandbox | None = None,
        *,
        tests: TestSet = "hidden",
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.name = f"passes_{tests}_tests"
        self._tests = tests
        self._problems = {problem.id: problem for problem in problems}
        self._sandbox = sandbox
        self._limits = limits
        self._examiners: dict[str, Examiner] = {}

    async def score(self, example: Example, output: str) -> MetricResult:
        """Run the tests.

        Raises:
            MetricError: The example has no tests, or the sandbox cannot run them.
            SandboxError: There is no sandbox, or it failed.
        """
        problem = self._problem_of(example)
        report = await self._examiner_of(problem).aexamine(problem.program_in(output))
        if report.unsupported:
            raise MetricError(
                f"the sandbox cannot run the program for {example.id!r}: {report.unsupported[0].error}",
                hint="This says nothing about the program; monty lacks much of Python. Use bubblewrap.",
            )
        kind = "right" if report.is_passed else "wrong"
        return MetricResult(score=float(report.is_passed), feedback=render_report(report), kind=kind)

    def check(self, example: Example) -> None:
        """See :meth:`Metric.check`."""
        if not self._cases(self._problem_of(example)):
            raise MetricError(f"the problem {example.id!r} has no {self._tests} tests")

    def fingerprint(self) -> str:
        """The name, and a digest of the problems."""
        return f"{self.name}:{hashlib.sha256(repr(list(self._problems.values())).encode()).hexdigest()}"

    def _problem_of(self, example: Example) -> Problem:
        try:
            return self._problems.get(example.id) or problem_of(example)
        except DataError as error:
            raise MetricError(
                error.message, hint="Pass the problems, or use dataset_of(problems)."
            ) from error

    def _examiner_of(self, problem: Problem) -> Examiner:
        cases = self._cases(problem)
        examiner = Examiner(cases, self._sandbox, self._limits)
        return self._examiners.setdefault(repr(cases), examiner)  # examples of equal tests may share it

    def _cases(self, problem: Problem) -> tuple[Case, ...]:
        return problem.hidden if self._tests == "hidden" else problem.visible
