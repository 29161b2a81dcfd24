"""Programs that only look different are recognised, and others are not taken for the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domains.code.doubles import HereSandbox, StubSandbox
from textgrad_lite import runtime
from textgrad_lite.domains.code import CallCase, SnippetRun, sample_calls
from textgrad_lite.domains.code.behaviour import behaviour_key, syntax_key

SUM = 'def f(ns):\n    """Add up."""\n    return sum(ns)  # all of them\n'
SAME_SYNTAX = "\n\ndef f(ns):\n        return (sum(ns))\n"
LOOP = "def f(ns):\n    total = 0\n    for n in ns:\n        total += n\n    return total\n"
ALMOST = "def f(ns):\n    return sum(ns) if len(ns) < 4 else 0\n"
CALLS = sample_calls([CallCase("f([1, 2, 3])", 6)])


def key_of(program: str, here: HereSandbox) -> str | None:
    return runtime.run(behaviour_key(program, CALLS, here))


def test_comments_docstrings_and_layout_do_not_count() -> None:
    assert syntax_key(SUM) == syntax_key(SAME_SYNTAX)
    assert syntax_key(SUM) != syntax_key(LOOP)
    assert syntax_key('def f():\n    "only words"') == syntax_key("def f():\n    pass")


def test_what_is_no_python_is_compared_as_text() -> None:
    assert syntax_key("def f(") == "def f("


def test_programs_that_do_the_same_have_one_key(here: HereSandbox) -> None:
    assert key_of(SUM, here) == key_of(LOOP, here) is not None
    assert key_of(SUM, here) != key_of(ALMOST, here)


def test_exceptions_are_behaviour_too(here: HereSandbox) -> None:
    fussy = "def f(ns):\n    if not ns: raise ValueError('empty')\n    return sum(ns)"
    assert key_of(fussy, here) not in (None, key_of(SUM, here))


@pytest.mark.parametrize(
    "program", ["def f(ns): raise NotImplementedError", "def f(ns): return object()", "def g(): pass"]
)
def test_what_does_not_tell_programs_apart_is_no_key(program: str, here: HereSandbox) -> None:
    assert key_of(program, here) is None


def test_a_run_that_was_ended_tells_nothing() -> None:
    for ending in ("timeout", "unsupported", "died"):
        stub = StubSandbox(SnippetRun(ending=ending))
        assert runtime.run(behaviour_key("", ["f(1)"], stub)) is None


def test_without_calls_there_is_no_key(here: HereSandbox) -> None:
    assert runtime.run(behaviour_key(SUM, (), here)) is None
    assert here.jobs == []


def test_samples_are_varied_and_always_the_same() -> None:
    cases = [CallCase("f([1, 2], 'ab', 2.5, True, (1,), None)", 0)]
    calls = sample_calls(cases, n=30)
    assert calls[0] == cases[0].call
    assert len(set(calls)) == 30
    assert calls == sample_calls(cases, n=30)
    assert calls != sample_calls(cases, n=30, seed=1)


def test_calls_that_cannot_be_varied_are_used_as_they_are() -> None:
    cases = [CallCase("f(g(1))", 0), CallCase("f(a=1)", 0), CallCase("f(x)", 0, setup="x = 1")]
    assert sample_calls(cases) == ("f(g(1))", "f(a=1)")


@given(st.lists(st.integers() | st.text() | st.booleans() | st.lists(st.integers()), max_size=4))
def test_samples_are_calls_with_as_many_arguments(arguments: list[object]) -> None:
    call = f"f({', '.join(map(repr, arguments))})"
    for made in sample_calls([CallCase(call, 0)], n=10):
        here = HereSandbox()
        (run,) = here.run_snippets("def f(*given): return len(given)", made)
        assert run.value == str(len(arguments))
