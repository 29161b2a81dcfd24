"""Test doubles for programs that use language models: no network, no cost, the same result each time.

They are what the library's own tests use. The names are imported when they are first used, so that the
pytest plugin costs nothing at start-up.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textgrad_lite.testing.loopback import LoopbackServer
    from textgrad_lite.testing.network import forbid_real_requests
    from textgrad_lite.testing.recording import RecordingEngine
    from textgrad_lite.testing.scripted import ScriptedEngine
    from textgrad_lite.testing.simulated_task import SimulatedTask

_HOMES = {
    "LoopbackServer": "textgrad_lite.testing.loopback",
    "RecordingEngine": "textgrad_lite.testing.recording",
    "ScriptedEngine": "textgrad_lite.testing.scripted",
    "SimulatedTask": "textgrad_lite.testing.simulated_task",
    "forbid_real_requests": "textgrad_lite.testing.network",
}

__all__ = ["LoopbackServer", "RecordingEngine", "ScriptedEngine", "SimulatedTask", "forbid_real_requests"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
