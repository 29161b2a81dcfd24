"""Planning is a function of the graph, and equal settings are planned once."""

from __future__ import annotations

import pytest

from tests.domains.radiotherapy.doubles import GOOD, FormulaPlanner
from textgrad_lite.domains.radiotherapy import WEIGHTS, TreatmentPlanning
from textgrad_lite.errors import FunctionError


def test_the_report_is_that_of_the_settings() -> None:
    planner = FormulaPlanner()
    planning = TreatmentPlanning(planner, GOOD)
    assert planning().value == planner.plan(GOOD).report
    assert set(planning.named_parameters()) == {"weights", "doses"}


def test_equal_settings_are_planned_once_and_listed_again() -> None:
    planner = FormulaPlanner()
    planning = TreatmentPlanning(planner, GOOD)
    assert str(planning().value) == str(planning().value)
    assert len(planner.asked) == 1
    assert [plan.settings.key for plan in planning.plans] == [GOOD.key, GOOD.key]


def test_other_weights_make_another_plan() -> None:
    planning = TreatmentPlanning(FormulaPlanner(), GOOD)
    before = planning().value
    planning.weights.set_value(WEIGHTS.write({"target": 1, "core": 500, "body": 500}))
    assert planning().value != before


def test_settings_that_cannot_be_read_fail_the_plan() -> None:
    planning = TreatmentPlanning(FormulaPlanner(), GOOD)
    planning.weights.set_value("more of everything")
    with pytest.raises(FunctionError, match="not of the form"):
        _ = planning().value
