"""What is particular to OpenAI and Azure."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from textgrad_lite.engines.providers.openai import OpenAIProvider
from textgrad_lite.engines.types import Completion
from textgrad_lite.testing.loopback import LoopbackServer, RequiresKey

Ask = Callable[..., Completion]


@pytest.mark.parametrize(
    "preset, model, api",
    [
        ("openai", "o3-pro", "responses"),
        ("openai", "gpt-5-pro-2025-10-06", "responses"),
        ("openai", "gpt-5.1-codex-max", "responses"),
        ("openai", "o4-mini-deep-research", "responses"),
        ("azure", "gpt-5.5-pro", "responses"),
        ("openai", "gpt-5-mini", "chat"),
        ("openai", "my-prompt-model", "chat"),
        ("openrouter", "openai/o3-pro", "chat"),
    ],
)
def test_models_are_asked_through_the_api_that_serves_them(
    server: LoopbackServer, ask: Ask, preset: str, model: str, api: str
) -> None:
    ask(OpenAIProvider(model, preset=preset, base_url=server.openai_url, api_key="k"))

    assert server.requests[0].api == api
    assert server.requests[0].model == model


def test_azure_v1_endpoint(server: LoopbackServer, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", server.url)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "azure-key")
    server.faults = (RequiresKey("azure-key"),)

    provider = OpenAIProvider("my-deployment", preset="azure")

    assert ask(provider).text == "HI THERE"
    assert provider.name == "azure/my-deployment"


def test_azure_dated_api(server: LoopbackServer, ask: Ask) -> None:
    server.faults = (RequiresKey("azure-key"),)
    provider = OpenAIProvider(
        "dep", preset="azure", base_url=server.url, api_key="azure-key", api_version="2024-10-21"
    )

    assert ask(provider).text == "HI THERE"
    assert server.requests[0].headers["api-key"] == "[redacted]"
    assert server.requests[0].path == "/openai/deployments/dep/chat/completions"


def test_schema_support_is_the_presets_unless_said_otherwise() -> None:
    assert OpenAIProvider("m", api_key="k").supports_schema
    assert not OpenAIProvider("m", preset="deepseek", api_key="k").supports_schema
    assert OpenAIProvider("m", preset="deepseek", api_key="k", supports_schema=True).supports_schema


def test_key_goes_to_the_server(server: LoopbackServer, ask: Ask) -> None:
    server.faults = (RequiresKey("right"),)

    assert ask(OpenAIProvider("m", base_url=server.openai_url, api_key="right")).text == "HI THERE"


@pytest.mark.parametrize("preset, is_sent", [("openai", True), ("groq", False)])
def test_organization_goes_to_openai_only(
    server: LoopbackServer, ask: Ask, monkeypatch: pytest.MonkeyPatch, preset: str, is_sent: bool
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")

    ask(OpenAIProvider("m", preset=preset, base_url=server.openai_url, api_key="k"))

    headers = server.requests[0].headers
    assert ("openai-organization" in headers, "openai-project" in headers) == (is_sent, is_sent)
