"""The models command: what it says of a model, and of where it comes from."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from tests.cli.conftest import Call
from textgrad_lite.engines.local import CATALOGUE, OnProgress, PulledModel, PullProgress
from textgrad_lite_cli import models

NAME = "smollm2-135m"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of models, empty."""
    monkeypatch.setenv("TEXTGRAD_LITE_MODELS", str(tmp_path / "models"))
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


@pytest.mark.usefixtures("folder")
def test_list_shows_what_can_be_had(call: Call) -> None:
    result = call("models", "list")
    assert result.exit_code == 0
    for name, model in CATALOGUE.items():
        [line] = [line for line in result.stdout.splitlines() if line.startswith(name)]
        assert model.licence in line
        assert line.rstrip().endswith("no")
    assert max(len(line) for line in result.stdout.splitlines()[: len(CATALOGUE) + 1]) <= 80


def test_list_shows_what_is_here(call: Call, folder: Path) -> None:
    model = CATALOGUE[NAME]
    with (folder / model.filename).open("wb") as file:
        file.truncate(model.size)
    [line] = [line for line in call("models", "list").stdout.splitlines() if line.startswith(NAME)]
    assert line.rstrip().endswith("yes")
    [row] = [
        row for row in json.loads(call("models", "list", "--json").stdout) if row["name"] == f"local/{NAME}"
    ]
    assert row["path"] == str(folder / model.filename)
    assert row["sha256"] == model.sha256


def test_pull_tells_where_the_file_came_from(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = CATALOGUE[NAME]

    def pull(name: str, *, on_progress: OnProgress) -> PulledModel:
        assert name == NAME
        for done in (0, 50, 100):
            on_progress(PullProgress(done, 100, "fetching"))
        return PulledModel(model, folder / model.filename, "a source that somebody ought to know")

    monkeypatch.setattr(models, "pull", pull)
    result = call("models", "pull", NAME)
    assert result.exit_code == 0
    assert result.stderr == "fetching\n"
    assert "Source: a source that somebody ought to know" in result.stdout
    assert model.sha256 in result.stdout
    assert str(folder / model.filename) in result.stdout


@pytest.mark.usefixtures("folder")
def test_an_unknown_model_is_refused_with_the_nearest(call: Call) -> None:
    result = call("models", "pull", "smollm2-135")
    assert result.exit_code == 2
    assert f"Did you mean '{NAME}'?" in result.stderr


def test_pull_draws_a_bar_on_a_terminal(call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, drawn = CATALOGUE[NAME], io.StringIO()

    def pull(name: str, *, on_progress: OnProgress) -> PulledModel:
        on_progress(PullProgress(25_000_000, model.size, "fetching from somewhere"))
        return PulledModel(model, folder / model.filename)

    monkeypatch.setattr(models, "pull", pull)
    monkeypatch.setattr(models, "get_errors", lambda: Console(file=drawn, force_terminal=True, width=80))
    result = call("models", "pull", NAME)
    assert "fetching from somewhere" in drawn.getvalue()
    assert "25.0/98.4 MB" in drawn.getvalue()
    assert "Source" not in result.stdout
