"""What a run would take, before anything is spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.table import Table

from textgrad_lite.engines import Engine
from textgrad_lite.report.money import format_usd
from textgrad_lite_cli.job import Job


@dataclass(frozen=True)
class PricedRow:
    """One stage of a run.

    Attributes:
        stage: Which part of the run, such as ``"baseline"``.
        purpose: What the calls are for.
        calls: How many at most.
        input_tokens: Tokens of all prompts together.
        output_tokens: Tokens of all answers together.
        usd: Money, or ``None`` where the price of the model is unknown.
    """

    stage: str
    purpose: str
    calls: int
    input_tokens: int
    output_tokens: int
    usd: float | None


@dataclass(frozen=True)
class PricedEstimate:
    """What a run takes at most, stage by stage."""

    rows: tuple[PricedRow, ...]

    @property
    def calls(self) -> int:
        """All calls together."""
        return sum(row.calls for row in self.rows)

    def count_calls(self, *stages: str) -> int:
        """Return the calls of some stages together."""
        return sum(row.calls for row in self.rows if row.stage in stages)

    @property
    def usd(self) -> float | None:
        """All money together, or ``None`` where any price is unknown."""
        amounts = [row.usd for row in self.rows]
        return None if None in amounts else sum(amount for amount in amounts if amount is not None)


def price_estimate(job: Job) -> PricedEstimate:
    """Return what ``job`` takes at most; reads and checks everything, and asks no model."""
    splits = job.splits
    estimate = job.make_trainer().estimate(splits.train, splits.val, splits.test)
    rows = (
        PricedRow(
            row.stage,
            row.purpose,
            row.calls,
            row.input_tokens,
            row.output_tokens,
            row.price(_get_engine(job, row.purpose)),
        )
        for row in estimate.rows
    )
    return PricedEstimate(tuple(rows))


def _get_engine(job: Job, purpose: str) -> Engine:
    return job.engines.student if purpose == "forward" else job.engines.optimizer


def make_estimate_table(estimate: PricedEstimate) -> Table:
    """Return the estimate as a table that fits 80 columns."""
    table = Table("stage", "purpose", box=None, pad_edge=False, show_footer=True)
    table.columns[0].footer = "at most"
    totals = (
        f"{estimate.calls:,}",
        f"{sum(row.input_tokens for row in estimate.rows):,}",
        f"{sum(row.output_tokens for row in estimate.rows):,}",
        format_usd(estimate.usd),
    )
    for heading, total in zip(("calls", "tokens in", "tokens out", "cost"), totals, strict=True):
        table.add_column(heading, total, justify="right")
    for row in estimate.rows:
        counts = (f"{count:,}" for count in (row.calls, row.input_tokens, row.output_tokens))
        table.add_row(row.stage, row.purpose, *counts, format_usd(row.usd))
    return table


def describe_estimate(estimate: PricedEstimate) -> dict[str, Any]:
    """Return the estimate as JSON data."""
    return {
        "rows": [vars(row) for row in estimate.rows],
        "calls": estimate.calls,
        "usd": estimate.usd,
    }
