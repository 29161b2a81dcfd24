"""Worked examples: what was asked and how it was answered well, rendered by us and never by a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textgrad_lite.prompts.rendering import render


@dataclass(frozen=True)
class WorkedExample:
    """One demonstration.

    Attributes:
        id: The id of the training example that it was made from.
        input: What was asked.
        output: The answer to be imitated, with its reasoning.
    """

    id: str
    input: str
    output: str


def render_worked_examples(examples: Sequence[WorkedExample]) -> str:
    """Lay examples out as they stand in a prompt, in the given order; no examples give an empty text."""
    return render("worked_examples", examples=examples) if examples else ""
