"""What a model gets to read about a program, word for word."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from textgrad_lite.domains.code import CaseReport, CaseResult, Timing
from textgrad_lite.domains.code.wording import (
    duration,
    render_report,
    render_review_request,
    render_speed,
    render_speed_review_request,
    shortened,
)

Compare = Callable[[str, str], None]

PROGRAM = "def f(n):\n    return n  # </program>"
WRONG = CaseResult("f([1, 2])", "3", "wrong", got="2", seconds=0.01, output="checking\n")
RAISED = CaseResult(
    "f(None)",
    "0",
    "raised",
    error="TypeError: 'NoneType' object is not iterable",
    traceback='  File "<program>", line 2, in f\n    return sum(n)',
    seconds=0.27,
)
TIMEOUT = CaseResult("f(10)", "55", "timeout", error="it did not end within 5 seconds", seconds=5.001)
PASSED = CaseResult("f([])", "0", "passed", got="0")
DIED = CaseResult("f(1)", "1", "died", error="its process ended early, with signal 11", seconds=1.2)
UNSUPPORTED = CaseResult("f(2)", "2", "unsupported", error="ModuleNotFoundError: No module named 'heapq'")


def test_a_report_tells_input_expected_got_traceback_and_time(matches_golden: Compare) -> None:
    report = CaseReport((PASSED, WRONG, RAISED, TIMEOUT, DIED, UNSUPPORTED))
    matches_golden("report", render_report(report))


def test_a_report_of_a_program_that_passes(matches_golden: Compare) -> None:
    matches_golden("report_passed", render_report(CaseReport((PASSED, PASSED))))
    assert render_report(CaseReport(())) == "There are no tests for this program."


def test_the_reviewer_is_asked_for_the_complexity_and_the_reason(matches_golden: Compare) -> None:
    report = CaseReport((PASSED, TIMEOUT))
    matches_golden("review", render_review_request(PROGRAM, report, "Add the numbers up."))


def test_the_reviewer_is_asked_what_the_tests_may_miss(matches_golden: Compare) -> None:
    matches_golden("review_passed", render_review_request(PROGRAM, CaseReport((PASSED,))))


def test_a_speed_report(matches_golden: Compare) -> None:
    timing = Timing((1000, 2000), (0.1, 0.41), (0.2, 0.8), is_same=True)
    matches_golden("speed", render_speed(timing))
    matches_golden("speed_review", render_speed_review_request(PROGRAM, render_speed(timing)))


def test_a_speed_report_without_times() -> None:
    other = Timing((1000, 2000), (0.1, 0.41), (0.2, 0.8), is_same=False)
    assert "other results than the original" in render_speed(other)
    assert render_speed("it takes too long").endswith("large inputs: it takes too long")
    assert "n to the power" not in render_speed(Timing((1000,), (0.1,), (0.2,), is_same=True))


@pytest.mark.parametrize(
    "seconds,words",
    [(0.0, "less than 0.1 seconds"), (0.099, "less than 0.1 seconds"), (0.27, "about 0.3 seconds")],
)
def test_times_are_told_coarsely(seconds: float, words: str) -> None:
    assert duration(seconds) == words
    assert duration(12.2) == "about 12 seconds"


def test_long_values_keep_both_ends() -> None:
    text = shortened("a" * 10_000 + "z")
    assert len(text) < 700
    assert (text[0], text[-1]) == ("a", "z")
