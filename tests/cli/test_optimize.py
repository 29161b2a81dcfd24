"""The main job: what it finds, says, writes, and leaves alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import FEW, HOPELESS_JOB, JOB, STUDENT, Call

START = "Answer with a number only.\n"
BETTER = "Use your fingers.\n"


def find_run(place: Path) -> Path:
    [run] = (place / "runs").iterdir()
    return run


def test_a_better_prompt_is_found_and_proven(call: Call, place: Path) -> None:
    result = call(*JOB)
    assert result.exit_code == 0
    assert "Verdict: better" in result.stdout
    assert "0.0% before, 100.0% after on 12 test examples" in " ".join(result.stdout.split())
    assert "-Answer with a number only.\n+Use your fingers." in result.stdout
    assert result.stderr.startswith(FEW)
    assert result.stderr.count("\n") == 1


def test_the_run_is_in_its_folder_and_the_prompt_stays_as_it_is(call: Call, place: Path) -> None:
    call(*JOB)
    run = find_run(place)
    assert run.name.startswith("prompt-")
    assert (run / "best.txt").read_text() == BETTER
    assert "+Use your fingers." in (run / "diff.patch").read_text()
    assert (place / "prompt.txt").read_text() == START


def test_everything_that_is_printed_fits_80_columns(call: Call, place: Path) -> None:
    for line in call(*JOB, "-v", "--out", "run").output.splitlines():
        assert len(line.rstrip()) <= 80 or line.startswith("Warning:")


def test_out_names_the_folder(call: Call, place: Path) -> None:
    call(*JOB, "--out", "here")
    assert (place / "here" / "best.txt").read_text() == BETTER
    assert not (place / "runs").exists()


def test_in_place_replaces_the_prompt_where_it_is_better(call: Call, place: Path) -> None:
    result = call(*JOB, "--in-place")
    assert (place / "prompt.txt").read_text() == BETTER
    assert f"Replaced: {Path('prompt.txt')}" in result.stdout


def test_in_place_keeps_the_prompt_where_nothing_was_found(call: Call, place: Path) -> None:
    result = call(*HOPELESS_JOB, "--in-place")
    assert result.exit_code == 0
    assert "Verdict: nothing found" in result.stdout
    assert (place / "prompt.txt").read_text() == START


@pytest.mark.parametrize("job, code", [(JOB, 0), (HOPELESS_JOB, 1)])
def test_fail_if_not_better_turns_the_verdict_into_the_exit_code(
    job: tuple[str, ...], code: int, call: Call, place: Path
) -> None:
    result = call(*job, "--fail-if-not-better")
    assert result.exit_code == code
    assert "Verdict:" in result.stdout


def test_json_is_one_object_on_stdout(call: Call, place: Path) -> None:
    told = json.loads(call(*JOB, "--json").stdout)
    assert told["verdict"]["outcome"] == "better"
    assert told["best_text"] == BETTER
    assert told["start_text"] == START
    assert (told["is_changed"], told["is_replaced"]) == (True, False)
    assert "+Use your fingers." in told["diff"]
    assert Path(told["run"]) == find_run(place).relative_to(place)
    assert {row["purpose"] for row in told["spend"]} == {"forward", "backward", "optimizer"}


def test_the_same_seed_finds_the_same(call: Call, place: Path) -> None:
    runs = []
    for name in ("first", "second"):
        call(*JOB, "--out", name, "--seed", "3")
        told = json.loads(call("show", name, "--json").stdout)
        runs.append(told["events"])
    assert runs[0] == runs[1]


def test_a_dry_run_spends_nothing_and_writes_nothing(call: Call, place: Path) -> None:
    (place / "model.py").write_text(
        "def answer(text):\n    raise AssertionError('asked')\nimprove = answer\n"
    )
    before = sorted(place.iterdir())
    result = call(*JOB, "--dry-run", "--price", "1/2", "--optimizer-price", "10/20")
    assert result.exit_code == 0
    assert [name for name in sorted(place.iterdir()) if name.name != "__pycache__"] == before
    assert "at most" in result.stdout
    assert "$" in result.stdout


def test_a_dry_run_prices_student_and_optimizer_apart(call: Call, place: Path) -> None:
    told = json.loads(
        call(*JOB, "--dry-run", "--json", "--price", "1/2", "--optimizer-price", "10/20").stdout
    )
    for row in told["rows"]:
        given, answered = (10, 20) if row["purpose"] == "optimizer" else (1, 2)
        assert row["usd"] == pytest.approx(
            (given * row["input_tokens"] + answered * row["output_tokens"]) / 1e6
        )
    assert told["calls"] == sum(row["calls"] for row in told["rows"])
    assert told["usd"] == pytest.approx(sum(row["usd"] for row in told["rows"]))


def test_an_unknown_price_is_not_told_as_zero(call: Call, place: Path) -> None:
    assert json.loads(call(*JOB, "--dry-run", "--json").stdout)["usd"] is None
    assert "$ unknown" in call(*JOB, "--dry-run").stdout


def test_a_limit_on_calls_is_kept_and_the_verdict_still_made(call: Call, place: Path) -> None:
    told = json.loads(call(*JOB, "--json", "--max-calls", "50").stdout)
    assert sum(row["calls"] + row["failures"] for row in told["spend"]) <= 50
    assert told["verdict"] is not None


def test_without_a_test_part_the_change_stays_unconfirmed(call: Call, place: Path) -> None:
    told = json.loads(call(*JOB, "--json", "--test", "0", "--train", "0.6", "--val", "0.4").stdout)
    assert told["verdict"]["outcome"] == "untested"
    assert (told["test_before"], told["test_after"]) == (None, None)


def test_settings_come_from_a_file_too(call: Call, place: Path) -> None:
    (place / "mine.yaml").write_text("seed: 5\nsteps: 1\n")
    call(*JOB, "--config", "mine.yaml", "--out", "run")
    config = json.loads(call("show", "run", "--json").stdout)["config"]
    assert (config["settings"]["seed"], config["settings"]["steps"]) == (5, 1)


def test_the_student_is_the_critic_where_no_other_is_named(call: Call, place: Path) -> None:
    (place / "model.py").write_text(
        (place / "model.py").read_text() + "\n\ndef both(text):\n"
        "    return answer(text) if text.rstrip().splitlines()[-1].startswith('Add:') else improve(text)\n"
    )
    result = call(
        "optimize", "prompt.txt", "-d", "items.jsonl", *STUDENT[2:], "--model", "python:model.py:both"
    )
    assert "Verdict: better" in result.stdout


def test_a_length_limit_is_kept(call: Call, place: Path) -> None:
    result = call(*JOB, "--max-length", "5", "-v", "--steps", "1")
    assert "Verdict: nothing found" in result.stdout
    assert "rejected" in result.stderr


def test_a_prompt_with_placeholders_keeps_them(call: Call, place: Path) -> None:
    (place / "prompt.txt").write_text("Say a number.\n{input}\n")
    result = call(*JOB, "-v", "--steps", "1", "--out", "run")
    assert "rejected" in result.stderr
    assert "{input}" in (place / "run" / "best.txt").read_text()
