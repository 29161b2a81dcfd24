"""A run is a folder, and one process at a time works in it.

==================  ====================================================================================
``config.yaml``     what the run was asked to do
``journal.jsonl``   all that happened, append-only; the truth
``checkpoint.json`` where the run stands, an index into the journal, replaced atomically
``best.txt``        the best prompt so far
``diff.patch``      how it differs from the original
``run.lock``        the operating system's lock
==================  ====================================================================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import filelock

from textgrad_lite._version import __version__
from textgrad_lite.errors import RunError, RunExistsError, RunLockedError
from textgrad_lite.graph import Variable
from textgrad_lite.training.files import (
    BEST,
    CHECKPOINT,
    CONFIG,
    DIFF,
    JOURNAL,
    LOCK,
    make_diff,
    read_config,
    to_yaml,
    write_atomically,
)
from textgrad_lite.training.journal import Journal, read_journal
from textgrad_lite.training.lineage import Lineage
from textgrad_lite.training.lines import AnyLine, Closed, Line, Opened
from textgrad_lite.training.run_record import RunRecord

Status = Literal["interrupted", "finished"]


class RunFolder:
    """A run folder that this process works in. Use :meth:`create` or :meth:`resume`, and close it.

    Attributes:
        path: The folder.
        config: What the run was asked to do.
        lines: What the journal held when the folder was opened.
        journal: Where new lines go.
    """

    def __init__(self, path: Path, config: Mapping[str, Any], lock: filelock.BaseFileLock) -> None:
        self.path = path
        self.config = dict(config)
        self._lock = lock
        self._is_open = True
        journal_path = path / JOURNAL
        self.lines: Sequence[AnyLine] = read_journal(journal_path) if journal_path.exists() else []
        self.journal = Journal(journal_path)
        self.journal.append(Opened(version=__version__))

    @classmethod
    def create(cls, path: Path | str, config: Mapping[str, Any] | None = None) -> RunFolder:
        """Makes the folder, and takes its lock.

        Args:
            path: The folder; it may exist, but must not hold a run.
            config: What the run is asked to do: plain data, free of secrets.

        Raises:
            RunExistsError: If it holds a run.
            RunLockedError: If another process works in it.
            RunError: If it cannot be made or written.
        """
        folder = Path(path)
        lock = _take_lock(folder, is_new=True)
        if _holds_run(folder):
            lock.release()
            raise RunExistsError(
                f"{folder} holds a run already",
                hint="Resume it, or name another folder for a new run.",
            )
        try:
            write_atomically(folder / CONFIG, to_yaml(config or {}))
            return cls(folder, config or {}, lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def resume(cls, path: Path | str) -> RunFolder:
        """Opens the folder of an earlier run, and takes its lock.

        Raises:
            RunError: If there is no run in it, or it cannot be read.
            RunLockedError: If another process works in it.
        """
        folder = Path(path)
        config = read_config(folder)
        lock = _take_lock(folder, is_new=False)
        try:
            return cls(folder, config, lock)
        except BaseException:
            lock.release()
            raise

    @staticmethod
    def read(path: Path | str) -> RunRecord:
        """Reads a run folder without locking or changing it. See :meth:`RunRecord.read`."""
        return RunRecord.read(path)

    def explain(self, variable: Variable | str | None = None) -> Lineage:
        """Tells why each accepted change was made so far. See :meth:`RunRecord.explain`."""
        return RunRecord.read(self.path).explain(variable)

    @property
    def all_lines(self) -> list[Line]:
        """What the journal holds by now."""
        return [*self.lines, *self.journal.appended]

    def write_best(self, text: str, original: str, *, name: str = "prompt.txt") -> None:
        """Replaces ``best.txt`` and ``diff.patch``."""
        write_atomically(self.path / BEST, text)
        write_atomically(self.path / DIFF, make_diff(original, text, name))

    def write_checkpoint(self, content: Mapping[str, Any]) -> None:
        """Replaces ``checkpoint.json``, once the disk has the journal that it points into."""
        self.journal.sync()
        size = (self.path / JOURNAL).stat().st_size
        text = json.dumps({"journal_bytes": size, **content}, indent=2, ensure_ascii=False)
        write_atomically(self.path / CHECKPOINT, f"{text}\n")

    def close(self, status: Status = "interrupted") -> None:
        """Notes how the run is left, and gives the lock back. A second call does nothing."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            self.journal.append(Closed(status=status))
        finally:
            self.journal.close()
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close("finished" if kind is None else "interrupted")


def _holds_run(folder: Path) -> bool:
    """Whether anything was asked or decided there; a run that was refused at its start left nothing behind.

    A config without a journal is not ours, so it is not overwritten.
    """
    if not (folder / JOURNAL).exists():
        return (folder / CONFIG).exists()
    try:
        return any(not isinstance(line, (Opened, Closed)) for line in read_journal(folder / JOURNAL))
    except RunError:
        return True


def _take_lock(folder: Path, *, is_new: bool) -> filelock.BaseFileLock:
    try:
        if is_new:
            folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / LOCK, thread_local=False)
        lock.acquire(blocking=False)
    except filelock.Timeout as error:
        raise RunLockedError(
            f"another process is working in {folder}", hint="Wait until it is done, or stop it."
        ) from error
    except OSError as error:
        raise RunError(
            f"the run folder {folder} cannot be used: {error.strerror}", hint="Choose another folder."
        ) from error
    return lock
