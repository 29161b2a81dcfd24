"""What all providers share: one attempt to ask one model through an official SDK.

A provider does not retry, cache, wait its turn or count money; the layers of the stack do. It asks on the
runtime's loop only and owns a client of the SDK per loop. The SDK is asked through its generic ``post``:
its typed methods check and rebuild every request and answer, which nearly doubles the cost of a call.
"""

from __future__ import annotations

import asyncio
import importlib
from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.image_limits import ImageLimits
from textgrad_lite.engines.per_loop import PerLoop
from textgrad_lite.engines.providers.adaptation import choose_token_field, learn, leave_out_refused
from textgrad_lite.engines.providers.connection import Connection
from textgrad_lite.engines.providers.failures import ErrorMaker, Failure
from textgrad_lite.engines.providers.http_clients import get_http_client
from textgrad_lite.engines.providers.learned import Profile, get_profile
from textgrad_lite.engines.providers.sdk_logs import leave_out_images
from textgrad_lite.engines.providers.wire import Wire, cut_at_stop
from textgrad_lite.engines.types import Completion, Request
from textgrad_lite.errors import (
    EngineConnectionError,
    EngineError,
    EngineTimeoutError,
    InvalidResponseError,
    MissingDependencyError,
)

if TYPE_CHECKING:
    import httpx2

_LONGEST_CONNECT = 10.0
_STATUS_OF_CODE = {"rate_limit_exceeded": 429, "invalid_prompt": 400, "server_error": 500}


def load_sdk(name: str) -> Any:
    """Import a provider's SDK.

    Raises:
        MissingDependencyError: It is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingDependencyError(name) from error


class Provider(Engine):
    """Asks one model of one provider, once per call.

    Args:
        sdk: Name of the SDK's module; OpenAI's and Anthropic's come from one generator and are used alike.
        provider: Name of the provider, the first part of ``provider/model``.
        model: The provider's name of the model.
        connection: Where the provider is.
        context_window: Tokens of prompt and answer together, if known.
        image_limits: How large images may be.
    """

    def __init__(
        self,
        sdk: str,
        provider: str,
        model: str,
        connection: Connection,
        context_window: int | None,
        image_limits: ImageLimits,
    ) -> None:
        self.provider = provider
        self.model = model
        self.name = f"{provider}/{model}"
        self.context_window = context_window
        self.connection = connection
        self.image_limits = image_limits
        self._sdk_name = sdk
        self._errors = ErrorMaker(provider, model, connection)
        self._client: PerLoop[Any] = PerLoop(self._open_client)

    def identity(self) -> Mapping[str, str]:
        """Return what tells this engine's answers from another's."""
        return {"provider": self.provider, "base_url": self.connection.public_url, "model": self.model}

    @property
    def credential(self) -> str:
        """A digest of the key; calls with the same one share the provider's limits."""
        return self.connection.credential

    @property
    def profile(self) -> Profile:
        """What this model was found not to accept."""
        return get_profile(self.connection.public_url, self.model, self.name)

    def check(self, request: Request) -> None:
        """Refuse images that the server would refuse.

        Raises:
            BadRequestError: One is too large, of another kind, or there are too many.
        """
        fault = self.image_limits.find_fault(request)
        if fault is not None:
            raise self._errors.make_image_fault(fault)

    @abstractmethod
    def _choose_wire(self) -> Wire:
        """Return the API that the model is asked through."""

    @abstractmethod
    def _make_client(self, sdk: Any, http_client: httpx2.AsyncClient, timeout: httpx2.Timeout) -> Any:
        """Make the SDK's asynchronous client."""

    async def complete(self, request: Request) -> Completion:
        """Ask once. Runs on the runtime's loop.

        Raises:
            EngineError: The most specific one for what happened.
        """
        wire = self._choose_wire()
        sent = leave_out_refused(request, wire, self.profile)
        body = wire.write(sent, choose_token_field(wire, self.profile))
        response = await self._post(wire, sent, {"model": self.model, **body})
        completion = self._read(wire, response)
        if request.stop and not sent.stop:
            return completion.model_copy(update={"text": cut_at_stop(completion.text, request.stop)})
        return completion

    async def _post(self, wire: Wire, sent: Request, body: Mapping[str, Any]) -> httpx2.Response:
        import httpx2

        try:
            async with asyncio.timeout(self.connection.timeout):
                response: httpx2.Response = await self._client.get().post(
                    wire.path, cast_to=httpx2.Response, body=body
                )
        except TimeoutError:
            seconds = self.connection.timeout
            raise self._errors.make(EngineTimeoutError, f"no answer within {seconds:g} s") from None
        except load_sdk(self._sdk_name).APIError as error:
            raise self._map(error, sent, wire) from self._errors.choose_cause(error)
        return response

    def _open_client(self) -> Any:
        import httpx2

        sdk = load_sdk(self._sdk_name)
        leave_out_images(self._sdk_name)
        # The whole attempt has its own limit; a connection that cannot be made is given up sooner.
        timeout = httpx2.Timeout(None, connect=min(_LONGEST_CONNECT, self.connection.timeout))
        return self._make_client(sdk, self.connection.http_client or get_http_client(sdk), timeout)

    def _read(self, wire: Wire, response: httpx2.Response) -> Completion:
        request_id = response.headers.get(wire.request_id_header)
        try:
            body = response.json()
            if body.get("error"):
                raise self._errors.make_from(_read_answered_failure(body, response), request_id)
            return wire.read(body, request_id)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            raise self._errors.make(
                InvalidResponseError,
                f"the answer is not of the API's form ({type(error).__name__}: {error})",
                status=response.status_code,
                request_id=request_id,
            ) from error

    def _map(self, error: Any, sent: Request, wire: Wire) -> EngineError:
        response = getattr(error, "response", None)
        if response is None:
            return self._map_connection_error(error)
        failure = Failure.from_body(response.status_code, error.body, response.headers, str(error))
        request_id = response.headers.get(wire.request_id_header)
        parameter = self._learn(failure, sent, wire)
        if parameter is not None:
            return self._errors.make_unsupported(failure, request_id, parameter)
        return self._errors.make_from(failure, request_id)

    def _map_connection_error(self, error: Any) -> EngineError:
        if isinstance(error, load_sdk(self._sdk_name).APITimeoutError):
            return self._errors.make(EngineTimeoutError, "the connection was not made in time")
        cause = error.__cause__ or error
        return self._errors.make(EngineConnectionError, f"no connection: {type(cause).__name__}: {cause}")

    def _learn(self, failure: Failure, sent: Request, wire: Wire) -> str | None:
        """Remember what a refusal says about the model; return the parameter to do without, if any."""
        return learn(failure, sent, wire, self.profile)


def _read_answered_failure(body: Mapping[str, Any], response: httpx2.Response) -> Failure:
    # Gateways, and the responses API, answer 200 and put the error of the model behind them into the body.
    inner = body["error"]
    code = inner.get("code") if isinstance(inner, Mapping) else None
    status = code if isinstance(code, int) and code >= 400 else _STATUS_OF_CODE.get(str(code), 502)
    return Failure.from_body(status, body, response.headers)
