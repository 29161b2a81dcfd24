"""Every attempt is reserved, sent, settled and written down; time limits cut through everything."""

from __future__ import annotations

import asyncio

import pytest

from tests.engines.doubles import Model, answering, ask, in_turn, now, run
from textgrad_lite.engines.billing import Billing, TimeLimit
from textgrad_lite.engines.budget import Amount, Budget
from textgrad_lite.engines.ledger import Ledger
from textgrad_lite.engines.pricing import FREE, Price, Pricing
from textgrad_lite.engines.recorder import Recorder
from textgrad_lite.engines.session import CallEvent, Session, use_session
from textgrad_lite.engines.types import Completion, Request, Usage
from textgrad_lite.errors import (
    BudgetExceededError,
    ConfigurationError,
    EngineTimeoutError,
    InvalidResponseError,
    RateLimitError,
    ServerError,
)

PRICE = Price(input=1_000_000, output=2_000_000)  # a dollar a token, two for the answer


def _bill(
    model: Model, budget: Budget | None = None, price: Pricing | None = None, ledger: Ledger | None = None
) -> Billing:
    return Billing(model, Recorder(model.name, ledger or Ledger()), budget, price)


def test_an_answer_is_billed_at_what_it_used() -> None:
    budget, ledger = Budget(tokens=10_000, usd=100_000), Ledger()
    completion = run(_bill(Model(), budget, PRICE, ledger).complete(ask(max_tokens=100)))
    assert completion.usage.cost_usd == 20.0
    assert budget.spent == Amount(calls=1, tokens=15, usd=20.0)
    assert ledger.total().cost_usd == 20.0


def test_the_price_that_a_provider_reports_is_believed() -> None:
    reported = Completion(text="", usage=Usage(input_tokens=1, output_tokens=1, cost_usd=0.125))
    completion = run(_bill(Model(lambda _: reported), price=PRICE).complete(ask()))
    assert completion.usage.cost_usd == 0.125


def test_the_engine_knows_its_price_and_the_user_knows_better() -> None:
    assert _bill(Model(pricing=PRICE)).pricing is PRICE
    assert _bill(Model(pricing=PRICE), price=FREE).pricing is FREE


def test_without_a_price_the_cost_is_unknown() -> None:
    budget, ledger = Budget(calls=5), Ledger()
    completion = run(_bill(Model(), budget, ledger=ledger).complete(ask()))
    assert completion.usage.cost_usd is None
    assert budget.spent.usd is None
    assert ledger.total().cost_usd is None


def test_a_server_that_counts_nothing_is_billed_at_the_worst_case() -> None:
    silent = Model(lambda _: Completion(text="fine"))
    request = ask(max_tokens=100)
    worst = silent.counts_tokens(request) + 100
    budget = Budget(tokens=10_000, usd=100_000)
    completion = run(_bill(silent, budget, PRICE).complete(request))
    assert budget.spent.tokens == worst
    assert completion.usage.cost_usd == worst + 100


@pytest.mark.parametrize("price, cost", [(FREE, 0.0), (PRICE, None)])
def test_a_server_that_counts_nothing_costs_nothing_only_where_all_is_free(
    price: Price, cost: float | None
) -> None:
    completion = run(_bill(Model(lambda _: Completion(text="fine")), price=price).complete(ask()))
    assert completion.usage.cost_usd == cost


@pytest.mark.parametrize(
    "error, tokens",
    [
        (RateLimitError("no", status=429), 0),
        (ServerError("no", status=500), 0),
        (EngineTimeoutError("silence"), 1),
        (InvalidResponseError("garbled", status=200), 1),
        (ZeroDivisionError("ours"), 1),
    ],
)
def test_a_failed_attempt_counts_as_a_call_and_as_tokens_where_the_server_may_have_worked(
    error: Exception, tokens: int
) -> None:
    model, budget, ledger = Model(in_turn(error)), Budget(tokens=10_000), Ledger()
    request = ask(max_tokens=100)
    with pytest.raises(type(error)):
        run(_bill(model, budget, ledger=ledger).complete(request))
    assert budget.spent.calls == 1
    assert budget.spent.tokens == tokens * (model.counts_tokens(request) + 100)
    assert ledger.total().failures == 1


def test_a_cancelled_attempt_counts_as_spent() -> None:
    budget = Budget(calls=3, tokens=10_000)

    async def scenario() -> None:
        call = asyncio.create_task(_bill(Model(), budget).complete(ask(max_tokens=100)))
        await asyncio.sleep(0.5)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)

    run(scenario())
    assert budget.spent.calls == 1
    assert budget.spent.tokens > 100
    assert budget.remaining().calls == 2


