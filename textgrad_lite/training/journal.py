"""The journal: an append-only file of JSON lines, which is the truth about a run.

Each line is written with one system call before what it tells of is used, so that a process which is killed
at any moment leaves whole lines, and at most one torn one at the end, which is ignored.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from textgrad_lite.errors import RunError
from textgrad_lite.training.events import Event
from textgrad_lite.training.lines import SCHEMA, AnyLine, Decided, Line, Rewound

_LINES: TypeAdapter[AnyLine] = TypeAdapter(AnyLine)


class Journal:
    """Appends lines to a file. The caller holds the run's lock.

    Args:
        path: The file; made where there is none. A torn last line is cut off.

    Attributes:
        appended: The lines that were written here, in order.

    Raises:
        RunError: If it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.appended: list[Line] = []
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            self._size = _end_of_last_line(path)
            os.ftruncate(self._file, self._size)
        except OSError as error:
            raise RunError(f"the journal {path} cannot be opened: {error.strerror}") from error

    def append(self, line: Line) -> None:
        """Writes one line; when this returns, the operating system has it.

        Raises:
            RunError: If it cannot be written whole, as on a full disk. What was written of it is taken back.
        """
        content = line.model_dump_json(by_alias=True, ensure_ascii=True).encode() + b"\n"
        with self._lock:
            try:
                written = os.write(self._file, content)
                if written < len(content):
                    raise OSError(28, "no space left on the device")
            except OSError as error:
                os.ftruncate(self._file, self._size)
                raise RunError(
                    f"the journal {self._path} cannot be written: {error.strerror}",
                    hint="Make room, then resume the run: what is in the journal is not paid for again.",
                ) from error
            self._size += len(content)
            self.appended.append(line)

    def sync(self) -> None:
        """Waits until the disk has everything."""
        os.fsync(self._file)

    def close(self) -> None:
        """Closes the file."""
        os.close(self._file)


def read_journal(path: Path) -> list[AnyLine]:
    """Reads all whole lines of a journal; no lock is needed.

    Raises:
        RunError: If the file cannot be read, or a line of it is not of this form.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RunError(f"the journal {path} cannot be read: {error.strerror}") from error
    whole = content[: content.rfind(b"\n") + 1].split(b"\n")[:-1]
    return [_parse(path, number, line) for number, line in enumerate(whole, start=1)]


def decisions(lines: Sequence[Line]) -> list[Event]:
    """The decision events that hold, in the order of the program."""
    events: list[Event] = []
    for line in lines:
        if isinstance(line, Decided):
            events.append(line.event)
        elif isinstance(line, Rewound):
            del events[line.kept :]
    return events


def _parse(path: Path, number: int, line: bytes) -> AnyLine:
    try:
        return _LINES.validate_json(line)
    except ValidationError as error:
        problem = error.errors()[0]
        raise RunError(
            f"{path}:{number}: not a line of a journal of version {SCHEMA}: {problem['msg']}",
            hint="The file was changed, or another version of textgrad_lite wrote it.",
        ) from error


def _end_of_last_line(path: Path) -> int:
    return path.read_bytes().rfind(b"\n") + 1
