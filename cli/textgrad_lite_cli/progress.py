"""What is seen while a run goes on: lines that stay, and on a terminal bars with calls and spend."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from textgrad_lite.engines import Ledger
from textgrad_lite.report.money import format_usd
from textgrad_lite.training import events
from textgrad_lite_cli.narration import describe


class Lines:
    """Prints a line for each event that is worth one; a callback of the trainer."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, event: events.Event) -> None:
        """Tell of one event."""
        line = describe(event)
        if line is not None:
            self._console.print(escape(line), style="dim" if line.startswith(" ") else "")

    def watch(self, ledger: Ledger) -> None:
        """Take calls and spend from ``ledger`` from now on."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the lines as they are."""


class Silence(Lines):
    """Tells nothing: for a log file or a pipe."""

    def __call__(self, event: events.Event) -> None:
        """Tell nothing."""


class Bars(Lines):
    """Lines above two bars: one for the steps, one for the examples that are being scored.

    Args:
        console: Where to draw; a terminal.
        steps: How many steps the run may take; none for a plain evaluation.
    """

    def __init__(self, console: Console, *, steps: int = 0) -> None:
        super().__init__(console)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=14),
            MofNCompleteColumn(),
            TextColumn("{task.fields[spend]}", style="dim"),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
        )
        self._ledger: Ledger | None = None
        self._steps = self._progress.add_task("steps", total=steps, spend="", visible=steps > 0)
        self._scoring = self._progress.add_task("scoring", total=None, spend="")

    def __call__(self, event: events.Event) -> None:
        """Move the bars, then tell of the event."""
        match event:
            case events.EvaluationStarted(label=label, total=total):
                self._progress.reset(self._scoring, total=total, description=label[:28])
            case events.EvaluationProgress(label=label, done=done, total=total):
                self._progress.update(
                    self._scoring,
                    description=label[:28],
                    completed=done,
                    total=total,
                    spend=self._describe_spend(),
                )
            case events.StepFinished(step=step):
                self._progress.update(self._steps, completed=step)
        super().__call__(event)

    def watch(self, ledger: Ledger) -> None:
        """Show the calls and the spend of ``ledger`` beside the bars."""
        self._ledger = ledger

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bars away; the lines stay."""
        self._progress.stop()

    def _describe_spend(self) -> str:
        if self._ledger is None:
            return ""
        total = self._ledger.total()
        return f"{total.calls} calls {format_usd(total.cost_usd)}"


def choose_progress(console: Console, *, verbosity: int, steps: int = 0) -> Lines:
    """Return bars on a terminal; off it lines with ``-v``, else nothing."""
    if console.is_terminal:
        return Bars(console, steps=steps)
    return Lines(console) if verbosity else Silence(console)
