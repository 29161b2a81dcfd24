"""A run folder as it is read by others: while it is worked in, after a crash, or years later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import filelock

from textgrad_lite.engines.ledger import Ledger
from textgrad_lite.errors import RunError
from textgrad_lite.graph import Variable
from textgrad_lite.training.answers import JournalAnswers
from textgrad_lite.training.events import Event, VerdictReached
from textgrad_lite.training.files import BEST, JOURNAL, LOCK, read_config
from textgrad_lite.training.fit_result import FitResult, make_result
from textgrad_lite.training.journal import read_journal
from textgrad_lite.training.lineage import Lineage, trace_lineage
from textgrad_lite.training.lines import Answered, AnyLine, Decided, Rewound


@dataclass(frozen=True)
class RunRecord:
    """What a run folder tells. Nothing is locked or written for it.

    Attributes:
        path: The folder.
        config: What the run was asked to do.
        status: ``"finished"`` with a verdict, ``"running"`` while a process works in it, else
            ``"interrupted"``, which can be resumed.
        events: The decisions, in order.
        calls: For each decision, how many calls had been answered and paid for by then.
        best_text: The best prompt so far, or None.
        result: What came of it so far, or None where it has not begun.
    """

    path: Path
    config: dict[str, Any]
    status: Literal["running", "interrupted", "finished"]
    events: tuple[Event, ...]
    calls: tuple[int, ...]
    best_text: str | None
    result: FitResult | None

    @classmethod
    def read(cls, path: Path | str) -> RunRecord:
        """Reads a run folder.

        Raises:
            RunError: If it holds no run, or a file of it was damaged by something other than a crash.
        """
        folder = Path(path)
        config = read_config(folder)
        lines = read_journal(folder / JOURNAL) if (folder / JOURNAL).exists() else []
        counted = _count_calls(lines)
        events = tuple(event for event, _ in counted)
        is_finished = any(isinstance(event, VerdictReached) for event in events)
        unfinished: Literal["running", "interrupted"] = "running" if _is_locked(folder) else "interrupted"
        ledger = Ledger()
        JournalAnswers(None, lines, ledger=ledger).bill_all()
        return cls(
            path=folder,
            config=config,
            status="finished" if is_finished else unfinished,
            events=events,
            calls=tuple(calls for _, calls in counted),
            best_text=_read_best(folder),
            result=make_result(events, ledger, run=folder),
        )

    def explain(self, variable: Variable | str | None = None) -> Lineage:
        """Tells why each accepted change was made.

        Args:
            variable: The parameter, as itself or by its name such as ``"prompt"``; None tells of all.

        Raises:
            UnknownNameError: If the run has no parameter of that name.
            ConfigurationError: If a Variable cannot be told from the others by its role.
        """
        return trace_lineage(self.events, variable)


def _count_calls(lines: Iterable[AnyLine]) -> list[tuple[Event, int]]:
    """The decisions that hold, each with the number of calls that were paid for before it."""
    counted: list[tuple[Event, int]] = []
    calls = 0
    for line in lines:
        if isinstance(line, Answered):
            calls += not line.completion.is_cached
        elif isinstance(line, Decided):
            counted.append((line.event, calls))
        elif isinstance(line, Rewound):
            del counted[line.kept :]
    return counted


def _read_best(folder: Path) -> str | None:
    try:
        return (folder / BEST).read_bytes().decode()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"{folder / BEST} cannot be read: {error}") from error


def _is_locked(folder: Path) -> bool:
    if not (folder / LOCK).exists():
        return False
    lock = filelock.FileLock(folder / LOCK, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except (filelock.Timeout, OSError):
        return True
    lock.release()
    return False
