"""Functions for graphs in tests, with backward halves that say plainly what they were told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from textgrad_lite import runtime
from textgrad_lite.graph import Call, Criticism, Feedback, Function, Gradient, PassThrough, Value, Variable

Said = Mapping[int, Sequence[Feedback | Gradient]]


class Echo(Function):
    """Joins its arguments; says of each which function said it, and what of."""

    def __init__(self, name: str = "echo") -> None:
        self.name = name
        self.asked: list[tuple[int, ...]] = []
        self.criticisms: list[Criticism] = []

    async def forward(self, call: Call) -> Value:
        return "".join(argument.text for argument in call.arguments)

    async def backward(self, call: Call, criticism: Criticism, wanted: tuple[int, ...]) -> Said:
        self.asked.append(wanted)
        self.criticisms.append(criticism)
        heard = criticism.text or "the end"
        return {index: [Feedback(f"{self.name}[{index}]<{heard}>", context=self.name)] for index in wanted}

    def __call__(self, *inputs: Variable, role: str = "an output", **options: bool | None) -> Variable:
        return self.apply(*inputs, role_description=role, **options)


class Sum(PassThrough):
    """Hands criticism on."""

    name = "sum"

    async def forward(self, call: Call) -> Value:
        return " + ".join(argument.text for argument in call.arguments)

    def __call__(self, *inputs: Variable, role: str = "a sum") -> Variable:
        return self.apply(*inputs, role_description=role)


class Gated(Echo):
    """Waits, forward and backward, until the gate is open."""

    def __init__(self, name: str = "gated") -> None:
        super().__init__(name)
        self.forward_gate = asyncio.Event()
        self.backward_gate = asyncio.Event()
        self.backward_started = 0

    async def forward(self, call: Call) -> Value:
        await self.forward_gate.wait()
        return await super().forward(call)

    async def backward(self, call: Call, criticism: Criticism, wanted: tuple[int, ...]) -> Said:
        self.backward_started += 1
        await self.backward_gate.wait()
        return await super().backward(call, criticism, wanted)

    def open(self) -> None:
        """Let everything through."""

        async def set_both() -> None:
            self.forward_gate.set()
            self.backward_gate.set()

        runtime.run(set_both())


def leaf(value: Value = "x", role: str = "a leaf", requires_grad: bool = True) -> Variable:
    """A Variable that no function made."""
    return Variable(value, role_description=role, requires_grad=requires_grad)


async def until(happened: Callable[[], object]) -> None:
    """Let others run until something has happened."""
    while not happened():  # noqa: ASYNC110 - what happens is inside what is tested, and sets no event
        await asyncio.sleep(0)


def texts(variable: Variable) -> list[str]:
    """What is said of a Variable."""
    return [gradient.text for gradient in variable.gradients]
