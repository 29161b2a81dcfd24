"""The servers that speak OpenAI's protocol and are known by name: where they are and what they want."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Preset:
    """What has to be known of a provider to reach it.

    Attributes:
        name: The first part of ``provider/model``.
        base_url: Where its API is; None where every user has another one.
        key_variable: Environment variable of its key; None where it asks for none.
        url_variable: Environment variable that replaces ``base_url``, where there is a customary one.
        token_fields: Names of the limit on output tokens, the preferred one first.
        supports_schema: Whether it enforces a JSON schema on answers.
    """

    name: str
    base_url: str | None
    key_variable: str | None
    url_variable: str | None = None
    token_fields: tuple[str, ...] = ("max_tokens", "max_completion_tokens")
    supports_schema: bool = True


_NEW_TOKEN_FIELDS = ("max_completion_tokens", "max_tokens")

PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("openai", "https://api.openai.com/v1", "OPENAI_API_KEY", "OPENAI_BASE_URL", _NEW_TOKEN_FIELDS),
        Preset("azure", None, "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", _NEW_TOKEN_FIELDS),
        Preset("ollama", "http://localhost:11434/v1", None),
        Preset("vllm", "http://localhost:8000/v1", None),
        Preset("lmstudio", "http://localhost:1234/v1", None),
        Preset("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
        Preset("together", "https://api.together.ai/v1", "TOGETHER_API_KEY"),
        Preset("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY", None, _NEW_TOKEN_FIELDS),
        Preset("deepseek", "https://api.deepseek.com", "DEEPSEEK_API_KEY", supports_schema=False),
        Preset("local", None, None),
    )
}

ANTHROPIC = Preset("anthropic", "https://api.anthropic.com", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL")
