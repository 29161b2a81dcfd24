"""What a sandbox is: it runs programs of unknown origin, never in this process, and says what came of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import ClassVar

from textgrad_lite import runtime
from textgrad_lite.domains.code.job import Job, Limits, SnippetRun
from textgrad_lite.errors import SandboxError


class Sandbox(ABC):
    """Runs jobs.

    Attributes:
        name: How it is called in reports and errors.
        probe: A snippet that the sandbox is tried with; its value says what is wrong, as a text.
    """

    name: ClassVar[str]
    probe: ClassVar[str] = "'' if 6 * 7 == 42 else 'it cannot multiply'"

    @abstractmethod
    async def execute(self, job: Job) -> list[SnippetRun]:
        """Run every snippet of a job, whatever the program does; on the runtime's loop.

        Returns:
            One run per snippet, in order.

        Raises:
            SandboxError: The sandbox itself failed, which says nothing about the program.
        """

    @abstractmethod
    def missing(self) -> str:
        """Say what it lacks on this machine, without running anything, or nothing."""

    @cached_property
    def fault(self) -> str:
        """Why it cannot be used here, or nothing where it can: tried once, with a real run. Blocks.

        Raises:
            BlockingReadError: The caller is on a thread of our loops.
        """
        if missing := self.missing():
            return missing
        try:
            (tried,) = self.run(Job("", (self.probe,), Limits(seconds=30)))
        except SandboxError as error:
            return error.message
        return tried.error or tried.ending if tried.ending != "done" else tried.value.strip("'\"")

    def run(self, job: Job) -> list[SnippetRun]:
        """Same as :meth:`execute`, and waits."""
        return runtime.run(self.execute(job))

    async def arun(self, job: Job) -> list[SnippetRun]:
        """Same as :meth:`execute`, from any event loop."""
        return await runtime.arun(self.execute(job))
