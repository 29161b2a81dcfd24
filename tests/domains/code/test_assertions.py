"""Assertions become tests that can be run, and told, one by one."""

from __future__ import annotations

import pytest

from tests.domains.code.doubles import HereSandbox
from textgrad_lite.domains.code import (
    CallCase,
    Case,
    CheckCase,
    Job,
    read_assertions,
    read_check,
    read_examples,
    read_tests,
)
from textgrad_lite.errors import DataError

CHECK = """
METADATA = {'author': 'x'}
import math

def twice(n):
    return 2 * n

def check(candidate):
    assert candidate(1) == 2, "one"
    assert True, "prints"
    numbers = [3]
    assert candidate(numbers[0]) == twice(3)
    assert abs(candidate(0.5) - 1.0) < 1e-6
    assert not candidate(0)
    for n in range(3):
        assert candidate(n) == 2 * n
    assert tuple([candidate(2)]) == (4,)
"""


def passes(here: HereSandbox, program: str, cases: tuple[Case, ...]) -> list[bool]:
    runs = here.run(Job(program, tuple(case.snippet for case in cases)))
    return [case.judge(run).is_passed for case, run in zip(cases, runs, strict=True)]


def test_each_assertion_is_a_test_of_its_own(here: HereSandbox) -> None:
    cases = read_check(CHECK, "double")
    assert len(cases) == 6  # `assert True` is none
    assert passes(here, "def double(n): return 2 * n", cases) == [True] * 6


def test_a_wrong_program_fails_where_it_is_wrong(here: HereSandbox) -> None:
    cases = read_check(CHECK, "double")
    failed = passes(here, "def double(n): return 2 if n == 1 else n * n", cases)
    assert failed == [True, False, False, True, True, True]


def test_a_comparison_keeps_what_is_expected_outside() -> None:
    first = read_check(CHECK, "double")[0]
    assert isinstance(first, CallCase)
    assert (first.call, first.expected) == ("double(1)", 2)


def test_what_is_no_comparison_with_a_literal_runs_inside_and_keeps_what_it_got() -> None:
    (case,) = read_assertions(["assert abs(f(2) - 1) < 0.1"], "f")
    assert isinstance(case, CheckCase)
    assert case.code == "__got__ = f(2)\nassert abs(__got__ - 1) < 0.1"
    assert (case.call, case.expected) == ("f(2)", "abs(f(2) - 1) < 0.1")


def test_a_loop_is_one_test(here: HereSandbox) -> None:
    (case,) = read_assertions(["for n in range(3):\n    assert f(n) == n"], "f")
    assert passes(here, "def f(n): return n", (case,)) == [True]
    assert passes(here, "def f(n): return 0", (case,)) == [False]


def test_methods_are_called_too() -> None:
    (case,) = read_assertions(["assert Solution().f(1) >= 2"], "f")
    assert case.snippet.startswith("__got__ = Solution().f(1)\n")


def test_a_check_without_the_function_is_told() -> None:
    with pytest.raises(DataError, match="no function check"):
        read_check("def test(candidate): pass", "f")
    with pytest.raises(DataError, match="no Python"):
        read_assertions(["assert f("], "f")


def test_the_form_of_tests_is_found() -> None:
    as_check = read_tests("def check(candidate):\n    assert candidate(1) == 2", "f")
    as_text = read_tests("assert f(1) == 2", "f")
    as_list = read_tests(["assert f(1) == 2"], "f")
    assert as_check == as_text == as_list == (CallCase("f(1)", 2),)


@pytest.mark.parametrize(
    "docstring,expected",
    [
        (">>> f([1, 2])\n[2]", {"f([1, 2])": [2]}),
        ("f('a)') == 'b'", {"f('a)')": "b"}),
        ("f(1) ➞ 2\nf(2)=>3\nf(3) -> 4\n f(4) # => 5.", {"f(1)": 2, "f(2)": 3, "f(3)": 4, "f(4)": 5}),
        ("f(1, 2) returns True\nf(1,3) should return False", {"f(1, 2)": True, "f(1,3)": False}),
        ("f(x) -> 4", {}),
        ("f(1 -> 4", {}),
        ("For f(1) nothing is said.", {}),
        ("", {}),
    ],
)
def test_examples_of_a_docstring(docstring: str, expected: dict[str, object]) -> None:
    assert {case.call: case.expected for case in read_examples(docstring, "f")} == expected
