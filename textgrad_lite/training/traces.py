"""What states made of training examples: the material of worked examples, and of what is missed most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from textgrad_lite.optimizers.sources import Trace

_MOST_MISSED = 4
_RIGHT = 1 - 1e-9


@dataclass
class TraceBook:
    """Remembers traces by the id of the state that made them."""

    _by_state: dict[str, dict[str, Trace]] = field(default_factory=dict)

    def keep(self, state: str, traces: Sequence[Trace]) -> None:
        """Remembers what a state made of training examples."""
        self._by_state.setdefault(state, {}).update({trace.example_id: trace for trace in traces})

    def of(self, state: str) -> tuple[Trace, ...]:
        """The state's own traces, all of one form; where none of them is right, those of all states."""
        own = tuple(map(self._marked, self._by_state.get(state, {}).values()))
        if any(trace.score > 0 for trace in own):
            return own
        return tuple(self._marked(trace) for kept in self._by_state.values() for trace in kept.values())

    def missed(self, n: int = _MOST_MISSED) -> tuple[Trace, ...]:
        """The latest wrong traces of the examples that states got wrong most often, the most missed first.

        Showing these to whoever proposes is OPRO's idea (arXiv 2309.03409).
        """
        wrong: dict[str, list[Trace]] = {}
        for kept in self._by_state.values():
            for trace in kept.values():
                if trace.score < _RIGHT:
                    wrong.setdefault(trace.example_id, []).append(trace)
        return tuple(traces[-1] for traces in sorted(wrong.values(), key=len, reverse=True)[:n])

    def _marked(self, trace: Trace) -> Trace:
        """The trace, with a mark where another state did worse on the example."""
        others = (kept.get(trace.example_id) for kept in self._by_state.values())
        return replace(trace, was_missed=any(other.score < trace.score for other in others if other))
