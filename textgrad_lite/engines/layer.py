"""A layer is an engine round another engine that adds one thing to every call."""

from __future__ import annotations

from collections.abc import Mapping

from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.types import Request


class Layer(Engine):
    """Base of all layers: answers to the name and identity of the engine inside it.

    Args:
        inner: The engine that this layer asks.
    """

    def __init__(self, inner: Engine) -> None:
        self.inner = inner
        self.name = inner.name
        self.pricing = inner.pricing
        self._identity = inner.identity()

    @property
    def supports_schema(self) -> bool:  # type: ignore[override]  # a provider may learn that it does not
        """Whether the engine inside has schemas enforced."""
        return self.inner.supports_schema

    @property
    def context_window(self) -> int | None:  # type: ignore[override]
        """What fits into the engine inside."""
        return self.inner.context_window

    def identity(self) -> Mapping[str, str]:
        """Return the identity of the engine inside."""
        return self._identity

    def check(self, request: Request) -> None:
        """Refuse what the engine inside refuses."""
        self.inner.check(request)

    def counts_tokens(self, request: Request) -> int:
        """Return the bound of the engine inside."""
        return self.inner.counts_tokens(request)
