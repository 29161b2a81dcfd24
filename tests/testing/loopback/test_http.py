"""The little HTTP that the pretended provider speaks."""

from __future__ import annotations

from textgrad_lite.testing.loopback.http import HttpProtocol, HttpRequest, HttpResponse, parse_head


def test_head_is_taken_apart() -> None:
    method, path, headers = parse_head(b"POST /v1/x?y=1 HTTP/1.1\r\nX-A: b: c\r\nHost:h")

    assert (method, path, headers) == ("POST", "/v1/x", {"x-a": "b: c", "host": "h"})


def test_response_is_complete() -> None:
    encoded = HttpResponse(529, b"{}", {"x-a": "b"}).encode()

    assert encoded.startswith(b"HTTP/1.1 529 Unknown\r\n")
    assert b"\r\ncontent-length: 2\r\nx-a: b\r\n\r\n{}" in encoded
    assert HttpResponse(404, b"").encode().startswith(b"HTTP/1.1 404 Not Found\r\n")


def test_connection_that_was_never_made_can_be_aborted() -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        raise AssertionError("nothing was asked")

    protocol = HttpProtocol(answer, lambda delay, send: None, lambda: None, lambda protocol: None)
    protocol.abort()

    assert not protocol.is_connected
