"""Proposals without an optimizer's call: training items that the model itself got right, as worked examples.

An answer that the model found by itself is one that it can imitate. Examples are chosen by id from the traces
and rendered by us; no model writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

from pydantic import JsonValue

from textgrad_lite.optimizers.leaks import LeakGuard
from textgrad_lite.optimizers.overlap import words_of
from textgrad_lite.optimizers.sources.context import (
    Candidate,
    ProposalContext,
    SourceResult,
    State,
    Trace,
    candidates_from,
    state_id,
)
from textgrad_lite.prompts import WorkedExample

FEWEST_WORDS_OF_WORK = 5
"""An answer of fewer words shows no way to it."""

Selection = Callable[[Sequence[Trace], int], list[Trace]]


@dataclass
class WorkedExampleSource:
    """Fills an example slot with solved training items; draw by draw another choice or number.

    First come, for each size, the most different inputs, and the shortest solutions; after them seeded random
    choices. The most different inputs begin with the solution that shows most: one of a missed item, then the
    one that takes up most words of its input. The traces should be of one state, so that all examples have
    one form. A module without an :class:`ExampleSlot` gets no candidate.

    Attributes:
        sizes: How many examples, in the order in which to try.
        passing_score: From which score on an item counts as solved.
        name: Name of the source.
    """

    reads_criticism: ClassVar[bool] = False
    refines: ClassVar[bool] = True
    sizes: Sequence[int] = (3, 2, 4)
    passing_score: float = 1.0
    name: str = "worked examples"

    def worst_case_calls(self, parameters: int = 1) -> int:  # noqa: ARG002 - nobody is asked
        """No model is asked."""
        return 0

    async def propose(self, context: ProposalContext, draw: int) -> SourceResult:
        """Choose examples for one slot."""
        slots = slots_of(context.state)
        solved = self._solved(context)
        if not slots or not solved:
            return SourceResult()
        slot, turn = slots[draw % len(slots)], draw // len(slots)
        kind, size = self._choice(turn)
        chosen = self._chosen(context, solved, kind, size, turn)
        examples: list[JsonValue] = [{**asdict(_example(trace))} for trace in chosen]
        candidate = Candidate(
            state={**context.state, slot: examples},
            source=self.name,
            parents=(state_id(context.state),),
            note=f"{len(chosen)} {kind} examples: {', '.join(trace.example_id for trace in chosen)}",
        )
        return SourceResult(candidates_from(context, candidate))

    def _solved(self, context: ProposalContext) -> list[Trace]:
        """Solved items, each once; nothing that a leak guard forbids."""
        guards = [constraint for constraint in context.constraints if isinstance(constraint, LeakGuard)]
        solved = {
            trace.example_id: trace
            for trace in reversed(context.traces)
            if trace.score >= self.passing_score and trace.output.strip()
        }
        return [
            trace
            for trace in reversed(solved.values())
            if not any(guard.check_example(_example(trace)) for guard in guards)
        ]

    def _choice(self, turn: int) -> tuple[str, int]:
        kinds = ("diverse", "short")
        if turn < len(kinds) * len(self.sizes):
            return kinds[turn % len(kinds)], self.sizes[turn // len(kinds)]
        return "random", self.sizes[turn % len(self.sizes)]

    def _chosen(
        self, context: ProposalContext, solved: Sequence[Trace], kind: str, size: int, turn: int
    ) -> list[Trace]:
        size = min(size, len(solved))
        if kind == "random":
            return context.random("examples", turn).sample(solved, size)
        ranked = sorted(solved, key=_shortness)
        if kind == "short":
            return ranked[:size]
        worked = [trace for trace in solved if _shows_work(trace)] or solved
        return _most_different(sorted(worked, key=_richness, reverse=True), size)


def slots_of(state: State) -> list[str]:
    """The names of the example slots in a state."""
    return [name for name, entry in state.items() if isinstance(entry, list)]


def _example(trace: Trace) -> WorkedExample:
    return WorkedExample(id=trace.example_id, input=trace.input, output=trace.output.strip())


def _shows_work(trace: Trace) -> bool:
    return len(trace.output.split()) >= FEWEST_WORDS_OF_WORK


def _shortness(trace: Trace) -> tuple[bool, int]:
    """Short solutions first, but bare answers, which show no way to them, last."""
    return not _shows_work(trace), len(trace.input) + len(trace.output)


def _richness(trace: Trace) -> tuple[bool, int, int]:
    words = set(words_of(trace.input)) & set(words_of(trace.output))
    return trace.was_missed, len(words), len(trace.output)


def _most_different(traces: Sequence[Trace], size: int) -> list[Trace]:
    """Beginning with the first, add the trace whose input is least like those chosen already."""
    words = {trace.example_id: set(words_of(trace.input)) for trace in traces}

    def likeness(trace: Trace, other: Trace) -> float:
        mine, theirs = words[trace.example_id], words[other.example_id]
        return len(mine & theirs) / max(1, len(mine | theirs))

    chosen = [traces[0]]
    while len(chosen) < min(size, len(traces)):
        rest = [trace for trace in traces if trace not in chosen]
        chosen.append(min(rest, key=lambda trace: max(likeness(trace, other) for other in chosen)))
    return chosen
