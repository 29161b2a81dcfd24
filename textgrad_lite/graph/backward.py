"""The backward half: criticism of the end of a graph becomes criticism of everything trainable behind it.

Each node starts when the criticism of its output is complete, and all that are ready run at once. What a
function said is kept with its call: a second walk hands that on without asking again, unless something new
was said of the output. Nothing here is recursive; time and memory are linear in nodes and edges.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import operator
from collections.abc import AsyncIterator, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

from textgrad_lite.errors import BackwardError, StaleGradientError, WorkCancelledError
from textgrad_lite.graph.call import Argument, Call, Criticism
from textgrad_lite.graph.dispatch import wrapped
from textgrad_lite.graph.gradient import Feedback, Gradient, Origin
from textgrad_lite.graph.plan import Node, plan
from textgrad_lite.graph.variable import Variable

OnError: TypeAlias = Literal["raise", "skip"]

_logger = logging.getLogger(__name__)


class NodeReport(NamedTuple):
    """What happened at one node of a backward pass.

    Attributes:
        function: Name of its function; None for a leaf.
        role: Role description of its Variable.
        gradients: How many gradients it gave to its arguments.
        errors: What failed there.
    """

    function: str | None
    role: str
    gradients: int
    errors: tuple[Exception, ...]


@dataclass(frozen=True)
class BackwardReport:
    """What a backward pass did.

    Attributes:
        visited: The nodes whose output was criticised, in the order of the program.
    """

    visited: tuple[NodeReport, ...]

    @property
    def failed(self) -> tuple[NodeReport, ...]:
        """The nodes where something failed."""
        return tuple(node for node in self.visited if node.errors)

    @property
    def failures(self) -> tuple[Exception, ...]:
        """All errors."""
        return tuple(error for node in self.visited for error in node.errors)


async def walk_back(
    root: Variable, engine: object | None, *, joint: bool, on_error: OnError
) -> BackwardReport:
    """Criticise everything trainable behind a Variable, see ``Variable.backward``."""
    if on_error not in ("raise", "skip"):
        raise ValueError(f'on_error must be "raise" or "skip", not {on_error!r}')
    await root
    walk = _Walk(root, engine, joint=joint)
    await walk.run()
    report = walk.report()
    if report.failures and on_error == "raise":
        raise BackwardError(report.failures)
    return report


class _Walk:
    """One backward pass."""

    def __init__(self, root: Variable, engine: object | None, *, joint: bool) -> None:
        self._root = root
        self._engine = engine
        self._joint = joint
        self._nodes = plan(root)
        self._group = asyncio.TaskGroup()

    async def run(self) -> None:
        root = self._nodes[self._root.id]
        if not root.wanted:
            _logger.warning("backward() found nothing trainable behind %r", self._root)
        async with self._group:
            self._start(root)

    def report(self) -> BackwardReport:
        nodes = sorted(self._nodes.values(), key=lambda node: node.position)
        return BackwardReport(tuple(_report(node) for node in nodes if node.is_visited or node.errors))

    def _start(self, node: Node) -> None:
        if node.wanted or node.to_reduce:
            self._group.create_task(self._visit(node))

    async def _visit(self, node: Node) -> None:
        if node.to_reduce is not None:
            for reducer, edges in node.to_reduce.items():
                await self._reduce(node, reducer, edges)
        if node.call is None:
            return
        async with _alone(node.call):
            await self._pass_back(node, node.call)
        for index in node.wanted:
            target = self._nodes[node.call.arguments[index].variable.id]
            target.waiting -= 1
            if not target.waiting:
                self._start(target)

    async def _pass_back(self, node: Node, call: Call) -> None:
        gradients = node.variable.gradients
        if not gradients and not node.is_root:
            return
        node.is_visited = True
        criticism = Criticism(gradients, is_root=not gradients, engine=self._engine, joint=self._joint)
        current = tuple(index for index in node.wanted if _is_current(node, call.arguments[index]))
        answers = _answers_to(criticism, call)
        missing = tuple(index for index in current if index not in answers)
        if missing:
            async with _failures_noted(node, call, "backward", self._engine):
                said = await call.function.backward(call, criticism, missing)
                origin = _origin(call, criticism.origins)
                for index in missing:
                    version = call.arguments[index].version
                    answers[index] = tuple(_addressed(each, origin, version) for each in said.get(index, ()))
        for index in current:
            if index in answers and _is_current(node, call.arguments[index]):
                self._deposit(node, call, index, answers[index])

    def _deposit(self, node: Node, call: Call, index: int, gradients: tuple[Gradient, ...]) -> None:
        target = self._nodes[call.arguments[index].variable.id]
        target.is_root |= node.is_root and call.function.is_passthrough
        target.variable.ledger.put(node.edge(index), node.order(self._root, index), gradients)
        node.gradients += len(gradients)

    async def _reduce(self, node: Node, reducer: Call, edges: Sequence[Hashable]) -> None:
        ledger = node.variable.ledger
        edges = sorted((edge for edge in edges if edge in ledger), key=lambda edge: ledger[edge][0])
        unique = {gradient.id: gradient for edge in edges for gradient in ledger[edge][1]}
        several = tuple(unique.values())
        if len(several) < 2:
            return
        async with _failures_noted(node, reducer, "reduce", self._engine):
            one = await self._reduced(node.variable, reducer, several)
            if one is not None:
                ledger.merge(edges, one)

    async def _reduced(
        self, variable: Variable, reducer: Call, several: tuple[Gradient, ...]
    ) -> Gradient | None:
        """One gradient for several; the same one again for the same several."""
        assert reducer.answers is not None
        reduced = reducer.answers.reduced
        earlier, one = reduced.get(variable.id, ((), None))
        if not _are_same(earlier, several):
            said = await reducer.function.reduce(reducer, several, self._engine)
            origin = _origin(reducer, Criticism(several).origins)
            one = None if said is None else _addressed(said, origin, several[0].version)
            reduced[variable.id] = (several, one)
        return one


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

    def is_to(self, criticism: Criticism) -> bool:
        """Whether they answer this criticism."""
        return (
            self.engine is criticism.engine
            and self.joint == criticism.joint
            and _are_same(self.heard, criticism.gradients)
        )


def _answers_to(criticism: Criticism, call: Call) -> Answers:
    """What was said to the same criticism before, or room for what is going to be said."""
    answers = call.answers
    if answers is None or not answers.is_to(criticism):
        answers = call.answers = Answers(criticism)
    return answers


def _are_same(first: Sequence[Gradient], second: Sequence[Gradient]) -> bool:
    return len(first) == len(second) and all(map(operator.is_, first, second))


def _origin(call: Call, previous: tuple[Origin, ...]) -> Origin:
    return Origin(call.function.name, call.role_description, call.tags, previous)


def _addressed(said: Feedback | Gradient, origin: Origin, version: int) -> Gradient:
    """A gradient of the value that it criticises; one that is handed on keeps its context and origin."""
    if isinstance(said, Gradient):
        return said if said.version == version else replace(said, version=version)
    return Gradient(said.text, said.context, origin, version, said.is_keep, said.score)


def _is_current(node: Node, argument: Argument) -> bool:
    """Whether a call's argument still has the value that the call was given; notes it where it has not."""
    try:
        argument.variable.check_version(argument.version)
    except StaleGradientError as error:
        node.errors += (error,)
        return False
    return True


@contextlib.asynccontextmanager
async def _failures_noted(node: Node, call: Call, half: str, engine: object | None) -> AsyncIterator[None]:
    try:
        yield
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        error = WorkCancelledError("the request was dropped")  # by an engine: nobody cancelled this walk
        node.errors += (wrapped(error, call, f"{call.function.name}.{half}", engine),)
    except Exception as error:  # noqa: BLE001 - the edge to functions of the user's
        node.errors += (wrapped(error, call, f"{call.function.name}.{half}", engine),)


@contextlib.asynccontextmanager
async def _alone(call: Call) -> AsyncIterator[None]:
    """Let one walk at a time work on a call, so that the last one sees all that was said of its output."""
    while call.walk is not None:
        await call.walk.wait()
    call.walk = asyncio.Event()
    try:
        yield
    finally:
        call.walk.set()
        call.walk = None


def _report(node: Node) -> NodeReport:
    function = None if node.call is None else node.call.function.name
    return NodeReport(function, node.variable.role_description, node.gradients, node.errors)
