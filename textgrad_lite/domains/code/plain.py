"""Running a program as a plain process of ours, which protects from accidents and from nothing else."""

from __future__ import annotations

import sys
import tempfile
from typing import ClassVar

from textgrad_lite.domains.code import inside
from textgrad_lite.domains.code.job import Job, SnippetRun
from textgrad_lite.domains.code.process import PYTHON_OPTIONS, Command, run_in_process
from textgrad_lite.domains.code.sandbox import Sandbox
from textgrad_lite.errors import ConfigurationError


class UnsafeSubprocess(Sandbox):
    """Runs programs as processes with limits of time, memory and output, and with all rights of the user.

    It can read, write, delete and send whatever you can. For programs that you have written yourself.

    Args:
        unsafe: Has to be True, so that whoever reads the call sees it.

    Raises:
        ConfigurationError: It is not.
    """

    name: ClassVar[str] = "unsafe subprocess"

    def __init__(self, *, unsafe: bool = False) -> None:
        if unsafe is not True:
            raise ConfigurationError(
                "a plain subprocess protects from nothing that a program does",
                hint="Use find_sandbox(), or pass unsafe=True for programs that you have written yourself.",
            )

    def missing(self) -> str:
        """Say what it lacks: processes that can be forked."""
        return "" if sys.platform != "win32" else "this needs a system with fork()"

    async def execute(self, job: Job) -> list[SnippetRun]:
        """See :meth:`Sandbox.execute`."""
        with tempfile.TemporaryDirectory(prefix="textgrad-lite-") as folder:
            words = [sys.executable, *PYTHON_OPTIONS, inside.__file__]
            # The limit of processes counts all that the user runs, so that it would hit the innocent.
            return await run_in_process(Command(words, folder, counts_processes=False), job)
