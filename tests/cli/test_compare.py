"""Runs side by side on the screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import HOPELESS_JOB, JOB, Call


@pytest.fixture
def runs(call: Call, place: Path) -> Path:
    """A folder with two runs on the same data, only one of which found something."""
    call(*JOB, "--out", "good")
    call(*HOPELESS_JOB, "--out", "bad")
    return place


def test_verdicts_cost_and_differences_stand_side_by_side(call: Call, runs: Path) -> None:
    result = call("compare", "good", "bad")
    assert result.exit_code == 0
    told = " ".join(result.stdout.split())
    for part in (
        "good bad",
        "verdict better nothing found",
        "test, kept 100.0% (76% to 100%) 0.0% (0% to 24%)",
        "steps 6 1",
        "good → bad 12 -100.0",
        "< 0.001 < 0.001",
        "Confirm it on fresh examples.",
    ):
        assert part in told
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_it_is_data_too(call: Call, runs: Path) -> None:
    told = json.loads(call("compare", "good", "bad", "--json").stdout)
    assert [run["name"] for run in told["runs"]] == ["good", "bad"]
    assert told["differences"]["steps"] == ["6", "1"]
    assert "stop" not in told["differences"]
    [contest] = told["contests"]
    assert (contest["n"], contest["difference"], contest["test"]) == (12, -1.0, "exact McNemar")


def test_runs_on_other_examples_are_not_compared_example_by_example(call: Call, runs: Path) -> None:
    call(*JOB, "--out", "other", "--seed", "5")
    told = " ".join(call("compare", "good", "other").stdout.split())
    assert "The test examples are not the same" in told
    assert "→" not in told


def test_a_run_beside_itself_differs_in_nothing(call: Call, runs: Path) -> None:
    assert "They were begun with the same settings" in call("compare", "good", "good").stdout


def test_one_run_is_too_few(call: Call, runs: Path) -> None:
    result = call("compare", "good")
    assert result.exit_code == 2
    assert "at least two runs" in result.stderr
