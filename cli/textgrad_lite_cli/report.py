"""``textgrad-lite report``: writes the page of a run, while it goes on or after adding figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from textgrad_lite.report import write_report
from textgrad_lite_cli.console import get_output
from textgrad_lite_cli.options import Run

app = typer.Typer(rich_markup_mode="markdown", add_completion=False)


@app.command()
def report(
    run: Run,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file; report.html in the folder if not given.")
    ] = None,
) -> None:
    """Write the page of a run: verdict, curve, every step, criticism and cost, in one HTML file.

    `optimize` writes it at its end. The page loads nothing and runs no script, so it can be sent to anybody.
    """
    get_output().print(f"Page: {write_report(run, out)}", soft_wrap=True, markup=False)
