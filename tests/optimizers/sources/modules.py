"""Small modules to propose for, and contexts of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textgrad_lite.functions import ExampleSlot, Module, PromptModel
from textgrad_lite.graph import Gradient, Variable
from textgrad_lite.optimizers.sources import ProposalContext, Trace
from textgrad_lite.testing.scripted import ScriptedEngine


def one_prompt(text: str = "Answer with a number only.", *, has_slot: bool = True) -> PromptModel:
    return PromptModel(text, ScriptedEngine(), examples=ExampleSlot() if has_slot else None)


class TwoPrompts(Module):
    def __init__(self) -> None:
        self.first = Variable("First text.", role_description="first prompt")
        self.second = Variable("Second text.", role_description="second prompt")
        self.width = Variable(3, role_description="width of the page")

    def forward(self) -> Variable:
        return self.first + self.second


def context_of(module: Module, **changes: Any) -> ProposalContext:
    return replace(ProposalContext(module, module.state_dict()), **changes)


def criticisms(*texts: str) -> tuple[Gradient, ...]:
    return tuple(Gradient(text=text, context=f"Case of {text}") for text in texts)


def traces(*outputs: str, score: float = 1.0) -> tuple[Trace, ...]:
    return tuple(
        Trace(f"t{number}", f"Input number {number}", output, score) for number, output in enumerate(outputs)
    )
