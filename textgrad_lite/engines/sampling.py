"""Parameters that an engine adds to every request that does not set them itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.layer import Layer
from textgrad_lite.engines.types import Completion, Request
from textgrad_lite.errors import ConfigurationError, UnknownNameError

PARAMETERS = ("temperature", "top_p", "max_tokens", "stop", "seed", "reasoning_effort", "extra")


class Sampling(Layer):
    """Fills in default parameters. Outermost, so that they are part of the cache key.

    Args:
        inner: The engine to ask.
        defaults: Values by the name of a `Request` field. ``extra`` is merged; the request's fields win.

    Raises:
        UnknownNameError: A name is no parameter.
        ConfigurationError: A value is out of range.
    """

    def __init__(self, inner: Engine, defaults: Mapping[str, Any]) -> None:
        super().__init__(inner)
        for name in defaults:
            if name not in PARAMETERS:
                raise UnknownNameError("option of an engine", name, PARAMETERS)
        try:
            checked = Request(messages=(), **defaults)
        except ValidationError as error:
            raise ConfigurationError(f"a default parameter of {self.name} is wrong: {error}") from error
        self._defaults = {name: getattr(checked, name) for name in defaults}

    async def complete(self, request: Request) -> Completion:
        """Answer a request with the defaults filled in."""
        return await self.inner.complete(self.fill(request))

    def recall(self, request: Request) -> Completion | None:
        """Return the answer to the request with the defaults filled in, if it is at hand."""
        return self.inner.recall(self.fill(request))

    def fill(self, request: Request) -> Request:
        """Return the request with the defaults filled in."""
        missing = {
            name: value
            for name, value in self._defaults.items()
            if name != "extra" and getattr(request, name) in (None, ())
        }
        if "extra" in self._defaults:
            missing["extra"] = {**self._defaults["extra"], **request.extra}
        return request.model_copy(update=missing) if missing else request
