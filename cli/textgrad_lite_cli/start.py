"""What optimize and eval begin with: settings from everywhere, and a question before money is spent."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from textgrad_lite_cli.gathering import Gathered, gather
from textgrad_lite_cli.recipes import find_recipe, read_recipe
from textgrad_lite_cli.settings import Settings


def load_settings(given: Mapping[str, Any], config: str | None) -> Settings:
    """Return the settings from the command line, the environment and a configuration file.

    Args:
        given: What stood on the command line.
        config: Path or name of the file, if one was given.
    """
    return gather_settings(given, config).settings


def gather_settings(given: Mapping[str, Any], config: str | None) -> Gathered:
    """Return the same settings, and where each of them stands."""
    if config is None:
        return gather(given, environment=os.environ, file={})
    path = find_recipe(config)
    name = str(path) if path == Path(config) else path.name
    return gather(given, environment=os.environ, file=read_recipe(path), file_name=name)


def confirm(question: str) -> None:
    """Ask on a terminal; go on without asking where nobody could answer.

    Raises:
        typer.Abort: If the answer is no.
    """
    if sys.stdin.isatty():
        typer.confirm(question, abort=True, err=True)
