"""A program of one model call, and an engine that says what it was asked."""

from __future__ import annotations

import pytest

from textgrad_lite.testing.scripted import ScriptedEngine


@pytest.fixture
def engine() -> ScriptedEngine:
    """Answer every call with "reply" and every review with "review n", n counting them."""
    count = iter(range(1, 1000))
    return (
        ScriptedEngine()
        .on(lambda request: f"review {next(count)}", purpose="backward")
        .on("reply", purpose="forward")
        .on("judgement", purpose="loss")
    )
