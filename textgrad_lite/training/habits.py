"""How a search goes about criticism and rewriting, whatever its strategy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from textgrad_lite.data import Example
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.optimizers.edit_size import EditSize
from textgrad_lite.training.criticism import Loss
from textgrad_lite.training.results import Rollout
from textgrad_lite.training.turns import Updates


@dataclass(frozen=True)
class Habits:
    """The settings.

    Attributes:
        most_criticised: Failing examples of a minibatch that are criticised at most.
        protected: Share of its passing examples that go along, at no cost, with the word to keep what is
            good; rounded up.
        minibatch: Examples of one minibatch; where the loader draws more, they are several, whose criticism
            is gathered for one step. All are one if None.
        updates: Whether a step changes all criticised parameters together, or one in turn.
        edit_size: How much of a text one step may change; None for no limit.
        loss: Says in words what is wrong with a failing output; the metric's feedback if None.
    """

    most_criticised: int = 4
    protected: float = 0.25
    minibatch: int | None = None
    updates: Updates = "joint"
    edit_size: EditSize | None = None
    loss: Loss | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.protected <= 1:
            raise ConfigurationError(
                f"the share of passing examples to protect is {self.protected}", hint="Give 0 to 1."
            )

    def most_of(self, batch_size: int) -> int:
        """How many failing examples of a batch are criticised at most."""
        return self.most_criticised * math.ceil(batch_size / (self.minibatch or batch_size))


DEFAULT_HABITS = Habits()
"""Those of a search that nothing is said about."""


def choose_rollouts(rollouts: Sequence[Rollout], batch: Sequence[Example], habits: Habits) -> list[Rollout]:
    """Of each minibatch, failing rollouts to criticise and passing ones to protect.

    Args:
        rollouts: The examples that could be run.
        batch: All examples, in the order in which they were drawn.
        habits: How many of them.

    Returns:
        The rollouts in the order of the batch's parts; nothing where none fails.
    """
    size = habits.minibatch or max(1, len(batch))
    by_id = {rollout.example.id: rollout for rollout in rollouts}
    chosen: list[Rollout] = []
    for start in range(0, len(batch), size):
        part = [by_id[example.id] for example in batch[start : start + size] if example.id in by_id]
        failing = [rollout for rollout in part if not rollout.metric_result.is_right]
        passing = [rollout for rollout in part if rollout.metric_result.is_right]
        n_protected = math.ceil(habits.protected * len(passing))
        chosen += [*failing[: habits.most_criticised], *passing[:n_protected]]
    return chosen if any(not rollout.metric_result.is_right for rollout in chosen) else []
