"""Anthropic's models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from textgrad_lite.engines.image_limits import ImageLimits
from textgrad_lite.engines.providers.base import Provider
from textgrad_lite.engines.providers.connection import Connection, ConnectionOptions
from textgrad_lite.engines.providers.messages import make_messages_wire
from textgrad_lite.engines.providers.presets import ANTHROPIC
from textgrad_lite.engines.providers.wire import Wire

if TYPE_CHECKING:
    import httpx2

DEFAULT_MAX_TOKENS = 8192
"""The output limit, which the API requires, of a request that has none."""

IMAGE_LIMITS = ImageLimits(count=600, encoded_bytes=5 * 2**20, total_bytes=32 * 10**6, side=8000)
"""The published limits; that on the count is the one of the models with the longest context."""


class AnthropicProvider(Provider):
    """Asks a model through Anthropic's SDK.

    Args:
        model: Anthropic's name of the model.
        prompt_caching: Mark a long system prompt, and a long beginning of the user message that is the same
            for every example of a batch, for the server's cache: sent again within minutes, they are cheaper
            and faster.
        default_max_tokens: The output limit of a request that has none.
        context_window: Tokens of prompt and answer together, if known.
        image_limits: How large images may be, where the server takes more or less than the published limits.
        **connection: See `ConnectionOptions`.

    Raises:
        ConfigurationError: There is no usable address.
        MissingKeyError: There is no key.
    """

    def __init__(
        self,
        model: str,
        *,
        prompt_caching: bool = True,
        default_max_tokens: int = DEFAULT_MAX_TOKENS,
        context_window: int | None = None,
        image_limits: ImageLimits = IMAGE_LIMITS,
        **connection: Unpack[ConnectionOptions],
    ) -> None:
        resolved = Connection.resolve(ANTHROPIC, connection)
        super().__init__("anthropic", "anthropic", model, resolved, context_window, image_limits)
        self._wire = make_messages_wire(prompt_caching=prompt_caching, default_max_tokens=default_max_tokens)

    @property
    def supports_schema(self) -> bool:  # type: ignore[override]
        """True until the server refuses a schema."""
        return "output_schema" not in self.profile.refused

    def _choose_wire(self) -> Wire:
        return self._wire

    def _make_client(self, sdk: Any, http_client: httpx2.AsyncClient, timeout: httpx2.Timeout) -> Any:
        return sdk.AsyncAnthropic(
            api_key=self.connection.api_key,
            # The SDK adds the version to the path itself.
            base_url=self.connection.base_url.removesuffix("/v1"),
            max_retries=0,
            default_headers=self.connection.headers,
            http_client=http_client,
            timeout=timeout,
        )
