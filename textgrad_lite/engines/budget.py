"""Limits that are never exceeded: what a call may cost at worst is set aside before it is sent.

A call reserves its worst case in every budget that applies, and settles what it really used afterwards. One
that fits only if others use less than they reserved waits for them; one that cannot fit stops the run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from textgrad_lite.engines.types import Usage
from textgrad_lite.errors import BudgetExceededError, ConfigurationError

_WAYS_OUT = "What is done so far is kept. Raise this limit to go on."

_is_inside_a_call: ContextVar[bool] = ContextVar("textgrad_lite_inside_a_call", default=False)


@dataclass(frozen=True)
class Amount:
    """What calls use, or may use at worst.

    Attributes:
        calls: Requests sent, failed ones included.
        tokens: Tokens of prompts and answers.
        usd: Money, or None where a price is unknown.
    """

    calls: int = 0
    tokens: int = 0
    usd: float | None = 0.0

    @classmethod
    def of(cls, usage: Usage, *, calls: int = 1) -> Amount:
        """Return what a finished call used."""
        return cls(calls=calls, tokens=usage.total_tokens, usd=usage.cost_usd)

    def __add__(self, other: Amount) -> Amount:
        is_known = self.usd is not None and other.usd is not None
        return Amount(
            calls=self.calls + other.calls,
            tokens=self.tokens + other.tokens,
            usd=(self.usd or 0.0) + (other.usd or 0.0) if is_known else None,
        )


@dataclass(frozen=True)
class Balance:
    """What is left of each limit; None where there is no limit.

    Attributes:
        calls: Requests.
        tokens: Tokens.
        usd: US dollars.
        seconds: Seconds.
    """

    calls: int | None
    tokens: int | None
    usd: float | None
    seconds: float | None


@dataclass(eq=False)
class _Reservation:
    worst: Amount
    loop: asyncio.AbstractEventLoop


class Budget:
    """Limits on calls, tokens, money and time over everything that is asked under it.

    Args:
        calls: Most requests, failed attempts included, cache hits not.
        tokens: Most tokens of prompts and answers together.
        usd: Most US dollars.
        seconds: Most seconds from the first call, or from `start`.
        clock: Tells seconds; for tests.

    Raises:
        ConfigurationError: A limit is negative.
    """

    def __init__(
        self,
        calls: int | None = None,
        tokens: int | None = None,
        usd: float | None = None,
        seconds: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        for name, limit in (("calls", calls), ("tokens", tokens), ("usd", usd), ("seconds", seconds)):
            if limit is not None and not limit >= 0:
                raise ConfigurationError(f"a budget of {limit} {name}", hint="A limit is zero or more.")
        self.calls = calls
        self.tokens = tokens
        self.usd = usd
        self.seconds = seconds
        self._clock = clock
        self._started: float | None = None
        self._earlier_seconds = 0.0
        self._spent = Amount()
        self._open: list[_Reservation] = []
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def spent(self) -> Amount:
        """What settled calls used; calls in flight are not in it yet."""
        return self._spent

    @property
    def elapsed(self) -> float:
        """Seconds since the start, those of an earlier process included."""
        return self._earlier_seconds + (0.0 if self._started is None else self._clock() - self._started)

    @property
    def needs_cap(self) -> bool:
        """True where a call's worst case must be known in tokens."""
        return self.tokens is not None or self.usd is not None

    def start(self) -> None:
        """Start the time limit's clock, if it is not running yet."""
        if self._started is None:
            self._started = self._clock()

    def remaining(self) -> Balance:
        """Return what is left of each limit, calls in flight counted at their worst."""
        used = self._committed()
        return Balance(
            calls=None if self.calls is None else max(0, self.calls - used.calls),
            tokens=None if self.tokens is None else max(0, self.tokens - used.tokens),
            usd=None if self.usd is None else max(0.0, self.usd - (used.usd or 0.0)),
            seconds=None if self.seconds is None else max(0.0, self.seconds - self.elapsed),
        )

    def fits(self, worst: Amount) -> bool:
        """Return whether this much could be spent now, with calls in flight counted at their worst."""
        return self._lacking(self._committed() + worst) is None

    def charge(self, usage: Usage, *, calls: int = 1, seconds: float = 0.0) -> None:
        """Count what was spent elsewhere, such as an answer replayed from an earlier process.

        Args:
            usage: What it used.
            calls: How many calls that were.
            seconds: Time that an earlier process took of the time limit.
        """
        self._spent += Amount.of(usage, calls=calls)
        self._earlier_seconds += seconds

    def _committed(self) -> Amount:
        return sum((reservation.worst for reservation in self._open), start=self._spent)

    def _lacking(self, total: Amount) -> str | None:
        """Return the first limit that this total would exceed."""
        if self.seconds is not None and self.elapsed >= self.seconds:
            return "seconds"
        if self.calls is not None and total.calls > self.calls:
            return "calls"
        if self.tokens is not None and total.tokens > self.tokens:
            return "tokens"
        if self.usd is not None and (total.usd is None or total.usd > self.usd):
            return "usd"
        return None

    def _is_full(self, worst: Amount) -> bool:
        """Return whether the call has to wait for others to settle.

        Raises:
            BudgetExceededError: No settling can make it fit.
        """
        lacking = self._lacking(self._spent + worst)
        if lacking is not None:
            raise self.exceeded(lacking, worst)
        if self.fits(worst):
            return False
        loop = asyncio.get_running_loop()
        if any(reservation.loop is loop for reservation in self._open) and not is_inside_a_call():
            return True
        raise self.exceeded(self._lacking(self._committed() + worst) or "calls", worst)

    def exceeded(self, limit: str, worst: Amount | None = None) -> BudgetExceededError:
        """Return the error that says which limit is reached."""
        used = {"seconds": round(self.elapsed, 1), **vars(self._spent)}[limit]
        needed = f", the next call may need {vars(worst)[limit]}" if worst and limit != "seconds" else ""
        return BudgetExceededError(
            f"the budget of {getattr(self, limit)} {limit} is reached: {used} used{needed}",
            limit=limit,
            hint=_WAYS_OUT,
        )

    def _open_reservation(self, worst: Amount) -> _Reservation:
        reservation = _Reservation(worst, asyncio.get_running_loop())
        self._open.append(reservation)
        return reservation

    def _settle(self, reservation: _Reservation, used: Amount) -> None:
        self._open.remove(reservation)
        self._spent += used
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def _wait_for_settling(self) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future


