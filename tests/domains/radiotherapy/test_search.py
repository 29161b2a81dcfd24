"""Searches stay within their number of plans; words reach the goals, and nothing out of form is planned."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from tests.domains.radiotherapy.doubles import GOOD, FormulaPlanner
from textgrad_lite.domains.radiotherapy import (
    DOSES,
    POOR_START,
    WEIGHTS,
    Goal,
    Settings,
    SimulatedPlannerEngine,
    grid_of_everything,
    grid_of_weights,
    random_settings,
    search_among,
    search_with_words,
)
from textgrad_lite.domains.radiotherapy import search as search_module
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.report import read_figures
from textgrad_lite.testing import ScriptedEngine

EASY = (Goal("target D95", "at least", 46.0), Goal("core mean", "at most", 15.0))
IMPOSSIBLE = (Goal("core mean", "at most", 0.01),)


def test_words_reach_the_goals_from_a_poor_plan() -> None:
    planner, engine = FormulaPlanner(), SimulatedPlannerEngine()
    search = search_with_words(planner, POOR_START, engine=engine, goals=EASY)
    assert not search.first.result.is_right
    assert search.plans_to_goals is not None
    assert 1 < search.plans_to_goals <= 15
    assert search.best is search.attempts[-1]
    assert len(planner.asked) == len(search.attempts)


def test_a_plan_that_keeps_the_goals_costs_no_call() -> None:
    engine = SimulatedPlannerEngine()
    search = search_with_words(FormulaPlanner(), GOOD, engine=engine, goals=EASY[:1])
    assert search.plans_to_goals == 1
    assert engine.calls == 0


def test_no_more_plans_are_made_than_allowed() -> None:
    planner = FormulaPlanner()
    search = search_with_words(planner, engine=SimulatedPlannerEngine(), goals=IMPOSSIBLE, plans=4)
    assert search.plans_to_goals is None
    assert [attempt.number for attempt in search.attempts] == [1, 2, 3, 4]
    assert len(planner.asked) == 4


def test_two_runs_make_the_same_plans() -> None:
    one, other = (
        search_with_words(FormulaPlanner(), engine=SimulatedPlannerEngine(), goals=IMPOSSIBLE, plans=5)
        for _ in range(2)
    )
    assert [a.plan.settings for a in one.attempts] == [a.plan.settings for a in other.attempts]


def test_a_rewrite_that_is_out_of_form_is_never_planned() -> None:
    planner, engine = FormulaPlanner(), ScriptedEngine()
    engine.on("The text should ask for less.", purpose="backward")
    engine.on("<new_text>\ncore weight = 5000\n</new_text>", purpose="optimizer")
    search = search_with_words(planner, engine=engine, goals=IMPOSSIBLE, plans=2)
    assert {settings.key for settings in planner.asked} == {POOR_START.key}
    assert len(search.attempts) == 2


def test_chance_and_grids_stop_at_the_goals_or_at_the_number_of_plans() -> None:
    planner = FormulaPlanner()
    assert len(search_among(planner, random_settings(0), goals=IMPOSSIBLE, plans=6).attempts) == 6
    found = search_among(planner, [POOR_START, GOOD, POOR_START], goals=EASY[:1])
    assert found.plans_to_goals == 2
    assert len(found.attempts) == 2


def test_there_must_be_something_to_plan_with() -> None:
    with pytest.raises(ConfigurationError, match="no settings"):
        search_among(FormulaPlanner(), [])


@pytest.mark.parametrize(
    "candidates",
    [
        list(itertools.islice(random_settings(1), 50)),
        grid_of_everything(),
        grid_of_weights(GOOD.doses),
    ],
)
def test_what_is_searched_lies_within_the_ranges(candidates: list[Settings]) -> None:
    for settings in candidates:
        WEIGHTS.read(WEIGHTS.write(settings.weights))
        DOSES.read(DOSES.write(settings.doses))
    assert len({settings.key for settings in candidates}) == len(candidates)


def test_the_same_seed_draws_the_same_settings() -> None:
    one, other, another = (list(itertools.islice(random_settings(seed), 3)) for seed in (1, 1, 2))
    assert one == other
    assert one != another


def test_plans_and_the_picture_go_into_the_run_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "draw_dose_volumes", lambda first, best: b"<svg/>")
    search_among(FormulaPlanner(), [POOR_START, GOOD], goals=IMPOSSIBLE).write(tmp_path / "run")
    lines = (tmp_path / "run" / "plans.jsonl").read_text().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2]
    [figure] = read_figures(tmp_path / "run")
    assert figure.svg == "<svg/>"
    assert "best of 2" in figure.caption


def test_an_attempt_is_plain_data() -> None:
    [attempt] = search_among(FormulaPlanner(), [GOOD], goals=EASY, plans=1).attempts
    data = attempt.to_json()
    assert data["weights"] == GOOD.weights
    assert data["numbers"] == attempt.plan.numbers
    assert data["feedback"] == attempt.result.feedback
