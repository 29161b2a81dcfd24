"""What is particular to Anthropic."""

from __future__ import annotations

from collections.abc import Callable

from textgrad_lite.engines.providers.anthropic import DEFAULT_MAX_TOKENS, AnthropicProvider
from textgrad_lite.engines.types import Completion, Message
from textgrad_lite.testing.loopback import LoopbackServer, RequiresKey

Ask = Callable[..., Completion]


def test_address_may_have_the_version_or_not(server: LoopbackServer, ask: Ask) -> None:
    for url in (server.url, f"{server.url}/v1", f"{server.url}/v1/"):
        assert ask(AnthropicProvider("c", base_url=url, api_key="k")).text == "HI THERE"

    assert {request.path for request in server.requests} == {"/v1/messages"}


def test_key_and_default_limit_are_sent(server: LoopbackServer, ask: Ask) -> None:
    server.faults = (RequiresKey("right"),)

    ask(AnthropicProvider("c", base_url=server.url, api_key="right"))

    assert server.requests[0].body["max_tokens"] == DEFAULT_MAX_TOKENS


def test_prefix_is_marked_unless_caching_is_off(server: LoopbackServer, ask: Ask) -> None:
    messages = (Message.of("system", "word " * 1000), Message.of("user", "hi"))

    for is_on in (True, False):
        provider = AnthropicProvider("c", base_url=server.url, api_key="k", prompt_caching=is_on)
        ask(provider, messages=messages)

    marked, plain = (request.body["system"] for request in server.requests)
    assert marked[0]["cache_control"] == {"type": "ephemeral"}
    assert isinstance(plain, str)
