"""The models of a run: one that has to answer, and one that criticises and rewrites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textgrad_lite.engines import Engine, as_engine, get_engine
from textgrad_lite.metrics import load_function
from textgrad_lite_cli.settings import Settings

PYTHON = "python:"
"""Prefix of a model that is a function in a file of the user's."""


@dataclass(frozen=True)
class Engines:
    """The two models.

    Attributes:
        student: Answers with the prompt.
        optimizer: Criticises the answers and rewrites the prompt.
    """

    student: Engine
    optimizer: Engine


def open_engines(settings: Settings) -> Engines:
    """Return the two models that ``settings`` name; nothing is asked yet.

    Raises:
        ConfigurationError: If a name is unknown, or a key or a package is missing.
    """
    has_own = settings.optimizer_model is not None
    return Engines(
        student=_open(
            settings.model,
            settings,
            base_url=settings.base_url,
            api_key_env=settings.api_key_env,
            temperature=settings.temperature,
        ),
        optimizer=_open(
            settings.optimizer_model or settings.model,
            settings,
            base_url=settings.optimizer_base_url if has_own else settings.base_url,
            api_key_env=settings.optimizer_api_key_env if has_own else settings.api_key_env,
            temperature=settings.optimizer_temperature,
        ),
    )


def _open(name: str, settings: Settings, **options: Any) -> Engine:
    if name.startswith(PYTHON):
        return as_engine(load_function(name.removeprefix(PYTHON)))
    return get_engine(
        name,
        **options,
        max_tokens=settings.max_output_tokens,
        timeout=settings.timeout,
        concurrency=settings.concurrency,
        requests_per_minute=settings.requests_per_minute,
        cache=settings.cache,
        cache_dir=settings.cache_dir,
    )
