"""What a run took, and how money is written; what is not known is never written as zero."""

from __future__ import annotations

from textgrad_lite.training import FitResult


def count_calls(result: FitResult) -> int:
    """Return the calls that were paid for, for whatever purpose."""
    return sum(row.calls for row in result.spend)


def add_costs(result: FitResult) -> float | None:
    """Return the dollars that they cost, or None where any price is unknown."""
    costs = [row.cost_usd for row in result.spend]
    return None if None in costs else sum(cost for cost in costs if cost is not None)


def format_usd(amount: float | None) -> str:
    """Return an amount in dollars with as many digits as it needs to be told from zero."""
    if amount is None:
        return "$ unknown"
    if amount == 0 or amount >= 1:
        return f"${amount:.2f}"
    return "< $0.001" if amount < 0.001 else f"${amount:.3f}"
