"""What every test of the command line needs: a clean environment, files to work on, and a way to call it."""

from __future__ import annotations

import gc
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from typer.testing import CliRunner, Result

from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite_cli.main import app
from textgrad_lite_cli.settings import ENVIRONMENT_PREFIX


class Call(Protocol):
    """Calls the program with arguments, in this process."""

    def __call__(self, *arguments: str | Path, input: str | None = None) -> Result: ...  # noqa: A002


@pytest.fixture(autouse=True)
def _clean_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test works in an empty folder, with none of our variables and no key."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith(ENVIRONMENT_PREFIX) or name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")
    logger = logging.getLogger("textgrad_lite")
    handlers, level = logger.handlers, logger.level
    yield
    logger.handlers = handlers
    logger.setLevel(level)


@pytest.fixture
def call() -> Call:
    """The program, called in this process; stdout, stderr and exit code are in the result."""

    def run(*arguments: str | Path, input: str | None = None) -> Result:  # noqa: A002
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=input)

    return run


START, END = NEW_TEXT_TAGS
MODEL = f'''"""A student that adds up only where its prompt says how, and a critic that knows."""


def answer(text):
    numbers = [line for line in text.splitlines() if line.startswith("Add:")]
    if "use your fingers" in text.lower() and numbers:
        return f"Answer: {{sum(int(number) for number in numbers[-1].split()[1:])}}"
    return "Answer: 0"


def improve(text):
    return rewrite(text, "Use your fingers.") or "It should use its fingers."


def resist(text):
    return rewrite(text, "Answer with one number only.") or "It should be right."


def rewrite(text, new):
    return "{START}\\n" + new + "\\n{END}" if "{START}" in text else None
'''
ITEMS = [{"input": f"Add: {a} {b}", "target": str(a + b)} for a in range(1, 6) for b in range(1, 7)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a prompt, thirty examples, and a student and a critic in Python."""
    (tmp_path / "prompt.txt").write_text("Answer with a number only.\n")
    (tmp_path / "items.jsonl").write_text("".join(json.dumps(item) + "\n" for item in ITEMS))
    (tmp_path / "model.py").write_text(MODEL)
    return tmp_path


STUDENT = ("--model", "python:model.py:answer", "--metric", "numeric")
"""The student of ``place`` and the metric that fits its answers."""

JOB = (
    "optimize",
    "prompt.txt",
    "--data",
    "items.jsonl",
    *STUDENT,
    "--optimizer-model",
    "python:model.py:improve",
)
"""A job in ``place`` that ends with a better prompt."""

FEW = "Warning: a test set of 12 can only confirm a very large improvement"
"""What stderr begins with where ``place`` is divided as it is by default."""

HOPELESS_JOB = (*JOB[:-1], "python:model.py:resist", "--steps", "1")
"""A job whose rewrites are no better than the prompt is."""


@pytest.fixture(autouse=True)
def _earlier_tests_are_over() -> None:
    """Let errors that nobody read in earlier tests be logged now, and not into the output of the command."""
    gc.collect()
