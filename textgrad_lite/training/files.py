"""The files of a run folder: their names, and how they are read, compared and replaced."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textgrad_lite.errors import RunError

CONFIG = "config.yaml"
JOURNAL = "journal.jsonl"
CHECKPOINT = "checkpoint.json"
BEST = "best.txt"
DIFF = "diff.patch"
LOCK = "run.lock"
_NO_NEWLINE = "\n\\ No newline at end of file\n"


def write_atomically(path: Path, text: str) -> None:
    """Replaces a file in such a way that a reader finds the old content or the new one, never a part.

    Line endings are kept as they are in the text.

    Raises:
        RunError: If it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)  # noqa: PTH105 - the name is a text here
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise RunError(
            f"{path} cannot be written: {error.strerror}", hint="Make room or choose another folder."
        ) from error


def make_diff(before: str, after: str, name: str = "prompt.txt") -> str:
    """The unified diff of two texts, empty where they are equal."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    return "".join(line if line.endswith("\n") else line + _NO_NEWLINE for line in lines)


def read_config(path: Path) -> dict[str, Any]:
    """What the run in a folder was asked to do.

    Raises:
        RunError: If the folder holds no run, or its config cannot be read.
    """
    import yaml

    try:
        content = yaml.safe_load((path / CONFIG).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunError(f"{path} holds no run", hint=f"A run folder has a file {CONFIG}.") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RunError(f"{path / CONFIG} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise RunError(f"{path / CONFIG} is not a config of a run")
    return content


def to_yaml(config: Mapping[str, Any]) -> str:
    """The text of a config file."""
    import yaml

    return str(yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True))
