"""The pytest plugin: fixtures for the test doubles. Nothing else is imported before a test asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from textgrad_lite.testing.loopback import LoopbackServer
    from textgrad_lite.testing.scripted import ScriptedEngine


@pytest.fixture
def scripted_engine() -> ScriptedEngine:
    """Return an engine with an empty script; add to it with ``say`` and ``on``."""
    from textgrad_lite.testing.scripted import ScriptedEngine

    return ScriptedEngine()


@pytest.fixture
def loopback_server() -> Iterator[LoopbackServer]:
    """Run a pretended model provider that answers "ok"; set its ``reply``, ``latency`` and ``faults``."""
    from textgrad_lite.testing.loopback import LoopbackServer

    with LoopbackServer() as server:
        yield server


@pytest.fixture
def no_real_requests() -> Iterator[None]:
    """Let no connection leave this machine while the test runs."""
    from textgrad_lite.testing.network import forbid_real_requests

    with forbid_real_requests():
        yield
