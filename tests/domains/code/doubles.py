"""A sandbox for programs that these tests have written themselves: it runs them here and counts the jobs."""

from __future__ import annotations

from typing import ClassVar

from textgrad_lite.domains.code import Job, Sandbox, SnippetRun
from textgrad_lite.domains.code.inside import run_here


class HereSandbox(Sandbox):
    """No sandbox at all."""

    name: ClassVar[str] = "here"

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def missing(self) -> str:
        return ""

    def run_snippets(self, program: str, *snippets: str) -> list[SnippetRun]:
        return [SnippetRun.model_validate(run_here(program, snippet)) for snippet in snippets]

    async def execute(self, job: Job) -> list[SnippetRun]:
        self.jobs.append(job)
        return self.run_snippets(job.program, *job.snippets)


class StubSandbox(Sandbox):
    """Says what it is told to say of every snippet."""

    name: ClassVar[str] = "stub"

    def __init__(self, run: SnippetRun) -> None:
        self.said = run

    def missing(self) -> str:
        return ""

    async def execute(self, job: Job) -> list[SnippetRun]:
        return [self.said] * len(job.snippets)