@pytest.mark.parametrize("budget", [Budget(tokens=1000), Budget(usd=1.0)])
def test_a_limit_on_tokens_or_money_needs_a_cap(budget: Budget) -> None:
    model = Model(pricing=PRICE)
    with pytest.raises(ConfigurationError, match="max_tokens"):
        run(_bill(model, budget).complete(ask()))
    assert model.requests == []


def test_a_limit_on_money_needs_a_price() -> None:
    model = Model()
    with pytest.raises(ConfigurationError, match="price"):
        run(_bill(model, Budget(usd=1.0)).complete(ask(max_tokens=10)))
    assert model.requests == []


def test_nothing_is_sent_beyond_a_limit() -> None:
    model = Model()
    with pytest.raises(BudgetExceededError):
        run(_bill(model, Budget(calls=0)).complete(ask()))
    assert model.requests == []


def test_the_budget_of_the_session_counts_besides_the_engines_own() -> None:
    own, session = Budget(calls=10), Session(budget=Budget(calls=1))

    async def scenario() -> None:
        engine = _bill(Model(), own)
        with use_session(session):
            await engine.complete(ask())
            with pytest.raises(BudgetExceededError):
                await engine.complete(ask())

    run(scenario())
    assert own.spent.calls == 1
    assert session.ledger.total().calls == 1


class Announced:
    """A store that remembers only what requests can use."""

    def __init__(self) -> None:
        self.most: list[Amount] = []

    def get(self, key: str) -> Completion | None:
        return None

    def sent(self, key: str, request: Request, *, engine: str, most: Amount) -> None:
        self.most.append(most)

    async def put(self, key: str, completion: Completion, request: Request, *, engine: str) -> None:
        raise AssertionError(f"{key}, {completion}, {request} and {engine} are of no use here")


@pytest.mark.parametrize(
    "price, max_tokens, usd",
    [
        (Price(1.0, 2.0), 1_000_000, 2.0),
        (Price(1.0, 2.0), None, None),
        (FREE, None, 0.0),
        (None, 10, None),
    ],
)
def test_a_request_is_announced_with_the_most_that_it_can_cost(
    price: Pricing | None, max_tokens: int | None, usd: float | None
) -> None:
    """Also where no limit on money asks for it: a run that is killed may be resumed with one."""
    store = Announced()

    async def scenario() -> None:
        with use_session(Session(answers=store)):
            await _bill(Model(pricing=price)).complete(ask(max_tokens=max_tokens))

    run(scenario())
    (most,) = store.most
    assert most.calls == 1
    assert most.tokens >= (max_tokens or 0) + len("hello")
    assert most.usd == pytest.approx(usd, abs=1e-3)


def test_calls_and_failures_are_told_to_the_session() -> None:
    events: list[CallEvent] = []
    model = Model(in_turn(ServerError("down"), answering()))

    async def scenario() -> None:
        with use_session(Session(on_event=events.append)):
            await asyncio.gather(_bill(model).complete(ask()), return_exceptions=True)
            await _bill(model).complete(ask(purpose="judge"))

    run(scenario())
    assert [(event.kind, event.purpose) for event in events] == [("failure", "forward"), ("call", "judge")]


def test_what_is_running_is_cancelled_when_the_time_is_over() -> None:
    model = Model(seconds=100)

    async def scenario() -> float:
        budget = Budget(seconds=30, clock=now)
        engine = TimeLimit(_bill(model, budget), budget)
        with pytest.raises(BudgetExceededError) as caught:
            await engine.complete(ask())
        assert caught.value.limit == "seconds"
        return now()

    assert run(scenario()) == pytest.approx(30)
    assert model.is_cancelled


def test_the_nearest_of_two_time_limits_holds() -> None:
    async def scenario() -> float:
        session = Session(budget=Budget(seconds=20, clock=now))
        with use_session(session), pytest.raises(BudgetExceededError, match="20"):
            await TimeLimit(Model(seconds=100), Budget(seconds=30, clock=now)).complete(ask())
        return now()

    assert run(scenario()) == pytest.approx(20)


def test_a_timeout_of_the_engines_own_is_not_taken_for_the_time_limit() -> None:
    async def scenario() -> None:
        engine = TimeLimit(Model(in_turn(TimeoutError("mine"))), Budget(seconds=30, clock=now))
        with pytest.raises(TimeoutError, match="mine"):
            await engine.complete(ask())

    run(scenario())


@pytest.mark.parametrize("budget", [None, Budget(calls=5)])
def test_without_a_time_limit_nothing_is_cut_off(budget: Budget | None) -> None:
    assert run(TimeLimit(Model(seconds=10_000), budget).complete(ask())).text == "answer to hello"
