"""What a program is tested with, and what came of it.

What is expected of a :class:`CallCase` never enters the sandbox, and its result is judged here: a program
cannot read the answer, and no object of its own can pretend to equal it.
"""

from __future__ import annotations

import ast
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Literal

from textgrad_lite.domains.code.job import Ending, SnippetRun

Outcome = Literal["passed", "wrong"] | Ending
"""How a test ended; "done" does not occur."""

SAYS_LITTLE: frozenset[Outcome] = frozenset({"timeout", "memory", "output", "died", "not run"})
"""Outcomes that say what happened and nothing of why."""


@dataclass(frozen=True)
class CaseResult:
    """What came of one test.

    Attributes:
        call: What was called, as Python.
        expected: What should have come of it, as Python or in words.
        got: What came of it, as Python, or an empty text.
        outcome: How it ended.
        error: The exception, or why it was ended.
        traceback: Where in the program.
        seconds: How long it took.
        output: The beginning of what was printed.
    """

    call: str
    expected: str
    outcome: Outcome
    got: str = ""
    error: str = ""
    traceback: str = ""
    seconds: float = 0.0
    output: str = ""

    @property
    def is_passed(self) -> bool:
        """Whether it is as expected."""
        return self.outcome == "passed"

    def without_traces(self) -> CaseResult:
        """The same for another program that behaves alike: its lines and its time are others."""
        return replace(self, traceback="", seconds=0.0)


class Case(ABC):
    """One test of a program."""

    @property
    @abstractmethod
    def snippet(self) -> str:
        """What is run in the program's namespace."""

    @abstractmethod
    def judge(self, run: SnippetRun) -> CaseResult:
        """Tell what came of it."""


@dataclass(frozen=True)
class CallCase(Case):
    """An expression that should have a certain value.

    Attributes:
        call: The expression, usually a call, such as ``"add(1, 2)"``.
        expected: Its value, of Python's own types.
        tolerance: How far numbers in it may be off, absolutely or relative to the expected one.
        setup: Statements to be run before.
    """

    call: str
    expected: object
    tolerance: float = 0.0
    setup: str = ""

    @property
    def snippet(self) -> str:
        """The statements, then the expression."""
        return f"{self.setup}\n{self.call}" if self.setup else self.call

    def judge(self, run: SnippetRun) -> CaseResult:
        """Compare what came of it with what is expected."""
        outcome: Outcome = run.ending
        if run.ending == "done":
            outcome = "passed" if self._is_right(run) else "wrong"
        return _result(self.snippet, repr(self.expected), outcome, run)

    def _is_right(self, run: SnippetRun) -> bool:
        if not run.is_plain:
            return False
        if run.value == repr(self.expected):
            return True
        try:
            return _equal(self.expected, ast.literal_eval(run.value), self.tolerance)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            return False  # nan and inf are read by their repr alone


@dataclass(frozen=True)
class CheckCase(Case):
    """Statements that raise where the program is wrong.

    They run beside the program: one that sets out to deceive them can. Where a value can be compared, prefer
    :class:`CallCase`.

    Attributes:
        code: The statements. What they call the program with and keep in ``__got__`` is shown as the result.
        call: What is called, as Python, to be shown; default: the statements.
        expected: What is expected, in words.
    """

    code: str
    call: str = ""
    expected: str = "no exception"

    @property
    def snippet(self) -> str:
        """The statements."""
        return self.code

    def judge(self, run: SnippetRun) -> CaseResult:
        """Passed where nothing was raised; a failed assertion is a wrong result."""
        outcome: Outcome = "passed" if run.ending == "done" else run.ending
        if run.ending == "raised" and run.error.split(":")[0] == "AssertionError":
            outcome = "wrong"
        return _result(self.call or self.code, self.expected, outcome, run)


@dataclass(frozen=True)
class CaseReport:
    """What came of all tests of one program.

    Attributes:
        results: One per test, in order.
    """

    results: tuple[CaseResult, ...]

    @property
    def n_passed(self) -> int:
        """How many passed."""
        return sum(result.is_passed for result in self.results)

    @property
    def failures(self) -> tuple[CaseResult, ...]:
        """Those that did not; what the sandbox could not run is not among them."""
        return tuple(
            result for result in self.results if not result.is_passed and result.outcome != "unsupported"
        )

    @property
    def unsupported(self) -> tuple[CaseResult, ...]:
        """Those that the sandbox could not run, which says nothing about the program."""
        return tuple(result for result in self.results if result.outcome == "unsupported")

    @property
    def is_passed(self) -> bool:
        """Whether every test was run and passed; False where there is none."""
        return bool(self.results) and self.n_passed == len(self.results)

    @property
    def score(self) -> float:
        """Share of the tests that passed, of those that could be run; 0 where there is none."""
        return self.n_passed / self.n_run if self.n_run else 0.0

    @property
    def n_run(self) -> int:
        """How many could be run."""
        return len(self.results) - len(self.unsupported)

    @property
    def says_little(self) -> bool:
        """Whether the failures do not show what is wrong, or there is no test at all."""
        known = [result for result in self.failures if result.outcome not in SAYS_LITTLE]
        return not known and not self.is_passed

    def without_traces(self) -> CaseReport:
        """The same for another program that behaves alike."""
        return CaseReport(tuple(result.without_traces() for result in self.results))


def _result(call: str, expected: str, outcome: Outcome, run: SnippetRun) -> CaseResult:
    return CaseResult(
        call=call,
        expected=expected,
        outcome=outcome,
        got=run.value,
        error=run.error,
        traceback=run.traceback,
        seconds=run.seconds,
        output=run.output,
    )


def _equal(expected: object, got: object, tolerance: float) -> bool:
    """Compare as Python does, or number by number within a tolerance."""
    if not tolerance:
        return bool(expected == got)
    if isinstance(expected, int | float) and isinstance(got, int | float):
        return math.isclose(expected, got, rel_tol=tolerance, abs_tol=tolerance)
    if isinstance(expected, list | tuple) and type(expected) is type(got) and len(expected) == len(got):
        return all(_equal(mine, its, tolerance) for mine, its in zip(expected, got, strict=True))
    return bool(expected == got)
