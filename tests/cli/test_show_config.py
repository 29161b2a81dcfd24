"""Where each setting comes from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from textgrad_lite_cli.settings import Settings


def test_every_place_is_named(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.yaml").write_text("steps: 3\nseed: 3\nbatch_size: 3\n")
    monkeypatch.setenv("TEXTGRAD_LITE_STEPS", "2")
    monkeypatch.setenv("TEXTGRAD_LITE_SEED", "2")
    shown = call("optimize", "--show-config", "--config", "mine.yaml", "--steps", "1", "--json")
    told = json.loads(shown.stdout)
    assert told["steps"] == {"value": 1, "from": "--steps"}
    assert told["seed"] == {"value": 2, "from": "TEXTGRAD_LITE_SEED"}
    assert told["batch_size"] == {"value": 3, "from": "mine.yaml: batch_size"}
    assert told["metric"] == {"value": "exact", "from": "default"}
    assert told.keys() == Settings.model_fields.keys()


def test_it_is_a_table_of_80_columns_and_needs_neither_prompt_nor_data(call: Call) -> None:
    result = call("optimize", "--show-config", "--config", "cheap", "--constraint", "short")
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    rows = {row.split()[0]: row.split()[1:] for row in result.stdout.splitlines() if row[:1].strip()}
    assert rows["constraint"] == ["short", "--constraint"]
    assert rows["max_length"] == ["-", "default"]


def test_without_it_prompt_and_data_are_needed(call: Call) -> None:
    result = call("optimize")
    assert result.exit_code == 2
    assert "PROMPT_FILE" in result.stderr
