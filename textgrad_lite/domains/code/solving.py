"""Improving a program at test time: visible tests criticise it, and hidden ones judge what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from textgrad_lite import runtime
from textgrad_lite.domains.code.behaviour import sample_calls
from textgrad_lite.domains.code.cases import CaseReport
from textgrad_lite.domains.code.constraints import DefinesFunction
from textgrad_lite.domains.code.examination import Counts, Examiner
from textgrad_lite.domains.code.finding import find_sandbox
from textgrad_lite.domains.code.job import DEFAULT_LIMITS, Limits
from textgrad_lite.domains.code.problem import Problem
from textgrad_lite.domains.code.sandbox import Sandbox
from textgrad_lite.domains.code.unit_tests import Reviews, UnitTestLoss, report_of
from textgrad_lite.engines import Engine, as_engine
from textgrad_lite.functions import LLMCall
from textgrad_lite.graph import Variable
from textgrad_lite.optimizers import TGD

ROLE = "Python program"
FIRST_INSTRUCTION = "Write the whole Python function. Reply with the code only."


@dataclass(frozen=True)
class Iterate:
    """One program on the way.

    Attributes:
        program: Its source.
        report: What the visible tests said.
    """

    program: str
    report: CaseReport


@dataclass(frozen=True)
class Solution:
    """What came of one problem.

    Attributes:
        problem: The problem.
        iterates: The programs in order; the first is what the model wrote at once.
        best: The one to be handed in: most visible tests passed; of equal ones the latest.
        counts: What was run, and what was known already.
    """

    problem: Problem
    iterates: tuple[Iterate, ...]
    best: Iterate
    counts: Counts


class Solver:
    """Solves problems with a model, a critic that is a program, and a few rewrites.

    Args:
        engine: Who writes and rewrites, or its name.
        sandbox: Where programs run; default: :func:`find_sandbox`.
        reviewer: Who is asked where tests say too little; default: the engine.
        reviews: "never" asks nobody; "always" asks of programs that pass, too, and goes on with them.
        steps: Most rewrites.
        draws: Proposals a step; the best one is taken, and of equal ones the first.
        limits: What each test may use.
    """

    def __init__(
        self,
        engine: Engine | str | object,
        sandbox: Sandbox | None = None,
        *,
        reviewer: Engine | str | object | None = None,
        reviews: Reviews | Literal["never"] = "failures",
        steps: int = 4,
        draws: int = 1,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._engine = as_engine(engine)
        self._sandbox = sandbox
        self._reviewer = None if reviews == "never" else as_engine(reviewer or engine)
        self._reviews: Reviews = "always" if reviews == "always" else "failures"
        self._steps = steps
        self._draws = draws
        self._limits = limits

    def solve(self, problem: Problem) -> Solution:
        """Write a program and improve it on the visible tests, and wait.

        Raises:
            SandboxError: There is no sandbox, or it failed.
            EngineError: A model could not be asked.
        """
        return runtime.run(self._solve(problem))

    async def asolve(self, problem: Problem) -> Solution:
        """Same as :meth:`solve`, from any event loop."""
        return await runtime.arun(self._solve(problem))

    def judge(self, problem: Problem, programs: Sequence[str]) -> list[CaseReport]:
        """Run the hidden tests on programs, those of the same syntax once, and wait."""
        return runtime.run(self.ajudge(problem, programs))

    async def ajudge(self, problem: Problem, programs: Sequence[str]) -> list[CaseReport]:
        """Same as :meth:`judge`, from any event loop."""
        examiner = Examiner(problem.hidden, await self._place(), self._limits)
        return await examiner.aexamine_all(programs)

    async def _solve(self, problem: Problem) -> Solution:
        probes = sample_calls(problem.visible)
        examiner = Examiner(problem.visible, await self._place(), self._limits, probes)
        program = Variable(await self._first(problem), role_description=ROLE)
        loss = UnitTestLoss(examiner, reviewer=self._reviewer, reviews=self._reviews, task=problem.prompt)
        optimizer = TGD(
            [program],
            engine=self._engine,
            hard_constraints=[DefinesFunction(problem.entry_point)],
        )
        iterates: list[Iterate] = []
        for step in range(self._steps + 1):
            optimizer.zero_grad()
            said = loss(program)
            await said
            iterates.append(Iterate(str(await program), _known(said)))
            if step == self._steps or (iterates[-1].report.is_passed and self._reviews != "always"):
                break
            await said.abackward(self._engine)
            proposed = await self._propose(problem, optimizer, examiner)
            if proposed is None:
                break
            program.set_value(proposed)
        best = max(reversed(iterates), key=lambda iterate: iterate.report.score)
        return Solution(problem, tuple(iterates), best, examiner.counts)

    async def _first(self, problem: Problem) -> str:
        ask = LLMCall(
            self._engine, Variable(FIRST_INSTRUCTION, role_description="instruction", requires_grad=False)
        )
        question = Variable(problem.prompt, role_description="problem", requires_grad=False)
        return problem.program_in(str(await ask(question, response_role_description=ROLE)))

    async def _propose(self, problem: Problem, optimizer: TGD, examiner: Examiner) -> str | None:
        """Give the best of the proposals, better than what there is or not; None where there is none."""
        proposals = await optimizer.aproposals(draws=self._draws)
        texts = [
            problem.program_in(proposal.new)
            for proposal in proposals
            if proposal.is_accepted and proposal.new is not None
        ]
        reports = await examiner.aexamine_all(texts)
        scores = [report.score for report in reports]
        return texts[scores.index(max(scores))] if texts else None

    async def _place(self) -> Sandbox:
        if self._sandbox is None:
            self._sandbox = await runtime.call_user(find_sandbox)
        return self._sandbox


def _known(said: Variable) -> CaseReport:
    report = report_of(said)
    assert report is not None
    return report
