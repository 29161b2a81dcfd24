"""The engine that is used where none is named: one for the process, another one inside a ``with``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.registry import as_engine, get_engine
from textgrad_lite.errors import ConfigurationError

_default: Engine | None = None
_override: ContextVar[Engine | None] = ContextVar("textgrad_lite_engine", default=None)


def set_backward_engine(engine: object, override: bool = True, **options: Any) -> None:
    """Set the process-wide engine for criticism, rewriting and calls without an engine of their own.

    Args:
        engine: Whatever `as_engine` takes.
        override: Replace the one that was set before.
        **options: Options of `get_engine`, where the engine is a name or a function.

    Raises:
        ConfigurationError: One is set already and must not be replaced, or this is no engine.
    """
    global _default
    if _default is not None and not override:
        raise ConfigurationError(
            f"the backward engine is set already, to {_default.name}",
            hint="Pass override=True to replace it.",
        )
    _default = get_engine(engine, **options) if options else as_engine(engine)  # type: ignore[arg-type]


def get_backward_engine() -> Engine:
    """Return the engine of this context, or else that of the process.

    Raises:
        ConfigurationError: None is set.
    """
    engine = _override.get() or _default
    if engine is None:
        raise ConfigurationError(
            "no engine is given and none is set",
            hint='Pass engine=…, or call textgrad_lite.set_backward_engine("provider/model") first.',
        )
    return engine


@contextmanager
def use_engine(engine: object) -> Iterator[Engine]:
    """Use an engine inside the ``with``; a thread started there sees the process-wide one.

    Args:
        engine: Whatever `as_engine` takes.
    """
    chosen = as_engine(engine)
    token = _override.set(chosen)
    try:
        yield chosen
    finally:
        _override.reset(token)
