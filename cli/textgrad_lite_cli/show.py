"""``textgrad-lite show``: what a run has come to, also while it runs or after it was killed."""

from __future__ import annotations

import typer

from textgrad_lite.training import RunRecord
from textgrad_lite_cli.console import get_output, print_json
from textgrad_lite_cli.narration import describe
from textgrad_lite_cli.options import Json, Run
from textgrad_lite_cli.verdict import print_result

app = typer.Typer(rich_markup_mode="markdown", add_completion=False)


@app.command()
def show(
    run: Run,
    *,
    as_json: Json = False,
) -> None:
    """Show what a run did, step by step, and its verdict or its best prompt so far."""
    record = RunRecord.read(run)
    if as_json:
        print_json(
            {
                "status": record.status,
                "config": record.config,
                "best_text": record.best_text,
                "events": [event.model_dump(mode="json") for event in record.events],
                "result": record.result.model_dump(mode="json") if record.result else None,
            }
        )
        return
    output = get_output()
    output.print(f"{run}: {record.status}", style="bold", markup=False, soft_wrap=True)
    for event in record.events:
        line = describe(event)
        if line is not None:
            output.print(line, markup=False)
    if record.result is not None:
        print_result(output, record.result)
    else:
        output.print("It has not begun.")
