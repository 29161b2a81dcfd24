"""A call of a function: what it was given, what it made, and what is said of that."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from textgrad_lite.graph.cell import Cell
from textgrad_lite.graph.gradient import Gradient, Origin
from textgrad_lite.graph.value import Value

if TYPE_CHECKING:
    from textgrad_lite.graph.answers import Answers
    from textgrad_lite.graph.function import Function
    from textgrad_lite.graph.variable import Variable


_NO_TAGS: Mapping[str, str] = MappingProxyType({})


class Argument(NamedTuple):
    """A Variable as a call found it.

    Attributes:
        variable: The Variable.
        cell: What it held when the call was made; what is set later is in another cell.
    """

    variable: Variable
    cell: Cell

    @classmethod
    def of(cls, variable: Variable) -> Argument:
        """Bind what a Variable holds now, or is going to hold."""
        return cls(variable, variable.cell)

    @property
    def value(self) -> Value:
        """The value that it had, or was going to have, when the call was made."""
        return self.cell.read()

    @property
    def version(self) -> int:
        """Version of that value."""
        return self.cell.version

    @property
    def role_description(self) -> str:
        """The role of the Variable."""
        return self.variable.role_description

    @property
    def text(self) -> str:
        """The value as text."""
        return str(self.value)


class Call:
    """One call of a function: all that its ``forward`` and ``backward`` know.

    It does not know the Variable that it makes: a traceback through ``forward`` holds the call, and is itself
    held by a Variable whose call failed.

    Attributes:
        function: The function.
        role_description: Role of the output.
        arguments: As passed; their values are there before ``forward`` starts.
        engine: The engine bound to the call; opaque here.
        output: What ``forward`` returned, once it has.
        record: Whatever ``forward`` wants ``backward`` to have.
        tags: What ``tagged`` noted when the call was made.
        answers: What ``backward`` said before.
        walk: Set when the backward pass that is at work on this call has finished with it.
    """

    __slots__ = (
        "__weakref__",
        "answers",
        "arguments",
        "engine",
        "function",
        "output",
        "record",
        "role_description",
        "tags",
        "walk",
    )

    def __init__(
        self,
        function: Function,
        role_description: str,
        arguments: tuple[Argument, ...] = (),
        engine: Any = None,
        tags: Mapping[str, str] = _NO_TAGS,
    ) -> None:
        self.function = function
        self.role_description = role_description
        self.arguments = arguments
        self.engine = engine
        self.tags = tags
        self.output: Value = ""
        self.record: Any = None
        self.answers: Answers | None = None
        self.walk: asyncio.Event | None = None

    @property
    def predecessors(self) -> tuple[Variable, ...]:
        """The Variables that were passed, in order, without duplicates."""
        return tuple(dict.fromkeys(argument.variable for argument in self.arguments))


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
