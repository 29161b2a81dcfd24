"""Asks again where the same request may succeed a moment later, and only there.

A wrong key, a wrong request or a bug fails at once. Where the server says how long to wait, all who share its
rate limit wait, and none of them holds a slot meanwhile.
"""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textgrad_lite.engines.budget import Budget
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.layer import Layer
from textgrad_lite.engines.quota import Quota
from textgrad_lite.engines.recorder import Recorder
from textgrad_lite.engines.session import budgets_in_force
from textgrad_lite.engines.types import Completion, Request
from textgrad_lite.errors import ConfigurationError, TextgradError, UnsupportedParameterError

if TYPE_CHECKING:
    from tenacity import RetryCallState

logger = logging.getLogger(__name__)

MOST_LEARNED = 8
"""Parameters of one request that a model may reject one after the other before we give up."""


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how patiently to ask again.

    Attributes:
        attempts: Most times one request is sent.
        first_wait: Upper bound in seconds of the first random wait; it doubles with every attempt.
        max_wait: Upper bound in seconds of any random wait.
        max_pause: Longest pause in seconds that a server may ask for; asked for more, the call fails.
    """

    attempts: int = 8
    first_wait: float = 0.25
    max_wait: float = 30.0
    max_pause: float = 120.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or min(self.first_wait, self.max_wait, self.max_pause) < 0:
            raise ConfigurationError(
                f"a retry policy of {self}", hint="At least one attempt, and no negative times."
            )


class Retry(Layer):
    """Sends a request again after errors that may pass.

    Args:
        inner: The engine to ask.
        policy: How often and how patiently.
        quota: The rate limit that pauses hold for.
        budget: The engine's own budget, whose time a pause must fit into.
        recorder: Told of pauses.
    """

    def __init__(
        self,
        inner: Engine,
        policy: RetryPolicy,
        quota: Quota,
        recorder: Recorder,
        budget: Budget | None = None,
    ) -> None:
        super().__init__(inner)
        self._policy = policy
        self._quota = quota
        self._recorder = recorder
        self._budget = budget

    async def complete(self, request: Request) -> Completion:
        """Answer a request in as many attempts as the policy allows.

        Raises:
            TextgradError: The error of the last attempt.
            BudgetExceededError: The server asks to wait longer than the time limit allows.
        """
        try:
            return await self._ask(request)
        except TextgradError as error:
            if not self._may_pass(error):
                raise
            return await self._ask_again(request, error)

    async def _ask_again(self, request: Request, first_error: TextgradError) -> Completion:
        """Go on after a first attempt that failed; most calls never need to build what this takes."""
        from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

        failed = [first_error]

        async def attempt() -> Completion:
            if failed:
                raise failed.pop()
            return await self._ask(request)

        retrying = AsyncRetrying(
            retry=retry_if_exception(self._may_pass),
            stop=stop_after_attempt(self._policy.attempts),
            wait=self._wait,
            before_sleep=lambda state: self._before_wait(request, state),
            reraise=True,
        )
        return await retrying(attempt)

    async def _ask(self, request: Request) -> Completion:
        """Ask once, and again at once where the provider has learned to do without a parameter."""
        for _ in range(MOST_LEARNED):
            try:
                return await self.inner.complete(request)
            except UnsupportedParameterError as error:
                logger.info("%s: asked again without %s", self.name, error.parameter)
        return await self.inner.complete(request)

    def _may_pass(self, error: BaseException) -> bool:
        is_retryable = isinstance(error, TextgradError) and error.retryable
        is_retryable = is_retryable and not isinstance(error, UnsupportedParameterError)
        return is_retryable and _pause_asked_by(error) <= self._policy.max_pause

    def _wait(self, state: RetryCallState) -> float:
        """Return a random wait after the pause that the server asks for, so that callers come back spread."""
        bound = min(self._policy.max_wait, self._policy.first_wait * 2 ** (state.attempt_number - 1))
        return _pause_asked_by(_error_of(state)) + random.uniform(0, bound)  # noqa: S311  not a secret

    def _before_wait(self, request: Request, state: RetryCallState) -> None:
        """Make all who share the rate limit wait, and give up at once where the time limit ends before."""
        error = _error_of(state)
        pause = _pause_asked_by(error)
        if pause > 0:
            self._quota.pause(pause)
            self._recorder.add_pause(request, pause, error)
        for budget in budgets_in_force(self._budget):
            left = budget.remaining().seconds
            if left is not None and state.upcoming_sleep >= left:
                raise budget.exceeded("seconds") from error
        logger.info("%s: attempt %d failed: %s", self.name, state.attempt_number, error)


def _error_of(state: RetryCallState) -> BaseException:
    assert state.outcome is not None
    error = state.outcome.exception()
    assert error is not None
    return error


def _pause_asked_by(error: BaseException) -> float:
    """Return the seconds after which the server wants to be asked again; 0 where it did not say."""
    return getattr(error, "retry_after", None) or 0.0
