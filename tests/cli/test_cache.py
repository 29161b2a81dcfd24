"""The cache command: what is kept, and how it goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from textgrad_lite import runtime
from textgrad_lite.engines import get_engine
from textgrad_lite.engines.disk_cache import shared_cache
from textgrad_lite_cli import cache as cache_file


def shout(text: str) -> str:
    return text.upper()


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache that holds two answers."""
    folder = tmp_path / "cache"
    engine = get_engine(shout, cache="on", cache_dir=folder)
    assert [engine("one"), engine("two")] == ["ONE", "TWO"]
    runtime.run(shared_cache(folder).settle())
    return folder


def count(call: Call, cache: Path) -> int:
    rows: int = json.loads(call("cache", "stats", "--json", "--cache-dir", cache).stdout)["rows"]
    return rows


def test_stats_of_a_cache(call: Call, cache: Path) -> None:
    result = call("cache", "stats", "--cache-dir", cache)
    assert result.exit_code == 0
    assert str(cache) in result.stdout
    assert "2 answers" in result.stdout
    assert "UTC" in result.stdout


def test_stats_where_nothing_was_ever_cached(call: Call, tmp_path: Path) -> None:
    result = call("cache", "stats", "--cache-dir", tmp_path / "nowhere")
    assert result.exit_code == 0
    assert "0 answers" in result.stdout
    assert not (tmp_path / "nowhere").exists()


def test_clear_removes_everything(call: Call, cache: Path) -> None:
    assert "2 answers removed" in call("cache", "clear", "--yes", "--cache-dir", cache).stdout
    assert count(call, cache) == 0


@pytest.mark.parametrize(
    "choice, left",
    [
        (["--older-than", "30d"], 2),
        (["--older-than", "0m"], 0),
        (["--to-size", "2G"], 2),
        (["--to-size", "0"], 0),
    ],
)
def test_prune_removes_what_was_asked_for(choice: list[str], left: int, call: Call, cache: Path) -> None:
    result = call("cache", "prune", *choice, "--cache-dir", cache)
    assert result.exit_code == 0
    assert count(call, cache) == left


@pytest.mark.parametrize(
    "choice, message",
    [
        ([], "--older-than 30d"),
        (["--older-than", "soon"], "'soon' is no age"),
        (["--to-size", "big"], "'big' is no size"),
    ],
)
def test_prune_refuses_what_it_does_not_understand(
    choice: list[str], message: str, call: Call, cache: Path
) -> None:
    result = call("cache", "prune", *choice, "--cache-dir", cache)
    assert result.exit_code == 2
    assert message in result.stderr
    assert count(call, cache) == 2


def test_clear_asks_on_a_terminal(call: Call, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(cache_file, "confirm", asked.append)
    call("cache", "clear", "--cache-dir", cache)
    assert asked == [f"Remove all 2 answers in {cache / 'answers'}?"]
    call("cache", "clear", "--cache-dir", cache)
    assert len(asked) == 1


def test_the_variable_names_the_folder_too(call: Call, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTGRAD_LITE_CACHE_DIR", str(cache))
    assert "2 answers" in call("cache", "stats").stdout
    assert "2 answers removed" in call("cache", "clear", "--yes").stdout
