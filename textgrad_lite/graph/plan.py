"""What a backward pass is going to do, known before it starts: which nodes, and in which order."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from textgrad_lite.graph.call import Call
from textgrad_lite.graph.gradient import Order
from textgrad_lite.graph.order import topological
from textgrad_lite.graph.variable import Variable


@dataclass(eq=False, slots=True)
class Node:
    """A Variable on the walk.

    Attributes:
        variable: The Variable.
        call: The call that made it, if any.
        position: Its place in the order of the graph.
        wanted: Indices of the arguments of its call that are worth criticising.
        waiting: Edges along which criticism of it may still come.
        is_root: It is an objective: it is worked on without any criticism of it.
        reducer: The call that reduces, if all that comes here comes through one.
        to_reduce: Edges whose criticism is to become one, by the call that makes it so.
        gradients: How many it gave to its arguments.
        is_visited: It was worked on.
        errors: What failed.
    """

    variable: Variable
    call: Call | None
    position: int
    wanted: tuple[int, ...] = ()
    waiting: int = 0
    is_root: bool = False
    reducer: Call | None = None
    to_reduce: dict[Call, list[Hashable]] | None = None
    gradients: int = 0
    is_visited: bool = False
    errors: tuple[Exception, ...] = ()

    def edge(self, index: int) -> tuple[int, int]:
        """What criticism of an argument is filed under."""
        return self.variable.id, index

    def order(self, root: Variable, index: int) -> Order:
        """Where such criticism stands among all of an argument's."""
        return root.id, self.position, index


def plan(root: Variable) -> dict[int, Node]:
    """The nodes that a walk from a Variable reaches, by the Variables' ids, the root first."""
    ordered = topological(root)
    worth = _worth_criticising(ordered)
    positions = {variable.id: position for position, variable in enumerate(ordered)}
    nodes = {root.id: Node(root, root.call, positions[root.id], is_root=True)}
    for variable in reversed(ordered):
        node = nodes.get(variable.id)
        if node is None or node.call is None:
            continue
        arguments = node.call.arguments
        node.wanted = tuple(index for index, each in enumerate(arguments) if worth[each.variable.id])
        for index in node.wanted:
            target = arguments[index].variable
            if target.id not in nodes:
                nodes[target.id] = Node(target, target.call, positions[target.id])
            _connect(node, index, nodes[target.id])
    return nodes


def _connect(node: Node, index: int, target: Node) -> None:
    target.waiting += 1
    assert node.call is not None
    reducer = node.call if node.call.function.reduces else node.reducer
    if reducer is None:
        return
    target.reducer = target.reducer or reducer
    if target.variable.is_target:
        target.to_reduce = target.to_reduce or {}
        target.to_reduce.setdefault(reducer, []).append(node.edge(index))


def _worth_criticising(ordered: list[Variable]) -> dict[int, bool]:
    worth: dict[int, bool] = {}
    for variable in ordered:
        behind = variable.predecessors if variable.call is not None else ()
        worth[variable.id] = variable.is_target or (
            not variable.is_cut and any(worth[each.id] for each in behind)
        )
    return worth
