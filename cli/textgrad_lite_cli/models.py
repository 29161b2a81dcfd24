"""``textgrad-lite models``: the models for this machine, what they are and where they come from."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from textgrad_lite.engines.local import (
    CATALOGUE,
    CatalogueModel,
    OnProgress,
    PulledModel,
    PullProgress,
    find_models_folder,
    find_stored,
    pull,
)
from textgrad_lite_cli.console import get_errors, get_output, print_json
from textgrad_lite_cli.options import Json

app = typer.Typer(help="List and fetch models for this machine.", no_args_is_help=True, add_completion=False)


@app.command("list")
def list_models(*, as_json: Json = False) -> None:
    """List the models that `pull` can fetch, and which of them are here."""
    if as_json:
        print_json([_describe(model) for model in CATALOGUE.values()])
        return
    output = get_output()
    table = Table("name", "what", "licence", box=None, pad_edge=False)
    table.add_column("MB", justify="right")
    table.add_column("here")
    for model in CATALOGUE.values():
        is_here = "yes" if find_stored(model) else "no"
        table.add_row(model.name, model.description, model.licence, f"{model.size / 1e6:,.0f}", is_here)
    output.print(table)
    output.print(f"Folder: {find_models_folder()}", soft_wrap=True, markup=False)
    output.print("A GGUF file of yours works too: --model local//path/to/model.gguf")


@app.command("pull")
def pull_model(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A name that `textgrad-lite models list` shows.")
    ],
) -> None:
    """Fetch a model, once for this machine; an interrupted fetch goes on where it stopped.

    The file is checked against the digest in the catalogue, wherever it came from.
    """
    errors = get_errors()
    if errors.is_terminal:
        with _make_bar() as bar:
            task = bar.add_task(name, total=None)
            pulled = pull(name, on_progress=lambda at: _move(bar, task, at))
    else:
        pulled = pull(name, on_progress=_make_teller())
    _report(pulled)


def _make_bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=16),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(compact=True),
        console=get_errors(),
        transient=True,
    )


def _move(bar: Progress, task: object, at: PullProgress) -> None:
    bar.update(task, completed=at.done, total=at.total, description=at.note[:30])  # type: ignore[arg-type]


def _make_teller() -> OnProgress:
    """Return a listener that prints each new note once, for a log file or a pipe."""
    told: set[str] = set()

    def tell(at: PullProgress) -> None:
        if at.note not in told:
            told.add(at.note)
            typer.echo(at.note, err=True)

    return tell


def _report(pulled: PulledModel) -> None:
    model, output = pulled.model, get_output()
    if pulled.provenance:
        output.print(f"Source: {pulled.provenance}", soft_wrap=True, markup=False)
    output.print(f"{model.name} is in {pulled.path}", soft_wrap=True, markup=False)
    output.print(f"{model.licence}, upstream: {model.upstream.url}", soft_wrap=True, markup=False)
    output.print(f"SHA-256 {model.sha256}: right", soft_wrap=True, markup=False)


def _describe(model: CatalogueModel) -> dict[str, object]:
    path = find_stored(model)
    return {
        "name": f"local/{model.name}",
        "description": model.description,
        "licence": model.licence,
        "bytes": model.size,
        "sha256": model.sha256,
        "upstream": model.upstream.url,
        "packages": list(model.wheels.requirements),
        "note": model.wheels.note,
        "path": None if path is None else str(path),
    }
