"""Just enough HTTP/1.1 to serve the loopback server's clients with almost no work per request.

An asyncio protocol instead of a threading server: a latency is a timer and not a sleeping thread, so that
64 requests in flight cost no more than one, and benchmarks against the server measure the client.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast

_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True)
class HttpRequest:
    """One request as it came; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class HttpResponse:
    """What is sent back, and how.

    Attributes:
        sent_share: Share of the body that is sent before the connection is closed in the middle of it;
            1 sends all of it and keeps the connection, 0 sends not even a status line.
        delay: Seconds before anything is sent.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    sent_share: float = 1.0
    delay: float = 0.0

    def encode(self) -> bytes:
        """Return the bytes of the complete response."""
        lines = [
            f"HTTP/1.1 {self.status} {_get_phrase(self.status)}",
            "content-type: application/json",
            f"content-length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return "\r\n".join(lines).encode("latin-1") + _HEAD_END + self.body


def _get_phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def parse_head(head: bytes) -> tuple[str, str, dict[str, str]]:
    """Split the head of a request into method, path without query, and headers in lower case."""
    request_line, *header_lines = head.decode("latin-1").split("\r\n")
    method, target, _ = request_line.split(" ", 2)
    pairs = (line.partition(":") for line in header_lines)
    return method, target.partition("?")[0], {name.strip().lower(): value.strip() for name, _, value in pairs}


class HttpProtocol(asyncio.Protocol):
    """One connection: reads requests one after another and answers each when its time has come.

    Args:
        answer: Makes the response of a request; called on the server's loop.
        schedule: Calls a function after that many seconds, or later where the server is held.
        finished: Called once for every request that was read, when it was answered or given up.
        changed: Called with the protocol when its connection is made and when it is lost.
    """

    def __init__(
        self,
        answer: Callable[[HttpRequest], HttpResponse],
        schedule: Callable[[float, Callable[[], None]], None],
        finished: Callable[[], None],
        changed: Callable[[HttpProtocol], None],
    ) -> None:
        self._answer = answer
        self._schedule = schedule
        self._finished = finished
        self._changed = changed
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._is_answering = False

    @property
    def is_connected(self) -> bool:
        """Whether the connection stands."""
        return self._transport is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport of the new connection."""
        self._transport = cast("asyncio.Transport", transport)
        self._changed(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Give up the request that is being answered, if any: its client has gone."""
        self._transport = None
        self._finish()
        self._changed(self)

    def abort(self) -> None:
        """Close the connection at once, answered or not."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Collect bytes until they hold a whole request."""
        self._received += data
        self._answer_next()

    def _answer_next(self) -> None:
        request = None if self._is_answering else self._take_request()
        if request is None:
            return
        self._is_answering = True
        response = self._answer(request)
        self._schedule(response.delay, lambda: self._send(response))

    def _take_request(self) -> HttpRequest | None:
        end = self._received.find(_HEAD_END)
        if end < 0:
            return None
        method, path, headers = parse_head(bytes(self._received[:end]))
        start = end + len(_HEAD_END)
        stop = start + int(headers.get("content-length", 0))
        if len(self._received) < stop:
            return None
        body = bytes(self._received[start:stop])
        del self._received[:stop]
        return HttpRequest(method, path, headers, body)

    def _send(self, response: HttpResponse) -> None:
        if self._transport is None:
            return
        encoded = response.encode()
        if response.sent_share < 1:
            self._transport.write(encoded[: int(len(encoded) * response.sent_share)])
            self._transport.close()
            return
        # Counted before it is written: who has the answer sees the request as finished.
        self._finish()
        self._transport.write(encoded)
        self._answer_next()

    def _finish(self) -> None:
        if self._is_answering:
            self._is_answering = False
            self._finished()
