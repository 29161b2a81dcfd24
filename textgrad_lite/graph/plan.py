"""What a backward pass is going to do, known before it starts: which nodes, and what each waits for.

A node is a position in the order of the graph. Plain lists by position instead of an object a node keep a
walk over 100,000 nodes light.
"""

from __future__ import annotations

from collections.abc import Hashable

from textgrad_lite.graph.call import Call
from textgrad_lite.graph.order import topological
from textgrad_lite.graph.variable import Variable


class Plan:
    """The nodes that a walk reaches from the end of a graph.

    Attributes:
        variables: The graph in the order of the program, the end last.
        calls: The call that made each, if any.
        wanted: Indices of each call's arguments that are worth criticising; empty where the walk does not go.
        waiting: How many edges may still bring criticism of each.
        to_reduce: For a Variable that is trained: the edges whose criticism shall become one, by the call
            that reduces it.
    """

    def __init__(self, root: Variable) -> None:
        self.variables = topological(root)
        self.calls = [variable.call for variable in self.variables]
        self.wanted: list[tuple[int, ...]] = [()] * len(self.variables)
        self.waiting = [0] * len(self.variables)
        self.to_reduce: dict[int, dict[Call, list[Hashable]]] = {}
        self._positions = {variable.id: position for position, variable in enumerate(self.variables)}
        self._reducers: dict[int, Call] = {}
        self._connect(self._worth_criticising())

    @property
    def root(self) -> int:
        """The end of the graph."""
        return len(self.variables) - 1

    def target(self, position: int, index: int) -> int:
        """The node that is an argument of a node's call."""
        call = self.calls[position]
        assert call is not None
        return self._positions[call.arguments[index].variable.id]

    def edge(self, position: int, index: int) -> Hashable:
        """What criticism of an argument is filed under."""
        return self.variables[position].id, index

    def _worth_criticising(self) -> list[bool]:
        """Whether each is trained itself, or has anything trained behind it."""
        worth: list[bool] = []
        for variable, call in zip(self.variables, self.calls, strict=True):
            behind = () if call is None or variable.is_cut else call.predecessors
            worth.append(variable.is_target or any(worth[self._positions[each.id]] for each in behind))
        return worth

    def _connect(self, worth: list[bool]) -> None:
        for position in range(self.root, -1, -1):
            call = self.calls[position]
            if call is None or not (self.waiting[position] or position == self.root):
                continue
            targets = [self._positions[argument.variable.id] for argument in call.arguments]
            self.wanted[position] = tuple(index for index, target in enumerate(targets) if worth[target])
            reducer = call if call.function.reduces else self._reducers.get(position)
            for index in self.wanted[position]:
                self.waiting[targets[index]] += 1
                if reducer is not None:
                    self._note_reducer(position, index, reducer, targets[index])

    def _note_reducer(self, position: int, index: int, reducer: Call, target: int) -> None:
        self._reducers.setdefault(target, reducer)
        if self.variables[target].is_target:
            edges = self.to_reduce.setdefault(target, {}).setdefault(reducer, [])
            edges.append(self.edge(position, index))
