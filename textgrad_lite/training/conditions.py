"""What every text of a search has to fulfil, whoever wrote it."""

from __future__ import annotations

from collections.abc import Sequence

from textgrad_lite.data import Example
from textgrad_lite.functions import PromptModel
from textgrad_lite.optimizers.constraints import Constraint, KeepsPlaceholders, MaxLength, bound_of
from textgrad_lite.optimizers.leaks import LeakGuard
from textgrad_lite.training.held_out import texts_of
from textgrad_lite.training.program import Program


def conditions_of(
    program: Program,
    given: Sequence[Constraint],
    *,
    train: Sequence[Example],
    held_out: Sequence[Example],
) -> list[Constraint]:
    """The user's conditions, and those that always hold.

    A prompt keeps its placeholders, nothing grows without bound, and no model writes down the data.

    Args:
        program: What is trained, as it is at the start.
        given: The user's own; a :class:`MaxLength` among them takes the place of ours.
        train: Examples that the optimizer reads.
        held_out: Examples that nobody may write about.
    """
    conditions = list(given)
    is_prompt = isinstance(program.module, PromptModel)
    if is_prompt and not any(isinstance(condition, KeepsPlaceholders) for condition in given):
        conditions.append(KeepsPlaceholders())
    if not any(isinstance(condition, MaxLength) for condition in given):
        conditions.append(bound_of(value for value in program.state().values() if isinstance(value, str)))
    return [*conditions, LeakGuard(texts_of(train), texts_of(held_out))]
