"""The computation graph: Variables, functions of them, and the backward pass.

Calling a function returns at once with a Variable whose value is pending, and records the call. ``backward``
walks the calls in reverse: each function turns the criticism of its output into criticism of its arguments,
down to the Variables that an optimizer rewrites. There is no network here and no template; engines are
passed through as they are.
"""

from textgrad_lite.graph.backward import BackwardReport, NodeReport
from textgrad_lite.graph.call import Argument, Call, Criticism
from textgrad_lite.graph.cell import substituted
from textgrad_lite.graph.concatenation import Concatenation
from textgrad_lite.graph.function import Function, PassThrough
from textgrad_lite.graph.gradient import Feedback, Gradient, Origin, tagged
from textgrad_lite.graph.value import Image, Value
from textgrad_lite.graph.variable import Variable

__all__ = [
    "Variable",
    "Value",
    "Image",
    "Function",
    "PassThrough",
    "Concatenation",
    "Call",
    "Argument",
    "Criticism",
    "Feedback",
    "Gradient",
    "Origin",
    "BackwardReport",
    "NodeReport",
    "substituted",
    "tagged",
]
