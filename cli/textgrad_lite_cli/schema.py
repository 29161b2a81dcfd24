"""``textgrad-lite schema``: the JSON schema of configuration files, with which editors complete and check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from textgrad_lite_cli.console import get_output
from textgrad_lite_cli.settings import Settings

app = typer.Typer(rich_markup_mode="markdown", add_completion=False)

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@app.command()
def schema(
    *,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write it to a file instead of printing it.")
    ] = None,
) -> None:
    """Print the JSON schema of configuration files.

    An editor with a YAML language server reads the first line of a file:

    ```
    # yaml-language-server: $schema=schema.json
    ```
    """
    text = json.dumps(make_schema(), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        get_output().print(text, end="", soft_wrap=True, markup=False)
    else:
        out.write_text(text, encoding="utf-8", newline="\n")
        get_output().print(f"Written: {out}", soft_wrap=True, markup=False)


def make_schema() -> dict[str, Any]:
    """Return the schema of the settings, as it stands in ``configs/schema.json``."""
    generated = Settings.model_json_schema()
    properties = {name: _describe(field) for name, field in generated["properties"].items()}
    return {
        "$schema": DIALECT,
        "title": "Settings of textgrad-lite",
        "description": "Every key is an option of `textgrad-lite optimize`: `max_calls` is `--max-calls`.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def _describe(field: dict[str, Any]) -> dict[str, Any]:
    """Return a property without its title, which is a panel of the help and not a name."""
    kept = {key: value for key, value in field.items() if key != "title"}
    if kept.get("type") == "array":  # one text may stand there without being a list
        kind = {key: kept.pop(key) for key in ("type", "items")}
        kept["anyOf"] = [kind, {"type": "string"}]
    return kept
