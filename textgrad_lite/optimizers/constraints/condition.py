"""Any other condition, as a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textgrad_lite.optimizers.constraints.constraint import Constraint

Check = Callable[[str], object]


@dataclass(frozen=True)
class Satisfies(Constraint):
    """Any condition, as a function of the new text.

    Args:
        condition: Returns something true where the text is good. It may also raise ``ValueError`` or
            ``AssertionError``, whose message then tells the model what is wrong; other errors stop the step.
        description: What it demands, as a sentence to the model.
    """

    condition: Check
    description: str

    def check(self, _old: str, new: str, /) -> str | None:
        """Ask the function."""
        try:
            return None if self.condition(new) else self.description
        except (ValueError, AssertionError) as error:
            return f"{self.description} ({error})" if str(error) else self.description

    def describe(self, _old: str, /) -> str:
        """State the demand."""
        return self.description
