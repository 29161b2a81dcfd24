"""Many Variables to one: joined with their criticism passed on, or with it reduced to one criticism."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from textgrad_lite.engines import as_engine, get_backward_engine
from textgrad_lite.engines.engine import Engine
from textgrad_lite.errors import GraphError
from textgrad_lite.functions.review import ask, mean_score, reviewer_request
from textgrad_lite.graph import Call, Concatenation, Feedback, Gradient, PassThrough, Value, Variable
from textgrad_lite.prompts.criticism import render_summary_request

T = TypeVar("T")

_MOST_ROLES = 5
"""How many roles the role of a joined Variable names."""


class _Sum(PassThrough):
    """Joins values by line; all criticism goes on to all predecessors."""

    name = "sum"

    async def forward(self, call: Call) -> Value:
        return "\n".join(argument.text for argument in call.arguments)


class _Aggregate(_Sum):
    """Joins values; what one Variable gets through it in one backward pass becomes one criticism."""

    name = "aggregate"
    reduces = True

    async def reduce(
        self, call: Call, gradients: Sequence[Gradient], engine: object | None
    ) -> Feedback | None:
        """Ask once for a summary; praise is left out of it unless there is nothing else."""
        faults = [gradient for gradient in gradients if not gradient.is_keep]
        if not faults:
            return _merged(gradients, gradients[0].text, is_keep=True)
        asked = call.engine or engine
        chosen = as_engine(asked) if asked is not None else get_backward_engine()
        texts = [gradient.text for gradient in faults]
        summary = await ask(chosen, reviewer_request(render_summary_request(texts)))
        return _merged(faults, summary, is_keep=False)


def sum(variables: Sequence[Variable]) -> Variable:  # noqa: A001 - the name that PyTorch and textgrad use
    """Join Variables, such as the losses of a batch; backward reaches each of them, once.

    Raises:
        GraphError: There is no Variable.
    """
    return _Sum().apply(*_some(variables), role_description=_roles(variables))


def aggregate(variables: Sequence[Variable], engine: Engine | str | object | None = None) -> Variable:
    """Join Variables, such as the losses of a batch, so that their criticism is reduced.

    Backward reaches each of them. Where one trainable Variable, such as a shared system prompt, would get
    several criticisms through the aggregate, one call of a model says what they say, and the Variable gets
    that one, with the contexts of all.

    Args:
        variables: What is joined.
        engine: Who summarises; the backward engine by default.

    Raises:
        GraphError: There is no Variable.
    """
    chosen = None if engine is None else as_engine(engine)
    return _Aggregate().apply(*_some(variables), role_description=_roles(variables), engine=chosen)


def concat(*parts: Variable | str) -> Variable:
    """Join texts without anything between them, as ``+`` does; a plain text is not criticised.

    Raises:
        GraphError: There is nothing to join.
    """
    variables = [
        part
        if isinstance(part, Variable)
        else Variable(part, role_description="fixed text", requires_grad=False)
        for part in _some(parts)
    ]
    return Concatenation().apply(*variables, role_description=_roles(variables))


def _some(parts: Sequence[T]) -> Sequence[T]:
    if not parts:
        raise GraphError("there is no Variable to join", hint="Is the batch empty?")
    return parts


def _roles(variables: Sequence[Variable]) -> str:
    roles = list(dict.fromkeys(variable.role_description for variable in variables))
    named = ", ".join(roles[:_MOST_ROLES])
    more = len(roles) - _MOST_ROLES
    return f"a combination of the following: {named}{f' and {more} more' if more > 0 else ''}"


def _merged(gradients: Sequence[Gradient], text: str, *, is_keep: bool) -> Feedback:
    contexts = [gradient.context for gradient in gradients if gradient.context]
    return Feedback(
        text=text,
        context="\n\n".join(contexts) or None,
        is_keep=is_keep,
        score=mean_score(gradients),
    )
