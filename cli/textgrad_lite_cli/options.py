"""Gives a command one option for each setting, so that no option is described twice."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Annotated, Any

import typer

from textgrad_lite_cli.settings import Settings, get_option


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
    default = field.default
    option = typer.Option(
        get_option(name),
        help=field.description,
        rich_help_panel=field.title,
        show_default=str(default) if default not in (None, []) else False,
    )
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[field.annotation | None, option],  # type: ignore[operator]
    )
