"""A real HTTP server on 127.0.0.1 that pretends to be a model provider.

It exists so that the official SDKs, the sockets, the timeouts and the errors of a program are tested for
real, without a network and in no time.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.testing.loopback.answering import answer_request, list_models, read_request, refuse_path
from textgrad_lite.testing.loopback.dialects import DIALECTS
from textgrad_lite.testing.loopback.faults import FaultSource
from textgrad_lite.testing.loopback.http import HttpProtocol, HttpRequest, HttpResponse
from textgrad_lite.testing.loopback.messages import LoopbackRequest, ReplyFunction, Said
from textgrad_lite.testing.loopback.traffic import Traffic

_BACKLOG = 512


class LoopbackServer:
    """A server that speaks OpenAI chat completions, OpenAI responses, Anthropic messages and model lists.

    Use it as a context manager, or call `start` and `stop`. It runs on a thread of its own; `reply` and the
    fault sources are called there, one request at a time, and must not block.

    Args:
        reply: What the model says: a text, a `Reply`, or a mapping or list that becomes JSON text; or a
            function that makes one of these from a `LoopbackRequest`. A function that raises makes
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
        reply: Said | ReplyFunction = "ok",
        *,
        latency: float = 0.0,
        faults: Iterable[FaultSource] = (),
    ) -> None:
        self.reply: Said | ReplyFunction = reply
        self.latency = latency
        self.faults = tuple(faults)
        self._traffic = Traffic()
        self._held: list[Callable[[], None]] | None = None
        self._accepting: set[asyncio.Future[Any]] = set()
        self._protocols: set[HttpProtocol] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._port = 0

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
        if self._thread is None or self._stopping is None:
            return
        self._call(self._stopping.set)
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
        return tuple(self._traffic.requests)

    @property
    def open(self) -> int:
        """Requests that wait for their response at this moment."""
        return self._traffic.open

    @property
    def peak(self) -> int:
        """The largest number of requests that were open at the same time."""
        return self._traffic.peak

    @property
    def connections(self) -> int:
        """Connections that are established at this moment."""
        return self._traffic.connections

    def forget(self) -> None:
        """Empty `requests` and start `peak` anew."""
        self._traffic.forget()

    def wait_until(self, is_reached: Callable[[LoopbackServer], bool], timeout: float = 30.0) -> bool:
        """Wait until a condition on the server holds, such as ``lambda server: server.open == 16``.

        Args:
            is_reached: Called whenever a request arrives or ends and whenever a connection comes or goes.
            timeout: Seconds after which to give up.

        Returns:
            Whether the condition holds.
        """
        return self._traffic.wait_until(lambda: is_reached(self), timeout)

    def hold(self) -> None:
        """Keep back all responses from now on, until `release`."""
        self._call(self._start_holding)

    def release(self, *, keep_holding: bool = False) -> None:
        """Send the responses that were kept back.

        Args:
            keep_holding: Go on keeping back those of requests that come from now on.
        """
        self._call(lambda: self._send_held(keep_holding=keep_holding))

    async def _serve(self, is_ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        with socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG) as listening:
            listening.setblocking(False)
            self._port = listening.getsockname()[1]
            self._loop.add_reader(listening, self._accept, listening)
            is_ready.set()
            await self._stopping.wait()
            self._loop.remove_reader(listening)
        await asyncio.gather(*self._accepting)
        for protocol in self._protocols.copy():
            protocol.abort()
        # The loop closes the aborted sockets in its next round.
        await asyncio.sleep(0)

    def _accept(self, listening: socket.socket) -> None:
        # Not asyncio's own server: that one drops a connection that comes while it is being closed.
        connection, _ = listening.accept()
        accepting = asyncio.ensure_future(
            asyncio.get_running_loop().connect_accepted_socket(self._make_protocol, connection)
        )
        self._accepting.add(accepting)
        accepting.add_done_callback(self._accepting.discard)

    def _make_protocol(self) -> HttpProtocol:
        return HttpProtocol(self._answer, self._schedule, self._traffic.finish, self._note_connection)

    def _note_connection(self, protocol: HttpProtocol) -> None:
        if protocol.is_connected:
            self._protocols.add(protocol)
        else:
            self._protocols.discard(protocol)
        self._traffic.connect(1 if protocol.is_connected else -1)

    def _call(self, function: Callable[[], None]) -> None:
        if self._loop is None:
            raise ConfigurationError("the loopback server is not running")
        self._loop.call_soon_threadsafe(function)

    def _start_holding(self) -> None:
        if self._held is None:
            self._held = []

    def _send_held(self, *, keep_holding: bool) -> None:
        held, self._held = self._held, [] if keep_holding else None
        for send in held or ():
            send()

    def _schedule(self, delay: float, send: Callable[[], None]) -> None:
        if self._held is not None:
            self._held.append(send)
        elif delay > 0:
            asyncio.get_running_loop().call_later(delay, send)
        else:
            send()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        dialect = next((d for d in DIALECTS.values() if request.path.endswith(d.path)), None)
        if dialect is None or request.method != "POST":
            self._traffic.start(None)
            return self._answer_other(request)
        asked = read_request(dialect, request, len(self._traffic.requests))
        self._traffic.start(asked)
        fault = next(filter(None, (source(asked) for source in self.faults)), None)
        delay = self.latency + (fault.delay if fault else 0.0)
        return replace(answer_request(dialect, asked, self.reply, fault), delay=delay)

    def _answer_other(self, request: HttpRequest) -> HttpResponse:
        if request.method == "GET" and request.path.endswith("/models"):
            return list_models(sorted({"loopback", *(asked.model for asked in self._traffic.requests)}))
        return refuse_path(request)
