"""What changed, and why."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import HOPELESS_JOB, JOB, Call


@pytest.fixture
def run(call: Call, place: Path) -> Path:
    """The folder of a finished run that found a better prompt."""
    call(*JOB, "--out", "run")
    return place / "run"


def test_a_change_is_explained_from_the_failures_to_the_lines(call: Call, run: Path) -> None:
    result = call("explain", "run")
    assert result.exit_code == 0
    told = " ".join(result.stdout.split())
    for part in (
        "run: 1 accepted change",
        "1. Step 1, by",
        "examples of the minibatch failed:",
        "(wrong): Add:",
        "reply: Answer: 0",
        "loss: The answer should be",
        "What reached the text:",
        "It should use its fingers.",
        "The optimizer was shown for prompt:",
        "+Use your fingers.",
        "Verdict:",
    ):
        assert part in told
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_what_is_long_is_printed_whole_where_it_is_asked_for(call: Call, run: Path) -> None:
    short, full = call("explain", "run").stdout, call("explain", "run", "--full").stdout
    assert "--full prints them" in short
    assert "--full prints them" not in full
    assert len(full) > len(short)


def test_the_explanation_is_data_too(call: Call, run: Path) -> None:
    told = json.loads(call("explain", "run", "--json").stdout)
    [change] = told["changes"]
    assert change["way"][-1]["candidate"] == change["candidate"]
    assert change["way"][0]["failures"][0]["feedback"]
    assert told["parameters"] == ["prompt", "examples"]


def test_one_parameter_can_be_asked_for(call: Call, run: Path) -> None:
    assert "1 accepted change\n" in call("explain", "run", "-p", "prompt").stdout
    refused = call("explain", "run", "-p", "promt")
    assert refused.exit_code == 2
    assert "Did you mean 'prompt'?" in refused.stderr


def test_where_nothing_was_accepted_the_way_on_is_told(call: Call, place: Path) -> None:
    call(*HOPELESS_JOB, "--out", "hopeless")
    told = " ".join(call("explain", "hopeless").stdout.split())
    assert "0 accepted changes" in told
    assert "`textgrad-lite show hopeless`" in told


def test_the_diff_can_be_applied(call: Call, run: Path, place: Path) -> None:
    result = call("diff", "run")
    assert result.exit_code == 0
    patched = subprocess.run(
        ["patch", "prompt.txt"], cwd=place, input=result.stdout, text=True, capture_output=True, check=False
    )
    assert patched.returncode == 0, patched.stdout + patched.stderr
    assert (place / "prompt.txt").read_text() == "Use your fingers.\n"


def test_the_diff_is_data_too(call: Call, run: Path) -> None:
    told = json.loads(call("diff", "run", "--json").stdout)
    assert told["is_changed"]
    assert (told["start_text"], told["best_text"]) == ("Answer with a number only.\n", "Use your fingers.\n")
    assert "+Use your fingers." in told["diff"]


def test_no_change_is_told_beside_stdout(call: Call, place: Path) -> None:
    call(*HOPELESS_JOB, "--out", "hopeless")
    result = call("diff", "hopeless")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "nothing changed" in result.stderr


def test_a_run_that_has_not_begun_has_no_diff(call: Call, run: Path) -> None:
    for file in run.iterdir():
        if file.name != "config.yaml":
            file.unlink()
    result = call("diff", "run")
    assert result.exit_code == 2
    assert "textgrad-lite resume run" in result.stderr
    assert "It has not begun." in call("explain", "run").stdout


@pytest.mark.parametrize("command", ["explain", "diff"])
def test_a_folder_without_a_run_is_refused(command: str, call: Call, tmp_path: Path) -> None:
    result = call(command, tmp_path)
    assert result.exit_code == 2
    assert "holds no run" in result.stderr
