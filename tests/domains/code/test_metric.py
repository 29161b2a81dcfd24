"""A reply is right where its program passes all tests."""

from __future__ import annotations

import pytest

from tests.domains.code.doubles import HereSandbox, StubSandbox
from textgrad_lite import runtime
from textgrad_lite.data import Example
from textgrad_lite.domains.code import CallCase, PassesTests, Problem, SnippetRun, dataset_of
from textgrad_lite.errors import MetricError
from textgrad_lite.metrics import MetricResult

PROBLEM = Problem(
    "add", "def add(ns):\n", "add", visible=(CallCase("add([1])", 1),), hidden=(CallCase("add([1, 2])", 3),)
)
EXAMPLE = dataset_of([PROBLEM])[0]
WITH_TESTS = Example(
    id="other", input="def add(ns):\n", fields={"entry_point": "add", "test": "assert add([1, 2]) == 3"}
)


def score(metric: PassesTests, example: Example, reply: str) -> MetricResult:
    return runtime.run(metric.score(example, reply))


def test_a_right_program_scores_one(here: HereSandbox) -> None:
    result = score(PassesTests([PROBLEM], here), EXAMPLE, "```\ndef add(ns):\n    return sum(ns)\n```")
    assert (result.score, result.kind) == (1.0, "right")


def test_a_wrong_one_scores_nothing_and_is_told_why(here: HereSandbox) -> None:
    result = score(PassesTests([PROBLEM], here), EXAMPLE, "    return 1")
    assert (result.score, result.kind) == (0.0, "wrong")
    assert "It should give: 3" in result.feedback


def test_visible_tests_count_where_they_shall(here: HereSandbox) -> None:
    assert score(PassesTests([PROBLEM], here, tests="visible"), EXAMPLE, "    return 1").is_right


def test_an_example_may_bring_its_own_tests(here: HereSandbox) -> None:
    metric = PassesTests(sandbox=here)
    assert score(metric, WITH_TESTS, "    return sum(ns)").is_right
    assert not score(metric, WITH_TESTS, "    return 0").is_right


def test_an_example_without_tests_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(MetricError, match="no tests"):
        PassesTests().check(EXAMPLE)
    with pytest.raises(MetricError, match="no visible tests"):
        PassesTests(tests="visible").check(WITH_TESTS)
    PassesTests([PROBLEM]).check(EXAMPLE)


def test_what_the_sandbox_cannot_run_is_no_score() -> None:
    stub = StubSandbox(SnippetRun(ending="unsupported", error="no heapq"))
    with pytest.raises(MetricError, match="cannot run"):
        score(PassesTests([PROBLEM], stub), EXAMPLE, "    return 1")


def test_other_tests_are_another_metric() -> None:
    other = Problem("add", "def add(ns):\n", "add", hidden=(CallCase("add([1, 2])", 4),))
    assert PassesTests([PROBLEM]).fingerprint() == PassesTests([PROBLEM]).fingerprint()
    assert PassesTests([PROBLEM]).fingerprint() != PassesTests([other]).fingerprint()
    assert PassesTests([PROBLEM], tests="visible").name == "passes_visible_tests"
