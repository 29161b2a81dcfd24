"""The order of a graph: everything after what it was made from, and otherwise as the program has it."""

from __future__ import annotations

from collections.abc import Iterator

from textgrad_lite.graph.variable import Variable


def topological(root: Variable) -> list[Variable]:
    """The Variables from which a value was made, and itself last.

    A function's inputs come in the order in which they were passed, each after all that it was made from. So
    the order depends on nothing but the graph. Iterative: a chain may be of any length.
    """
    ordered: list[Variable] = []
    seen = {root.id}
    path: list[tuple[Variable, Iterator[Variable]]] = [(root, iter(root.predecessors))]
    while path:
        variable, predecessors = path[-1]
        following = next((each for each in predecessors if each.id not in seen), None)
        if following is None:
            ordered.append(variable)
            path.pop()
        else:
            seen.add(following.id)
            path.append((following, iter(following.predecessors)))
    return ordered
