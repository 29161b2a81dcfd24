"""What every test of the command line needs: a clean environment, files to work on, and a way to call it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from typer.testing import CliRunner, Result

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
