"""The models of a run: one that has to answer, and one that criticises and rewrites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textgrad_lite.engines import Engine, Price, RetryPolicy, as_engine, get_engine
from textgrad_lite.metrics import load_object
from textgrad_lite_cli.settings import Settings

LOCAL = "local/"
"""Prefix of a model that is served on this machine."""

LOCAL_ANSWER = 1024
"""Longest answer of a local model in tokens, unless told otherwise: small ones do not always stop."""

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


SAMPLING_TEMPERATURE = 0.7
"""At what temperature answers are drawn again; at 0, each draw would be like the first."""


def open_sampler(settings: Settings) -> Engine | None:
    """Return the model that answers, as it is asked for further draws of one answer; nothing is asked yet.

    A function of the user's is asked for them as for the first, so there is none for it.
    """
    if settings.model.startswith(PYTHON):
        return None
    return _open(
        settings.model,
        settings,
        base_url=settings.base_url,
        api_key_env=settings.api_key_env,
        temperature=settings.temperature or SAMPLING_TEMPERATURE,
        price=_parse_price(settings.price),
    )


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
            price=_parse_price(settings.price),
        ),
        optimizer=_open(
            settings.optimizer_model or settings.model,
            settings,
            base_url=settings.optimizer_base_url if has_own else settings.base_url,
            api_key_env=settings.optimizer_api_key_env if has_own else settings.api_key_env,
            temperature=settings.optimizer_temperature,
            price=_parse_price(settings.optimizer_price if has_own else settings.price),
        ),
    )


def _open(
    name: str, settings: Settings, *, base_url: str | None, api_key_env: str | None, **options: Any
) -> Engine:
    options |= {
        "max_tokens": settings.max_output_tokens,
        "concurrency": settings.concurrency,
        "retry": RetryPolicy(attempts=settings.attempts),
        "requests_per_minute": settings.requests_per_minute,
        "cache_dir": settings.cache_dir,
    }
    if name.startswith(PYTHON):
        made = load_object(name.removeprefix(PYTHON))
        return as_engine(made) if isinstance(made, Engine) else get_engine(made, **options)
    if name.startswith(LOCAL):
        options["max_tokens"] = settings.max_output_tokens or LOCAL_ANSWER
        options["provider_options"] = {
            "threads": settings.local_threads,
            "slots": settings.local_slots,
            "context": settings.local_context,
        }
    return get_engine(
        name,
        base_url=base_url,
        api_key_env=api_key_env,
        timeout=settings.timeout,
        cache=settings.cache,
        **options,
    )


def _parse_price(text: str | None) -> Price | None:
    if text is None:
        return None
    given, answered = text.split("/")
    return Price(input=float(given), output=float(answered))
