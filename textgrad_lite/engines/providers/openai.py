"""OpenAI and every server that speaks its protocol."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Literal, Unpack

from textgrad_lite.engines.image_limits import ImageLimits
from textgrad_lite.engines.providers.base import Provider
from textgrad_lite.engines.providers.chat import make_chat_wire
from textgrad_lite.engines.providers.connection import Connection, ConnectionOptions
from textgrad_lite.engines.providers.failures import Failure
from textgrad_lite.engines.providers.presets import PRESETS
from textgrad_lite.engines.providers.responses import RESPONSES_WIRE
from textgrad_lite.engines.providers.wire import Wire
from textgrad_lite.engines.types import Request
from textgrad_lite.errors import UnknownNameError

if TYPE_CHECKING:
    import httpx2

Api = Literal["auto", "chat", "responses"]

# Families that OpenAI serves through the responses API only; what is missing is learned from the refusal.
_RESPONSES_ONLY = re.compile(r"^(o\d+|gpt-[\d.]+)-pro\b|codex|deep-research|computer-use")
_NOT_CHAT = re.compile(r"v1/responses|not a chat model", re.IGNORECASE)
_BY_OPENAI = ("openai", "azure")

IMAGE_LIMITS = ImageLimits(count=500, encoded_bytes=50 * 10**6, total_bytes=50 * 10**6)
"""The published limits."""


class OpenAIProvider(Provider):
    """Asks a model through OpenAI's SDK.

    Args:
        model: The provider's name of the model; of the deployment at Azure.
        preset: Which provider; one of `PRESETS`.
        api: ``"chat"``, ``"responses"``, or ``"auto"``: chat completions unless the model needs the other.
        api_version: Azure only: asks the dated API instead of the v1 endpoint. The environment variable
            OPENAI_API_VERSION does the same.
        supports_schema: Whether the server enforces JSON schemas, where the preset is wrong about it.
        context_window: Tokens of prompt and answer together, if known.
        image_limits: How large images may be; OpenAI's published limits, and none for other servers.
        **connection: See `ConnectionOptions`.

    Raises:
        ConfigurationError: The preset is unknown, or there is no usable address.
        MissingKeyError: The provider needs a key and none is given.
    """

    def __init__(
        self,
        model: str,
        *,
        preset: str = "openai",
        api: Api = "auto",
        api_version: str | None = None,
        supports_schema: bool | None = None,
        context_window: int | None = None,
        image_limits: ImageLimits | None = None,
        **connection: Unpack[ConnectionOptions],
    ) -> None:
        if preset not in PRESETS:
            raise UnknownNameError("provider", preset, PRESETS)
        self._preset = PRESETS[preset]
        resolved = Connection.resolve(self._preset, connection)
        limits = image_limits or (IMAGE_LIMITS if preset in _BY_OPENAI else ImageLimits())
        super().__init__("openai", preset, model, resolved, context_window, limits)
        self._api = api
        self._api_version = api_version or os.environ.get("OPENAI_API_VERSION")
        self._enforces_schema = self._preset.supports_schema if supports_schema is None else supports_schema
        self._chat_wire = make_chat_wire(self._preset.token_fields)

    @property
    def supports_schema(self) -> bool:  # type: ignore[override]
        """True until the server refuses a schema."""
        return self._enforces_schema and "output_schema" not in self.profile.refused

    def _choose_wire(self) -> Wire:
        return RESPONSES_WIRE if self._needs_responses() else self._chat_wire

    def _needs_responses(self) -> bool:
        if self._api != "auto":
            return self._api == "responses"
        is_known = self.provider in _BY_OPENAI and _RESPONSES_ONLY.search(self.model) is not None
        return is_known or self.profile.needs_responses

    def _make_client(self, sdk: Any, http_client: httpx2.AsyncClient, timeout: httpx2.Timeout) -> Any:
        common: dict[str, Any] = {
            "api_key": self.connection.api_key,
            "max_retries": 0,
            "default_headers": self.connection.headers,
            "http_client": http_client,
            "timeout": timeout,
        }
        if self.provider == "azure" and self._api_version:
            endpoint = self.connection.base_url.removesuffix("/openai/v1")
            return sdk.AsyncAzureOpenAI(azure_endpoint=endpoint, api_version=self._api_version, **common)
        client = sdk.AsyncOpenAI(base_url=self._find_api_url(), **common)
        if self.provider != "openai":
            # The SDK takes these from the environment; they are no business of other companies.
            client.organization = client.project = None
        return client

    def _find_api_url(self) -> str:
        url = self.connection.base_url
        is_endpoint = self.provider == "azure" and not url.endswith("/v1")
        return f"{url}/openai/v1" if is_endpoint else url

    def _learn(self, failure: Failure, sent: Request, wire: Wire) -> str | None:
        is_chat = self._api == "auto" and wire is self._chat_wire
        if is_chat and failure.status in (400, 404) and _NOT_CHAT.search(failure.message):
            self.profile.needs_responses = True
            return "messages"
        return super()._learn(failure, sent, wire)
