"""Which models a run gets, and with which options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from textgrad_lite.engines import Engine
from textgrad_lite_cli import engine_choice
from textgrad_lite_cli.engine_choice import open_engines, open_sampler
from textgrad_lite_cli.settings import Settings


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """What the library was asked for, name and options, student first."""
    asked: list[tuple[Any, dict[str, Any]]] = []

    def get_engine(name: Any, **options: Any) -> None:
        asked.append((name, options))

    monkeypatch.setattr(engine_choice, "get_engine", get_engine)
    return asked


def test_one_model_plays_both_parts_at_two_temperatures(asked: list[tuple[Any, dict[str, Any]]]) -> None:
    open_engines(Settings(model="openai/x", base_url="http://a", api_key_env="KEY"))
    (student, for_student), (optimizer, for_optimizer) = asked
    assert student == optimizer == "openai/x"
    assert (for_student["temperature"], for_optimizer["temperature"]) == (0.0, 0.7)
    for options in (for_student, for_optimizer):
        assert (options["base_url"], options["api_key_env"]) == ("http://a", "KEY")


def test_another_optimizer_has_its_own_address_key_and_price(asked: list[tuple[Any, dict[str, Any]]]) -> None:
    open_engines(
        Settings(
            model="openai/x",
            base_url="http://a",
            price="1/2",
            optimizer_model="anthropic/y",
            optimizer_api_key_env="OTHER",
            optimizer_price="3/4.5",
        )
    )
    (_, for_student), (name, options) = asked
    assert name == "anthropic/y"
    assert (options["base_url"], options["api_key_env"]) == (None, "OTHER")
    assert (for_student["price"].input, for_student["price"].output) == (1, 2)
    assert (options["price"].input, options["price"].output) == (3, 4.5)


def test_settings_of_local_models_reach_them_and_no_other(asked: list[tuple[Any, dict[str, Any]]]) -> None:
    open_engines(Settings(model="local/x", optimizer_model="openai/y", local_threads=2, local_slots=3))
    (_, for_local), (_, for_other) = asked
    assert for_local["provider_options"] == {"threads": 2, "slots": 3, "context": None}
    assert (for_local["max_tokens"], for_other["max_tokens"]) == (1024, None)
    assert "provider_options" not in for_other


def test_an_engine_in_a_file_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from textgrad_lite.testing import ScriptedEngine\n\nengine = ScriptedEngine(['hello'])\n"
    )
    student = open_engines(Settings(model=f"python:{tmp_path / 'mine.py'}:engine")).student
    assert isinstance(student, Engine)
    assert student.generate("hi") == "hello"


@pytest.mark.parametrize("temperature, drawn_at", [(0.0, 0.7), (None, 0.7), (0.3, 0.3)])
def test_further_draws_are_made_at_a_temperature(
    temperature: float | None, drawn_at: float, asked: list[tuple[Any, dict[str, Any]]]
) -> None:
    open_sampler(Settings(model="openai/x", temperature=temperature, base_url="http://a", price="1/2"))
    [(name, options)] = asked
    assert (name, options["temperature"], options["base_url"]) == ("openai/x", drawn_at, "http://a")
    assert options["price"].input == 1


def test_a_function_of_the_user_is_not_loaded_a_second_time(asked: list[tuple[Any, dict[str, Any]]]) -> None:
    assert open_sampler(Settings(model="python:model.py:answer")) is None
    assert asked == []
