"""What a user names in a Python file of their own, as ``FILE.py:FUNCTION``."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from textgrad_lite.errors import ConfigurationError

_PREFIX = "_textgrad_lite_file_"
"""What the names of the modules begin with that are made of the user's files."""


def load_object(place: str) -> Any:
    """Loads what ``FILE.py:NAME`` names, usually a function. This runs the file, as ``python FILE.py`` would.

    Raises:
        ConfigurationError: If there is no such file or name, or the file cannot be run.
    """
    path, name = split_place(place)
    module = _run_file(path)
    if not hasattr(module, name):
        functions = [found for found, value in vars(module).items() if inspect.isfunction(value)]
        raise ConfigurationError(
            f"{path} has no function {name!r}", hint=f"It has: {', '.join(functions) or 'no function'}."
        )
    return getattr(module, name)


def split_place(place: str) -> tuple[Path, str]:
    """Returns the file and the name in it.

    Raises:
        ConfigurationError: If there is no such file.
    """
    file_name, _, name = place.rpartition(":")
    path = Path(file_name)
    if not file_name or not path.is_file():
        missing = f"There is no {file_name} here. " if file_name else ""
        raise ConfigurationError(
            f"python:{place} names no file",
            hint=f"{missing}The form is python:FILE.py:FUNCTION.",
        )
    return path, name


def last_line_of(error: BaseException) -> str:
    """Returns where an error arose, as `` (FILE:LINE)``, or an empty text."""
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""


def find_place(error: BaseException) -> str:
    """Returns the last line of a loaded file that an error came through, as ``FILE:LINE``, or no text."""
    lines = [
        f"{Path(frame.f_code.co_filename).name}:{number}"
        for frame, number in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__")).startswith(_PREFIX)
    ]
    return lines[-1] if lines else ""


def _run_file(path: Path) -> ModuleType:
    name = f"{_PREFIX}{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigurationError(f"{path} is no Python file", hint="Its name has to end in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(path.resolve().parent))
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ConfigurationError(
            f"the file {path} cannot be run: {type(error).__name__}{last_line_of(error)}: {error}"
        ) from error
    finally:
        sys.path.remove(str(path.resolve().parent))
    return module
