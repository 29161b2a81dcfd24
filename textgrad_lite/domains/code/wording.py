"""What is said of a program to whoever rewrites it, and the question to a model that reviews it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from textgrad_lite.domains.code.cases import CaseReport
from textgrad_lite.domains.code.timing import Timing
from textgrad_lite.prompts import render_from

SHOWN_FAILURES = 3
_LONGEST = 600
_HAPPENED: Mapping[str, str] = MappingProxyType(
    {
        "raised": "It raises ",
        "timeout": "It takes too long: ",
        "memory": "It needs too much memory: ",
        "output": "It prints too much: ",
        "died": "It breaks down: ",
        "not run": "It was not run: ",
    }
)


def render_report(report: CaseReport, shown: int = SHOWN_FAILURES) -> str:
    """Say which tests failed: input, expected, got, traceback and time of the first few."""
    return render_from(
        __package__,
        "report",
        report=report,
        shown=shown,
        happened=_HAPPENED,
        shortened=shortened,
        duration=duration,
    )


def render_task(task: str) -> str:
    """Say what a program has to do, to whoever rewrites it."""
    return render_from(__package__, "task", task=task)


def render_review_request(program: str, report: CaseReport, task: str = "") -> str:
    """Ask for the complexity of a program and for the reason of what the tests say."""
    said = render_report(report)
    return render_from(
        __package__, "review", program=program, report=said, is_passed=report.is_passed, task=task
    )


def render_speed(timing: Timing | str) -> str:
    """Say how fast a program is beside the one that it shall replace, or why that cannot be told."""
    return render_from(__package__, "speed", timing=timing)


def render_speed_review_request(program: str, report: str) -> str:
    """Ask for the complexity of a program that is right, and for a better algorithm."""
    return render_from(__package__, "speed_review", program=program, report=report)


def shortened(text: str) -> str:
    """Cut a long value in its middle."""
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]} […] {text[-half:]}"


def duration(seconds: float) -> str:
    """Say a time coarsely, so that equal runs are told in equal words."""
    if seconds < 0.1:
        return "less than 0.1 seconds"
    return f"about {seconds:.1g} seconds" if seconds < 9.5 else f"about {seconds:.0f} seconds"
