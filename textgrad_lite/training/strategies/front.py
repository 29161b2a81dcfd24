"""The states that are best at something: the front of a pool, example by example (GEPA, arXiv 2507.19457)."""

from __future__ import annotations

from collections.abc import Sequence

from textgrad_lite.training.pool import Member


def find_front(members: Sequence[Member]) -> list[tuple[Member, int]]:
    """The states that lead on some example, with the number of examples that each of them leads.

    A state that leads only where another one leads too is left out; of such, the one with the lower mean.
    """
    leaders = _leaders(members)
    led = {
        number: {example for example, ids in leaders.items() if number in ids}
        for number in range(len(members))
    }
    staying = [number for number in led if led[number]]
    for number in sorted(staying, key=lambda number: members[number].mean):
        rest = [other for other in staying if other != number]
        if rest and led[number] <= set().union(*(led[other] for other in rest)):
            staying = rest
    return [(members[number], len(led[number])) for number in staying]


def _leaders(members: Sequence[Member]) -> dict[str, set[int]]:
    """For each example, which states have its highest score."""
    examples = dict.fromkeys(example for member in members for example in member.validation.scores)
    leaders: dict[str, set[int]] = {}
    for example in examples:
        scores = [member.validation.scores.get(example, -1.0) for member in members]
        leaders[example] = {number for number, score in enumerate(scores) if score == max(scores)}
    return leaders
