"""Fixtures: graphs without the garbage collector."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest

from textgrad_lite import runtime


@pytest.fixture
def no_collector() -> Iterator[Callable[[], None]]:
    """Turn the garbage collector off; what the fixture gives waits until the loop has let go of its tasks."""

    async def nothing() -> None:
        return None

    def settle() -> None:
        for _ in range(3):
            runtime.run(nothing())

    gc.collect()
    settle()
    gc.disable()
    yield settle
    gc.enable()
