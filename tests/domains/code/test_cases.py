"""A result is compared with what is expected, outside of the sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domains.code.doubles import HereSandbox
from textgrad_lite.domains.code import CallCase, CaseReport, CaseResult, CheckCase, Job, SnippetRun
from textgrad_lite.domains.code.cases import Outcome


def judged(here: HereSandbox, program: str, case: CallCase | CheckCase) -> CaseResult:
    (run,) = here.run(Job(program, (case.snippet,)))
    return case.judge(run)


@pytest.mark.parametrize(
    "program,expected,tolerance,outcome",
    [
        ("def f(): return [1, 2]", [1, 2], 0.0, "passed"),
        ("def f(): return [1, 3]", [1, 2], 0.0, "wrong"),
        ("def f(): return (1, 2)", [1, 2], 0.0, "wrong"),
        ("def f(): return 2.0", 2, 0.0, "passed"),
        ("def f(): return 0.1 + 0.2", 0.3, 0.0, "wrong"),
        ("def f(): return 0.1 + 0.2", 0.3, 1e-9, "passed"),
        ("def f(): return [(0.1 + 0.2, 'a')]", [(0.3, "a")], 1e-9, "passed"),
        ("def f(): return [0.3]", [0.3, 1.0], 1e-9, "wrong"),
        ("def f(): return float('inf')", float("inf"), 0.0, "passed"),
        ("def f(): return float('nan')", 1.0, 0.0, "wrong"),
        ("def f(): return set()", set(), 0.0, "passed"),
        ("def f(): 1 / 0", 1, 0.0, "raised"),
        ("def g(): return 1", 1, 0.0, "raised"),
        ("def f(): raise MemoryError", 1, 0.0, "memory"),
    ],
)
def test_outcomes(
    here: HereSandbox, program: str, expected: object, tolerance: float, outcome: Outcome
) -> None:
    assert judged(here, program, CallCase("f()", expected, tolerance)).outcome == outcome


def test_an_object_that_equals_everything_does_not_pass(here: HereSandbox) -> None:
    program = """
class Yes:
    def __eq__(self, other): return True
    def __repr__(self): return '42'
class Number(int):
    def __eq__(self, other): return True
def f(): return Yes()
def g(): return Number(42)
"""
    assert judged(here, program, CallCase("f()", 42)).outcome == "wrong"
    assert judged(here, program, CallCase("g()", 42)).outcome == "wrong"


def test_what_is_expected_is_not_in_the_snippet() -> None:
    assert "4711" not in CallCase("f(1)", 4711, setup="x = 1").snippet


def test_setup_runs_before_the_call(here: HereSandbox) -> None:
    case = CallCase("f(x)", 3, setup="x = 2")
    assert judged(here, "def f(n): return n + 1", case).is_passed


def test_a_check_shows_what_it_had_got(here: HereSandbox) -> None:
    case = CheckCase("__got__ = f(1)\nassert __got__ > 2", call="f(1)", expected="f(1) > 2")
    result = judged(here, "def f(n): return n", case)
    assert (result.outcome, result.call, result.got) == ("wrong", "f(1)", "1")
    assert judged(here, "def f(n): return 9", case).is_passed


def test_only_a_failed_assertion_is_a_wrong_result(here: HereSandbox) -> None:
    assert judged(here, "def f(): 1 / 0", CheckCase("f()")).outcome == "raised"


def report(*outcomes: Outcome) -> CaseReport:
    return CaseReport(tuple(CaseResult("f()", "1", outcome) for outcome in outcomes))


@pytest.mark.parametrize(
    "outcomes,n_passed,is_passed,says_little,score",
    [
        (("passed", "passed"), 2, True, False, 1.0),
        (("passed", "wrong"), 1, False, False, 0.5),
        (("passed", "timeout"), 1, False, True, 0.5),
        (("died", "memory"), 0, False, True, 0.0),
        (("raised", "timeout"), 0, False, False, 0.0),
        (("passed", "unsupported"), 1, False, True, 1.0),
        ((), 0, False, True, 0.0),
    ],
)
def test_reports(
    outcomes: tuple[Any, ...], n_passed: int, is_passed: bool, says_little: bool, score: float
) -> None:
    made = report(*outcomes)
    assert (made.n_passed, made.is_passed, made.says_little, made.score) == (
        n_passed,
        is_passed,
        says_little,
        score,
    )


def test_what_could_not_be_run_is_no_failure() -> None:
    made = report("unsupported", "wrong")
    assert [result.outcome for result in made.failures] == ["wrong"]
    assert [result.outcome for result in made.unsupported] == ["unsupported"]
    assert made.n_run == 1


def test_an_unsupported_run_is_never_wrong() -> None:
    run = SnippetRun(ending="unsupported", error="ModuleNotFoundError: No module named 'heapq'")
    assert CallCase("f()", 1).judge(run).outcome == "unsupported"
    assert CheckCase("f()").judge(run).outcome == "unsupported"
