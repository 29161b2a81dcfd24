"""Running tests on programs, each program once however often it is proposed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from textgrad_lite import runtime
from textgrad_lite.domains.code.behaviour import behaviour_key, syntax_key
from textgrad_lite.domains.code.cases import Case, CaseReport
from textgrad_lite.domains.code.finding import find_sandbox
from textgrad_lite.domains.code.job import DEFAULT_LIMITS, Job, Limits
from textgrad_lite.domains.code.sandbox import Sandbox


@dataclass
class Counts:
    """How often an examiner was asked, and what it did not have to run.

    Attributes:
        asked: Programs that were to be examined.
        same_syntax: Of these, programs whose syntax was known already.
        same_behaviour: Of these, programs that did the same as a known one with every sampled input.
        run: Programs whose tests were run.
    """

    asked: int = 0
    same_syntax: int = 0
    same_behaviour: int = 0
    run: int = 0


@dataclass
class Examiner:
    """Runs tests on programs; duplicates are run once.

    Args:
        cases: The tests.
        sandbox: Where programs run; default: :func:`find_sandbox`, found when first needed.
        limits: What each test may use.
        probes: Calls that tell programs apart by what they do, as from ``sample_calls``. Without any, only
            programs of the same syntax are recognised.
        counts: What was saved so far.
    """

    cases: Sequence[Case]
    sandbox: Sandbox | None = None
    limits: Limits = DEFAULT_LIMITS
    probes: Sequence[str] = ()
    counts: Counts = field(default_factory=Counts)
    _known: dict[str, CaseReport] = field(default_factory=dict, repr=False)

    def examine(self, program: str) -> CaseReport:
        """Run all tests on a program, or tell what is known of one that is the same; and wait.

        Raises:
            SandboxError: There is no sandbox, or it failed.
        """
        return runtime.run(self.aexamine(program))

    async def aexamine(self, program: str) -> CaseReport:
        """Same as :meth:`examine`, from any event loop."""
        (report,) = await self.aexamine_all([program])
        return report

    def examine_all(self, programs: Sequence[str]) -> list[CaseReport]:
        """Same as :meth:`examine` for several at once, those that are the same among them once."""
        return runtime.run(self.aexamine_all(programs))

    async def aexamine_all(self, programs: Sequence[str]) -> list[CaseReport]:
        """Same as :meth:`examine_all`, from any event loop."""
        return await runtime.arun(self._examine_all(programs))

    async def _examine_all(self, programs: Sequence[str]) -> list[CaseReport]:
        keys = [syntax_key(program) for program in programs]
        new = {key: program for key, program in zip(keys, programs, strict=True) if key not in self._known}
        self.counts.asked += len(programs)
        self.counts.same_syntax += len(programs) - len(new)
        behaviours = await asyncio.gather(*map(self._behaviour, new.values()))
        firsts: dict[str, str] = {}
        for key, behaviour in zip(new, behaviours, strict=True):
            firsts.setdefault(behaviour or key, key)
        fresh = {name: key for name, key in firsts.items() if name not in self._known}
        reports = await asyncio.gather(*(self._run(new[key]) for key in fresh.values()))
        self._known |= dict(zip(fresh, reports, strict=True))
        for key, behaviour in zip(new, behaviours, strict=True):
            report = self._known[behaviour or key]
            is_first = fresh.get(behaviour or key) == key
            self.counts.same_behaviour += not is_first
            self._known[key] = report if is_first else report.without_traces()
        return [self._known[key] for key in keys]

    async def _behaviour(self, program: str) -> str | None:
        if not self.probes:
            return None
        return await behaviour_key(program, self.probes, await self.place(), self.limits)

    async def _run(self, program: str) -> CaseReport:
        self.counts.run += 1
        if not self.cases:
            return CaseReport(())
        snippets = tuple(case.snippet for case in self.cases)
        runs = await (await self.place()).execute(Job(program, snippets, self.limits))
        return CaseReport(tuple(case.judge(run) for case, run in zip(self.cases, runs, strict=True)))

    async def place(self) -> Sandbox:
        """The sandbox; found when it is first needed."""
        if self.sandbox is None:
            self.sandbox = await runtime.call_user(find_sandbox)
        return self.sandbox
