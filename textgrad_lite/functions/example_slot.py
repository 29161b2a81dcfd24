"""A place in a prompt for worked examples: chosen and rendered by us, never written by a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.graph import Variable
from textgrad_lite.prompts import WorkedExample, render_worked_examples

_FIELDS = {"id", "input", "output"}


class ExampleSlot(Variable):
    """A Variable whose value is its worked examples as text, or an empty text where there are none.

    It is not trainable by criticism; it is part of the ``state_dict`` of its module.

    Args:
        examples: The worked examples, in the order in which they are shown.
        role_description: The role of the slot in the program.
    """

    def __init__(
        self, examples: Iterable[WorkedExample] = (), *, role_description: str = "worked examples"
    ) -> None:
        self._examples = tuple(examples)
        super().__init__(
            render_worked_examples(self._examples), role_description=role_description, requires_grad=False
        )

    @property
    def examples(self) -> tuple[WorkedExample, ...]:
        """The worked examples in the order in which they are shown."""
        return self._examples

    def set_examples(self, examples: Iterable[WorkedExample]) -> None:
        """Put other worked examples in their place."""
        self._examples = tuple(examples)
        self.set_value(render_worked_examples(self._examples))

    def to_state(self) -> list[dict[str, str]]:
        """The worked examples as JSON data: a list of objects with ``id``, ``input`` and ``output``."""
        return [asdict(example) for example in self._examples]

    @staticmethod
    def from_state(state: Any) -> tuple[WorkedExample, ...]:
        """Read what :meth:`to_state` wrote.

        Raises:
            ConfigurationError: It is something else.
        """
        if not isinstance(state, Sequence) or not all(map(_is_example, state)):
            raise ConfigurationError(
                "the state of an example slot is not a list of worked examples",
                hint="Each is an object with the texts 'id', 'input' and 'output'.",
            )
        return tuple(WorkedExample(**entry) for entry in state)


def _is_example(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and set(entry) == _FIELDS
        and all(isinstance(text, str) for text in entry.values())
    )
