"""What an evaluation found: the score, the kinds of failure, and a few examples of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from textgrad_lite.engines import Account
from textgrad_lite.training import EvaluationResult
from textgrad_lite_cli.verdict import make_spend_table

_SHOWN = 5
_LONGEST = 160


def print_evaluation(console: Console, result: EvaluationResult, accounts: Sequence[Account]) -> None:
    """Print everything that a person wants to know of an evaluation."""
    score = result.score
    console.print(str(score), style="bold")
    console.print(", ".join(f"{count} {kind}" for kind, count in score.kinds.items() if count))
    console.print(_make_failure_table(result))
    console.print(make_spend_table(accounts))


def describe_evaluation(result: EvaluationResult, accounts: Sequence[Account]) -> dict[str, Any]:
    """Return the same, and every example, as JSON data."""
    return {
        "score": result.score.model_dump(mode="json"),
        "examples": [example.model_dump(mode="json") for example in result.examples],
        "spend": [vars(account) for account in accounts],
    }


def _make_failure_table(result: EvaluationResult) -> Table:
    """Return the first few examples that are not right."""
    failed = [example for example in result.examples if example.kind != "right"]
    table = Table("example", "kind", "why", box=None, pad_edge=False, title_justify="left")
    for example in failed[:_SHOWN]:
        table.add_row(Text(example.example_id), example.kind, Text(example.feedback[:_LONGEST]))
    if len(failed) > _SHOWN:
        table.add_row("…", "", f"{len(failed) - _SHOWN} more; --json lists all")
    return table
