"""Where a provider is and with which key: from options, environment and presets."""

from __future__ import annotations

import pytest

from textgrad_lite.engines.providers.anthropic import AnthropicProvider
from textgrad_lite.engines.providers.connection import Connection
from textgrad_lite.engines.providers.openai import OpenAIProvider
from textgrad_lite.engines.providers.presets import ANTHROPIC, PRESETS
from textgrad_lite.errors import ConfigurationError, MissingKeyError, UnknownNameError

OPENAI = PRESETS["openai"]


def test_options_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "from-environment")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://environment.test/v1")
    monkeypatch.setenv("TEAM_KEY", "from-team")

    assert Connection.resolve(OPENAI, {}).api_key == "from-environment"
    assert Connection.resolve(OPENAI, {}).base_url == "https://environment.test/v1"
    assert Connection.resolve(OPENAI, {"api_key_env": "TEAM_KEY"}).api_key == "from-team"
    assert Connection.resolve(OPENAI, {"api_key": "given", "api_key_env": "TEAM_KEY"}).api_key == "given"
    assert Connection.resolve(OPENAI, {"base_url": "http://x.test/v1/"}).base_url == "http://x.test/v1"


@pytest.mark.parametrize(
    "preset", [preset for preset in PRESETS.values() if preset.key_variable] + [ANTHROPIC]
)
def test_missing_key_names_its_variable(preset: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from textgrad_lite.engines.providers.presets import Preset

    assert isinstance(preset, Preset)
    with pytest.raises(
        MissingKeyError, match=f"{preset.name}: the environment variable {preset.key_variable} is"
    ):
        Connection.resolve(preset, {"base_url": "https://models.test"})


@pytest.mark.parametrize("name", ["ollama", "vllm", "lmstudio"])
def test_local_servers_need_no_key(name: str) -> None:
    connection = OpenAIProvider("m", preset=name).connection

    assert connection.api_key
    assert connection.base_url.startswith("http://localhost:")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://localhost:9/v1", "http://[::1]:9/v1"])
def test_a_server_on_this_machine_needs_no_key(url: str) -> None:
    assert Connection.resolve(OPENAI, {"base_url": url}).api_key


def test_a_key_that_was_named_has_to_be_there() -> None:
    with pytest.raises(MissingKeyError, match="MY_KEY"):
        Connection.resolve(OPENAI, {"base_url": "http://127.0.0.1:9/v1", "api_key_env": "MY_KEY"})


def test_address_that_nobody_gave() -> None:
    with pytest.raises(ConfigurationError, match="azure has no address") as caught:
        Connection.resolve(PRESETS["azure"], {"api_key": "k"})
    assert caught.value.hint == "Pass base_url or set AZURE_OPENAI_ENDPOINT."

    with pytest.raises(ConfigurationError, match="local has no address"):
        Connection.resolve(PRESETS["local"], {})


def test_address_without_a_scheme() -> None:
    with pytest.raises(ConfigurationError, match="'localhost:8000/v1'"):
        Connection.resolve(OPENAI, {"base_url": "localhost:8000/v1", "api_key": "k"})


@pytest.mark.parametrize("timeout", [-1, 0, float("nan")])
def test_timeout_has_to_be_positive(timeout: float) -> None:
    with pytest.raises(ConfigurationError, match=f"timeout is {timeout}"):
        Connection.resolve(OPENAI, {"timeout": timeout, "api_key": "k"})


def test_misspelt_option_is_reported() -> None:
    with pytest.raises(UnknownNameError, match="unknown option of a provider 'tiemout'"):
        OpenAIProvider("m", tiemout=3)  # type: ignore[call-arg]


def test_secrets_are_hidden_and_redacted() -> None:
    connection = Connection.resolve(
        OPENAI,
        {
            "base_url": "https://user:pass-word@models.test/v1?key=1",
            "api_key": "sk-0123456789",
            "headers": {"X-Key": "header-secret", "X-Short": "blue"},
        },
    )

    text = connection.redact("sk-0123456789 pass-word header-secret blue")

    assert text == "[redacted] [redacted] [redacted] blue"
    assert connection.public_url == "https://models.test/v1"
    assert not any(secret in repr(connection) for secret in ("sk-0", "pass-word", "header-secret"))


def test_credential_tells_keys_apart() -> None:
    made = {Connection.resolve(OPENAI, {"api_key": key}).credential for key in ("one", "two", "one")}

    assert len(made) == 2


def test_unknown_preset_is_reported() -> None:
    with pytest.raises(UnknownNameError, match="unknown provider 'opnai'"):
        OpenAIProvider("m", preset="opnai")


def test_timeout_reaches_the_connection() -> None:
    assert AnthropicProvider("m", api_key="k", timeout=5).connection.timeout == 5
