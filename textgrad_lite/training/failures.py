"""Which failures concern one call, and which all that would follow."""

from __future__ import annotations

from textgrad_lite.errors import (
    AuthenticationError,
    EngineError,
    FunctionError,
    ModelNotFoundError,
    ParseError,
    PermissionDeniedError,
)

_HOPELESS = (AuthenticationError, PermissionDeniedError, ModelNotFoundError)


def original_error(error: Exception) -> Exception:
    """The error that a function's error was made of."""
    while isinstance(error, FunctionError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    return error


def concerns_one_call(error: Exception) -> bool:
    """Whether other calls may still succeed: a server that failed once, or a reply that cannot be read.

    Not so a wrong key, a budget that has ended, a metric that raises, or a bug: every call would meet it.
    """
    cause = original_error(error)
    return isinstance(cause, EngineError | ParseError) and not isinstance(cause, _HOPELESS)
