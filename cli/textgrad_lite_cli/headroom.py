"""``textgrad-lite headroom``: whether there is anything to gain, before the money for a search is spent."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from textgrad_lite.engines import Budget
from textgrad_lite.report.money import format_usd
from textgrad_lite.training import Headroom
from textgrad_lite.training.probing import DEFAULT_CALLS
from textgrad_lite_cli.console import get_errors, get_output, print_json, set_verbosity
from textgrad_lite_cli.job import Job
from textgrad_lite_cli.limits import check_limits
from textgrad_lite_cli.options import Config, Data, Json, PromptFile, Verbosity, take_settings
from textgrad_lite_cli.progress import choose_progress
from textgrad_lite_cli.settings import Settings
from textgrad_lite_cli.start import load_settings
from textgrad_lite_cli.verdict import format_score, make_spend_table

app = typer.Typer(rich_markup_mode="markdown", add_completion=False)

_UNUSED = {"out", "headroom"}
_TITLES = {
    "nothing-to-gain": "nothing to gain",
    "promising": "promising",
    "doubtful": "doubtful",
}


@app.command()
@take_settings(name for name in Settings.model_fields if name not in _UNUSED)
def look_at_headroom(
    prompt_file: PromptFile,
    data: Data,
    *,
    draws: Annotated[int, typer.Option("--draws", min=1, help="Times that each example is drawn.")] = 4,
    config: Config = None,
    as_json: Json = False,
    verbose: Verbosity = 0,
    given: dict[str, Any],
) -> None:
    """Find out whether a prompt can be made better, before paying for a search.

    Draws training and validation examples several times and says how often the model is right, how often in
    the best of its draws, how far the draws agree, and how many failures are of form alone. It makes 200
    calls at most unless `--max-calls` says otherwise; test examples are not touched.
    """
    set_verbosity(verbose)
    job = Job(prompt_file, data, _with_probe(load_settings(given, config)))
    check_limits(job.settings, job.engines)
    progress = choose_progress(get_errors(), verbosity=verbose)
    trainer = job.make_trainer(callbacks=[progress])
    progress.watch(trainer.session.ledger)
    splits = job.splits
    with progress:
        found = trainer.headroom(splits.train, splits.val, splits.test, draws=draws, budget=_make_budget(job))
    accounts = trainer.session.ledger.report()
    if as_json:
        print_json({**found.model_dump(mode="json"), "spend": [vars(account) for account in accounts]})
        return
    output = get_output()
    _print_headroom(output, found)
    output.print()
    output.print(make_spend_table(accounts))


def _with_probe(settings: Settings) -> Settings:
    """Return the settings of a run that looks at headroom, even where a file says that runs do not."""
    return settings if settings.headroom else settings.model_copy(update={"headroom": 1})


def _make_budget(job: Job) -> Budget:
    """The limits that were given, on this alone; without one on calls, a small one."""
    settings = job.settings
    return Budget(
        calls=settings.max_calls or DEFAULT_CALLS,
        tokens=settings.max_tokens,
        usd=settings.max_usd,
        seconds=settings.max_seconds,
    )


def _print_headroom(console: Console, found: Headroom) -> None:
    console.print(f"Headroom: {_TITLES[found.outlook]}", style="bold")
    console.print(found.sentence, markup=False)
    console.print()
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_row("one draw", f"{format_score(found.baseline)}, n = {found.baseline.n}")
    if found.best_of_n is not None:
        table.add_row(f"best of {found.draws} draws", f"{format_score(found.best_of_n)}, n = {found.redrawn}")
    if found.agreement is not None:
        table.add_row("agreement of draws", f"{found.agreement:.0%}")
    of_form = "unknown" if found.form_failures is None else f"{found.form_failures}"
    table.add_row("failures", f"{found.failures}, of form alone: {of_form}")
    table.add_row("a full run", f"at most {found.predicted_calls:,} calls, {format_usd(found.predicted_usd)}")
    console.print(table)
