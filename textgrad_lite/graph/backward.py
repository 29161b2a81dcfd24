"""The backward half: criticism of the end of a graph becomes criticism of everything trainable behind it.

Each node starts when the criticism of its output is complete, and all that are ready run at once. What a
function said is kept with its call: a second walk hands that on without asking again, unless something new
was said of the output. Nothing here is recursive; time and memory are linear in nodes and edges.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple, TypeAlias, TypeVar

from textgrad_lite.errors import BackwardError, StaleGradientError, WorkCancelledError
from textgrad_lite.graph.answers import answers_to, reduced
from textgrad_lite.graph.call import Call, Criticism
from textgrad_lite.graph.dispatch import wrapped
from textgrad_lite.graph.gradient import Gradient
from textgrad_lite.graph.plan import Plan
from textgrad_lite.graph.variable import Variable

T = TypeVar("T")

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
    """One backward pass. Nodes are positions in its plan."""

    def __init__(self, root: Variable, engine: object | None, *, joint: bool) -> None:
        self._engine = engine
        self._joint = joint
        self._plan = plan = Plan(root)
        self._order = root.id
        self._roots = {plan.root}
        self._given = [-1] * len(plan.variables)
        self._errors: dict[int, list[Exception]] = {}
        self._group = asyncio.TaskGroup()

    async def run(self) -> None:
        root = self._plan.root
        if not self._plan.wanted[root]:
            _logger.warning("backward() found nothing trainable behind %r", self._plan.variables[root])
        async with self._group:
            self._start(root)

    def report(self) -> BackwardReport:
        visited = (node for node, given in enumerate(self._given) if given >= 0 or node in self._errors)
        return BackwardReport(tuple(map(self._report, visited)))

    def _report(self, node: int) -> NodeReport:
        call = self._plan.calls[node]
        return NodeReport(
            None if call is None else call.function.name,
            self._plan.variables[node].role_description,
            max(0, self._given[node]),
            tuple(self._errors.get(node, ())),
        )

    def _start(self, node: int) -> None:
        if self._plan.wanted[node] or node in self._plan.to_reduce:
            self._group.create_task(self._visit(node))

    async def _visit(self, node: int) -> None:
        for reducer, edges in self._plan.to_reduce.get(node, {}).items():
            await self._reduce(node, reducer, edges)
        call = self._plan.calls[node]
        if call is not None:
            await self._pass_back_alone(node, call)
        waiting = self._plan.waiting
        for index in self._plan.wanted[node]:
            target = self._plan.target(node, index)
            waiting[target] -= 1
            if not waiting[target]:
                self._start(target)

    async def _pass_back_alone(self, node: int, call: Call) -> None:
        """Let one walk at a time work on a call: the last one then knows all that was said of its output."""
        while call.walk is not None:
            await call.walk.wait()
        call.walk = asyncio.Event()
        try:
            await self._pass_back(node, call)
        finally:
            call.walk.set()
            call.walk = None

    async def _pass_back(self, node: int, call: Call) -> None:
        gradients = self._plan.variables[node].gradients
        if not gradients and node not in self._roots:
            return
        self._given[node] = 0
        criticism = Criticism(gradients, is_root=not gradients, engine=self._engine, joint=self._joint)
        current = [index for index in self._plan.wanted[node] if self._is_current(node, call, index)]
        answers = answers_to(criticism, call)
        missing = tuple(index for index in current if index not in answers)
        if missing:
            await self._attempt(node, call, "backward", partial(answers.ask, call, criticism, missing))
        for index in current:
            if index in answers and self._is_current(node, call, index):
                self._deposit(node, call, index, answers[index])

    def _deposit(self, node: int, call: Call, index: int, gradients: tuple[Gradient, ...]) -> None:
        if call.function.is_passthrough and node in self._roots:
            self._roots.add(self._plan.target(node, index))
        ledger = call.arguments[index].variable.ledger
        ledger.put(self._plan.edge(node, index), (self._order, node, index), gradients)
        self._given[node] += len(gradients)

    async def _reduce(self, node: int, reducer: Call, edges: Sequence[Hashable]) -> None:
        variable = self._plan.variables[node]
        ledger = variable.ledger
        edges = sorted((edge for edge in edges if edge in ledger), key=lambda edge: ledger[edge][0])
        several = tuple({each.id: each for edge in edges for each in ledger[edge][1]}.values())
        if len(several) < 2:
            return
        ask = partial(reduced, variable, reducer, several, self._engine)
        one = await self._attempt(node, reducer, "reduce", ask)
        if one is not None:
            ledger.merge(edges, one)

    def _is_current(self, node: int, call: Call, index: int) -> bool:
        """Whether an argument still has the value that the call was given; notes it where it has not."""
        argument = call.arguments[index]
        try:
            argument.variable.check_version(argument.version)
        except StaleGradientError as error:
            self._note(node, error)
            return False
        return True

    async def _attempt(self, node: int, call: Call, half: str, ask: Callable[[], Awaitable[T]]) -> T | None:
        name = f"{call.function.name}.{half}"
        try:
            return await ask()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            dropped = WorkCancelledError("the request was dropped")  # by an engine: nobody cancelled the walk
            self._note(node, wrapped(dropped, call, name, self._engine))
        except Exception as error:  # noqa: BLE001 - the edge to functions of the user's
            self._note(node, wrapped(error, call, name, self._engine))
        return None

    def _note(self, node: int, error: Exception) -> None:
        self._errors.setdefault(node, []).append(error)
