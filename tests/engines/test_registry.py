"""Names become engines, and what is missing is said."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tests.engines.doubles import Model, ask, run
from textgrad_lite.engines.budget import Budget
from textgrad_lite.engines.pricing import FREE, Price
from textgrad_lite.engines.registry import as_engine, get_engine, pricing_of, split_name
from textgrad_lite.engines.session import Session, use_session
from textgrad_lite.engines.types import Usage
from textgrad_lite.errors import (
    BudgetExceededError,
    ConfigurationError,
    MissingKeyError,
    UnknownNameError,
)


@pytest.mark.parametrize(
    "name, provider, model",
    [
        ("openai/gpt-5-mini", "openai", "gpt-5-mini"),
        ("openrouter/meta-llama/llama-3.3-70b", "openrouter", "meta-llama/llama-3.3-70b"),
        ("local//models/my.gguf", "local", "/models/my.gguf"),
        ("gpt-4o", "openai", "gpt-4o"),
        ("chatgpt-4o-latest", "openai", "chatgpt-4o-latest"),
        ("o1", "openai", "o1"),
        ("o3-mini", "openai", "o3-mini"),
        ("o4-mini-2025-04-16", "openai", "o4-mini-2025-04-16"),
        ("claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5"),
        ("experimental:gpt-4o", "openai", "gpt-4o"),
        ("experimental:anthropic/claude-3-haiku", "anthropic", "claude-3-haiku"),
    ],
)
def test_names_resolve(name: str, provider: str, model: str) -> None:
    assert split_name(name) == (provider, model)


@pytest.mark.parametrize("name", ["llama-3", "gpt4o", "my-gpt-4o", "o1abc", "openai/", "", "/gpt-4o"])
def test_a_name_without_a_known_provider_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(ConfigurationError, match="openrouter"):
        split_name(name)


def test_a_misspelt_provider_is_corrected() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'openai'"):
        get_engine("opanai/gpt-5-mini")


@pytest.mark.parametrize(
    "name, variable",
    [
        ("gpt-4o", "OPENAI_API_KEY"),
        ("claude-sonnet-4-5", "ANTHROPIC_API_KEY"),
        ("openrouter/x", "OPENROUTER_API_KEY"),
        ("together/x", "TOGETHER_API_KEY"),
        ("groq/x", "GROQ_API_KEY"),
        ("deepseek/x", "DEEPSEEK_API_KEY"),
    ],
)
def test_a_missing_key_is_named(name: str, variable: str) -> None:
    with pytest.raises(MissingKeyError, match=variable):
        get_engine(name)


@pytest.mark.parametrize("name", ["ollama/llama3", "vllm/x", "lmstudio/x"])
def test_servers_on_this_machine_need_no_key_and_cost_nothing(name: str) -> None:
    engine = get_engine(name)
    assert engine.name == name
    assert pricing_of(engine) is FREE


def test_a_server_elsewhere_has_no_known_price() -> None:
    pricing = pricing_of(get_engine("vllm/x", base_url="https://gpu.example.test/v1", api_key="k" * 9))
    assert pricing is not None
    assert pricing.cost(Usage(input_tokens=10)) is None


def test_a_providers_own_server_has_the_published_price() -> None:
    pricing = pricing_of(get_engine("gpt-4o", api_key="k" * 9))
    assert pricing is not None
    assert pricing.cost(Usage(input_tokens=1_000_000)) == pytest.approx(2.5)


def test_the_users_price_goes_before_the_published_one() -> None:
    price = Price(1, 1)
    assert pricing_of(get_engine("gpt-4o", api_key="k" * 9, price=price)) is price


def test_a_key_is_read_from_the_variable_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-secret-secret")
    engine = get_engine("gpt-4o", api_key_env="MY_KEY", base_url="https://proxy.example.test/v1")
    assert engine.identity()["base_url"] == "https://proxy.example.test/v1"
    assert "secret" not in repr(engine) + str(engine.identity())


def test_anthropic_takes_its_own_options() -> None:
    engine = get_engine("claude-sonnet-4-5", api_key="k" * 9, provider_options={"prompt_caching": False})
    assert engine.identity()["provider"] == "anthropic"


def test_local_models_are_opened_by_their_own_room() -> None:
    with pytest.raises(UnknownNameError, match=r"smollm2-135m"):
        get_engine("local/no-such-model")


@pytest.mark.parametrize(
    "options",
    [
        {"cache": "sometimes"},
        {"temprature": 0.1},
        {"concurrency": 0},
        {"provider_options": {"unheard_of": 1}},
        {"provider_options": {"preset": "groq"}},
        {"timeout": -1},
        {"temperature": "hot"},
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        get_engine("gpt-4o", api_key="k" * 9, **options)


def test_an_option_that_is_none_is_not_given() -> None:
    engine = get_engine(str.upper, temperature=None, max_tokens=None)
    assert engine("hello") == "HELLO"


def test_a_function_takes_no_connection() -> None:
    with pytest.raises(ConfigurationError, match="api_key"):
        get_engine(str.upper, api_key="k" * 9)


@pytest.mark.parametrize("cache, asked", [(None, 2), (False, 2), ("off", 2), (True, 1), ("on", 1)])
def test_functions_are_cached_only_when_asked(cache: Any, asked: int) -> None:
    calls: list[str] = []

    def answer(prompt: str) -> str:
        calls.append(prompt)
        return prompt

    engine = get_engine(answer, cache=cache)
    assert engine("hello") == engine("hello")
    assert len(calls) == asked


def test_as_engine_takes_names_functions_and_engines() -> None:
    assert as_engine("ollama/llama3").name == "ollama/llama3"
    assert as_engine(str.upper)("hello") == "HELLO"
    stacked = get_engine(str.upper)
    assert as_engine(stacked) is stacked


class WithGenerate:
    generate = staticmethod(str.upper)


def test_as_engine_takes_an_object_with_generate() -> None:
    assert as_engine(WithGenerate())("hello") == "HELLO"


@pytest.mark.parametrize("nothing", [None, 3, object()])
def test_what_is_no_engine_is_refused(nothing: object) -> None:
    with pytest.raises(ConfigurationError, match="is no engine"):
        as_engine(nothing)


def test_a_bare_engine_is_limited_by_a_session_and_wrapped_once() -> None:
    model = Model()
    engine = as_engine(model)
    assert as_engine(model) is engine

    async def scenario() -> None:
        with use_session(Session(budget=Budget(calls=1))):
            await engine.complete(ask())
            with pytest.raises(BudgetExceededError):
                await engine.complete(ask())

    run(scenario())
    assert len(model.requests) == 1


def test_a_bare_engine_is_neither_cached_nor_joined() -> None:
    model = Model()
    engine = as_engine(model)

    async def scenario() -> None:
        for _ in range(2):
            await engine.complete(ask())

    run(scenario())
    assert len(model.requests) == 2


def test_naming_an_engine_imports_no_sdk_and_no_cache_of_others() -> None:
    program = (
        "import sys, textgrad_lite.engines as e; e.get_engine('gpt-4o', api_key='k' * 9, cache='off');"
        "print([m for m in ('openai', 'anthropic', 'diskcache', 'tenacity', 'genai_prices', 'httpx2')"
        " if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
