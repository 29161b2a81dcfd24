"""Configuration files, those of the user and those that ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from textgrad_lite.errors import ConfigurationError, UnknownNameError
from textgrad_lite_cli.gathering import gather
from textgrad_lite_cli.recipes import find_recipe, list_recipes, read_recipe
from textgrad_lite_cli.settings import Settings


@pytest.mark.parametrize("name", sorted(list_recipes()))
def test_every_shipped_recipe_can_be_used(name: str) -> None:
    keys = read_recipe(find_recipe(name))
    settings = gather({}, environment={}, file=keys, file_name=name).settings
    assert {key: settings.model_dump()[key] for key in keys} == keys


def test_the_default_recipe_says_what_holds_anyway() -> None:
    keys = read_recipe(find_recipe("default"))
    assert gather({}, environment={}, file=keys).settings == Settings()


def test_a_file_of_the_user_is_found_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("steps: 2\n")
    assert read_recipe(find_recipe(str(path))) == {"steps": 2}


def test_an_empty_file_sets_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("# nothing yet\n")
    assert read_recipe(path) == {}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no file .*mine\.yaml"):
        find_recipe(str(tmp_path / "mine.yaml"))


def test_an_unknown_name_lists_what_ships() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'thorough'"):
        find_recipe("throrough")


@pytest.mark.parametrize("content", [b"steps: [", b"- steps", b"\xff\xfe"])
def test_what_is_no_list_of_keys_is_refused_with_the_name_of_the_file(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"mine\.yaml"):
        read_recipe(path)
