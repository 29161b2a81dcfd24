"""What is said of a value and of an exception, where the program runs."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.domains.code.inside import LONGEST_TEXT, LONGEST_VALUE, clip, run_here, show

_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=10,
)


@given(_plain)
def test_a_plain_value_can_be_read_back(value: Any) -> None:
    text, is_plain = show(value)
    assert is_plain
    assert ast.literal_eval(text) == value


def test_what_only_pretends_to_be_a_value_is_not_plain() -> None:
    class Anything(int):
        def __eq__(self, other: object) -> bool:
            return True

        def __repr__(self) -> str:
            return "42"

        __hash__ = int.__hash__

    assert show(Anything()) == ("42", False)
    assert show([Anything()])[1] is False
    assert show({"a": Anything()})[1] is False


def test_addresses_are_left_out_so_that_equal_runs_look_equal() -> None:
    assert show(object()) == ("<object object>", False)


def test_what_is_too_long_or_too_deep_is_not_plain() -> None:
    text, is_plain = show("x" * LONGEST_VALUE)
    assert not is_plain
    assert len(text) == LONGEST_VALUE + 1
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    assert show(nested)[1] is False


def test_the_value_of_a_snippet_is_that_of_its_last_expression() -> None:
    found = run_here("def f(n):\n    return n + 1", "n = 2\nf(n)")
    assert (found["ending"], found["value"], found["is_plain"]) == ("done", "3", True)
    assert run_here("", "n = 2")["value"] == "None"


def test_an_exception_is_told_with_the_lines_of_the_program_alone() -> None:
    found = run_here("def f(n):\n    return n[9]\n", "f([1])")
    assert found["ending"] == "raised"
    assert found["error"] == "IndexError: list index out of range"
    told = str(found["traceback"])
    assert 'File "<program>", line 2, in f' in told
    assert "return n[9]" in told
    assert "inside.py" not in told


@pytest.mark.parametrize(
    "program,error",
    [
        ("def f(:", "SyntaxError: invalid syntax (line 1: def f(:)"),
        ("raise SystemExit(0)", "SystemExit: 0"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
    ],
)
def test_a_program_that_cannot_be_loaded_has_raised(program: str, error: str) -> None:
    found = run_here(program, "1")
    assert (found["ending"], found["error"]) == ("raised", error)


def test_an_exception_whose_message_fails_is_still_told() -> None:
    program = "class Bad(Exception):\n    def __str__(self):\n        raise ValueError\n"
    assert run_here(program, "raise Bad")["error"] == "Bad: (its message cannot be shown)"


def test_what_a_check_had_got_is_kept() -> None:
    found = run_here("def f():\n    return 5", "__got__ = f()\nassert __got__ == 4")
    assert (found["ending"], found["value"]) == ("raised", "5")


def test_running_out_of_memory_has_a_name_of_its_own() -> None:
    assert run_here("", "raise MemoryError")["ending"] == "memory"


def test_a_long_text_keeps_both_ends() -> None:
    text = clip("a" * LONGEST_TEXT + "z")
    assert len(text) < LONGEST_TEXT + 10
    assert text.startswith("aaa")
    assert text.endswith("z")
    assert clip("short") == "short"
