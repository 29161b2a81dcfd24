"""Golden files: what every prompt looks like when it is filled."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parent / "golden"


@pytest.fixture
def matches_golden() -> Callable[[str, str], None]:
    """Compare a rendered prompt with ``golden/NAME.txt``; ``UPDATE_GOLDEN=1`` writes the file instead."""

    def compare(name: str, text: str) -> None:
        path = _FOLDER / f"{name}.txt"
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
        assert f"{text}\n" == path.read_text(encoding="utf-8")

    return compare
