"""The schema of configuration files, and that every shipped file has it and keeps to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.conftest import Call
from textgrad_lite_cli.recipes import list_recipes, read_recipe
from textgrad_lite_cli.schema import make_schema
from textgrad_lite_cli.settings import Settings

RECIPES = list_recipes()


def is_valid(keys: Any) -> bool:
    return jsonschema.Draft202012Validator(make_schema()).is_valid(keys)


def test_it_is_printed_and_written(call: Call, tmp_path: Path) -> None:
    assert json.loads(call("schema").stdout) == make_schema()
    result = call("schema", "--out", tmp_path / "schema.json")
    assert result.exit_code == 0
    assert json.loads((tmp_path / "schema.json").read_text()) == make_schema()


def test_it_is_a_schema_and_explains_every_setting() -> None:
    schema = make_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"].keys() == Settings.model_fields.keys()
    assert all(field["description"] for field in schema["properties"].values())


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_shipped_file_names_the_schema_and_keeps_to_it(name: str) -> None:
    first = RECIPES[name].read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=schema.json"
    assert is_valid(dict(read_recipe(RECIPES[name])))


def test_the_shipped_schema_is_up_to_date() -> None:
    """If not: textgrad-lite schema --out configs/schema.json."""
    shipped = RECIPES["default"].with_name("schema.json")
    assert json.loads(shipped.read_text()) == make_schema()


@pytest.mark.parametrize("keys", [{"stepz": 3}, {"steps": 0}, {"steps": "many"}, {"cache": "maybe"}])
def test_what_the_program_refuses_the_schema_refuses(keys: dict[str, Any]) -> None:
    assert not is_valid(keys)


@pytest.mark.parametrize("wish", ["short", ["short", "polite"]])
def test_one_wish_need_not_be_a_list(wish: object) -> None:
    assert is_valid({"constraint": wish})
