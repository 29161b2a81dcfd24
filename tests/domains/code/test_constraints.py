"""A rewrite of a program defines its function, and passes its tests."""

from __future__ import annotations

import pytest

from tests.domains.code.doubles import HereSandbox
from textgrad_lite.domains.code import CallCase, DefinesFunction, Examiner, PassesAll
from textgrad_lite.graph import Gradient, Variable
from textgrad_lite.optimizers import TGD
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.testing import ScriptedEngine

FIRST, LAST = NEW_TEXT_TAGS


@pytest.mark.parametrize(
    "program,violation",
    [
        ("def f(n): return n", None),
        ("class Solution:\n    def f(self, n): return n", None),
        ("async def f(n): return n", None),
        ("def g(n): return n", "The program must define the function f."),
        ("f = 1", "The program must define the function f."),
        ("def f(", "The text must be Python code: line 1: '(' was never closed."),
    ],
)
def test_the_function_has_to_be_there(program: str, violation: str | None) -> None:
    assert DefinesFunction("f").check("", program) == violation
    assert "define the function f" in DefinesFunction("f").describe("")


def test_a_program_has_to_pass(here: HereSandbox) -> None:
    constraint = PassesAll(Examiner([CallCase("f(1)", 2)], here))
    assert constraint.check("", "def f(n): return n + 1") is None
    violation = constraint.check("", "def f(n): return n")
    assert violation is not None
    assert "It should give: 2\nIt gives: 1" in violation
    assert constraint.describe("")


def test_a_rewrite_that_fails_is_sent_back_and_never_adopted(here: HereSandbox) -> None:
    engine = ScriptedEngine()
    engine.on(f"{FIRST}\ndef f(n): return n + 1\n{LAST}", matches="It gives: 7")
    engine.on(f"{FIRST}\ndef f(n): return 7\n{LAST}")
    program = Variable("def f(n): return 1 + n + 0", role_description="program")
    program.add_gradient(Gradient("It is slow.", version=program.version))
    examiner = Examiner([CallCase("f(1)", 2)], here)
    report = TGD([program], engine=engine, hard_constraints=[PassesAll(examiner)]).step()
    assert program.value == "def f(n): return n + 1"
    assert report.calls == 2
