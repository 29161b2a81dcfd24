"""Runs that are looked at again, or gone on with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import FEW, HOPELESS_JOB, JOB, Call
from tests.cli.processes import PATIENCE, start


@pytest.fixture
def run(call: Call, place: Path) -> Path:
    """The folder of a finished run."""
    call(*JOB, "--out", "run")
    return place / "run"


def test_show_tells_the_story_and_the_verdict(call: Call, run: Path) -> None:
    result = call("show", "run")
    assert result.exit_code == 0
    assert result.stdout.startswith("run: finished\n")
    for part in (
        "Step 1",
        "on validation",
        "On the test examples, after",
        "Verdict: better",
        "+Use your fingers.",
    ):
        assert part in result.stdout


def test_show_as_json_holds_every_event(call: Call, run: Path) -> None:
    told = json.loads(call("show", "run", "--json").stdout)
    assert told["status"] == "finished"
    assert [told["events"][0]["type"], told["events"][-1]["type"]] == ["run_started", "verdict_reached"]
    assert told["result"]["best_text"] == told["best_text"] == "Use your fingers.\n"


def test_show_of_a_run_that_has_not_begun(call: Call, run: Path) -> None:
    for file in run.iterdir():
        if file.name != "config.yaml":
            file.unlink()
    result = call("show", "run")
    assert result.exit_code == 0
    assert "interrupted" in result.stdout
    assert "It has not begun." in result.stdout


def test_resuming_a_finished_run_asks_nothing_and_says_the_same(call: Call, run: Path, place: Path) -> None:
    before = json.loads(call("show", "run", "--json").stdout)["result"]
    (place / "model.py").write_text(
        "def answer(text):\n    raise AssertionError\n\n\ndef improve(text):\n    raise AssertionError\n"
    )
    stdout, stderr = start(["resume", "run", "--json"], place).communicate(timeout=PATIENCE)
    assert stderr.startswith(FEW)
    after = json.loads(stdout)
    assert {key: after[key] for key in ("verdict", "best_text", "spend")} == {
        key: before[key] for key in ("verdict", "best_text", "spend")
    }


def test_resume_replaces_the_prompt_too(call: Call, run: Path, place: Path) -> None:
    assert call("resume", "run", "--in-place").exit_code == 0
    assert (place / "prompt.txt").read_text() == "Use your fingers.\n"


def test_a_run_is_resumed_from_another_folder(
    call: Call, run: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "elsewhere").mkdir()
    monkeypatch.chdir(place / "elsewhere")
    result = call("resume", run)
    assert result.exit_code == 0
    assert result.stderr.startswith(FEW)


def test_resume_can_fail_if_not_better(call: Call, place: Path) -> None:
    call(*HOPELESS_JOB, "--out", "hopeless")
    assert call("resume", "hopeless", "--fail-if-not-better").exit_code == 1


def test_a_changed_prompt_is_refused(call: Call, run: Path, place: Path) -> None:
    (place / "prompt.txt").write_text("Something else.\n")
    result = call("resume", "run")
    assert result.exit_code == 2
    assert "Something else." in result.stderr


def test_changed_data_is_refused(call: Call, run: Path, place: Path) -> None:
    (place / "items.jsonl").write_text((place / "items.jsonl").read_text().replace('"2"', '"3"'))
    result = call("resume", "run")
    assert result.exit_code == 2
    assert "data" in result.stderr or "train" in result.stderr


def test_a_run_of_another_program_is_refused(call: Call, run: Path) -> None:
    (run / "config.yaml").write_text("model: x\n")
    result = call("resume", "run")
    assert result.exit_code == 2
    assert "was not made by `textgrad-lite optimize`" in result.stderr


def test_limits_can_be_raised(call: Call, run: Path) -> None:
    config = yaml.safe_load((run / "config.yaml").read_text())
    assert config["budget"]["max_calls"] is None
    assert call("resume", "run", "--max-calls", "2000").exit_code == 0
    assert call("resume", "run", "--steps", "3").exit_code == 2
