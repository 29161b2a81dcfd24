"""A call of a function: what it was given, what it made, and what is said of that."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from textgrad_lite.graph.cell import Cell
from textgrad_lite.graph.gradient import Gradient, Origin
from textgrad_lite.graph.value import Value

if TYPE_CHECKING:
    from textgrad_lite.graph.backward import Answers
    from textgrad_lite.graph.function import Function
    from textgrad_lite.graph.variable import Variable


@dataclass(frozen=True, slots=True)
class Argument:
    """A Variable as a call found it.

    Attributes:
        variable: The Variable.
        value: The value that it had, or was going to have, when the call was made.
        version: Version of that value.
    """

    variable: Variable
    value: Value
    version: int = 0

    @property
    def role_description(self) -> str:
        """The role of the Variable."""
        return self.variable.role_description

    @property
    def text(self) -> str:
        """The value as text."""
        return str(self.value)


@dataclass(eq=False, slots=True)
class Call:
    """One call of a function: all that its ``forward`` and ``backward`` know.

    Attributes:
        function: The function.
        role_description: Role of the output.
        engine: The engine bound to the call; opaque here.
        arguments: As passed, once they are ready; empty before.
        output: What ``forward`` returned, once it has.
        record: Whatever ``forward`` wants ``backward`` to have.
        tags: What ``tagged`` noted when the call was made.
        answers: What ``backward`` said before.
        walk: Set when the backward pass that is at work on this call has finished with it.
        bound: The inputs and their cells at the moment of the call, until the values are there.
    """

    function: Function
    role_description: str
    engine: Any = None
    arguments: tuple[Argument, ...] = ()
    output: Value = ""
    record: Any = field(default=None, repr=False)
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    answers: Answers | None = field(default=None, repr=False)
    walk: asyncio.Event | None = field(default=None, repr=False)
    bound: tuple[tuple[Variable, Cell], ...] = field(default=(), repr=False)

    def resolve(self) -> None:
        """Turn what was bound into arguments; the values have to be there."""
        self.arguments = tuple(Argument(variable, cell.read(), cell.version) for variable, cell in self.bound)
        self.bound = ()


@dataclass(frozen=True)
class Criticism:
    """What is said of the output of a call.

    Attributes:
        gradients: The criticism, in order; empty at the root.
        is_root: The output is the objective itself.
        engine: The backward engine, opaque here; None where none was given.
        joint: All arguments shall be criticised with one call to a model.
    """

    gradients: tuple[Gradient, ...] = ()
    is_root: bool = False
    engine: Any = None
    joint: bool = False

    @property
    def text(self) -> str:
        """All of it as one text."""
        return "\n\n".join(gradient.text for gradient in self.gradients)

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Where it comes from, in order, without duplicates."""
        return tuple(dict.fromkeys(gradient.origin for gradient in self.gradients if gradient.origin))
