"""The pretended provider itself: it listens, answers, counts, holds back, and goes away without a trace."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.testing.loopback import Fault, LoopbackRequest, LoopbackServer, Reply, Scripted

BODY = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}

IMPATIENT = httpx2.Timeout(10, read=0.05)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


def post(server: LoopbackServer, body: Any = BODY, **options: Any) -> httpx2.Response:
    return httpx2.post(f"{server.openai_url}/chat/completions", json=body, trust_env=False, **options)


def say(server: LoopbackServer) -> str:
    content: str = post(server).json()["choices"][0]["message"]["content"]
    return content


def test_reply_has_several_forms(server: LoopbackServer) -> None:
    assert say(server) == "ok"
    server.reply = Reply("whole")
    assert say(server) == "whole"
    server.reply = {"é": [1]}
    assert say(server) == '{"é": [1]}'
    server.reply = lambda request: [request.model, request.number]
    assert say(server) == '["m", 3]'


def test_error_in_a_reply_function_is_not_tried_again(server: LoopbackServer) -> None:
    def fail(request: LoopbackRequest) -> str:
        raise KeyError("oops")

    server.reply = fail

    response = post(server)

    assert response.status_code == 400
    assert response.json()["error"]["message"] == "the reply function failed: KeyError: 'oops'"


def test_requests_are_kept_without_secrets(server: LoopbackServer) -> None:
    post(server, headers={"Authorization": "Bearer sk-secret", "X-Other": "kept"})

    (request,) = server.requests
    assert request.headers["authorization"] == "[redacted]"
    assert request.headers["x-other"] == "kept"
    assert "sk-secret" not in repr(request)
    assert (request.api, request.model, request.prompt, request.system) == ("chat", "m", "hi", "")


def test_texts_of_a_request(server: LoopbackServer) -> None:
    turns = [("developer", "a"), ("user", "b"), ("assistant", "c"), ("user", [{"type": "text", "text": "d"}])]
    post(server, {"model": "m", "messages": [{"role": role, "content": said} for role, said in turns]})

    (request,) = server.requests
    assert (request.system, request.prompt, request.text) == ("a", "d", "a\nb\nc\nd")


def test_request_without_a_user_has_an_empty_prompt(server: LoopbackServer) -> None:
    post(server, {"model": "m", "messages": []})

    assert server.requests[0].prompt == ""


def test_responses_take_instructions_and_plain_input(server: LoopbackServer) -> None:
    body = {"model": "m", "instructions": "be kind", "input": "hi"}
    httpx2.post(f"{server.openai_url}/responses", json=body, trust_env=False)

    assert server.requests[0].turns == (("system", "be kind"), ("user", "hi"))


def test_models_are_listed(server: LoopbackServer) -> None:
    post(server)

    models = httpx2.get(f"{server.openai_url}/models", trust_env=False).json()["data"]

    assert [model["id"] for model in models] == ["loopback", "m"]


@pytest.mark.parametrize("method, path", [("GET", "/v1/chat/completions"), ("POST", "/v1/other")])
def test_other_paths_are_refused(server: LoopbackServer, method: str, path: str) -> None:
    response = httpx2.request(method, f"{server.url}{path}", trust_env=False)

    assert response.status_code == 404
    assert response.json()["error"]["message"] == f"Invalid URL ({method} {path})"
    assert server.requests == ()


def test_connection_is_kept(server: LoopbackServer) -> None:
    with httpx2.Client(trust_env=False) as client:
        for _ in range(3):
            client.post(f"{server.openai_url}/chat/completions", json=BODY)

        assert server.connections == 1
    assert server.wait_until(lambda server: server.connections == 0)


async def test_pieces_and_pipelines_are_put_together(server: LoopbackServer) -> None:
    body = json.dumps(BODY).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))

    for piece in (head[:20], head[20:], body[:5], body[5:] + head + body):
        writer.write(piece)
        await writer.drain()
    first, second = [await read_response(reader) for _ in range(2)]

    assert first["choices"] == second["choices"]
    assert len(server.requests) == 2
    writer.close()
    await writer.wait_closed()


async def read_response(reader: asyncio.StreamReader) -> dict[str, Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
    body: dict[str, Any] = json.loads(await reader.readexactly(length))
    return body


def test_latency_delays_every_response(server: LoopbackServer) -> None:
    server.latency = 0.02
    start = time.perf_counter()

    post(server)

    assert time.perf_counter() - start >= 0.02
    assert server.open == 0


def test_hold_release_and_forget(server: LoopbackServer) -> None:
    server.hold()
    server.hold()
    threads = [threading.Thread(target=post, args=(server,)) for _ in range(3)]
    for thread in threads:
        thread.start()

    assert server.wait_until(lambda server: server.open == 3)
    server.release()
    server.release()
    for thread in threads:
        thread.join()
    assert (server.open, server.peak, len(server.requests)) == (0, 3, 3)

    server.forget()
    assert (server.peak, server.requests) == (0, ())


def test_waiting_has_an_end(server: LoopbackServer) -> None:
    assert not server.wait_until(lambda server: server.open == 1, timeout=0.01)


def test_delay_of_a_fault_comes_late(server: LoopbackServer) -> None:
    server.faults = (Scripted([Fault("slow", delay=60)]),)

    with pytest.raises(httpx2.ReadTimeout):
        post(server, timeout=IMPATIENT)

    assert server.wait_until(lambda server: server.open == 0)


def test_response_to_a_client_that_has_gone_is_dropped(server: LoopbackServer) -> None:
    server.hold()
    with pytest.raises(httpx2.ReadTimeout):
        post(server, timeout=IMPATIENT)
    assert server.wait_until(lambda server: server.connections == 0)

    server.release()

    assert say(server) == "ok"


def test_stopping_ends_open_requests(server: LoopbackServer) -> None:
    server.hold()
    errors: list[Exception] = []

    def try_it() -> None:
        try:
            post(server)
        except httpx2.TransportError as error:
            errors.append(error)

    thread = threading.Thread(target=try_it)
    thread.start()
    assert server.wait_until(lambda server: server.open == 1)

    server.stop()
    thread.join()

    assert len(errors) == 1


def test_life_of_a_server() -> None:
    server = LoopbackServer()
    server.stop()
    with pytest.raises(ConfigurationError, match="not running"):
        server.hold()

    with server, pytest.raises(ConfigurationError, match="running already"):
        server.start()
    with server:
        assert say(server) == "ok"
