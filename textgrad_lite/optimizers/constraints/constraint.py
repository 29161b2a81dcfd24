"""What a constraint is, and how a text is checked against several."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable


class Constraint(ABC):
    """One condition on the text of a parameter."""

    @abstractmethod
    def check(self, old: str, new: str, /) -> str | None:
        """Judge a rewrite.

        Args:
            old: The text before.
            new: The text that a model proposes.

        Returns:
            The violation, as a sentence to the model that wrote it, or None where there is none.
        """

    def describe(self, _old: str, /) -> str:
        """Say beforehand, as a sentence to the model, what a rewrite of the old text must fulfil.

        An empty text where saying it would give away more than it helps.
        """
        return ""


def first_violation(constraints: Iterable[Constraint], old: str, new: str) -> str | None:
    """The first violation of a rewrite, in the order of the constraints, or None."""
    violations = (constraint.check(old, new) for constraint in constraints)
    return next((violation for violation in violations if violation), None)
