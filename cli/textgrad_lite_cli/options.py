"""The options of the commands: those that several have, and one for each setting; none is described twice."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import typer

from textgrad_lite_cli.settings import Settings, get_option

PromptFile = Annotated[Path, typer.Argument(metavar="PROMPT_FILE", help="The prompt, a text file in UTF-8.")]
Data = Annotated[Path, typer.Option("--data", "-d", help="The examples: JSONL, JSON, CSV, TSV or Parquet.")]
Config = Annotated[
    str | None,
    typer.Option("--config", "-c", help="A YAML file of settings, or the name of a shipped one."),
]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of the run.")]
InPlace = Annotated[
    bool, typer.Option("--in-place", help="Replace the prompt file if the test score is higher.")
]
FailIfNotBetter = Annotated[
    bool, typer.Option("--fail-if-not-better", help="Exit with 1 unless the test score is higher.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Verbosity = Annotated[
    int,
    typer.Option("--verbose", "-v", count=True, show_default=False, help="Say more; twice for everything."),
]


def take_settings(names: Iterable[str]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add an option for each of the settings ``names`` to a command.

    The command receives what was given, and nothing else, as the keyword argument ``given``.
    """
    options = [_make_option(name) for name in names]

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command, eval_str=True)
        own = [parameter for parameter in signature.parameters.values() if parameter.name != "given"]

        @wraps(command)
        def run(**arguments: Any) -> None:
            given = {option.name: arguments.pop(option.name) for option in options}
            command(
                **arguments, given={name: value for name, value in given.items() if value not in (None, [])}
            )

        run.__signature__ = signature.replace(parameters=[*own, *options])  # type: ignore[attr-defined]
        return run

    return decorate


def _make_option(name: str) -> inspect.Parameter:
    field = Settings.model_fields[name]
    default = "" if field.default in (None, []) else f" Default: {_show(field.default)}."
    option = typer.Option(
        get_option(name),
        help=f"{field.description}{default}",
        rich_help_panel=field.title,
        show_choices=False,  # they stand in the sentence; the column of types has no room for them
    )
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[_get_plain_type(field.annotation) | None, option],
    )


def _show(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _get_plain_type(annotation: Any) -> Any:
    """Return what typer has to read; limits and patterns are checked with the other settings."""
    if get_origin(annotation) is Annotated:
        return _get_plain_type(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return next(_get_plain_type(part) for part in get_args(annotation) if part is not NoneType)
    return annotation
