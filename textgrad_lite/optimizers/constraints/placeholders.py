"""Placeholders of a prompt survive its rewrites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textgrad_lite.optimizers.constraints.constraint import Constraint
from textgrad_lite.prompts import PromptTemplate


@dataclass(frozen=True)
class KeepsPlaceholders(Constraint):
    """Every ``{placeholder}`` of the old text stays, and none is invented.

    Meant for prompts that are filled with the fields of an example. In code or LaTeX, where ``{x}`` is no
    placeholder, leave it out.
    """

    def check(self, old: str, new: str, /) -> str | None:
        """Name the placeholders that are missing or new."""
        before, after = (PromptTemplate.parse(text).placeholders for text in (old, new))
        missing = [name for name in before if name not in after]
        invented = [name for name in after if name not in before]
        if missing:
            return f"The text must contain {_placeholders(missing)}, written exactly so."
        if invented:
            return f"The text must not contain {_placeholders(invented)}: nothing fills it in."
        return None

    def describe(self, old: str, /) -> str:
        """List the placeholders to keep."""
        names = PromptTemplate.parse(old).placeholders
        return (
            f"Keep {_placeholders(names)} exactly as written and add no other words in braces."
            if names
            else ""
        )


def _placeholders(names: Sequence[str]) -> str:
    return " and ".join(f"{{{name}}}" for name in names)
