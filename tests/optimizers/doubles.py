"""Parameters with criticism, and replies in the form that is asked for."""

from __future__ import annotations

from textgrad_lite.graph import Gradient, Variable


def criticised(
    text: str | int | float = "Be brief.", *remarks: str, role: str = "prompt", score: float | None = None
) -> Variable:
    """A parameter with a gradient for each remark."""
    variable = Variable(text, role_description=role)
    for remark in remarks or ("Name the unit.",):
        variable.add_gradient(Gradient(text=remark, context="Input: 3 km", score=score))
    return variable


def said(text: str) -> str:
    """A reply in the form that is asked for."""
    return f"<new_text>\n{text}\n</new_text>"
