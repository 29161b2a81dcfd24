"""Plans by the real software. Run by ``make test-extras``."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from textgrad_lite.domains.radiotherapy import (
    POOR_START,
    Settings,
    SimulatedPlannerEngine,
    Tg119Planner,
    draw_dose_volumes,
    search_with_words,
)
from textgrad_lite.report import read_figures
from textgrad_lite.training import RunFolder

pytestmark = [
    pytest.mark.extra,
    pytest.mark.timeout(600),
    # pyRadPlan uses what its libraries have deprecated since.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:::pyRadPlan.*"),
]

PHANTOM = Settings(
    {"target": 1000.0, "core": 300.0, "body": 100.0}, {"target": 50.0, "core": 25.0, "body": 30.0}
)
"""The objectives that the phantom brings along."""


@pytest.fixture(scope="module")
def planner() -> Tg119Planner:
    return Tg119Planner()


def test_the_phantoms_own_objectives_give_the_known_plan(planner: Tg119Planner) -> None:
    numbers = planner.plan(PHANTOM).numbers
    assert numbers["target D95"] == pytest.approx(49.3, abs=0.3)
    assert numbers["core mean"] == pytest.approx(19.3, abs=0.5)
    assert numbers["core D5"] == pytest.approx(25.7, abs=0.5)
    assert numbers["body maximum"] == pytest.approx(55, abs=2)


def test_equal_settings_give_equal_plans(planner: Tg119Planner) -> None:
    assert planner.plan(POOR_START).report == planner.plan(POOR_START).report


def test_more_weight_on_the_core_spares_it(planner: Tg119Planner) -> None:
    sparing = Settings({**PHANTOM.weights, "core": 1000.0}, {**PHANTOM.doses, "core": 10.0})
    assert planner.plan(sparing).numbers["core mean"] < planner.plan(PHANTOM).numbers["core mean"] - 2


def test_words_reach_the_goals_within_fifteen_plans(planner: Tg119Planner, tmp_path: Path) -> None:
    search = search_with_words(planner, engine=SimulatedPlannerEngine(), plans=15)
    assert not search.first.result.is_right
    assert search.plans_to_goals is not None
    with RunFolder.create(tmp_path / "run") as run:
        search.write(run.path)
    lines = (tmp_path / "run" / "plans.jsonl").read_text().splitlines()
    assert [json.loads(line)["number"] for line in lines] == list(range(1, len(search.attempts) + 1))
    [figure] = read_figures(tmp_path / "run")
    assert "before and after" in figure.title
    assert ElementTree.fromstring(figure.svg or "").tag.endswith("svg")  # noqa: S314 - our own drawing
    assert "not for clinical use" in figure.caption


def test_the_same_plans_give_the_same_picture(planner: Tg119Planner) -> None:
    poor, better = planner.plan(POOR_START), planner.plan(PHANTOM)
    assert draw_dose_volumes(poor, better) == draw_dose_volumes(poor, better)
    assert draw_dose_volumes(poor, better, form="png").startswith(b"\x89PNG")
