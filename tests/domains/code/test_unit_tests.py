"""A program is criticised by its tests, and by a reviewer only where these say too little."""

from __future__ import annotations

import pytest

from tests.domains.code.doubles import HereSandbox, StubSandbox
from textgrad_lite.domains.code import CallCase, Limits, SnippetRun, UnitTestLoss, UnsafeSubprocess, report_of
from textgrad_lite.errors import FunctionError, SandboxError
from textgrad_lite.graph import Variable
from textgrad_lite.optimizers import TGD
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.testing import ScriptedEngine

CASES = [CallCase("f([1, 2])", 3), CallCase("f([])", 0)]
RIGHT = "def f(ns):\n    return sum(ns)\n"
WRONG = "def f(ns):\n    return max(ns)\n"


def program(text: str) -> Variable:
    return Variable(text, role_description="Python program")


def test_what_fails_is_the_criticism_and_costs_no_call(here: HereSandbox) -> None:
    written = program(WRONG)
    loss = UnitTestLoss(CASES, here)(written)
    loss.backward()
    (gradient,) = written.gradients
    assert "It should give: 3\nIt gives: 2" in gradient.text
    assert "ValueError: max()" in gradient.text
    assert "return max(ns)" in gradient.text
    assert (gradient.is_keep, gradient.score) == (False, 0.0)
    assert loss.role_description == "test report of the Python program"


def test_a_program_that_passes_is_kept(here: HereSandbox) -> None:
    written = program(RIGHT)
    loss = UnitTestLoss(CASES, here)(written)
    loss.backward()
    (gradient,) = written.gradients
    assert (gradient.is_keep, gradient.score) == (True, 1.0)
    report = report_of(loss)
    assert report is not None
    assert report.is_passed


def test_a_reviewer_is_not_asked_where_the_tests_say_enough(here: HereSandbox) -> None:
    engine = ScriptedEngine()
    for text in (RIGHT, WRONG):
        assert UnitTestLoss(CASES, here, reviewer=engine)(program(text)).value
    assert engine.requests == []


def test_a_reviewer_says_why_a_program_does_not_end(plain: UnsafeSubprocess) -> None:
    engine = ScriptedEngine().on("Quadratic. Line 2 never ends.", purpose="loss")
    written = program("def f(ns):\n    while True: pass\n")
    loss = UnitTestLoss(CASES[:1], plain, reviewer=engine, task="Add up.", limits=Limits(seconds=0.3))
    loss(written).backward()
    (request,) = engine.requests
    asked = request.messages[0].text
    assert "<task>\nAdd up.\n</task>" in asked
    assert "while True: pass" in asked
    assert "did not end within 0.3 seconds" in asked
    (gradient,) = written.gradients
    assert gradient.text.endswith("\n\nQuadratic. Line 2 never ends.")
    assert gradient.context == "A program has to do this:\n<task>\nAdd up.\n</task>"


def test_a_reviewer_looks_further_where_it_is_wished(here: HereSandbox) -> None:
    engine = ScriptedEngine().on("Linear. It fails on None.", purpose="loss")
    written = program(RIGHT)
    UnitTestLoss(CASES, here, reviewer=engine, reviews="always")(written).backward()
    (gradient,) = written.gradients
    assert not gradient.is_keep
    assert gradient.text.endswith("It fails on None.")


def test_without_tests_the_reviewer_has_the_word(here: HereSandbox) -> None:
    engine = ScriptedEngine().on("It fails on an empty list.", purpose="loss")
    loss = UnitTestLoss([], here, reviewer=engine)(program(WRONG))
    assert str(loss.value).endswith("It fails on an empty list.")


def test_a_program_that_cannot_be_run_here_is_neither_right_nor_wrong() -> None:
    stub = StubSandbox(SnippetRun(ending="unsupported", error="ModuleNotFoundError: No module named 'heapq'"))
    with pytest.raises(FunctionError) as raised:
        UnitTestLoss(CASES, stub)(program(RIGHT)).value  # noqa: B018 - reading waits
    assert isinstance(raised.value.__cause__, SandboxError)
    engine = ScriptedEngine().on("Looks right.", purpose="loss")
    written = program(RIGHT)
    UnitTestLoss(CASES, stub, reviewer=engine)(written).backward()
    (gradient,) = written.gradients
    assert "says nothing about the program" in gradient.text
    assert gradient.score is None


def test_a_step_makes_it_right(here: HereSandbox) -> None:
    first, last = NEW_TEXT_TAGS
    engine = ScriptedEngine().on(f"{first}\n{RIGHT}\n{last}", purpose="optimizer", matches="It gives: 2")
    written = program(WRONG)
    UnitTestLoss(CASES, here)(written).backward()
    TGD([written], engine=engine).step()
    assert written.value == RIGHT


def test_another_loss_has_no_report() -> None:
    assert report_of(program("x")) is None
