"""The program ``textgrad-lite``: one line for each command, the work is in their files."""

from __future__ import annotations

from typing import Annotated, ClassVar

import typer

from textgrad_lite import _version
from textgrad_lite_cli.environment import read_dotenv
from textgrad_lite_cli.lazy import LazyGroup


class Commands(LazyGroup):
    """The commands of the program."""

    modules: ClassVar = {
        "optimize": "textgrad_lite_cli.optimize",
        "eval": "textgrad_lite_cli.evaluate",
        "headroom": "textgrad_lite_cli.headroom",
        "resume": "textgrad_lite_cli.resume",
        "show": "textgrad_lite_cli.show",
        "explain": "textgrad_lite_cli.explain",
        "diff": "textgrad_lite_cli.diff",
        "compare": "textgrad_lite_cli.compare",
        "report": "textgrad_lite_cli.report",
        "export": "textgrad_lite_cli.export",
        "schema": "textgrad_lite_cli.schema",
        "tasks": "textgrad_lite_cli.tasks",
        "models": "textgrad_lite_cli.models",
        "cache": "textgrad_lite_cli.cache",
    }


app = typer.Typer(
    name="textgrad-lite",
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"textgrad-lite {_version.__version__}")
        raise typer.Exit


@app.callback()
def start(
    _is_version_asked: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Optimise a prompt with criticism from language models, guarded by measurement.

    Give it a prompt in a file and examples in another. It measures the prompt, rewrites it from
    criticism of its failures, keeps what scores better on examples that were not used to write it,
    and ends with an honest verdict on examples that were never used.
    """
    read_dotenv()


def main() -> None:
    """Run the program; the console script calls this."""
    app()
