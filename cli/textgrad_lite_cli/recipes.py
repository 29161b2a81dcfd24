"""Configuration files: one of the user's by path, or one that ships with the program by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from textgrad_lite.errors import ConfigurationError, UnknownNameError

_SHIPPED = Path(__file__).with_name("configs")  # in the wheel
_SOURCES = Path(__file__).parents[2] / "configs"  # in a clone


def list_recipes() -> dict[str, Path]:
    """Return the files that ship with the program by their names."""
    folder = _SHIPPED if _SHIPPED.is_dir() else _SOURCES
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def find_recipe(name: str) -> Path:
    """Return the file that ``name`` means: a path to a file, else the name of a shipped one.

    Raises:
        ConfigurationError: If it looks like a path and there is no such file.
        UnknownNameError: If it is no name of a shipped one.
    """
    path = Path(name)
    if path.is_file():
        return path
    if path.suffix or path.name != name:
        raise ConfigurationError(f"--config: there is no file {name}", hint="Check the path.")
    shipped = list_recipes()
    if name not in shipped:
        raise UnknownNameError("configuration", name, shipped)
    return shipped[name]


def read_recipe(path: Path) -> Mapping[str, Any]:
    """Return the keys and values of a configuration file; an empty file has none.

    Raises:
        ConfigurationError: If it is not YAML, or not a list of keys with values.
    """
    try:
        keys = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not YAML: {error}") from error
    if keys is None:
        return {}
    if not isinstance(keys, dict):
        raise ConfigurationError(
            f"{path}: expected lines of the form `steps: 6`, found a {type(keys).__name__}"
        )
    return keys
