"""A prompt with all that other tools want to know of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textgrad_lite.data import Example
from textgrad_lite.errors import PromptError, RunError
from textgrad_lite.prompts import PromptTemplate
from textgrad_lite.training import FitResult, RunRecord

INPUT = "input"
"""The field that is the user message of a prompt without placeholders."""


@dataclass(frozen=True)
class Slot:
    """A place in a message that is filled with a field.

    Attributes:
        name: The field.
    """

    name: str


@dataclass(frozen=True)
class ChatMessage:
    """One message of the prompt.

    Attributes:
        role: ``"system"`` or ``"user"``.
        pieces: Literal text and slots, in order.
    """

    role: str
    pieces: tuple[str | Slot, ...]


@dataclass(frozen=True)
class Prompt:
    """What a run kept, ready to be written in a format.

    Attributes:
        name: What it is called.
        text: The text, as it stands in ``best.txt``.
        result: What came of the run.
        settings: The settings of the command line, or nothing for a run from Python.
        examples: Examples to test it with; no training example is among them.
    """

    name: str
    text: str
    result: FitResult
    settings: Mapping[str, Any]
    examples: Sequence[Example] = ()

    @classmethod
    def of(cls, record: RunRecord, examples: Sequence[Example] = (), *, name: str = "") -> Prompt:
        """Takes the prompt from a run.

        Args:
            record: The run.
            examples: Examples to test it with.
            name: What to call it; the name of the run folder if empty.

        Raises:
            RunError: If the run has not begun.
        """
        if record.result is None:
            raise RunError(f"the run in {record.path} has not begun", hint="Resume it first.")
        settings = record.config.get("settings")
        return cls(
            name=name or record.path.resolve().name,
            text=record.result.best_text,
            result=record.result,
            settings=settings if isinstance(settings, Mapping) else {},
            examples=tuple(examples),
        )

    @property
    def messages(self) -> tuple[ChatMessage, ...]:
        """The messages that the model gets.

        Raises:
            PromptError: If the run trained several texts, which are no single prompt.
        """
        prompts = [value for value in self.result.best_state.values() if isinstance(value, str)]
        if len(prompts) != 1:
            raise PromptError(
                f"the run trained {len(prompts)} texts, which are no single prompt",
                hint="Use --format json or txt, which hold all of them.",
            )
        template = PromptTemplate.parse(self.text)
        if not template.placeholders:
            return ChatMessage("system", (self.text,)), ChatMessage("user", (Slot(INPUT),))
        return (
            ChatMessage("user", tuple(template.fill({name: Slot(name) for name in template.placeholders}))),
        )

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of all slots, each once, in order."""
        slots = (piece.name for m in self.messages for piece in m.pieces if isinstance(piece, Slot))
        return tuple(dict.fromkeys(slots))

    @property
    def summary(self) -> str:
        """What is known of it, in one line."""
        verdict = self.result.verdict
        return verdict.sentence if verdict else "Kept by a run that has reached no verdict yet."

    def setting(self, name: str) -> Any:
        """A setting of the run, or None where it has none of that name."""
        return self.settings.get(name)


def values_of(example: Example, fields: Sequence[str]) -> dict[str, str]:
    """What fills the slots for one example; a field that it lacks is empty."""
    return {name: example.placeholders.get(name, "") for name in fields}
