"""What functions said of their arguments, kept with their calls.

A second walk hands that on without asking again, unless something new was said of the output.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import replace

from textgrad_lite.graph.call import Call, Criticism
from textgrad_lite.graph.gradient import Feedback, Gradient, Origin
from textgrad_lite.graph.variable import Variable


class Answers(dict[int, tuple[Gradient, ...]]):
    """What a function said of each argument, by index, and to which criticism: kept with its call.

    Attributes:
        heard: The criticism of the output.
        engine: The backward engine.
        joint: Whether one call to a model was to criticise all arguments.
        reduced: For a Variable's id, gradients that were reduced, and the one that they became.
    """

    __slots__ = ("engine", "heard", "joint", "reduced")

    def __init__(self, criticism: Criticism) -> None:
        super().__init__()
        self.heard = criticism.gradients
        self.engine = criticism.engine
        self.joint = criticism.joint
        self.reduced: dict[int, tuple[tuple[Gradient, ...], Gradient | None]] = {}

    async def ask(self, call: Call, criticism: Criticism, missing: tuple[int, ...]) -> None:
        """Ask the function about arguments, and note what it says of each."""
        said = await call.function.backward(call, criticism, missing)
        origin = _origin(call, criticism.origins)
        for index in missing:
            version = call.arguments[index].version
            self[index] = tuple(_addressed(one, origin, version) for one in said.get(index, ()))

    def is_to(self, criticism: Criticism) -> bool:
        """Whether they answer this criticism."""
        return (
            self.engine is criticism.engine
            and self.joint == criticism.joint
            and _are_same(self.heard, criticism.gradients)
        )


def answers_to(criticism: Criticism, call: Call) -> Answers:
    """What was said to the same criticism before, or room for what is going to be said."""
    answers = call.answers
    if answers is None or not answers.is_to(criticism):
        answers = call.answers = Answers(criticism)
    return answers


async def reduced(
    variable: Variable, reducer: Call, several: tuple[Gradient, ...], engine: object | None
) -> Gradient | None:
    """One gradient for several; the same one again for the same several."""
    assert reducer.answers is not None
    known = reducer.answers.reduced
    earlier, one = known.get(variable.id, ((), None))
    if not _are_same(earlier, several):
        said = await reducer.function.reduce(reducer, several, engine)
        origin = _origin(reducer, Criticism(several).origins)
        one = None if said is None else _addressed(said, origin, several[0].version)
        known[variable.id] = (several, one)
    return one


def _are_same(first: Sequence[Gradient], second: Sequence[Gradient]) -> bool:
    return len(first) == len(second) and all(map(operator.is_, first, second))


def _origin(call: Call, previous: tuple[Origin, ...]) -> Origin:
    return Origin(call.function.name, call.role_description, call.tags, previous)


def _addressed(said: Feedback | Gradient, origin: Origin, version: int) -> Gradient:
    """A gradient of the value that it criticises; one that is handed on keeps its context and origin."""
    if isinstance(said, Gradient):
        return said if said.version == version else replace(said, version=version)
    return Gradient(said.text, said.context, origin, version, said.is_keep, said.score)
