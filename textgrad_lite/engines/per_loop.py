"""State that belongs to one event loop.

The runtime's loop is made anew after a shutdown or a fork, while engines live on; their locks and futures
must not outlive the loop that they were made for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Holds what `make` returns, made again when another loop runs.

    Args:
        make: Makes the state; called on the running loop.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._held: tuple[asyncio.AbstractEventLoop, T] | None = None

    def get(self) -> T:
        """Return the state of the running loop."""
        loop = asyncio.get_running_loop()
        if self._held is None or self._held[0] is not loop:
            self._held = (loop, self._make())
        return self._held[1]
