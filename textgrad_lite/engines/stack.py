"""Puts the layers round an engine, in the one order in which they make sense.

``sampling → answers → cache → single flight → time limit → retry → limits → billing → provider``: every
attempt is queued, limited and billed; no wait between attempts holds a slot; and an answer that is already
there costs nothing at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textgrad_lite.engines.answers import Answers
from textgrad_lite.engines.billing import Billing, TimeLimit
from textgrad_lite.engines.budget import Budget
from textgrad_lite.engines.cache import Cache, CacheMode
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.layer import Layer
from textgrad_lite.engines.ledger import Ledger
from textgrad_lite.engines.limits import DEFAULT_CONCURRENCY, Limits
from textgrad_lite.engines.pricing import Pricing
from textgrad_lite.engines.providers.base import Provider
from textgrad_lite.engines.quota import Account, Quota, shared_account, shared_quota
from textgrad_lite.engines.recorder import Recorder
from textgrad_lite.engines.retry import Retry, RetryPolicy
from textgrad_lite.engines.sampling import Sampling
from textgrad_lite.engines.single_flight import SingleFlight
from textgrad_lite.engines.types import Completion, Request


@dataclass(frozen=True, kw_only=True)
class StackOptions:
    """What the layers are told.

    Attributes:
        cache: Mode of the cache.
        cache_dir: Where it lies; the user's cache directory where None.
        concurrency: Most requests open at once.
        requests_per_minute: Most requests sent per minute.
        tokens_per_minute: Most tokens of prompts and answers per minute.
        retry: How often and how patiently to ask again.
        budget: The engine's own limits, besides those of a session.
        price: What calls cost, where the user knows better than the published list.
        sampling: Default parameters of requests.
    """

    cache: CacheMode = "on"
    cache_dir: Path | str | None = None
    concurrency: int = DEFAULT_CONCURRENCY
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    budget: Budget | None = None
    price: Pricing | None = None
    sampling: Mapping[str, Any] = field(default_factory=dict)


class Stack(Layer):
    """An engine with all its layers.

    Attributes:
        ledger: What was asked of this engine, and what it cost.
        budget: The engine's own limits.
    """

    def __init__(self, inner: Engine, ledger: Ledger, budget: Budget | None) -> None:
        super().__init__(inner)
        self.ledger = ledger
        self.budget = budget

    async def complete(self, request: Request) -> Completion:
        """Answer a request through all layers."""
        return await self.inner.complete(request)

    def recall(self, request: Request) -> Completion | None:
        """Return the answer if it is at hand."""
        return self.inner.recall(request)


def stack(provider: Engine, options: StackOptions | None = None) -> Stack:
    """Put all layers round a provider.

    Raises:
        ConfigurationError: An option is out of range.
    """
    options = StackOptions() if options is None else options
    ledger = Ledger()
    recorder = Recorder(provider.name, ledger)
    quota = _quota_of(provider)
    engine: Engine = Billing(provider, recorder, options.budget, options.price)
    engine = _limited(engine, provider, quota, options)
    engine = Retry(engine, options.retry, quota, recorder, options.budget)
    engine = TimeLimit(engine, options.budget)
    engine = SingleFlight(engine, recorder)
    if options.cache != "off":
        from textgrad_lite.engines.disk_cache import shared_cache

        engine = Cache(engine, shared_cache(options.cache_dir), recorder, options.cache)
    engine = Answers(engine, recorder)
    if options.sampling:
        engine = Sampling(engine, options.sampling)
    return Stack(engine, ledger, options.budget)


def account_for(engine: Engine) -> Stack:
    """Put round a bare engine only what a session needs to limit it, to account for it and to replay it.

    Whoever hands over an engine of their own has decided about caching and retries. Equal requests in flight
    are one all the same: a run that is resumed finds one answer under their key.
    """
    ledger = Ledger()
    recorder = Recorder(engine.name, ledger)
    billed = Billing(engine, recorder)
    limited = _limited(billed, engine, _quota_of(engine), StackOptions())
    return Stack(Answers(SingleFlight(TimeLimit(limited), recorder), recorder), ledger, None)


def _limited(engine: Engine, provider: Engine, quota: Quota, options: StackOptions) -> Limits:
    return Limits(
        engine,
        _account_of(provider),
        quota,
        concurrency=options.concurrency,
        requests_per_minute=options.requests_per_minute,
        tokens_per_minute=options.tokens_per_minute,
    )


def _account_of(engine: Engine) -> Account:
    if isinstance(engine, Provider):
        return shared_account(engine.connection.public_url, engine.credential)
    return Account()


def _quota_of(engine: Engine) -> Quota:
    if isinstance(engine, Provider):
        return shared_quota(engine.connection.public_url, engine.credential, engine.model)
    return Quota()
