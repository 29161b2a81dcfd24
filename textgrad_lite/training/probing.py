"""Drawing examples again, for what that shows of headroom."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from textgrad_lite.data import Example
from textgrad_lite.engines import Budget
from textgrad_lite.errors import BudgetExceededError, ConfigurationError
from textgrad_lite.functions import Module
from textgrad_lite.optimizers.sources import State
from textgrad_lite.training.allowance import Cost
from textgrad_lite.training.evaluation import Evaluator
from textgrad_lite.training.headroom import Headroom, weigh
from textgrad_lite.training.results import EvaluationResult, ExampleResult

DEFAULT_CALLS = 200
"""Calls that a look at headroom may make where nothing else is said."""


@dataclass(frozen=True)
class Probe:
    """How much is drawn again before a search.

    Attributes:
        examples: Most failing examples that are drawn again.
        draws: How often each.
        module: What draws them: a module like the trained one, whose engine samples. None takes the trained
            one, of whose draws at temperature 0 each is like the first.
    """

    examples: int = 8
    draws: int = 1
    module: Module | None = None

    @property
    def most_examples(self) -> int:
        """The most examples that are run for it, each draw counted."""
        return self.examples * self.draws


@dataclass(frozen=True)
class Prober:
    """Draws examples again.

    Attributes:
        evaluator: Runs and scores them.
        probe: How much is drawn before a search.
    """

    evaluator: Evaluator
    probe: Probe

    def choose(self, first: EvaluationResult, examples: Sequence[Example]) -> list[Example]:
        """The first failing examples; none where the program cannot draw more than once."""
        if not self.evaluator.program.can_draw_again:
            return []
        failing = {result.example_id for result in first.failing}
        return [example for example in examples if example.id in failing][: self.probe.examples]

    def cost(self, chosen: Sequence[Example]) -> Cost:
        """What drawing these again may need."""
        return Cost(examples=len(chosen) * self.probe.draws)

    async def look(
        self, state: State, first: EvaluationResult, examples: Sequence[Example], chosen: Sequence[Example]
    ) -> Headroom:
        """What the first draw shows, and further draws of the chosen examples.

        Args:
            state: What is looked at.
            first: Its results on all examples.
            examples: The examples.
            chosen: Those to draw again.
        """
        again = await self.draw_again(state, chosen, self.probe.draws)
        return weigh(first, again, examples, is_of_failures=True)

    async def measure(
        self, first_evaluator: Evaluator, state: State, examples: Sequence[Example], *, draws: int
    ) -> Headroom:
        """What several draws of every example show.

        Args:
            first_evaluator: Makes the first draw, as in a run.
            state: What is looked at.
            examples: The examples.
            draws: How often each is drawn, the first draw included.
        """
        first = await first_evaluator.evaluate(state, examples, repeats=1, label="first draw")
        more = draws - 1 if self.evaluator.program.can_draw_again else 0
        again = await self.draw_again(state, examples, more)
        return weigh(first, again, examples, is_of_failures=False)

    async def draw_again(
        self, state: State, examples: Sequence[Example], draws: int
    ) -> Sequence[ExampleResult]:
        """Further draws, round by round; where a limit ends them, those of whole rounds."""
        again: list[ExampleResult] = []
        for draw in range(1, draws + 1 if examples else 1):
            try:
                made = await self.evaluator.evaluate(
                    state, examples, repeats=1, first_draw=draw, label=f"draw {draw + 1}"
                )
            except BudgetExceededError:
                break
            again.extend(made.examples)
        return again


def count_affordable(budget: Budget, each: int) -> int | None:
    """How many examples a budget allows at so many calls each, or None where it does not limit calls.

    Raises:
        ConfigurationError: If it does not allow one.
    """
    calls = budget.remaining().calls
    if calls is not None and calls < each:
        raise ConfigurationError(
            f"{calls} calls do not suffice: one example takes {each}",
            hint="Allow more calls, or draw each example less often.",
        )
    return None if calls is None else calls // each


def sample_examples(examples: Sequence[Example], most: int | None, *, seed: int) -> list[Example]:
    """At most so many examples, or all, drawn by seed, in their order, each id once."""
    by_id = {example.id: example for example in reversed(examples)}
    known = [example for example in examples if by_id[example.id] is example]
    if most is None or len(known) <= most:
        return known
    generator = random.Random(f"headroom {seed}")  # noqa: S311 - reproducible, not secret
    places = sorted(generator.sample(range(len(known)), most))
    return [known[place] for place in places]
