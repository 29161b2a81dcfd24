"""Where the program writes: results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import logging
import os
from typing import Any

from rich.console import Console
from rich.logging import RichHandler

UNREAD_ERRORS = "textgrad_lite.runtime.pending"
"""The logger that tells of errors that nobody read."""


class _PatientConsole(Console):
    """A console whose reader may leave: what it does not want to see is dropped, and the work goes on."""

    def on_broken_pipe(self) -> None:
        """Write to nowhere from now on; the exit code still says how the work ended."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


def get_output() -> Console:
    """Return the console on stdout, for results."""
    return _PatientConsole(highlight=False)


def get_errors() -> Console:
    """Return the console on stderr, for progress, warnings and questions."""
    return _PatientConsole(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """Print one JSON value on stdout, with nothing round it."""
    text = json.dumps(value, indent=2, default=str)
    get_output().print(text, soft_wrap=True, markup=False)


def tell(console: Console, kind: str, message: str, *, style: str) -> None:
    """Print a message that begins with what kind of message it is; its lines stay whole."""
    console.print(f"{kind}:", style=style, end=" ", soft_wrap=True)
    console.print(message, markup=False, soft_wrap=True)


def warn(message: str) -> None:
    """Print a warning on stderr."""
    tell(get_errors(), "Warning", message, style="yellow")


def set_verbosity(count: int) -> None:
    """Show the library's log on stderr: warnings; with ``-v`` what it does; with ``-vv`` everything.

    A command ends with the first error that it reads, and says it. Those of the calls beside it are mostly
    the same once more, each with a traceback, and are shown with ``-vv`` only.
    """
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(count, 2)]
    handler = RichHandler(console=get_errors(), show_time=False, show_path=False)
    if level > logging.DEBUG:
        handler.addFilter(lambda record: record.name != UNREAD_ERRORS)
    logger = logging.getLogger("textgrad_lite")
    logger.handlers = [handler]
    logger.setLevel(level)
