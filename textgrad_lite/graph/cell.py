"""One value of a Variable, with all that belongs to this value rather than to the Variable.

A Variable always shows the cell of the caller's context: its own, or the one that ``substituted`` put in its
place. That is how candidates are evaluated concurrently without touching the parameters.
"""

from __future__ import annotations

import contextlib
import contextvars
import itertools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from textgrad_lite.graph.gradient import GradientLedger
from textgrad_lite.graph.value import Value, as_value
from textgrad_lite.runtime import Pending

if TYPE_CHECKING:
    from textgrad_lite.graph.call import Call
    from textgrad_lite.graph.variable import Variable


class Cell:
    """A value or the prospect of one. Replaced, never changed, so whoever bound it keeps what it was.

    Attributes:
        version: Counts the values that were set. A substitute's is negative and unique in the process.
        pending: The value to come, where a function makes it.
        call: The call that makes it.
        ledger: The gradients; taken over by the next cell, until they are cleared.
    """

    __slots__ = ("_predecessors", "_value", "call", "ledger", "pending", "version")

    def __init__(
        self,
        value: Value = "",
        version: int = 0,
        *,
        predecessors: tuple[Variable, ...] = (),
        ledger: GradientLedger | None = None,
        call: Call | None = None,
    ) -> None:
        self._value = value
        self.version = version
        self.pending: Pending[Value] | None = None
        self._predecessors = predecessors
        self.ledger = ledger
        self.call = call

    @property
    def predecessors(self) -> tuple[Variable, ...]:
        """What the value was made from: in order, without duplicates."""
        return self._predecessors if self.call is None else self.call.predecessors

    @property
    def is_ready(self) -> bool:
        """Whether there is a value, or will never be one."""
        return self.pending is None or self.pending.done()

    def read(self) -> Value:
        """The value; blocks until it is there."""
        pending = self.pending
        if pending is not None:
            self._value = pending.result()
            self.pending = None  # last: another thread may be reading
        return self._value

    def followed_by(self, value: Value) -> Cell:
        """The cell of the next value: no function made it, so nothing lies behind it."""
        version = self.version + 1 if self.version >= 0 else next(_substitute_versions)
        return Cell(value, version, ledger=self.ledger)


_substitute_versions = itertools.count(-1, -1)
_substitutes: contextvars.ContextVar[dict[int, Cell]] = contextvars.ContextVar("substitutes", default={})  # noqa: B039 - never written to


@contextlib.contextmanager
def substituted(values: Mapping[Variable, Value]) -> Iterator[None]:
    """Let Variables have other values, in this context and in everything that is started from it.

    Inside, a Variable's value, version and gradients are those of the substitute: calls bind it,
    ``backward`` leaves its gradients there, ``set_value`` and ``zero_grad`` change nothing else, and all of
    it ends with the block. Read the gradients before it does. Any number of contexts can substitute the same
    Variables at the same time.

    Args:
        values: The values to use instead.
    """
    cells = {
        variable.id: Cell(as_value(value), next(_substitute_versions)) for variable, value in values.items()
    }
    token = _substitutes.set({**_substitutes.get(), **cells})
    try:
        yield
    finally:
        _substitutes.reset(token)


def substitutes() -> dict[int, Cell]:
    """The cells that stand in for those of Variables in the caller's context, by the Variables' ids."""
    return _substitutes.get()
