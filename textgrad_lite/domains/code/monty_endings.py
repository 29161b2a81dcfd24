"""Telling what monty cannot run from what is wrong with a program."""

from __future__ import annotations

import builtins
import re
import sys

from textgrad_lite.domains.code.job import Ending, Limits

_NAME = re.compile(r"name '(\w+)' is not defined")
_MODULE = re.compile(r"(?:No module named|module|from) '(\w+)")
_ATTRIBUTE = re.compile(r"'(\w+)' object has no attribute '(\w+)'")


def ending_of(kind: str, said: str, limits: Limits) -> Ending:
    """Tell how a program ended from what monty raised.

    Args:
        kind: Name of the exception.
        said: Its message.
        limits: What the program was allowed.
    """
    if kind == "TimeoutError" and "limit exceeded" in said:
        return "timeout"
    if kind == "MemoryError":
        return "output" if said.endswith(f"> {limits.output_bytes} bytes") else "memory"
    return "unsupported" if _is_unsupported(kind, said) else "raised"


def _is_unsupported(kind: str, said: str) -> bool:
    """Tell whether CPython knows what this interpreter does not know."""
    if kind == "NotImplementedError":
        return "monty" in said
    if kind == "NameError":
        name = _NAME.search(said)
        return name is not None and hasattr(builtins, name[1])
    if kind in {"ModuleNotFoundError", "ImportError", "AttributeError"} and (module := _MODULE.search(said)):
        return module[1] in sys.stdlib_module_names
    if kind == "AttributeError" and (attribute := _ATTRIBUTE.search(said)):
        return hasattr(getattr(builtins, attribute[1], None), attribute[2])
    return False
