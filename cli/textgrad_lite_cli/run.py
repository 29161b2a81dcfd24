"""Runs a job in its folder and tells how it ended; shared by optimize and resume."""

from __future__ import annotations

from typing import Any

import typer

from textgrad_lite.errors import TextgradError
from textgrad_lite.report import write_report
from textgrad_lite.training import FitResult, RunFolder, RunRecord
from textgrad_lite_cli.console import get_errors, get_output, print_json, warn
from textgrad_lite_cli.failures import INTERRUPTED, NOT_BETTER
from textgrad_lite_cli.job import Job
from textgrad_lite_cli.progress import choose_progress
from textgrad_lite_cli.prompt_file import replace_prompt
from textgrad_lite_cli.verdict import print_result


def run_job(job: Job, run: RunFolder, *, verbosity: int) -> FitResult:
    """Optimise, showing progress on stderr, close the folder, write its page, and return the result.

    Raises:
        typer.Exit: After Ctrl-C, with what is known so far on stderr.
    """
    try:
        with run:
            return _fit(job, run, verbosity=verbosity)
    finally:
        _write_page(run)


def _fit(job: Job, run: RunFolder, *, verbosity: int) -> FitResult:
    console = get_errors()
    progress = choose_progress(console, verbosity=verbosity, steps=job.settings.steps)
    trainer = job.make_trainer(callbacks=[progress], run=run)
    progress.watch(trainer.session.ledger)
    splits = job.splits
    try:
        with progress:
            return trainer.fit(splits.train, splits.val, splits.test)
    except KeyboardInterrupt as error:
        if trainer.result is not None:
            print_result(console, trainer.result)
        console.print(
            f"Interrupted. Continue with: textgrad-lite resume {run.path}", soft_wrap=True, markup=False
        )
        raise typer.Exit(INTERRUPTED) from error


def _write_page(run: RunFolder) -> None:
    """Write the page of a run that has begun; that it cannot be written is no reason to lose the result."""
    try:
        if RunRecord.read(run.path).result is not None:
            write_report(run.path)
    except TextgradError as error:
        warn(f"the page of the run was not written: {error.message}")


def finish(job: Job, result: FitResult, *, is_in_place: bool, must_be_better: bool, as_json: bool) -> None:
    """Print the result, replace the prompt file if that was asked for, and set the exit code.

    Raises:
        typer.Exit: With 1 if it had to be better and is not.
    """
    is_better = result.verdict is not None and result.verdict.is_better
    is_replaced = is_in_place and is_better and result.is_changed
    if is_replaced:
        replace_prompt(job.prompt_file, result.start_text, result.best_text)
    if as_json:
        print_json(_to_json(job, result, is_replaced=is_replaced))
    else:
        output = get_output()
        print_result(output, result)
        if is_replaced:
            output.print(f"Replaced: {job.prompt_file}", soft_wrap=True, markup=False)
    if must_be_better and not is_better:
        raise typer.Exit(NOT_BETTER)


def _to_json(job: Job, result: FitResult, *, is_replaced: bool) -> dict[str, Any]:
    return {
        "prompt_file": str(job.prompt_file),
        "data_file": str(job.data_file),
        "is_better": result.verdict is not None and result.verdict.is_better,
        "is_significant": result.verdict is not None and result.verdict.is_significant,
        "is_changed": result.is_changed,
        "is_replaced": is_replaced,
        "diff": result.diff,
        **result.model_dump(mode="json"),
    }
