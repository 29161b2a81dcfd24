"""Schemas in the form of OpenAI's strict mode."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel

from textgrad_lite.engines.providers.strict_schema import make_strict


class Part(BaseModel):
    name: str = "x"
    kind: Literal["a", "b"] | None = None


class Whole(BaseModel):
    default: int = 3
    parts: list[Part] = []
    first: Part | None = None


def find_objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for item in node for found in find_objects(item)]
    if not isinstance(node, dict):
        return []
    below = [found for value in node.values() for found in find_objects(value)]
    return [node, *below] if node.get("type") == "object" else below


def test_every_object_is_closed_and_complete() -> None:
    schema, is_strict = make_strict(Whole.model_json_schema())

    objects = find_objects(schema)
    assert is_strict
    assert len(objects) == 2
    assert all(found["additionalProperties"] is False for found in objects)
    assert all(found["required"] == list(found["properties"]) for found in objects)


def test_defaults_are_left_out_but_not_members_of_that_name() -> None:
    schema, _ = make_strict(Whole.model_json_schema())

    assert schema["properties"]["default"] == {"title": "Default", "type": "integer"}


@pytest.mark.parametrize(
    "schema",
    [
        {
            "type": "object",
            "properties": {"x": {"type": "object", "additionalProperties": {"type": "string"}}},
        },
        {"type": "object"},
        {"type": "array", "items": {"type": "object", "properties": {}, "additionalProperties": True}},
    ],
)
def test_open_objects_stay_as_they_are(schema: dict[str, Any]) -> None:
    assert make_strict(schema) == (schema, False)


def test_the_schema_that_was_given_is_not_changed() -> None:
    schema = Whole.model_json_schema()
    make_strict(schema)

    assert schema == Whole.model_json_schema()
