"""Fixtures: a runtime of the test's own, and scripts in processes of their own."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator

import pytest

from textgrad_lite import runtime


@pytest.fixture
def fresh_runtime() -> Iterator[None]:
    """A runtime of the test's own, with whatever concurrency it sets."""
    runtime.shutdown()
    yield
    runtime.configure(concurrency=16)
    runtime.shutdown()


@pytest.fixture
def run_script() -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Run a script in a process of its own; one that hangs fails the test."""

    def run(script: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", textwrap.dedent(script)]
        return subprocess.run(command, capture_output=True, text=True, timeout=40, check=False)

    return run
