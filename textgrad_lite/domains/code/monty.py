"""The sandbox for where there is no bubblewrap: monty, a small Python in Rust that knows no operating system.

It starts within milliseconds and lacks much of the language and of the library. What it cannot run is
reported as "unsupported", which says nothing about the program.
"""

from __future__ import annotations

import time
from importlib.util import find_spec
from typing import Any, ClassVar

from textgrad_lite.domains.code.inside import ADDRESS, GOT, clip, show
from textgrad_lite.domains.code.job import Job, Limits, SnippetRun
from textgrad_lite.domains.code.monty_endings import ending_of
from textgrad_lite.domains.code.sandbox import Sandbox
from textgrad_lite.errors import MissingDependencyError


class MontySandbox(Sandbox):
    """Runs programs with ``pydantic-monty``, from the extra ``code``."""

    name: ClassVar[str] = "monty"

    def missing(self) -> str:
        """Say what it lacks: its package."""
        is_there = find_spec("pydantic_monty") is not None
        return "" if is_there else "pydantic-monty is not installed (pip install 'textgrad-lite[code]')"

    async def execute(self, job: Job) -> list[SnippetRun]:
        """See :meth:`Sandbox.execute`."""
        try:
            from pydantic_monty import AsyncMonty
        except ImportError as error:
            raise MissingDependencyError("pydantic-monty", "code") from error
        async with AsyncMonty(max_processes=1, request_timeout=job.limits.seconds + 5) as pool:
            return [await _run(pool, job.program, snippet, job.limits) for snippet in job.snippets]


async def _run(pool: Any, program: str, snippet: str, limits: Limits) -> SnippetRun:
    from pydantic_monty import CollectString, MontyError

    printed = CollectString(max_bytes=limits.output_bytes)
    options: dict[str, Any] = {"max_feed_duration_secs": limits.seconds, "max_memory": limits.memory}
    checkout = pool.checkout(
        script_name="program.py", limits=options, assert_message_annotations=False, os_policy=_STEADY
    )
    async with checkout as session:
        start = time.perf_counter()
        try:
            await session.feed_run(program, print_callback=printed)
            start = time.perf_counter()
            value = await session.feed_run(snippet, print_callback=printed)
        except MontyError as error:
            seconds = time.perf_counter() - start
            described = _describe(error, limits)
            got = await _got(session) if described["ending"] == "raised" else {}
            return SnippetRun(seconds=seconds, output=clip(printed.output), **described, **got)
        seconds = time.perf_counter() - start
    text, plain = show(value)
    return SnippetRun(ending="done", seconds=seconds, value=text, is_plain=plain, output=clip(printed.output))


_STEADY: dict[str, Any] = {"sleep": "zero", "random_start": {"seed": 0}}
"""Waiting takes no time, and what is random is the same each time."""


async def _got(session: Any) -> dict[str, Any]:
    """Ask what the snippet had got before it failed."""
    from pydantic_monty import MontyError

    try:
        text, plain = show(await session.feed_run(GOT))
    except MontyError:
        return {}
    return {"value": text, "is_plain": plain}


def _describe(error: Any, limits: Limits) -> dict[str, Any]:
    from pydantic_monty import MontyCrashedError, MontyRuntimeError, MontySyntaxError

    if isinstance(error, MontyCrashedError):
        ending = "timeout" if error.timed_out else "died"
        return {"ending": ending, "error": str(error)}
    if not isinstance(error, MontyRuntimeError | MontySyntaxError):
        return {"ending": "unsupported", "error": str(error)}
    kind, said = type(error.exception()).__name__, error.display("msg")
    return {
        "ending": ending_of(kind, said, limits),
        "error": clip(ADDRESS.sub("", f"{kind}: {said}" if said else kind)),
        "traceback": clip(_traceback(error)),
    }


def _traceback(error: Any) -> str:
    return "\n".join(
        f'  File "{frame.filename}", line {frame.line}, in {frame.function_name or "<module>"}\n'
        f"    {(frame.source_line or '').strip()}"
        for frame in error.traceback()
    )
