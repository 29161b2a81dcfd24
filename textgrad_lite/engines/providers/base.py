"""What every provider has in common: one attempt at one model of one server, and nothing else.

A provider translates request to wire and wire to completion, and maps foreign errors to ours. It neither
retries nor caches nor counts; the layers of the stack do that. A parameter that a model rejects is raised
as `UnsupportedParameterError` after the provider has noted how to do without it, so that the retry layer's
next attempt, and every later call, is sent in the form that the model takes.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

from textgrad_lite.engines.engine import Engine

_SALT = secrets.token_bytes(16)


class Provider(Engine):
    """One model of one server, asked once per call.

    Args:
        provider: Name of the provider or preset, such as ``"openai"``.
        model: Name of the model on the wire.
        base_url: Where the server is.
        credential: The key. Only a salted digest of it is kept here, to know which engines share it.
    """

    def __init__(self, *, provider: str, model: str, base_url: str, credential: str | None = None) -> None:
        self.provider = provider
        self.model = model
        self.base_url = base_url
        self.name = f"{provider}/{model}"
        self.account = f"{base_url} {_digest(credential)}"

    def identity(self) -> Mapping[str, str]:
        """Return provider, base URL and model."""
        return {"provider": self.provider, "base_url": self.base_url, "model": self.model}


def _digest(credential: str | None) -> str:
    """Return a digest that is the same within this process only and gives nothing away."""
    return hashlib.blake2b((credential or "").encode(), key=_SALT, digest_size=8).hexdigest()
