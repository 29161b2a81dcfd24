"""Accounts: per purpose and engine, hits apart, unknown costs unknown."""

from __future__ import annotations

from textgrad_lite.engines.ledger import Ledger
from textgrad_lite.engines.types import Usage

USAGE = Usage(input_tokens=10, output_tokens=5, reasoning_tokens=2, cached_input_tokens=4, cost_usd=0.5)


def test_calls_are_summed_per_purpose_and_engine() -> None:
    ledger = Ledger()
    ledger.add("loss", "b", USAGE)
    ledger.add("forward", "b", USAGE)
    ledger.add("forward", "b", USAGE)
    ledger.add("forward", "a", USAGE)
    rows = ledger.report()
    assert [(row.purpose, row.engine, row.calls) for row in rows] == [
        ("forward", "a", 1),
        ("forward", "b", 2),
        ("loss", "b", 1),
    ]
    assert (rows[1].input_tokens, rows[1].output_tokens) == (20, 10)
    assert (rows[1].reasoning_tokens, rows[1].cached_input_tokens, rows[1].cost_usd) == (4, 8, 1.0)


def test_hits_are_shown_and_not_billed() -> None:
    ledger = Ledger()
    ledger.add("forward", "a", USAGE, is_cached=True)
    (row,) = ledger.report()
    assert (row.calls, row.hits, row.input_tokens, row.hit_tokens, row.cost_usd) == (0, 1, 0, 15, 0.0)


def test_failures_are_counted() -> None:
    ledger = Ledger()
    ledger.add_failure("judge", "a")
    assert ledger.total().failures == 1


def test_one_unknown_cost_makes_the_total_unknown() -> None:
    ledger = Ledger()
    ledger.add("forward", "a", USAGE)
    ledger.add("loss", "a", Usage(input_tokens=1))
    assert [row.cost_usd for row in ledger.report()] == [0.5, None]
    total = ledger.total()
    assert (total.purpose, total.calls, total.input_tokens, total.cost_usd) == ("all", 2, 11, None)