class Hold:
    """One call's reservations in all budgets that apply to it.

    Made by `reserve`; whoever holds it must call `settle` once, whatever happens.
    """

    def __init__(self, parts: Sequence[tuple[Budget, _Reservation]]) -> None:
        self._parts = parts

    def settle(self, used: Amount) -> None:
        """Replace the reservation by what was used."""
        for budget, reservation in self._parts:
            budget._settle(reservation, used)


@contextmanager
def inside_a_call() -> Iterator[None]:
    """Mark what runs inside as part of a call that holds a reservation.

    A function that stands for an engine may ask other engines. If their calls waited for reservations to be
    settled, they might wait for the very call that waits for them.
    """
    token = _is_inside_a_call.set(True)
    try:
        yield
    finally:
        _is_inside_a_call.reset(token)


def is_inside_a_call() -> bool:
    """Return whether the caller runs inside a call that holds a reservation."""
    return _is_inside_a_call.get()


async def reserve(budgets: Iterable[Budget], worst: Amount) -> Hold:
    """Set a call's worst case aside in every budget at once, waiting for others to settle where that helps.

    No part is held while another is waited for, and a call inside another does not wait, so that no two calls
    can block each other.

    Raises:
        BudgetExceededError: The call cannot fit any more.
    """
    distinct = list(dict.fromkeys(budgets))
    for budget in distinct:
        budget.start()
    while True:
        full = [budget for budget in distinct if budget._is_full(worst)]
        if not full:
            return Hold([(budget, budget._open_reservation(worst)) for budget in distinct])
        await full[0]._wait_for_settling()
