"""Every text that is sent to a model, one template file each, and the reading of what comes back.

Strings and small frozen dataclasses go in, strings come out. This room knows nothing of variables,
graphs or engines, so that what a model gets to see can be read, changed and tested by itself.
"""

from textgrad_lite.prompts.delimiting import delimited
from textgrad_lite.prompts.examples import WorkedExample, render_worked_examples
from textgrad_lite.prompts.rendering import render, render_from
from textgrad_lite.prompts.template import PromptTemplate, escape

__all__ = [
    "PromptTemplate",
    "WorkedExample",
    "delimited",
    "escape",
    "render",
    "render_from",
    "render_worked_examples",
]
