"""The accounts: what was asked for which purpose, of which model, and what it cost."""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields

from textgrad_lite.engines.types import Purpose, Usage


@dataclass
class Account:
    """One row of the accounts.

    Attributes:
        purpose: What the calls were for, or ``"all"``.
        engine: Name of the engine, or ``"all"``.
        calls: Calls that were answered and billed.
        failures: Attempts that failed.
        hits: Calls that were answered from a cache or by an equal call in flight, at no cost.
        input_tokens: Tokens of the prompts of billed calls.
        output_tokens: Tokens of their answers, reasoning included.
        reasoning_tokens: The part of ``output_tokens`` that was reasoning.
        cached_input_tokens: The part of ``input_tokens`` that the provider had cached.
        hit_tokens: Tokens of prompts and answers that hits did not have to buy.
        cost_usd: What the billed calls cost, or None where the price of any of them is unknown.
    """

    purpose: str
    engine: str
    calls: int = 0
    failures: int = 0
    hits: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    cached_input_tokens: int = 0
    hit_tokens: int = 0
    cost_usd: float | None = 0.0

    def add(self, usage: Usage) -> None:
        """Count a call that was answered and billed."""
        self.calls += 1
        self.input_tokens += usage.input_tokens
        self.output_tokens += usage.output_tokens
        self.reasoning_tokens += usage.reasoning_tokens
        self.cached_input_tokens += usage.cached_input_tokens
        self.cost_usd = _sum(self.cost_usd, usage.cost_usd)

    def include(self, other: Account) -> None:
        """Add the figures of another row."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.cost_usd = _sum(self.cost_usd, other.cost_usd)


_COUNTS = tuple(
    field.name for field in fields(Account) if field.name not in ("purpose", "engine", "cost_usd")
)


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


class Ledger:
    """Accounts per purpose and engine. From any thread."""

    def __init__(self) -> None:
        self._accounts: dict[tuple[str, str], Account] = {}
        self._lock = threading.Lock()

    def add(self, purpose: Purpose, engine: str, usage: Usage, *, is_cached: bool = False) -> None:
        """Count an answered call; one from a cache is shown as a hit and not billed."""
        with self._lock:
            account = self._account(purpose, engine)
            if is_cached:
                account.hits += 1
                account.hit_tokens += usage.total_tokens
            else:
                account.add(usage)

    def add_failure(self, purpose: Purpose, engine: str) -> None:
        """Count an attempt that failed."""
        with self._lock:
            self._account(purpose, engine).failures += 1

    def report(self) -> list[Account]:
        """Return one row per purpose and engine, in the order of their names."""
        with self._lock:
            return [self._accounts[key] for key in sorted(self._accounts)]

    def total(self) -> Account:
        """Return the sum of all rows."""
        total = Account("all", "all")
        for account in self.report():
            total.include(account)
        return total

    def _account(self, purpose: str, engine: str) -> Account:
        account = self._accounts.get((purpose, engine))
        if account is None:
            account = self._accounts[purpose, engine] = Account(purpose, engine)
        return account
