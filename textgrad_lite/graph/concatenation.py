"""Joining texts, as ``+`` does: differentiable, and without an engine."""

from __future__ import annotations

from textgrad_lite.graph.call import Call
from textgrad_lite.graph.function import PassThrough
from textgrad_lite.graph.value import Value
from textgrad_lite.graph.variable import Variable

_LONG_ROLE = 200
"""Characters after which the role of a joined text no longer grows."""


class Concatenation(PassThrough):
    """Joins its arguments, as texts, to one. What is said of the whole is said of each part."""

    name = "concat"

    async def forward(self, call: Call) -> Value:
        """Join the texts."""
        return "".join(argument.text for argument in call.arguments)


def joined(first: Variable | str, second: Variable | str) -> Variable:
    """Join two texts, of which at least one is a Variable; a plain one is not criticised."""
    known = [part for part in (first, second) if isinstance(part, Variable)]
    role = " and ".join(dict.fromkeys(part.role_description for part in known))
    if len(role) > _LONG_ROLE:
        role = known[0].role_description
    parts = [
        part
        if isinstance(part, Variable)
        else Variable(part, role_description="a fixed part of the text", requires_grad=False)
        for part in (first, second)
    ]
    return Concatenation().apply(*parts, role_description=role)
