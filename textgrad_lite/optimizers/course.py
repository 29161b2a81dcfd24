"""What an optimizer keeps of one parameter from step to step: memory, pace, and how long it may get."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.optimizers.constraints import Constraint, MaxLength, bound_of
from textgrad_lite.optimizers.edit_size import EditPace, EditSize
from textgrad_lite.optimizers.memory import Memory
from textgrad_lite.optimizers.subject import Subject


class Course:
    """The course of one parameter.

    Args:
        memory: Recent criticism, and past values.
        edit_size: How much of the text one step may change; None for no limit.
        is_bounded: Whether it is held to a length that follows from its first text.
    """

    def __init__(
        self, memory: Memory, edit_size: EditSize | None = None, *, is_bounded: bool = False
    ) -> None:
        self.memory = memory
        self._edit_size = edit_size
        self._pace = EditPace(edit_size)
        self._is_bounded = is_bounded
        self._bound: MaxLength | None = None

    def constraints(self, subject: Subject) -> tuple[Constraint, ...]:
        """What the next step of the parameter, as it is now, is held to; nothing is noted yet."""
        limits = (self._bound_of(subject), self._pace.limit(subject.said))
        return tuple(limit for limit in limits if limit is not None)

    def note(self, subject: Subject) -> None:
        """Remembers what a step began with."""
        self.memory.note(subject.text, subject.score, subject.said)
        self._pace.advance(subject.said)
        self._bound = self._bound_of(subject)

    def _bound_of(self, subject: Subject) -> MaxLength | None:
        """The first text of a prompt decides how long it may get; other texts are not bounded."""
        is_new = self._bound is None and self._is_bounded and subject.is_instruction
        return bound_of([subject.text]) if is_new else self._bound

    def state_dict(self) -> dict[str, JsonValue]:
        """Everything as plain JSON data."""
        bound = None if self._bound is None else self._bound.characters
        return {**self.memory.state_dict(), "pace": self._pace.state_dict(), "bound": bound}

    def loaded(self, state: Mapping[str, JsonValue]) -> Course:
        """A course with the same settings and what :meth:`state_dict` gave; this one stays as it is.

        Raises:
            ConfigurationError: The data are not of that form.
        """
        pace, bound = state.get("pace", {}), state.get("bound")
        if not isinstance(pace, dict) or not isinstance(bound, int | None):
            raise ConfigurationError("this is no state of an optimizer")
        memory = {name: value for name, value in state.items() if name not in ("pace", "bound")}
        course = Course(self.memory.loaded(memory), self._edit_size, is_bounded=self._is_bounded)
        course._pace.load_state_dict(pace)
        course._bound = None if bound is None else MaxLength(characters=bound)
        return course
