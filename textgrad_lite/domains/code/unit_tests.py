"""A loss that runs the program: its tests are the criticism, and a model adds what they cannot say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from textgrad_lite.domains.code.cases import Case, CaseReport
from textgrad_lite.domains.code.examination import Examiner
from textgrad_lite.domains.code.job import DEFAULT_LIMITS, Limits
from textgrad_lite.domains.code.sandbox import Sandbox
from textgrad_lite.domains.code.wording import render_report, render_review_request, render_task
from textgrad_lite.engines import Engine, Message, Request, as_engine
from textgrad_lite.errors import SandboxError
from textgrad_lite.functions import Module
from textgrad_lite.graph import Call, Criticism, Feedback, Function, Value, Variable
from textgrad_lite.prompts.parse import strip_thoughts

Reviews = Literal["failures", "always"]
"""When a reviewer is asked: only of failures that do not show what is wrong, or also of what passes."""


class UnitTestLoss(Module):
    """Runs a program against tests in a sandbox.

    Backward asks no model: it says which tests fail, with input, expected, got, traceback and time. Where
    these say too little (it did not end, it broke down, there is no test), a reviewer is asked in the forward
    pass for the complexity and the reason.

    Args:
        cases: The tests, or an examiner that runs them and knows duplicates.
        sandbox: Where the program runs; default: :func:`find_sandbox`.
        reviewer: A model, or its name. Without one, only tests speak.
        reviews: "always" has the reviewer look for more where all tests pass, too.
        task: What the program has to do, for the reviewer and for whoever rewrites it.
        limits: What each test may use.
    """

    def __init__(
        self,
        cases: Sequence[Case] | Examiner,
        sandbox: Sandbox | None = None,
        *,
        reviewer: Engine | str | object | None = None,
        reviews: Reviews = "failures",
        task: str = "",
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        if isinstance(cases, Examiner):
            self.examiner = cases
        else:
            self.examiner = Examiner(cases, sandbox, limits)
        self._trial = _Trial(self.examiner, reviews, task)
        self._reviewer = None if reviewer is None else as_engine(reviewer)

    def forward(self, program: Variable) -> Variable:
        """Run the tests.

        Args:
            program: The source of a Python module.

        Returns:
            What the tests say, and the reviewer where it was asked; pending.
        """
        role = f"test report of the {program.role_description}"
        return self._trial.apply(program, role_description=role, engine=self._reviewer)


@dataclass(frozen=True)
class Examination:
    """What a trial keeps: the results, and the reviewer's words or an empty text."""

    report: CaseReport
    review: str = ""


def report_of(loss: Variable) -> CaseReport | None:
    """The results behind the output of a :class:`UnitTestLoss`; None where it is pending or another loss."""
    record = None if loss.call is None else loss.call.record
    return record.report if isinstance(record, Examination) else None


class _Trial(Function):
    """One run of all tests on one program."""

    name = "UnitTestLoss"

    def __init__(self, examiner: Examiner, reviews: Reviews, task: str) -> None:
        self._examiner = examiner
        self._reviews = reviews
        self._task = task

    async def forward(self, call: Call) -> Value:
        """Run the tests, and ask the reviewer where they say too little."""
        (program,) = call.arguments
        report = await self._examiner.aexamine(program.text)
        if report.results and not report.n_run and call.engine is None:
            raise SandboxError(
                f"the sandbox cannot run any test of this program: {report.results[0].error}",
                hint="This says nothing about the program; monty lacks much of Python. "
                "Use bubblewrap, or name a reviewer.",
            )
        review = ""
        if call.engine is not None and (
            report.says_little or (report.is_passed and self._reviews == "always")
        ):
            review = await self._ask(call.engine, program.text, report)
        call.record = Examination(report, review)
        said = render_report(report)
        return f"{said}\n\n{review}" if review else said

    async def backward(
        self,
        call: Call,
        criticism: Criticism,  # noqa: ARG002 - the tests have the last word
        wanted: tuple[int, ...],
    ) -> Mapping[int, Sequence[Feedback]]:
        """Hand what was found to the program."""
        found: Examination = call.record
        is_keep = found.report.is_passed and not found.review
        score = found.report.score if found.report.n_run else None
        context = render_task(self._task) if self._task else None
        feedback = Feedback(text=str(call.output), context=context, is_keep=is_keep, score=score)
        return {position: [feedback] for position in wanted}

    async def _ask(self, engine: Engine, program: str, report: CaseReport) -> str:
        return await ask_reviewer(engine, render_review_request(program, report, self._task))


async def ask_reviewer(engine: Engine, prompt: str) -> str:
    """Ask a model about a program; what it says may be nothing, which does no harm."""
    completion = await engine.complete(Request(messages=(Message.of("user", prompt),), purpose="loss"))
    return strip_thoughts(completion.text)
