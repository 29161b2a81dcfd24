"""Merging two specialists part by part, without a model (GEPA, arXiv 2507.19457).

Both come from a common ancestor. A part, which is a parameter or a slot of examples, that only one of them
has changed since then is taken from that one; one that both have changed, from the better of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.pool import Member, Pool

NAME = "merges"
"""What merged candidates give as their source."""


def merge(pool: Pool, better: Member, other: Member) -> Candidate | None:
    """Joins two states.

    Returns:
        The candidate; None where they have no common ancestor, or one of them has all that the other has.
    """
    base = _common_ancestor(pool, better.id, other.id)
    if base is None or base in (better.id, other.id):
        return None
    ancestor = pool.known[base].state
    taken = [part for part in ancestor if better.state[part] == ancestor[part] != other.state[part]]
    kept = [part for part in ancestor if better.state[part] != ancestor[part]]
    if not taken or not kept:
        return None
    state: dict[str, JsonValue] = {**better.state, **{part: other.state[part] for part in taken}}
    note = f"{', '.join(kept)} of {better.id}, {', '.join(taken)} of {other.id}"
    return Candidate(state=state, source=NAME, parents=(better.id, other.id), note=note)


def _common_ancestor(pool: Pool, one: str, other: str) -> str | None:
    """The nearest; a state counts as its own ancestor."""
    others = set(_ancestors(pool, other))
    return next((name for name in _ancestors(pool, one) if name in others), None)


def _ancestors(pool: Pool, name: str) -> Iterator[str]:
    """A state and all that it comes from, the nearest first."""
    waiting, seen = [name], {name}
    while waiting:
        yield waiting[0]
        known = pool.known.get(waiting.pop(0))
        for parent in known.parents if known else ():
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
