"""``textgrad-lite resume``: continues an interrupted run, without paying again for what it has."""

from __future__ import annotations

from typing import Any

import typer

from textgrad_lite.training import RunFolder
from textgrad_lite_cli.console import set_verbosity
from textgrad_lite_cli.job import LIMITS, Job
from textgrad_lite_cli.options import FailIfNotBetter, InPlace, Json, Run, Verbosity, take_settings
from textgrad_lite_cli.run import finish, run_job

app = typer.Typer(rich_markup_mode="markdown", add_completion=False)


@app.command()
@take_settings(LIMITS)
def resume(
    run: Run,
    *,
    in_place: InPlace = False,
    fail_if_not_better: FailIfNotBetter = False,
    as_json: Json = False,
    verbose: Verbosity = 0,
    given: dict[str, Any],
) -> None:
    """Continue a run that was interrupted or killed.

    It pays for nothing twice, and ends with the prompt that it would have ended with. Prompt, data and
    settings must be those of the beginning; the limits may be raised.
    """
    set_verbosity(verbose)
    with RunFolder.resume(run) as folder:
        job = Job.from_config(folder.config, given)
        result = run_job(job, folder, verbosity=verbose)
    finish(job, result, is_in_place=in_place, must_be_better=fail_if_not_better, as_json=as_json)
