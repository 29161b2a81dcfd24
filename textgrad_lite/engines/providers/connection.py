"""Where a provider is and how it is entered: address, key, headers, timeout, HTTP client."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import urlsplit, urlunsplit

from textgrad_lite.engines.providers.presets import Preset
from textgrad_lite.errors import ConfigurationError, MissingKeyError, UnknownNameError

if TYPE_CHECKING:
    import httpx2

DEFAULT_TIMEOUT = 300.0
"""Seconds for one attempt; reasoning models take minutes."""

_NO_KEY = "none"
_SHORTEST_SECRET = 8


class ConnectionOptions(TypedDict, total=False):
    """What a user may say about a connection; all of it is optional.

    Attributes:
        base_url: Address of the API, instead of the provider's own.
        api_key: The key itself.
        api_key_env: Name of the environment variable that holds the key.
        headers: Sent with every request, besides those of the SDK.
        timeout: Seconds for one attempt.
        http_client: An ``httpx2.AsyncClient`` (or ``httpx.AsyncClient``) for a proxy or an own CA. It is used
            on the runtime's loop only, and closing it is its owner's business.
    """

    base_url: str | None
    api_key: str | None
    api_key_env: str | None
    headers: Mapping[str, str] | None
    timeout: float | None
    http_client: httpx2.AsyncClient | None


@dataclass(frozen=True)
class Connection:
    """A connection with everything filled in. Its ``repr`` holds no secret.

    Attributes:
        base_url: Address of the API, without a slash at its end.
        api_key: The key; a placeholder where none is needed.
        headers: Further headers.
        timeout: Seconds for one attempt.
        http_client: The user's own HTTP client, if there is one.
    """

    base_url: str = field(repr=False)
    api_key: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    timeout: float
    http_client: httpx2.AsyncClient | None = field(repr=False)

    @classmethod
    def resolve(cls, preset: Preset, options: ConnectionOptions) -> Connection:
        """Fill the gaps of the options from the preset and the environment.

        Raises:
            ConfigurationError: There is no usable base URL, no such option, or the timeout is not positive.
            MissingKeyError: The provider needs a key and none is given.
        """
        for name in options:
            if name not in ConnectionOptions.__annotations__:
                raise UnknownNameError("option of a provider", name, ConnectionOptions.__annotations__)
        given = options.get("timeout")
        timeout = DEFAULT_TIMEOUT if given is None else given
        if not timeout > 0:
            raise ConfigurationError(f"timeout is {timeout}", hint="Give a positive number of seconds.")
        base_url = _find_base_url(preset, options.get("base_url"))
        return cls(
            base_url=base_url,
            api_key=_find_key(preset, base_url, options),
            headers=dict(options.get("headers") or {}),
            timeout=timeout,
            http_client=options.get("http_client"),
        )

    @cached_property
    def public_url(self) -> str:
        """The base URL without user, password, query and fragment."""
        parts = urlsplit(self.base_url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")).rstrip("/")

    @cached_property
    def credential(self) -> str:
        """A digest that tells keys apart without giving them away."""
        return hashlib.sha256(self.api_key.encode()).hexdigest()[:16]

    def redact(self, text: str) -> str:
        """Return a text with every secret of this connection replaced."""
        password = urlsplit(self.base_url).password or ""
        for secret in (self.api_key, password, *self.headers.values()):
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "[redacted]")
        return text


def _find_base_url(preset: Preset, given: str | None) -> str:
    base_url = given or (preset.url_variable and os.environ.get(preset.url_variable)) or preset.base_url
    if not base_url:
        variable = f" or set {preset.url_variable}" if preset.url_variable else ""
        raise ConfigurationError(f"{preset.name} has no address", hint=f"Pass base_url{variable}.")
    if not base_url.startswith(("http://", "https://")):
        raise ConfigurationError(
            f"the base URL of {preset.name} is {base_url!r}", hint="It has to begin with http:// or https://."
        )
    return base_url.rstrip("/")


def _find_key(preset: Preset, base_url: str, options: ConnectionOptions) -> str:
    given = options.get("api_key")
    if given:
        return given
    named = options.get("api_key_env")
    variable = named or preset.key_variable
    key = os.environ.get(variable, "") if variable else ""
    if key:
        return key
    if variable and (named or not _is_loopback(base_url)):
        raise MissingKeyError(preset.name, variable)
    return _NO_KEY


def _is_loopback(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
