"""What monty cannot run is told apart from what is wrong."""

from __future__ import annotations

import sys

import pytest

from textgrad_lite.domains.code import Job, Limits, MontySandbox, SnippetRun
from textgrad_lite.domains.code.job import Ending
from textgrad_lite.domains.code.monty_endings import ending_of
from textgrad_lite.errors import MissingDependencyError


@pytest.mark.parametrize(
    "kind,said,ending",
    [
        ("ModuleNotFoundError", "No module named 'heapq'", "unsupported"),
        ("ModuleNotFoundError", "No module named 'my_helpers'", "raised"),
        (
            "ImportError",
            "cannot import name 'OrderedDict' from 'collections' (unknown location)",
            "unsupported",
        ),
        ("NameError", "name 'bytearray' is not defined", "unsupported"),
        ("NameError", "name 'total' is not defined", "raised"),
        ("AttributeError", "'str' object has no attribute 'translate'", "unsupported"),
        ("AttributeError", "'str' object has no attribute 'push'", "raised"),
        ("AttributeError", "'Node' object has no attribute 'left'", "raised"),
        ("AttributeError", "module 'sys' has no attribute 'exit'", "unsupported"),
        (
            "NotImplementedError",
            "The monty syntax parser does not yet support yield expressions",
            "unsupported",
        ),
        ("NotImplementedError", "to be written", "raised"),
        ("TimeoutError", "feed time limit exceeded: 1.1s > 1s", "timeout"),
        ("TimeoutError", "raised by the program", "raised"),
        ("MemoryError", "memory limit exceeded: 2000 bytes > 1000 bytes", "memory"),
        ("MemoryError", "memory limit exceeded: 90 bytes > 77 bytes", "output"),
        ("ZeroDivisionError", "division by zero", "raised"),
    ],
)
def test_endings(kind: str, said: str, ending: Ending) -> None:
    assert ending_of(kind, said, Limits(output_bytes=77)) == ending


def test_without_the_package_that_is_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic_monty", None)
    with pytest.raises(MissingDependencyError, match="pydantic-monty"):
        MontySandbox().run(Job("", ("1",)))


def run(program: str, *snippets: str) -> list[SnippetRun]:
    return MontySandbox().run(Job(program, snippets, Limits(seconds=5)))


@pytest.mark.extra
def test_a_program_is_run() -> None:
    program = "def f(n):\n    print(n)\n    return [n, {'a': 1.5}, (None, True)]"
    (found,) = run(program, "f(2)")
    assert (found.ending, found.value, found.is_plain) == ("done", "[2, {'a': 1.5}, (None, True)]", True)
    assert found.output == "2\n"


@pytest.mark.extra
def test_snippets_are_run_apart() -> None:
    runs = run("seen = []", "seen.append(1); len(seen)", "seen.append(2); len(seen)")
    assert [found.value for found in runs] == ["1", "1"]


@pytest.mark.extra
def test_an_exception_is_told_with_its_lines() -> None:
    (found,) = run("def f(n):\n    return 1 // n", "__got__ = 5\nf(0)")
    assert (found.ending, found.value) == ("raised", "5")
    assert found.error.startswith("ZeroDivisionError")
    assert "return 1 // n" in found.traceback


@pytest.mark.extra
@pytest.mark.parametrize(
    "program",
    [
        "import heapq",
        "import string",
        "x = bytearray(3)",
        "def f():\n    yield 1\nlist(f())",
        "class A(int): pass",
    ],
)
def test_what_it_lacks_is_unsupported_and_not_wrong(program: str) -> None:
    (found,) = run(program, "1")
    assert found.ending == "unsupported", found


@pytest.mark.extra
def test_what_is_no_python_is_the_fault_of_the_program() -> None:
    (found,) = run("def f(:", "1")
    assert found.ending == "raised"
    assert found.error.startswith("SyntaxError")
