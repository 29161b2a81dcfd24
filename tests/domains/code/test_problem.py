"""A program is found in whatever a model replies."""

from __future__ import annotations

import pytest

from textgrad_lite.data import Example
from textgrad_lite.domains.code import CallCase, Problem, dataset_of, problem_of
from textgrad_lite.domains.code.problem import code_in
from textgrad_lite.errors import DataError

PROMPT = '''from typing import List

def helper(n):
    return n

def add(ns: List[int]) -> int:
    """Add up."""
'''
PROBLEM = Problem("p/1", PROMPT, "add")


def run(program: str) -> int:
    space: dict[str, object] = {}
    exec(program, space)  # noqa: S102 - written above
    return space["add"]([1, 2])  # type: ignore[operator, no-any-return]


@pytest.mark.parametrize(
    "reply",
    [
        "def add(ns: List[int]):\n    return sum(ns)",
        "Here it is:\n```python\ndef add(ns: List[int]):\n    return sum(helper(n) for n in ns)\n```\nDone.",
        "```python\nfrom typing import List\n```\n\n```\ndef add(ns: List[int]):\n    return sum(ns)\n```",
        "```python\ndef add(ns):\n    return sum(ns)",
        "    return sum(ns)",
        "```python\n    return sum(ns)\n```",
        "<think>Easy.</think>\ndef add(ns):\n    return sum(ns)",
    ],
)
def test_programs_in_replies(reply: str) -> None:
    assert run(PROBLEM.program_in(reply)) == 3


def test_what_the_prompt_brings_is_not_put_in_twice() -> None:
    whole = PROBLEM.program_in("def add(ns):\n    return sum(ns)")
    assert PROBLEM.program_in(whole).count("def helper") == 1


def test_names_of_typing_need_no_import() -> None:
    problem = Problem("p", 'def add(ns: List[int]) -> int:\n    """Add up."""\n', "add")
    assert run(problem.program_in("def add(ns: List[int]) -> Optional[int]:\n    return sum(ns)")) == 3
    assert run(problem.program_in("    return sum(ns)")) == 3
    brought = "from typing import List\ndef add(ns: List[int]):\n    return sum(ns)"
    assert problem.program_in(brought) == f"{brought}\n"


def test_what_has_to_come_first_comes_first() -> None:
    program = PROBLEM.program_in("from __future__ import annotations\ndef add(ns):\n    return sum(ns)")
    assert program.startswith("from __future__ import annotations\n")
    assert run(program) == 3


def test_what_is_no_python_stays_as_it_is() -> None:
    assert PROBLEM.program_in("def add(ns: return").endswith("def add(ns: return\n")


def test_a_prompt_in_prose_brings_nothing() -> None:
    problem = Problem("p", "Write a function add that adds up. Then say def.", "add")
    assert problem.program_in("def add(ns): pass") == "def add(ns): pass\n"
    assert Problem("p", "Write add.", "add").program_in("x = 1") == "x = 1\n"


def test_tildes_fence_too() -> None:
    assert code_in("~~~\nx = 1\n~~~") == "x = 1"


def test_a_problem_of_an_example() -> None:
    example = Example(id="a", input=PROMPT, fields={"entry_point": "add", "test": "assert add([1]) == 1"})
    assert problem_of(example).hidden == (CallCase("add([1])", 1),)
    with pytest.raises(DataError, match="entry_point"):
        problem_of(Example(id="a", input=PROMPT))


def test_examples_of_problems() -> None:
    (example,) = dataset_of([PROBLEM])
    assert (example.id, example.input) == ("p/1", PROMPT)
