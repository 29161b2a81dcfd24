"""What a sandbox is asked to run, within which limits, and what it says came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

Ending = Literal["done", "raised", "timeout", "memory", "output", "died", "unsupported", "not run"]
"""How a snippet ended: with its last line; with an exception; out of time, memory or output; with the death
of its process; at something that this sandbox cannot run, which says nothing about the program; or not begun,
as the whole job was over before."""

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What a program may use.

    Attributes:
        seconds: Wall-clock time of one snippet, loading the program included.
        memory: Bytes of address space of each process.
        processes: Processes and threads at once. All together use at most this times the memory, and as much
            again as open files of the largest size without a name hold.
        file_bytes: Bytes of one file, and of all files with a name together.
        output_bytes: Bytes that one snippet may print before it is stopped.
        open_files: Open files of each process.
    """

    seconds: float = 5.0
    memory: int = 512 * MEGABYTE
    processes: int = 8
    file_bytes: int = 8 * MEGABYTE
    output_bytes: int = MEGABYTE
    open_files: int = 32


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Job:
    """A program, and what to do with it.

    Each snippet runs in the program's namespace, in a process of its own that has loaded the program afresh,
    so none sees what another changed.

    Attributes:
        program: The source of a Python module.
        snippets: Python statements each. The value of a snippet is that of its last statement, where that is
            an expression.
        limits: What each snippet may use.
    """

    program: str
    snippets: tuple[str, ...]
    limits: Limits = DEFAULT_LIMITS


class SnippetRun(BaseModel):
    """What came of one snippet. All texts were made where the program ran: they are data, never trusted.

    Attributes:
        ending: How it ended.
        seconds: Wall-clock time without loading the program.
        value: ``repr`` of its value; after an exception, of the variable ``__got__`` where there is one.
        is_plain: The value consists of Python's own types alone and is shown whole, so that
            ``ast.literal_eval`` reads it back.
        error: The exception as ``Type: message``, or why the sandbox ended it.
        traceback: The lines of the program and of the snippet that led to the exception.
        output: The beginning of what was printed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ending: Ending
    seconds: float = 0.0
    value: str = ""
    is_plain: bool = False
    error: str = ""
    traceback: str = ""
    output: str = ""
