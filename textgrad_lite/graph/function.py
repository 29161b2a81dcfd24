"""What a differentiable function is: it makes a value from values, and criticism from criticism."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textgrad_lite.graph.call import Argument, Call, Criticism
from textgrad_lite.graph.dispatch import dispatch
from textgrad_lite.graph.gradient import Feedback, Gradient, current_tags
from textgrad_lite.graph.value import Value

if TYPE_CHECKING:
    from textgrad_lite.graph.variable import Variable


class Function(ABC):
    """A differentiable function of Variables. Both halves run on the runtime's loop and must not block it.

    Attributes:
        name: Names it in errors, origins and drawings.
        is_passthrough: Hands the criticism of its output on to its arguments as it is.
        reduces: The criticism that reaches one trainable Variable through it shall become one.
    """

    name: str = "function"
    is_passthrough: ClassVar[bool] = False
    reduces: ClassVar[bool] = False

    def apply(
        self,
        *inputs: Variable,
        role_description: str,
        engine: object | None = None,
        requires_grad: bool | None = None,
    ) -> Variable:
        """Call the function; returns at once with a Variable whose value is pending.

        The call binds, now, the engine and the values that the inputs have or are going to have.

        Args:
            *inputs: The arguments.
            role_description: What the output is for.
            engine: An engine for ``forward``.
            requires_grad: True: criticise the output itself, too. False: criticise nothing from here back.
                None: criticise what lies behind it, where that can be trained.
        """
        arguments = tuple(map(Argument.of, inputs))
        call = Call(self, role_description, arguments, engine, tags=current_tags())
        return dispatch(call, requires_grad)

    @abstractmethod
    async def forward(self, call: Call) -> Value:
        """Make the output from ``call.arguments``; may leave something in ``call.record``."""

    @abstractmethod
    async def backward(
        self, call: Call, criticism: Criticism, wanted: tuple[int, ...]
    ) -> Mapping[int, Sequence[Feedback | Gradient]]:
        """Turn criticism of the output into criticism of arguments.

        Args:
            call: The call, with its arguments and its output.
            criticism: What is said of the output.
            wanted: Indices of the arguments that have something trainable at or behind them.

        Returns:
            For each index what is said of that argument; nothing where there is nothing to say.
        """

    async def reduce(
        self, call: Call, gradients: Sequence[Gradient], engine: object | None
    ) -> Feedback | None:
        """Make one criticism of several that came through this function, where ``reduces`` is set.

        Args:
            call: The call of this function.
            gradients: At least two, in order, all about one Variable.
            engine: The backward engine.

        Returns:
            What takes their place, or None to leave them.
        """
        raise NotImplementedError(f"{self.name} sets reduces and has to define reduce()")


class PassThrough(Function):
    """A function whose output is criticised by criticising its arguments, such as a sum."""

    is_passthrough = True

    async def backward(
        self,
        call: Call,  # noqa: ARG002 - what was said of the whole does not depend on it
        criticism: Criticism,
        wanted: tuple[int, ...],
    ) -> Mapping[int, Sequence[Feedback | Gradient]]:
        """Hand the criticism on as it is, with its context and origin."""
        return dict.fromkeys(wanted, criticism.gradients)
