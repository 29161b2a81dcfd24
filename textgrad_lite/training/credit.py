"""Which parameter earns what a run gains: credit in programs of several prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textgrad_lite.graph import Gradient
from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.events import ParameterTally
from textgrad_lite.training.pool import Pool


class Credit:
    """Keeps a tally of every parameter.

    A candidate is compared with the state that it was made from: what differs is what it changed.

    Args:
        names: The parameters.
        pool: Knows where candidates come from.
    """

    def __init__(self, names: Sequence[str], pool: Pool) -> None:
        self._tallies = {name: ParameterTally() for name in names}
        self._pool = pool

    @property
    def tallies(self) -> dict[str, ParameterTally]:
        """What is known of each parameter."""
        return dict(self._tallies)

    def note_criticism(self, gradients: Mapping[str, Sequence[Gradient]]) -> None:
        """Counts what was said about each parameter."""
        for name, given in gradients.items():
            self._add(name, criticised=sum(not gradient.is_keep for gradient in given))

    def note_proposed(self, candidate: Candidate) -> None:
        """Counts a candidate for the parameters that it changed."""
        for name in self._changed(candidate):
            self._add(name, changed=1)

    def note_accepted(self, candidate: Candidate, gain: float) -> None:
        """Shares a gain out among the parameters that the candidate changed."""
        changed = self._changed(candidate)
        for name in changed:
            self._add(name, accepted=1, gain=gain / len(changed))

    def _changed(self, candidate: Candidate) -> list[str]:
        parent = self._pool.known.get(candidate.parents[0]) if candidate.parents else None
        before = (parent or self._pool.start.candidate).state
        return [name for name in self._tallies if candidate.state.get(name) != before.get(name)]

    def _add(self, name: str, **counts: float) -> None:
        tally = self._tallies[name]
        update = {key: getattr(tally, key) + count for key, count in counts.items()}
        self._tallies[name] = tally.model_copy(update=update)
