"""The edge of the program: every error becomes a message on stderr and an exit code.

====  =======================================================================================
code  meaning
====  =======================================================================================
0     finished; the verdict is in the output, whatever it is
1     ``--fail-if-not-better`` and it is not better; or a mistake in this program
2     an option, the configuration, the prompt, the data, a function of the user's or the disk
4     a provider, a model or a key
130   interrupted with Ctrl-C, or a question answered with no
====  =======================================================================================
"""

from __future__ import annotations

import errno
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from textgrad_lite.errors import (
    BackwardError,
    ContextLengthError,
    EngineError,
    FunctionError,
    GraphError,
    ImageError,
    MissingKeyError,
    ParseError,
    TextgradError,
)

NOT_BETTER = 1
BUG = 1
BAD_INPUT = 2
PROVIDER = 4
INTERRUPTED = 130

_logger = logging.getLogger(__name__)

_DISK_HINTS = {
    errno.ENOSPC: "Free some space (`textgrad-lite cache prune` frees some), or choose another place.",
    errno.EDQUOT: "Free some space (`textgrad-lite cache prune` frees some), or choose another place.",
    errno.EACCES: "Choose another place, or change its permissions.",
    errno.EROFS: "Choose another place: this file system cannot be written.",
    errno.ENOENT: "Check the path.",
}


def find_original(error: BaseException) -> BaseException:
    """Return the error that arose first: what a function of the graph or a branch of it failed with."""
    while True:
        if isinstance(error, FunctionError) and error.__cause__ is not None:
            error = error.__cause__
        elif isinstance(error, BackwardError) and error.failures:
            error = error.failures[0]
        else:
            return error


def get_exit_code(error: BaseException) -> int:
    """Return the exit code that stands for ``error``; see the table above."""
    match find_original(error):
        case KeyboardInterrupt() | typer.Abort():
            return INTERRUPTED
        case ContextLengthError():  # the prompt is too long: the user's matter, not the provider's
            return BAD_INPUT
        case EngineError() | MissingKeyError() | ParseError():
            return PROVIDER
        case ImageError():  # the data name it
            return BAD_INPUT
        case GraphError():
            return BUG
        case TextgradError() | OSError():
            return BAD_INPUT
        case original:
            return BAD_INPUT if _find_users_line(original) else BUG


def describe(error: BaseException) -> tuple[str, str]:
    """Return what happened and what to do next, each as one text; the second may be empty."""
    original = find_original(error)
    match original:
        case TextgradError():
            return original.message, original.hint
        case OSError():
            place = f"{original.filename}: " if original.filename else ""
            return f"{place}{original.strerror or original}", _DISK_HINTS.get(original.errno or 0, "")
        case _ if place := _find_users_line(original):
            return (
                f"{type(original).__name__}: {original}",
                f"It comes from a function of yours, {place}. Mend it; -vv prints the traceback.",
            )
        case _:
            return (
                f"{type(original).__name__}: {original}",
                "This is a mistake in textgrad_lite. Run again with -vv and report what it prints.",
            )


def _find_users_line(error: BaseException) -> str:
    from textgrad_lite.metrics.user_file import find_place  # heavy, and only an error needs it

    return find_place(error)


def show(error: BaseException) -> None:
    """Print the message of ``error`` on stderr, and its traceback where debug logging is on."""
    from textgrad_lite_cli.console import get_errors, tell  # brings rich, which only an error needs here

    message, hint = describe(error)
    if logging.getLogger("textgrad_lite").isEnabledFor(logging.DEBUG):
        typer.echo("".join(traceback.format_exception(error)), err=True)
    tell(get_errors(), "Error", message, style="bold red")
    if hint:
        typer.echo(hint, err=True)


@contextmanager
def reported() -> Iterator[None]:
    """Turn whatever is raised inside into a message and a ``typer.Exit``; typer's own exceptions pass."""
    try:
        yield
    except (typer.Exit, typer.TyperException):
        raise
    except (KeyboardInterrupt, typer.Abort) as error:  # the second is a "no", or Ctrl-C, at a question
        typer.echo("Interrupted.", err=True)
        raise typer.Exit(INTERRUPTED) from error
    except Exception as error:  # the edge of the program
        show(error)
        raise typer.Exit(get_exit_code(error)) from error
