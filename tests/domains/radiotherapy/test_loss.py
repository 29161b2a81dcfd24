"""The loss says in words what a plan misses, and only then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domains.radiotherapy.doubles import GOOD, FormulaPlanner
from textgrad_lite.domains.radiotherapy import TG119_GOALS, ClinicalGoals, Goal, GoalsLoss, read_report
from textgrad_lite.domains.radiotherapy.plan import UNITS
from textgrad_lite.errors import ParseError
from textgrad_lite.graph import Variable
from textgrad_lite.losses import metric_result_of

GOOD_NUMBERS = {
    "target D95": 48.0,
    "target D5": 51.0,
    "target mean": 50.0,
    "target homogeneity": 0.06,
    "core mean": 15.0,
    "core D5": 22.0,
    "body mean": 4.0,
    "body maximum": 52.0,
}


def report(**changes: float) -> str:
    numbers = GOOD_NUMBERS | {name.replace("_", " "): number for name, number in changes.items()}
    return "\n".join(
        f"{name} = {number:.2f} Gy" if UNITS[name] else f"{name} = {number:.3f}"
        for name, number in numbers.items()
    )


def test_a_good_plan_is_right() -> None:
    result = ClinicalGoals().judge(report())
    assert (result.score, result.is_right) == (1.0, True)
    assert "misses 0 of 5 goals" in result.feedback


def test_what_is_missed_comes_first_with_what_was_found_and_by_how_much() -> None:
    result = ClinicalGoals().judge(report(core_mean=20.5, target_D95=47.0))
    assert not result.is_right
    assert result.feedback.startswith(
        "The plan misses 2 of 5 goals. "
        "target D95 is 47.00 Gy, 0.50 Gy too low: it must be at least 47.50 Gy. "
        "core mean is 20.50 Gy, 2.50 Gy too high: it must be at most 18.00 Gy. "
        "target homogeneity is 0.060, as it should be: at most 0.100."
    )
    assert result.score == pytest.approx((47 / 47.5 + 18 / 20.5 + 3) / 5)


def test_a_limit_that_is_just_kept_is_kept() -> None:
    assert ClinicalGoals().judge(report(core_mean=18.0, target_D95=47.5)).is_right


@given(st.floats(0, 200), st.floats(0, 200))
def test_nearer_to_a_goal_is_never_worse(one: float, other: float) -> None:
    low, high = sorted((one, other))
    at_least, at_most = Goal("target D95", "at least", 47.5), Goal("core mean", "at most", 18.0)
    assert at_least.credit(low) <= at_least.credit(high)
    assert at_most.credit(low) >= at_most.credit(high)
    assert (at_most.credit(high) == 1) == (high <= 18)


@pytest.mark.parametrize(
    "text, problem",
    [
        ("", "lacks 'target D95'"),
        ("The plan is good.", "none of a plan's report"),
        ("spine mean = 3.00 Gy", "none of a plan's report"),
        (f"{report()}\nbody mean = nan", "none of a plan's report"),
    ],
)
def test_what_is_no_report_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ParseError, match=problem):
        read_report(text)
    result = ClinicalGoals().judge(text)
    assert (result.score, result.kind) == (0.0, "unparsable")


def test_a_plan_reports_what_can_be_read_again() -> None:
    plan = FormulaPlanner().plan(GOOD)
    assert read_report(plan.report) == {
        name: pytest.approx(number, abs=0.005) for name, number in plan.numbers.items()
    }


def test_the_loss_is_a_step_of_the_graph_and_asks_no_model() -> None:
    text = Variable(report(core_mean=20.5), role_description="report of a treatment plan")
    loss = GoalsLoss()(text)
    loss.backward()
    result = metric_result_of(loss)
    assert result is not None
    assert result.feedback in text.get_gradient_text()
    assert text.gradients[0].score == pytest.approx(result.score)


def test_other_goals_make_another_metric() -> None:
    stricter = ClinicalGoals([*TG119_GOALS, Goal("body mean", "at most", 3.0)])
    assert not stricter.judge(report()).is_right
    assert stricter.fingerprint() != ClinicalGoals().fingerprint()
