"""Criticism in words: what it says, in which context it was said, and where it came from."""

from __future__ import annotations

import contextlib
import contextvars
import itertools
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

_tags: contextvars.ContextVar[Mapping[str, str]] = contextvars.ContextVar(
    "tags", default=MappingProxyType({})
)
_ids = itertools.count(1)


@contextlib.contextmanager
def tagged(**tags: str) -> Iterator[None]:
    """Note something in the origin of every node made inside, such as ``example_id``."""
    token = _tags.set(MappingProxyType({**_tags.get(), **tags}))
    try:
        yield
    finally:
        _tags.reset(token)


def current_tags() -> Mapping[str, str]:
    """The tags of the caller's context."""
    return _tags.get()


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Origin:
    """One function on a criticism's way, and the origins of what that function had been told.

    Plain texts only: it never holds on to a graph. Equal by identity, and its repr shows one step, since
    the way back may be 100,000 steps long.

    Attributes:
        function: Name of the function that wrote the criticism.
        role: Role description of that function's output.
        tags: What ``tagged`` noted when the function was called.
        previous: Origins of the criticism of that function's output; empty at the loss.
    """

    function: str
    role: str
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    previous: tuple[Origin, ...] = ()

    def __repr__(self) -> str:
        return f"Origin({self.function!r}, role={self.role!r}, tags={dict(self.tags)!r})"

    @property
    def example_id(self) -> str | None:
        """Id of the example that this step was tagged with."""
        return self.tags.get("example_id")

    @property
    def example_ids(self) -> tuple[str, ...]:
        """Ids of all examples on the way, in order, without duplicates."""
        return tuple(dict.fromkeys(step.example_id for step in self.steps() if step.example_id is not None))

    def steps(self) -> Iterator[Origin]:
        """This step and all before it, back to the losses; each once, nearer ones first where they fork."""
        waiting, seen = [self], {id(self)}
        while waiting:
            step = waiting.pop()
            yield step
            for origin in reversed(step.previous):
                if id(origin) not in seen:
                    seen.add(id(origin))
                    waiting.append(origin)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a function says of one of its arguments. The backward pass makes a Gradient of it.

    Attributes:
        text: The criticism.
        context: What was said in the call, for whoever rewrites the argument.
        is_keep: Nothing to change: what there is did well.
        score: Score of the example that this is about, from 0 to 1.
    """

    text: str
    context: str | None = None
    is_keep: bool = False
    score: float | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Gradient:
    """Criticism of one value of a Variable. Equal by identity.

    Attributes:
        text: The criticism.
        context: What was said in the call that it criticises.
        origin: The way back to the example and its loss.
        version: Version of the value that it criticises.
        is_keep: Nothing to change: what there is did well.
        score: Score of the example that this is about, from 0 to 1.
        id: The same in all copies that pass-through functions hand on; unique otherwise.
    """

    text: str
    context: str | None = None
    origin: Origin | None = None
    version: int = 0
    is_keep: bool = False
    score: float | None = None
    id: int = field(default_factory=lambda: next(_ids), repr=False)


Order: TypeAlias = tuple[int, ...]


class GradientLedger(dict[Hashable, tuple[Order, tuple[Gradient, ...]]]):
    """The gradients of one Variable, in the order of the program, never of their arrival.

    They are filed under the edge of the graph that they came along: what comes along it again takes the
    place of the earlier. Each entry is its place in the order and what came.
    """

    __slots__ = ()

    def put(self, edge: Hashable, order: Order, gradients: tuple[Gradient, ...]) -> None:
        """File what came along an edge; nothing clears the place."""
        if gradients:
            self[edge] = (self[edge][0] if edge in self else order, gradients)
        else:
            self.pop(edge, None)

    def merge(self, edges: Sequence[Hashable], gradient: Gradient) -> None:
        """Put one gradient in the place of the first of all that came along some edges."""
        first, *others = edges
        self[first] = (self[first][0], (gradient,))
        for edge in others:
            del self[edge]

    def all(self) -> tuple[Gradient, ...]:
        """Everything, in order; a criticism that came along several edges once."""
        entries = sorted(self.values(), key=lambda entry: entry[0])
        if len(entries) == 1:
            return entries[0][1]
        unique: dict[int, Gradient] = {}
        for _, gradients in entries:
            for gradient in gradients:
                unique.setdefault(gradient.id, gradient)
        return tuple(unique.values())
