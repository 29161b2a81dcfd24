"""A pretended provider, and requests to send to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from textgrad_lite import runtime
from textgrad_lite.engines.providers.anthropic import AnthropicProvider
from textgrad_lite.engines.providers.base import Provider
from textgrad_lite.engines.providers.openai import OpenAIProvider
from textgrad_lite.engines.types import Completion, Message, Request
from textgrad_lite.testing.loopback import LoopbackServer

KEY = "sk-test-0123456789abcdef"

Ask = Callable[..., Completion]


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer(lambda request: request.prompt.upper()) as server:
        yield server


@pytest.fixture
def ask() -> Ask:
    """Send one request, by default a system and a user message, and wait for the answer."""

    def send(provider: Provider, **fields: Any) -> Completion:
        messages = (Message.of("system", "be kind"), Message.of("user", "hi there"))
        return runtime.run(provider.complete(Request(**({"messages": messages} | fields))))

    return send


@pytest.fixture
def openai_provider(server: LoopbackServer) -> OpenAIProvider:
    return OpenAIProvider("gpt-test", base_url=server.openai_url, api_key=KEY)


@pytest.fixture
def responses_provider(server: LoopbackServer) -> OpenAIProvider:
    return OpenAIProvider("gpt-test", base_url=server.openai_url, api_key=KEY, api="responses")


@pytest.fixture
def anthropic_provider(server: LoopbackServer) -> AnthropicProvider:
    return AnthropicProvider("claude-test", base_url=server.anthropic_url, api_key=KEY)


@pytest.fixture(params=["chat", "responses", "messages"])
def provider(request: pytest.FixtureRequest) -> Provider:
    """Each API once, for what all of them have to do alike."""
    names = {
        "chat": "openai_provider",
        "responses": "responses_provider",
        "messages": "anthropic_provider",
    }
    made: Provider = request.getfixturevalue(names[request.param])
    return made
