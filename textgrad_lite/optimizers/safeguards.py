"""What the rewrite of a prompt is held to unless the user says otherwise.

A prompt is filled with fields that it must go on naming, and it has to serve inputs that nobody has seen: so
its placeholders stay, and the case that a criticism speaks of has no place in it, nor have our own words.
"""

from __future__ import annotations

from collections.abc import Sequence

from textgrad_lite.graph import Gradient
from textgrad_lite.optimizers.constraints import Constraint, KeepsPlaceholders
from textgrad_lite.optimizers.leaks import LeakGuard


def safeguards_of(gradients: Sequence[Gradient]) -> tuple[Constraint, ...]:
    """Give the conditions for a prompt that was criticised.

    Args:
        gradients: What was said about it; their contexts are what it may not repeat.
    """
    contexts = [gradient.context for gradient in gradients if gradient.context]
    return (KeepsPlaceholders(), LeakGuard(contexts))
