"""How large a step may be: places for candidates are given up one by one until its worst case fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textgrad_lite.training.allowance import Cost
from textgrad_lite.training.search import Search


def fit(
    search: Search, places: Sequence[str], cost: Callable[[Search, Sequence[str]], Cost]
) -> list[str] | None:
    """The most places that fit into what is left.

    Args:
        search: The search.
        places: A source's name for each candidate that is wanted.
        cost: What a step with some of them needs at most.

    Returns:
        The places, possibly none; or None where not even a step without any fits.
    """
    left = list(places)
    while True:
        lacking = search.allowance.lacking(cost(search, left))
        if lacking is None:
            return left
        if not left:
            return None
        left = _without_one(left, search, is_paid=lacking == "other_calls")


def costliest(search: Search, n: int) -> list[str]:
    """So many places of the source that makes most calls."""
    return sorted(search.asking.first_wave, key=search.asking.calls_of)[-1:] * n


def _without_one(places: Sequence[str], search: Search, *, is_paid: bool) -> list[str]:
    """Gives up a place of the source that has most; of one that makes calls, where these are too many."""
    candidates = [name for name in places if search.asking.calls_of(name) > 0] if is_paid else list(places)
    if not candidates:
        return []
    most = max(dict.fromkeys(candidates), key=candidates.count)
    last = len(places) - 1 - list(reversed(places)).index(most)
    return [*places[:last], *places[last + 1 :]]
