"""Brings a JSON schema into the form that OpenAI's strict mode accepts."""

from __future__ import annotations

from typing import Any


class _NotStrictError(Exception):
    """The schema allows members of any name, which strict mode has no form for."""


def make_strict(schema: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return the schema with every object closed and all of its members required.

    Returns:
        The schema to send, and whether it may be called strict; one that allows members of any name is
        returned as it was, not strict.
    """
    try:
        return _close(schema), True
    except _NotStrictError:
        return schema, False


def _close(node: Any) -> Any:
    if isinstance(node, list):
        return [_close(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {
        name: _close_members(value) if name in ("properties", "$defs") else _close(value)
        for name, value in node.items()
        if name != "default"
    }
    if node.get("type") == "object":
        if node.get("additionalProperties") or "properties" not in node:
            raise _NotStrictError
        closed |= {"additionalProperties": False, "required": list(node["properties"])}
    return closed


def _close_members(members: dict[str, Any]) -> dict[str, Any]:
    # Members may be called anything, "default" too: only their schemas are nodes.
    return {name: _close(schema) for name, schema in members.items()}
