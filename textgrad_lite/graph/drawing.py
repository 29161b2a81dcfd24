"""Drawings of a graph: DOT and Mermaid as plain text, and a ``graphviz`` object for notebooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textgrad_lite.errors import MissingDependencyError
from textgrad_lite.graph.order import topological
from textgrad_lite.graph.variable import Variable, shortened

_WORDS = 8
_ENTITIES = str.maketrans(
    {"#": "#35;", "&": "#amp;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;", "\n": "<br>"}
)
"""What would end a label of Mermaid or start markup in it, and the codes that stand for it."""


def to_dot(root: Variable, *, print_gradients: bool = False) -> str:
    """The graph in the DOT language; waits for nothing.

    Args:
        root: The end of the graph.
        print_gradients: Show the criticism, too.
    """
    lines = ["digraph {", "  rankdir=TB", '  node [shape=box, style="rounded,filled", fillcolor=lavender]']
    for name, variable in _named(root):
        label = _quoted(r"\n".join(_escaped(line) for line in _label(variable, print_gradients)))
        lines.append(f"  {name} [label={label}]")
    lines += [f"  {source} -> {target}{_attribute(by)}" for source, target, by in _edges(root)]
    return "\n".join([*lines, "}"])


def to_mermaid(root: Variable, *, print_gradients: bool = False) -> str:
    """The graph as a Mermaid flowchart; waits for nothing.

    Args:
        root: The end of the graph.
        print_gradients: Show the criticism, too.
    """
    lines = ["flowchart TB"]
    for name, variable in _named(root):
        label = "<br>".join(_entities(line) for line in _label(variable, print_gradients))
        lines.append(f'  {name}["{label}"]')
    for source, target, by in _edges(root):
        arrow = f'-- "{_entities(by)}" -->' if by else "-->"
        lines.append(f"  {source} {arrow} {target}")
    return "\n".join(lines)


def generate_graph(root: Variable, *, print_gradients: bool = False) -> Any:
    """The graph as a ``graphviz.Source``, which notebooks show and ``.render()`` writes.

    Raises:
        MissingDependencyError: The package graphviz is not installed.
    """
    try:
        import graphviz
    except ImportError as error:
        raise MissingDependencyError("graphviz", "graph") from error
    return graphviz.Source(to_dot(root, print_gradients=print_gradients))


def _named(root: Variable) -> Iterator[tuple[str, Variable]]:
    """Names that depend on the graph alone, so that equal graphs give equal drawings."""
    return ((f"v{position}", variable) for position, variable in enumerate(topological(root)))


def _edges(root: Variable) -> Iterator[tuple[str, str, str]]:
    """Every edge as the names of its ends and the name of its function."""
    names = {variable.id: name for name, variable in _named(root)}
    for name, variable in _named(root):
        by = variable.call.function.name if variable.call is not None else ""
        for predecessor in variable.predecessors:
            yield names[predecessor.id], name, by


def _label(variable: Variable, print_gradients: bool) -> Iterator[str]:
    yield variable.role_description
    yield f"= {variable.glance(_WORDS)}"
    if print_gradients:
        for gradient in variable.gradients:
            yield f"< {shortened(gradient.text, _WORDS)}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _quoted(label: str) -> str:
    return f'"{label}"'


def _attribute(by: str) -> str:
    return f" [label={_quoted(_escaped(by))}]" if by else ""


def _entities(text: str) -> str:
    return text.translate(_ENTITIES)
