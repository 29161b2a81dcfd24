"""Each program is examined once, however often and in whatever guise it is proposed."""

from __future__ import annotations

import pytest

from tests.domains.code.doubles import HereSandbox
from textgrad_lite.domains.code import CallCase, CaseReport, Examiner, sample_calls
from textgrad_lite.errors import SandboxError

CASES = [CallCase("f([1, 2])", 3), CallCase("f([])", 0)]
SUM = "def f(ns): return sum(ns)"
SUM_AGAIN = "def f(ns):\n    # the sum\n    return sum(ns)"
LOOP = "def f(ns):\n    total = 0\n    for n in ns: total += n\n    return total"
WRONG = "def f(ns): return len(ns) and 3"
RAISING = "def f(ns): return ns[0]"


def examine(examiner: Examiner, *programs: str) -> list[CaseReport]:
    return examiner.examine_all(programs)


def test_reports_come_in_the_order_of_the_programs(here: HereSandbox) -> None:
    right, raising, again = examine(Examiner(CASES, here), SUM, RAISING, SUM)
    assert (right.n_passed, raising.n_passed) == (2, 0)
    assert [failure.outcome for failure in raising.failures] == ["wrong", "raised"]
    assert again is right


def test_programs_of_one_syntax_are_run_once(here: HereSandbox) -> None:
    examiner = Examiner(CASES, here)
    examine(examiner, SUM, SUM_AGAIN)
    examiner.examine(SUM_AGAIN)
    assert (examiner.counts.asked, examiner.counts.same_syntax, examiner.counts.run) == (3, 2, 1)
    assert len(here.jobs) == 1


def test_programs_of_one_behaviour_are_run_once(here: HereSandbox) -> None:
    examiner = Examiner(CASES, here, probes=sample_calls(CASES))
    first, second = examine(examiner, SUM, LOOP)
    third = examiner.examine(LOOP + "\n\nunused = 1\n")
    assert first.is_passed
    assert second.is_passed
    assert third.is_passed
    assert (examiner.counts.same_behaviour, examiner.counts.run) == (2, 1)
    snippets = {case.snippet for case in CASES}
    assert sum(set(job.snippets) == snippets for job in here.jobs) == 1


def test_programs_that_differ_are_not_taken_for_one(here: HereSandbox) -> None:
    examiner = Examiner(CASES, here, probes=sample_calls(CASES))
    right, wrong = examine(examiner, SUM, WRONG)
    assert (right.is_passed, wrong.is_passed) == (True, True)  # the tests cannot tell them apart
    assert examiner.counts.run == 2  # the samples can


def test_lines_and_times_are_not_those_of_another_program(here: HereSandbox) -> None:
    cases = [*CASES, CallCase("f(None)", 0)]
    examiner = Examiner(cases, here, probes=sample_calls(cases))
    first, second = examine(
        examiner, "def f(ns): return sum(ns)", "def f(ns):\n    n = ns\n    return sum(n)"
    )
    assert examiner.counts.run == 1
    assert "return sum(ns)" in first.failures[0].traceback
    assert second.failures[0].error == first.failures[0].error
    assert second.failures[0].traceback == ""


def test_without_tests_nothing_is_run(here: HereSandbox) -> None:
    (report,) = examine(Examiner((), here), SUM)
    assert report.results == ()
    assert here.jobs == []


def test_the_sandbox_is_found_when_it_is_needed(here: HereSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    examiner = Examiner(CASES)
    monkeypatch.setattr("textgrad_lite.domains.code.examination.find_sandbox", lambda: here)
    assert examine(examiner, SUM)[0].is_passed
    assert examiner.sandbox is here


def test_where_there_is_none_that_is_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def find() -> None:
        raise SandboxError("no sandbox can be used here")

    monkeypatch.setattr("textgrad_lite.domains.code.examination.find_sandbox", find)
    with pytest.raises(SandboxError, match="no sandbox"):
        examine(Examiner(CASES), SUM)
