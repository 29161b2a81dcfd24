"""A job in a process: the command is started, fed, read within bounds, and ended with all that it started."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from pydantic import ValidationError

from textgrad_lite.domains.code import inside
from textgrad_lite.domains.code.job import MEGABYTE, Job, SnippetRun
from textgrad_lite.engines.per_loop import PerLoop
from textgrad_lite.errors import SandboxError

START_SECONDS = 20.0
"""How long a sandbox may take to start on a busy machine, on top of what its snippets may take."""

_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
"""All that a program sees of an environment. The hash seed makes sets print the same each time."""

PYTHON_OPTIONS = ("-s", "-S", "-P", "-B")
"""No site-packages, nothing from the current folder, nothing written."""


@dataclass(frozen=True)
class Command:
    """A command that runs ``inside.py``, which reads its job from standard input.

    Attributes:
        words: The command.
        folder: Where the program is to be, inside.
        user: Whom the command is to become before it runs anything.
        counts_processes: Whether the limit of processes is for one job alone.
        environment: What it needs to see besides our own.
    """

    words: Sequence[str]
    folder: str
    user: int | None = None
    counts_processes: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)

    def input(self, job: Job) -> bytes:
        """Give what it reads."""
        limits = asdict(job.limits)
        if not self.counts_processes:
            del limits["processes"]
        place = {"user": self.user, "folder": self.folder}
        return json.dumps(
            {"program": job.program, "snippets": job.snippets, "limits": limits, **place}
        ).encode()


async def run_in_process(command: Command, job: Job) -> list[SnippetRun]:
    """Run a job with a command, as soon as a processor is free for it.

    Raises:
        SandboxError: The command failed before it ran a snippet.
    """
    async with _slots.get():
        process = await asyncio.create_subprocess_exec(
            *command.words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**_ENVIRONMENT, **command.environment},
            start_new_session=True,
        )
        answer, said = bytearray(), bytearray()
        try:
            async with asyncio.timeout(START_SECONDS + job.limits.seconds * len(job.snippets)):
                await _talk(process, command.input(job), answer, said)
        except TimeoutError:
            said += b"\nit did not end in time"
        finally:
            await _end(process)
    return _runs(job, answer.splitlines(), said)


_slots = PerLoop(lambda: asyncio.Semaphore(os.cpu_count() or 1))
"""Programs compete for time: more of them than there are processors would only run into their limits."""


async def _talk(
    process: asyncio.subprocess.Process, asked: bytes, answer: bytearray, said: bytearray
) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    async with asyncio.TaskGroup() as group:
        group.create_task(_read(process.stdout, answer, 64 * MEGABYTE))
        group.create_task(_read(process.stderr, said, MEGABYTE))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(asked)
            await process.stdin.drain()
            process.stdin.close()


async def _read(stream: asyncio.StreamReader, into: bytearray, most: int) -> None:
    """Read to the end, or until there is more than may be."""
    while len(into) <= most and (chunk := await stream.read(65536)):
        into += chunk


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the group of the command: what has left the group ends with the sandbox's own namespace."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _runs(job: Job, lines: Sequence[bytes | bytearray], said: bytes | bytearray) -> list[SnippetRun]:
    if not lines or lines[0] != inside.READY.encode():
        reason = said.decode("utf-8", "replace").strip().splitlines()
        raise SandboxError(
            f"the sandbox did not start: {reason[-1] if reason else 'it ended without a word'}",
            hint="What can be used here: python -m textgrad_lite.domains.code",
        )
    runs = [_read_line(line) for line in lines[1 : len(job.snippets) + 1]]
    if len(runs) < len(job.snippets):
        runs.append(SnippetRun(ending="died", error="it ended the sandbox, or stopped it"))
    return runs + [_NOT_RUN] * (len(job.snippets) - len(runs))


_NOT_RUN = SnippetRun(ending="not run", error="the sandbox had ended before")


def _read_line(line: bytes | bytearray) -> SnippetRun:
    """Read one result. The program may have tampered with it: what has another form is no result."""
    try:
        run = SnippetRun.model_validate_json(bytes(line))
    except ValidationError:
        return SnippetRun(ending="died", error="its process answered in no form that is known")
    return run.model_copy(update={"value": run.value[: inside.LONGEST_VALUE + 1]})
