"""What went wrong at a server, as our errors: the most specific one, with a way out, without secrets."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from textgrad_lite.engines.providers.base import Provider
from textgrad_lite.engines.providers.connection import Connection
from textgrad_lite.engines.providers.failures import ErrorMaker, Failure, parse_retry_after
from textgrad_lite.engines.providers.openai import OpenAIProvider
from textgrad_lite.engines.types import Completion
from textgrad_lite.errors import (
    AuthenticationError,
    BadRequestError,
    ContextLengthError,
    EngineError,
    EngineTimeoutError,
    ModelNotFoundError,
    OverloadedError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from textgrad_lite.testing.loopback import (
    ContextWindow,
    Fault,
    FaultKind,
    KnowsModels,
    LoopbackServer,
    RequiresKey,
    Scripted,
)

Ask = Callable[..., Completion]


@pytest.mark.parametrize(
    "fault, kind, hint",
    [
        ("rate_limit", RateLimitError, ""),
        ("quota", PermissionDeniedError, "billing"),
        ("server_error", ServerError, ""),
        ("overloaded", OverloadedError, ""),
        ("unauthorized", AuthenticationError, "key"),
        ("forbidden", PermissionDeniedError, "billing"),
        ("model_not_found", ModelNotFoundError, "name of the model"),
        ("context_length", ContextLengthError, "Shorten the prompt"),
        ("bad_request", BadRequestError, ""),
    ],
)
def test_refusal_becomes_the_most_specific_error(
    provider: Provider, server: LoopbackServer, ask: Ask, fault: FaultKind, kind: type[EngineError], hint: str
) -> None:
    server.faults = (Scripted([fault]),)

    with pytest.raises(kind) as caught:
        ask(provider)

    error = caught.value
    assert type(error) is kind
    assert (error.provider, error.model, error.request_id) == (provider.provider, provider.model, "req_0")
    assert error.status is not None
    assert error.status >= 400
    assert hint in error.hint
    assert error.__cause__ is not None


@pytest.mark.parametrize("fault", ["rate_limit", "overloaded", "server_error"])
def test_wait_that_the_server_asks_for_is_read(
    provider: Provider, server: LoopbackServer, ask: Ask, fault: FaultKind
) -> None:
    server.faults = (Scripted([Fault(fault, retry_after=1.5), fault]),)

    with pytest.raises(EngineError) as first:
        ask(provider)
    with pytest.raises(EngineError) as second:
        ask(provider)

    assert getattr(first.value, "retry_after", None) == 1.5
    assert getattr(second.value, "retry_after", 0) is None


def test_conditions_of_the_server(provider: Provider, server: LoopbackServer, ask: Ask) -> None:
    server.faults = (KnowsModels(["other"]),)
    with pytest.raises(ModelNotFoundError):
        ask(provider)
    server.faults = (ContextWindow(3),)
    with pytest.raises(ContextLengthError):
        ask(provider)
    server.faults = (RequiresKey("sk-test-0123456789abcdef"),)
    assert ask(provider).text == "HI THERE"
    server.faults = (RequiresKey("another"),)
    with pytest.raises(AuthenticationError):
        ask(provider)


def test_key_is_nowhere_in_an_error(provider: Provider, server: LoopbackServer, ask: Ask) -> None:
    key = provider.connection.api_key
    server.faults = (Scripted([Fault("unauthorized", message=f"Incorrect API key provided: {key}.")]),)

    with pytest.raises(AuthenticationError, match=r"provided: \[redacted\]") as caught:
        ask(provider)

    assert key not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "status, kind",
    [
        (400, BadRequestError),
        (402, PermissionDeniedError),
        (405, BadRequestError),
        (408, EngineTimeoutError),
        (409, ServerError),
        (413, ContextLengthError),
        (418, BadRequestError),
        (422, BadRequestError),
        (500, ServerError),
        (502, ServerError),
        (503, OverloadedError),
        (529, OverloadedError),
    ],
)
def test_class_by_status(status: int, kind: type[EngineError]) -> None:
    assert Failure(status, "something").error_class is kind


@pytest.mark.parametrize(
    "body, message, code, parameter",
    [
        ({"error": {"message": "m", "code": "c", "type": "t", "param": "p"}}, "m", "c t", "p"),
        ({"message": "m", "code": 40, "param": ["x"]}, "m", "40", None),
        ({"type": "error", "error": {"type": "t", "message": "m"}}, "m", "t", None),
        (
            {"detail": [{"loc": ["body", "seed"], "msg": "no"}]},
            "[{'loc': ['body', 'seed'], 'msg': 'no'}]",
            "",
            None,
        ),
        ({"error": "just words"}, "just words", "", None),
        ("<html>  Bad\n gateway </html>", "<html> Bad gateway </html>", "", None),
        (None, "fallback", "", None),
        ({}, "fallback", "", None),
    ],
)
def test_bodies_of_every_form_are_read(body: object, message: str, code: str, parameter: str | None) -> None:
    failure = Failure.from_body(400, body, {}, "fallback")

    assert (failure.message, failure.code, failure.parameter) == (message, code, parameter)


GROQ = "Request too large … on tokens per minute: Limit 8000. Upgrade at https://console.groq.com/settings/billing"


@pytest.mark.parametrize(
    "status, message, kind",
    [
        (
            429,
            "Rate limit reached. Add a payment method at https://platform.openai.com/account/billing.",
            RateLimitError,
        ),
        (413, GROQ, ContextLengthError),
        (429, "billing_hard_limit_reached", PermissionDeniedError),
        (403, "Insufficient balance", PermissionDeniedError),
        (
            400,
            "input length and `max_tokens` exceed context limit: 190000 + 21333 > 200000",
            ContextLengthError,
        ),
        (400, "the request exceeds the available context size", ContextLengthError),
        (400, "max_tokens is too large: 200000. This model supports at most 16384", BadRequestError),
    ],
)
def test_class_by_words(status: int, message: str, kind: type[EngineError]) -> None:
    assert Failure(status, message).error_class is kind


def make_errors(key: str = "sk-secret-0123456789") -> ErrorMaker:
    connection = Connection("http://127.0.0.1/v1", key, {}, timeout=1.0, http_client=None)
    return ErrorMaker("openai", "m", connection)


def test_endless_message_is_cut() -> None:
    assert len(str(make_errors().make_from(Failure.from_body(500, "x" * 10_000, {}), None))) < 700


@pytest.mark.parametrize("start", range(480, 502))
def test_key_where_a_message_is_cut_is_redacted(start: int) -> None:
    key = "sk-secret-0123456789"
    failure = Failure.from_body(500, "x" * start + " " + key, {})
    assert "sk-sec" not in str(make_errors(key).make_from(failure, None))


@pytest.mark.parametrize(
    "headers, seconds",
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "2", "retry-after-ms": "150"}, 0.15),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0.0),
    ],
)
def test_retry_after_has_several_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert parse_retry_after(headers) == seconds


def test_retry_after_may_be_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=5))

    seconds = parse_retry_after({"retry-after": date})

    assert seconds == pytest.approx(300, abs=5)


@pytest.mark.parametrize(
    "error, kind",
    [
        ({"code": 429, "message": "slow down"}, RateLimitError),
        ({"code": "oops", "message": "the model failed"}, ServerError),
        ({"code": "rate_limit_exceeded", "message": "slow down"}, RateLimitError),
        ({"code": "invalid_prompt", "message": "not this"}, BadRequestError),
        ("the model failed", ServerError),
    ],
)
def test_error_inside_a_good_answer_is_an_error(
    openai_provider: OpenAIProvider,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
    error: Any,
    kind: type[EngineError],
) -> None:
    import httpx2

    async def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"error": error})

    client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    provider = OpenAIProvider("m", base_url="https://gateway.test/v1", api_key="k", http_client=client)

    with pytest.raises(kind):
        ask(provider)


@pytest.mark.parametrize(
    "body", [[], "text", {}, {"choices": []}, {"choices": [{"message": {"content": 3}}]}]
)
def test_answer_of_another_form_is_reported(ask: Ask, body: Any) -> None:
    import httpx2

    async def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=body)

    client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    provider = OpenAIProvider("m", base_url="https://gateway.test/v1", api_key="k", http_client=client)

    with pytest.raises(EngineError, match="not of the API's form"):
        ask(provider)


def test_slow_connection_is_a_timeout(ask: Ask) -> None:
    import httpx2

    async def hang(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectTimeout("too slow", request=request)

    client = httpx2.AsyncClient(transport=httpx2.MockTransport(hang))
    provider = OpenAIProvider("m", base_url="https://gateway.test/v1", api_key="k", http_client=client)

    with pytest.raises(EngineTimeoutError, match="the connection was not made in time"):
        ask(provider)
