"""The simulated planner works from the text of a request alone."""

from __future__ import annotations

import pytest

from tests.domains.radiotherapy.doubles import FormulaPlanner
from textgrad_lite.domains.radiotherapy import (
    DOSES,
    POOR_START,
    WEIGHTS,
    GoalsLoss,
    SimulatedPlannerEngine,
    TreatmentPlanning,
)
from textgrad_lite.domains.radiotherapy.simulated import criticise, rewrite
from textgrad_lite.engines import Message, Request
from textgrad_lite.errors import ScriptExhaustedError


def criticisms(planning: TreatmentPlanning) -> tuple[str, str]:
    """What the engine says of both texts, in a graph as it is used."""
    GoalsLoss()(planning()).backward(SimulatedPlannerEngine())
    return planning.weights.get_gradient_text(), planning.doses.get_gradient_text()


def test_it_presses_where_a_goal_is_missed() -> None:
    about_weights, about_doses = criticisms(TreatmentPlanning(FormulaPlanner(), POOR_START))
    assert "multiply the core weight by" in about_weights
    assert "lower the core dose by" in about_doses


REVIEW = """
hottest 5 % get; homogeneity is (D5 - D95) / 50 Gy.
target mean = 52.00 Gy
<criticism>
{criticism}
</criticism>
<text>
{text}
</text>
"""


@pytest.mark.parametrize(
    "criticism, wish",
    [
        ("target D95 is 45.00 Gy, 2.50 Gy too low: it must be", "raise the target dose by 2.0 Gy"),
        ("target D95 is 45.00 Gy, 2.50 Gy too low: it must be", "raise the core dose by 1.2 Gy"),
        ("target homogeneity is 0.200, 0.100 too high: it must be", "lower the target dose by 2.0 Gy"),
        ("body maximum is 60.00 Gy, 6.50 Gy too high: it must be", "lower the body dose by 3.2 Gy"),
        ("target D95 is 47.40 Gy, 0.10 Gy too low: it must be", "raise the target dose by 0.3 Gy"),
        ("all is as it should be", "stay as it is"),
    ],
)
def test_its_wishes_for_doses(criticism: str, wish: str) -> None:
    assert wish in criticise(REVIEW.format(criticism=criticism, text=DOSES.write(POOR_START.doses)))


@pytest.mark.parametrize(
    "criticism, wish",
    [
        ("core mean is 22.00 Gy, 4.00 Gy too high: it must be", "multiply the core weight by 2.00"),
        ("target homogeneity is 0.300, 0.200 too high: it must be", "multiply the target weight by 3.00"),
        ("target D95 is 47.40 Gy, 0.10 Gy too low: it must be", "should stay as it is"),
    ],
)
def test_its_wishes_for_weights(criticism: str, wish: str) -> None:
    assert wish in criticise(REVIEW.format(criticism=criticism, text=WEIGHTS.write(POOR_START.weights)))


def test_without_a_report_it_leaves_the_target_dose_alone() -> None:
    text = f"<text>\n{DOSES.write(POOR_START.doses)}\n</text>"
    assert "target dose by" not in criticise(f"target D95 is 40.00 Gy, 7.00 Gy too low: it must be\n{text}")


def test_it_writes_what_the_remarks_ask_for_within_the_ranges() -> None:
    request = (
        f"<current_text>\n{DOSES.write(POOR_START.doses)}\n</current_text>\n"
        "<remark>\nIt should raise the target dose by 1.5 Gy, lower the core dose by 40 Gy.\n</remark>\n"
        f"- {DOSES.describe()}"
    )
    assert rewrite(request) == "target dose = 47.5 Gy\ncore dose = 0 Gy\nbody dose = 50 Gy"


def test_weights_that_would_leave_their_range_keep_their_ratios() -> None:
    request = (
        "<current_text>\ntarget weight = 800\ncore weight = 400\nbody weight = 1\n</current_text>\n"
        "<remark>\nIt should multiply the target weight by 2.50.\n</remark>\n"
        f"- {WEIGHTS.describe()}"
    )
    assert rewrite(request) == "target weight = 1000\ncore weight = 200\nbody weight = 1"


async def test_it_answers_nothing_else() -> None:
    request = Request(messages=(Message.of("user", "Hello"),), purpose="forward")
    with pytest.raises(ScriptExhaustedError, match="forward"):
        await SimulatedPlannerEngine().complete(request)
