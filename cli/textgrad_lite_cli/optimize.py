"""``textgrad-lite optimize``: the main job, from a prompt and examples to a verdict."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from textgrad_lite.errors import RunExistsError
from textgrad_lite.report.money import format_usd
from textgrad_lite.training import RunFolder
from textgrad_lite_cli.console import get_output, print_json, set_verbosity
from textgrad_lite_cli.estimate import describe_estimate, make_estimate_table, price_estimate
from textgrad_lite_cli.job import Job
from textgrad_lite_cli.limits import check_limits, check_room
from textgrad_lite_cli.options import (
    Config,
    Data,
    FailIfNotBetter,
    InPlace,
    Json,
    PromptFile,
    Verbosity,
    take_settings,
)
from textgrad_lite_cli.run import finish, run_job
from textgrad_lite_cli.settings import Settings
from textgrad_lite_cli.show_config import OPTION, ShowsConfig, show_config
from textgrad_lite_cli.start import confirm, gather_settings

app = typer.Typer(rich_markup_mode="markdown", add_completion=False)


@app.command(cls=ShowsConfig)
@take_settings(Settings.model_fields)
def optimize(
    prompt_file: PromptFile,
    data: Data,
    *,
    config: Config = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would take, and spend nothing.")
    ] = False,
    is_config_shown: Annotated[
        bool, typer.Option(OPTION, help="Say where each setting comes from, and do nothing else.")
    ] = False,
    in_place: InPlace = False,
    fail_if_not_better: FailIfNotBetter = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before money is spent.")] = False,
    as_json: Json = False,
    verbose: Verbosity = 0,
    given: dict[str, Any],
) -> None:
    """Make a prompt better, and prove it on examples that were never used.

    The data is split by seed into examples to learn from, examples to select on, and examples for the
    verdict. The prompt file stays as it is unless you say `--in-place`; the best prompt, the difference and
    every step of the way are written to the folder of the run.

    ```
    textgrad-lite optimize prompt.txt --data items.jsonl --metric numeric
    ```
    """
    set_verbosity(verbose)
    gathered = gather_settings(given, config)
    if is_config_shown:
        show_config(gathered, as_json=as_json)
        return
    optimize_job(
        Job(prompt_file, data, gathered.settings),
        dry_run=dry_run,
        in_place=in_place,
        fail_if_not_better=fail_if_not_better,
        yes=yes,
        as_json=as_json,
        verbose=verbose,
    )


def optimize_job(
    job: Job,
    *,
    dry_run: bool,
    in_place: bool,
    fail_if_not_better: bool,
    yes: bool,
    as_json: bool,
    verbose: int,
) -> None:
    """Estimate what a job takes, ask where it costs money, do it in a new run folder, and tell the end."""
    check_limits(job.settings, job.engines)
    estimate = price_estimate(job)
    check_room(job.settings, estimate)
    if dry_run:
        if as_json:
            print_json(describe_estimate(estimate))
        else:
            get_output().print(make_estimate_table(estimate))
        return
    if estimate.usd and not yes:
        confirm(f"This may cost up to {format_usd(estimate.usd)}. Go on?")
    result = run_job(job, _create_run(job), verbosity=verbose)
    finish(job, result, is_in_place=in_place, must_be_better=fail_if_not_better, as_json=as_json)


def _create_run(job: Job) -> RunFolder:
    name = f"{job.prompt_file.stem}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    folder = job.settings.out or Path("runs") / name
    try:
        return RunFolder.create(folder, job.to_config())
    except RunExistsError as error:
        raise RunExistsError(
            error.message,
            hint=f"Continue it with `textgrad-lite resume {folder}`, or name another folder with --out.",
        ) from error
