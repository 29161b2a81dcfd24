"""Runtime as a loss: a correct program is criticised for its time, and a wrong one for being wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textgrad_lite import runtime
from textgrad_lite.domains.code.cases import CaseReport
from textgrad_lite.domains.code.constraints import DefinesFunction, PassesAll
from textgrad_lite.domains.code.examination import Examiner
from textgrad_lite.domains.code.timing import Timing, Workload, ameasure
from textgrad_lite.domains.code.unit_tests import ask_reviewer
from textgrad_lite.domains.code.wording import render_report, render_speed, render_speed_review_request
from textgrad_lite.engines import Engine, as_engine
from textgrad_lite.functions import Module
from textgrad_lite.graph import Call, Criticism, Feedback, Function, Value, Variable
from textgrad_lite.optimizers import TGD

_LEAST_GAIN = 0.9
"""A program replaces another only where it takes at most this share of its time: less is noise."""


class SpeedLoss(Module):
    """Times a program beside the one that it shall replace; correctness comes first.

    A program that fails a test is told so and is not timed; so is one that gives other results than the
    reference on the inputs of the workload.

    Args:
        reference: The program to be replaced, which is right.
        workload: What to time with.
        examiner: The tests. Only programs of the same syntax count as duplicates here: equal behaviour
            says nothing of speed.
        reviewer: A model that is asked for the complexity and where the time goes; None for nobody.
    """

    def __init__(
        self,
        reference: str,
        workload: Workload,
        examiner: Examiner,
        *,
        reviewer: Engine | str | object | None = None,
    ) -> None:
        self._timing = _Timing(reference, workload, examiner)
        self._reviewer = None if reviewer is None else as_engine(reviewer)

    def forward(self, program: Variable) -> Variable:
        """Test and time a program; pending."""
        role = f"speed report of the {program.role_description}"
        return self._timing.apply(program, role_description=role, engine=self._reviewer)


@dataclass(frozen=True)
class Measured:
    """What a timing keeps.

    Attributes:
        report: What the tests said.
        timing: The times, or why there are none.
    """

    report: CaseReport
    timing: Timing | str

    @property
    def speedup(self) -> float:
        """How many times as fast as the reference; 0 for a program that is not right."""
        is_right = self.report.is_passed and isinstance(self.timing, Timing) and self.timing.is_same
        return self.timing.speedup if is_right and isinstance(self.timing, Timing) else 0.0


def measured_of(loss: Variable) -> Measured | None:
    """What is behind the output of a :class:`SpeedLoss`; None where it is pending or another loss."""
    record = None if loss.call is None else loss.call.record
    return record if isinstance(record, Measured) else None


class _Timing(Function):
    """One test and timing of one program."""

    name = "SpeedLoss"

    def __init__(self, reference: str, workload: Workload, examiner: Examiner) -> None:
        self._reference = reference
        self._workload = workload
        self._examiner = examiner

    async def forward(self, call: Call) -> Value:
        """Test, time, and ask the reviewer."""
        (program,) = call.arguments
        report = await self._examiner.aexamine(program.text)
        if not report.is_passed:
            call.record = Measured(report, "it fails tests")
            return render_report(report)
        sandbox = await self._examiner.place()
        timing = await ameasure(program.text, self._reference, self._workload, sandbox)
        call.record = Measured(report, timing)
        said = render_speed(timing)
        if call.engine is None or not call.record.speedup:
            return said
        return f"{said}\n\n{await ask_reviewer(call.engine, render_speed_review_request(program.text, said))}"

    async def backward(
        self,
        call: Call,
        criticism: Criticism,  # noqa: ARG002 - the clock has the last word
        wanted: tuple[int, ...],
    ) -> Mapping[int, Sequence[Feedback]]:
        """Hand what was measured to the program. The score is the share of the time that is saved."""
        score = max(0.0, 1 - 1 / call.record.speedup) if call.record.speedup else 0.0
        return {position: [Feedback(text=str(call.output), score=score)] for position in wanted}


@dataclass(frozen=True)
class Version:
    """One program on the way to a faster one."""

    program: str
    measured: Measured
    is_kept: bool


def make_faster(
    program: str,
    workload: Workload,
    examiner: Examiner,
    engine: Engine | str | object,
    *,
    reviewer: Engine | str | object | None = None,
    steps: int = 3,
) -> list[Version]:
    """Rewrite a program until it is faster, and wait.

    Tests are a hard constraint: a rewrite that fails one is sent back by the optimizer and never adopted. One
    that is right and not faster is dropped.

    Args:
        program: A program that is right; times are told beside it.
        workload: What to time with.
        examiner: The tests.
        engine: Who rewrites.
        reviewer: As for :class:`SpeedLoss`.
        steps: Most rewrites.

    Returns:
        The program itself and every rewrite, in order; the last that is kept is the fastest.

    Raises:
        SandboxError: There is no sandbox that can time, or it failed.
    """
    work = _make_faster(program, workload, examiner, as_engine(engine), reviewer, steps)
    return runtime.run(work)


async def _make_faster(
    program: str,
    workload: Workload,
    examiner: Examiner,
    engine: Engine,
    reviewer: Engine | str | object | None,
    steps: int,
) -> list[Version]:
    variable = Variable(program, role_description="Python program")
    loss = SpeedLoss(program, workload, examiner, reviewer=reviewer)
    guards = [DefinesFunction(workload.entry_point), PassesAll(examiner)]
    optimizer = TGD([variable], engine=engine, hard_constraints=guards, momentum_window=2)
    said = loss(variable)
    versions = [Version(program, await _measured(said), is_kept=True)]
    best = versions[0]
    for _ in range(steps):
        optimizer.zero_grad()
        await said.abackward(engine)
        report = await optimizer.astep()
        if not report.accepted:
            break
        tried = loss(variable)
        measured = await _measured(tried)
        is_kept = measured.speedup * _LEAST_GAIN > best.measured.speedup
        versions.append(Version(str(await variable), measured, is_kept))
        if is_kept:
            best, said = versions[-1], tried
        else:
            variable.set_value(best.program)
            said = loss(variable)
    return versions


async def _measured(said: Variable) -> Measured:
    await said
    measured = measured_of(said)
    assert measured is not None
    return measured
