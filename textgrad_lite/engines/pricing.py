"""What calls cost: by a price that the user gives, or by the published list of the server's provider.

The list (genai-prices) comes with the installation and is read offline, when a price is first asked for. A
price that is not known is None, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from textgrad_lite.engines.types import Usage
from textgrad_lite.errors import ConfigurationError

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider


class Pricing(Protocol):
    """Tells what calls cost."""

    def cost(self, usage: Usage) -> float | None:
        """Return US dollars, or None where the price is unknown."""

    def most(self, input_tokens: int, output_tokens: int) -> float | None:
        """Return the most that a call with so many tokens can cost, or None where the price is unknown."""


@dataclass(frozen=True)
class Price:
    """A price that the user states, in US dollars per million tokens.

    Attributes:
        input: Price of the prompt's tokens.
        output: Price of the answer's tokens.
        cached_input: Price of prompt tokens read from the provider's cache; that of others where None.
        cache_write: Price of prompt tokens written to the provider's cache; that of others where None.
    """

    input: float
    output: float
    cached_input: float | None = None
    cache_write: float | None = None

    def __post_init__(self) -> None:
        if any(part is not None and not part >= 0 for part in vars(self).values()):
            raise ConfigurationError(f"a price of {self}", hint="Prices are US dollars per million tokens.")

    def cost(self, usage: Usage) -> float:
        """Return US dollars."""
        cached = self.input if self.cached_input is None else self.cached_input
        written = self.input if self.cache_write is None else self.cache_write
        plain_tokens = usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens
        return (
            self.input * plain_tokens
            + cached * usage.cached_input_tokens
            + written * usage.cache_write_tokens
            + self.output * usage.output_tokens
        ) / 1e6

    def most(self, input_tokens: int, output_tokens: int) -> float:
        """Return US dollars, each prompt token at its dearest."""
        dearest = max(self.input, self.cached_input or 0.0, self.cache_write or 0.0)
        return (dearest * input_tokens + self.output * output_tokens) / 1e6


FREE = Price(0.0, 0.0)


class ListPrice:
    """The published price of a model at its provider.

    Args:
        model: Name of the model.
        base_url: Where the server is; a price belongs to a server, not to a model's name.
        provider: Name of the provider whose own server that is, or None where it is another's.
    """

    def __init__(self, model: str, base_url: str, provider: str | None = None) -> None:
        self._model = model
        self._base_url = base_url
        self._provider = provider

    @cached_property
    def _entry(self) -> tuple[Provider, ModelInfo] | None:
        from genai_prices.data_snapshot import get_snapshot

        # The list knows some addresses of a provider, not all; without a provider it would go by name alone.
        address = None if self._provider else self._base_url
        try:
            return get_snapshot().find_provider_model(self._model, None, self._provider, address)
        except LookupError:
            return None

    def cost(self, usage: Usage) -> float | None:
        """Return US dollars, or None where the list does not hold the model."""
        if self._entry is None:
            return None
        from genai_prices import Usage as ListUsage

        provider, model = self._entry
        priced = model.calc_price(
            ListUsage(
                input_tokens=usage.input_tokens,
                cache_read_tokens=usage.cached_input_tokens,
                cache_write_tokens=usage.cache_write_tokens,
                output_tokens=usage.output_tokens,
            ),
            provider,
        )
        return float(priced.total_price)

    def most(self, input_tokens: int, output_tokens: int) -> float | None:
        """Return US dollars, all prompt tokens plain or all written to the cache, whichever is dearer."""
        plain = self.cost(Usage(input_tokens=input_tokens, output_tokens=output_tokens))
        written = self.cost(
            Usage(input_tokens=input_tokens, cache_write_tokens=input_tokens, output_tokens=output_tokens)
        )
        return None if plain is None or written is None else max(plain, written)
