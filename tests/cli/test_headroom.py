"""Whether there is anything to gain: asked before a run, and said at its beginning."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import JOB, Call

LOOK = ("headroom", *JOB[1:])
WAVERING = '''

_asked = {}


def waver(text):
    """Right in every second answer to the same question."""
    _asked[text] = _asked.get(text, 0) + 1
    numbers = [line for line in text.splitlines() if line.startswith("Add:")][-1].split()[1:]
    return f"Answer: {sum(map(int, numbers))}" if _asked[text] % 2 == 0 else "Answer: 0"
'''


def test_what_never_comes_right_is_doubtful(call: Call, place: Path) -> None:
    result = call(*LOOK)
    assert result.exit_code == 0
    told = " ".join(result.stdout.split())
    for part in (
        "Headroom: doubtful",
        "fails in the same way each time",
        "one draw 0.0% (0% to 18%), n = 18",
        "best of 4 draws 0.0%",
        "agreement of draws 100%",
        "failures 18, of form alone: 0",
        "a full run at most",
    ):
        assert part in told
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert not (place / "runs").exists()


def test_what_comes_right_at_times_is_promising(call: Call, place: Path) -> None:
    (place / "model.py").write_text((place / "model.py").read_text() + WAVERING)
    told = json.loads(call(*LOOK, "--model", "python:model.py:waver", "--draws", "2", "--json").stdout)
    assert (told["outlook"], told["baseline"]["mean"], told["best_of_n"]["mean"]) == ("promising", 0.0, 1.0)
    assert (told["draws"], told["redrawn"], told["agreement"]) == (2, 18, 0.0)
    assert [row["calls"] for row in told["spend"]] == [36]


def test_it_keeps_within_its_calls_and_off_the_test_examples(call: Call, place: Path) -> None:
    told = json.loads(call(*LOOK, "--max-calls", "20", "--json").stdout)
    assert (told["baseline"]["n"], sum(row["calls"] for row in told["spend"])) == (5, 20)
    refused = call(*LOOK, "--max-calls", "3")
    assert refused.exit_code == 2
    assert "3 calls do not suffice" in refused.stderr


def test_the_prediction_is_that_of_a_dry_run(call: Call, place: Path) -> None:
    prices = ("--price", "1/2", "--optimizer-price", "10/20")
    dry = json.loads(call(*JOB, *prices, "--dry-run", "--json").stdout)
    told = json.loads(call(*LOOK, *prices, "--json").stdout)
    assert told["predicted_calls"] == dry["calls"]
    assert told["predicted_usd"] == pytest.approx(dry["usd"])
    assert {"headroom"} < {row["stage"] for row in dry["rows"]}


def test_a_run_says_what_it_found_first(call: Call, place: Path) -> None:
    result = call(*JOB, "-v", "--out", "run")
    told = " ".join(result.stderr.split())
    assert "Headroom: 0 of 6 failing examples come right in another draw" in told
    assert "Headroom at the start: 0 of 6 failing examples" in " ".join(result.stdout.split())
    assert told.index("on validation") < told.index("Headroom:") < told.index("Step 1")
    [event] = [e for e in json.loads(call("show", "run", "--json").stdout)["events"] if "headroom" in e]
    assert event["headroom"]["redrawn"] == 6


@pytest.mark.parametrize("off", [("--headroom", "0"), ("--config", "off.yaml")])
def test_a_run_can_be_told_not_to_look(off: tuple[str, str], call: Call, place: Path) -> None:
    (place / "off.yaml").write_text("headroom: 0\n")
    result = call(*JOB, "-v", *off)
    assert "Headroom" not in result.output
    assert call(*LOOK, "--config", "off.yaml").exit_code == 0
