"""Where the extra is not installed, the room can be imported, and says what to install."""

from __future__ import annotations

import sys

import pytest

from tests.domains.radiotherapy.doubles import GOOD, FormulaPlanner
from textgrad_lite.domains.radiotherapy import Tg119Planner, draw_dose_volumes
from textgrad_lite.errors import MissingDependencyError


def test_pyradplan_is_named_with_both_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyRadPlan", None)
    with pytest.raises(MissingDependencyError, match=r"\[radiotherapy\].*--no-deps pyRadPlan==0\.5\.0"):
        Tg119Planner()


def test_matplotlib_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    plan = FormulaPlanner().plan(GOOD)
    with pytest.raises(MissingDependencyError, match=r"textgrad-lite\[radiotherapy\]"):
        draw_dose_volumes(plan, plan)
