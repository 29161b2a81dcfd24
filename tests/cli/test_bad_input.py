"""Bad input: each is refused with its file, line or option, and the way out, before anything is asked."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import JOB, Call
from textgrad_lite.testing.loopback import ContextWindow, KnowsModels, LoopbackServer, RequiresKey
from textgrad_lite_cli import optimize as optimize_file

NEVER_ASKED = "def answer(text):\n    raise AssertionError('asked')\n\n\nimprove = answer\n"


@pytest.fixture
def refused(call: Call, place: Path) -> Any:
    """Runs a job that must be refused with exit code 2, and returns what it says."""
    (place / "model.py").write_text(NEVER_ASKED)

    def run(*arguments: str, job: tuple[str, ...] = JOB, code: int = 2) -> str:
        result = call(*job, *arguments)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        assert "AssertionError" not in result.stderr
        return " ".join(result.stderr.split())

    return run


def write_items(place: Path, *lines: object) -> None:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    (place / "items.jsonl").write_text(text)


def test_empty_data(refused: Any, place: Path) -> None:
    write_items(place)
    assert "items.jsonl" in refused()


def test_missing_data(refused: Any, place: Path) -> None:
    (place / "items.jsonl").unlink()
    assert "items.jsonl" in refused()


def test_a_missing_field_is_named_with_its_line(refused: Any, place: Path) -> None:
    write_items(place, {"input": "a", "target": "1"}, {"input": "b"}, {"target": "3"})
    shown = refused()
    assert "items.jsonl:2: 2 bad lines" in shown
    assert "line 2: no field 'target'" in shown
    assert "line 3: no field 'input'" in shown


def test_a_misspelt_field_is_answered_with_the_nearest(refused: Any, place: Path) -> None:
    write_items(place, *({"input": str(n), "tarjet": "1"} for n in range(4)))
    assert "'tarjet'" in refused()


def test_every_bad_line_is_reported_with_its_number(refused: Any, place: Path) -> None:
    write_items(place, "{broken", {"input": "a", "target": "1"}, "[1]")
    shown = refused()
    assert "items.jsonl:1: 2 bad lines" in shown
    assert "line 1: not JSON" in shown
    assert "line 3: an object is expected" in shown


def test_a_placeholder_without_a_field(refused: Any, place: Path) -> None:
    (place / "prompt.txt").write_text("Answer {questoin} with a number.\n")
    write_items(place, *({"question": str(n), "target": "1"} for n in range(4)))
    shown = refused()
    assert "{questoin}" in shown
    assert "'question'" in shown


def test_a_field_that_no_placeholder_uses_is_warned_of(call: Call, place: Path) -> None:
    (place / "prompt.txt").write_text("Answer {question} with a number.\n")
    write_items(place, *({"question": str(n), "topic": "x", "target": "1"} for n in range(10)))
    result = call(*JOB, "--dry-run")
    assert result.exit_code == 0
    assert "Warning: items.jsonl: the field 'topic' is used by no placeholder" in result.stderr


def test_duplicate_rows_are_warned_of(call: Call, place: Path) -> None:
    write_items(place, *({"input": str(n // 2), "target": "1"} for n in range(20)))
    result = call(*JOB, "--dry-run")
    assert result.exit_code == 0
    assert "lines 1, 2 have the same input" in " ".join(result.stderr.split())


def test_data_that_is_not_utf_8(refused: Any, place: Path) -> None:
    (place / "items.jsonl").write_bytes(b'{"input": "caf\xe9", "target": "1"}\n')
    shown = refused()
    assert "items.jsonl" in shown
    assert "UTF-8" in shown


def test_a_prompt_that_is_not_utf_8(refused: Any, place: Path) -> None:
    (place / "prompt.txt").write_bytes(b"caf\xe9\n")
    assert "prompt.txt:1: not UTF-8" in refused()


def test_a_folder_instead_of_a_prompt(refused: Any, place: Path) -> None:
    (place / "prompt.txt").unlink()
    (place / "prompt.txt").mkdir()
    assert "prompt.txt is a folder" in refused()


def test_a_binary_instead_of_a_prompt(refused: Any, place: Path) -> None:
    (place / "prompt.txt").write_bytes(b"\x7fELF\0\0")
    assert "prompt.txt is a binary file" in refused()


def test_an_unknown_metric(refused: Any, place: Path) -> None:
    assert "Did you mean 'numeric'?" in refused("--metric", "numerik")


def test_a_metric_file_that_is_not_there(refused: Any, place: Path) -> None:
    assert "python:nowhere.py:score names no file" in refused("--metric", "python:nowhere.py:score")


def test_a_metric_that_raises(call: Call, place: Path) -> None:
    (place / "score.py").write_text("def score(output, target):\n    return int(output) == int(target)\n")
    result = call(*JOB, "--metric", "python:score.py:score")
    assert result.exit_code == 2
    shown = " ".join(result.stderr.split())
    assert "score.py:score raised ValueError on example" in shown
    assert "(score.py:2)" in shown


def test_an_unknown_provider(refused: Any, place: Path) -> None:
    assert "Did you mean 'openai'?" in refused("--model", "opnai/gpt-5")


def test_an_unknown_local_model(refused: Any, place: Path) -> None:
    assert "Did you mean 'smollm2-135m'?" in refused("--model", "local/smollm2")


@pytest.mark.usefixtures("place")
def test_a_local_model_that_was_not_pulled(
    refused: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TEXTGRAD_LITE_MODELS", str(tmp_path / "models"))
    assert "textgrad-lite models pull smollm2-135m" in refused("--model", "local/smollm2-135m")


def test_no_key(refused: Any, place: Path) -> None:
    shown = refused("--model", "openai/gpt-5-mini", code=4)
    assert "OPENAI_API_KEY is not set" in shown
    assert ".env" in shown


def test_a_wrong_key(
    call: Call, place: Path, monkeypatch: pytest.MonkeyPatch, loopback_server: LoopbackServer
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-wrong-key")
    loopback_server.faults = (RequiresKey("the-right-key"),)
    result = call(*JOB, "--model", "openai/gpt-5-mini", "--base-url", loopback_server.openai_url)
    assert result.exit_code == 4
    assert "401" in result.stderr
    assert "a-wrong-key" not in result.output


def test_a_model_that_the_server_does_not_know(
    call: Call, place: Path, monkeypatch: pytest.MonkeyPatch, loopback_server: LoopbackServer
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    loopback_server.faults = (KnowsModels(["another"]),)
    result = call(*JOB, "--model", "openai/gpt-55", "--base-url", loopback_server.openai_url)
    assert result.exit_code == 4
    assert "gpt-55" in result.stderr


def test_a_server_that_cannot_be_reached(call: Call, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with LoopbackServer() as server:
        url = server.openai_url
    result = call(*JOB, "--model", "openai/gpt-5-mini", "--base-url", url, "--attempts", "1")
    assert result.exit_code == 4
    assert "openai/gpt-5-mini" in result.stderr


@pytest.mark.parametrize(
    "option, value",
    [("--steps", "0"), ("--train", "-1"), ("--train", "1.5"), ("--cache", "maybe"), ("--price", "1")],
)
def test_an_option_out_of_range(option: str, value: str, refused: Any, place: Path) -> None:
    assert option in refused(option, value)


@pytest.mark.parametrize(
    "options, message",
    [
        (
            ("--max-usd", "1"),
            "--max-usd needs a cap on the length of answers Give one, such as --max-output-tokens",
        ),
        (("--max-tokens", "9000"), "--max-tokens needs a cap on the length of answers"),
        (
            ("--max-usd", "1", "--max-output-tokens", "9", "--optimizer-price", "1/2"),
            "none is known for answer Give dollars per million tokens in and out: --price 0.25/2",
        ),
        (
            ("--max-usd", "1", "--max-output-tokens", "9", "--price", "1/2"),
            "none is known for answer Give dollars per million tokens in and out: --optimizer-price 0.25/2",
        ),
        (("--max-calls", "29"), "--max-calls 29 does not suffice for the measurement: 30 calls"),
    ],
)
def test_a_limit_that_cannot_be_kept_leaves_no_run_folder(
    options: tuple[str, ...], message: str, refused: Any, place: Path
) -> None:
    assert message in refused("--out", "run", *options)
    assert not (place / "run").exists()


def test_a_limit_that_may_allow_no_step_is_warned_of(call: Call, place: Path) -> None:
    result = call(*JOB, "--max-calls", "31")
    assert result.exit_code == 0
    assert "--max-calls 31 may allow no step: the measurement takes 30 calls" in result.stderr
    assert "No candidate was tried" in " ".join(result.stdout.split())


def test_too_few_examples_for_an_honest_split(refused: Any, place: Path) -> None:
    write_items(place, {"input": "a", "target": "1"}, {"input": "b", "target": "2"})
    assert "items.jsonl" in refused()


def test_a_misspelt_key_in_a_file(refused: Any, place: Path) -> None:
    (place / "mine.yaml").write_text("stepz: 3\n")
    shown = refused("--config", "mine.yaml")
    assert "mine.yaml" in shown
    assert "Did you mean 'steps'?" in shown


def test_a_run_folder_that_exists(call: Call, place: Path) -> None:
    call(*JOB, "--out", "run")
    result = call(*JOB, "--out", "run")
    assert result.exit_code == 2
    assert "run holds a run already" in result.stderr
    assert "textgrad-lite resume run" in result.stderr


def test_a_run_folder_that_cannot_be_written(call: Call, place: Path) -> None:
    (place / "run").write_text("a file")
    result = call(*JOB, "--out", "run/inside")
    assert result.exit_code == 2
    assert "run/inside" in result.stderr


def test_a_full_disk(call: Call, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "run/journal.jsonl")

    monkeypatch.setattr(optimize_file, "run_job", fill)
    result = call(*JOB, "--out", "run")
    assert result.exit_code == 2
    assert "run/journal.jsonl: No space left on device" in result.stderr
    assert "cache prune" in result.stderr


def test_resume_of_what_is_no_run(call: Call, place: Path) -> None:
    result = call("resume", ".")
    assert result.exit_code == 2
    assert "holds no run" in result.stderr


def test_a_prompt_longer_than_the_context(
    call: Call, place: Path, monkeypatch: pytest.MonkeyPatch, loopback_server: LoopbackServer
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    (place / "prompt.txt").write_text("word " * 200)
    loopback_server.faults = (ContextWindow(100),)
    result = call(*JOB, "--model", "openai/gpt-5-mini", "--base-url", loopback_server.openai_url)
    assert result.exit_code == 2
    assert "context" in result.stderr
