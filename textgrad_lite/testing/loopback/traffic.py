"""What goes on at the loopback server, to be counted and waited for from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from textgrad_lite.testing.loopback.messages import LoopbackRequest


class Traffic:
    """Counts requests and connections.

    Attributes:
        requests: Every model request that arrived so far, in order; those that were refused too.
        open: Requests that wait for their response at this moment.
        peak: The largest number of requests that were open at the same time.
        connections: Connections that are established at this moment.
    """

    def __init__(self) -> None:
        self.requests: list[LoopbackRequest] = []
        self.open = 0
        self.peak = 0
        self.connections = 0
        self._changed = threading.Condition()

    def start(self, request: LoopbackRequest | None) -> None:
        """Count a request that has arrived; None for one that is for no model."""
        with self._changed:
            self.open += 1
            self.peak = max(self.peak, self.open)
            if request is not None:
                self.requests.append(request)
            self._changed.notify_all()

    def finish(self) -> None:
        """Count a request as answered or given up."""
        with self._changed:
            self.open -= 1
            self._changed.notify_all()

    def connect(self, change: int) -> None:
        """Count connections that were made, or lost where the number is negative."""
        with self._changed:
            self.connections += change
            self._changed.notify_all()

    def forget(self) -> None:
        """Start counting anew."""
        with self._changed:
            self.requests.clear()
            self.peak = self.open

    def wait_until(self, is_reached: Callable[[], bool], timeout: float) -> bool:
        """Wait until a condition holds; return whether it does after at most ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(is_reached, timeout)
