"""Which threads may block. A loop's own thread may not: what it waits for could never come."""

from __future__ import annotations

import threading

from textgrad_lite.errors import BlockingReadError

loop_threads: set[int] = set()
"""Identities of the threads of our loops."""


def forbid_blocking() -> None:
    """Refuse to block the thread of a loop of ours.

    Raises:
        BlockingReadError: The caller is on such a thread.
    """
    if threading.get_ident() in loop_threads:
        raise BlockingReadError(
            "a blocking read would stop the event loop that has to produce the value",
            hint="In a coroutine, use `await variable`, or the a-names: aforward, abackward, astep, afit.",
        )
