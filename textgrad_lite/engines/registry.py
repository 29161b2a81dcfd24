"""Finds the engine that a name means: ``provider/model``, or a well-known model's bare name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from textgrad_lite.engines.budget import Budget
from textgrad_lite.engines.cache import CacheMode
from textgrad_lite.engines.callables import CallableEngine
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.limits import DEFAULT_CONCURRENCY
from textgrad_lite.engines.pricing import FREE, ListPrice, Pricing
from textgrad_lite.engines.providers.presets import ANTHROPIC, PRESETS
from textgrad_lite.engines.retry import RetryPolicy
from textgrad_lite.engines.stack import Stack, StackOptions, account_for, stack
from textgrad_lite.errors import ConfigurationError, UnknownNameError

if TYPE_CHECKING:
    import httpx2

    from textgrad_lite.engines.providers.base import Provider

_BARE_NAMES = (
    (re.compile(r"(gpt|chatgpt|codex)-|o\d+(-|$)"), "openai"),
    (re.compile(r"claude-"), "anthropic"),
)
_ON_THIS_MACHINE = ("local", "ollama", "vllm", "lmstudio")
_MODES: Mapping[str | bool, CacheMode] = {
    True: "on",
    False: "off",
    "on": "on",
    "off": "off",
    "read-only": "read-only",
    "refresh": "refresh",
}


def get_engine(
    name: str | Callable[..., Any],
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    api_key_env: str | None = None,
    http_client: httpx2.AsyncClient | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
    cache: CacheMode | bool | None = None,
    cache_dir: Path | str | None = None,
    concurrency: int = DEFAULT_CONCURRENCY,
    requests_per_minute: float | None = None,
    tokens_per_minute: float | None = None,
    retry: RetryPolicy | None = None,
    budget: Budget | None = None,
    price: Pricing | None = None,
    provider_options: Mapping[str, Any] | None = None,
    **sampling: Any,
) -> Stack:
    """Return an engine with all its layers. Nothing is sent yet.

    Args:
        name: ``provider/model``; a bare name such as ``gpt-…``, ``o3`` or ``claude-…``; or a function.
        base_url: Address of the server, for any that speaks the provider's protocol.
        api_key: The key; better left to the environment.
        api_key_env: Name of the environment variable that holds the key.
        http_client: An own HTTP client, for a proxy or a CA.
        headers: Further headers of every request.
        timeout: Seconds for one attempt.
        cache: ``"on"``, ``"off"``, ``"read-only"`` or ``"refresh"``; on for models, off for functions.
        cache_dir: Where the cache lies; the user's cache directory where None.
        concurrency: Most requests open at once.
        requests_per_minute: Most requests sent per minute.
        tokens_per_minute: Most tokens of prompts and answers per minute.
        retry: How often and how patiently to ask again.
        budget: Limits of this engine alone.
        price: What calls cost, where the published list does not know.
        provider_options: What only one provider knows, such as OpenAI's ``api`` or local models' ``slots``.
        **sampling: Default parameters: ``temperature``, ``top_p``, ``max_tokens``, ``stop``, ``seed``,
            ``reasoning_effort``, ``extra``. None leaves a parameter to the server.

    Raises:
        UnknownNameError: There is no such provider, option or cache mode.
        MissingKeyError: The provider needs a key, and its environment variable is not set.
        ConfigurationError: An option is out of range.
    """
    connection = _without_none(
        base_url=base_url,
        api_key=api_key,
        api_key_env=api_key_env,
        http_client=http_client,
        headers=headers,
        timeout=timeout,
    )
    options = StackOptions(
        cache=_choose_mode(isinstance(name, str) if cache is None else cache),
        cache_dir=cache_dir,
        concurrency=concurrency,
        requests_per_minute=requests_per_minute,
        tokens_per_minute=tokens_per_minute,
        retry=retry or RetryPolicy(),
        budget=budget,
        price=price,
        sampling=_without_none(**sampling),
    )
    return stack(_open(name, {**connection, **_without_none(**(provider_options or {}))}), options)


def as_engine(engine: object) -> Engine:
    """Return whatever can stand for an engine as one.

    Args:
        engine: A name, an engine, a function from text to text (sync or async), an object with ``generate``,
            or an engine written for textgrad.

    Raises:
        ConfigurationError: It is none of these, or its name cannot be resolved.
    """
    if isinstance(engine, Stack):
        return engine
    if isinstance(engine, str):
        return get_engine(engine)
    if isinstance(engine, Engine):
        return _accounted(engine)
    if callable(engine) or callable(getattr(engine, "generate", None)):
        return get_engine(engine)  # type: ignore[arg-type]  # an object with generate
    raise ConfigurationError(
        f"a {type(engine).__name__} is no engine",
        hint='Pass a name such as "openai/gpt-5-mini", an engine, or a function from text to text.',
    )


def pricing_of(engine: Engine) -> Pricing | None:
    """Return what calls of an engine cost, or None where that is unknown."""
    return engine.pricing


def split_name(name: str) -> tuple[str, str]:
    """Return provider and model of an engine's name.

    Raises:
        UnknownNameError: The provider is unknown.
        ConfigurationError: The name has no provider, and the model is not a well-known one.
    """
    name = name.removeprefix("experimental:")  # textgrad's names of engines for any provider
    provider, slash, model = name.partition("/")
    if slash and model:
        if provider not in _OPENERS:
            raise UnknownNameError("provider", provider, _OPENERS)
        return provider, model
    for pattern, owner in _BARE_NAMES:
        if pattern.match(name):
            return owner, name
    raise ConfigurationError(
        f"the engine name {name!r} has no provider",
        hint="Write provider/model, such as openai/gpt-5-mini or local/qwen2.5-coder-1.5b. "
        f"Providers: {', '.join(sorted(_OPENERS))}.",
    )


def _without_none(**options: Any) -> dict[str, Any]:
    return {option: value for option, value in options.items() if value is not None}


def _choose_mode(mode: CacheMode | bool) -> CacheMode:
    if mode not in _MODES:
        raise UnknownNameError("cache mode", str(mode), [key for key in _MODES if isinstance(key, str)])
    return _MODES[mode]


def _open(name: str | Callable[..., Any], options: Mapping[str, Any]) -> Engine:
    if isinstance(name, str):
        provider, model = split_name(name)
        try:
            return _OPENERS[provider](provider, model, options)
        except TypeError as error:
            raise ConfigurationError(f"{provider} does not take these options: {error}") from error
    if options:
        raise ConfigurationError(f"a function takes no {', '.join(options)}")
    return CallableEngine(name)


def _open_openai(provider: str, model: str, options: Mapping[str, Any]) -> Engine:
    from textgrad_lite.engines.providers.openai import OpenAIProvider

    return _priced(OpenAIProvider(model, preset=provider, **options), PRESETS[provider].base_url)


def _open_anthropic(provider: str, model: str, options: Mapping[str, Any]) -> Engine:  # noqa: ARG001
    from textgrad_lite.engines.providers.anthropic import AnthropicProvider

    return _priced(AnthropicProvider(model, **options), ANTHROPIC.base_url)


def _open_local(provider: str, model: str, options: Mapping[str, Any]) -> Engine:  # noqa: ARG001
    from textgrad_lite.engines.local import open_local

    return _priced(open_local(model, **options), None)


_OPENERS: Mapping[str, Callable[[str, str, Mapping[str, Any]], Engine]] = {
    **dict.fromkeys(PRESETS, _open_openai),
    "anthropic": _open_anthropic,
    "local": _open_local,
}


def _priced(provider: Provider, own_url: str | None) -> Engine:
    """Give a provider its price: nothing on this machine, the published one where there is one."""
    url = provider.connection.public_url
    is_loopback = urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
    if provider.provider in _ON_THIS_MACHINE and is_loopback:
        provider.pricing = FREE
    else:
        provider.pricing = ListPrice(provider.model, url, provider.provider if url == own_url else None)
    return provider


def _accounted(engine: Engine) -> Engine:
    """Return the engine with its accounts, the same ones each time."""
    accounted: Engine | None = vars(engine).get("_accounted")
    if accounted is None:
        accounted = account_for(engine)
        vars(engine)["_accounted"] = accounted
    return accounted
