"""Proposals: what a parameter might say next, from what was said about it, and the checks before it may."""

from textgrad_lite.optimizers.constraints import (
    Constraint,
    JsonSchema,
    KeepsPlaceholders,
    Matches,
    MaxLength,
    ParsesAsPython,
    Satisfies,
)
from textgrad_lite.optimizers.leaks import LeakGuard

__all__ = [
    "Constraint",
    "JsonSchema",
    "KeepsPlaceholders",
    "LeakGuard",
    "Matches",
    "MaxLength",
    "ParsesAsPython",
    "Satisfies",
]
