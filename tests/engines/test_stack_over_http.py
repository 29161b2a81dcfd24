"""The whole stack with the real SDKs and real sockets, against a server that fails in every way."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engines.doubles import ask
from textgrad_lite import runtime
from textgrad_lite.engines import (
    Budget,
    Completion,
    Price,
    RetryPolicy,
    Session,
    Stack,
    Usage,
    get_engine,
    use_session,
)
from textgrad_lite.engines.providers.learned import UnsupportedParameterWarning
from textgrad_lite.errors import AuthenticationError, BudgetExceededError, UnsupportedParameterError
from textgrad_lite.testing.loopback import (
    PASSING,
    Fault,
    LoopbackRequest,
    LoopbackServer,
    RejectsParameter,
    Reply,
    RequiresKey,
    Scripted,
    Seeded,
)

QUICK = RetryPolicy(attempts=8, first_wait=0.001, max_wait=0.01)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    def echo(request: LoopbackRequest) -> str:
        return f"answer to {request.prompt}"

    with LoopbackServer(echo) as server:
        yield server


def _engine(server: LoopbackServer, name: str = "openai/gpt-test", **options: Any) -> Stack:
    url = server.anthropic_url if name.startswith("anthropic") else server.openai_url
    given = {"base_url": url, "api_key": "sk-secret-secret", "cache": "off", "retry": QUICK}
    return get_engine(name, **{**given, **options})


async def _ask_all(engine: Stack, count: int) -> list[Completion | BaseException]:
    requests = (ask(f"question {number}", max_tokens=20) for number in range(count))
    return await asyncio.gather(*map(engine.complete, requests), return_exceptions=True)


@pytest.mark.parametrize("name", ["openai/gpt-test", "anthropic/claude-test"])
def test_with_faults_a_run_ends_as_without(server: LoopbackServer, name: str) -> None:
    engine = _engine(server, name)
    expected = runtime.run(_ask_all(engine, 40))
    server.forget()
    server.faults = (Seeded(0.2, seed=1, kinds=[*PASSING, Fault("rate_limit", retry_after=0.01)]),)
    outcomes = runtime.run(_ask_all(engine, 40))
    assert [outcome.text for outcome in outcomes if isinstance(outcome, Completion)] == [
        completion.text for completion in expected if isinstance(completion, Completion)
    ]
    assert len(server.requests) > 40


@pytest.mark.parametrize("calls", [0, 1, 17, 60])
def test_a_server_never_sees_more_calls_than_the_budget_allows(server: LoopbackServer, calls: int) -> None:
    server.faults = (Seeded(0.2, seed=2),)
    budget = Budget(calls=calls)
    outcomes = runtime.run(_ask_all(_engine(server, budget=budget, concurrency=64), 64))
    assert len(server.requests) == budget.spent.calls <= calls
    assert all(isinstance(outcome, Completion | BudgetExceededError) for outcome in outcomes)


class Books:
    """What a server bills: each request that its model has worked on, whether or not the answer arrived."""

    REFUSED = ("rate_limit", "server_error", "overloaded")
    PRICE = Price(input=1000.0, output=4000.0)

    def __init__(self, faults: Seeded) -> None:
        self._faults = faults
        self.calls = 0
        self.tokens = 0
        self.usd = 0.0

    def reply(self, request: LoopbackRequest) -> Reply:
        """Answer with as many tokens as the question's digest says, up to the limit."""
        draw = zlib.crc32(request.prompt.encode())
        return Reply("fine", input_tokens=draw % 100, output_tokens=draw // 100 % 21)

    def fault(self, request: LoopbackRequest) -> Fault | None:
        """Say what goes wrong, and write down what it costs."""
        fault = self._faults(request)
        self.calls += 1
        if fault is None or fault.kind not in self.REFUSED:
            reply = self.reply(request)
            self.tokens += (reply.input_tokens or 0) + (reply.output_tokens or 0)
            usage = Usage(input_tokens=reply.input_tokens or 0, output_tokens=reply.output_tokens or 0)
            self.usd += self.PRICE.cost(usage)
        return fault


@pytest.mark.parametrize(
    "limits",
    [
        {"calls": 130},
        {"tokens": 10_000},
        {"usd": 15.0},
        {"calls": 150, "tokens": 15_000, "usd": 20.0},
    ],
    ids=lambda limits: "+".join(limits),
)
@pytest.mark.parametrize(
    "name", ["openai/gpt-test", pytest.param("anthropic/claude-test", marks=pytest.mark.slow)]
)
def test_no_server_bills_more_than_the_budget_at_concurrency_64_with_a_tenth_of_faults(
    server: LoopbackServer, name: str, limits: dict[str, Any]
) -> None:
    books = Books(Seeded(0.1, seed=3))
    server.reply, server.faults = books.reply, (books.fault,)
    budget = Budget(**limits)
    engine = _engine(server, name, budget=budget, price=Books.PRICE, concurrency=64)

    outcomes = runtime.run(_ask_all(engine, 200))

    assert {type(outcome) for outcome in outcomes} == {Completion, BudgetExceededError}
    for limit, most in limits.items():
        billed, spent = getattr(books, limit), getattr(budget.spent, limit)
        assert 0 < billed <= spent + 1e-9
        assert spent <= most
    assert len(server.requests) == books.calls == budget.spent.calls
    assert books.calls > sum(isinstance(outcome, Completion) for outcome in outcomes)


def test_the_money_that_a_server_bills_stays_within_the_budget(server: LoopbackServer) -> None:
    price = Price(input=1000, output=1000)
    budget = Budget(usd=0.3)
    outcomes = runtime.run(_ask_all(_engine(server, budget=budget, price=price), 64))
    answered = [outcome for outcome in outcomes if isinstance(outcome, Completion)]
    assert 0 < len(answered) < 64
    assert sum(completion.usage.cost_usd or 0 for completion in answered) <= 0.3


def test_a_wrong_key_is_sent_once_singly_and_at_most_as_often_as_slots_in_a_loop(
    server: LoopbackServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="textgrad_lite")
    server.faults = (RequiresKey("sk-the-right-one"),)
    with pytest.raises(AuthenticationError) as caught:
        _engine(server, api_key="sk-wrong-single")("hello")
    assert len(server.requests) == 1

    server.forget()
    outcomes = runtime.run(_ask_all(_engine(server, api_key="sk-wrong-looped", concurrency=8), 100))
    assert all(isinstance(outcome, AuthenticationError) for outcome in outcomes)
    assert len(server.requests) <= 8
    assert "sk-wrong" not in f"{caught.value} {caught.value.hint} {outcomes} {caplog.text}"


def test_a_rejected_parameter_is_learned_once_for_all_calls(server: LoopbackServer) -> None:
    server.faults = (RejectsParameter("temperature"),)
    engine = _engine(server, temperature=0.5, retry=RetryPolicy(attempts=1))
    with pytest.warns(UnsupportedParameterWarning, match="temperature"):
        assert engine("0") == "answer to 0"
    assert engine("1") == "answer to 1"
    assert len(server.requests) == 3


def test_a_parameter_that_cannot_be_done_without_fails_in_the_end(server: LoopbackServer) -> None:
    server.faults = (lambda _: Fault("unsupported_parameter", parameter="messages"),)
    with pytest.raises(Exception, match="messages") as caught:
        _engine(server)("hello")
    assert not isinstance(caught.value, UnsupportedParameterError)
    assert len(server.requests) == 1


def test_a_pause_that_the_server_asks_for_keeps_other_engines_of_the_key_back(server: LoopbackServer) -> None:
    server.faults = (Scripted([Fault("rate_limit", retry_after=0.2)]),)
    first, second = _engine(server), _engine(server, temperature=0.5)

    async def scenario() -> float:
        loop = asyncio.get_running_loop()
        is_paused = asyncio.Event()
        session = Session(on_event=lambda event: is_paused.set() if event.kind == "pause" else None)
        with use_session(session):
            call = asyncio.create_task(first.complete(ask("first")))
        await is_paused.wait()
        start = loop.time()
        await second.complete(ask("second"))
        await call
        return loop.time() - start

    assert runtime.run(scenario()) >= 0.19
