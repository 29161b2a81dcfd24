"""What can be done with Variables: calls of models and of Python functions, and ways to join them.

Each function carries its own backward: it knows what happened in its call and asks what was wrong with it.
"""

from textgrad_lite.functions.blackbox import BlackboxLLM
from textgrad_lite.functions.example_slot import ExampleSlot
from textgrad_lite.functions.llm_call import FormattedLLMCall, LLMCall
from textgrad_lite.functions.model_call import completion_of, instance_of
from textgrad_lite.functions.module import Module
from textgrad_lite.functions.prompt_model import PromptModel
from textgrad_lite.functions.python_function import PythonFunction, function
from textgrad_lite.functions.reduction import aggregate, concat, sum  # noqa: A004 - as in PyTorch

__all__ = [
    "BlackboxLLM",
    "ExampleSlot",
    "FormattedLLMCall",
    "LLMCall",
    "Module",
    "PromptModel",
    "PythonFunction",
    "aggregate",
    "completion_of",
    "concat",
    "function",
    "instance_of",
    "sum",
]
