"""The node of the computation graph: a value, what it is for, and the criticism that it gathered."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textgrad_lite import runtime
from textgrad_lite.errors import GraphError, StaleGradientError
from textgrad_lite.graph.cell import Cell, substitutes
from textgrad_lite.graph.gradient import Gradient, GradientLedger
from textgrad_lite.graph.value import Image, Value, as_value

if TYPE_CHECKING:
    from textgrad_lite.graph.backward import BackwardReport, OnError
    from textgrad_lite.graph.call import Call

_ids = itertools.count(1)

_WORD = 12
"""Characters of a long word, with the blank after it."""


class Variable:
    """A text, number or image that functions read and optimizers rewrite.

    Args:
        value: Its value. Bytes are taken for an image.
        role_description: What it is for, in words that a model is going to read.
        requires_grad: Whether it can be rewritten, and so is worth criticising.
        predecessors: Variables it was made from, for drawings; functions set their own.
        image_path: An image instead of a value: a file, which is read at once, or an address.
    """

    __slots__ = ("__weakref__", "_cell", "_inherits_grad", "_requires_grad", "id", "role_description")

    def __init__(
        self,
        value: Value | bytes = "",
        *,
        role_description: str,
        requires_grad: bool = True,
        predecessors: Sequence[Variable] | None = None,
        image_path: str | Path | None = None,
    ) -> None:
        content = Image.load(image_path) if image_path else as_value(value)
        self._cell = Cell(content, predecessors=tuple(dict.fromkeys(predecessors or ())))
        self._requires_grad: bool | None = requires_grad
        self._inherits_grad = False
        self.role_description = role_description
        self.id = next(_ids)

    @classmethod
    def of_call(cls, call: Call, requires_grad: bool | None) -> Variable:
        """The output of a call. With ``requires_grad`` None it requires what its predecessors require."""
        variable = cls.__new__(cls)
        variable._cell = Cell(call=call)
        variable._requires_grad = requires_grad
        variable._inherits_grad = any(each.requires_grad for each in call.predecessors)
        variable.role_description = call.role_description
        variable.id = next(_ids)
        return variable

    # ── the value ─────────────────────────────────────────────────────────────────────────────────

    @property
    def cell(self) -> Cell:
        """The value that counts in the caller's context, with all that belongs to it."""
        return substitutes().get(self.id, self._cell)

    @property
    def value(self) -> Value:
        """The value; blocks until it is there.

        Raises:
            BlockingReadError: It is not there, and the caller is on a thread of our loops: use ``await``.
            FunctionError: A function on the way failed.
            WorkCancelledError: The call was cancelled.
        """
        return self.cell.read()

    @value.setter
    def value(self, value: Value | bytes) -> None:
        self.set_value(value)

    def __await__(self) -> Generator[Any, None, Value]:
        pending = self.cell.pending
        if pending is not None:
            yield from pending.settled().__await__()
        return self.cell.read()

    @property
    def text(self) -> str:
        """The value as text; blocks like ``value``."""
        return str(self.value)

    def __str__(self) -> str:
        return self.text

    def peek(self) -> Value | None:
        """The value if there is one already; never waits."""
        cell = self.cell
        if cell.pending is None or (cell.is_ready and cell.pending.failure is None):
            return cell.read()
        return None

    def set_value(self, value: Value | bytes) -> None:
        """Give it a new value. Calls made before keep the old one; an output becomes a leaf by this.

        Raises:
            GraphError: The value is still pending, or is neither text nor number nor image.
        """
        cell = self.cell
        if not cell.is_ready:
            raise GraphError(
                f"{self!r} cannot be set while a function is making its value",
                hint="Read its value first, or make a new Variable.",
            )
        following = cell.followed_by(as_value(value))
        if cell is self._cell:
            self._cell = following
        else:
            substitutes()[self.id] = following

    @property
    def version(self) -> int:
        """Counts the values that were set; negative for one that is substituted."""
        return self.cell.version

    # ── the graph ─────────────────────────────────────────────────────────────────────────────────

    @property
    def call(self) -> Call | None:
        """The call that makes the value; None for a leaf."""
        return self.cell.call

    @property
    def predecessors(self) -> tuple[Variable, ...]:
        """What it was made from: in order, without duplicates."""
        return self.cell.predecessors

    @property
    def requires_grad(self) -> bool:
        """Whether it, or for an output anything behind it, is worth criticising."""
        return self._inherits_grad if self._requires_grad is None else self._requires_grad

    @requires_grad.setter
    def requires_grad(self, requires_grad: bool) -> None:
        self._requires_grad = requires_grad

    def retain_grad(self) -> None:
        """Have it criticised itself, though it is an output: optimizers say so of their parameters."""
        self._requires_grad = True

    @property
    def is_target(self) -> bool:
        """Whether it is to be criticised for its own sake, and not only for what lies behind it."""
        return self.requires_grad if self.call is None else self._requires_grad is True

    @property
    def is_cut(self) -> bool:
        """Whether nothing from here back is to be criticised."""
        return self._requires_grad is False

    def get_role_description(self) -> str:
        """What it is for."""
        return self.role_description

    def set_role_description(self, role_description: str) -> None:
        """Say what it is for."""
        self.role_description = role_description

    def __add__(self, other: object) -> Variable:
        from textgrad_lite.graph.concatenation import joined

        return joined(self, other) if isinstance(other, Variable | str) else NotImplemented

    def __radd__(self, other: object) -> Variable:
        from textgrad_lite.graph.concatenation import joined

        return joined(other, self) if isinstance(other, str) else NotImplemented

    # ── the criticism ─────────────────────────────────────────────────────────────────────────────

    @property
    def gradients(self) -> tuple[Gradient, ...]:
        """The criticism that it gathered: in the order of the program, without duplicates."""
        ledger = self.cell.ledger
        return () if ledger is None else ledger.all()

    @property
    def ledger(self) -> GradientLedger:
        """Where its gradients are filed."""
        cell = self.cell
        if cell.ledger is None:
            cell.ledger = GradientLedger()
        return cell.ledger

    def add_gradient(self, gradient: Gradient) -> None:
        """Add criticism by hand.

        Raises:
            StaleGradientError: It criticises a value that has been replaced since.
        """
        self.check_version(gradient.version)
        place = (next(_ids),)
        self.ledger.put(place, place, (gradient,))

    def check_version(self, version: int) -> None:
        """Refuse criticism of another value than the present one.

        Raises:
            StaleGradientError: It is another.
        """
        if version != self.version:
            raise StaleGradientError(
                f"criticism of version {version} of {self.role_description!r}, whose value is version "
                f"{self.version} now",
                hint="Call backward() before a value is replaced, and build a new graph from the new one.",
            )

    def get_gradient_text(self) -> str:
        """All criticism as one text."""
        return "\n".join(gradient.text for gradient in self.gradients)

    def zero_grad(self) -> None:
        """Forget all criticism."""
        ledger = self.cell.ledger
        if ledger is not None:
            ledger.clear()

    def reset_gradients(self) -> None:
        """Forget all criticism: another name of ``zero_grad``."""
        self.zero_grad()

    def backward(
        self, engine: object | None = None, *, joint: bool = False, on_error: OnError = "raise"
    ) -> BackwardReport:
        """Criticise everything trainable that this value was made from.

        Args:
            engine: The backward engine; functions fall back to the one that was set as default.
            joint: Ask a model once for all arguments of a call, instead of once for each.
            on_error: ``"raise"`` when all is done, or ``"skip"`` failed branches and report them.

        Raises:
            BackwardError: Branches failed; the others have their gradients.
            FunctionError: The value itself could not be made.
            BlockingReadError: The caller is on a thread of our loops: use ``await abackward()``.
        """
        return runtime.run(self._abackward(engine, joint, on_error))

    async def abackward(
        self, engine: object | None = None, *, joint: bool = False, on_error: OnError = "raise"
    ) -> BackwardReport:
        """The same as ``backward``, from a coroutine on any loop."""
        return await runtime.arun(self._abackward(engine, joint, on_error))

    async def _abackward(self, engine: object | None, joint: bool, on_error: OnError) -> BackwardReport:
        from textgrad_lite.graph.backward import walk_back

        return await walk_back(self, engine, joint=joint, on_error=on_error)

    # ── to look at ────────────────────────────────────────────────────────────────────────────────

    def get_short_value(self, n_words_offset: int = 10) -> str:
        """The first and the last words of the value.

        Args:
            n_words_offset: How many words of each.
        """
        return shortened(self.text, n_words_offset)

    def glance(self, n_words: int = 10) -> str:
        """What there is of the value, shortened; never waits, and reads no error.

        Args:
            n_words: How many of its first and of its last words.
        """
        pending = self.cell.pending
        if pending is not None and not pending.done():
            return "<pending>"
        if pending is not None and pending.failure is not None:
            return f"<{type(pending.failure.error).__name__}>"
        return shortened(self.text, n_words)

    def to_dot(self, *, print_gradients: bool = False) -> str:
        """The graph behind it in the DOT language."""
        from textgrad_lite.graph.drawing import to_dot

        return to_dot(self, print_gradients=print_gradients)

    def to_mermaid(self, *, print_gradients: bool = False) -> str:
        """The graph behind it as a Mermaid flowchart."""
        from textgrad_lite.graph.drawing import to_mermaid

        return to_mermaid(self, print_gradients=print_gradients)

    def generate_graph(self, print_gradients: bool = False) -> Any:
        """The graph behind it as a ``graphviz`` object.

        Raises:
            MissingDependencyError: The package graphviz is not installed.
        """
        from textgrad_lite.graph.drawing import generate_graph

        return generate_graph(self, print_gradients=print_gradients)

    def __repr__(self) -> str:
        count, role = len(self.gradients), shortened(self.role_description, 10)
        return (
            f"{type(self).__name__}({self._shown_value()}, role_description={role!r}, "
            f"requires_grad={self.requires_grad}, {count} gradient{'' if count == 1 else 's'})"
        )

    def _shown_value(self) -> str:
        glance = self.glance()
        return repr(glance) if isinstance(self.peek(), str) else glance


def shortened(text: str, n_words: int) -> str:
    """The first and the last words of a text, with a mark for what is left out.

    No more characters than words usually have: there are texts without blanks.
    """
    words, most = text.split(" "), n_words * _WORD
    first = last = text
    if len(words) > 2 * n_words:
        first, last = " ".join(words[:n_words]), " ".join(words[-n_words:])
    elif len(text) <= 2 * most:
        return text
    return f"{first[:most]} (...) {last[-most:]}"
