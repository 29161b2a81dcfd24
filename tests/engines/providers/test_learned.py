"""Parameters that a model does not accept: learned from one refusal, said once, never sent again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from textgrad_lite.engines.providers.adaptation import choose_token_field, leave_out_refused
from textgrad_lite.engines.providers.anthropic import AnthropicProvider
from textgrad_lite.engines.providers.base import Provider
from textgrad_lite.engines.providers.chat import make_chat_wire
from textgrad_lite.engines.providers.learned import (
    Profile,
    UnsupportedParameterWarning,
    find_blamed,
    get_profile,
)
from textgrad_lite.engines.providers.openai import OpenAIProvider
from textgrad_lite.engines.types import Completion, Message, Request
from textgrad_lite.errors import BadRequestError, ModelNotFoundError, UnsupportedParameterError
from textgrad_lite.testing.loopback import (
    Fault,
    LoopbackServer,
    RejectsParameter,
    Reply,
    Scripted,
    only_responses,
)

Ask = Callable[..., Completion]
SCHEMA: dict[str, Any] = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def learn(ask: Ask, provider: Provider, parameter: str, **fields: Any) -> None:
    """Let a call be refused, with one warning that names the field."""
    with (
        pytest.warns(UnsupportedParameterWarning, match=f"{provider.name} does not accept '{parameter}'"),
        pytest.raises(UnsupportedParameterError) as caught,
    ):
        ask(provider, **fields)
    assert caught.value.retryable
    assert caught.value.retry_after == 0


@pytest.mark.parametrize("kind", ["unsupported_parameter", "unsupported_value"])
def test_temperature_is_learned_from_one_refusal(
    provider: Provider, server: LoopbackServer, ask: Ask, kind: Any
) -> None:
    server.faults = (RejectsParameter("temperature", kind),)

    learn(ask, provider, "temperature", temperature=0.3)

    assert ask(provider, temperature=0.3).text == "HI THERE"
    assert ask(provider, temperature=0.1).text == "HI THERE"
    assert ["temperature" in request.body for request in server.requests] == [True, False, False]


def test_another_engine_of_the_same_model_knows_it(server: LoopbackServer, ask: Ask) -> None:
    server.faults = (RejectsParameter("top_p"),)
    one, same, other = (
        OpenAIProvider(model, base_url=server.openai_url, api_key="k") for model in ("a", "a", "b")
    )

    learn(ask, one, "top_p", top_p=0.5)

    assert ask(same, top_p=0.5).text == "HI THERE"
    learn(ask, other, "top_p", top_p=0.5)


def test_what_is_known_is_not_said_again() -> None:
    with pytest.warns(UnsupportedParameterWarning, match="m does not accept 'seed'"):
        get_profile("url", "m", "m").refuse("seed")

    # A second warning would be an error here.
    get_profile("url", "m", "m").refuse("seed")


def test_output_limit_is_called_by_its_other_name(server: LoopbackServer, ask: Ask) -> None:
    provider = OpenAIProvider("m", preset="vllm", base_url=server.openai_url)
    server.faults = (RejectsParameter("max_tokens"),)

    learn(ask, provider, "max_tokens", max_tokens=5)
    ask(provider, max_tokens=5)

    assert server.requests[0].body["max_tokens"] == 5
    assert server.requests[1].body["max_completion_tokens"] == 5
    assert "max_tokens" not in server.requests[1].body


def test_output_limit_is_never_given_up(server: LoopbackServer, ask: Ask) -> None:
    provider = OpenAIProvider("m", preset="vllm", base_url=server.openai_url)
    server.faults = (RejectsParameter("max_tokens"), RejectsParameter("max_completion_tokens"))

    learn(ask, provider, "max_tokens", max_tokens=5)
    for _ in range(2):
        with pytest.raises(BadRequestError) as caught:
            ask(provider, max_tokens=5)
        assert type(caught.value) is BadRequestError


@pytest.mark.parametrize("preset, field", [("openai", "max_completion_tokens"), ("together", "max_tokens")])
def test_output_limit_is_called_as_the_provider_likes_it(
    server: LoopbackServer, ask: Ask, preset: str, field: str
) -> None:
    ask(OpenAIProvider("m", preset=preset, base_url=server.openai_url, api_key="k"), max_tokens=5)

    assert server.requests[0].body[field] == 5


def test_stop_strings_are_made_up_for(server: LoopbackServer, ask: Ask) -> None:
    server.reply = Reply("one END two STOP three")
    server.faults = (RejectsParameter("stop"),)
    provider = OpenAIProvider("m", base_url=server.openai_url, api_key="k")

    learn(ask, provider, "stop", stop=("STOP", "END"))

    assert ask(provider, stop=("STOP", "END")).text == "one "
    assert ask(provider, stop=("never",)).text == "one END two STOP three"


def test_stop_strings_work_where_the_api_has_none(
    responses_provider: OpenAIProvider, server: LoopbackServer, ask: Ask
) -> None:
    server.reply = "one END two"

    assert ask(responses_provider, stop=("END",)).text == "one "


@pytest.mark.parametrize("name", ["responses_provider", "anthropic_provider"])
def test_seed_without_a_place_is_said_once(name: str, request: pytest.FixtureRequest, ask: Ask) -> None:
    provider: Provider = request.getfixturevalue(name)

    with pytest.warns(UnsupportedParameterWarning, match="does not accept 'seed'"):
        ask(provider, seed=1)

    assert ask(provider, seed=1).text == "HI THERE"


def test_schema_that_a_server_does_not_know(server: LoopbackServer, ask: Ask) -> None:
    words = "This response_format type is unavailable now"
    server.faults = (Scripted([Fault("bad_request", message=words)]),)
    provider = OpenAIProvider("m", base_url=server.openai_url, api_key="k")
    assert [provider.supports_schema] == [True]

    learn(ask, provider, "output_schema", output_schema=SCHEMA)

    ask(provider, output_schema=SCHEMA)

    assert [provider.supports_schema] == [False]
    assert server.requests[1].schema is None


def test_schema_that_an_anthropic_model_does_not_know(
    anthropic_provider: AnthropicProvider, server: LoopbackServer, ask: Ask
) -> None:
    server.faults = (Scripted([Fault("bad_request", message="output_config: not supported by this model")]),)
    assert [anthropic_provider.supports_schema] == [True]

    learn(ask, anthropic_provider, "output_schema", output_schema=SCHEMA)

    assert [anthropic_provider.supports_schema] == [False]


def test_schema_is_asked_for(provider: Provider, server: LoopbackServer, ask: Ask) -> None:
    ask(provider, output_schema=SCHEMA)

    schema = server.requests[0].schema
    assert schema is not None
    assert schema["required"] == ["n"]


def test_model_of_the_responses_api_is_learned(server: LoopbackServer, ask: Ask) -> None:
    server.faults = (only_responses,)
    provider = OpenAIProvider("gpt-99", base_url=server.openai_url, api_key="k")

    with pytest.raises(UnsupportedParameterError):
        ask(provider)

    assert ask(provider).text == "HI THERE"
    assert [request.api for request in server.requests] == ["chat", "responses"]


def test_api_that_was_asked_for_is_kept(server: LoopbackServer, ask: Ask) -> None:
    server.faults = (only_responses,)
    provider = OpenAIProvider("gpt-99", base_url=server.openai_url, api_key="k", api="chat")

    for _ in range(2):
        with pytest.raises(ModelNotFoundError):
            ask(provider)


@pytest.mark.parametrize(
    "message, parameter, blamed",
    [
        ("Unsupported parameter: 'temperature' is not supported with this model.", None, "temperature"),
        ("`temperature` is deprecated for this model.", None, "temperature"),
        ("`temperature` and `top_p` cannot both be specified for this model.", None, "top_p"),
        ("Unrecognized request argument supplied: seed", None, "seed"),
        ("property 'reasoning_effort' is unsupported", None, "reasoning_effort"),
        ("Model grok does not support parameter reasoningEffort.", None, "reasoning_effort"),
        ("[{'loc': ('body', 'seed'), 'msg': 'Extra inputs are not permitted'}]", None, "seed"),
        ("This value is not supported.", "temperature", "temperature"),
        (
            "Unsupported value: 'reasoning_effort' does not support 'x'. Supported values are: 'low'.",
            None,
            None,
        ),
        ("Invalid 'temperature': decimal above maximum value.", None, None),
        ("Unsupported parameter: 'logit_bias'", None, None),
        ("The seeds of temperature_2 are not supported", None, None),
    ],
)
def test_blame(message: str, parameter: str | None, blamed: str | None) -> None:
    sent = ["top_p", "temperature", "seed", "reasoning_effort"]

    assert find_blamed(message, parameter, sent) == blamed


def test_only_what_was_sent_is_blamed(
    openai_provider: OpenAIProvider, server: LoopbackServer, ask: Ask
) -> None:
    server.faults = (Scripted([Fault("unsupported_parameter", parameter="temperature")]),)

    with pytest.raises(BadRequestError) as caught:
        ask(openai_provider)

    assert type(caught.value) is BadRequestError


def test_request_without_refused_fields_is_passed_on_as_it_is() -> None:
    request = Request(messages=(Message.of("user", "hi"),), temperature=0.5)
    wire = make_chat_wire(("max_tokens",))

    assert leave_out_refused(request, wire, Profile("m", {"seed"})) is request
    assert choose_token_field(wire, Profile("m", {"max_tokens"})) == "max_tokens"
