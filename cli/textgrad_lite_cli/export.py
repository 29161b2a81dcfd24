"""``textgrad-lite export``: the prompt that a run kept, as another tool takes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from textgrad_lite.data import Example
from textgrad_lite.errors import TextgradError
from textgrad_lite.report import FORMATS, Prompt, export_prompt
from textgrad_lite.training import RunRecord
from textgrad_lite.training.events import RunStarted
from textgrad_lite.training.files import write_atomically
from textgrad_lite.training.fingerprint import digest_of
from textgrad_lite_cli.console import get_output, warn
from textgrad_lite_cli.job import Job
from textgrad_lite_cli.options import Run

app = typer.Typer(rich_markup_mode="markdown", add_completion=False)

_WITH_TESTS = ("prompt.yml", "promptfoo")
"""Formats that hold examples to test the prompt with."""


@app.command()
def export(
    run: Run,
    *,
    format: Annotated[  # noqa: A002 - the name of the option
        str, typer.Option("--format", "-f", help=f"One of {', '.join(FORMATS)}.")
    ] = "txt",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A file instead of stdout.")] = None,
    name: Annotated[
        str, typer.Option("--name", help="What to call the prompt; the folder's name if not given.")
    ] = "",
    tests: Annotated[
        int,
        typer.Option("--tests", min=0, help="Most test examples that go along, where the format has any."),
    ] = 20,
) -> None:
    """Export the best prompt of a run.

    | format | what |
    |---|---|
    | `txt` | the bare text |
    | `json` | text, parameters and verdict |
    | `python` | a module with the prompt and a function that makes the messages |
    | `prompt.yml` | a prompt file of GitHub Models |
    | `langfuse` | the body of a request that creates the prompt in Langfuse |
    | `promptfoo` | a promptfoo configuration with provider, tests and assertion |
    """
    record = RunRecord.read(run)
    examples = _find_tests(record)[:tests] if format in _WITH_TESTS and tests else ()
    text = export_prompt(Prompt.of(record, examples, name=name), format)
    if out is None:
        get_output().print(text, end="", soft_wrap=True, markup=False)
    else:
        write_atomically(out, text)
        get_output().print(f"Written: {out}", soft_wrap=True, markup=False)


def _find_tests(record: RunRecord) -> Sequence[Example]:
    """Return the test examples of a run; none, with a warning, where the data is not to be had any more."""
    try:
        test = Job.from_config(record.config, {}).splits.test
    except TextgradError as error:
        warn(f"no test examples go along: {error.message}")
        return ()
    if digest_of(test) not in _digests_of_tests(record):
        # Divided anew, other data may have training examples in the place of those for the test.
        warn("no test examples go along: the data have been changed since the run")
        return ()
    return tuple(test or ())


def _digests_of_tests(record: RunRecord) -> Sequence[str]:
    """What the run was begun with; nothing where it was not."""
    return [event.fingerprint.data["test"] for event in record.events if isinstance(event, RunStarted)]
