"""Runs the program as a process of its own, as a shell would."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PROGRAM = (sys.executable, "-c", "from textgrad_lite_cli.main import main; main()")
PATIENCE = 120.0
_GLANCE = 0.02

HANGING = """
import threading
from pathlib import Path

_answer = answer


def answer(text):
    if Path("hang").exists() and "Add: 5 6" in text and "use your fingers" in text.lower():
        Path("hangs").touch()
        threading.Event().wait()
    return _answer(text)
"""
"""Appended to the student: while a file ``hang`` exists, it never answers one of the questions."""


def start(arguments: Sequence[str | Path], place: Path, **options: Any) -> subprocess.Popen[str]:
    """Start the program in ``place``."""
    return subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        cwd=place,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "COLUMNS": "80"},
        **options,
    )


def start_and_hang(arguments: Sequence[str | Path], place: Path) -> subprocess.Popen[str]:
    """Start the program and return when it waits for an answer that never comes."""
    student = place / "model.py"
    student.write_text(student.read_text() + HANGING)
    (place / "hang").touch()
    process = start(arguments, place)
    deadline = time.monotonic() + PATIENCE
    while not (place / "hangs").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(_GLANCE)
    (place / "hang").unlink()
    return process
