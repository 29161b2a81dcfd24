"""Whether work may be begun: its worst case has to fit into what is left, with the verdict set aside.

The engines' budget makes sure that no limit is ever exceeded. This makes sure that a step is not begun only
to be broken off, and that the search does not spend what the verdict needs. Time is the exception: how long a
step takes can only be guessed, and one that is broken off keeps what it has shown, so a step may begin as
long as the verdict has its time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from textgrad_lite.engines.budget import Amount, Budget
from textgrad_lite.engines.session import CallEvent

Limit = Literal["student_calls", "other_calls", "seconds", "budget"]
_STUDENT = ("forward", "judge")
_UNKNOWN_FACTOR = 4
_TIME_MARGIN = 1.2


@dataclass(frozen=True)
class Cost:
    """What a piece of work may need.

    Attributes:
        examples: Examples that the module is run on and scored.
        asks: Calls to critic and optimizer.
    """

    examples: int = 0
    asks: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.examples + other.examples, self.asks + other.asks)


NOTHING = Cost()
"""No work at all."""


@dataclass
class _Seen:
    """What the calls of one kind have needed: all of them, those paid for, those of this process."""

    calls: int = 0
    bought: int = 0
    made: int = 0
    tokens: int = 0
    most_tokens: int = 0
    most_usd: float = 0.0

    def add(self, event: CallEvent) -> None:
        self.calls += 1
        self.bought += event.kind in ("call", "replay")
        self.made += event.kind == "call"
        if event.usage is not None:
            self.tokens += event.usage.total_tokens
            self.most_tokens = max(self.most_tokens, event.usage.total_tokens)
            self.most_usd = max(self.most_usd, event.usage.cost_usd or 0.0)

    @property
    def mean_tokens(self) -> float:
        """Tokens of a call, or zero where nothing is known."""
        return self.tokens / self.calls if self.calls else 0.0


@dataclass
class _Pace:
    """How long calls take, others running beside them."""

    seconds: float = 0.0
    calls: int = 0

    def add(self, seconds: float, calls: int) -> None:
        """Takes note of so many calls that were made within so many seconds."""
        self.seconds += seconds
        self.calls += calls

    @property
    def seconds_per_call(self) -> float:
        """The mean, or zero where nothing was called."""
        return self.seconds / self.calls if self.calls else 0.0


@dataclass
class _Stretch:
    """A stretch of timed work: when its first answer came, and how many calls had been made by then."""

    first_answer: tuple[float, int] | None = None


class Allowance:
    """Watches the calls of a run and says what still fits.

    Args:
        budget: The run's limits; None for none, where nothing is known of what is spent.
        student_calls: Most calls of the module that the search may make.
        other_calls: Most calls to critic and optimizer that it may make.
        reserve: What has to be left for the verdict.
        calls_per_example: Calls that one example needs, as far as that is known before it is measured.

    Attributes:
        calls_per_example: Calls that one example needs, rounded up.
        short_of: The limit that was last in the way of something, or None.
    """

    def __init__(
        self,
        budget: Budget | None,
        *,
        student_calls: int | None = None,
        other_calls: int | None = None,
        reserve: Cost = NOTHING,
        calls_per_example: int = 1,
    ) -> None:
        self._budget = Budget() if budget is None else budget
        self._student_calls = student_calls
        self._other_calls = other_calls
        self._reserve = reserve
        self._student = _Seen()
        self._other = _Seen()
        self._start_pace = _Pace()
        self._search_pace = _Pace()
        self._stretch = _Stretch()
        self.calls_per_example = calls_per_example
        self.short_of: Limit | None = None

    def watch(self, event: CallEvent) -> None:
        """Takes note of a call that was answered."""
        if event.kind in ("call", "hit", "replay"):
            (self._student if event.purpose in _STUDENT else self._other).add(event)
        if event.kind == "call" and self._stretch.first_answer is None:
            self._stretch.first_answer = self.elapsed, self._made

    def measure(self, examples: int) -> None:
        """Learns from the first evaluation, of so many examples, how many calls one of them needs."""
        self.calls_per_example = max(1, math.ceil(self._student.calls / max(1, examples)))

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Learns from what is done inside how long a call takes, others running beside it.

        The first block is the measurement of the original, later ones are the search. Up to its first answer
        a server may still have to start, so that time does not count.
        """
        stretch = self._stretch = _Stretch()
        yield
        if stretch.first_answer is None:
            return
        began, made = stretch.first_answer
        pace = self._search_pace if self._start_pace.calls else self._start_pace
        pace.add(self.elapsed - began, self._made - made)

    def lacking(self, cost: Cost) -> Limit | None:
        """The limit that this work could exceed, or None where it may be begun."""
        limit = self._lacking(cost)
        self.short_of = limit or self.short_of
        return limit

    def _lacking(self, cost: Cost) -> Limit | None:
        calls = cost.examples * self.calls_per_example
        if self._student_calls is not None and self._student.bought + calls > self._student_calls:
            return "student_calls"
        if self._other_calls is not None and self._other.bought + cost.asks > self._other_calls:
            return "other_calls"
        left = self.seconds_for_search()
        if left is not None and left <= 0:
            return "seconds"
        if not self._budget.fits(self._worst(cost) + self._worst(self._reserve)):
            return "budget"
        return None

    def seconds_for_search(self) -> float | None:
        """Seconds until the verdict has to begin, or None without a time limit.

        Half of the verdict is the original, at the pace of the first measurement. The other half is what the
        search finds, which often answers at greater length: at the pace of the search, once that is known.
        """
        left = self._budget.remaining().seconds
        if left is None:
            return None
        start = self._start_pace.seconds_per_call
        candidate = self._search_pace.seconds_per_call if self._search_pace.calls else _UNKNOWN_FACTOR * start
        each = self._reserve.examples / 2 * self.calls_per_example
        return left - _TIME_MARGIN * each * (start + candidate)

    @property
    def asked(self) -> int:
        """How often critic and optimizer were asked, whoever answered."""
        return self._other.calls

    @property
    def weight_of_asking(self) -> float:
        """How many calls of the module one question to critic or optimizer is worth, by their tokens.

        Answers from a cache and from the journal count as well, so that it is the same in every process.
        """
        student, other = self._student.mean_tokens, self._other.mean_tokens
        return other / student if student and other else 1.0

    @property
    def spent(self) -> Amount:
        """What was spent so far, calls in flight left out."""
        return self._budget.spent

    @property
    def elapsed(self) -> float:
        """Seconds since the first call."""
        return self._budget.elapsed

    @property
    def _made(self) -> int:
        return self._student.made + self._other.made

    def _worst(self, cost: Cost) -> Amount:
        """The dearest call seen stands for every call; critic and optimizer read more than a module does."""
        calls = cost.examples * self.calls_per_example
        student, other = self._student, self._other
        ask_tokens = other.most_tokens or _UNKNOWN_FACTOR * student.most_tokens
        ask_usd = other.most_usd or _UNKNOWN_FACTOR * student.most_usd
        return Amount(
            calls=calls + cost.asks,
            tokens=calls * student.most_tokens + cost.asks * ask_tokens,
            usd=calls * student.most_usd + cost.asks * ask_usd,
        )
