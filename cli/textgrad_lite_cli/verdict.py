"""The end of a run: the verdict with its numbers, what it cost, what changed, and where it lies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from textgrad_lite.engines import Account
from textgrad_lite.report import REPORT
from textgrad_lite.report.money import format_usd
from textgrad_lite.training import FitResult, Score, SpendRow
from textgrad_lite.training.events import ParameterTally, SourceTally
from textgrad_lite.training.files import BEST
from textgrad_lite_cli.narration import tell_stop

_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def print_result(console: Console, result: FitResult) -> None:
    """Print everything that a person wants to know of a finished or interrupted run."""
    if result.verdict is not None:
        style = "bold green" if result.verdict.is_significant else "bold"
        console.print(f"Verdict: {result.verdict.title}", style=style)
        console.print(escape(result.verdict.sentence))
        if result.stop_reason:
            console.print(f"The search ended {tell_stop(result.steps, result.stop_reason)}", style="dim")
    if result.headroom is not None:
        console.print()
        console.print(f"Headroom at the start: {result.headroom.sentence}", style="dim", markup=False)
    tables = [
        _make_score_table(result),
        _make_source_table(result.sources),
        _make_parameter_table(result.parameters),
        make_spend_table(result.spend),
    ]
    for table in filter(lambda table: table.row_count, tables):
        console.print()
        console.print(table)
    if result.diff:
        console.print()
        print_diff(console, result.diff)
    if result.run is not None:
        console.print()
        console.print(f"Prompt: {result.run / BEST}", soft_wrap=True, markup=False)
        console.print(f"Run:    {result.run}", soft_wrap=True, markup=False)
        if (result.run / REPORT).exists():
            console.print(f"Page:   {result.run / REPORT}", soft_wrap=True, markup=False)


def _make_score_table(result: FitResult) -> Table:
    table = Table("examples", "n", "before", "after", box=None, pad_edge=False)
    for name, before, after in (
        ("validation", result.validation_before, result.validation_after),
        ("test", result.test_before, result.test_after),
    ):
        if before is not None:
            table.add_row(name, str(before.n), format_score(before), format_score(after) if after else "-")
    return table


def _make_source_table(sources: Mapping[str, SourceTally]) -> Table:
    """Return which source of proposals brought what, and how many questions to a model it took."""
    table = Table("source", box=None, pad_edge=False)
    for heading in ("proposed", "rejected", "accepted", "points gained", "questions", "points a question"):
        table.add_column(heading, justify="right")
    for name, tally in sources.items():
        counts = (str(count) for count in (tally.proposed, tally.rejected, tally.accepted))
        each = f"{100 * tally.gain / tally.calls:+.2f}" if tally.calls else "free"
        table.add_row(name, *counts, f"{100 * tally.gain:+.1f}", f"{tally.calls:.0f}", each)
    return table


def _make_parameter_table(parameters: Mapping[str, ParameterTally]) -> Table:
    """Return what each of several parameters has to do with the gain; empty where there is one only."""
    table = Table("parameter", box=None, pad_edge=False)
    for heading in ("criticised", "changed", "accepted", "gain"):
        table.add_column(heading, justify="right")
    for name, tally in parameters.items() if len(parameters) > 1 else ():
        counts = (str(count) for count in (tally.criticised, tally.changed, tally.accepted))
        table.add_row(escape(name), *counts, f"{100 * tally.gain:+.1f} points")
    return table


def format_score(score: Score) -> str:
    """Return a score with its 95 % interval, short enough for a table."""
    if score.mean is None:
        return "no score"
    return f"{score.mean:.1%} ({score.low:.0%} to {score.high:.0%})"


def make_spend_table(accounts: Iterable[Account | SpendRow]) -> Table:
    """Return a table of what was asked for which purpose and what it cost."""
    table = Table("purpose", "engine", box=None, pad_edge=False)
    for heading in ("calls", "cached", "tokens in", "tokens out", "cost"):
        table.add_column(heading, justify="right")
    for account in accounts:
        table.add_row(
            account.purpose,
            escape(account.engine),
            *(f"{count:,}" for count in (account.calls, account.hits)),
            *(f"{count:,}" for count in (account.input_tokens, account.output_tokens)),
            format_usd(account.cost_usd),
        )
    return table


def print_diff(console: Console, diff: str, *, indent: int = 0) -> None:
    """Print a unified diff, each line in the colour of its kind."""
    for line in diff.splitlines():
        console.print(" " * indent + line, style=_DIFF_STYLES.get(line[:1], ""), soft_wrap=True, markup=False)
