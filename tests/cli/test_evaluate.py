"""The eval command: a score with its interval, what failed, and nothing else changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import ITEMS, STUDENT, Call
from tests.cli.processes import PATIENCE, start
from textgrad_lite.testing.loopback import LoopbackServer

JOB = ("eval", "prompt.txt", "--data", "items.jsonl", *STUDENT)


def test_the_score_comes_with_its_interval_and_failures(call: Call, place: Path) -> None:
    result = call(*JOB)
    assert result.exit_code == 0
    assert f"0.0% (n = {len(ITEMS)}, 95 % interval 0.0% to" in result.stdout
    assert f"{len(ITEMS)} wrong" in result.stdout
    assert "The answer should be 2, but it was 0." in result.stdout
    assert f"{len(ITEMS) - 5} more; --json lists all" in result.stdout


def test_a_better_prompt_scores_better(call: Call, place: Path) -> None:
    (place / "prompt.txt").write_text("Use your fingers.\n")
    result = call(*JOB)
    assert f"100.0% (n = {len(ITEMS)}" in result.stdout
    assert "more; --json" not in result.stdout


def test_json_tells_every_example(call: Call, place: Path) -> None:
    told = json.loads(call(*JOB, "--json").stdout)
    assert told["score"]["mean"] == 0
    assert [example["output"] for example in told["examples"]] == ["Answer: 0"] * len(ITEMS)
    [row] = told["spend"]
    assert (row["purpose"], row["calls"]) == ("forward", len(ITEMS))


def test_an_id_is_shown_as_it_is(call: Call, place: Path) -> None:
    (place / "items.jsonl").write_text('{"id": "[/INST]", "input": "Add: 1 2", "target": "3"}\n')
    result = call(*JOB)
    assert result.exit_code == 0
    assert "[/INST]" in result.stdout


def test_a_limit_that_is_reached_is_an_error(call: Call, place: Path) -> None:
    result = call(*JOB, "--max-calls", "5")
    assert result.exit_code == 2
    assert "the budget of 5 calls is reached" in result.stderr


def test_a_rerun_in_another_process_asks_nothing(
    place: Path, monkeypatch: pytest.MonkeyPatch, loopback_server: LoopbackServer
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    loopback_server.reply = "Answer: 7"
    job = ["eval", "prompt.txt", "--data", "items.jsonl", "--metric", "numeric", "--json"]
    job += ["--model", "openai/gpt-5-mini", "--base-url", loopback_server.openai_url]
    told = []
    for asked in (len(ITEMS), 0):
        loopback_server.forget()
        stdout, stderr = start(job, place).communicate(timeout=PATIENCE)
        assert stderr == ""
        told.append(json.loads(stdout))
        assert len(loopback_server.requests) == asked
    assert told[0]["score"] == told[1]["score"]
    assert (told[1]["spend"][0]["calls"], told[1]["spend"][0]["hits"]) == (0, len(ITEMS))


def test_nothing_is_written(call: Call, place: Path) -> None:
    before = {path: path.read_bytes() for path in place.iterdir() if path.is_file()}
    call(*JOB)
    assert {path: path.read_bytes() for path in place.iterdir() if path.is_file()} == before


@pytest.mark.parametrize("option", ["--steps", "--train", "--out", "--constraint"])
def test_options_of_a_search_are_unknown(option: str, call: Call, place: Path) -> None:
    assert call(*JOB, option, "1").exit_code == 2


def test_but_a_configuration_file_may_hold_them(call: Call, place: Path) -> None:
    (place / "mine.yaml").write_text("steps: 3\n")
    assert call(*JOB, "--config", "mine.yaml").exit_code == 0
