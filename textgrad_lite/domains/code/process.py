"""A job in a process: the command is started, fed, read within bounds, and ended with all that it started."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from pydantic import ValidationError

from textgrad_lite.domains.code import inside
from textgrad_lite.domains.code.job import MEGABYTE, Job, SnippetRun
from textgrad_lite.errors import SandboxError

START_SECONDS = 20.0
"""How long a sandbox may take to start on a busy machine, on top of what its snippets may take."""

_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
"""All that a program sees of an environment. The hash seed makes sets print the same each time."""

PYTHON_OPTIONS = ("-s", "-S", "-P", "-B")
"""No site-packages, nothing from the current folder, nothing written."""


async def run_in_process(
    command: Sequence[str],
    job: Job,
    *,
    folder: str,
    user: int | None = None,
    counts_processes: bool = True,
    environment: Mapping[str, str] | None = None,
) -> list[SnippetRun]:
    """Run a job with a command that runs ``inside.py``.

    Args:
        command: The command, which reads the job from its standard input.
        job: The job.
        folder: Where the program is to be, inside.
        user: Whom the command is to become before it runs anything.
        counts_processes: Whether the limit of processes is for this job alone.
        environment: What else the command needs to see.

    Raises:
        SandboxError: The command failed before it ran a snippet.
    """
    limits = asdict(job.limits)
    if not counts_processes:
        del limits["processes"]
    asked = {
        "program": job.program,
        "snippets": job.snippets,
        "limits": limits,
        "user": user,
        "folder": folder,
    }
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**_ENVIRONMENT, **(environment or {})},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(START_SECONDS + job.limits.seconds * len(job.snippets)):
            lines, said = await _talk(process, json.dumps(asked).encode())
    except TimeoutError:
        lines, said = [], b"it did not end in time"
    finally:
        await _end(process)
    return _runs(job, lines, said)


async def _talk(process: asyncio.subprocess.Process, asked: bytes) -> tuple[list[bytes], bytes]:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    errors = asyncio.ensure_future(_read(process.stderr, MEGABYTE))
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(asked)
            await process.stdin.drain()
            process.stdin.close()
        answer = await _read(process.stdout, 64 * MEGABYTE)
        return answer.splitlines(), await errors
    finally:
        errors.cancel()


async def _read(stream: asyncio.StreamReader, most: int) -> bytes:
    """Read to the end, or until there is more than may be."""
    parts = bytearray()
    while chunk := await stream.read(65536):
        parts += chunk
        if len(parts) > most:
            break
    return bytes(parts)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the group of the command: what has left the group ends with the sandbox's own namespace."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _runs(job: Job, lines: Sequence[bytes], said: bytes) -> list[SnippetRun]:
    if not lines and job.snippets:
        reason = said.decode("utf-8", "replace").strip().splitlines()
        raise SandboxError(
            f"the sandbox ran nothing: {reason[-1] if reason else 'it ended without a word'}",
            hint="Try: python -m textgrad_lite.domains.code",
        )
    runs = [_read_line(line) for line in lines[: len(job.snippets)]]
    return runs + [SnippetRun(ending="not run", error=_NOT_RUN)] * (len(job.snippets) - len(runs))


_NOT_RUN = "the sandbox ended before this was run"


def _read_line(line: bytes) -> SnippetRun:
    """Read one result. The program may have tampered with it: what has another form is no result."""
    try:
        run = SnippetRun.model_validate_json(line)
    except ValidationError:
        return SnippetRun(ending="died", error="its process answered in no form that is known")
    return run.model_copy(update={"value": run.value[: inside.LONGEST_VALUE + 1]})
