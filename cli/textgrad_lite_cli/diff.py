"""``textgrad-lite diff``: the lines in which the best prompt of a run differs from the original."""

from __future__ import annotations

import typer

from textgrad_lite.errors import RunError
from textgrad_lite.training import FitResult, RunRecord
from textgrad_lite_cli.console import get_errors, get_output, print_json
from textgrad_lite_cli.options import Json, Run
from textgrad_lite_cli.verdict import print_diff

app = typer.Typer(rich_markup_mode="markdown", add_completion=False)


@app.command()
def diff(
    run: Run,
    *,
    as_json: Json = False,
) -> None:
    """Show how the prompt changed, as a unified diff that `patch` understands.

    The diff is on stdout and nothing else is: `textgrad-lite diff RUN | patch prompt.txt`.
    """
    result = read_result(RunRecord.read(run))
    if as_json:
        print_json(
            {
                "start_text": result.start_text,
                "best_text": result.best_text,
                "is_changed": result.is_changed,
                "diff": result.diff,
            }
        )
    elif result.is_changed:
        print_diff(get_output(), result.diff)
    else:
        get_errors().print("The original is kept: nothing changed.")


def read_result(record: RunRecord) -> FitResult:
    """Return what came of a run so far.

    Raises:
        RunError: If it has not begun.
    """
    if record.result is None:
        raise RunError(
            f"the run in {record.path} has not begun",
            hint=f"Continue it with `textgrad-lite resume {record.path}`.",
        )
    return record.result
