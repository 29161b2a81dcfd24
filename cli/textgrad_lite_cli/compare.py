"""``textgrad-lite compare``: runs side by side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from textgrad_lite.report import RunComparison, compare_runs
from textgrad_lite.report.comparison import RunRow
from textgrad_lite.report.money import format_usd
from textgrad_lite.training import RunRecord
from textgrad_lite_cli.console import get_output, print_json
from textgrad_lite_cli.options import Json
from textgrad_lite_cli.verdict import format_score

app = typer.Typer(rich_markup_mode="markdown", add_completion=False)

_LONGEST = 200


@app.command()
def compare(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN RUN...", help="The folders of two or more runs.")
    ],
    *,
    as_json: Json = False,
) -> None:
    """Put runs side by side: verdicts, intervals, calls, cost, and the settings in which they differ.

    Runs that were judged on the same test examples are also compared example by example.
    """
    if len(runs) < 2:
        raise typer.BadParameter("give at least two runs", param_hint="RUN RUN...")
    told = compare_runs([RunRecord.read(run) for run in runs])
    if as_json:
        print_json(told.model_dump(mode="json"))
        return
    print_comparison(get_output(), told)


def print_comparison(console: Console, told: RunComparison) -> None:
    """Print runs side by side: each its own column, whatever their number."""
    console.print(_make_run_table(told))
    console.print()
    if told.differences:
        console.print(_make_difference_table(told))
    else:
        console.print("They were begun with the same settings, data and prompt.")
    console.print()
    if told.contests:
        console.print(_make_contest_table(told))
    console.print(told.why_none or told.caution)


def _make_run_table(told: RunComparison) -> Table:
    table = _make_table(told)
    for label, show in _ROWS.items():
        table.add_row(label, *(Text(show(row)) for row in told.runs))
    return table


def _make_difference_table(told: RunComparison) -> Table:
    table = _make_table(told)
    for name, values in told.differences.items():
        table.add_row(name, *(Text(_shorten(value)) for value in values))
    return table


def _make_table(told: RunComparison) -> Table:
    table = Table("", box=None, pad_edge=False)
    for row in told.runs:
        table.add_column(Text(row.name), overflow="fold")
    return table


def _make_contest_table(told: RunComparison) -> Table:
    table = Table("same test examples", box=None, pad_edge=False)
    for heading in ("n", "difference", "95 % interval", "p", "adjusted"):
        table.add_column(heading, justify="right")
    for contest in told.contests:
        table.add_row(
            Text(f"{contest.first} → {contest.second}"),
            str(contest.n),
            f"{100 * contest.difference:+.1f}",
            f"{100 * contest.low:+.1f} to {100 * contest.high:+.1f}",
            _show_p(contest.p_value),
            _show_p(contest.adjusted),
        )
    return table


def _show_p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"


def _shorten(value: str | None) -> str:
    text = "-" if value is None else value.strip()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _show_verdict(row: RunRow) -> str:
    return row.verdict.title if row.verdict else row.status


_ROWS: dict[str, Callable[[RunRow], str]] = {
    "verdict": _show_verdict,
    "test, before": lambda row: format_score(row.before) if row.before else "-",
    "test, kept": lambda row: format_score(row.kept) if row.kept else "-",
    "validation": lambda row: format_score(row.validation) if row.validation else "-",
    "steps": lambda row: str(row.steps),
    "calls": lambda row: f"{row.calls:,}",
    "cost": lambda row: format_usd(row.cost_usd),
    "characters": lambda row: f"{row.length:,}",
}
