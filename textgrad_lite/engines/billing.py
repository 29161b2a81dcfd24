"""The two layers that keep calls inside their budgets.

`TimeLimit` stands outside the waiting and the retries, because time passes in all of them. `Billing` stands
next to the provider, so that every single attempt is reserved, sent, settled and written down.
"""

from __future__ import annotations

import asyncio

from textgrad_lite.engines.budget import Amount, Budget, inside_a_call, reserve
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.key import request_key
from textgrad_lite.engines.layer import Layer
from textgrad_lite.engines.pricing import FREE, Pricing
from textgrad_lite.engines.recorder import Recorder
from textgrad_lite.engines.session import budgets_in_force, current_session
from textgrad_lite.engines.types import Completion, Request, Usage
from textgrad_lite.errors import ConfigurationError, EngineError, InvalidResponseError


class TimeLimit(Layer):
    """Cancels what is still running when the time of a budget is over."""

    def __init__(self, inner: Engine, budget: Budget | None = None) -> None:
        super().__init__(inner)
        self._budget = budget

    async def complete(self, request: Request) -> Completion:
        """Answer a request within the time that is left.

        Raises:
            BudgetExceededError: The time is over.
        """
        limits: list[tuple[float, Budget]] = []
        for budget in budgets_in_force(self._budget):
            budget.start()
            left = budget.remaining().seconds
            if left is not None:
                limits.append((left, budget))
        if not limits:
            return await self.inner.complete(request)
        left, budget = min(limits, key=lambda limit: limit[0])
        try:
            async with asyncio.timeout(left) as scope:
                return await self.inner.complete(request)
        except TimeoutError:
            if not scope.expired():
                raise
            raise budget.exceeded("seconds") from None


class Billing(Layer):
    """Reserves the worst case of an attempt before it is sent and settles what it used.

    Args:
        inner: The engine to ask, usually a provider.
        recorder: Where calls and failures are written down.
        budget: The engine's own budget.
        price: What calls cost, where the user knows better than the engine.
    """

    def __init__(
        self,
        inner: Engine,
        recorder: Recorder,
        budget: Budget | None = None,
        price: Pricing | None = None,
    ) -> None:
        super().__init__(inner)
        self.pricing = inner.pricing if price is None else price
        self._recorder = recorder
        self._budget = budget

    async def complete(self, request: Request) -> Completion:
        """Send one attempt.

        Raises:
            BadRequestError: The server is known to refuse it; nothing was sent.
            BudgetExceededError: The worst case of the attempt does not fit; nothing was sent.
            ConfigurationError: A token or money limit, but no output cap or no price.
        """
        self.check(request)
        budgets = budgets_in_force(self._budget)
        worst = self._worst_case(request, budgets)
        hold = await reserve(budgets, worst)
        used = worst
        try:
            self._announce(request)
            with inside_a_call():
                completion = await self.inner.complete(request)
            completion = self._priced(completion, worst)
            used = _used(completion.usage, worst)
        except Exception as error:
            self._recorder.add_failure(request, error)
            if not _may_be_billed(error):
                used = Amount(calls=1)
            raise
        finally:
            hold.settle(used)
        self._recorder.add_call(request, completion.usage)
        return completion

    def _announce(self, request: Request) -> None:
        session = current_session()
        if session is not None and session.answers is not None:
            key = request_key(self, request)
            tokens = self.counts_tokens(request) + (request.max_tokens or 0)
            most = Amount(calls=1, tokens=tokens, usd=self._most_usd(request))
            session.answers.sent(key, request, engine=self.name, most=most)

    def _worst_case(self, request: Request, budgets: tuple[Budget, ...]) -> Amount:
        """Return the most that an attempt can use; no more than its one call where no limit needs more."""
        if not any(budget.needs_cap for budget in budgets):
            return Amount(calls=1)
        if request.max_tokens is None:
            raise ConfigurationError(
                f"{self.name}: a limit on tokens or money needs a cap on the length of answers",
                hint="Set max_tokens, for the engine or for the call.",
            )
        input_tokens, output_tokens = self.counts_tokens(request), request.max_tokens
        usd = self._most_usd(request)
        if usd is None and any(budget.usd is not None for budget in budgets):
            raise ConfigurationError(
                f"{self.name}: a limit on money needs a price, and none is known for this model",
                hint="Pass price=Price(input=…, output=…), in US dollars per million tokens.",
            )
        return Amount(calls=1, tokens=input_tokens + output_tokens, usd=usd)

    def _most_usd(self, request: Request) -> float | None:
        """Return the most that an attempt can cost; None without a price, or without a cap on its answer."""
        if self.pricing is None or (request.max_tokens is None and self.pricing != FREE):
            return None
        return self.pricing.most(self.counts_tokens(request), request.max_tokens or 0)

    def _priced(self, completion: Completion, worst: Amount) -> Completion:
        """Fill in what the answer cost, unless the provider reports it itself."""
        usage = completion.usage
        if usage.cost_usd is not None or self.pricing is None:
            return completion
        if usage.total_tokens or self.pricing == FREE:
            cost = self.pricing.cost(usage)
        else:
            cost = worst.usd if worst.tokens else None
        if cost is None:
            return completion
        return completion.model_copy(update={"usage": usage.model_copy(update={"cost_usd": cost})})


def _used(usage: Usage, worst: Amount) -> Amount:
    """Return what a call used; a server that does not say is taken to have used what it could."""
    return Amount(calls=1, tokens=usage.total_tokens or worst.tokens, usd=usage.cost_usd)


def _may_be_billed(error: Exception) -> bool:
    """Return whether the server may have worked on a failed attempt, and so may bill it.

    A server that answers with an error status has not. Without a status nothing is known of it.
    """
    return (
        not isinstance(error, EngineError) or isinstance(error, InvalidResponseError) or error.status is None
    )
