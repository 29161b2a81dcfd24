"""Hard constraints: what a rewrite must fulfil, checked by plain code and never by a model.

A constraint is told to the optimizer beforehand (:meth:`Constraint.describe`). A rewrite that breaks one
is told so (:meth:`Constraint.check`) a limited number of times; one that still breaks it is dropped.
"""

from textgrad_lite.optimizers.constraints.condition import Satisfies
from textgrad_lite.optimizers.constraints.constraint import Constraint, first_violation
from textgrad_lite.optimizers.constraints.extent import MaxChange, MaxLength, bound_of, estimate_tokens
from textgrad_lite.optimizers.constraints.form import IsNumber, JsonSchema, Matches, ParsesAsPython
from textgrad_lite.optimizers.constraints.placeholders import KeepsPlaceholders

__all__ = [
    "Constraint",
    "IsNumber",
    "JsonSchema",
    "KeepsPlaceholders",
    "Matches",
    "MaxChange",
    "MaxLength",
    "ParsesAsPython",
    "Satisfies",
    "bound_of",
    "estimate_tokens",
    "first_violation",
]
