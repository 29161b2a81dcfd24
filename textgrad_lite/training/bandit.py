"""Learning within a run which source of proposals pays, at what it costs."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textgrad_lite.training.events import SourceTally


def _one() -> float:
    return 1.0


@dataclass(frozen=True)
class Prices:
    """What candidates cost, in calls of the module or what equals one; never in seconds, which differ.

    Attributes:
        trying: What it takes to find out whether one candidate is better, whoever proposed it.
        asking: What one question to critic or optimizer takes.
    """

    trying: Callable[[], float] = _one
    asking: Callable[[], float] = _one


class SourceBandit:
    """Shares the proposals of a step out among the sources, by Thompson sampling (Thompson 1933).

    Each source has a chance of proposing something better than its parent; what was seen of it so far is a
    beta distribution over that chance. Sources that were never asked come first, with one place each. Every
    other place goes to the source that wins a seeded draw, among those that something is known of already,
    or that cost no call. A draw is divided by what a candidate of the source has cost so far, so that
    criticism and rewriting have to earn what they take.

    Args:
        names: The sources, in order.
        shared: Those that places are given to; all of them if None.
        free: Those that cost no call. They may get several places before anything is known of them.
        prices: What candidates cost.
    """

    def __init__(
        self,
        names: Sequence[str],
        shared: Sequence[str] | None = None,
        free: Sequence[str] = (),
        prices: Prices | None = None,
    ) -> None:
        self._prices = prices or Prices()
        self._tallies = {name: SourceTally() for name in names}
        self._shared = tuple(names if shared is None else shared)
        self._free = frozenset(free)
        self._asked = dict.fromkeys(names, 0)

    @property
    def tallies(self) -> dict[str, SourceTally]:
        """What each source has brought."""
        return dict(self._tallies)

    def share(self, places: int, generator: random.Random) -> list[str]:
        """Gives each place of a step to a source.

        Returns:
            One name per place, in the order of the sources; nothing where none is to be shared among.
        """
        shares = dict.fromkeys(self._shared, 0)
        for _ in range(places if shares else 0):
            fresh = (name for name in shares if self._asked[name] + shares[name] == 0)
            chosen = next(fresh, None) or self._choose(generator)
            shares[chosen] += 1
        return [name for name, share in shares.items() for _ in range(share)]

    def note_asked(self, name: str) -> None:
        """Notes that a source was asked, whether or not anything came of it."""
        self._asked[name] += 1

    def add(self, name: str, **counts: float) -> None:
        """Adds to the tally of a source, or of a strategy's own device, by the names of its fields."""
        tally = self._tallies.get(name, SourceTally())
        update = {key: getattr(tally, key) + count for key, count in counts.items()}
        self._tallies[name] = tally.model_copy(update=update)

    def _choose(self, generator: random.Random) -> str:
        """The source that wins a draw, among those that something is known of, or that cost nothing."""
        known = [name for name in self._shared if self._asked[name] or name in self._free]
        return max(known or self._shared, key=lambda name: self._draw(name, generator))

    def _draw(self, name: str, generator: random.Random) -> float:
        screened = self._tallies[name].screened
        chance = generator.betavariate(1 + screened, 1 + max(0, self._asked[name] - screened))
        return chance / self._price(name)

    def _price(self, name: str) -> float:
        """What a candidate of the source has cost so far, on average."""
        questions = self._tallies[name].calls / max(1, self._asked[name])
        return self._prices.trying() + self._prices.asking() * questions
