"""A real HTTP server on 127.0.0.1 that pretends to be a model provider.

It exists so that the official SDKs, the sockets, the timeouts and the errors of a program are tested for
real, without a network and in no time.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.testing.loopback.dialects import DIALECTS, Dialect, write_openai_error
from textgrad_lite.testing.loopback.faults import Fault, FaultSource
from textgrad_lite.testing.loopback.http import HttpProtocol, HttpRequest, HttpResponse
from textgrad_lite.testing.loopback.messages import LoopbackRequest, Refusal, Reply, ReplyFunction, Said
from textgrad_lite.testing.loopback.refusals import find_refusal

_SECRET_HEADERS = ("authorization", "x-api-key", "api-key", "cookie")
_TAG = re.compile(r"</?[A-Za-z_][^<>]*>")


class LoopbackServer:
    """A server that speaks OpenAI chat completions, OpenAI responses, Anthropic messages and model lists.

    Use it as a context manager, or call `start` and `stop`. It runs on a thread of its own; `reply` and the
    fault sources are called there, one request at a time, and must not block.

    Args:
        reply: What the model says: a text for every request, or a function from a `LoopbackRequest` to a
            text, a `Reply`, or a mapping or list that becomes JSON text. A function that raises makes
            the request fail with status 400 and the error's text, which no client tries again.
        latency: Seconds until each response is sent.
        faults: Sources of faults; the first that names a fault for a request wins.

    All three are attributes and may be changed while it runs.

    Example:
        >>> with LoopbackServer(lambda request: request.prompt.upper()) as server:
        ...     server.openai_url.startswith("http://127.0.0.1:")
        True
    """

    def __init__(
        self,
        reply: str | ReplyFunction = "ok",
        *,
        latency: float = 0.0,
        faults: Iterable[FaultSource] = (),
    ) -> None:
        self.latency = latency
        self.faults = tuple(faults)
        self.reply = reply
        self._requests: list[LoopbackRequest] = []
        self._open = 0
        self._peak = 0
        self._held: list[Callable[[], None]] | None = None
        self._changed = threading.Condition()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._port = 0

    # -- life ------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Listen on a free port; return the server itself."""
        if self._thread is not None:
            raise ConfigurationError("the loopback server is running already")
        is_ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(is_ready)), name="loopback-server", daemon=True
        )
        self._thread.start()
        is_ready.wait()
        return self

    def stop(self) -> None:
        """Close all connections and the port, and wait for the thread. Does nothing if it is not running."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = self._loop = self._stopping = None

    def __enter__(self) -> Self:
        """Start the server."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.stop()

    async def _serve(self, is_ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        protocols: set[HttpProtocol] = set()

        def connect() -> HttpProtocol:
            protocol = HttpProtocol(self._answer, self._schedule, self._count_finished)
            protocols.add(protocol)
            return protocol

        server = await self._loop.create_server(connect, "127.0.0.1", 0, backlog=512)
        self._port = server.sockets[0].getsockname()[1]
        is_ready.set()
        await self._stopping.wait()
        server.close()
        for protocol in protocols:
            protocol.abort()
        await asyncio.sleep(0)

    # -- what a test asks ------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def openai_url(self) -> str:
        """The ``base_url`` for OpenAI's SDK and all that is compatible with it."""
        return f"{self.url}/v1"

    @property
    def anthropic_url(self) -> str:
        """The ``base_url`` for Anthropic's SDK."""
        return self.url

    @property
    def requests(self) -> tuple[LoopbackRequest, ...]:
        """Every model request that arrived so far, in order of arrival; those that were refused too."""
        return tuple(self._requests)

    @property
    def peak(self) -> int:
        """The largest number of requests that were open at the same time."""
        return self._peak

    @property
    def open(self) -> int:
        """Requests that wait for their response at this moment."""
        return self._open

    def forget(self) -> None:
        """Empty `requests` and start `peak` anew."""
        with self._changed:
            self._requests.clear()
            self._peak = self._open

    def wait_until(self, is_reached: Callable[[LoopbackServer], bool], timeout: float = 10.0) -> bool:
        """Wait until a condition on the server holds, such as ``lambda s: s.open == 16``.

        Args:
            is_reached: Called whenever a request arrives or ends.
            timeout: Seconds after which to give up.

        Returns:
            Whether the condition holds.
        """
        with self._changed:
            return self._changed.wait_for(lambda: is_reached(self), timeout)

    def hold(self) -> None:
        """Keep back all responses from now on, until `release`."""
        self._call(self._start_holding)

    def release(self) -> None:
        """Send the responses that were kept back, and keep back no more."""
        self._call(self._stop_holding)

    def _call(self, function: Callable[[], None]) -> None:
        if self._loop is None:
            raise ConfigurationError("the loopback server is not running")
        self._loop.call_soon_threadsafe(function)

    def _start_holding(self) -> None:
        if self._held is None:
            self._held = []

    def _stop_holding(self) -> None:
        held, self._held = self._held, None
        for send in held or ():
            send()

    # -- requests --------------------------------------------------------------------------------------

    def _schedule(self, delay: float, send: Callable[[], None]) -> None:
        if self._held is not None:
            self._held.append(send)
        elif delay > 0 and self._loop is not None:
            self._loop.call_later(delay, send)
        else:
            send()

    def _count_finished(self) -> None:
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def _count_started(self, request: LoopbackRequest | None) -> None:
        with self._changed:
            self._open += 1
            self._peak = max(self._peak, self._open)
            if request is not None:
                self._requests.append(request)
            self._changed.notify_all()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        dialect = next((d for d in DIALECTS.values() if request.path.endswith(d.path)), None)
        if dialect is None or request.method != "POST":
            self._count_started(None)
            return self._answer_other(request)
        asked = self._read(dialect, request)
        self._count_started(asked)
        fault = next(filter(None, (source(asked) for source in self.faults)), None)
        response = self._refuse(dialect, asked, fault) if fault else None
        response = response or self._respond(dialect, asked, fault)
        delay = self.latency + (fault.delay if fault else 0.0)
        headers = {**response.headers, dialect.request_id_header: f"req_{asked.number}"}
        return replace(response, delay=delay, headers=headers)

    def _answer_other(self, request: HttpRequest) -> HttpResponse:
        if request.method == "GET" and request.path.endswith("/models"):
            names = dict.fromkeys([*(asked.model for asked in self._requests), "loopback"])
            models = [{"id": name, "object": "model", "created": 1, "owned_by": "loopback"} for name in names]
            return _encode(200, {"object": "list", "data": models})
        message = f"Invalid URL ({request.method} {request.path})"
        return _encode(404, write_openai_error(Refusal(404, "invalid_request_error", None, message)))

    def _read(self, dialect: Dialect, request: HttpRequest) -> LoopbackRequest:
        body = json.loads(request.body)
        return LoopbackRequest(
            api=dialect.api,
            model=body["model"],
            turns=tuple(dialect.read_turns(body)),
            schema=dialect.read_schema(body),
            body=body,
            headers=_redact(request.headers),
            key_digest=_digest_key(request.headers),
            number=len(self._requests),
        )

    def _refuse(self, dialect: Dialect, request: LoopbackRequest, fault: Fault) -> HttpResponse | None:
        refusal = find_refusal(fault, request)
        if refusal is None:
            return None
        wait = {} if fault.retry_after is None else {"retry-after": f"{fault.retry_after:g}"}
        return replace(_encode(refusal.status, dialect.write_error(refusal)), headers=wait)

    def _respond(self, dialect: Dialect, request: LoopbackRequest, fault: Fault | None) -> HttpResponse:
        try:
            said = self.reply(request) if callable(self.reply) else self.reply
        except Exception as error:  # noqa: BLE001  the reply function is the user's
            message = f"the reply function failed: {type(error).__name__}: {error}"
            return _encode(400, dialect.write_error(Refusal(400, "invalid_request_error", None, message)))
        reply = _to_reply(said)
        response = _encode(200, dialect.write_reply(request, _spoil_reply(reply, fault) if fault else reply))
        return _spoil_response(response, fault) if fault else response


def _encode(status: int, body: Mapping[str, object]) -> HttpResponse:
    return HttpResponse(status, json.dumps(body).encode())


def _redact(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: "[redacted]" if name in _SECRET_HEADERS else value for name, value in headers.items()}


def _digest_key(headers: Mapping[str, str]) -> str:
    bearer = headers.get("authorization", "").removeprefix("Bearer ").strip()
    key = headers.get("x-api-key") or headers.get("api-key") or bearer
    return hashlib.sha256(key.encode()).hexdigest() if key else ""


def _to_reply(said: Said) -> Reply:
    if isinstance(said, Reply):
        return said
    return Reply(said if isinstance(said, str) else json.dumps(said, ensure_ascii=False))


def _spoil_reply(reply: Reply, fault: Fault) -> Reply:
    """Return the reply as a model would give it that has this fault."""
    match fault.kind:
        case "truncated":
            return replace(reply, text=reply.text[: len(reply.text) // 2], finish="length")
        case "empty":
            return replace(reply, text="")
        case "refusal":
            return replace(
                reply, text=fault.message or "I'm sorry, I can't help with that.", finish="refusal"
            )
        case "filter":
            return replace(reply, text="", finish="filter")
        case "missing_tags":
            return replace(reply, text=_TAG.sub("", reply.text))
        case _:
            return reply


def _spoil_response(response: HttpResponse, fault: Fault) -> HttpResponse:
    """Return the response as it is sent over a connection, or by a proxy, that has this fault."""
    match fault.kind:
        case "drop":
            return replace(response, sent_share=0.0)
        case "cut":
            return replace(response, sent_share=0.5)
        case "malformed":
            return replace(response, body=response.body[: len(response.body) // 2])
        case _:
            return response
