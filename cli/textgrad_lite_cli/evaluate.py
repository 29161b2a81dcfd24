"""``textgrad-lite eval``: how good a prompt is as it stands, on all examples of a file."""

from __future__ import annotations

from typing import Any

import typer

from textgrad_lite.data import Dataset
from textgrad_lite.engines import Session, use_session
from textgrad_lite.training import evaluate
from textgrad_lite_cli.console import get_errors, get_output, print_json, set_verbosity
from textgrad_lite_cli.job import Job
from textgrad_lite_cli.limits import check_limits
from textgrad_lite_cli.options import Config, Data, Json, PromptFile, Verbosity, take_settings
from textgrad_lite_cli.progress import choose_progress
from textgrad_lite_cli.scores import describe_evaluation, print_evaluation
from textgrad_lite_cli.settings import Settings
from textgrad_lite_cli.start import load_settings

app = typer.Typer(rich_markup_mode="markdown", add_completion=False)

_UNUSED = {
    "train",
    "val",
    "test",
    "stratify",
    "split_field",
    "fold",
    "steps",
    "strategy",
    "source",
    "momentum",
    "patience",
    "min_gain",
    "target",
    "batch_size",
    "accumulate",
    "protect",
    "edit_size",
    "headroom",
    "constraint",
    "max_length",
    "seed",
    "out",
}


@app.command()
@take_settings(name for name in Settings.model_fields if name not in _UNUSED)
def evaluate_prompt(
    prompt_file: PromptFile,
    data: Data,
    *,
    config: Config = None,
    as_json: Json = False,
    verbose: Verbosity = 0,
    given: dict[str, Any],
) -> None:
    """Measure a prompt on all examples of a file.

    Prints the mean score with its 95 % interval, and what kinds of failure there were.
    """
    set_verbosity(verbose)
    job = Job(prompt_file, data, load_settings(given, config))
    check_limits(job.settings, job.engines)
    measure(job, job.dataset, as_json=as_json, verbose=verbose)


def measure(job: Job, dataset: Dataset, *, as_json: bool, verbose: int) -> None:
    """Score the prompt of a job on examples, and print what was found."""
    session = Session(budget=job.budget)
    progress = choose_progress(get_errors(), verbosity=verbose)
    progress.watch(session.ledger)
    model, metric = job.model, job.metric
    with use_session(session), progress:
        result = evaluate(
            model,
            metric,
            dataset,
            repeats=job.settings.repeats,
            max_error_rate=job.settings.max_error_rate,
            callbacks=[progress],
        )
    accounts = session.ledger.report()
    if as_json:
        print_json(describe_evaluation(result, accounts))
    else:
        print_evaluation(get_output(), result, accounts)
