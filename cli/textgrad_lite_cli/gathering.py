"""Where each setting comes from.

A value is looked for on the command line, then in the environment (``TEXTGRAD_LITE_MAX_CALLS`` for
``--max-calls``), then in the configuration file, then among the defaults.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from textgrad_lite.errors import ConfigurationError, UnknownNameError
from textgrad_lite_cli.settings import ENVIRONMENT_PREFIX, Settings, get_option

DEFAULT = "default"
"""The place of a value that stands nowhere else."""

_OF_THE_LIBRARY = frozenset({"TEXTGRAD_LITE_MODELS"})
"""Variables with our prefix that the library reads by itself."""


@dataclass(frozen=True)
class Gathered:
    """Settings with their places.

    Attributes:
        settings: The values.
        places: Where each of them stands, such as ``"--steps"``, ``"TEXTGRAD_LITE_STEPS"``,
            ``"mine.yaml: steps"`` or ``"default"``; a name for every setting.
    """

    settings: Settings
    places: Mapping[str, str]


def gather(
    given: Mapping[str, Any], *, environment: Mapping[str, str], file: Mapping[str, Any], file_name: str = ""
) -> Gathered:
    """Put the settings together; the command line wins over the environment, and that over the file.

    Args:
        given: What stood on the command line; ``None`` means that it did not.
        environment: All variables.
        file: The keys of the configuration file.
        file_name: Its name, for messages.

    Raises:
        ConfigurationError: If a value cannot be used; says where it stands.
        UnknownNameError: If there is no such setting; names the nearest.
    """
    for name in file:
        if name not in Settings.model_fields:
            raise UnknownNameError(f"key in {file_name}:", str(name), Settings.model_fields)
    variables = read_environment(environment)
    options = {name: value for name, value in given.items() if value is not None}
    places = (
        dict.fromkeys(Settings.model_fields, DEFAULT)
        | {name: f"{file_name}: {name}" for name in file}
        | {name: ENVIRONMENT_PREFIX + name.upper() for name in variables}
        | {name: get_option(name) for name in options}
    )
    try:
        return Gathered(Settings.model_validate({**file, **variables, **options}), places)
    except ValidationError as error:
        raise ConfigurationError(
            "\n".join(_describe(places, problem["loc"], problem["msg"]) for problem in error.errors())
        ) from error


def read_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings in ``environment`` by name.

    Raises:
        UnknownNameError: If a variable with our prefix is no setting.
    """
    found = {
        name.removeprefix(ENVIRONMENT_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(ENVIRONMENT_PREFIX) and name not in _OF_THE_LIBRARY
    }
    for name in found:
        if name not in Settings.model_fields:
            known = [f"{ENVIRONMENT_PREFIX}{field.upper()}" for field in Settings.model_fields]
            raise UnknownNameError("variable", f"{ENVIRONMENT_PREFIX}{name.upper()}", known)
    return found


def _describe(places: Mapping[str, str], location: Iterable[int | str], message: str) -> str:
    name, *_ = (str(part) for part in location)
    message = message.removeprefix("Value error, ")
    return f"{places[name]}: {message[0].lower()}{message[1:]}"
