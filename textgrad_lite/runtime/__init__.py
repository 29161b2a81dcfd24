"""The one background event loop that runs everything, and the sync façades over the async core.

The core of the library is async; a daemon thread runs its loop. Whoever calls from a script, a notebook, a
thread or another loop hands a coroutine over (``spawn``), blocks for it (``run``) or awaits it (``arun``).
Functions of the user's go the other way, to threads and to a loop of their own (``call_user``), so that
they can never hold up the core.
"""

from textgrad_lite.runtime.blocking import forbid_blocking
from textgrad_lite.runtime.core import (
    arun,
    at_shutdown,
    call_user,
    configure,
    is_loop_thread,
    run,
    shutdown,
    spawn,
)
from textgrad_lite.runtime.pending import Failure, Pending
from textgrad_lite.runtime.users import Wanted, wanted

__all__ = [
    "Failure",
    "Pending",
    "Wanted",
    "arun",
    "at_shutdown",
    "call_user",
    "configure",
    "forbid_blocking",
    "is_loop_thread",
    "run",
    "shutdown",
    "spawn",
    "wanted",
]
