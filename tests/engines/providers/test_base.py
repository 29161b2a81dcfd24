"""What all providers do alike: one attempt, one completion, on the runtime's loop."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
from collections.abc import Callable

import pytest

from textgrad_lite import runtime
from textgrad_lite.engines.providers.base import Provider, load_sdk
from textgrad_lite.engines.providers.openai import OpenAIProvider
from textgrad_lite.engines.types import Completion, ImagePart, Message, Request
from textgrad_lite.errors import (
    EngineConnectionError,
    EngineTimeoutError,
    InvalidResponseError,
    MissingDependencyError,
)
from textgrad_lite.testing.loopback import Fault, LoopbackServer, Reply, Scripted

Ask = Callable[..., Completion]


def test_answer_and_usage_are_read(provider: Provider, server: LoopbackServer, ask: Ask) -> None:
    server.reply = Reply("fine", input_tokens=10, output_tokens=7, reasoning_tokens=5, cached_tokens=4)

    completion = ask(provider)

    assert (completion.text, completion.finish_reason) == ("fine", "stop")
    assert completion.usage.input_tokens == 10
    assert completion.usage.output_tokens == 7
    assert completion.usage.reasoning_tokens == 5
    assert completion.usage.cached_input_tokens == 4
    assert completion.usage.cost_usd is None
    assert completion.model == provider.model
    assert completion.request_id == "req_0"
    assert not completion.is_cached


def test_conversation_arrives_in_order(provider: Provider, server: LoopbackServer, ask: Ask) -> None:
    turns = [("system", "be kind"), ("user", "one"), ("assistant", "two"), ("user", "three\nfour")]

    ask(provider, messages=tuple(Message.of(role, *text.split("\n")) for role, text in turns))  # type: ignore[arg-type]

    assert server.requests[0].turns == tuple(turns)


def test_image_arrives_with_its_bytes(provider: Provider, server: LoopbackServer, ask: Ask) -> None:
    image = ImagePart(data=b"\x89PNG\r\n\x1a\n123", media_type="image/png")
    linked = ImagePart(url="https://example.org/cat.png")

    ask(provider, messages=(Message.of("user", "see", image, linked),))

    request = server.requests[0]
    assert request.turns == (("user", "see\n[image]\n[image]"),)
    assert "iVBORw0KGgoxMjM=" in str(request.body)
    assert "https://example.org/cat.png" in str(request.body)


@pytest.mark.parametrize(
    "fault, text, finish",
    [
        ("truncated", "HI T", "length"),
        ("empty", "", "stop"),
        ("refusal", "I'm sorry, I can't help with that.", "refusal"),
    ],
)
def test_reason_of_the_end_is_read(
    provider: Provider, server: LoopbackServer, ask: Ask, fault: str, text: str, finish: str
) -> None:
    server.faults = (Scripted([fault]),)  # type: ignore[list-item]

    completion = ask(provider)

    assert (completion.text, completion.finish_reason) == (text, finish)


def test_every_call_is_one_attempt(provider: Provider, server: LoopbackServer, ask: Ask) -> None:
    server.faults = (Scripted(["server_error", "drop"]),)

    for _ in range(2):
        with pytest.raises(Exception, match=r"status 500|no connection"):
            ask(provider)

    assert len(server.requests) == 2


@pytest.mark.parametrize("fault", ["drop", "cut"])
def test_lost_connection_is_reported(
    provider: Provider, server: LoopbackServer, ask: Ask, fault: str
) -> None:
    server.faults = (Scripted([fault]),)  # type: ignore[list-item]

    with pytest.raises(EngineConnectionError, match="no connection: RemoteProtocolError") as caught:
        ask(provider)

    assert caught.value.retryable
    assert caught.value.__cause__ is not None
    assert server.url in caught.value.hint


def test_unreachable_server_is_reported(ask: Ask) -> None:
    with LoopbackServer() as server:
        url = server.openai_url
    provider = OpenAIProvider("m", base_url=url, api_key="k")

    with pytest.raises(EngineConnectionError, match="no connection: ConnectError"):
        ask(provider)


def test_malformed_answer_is_reported(provider: Provider, server: LoopbackServer, ask: Ask) -> None:
    server.faults = (Scripted(["malformed"]),)

    with pytest.raises(InvalidResponseError, match=r"not of the API's form \(JSONDecodeError.*request req_0"):
        ask(provider)


def test_time_limit_is_kept(server: LoopbackServer, ask: Ask) -> None:
    server.faults = (Scripted([Fault("slow", delay=30.0)]),)
    provider = OpenAIProvider("m", base_url=server.openai_url, api_key="k", timeout=0.05)

    with pytest.raises(EngineTimeoutError, match=r"openai/m: no answer within 0.05 s"):
        ask(provider)

    assert server.wait_until(lambda server: server.open == 0), "the request was not given up"


def test_cancelled_call_closes_its_request(provider: Provider, server: LoopbackServer) -> None:
    server.hold()
    pending = runtime.spawn(provider.complete(Request(messages=(Message.of("user", "hi"),))), name="call")
    assert server.wait_until(lambda server: server.open == 1)

    pending.cancel()

    assert server.wait_until(lambda server: server.open == 0)


def test_own_headers_are_sent(server: LoopbackServer, ask: Ask) -> None:
    provider = OpenAIProvider("m", base_url=server.openai_url, api_key="k", headers={"X-Team": "blue"})

    ask(provider)

    assert server.requests[0].headers["x-team"] == "blue"


def test_own_http_client_is_used_and_left_open(server: LoopbackServer, ask: Ask) -> None:
    import httpx2

    seen: list[str] = []

    async def note(request: httpx2.Request) -> None:
        seen.append(request.url.path)

    client = httpx2.AsyncClient(event_hooks={"request": [note]})
    ask(OpenAIProvider("m", base_url=server.openai_url, api_key="k", http_client=client))

    assert seen == ["/v1/chat/completions"]
    runtime.run(client.aclose())


def test_client_is_made_anew_with_the_loop(provider: Provider, server: LoopbackServer, ask: Ask) -> None:
    ask(provider)
    runtime.shutdown()

    assert ask(provider).text == "HI THERE"
    assert len(server.requests) == 2


def test_a_forked_child_asks_with_a_client_of_its_own(server: LoopbackServer) -> None:
    program = f"""
        import os
        from textgrad_lite import runtime
        from textgrad_lite.engines.providers.openai import OpenAIProvider
        from textgrad_lite.engines.types import Message, Request

        provider = OpenAIProvider("m", base_url={server.openai_url!r}, api_key="k")

        def ask(text):
            return runtime.run(provider.complete(Request(messages=(Message.of("user", text),)))).text

        assert ask("parent") == "PARENT"
        child = os.fork()
        if child == 0:
            os._exit(0 if ask("child") == "CHILD" else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert ask("parent again") == "PARENT AGAIN"
    """

    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stderr
    assert [request.prompt for request in server.requests] == ["parent", "child", "parent again"]


def test_shutdown_closes_the_connections(provider: Provider, server: LoopbackServer, ask: Ask) -> None:
    ask(provider)
    assert server.connections > 0

    runtime.shutdown()

    assert server.wait_until(lambda server: server.connections == 0)


async def test_many_calls_at_once(provider: Provider, server: LoopbackServer) -> None:
    server.hold()
    calls = [
        runtime.spawn(provider.complete(Request(messages=(Message.of("user", f"no {i}"),))), name="call")
        for i in range(64)
    ]
    assert await asyncio.to_thread(server.wait_until, lambda server: server.open == 64)
    server.release()

    assert [(await call).text for call in calls] == [f"NO {i}" for i in range(64)]
    assert server.peak == 64


def test_extra_fields_go_into_the_body(provider: Provider, server: LoopbackServer, ask: Ask) -> None:
    ask(provider, extra={"service_tier": "flex"})

    assert server.requests[0].body["service_tier"] == "flex"


def test_identity_holds_no_secret(server: LoopbackServer) -> None:
    url = server.openai_url.replace("http://", "http://me:hunter2hunter2@")
    provider = OpenAIProvider("m", base_url=url, api_key="sk-secret-secret", headers={"X-Key": "abcdefghij"})

    shown = f"{provider!r} {provider.identity()} {provider.connection!r} {provider.credential}"

    assert provider.identity() == {"provider": "openai", "base_url": server.openai_url, "model": "m"}
    assert not any(secret in shown for secret in ("sk-secret-secret", "hunter2hunter2", "abcdefghij"))


def test_sdk_is_imported_when_it_is_first_used() -> None:
    program = """
        import sys
        from textgrad_lite.engines.providers.anthropic import AnthropicProvider
        from textgrad_lite.engines.providers.openai import OpenAIProvider
        OpenAIProvider("m", api_key="k"), AnthropicProvider("m", api_key="k")
        print([name for name in ("openai", "anthropic", "httpx2") if name in sys.modules])
    """

    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "[]"


def test_missing_sdk_is_named() -> None:
    with pytest.raises(MissingDependencyError, match="pip install no_such_sdk"):
        load_sdk("no_such_sdk")
