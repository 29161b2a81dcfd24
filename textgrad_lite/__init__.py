"""Textual-gradient optimisation of prompts and other texts: criticise, rewrite, measure.

Importing this package runs nothing and imports nothing further. Each public name is imported from its room
when it is first used (PEP 562).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from textgrad_lite._version import __version__

if TYPE_CHECKING:
    from textgrad_lite.data import DataLoader, Dataset, Example
    from textgrad_lite.engines import (
        Budget,
        Engine,
        EngineLM,
        Ledger,
        RetryPolicy,
        Session,
        as_engine,
        get_backward_engine,
        get_engine,
        set_backward_engine,
        use_engine,
        use_session,
    )
    from textgrad_lite.errors import TextgradError
    from textgrad_lite.functions import (
        BlackboxLLM,
        ExampleSlot,
        FormattedLLMCall,
        LLMCall,
        Module,
        PromptModel,
        aggregate,
        completion_of,
        concat,
        function,
        instance_of,
        sum,  # noqa: A004 - the name that PyTorch and textgrad use
    )
    from textgrad_lite.graph import Function, Gradient, Image, Variable, substituted, tagged
    from textgrad_lite.losses import (
        ImageQALoss,
        MetricLoss,
        MultiChoiceTestTime,
        MultiFieldEvaluation,
        MultiFieldTokenParsedEvaluation,
        PreferenceLoss,
        SelfCritic,
        TextLoss,
        metric_result_of,
    )
    from textgrad_lite.metrics import Metric, MetricResult, as_metric, get_metric
    from textgrad_lite.optimizers import TGD, TextualGradientDescent
    from textgrad_lite.prompts import PromptTemplate, WorkedExample
    from textgrad_lite.tasks import load_task, refine
    from textgrad_lite.training import Trainer

__all__ = [
    "__version__",
    # graph
    "Function",
    "Gradient",
    "Image",
    "Variable",
    "substituted",
    "tagged",
    # engines
    "Budget",
    "Engine",
    "EngineLM",
    "Ledger",
    "RetryPolicy",
    "Session",
    "as_engine",
    "get_backward_engine",
    "get_engine",
    "set_backward_engine",
    "use_engine",
    "use_session",
    # functions
    "BlackboxLLM",
    "ExampleSlot",
    "FormattedLLMCall",
    "LLMCall",
    "Module",
    "PromptModel",
    "PromptTemplate",
    "WorkedExample",
    "aggregate",
    "completion_of",
    "concat",
    "function",
    "instance_of",
    "sum",
    # data and metrics
    "DataLoader",
    "Dataset",
    "Example",
    "Metric",
    "MetricResult",
    "as_metric",
    "get_metric",
    # losses
    "ImageQALoss",
    "MetricLoss",
    "MultiChoiceTestTime",
    "MultiFieldEvaluation",
    "MultiFieldTokenParsedEvaluation",
    "PreferenceLoss",
    "SelfCritic",
    "TextLoss",
    "metric_result_of",
    # optimizers and training
    "TGD",
    "TextualGradientDescent",
    "Trainer",
    # tasks
    "load_task",
    "refine",
    # errors
    "TextgradError",
]

_ROOMS = {
    "data": ("DataLoader", "Dataset", "Example"),
    "engines": (
        "Budget",
        "Engine",
        "EngineLM",
        "Ledger",
        "RetryPolicy",
        "Session",
        "as_engine",
        "get_backward_engine",
        "get_engine",
        "set_backward_engine",
        "use_engine",
        "use_session",
    ),
    "errors": ("TextgradError",),
    "functions": (
        "BlackboxLLM",
        "ExampleSlot",
        "FormattedLLMCall",
        "LLMCall",
        "Module",
        "PromptModel",
        "aggregate",
        "completion_of",
        "concat",
        "function",
        "instance_of",
        "sum",
    ),
    "graph": ("Function", "Gradient", "Image", "Variable", "substituted", "tagged"),
    "losses": (
        "ImageQALoss",
        "MetricLoss",
        "MultiChoiceTestTime",
        "MultiFieldEvaluation",
        "MultiFieldTokenParsedEvaluation",
        "PreferenceLoss",
        "SelfCritic",
        "TextLoss",
        "metric_result_of",
    ),
    "metrics": ("Metric", "MetricResult", "as_metric", "get_metric"),
    "optimizers": ("TGD", "TextualGradientDescent"),
    "prompts": ("PromptTemplate", "WorkedExample"),
    "tasks": ("load_task", "refine"),
    "training": ("Trainer",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
