"""How money is written; what is not known is never written as zero."""

from __future__ import annotations


def format_usd(amount: float | None) -> str:
    """Return an amount in dollars with as many digits as it needs to be told from zero."""
    if amount is None:
        return "$ unknown"
    if amount == 0 or amount >= 1:
        return f"${amount:.2f}"
    return "< $0.001" if amount < 0.001 else f"${amount:.3f}"
