"""Maps what an SDK raises to the most specific of our errors, without a secret in it."""

from __future__ import annotations

import email.utils
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from textgrad_lite.engines.providers.connection import Connection
from textgrad_lite.errors import (
    AuthenticationError,
    BadRequestError,
    ContextLengthError,
    EngineConnectionError,
    EngineError,
    EngineTimeoutError,
    InvalidResponseError,
    ModelNotFoundError,
    OverloadedError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnsupportedParameterError,
)

AnyEngineError = TypeVar("AnyEngineError", bound=EngineError)

_LONGEST_MESSAGE = 500
_TOO_LONG = re.compile(
    r"context.?length|maximum context|context window|context limit|prompt is too long|input is too long"
    r"|too many tokens|exceeds? the available|maximum number of tokens|request too large",
    re.IGNORECASE,
)
_NO_MONEY = re.compile(
    r"insufficient.(quota|balance|credits|funds)|exceeded your current quota|credit balance"
    r"|billing_(error|not_active|hard_limit_reached)",
    re.IGNORECASE,
)


_BY_STATUS: Mapping[int, type[EngineError]] = {
    401: AuthenticationError,
    402: PermissionDeniedError,
    403: PermissionDeniedError,
    404: ModelNotFoundError,
    408: EngineTimeoutError,
    # A conflict passes when it is tried again, as a fault of the server does.
    409: ServerError,
    413: ContextLengthError,
    429: RateLimitError,
    503: OverloadedError,
    529: OverloadedError,
}


@dataclass(frozen=True)
class Failure:
    """A refused request, in a form that no SDK owns.

    Attributes:
        status: HTTP status.
        message: The server's words.
        code: The server's code and type of the error, in one string.
        parameter: The parameter that it blames, if it names one.
        headers: Response headers.
    """

    status: int
    message: str
    code: str = ""
    parameter: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_body(cls, status: int, body: object, headers: Mapping[str, str], fallback: str = "") -> Failure:
        """Read the body of an error, whichever of the usual forms it has."""
        inner = body.get("error", body) if isinstance(body, Mapping) else body
        data: Mapping[str, Any] = inner if isinstance(inner, Mapping) else {}
        said = data.get("message") or data.get("detail") or data.get("msg") or inner or fallback
        return cls(
            status=status,
            message=" ".join(str(said).split()),
            code=" ".join(str(data[name]) for name in ("code", "type") if data.get(name)),
            parameter=data["param"] if isinstance(data.get("param"), str) else None,
            headers=headers,
        )

    @property
    def error_class(self) -> type[EngineError]:
        """The most specific of our errors for it, a refused parameter left aside."""
        if self.status in (400, 402, 403, 429) and _NO_MONEY.search(f"{self.code} {self.message}"):
            return PermissionDeniedError
        if self.status in (400, 413, 422) and _TOO_LONG.search(f"{self.code} {self.message}"):
            return ContextLengthError
        if self.status in _BY_STATUS:
            return _BY_STATUS[self.status]
        return ServerError if self.status >= 500 else BadRequestError


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]}…"


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds after which the server wants to be asked again, or None if it does not say.

    Understands ``retry-after-ms``, and ``retry-after`` in seconds or as a date.
    """
    for name, divisor in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / divisor
        except (KeyError, ValueError):
            continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    return _parse_date(headers.get("retry-after"))


def _parse_date(text: str | None) -> float | None:
    try:
        moment = email.utils.parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())


_HINTS: Mapping[type[EngineError], str] = {
    AuthenticationError: "Check the key; {url} refused it.",
    PermissionDeniedError: "Check what the key may do, and the plan and billing of its account.",
    ModelNotFoundError: "Check the name of the model and the base URL, {url}.",
    ContextLengthError: "Shorten the prompt, or choose a model with a longer context.",
    EngineConnectionError: "Check that {url} can be reached; http_client takes a proxy or an own CA.",
    EngineTimeoutError: "The option timeout sets a longer one.",
    InvalidResponseError: "If it stays so, check that {url} is the address of the API itself.",
}


@dataclass(frozen=True)
class ErrorMaker:
    """Makes the errors of one provider and model, with a way out and without secrets."""

    provider: str
    model: str
    connection: Connection

    def make(self, kind: type[AnyEngineError], message: str, **details: Any) -> AnyEngineError:
        """Make an error of this kind; ``details`` are status and request id."""
        hint = _HINTS.get(kind, "").format(url=self.connection.public_url)
        words = _shorten(self.connection.redact(message))
        return kind(words, provider=self.provider, model=self.model, hint=hint, **details)

    def make_from(self, failure: Failure, request_id: str | None) -> EngineError:
        """Make the most specific error for a failure."""
        error = self.make(failure.error_class, failure.message, status=failure.status, request_id=request_id)
        if isinstance(error, (RateLimitError, OverloadedError, ServerError)):
            error.retry_after = parse_retry_after(failure.headers)
        return error

    def make_image_fault(self, fault: str) -> BadRequestError:
        """Make the error that says why images would be refused; nothing was sent."""
        return BadRequestError(
            f"{fault}; nothing was sent",
            provider=self.provider,
            model=self.model,
            hint="Scale it down, or pass its address. For a server that takes more, the provider option "
            "image_limits=ImageLimits(…) says so.",
        )

    def make_unsupported(
        self, failure: Failure, request_id: str | None, parameter: str
    ) -> UnsupportedParameterError:
        """Make the error that says which parameter was learned to be left out."""
        error = self.make(
            UnsupportedParameterError, failure.message, status=failure.status, request_id=request_id
        )
        error.parameter = parameter
        return error

    def choose_cause(self, error: Exception) -> Exception | None:
        """Return the foreign error to chain to; None if its text gives a secret away."""
        return error if self.connection.redact(str(error)) == str(error) else None
