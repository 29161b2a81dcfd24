"""A program becomes faster and stays right."""

from __future__ import annotations

import pytest

from tests.domains.code.doubles import HereSandbox
from textgrad_lite.domains.code import (
    CallCase,
    Examiner,
    SpeedLoss,
    Workload,
    make_faster,
    measured_of,
)
from textgrad_lite.graph import Variable
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.testing import ScriptedEngine

FIRST, LAST = NEW_TEXT_TAGS
SLOW = "def total(n):\n    found = 0\n    for i in range(n * 200):\n        found += i\n    return found\n"
FAST = "def total(n):\n    m = n * 200\n    return m * (m - 1) // 2\n"
WRONG = "def total(n):\n    return n\n"
WRONG_ON_LARGE = "def total(n):\n    return sum(range(n * 200)) if n < 9 else 0\n"
SLOWER = SLOW.replace("range(n * 200):", "range(n * 200):\n        found += 0")
MAKE = "def make_input(size, seed):\n    return (size + seed,)\n"
WORKLOAD = Workload("total", MAKE, (10, 40), repetitions=3)


@pytest.fixture
def examiner(here: HereSandbox) -> Examiner:
    return Examiner([CallCase("total(1)", 19900), CallCase("total(2)", 79800)], here)


def rewrite(text: str) -> str:
    return f"{FIRST}\n{text}{LAST}"


def test_a_fast_program_is_told_its_ratio_and_growth(examiner: Examiner) -> None:
    program = Variable(FAST, role_description="program")
    loss = SpeedLoss(SLOW, WORKLOAD, examiner)(program)
    loss.backward()
    (gradient,) = program.gradients
    assert "times as long as the original" in gradient.text
    assert "n to the power of" in gradient.text
    assert gradient.score is not None
    assert gradient.score > 0.8
    measured = measured_of(loss)
    assert measured is not None
    assert measured.speedup > 5


@pytest.mark.parametrize("text,said", [(WRONG, "It should give: 19900"), (WRONG_ON_LARGE, "other results")])
def test_a_wrong_program_is_told_that_it_is_wrong(examiner: Examiner, text: str, said: str) -> None:
    program = Variable(text, role_description="program")
    loss = SpeedLoss(SLOW, WORKLOAD, examiner, reviewer=ScriptedEngine())(program)
    loss.backward()
    assert said in program.gradients[0].text
    assert program.gradients[0].score == 0.0
    assert measured_of(program) is None


def test_a_reviewer_says_where_the_time_goes(examiner: Examiner) -> None:
    engine = ScriptedEngine().on("Linear; there is a closed form.", purpose="loss")
    loss = SpeedLoss(SLOW, WORKLOAD, examiner, reviewer=engine)(Variable(SLOW, role_description="program"))
    assert str(loss.value).endswith("\n\nLinear; there is a closed form.")


def test_a_slow_program_is_replaced_by_a_fast_one(examiner: Examiner) -> None:
    engine = ScriptedEngine().on(rewrite(FAST), purpose="optimizer")
    first, second = make_faster(SLOW, WORKLOAD, examiner, engine, steps=1)
    assert first.is_kept
    assert second.is_kept
    assert second.program == FAST
    assert second.measured.speedup > 5


def test_a_wrong_rewrite_is_sent_back_and_never_adopted(examiner: Examiner) -> None:
    engine = ScriptedEngine().on([rewrite(WRONG), rewrite(FAST)], purpose="optimizer")
    versions = make_faster(SLOW, WORKLOAD, examiner, engine, steps=1)
    assert [version.program for version in versions] == [SLOW, FAST]
    assert "It gives: 1" in engine.requests[1].messages[-1].text


def test_what_is_right_and_not_faster_is_dropped(examiner: Examiner) -> None:
    engine = ScriptedEngine().on([rewrite(SLOWER), rewrite(FAST)], purpose="optimizer")
    versions = make_faster(SLOW, WORKLOAD, examiner, engine, steps=2)
    assert [version.is_kept for version in versions] == [True, False, True]


def test_it_ends_where_no_rewrite_can_be_used(examiner: Examiner) -> None:
    engine = ScriptedEngine().on(rewrite(WRONG), purpose="optimizer")
    assert len(make_faster(SLOW, WORKLOAD, examiner, engine)) == 1
