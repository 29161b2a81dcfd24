"""Worked examples from training items, alone or together with instructions (DSPy, arXiv 2310.03714; MIPROv2).

A step runs the best state on a minibatch: what it solves there, in its own words, is what sets of worked
examples are made of (bootstrapping). Sets are tried with the instructions that are known, and, if so wished,
with new ones that the other sources propose in the same step. No item of validation or test ever becomes an
example.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import JsonValue

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.optimizers.sources import Candidate, State
from textgrad_lite.optimizers.sources.worked_examples import slots_of
from textgrad_lite.training.allowance import Cost
from textgrad_lite.training.search import Search
from textgrad_lite.training.strategies.combining import choose_by_chance, choose_by_estimate, load_optuna
from textgrad_lite.training.strategies.racing import Racing, Sizes

NAME = "combinations"
"""What combined candidates give as their source."""

_MOST_KNOWN = 4


@dataclass(kw_only=True)
class Demonstrations(Racing):
    """See the module.

    Attributes:
        trials: Combinations of instruction and examples that are scored in a step.
        sets: New sets of worked examples in a step.
        instructions: New instructions in a step; 0 chooses examples alone.
        sampler: How combinations are chosen; ``"tpe"`` needs the extra of that name.
        kept: How many combinations enter the pool, so that later choices know of them.
    """

    name: ClassVar[str] = "demonstrations"
    has_screening: ClassVar[bool] = False
    source_names: ClassVar[Sequence[str]] = ("worked examples", "strategies", "gradients")

    may_be_zero: ClassVar[Sequence[str]] = ("refinements", "instructions")

    trials: int = 4
    sets: int = 3
    instructions: int = 2
    sampler: Literal["random", "tpe"] = "random"
    kept: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.sampler == "tpe":
            load_optuna()  # what is missing should show before anything is paid for

    @property
    def sizes(self) -> Sizes:
        """How large a step is at most."""
        return Sizes(self.instructions, finalists=0, kept=self.kept)

    def second_wave(self, search: Search) -> Sequence[str]:
        """Sources of worked examples."""
        return [name for name in search.asking.second_wave if name not in search.asking.paraphrasers]

    def most_added(self, search: Search) -> int:
        """All combinations go to validation."""
        del search
        return self.trials

    def screening_runs(self, arms: int, batch: int) -> int:  # noqa: ARG002 - there is no race on it
        """Nothing is run on the minibatch but the best state."""
        return 0

    def cost(self, search: Search, places: Sequence[str]) -> Cost:
        """What a step needs at most.

        Raises:
            ConfigurationError: If there is no place for worked examples.
        """
        if not self.second_wave(search):
            raise ConfigurationError(
                f"the strategy {self.name!r} has no place for worked examples, or no source of them",
                hint="Give the module an ExampleSlot, and the trainer a WorkedExampleSource.",
            )
        return super().cost(search, places)

    async def screen(self, search: Search, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Combines instructions with sets of examples."""
        best = search.pool.best.candidate
        made = await search.asking.refine([best], self.sets, self.second_wave(search))
        known = [member.candidate for member in search.pool.leading(_MOST_KNOWN)]
        texts = _distinct([*known, *candidates], _texts)
        carriers = [carrier for carrier in (*made, *known) if any(_examples(carrier.state).values())]
        sets = _distinct(carriers, _examples)
        return self._combined(search, texts, sets)

    def _combined(
        self, search: Search, texts: Sequence[Candidate], sets: Sequence[Candidate]
    ) -> list[Candidate]:
        scored = {member.id: member.mean for member in search.pool}
        grid = {
            (one, two): _combine(text, examples)
            for one, text in enumerate(texts)
            for two, examples in enumerate(sets)
        }
        scores = {pair: scored[candidate.id] for pair, candidate in grid.items() if candidate.id in scored}
        size, generator = (len(texts), len(sets)), search.random("combinations")
        if not grid:
            return []
        if self.sampler == "tpe":
            pairs = choose_by_estimate(size, set(scores), self.trials, generator, scores)
        else:
            pairs = choose_by_chance(size, set(scores), self.trials, generator)
        return [candidate for pair in pairs for candidate in _registered(search, grid[pair])]


def _registered(search: Search, candidate: Candidate) -> Sequence[Candidate]:
    """The candidate as it is known, or as a new one."""
    known = search.pool.known.get(candidate.id)
    return (known,) if known else search.asking.take(candidate)


def _combine(text: Candidate, examples: Candidate) -> Candidate:
    return Candidate(
        state={**text.state, **_examples(examples.state)},
        source=NAME,
        parents=tuple(dict.fromkeys((text.id, examples.id))),
        note=f"text of {text.id}, examples of {examples.id}",
    )


def _examples(state: State) -> dict[str, JsonValue]:
    return {slot: state[slot] for slot in slots_of(state)}


def _texts(state: State) -> dict[str, JsonValue]:
    return {name: value for name, value in state.items() if name not in slots_of(state)}


def _distinct(candidates: Sequence[Candidate], part: Any) -> list[Candidate]:
    """One candidate for each value of a part of its state, the first."""
    found: list[Candidate] = []
    for candidate in candidates:
        if all(part(candidate.state) != part(other.state) for other in found):
            found.append(candidate)
    return found
